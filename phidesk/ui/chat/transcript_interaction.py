"""What mouse and keyboard do in a transcript: select, copy, follow links, go from message to message."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QApplication, QToolTip

from phidesk.richtext.links import read_link
from phidesk.ui.chat.block_documents import utf16_length
from phidesk.ui.chat.transcript_content import TextPosition, TranscriptContent
from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace, TranscriptMenu
from phidesk.ui.chat.transcript_message import Speaker
from phidesk.ui.chat.transcript_places import TranscriptPlaces
from phidesk.ui.chat.transcript_selection import Selection

if TYPE_CHECKING:
    from phidesk.ui.chat.transcript_view import TranscriptView

_DRAG_SCROLL_MS = 30
_TEXT_KEYS = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.SelectAll)
_FOCUS_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class TranscriptInteraction(QObject):
    """The hand in the transcript. Owned by its view, which passes the events on."""

    def __init__(self, view: TranscriptView, content: TranscriptContent) -> None:
        super().__init__(view)
        self.selection: Selection | None = None
        self.focused_message: int | None = None
        self._view = view
        self._content = content
        self._places = TranscriptPlaces(view, content)
        self.menu = TranscriptMenu(view)
        self.menu.add_source(self._entries)
        self._pressed_link = ""
        self._pressed_at: QPoint | None = None
        self._mouse_at = QPoint()
        self._last_double_click: tuple[int, QPoint] | None = None
        self._drag_timer = QTimer(self)
        self._drag_timer.setInterval(_DRAG_SCROLL_MS)
        self._drag_timer.timeout.connect(self._on_drag_timer_timeout)

    # Selection

    def reset(self) -> None:
        """Forget what concerned messages that are gone."""
        self.selection = None
        self.focused_message = None
        self._pressed_at = None
        self._drag_timer.stop()

    def forget_selection_in(self, message: int) -> None:
        """Drop a selection in a message whose text changes."""
        if self.selection is not None and self.selection.message == message:
            self.selection = None

    def clamp_selection(self, message: int) -> None:
        """Keep a selection within a message that was read anew."""
        selection = self.selection
        if selection is not None and selection.message == message:
            end = self._content.end_position(message)
            self.selection = Selection(message, min(selection.anchor, end), min(selection.cursor, end))

    def selected_text(self) -> str:
        """Return what is selected."""
        if self.selection is None:
            return ""
        return self.selection.text([box.block for box in self._content.layout(self.selection.message).boxes])

    def copy_selection(self) -> None:
        """Put what is selected on the clipboard: as text, and with its markup for word processors and spreadsheets."""
        text = self.selected_text()
        if not text or self.selection is None:
            return
        copied = QMimeData()
        copied.setText(text)
        if self._content.messages[self.selection.message].speaker is Speaker.MODEL:
            from phidesk.richtext.html import as_html  # noqa: PLC0415 - not needed before something is copied

            blocks = [box.block for box in self._content.layout(self.selection.message).boxes]
            copied.setHtml(as_html(self.selection.selected_blocks(blocks)))
        QGuiApplication.clipboard().setMimeData(copied)

    def select_all(self, message: int | None = None) -> None:
        """Select a whole message, see `TranscriptView.select_all_of_message`."""
        if message is None:
            message = self._current_message()
        if message is not None:
            self._select(Selection(message, TextPosition(0, 0), self._content.end_position(message)))

    def visible_focus(self) -> int | None:
        """Return the message to draw a frame around."""
        return self.focused_message if self._view.hasFocus() else None

    @property
    def keyboard_message(self) -> int | None:
        """The message that keys mean."""
        return self._current_message()

    # Focus and keys

    def claim_shortcut(self, event: QEvent) -> None:
        """Keep the keys that mean text here from being shortcuts of the window."""
        if isinstance(event, QKeyEvent) and any(event.matches(key) for key in _TEXT_KEYS):
            event.accept()

    def take_focus(self, reason: Qt.FocusReason) -> None:
        """Show where the keyboard is, if that is how the focus came."""
        if reason in _FOCUS_REASONS and self.focused_message is None:
            self.focused_message = self._places.last_visible_message()

    def show_address(self, event: QEvent) -> None:
        """Show where the link under the mouse leads."""
        if isinstance(event, QHelpEvent):
            link = self._places.link_at(event.pos())
            address = read_link(link).address if link else ""
            QToolTip.showText(event.globalPos(), address, self._view.viewport())

    # Mouse

    def press(self, event: QMouseEvent) -> None:
        """Begin a selection, or draw one wider."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point = event.position().toPoint()
        message = self._places.message_at(point)
        self.focused_message = None
        if message is None:
            self._select(None)
            return
        self._pressed_at = point
        self._pressed_link = self._places.link_at(point)
        position = self._places.position_at(message, point)
        selection = self.selection
        if self._is_third_click(event, point):
            end = self._block_end(message, position.block)
            self._select(Selection(message, TextPosition(position.block, 0), end))
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and selection is not None:
            self._select(
                Selection(selection.message, selection.anchor, self._places.position_at(selection.message, point))
            )
        else:
            self._select(Selection(message, position, position))

    def _is_third_click(self, event: QMouseEvent, point: QPoint) -> bool:
        if self._last_double_click is None:
            return False
        when, where = self._last_double_click
        self._last_double_click = None
        is_soon = event.timestamp() - when <= QApplication.doubleClickInterval()
        return is_soon and (point - where).manhattanLength() < QApplication.startDragDistance()

    def move(self, event: QMouseEvent) -> None:
        """Draw a selection, or show what is under the mouse."""
        point = event.position().toPoint()
        self._mouse_at = point
        if self._pressed_at is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._update_cursor(point)
            return
        is_beyond_edge = self._extend_to(point)
        if self._view.viewport().rect().contains(point) and not is_beyond_edge:
            self._drag_timer.stop()
        elif not self._drag_timer.isActive():
            self._drag_timer.start()

    def release(self, event: QMouseEvent) -> None:
        """End a selection, or follow a link."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._drag_timer.stop()
        link, self._pressed_link = self._pressed_link, ""
        self._pressed_at = None
        is_click = self.selection is None or self.selection.is_empty
        if link and is_click and self._places.link_at(event.position().toPoint()) == link:
            self._view.link_activated.emit(link)

    def double_click(self, event: QMouseEvent) -> None:
        """Select a word."""
        point = event.position().toPoint()
        message = self._places.message_at(point)
        if event.button() != Qt.MouseButton.LeftButton or message is None:
            return
        self._last_double_click = (event.timestamp(), point)
        position = self._places.position_at(message, point)
        placed = self._places.placed(message, position.block)
        if placed is None or placed.document is None:
            return
        cursor = QTextCursor(placed.document)
        documents, block = self._content.documents, placed.box.block
        offset = documents.document_offset(block, position.offset)
        cursor.setPosition(min(offset, placed.document.characterCount() - 1))
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        start, end = (documents.text_offset(block, place) for place in (cursor.selectionStart(), cursor.selectionEnd()))
        self._select(Selection(message, TextPosition(position.block, start), TextPosition(position.block, end)))

    def _on_drag_timer_timeout(self) -> None:
        height = self._view.viewport().height()
        y = self._mouse_at.y()
        self._view.scroll_by(y if y < 0 else max(0, y - height))
        self._extend_to(self._mouse_at)

    def _extend_to(self, point: QPoint) -> bool:
        """Select up to a point; return whether a block was scrolled sideways because the point is beyond its edge."""
        selection = self.selection
        if selection is None:
            return False
        position = self._places.position_at(selection.message, point)
        self._select(Selection(selection.message, selection.anchor, position))
        return self._view.controls.drag_sideways(point, selection.message, position.block)

    def _update_cursor(self, point: QPoint) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._places.link_at(point):
            shape = Qt.CursorShape.PointingHandCursor
        elif self._places.is_over_text(point):
            shape = Qt.CursorShape.IBeamCursor
        if self._view.viewport().cursor().shape() != shape:
            self._view.viewport().setCursor(shape)

    # Keyboard

    def press_key(self, event: QKeyEvent) -> bool:
        """Do what a key means; return whether it means anything."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
            return True
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
            return True
        view, key = self._view, event.key()
        if event.modifiers() == Qt.KeyboardModifier.AltModifier and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._focus_neighbour(-1 if key == Qt.Key.Key_Up else 1)
            return True
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier not in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ControlModifier,
        ):
            return False
        page = view.viewport().height() - self._content.documents.line_height
        distances = {
            Qt.Key.Key_Up: -view.verticalScrollBar().singleStep(),
            Qt.Key.Key_Down: view.verticalScrollBar().singleStep(),
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        if key in distances:
            view.scroll_by(distances[Qt.Key(key)])
        elif key == Qt.Key.Key_Home:
            view.verticalScrollBar().setValue(0)
        elif key == Qt.Key.Key_End:
            view.scroll_to_end()
        else:
            return False
        return True

    def _focus_neighbour(self, step: int) -> None:
        count = len(self._content.messages)
        if not count:
            return
        if self.focused_message is None:
            target = self._places.last_visible_message()
        else:
            target = min(count - 1, max(0, self.focused_message + step))
        self.focused_message = target
        if target is not None:
            self._view.reveal_message(target)
            self._tell_focus(target)
        self._view.viewport().update()

    def _tell_focus(self, message: int) -> None:
        """Let a screen reader read the message."""
        if QAccessible.isActive():
            event = QAccessibleEvent(self._view, QAccessible.Event.Focus)
            event.setChild(message)
            QAccessible.updateAccessibility(event)

    # Menu

    def open_menu(self, event: QContextMenuEvent) -> None:
        """Open the menu for what is under the mouse, or for the message that the keyboard means."""
        if event.reason() != QContextMenuEvent.Reason.Keyboard:
            self.menu.open(self._places.menu_place(event.pos()), event.globalPos())
            return
        message = self._current_message()
        place = MenuPlace() if message is None else MenuPlace(message=message, key=self._content.messages[message].key)
        self.menu.open(place, event.globalPos())

    def _entries(self, place: MenuPlace) -> list[MenuEntry]:
        tr, keys = self._view.tr, QKeySequence.StandardKey
        has_selection = self.selection is not None and not self.selection.is_empty
        select_all = partial(self.select_all, place.message)
        return [
            MenuEntry("copy_selection", tr("Copy"), self.copy_selection, keys.Copy, is_enabled=has_selection),
            MenuEntry("select_all", tr("Select all"), select_all, keys.SelectAll, is_enabled=place.message is not None),
        ]

    # Where things are

    def _select(self, selection: Selection | None) -> None:
        if selection != self.selection:
            self.selection = selection
            self._view.viewport().update()

    def _current_message(self) -> int | None:
        if self.selection is not None and not (self.selection.is_empty and self.focused_message is not None):
            return self.selection.message
        if self.focused_message is not None:
            return self.focused_message
        return self._places.last_visible_message()

    def _block_end(self, message: int, block: int) -> TextPosition:
        return TextPosition(block, utf16_length(self._content.layout(message).boxes[block].block.text))
