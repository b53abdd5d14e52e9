"""What a conversation takes from the library: the panel's section over a real page, library and database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.conversation import ConversationSettings
from phidesk.core.parts import TextPart
from phidesk.core.prompts import PromptLink
from phidesk.storage.program_state import PERSON_NAME, ProgramState
from phidesk.ui.chat.conversation_body import ConversationBody
from phidesk.ui.chat.conversation_front import ConversationFront
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.instructions_section import NOTHING, InstructionsSection
from phidesk.ui.chat.transcript_frame import TranscriptFrame
from phidesk.ui.prompts.prompt_choice import PromptChoice
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.choice_button import ChoiceButton
from tests.ui.chat.conftest import Profile
from tests.ui.prompts.conftest import Shelf

Part = TypeVar("Part", bound=QWidget)
Until = Callable[[Callable[[], bool]], None]


class Desk:
    """A page with the section beside it; what is given is given to the page at once."""

    def __init__(
        self, page: ConversationPage, section: InstructionsSection, choice: PromptChoice, until: Until
    ) -> None:
        self.page = page
        self.section = section
        self.choice = choice
        self.until = until

    @property
    def settings(self) -> ConversationSettings:
        return self.page.settings

    def part(self, kind: type[Part], name: str) -> Part:
        found = self.section.findChild(kind, name)
        assert found is not None, name
        return found

    def chooses(self, prompt_id: str) -> None:
        actions = self.part(ChoiceButton, "promptChooser").menu().actions()
        next(action for action in actions if action.data() == prompt_id).trigger()

    def types(self, text: str) -> None:
        editor = self.part(QPlainTextEdit, "instructionsEditor")
        editor.selectAll()
        editor.insertPlainText(text)
        self.section.flush()

    def fills(self, name: str, value: str) -> None:
        field = self.part(QLineEdit, f"variable_{name}")
        field.selectAll()
        QTest.keyClicks(field, value)
        self.section.flush()

    def greeting(self) -> list[str]:
        """What a new conversation is greeted with, and the questions to begin with."""
        label = self.page.findChild(QLabel, "greeting")
        assert label is not None
        cards = [card for card in self.page.findChildren(QPushButton, "suggestion") if card.isVisibleTo(self.page)]
        return [label.text(), *(card.accessibleName() for card in cards)]


@pytest.fixture
def desk(profile: Profile, shelf: Shelf, theme: Theme, english: None, qtbot: QtBot, until: Until) -> Iterator[Desk]:
    page = ConversationPage(
        ConversationBody(ConversationFront(theme), theme, TranscriptFrame(theme, runner=profile.runner)),
        service=profile.service,
        conversations=profile.conversations,
        runner=profile.runner,
        theme=theme,
    )
    section = InstructionsSection(theme)
    window = QWidget()
    page.setParent(window)
    page.setGeometry(0, 0, 700, 700)
    section.setParent(window)
    section.setGeometry(700, 0, 300, 700)
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()

    def show(settings: ConversationSettings) -> None:
        section.editor.show_instructions(settings.instructions)

    page.settings_changed.connect(show)
    choice = PromptChoice(
        section,
        page,
        shelf.library,
        give=page.change_settings,
        begin_conversation=lambda: page.show_conversation(None),
        state=ProgramState(profile.database),
        tasks=shelf.tasks,
        hub=shelf.hub,
        parent=page,
    )
    choice.read()
    desk = Desk(page, section, choice, until)
    until(lambda: len(desk.part(ChoiceButton, "promptChooser").menu().actions()) > 3)
    yield desk
    choice.close()
    page.flush()


def test_an_entry_is_followed_with_its_defaults(desk: Desk, shelf: Shelf) -> None:
    desk.chooses(shelf.poet.id)

    assert desk.settings == ConversationSettings(
        "Answer in verse.",
        "builtin",
        "practice",
        temperature=1.2,
        tools=frozenset({"dates"}),
        prompt=PromptLink(shelf.poet.id),
    )
    assert desk.part(ChoiceButton, "promptChooser").text() == "B poet"
    assert desk.part(QLabel, "promptState").text().startswith("Follows the library")


def test_another_choice_takes_back_what_the_entry_brought(desk: Desk, shelf: Shelf) -> None:
    desk.chooses(shelf.poet.id)

    desk.chooses(shelf.tutor.id)

    expected = ConversationSettings(
        shelf.tutor.text, prompt=PromptLink(shelf.tutor.id), variables=(("language", "English"),)
    )
    assert desk.settings == expected


def test_what_the_person_changed_since_stays(desk: Desk, shelf: Shelf) -> None:
    desk.chooses(shelf.poet.id)
    desk.page.change_settings(replace(desk.settings, temperature=0.1, tools=frozenset({"dates", "calculator"})))

    desk.chooses(NOTHING)

    assert desk.settings == ConversationSettings(temperature=0.1, tools=frozenset({"dates", "calculator"}))


def test_snippets_are_no_instructions(desk: Desk, shelf: Shelf) -> None:
    actions = desk.part(ChoiceButton, "promptChooser").menu().actions()

    assert shelf.greeting.id not in {action.data() for action in actions}


def test_snippets_are_offered_behind_a_slash_with_the_name(desk: Desk, shelf: Shelf) -> None:
    field = desk.page.findChild(QPlainTextEdit, "composerInput")
    assert field is not None
    desk.chooses(shelf.tutor.id)
    desk.fills("name", "Ada")

    field.setFocus()
    QTest.keyClicks(field, "/c gr")
    QTest.keyClick(field, Qt.Key.Key_Return)

    assert field.toPlainText() == "Dear Ada,"


def test_what_changes_in_the_library_holds_here(desk: Desk, shelf: Shelf) -> None:
    desk.chooses(shelf.poet.id)

    shelf.library.save(replace(shelf.poet, text="Answer in rhymes.")).result()

    desk.until(lambda: desk.settings.instructions == "Answer in rhymes.")
    assert desk.part(QPlainTextEdit, "instructionsEditor").toPlainText() == "Answer in rhymes."


def test_typing_detaches_and_the_library_stays_as_it_is(desk: Desk, shelf: Shelf) -> None:
    desk.chooses(shelf.poet.id)

    desk.types("Answer in prose.")
    shelf.library.save(replace(shelf.poet, text="Answer in rhymes.")).result()

    desk.until(lambda: not desk.part(QAbstractButton, "followPrompt").isHidden())
    assert desk.settings.instructions == "Answer in prose."
    assert desk.settings.prompt == PromptLink(shelf.poet.id, is_detached=True)
    assert desk.part(QLabel, "promptState").text().startswith("Changed here")


def test_following_again_can_be_undone(desk: Desk, shelf: Shelf) -> None:
    desk.chooses(shelf.poet.id)
    desk.types("Answer in prose.")
    detached = desk.settings

    desk.part(QAbstractButton, "followPrompt").click()
    assert desk.settings.instructions == "Answer in verse."
    assert desk.settings.prompt == PromptLink(shelf.poet.id)
    desk.part(QAbstractButton, "undoPrompt").click()

    assert desk.settings == detached
    assert desk.part(QAbstractButton, "undoPrompt").isHidden()


def test_own_words_come_back_after_a_choice(desk: Desk, shelf: Shelf) -> None:
    desk.types("Be kind.")
    assert desk.part(ChoiceButton, "promptChooser").text() == "Your own words"

    desk.chooses(shelf.poet.id)
    desk.part(QAbstractButton, "undoPrompt").click()

    assert desk.settings == ConversationSettings("Be kind.")


def test_no_instructions_leave_nothing(desk: Desk, shelf: Shelf) -> None:
    desk.chooses(shelf.poet.id)

    desk.chooses(NOTHING)

    assert desk.settings.instructions == ""
    assert desk.settings.prompt is None
    assert desk.part(ChoiceButton, "promptChooser").text() == "No instructions"
    assert desk.part(QAbstractButton, "undoPrompt").isHidden()


def test_only_what_nobody_knows_is_asked(desk: Desk, shelf: Shelf) -> None:
    wanted = QSignalSpy(desk.choice.form_wanted)

    desk.chooses(shelf.tutor.id)

    assert wanted.count() == 1
    assert dict(desk.settings.variables) == {"language": "English"}
    assert [field.objectName() for field in desk.section.form.findChildren(QLineEdit)] == [
        "variable_name",
        "variable_subject",
    ]
    assert "{name} {subject}" in desk.part(QLabel, "variablesMissing").text()


def test_values_belong_to_the_conversation_and_the_name_to_the_person(
    desk: Desk, shelf: Shelf, profile: Profile
) -> None:
    desk.chooses(shelf.tutor.id)

    desk.fills("subject", "bees")
    desk.fills("name", "Ada")

    assert dict(desk.settings.variables) == {"language": "English", "subject": "bees", "name": "Ada"}
    assert desk.part(QLabel, "variablesMissing").isHidden()
    assert ProgramState(profile.database).get(PERSON_NAME).result() == "Ada"
    desk.page.show_conversation(None)
    desk.chooses(shelf.tutor.id)
    assert dict(desk.settings.variables) == {"language": "English", "name": "Ada"}


def test_a_name_can_be_taken_back(desk: Desk, shelf: Shelf) -> None:
    desk.chooses(shelf.tutor.id)
    desk.fills("name", "Ada")

    field = desk.part(QLineEdit, "variable_name")
    field.clear()
    field.textEdited.emit("")
    desk.section.flush()

    assert "name" not in dict(desk.settings.variables)


def test_a_new_conversation_offers_the_questions_of_the_entry(desk: Desk, shelf: Shelf) -> None:
    usual = desk.greeting()
    desk.choice.begin(shelf.tutor.id)
    desk.until(lambda: desk.greeting() == ["A tutor", "Begin, {name}.", "Test me."])

    desk.fills("name", "Ada")
    desk.until(lambda: desk.greeting() == ["A tutor", "Begin, Ada.", "Test me."])

    desk.chooses(NOTHING)
    desk.until(lambda: desk.greeting() == usual)


def test_an_entry_that_was_made_just_now_can_be_chosen(desk: Desk, shelf: Shelf) -> None:
    (new,) = shelf.library.add([replace(shelf.poet, name="New")]).result()

    desk.choice.begin(new.id)

    desk.until(lambda: desk.settings.prompt == PromptLink(new.id))


def test_another_conversation_brings_its_own(desk: Desk, shelf: Shelf, profile: Profile) -> None:
    settings = ConversationSettings("stale", prompt=PromptLink(shelf.tutor.id), variables=(("subject", "ants"),))
    asked = profile.conversations.ask((TextPart("Hi"),), conversation_id=None, settings=settings).result()

    desk.page.show_conversation(asked.conversation.id)

    desk.until(lambda: desk.settings.instructions == shelf.tutor.text)
    assert desk.part(QLineEdit, "variable_subject").text() == "ants"
    assert desk.part(ChoiceButton, "promptChooser").text() == "A tutor"
    desk.until(
        lambda: (
            dict(profile.conversations.get(asked.conversation.id).result().settings.variables)
            == {"subject": "ants", "language": "English"}
        )
    )


def test_a_deleted_entry_leaves_its_words(desk: Desk, shelf: Shelf) -> None:
    desk.chooses(shelf.poet.id)

    shelf.library.delete(shelf.poet.id).result()

    desk.until(lambda: desk.part(ChoiceButton, "promptChooser").text() == "Your own words")
    assert desk.settings.instructions == "Answer in verse."
