"""The page Instructions over a real library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.chat.tool_shelf import ShelvedTool
from phidesk.core.prompts import PromptDefaults, dump_prompts
from phidesk.core.tools import ToolDefinition
from phidesk.engine.protocol import TokenCount
from phidesk.ui.chat.conversation_header import ModelWish
from phidesk.ui.prompts.prompts_page import PromptsPage
from phidesk.ui.prompts.prompts_wiring import PromptsWiring
from phidesk.ui.theme.theme import LARGEST_TEXT_PX, Theme
from phidesk.ui.widgets.choice_button import ChoiceButton
from phidesk.ui.widgets.notice_card import NoticeCard
from phidesk.ui.widgets.state_line import StateLine
from tests.ui.prompts.conftest import Shelf

Part = TypeVar("Part", bound=QWidget)
Until = Callable[[Callable[[], bool]], None]


class Hand:
    """Uses the page as a person does."""

    def __init__(self, page: PromptsPage, wiring: PromptsWiring, until: Until) -> None:
        self.page = page
        self.wiring = wiring
        self.until = until

    def part(self, kind: type[Part], name: str) -> Part:
        found = self.page.findChild(kind, name)
        assert found is not None, name
        return found

    def rows(self) -> list[str]:
        """Names of the entries that are seen."""
        return [row.accessibleName() for row in self.page.findChildren(QPushButton, "openPrompt") if row.isVisible()]

    def opens(self, name: str) -> None:
        self.until(lambda: name in self.rows())
        next(row for row in self.page.findChildren(QPushButton, "openPrompt") if row.accessibleName() == name).click()
        self.until(lambda: self.page.is_editing)

    def types(self, text: str, *, into: str = "promptText") -> None:
        field = self.part(QPlainTextEdit, into)
        field.selectAll()
        field.insertPlainText(text)

    def clicks(self, name: str) -> None:
        self.part(QAbstractButton, name).click()

    def told(self) -> str:
        """What the page says went well."""
        return " ".join(label.text() for label in self.part(StateLine, "promptsTold").findChildren(QLabel))

    def chooses(self, button: str, key: str) -> None:
        """Choose from a menu."""
        actions = self.part(ChoiceButton, button).menu().actions()
        next(action for action in actions if action.data() == key).trigger()


@pytest.fixture
def hand(shelf: Shelf, theme: Theme, english: None, qtbot: QtBot, until: Until) -> Iterator[Hand]:
    page = PromptsPage(theme)
    qtbot.addWidget(page)
    page.resize(900, 700)
    wiring = PromptsWiring(
        page,
        shelf.library,
        count=lambda text: TokenCount(len(text.split()), is_exact=not text.startswith("About")),
        models=lambda: {"Practice": ModelWish("builtin", "practice")},
        tools=lambda: [ShelvedTool("calculator", ToolDefinition("calculator", "Calculates."), is_builtin=True)],
        tasks=shelf.tasks,
        hub=shelf.hub,
    )
    page.show()
    hand = Hand(page, wiring, until)
    until(lambda: len(hand.rows()) > 3)
    yield hand
    wiring.close()


def test_entries_are_listed_and_found_by_their_words(hand: Hand) -> None:
    assert hand.rows()[:2] == ["A tutor", "B poet"]

    search = hand.part(QLineEdit, "promptSearch")
    QTest.keyClicks(search, "VERSE")
    assert hand.rows() == ["B poet"]

    QTest.keyClicks(search, " nothing like this")
    assert hand.rows() == []
    assert "VERSE nothing like this" in hand.part(QLabel, "noPrompts").text()


def test_what_is_typed_is_kept_as_one_version_of_this_sitting(hand: Hand, shelf: Shelf) -> None:
    hand.opens("B poet")

    hand.types("Answer in ")
    hand.until(lambda: shelf.prompt(shelf.poet.id).text == "Answer in ")
    hand.types("Answer in rhymes.")
    hand.until(lambda: shelf.prompt(shelf.poet.id).text == "Answer in rhymes.")

    versions = shelf.library.versions(shelf.poet.id).result()
    assert [version.prompt.text for version in versions] == ["Answer in rhymes.", "Answer in verse."]


def test_leaving_at_once_loses_nothing(hand: Hand, shelf: Shelf) -> None:
    hand.opens("B poet")
    hand.types("Half a thou")

    hand.clicks("promptsBack")

    hand.until(lambda: shelf.prompt(shelf.poet.id).text == "Half a thou")
    assert not hand.page.is_editing


def test_everything_of_an_entry_can_be_changed(hand: Hand, shelf: Shelf) -> None:
    hand.opens("B poet")

    hand.types("One?\n\n  Two?\n", into="promptStarters")
    name = hand.part(QLineEdit, "promptName")
    name.selectAll()
    QTest.keyClicks(name, "Bard")
    temperature = hand.part(QLineEdit, "promptTemperature")
    temperature.selectAll()
    QTest.keyClicks(temperature, "0.5")
    hand.chooses("promptIcon", "music")
    hand.chooses("promptModel", "Practice")
    hand.until(lambda: hand.page.findChild(QAbstractButton, "tool_calculator") is not None)
    hand.clicks("tool_calculator")

    expected = replace(
        shelf.poet,
        name="Bard",
        icon="music",
        starters=("One?", "Two?"),
        defaults=PromptDefaults("builtin", "practice", 0.5, ("calculator", "dates")),
    )
    hand.until(lambda: shelf.prompt(shelf.poet.id) == expected)


def test_a_temperature_that_engines_refuse_is_refused_beside_its_field(hand: Hand, shelf: Shelf) -> None:
    hand.opens("B poet")
    temperature = hand.part(QLineEdit, "promptTemperature")
    temperature.selectAll()

    QTest.keyClicks(temperature, "7")

    assert hand.part(QLabel, "promptTemperatureFault").text() == "A number from 0 to 2."
    hand.clicks("promptsBack")
    assert shelf.prompt(shelf.poet.id) == shelf.poet


def test_a_name_that_was_emptied_stays(hand: Hand, shelf: Shelf) -> None:
    hand.opens("B poet")
    name = hand.part(QLineEdit, "promptName")
    name.selectAll()

    QTest.keyClick(name, Qt.Key.Key_Delete)
    hand.types("Other.")

    hand.until(lambda: shelf.prompt(shelf.poet.id).text == "Other.")
    assert shelf.prompt(shelf.poet.id).name == "B poet"


def test_the_cost_and_the_variables_are_told_while_typing(hand: Hand) -> None:
    hand.opens("A tutor")
    cost, variables = hand.part(QLabel, "promptCost"), hand.part(QLabel, "promptVariables")
    hand.until(lambda: cost.text() == "Takes 5 tokens of the conversation's memory.")
    assert variables.text() == "PhiDesk fills in {name} {language}. You are asked for {subject}."

    hand.types("About nothing.")

    hand.until(lambda: cost.text() == "Takes about 2 tokens of the conversation's memory.")
    assert variables.isHidden()


def test_a_button_inserts_a_variable(hand: Hand, shelf: Shelf) -> None:
    hand.opens("B poet")
    hand.types("It is ")

    hand.clicks("insert_date")

    hand.until(lambda: shelf.prompt(shelf.poet.id).text == "It is {date}")


def test_an_earlier_version_is_compared_and_restored(hand: Hand, shelf: Shelf) -> None:
    hand.opens("B poet")
    hand.types("Answer in rhymes.")
    changes = hand.part(QPlainTextEdit, "versionChanges")
    hand.until(changes.isVisible)
    lines = changes.toPlainText().splitlines()
    assert "− Answer in verse." in lines
    assert "+ Answer in rhymes." in lines

    hand.clicks("restoreVersion")

    hand.until(lambda: shelf.prompt(shelf.poet.id) == shelf.poet)
    hand.until(lambda: hand.part(QPlainTextEdit, "promptText").toPlainText() == "Answer in verse.")
    versions = shelf.library.versions(shelf.poet.id).result()
    assert [version.prompt.text for version in versions] == [
        "Answer in verse.",
        "Answer in rhymes.",
        "Answer in verse.",
    ]


def test_a_new_entry_is_opened_with_its_name_to_be_typed_over(hand: Hand, shelf: Shelf) -> None:
    hand.clicks("newSnippet")
    hand.until(lambda: hand.page.is_editing)

    name = hand.part(QLineEdit, "promptName")
    assert name.selectedText() == "New snippet"
    assert hand.part(QPlainTextEdit, "promptStarters").isHidden()
    hand.types("Yours,")

    hand.until(lambda: any(it.is_snippet and it.text == "Yours," for it in shelf.library.list()))
    (prompt,) = (it for it in shelf.library.list() if it.text == "Yours,")
    assert len(shelf.library.versions(prompt.id).result()) == 1


def test_a_copy_is_another_entry(hand: Hand, shelf: Shelf) -> None:
    hand.opens("B poet")

    hand.clicks("duplicatePrompt")

    hand.until(lambda: hand.page.editor.prompt.name == "B poet (copy)")
    assert hand.page.editor.prompt.id != shelf.poet.id
    assert shelf.prompt(hand.page.editor.prompt.id).text == shelf.poet.text


def test_deleting_can_be_undone(hand: Hand, shelf: Shelf) -> None:
    hand.opens("B poet")

    hand.clicks("deletePrompt")
    hand.until(lambda: "B poet" not in hand.rows() and "A tutor" in hand.rows())
    hand.part(QPushButton, "undoButton").click()

    hand.until(lambda: "B poet" in hand.rows())
    assert shelf.prompt(shelf.poet.id) == shelf.poet


def test_using_an_entry_is_told_with_what_was_typed_last(hand: Hand, shelf: Shelf, qtbot: QtBot) -> None:
    used = QSignalSpy(hand.wiring.use_requested)
    hand.opens("B poet")
    hand.types("Sing.")

    hand.clicks("useShownPrompt")

    assert used.at(0) == [shelf.poet.id]
    hand.until(lambda: shelf.prompt(shelf.poet.id).text == "Sing.")


def test_files_go_out_and_come_in(hand: Hand, shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "poet.json"
    hand.page.export_chosen.emit(path, (shelf.poet,))
    hand.until(path.exists)
    hand.until(lambda: path.read_text(encoding="utf-8") == dump_prompts([shelf.poet]))

    hand.page.import_chosen.emit(path)
    hand.until(lambda: "Everything in this file is here already." in hand.told())
    path.write_text(dump_prompts([replace(shelf.poet, text="Answer in rhymes.")]), encoding="utf-8")
    hand.page.import_chosen.emit(path)
    hand.until(hand.part(NoticeCard, "noticeCard").isVisible)
    hand.clicks("noticeOtherAction")  # keep both

    hand.until(lambda: hand.rows().count("B poet") == 2)


def test_an_entry_of_a_file_takes_the_place_of_its_namesake_if_the_person_wants_that(
    hand: Hand, shelf: Shelf, tmp_path: Path
) -> None:
    path = tmp_path / "poet.json"
    path.write_text(dump_prompts([replace(shelf.poet, text="Answer in rhymes.")]), encoding="utf-8")
    hand.page.import_chosen.emit(path)
    hand.until(hand.part(NoticeCard, "noticeCard").isVisible)

    hand.clicks("noticeAction")

    hand.until(lambda: shelf.prompt(shelf.poet.id).text == "Answer in rhymes.")
    hand.until(lambda: "Imported: B poet" in hand.told())
    assert len(shelf.library.versions(shelf.poet.id).result()) == 2


def test_a_foreign_file_is_refused_in_words(hand: Hand, tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_text("Be kind.", encoding="utf-8")

    hand.page.import_chosen.emit(path)

    card = hand.part(NoticeCard, "noticeCard")
    hand.until(lambda: any("notes.json" in label.text() for label in card.findChildren(QLabel)))


def test_the_keyboard_comes_back_to_the_entry(hand: Hand) -> None:
    hand.page.activateWindow()
    hand.opens("B poet")

    QTest.keyClick(hand.part(QLineEdit, "promptName"), Qt.Key.Key_Escape)

    hand.until(lambda: not hand.page.is_editing)
    focused = hand.page.window().focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "B poet"


def test_tab_follows_the_eye(hand: Hand, qtbot: QtBot) -> None:
    hand.page.activateWindow()
    hand.part(QAbstractButton, "exportPrompts").setFocus()

    for expected in ("promptSearch", "openPrompt", "usePrompt", "openPrompt"):
        focused = hand.page.window().focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        reached = hand.page.window().focusWidget()
        assert reached is not None
        assert reached.objectName() == expected


def test_everything_has_room_at_the_largest_text(hand: Hand, theme: Theme) -> None:
    hand.opens("A tutor")
    theme.set_text_size_px(LARGEST_TEXT_PX)
    hand.page.resize(500, 700)

    whole = hand.page.widget()
    assert whole is not None
    hand.until(lambda: whole.width() <= hand.page.viewport().width())
    assert hand.part(QPlainTextEdit, "promptText").fontMetrics().height() > 20


def test_undo_is_offered_where_it_is_seen_and_by_its_keys(hand: Hand, shelf: Shelf) -> None:
    hand.opens("B poet")
    hand.clicks("deletePrompt")
    bar = hand.page.undo_bar
    hand.until(lambda: bar.is_offering and "A tutor" in hand.rows() and "B poet" not in hand.rows())
    scroll_bar = hand.page.verticalScrollBar()

    scroll_bar.setValue(scroll_bar.maximum())
    assert hand.page.rect().contains(bar.geometry())
    QTest.keyClick(hand.page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    hand.until(lambda: "B poet" in hand.rows())
