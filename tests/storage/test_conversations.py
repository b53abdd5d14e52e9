"""Questions, answers to be written, settings, drafts: each action whole."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta

import apsw
import pytest

from phidesk.core.answers import AnswerOutcome, FinishReason, Usage
from phidesk.core.conversation import ConversationSettings, Message, Role
from phidesk.core.conversation_summary import ConversationSummary
from phidesk.core.drafts import Draft
from phidesk.core.errors import ConversationMissing
from phidesk.core.parts import FilePart, TextPart
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.conversations import Asked, Conversations
from phidesk.storage.database import Database
from tests.storage.conftest import Reader
from tests.storage.saved_database import BEGINNING, OUTCOME, SETTINGS

DEFAULTS = ConversationSettings()
OTHERS = ConversationSettings(instructions="Rhyme.", temperature=1)
NOTES = FilePart("notes.md", "text/markdown", "# Notes\n")
PASTED = FilePart("", "text/plain", "Once upon a time\nthere was")


def ask(conversations: Conversations, text: str = "Hello", conversation_id: str | None = None) -> Asked:
    return conversations.ask((TextPart(text),), conversation_id=conversation_id, settings=SETTINGS).result()


def write_end(database: Database, asked: Asked, text: str, outcome: AnswerOutcome = OUTCOME) -> None:
    writer = AnswerWriter(database, asked.answer)
    writer.set_model("builtin", "phi4-mini")
    writer.append(text)
    writer.finish(outcome).result()


def show(connection: apsw.Connection, leaf: Message) -> None:
    connection.execute("UPDATE conversations SET active_leaf = ?", (leaf.id,))


def test_the_first_question_begins_a_conversation(conversations: Conversations) -> None:
    asked = ask(conversations, "  How are\nyou?")

    conversation = asked.conversation
    assert conversation.title == "How are"
    assert conversation.settings == SETTINGS
    assert conversation.created_at == conversation.updated_at == BEGINNING
    assert conversation.messages == (asked.question, asked.answer)


def test_the_answer_is_empty_and_unfinished_below_the_question(conversations: Conversations) -> None:
    asked = ask(conversations, "How are you?")

    assert (asked.question.role, asked.question.text, asked.question.parent_id) == (Role.PERSON, "How are you?", None)
    assert (asked.answer.role, asked.answer.parts, asked.answer.parent_id) == (Role.MODEL, (), asked.question.id)
    assert asked.answer.outcome is None


def test_the_next_question_goes_below_the_last_answer(conversations: Conversations, database: Database) -> None:
    first = ask(conversations)
    write_end(database, first, "Good day.")

    second = ask(conversations, "And now?", first.conversation.id)

    assert second.question.parent_id == first.answer.id
    assert [message.text for message in second.conversation.messages] == ["Hello", "Good day.", "And now?", ""]
    assert second.conversation.title == "Hello"
    assert second.conversation.updated_at == BEGINNING + timedelta(seconds=1)


def test_parts_that_stand_side_by_side_stay_apart(conversations: Conversations) -> None:
    parts = (TextPart("one"), TextPart(""), TextPart("two"))

    asked = conversations.ask(parts, conversation_id=None, settings=DEFAULTS).result()

    assert asked.question.parts == parts


def test_a_conversation_keeps_its_settings_when_it_is_asked_again(conversations: Conversations) -> None:
    conversation_id = ask(conversations).conversation.id

    again = conversations.ask((TextPart("More"),), conversation_id=conversation_id, settings=OTHERS).result()

    assert again.conversation.settings == SETTINGS


def test_an_ended_answer_is_read_with_all_that_is_known_of_it(conversations: Conversations, database: Database) -> None:
    asked = ask(conversations)

    write_end(database, asked, "Good day.")

    answer = conversations.get(asked.conversation.id).result().messages[-1]
    assert answer.outcome == OUTCOME
    assert (answer.engine, answer.model, answer.text) == ("builtin", "phi4-mini", "Good day.")


def test_an_outcome_of_which_little_is_known_is_read_as_such(conversations: Conversations, database: Database) -> None:
    asked = ask(conversations)
    outcome = AnswerOutcome(FinishReason.STOPPED, usage=Usage(answer_tokens=0))

    write_end(database, asked, "Good", outcome)

    assert conversations.get(asked.conversation.id).result().messages[-1].outcome == outcome


def test_a_reopened_answer_goes_on_where_its_text_ends(conversations: Conversations, database: Database) -> None:
    asked = ask(conversations)
    write_end(database, asked, "Good ")

    reopened = conversations.reopen_answer(asked.conversation.id).result()

    assert (reopened.question, reopened.answer.id) == (asked.question, asked.answer.id)
    assert (reopened.answer.text, reopened.answer.outcome) == ("Good ", None)
    assert reopened.conversation.messages == (reopened.question, reopened.answer)
    write_end(database, reopened, "day.")
    answer = conversations.get(asked.conversation.id).result().messages[-1]
    assert (answer.parts, answer.outcome) == ((TextPart("Good day."),), OUTCOME)


def test_the_list_begins_with_what_was_asked_last(conversations: Conversations) -> None:
    first, second = ask(conversations, "First"), ask(conversations, "Second")
    ask(conversations, "More", first.conversation.id)

    assert conversations.list().result() == [
        ConversationSummary(first.conversation.id, "First", BEGINNING + timedelta(seconds=2)),
        ConversationSummary(second.conversation.id, "Second", BEGINNING + timedelta(seconds=1)),
    ]


def test_settings_and_title_change_and_nothing_else(conversations: Conversations) -> None:
    before = ask(conversations).conversation

    conversations.change_settings(before.id, OTHERS).result()
    conversations.rename(before.id, "Poems").result()

    after = conversations.get(before.id).result()
    assert (after.settings, after.title) == (OTHERS, "Poems")
    assert (after.updated_at, after.messages) == (before.updated_at, before.messages)


def test_each_conversation_has_a_draft_and_so_has_the_next_one(conversations: Conversations) -> None:
    conversation_id = ask(conversations).conversation.id

    conversations.save_draft(conversation_id, "here").result()
    conversations.save_draft(None, "new").result()

    assert conversations.draft(conversation_id).result().text == "here"
    assert conversations.draft(None).result().text == "new"


def test_asking_takes_its_own_draft_away(conversations: Conversations) -> None:
    conversation_id = ask(conversations).conversation.id
    conversations.save_draft(conversation_id, "here").result()
    conversations.save_draft(None, "new").result()

    ask(conversations, "here", conversation_id)

    assert conversations.draft(conversation_id).result().text == ""
    assert conversations.draft(None).result().text == "new"
    ask(conversations, "new")
    assert conversations.draft(None).result().text == ""


def test_a_draft_keeps_its_files_until_it_is_asked(conversations: Conversations) -> None:
    asked = ask(conversations)
    conversation_id = asked.conversation.id
    conversations.save_draft(conversation_id, "here", (NOTES, PASTED)).result()
    conversations.save_draft(None, "new", (PASTED,)).result()

    conversations.save_draft(conversation_id, "here and there").result()

    draft = conversations.draft(conversation_id).result()
    assert draft == Draft("here and there", (NOTES, PASTED))
    ask(conversations, "here", conversation_id)
    assert conversations.draft(conversation_id).result() == Draft()
    assert conversations.draft(None).result() == Draft("new", (PASTED,))


def test_a_question_keeps_its_files(conversations: Conversations) -> None:
    parts = Draft("What is this?", (NOTES, PASTED)).parts

    asked = conversations.ask(parts, conversation_id=None, settings=DEFAULTS).result()

    question = conversations.get(asked.conversation.id).result().messages[0]
    assert question.parts == (NOTES, PASTED, TextPart("What is this?"))
    assert (question.text, question.files) == ("What is this?", (NOTES, PASTED))


@pytest.mark.parametrize(
    ("draft", "title"),
    [
        (Draft("Which one?", (NOTES,)), "Which one?"),
        (Draft("", (NOTES,)), "notes.md"),
        (Draft(" ", (PASTED,)), "Once upon a time"),
        (Draft("", (FilePart("", "text/plain", ""), NOTES)), "notes.md"),
    ],
)
def test_a_conversation_is_called_by_what_was_said_or_else_by_its_file(
    conversations: Conversations, draft: Draft, title: str
) -> None:
    asked = conversations.ask(draft.parts, conversation_id=None, settings=DEFAULTS).result()

    assert asked.conversation.title == title


def test_what_is_unread_is_remembered_until_it_is_read(conversations: Conversations) -> None:
    first, second = ask(conversations).conversation.id, ask(conversations).conversation.id

    conversations.set_unread(first, is_unread=True).result()

    assert {it.id: it.is_unread for it in conversations.list().result()} == {first: True, second: False}
    conversations.set_unread(first, is_unread=False).result()
    assert not any(it.is_unread for it in conversations.list().result())


def test_a_draft_that_was_never_typed_is_empty(conversations: Conversations) -> None:
    conversation_id = ask(conversations).conversation.id

    assert conversations.draft(conversation_id).result().text == conversations.draft(None).result().text == ""


@pytest.mark.parametrize(
    "use",
    [
        lambda them: them.ask((TextPart("Hello"),), conversation_id="none", settings=DEFAULTS),
        lambda them: them.reopen_answer("none"),
        lambda them: them.get("none"),
        lambda them: them.change_settings("none", DEFAULTS),
        lambda them: them.rename("none", "title"),
        lambda them: them.draft("none"),
        lambda them: them.save_draft("none", "text"),
        lambda them: them.set_unread("none", is_unread=True),
    ],
    ids=["ask", "reopen_answer", "get", "change_settings", "rename", "draft", "save_draft", "set_unread"],
)
def test_an_unknown_conversation_is_missing(
    conversations: Conversations, use: Callable[[Conversations], Future[object]]
) -> None:
    with pytest.raises(ConversationMissing) as raised:
        use(conversations).result()

    assert raised.value.conversation_id == "none"
    assert conversations.list().result() == []


def test_answers_cut_off_by_a_kill_end_early_with_their_text(
    conversations: Conversations, database: Database, read: Reader
) -> None:
    ended, cut = ask(conversations), ask(conversations)
    write_end(database, ended, "Good day.")
    writer = AnswerWriter(database, cut.answer)
    writer.set_model("builtin", "phi4-mini")
    for text in ("Go", "od "):
        writer.append(text)
        conversations.list().result()  # Each piece reaches the disk by itself.

    count = conversations.end_unfinished_answers().result()

    answer = conversations.get(cut.conversation.id).result().messages[-1]
    assert count == 1
    assert (answer.text, answer.outcome) == ("Good ", AnswerOutcome(FinishReason.ENDED_EARLY))
    assert (answer.engine, answer.model) == ("builtin", "phi4-mini")
    assert conversations.get(ended.conversation.id).result().messages[-1].outcome == OUTCOME
    assert read(f"SELECT count(*) FROM parts WHERE message_id = '{cut.answer.id}'") == 1


def test_a_tree_shows_the_path_to_its_leaf_only(conversations: Conversations, database: Database) -> None:
    first = ask(conversations, "One")
    second = ask(conversations, "Two", first.conversation.id)

    database.run(lambda connection: show(connection, first.answer)).result()

    shown = conversations.get(first.conversation.id).result().messages
    assert [message.id for message in shown] == [first.question.id, first.answer.id]
    sibling = ask(conversations, "Two again", first.conversation.id)
    assert sibling.question.parent_id == second.question.parent_id
    assert [message.text for message in sibling.conversation.messages] == ["One", "", "Two again", ""]


@pytest.mark.parametrize(("typed", "stored"), [("a\ud83d\ude00b", "a😀b"), ("a\ud83db", "a\ufffdb"), ("a\0b", "a\0b")])
def test_text_that_utf8_cannot_hold_is_not_lost(conversations: Conversations, typed: str, stored: str) -> None:
    conversations.save_draft(None, typed).result()
    assert conversations.draft(None).result().text == stored

    asked = ask(conversations, typed)

    assert (asked.conversation.title, asked.question.text) == (stored, stored)
