"""The row of actions below the message that is pointed at or has the keyboard's focus: one widget, moved about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QWidget
from typing_extensions import override

from phidesk.ui.chat.message_actions import ICONS, ActionKind, MessageAction, keys_of
from phidesk.ui.chat.message_geometry import bubble_of
from phidesk.ui.chat.transcript_message import Speaker
from phidesk.ui.chat.transcript_style import MESSAGE_GAP
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.theme.style_sheet import CONTROL_RADIUS
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.key_tip import key_tip

BUTTON_PX = 28
"""With the line of the focus frame below them they fill the gap between two messages."""
_ICON_INSET_PX = 4
"""From the edge of a button to its icon, which stands flush with the text."""

FindActions = Callable[[str], Sequence[MessageAction]]
"""Returns what can be done to the message with this key; nothing where the message is not one to act on."""
FreeHeight = Callable[[int, int], int]
"""Returns how high the viewport is above what stands on it, from this x on for this width."""
FindVersion = Callable[[str], str]
"""Returns which of its versions a message is, as "2/3"; empty where there is only one."""


class MessageToolbar(QFrame):
    """The buttons. Shows what it is told to, and says what is pressed."""

    action_requested = Signal(object)
    """Carries the `ActionKind`."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("messageToolbar")
        self.setAccessibleName(self.tr("Actions of the message"))
        self._theme = theme
        self._is_floating = False
        self._is_mirrored = False
        self._version = QLabel()
        self._version.setObjectName("messageVersion")
        self._version.setProperty("tone", "muted")
        self._version.setProperty("step", "small")
        self._buttons: dict[ActionKind, IconButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for kind in ActionKind:
            button = self._make_button(theme, kind)
            layout.addWidget(button)
            if kind is ActionKind.PREVIOUS:
                layout.addWidget(self._version)
        self.hide()

    def show_actions(self, actions: Sequence[MessageAction], version: str) -> None:
        """Offer these. A button that has the focus keeps it as long as it is there."""
        offered = {action.kind: action for action in actions}
        for kind, button in self._buttons.items():
            action = offered.get(kind)
            button.setVisible(action is not None)
            if action is not None:
                button.set_label(action.words)
                button.setToolTip(key_tip(action.words, keys_of(kind, is_mirrored=self._is_mirrored)))
                button.setEnabled(action.is_possible)
        self._version.setText(version)
        self._version.setVisible(bool(version))
        self.adjustSize()

    def set_floating(self, is_floating: bool) -> None:
        """Say whether it stands over something from which it must be told apart."""
        if is_floating != self._is_floating:
            self._is_floating = is_floating
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        if not self._is_floating:
            painter.fillRect(self.rect(), self._theme.color("window"))  # the memory line may run behind it
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CONTROL_RADIUS, CONTROL_RADIUS)

    def button(self, kind: ActionKind) -> IconButton:
        """Return the button of an action, shown or not."""
        return self._buttons[kind]

    def set_mirrored(self, is_mirrored: bool) -> None:
        """Let the arrows point along the writing, also those that `show_actions` names from then on."""
        self._is_mirrored = is_mirrored
        previous, following = "chevron-left", "chevron-right"
        if is_mirrored:
            previous, following = following, previous
        self._buttons[ActionKind.PREVIOUS].set_icon_name(previous)
        self._buttons[ActionKind.NEXT].set_icon_name(following)

    def _make_button(self, theme: Theme, kind: ActionKind) -> IconButton:
        button = IconButton(theme, ICONS[kind], "", self, side_px=BUTTON_PX)
        button.setObjectName(kind.value)
        button.clicked.connect(self._on_button_clicked)
        self._buttons[kind] = button
        return button

    def _on_button_clicked(self) -> None:
        self.action_requested.emit(ActionKind(self.sender().objectName()))


class ToolbarPlacing(QObject):
    """Moves the toolbar to the message that it is for: what came last, the mouse or the keyboard, decides."""

    action_requested = Signal(object, str)
    """Carries the `ActionKind` and the key of the message."""

    def __init__(
        self,
        toolbar: MessageToolbar,
        view: TranscriptView,
        *,
        find: FindActions,
        version: FindVersion,
        free_height: FreeHeight,
    ) -> None:
        super().__init__(view)
        self._toolbar = toolbar
        self._view = view
        self._find = find
        self._version = version
        self._free_height = free_height
        self._hovered = ""
        self._focused = ""
        """Keys of messages; empty for none."""
        self._shown = ""
        self._connect()

    @property
    def key(self) -> str:
        """The message that the toolbar stands below; empty while it is hidden."""
        return self._shown

    def refresh(self) -> None:
        """Look again at what can be done."""
        self._shown = ""
        self._place()

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if watched is self._view:
            if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
                QTimer.singleShot(0, self, self._place)  # The focus is on its way to where it will be.
        elif event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._hover(event)
        elif event.type() == QEvent.Type.Leave:
            self._hovered = ""
            self._place()
        return False

    def _connect(self) -> None:
        self._toolbar.action_requested.connect(self._on_toolbar_action_requested)
        self._view.moved.connect(self._place)
        self._view.message_focused.connect(self._on_message_focused)
        self._view.installEventFilter(self)
        self._view.viewport().installEventFilter(self)

    def _hover(self, event: QMouseEvent) -> None:
        content = self._view.content
        if event.buttons() or not content.messages:
            return
        y = event.position().toPoint().y()
        index = content.message_at(y + self._view.scroll_y)
        is_inside = y <= self._view.message_rect(index).bottom() + MESSAGE_GAP
        self._hovered = content.messages[index].key if is_inside else ""
        self._place()

    def _on_message_focused(self, index: int | None) -> None:
        self._focused = "" if index is None else self._view.content.messages[index].key
        self._hovered = ""
        self._place()

    def _has_focus(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is self._view or (focused is not None and self._toolbar.isAncestorOf(focused))

    def _place(self) -> None:
        key = self._hovered or (self._focused if self._has_focus() else "")
        index = self._index_of(key)
        if index is None:
            self._shown = ""
            self._toolbar.hide()
            return
        if key != self._shown:
            actions = self._find(key)
            self._shown = key if actions else ""
            self._toolbar.set_mirrored(self._view.layoutDirection() == Qt.LayoutDirection.RightToLeft)
            self._toolbar.show_actions(actions, self._version(key))
        self._toolbar.move(self._corner(index, is_held=key != self._hovered))
        self._toolbar.setVisible(bool(self._shown))
        self._toolbar.raise_()

    def _index_of(self, key: str) -> int | None:
        content = self._view.content
        if not key or not content.has(key):
            return None
        index = content.index_of(key)
        return None if content.room(index) is not None or not content.seen_layout(index).height else index

    def _corner(self, index: int, *, is_held: bool) -> QPoint:
        """Return where it stands: on the side of the speaker; `is_held` keeps it in sight below a long message."""
        view = self._view
        rect = view.message_rect(index)
        is_person = view.content.messages[index].speaker is Speaker.PERSON
        # The frame of the focus is as wide as the bubble, and would run through a toolbar that is wider.
        is_wider = is_person and self._toolbar.width() > bubble_of(view.content, index, 0, 0).width()
        is_at_the_right = is_person != (view.layoutDirection() == Qt.LayoutDirection.RightToLeft)
        x = rect.left() - _ICON_INSET_PX
        if is_at_the_right:
            x = rect.right() + 1 + _ICON_INSET_PX - self._toolbar.width()
        y = rect.bottom() + 2
        lowest = self._free_height(x, self._toolbar.width()) - self._toolbar.height() - 2
        self._toolbar.set_floating(is_held and (y > lowest or is_wider))
        return QPoint(x, max(0, min(y, lowest)) if is_held else y)

    def _on_toolbar_action_requested(self, kind: ActionKind) -> None:
        self.action_requested.emit(kind, self._shown)
