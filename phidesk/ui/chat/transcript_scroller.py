"""Where a transcript is looked at: what keeps its place while heights change, and whether the end is followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractScrollArea

from phidesk.ui.chat.reading_column import SIDE_MARGIN
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_layout import Anchor

NEAR_PX = 200
"""Blocks this far outside the viewport are laid out once it is painted, so that a scroll step finds them ready."""
END_PX = 2
"""This near to the end counts as being there."""


class TranscriptScroller(QObject):
    """Scrolls the area in which a content is shown, and makes real what comes into sight.

    Signals:
        following_changed: whether the end is followed from now on.
        moved: what is shown may stand elsewhere now, or be higher or lower.
    """

    following_changed = Signal(bool)
    moved = Signal()

    def __init__(self, area: QAbstractScrollArea, content: TranscriptContent, full_height: Callable[[], int]) -> None:
        """`full_height` tells how high all that can be scrolled through is."""
        super().__init__(area)
        self._area = area
        self._bar = area.verticalScrollBar()
        self._content = content
        self._full_height = full_height
        self.is_following = True
        # QAbstractScrollArea's own idea of the last value misses what is set with signals blocked.
        self._thumb = (0, 0, 0)
        self.y = 0
        """The height in the conversation that stands at the top of the viewport."""
        self._near = QTimer(self)
        self._near.setSingleShot(True)
        self._near.setInterval(0)
        self._near.timeout.connect(self._lay_out_near)

    def follow_end(self) -> None:
        """Go to the end and follow it from now on."""
        self._set_following(is_following=True)
        self.lay_out(None)

    def follow_if_at_end(self) -> None:
        """Follow the end if that is to be seen, and only then."""
        self._set_following(is_following=self._bar.value() >= self._bar.maximum() - END_PX)

    def follow_bar(self) -> None:
        """Go where the scroll bar was moved to."""
        target = self._bar.value()
        delta = target - self.y
        if not delta:
            return
        self.follow_if_at_end()
        if self.is_following:
            self.lay_out(None)
        elif abs(delta) < self._area.viewport().height():
            anchor = self.seen_anchor(self.y)
            self.lay_out(None if anchor is None else Anchor(anchor.message, anchor.block, anchor.y - delta))
        else:
            self.lay_out(self.seen_anchor(target))

    def scroll_by(self, delta: int) -> None:
        """Go down by some pixels, or up."""
        self._bar.setValue(self.y + delta)

    def reveal_beginning(self, top: int, height: int) -> None:
        """Scroll as little as possible so that a stretch of the conversation is to be seen, its beginning first."""
        seen = self._area.viewport().height()
        top -= self.y
        if top < 0 or height > seen:
            self.scroll_by(top - SIDE_MARGIN)
        elif top + height > seen:
            self.scroll_by(top + height - seen + SIDE_MARGIN)

    def reveal_rect(self, rect: QRect) -> None:
        """Scroll as little as possible so that a stretch of the conversation is to be seen, with a line around it."""
        seen = self._area.viewport().height()
        margin = min(self._content.documents.line_height, (seen - rect.height()) // 2)
        top, bottom = rect.top() - margin - self.y, rect.bottom() + 1 + margin - self.y
        if top < 0:
            self.scroll_by(top)
        elif bottom > seen:
            self.scroll_by(min(top, bottom - seen))

    @contextmanager
    def keep_place(self) -> Iterator[None]:
        """Let what is to be seen keep its place while something changes; then draw all of it anew."""
        anchor = self.anchor()
        yield
        self.lay_out(anchor)
        self.repaint()

    def anchor(self) -> Anchor | None:
        """Return what has to keep its place: a block, or None for the end of the conversation."""
        return None if self.is_following else self.seen_anchor(self.y)

    def seen_anchor(self, y: int) -> Anchor | None:
        """Return the first block that is to be seen where the viewport begins at a height."""
        return self._content.anchor_at(y, y + self._area.viewport().height())

    def lay_out(self, anchor: Anchor | None) -> None:
        """Make all that is to be seen real, with the anchor at its place, and scroll there; what is near follows."""
        self._lay_out(anchor, beyond=0)
        height = self._area.viewport().height()
        if not self._content.is_measured_between(self.y - NEAR_PX, self.y + height + NEAR_PX):
            self._near.start()

    def _lay_out_near(self) -> None:
        self._lay_out(self.anchor(), beyond=NEAR_PX)

    def _lay_out(self, anchor: Anchor | None, *, beyond: int) -> None:
        """Make all real that is to be seen, and so many pixels beyond it."""
        height = self._area.viewport().height()
        seen = self.seen_anchor(self.y)
        limit = 0
        for _ in range(50):  # Each round measures something; three are usual.
            limit = max(0, self._full_height() - height)
            target = limit
            if anchor is not None:
                target = min(limit, max(0, self._content.anchor_top(anchor) - anchor.y))
            if not self._content.measure_between(target - beyond, target + height + beyond):
                break
        limit = max(0, self._full_height() - height)
        self._move_to(min(target, limit), limit, seen)
        if self._content.geometry.is_repaint_due:
            self._content.geometry.is_repaint_due = False
            self._area.viewport().update()
        self._content.forget_far(self.y, self.y + height)
        self.moved.emit()

    def stands_still(self, index: int, height_before: int) -> bool:
        """Whether nothing moves although the last block of the last message, an answer, changed: it has as many lines.

        Then no `lay_out` is needed, and so it is for most of the words that arrive.
        """
        if not self.is_following or index != len(self._content.messages) - 1:
            return False
        self._content.measure_end(index)
        return self._content.height == height_before and not self._content.geometry.is_repaint_due

    def repaint(self, top: int = 0, bottom: int | None = None) -> None:
        """Draw what is seen of the conversation anew, from this height on, down to `bottom` if that is not its end."""
        viewport = self._area.viewport()
        area = viewport.rect()
        area.setTop(max(0, top - self.y))
        if bottom is not None:
            area.setBottom(min(area.bottom(), bottom - self.y))
        if area.top() < area.bottom():
            viewport.update(area)

    def _move_to(self, target: int, limit: int, seen: Anchor | None) -> None:
        bar = self._bar
        thumb = self._thumb_at(target, limit)
        # The bar lets what is behind it be seen: with it Qt draws all that it stands on, up to the window.
        bar.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, thumb == self._thumb)
        was_blocked = bar.blockSignals(True)
        bar.setRange(0, limit)
        bar.setPageStep(self._area.viewport().height())
        bar.setValue(target)
        bar.blockSignals(was_blocked)
        bar.setEnabled(limit > 0)
        bar.update()
        bar.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, False)
        self._thumb = thumb
        shift = 0 if seen is None else self._content.anchor_top(seen) - target - seen.y
        self.y = target
        if not shift:
            return
        if abs(shift) < self._area.viewport().height() and self._area.devicePixelRatioF().is_integer():
            self._area.viewport().scroll(0, shift)
        else:
            self._area.viewport().update()

    def _thumb_at(self, target: int, limit: int) -> tuple[int, int, int]:
        """Return what is seen of the bar: its room, and length and place of the thumb, in quarters of a pixel."""
        room, seen = 4 * self._bar.height(), self._area.viewport().height()
        length = room * seen // max(1, limit + seen)
        return room, length, (room - length) * target // max(1, limit)

    def _set_following(self, *, is_following: bool) -> None:
        if is_following != self.is_following:
            self.is_following = is_following
            self.following_changed.emit(is_following)
