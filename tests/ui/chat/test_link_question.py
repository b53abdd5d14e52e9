"""Links are shown, asked about, and opened only if the person wants that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from phidesk.richtext.blocks import Span
from phidesk.richtext.markdown import parse
from phidesk.ui.chat.block_controls import Control, ControlKind
from phidesk.ui.chat.link_question import LinkQuestion
from phidesk.ui.chat.transcript_frame import TranscriptFrame
from phidesk.ui.chat.transcript_menu import MenuPlace
from phidesk.ui.chat.transcript_message import Speaker, TranscriptMessage
from phidesk.ui.theme.theme import Theme
from tests.ui.chat.transcript_samples import control_names, text_point

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # The offscreen platform, about every popup.

DECEIVING = "\u0430\u0440\u0440\u04cf\u0435.com"
"""Cyrillic letters that look like those of a well-known company."""
TEXT = (
    f"Go [here](https://example.org/a), or [**there** now](https://{DECEIVING}/) ![A cat](https://example.org/cat.png)."
)
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def opened() -> list[str]:
    """Addresses that were handed to the browser."""
    return []


@pytest.fixture
def frame(theme: Theme, qtbot: QtBot, opened: list[str]) -> Iterator[TranscriptFrame]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(640, 480)
    frame = TranscriptFrame(theme, window, open_address=opened.append)
    frame.resize(window.size())
    frame.view.show_messages([TranscriptMessage("m", Speaker.MODEL, TEXT)])
    with qtbot.waitExposed(window):
        window.show()
    yield frame
    window.close()


def question(frame: TranscriptFrame) -> LinkQuestion:
    found = frame.findChild(LinkQuestion, "linkQuestion")
    assert found is not None
    return found


def texts(dialog: LinkQuestion) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if label.objectName().startswith("link")]


def shown_address(dialog: LinkQuestion) -> str:
    field = dialog.findChild(QPlainTextEdit, "linkAddress")
    assert field is not None
    return field.toPlainText()


def press(dialog: LinkQuestion, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_click_asks_with_the_whole_address_and_opens_only_then(frame: TranscriptFrame, opened: list[str]) -> None:
    point = text_point(frame.view, 0, 0, 4)

    QTest.mouseClick(frame.view.viewport(), Qt.MouseButton.LeftButton, NONE, point)
    before = list(opened)
    address = shown_address(question(frame))
    press(question(frame), "openLink")

    assert before == []
    assert address == "https://example.org/a"
    assert opened == ["https://example.org/a"]


def test_leaving_the_question_opens_nothing(frame: TranscriptFrame, opened: list[str]) -> None:
    frame.view.link_activated.emit("https://example.org/a")

    press(question(frame), "leaveLink")

    assert opened == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "www.example.org"])
def test_other_addresses_are_refused_in_words(frame: TranscriptFrame, opened: list[str], address: str) -> None:
    frame.view.link_activated.emit(address)

    dialog = question(frame)
    assert dialog.findChild(QPushButton, "openLink") is None
    assert texts(dialog) == ["PhiDesk does not open this: it is neither a web address nor an e-mail address."]
    assert shown_address(dialog) == address
    press(dialog, "leaveLink")
    assert opened == []


def test_an_address_that_deceives_is_shown_as_it_is(frame: TranscriptFrame) -> None:
    frame.view.link_activated.emit(f"https://google.com@{DECEIVING}/\u202egro")

    dialog = question(frame)
    assert shown_address(dialog) == "https://google.com@xn--80ak6aa92e.com/%E2%80%AEgro"
    warnings = " ".join(texts(dialog)[1:])
    assert warnings.count("It leads to xn--80ak6aa92e.com.") == 2
    assert f"“{DECEIVING}”" in warnings
    press(dialog, "leaveLink")


def test_mail_is_asked_about_in_other_words(frame: TranscriptFrame) -> None:
    frame.view.link_activated.emit("mailto:a@example.org")

    assert texts(question(frame)) == ["Write to this address with your e-mail program?"]
    press(question(frame), "leaveLink")


def test_the_address_can_be_copied_from_question_and_menu(frame: TranscriptFrame) -> None:
    frame.view.link_activated.emit("https://example.org/ä")
    press(question(frame), "copyAddress")
    copied = QGuiApplication.clipboard().text()
    press(question(frame), "leaveLink")

    entries = frame._links.menu_entries(MenuPlace(span=Span("x", link="https://example.org/b")))
    assert [entry.name for entry in entries] == ["open_link", "copy_link"]
    assert entries[1].activate is not None
    entries[1].activate()

    assert copied == "https://example.org/%C3%A4"
    assert QGuiApplication.clipboard().text() == "https://example.org/b"
    assert frame._links.menu_entries(MenuPlace(span=Span("x"))) == []


def test_hovering_shows_the_plain_address(frame: TranscriptFrame, qtbot: QtBot) -> None:
    frame.view.activateWindow()
    point = text_point(frame.view, 0, 0, TEXT.index("now") - len("[](https://example.org/a)[****"))

    QTest.mouseMove(frame.view.viewport(), point)
    qtbot.waitUntil(lambda: QToolTip.text() != "", timeout=5_000)

    assert QToolTip.text() == "https://xn--80ak6aa92e.com/"
    QTest.mouseMove(frame.view.viewport(), QPoint(1, 1))


def test_links_are_reached_by_keyboard_and_asked_about(frame: TranscriptFrame) -> None:
    view = frame.view
    view.activateWindow()
    view.setFocus(Qt.FocusReason.TabFocusReason)

    QTest.keyClick(view, Qt.Key.Key_Tab)
    QTest.keyClick(view, Qt.Key.Key_Tab)
    focused = view.controls.look.focused
    QTest.keyClick(view, Qt.Key.Key_Return)

    assert focused == Control(0, 0, ControlKind.LINK, 1)
    assert shown_address(question(frame)) == "https://xn--80ak6aa92e.com/"
    press(question(frame), "leaveLink")
    assert control_names(view, 0) == [
        "here, https://example.org/a",
        "there now, https://xn--80ak6aa92e.com/",
        "A cat (https://example.org/cat.png), https://example.org/cat.png",
    ]


def test_a_picture_is_named_and_never_fetched() -> None:
    (block,) = parse("A ![cat *on* mat](https://example.org/cat.png) here")

    assert block.text == "A cat on mat (https://example.org/cat.png) here"
    assert [span.text for span in block.spans if span.image] == ["cat ", "on", " mat (https://example.org/cat.png)"]
