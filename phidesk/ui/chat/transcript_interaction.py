"""What mouse and keyboard do in a transcript: select, copy, follow links, go from message to message."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip

from phidesk.core.tasks import TaskRunner
from phidesk.richtext.links import read_link
from phidesk.ui.chat.block_geometry import TextPosition
from phidesk.ui.chat.transcript_accessibility import tell_caret, tell_focused_message
from phidesk.ui.chat.transcript_caret import Movement, TranscriptCaret
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_copying import TranscriptCopying
from phidesk.ui.chat.transcript_headings import TranscriptHeadings
from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace, TranscriptMenu
from phidesk.ui.chat.transcript_places import TranscriptPlaces
from phidesk.ui.chat.transcript_selection import Place, Selection
from phidesk.ui.chat.transcript_selector import Grain, TranscriptSelector

if TYPE_CHECKING:
    from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.shortcuts import Shortcut
from phidesk.ui.widgets.plain_tip import plain_tip

_DRAG_SCROLL_MS = 30
_LONGEST_SPOKEN = 300
"""Characters that a screen reader says of what a key selected."""
_Key = QKeySequence.StandardKey
_SELECTING_KEYS = {
    _Key.SelectPreviousChar: Movement.LEFT,
    _Key.SelectNextChar: Movement.RIGHT,
    _Key.SelectPreviousWord: Movement.WORD_LEFT,
    _Key.SelectNextWord: Movement.WORD_RIGHT,
    _Key.SelectPreviousLine: Movement.UP,
    _Key.SelectNextLine: Movement.DOWN,
    _Key.SelectStartOfLine: Movement.LINE_START,
    _Key.SelectEndOfLine: Movement.LINE_END,
    _Key.SelectPreviousPage: Movement.PAGE_UP,
    _Key.SelectNextPage: Movement.PAGE_DOWN,
    _Key.SelectStartOfDocument: Movement.START,
    _Key.SelectEndOfDocument: Movement.END,
}
_MOVING_KEYS = {
    _Key.MoveToPreviousChar: Movement.LEFT,
    _Key.MoveToNextChar: Movement.RIGHT,
    _Key.MoveToPreviousWord: Movement.WORD_LEFT,
    _Key.MoveToNextWord: Movement.WORD_RIGHT,
}
"""Up and down, Home and End scroll: most who press them only want to read."""
_TEXT_KEYS = (_Key.Copy, _Key.SelectAll, *_SELECTING_KEYS, *_MOVING_KEYS)
_FOCUS_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class TranscriptInteraction(QObject):
    """The hand in the transcript. Owned by its view, which passes the events on."""

    def __init__(self, view: TranscriptView, content: TranscriptContent, runner: TaskRunner | None) -> None:
        super().__init__(view)
        self._focused_message: int | None = None
        self._view = view
        self._content = content
        self._places = TranscriptPlaces(view, content)
        self.caret = TranscriptCaret(view, content, self._places)
        self.selector = TranscriptSelector(content, self._places)
        self.headings = TranscriptHeadings(view, content)
        self.copying = TranscriptCopying(view, content, self.selector, runner)
        self.menu = TranscriptMenu(view)
        self.menu.add_source(self.copying.entries)
        self.menu.add_source(self._entries)
        self._is_caret_shown = False
        self._pressed_link = ""
        self._pressed_at: QPoint | None = None
        self._mouse_at = QPoint()
        self._last_double_click: tuple[int, QPoint] | None = None
        self._drag_timer = QTimer(self)
        self._drag_timer.setInterval(_DRAG_SCROLL_MS)
        self._drag_timer.timeout.connect(self._on_drag_timer_timeout)

    @property
    def focused_message(self) -> int | None:
        """The message that keys mean; None for no particular one."""
        return self._focused_message

    @focused_message.setter
    def focused_message(self, index: int | None) -> None:
        if index != self._focused_message:
            self._focused_message = index
            self._view.message_focused.emit(index)

    def reset(self) -> None:
        """Forget what concerned messages that are gone."""
        self.focused_message = None
        self._is_caret_shown = False
        self._pressed_at = None
        self._drag_timer.stop()

    def select_all(self) -> None:
        """Select the message that the keyboard means; everything if that is selected already."""
        message = self.keyboard_message
        if message is None:
            return
        if self.selector.is_whole_message(message):
            self.selector.select_all()
        else:
            self.selector.select_message(message)
        self._show_selection()

    @property
    def keyboard_message(self) -> int | None:
        """The message that keys mean: with the selection, with the focus, or the last one in sight."""
        selection = self.selector.selection
        if selection is not None and not (selection.is_empty and self.focused_message is not None):
            return selection.cursor.message
        if self.focused_message is not None:
            return self.focused_message
        return self._places.last_visible_message()

    def visible_caret(self) -> QRect | None:
        """Return where the caret stands in the conversation; None while there is none."""
        place = self.caret_place
        return None if place is None else self.caret.rect(place)

    @property
    def caret_place(self) -> Place | None:
        """Where the caret stands; None while there is none to be seen."""
        selection = self.selector.selection
        if not self._is_caret_shown or selection is None or not selection.is_empty or not self._view.hasFocus():
            return None
        return selection.cursor

    def put_caret(self, place: Place) -> None:
        """Let the caret stand at a place, show it, and let a screen reader read there."""
        self.select(Selection(place, place))
        tell_caret(self._view, place)

    def select(self, selection: Selection | None) -> None:
        """Select this, or nothing, and show where it ends."""
        self.focused_message = None
        self.selector.clear()
        self._is_caret_shown = selection is not None
        if selection is None:
            self._show_selection()
            return
        self.selector.begin(selection.anchor)
        self.selector.extend_from_anchor(selection.cursor)
        self.reveal(selection.cursor)

    def visible_focus(self) -> int | None:
        """Return the message to draw a frame around."""
        return self.focused_message if self._view.hasFocus() else None

    # Focus and keys

    def claim_shortcut(self, event: QEvent) -> None:
        """Keep the keys that mean text here from being shortcuts of the window."""
        if isinstance(event, QKeyEvent) and any(event.matches(key) for key in _TEXT_KEYS):
            event.accept()

    def take_focus(self, reason: Qt.FocusReason) -> None:
        """Show where the keyboard is, if that is how the focus came."""
        if reason in _FOCUS_REASONS and self.focused_message is None:
            self.focused_message = self._places.last_visible_message()
        if self.focused_message is not None:  # Qt says at once that the view has the focus; this is what it means.
            QTimer.singleShot(0, self, partial(self._tell_focus, self.focused_message))

    def _tell_focus(self, message: int) -> None:
        if message == self.focused_message and self._view.hasFocus():
            tell_focused_message(self._view, message)

    def show_address(self, event: QEvent) -> None:
        """Show where the link under the mouse leads."""
        if isinstance(event, QHelpEvent):
            link = self._places.link_at(event.pos())
            address = read_link(link).address if link else ""
            QToolTip.showText(event.globalPos(), plain_tip(address), self._view.viewport())

    # Mouse

    def press(self, event: QMouseEvent) -> None:
        """Begin a selection, or draw one wider."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point = event.position().toPoint()
        self.focused_message = None
        self._is_caret_shown = False
        place = self._places.place_at(point)
        if place is None:
            self.selector.clear()
            return
        self._pressed_at = point
        self._pressed_link = self._places.link_at(point)
        if self._is_third_click(event, point):
            self.selector.begin(place, Grain.PARAGRAPH)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self.selector.selection is not None:
            self.selector.extend_from_anchor(place)
        else:
            self.selector.begin(place)
        self._show_selection()

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
        if self._pressed_at is not None:
            self._pressed_at = None
            self.copying.offer_selection()
        if link and not self.selector.has_text and self._places.link_at(event.position().toPoint()) == link:
            self._view.link_activated.emit(link)

    def double_click(self, event: QMouseEvent) -> None:
        """Select a word; dragged on, the selection grows word by word."""
        point = event.position().toPoint()
        place = self._places.place_at(point)
        if event.button() != Qt.MouseButton.LeftButton or place is None:
            return
        self._last_double_click = (event.timestamp(), point)
        self._pressed_at = point
        self.selector.begin(place, Grain.WORD)
        self._show_selection()

    def _on_drag_timer_timeout(self) -> None:
        height = self._view.viewport().height()
        y = self._mouse_at.y()
        self._view.scroll_by(y if y < 0 else max(0, y - height))
        self._extend_to(self._mouse_at)

    def _extend_to(self, point: QPoint) -> bool:
        """Select up to a point; return whether a block was scrolled sideways because the point is beyond its edge."""
        place = self._places.place_at(point)
        if place is None:
            return False
        self.selector.extend(place)
        self._show_selection()
        return self._view.controls.drag_sideways(point, place.message, place.block)

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
        if event.matches(_Key.Copy):
            self.copying.copy()
            return True
        if event.matches(_Key.SelectAll):
            self.select_all()
            return True
        for keys, act in ((_SELECTING_KEYS, self._select_by_key), (_MOVING_KEYS, self._move_by_key)):
            movement = next((keys[key] for key in keys if event.matches(key)), None)
            if movement is not None:
                act(movement)
                return True
        return self._jump_by_key(event) or self._scroll_by_key(event)

    def _jump_by_key(self, event: QKeyEvent) -> bool:
        """Go to another message or heading."""
        for shortcut, step in ((Shortcut.PREVIOUS_MESSAGE, -1), (Shortcut.NEXT_MESSAGE, 1)):
            if shortcut.is_pressed(event):
                self._focus_neighbour(step)
                return True
        for shortcut, is_forward in ((Shortcut.PREVIOUS_HEADING, False), (Shortcut.NEXT_HEADING, True)):
            if shortcut.is_pressed(event) and self._content.messages:
                self.headings.go(self._place_before_keyboard(), is_forward=is_forward)
                return True
        return False

    def _scroll_by_key(self, event: QKeyEvent) -> bool:
        view, key = self._view, event.key()
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

    def _select_by_key(self, movement: Movement) -> None:
        """Let the selection reach further, and let a screen reader say by what."""
        start = self._place_of_keyboard()
        if start is None:
            return
        if self.selector.selection is None:
            self.selector.begin(start)
        target = self.caret.moved(start, movement)
        self.selector.extend_from_anchor(target)
        self._is_caret_shown = True
        self.reveal(target)
        self._say(Selection(start, target))

    def _move_by_key(self, movement: Movement) -> None:
        """Move the caret, from which the keyboard begins to select; what was selected is left at that side."""
        start = self._place_of_keyboard()
        if start is None:
            return
        selection = self.selector.selection
        target = start
        if selection is not None and not selection.is_empty:
            target = selection.end if movement in (Movement.RIGHT, Movement.WORD_RIGHT) else selection.start
        elif self._is_caret_shown:
            target = self.caret.moved(start, movement)
        self.put_caret(target)

    def _place_of_keyboard(self) -> Place | None:
        selection = self.selector.selection
        if selection is not None and not (selection.is_empty and self.focused_message is not None):
            self.focused_message = None
            return selection.cursor
        message = self.keyboard_message
        self.focused_message = None
        self.selector.clear()
        return None if message is None else Place(message, 0, 0)

    def _place_before_keyboard(self) -> Place:
        """Return where the caret stands, else a place before the message that has the focus or what is in sight."""
        selection = self.selector.selection
        if selection is not None and self.focused_message is None:
            return selection.cursor
        if self.focused_message is not None:
            return Place(self.focused_message, 0, -1)
        place = self.first_visible_place()
        return Place(place.message, place.block, -1)

    def first_visible_place(self) -> Place:
        """Return where what is to be seen begins."""
        return self._places.place_at(QPoint(0, 0)) or Place(0, 0, 0)

    def reveal(self, place: Place) -> None:
        """Scroll as little as possible so that a place is to be seen."""
        for _ in range(2):  # What comes into view may turn out higher than it was thought.
            self._view.reveal_rect(self.caret.rect(place))
        self._view.reveal_sideways(place.message, TextPosition(place.block, place.offset))
        self._show_selection()

    def _say(self, selection: Selection) -> None:
        """Let a screen reader say what a key selected, or selected no more."""
        if QAccessible.isActive():
            self._view.announce(self.selector.text_of(selection, _LONGEST_SPOKEN))

    def _focus_neighbour(self, step: int) -> None:
        count = len(self._content.messages)
        if not count:
            return
        if self.focused_message is None:
            target = self._places.last_visible_message()
        else:
            target = min(count - 1, max(0, self.focused_message + step))
        if target is not None:
            self.focus_message(target)

    def focus_message(self, message: int) -> None:
        """Let keys mean a message, and show it."""
        self.focused_message = message
        self._view.reveal_message(message)
        tell_focused_message(self._view, message)
        self._view.viewport().update()

    # Menu

    def open_menu(self, event: QContextMenuEvent) -> None:
        """Open the menu for what is under the mouse, or for what the keyboard means."""
        if event.reason() != QContextMenuEvent.Reason.Keyboard:
            self.menu.open(self._places.menu_place(event.pos()), event.globalPos())
            return
        self.menu.open(self._keyboard_place(), event.globalPos())

    def _keyboard_place(self) -> MenuPlace:
        """Return what is selected or behind the caret, else the message that has the focus."""
        message, selection = self.keyboard_message, self.selector.selection
        if message is None:
            return MenuPlace()
        if selection is not None and selection.cursor.message == message:
            return self._places.menu_place_of(selection)
        return MenuPlace(message=message, key=self._content.messages[message].key)

    def _entries(self, place: MenuPlace) -> list[MenuEntry]:
        if place.message is None:
            return []
        tr = self._view.tr
        return [
            MenuEntry("select_message", tr("Select this message"), partial(self._select_message, place.message)),
            MenuEntry("select_all", tr("Select all"), self._select_everything, _Key.SelectAll),
        ]

    def _select_message(self, message: int) -> None:
        self.selector.select_message(message)
        self._show_selection()

    def _select_everything(self) -> None:
        self.selector.select_all()
        self._show_selection()

    def _show_selection(self) -> None:
        self._view.viewport().update()
