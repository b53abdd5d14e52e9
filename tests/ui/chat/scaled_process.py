"""A transcript that is scrolled and written at the scale that QT_SCALE_FACTOR says: `python -m` this module prints what differs.

Prints the device pixel ratio, and how many bytes of the pixels on the screen are other ones than after painting everything anew.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import conversation, make_style, model

STEPS = (-500, -1, -7, -40, 3, 111, -200, 50, -333)
STREAMED = ("# Title\n\nSome words", " and more,\n\n- one\n- שלום\n", "\n```\ncode\n", "code\n```\n\n" + "end " * 90)


def main() -> None:
    """Scroll and write, look, paint anew, look again."""
    application = QApplication([])
    view = TranscriptView()
    view.set_style(make_style())
    view.resize(640, 480)
    view.show_messages([*conversation(30), model("streamed", "")])
    view.show()
    QTest.qWaitForWindowExposed(view)
    changes: list[Callable[[], None]] = [partial(view.scroll_by, step) for step in STEPS]
    changes += [view.scroll_to_end, *(partial(view.append_text, "streamed", text) for text in STREAMED)]
    differences = 0
    for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
        view.setLayoutDirection(direction)
        for change in changes:
            application.processEvents()
            before = _screen(view)
            change()
            while not view.streaming_idle:
                application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            application.processEvents()
            changed = _screen(view)
            view.viewport().repaint()
            assert changed != before
            differences += _different_pixels(changed, _screen(view))
    print(view.devicePixelRatioF(), differences)  # noqa: T201 - whoever started us reads it


def _screen(view: TranscriptView) -> QImage:
    return view.screen().grabWindow(view.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)


def _different_pixels(one: QImage, other: QImage) -> int:
    assert one.size() == other.size()
    pairs = zip(bytes(one.constBits()), bytes(other.constBits()), strict=True)
    return sum(first != second for first, second in pairs)


if __name__ == "__main__":
    main()
