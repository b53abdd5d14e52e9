"""Joins the page Tools with the services: wishes become work, facts become what is seen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer

from phidesk.core.changes import ToolsChanged
from phidesk.core.errors import PhiDeskError, ToolNameTaken
from phidesk.core.hub import Hub
from phidesk.core.tasks import TaskRunner
from phidesk.core.tool_draft import ToolDraft, draft_of, new_draft, read_draft, write_draft
from phidesk.core.tool_spec import ToolSpec
from phidesk.engine.protocol import TokenCount
from phidesk.storage.tools import ToolVersion
from phidesk.ui.messages import notice_for_error
from phidesk.ui.tools.tool_files import ToolFiles
from phidesk.ui.tools.tool_trial import ToolTrial
from phidesk.ui.tools.tool_words import tool_lines
from phidesk.ui.tools.tool_work import ToolWork
from phidesk.ui.tools.tools_page import ToolsPage
from phidesk.ui.widgets.version_comparison import ShownVersion

KEEP_DELAY_MS = 400
"""After the last key: long enough not to save every letter, short enough that nothing is lost."""
SHOWN_CALLS = 50
"""The newest ones; the log keeps more."""

Result = TypeVar("Result")
logger = logging.getLogger(__name__)


class ToolsWiring(QObject):
    """Lives as long as its page, on the main thread."""

    def __init__(
        self,
        page: ToolsPage,
        work: ToolWork,
        *,
        tasks: TaskRunner,
        hub: Hub,
    ) -> None:
        super().__init__(page)
        self._page = page
        self._work = work
        self._tools = work.tools
        self._records = work.records
        self._builtin_names = {tool.name for tool in work.builtin}
        self._tasks = tasks
        self._hub = hub
        self._saved: dict[str, ToolSpec] = {}
        self._drafts: dict[str, ToolDraft] = {}
        self._trial = ToolTrial(page.editor, work, tasks=tasks, hub=hub, show_failure=self._show_failure)
        self._files = ToolFiles(page, work, tasks=tasks, changed=self._on_changed, show_failure=self._show_failure)
        self._is_closed = False
        self._unkept: ToolDraft | None = None
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(KEEP_DELAY_MS)
        self._connect()

    def look(self) -> None:
        """Read all tools and what is half typed, and what tools may do and did."""
        self._tasks.run(self._read, done=self._on_read, failed=self._show_failure)
        self._do(self._records.permissions(), self._page.records.show_permissions)
        self._do(self._records.logged(SHOWN_CALLS), self._page.records.show_calls)

    def close(self) -> None:
        """Keep what is half typed and stop what is tried; the window closes."""
        self._flush()
        self._is_closed = True
        self._trial.close()

    def _connect(self) -> None:
        self._delay.timeout.connect(self._flush)
        self._page.shown_changed.connect(self._on_shown_changed)
        self._page.new_requested.connect(self._on_new_requested)
        self._page.open_requested.connect(self._on_open_requested)
        self._page.enabled_changed.connect(self._on_enabled_changed)
        self._page.delete_requested.connect(self._on_delete_requested)
        self._page.left.connect(self._on_left)
        self._page.records.revoke_requested.connect(self._on_revoke_requested)
        self._page.records.clear_requested.connect(self._on_clear_requested)
        editor = self._page.editor
        editor.draft_changed.connect(self._on_draft_changed)
        editor.save_requested.connect(self._on_save_requested)
        editor.discard_requested.connect(self._on_discard_requested)
        editor.inputs_replaced.connect(self._on_inputs_replaced)
        editor.versions.restore_requested.connect(self._on_restore_requested)

    # The list

    def _read(self) -> tuple[list[ToolSpec], dict[str, ToolDraft]]:
        kept = {tool_id: read_draft(text) for tool_id, text in self._tools.drafts().result().items()}
        return self._tools.list().result(), {tool_id: draft for tool_id, draft in kept.items() if draft is not None}

    def _on_read(self, found: tuple[list[ToolSpec], dict[str, ToolDraft]]) -> None:
        specs, drafts = found
        self._saved = {spec.id: spec for spec in specs}
        self._drafts = {tool_id: replace(it, spec=self._as_switched(it.spec)) for tool_id, it in drafts.items()}
        if self._unkept is not None:
            self._drafts[self._unkept.spec.id] = self._unkept
        self._page.show_tools([draft_of(spec) for spec in specs], self._drafts)
        for spec in specs:
            self._tasks.run(partial(self._work.cost, spec.definition), done=partial(self._page.show_cost, spec.id))

    def _on_shown_changed(self, is_shown: bool) -> None:
        if is_shown:
            self.look()
        else:
            self._flush()

    def _on_new_requested(self) -> None:
        self._show_editor(new_draft(self._tools.new_id()), is_changed=False)

    def _on_open_requested(self, tool_id: str) -> None:
        draft = self._drafts.get(tool_id)
        if draft is not None:
            self._show_editor(draft, is_changed=True)
        elif tool_id in self._saved:
            self._show_editor(draft_of(self._saved[tool_id]), is_changed=False)

    def _on_enabled_changed(self, tool_id: str, is_enabled: bool) -> None:
        self._do(self._tools.set_enabled(tool_id, is_enabled=is_enabled), self._on_changed)

    def _on_delete_requested(self, tool_id: str) -> None:
        """Delete a tool, or what is half typed of a new one; both can be undone."""
        draft = self._drafts.get(tool_id)
        if tool_id in self._saved:
            name = self._saved[tool_id].name
            self._do(self._tools.delete(tool_id), self._on_changed)
            undo = partial(self._bring_back, tool_id)
        elif draft is not None:
            name = draft.spec.name or self.tr("The new tool")
            self._do(self._tools.forget_draft(tool_id), self._on_changed)
            undo = partial(self._keep, draft)
        else:
            return
        self._page.offer_undo(self.tr("{name} is deleted.").format(name=name), undo)

    def _bring_back(self, tool_id: str) -> None:
        self._do(self._tools.bring_back(tool_id), self._on_changed)

    def _on_changed(self, _nothing: object = None) -> None:
        self._hub.publish(ToolsChanged())
        self.look()

    # The form

    def _show_editor(self, draft: ToolDraft, *, is_changed: bool) -> None:
        self._flush()
        self._trial.stop()
        self._page.undo_bar.dismiss()
        self._page.show_editor(draft, is_changed=is_changed)
        self._page.editor.versions.show_versions(())
        self._show_cost(draft)
        self._read_versions(draft.spec.id)

    def _read_versions(self, tool_id: str) -> None:
        self._do(self._tools.versions(tool_id), partial(self._on_versions_read, tool_id))

    def _on_versions_read(self, tool_id: str, versions: Sequence[ToolVersion]) -> None:
        if self._page.editor.draft.spec.id == tool_id:
            shown = [ShownVersion(it.number, it.saved_at, tool_lines(it.spec), it) for it in versions]
            self._page.editor.versions.show_versions(shown)

    def _on_left(self) -> None:
        self._page.undo_bar.dismiss()
        self._flush()
        self._trial.stop()
        self.look()

    def _on_draft_changed(self, draft: ToolDraft) -> None:
        self._unkept = draft
        self._delay.start()

    def _flush(self) -> None:
        """Keep what was typed and is not kept yet."""
        self._delay.stop()
        draft, self._unkept = self._unkept, None
        if draft is not None:
            self._drafts[draft.spec.id] = draft
            self._do(self._tools.keep_draft(draft.spec.id, write_draft(draft)))
            self._show_cost(draft)

    def _keep(self, draft: ToolDraft) -> None:
        self._do(self._tools.keep_draft(draft.spec.id, write_draft(draft)), self._on_changed)

    def _show_cost(self, draft: ToolDraft) -> None:
        if draft.mistakes.text is None:
            done = partial(self._on_counted, draft.spec.id)
            self._tasks.run(partial(self._work.cost, draft.spec.definition), done=done)

    def _on_counted(self, tool_id: str, count: TokenCount) -> None:
        if not self._is_closed and self._page.editor.draft.spec.id == tool_id:
            self._page.editor.show_cost(count)

    def _on_save_requested(self, draft: ToolDraft) -> None:
        if draft.spec.name in self._builtin_names:
            self._show_failure(ToolNameTaken(draft.spec.name))
            return
        self._delay.stop()
        self._unkept = None
        spec = self._as_switched(draft.spec)
        self._do(self._tools.save(spec), partial(self._on_saved, draft))

    def _as_switched(self, spec: ToolSpec) -> ToolSpec:
        """Leave the switch as it is in the list: a draft may be older."""
        known = self._saved.get(spec.id)
        return spec if known is None else replace(spec, is_enabled=known.is_enabled)

    def _on_saved(self, draft: ToolDraft, _nothing: None) -> None:
        if self._page.editor.draft == draft:
            self._page.editor.tell_saved()
        self._read_versions(draft.spec.id)
        self._on_changed()

    def _on_discard_requested(self) -> None:
        """Go back to what is saved; a new tool is gone. Both can be undone."""
        draft = self._page.editor.draft
        self._delay.stop()
        self._unkept = None
        self._drafts.pop(draft.spec.id, None)
        self._do(self._tools.forget_draft(draft.spec.id), self._on_changed)
        saved = self._saved.get(draft.spec.id)
        if saved is None:
            self._page.show_list()
        else:
            self._page.editor.show_draft(draft_of(saved), is_changed=False)
        self._page.offer_undo(self.tr("The changes are discarded."), partial(self._bring_draft_back, draft))

    def _on_inputs_replaced(self, before: ToolDraft) -> None:
        words = self.tr("The inputs are those of the function now.")
        self._page.offer_undo(words, partial(self._bring_draft_back, before))

    def _bring_draft_back(self, draft: ToolDraft) -> None:
        saved = self._saved.get(draft.spec.id)
        if saved is not None and draft == draft_of(saved):
            self._unkept = None
            self._show_editor(draft, is_changed=False)
            self._do(self._tools.forget_draft(draft.spec.id), self._on_changed)
            return
        self._show_editor(draft, is_changed=True)
        self._on_draft_changed(draft)
        self._flush()

    def _on_restore_requested(self, version: ToolVersion) -> None:
        """Put an earlier version into the form; it becomes the tool when the person saves it."""
        before = self._page.editor.draft
        draft = draft_of(version.spec)
        self._page.editor.show_draft(draft, is_changed=True)
        self._on_draft_changed(draft)
        self._page.verticalScrollBar().setValue(0)
        words = self.tr("Version {number} is in the form. Save it to use it.").format(number=version.number)
        self._page.offer_undo(words, partial(self._bring_draft_back, before))

    # What tools may do and did

    def _on_revoke_requested(self, permission_id: str) -> None:
        self._do(self._records.revoke(permission_id))
        self._do(self._records.permissions(), self._page.records.show_permissions)

    def _on_clear_requested(self) -> None:
        self._do(self._records.clear_log())
        self._do(self._records.logged(SHOWN_CALLS), self._page.records.show_calls)

    def _do(self, work: Future[Result], done: Callable[[Result], None] | None = None) -> None:
        """Wait for the database, which does everything in the order in which it was told."""
        self._tasks.watch(work, done=done, failed=self._show_failure)

    def _show_failure(self, error: Exception) -> None:
        if self._is_closed:
            return
        if not isinstance(error, PhiDeskError):
            logger.error("a bug on the page of tools", exc_info=error)
            return
        notice = notice_for_error(type(error).__name__, error.facts())
        if isinstance(error, ToolNameTaken):
            self._page.editor.focus_name()
        self._page.show_notice(notice)
