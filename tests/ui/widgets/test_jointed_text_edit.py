"""A field whose giant paragraphs stand in pieces: quick, and its text is what was typed, at and across the joints."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QInputMethodEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPlainTextEdit
from pytestqt.qtbot import QtBot

from phidesk.ui.utf16 import utf16_length
from phidesk.ui.widgets.jointed_text_edit import JointedTextEdit
from phidesk.ui.widgets.paragraph_joints import JOINTS, LONGEST_PIECE, PIECE_CHARACTERS

GIANT = "".join(f"word{number} " for number in range(4_000))
ARABIC = "كلمات ثم كلمات " * 1_500
GIANTS = {
    "words": GIANT,
    "from the right": ARABIC,
    "no spaces": "漢字。" * 4_000,
    "marks over letters": "e\u0301" * 8_000,
    "lines": "one two\n" * 2_000 + GIANT + "\n\n" + GIANT,
    "beyond the first plane": "\U0001f600" * 9_000,
}
MANY_WORDS = "many words " * 900
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO_KEY = Qt.KeyboardModifier.NoModifier
BOTH = pytest.mark.parametrize("text", [GIANT, ARABIC], ids=["from the left", "from the right"])


@pytest.fixture
def field(qtbot: QtBot) -> JointedTextEdit:
    return make_field(qtbot)


def make_field(qtbot: QtBot) -> JointedTextEdit:
    field = JointedTextEdit()
    qtbot.addWidget(field)
    field.resize(500, 300)
    with qtbot.waitExposed(field):
        field.show()
    field.setFocus()
    return field


def joints(field: QPlainTextEdit) -> list[tuple[int, int]]:
    """Return where joints begin and end in the document."""
    raw = field.document().toRawText().replace("\u2029", "\n")
    found = (part.start() for part in re.finditer("|".join(JOINTS), raw))
    places = (utf16_length(raw[:index]) for index in found)
    return [(place, place + len(JOINTS[0])) for place in places]


def put_cursor(field: QPlainTextEdit, position: int, *, anchor: int | None = None) -> None:
    cursor = field.textCursor()
    cursor.setPosition(position if anchor is None else anchor)
    cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
    field.setTextCursor(cursor)


def offset(field: JointedTextEdit, position: int | None = None) -> int:
    """Return how much of the text is before a position, or the cursor."""
    cursor = QTextCursor(field.document())
    cursor.setPosition(field.textCursor().position() if position is None else position, QTextCursor.MoveMode.KeepAnchor)
    before = JointedTextEdit()
    before.document().setPlainText(cursor.selectedText())
    return len(before.toPlainText())


def longest(field: QPlainTextEdit) -> int:
    block, length = field.document().firstBlock(), 0
    while block.isValid():
        length = max(length, len(block.text()))
        block = block.next()
    return length


def undo(field: JointedTextEdit) -> None:
    QTest.keyClick(field, Qt.Key.Key_Z, CONTROL)


def redo(field: JointedTextEdit) -> None:
    QTest.keyClick(field, Qt.Key.Key_Z, CONTROL | SHIFT)


def paste(field: JointedTextEdit, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    field.insertFromMimeData(data)


def type_much(field: JointedTextEdit, text: str) -> None:
    for begin in range(0, len(text), 500):
        field.textCursor().insertText(text[begin : begin + 500])


@pytest.mark.parametrize("put", [JointedTextEdit.setPlainText, JointedTextEdit.insertPlainText, paste, type_much])
def test_nothing_giant_is_laid_out_at_once(field: JointedTextEdit, put: Callable[[JointedTextEdit, str], None]) -> None:
    lengths: list[int] = []
    field.document().documentLayout().documentSizeChanged.connect(lambda: lengths.append(longest(field)))

    put(field, GIANT)
    field.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(field, "end")
    put_cursor(field, len(GIANT) // 2)
    QTest.keyClicks(field, "middle")
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    field.resize(300, 300)
    field.viewport().repaint()

    assert 0 < max(lengths) <= LONGEST_PIECE + 500
    assert longest(field) <= LONGEST_PIECE + 500
    assert len(field.toPlainText()) == len(GIANT) + len("endmiddle") - 1


@BOTH
def test_the_text_is_given_and_copied_without_joints(field: JointedTextEdit, text: str) -> None:
    field.setPlainText(text)
    field.selectAll()

    field.copy()

    assert len(joints(field)) >= 4
    assert field.toPlainText() == text
    assert QGuiApplication.clipboard().text() == text


@pytest.mark.parametrize("text", ["5\u00a0€", "one\u00ad\u200btwo", "x\ufeff", "\U0001f468\u200d\U0001f469"])
def test_letters_that_are_not_seen_are_kept(field: JointedTextEdit, text: str) -> None:
    field.setPlainText(text)

    assert field.toPlainText() == text


@BOTH
@pytest.mark.parametrize("key", [Qt.Key.Key_Left, Qt.Key.Key_Right])
@pytest.mark.parametrize("modifiers", [NO_KEY, SHIFT, CONTROL, CONTROL | SHIFT], ids=str)
def test_keys_go_over_a_joint_as_over_any_place(
    field: JointedTextEdit, text: str, key: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    field.setPlainText(text)
    begin, end = joints(field)[1]
    place = begin - len(JOINTS[0])  # One joint is before it.
    goes_on = (key == Qt.Key.Key_Right) is (text is GIANT)
    put_cursor(field, end + 14 if not goes_on else begin - 14)
    offsets = [offset(field)]

    for _ in range(40):
        QTest.keyClick(field, key, modifiers)
        offsets.append(offset(field))

    plain = QPlainTextEdit(text)
    put_cursor(plain, offsets[0])
    expected = [offsets[0]]
    for _ in range(40):
        QTest.keyClick(plain, key, modifiers)
        expected.append(plain.textCursor().position())
    assert min(offsets) < place < max(offsets)
    assert offsets == expected
    assert field.textCursor().hasSelection() is bool(modifiers & SHIFT)


def test_end_and_home_stay_on_their_line_at_a_joint(field: JointedTextEdit) -> None:
    field.setPlainText(GIANT)
    begin, end = joints(field)[0]

    places = []
    for start, key in ((begin - 3, Qt.Key.Key_End), (end + 3, Qt.Key.Key_Home)):
        put_cursor(field, start)
        QTest.keyClick(field, key)
        places.append(field.textCursor().position())

    assert places == [begin - 1, end]


def test_up_and_down_go_over_a_joint(field: JointedTextEdit) -> None:
    field.setPlainText(GIANT)
    begin, end = joints(field)[0]
    put_cursor(field, end + 2)
    places = []

    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(field, key)
        places.append(field.textCursor().position())

    up, up_more, down, back, down_more = places
    assert up_more < up == down < begin
    assert end <= back < down_more


@pytest.mark.parametrize(
    ("key", "modifiers", "expected"),
    [
        (Qt.Key.Key_Backspace, NO_KEY, "one twothree"),
        (Qt.Key.Key_Backspace, SHIFT, "one twothree"),
        (Qt.Key.Key_Backspace, CONTROL, "one three"),
        (Qt.Key.Key_Delete, NO_KEY, "one two hree"),
        (Qt.Key.Key_Delete, CONTROL, "one two four"),
        (Qt.Key.Key_Return, NO_KEY, "one two \nthree"),
        (Qt.Key.Key_X, NO_KEY, "one two xthree"),
    ],
)
def test_keys_change_what_is_beside_a_joint(
    field: JointedTextEdit, key: Qt.Key, modifiers: Qt.KeyboardModifier, expected: str
) -> None:
    half = "x" * 3_900
    field.setPlainText("")
    field.document().setPlainText(f"{half} one two {JOINTS[0]}three four {half}")
    put_cursor(field, joints(field)[0][1])
    before = field.toPlainText()

    QTest.keyClick(field, key, modifiers)
    after = field.toPlainText()
    undo(field)

    assert after.strip("x").startswith(f" {expected}")
    assert "\n" not in after or key == Qt.Key.Key_Return
    assert field.toPlainText() == before


def test_words_deleted_before_a_joint_leave_no_line_break(field: JointedTextEdit) -> None:
    field.setPlainText(GIANT)
    begin, _ = joints(field)[0]
    put_cursor(field, begin - 12)

    for _ in range(4):
        QTest.keyClick(field, Qt.Key.Key_Delete, CONTROL)

    assert "\n" not in field.toPlainText()
    assert len(GIANT) - 60 < len(field.toPlainText()) < len(GIANT)


def test_letters_are_deleted_over_a_joint(field: JointedTextEdit) -> None:
    field.setPlainText(GIANT)
    begin, _ = joints(field)[0]
    put_cursor(field, begin - 3)

    for _ in range(9):
        QTest.keyClick(field, Qt.Key.Key_Delete)

    assert field.toPlainText() == GIANT[: begin - 3] + GIANT[begin + 6 :]


def test_a_line_begun_at_a_joint_is_the_only_one(field: JointedTextEdit) -> None:
    field.setPlainText(GIANT)
    count = field.blockCount()
    put_cursor(field, joints(field)[1][1])

    QTest.keyClick(field, Qt.Key.Key_Return)

    assert field.blockCount() == count
    assert field.toPlainText().count("\n") == 1


def test_what_is_dropped_onto_a_joint_keeps_its_lines(field: JointedTextEdit) -> None:
    for place in range(len(JOINTS[0]) + 1):
        field.setPlainText(GIANT)
        begin, _ = joints(field)[0]
        put_cursor(field, begin + place)

        paste(field, "new\n")

        assert field.toPlainText() in (
            GIANT[:begin] + "new\n" + GIANT[begin:],
            GIANT[: begin - 1] + "new\n" + GIANT[begin - 1 :],
        )


def test_what_is_given_as_html_only_is_pasted_as_text(field: JointedTextEdit) -> None:
    data = QMimeData()
    data.setHtml("<p>One <b>two</b></p><p>three</p>")
    field.setPlainText("Here: ")
    field.moveCursor(QTextCursor.MoveOperation.End)

    can_be_pasted = field.canInsertFromMimeData(data)
    field.insertFromMimeData(data)

    assert can_be_pasted
    assert field.toPlainText() == "Here: One two\nthree"


def test_letters_are_composed_at_a_joint(field: JointedTextEdit) -> None:
    field.setPlainText(GIANT)
    begin, end = joints(field)[0]
    put_cursor(field, end)

    QApplication.sendEvent(field, QInputMethodEvent("ni", []))
    composing = field.toPlainText()
    decided = QInputMethodEvent()
    decided.setCommitString("你")
    QApplication.sendEvent(field, decided)

    assert composing == GIANT
    assert field.toPlainText() == GIANT[:begin] + "你" + GIANT[begin:]


def test_a_giant_composed_word_is_cut_when_it_is_decided(field: JointedTextEdit) -> None:
    field.setPlainText("x" * LONGEST_PIECE)

    QApplication.sendEvent(field, QInputMethodEvent("ni", []))
    while_composing = len(joints(field))
    decided = QInputMethodEvent()
    decided.setCommitString("你")
    QApplication.sendEvent(field, decided)

    assert (while_composing, len(joints(field))) == (0, 2)


def test_one_undo_takes_back_what_made_a_paragraph_too_long(field: JointedTextEdit) -> None:
    field.setPlainText("x " * (LONGEST_PIECE // 2))
    field.moveCursor(QTextCursor.MoveOperation.End)
    typed = field.toPlainText()

    QTest.keyClicks(field, "m")
    cut = len(joints(field))
    undo(field)
    undone = (field.toPlainText(), len(joints(field)))
    redo(field)

    assert undone == (typed, 0)
    assert (cut, longest(field)) == (2, LONGEST_PIECE + 1)
    assert field.toPlainText() == typed + "m"


@pytest.mark.qt_log_ignore("This plugin does not support")  # The offscreen platform, about every menu.
def test_undo_of_the_menu_does_not_stop_at_what_nobody_sees(field: JointedTextEdit) -> None:
    field.setPlainText("x " * (LONGEST_PIECE // 2))
    field.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(field, "m")
    texts = []

    for name in ("edit-undo", "edit-redo"):
        place = field.viewport().rect().center()
        QApplication.sendEvent(
            field.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, field.mapToGlobal(place))
        )
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = menu.findChild(QAction, name)
        assert action is not None
        action.trigger()
        menu.close()
        texts.append(field.toPlainText()[-3:])

    assert texts == [" x ", "x m"]


def test_a_line_and_column_is_found_over_joints(field: JointedTextEdit) -> None:
    lines = ["short", "\U0001f600 " * 6_000, "last"]
    field.setPlainText("\n".join(lines))

    for line, column in ((0, 2), (1, 0), (1, 5_000), (1, 12_000), (2, 3), (2, 99), (7, 0)):
        put_cursor(field, field.cursor_before(line, column).position())
        found = min(line, 2)
        expected = sum(len(before) + 1 for before in lines[:found]) + min(column, len(lines[found]))

        assert offset(field) == expected, (line, column)


@st.composite
def acts(draw: st.DrawFn) -> list[tuple[str, int, int, int, str]]:
    """Something done from a place near a joint to another place."""
    one = st.tuples(
        st.sampled_from(
            ["type", "delete", "backspace", "delete word", "delete back word", "enter", "paste", "undo", "redo"]
        ),
        st.integers(0, 5),
        st.integers(-6, 10),
        st.sampled_from([0, 0, 0, 1, 4, 9, PIECE_CHARACTERS, LONGEST_PIECE + 5]),
        st.sampled_from(["a", "b c", "x\ny", "\u0301", "\U0001f600", "م", "many"]),
    )
    return draw(st.lists(one, min_size=1, max_size=12))


@given(acts(), st.sampled_from(sorted(GIANTS)))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_does_to_the_text_what_it_does_without_joints(
    qtbot: QtBot, done: list[tuple[str, int, int, int, str]], name: str
) -> None:
    text = GIANTS[name]
    field, plain = make_field(qtbot), QPlainTextEdit()
    field.setPlainText(text)
    plain.setPlainText(text)

    for act, number, beside, length, typed in done:
        places = joints(field)
        place = places[number % len(places)][0] + beside if places else number * 100
        put_cursor(field, whole(field, place))
        begin = field.textCursor().position()
        if length and act not in ("undo", "redo"):
            put_cursor(field, whole(field, begin + length), anchor=begin)
        begin, end = offset(field, begin), offset(field)
        put_cursor(plain, units_before(plain, end), anchor=units_before(plain, begin))
        if "word" in act and any(field.document().characterAt(joint - 1) != " " for joint, _ in places):
            continue  # A joint inside of a word ends it for keys,
        if any(field.document().characterAt(joint) == "\u0301" for _, joint in places):
            continue  # and one inside of a letter does.
        if plain.textCursor().selectedText() == typed:
            continue  # Nothing is done, and one undo goes on to what was done before.
        for target in (field, plain):
            do(target, act, MANY_WORDS if typed == "many" else typed)
        while act in ("undo", "redo") and field.toPlainText() != plain.toPlainText() and can_travel(field, act):
            do(field, act, "")  # What is done on both sides of a joint is kept as two steps.

        assert field.toPlainText() == plain.toPlainText()
        assert longest(field) <= 2 * LONGEST_PIECE + len(JOINTS[0])


def whole(field: QPlainTextEdit, position: int) -> int:
    """Return the next position that is in the text, and not inside of a character that takes two of them."""
    position = min(max(0, position), field.document().characterCount() - 1)
    return position + ("\udc00" <= field.document().characterAt(position) <= "\udfff")


def can_travel(field: QPlainTextEdit, act: str) -> bool:
    document = field.document()
    return document.isUndoAvailable() if act == "undo" else document.isRedoAvailable()


def units_before(plain: QPlainTextEdit, offset: int) -> int:
    return utf16_length(plain.toPlainText()[:offset])


def do(field: QPlainTextEdit, act: str, typed: str) -> None:
    keys: dict[str, tuple[Qt.Key, Qt.KeyboardModifier]] = {
        "delete": (Qt.Key.Key_Delete, NO_KEY),
        "backspace": (Qt.Key.Key_Backspace, NO_KEY),
        "delete word": (Qt.Key.Key_Delete, CONTROL),
        "delete back word": (Qt.Key.Key_Backspace, CONTROL),
        "enter": (Qt.Key.Key_Return, NO_KEY),
        "undo": (Qt.Key.Key_Z, CONTROL),
        "redo": (Qt.Key.Key_Z, CONTROL | SHIFT),
    }
    if act in keys:
        QTest.keyClick(field, *keys[act])
    elif act == "type":
        field.textCursor().insertText(typed)
    else:
        field.insertPlainText(typed)
