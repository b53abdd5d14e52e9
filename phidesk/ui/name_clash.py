"""Entries of a file for a library that has some of their names already: the person says what becomes of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from PySide6.QtCore import QCoreApplication

from phidesk.core.prompts import Prompt
from phidesk.core.tool_spec import ToolSpec
from phidesk.ui.messages import Notice, NoticeAction
from phidesk.ui.widgets.page import Page

Entry = TypeVar("Entry", ToolSpec, Prompt)

translate = QCoreApplication.translate


class NameClash(Generic[Entry]):
    """Asks on its page, once for all entries of a file. Lives as long as the page, on the main thread."""

    def __init__(self, page: Page, take: Callable[[list[Entry]], None]) -> None:
        """`take` gets what the person wants from the file; what shall replace something has the id of that."""
        self._page = page
        self._take: Callable[[list[Entry]], None] = take
        self._waiting: list[tuple[Entry, Entry | None]] = []
        page.notice_answered.connect(self._on_notice_answered)

    def offer(self, entries: Iterable[Entry], twin_of: Callable[[Entry], Entry | None]) -> None:
        """Take the entries of a file. `twin_of` returns what has the same name here, None where nothing has.

        What is here already, word for word, is passed over.
        """
        pairs = [(entry, twin_of(entry)) for entry in entries]
        self._waiting = [(entry, twin) for entry, twin in pairs if twin is None or replace(entry, id=twin.id) != twin]
        names = [entry.name for entry, twin in self._waiting if twin is not None]
        if names:
            self._page.show_notice(_question(names))
        elif self._waiting:
            self._finish([entry for entry, _ in self._waiting])
        else:
            self._page.tell(translate("NameClash", "Everything in this file is here already."))

    def _on_notice_answered(self, action: NoticeAction) -> None:
        chosen: list[Entry] = []
        for entry, twin in self._waiting:
            if twin is None or action is NoticeAction.KEEP_BOTH:
                chosen.append(entry)
            elif action is NoticeAction.REPLACE:
                chosen.append(replace(entry, id=twin.id))
        if action in _ANSWERS and self._waiting:
            self._finish(chosen)

    def _finish(self, chosen: list[Entry]) -> None:
        self._waiting = []
        if chosen:
            self._take(chosen)
        else:
            self._page.tell(translate("NameClash", "Nothing was taken from the file."))


_ANSWERS = (NoticeAction.REPLACE, NoticeAction.KEEP_BOTH, NoticeAction.SKIP)


def _question(names: Sequence[str]) -> Notice:
    sentence = translate("NameClash", "These names are here already: {names}.").format(names=", ".join(names))
    hint = translate("NameClash", "What is replaced stays as an earlier version.")
    words = (
        translate("NameClash", "Replace"),
        translate("NameClash", "Keep both"),
        translate("NameClash", "Skip these"),
    )
    return Notice(sentence, tuple(zip(_ANSWERS, words, strict=True)), hint=hint)
