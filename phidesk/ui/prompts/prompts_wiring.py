"""Joins the page Instructions with the library: wishes become work, facts become what is seen."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from phidesk.chat.prompt_library import PromptLibrary, export_file, read_prompt_file
from phidesk.chat.tool_shelf import ShelvedTool
from phidesk.core.changes import PromptsChanged
from phidesk.core.errors import PhiDeskError
from phidesk.core.hub import Hub
from phidesk.core.prompts import Prompt, PromptVersion
from phidesk.core.tasks import TaskRunner
from phidesk.engine.protocol import TokenCount
from phidesk.ui.chat.conversation_header import ModelWish
from phidesk.ui.messages import notice_for_error
from phidesk.ui.name_clash import NameClash
from phidesk.ui.prompts.library_reading import LibraryReading
from phidesk.ui.prompts.prompts_page import PromptsPage

COUNT_DELAY_MS = 120
"""Typing is not counted letter by letter."""

logger = logging.getLogger(__name__)


class PromptsWiring(QObject):
    """Lives as long as its page, on the main thread."""

    use_requested = Signal(str)
    """A new conversation with the entry of this id is wanted."""
    tools_requested = Signal()
    """The person wants to see what tools there are."""

    def __init__(
        self,
        page: PromptsPage,
        library: PromptLibrary,
        *,
        count: Callable[[str], TokenCount],
        models: Callable[[], Mapping[str, ModelWish]],
        tools: Callable[[], Sequence[ShelvedTool]],
        tasks: TaskRunner,
        hub: Hub,
    ) -> None:
        """`count` says what instructions cost, `tools` which there are, both blocking; `models` can be chosen."""
        super().__init__(page)
        self._page = page
        self._library = library
        self._count = count
        self._models = models
        self._tools = tools
        self._tasks = tasks
        self._prompts: tuple[Prompt, ...] = ()
        self._sitting_began = datetime.now(UTC)
        self._wanted: str | None = None
        """The entry that is to be shown once it is known."""
        self._typed = ""
        self._counting: str | None = None
        self._is_closed = False
        self._clash = NameClash[Prompt](page, self._take)
        self._reading = LibraryReading(library, tasks, done=self._on_read, failed=self._on_failed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(COUNT_DELAY_MS)
        self._forget = hub.subscribe(PromptsChanged, self._on_prompts_changed)
        self._connect()
        self._reading.read()

    def open(self, prompt_id: str) -> None:
        """Show an entry, at once or as soon as the library is read."""
        self._wanted = prompt_id
        self._show_wanted()

    def close(self) -> None:
        """Hand over what was typed, and listen to nothing more; the window closes."""
        self._page.editor.flush()
        self._is_closed = True
        self._timer.stop()
        self._forget()

    def _connect(self) -> None:
        page, editor = self._page, self._page.editor
        page.new_requested.connect(self._on_new_requested)
        page.open_requested.connect(self.open)
        page.import_chosen.connect(self._on_import_chosen)
        page.export_chosen.connect(self._on_export_chosen)
        page.list.use_requested.connect(self.use_requested)
        editor.use_requested.connect(self.use_requested)
        editor.changed.connect(self._on_changed)
        editor.text_typed.connect(self._on_text_typed)
        editor.duplicate_requested.connect(self._on_duplicate_requested)
        editor.export_requested.connect(self._on_export_requested)
        editor.delete_requested.connect(self._on_delete_requested)
        editor.restore_requested.connect(self._on_restore_requested)
        editor.tools.edit_requested.connect(self.tools_requested)
        self._timer.timeout.connect(self._count_typed)

    # Wishes

    def _on_new_requested(self, is_snippet: bool) -> None:
        name = self.tr("New snippet") if is_snippet else self.tr("New instructions")
        self._add(Prompt("", name, icon="quote" if is_snippet else "message-square", is_snippet=is_snippet))

    def _on_duplicate_requested(self, prompt: Prompt) -> None:
        self._add(replace(prompt, name=self.tr("{name} (copy)").format(name=prompt.name)))

    def _add(self, prompt: Prompt) -> None:
        """Add an entry and show it; what is typed into it now belongs to its first version."""
        began = datetime.now(UTC)
        self._tasks.watch(self._library.add([prompt]), done=partial(self._on_added, began), failed=self._on_failed)

    def _on_changed(self, prompt: Prompt) -> None:
        self._tasks.watch(self._library.save(prompt, since=self._sitting_began), failed=self._on_failed)

    def _on_restore_requested(self, version: PromptVersion) -> None:
        """Make what it was the newest version; what is typed from now on is one more."""
        self._page.editor.flush()
        self._sitting_began = datetime.now(UTC)
        self._tasks.watch(
            self._library.save(version.prompt),
            done=partial(self._on_restored, version.prompt),
            failed=self._on_failed,
        )

    def _on_delete_requested(self, prompt: Prompt) -> None:
        self._tasks.watch(
            self._library.delete(prompt.id), done=partial(self._on_deleted, prompt), failed=self._on_failed
        )

    def _on_import_chosen(self, path: Path) -> None:
        self._tasks.run(partial(read_prompt_file, path), done=self._on_file_read, failed=self._on_failed)

    def _take(self, chosen: list[Prompt]) -> None:
        self._tasks.watch(self._library.take_in(chosen), done=partial(self._on_taken, chosen), failed=self._on_failed)

    def _on_export_requested(self, prompt: Prompt) -> None:
        self._page.choose_export((prompt,), f"{_file_name(prompt.name)}.json")

    def _on_export_chosen(self, path: Path, prompts: tuple[Prompt, ...]) -> None:
        write = partial(export_file, path, prompts or self._prompts)
        self._tasks.run(write, done=partial(self._on_exported, path), failed=self._on_failed)

    def _on_text_typed(self, text: str) -> None:
        self._typed = text
        if not self._timer.isActive():
            self._timer.start()

    # Facts

    def _on_prompts_changed(self, _change: PromptsChanged) -> None:
        self._reading.read()
        if self._page.is_editing:
            self._read_versions(self._page.editor.prompt.id)

    def _on_read(self, prompts: tuple[Prompt, ...]) -> None:
        if not self._is_closed:
            self._prompts = prompts
            self._page.show_prompts(prompts)
            self._show_wanted()

    def _show_wanted(self) -> None:
        prompt = next((prompt for prompt in self._prompts if prompt.id == self._wanted), None)
        if prompt is not None:
            self._wanted = None
            self._show(prompt, datetime.now(UTC))

    def _on_added(self, began: datetime, added: tuple[Prompt, ...]) -> None:
        self._show(added[0], began)

    def _show(self, prompt: Prompt, sitting_began: datetime) -> None:
        self._page.editor.flush()
        self._sitting_began = sitting_began
        self._page.editor.set_models(self._models())
        self._page.show_editor(prompt)
        self._read_versions(prompt.id)
        self._tasks.run(self._tools, done=self._on_tools_read, failed=self._on_failed)

    def _read_versions(self, prompt_id: str) -> None:
        self._tasks.watch(
            self._library.versions(prompt_id), done=partial(self._on_versions_read, prompt_id), failed=self._on_failed
        )

    def _on_versions_read(self, prompt_id: str, versions: tuple[PromptVersion, ...]) -> None:
        if prompt_id == self._page.editor.prompt.id and not self._is_closed:
            self._page.editor.show_versions(versions)

    def _on_tools_read(self, tools: Sequence[ShelvedTool]) -> None:
        if not self._is_closed:
            self._page.editor.set_tools(tools)

    def _on_restored(self, prompt: Prompt, _nothing: None) -> None:
        self._page.editor.show_prompt(prompt)
        self._page.tell(self.tr("The earlier version is restored. Yours is kept as a version."))

    def _on_deleted(self, prompt: Prompt, _nothing: None) -> None:
        self._page.show_list()
        words = self.tr("“{name}” is deleted.").format(name=prompt.name)
        self._page.offer_undo(words, partial(self._take_back, prompt))

    def _take_back(self, prompt: Prompt) -> None:
        self._tasks.watch(self._library.restore(prompt.id), failed=self._on_failed)

    def _on_file_read(self, prompts: Sequence[Prompt]) -> None:
        self._clash.offer(prompts, self._twin_of)

    def _twin_of(self, found: Prompt) -> Prompt | None:
        """Return what has the same name here; snippets and instructions may share one."""
        known = self._prompts
        return next((it for it in known if (it.name, it.is_snippet) == (found.name, found.is_snippet)), None)

    def _on_taken(self, prompts: Sequence[Prompt], _nothing: None) -> None:
        names = ", ".join(prompt.name for prompt in prompts)
        self._page.tell(self.tr("Imported: {names}").format(names=names))

    def _on_exported(self, path: Path, _nothing: None) -> None:
        self._page.tell(self.tr("The file was written: {path}").format(path=path))

    def _count_typed(self) -> None:
        """Count the newest text; one at a time."""
        if self._counting is not None:
            return
        self._counting = self._typed
        self._tasks.run(partial(self._count, self._typed), done=self._on_counted, failed=self._on_not_counted)

    def _on_counted(self, cost: TokenCount) -> None:
        counted, self._counting = self._counting, None
        if self._is_closed:
            return
        if counted == self._typed:
            self._page.editor.show_cost(cost)
        else:
            self._count_typed()

    def _on_not_counted(self, _error: Exception) -> None:
        """Nobody can count it now; nothing is said."""
        self._counting = None
        if not self._is_closed:
            self._page.editor.show_cost(None)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, PhiDeskError):
            logger.error("a bug behind the page Instructions", exc_info=error)
            return
        logger.info("not done: %s", type(error).__name__)
        if not self._is_closed:
            self._page.show_notice(notice_for_error(type(error).__name__, error.facts()))


def _file_name(name: str) -> str:
    """Make a name of an entry one that every system takes for a file."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]+', "-", name).strip(" .-")[:60] or "instructions"
