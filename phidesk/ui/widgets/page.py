"""What the pages that replace the conversation have in common: they scroll, and tell what went well or wrong on top."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget
from typing_extensions import override

from phidesk.ui.messages import Notice, NoticeAction
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.announcing import announce
from phidesk.ui.widgets.notice_card import NoticeCard
from phidesk.ui.widgets.state_line import StateLine, StateTone
from phidesk.ui.widgets.wrapped_label import make_wrapped_label


class Page(QScrollArea):
    """A page with a heading. Its subclass lays `_heading`, `_told` and `_notice` out with what else it shows."""

    shown_changed = Signal(bool)
    """The page came to be seen, or is no longer seen."""
    notice_answered = Signal(object)
    """A button of the notice was pressed, which is gone. Carries its `NoticeAction`."""

    def __init__(self, theme: Theme, name: str, title: str, parent: QWidget | None = None) -> None:
        """`name` begins the object names: "models" gives modelsPage, modelsHeading and modelsTold."""
        super().__init__(parent)
        self._theme = theme
        self.setObjectName(f"{name}Page")
        self.setAccessibleName(title)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._heading = make_wrapped_label(f"{name}Heading", title, step="heading")
        self._told = StateLine(theme)
        self._told.setObjectName(f"{name}Told")
        self._notice = NoticeCard(theme)
        self._notice.action_requested.connect(self._on_notice_action_requested)
        self.verticalScrollBar().rangeChanged.connect(self._on_scroll_range_changed)

    def show_notice(self, notice: Notice) -> None:
        """Tell what went wrong, where it is seen at once."""
        self._told.hide()
        self._notice.show_notice(notice)
        self.verticalScrollBar().setValue(0)

    def tell(self, words: str) -> None:
        """Say that something went well, to screen readers too."""
        self._notice.clear()
        self._told.show_state(words, StateTone.READY)
        self._told.show()
        announce(self, words)

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        self.shown_changed.emit(True)

    @override
    def hideEvent(self, event: QHideEvent, /) -> None:
        super().hideEvent(event)
        self.shown_changed.emit(False)

    def _on_notice_action_requested(self, action: NoticeAction) -> None:
        self._notice.clear()
        self.notice_answered.emit(action)

    def _on_scroll_range_changed(self, _least: int, most: int) -> None:
        """A bar that cannot move is not seen, but keeps its room, so that nothing shifts."""
        self.verticalScrollBar().setEnabled(most > 0)
