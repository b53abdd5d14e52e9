"""Finds words in the transcript that is shown: marks what is seen at once, counts elsewhere, goes from hit to hit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer

from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.find_bar import FindBar
from phidesk.ui.chat.transcript_hits import FoundHits, next_portion
from phidesk.ui.chat.transcript_selection import Place, Selection
from phidesk.ui.chat.transcript_view import TranscriptView

AGAIN_MS = 300
"""While text arrives, hits are looked for this often."""


@dataclass
class _Look:
    """One look for words, which goes on until all messages are counted or a newer one begins."""

    found: FoundHits
    counts: Iterator[tuple[int, int]]
    begin: Place
    """The hit that is shown is the first one from here on."""
    reveals: bool
    """Whether to scroll to it."""
    has_shown: bool = False
    awaited_step: int = 0
    """Where the person wants to go: 1 or -1, as long as the messages on the way are not counted."""


class Finding(QObject):
    """Joins the bar and a transcript. Looks only while the bar is open.

    The nearest hit is shown as soon as it is known, while the messages after it are still counted.
    """

    def __init__(self, bar: FindBar, view: TranscriptView, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bar = bar
        self._view = view
        self._runner = runner
        self._newest: _Look | None = None
        """What an older look still counts is dropped."""
        self._hit: Selection | None = None
        """The one that is shown."""
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._connect()

    def open(self) -> None:
        """Let the person find words; what is selected in one line is looked for at once."""
        selected = self._view.selected_words()
        self._bar.open_for("" if "\n" in selected else selected)

    def close(self) -> None:
        """Look for nothing any more."""
        self._bar.close_bar()

    def go(self, step: int) -> None:
        """Show the next hit (1) or the one before (-1); after the last comes the first.

        What is not counted on the way there is counted before all others.
        """
        look = self._newest
        if look is None or self._hit is None:
            return
        begin, is_backwards = (self._hit.end, False) if step > 0 else (self._hit.start, True)
        hit = look.found.nearest(begin, is_backwards=is_backwards)
        if hit is not None:
            look.awaited_step = 0
            self._show(hit, reveals=True)
            self._tell_count(look.found)
        elif look.awaited_step != step:
            look.awaited_step = step
            look.counts = look.found.uncounted(begin.message, is_backwards=is_backwards)

    def _connect(self) -> None:
        self._bar.wanted_changed.connect(self._look)
        self._bar.next_requested.connect(partial(self.go, 1))
        self._bar.previous_requested.connect(partial(self.go, -1))
        self._bar.closed.connect(self._end)
        self._view.text_changed.connect(self._on_text_changed)
        self._again.timeout.connect(self._look_again)

    def _on_text_changed(self) -> None:
        if not self._bar.isHidden() and self._bar.wanted and not self._again.isActive():
            self._again.start()

    def _look(self, wanted: str, *, keeps_place: bool = False) -> None:
        before, self._newest = self._newest, None
        begin = self._view.first_visible_place() if self._hit is None else self._hit.start
        if not keeps_place:
            self._hit = None
        self._view.mark_words(wanted, self._hit)
        if not wanted:
            self._bar.show_count(None, 0)
            return
        found = self._view.find_words(wanted, None if before is None else before.found)
        self._newest = _Look(found, found.uncounted(begin.message), begin, reveals=not keeps_place)
        self._count(self._newest)

    def _look_again(self) -> None:
        if self._newest is not None and not self._newest.found.is_complete:
            self._again.start()  # Else a long count would begin anew again and again.
        elif not self._bar.isHidden():
            self._look(self._bar.wanted, keeps_place=True)

    def _count(self, look: _Look) -> None:
        self._runner.run(partial(next_portion, look.counts), done=partial(self._on_counted, look))

    def _on_counted(self, look: _Look, portion: list[tuple[int, int]]) -> None:
        if look is not self._newest:
            return
        found = look.found
        found.add(portion)
        if not look.has_shown:
            hit = found.nearest(look.begin)
            if hit is not None or found.is_complete:
                look.has_shown = True
                self._show(hit, reveals=look.reveals)
        if look.awaited_step:
            self.go(look.awaited_step)
        if found.is_complete:
            self._tell_count(found)
            return
        if look.reveals:
            self._bar.show_counting(found.total)
        self._count(look)

    def _show(self, hit: Selection | None, *, reveals: bool) -> None:
        self._hit = hit
        self._view.mark_words(self._bar.wanted, hit)
        if hit is not None and reveals:
            self._view.reveal_place(hit.start)

    def _tell_count(self, found: FoundHits) -> None:
        if found.is_complete:
            self._bar.show_count(None if self._hit is None else found.number_of(self._hit), found.total)

    def _end(self) -> None:
        self._again.stop()
        self._newest, self._hit = None, None
        self._view.mark_words("")
        self._view.setFocus()
