"""Finds words in the transcript that is shown: looks elsewhere, marks every hit, goes from one to the next."""

from __future__ import annotations

from bisect import bisect_left
from functools import partial

from PySide6.QtCore import QObject, QTimer

from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.find_bar import FindBar
from phidesk.ui.chat.transcript_hits import find_in_messages
from phidesk.ui.chat.transcript_selection import Place, Selection
from phidesk.ui.chat.transcript_view import TranscriptView

AGAIN_MS = 300
"""While text arrives, hits are looked for this often."""


class Finding(QObject):
    """Joins the bar and a transcript. Looks only while the bar is open."""

    def __init__(self, bar: FindBar, view: TranscriptView, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bar = bar
        self._view = view
        self._runner = runner
        self._hits: list[Selection] = []
        self._current: int | None = None
        self._looking = 0
        """Number of the newest look: what an older one found is dropped."""
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._connect()

    def open(self) -> None:
        """Let the person find words; what is selected in one line is looked for at once."""
        selected = self._view.selected_text()
        self._bar.open_for("" if "\n" in selected else selected)

    def close(self) -> None:
        """Look for nothing any more."""
        self._bar.close_bar()

    def go(self, step: int) -> None:
        """Show the next hit (1) or the one before (-1); after the last comes the first."""
        if self._hits:
            self._show(((self._current or 0) + step) % len(self._hits))

    def _connect(self) -> None:
        self._bar.wanted_changed.connect(self._look)
        self._bar.next_requested.connect(partial(self.go, 1))
        self._bar.previous_requested.connect(partial(self.go, -1))
        self._bar.closed.connect(self._end)
        self._view.text_changed.connect(self._on_text_changed)
        self._again.timeout.connect(partial(self._look, keeps_place=True))

    def _on_text_changed(self) -> None:
        if not self._bar.isHidden() and self._bar.wanted and not self._again.isActive():
            self._again.start()

    def _look(self, _wanted: str = "", *, keeps_place: bool = False) -> None:
        self._looking += 1
        wanted = self._bar.wanted
        if not wanted or self._bar.isHidden():
            self._take(self._looking, [], keeps_place=False)
            return
        look = partial(find_in_messages, self._view.searchable_messages(), wanted)
        self._runner.run(look, done=partial(self._take, self._looking, keeps_place=keeps_place))

    def _take(self, number: int, hits: list[Selection], *, keeps_place: bool) -> None:
        if number != self._looking:
            return
        before = self._hits[self._current] if self._current is not None and self._current < len(self._hits) else None
        self._hits = hits
        if not hits:
            self._current = None
            self._view.show_hits([], None)
            self._bar.show_count(None, 0)
        elif keeps_place:
            self._current = 0 if before is None else min(bisect_left(hits, before.start, key=_start), len(hits) - 1)
            self._view.show_hits(hits, self._current)
            self._bar.show_count(self._current, len(hits))
        else:
            begin = before.start if before is not None else self._view.first_visible_place()
            self._show(bisect_left(hits, begin, key=_start) % len(hits))

    def _show(self, number: int) -> None:
        self._current = number
        self._view.show_hits(self._hits, number)
        self._view.reveal_place(self._hits[number].start)
        self._bar.show_count(number, len(self._hits))

    def _end(self) -> None:
        self._looking += 1
        self._again.stop()
        self._hits, self._current = [], None
        self._view.show_hits([], None)
        self._view.setFocus()


def _start(hit: Selection) -> Place:
    return hit.start
