"""What a person does with a window that is seen but not yet joined with what is behind it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QKeyCombination, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget
from typing_extensions import override

_HELD = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.Close,
    }
)


class HeldInput(QObject):
    """Lets keys, clicks and the wish to close wait, in their order: nobody listens yet who could do what they mean."""

    def __init__(self, window: QWidget) -> None:
        """`window` is shown. Input waits until `release`, or the end of `release_after`."""
        super().__init__(window)
        self._window = window
        self._handle = window.windowHandle()
        self._events: list[QEvent] = []
        self._handle.installEventFilter(self)

    def release_after(self, pieces: Iterator[None]) -> None:
        """Do pieces of work with the event loop running between them, and then what waits; also if one fails."""
        is_over = True
        try:
            is_over = next(pieces, True) is True
        finally:
            if is_over:
                self.release()
        if not is_over:
            QTimer.singleShot(0, self, partial(self.release_after, pieces))

    def release(self) -> None:
        """Do all that waits, and hold nothing any more."""
        self._handle.removeEventFilter(self)
        events, self._events = self._events, []
        for event in events:
            self._do(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # Then Qt looks for no shortcut, and the key comes to us.
            return True
        if event.type() not in _HELD:
            return super().eventFilter(watched, event)
        self._events.append(event.clone())
        event.setAccepted(event.type() != QEvent.Type.Close)
        return True

    def _do(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.Close:
            self._window.close()
        elif not (isinstance(event, QKeyEvent) and self._is_shortcut(event)):
            QCoreApplication.sendEvent(self._handle, event)

    def _is_shortcut(self, event: QKeyEvent) -> bool:
        """Trigger the action of the window that a key means, unless who has the keyboard wants the key; as Qt does."""
        if event.type() != QEvent.Type.KeyPress:
            return False
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        override_event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers, event.text())
        override_event.ignore()
        QCoreApplication.sendEvent(self._handle, override_event)
        if override_event.isAccepted():
            return False
        pressed = QKeySequence(QKeyCombination(modifiers, key))
        meant = next((action for action in self._window.actions() if pressed in action.shortcuts()), None)
        if meant is not None:
            meant.trigger()
        return meant is not None
