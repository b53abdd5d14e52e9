"""What lies on the clipboard: words as they are, a talk with its speakers, tables and formulas for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from phidesk.core.tasks import TaskRunner
from phidesk.richtext.markdown import parse
from phidesk.ui.chat.transcript_copying import MARKDOWN_TYPE, MOST_CHARACTERS_AT_ONCE, TranscriptCopying
from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace
from phidesk.ui.chat.transcript_places import TranscriptPlaces
from phidesk.ui.chat.transcript_selection import Place
from phidesk.ui.chat.transcript_selector import TranscriptSelector
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.main_thread import MainThread
from tests.ui.chat.transcript_samples import ANSWER, conversation, make_view, model, person

TABLE = "| a | b |\n|---|---|\n| 1 | $x$ |"


@pytest.fixture
def view(qtbot: QtBot) -> TranscriptView:
    shown = make_view(qtbot)
    shown.show_messages([person("p", "How *much*?"), model("m", f"It is **36**.\n\n{TABLE}")])
    return shown


@pytest.fixture
def main_thread() -> Iterator[MainThread]:
    main_thread = MainThread()
    yield main_thread
    main_thread.close()


def copied() -> QMimeData:
    return QGuiApplication.clipboard().mimeData()


def markdown() -> str:
    return bytes(copied().data(MARKDOWN_TYPE).data()).decode()


def offered(view: TranscriptView, place: MenuPlace) -> dict[str, MenuEntry]:
    selector = TranscriptSelector(view.content, TranscriptPlaces(view, view.content))
    copying = TranscriptCopying(view, view.content, selector, None)
    return {entry.name: entry for entry in copying.entries(place)}


def choose(entry: MenuEntry) -> None:
    assert entry.activate is not None
    entry.activate()


def test_one_message_is_copied_without_its_speaker(view: TranscriptView) -> None:
    view.select_message("m")
    view.copy_selection()

    assert copied().text() == "It is 36.\n\na\tb\n1\t$x$"
    assert markdown() == f"It is **36**.\n\n{TABLE}"
    assert "<table" in copied().html()
    assert "<math" in copied().html()


def test_a_talk_is_copied_with_who_said_what(view: TranscriptView) -> None:
    view.select_all()
    view.copy_selection()

    assert copied().text().startswith("You:\nHow *much*?\n\nAnswer:\nIt is 36.")
    assert markdown().startswith("**You:**\n\nHow *much*?\n\n**Answer:**\n\nIt is **36**.")
    assert "<strong>You:</strong>" in copied().html()


def test_markdown_of_a_whole_message_is_read_as_the_same_blocks(view: TranscriptView) -> None:
    view.show_messages([model("m", ANSWER)])

    view.select_message("m")
    view.copy_selection()

    assert parse(markdown()) == parse(ANSWER)


def test_words_of_a_question_have_no_markup(view: TranscriptView) -> None:
    view.select_message("p")
    view.copy_selection()

    assert copied().text() == "How *much*?"
    assert not copied().hasHtml()


def test_a_table_is_copied_for_spreadsheets(view: TranscriptView) -> None:
    block = view.content.layout(1).boxes[1].block

    choose(offered(view, MenuPlace(message=1, key="m", block=1, blocks=(block,)))["copy_table"])

    assert copied().text() == "a\tb\n1\t$x$"
    assert copied().html().count("<td") == 2


def test_lines_within_a_cell_stay_in_their_row(view: TranscriptView) -> None:
    choose(offered(view, MenuPlace(blocks=parse("| a | b |\n|---|---|\n| 1<br>2 | 3 |")))["copy_table"])

    assert copied().text() == "a\tb\n1 2\t3"
    assert markdown().endswith("| 1<br>2 | 3 |")
    assert "1<br>2" in copied().html()


def test_a_formula_is_copied_as_latex_and_a_link_as_its_address(view: TranscriptView) -> None:
    formula, link = parse(r"\(\frac{1}{2}\) [x](https://a.example)")[0].spans[::2]
    choose(offered(view, MenuPlace(span=formula))["copy_formula"])
    latex = copied().text()

    choose(offered(view, MenuPlace(span=link))["copy_address"])

    assert latex == r"\frac{1}{2}"
    assert copied().text() == "https://a.example"


def test_nothing_is_offered_that_is_not_there(view: TranscriptView) -> None:
    entries = offered(view, MenuPlace(message=0, key="p"))

    assert list(entries) == ["copy_selection", "copy_markdown"]
    assert not any(entry.is_enabled for entry in entries.values())


def test_a_large_selection_is_prepared_elsewhere(qtbot: QtBot, main_thread: MainThread) -> None:
    with ThreadPoolExecutor(1) as pool:
        view = TranscriptView(runner=TaskRunner(pool, main_thread.post))
        qtbot.addWidget(view)
        view.show_messages(conversation(200))
        assert sum(len(message.text) for message in view.content.messages) > MOST_CHARACTERS_AT_ONCE
        view.select_all()

        with qtbot.waitSignal(QGuiApplication.clipboard().dataChanged):
            view.copy_selection()

    assert copied().text().count("Question 199?") == 1
    assert copied().html().count("<strong>You:</strong>") == 200


def test_a_large_answer_is_prepared_elsewhere_while_it_is_written(qtbot: QtBot, main_thread: MainThread) -> None:
    text = "All of this is being written. " * (MOST_CHARACTERS_AT_ONCE // 20)
    with ThreadPoolExecutor(1) as pool:
        view = TranscriptView(runner=TaskRunner(pool, main_thread.post))
        qtbot.addWidget(view)
        view.show_messages([model("m", "")])
        view.append_text("m", text)
        view.select_message("m")
        QGuiApplication.clipboard().clear()

        with qtbot.waitSignal(QGuiApplication.clipboard().dataChanged):
            view.copy_selection()
            assert not QGuiApplication.clipboard().text()

    assert markdown() == text


@pytest.mark.parametrize("around", ["# a", "- a", "> a", "```\na\n```", "| a |\n|---|", "$$a$$"])
def test_blocks_that_a_selection_only_touches_bring_no_markup_along(view: TranscriptView, around: str) -> None:
    view.show_messages([model("m", f"{around}\n\nOne\n\nTwo\n\n{around}")])
    first = view.content.layout(0).boxes[0].block
    selector = TranscriptSelector(view.content, TranscriptPlaces(view, view.content))
    copying = TranscriptCopying(view, view.content, selector, None)
    selector.begin(Place(0, 0, len(first.text)))
    selector.extend(Place(0, 3, 0))

    copying.copy()

    assert markdown() == "One\n\nTwo"
    assert "<body><p>One</p><p>Two</p></body>" in copied().html()


def test_part_of_a_message_is_copied_with_its_own_markup(view: TranscriptView) -> None:
    selector = TranscriptSelector(view.content, TranscriptPlaces(view, view.content))
    copying = TranscriptCopying(view, view.content, selector, None)
    selector.begin(Place(1, 0, 3))
    selector.extend(Place(1, 0, 8))

    copying.copy()

    assert copied().text() == "is 36"
    assert markdown() == "is **36**"
