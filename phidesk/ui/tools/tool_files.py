"""Tools taken from files, and written into them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from phidesk.core.json_text import TextFault
from phidesk.core.tasks import TaskRunner
from phidesk.core.tool_exchange import FoundTools, free_name, read_tools, write_tools
from phidesk.core.tool_spec import ToolSpec
from phidesk.ui.messages import Notice, NoticeAction
from phidesk.ui.tools.tool_words import CountedToolWords, fault_words
from phidesk.ui.tools.tool_work import ToolWork
from phidesk.ui.tools.tools_page import ToolsPage

MOST_BYTES = 5_000_000
"""Of a file with tools: more than anybody's list."""


class ToolFiles(QObject):
    """Lives as long as the page, on the main thread."""

    def __init__(
        self,
        page: ToolsPage,
        work: ToolWork,
        *,
        tasks: TaskRunner,
        changed: Callable[[], None],
        show_failure: Callable[[Exception], None],
    ) -> None:
        """`changed` is called when tools were added; errors that are not about a file go to `show_failure`."""
        super().__init__(page)
        self._page = page
        self._work = work
        self._tasks = tasks
        self._changed = changed
        self._show_failure = show_failure
        page.import_chosen.connect(self._on_import_chosen)
        page.export_chosen.connect(self._on_export_chosen)

    def _on_import_chosen(self, path: Path) -> None:
        self._tasks.run(partial(_read_file, path), done=self._on_file_read, failed=self._on_import_failed)

    def _on_file_read(self, found: FoundTools) -> None:
        if not found.tools:
            hint = self.tr("It should be a list of tools as OpenAI, Ollama or an MCP server has it.")
            self._tell(self.tr("There are no tools in this file."), hint=hint)
            return
        ours = [tool.name for tool in self._work.builtin]
        named = [replace(spec, name=free_name(spec.name, ours)) for spec in found.tools]
        added = self._work.tools.add(named)
        self._tasks.watch(added, done=partial(self._on_imported, found), failed=self._show_failure)

    def _on_imported(self, found: FoundTools, added: Sequence[ToolSpec]) -> None:
        words = [CountedToolWords().imported(len(added))]
        pairs = zip(found.tools, added, strict=True)
        renamed = [f"{before.name} → {after.name}" for before, after in pairs if before.name != after.name]
        if renamed:
            words.append(self.tr("Others had the same names: {names}.").format(names=", ".join(renamed)))
        if any(not spec.is_enabled for spec in added):
            words.append(self.tr("Those that run a program or ask an address are off until you have looked at them."))
        if found.unusable:
            names = ", ".join(name or "?" for name in found.unusable)
            words.append(self.tr("Not usable: {names}.").format(names=names))
        self._page.tell(" ".join(words))
        self._changed()

    def _on_import_failed(self, error: Exception) -> None:
        if isinstance(error, TextFault):
            sentence, hint = self.tr("This file is not JSON."), fault_words(error)
        elif isinstance(error, OSError | UnicodeError):
            sentence, hint = self.tr("The file cannot be read."), ""
        else:
            self._show_failure(error)
            return
        self._tell(sentence, hint=hint, details=repr(error))

    def _on_export_chosen(self, path: Path, tool_id: str) -> None:
        self._tasks.run(
            partial(self._write, path, tool_id), done=partial(self._on_exported, path), failed=self._on_export_failed
        )

    def _write(self, path: Path, tool_id: str) -> None:
        specs = [spec for spec in self._work.tools.list().result() if tool_id in ("", spec.id)]
        path.write_text(write_tools(specs), encoding="utf-8")

    def _on_exported(self, path: Path, _nothing: None) -> None:
        self._page.tell(self.tr("The tools are in {file}.").format(file=path.name))

    def _on_export_failed(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            self._show_failure(error)
            return
        self._tell(self.tr("The file cannot be written."), details=repr(error))

    def _tell(self, sentence: str, *, hint: str = "", details: str = "") -> None:
        close = ((NoticeAction.TRY_AGAIN, self.tr("Close")),)
        self._page.show_notice(Notice(sentence, close, hint=hint, details=details))


def _read_file(path: Path) -> FoundTools:
    with path.open("rb") as file:
        return read_tools(file.read(MOST_BYTES).decode("utf-8-sig"))
