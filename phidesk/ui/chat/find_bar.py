"""The bar above a transcript that finds words in it: a field, how many there are, the way from one to the next."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget
from typing_extensions import override

from phidesk.ui.figures import number_text
from phidesk.ui.shortcuts import Shortcut
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.announcing import announce
from phidesk.ui.widgets.enter_keys import ENTER_KEYS
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.key_tip import key_tip
from phidesk.ui.widgets.line_field import LineField

_MARGIN_PX = 8


class FindBar(QFrame):
    """Turns keys into wishes and shows what was found. Hidden until `open_for`."""

    wanted_changed = Signal(str)
    """Carries what is to be found, empty for nothing any more."""
    next_requested = Signal()
    previous_requested = Signal()
    closed = Signal()
    """The person is done; the bar is hidden already."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findBar")
        self._field = LineField()
        self._field.setObjectName("findField")
        self._field.setPlaceholderText(self.tr("Find in this conversation"))
        self._field.setAccessibleName(self.tr("Find in this conversation"))
        self._field.setClearButtonEnabled(True)
        self._count = QLabel()
        self._count.setObjectName("findCount")
        self._count.setProperty("tone", "muted")
        self._previous = IconButton(theme, "arrow-up", self.tr("Previous"))
        self._previous.setToolTip(key_tip(self.tr("Previous"), Shortcut.FIND_PREVIOUS))
        self._previous.setObjectName("findPrevious")
        self._next = IconButton(theme, "arrow-down", self.tr("Next"))
        self._next.setToolTip(key_tip(self.tr("Next"), Shortcut.FIND_NEXT))
        self._next.setObjectName("findNext")
        self._close = IconButton(theme, "x", self.tr("Close"))
        self._close.setObjectName("findClose")
        self._lay_out()
        self._connect()
        self.show_count(None, 0)
        self.hide()

    @property
    def wanted(self) -> str:
        """What is to be found."""
        return self._field.text()

    def open_for(self, text: str = "") -> None:
        """Show the bar and let the person write; a text stands there already, selected."""
        self.show()
        if text:
            self._field.setText(text)
        self._field.selectAll()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.wanted_changed.emit(self.wanted)

    def close_bar(self) -> None:
        """Hide the bar; nothing is looked for any more."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def show_count(self, current: int | None, total: int) -> None:
        """Say which hit is shown (from 0) of how many; screen readers say it too."""
        if current is not None:
            text = self.tr("{number} of {total}").format(number=number_text(current + 1), total=number_text(total))
        else:
            text = self.tr("Not found") if self.wanted else ""
        if text != self._count.text():
            announce(self, text)
        self._set_count(text, total)

    def show_counting(self, total: int) -> None:
        """Say how many hits are found while it is still looked for more; nobody is interrupted by that."""
        self._set_count(self.tr("{total} so far").format(total=number_text(total)), total)

    def _set_count(self, text: str, total: int) -> None:
        self._count.setText(text)
        for button in (self._previous, self._next):
            button.setEnabled(total > 0)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        is_enter = event.key() in ENTER_KEYS
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif is_enter and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.previous_requested.emit()
        elif is_enter:
            self.next_requested.emit()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        layout.setSpacing(_MARGIN_PX)
        layout.addWidget(self._field, 1)
        layout.addWidget(self._count)
        layout.addWidget(self._previous)
        layout.addWidget(self._next)
        layout.addWidget(self._close)

    def _connect(self) -> None:
        self._field.textChanged.connect(self.wanted_changed)
        self._previous.clicked.connect(self.previous_requested)
        self._next.clicked.connect(self.next_requested)
        self._close.clicked.connect(self.close_bar)
