"""The transcript: a virtual, painted view of a conversation.

Only what is near the viewport is parsed, laid out and painted, so that 10,000 messages cost what twenty do. Each block
on the screen keeps its place while heights above it turn from estimates into real ones; the end is followed only while
the person is there (`transcript_scroller`). What is being written is in `transcript_writer`; mouse, keyboard and menu
are in `transcript_interaction`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
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
from phidesk.ui.chat.answer_announcer import AnswerAnnouncer
from phidesk.ui.chat.block_geometry import TextPosition
from phidesk.ui.chat.reading_column import MAXIMUM_COLUMN_WIDTH, SIDE_MARGIN
from phidesk.ui.chat.transcript_accessibility import (
    install_transcript_accessibility,
    tell_changed_messages,
    tell_other_words,
)
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_controls import TranscriptControls
from phidesk.ui.chat.transcript_folding import TranscriptFolding
from phidesk.ui.chat.transcript_hits import FoundHits, hits_in_text
from phidesk.ui.chat.transcript_interaction import TranscriptInteraction
from phidesk.ui.chat.transcript_layout import Anchor, BlockBox
from phidesk.ui.chat.transcript_menu import TranscriptMenu
from phidesk.ui.chat.transcript_message import Card, Speaker, TranscriptMessage
from phidesk.ui.chat.transcript_painter import TranscriptPainter, View
from phidesk.ui.chat.transcript_reader import TranscriptReader
from phidesk.ui.chat.transcript_scroller import TranscriptScroller
from phidesk.ui.chat.transcript_selection import Place, Selection
from phidesk.ui.chat.transcript_style import (
    BOTTOM_MARGIN,
    MESSAGE_GAP,
    MINIMUM_COLUMN_WIDTH,
    TranscriptStyle,
    style_of_palette,
)
from phidesk.ui.chat.transcript_writer import TranscriptWriter
from phidesk.ui.widgets.announcing import announce

__all__ = ["Card", "Speaker", "TranscriptMessage", "TranscriptStyle", "TranscriptView"]


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
        """`runner` reads long messages and prepares what is too much to be copied at once; without one that blocks."""
        super().__init__(parent)
        self._content = TranscriptContent(style_of_palette(self.palette(), self.font()), MAXIMUM_COLUMN_WIDTH)
        self._status = ""
        self._wanted = ""
        self._last_unseen: str | None = None
        self._hit: Selection | None = None
        self._scroller = TranscriptScroller(self, self._content, self._full_height)
        self._interaction = TranscriptInteraction(self, self._content, runner)
        self._controls = TranscriptControls(self, self._content)
        self._interaction.menu.add_source(self._controls.menu_entries)
        self._announcer = AnswerAnnouncer(self)
        self._interaction.menu.add_source(self._announcer.entries)
        self._reader = TranscriptReader(self._content, self._scroller, runner, self)
        self._writer = TranscriptWriter(
            self._content, self._scroller, self._reader, self._interaction.selector, self._announcer, self
        )
        self._folding = TranscriptFolding(
            self._content, self._scroller, self._reader, self._writer, self._interaction.selector, self
        )
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
        with self._scroller.keep_place():
            self._content.set_style(style)
            self._update_single_step()

    # What was found

    def find_words(self, wanted: str, before: FoundHits | None = None) -> FoundHits:
        """Return what will tell how often words stand in the messages; what `before` knows is not counted again."""
        messages = list(self._content.messages)
        index = self._writer.index
        if index is not None:
            messages[index] = replace(messages[index], text=self._writer.shown_text_of(index))
        return FoundHits(messages, self._content.insets.opened, wanted, before)

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
        if place.message < len(self._content.messages):
            self._reader.when_read(place.message, partial(self._reveal_place, place))

    def _reveal_place(self, place: Place) -> None:
        if place.block < len(self._content.layout(place.message).boxes):
            self._interaction.reveal(place)

    def first_visible_place(self) -> Place:
        """Return where what is to be seen begins."""
        return self._interaction.first_visible_place()

    def show_messages(self, messages: Sequence[TranscriptMessage]) -> None:
        """Show these messages instead of all others, and go to the end."""
        self._writer.drop()
        self._interaction.reset()
        self._interaction.selector.follow(messages)
        self._controls.reset()
        self._hit = None
        self._content.set_messages(messages)
        self._scroller.follow_end()
        self.viewport().update()
        self.text_changed.emit()
        tell_changed_messages(self, 0)

    def append_message(self, message: TranscriptMessage) -> None:
        """Show one more message at the end."""
        self._writer.finish()
        with self._scroller.keep_place():
            self._content.append(message)
        self.text_changed.emit()
        tell_changed_messages(self, len(self._content.messages) - 1)

    def replace_from(self, index: int, messages: Sequence[TranscriptMessage]) -> None:
        """Show these messages instead of those from `index` on; the first of them stands where the old one stood.

        The keyboard stays at its place too: who asks for another answer goes on with that one.
        """
        self._writer.drop()
        focused = self._interaction.focused_message
        self._interaction.reset()
        self._interaction.selector.follow([*self._content.messages[:index], *messages])
        self._controls.reset()
        self._hit = None
        anchor = self._scroller.seen_anchor(self._scroller.y)
        top = self._content.top(index) - self._scroller.y
        self._content.replace_from(index, messages)
        if messages and anchor is not None and anchor.message >= index:
            anchor = Anchor(index, 0, max(0, top) + self._content.seen_layout(index).block_top(0))
        elif anchor is not None and anchor.message >= index:
            anchor = None
        self._scroller.lay_out(anchor)
        self._scroller.follow_if_at_end()
        if focused is not None and focused < len(self._content.messages):
            self._interaction.focused_message = focused
        self.viewport().update()
        self.text_changed.emit()
        tell_changed_messages(self, index)

    def set_room(self, index: int, height: int | None) -> None:
        """Give a message this height and do not draw it, because something stands there; None draws it again."""
        with self._scroller.keep_place():
            self._content.set_room(index, height)

    def append_text(self, key: str, text: str) -> None:
        """Add text to the message that is being written. A little is shown at once, the rest within the next frames."""
        self._writer.append_text(self._content.index_of(key), text)

    def append_thinking(self, key: str, text: str, duration_ms: float) -> None:
        """Add to what the model thinks before it goes on; `duration_ms` is how long that has taken so far."""
        self._writer.append_thinking(self._content.index_of(key), text, duration_ms)

    def set_card(self, key: str, card: Card) -> None:
        """Put a card at the end of a message, or let the one with the same key say something else."""
        index = self._content.index_of(key)
        if self._writer.index == index:
            self._writer.finish()
        with self._scroller.keep_place():
            self._content.insets.put_card(index, card)
            self._interaction.selector.clamp(index)

    def finish_message(self, key: str, note: str = "") -> None:
        """Tell that a message is complete; what still waits is shown first."""
        self._writer.complete(self._content.index_of(key), note)

    def set_note(self, key: str, note: str) -> None:
        """Set the muted line under a message; nothing removes it."""
        with self._scroller.keep_place():
            self._content.set_note(self._content.index_of(key), note)
        tell_other_words(self, self._content.index_of(key))

    def set_memory_line(self, last_unseen: str | None) -> None:
        """Draw a line below this message, and all above it paler: the model sees that no more. None: no line."""
        if last_unseen != self._last_unseen:
            self._last_unseen = last_unseen
            self.viewport().update()

    def set_status(self, text: str) -> None:
        """Set the muted line after the last message; nothing removes it."""
        if text != self._status:
            with self._scroller.keep_place():
                self._status = text

    def replace_text(self, key: str, text: str) -> None:
        """Give a message another text."""
        index = self._content.index_of(key)
        if self._writer.index == index:
            self._writer.drop()
        selected = self._interaction.selector.text_in(index)
        with self._scroller.keep_place():
            self._content.set_text(index, text)
            self._interaction.selector.keep_if_unchanged(index, selected)
        tell_other_words(self, index)

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
        return self._writer.text_of(index)

    def selected_text(self) -> str:
        """Return the selected characters, without markup."""
        return self._interaction.selector.text()

    def selected_words(self) -> str:
        """Return the selected characters if they stand in one block; else nothing."""
        return self._interaction.selector.words()

    @property
    def has_selection(self) -> bool:
        """Whether any characters are selected."""
        return self._interaction.selector.has_text

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
        return self._scroller.is_following

    @property
    def streaming_idle(self) -> bool:
        """Whether all text that arrived is shown."""
        return self._writer.is_idle

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
        return self._scroller.y

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
        top = self._content.top(index) - self._scroller.y
        return QRect(self.column_left, top, self._content.column_width, self._content.seen_layout(index).height)

    @property
    def interaction(self) -> TranscriptInteraction:
        """What mouse and keyboard mean: focus, caret and selection."""
        return self._interaction

    @property
    def controls(self) -> TranscriptControls:
        """What can be used inside messages."""
        return self._controls

    @property
    def reader(self) -> TranscriptReader:
        """Who reads long messages elsewhere."""
        return self._reader

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
        self._scroller.follow_end()
        self.viewport().update()

    def scroll_by(self, delta: int) -> None:
        """Go down by some pixels, or up."""
        self._scroller.scroll_by(delta)

    def reveal_message(self, index: int) -> None:
        """Scroll as little as possible so that a message and the room for its buttons are seen, its beginning first."""
        height = self._content.seen_layout(index).height + MESSAGE_GAP
        self._scroller.reveal_beginning(self._content.top(index), height)

    def focus_message(self, key: str) -> None:
        """Give the keyboard to a message, and show it."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._interaction.focus_message(self._content.index_of(key))

    def return_to(self, key: str) -> None:
        """Give the keyboard back after a message was looked at elsewhere; to the last one if that is gone."""
        if self._content.messages:
            self.focus_message(key if self._content.has(key) else self._content.messages[-1].key)

    def reveal_sideways(self, index: int, position: TextPosition) -> None:
        """Scroll the block of a place sideways so that the place is to be seen."""
        self._controls.reveal(index, position)

    def reveal_block(self, index: int, row: int) -> None:
        """Scroll as little as possible so that a block of a message is to be seen, its beginning first."""
        layout = self._content.layout(index)
        self._scroller.reveal_beginning(self._content.top(index) + layout.block_top(row), layout.boxes[row].height)

    def toggle(self, index: int, row: int) -> None:
        """Open or close the line or card in a row of a message."""
        self._folding.toggle(index, row)

    def change_block(self, index: int, row: int, change: Callable[[], None]) -> None:
        """Let something change a block's height; its beginning keeps its place, also at the end of the conversation."""
        self._folding.change_block(index, row, change)

    def reveal_rect(self, rect: QRect) -> None:
        """Scroll as little as possible so that a stretch of the conversation is to be seen, with a line around it."""
        self._scroller.reveal_rect(rect)

    @property
    def _unseen_count(self) -> int:
        """How many messages at the beginning the model sees no more."""
        key = self._last_unseen
        return self._content.index_of(key) + 1 if key is not None and self._content.has(key) else 0

    # Qt

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        clip = event.rect()
        viewport = self.viewport()
        window = viewport.palette().color(QPalette.ColorRole.Window)
        painter = QPainter(viewport)
        painter.fillRect(clip, window)
        view = View(
            self._scroller.y,
            self.column_left,
            self._interaction.selector.selection,
            self._interaction.visible_caret(),
            self._interaction.visible_focus(),
            self._status,
            window,
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
        self._scroller.follow_bar()

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
        message = self._interaction.keyboard_message
        if message is not None and not self._content.is_read(message):
            self._reader.when_read(message, partial(self._controls.focus_next, message, is_forward=next))
            return True
        if self._controls.focus_next(message, is_forward=next):
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
        top, bottom = self._scroller.y, self._scroller.y + self.viewport().height()
        return [
            box
            for index, message_top in self._content.messages_between(top, bottom)
            for _, box, _ in self._content.seen_layout(index).rows_between(top - message_top, bottom - message_top)
        ]

    def _connect(self) -> None:
        self._scroller.moved.connect(self.moved)
        self._scroller.following_changed.connect(self.following_changed)
        self._writer.text_changed.connect(self.text_changed)
        self._folding.text_changed.connect(self.text_changed)
        self._writer.finished.connect(self._on_writer_finished)
        self._announcer.sentence_finished.connect(self.announce)
        self._reader.message_read.connect(self._on_message_read)

    def _on_writer_finished(self, index: int) -> None:
        tell_other_words(self, index)

    def _on_message_read(self, index: int) -> None:
        self._interaction.selector.clamp(index)
        tell_changed_messages(self, index)

    def _update_single_step(self) -> None:
        self.verticalScrollBar().setSingleStep(self._content.documents.line_height)

    def _adapt_column(self) -> None:
        anchor = self._scroller.anchor()
        room = self.viewport().width() - 2 * SIDE_MARGIN
        width = max(MINIMUM_COLUMN_WIDTH, min(MAXIMUM_COLUMN_WIDTH, room))
        is_right_to_left = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if self._content.set_column(width, is_right_to_left=is_right_to_left):
            self.viewport().update()
        self._scroller.lay_out(anchor)

    def _full_height(self) -> int:
        status = self._content.geometry.note_height(self._status)
        return self._content.height + status + BOTTOM_MARGIN
