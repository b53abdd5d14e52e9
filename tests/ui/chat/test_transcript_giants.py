"""Whatever a person does with a giant message, no step reads or lays out all of it: counted, not timed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QTextBlock
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QStackedLayout, QTextBrowser, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.tasks import TaskRunner
from phidesk.richtext.blocks import plain_text
from phidesk.richtext.markdown import parse
from phidesk.richtext.streaming import StreamingParser
from phidesk.ui.chat.accessible_message import LONGEST_NAME
from phidesk.ui.chat.message_editor import Edit, MessageEditing, MessageEditor
from phidesk.ui.chat.message_reading import MessageReading
from phidesk.ui.chat.message_sections import LONG_CHARACTERS
from phidesk.ui.chat.message_view import PORTION_CHARACTERS
from phidesk.ui.chat.transcript_hits import FoundHits
from phidesk.ui.chat.transcript_message import Inset, Speaker, Thinking, TranscriptMessage
from phidesk.ui.chat.transcript_scroller import NEAR_PX
from phidesk.ui.chat.transcript_selection import Place
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.paragraph_joints import LONGEST_PIECE
from tests.fakes.workers import Workers
from tests.ui.chat.test_transcript_bounds import GIANTS, MOST_LAID_OUT, MOST_PARSED_BYTES
from tests.ui.chat.transcript_samples import conversation, make_style, model, shown_view

NAMES = ("a paragraph", "a listing", "a table")
GIANT = 2
"""Index of the giant message."""
SEEN_CELLS = 120
"""A screen holds 15 rows of four cells, which stand in three pieces of ten rows at most."""
Act = Callable[[TranscriptView], object]


@pytest.fixture
def workers() -> Workers:
    return Workers()


@pytest.fixture
def view(qtbot: QtBot, workers: Workers) -> TranscriptView:
    return shown_view(qtbot, workers)


def show_giant(view: TranscriptView, name: str) -> None:
    """Show a giant between a question and what is seen, so that nobody has read it."""
    text = f"# First\n\nneedle\n\n{GIANTS[name]}\n\n# Last\n\nneedle [link](https://x.example)\n"
    view.show_messages([*conversation(1), model("giant", text), *conversation(8)[2:]])
    view.viewport().repaint()


def find(view: TranscriptView) -> None:
    found = view.find_words("needle")
    found.add(found.uncounted(0))  # In a worker, as `Finding` does it.
    hit = found.nearest(Place(GIANT + 1, 0, 0), is_backwards=True)
    assert hit is not None
    view.mark_words("needle", hit)
    view.reveal_place(hit.start)


def ask_for_parts(view: TranscriptView) -> None:
    item = QAccessible.queryAccessibleInterface(view).child(GIANT)
    for number in range(item.childCount()):
        part = item.child(number)
        assert part.text(QAccessible.Text.Name) in ("First", "Copy code", "Last", "link, https://x.example")
        assert part.rect().isValid()


def ask_for_text(view: TranscriptView) -> None:
    item = QAccessible.queryAccessibleInterface(view).child(GIANT)
    text = item.textInterface()
    text.text(0, text.characterCount())
    text.characterRect(3)
    text.offsetAtPoint(item.rect().topLeft())


def tab_from(view: TranscriptView) -> None:
    view.focus_message("giant")
    QTest.keyClick(view, Qt.Key.Key_Tab)


def select_to_the_end(view: TranscriptView) -> None:
    view.focus_message("giant")
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)


ACTS: dict[str, Act] = {
    "finding words in it": find,
    "selecting it": lambda view: view.select_message("giant"),
    "selecting everything": lambda view: view.select_all(),
    "selecting by keyboard": select_to_the_end,
    "going from control to control": tab_from,
    "asking for its name": lambda view: (
        QAccessible.queryAccessibleInterface(view).child(GIANT).text(QAccessible.Text.Name)
    ),
    "asking for its headings and links": ask_for_parts,
    "asking for its text": ask_for_text,
    "standing in its place": lambda view: view.set_room(GIANT, 300),
    "saying something else": lambda view: view.replace_text("giant", GIANTS["a quote"]),
    "going on with it": lambda view: view.append_text("giant", " And more."),
    "ending it": lambda view: view.finish_message("giant", "Stopped"),
    "another width": lambda view: view.resize(600, 480),
    "another text size": lambda view: view.set_style(make_style(size=22)),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("is_read", [False, True], ids=["unread", "read"])
@pytest.mark.parametrize("name", NAMES)
def test_no_act_reads_or_lays_out_all_of_it(
    view: TranscriptView, workers: Workers, name: str, act: str, is_read: bool
) -> None:
    show_giant(view, name)
    if is_read:
        view.reveal_message(GIANT)
        workers.work()
    documents = view.content.documents
    before = view.content.read_characters, documents.laid_out_characters, documents.built_cells
    costs: list[tuple[int, ...]] = []
    look = view.viewport().repaint
    steps: list[Callable[[], object]] = [partial(ACTS[act], view), workers.work, look, workers.work, look]

    for do in steps:
        do()
        now = view.content.read_characters, documents.laid_out_characters, documents.built_cells
        costs.append(tuple(after - earlier for after, earlier in zip(now, before, strict=True)))
        before = now

    read, laid_out, built_cells = map(max, zip(*costs, strict=True))
    assert read <= LONG_CHARACTERS
    assert laid_out <= MOST_LAID_OUT
    assert built_cells <= 2 * SEEN_CELLS  # Where one is, and where one goes.


def test_what_is_just_out_of_sight_follows_in_a_piece_of_its_own(
    view: TranscriptView, workers: Workers, qtbot: QtBot
) -> None:
    show_giant(view, "a table")
    view.reveal_message(GIANT)
    workers.work()
    content, bar = view.content, view.verticalScrollBar()
    before = content.documents.built_cells

    bar.setValue(bar.maximum() // 2)
    at_once = content.documents.built_cells - before
    first_seen = content.anchor_at(bar.value())
    qtbot.waitUntil(lambda: content.is_measured_between(bar.value() - NEAR_PX, bar.value() + view.height() + NEAR_PX))

    assert 0 < at_once <= SEEN_CELLS
    assert content.documents.built_cells - before > at_once
    assert content.anchor_at(bar.value()) == first_seen


@pytest.mark.parametrize("name", NAMES)
def test_a_hit_in_what_was_not_read_is_shown_when_it_is(view: TranscriptView, workers: Workers, name: str) -> None:
    show_giant(view, name)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())

    find(view)
    workers.work()
    view.viewport().repaint()

    assert view.marked_hits == 1


def test_the_hits_of_a_long_message_are_not_read_again() -> None:
    found = FoundHits([model("a", f"needle {GIANTS['a paragraph']}"), model("b", "needle")], {}, "needle")
    found.add(found.uncounted(0))
    hits = found.in_message(0)
    found.in_message(1)

    assert found.in_message(0) is hits
    assert list(hits) == [hits[0]]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_selected_before_it_is_read_stays_selected(view: TranscriptView, workers: Workers, name: str) -> None:
    show_giant(view, name)

    view.select_message("giant")
    view.reveal_message(GIANT)
    workers.work()

    assert view.selected_text() == view.readable_text(GIANT)
    assert not view.content.waiting


@pytest.mark.parametrize("name", NAMES)
def test_it_is_copied_elsewhere(view: TranscriptView, workers: Workers, name: str) -> None:
    show_giant(view, name)
    view.select_all()
    read = view.content.read_characters

    view.copy_selection()
    has_read = view.content.read_characters > read
    workers.work()

    assert not has_read
    assert view.readable_text(GIANT) in QGuiApplication.clipboard().text()


def test_a_screen_reader_hears_the_beginning_of_what_was_not_read(view: TranscriptView) -> None:
    show_giant(view, "a paragraph")

    name = QAccessible.queryAccessibleInterface(view).child(GIANT).text(QAccessible.Text.Name)

    assert name.startswith("Answer: First\n\nneedle\n\nA sentence of some words here, and another one.")
    assert LONGEST_NAME / 2 < len(name) <= LONGEST_NAME + len("Answer: ")


def test_headings_and_links_are_there_as_soon_as_the_message_is_read(view: TranscriptView, workers: Workers) -> None:
    show_giant(view, "a paragraph")
    item = QAccessible.queryAccessibleInterface(view).child(GIANT)

    before = item.childCount()
    workers.work()

    assert (before, item.childCount()) == (0, 3)
    corner = item.child(0).rect().center()
    assert item.childAt(corner.x(), corner.y()).text(QAccessible.Text.Name) == "First"


def test_tab_reaches_the_link_behind_it(view: TranscriptView, workers: Workers) -> None:
    show_giant(view, "a paragraph")
    opened: list[str] = []
    view.link_activated.connect(opened.append)

    tab_from(view)
    workers.work()
    QTest.keyClick(view, Qt.Key.Key_Return)

    assert opened == ["https://x.example"]


@pytest.mark.qt_log_ignore("This plugin does not support")  # The offscreen platform, about every layer.
@pytest.mark.parametrize("name", NAMES)
def test_it_is_read_in_a_native_view_portion_by_portion(
    theme: Theme, workers: Workers, qtbot: QtBot, name: str
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layers = QStackedLayout(window)
    view = TranscriptView(runner=TaskRunner(workers, lambda closure: closure()))
    layers.addWidget(view)
    reading = MessageReading(view, layers=layers, theme=theme, parent=window)
    with qtbot.waitExposed(window):
        window.show()
    show_giant(view, name)
    view.focus_message("giant")

    reading.open()
    workers.work()
    text = window.findChild(QTextBrowser, "messageText")
    assert text is not None
    lengths = [text.document().characterCount()]
    text.document().contentsChanged.connect(lambda: lengths.append(text.document().characterCount()))

    qtbot.waitUntil(lambda: text.toPlainText().endswith("needle link"), timeout=20_000)

    added = [after - before for before, after in zip([0, *lengths], lengths, strict=False)]
    assert max(added) <= 2 * PORTION_CHARACTERS
    words = view.readable_text(GIANT).split()
    head = [] if name != "a table" else ["a", "b", "c", "d"] * text.toPlainText().count("a\nb\nc\nd")
    assert len(text.toPlainText().split()) == pytest.approx(len(words) + len(head), abs=8)
    assert text.verticalScrollBar().value() == 0


def test_the_mouse_selects_through_it(view: TranscriptView, workers: Workers) -> None:
    show_giant(view, "a paragraph")
    view.reveal_message(GIANT)
    workers.work()
    before = view.content.documents.laid_out_characters

    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(320, 200))
    view.verticalScrollBar().setValue(view.content.top(GIANT + 1) - 300)
    QTest.mouseMove(view.viewport(), QPoint(320, 240))
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(320, 240))

    assert view.content.documents.laid_out_characters - before <= MOST_LAID_OUT
    assert len(view.selected_text()) > len(GIANTS["a paragraph"]) / 2


def test_editing_it_lays_out_a_piece_at_a_key(theme: Theme, view: TranscriptView, workers: Workers) -> None:
    show_giant(view, "a paragraph")
    editing = MessageEditing(MessageEditor(theme, view.viewport()), view)
    text = 4 * GIANTS["a paragraph"]

    editing.open(Edit("giant", text, is_question=False))
    workers.work()
    field = view.findChild(QPlainTextEdit, "editorInput")
    assert field is not None
    field.viewport().repaint()
    lengths = [len(block.text()) for block in blocks(field)]
    opened = sum(len(block.text()) for block in blocks(field) if block.layout().lineCount())
    QTest.keyClicks(field, "Typed.")

    assert opened <= MOST_LAID_OUT
    assert max(lengths) <= LONGEST_PIECE
    assert field.toPlainText() == f"{text}Typed."


def blocks(field: QPlainTextEdit) -> Iterator[QTextBlock]:
    block = field.document().firstBlock()
    while block.isValid():
        yield block
        block = block.next()


@pytest.mark.parametrize("name", NAMES)
def test_it_goes_on_as_if_all_had_just_arrived(
    view: TranscriptView, workers: Workers, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    show_giant(view, name)
    text = view.message_text("giant")
    parsed: list[int] = []
    append = StreamingParser.append

    def count(parser: StreamingParser, chunk: str) -> int:
        before = parser.parsed_bytes
        unchanged = append(parser, chunk)
        parsed.append(parser.parsed_bytes - before)
        return unchanged

    view.append_text("giant", "\n\nIt goes")
    is_waiting = "It goes" not in view.readable_text(GIANT)
    while workers.work():
        pass
    monkeypatch.setattr(StreamingParser, "append", count)
    view.append_text("giant", " **on**.")
    view.finish_message("giant")
    qtbot.waitUntil(lambda: view.streaming_idle)

    assert is_waiting
    assert max(parsed) <= MOST_PARSED_BYTES
    assert view.message_text("giant") == f"{text}\n\nIt goes **on**."
    assert view.readable_text(GIANT).endswith("needle link\n\nIt goes on.")
    assert view.readable_text(GIANT) == plain_text(parse(view.message_text("giant")))


def test_a_long_thought_is_read_elsewhere_before_it_opens(view: TranscriptView, workers: Workers) -> None:
    thinking = Thinking(GIANTS["a paragraph"], 1_000)
    view.show_messages([TranscriptMessage("m", Speaker.MODEL, "Yes.", insets=(Inset(0, thinking),))])

    view.toggle(0, 0)
    before = view.readable_text(0)
    laid_out = view.content.documents.laid_out_characters
    workers.work()
    view.viewport().repaint()
    opened = view.readable_text(0)
    view.toggle(0, 0)

    assert (before, view.readable_text(0)) == ("Yes.", "Yes.")
    assert opened.startswith("A sentence of some words here")
    assert opened.endswith("Yes.")
    assert view.content.documents.laid_out_characters - laid_out <= MOST_LAID_OUT


def test_what_it_says_instead_is_read_elsewhere_and_stays_in_its_place(view: TranscriptView, workers: Workers) -> None:
    show_giant(view, "a paragraph")
    view.reveal_message(GIANT)
    workers.work()
    view.scroll_by(view.message_rect(GIANT).top() - 20)
    top = view.message_rect(GIANT).top()

    view.replace_text("giant", GIANTS["a quote"])
    workers.work()

    assert view.readable_text(GIANT) == plain_text(parse(GIANTS["a quote"]))
    assert view.message_rect(GIANT).top() == top
