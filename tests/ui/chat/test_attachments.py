"""Long pastes and files go along with the question as chips, which open, go into the text, or go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QImage, QKeySequence
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMenu, QPlainTextEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.drafts import Draft
from phidesk.core.errors import FileIsFolder, FileNotText, PhiDeskError
from phidesk.core.parts import FilePart
from phidesk.documents.file_reading import MOST_BYTES
from phidesk.ui.chat.attachment_chip import AttachmentChip
from phidesk.ui.chat.attachment_reader import MOST_FILES
from phidesk.ui.chat.attachment_row import MOST_LINES, AttachmentRow
from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.composer_input import LONG_PASTE_CHARACTERS
from phidesk.ui.messages import notice_for_error
from phidesk.ui.theme.theme import Theme
from tests.ui.tabbing import names_by_tab

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # The offscreen platform, about every popup.

LONG = "four words a line\n" * 1000
NOTES = FilePart("notes.md", "text/markdown", "# Notes\nBuy milk.\n")
TABLE = FilePart("towns.csv", "text/csv", "Ulm;130000\n")


@pytest.fixture
def composer(theme: Theme, qtbot: QtBot) -> Iterator[Composer]:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(640, 480)
    composer = Composer(theme, page)
    composer.setFixedWidth(640)
    with qtbot.waitExposed(page):
        page.show()
    composer.focus_input()
    yield composer
    QGuiApplication.clipboard().clear()


@pytest.fixture
def field(composer: Composer) -> QPlainTextEdit:
    found = composer.findChild(QPlainTextEdit, "composerInput")
    assert found is not None
    return found


def chips(composer: Composer) -> list[AttachmentChip]:
    """The chips that are there, in their order."""
    QApplication.sendPostedEvents()
    row = composer.findChild(AttachmentRow)
    assert row is not None
    return [chip for file in row.files for chip in composer.findChildren(AttachmentChip) if chip.file is file]


def face(chip: AttachmentChip) -> QAbstractButton:
    found = chip.findChild(QAbstractButton, "attachmentFace")
    assert isinstance(found, QAbstractButton)
    return found


def paste(field: QPlainTextEdit, data: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(data)
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))


def text_data(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


def test_a_long_paste_goes_along_as_a_chip(composer: Composer, field: QPlainTextEdit) -> None:
    QTest.keyClicks(field, "Summarise")

    paste(field, text_data(LONG))

    assert composer.draft == Draft("Summarise", (FilePart("", "text/plain", LONG),))
    assert [face(chip).accessibleName() for chip in chips(composer)] == ["Pasted text, 4,000 words"]


@pytest.mark.parametrize(("length", "is_chip"), [(LONG_PASTE_CHARACTERS, False), (LONG_PASTE_CHARACTERS + 1, True)])
def test_a_paste_up_to_the_limit_is_text(composer: Composer, field: QPlainTextEdit, length: int, is_chip: bool) -> None:
    paste(field, text_data("a" * length))

    assert bool(composer.draft.files) is is_chip
    assert bool(composer.draft.text) is not is_chip


def test_a_paste_larger_than_any_window_is_refused_in_words(composer: Composer, field: QPlainTextEdit) -> None:
    paste(field, text_data("ä" * MOST_BYTES))

    assert composer.draft == Draft()
    assert composer.note.text.startswith("This text is larger than 2 MB")


def test_a_picture_is_refused_in_words(composer: Composer, field: QPlainTextEdit) -> None:
    data = QMimeData()
    data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))

    paste(field, data)

    assert "cannot see pictures" in composer.note.text
    assert composer.draft == Draft()


def test_pasted_files_are_given_to_be_read(composer: Composer, field: QPlainTextEdit, tmp_path: Path) -> None:
    given = QSignalSpy(composer.files_given)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("a.txt", "b.md")])

    paste(field, data)

    assert given.at(0) == [(tmp_path / "a.txt", tmp_path / "b.md")]
    assert composer.draft == Draft()


def test_a_pasted_web_address_is_text(composer: Composer, field: QPlainTextEdit) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.txt")])

    paste(field, data)

    assert composer.draft.text == "https://example.org/a.txt"


def test_files_are_chosen_in_a_dialog(composer: Composer, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("x")
    button = composer.findChild(QToolButton, "addFilesButton")
    assert button is not None

    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    dialog = composer.findChild(QFileDialog, "addFilesDialog")
    assert dialog is not None
    with qtbot.waitSignal(composer.files_given) as given:
        dialog.filesSelected.emit([str(tmp_path / "notes.md")])
    dialog.close()

    assert given.args == [(tmp_path / "notes.md",)]


def test_files_may_be_sent_without_a_word(composer: Composer, field: QPlainTextEdit) -> None:
    sent = QSignalSpy(composer.send_requested)
    composer.add_files([NOTES])

    QTest.keyClick(field, Qt.Key.Key_Return)

    assert sent.at(0) == [Draft("", (NOTES,))]


def test_nothing_is_sent_while_files_are_on_their_way(composer: Composer, field: QPlainTextEdit) -> None:
    sent = QSignalSpy(composer.send_requested)
    composer.set_draft(Draft("What is in it?"))
    composer.set_reading(True)

    QTest.keyClick(field, Qt.Key.Key_Return)
    assert sent.count() == 0
    composer.set_reading(False)
    QTest.keyClick(field, Qt.Key.Key_Return)

    assert sent.count() == 1


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space, None])
def test_a_chip_opens(composer: Composer, qtbot: QtBot, key: Qt.Key | None) -> None:
    composer.add_files([TABLE, NOTES])
    second = face(chips(composer)[1])

    with qtbot.waitSignal(composer.view_requested) as viewed:
        if key is None:
            QTest.mouseClick(second, Qt.MouseButton.LeftButton)
        else:
            QTest.keyClick(second, key)

    assert viewed.args == [NOTES]


@pytest.mark.parametrize("way", ["button", "delete", "menu"])
def test_a_chip_is_taken_away(composer: Composer, way: str) -> None:
    composer.add_files([TABLE, NOTES])
    changed = QSignalSpy(composer.draft_changed)
    first = chips(composer)[0]

    if way == "button":
        button = first.findChild(QToolButton, "removeAttachment")
        assert button is not None
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    elif way == "delete":
        QTest.keyClick(face(first), Qt.Key.Key_Delete)
    else:
        choose_in_menu(first, "removeAttachment")

    assert composer.draft.files == (NOTES,)
    assert changed.count() == 1


def choose_in_menu(chip: AttachmentChip, name: str) -> None:
    place = QPoint(4, 4)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, chip.mapToGlobal(place))
    QApplication.sendEvent(face(chip), event)
    menu = chip.findChild(QMenu, "attachmentMenu")
    assert menu is not None
    action = menu.findChild(QAction, name)
    assert action is not None
    action.trigger()
    menu.close()


def test_equal_chips_are_taken_away_one_at_a_time(composer: Composer) -> None:
    again = FilePart(NOTES.name, NOTES.media_type, NOTES.text)
    composer.add_files([NOTES, again])

    composer.remove_file(composer.draft.files[1])

    assert len(composer.draft.files) == 1
    assert composer.draft.files[0] is NOTES


def test_a_chip_goes_into_the_text_and_out_again_by_undo(composer: Composer, field: QPlainTextEdit) -> None:
    QTest.keyClicks(field, "Read this:")
    composer.add_files([NOTES])

    choose_in_menu(chips(composer)[0], "insertAttachment")

    assert composer.draft == Draft("Read this:\n# Notes\nBuy milk.\n")
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Undo))
    assert composer.draft == Draft("Read this:")
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Redo))
    assert composer.draft.text == "Read this:\n# Notes\nBuy milk.\n"


def test_tab_goes_from_chip_to_chip_and_into_the_text(composer: Composer) -> None:
    composer.add_files([TABLE, NOTES])
    first, _second = chips(composer)
    face(first).setFocus()

    names = names_by_tab(4)

    assert names == ["removeAttachment", "attachmentFace", "removeAttachment", "composerInput"]


def test_many_chips_scroll(composer: Composer) -> None:
    row = composer.findChild(AttachmentRow)
    assert row is not None
    composer.add_files(
        [FilePart(f"a rather long name of a file, number {n}.txt", "text/plain", "x") for n in range(10)]
    )

    line = chips(composer)[0].sizeHint().height()
    assert row.height() < (MOST_LINES + 1) * line
    assert row.verticalScrollBar().maximum() > 0


@pytest.mark.parametrize(
    ("errors", "left_out", "text"),
    [
        (
            [FileIsFolder(Path("/a/b"))],
            0,
            "The folder “b” cannot go along as a whole. Choose the files in it that matter for the question.",
        ),
        ([], 3, "3 files were left out: 10 go along with a question at most."),
    ],
)
def test_what_cannot_go_along_is_said(composer: Composer, errors: list[PhiDeskError], left_out: int, text: str) -> None:
    notices = [notice_for_error(type(error).__name__, error.facts()) for error in errors]
    composer.note.say_refused(notices, untold=0, left_out=left_out, most=MOST_FILES)

    assert composer.note.text == text


def test_of_many_refused_files_a_few_are_named(composer: Composer) -> None:
    errors = [FileNotText(Path(f"{n}.png"), kind="picture") for n in range(3)]
    notices = [notice_for_error(type(error).__name__, error.facts()) for error in errors]

    composer.note.say_refused(notices, untold=7, left_out=0, most=MOST_FILES)

    lines = composer.note.text.splitlines()
    assert len(lines) == 4
    assert lines[-1] == "7 more files cannot go along either."


def test_a_note_goes_when_it_was_read(composer: Composer) -> None:
    composer.note.say("Something.")
    button = composer.findChild(QToolButton, "closeNote")
    assert button is not None

    QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    assert composer.note.text == ""
