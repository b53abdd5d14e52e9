"""A fact: what it is, and how much or which."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QWidget
from typing_extensions import override

from phidesk.ui.widgets.leading_label import align_with_window

_GAP_PX = 12


class FactRow(QWidget):
    """Name and value at the two ends of a line; below each other, and wrapped, where the line is too short."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = QLabel(name)
        self._value = QLabel()
        self._value.setObjectName("factValue")
        self._value.setProperty("tone", "muted")
        for label in (self._name, self._value):
            label.setTextFormat(Qt.TextFormat.PlainText)
            align_with_window(label)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._name)
        self._layout.addStretch(1)
        self._layout.addWidget(self._value)

    @property
    def value(self) -> str:
        """What is shown."""
        return self._value.text()

    @property
    def spoken(self) -> str:
        """What screen readers hear."""
        return self._value.accessibleName()

    def set_value(self, value: str) -> None:
        """Show this; screen readers hear it with its name."""
        self._value.setText(value)
        self._value.setAccessibleName(f"{self._name.text()}: {value}")
        self._arrange()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())  # rather two lines than a wider place

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._arrange()

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._arrange()
        elif event.type() == QEvent.Type.LayoutDirectionChange:
            for label in (self._name, self._value):
                align_with_window(label)

    def _arrange(self) -> None:
        needed = sum(label.fontMetrics().horizontalAdvance(label.text()) for label in (self._name, self._value))
        is_too_short = self.width() < needed + _GAP_PX
        direction = QBoxLayout.Direction.TopToBottom if is_too_short else QBoxLayout.Direction.LeftToRight
        if self._layout.direction() != direction:
            self._name.setWordWrap(is_too_short)
            self._value.setWordWrap(is_too_short)
            self._layout.setDirection(direction)
