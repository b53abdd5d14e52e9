"""What was just done, and the way back, for a few seconds."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, QTimer
from PySide6.QtGui import QEnterEvent, QKeyEvent, Qt
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QWidget
from typing_extensions import override

from phidesk.ui.shortcuts import Shortcut
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.announcing import announce
from phidesk.ui.widgets.key_tip import key_tip
from phidesk.ui.widgets.leading_label import LeadingLabel

UNDO_S = 10.0
_MARGIN_PX = 8
_GAP_PX = 12


class UndoBar(QFrame):
    """Offers one undo at a time; hidden while there is none. It stays while somebody points at it or is inside."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, undo_s: float = UNDO_S) -> None:
        """`undo_s` is how long an offer stands."""
        super().__init__(parent)
        self._theme = theme
        self._undo: Callable[[], None] | None = None
        self.setObjectName("undoBar")
        self._words = LeadingLabel()
        self._words.setObjectName("undoWords")
        self._button = QPushButton(self.tr("Undo"))
        self._button.setObjectName("undoButton")
        self._button.setToolTip(key_tip(self.tr("Undo"), Shortcut.UNDO))
        self._button.setProperty("kind", "quiet")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(undo_s * 1_000))
        self._lay_out()
        self._on_theme_changed()
        self._connect()
        self.hide()

    @property
    def is_offering(self) -> bool:
        """Whether something can be undone now."""
        return self._undo is not None

    def offer(self, words: str, undo: Callable[[], None]) -> None:
        """Say what was done, and let it be undone; an earlier offer is gone."""
        self._undo = undo
        self._words.setText(words)
        self.setAccessibleName(words)
        self.adjustSize()
        self.show()
        self.raise_()
        self._timer.start()
        announce(self, self.tr("{words} Press {keys} to undo.").format(words=words, keys=Shortcut.UNDO.keys))

    def undo(self) -> None:
        """Take back what was done, if that is still offered."""
        undo = self._undo
        self.dismiss()
        if undo is not None:
            undo()

    def dismiss(self) -> None:
        """Take the offer away."""
        self._timer.stop()
        self._undo = None
        self.hide()

    @override
    def enterEvent(self, event: QEnterEvent, /) -> None:
        self._timer.stop()

    @override
    def leaveEvent(self, event: QEvent, /) -> None:
        self._wait_on()

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_MARGIN_PX, 4, _MARGIN_PX, 4)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self._words)
        layout.addWidget(self._button)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._button.clicked.connect(self.undo)
        self._timer.timeout.connect(self._on_timer_timeout)

    def _wait_on(self) -> None:
        if self._undo is not None:
            self._timer.start()

    def _on_timer_timeout(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self._wait_on()
        else:
            self.dismiss()

    def _on_theme_changed(self) -> None:
        self._button.setIcon(self._theme.icon("undo-2"))
        self._button.setIconSize(QSize(self._theme.small_icon_px, self._theme.small_icon_px))
        self.adjustSize()
