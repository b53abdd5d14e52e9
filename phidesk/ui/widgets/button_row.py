"""Buttons side by side; below each other where the place is too narrow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QPushButton, QWidget
from typing_extensions import override

_GAP_PX = 8


class ButtonRow(QWidget):
    """Holds buttons in the order in which they were added. Hidden ones take no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[QAbstractButton] = []
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(_GAP_PX)
        self._layout.addStretch(1)

    def add_button(self, name: str, words: str, *, kind: str = "") -> QPushButton:
        """Make a button at the end of the row; `kind` is that of the style sheet."""
        button = QPushButton(words)
        button.setObjectName(name)
        button.setProperty("kind", kind)
        self._buttons.append(button)
        self._layout.insertWidget(self._layout.count() - 1, button)
        return button

    @override
    def minimumSizeHint(self) -> QSize:
        widest = max((button.sizeHint().width() for button in self._shown()), default=0)
        return QSize(widest, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._arrange()

    @override
    def event(self, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        needed = sum(button.sizeHint().width() + _GAP_PX for button in self._shown()) - _GAP_PX
        is_narrow = self.width() < needed
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if self._layout.direction() != direction:
            self._layout.setDirection(direction)

    def _shown(self) -> list[QAbstractButton]:
        return [button for button in self._buttons if not button.isHidden()]
