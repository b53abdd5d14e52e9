"""How mouse, wheel and keyboard reach the controls inside messages, and what these do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QWheelEvent

from phidesk.richtext.blocks import BlockKind
from phidesk.richtext.links import read_link
from phidesk.ui.chat.block_controls import Control, ControlKind, ControlLook, controls_of
from phidesk.ui.chat.block_geometry import PlacedBlock, TextPosition, is_continued
from phidesk.ui.chat.cards import card_label
from phidesk.ui.chat.code_header import copy_label, wrap_label
from phidesk.ui.chat.link_places import links_of
from phidesk.ui.chat.message_geometry import place_block
from phidesk.ui.chat.side_scrolling import bar_of, reveal_x, scroll_right, scroll_thumb
from phidesk.ui.chat.thinking_line import thinking_label
from phidesk.ui.chat.transcript_accessibility import tell_focused_control, tell_focused_message
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_layout import MessageLayout
from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace
from phidesk.ui.chat.transcript_message import Card, Thinking

if TYPE_CHECKING:
    from phidesk.ui.chat.transcript_view import TranscriptView

COPIED_MS = 1_500
"""So long a button says that it copied."""
_WHEEL_STEP = 120
"""Eighths of a degree of one notch, as Qt counts."""
_NOTCH_LINES = 3
_REVEAL_MARGIN_PX = 24
_DRAG_FACTOR = 3
"""How much faster a block scrolls than the mouse is beyond its edge."""


class TranscriptControls(QObject):
    """The hand on what is inside messages. Owned by its view, which passes the events on."""

    def __init__(self, view: TranscriptView, content: TranscriptContent) -> None:
        super().__init__(view)
        self._view = view
        self._content = content
        self._hovered: Control | None = None
        self._focused: Control | None = None
        self._copied: Control | None = None
        self._pressed: Control | None = None
        self._dragged_from: QPoint | None = None
        self._copied_timer = QTimer(self)
        self._copied_timer.setSingleShot(True)
        self._copied_timer.setInterval(COPIED_MS)
        self._copied_timer.timeout.connect(self._on_copied_timer_timeout)

    @property
    def look(self) -> ControlLook:
        """Which controls look otherwise than at rest."""
        return ControlLook(self._hovered, self._focused if self._view.hasFocus() else None, self._copied)

    def reset(self) -> None:
        """Forget what concerned messages that are gone."""
        self._hovered = self._focused = self._copied = self._pressed = None
        self._dragged_from = None

    # What there is

    def at(self, point: QPoint) -> Control | None:
        """Return what is under a point of the viewport."""
        placed = self._placed_at(point)
        if placed is None:
            return None
        message, block = placed
        found = (control for control, rect in self._controls(message, block) if rect.contains(point))
        return next((control for control in found if control.kind is not ControlKind.LINK), None)

    def known_in(self, message: int, row: int) -> list[Control]:
        """Return what can be used in a row, as far as nothing has to be laid out for that: all that does not scroll."""
        layout = self._content.layout(message)
        block, section = layout.boxes[row].block, layout.section_at(row)
        if block.kind in (BlockKind.FOLD, BlockKind.CARD):
            inset = None if section is None else section.content
            can_open = isinstance(inset, Thinking) or (inset is not None and inset.opens)
            return [Control(message, row, ControlKind.OPEN)] if can_open else []
        links = [Control(message, row, ControlKind.LINK, number) for number in range(len(links_of(block)))]
        is_listing = block.kind is BlockKind.CODE and block.joint is None
        return [*links, Control(message, row, ControlKind.COPY)] if is_listing else links

    def name_of(self, control: Control) -> str:
        """Return what a control says of itself, with what it belongs to."""
        placed = self._placed(control.message, control.row)
        side = placed.box.side if placed is not None else None
        if control.kind is ControlKind.OPEN and placed is not None and placed.inset is not None:
            return self._opening_name(placed.inset, is_open=placed.is_open)
        if control.kind is ControlKind.LINK and placed is not None:
            link = links_of(placed.box.block)[control.number]
            words = self.tr("{words}, {address}")
            return words.format(words=link.words, address=read_link(link.address).address)
        if control.kind is ControlKind.COPY:
            return self.tr("Copy code")
        if control.kind is ControlKind.WRAP:
            return wrap_label(is_wrapped=side is not None and side.is_wrapped)
        return self.tr("Scroll sideways")

    def rect_of(self, control: Control) -> QRect:
        """Return where a control stands in the viewport; nowhere if it is there no more."""
        found = self._controls_in(control.message, control.row)
        return next((rect for candidate, rect in found if candidate == control), QRect())

    def menu_entries(self, place: MenuPlace) -> list[MenuEntry]:
        """Offer what can be done with the block that the menu opens for."""
        if place.message is None or place.block is None:
            return []
        first = self._content.layout(place.message).first_piece(place.block)
        return [
            MenuEntry(f"block_{control.kind.value}", self.name_of(control), partial(self.activate, control))
            for control, _ in self._controls_in(place.message, first)
            if control.kind not in (ControlKind.SIDE, ControlKind.LINK)
        ]

    # What it does

    def activate(self, control: Control) -> None:
        """Do what a control is for."""
        content = self._content
        if control.message >= len(content.messages):
            return
        boxes = content.layout(control.message).boxes
        if control.row >= len(boxes):
            return
        side = boxes[control.row].side
        if control.kind is ControlKind.COPY:
            QGuiApplication.clipboard().setText(content.layout(control.message).text_of_pieces(control.row))
            self._copied = control
            self._copied_timer.start()
            self._view.announce(copy_label(is_copied=True))
            self._view.viewport().update()
        elif control.kind is ControlKind.WRAP and side is not None:
            wrap = partial(content.wrap_lines, control.message, control.row, is_wrapped=not side.is_wrapped)
            self._view.change_block(control.message, control.row, wrap)
        elif control.kind is ControlKind.LINK:
            for link in links_of(boxes[control.row].block)[control.number : control.number + 1]:
                self._view.link_activated.emit(link.address)
        elif control.kind is ControlKind.OPEN:
            self._open(control)

    def reveal(self, message: int, position: TextPosition) -> None:
        """Scroll the block of a place sideways so that the place is seen."""
        placed = self._placed(message, position.block)
        x = self._content.geometry.x_of(placed, position.offset) if placed is not None else None
        if placed is not None and x is not None and reveal_x(placed, x, _REVEAL_MARGIN_PX):
            self._view.viewport().update()

    def drag_sideways(self, point: QPoint, message: int, row: int) -> bool:
        """Scroll a block sideways while something is drawn beyond its edge; return whether anything moves."""
        placed = self._placed(message, row)
        if placed is None:
            return False
        beyond = max(0, point.x() - placed.rect.right()) + min(0, point.x() - placed.rect.left())
        if not scroll_right(placed, _DRAG_FACTOR * beyond):
            return False
        self._view.viewport().update()
        return True

    def _open(self, control: Control) -> None:
        placed = self._placed(control.message, control.row)
        card = placed.inset if placed is not None else None
        if isinstance(card, Card) and card.has_page:
            self._view.card_activated.emit(self._content.messages[control.message].key, card.key)
        else:
            self._view.toggle(control.message, control.row)

    # Mouse

    def press(self, event: QMouseEvent) -> bool:
        """Take hold of what is under the mouse; return whether there is anything."""
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        point = event.position().toPoint()
        self._focused = None
        self._pressed = self.at(point)
        self._dragged_from = point if self._pressed is not None else None
        return self._pressed is not None

    def move(self, event: QMouseEvent) -> bool:
        """Show what is under the mouse, or scroll what was taken hold of; return whether it is a control."""
        point = event.position().toPoint()
        if self._pressed is not None and self._dragged_from is not None:
            if self._pressed.kind is ControlKind.SIDE:
                self._drag_bar(self._pressed, point.x() - self._dragged_from.x())
                self._dragged_from = point
            return True
        hovered = None if event.buttons() else self.at(point)
        self._hover(hovered)
        if hovered is not None:
            is_bar = hovered.kind is ControlKind.SIDE
            shape = Qt.CursorShape.ArrowCursor if is_bar else Qt.CursorShape.PointingHandCursor
            self._view.viewport().setCursor(shape)
        return hovered is not None

    def release(self, event: QMouseEvent) -> bool:
        """Do what was pressed, if the mouse is still on it; return whether anything was."""
        pressed, self._pressed = self._pressed, None
        self._dragged_from = None
        if pressed is None:
            return False
        if self.at(event.position().toPoint()) == pressed:
            self.activate(pressed)
        return True

    def leave(self) -> None:
        """The mouse is elsewhere."""
        self._hover(None)

    def wheel(self, event: QWheelEvent) -> bool:
        """Scroll the block under the mouse sideways; return whether that was meant."""
        distance = self._sideways(event)
        found = self._placed_at(event.position().toPoint())
        if not distance or found is None:
            return False
        side = found[1].box.side
        if side is None or not side.longest_offset:
            return False
        if scroll_right(found[1], distance):
            self._view.viewport().update()
        event.accept()
        return True

    # Keyboard

    def focus_next(self, message: int | None, *, is_forward: bool) -> bool:
        """Give the keyboard to the next control of a message; return whether there is one."""
        if message is None:
            return False
        focused = self._focused if self._focused is not None and self._focused.message == message else None
        if focused is None and not is_forward:
            return False
        following = self._neighbour(message, focused, is_forward=is_forward)
        if following is not None:
            self.focus(following)
            return True
        self._focused = None
        self._view.viewport().update()
        if focused is None or is_forward:
            return False
        tell_focused_message(self._view, message)
        return True

    def focus(self, control: Control) -> None:
        """Give the keyboard to a control, show it, and let a screen reader read it."""
        self._focused = control
        self._view.setFocus()
        self._view.reveal_block(control.message, control.row)
        self._view.viewport().update()
        tell_focused_control(self._view, control)

    def press_key(self, event: QKeyEvent) -> bool:
        """Do what a key means for the control that has the keyboard; return whether it means anything."""
        control = self._focused
        if control is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.activate(control)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            placed = self._placed(control.message, control.row)
            step = _NOTCH_LINES * self._content.documents.line_height
            if placed is not None and scroll_right(placed, step if key == Qt.Key.Key_Right else -step):
                self._view.viewport().update()
        else:
            return False
        return True

    def _neighbour(self, message: int, control: Control | None, *, is_forward: bool) -> Control | None:
        """Return the control after one in a message, or before it; the first one if there is none."""
        rows = range(len(self._content.layout(message).boxes))
        if control is not None:
            rows = range(control.row, len(rows)) if is_forward else range(control.row, -1, -1)
        has_passed = control is None
        for row in rows:
            found = [candidate for candidate, _ in self._controls_in(message, row)]
            for candidate in found if is_forward else reversed(found):
                if has_passed:
                    return candidate
                has_passed = candidate == control
        return None

    # Where things are

    def _controls_in(self, message: int, row: int) -> Iterator[tuple[Control, QRect]]:
        """Yield the controls of a row; only a block that can have any is laid out for it."""
        if _may_have_controls(self._content.layout(message), row):
            placed = self._placed(message, row)
            if placed is not None:
                yield from self._controls(message, placed)

    def _controls(self, message: int, placed: PlacedBlock) -> Iterator[tuple[Control, QRect]]:
        return controls_of(message, placed, self._content.documents, is_mirrored=self._content.is_right_to_left)

    def _placed_at(self, point: QPoint) -> tuple[int, PlacedBlock] | None:
        """Return the message and the block under a point of the viewport."""
        if not self._content.messages:
            return None
        y = point.y() + self._view.scroll_y
        message = self._content.message_at(y)
        placed = self._placed(message, self._content.seen_layout(message).find(y - self._content.top(message)))
        return (message, placed) if placed is not None and placed.rect.contains(point) else None

    def _placed(self, message: int, row: int) -> PlacedBlock | None:
        """Return a block where it stands in the viewport."""
        if row >= len(self._content.seen_layout(message).boxes):
            return None
        placed = place_block(self._content, message, row, self._view.column_left)
        placed.move_by(-self._view.scroll_y)
        return placed

    def _drag_bar(self, control: Control, distance: int) -> None:
        placed = self._placed(control.message, control.row)
        bar = bar_of(placed) if placed is not None else None
        if placed is not None and bar is not None and scroll_thumb(placed, bar, distance):
            self._view.viewport().update()

    def _sideways(self, event: QWheelEvent) -> int:
        """Return how many pixels the wheel means to the right; 0 if it means up or down."""
        angle, pixels = event.angleDelta(), event.pixelDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not angle.x():
            angle, pixels = angle.transposed(), pixels.transposed()
        if abs(angle.x()) <= abs(angle.y()):
            return 0
        if pixels.x():
            return -pixels.x()
        return -round(angle.x() / _WHEEL_STEP * _NOTCH_LINES * self._content.documents.line_height)

    def _opening_name(self, inset: Thinking | Card, *, is_open: bool) -> str:
        said = thinking_label(inset) if isinstance(inset, Thinking) else card_label(inset)
        words = self.tr("Close: {line}") if is_open else self.tr("Open: {line}")
        return words.format(line=said)

    def _hover(self, control: Control | None) -> None:
        if control != self._hovered:
            self._hovered = control
            self._view.viewport().update()

    def _on_copied_timer_timeout(self) -> None:
        self._copied = None
        self._view.viewport().update()


def _may_have_controls(layout: MessageLayout, row: int) -> bool:
    """Whether the block in a row may have something in it that can be used; nothing is laid out for that."""
    block = layout.boxes[row].block
    if layout.boxes[row].side is not None and (block.joint is None or not is_continued(layout, row)):
        return True  # The buttons of a listing are in its first piece, the bar of what is wide is in the last.
    return block.kind in (BlockKind.FOLD, BlockKind.CARD) or any(span.link for span in block.spans)
