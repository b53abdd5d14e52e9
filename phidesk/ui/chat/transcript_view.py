"""The transcript: a virtual, painted view of a conversation.

Only what is near the viewport is parsed, laid out and painted, so that 10,000 messages cost what twenty do. Each block
on the screen keeps its place while heights above it turn from estimates into real ones; the end is followed only while
the person is there. Mouse, keyboard and menu are in `transcript_interaction`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontDatabase,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget
from typing_extensions import override

from phidesk.core.tasks import TaskRunner
from phidesk.richtext.blocks import Block
from phidesk.ui.chat.answer_announcer import AnswerAnnouncer
from phidesk.ui.chat.block_geometry import TextPosition
from phidesk.ui.chat.message_sections import as_thought
from phidesk.ui.chat.transcript_accessibility import install_transcript_accessibility
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_controls import MessageAction, TranscriptControls
from phidesk.ui.chat.transcript_hits import FoundHits, hits_in_text
from phidesk.ui.chat.transcript_interaction import TranscriptInteraction
from phidesk.ui.chat.transcript_layout import Anchor, BlockBox
from phidesk.ui.chat.transcript_menu import TranscriptMenu
from phidesk.ui.chat.transcript_message import Card, Speaker, Thinking, TranscriptMessage
from phidesk.ui.chat.transcript_painter import TranscriptPainter, View
from phidesk.ui.chat.transcript_selection import Place, Selection
from phidesk.ui.chat.transcript_stream import TranscriptStream
from phidesk.ui.chat.transcript_style import (
    BOTTOM_MARGIN,
    MAXIMUM_COLUMN_WIDTH,
    MINIMUM_COLUMN_WIDTH,
    SIDE_MARGIN,
    TranscriptStyle,
)
from phidesk.ui.widgets.announcing import announce

__all__ = ["Card", "Speaker", "TranscriptMessage", "TranscriptStyle", "TranscriptView"]

FRAME_MS = 32
"""Thirty portions a second look like flowing text; sixty cost twice the processor for nothing."""
BACKLOG_FRAME_MS = 16
"""While more waits than one portion."""
COST_FACTOR = 4
"""The pause after a portion is at least this many times what it cost, so that three quarters of the time stay free."""
NEAR_PX = 200
"""Blocks this far outside the viewport are laid out too, so that a scroll step finds them ready."""
END_PX = 2
"""This near to the end counts as being there."""


class TranscriptView(QAbstractScrollArea):
    """Shows a conversation; see the module.

    Signals:
        following_changed: whether the view follows the end from now on.
        link_activated: the address of a link that the person chose.
        card_activated: the keys of a message and of a card in it that is opened elsewhere.
        text_changed: something else can be read now than before.
        moved: what is shown may stand elsewhere now, or be higher or lower.
        message_focused: the index of the message that keys mean, None for no particular one.
    """

    following_changed = Signal(bool)
    link_activated = Signal(str)
    card_activated = Signal(str, str)
    text_changed = Signal()
    moved = Signal()
    message_focused = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, runner: TaskRunner | None = None) -> None:
        """`runner` prepares what is too much to be copied at once; without one that blocks."""
        super().__init__(parent)
        self._content = TranscriptContent(_style_of_palette(self), MAXIMUM_COLUMN_WIDTH)
        self._maximum_column_width = MAXIMUM_COLUMN_WIDTH
        self._status = ""
        self._wanted = ""
        self._last_unseen: str | None = None
        self._hit: Selection | None = None
        self._stream: TranscriptStream | None = None
        self._is_following = True
        # QAbstractScrollArea's own idea of the last value misses what is set with signals blocked.
        self._scroll_y = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._interaction = TranscriptInteraction(self, self._content, runner)
        self._controls = TranscriptControls(self, self._content)
        self._interaction.menu.add_source(self._controls.menu_entries)
        self._announcer = AnswerAnnouncer(self)
        self._interaction.menu.add_source(self._announcer.entries)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, so that the column stays where it is; the style sheet hides a bar that cannot move.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName(self.tr("Conversation"))
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self._update_single_step()
        install_transcript_accessibility()
        self._connect()

    # What is shown

    def set_style(self, style: TranscriptStyle) -> None:
        """Draw with these colours and fonts from now on."""
        anchor = self._anchor()
        self._content.set_style(style)
        self._update_single_step()
        self._lay_out(anchor)
        self.viewport().update()

    # What was found

    def find_words(self, wanted: str, before: FoundHits | None = None) -> FoundHits:
        """Return what will tell how often words stand in the messages; what `before` knows is not counted again."""
        messages = list(self._content.messages)
        stream = self._stream
        if stream is not None and stream.inset is None:
            messages[stream.index] = replace(messages[stream.index], text=stream.before + stream.parser.text)
        opened = self._content.opened
        known = () if before is None else before.still_known(wanted, messages, opened)
        return FoundHits(messages, opened, wanted, known)

    def mark_words(self, wanted: str, hit: Selection | None = None) -> None:
        """Mark words wherever they are seen, one hit more strongly; no words take all marks away."""
        self._wanted, self._hit = wanted, hit
        self.viewport().update()

    @property
    def marked_hits(self) -> int:
        """How many stretches in sight are marked as found."""
        boxes = self._visible_boxes() if self._wanted else ()
        return sum(len(hits_in_text(box.block.text, self._wanted)) for box in boxes)

    def reveal_place(self, place: Place) -> None:
        """Scroll as little as possible so that a place is to be seen, if it is still there."""
        content = self._content
        if place.message < len(content.messages) and place.block < len(content.layout(place.message).boxes):
            self._interaction.reveal(place)

    def first_visible_place(self) -> Place:
        """Return where what is to be seen begins."""
        return self._interaction.first_visible_place()

    def set_column_width(self, width: int) -> None:
        """Limit the column of text to a width in pixels."""
        self._maximum_column_width = width
        self._adapt_column()

    def show_messages(self, messages: Sequence[TranscriptMessage]) -> None:
        """Show these messages instead of all others, and go to the end."""
        self._timer.stop()
        self._stream = None
        self._interaction.reset()
        self._interaction.selector.follow(messages)
        self._controls.reset()
        self._hit = None
        self._content.set_messages(messages)
        self._set_following(is_following=True)
        self._lay_out(None)
        self.viewport().update()
        self.text_changed.emit()

    def append_message(self, message: TranscriptMessage) -> None:
        """Show one more message at the end."""
        self._finish_stream()
        anchor = self._anchor()
        self._content.append(message)
        self._lay_out(anchor)
        self.viewport().update()
        self.text_changed.emit()

    def replace_from(self, index: int, messages: Sequence[TranscriptMessage]) -> None:
        """Show these messages instead of those from `index` on; the first of them stands where the old one stood.

        The keyboard stays at its place too: who asks for another answer goes on with that one.
        """
        self._timer.stop()
        self._stream = None
        focused = self._interaction.focused_message
        self._interaction.reset()
        self._interaction.selector.follow([*self._content.messages[:index], *messages])
        self._controls.reset()
        self._hit = None
        anchor = self._content.anchor_at(self._scroll_y)
        top = self._content.top(index) - self._scroll_y
        self._content.replace_from(index, messages)
        if messages and anchor is not None and anchor.message >= index:
            anchor = Anchor(index, 0, max(0, top) + self._content.layout(index).block_top(0))
        elif anchor is not None and anchor.message >= index:
            anchor = None
        self._lay_out(anchor)
        bar = self.verticalScrollBar()
        self._set_following(is_following=bar.value() >= bar.maximum() - END_PX)
        if focused is not None and focused < len(self._content.messages):
            self._interaction.focused_message = focused
        self.viewport().update()
        self.text_changed.emit()

    def set_room(self, index: int, height: int | None) -> None:
        """Give a message this height and do not draw it, because something stands there; None draws it again."""
        anchor = self._anchor()
        self._content.set_room(index, height)
        self._lay_out(anchor)
        self.viewport().update()

    def append_text(self, key: str, text: str) -> None:
        """Add text to the message that is being written. A little is shown at once, the rest within the next frames."""
        stream = self._stream_of(key)
        stream.add(text)
        if not self._timer.isActive():
            self._take_portion()

    def append_thinking(self, key: str, text: str, duration_ms: float) -> None:
        """Add to what the model thinks before it goes on; `duration_ms` is how long that has taken so far."""
        index = self._content.index_of(key)
        stream = self._stream
        if stream is None or stream.index != index or stream.inset is None:
            self._finish_stream()
            stream = self._stream = self._begin_thinking(index, duration_ms)
        stream.duration_ms = duration_ms
        stream.add(text)
        if not self._timer.isActive():
            self._take_portion()

    def set_card(self, key: str, card: Card) -> None:
        """Put a card at the end of a message, or let the one with the same key say something else."""
        index = self._content.index_of(key)
        if self._stream is not None and self._stream.index == index:
            self._finish_stream()
        anchor = self._anchor()
        insets = self._content.messages[index].insets
        for number, inset in enumerate(insets):
            if isinstance(inset.content, Card) and inset.content.key == card.key:
                self._content.set_inset(index, number, card)
                break
        else:
            self._content.add_inset(index, card)
        self._interaction.selector.clamp(index)
        self._lay_out(anchor)
        self.viewport().update()

    def finish_message(self, key: str, note: str = "") -> None:
        """Tell that a message is complete; what still waits is shown first."""
        stream = self._stream
        if stream is None or stream.index != self._content.index_of(key):
            stream = self._stream_of(key)
        stream.is_finishing = True
        stream.note = note
        if stream.heal():
            self._finish_stream()
        elif not self._timer.isActive():
            self._timer.start(FRAME_MS)

    def set_note(self, key: str, note: str) -> None:
        """Set the muted line under a message; nothing removes it."""
        anchor = self._anchor()
        self._content.set_note(self._content.index_of(key), note)
        self._lay_out(anchor)
        self.viewport().update()

    def set_memory_line(self, last_unseen: str | None) -> None:
        """Draw a line below this message, and all above it paler: the model sees that no more. None: no line."""
        if last_unseen != self._last_unseen:
            self._last_unseen = last_unseen
            self.viewport().update()

    def set_status(self, text: str) -> None:
        """Set the muted line after the last message; nothing removes it."""
        if text == self._status:
            return
        anchor = self._anchor()
        self._status = text
        self._lay_out(anchor)
        self.viewport().update()

    def replace_text(self, key: str, text: str) -> None:
        """Give a message another text."""
        index = self._content.index_of(key)
        if self._stream is not None and self._stream.index == index:
            self._stream = None
        anchor = self._anchor()
        selected = self._interaction.selector.text_in(index)
        self._content.set_text(index, text)
        self._interaction.selector.keep_if_unchanged(index, selected)
        self._lay_out(anchor)
        self.viewport().update()

    # What it shows, for the page and for tests

    def plain_text(self) -> str:
        """Return all messages as a person reads them, parted by blank lines."""
        return "\n\n".join(self.readable_text(index) for index in range(len(self._content.messages)))

    def readable_text(self, index: int) -> str:
        """Return one message as a person reads it."""
        return self._content.readable_text(index)

    def message_text(self, key: str) -> str:
        """Return the text of a message as it was given, with all that was appended."""
        index = self._content.index_of(key)
        if self._stream is not None and self._stream.index == index and self._stream.inset is None:
            return self._stream.before + self._stream.text
        return self._content.messages[index].text

    def selected_text(self) -> str:
        """Return the selected characters, without markup."""
        return self._interaction.selector.text()

    def copy_selection(self) -> None:
        """Put the selected text on the clipboard, if there is any."""
        self._interaction.copying.copy()

    def select_message(self, key: str) -> None:
        """Select a whole message."""
        self._interaction.selector.select_message(self._content.index_of(key))
        self.viewport().update()

    def select_all(self) -> None:
        """Select everything."""
        self._interaction.selector.select_all()
        self.viewport().update()

    @property
    def keyboard_message(self) -> int | None:
        """The message that keys mean: the one with the selection or the focus, or the last one in sight."""
        return self._interaction.keyboard_message

    @property
    def menu(self) -> TranscriptMenu:
        """The context menu; whoever can act on a message adds entries to it."""
        return self._interaction.menu

    @property
    def is_following(self) -> bool:
        """Whether the view stays at the end when text arrives."""
        return self._is_following

    @property
    def streaming_idle(self) -> bool:
        """Whether all text that arrived is shown."""
        return self._stream is None or not (self._stream.has_backlog or self._stream.is_finishing)

    @property
    def visible_block_count(self) -> int:
        """How many blocks are to be seen, at least in part."""
        return len(self._visible_boxes())

    @property
    def materialised_documents(self) -> int:
        """How many documents are held now."""
        return len(self._content.documents)

    @property
    def content(self) -> TranscriptContent:
        """What is shown and where it stands; not to be changed from outside."""
        return self._content

    @property
    def scroll_y(self) -> int:
        """The height in the conversation that stands at the top of the viewport."""
        return self._scroll_y

    @property
    def column_left(self) -> int:
        """Where the column begins in the viewport."""
        return (self.viewport().width() - self._content.column_width) // 2

    @property
    def status(self) -> str:
        """The muted line after the last message."""
        return self._status

    def message_rect(self, index: int) -> QRect:
        """Return where a message stands in the viewport, whether it is to be seen or not."""
        top = self._content.top(index) - self._scroll_y
        return QRect(self.column_left, top, self._content.column_width, self._content.layout(index).height)

    def actions_of(self, index: int) -> list[MessageAction]:
        """Return what can be done inside a message: with its listings, for example."""
        return self._controls.actions_of(index)

    @property
    def controls(self) -> TranscriptControls:
        """What can be used inside messages."""
        return self._controls

    @property
    def announcer(self) -> AnswerAnnouncer:
        """Who reads answers aloud while they are written."""
        return self._announcer

    def announce(self, text: str) -> None:
        """Let a screen reader say something."""
        announce(self, text)

    @property
    def focused_message(self) -> int | None:
        """The message that keys mean while the keyboard is here; None for no particular one."""
        return self._interaction.visible_focus()

    # Where it looks

    def scroll_to_end(self) -> None:
        """Go to the end and follow it from now on."""
        self._set_following(is_following=True)
        self._lay_out(None)
        self.viewport().update()

    def scroll_by(self, delta: int) -> None:
        """Go down by some pixels, or up."""
        self.verticalScrollBar().setValue(self._scroll_y + delta)

    def reveal_message(self, index: int) -> None:
        """Scroll as little as possible so that a message is to be seen, its beginning first."""
        height = self.viewport().height()
        rect = self.message_rect(index)
        if rect.top() < 0 or rect.height() > height:
            self.scroll_by(rect.top() - SIDE_MARGIN)
        elif rect.bottom() > height:
            self.scroll_by(rect.bottom() - height + SIDE_MARGIN)

    def focus_message(self, key: str) -> None:
        """Give the keyboard to a message, and show it."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._interaction.focus_message(self._content.index_of(key))

    def reveal_sideways(self, index: int, position: TextPosition) -> None:
        """Scroll the block of a place sideways so that the place is to be seen."""
        self._controls.reveal(index, position)

    def reveal_block(self, index: int, row: int) -> None:
        """Scroll as little as possible so that a block of a message is to be seen, its beginning first."""
        height = self.viewport().height()
        layout = self._content.layout(index)
        top = self._content.top(index) + layout.block_top(row) - self._scroll_y
        bottom = top + layout.boxes[row].height
        if top < 0 or bottom - top > height:
            self.scroll_by(top - SIDE_MARGIN)
        elif bottom > height:
            self.scroll_by(bottom - height + SIDE_MARGIN)

    def toggle(self, index: int, row: int) -> None:
        """Open or close the line or card in a row of a message."""
        stream, blocks = self._stream, None
        section = self._content.layout(index).section_at(row)
        if stream is not None and stream.index == index and section is not None and section.inset == stream.inset:
            blocks = as_thought(stream.parser.blocks)
        count = len(self._content.layout(index).boxes)
        self.change_block(index, row, partial(self._content.toggle, index, row, blocks))
        self._interaction.selector.shift(index, row, len(self._content.layout(index).boxes) - count)
        self.text_changed.emit()

    def change_block(self, index: int, row: int, change: Callable[[], None]) -> None:
        """Let something change a block's height; its beginning keeps its place, also at the end of the conversation."""
        top = self._content.top(index) + self._content.layout(index).block_top(row)
        anchor = Anchor(index, row, top - self._scroll_y)
        change()
        self._lay_out(anchor)
        bar = self.verticalScrollBar()
        self._set_following(is_following=bar.value() >= bar.maximum() - END_PX)
        self.viewport().update()

    def reveal_rect(self, rect: QRect) -> None:
        """Scroll as little as possible so that a stretch of the conversation is to be seen, with a line around it."""
        margin = min(self._content.documents.line_height, (self.viewport().height() - rect.height()) // 2)
        top, bottom = rect.top() - margin - self._scroll_y, rect.bottom() + 1 + margin - self._scroll_y
        if top < 0:
            self.scroll_by(top)
        elif bottom > self.viewport().height():
            self.scroll_by(min(top, bottom - self.viewport().height()))

    @property
    def _unseen_count(self) -> int:
        """How many messages at the beginning the model sees no more."""
        key = self._last_unseen
        return self._content.index_of(key) + 1 if key is not None and self._content.has(key) else 0

    # Qt

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        clip = event.rect()
        painter = QPainter(self.viewport())
        painter.fillRect(clip, self.viewport().palette().color(QPalette.ColorRole.Window))
        view = View(
            self._scroll_y,
            self.column_left,
            self._interaction.selector.selection,
            self._interaction.visible_caret(),
            self._interaction.visible_focus(),
            self._status,
            self.viewport().palette().color(QPalette.ColorRole.Window),
            self._controls.look,
            self._wanted,
            self._hit,
            self._unseen_count,
        )
        TranscriptPainter(self._content, painter, view).paint(clip)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._adapt_column()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange and hasattr(self, "_content"):
            self._adapt_column()
            self.viewport().update()

    @override
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        target = self.verticalScrollBar().value()
        delta = target - self._scroll_y
        if not delta:
            return
        is_at_end = target >= self.verticalScrollBar().maximum() - END_PX
        self._set_following(is_following=is_at_end)
        if is_at_end:
            self._lay_out(None)
        elif abs(delta) < self.viewport().height():
            anchor = self._content.anchor_at(self._scroll_y)
            self._lay_out(None if anchor is None else Anchor(anchor.message, anchor.block, anchor.y - delta))
        else:
            self._lay_out(self._content.anchor_at(target))

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            self._interaction.claim_shortcut(event)
        return super().event(event)

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self._interaction.show_address(event)
            return True
        return super().viewportEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._controls.press_key(event) and not self._interaction.press_key(event):
            event.ignore()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        if self._controls.focus_next(self._interaction.keyboard_message, is_forward=next):
            return True
        return super().focusNextPrevChild(next)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._interaction.take_focus(event.reason())
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._controls.press(event):
            self._interaction.press(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._controls.move(event):
            self._interaction.move(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._controls.release(event):
            self._interaction.release(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._interaction.double_click(event)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._controls.leave()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self._controls.wheel(event):
            super().wheelEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._interaction.open_menu(event)

    # Layout

    def _visible_boxes(self) -> list[BlockBox]:
        top, bottom = self._scroll_y, self._scroll_y + self.viewport().height()
        return [
            box
            for index, message_top in self._content.messages_between(top, bottom)
            for _, box, _ in self._content.layout(index).rows_between(top - message_top, bottom - message_top)
        ]

    def _connect(self) -> None:
        self._timer.timeout.connect(self._on_timer_timeout)
        self._announcer.sentence_finished.connect(self.announce)

    def _update_single_step(self) -> None:
        self.verticalScrollBar().setSingleStep(self._content.documents.line_height)

    def _adapt_column(self) -> None:
        anchor = self._anchor()
        room = self.viewport().width() - 2 * SIDE_MARGIN
        width = max(MINIMUM_COLUMN_WIDTH, min(self._maximum_column_width, room))
        is_right_to_left = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if self._content.set_column(width, is_right_to_left=is_right_to_left):
            self.viewport().update()
        self._lay_out(anchor)

    def _anchor(self) -> Anchor | None:
        """Return what has to keep its place: a block, or None for the end of the conversation."""
        return None if self._is_following else self._content.anchor_at(self._scroll_y)

    def _full_height(self) -> int:
        status = self._content.geometry.note_height(self._status)
        return self._content.height + status + BOTTOM_MARGIN

    def _lay_out(self, anchor: Anchor | None) -> None:
        """Make all that is to be seen real, with the anchor at its place, and scroll there."""
        height = self.viewport().height()
        seen = self._content.anchor_at(self._scroll_y)
        limit = 0
        for _ in range(50):  # Each round measures something; three are usual.
            limit = max(0, self._full_height() - height)
            target = limit
            if anchor is not None:
                target = min(limit, max(0, self._content.anchor_top(anchor) - anchor.y))
            if not self._content.measure_between(target - NEAR_PX, target + height + NEAR_PX):
                break
        limit = max(0, self._full_height() - height)
        self._move_to(min(target, limit), limit, seen)
        if self._content.geometry.is_repaint_due:
            self._content.geometry.is_repaint_due = False
            self.viewport().update()
        self._content.forget_far(self._scroll_y, self._scroll_y + height)
        self.moved.emit()

    def _move_to(self, target: int, limit: int, seen: Anchor | None) -> None:
        bar = self.verticalScrollBar()
        was_blocked = bar.blockSignals(True)
        bar.setRange(0, limit)
        bar.setPageStep(self.viewport().height())
        bar.setValue(target)
        bar.blockSignals(was_blocked)
        bar.setEnabled(limit > 0)
        bar.update()
        shift = 0 if seen is None else self._content.anchor_top(seen) - target - seen.y
        self._scroll_y = target
        if not shift:
            return
        if abs(shift) < self.viewport().height() and self.devicePixelRatioF().is_integer():
            self.viewport().scroll(0, shift)
        else:
            self.viewport().update()

    def _set_following(self, *, is_following: bool) -> None:
        if is_following != self._is_following:
            self._is_following = is_following
            self.following_changed.emit(is_following)

    # Streaming

    def _stream_of(self, key: str) -> TranscriptStream:
        """Return the text that is being written in a message; one begins with what its last section says already."""
        index = self._content.index_of(key)
        if self._stream is None or self._stream.index != index or self._stream.inset is not None:
            self._finish_stream()
            self._content.begin_text(index)
            message = self._content.messages[index]
            last = message.sections[-1] if message.sections else ""
            said = last if isinstance(last, str) else ""
            self._stream = TranscriptStream(index, said, before=message.text.removesuffix(said))
        return self._stream

    def _begin_thinking(self, index: int, duration_ms: float) -> TranscriptStream:
        """Let a message end with what the model thinks, if it does not yet."""
        anchor = self._anchor()
        message = self._content.messages[index]
        last = message.sections[-1] if message.sections else None
        said = last.text if isinstance(last, Thinking) else ""
        thinking = Thinking(said, duration_ms, is_running=True)
        if isinstance(last, Thinking):
            number = len(message.insets) - 1
            self._content.set_inset(index, number, thinking)
        else:
            number = self._content.add_inset(index, thinking)
        self._lay_out(anchor)
        self.viewport().update()
        return TranscriptStream(index, said, inset=number)

    def _on_timer_timeout(self) -> None:
        stream = self._stream
        if stream is None:
            return
        if stream.has_backlog:
            self._take_portion()
        elif stream.is_finishing and stream.heal():
            self._finish_stream()
        if not self._timer.isActive() and self._stream is stream and stream.is_finishing:
            self._timer.start(FRAME_MS)

    def _take_portion(self) -> None:
        stream = self._stream
        if stream is None or not stream.has_backlog:
            return
        started = time.perf_counter()
        self._show_blocks(stream, stream.take())
        self._announcer.follow(stream)
        cost_ms = (time.perf_counter() - started) * 1_000
        pause_ms = FRAME_MS if self.streaming_idle else BACKLOG_FRAME_MS
        self._timer.start(max(pause_ms, round(COST_FACTOR * cost_ms)))

    def _finish_stream(self) -> None:
        """Show everything that waits and read the message once more as a whole."""
        stream, self._stream = self._stream, None
        if stream is None:
            return
        self._timer.stop()
        self._show_blocks(stream, stream.finish())
        if stream.inset is None:
            self._content.store_text(stream.index, stream.before + stream.text)
        else:
            self._content.set_inset(stream.index, stream.inset, Thinking(stream.text, stream.duration_ms))
            self.viewport().update()
        if stream.note:
            self.set_note(self._content.messages[stream.index].key, stream.note)
        self._announcer.follow(stream, is_complete=True)

    def _show_blocks(self, stream: TranscriptStream, unchanged: int) -> None:
        blocks: Sequence[Block] = stream.parser.blocks[unchanged:]
        first = self._content.layout(stream.index).sections[-1].start
        if stream.inset is not None:
            thinking = Thinking(stream.parser.text, stream.duration_ms, is_running=True)
            self._content.set_inset(stream.index, stream.inset, thinking)
            if not self._content.is_open(stream.index, stream.inset):
                return
            first += 1
            blocks = as_thought(blocks)
        anchor = self._anchor()
        changed_from = self._content.set_blocks(stream.index, first + unchanged, blocks)
        self._interaction.selector.clamp(stream.index)
        self._lay_out(anchor)
        self.text_changed.emit()
        top = self._content.top(stream.index) + changed_from - self._scroll_y
        area = self.viewport().rect()
        if top < area.bottom():
            self.viewport().update(area.adjusted(0, max(0, top), 0, 0))


def _style_of_palette(widget: QWidget) -> TranscriptStyle:
    """Return a style that serves until the page sets its own."""
    palette = widget.palette()

    def colour(role: QPalette.ColorRole) -> QColor:
        return palette.color(role)

    role = QPalette.ColorRole
    font = QFont(widget.font())
    return TranscriptStyle(
        text=colour(role.Text),
        muted=colour(role.PlaceholderText),
        accent=colour(role.Link),
        bubble=colour(role.AlternateBase),
        border=colour(role.Mid),
        edge=colour(role.Dark),
        surface=colour(role.AlternateBase),
        sunken=colour(role.Mid),
        selection=colour(role.Highlight),
        font=font,
        code_font=QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont),
    )
