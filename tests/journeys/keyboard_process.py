"""The real window in a process of its own, used by the keyboard alone, as lines on the standard input say.

`key KEYS` presses keys as QKeySequence reads them, on the way that keys of the system take, `type TEXT` types, `menu` is
the key of the menu. Says "ready" first; each line is answered with "done" as soon as the window has taken it in.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QSocketNotifier
from PySide6.QtGui import QContextMenuEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.journeys.own_window import own_window


def main() -> None:
    """Open the window and take lines until the input ends."""
    with own_window() as window:
        QTest.qWaitForWindowExposed(window)
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        print("ready", flush=True)  # noqa: T201 - whoever started us waits for it
        notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        notifier.activated.connect(_take_line)
        QApplication.exec()


def _take_line() -> None:
    line = sys.stdin.readline()
    if not line:
        QApplication.quit()
        return
    command, _, rest = line.strip().partition(" ")
    focused = QApplication.focusWidget()
    window = QApplication.focusWindow()
    assert focused is not None
    assert window is not None
    if command == "type":
        QTest.keyClicks(focused, rest)
    elif command == "menu":
        place = focused.rect().center()
        reason = QContextMenuEvent.Reason.Keyboard
        QApplication.sendEvent(focused, QContextMenuEvent(reason, place, focused.mapToGlobal(place)))
    else:
        pressed = QKeySequence(rest)[0]  # type: ignore[index]  # the stubs miss it
        QTest.keyClick(window, pressed.key(), pressed.keyboardModifiers())
    print("done", flush=True)  # noqa: T201 - whoever wrote the line waits for it


if __name__ == "__main__":
    main()
