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
from phidesk.ui.name_clash import NameClash
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
        self._known: dict[str, ToolSpec] = {}
        """By name, as they were when the file was read."""
        self._unusable: tuple[str, ...] = ()
        self._clash = NameClash[ToolSpec](page, self._take)
        page.import_chosen.connect(self._on_import_chosen)
        page.export_chosen.connect(self._on_export_chosen)

    def _on_import_chosen(self, path: Path) -> None:
        self._tasks.run(partial(self._read, path), done=self._on_read, failed=self._on_import_failed)

    def _read(self, path: Path) -> tuple[FoundTools, list[ToolSpec]]:
        return _read_file(path), self._work.tools.list().result()

    def _on_read(self, read: tuple[FoundTools, list[ToolSpec]]) -> None:
        found, known = read
        if not found.tools:
            hint = self.tr("It should be a list of tools as OpenAI, Ollama or an MCP server has it.")
            self._tell(self.tr("There are no tools in this file."), hint=hint)
            return
        self._known, self._unusable = {tool.name: tool for tool in known}, found.unusable
        self._clash.offer(found.tools, self._twin_of)

    def _twin_of(self, found: ToolSpec) -> ToolSpec | None:
        """Return what has the same name here, as if it were on or off as in the file: that does not tell it apart."""
        twin = self._known.get(found.name)
        return None if twin is None else replace(twin, is_enabled=found.is_enabled)

    def _take(self, chosen: list[ToolSpec]) -> None:
        ours = [tool.name for tool in self._work.builtin]
        taken = self._work.tools.take_in([self._as_kept(spec, ours) for spec in chosen])
        self._tasks.watch(taken, done=partial(self._on_taken, chosen), failed=self._show_failure)

    def _as_kept(self, spec: ToolSpec, ours: Sequence[str]) -> ToolSpec:
        """What replaces a tool that is off stays off; what is new keeps clear of names that come with the program."""
        if spec.id:
            return replace(spec, is_enabled=spec.is_enabled and self._known[spec.name].is_enabled)
        return replace(spec, name=free_name(spec.name, ours))

    def _on_taken(self, chosen: Sequence[ToolSpec], taken: Sequence[ToolSpec]) -> None:
        words = [CountedToolWords().taken(len(taken))]
        pairs = zip(chosen, taken, strict=True)
        renamed = [f"{before.name} → {after.name}" for before, after in pairs if before.name != after.name]
        if renamed:
            words.append(self.tr("Others had the same names: {names}.").format(names=", ".join(renamed)))
        if any(not spec.is_enabled for spec in taken):
            words.append(self.tr("Those that run a program or ask an address are off until you have looked at them."))
        if self._unusable:
            names = ", ".join(name or "?" for name in self._unusable)
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
