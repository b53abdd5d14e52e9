"""A transcript that is scrolled at the scale that QT_SCALE_FACTOR says: `python -m` this module prints what differs.

Prints the device pixel ratio, and how many bytes of the pixels on the screen are other ones than after painting everything anew.
"""

from __future__ import annotations

from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import conversation, make_style

STEPS = (-500, -1, -7, -40, 3, 111, -200, 50, -333)


def main() -> None:
    """Scroll, look, paint anew, look again."""
    application = QApplication([])
    view = TranscriptView()
    view.set_style(make_style())
    view.resize(640, 480)
    view.show_messages(conversation(30))
    view.show()
    QTest.qWaitForWindowExposed(view)
    differences = 0
    for step in STEPS:
        before = _screen(view)
        view.scroll_by(step)
        application.processEvents()
        scrolled = _screen(view)
        view.viewport().repaint()
        assert scrolled != before
        differences += _different_pixels(scrolled, _screen(view))
    print(view.devicePixelRatioF(), differences)  # noqa: T201 - whoever started us reads it


def _screen(view: TranscriptView) -> QImage:
    return view.screen().grabWindow(view.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)


def _different_pixels(one: QImage, other: QImage) -> int:
    assert one.size() == other.size()
    pairs = zip(bytes(one.constBits()), bytes(other.constBits()), strict=True)
    return sum(first != second for first, second in pairs)


if __name__ == "__main__":
    main()
