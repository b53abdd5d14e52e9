"""What can be done to single messages. Nothing that was written is lost, and the old branch is one step away."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta

import pytest

from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import Conversation, Message
from phidesk.core.errors import ConversationMissing
from phidesk.core.parts import TextPart, ThinkingPart
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.branches import ERASED_AFTER, Branches
from phidesk.storage.conversations import Asked, Conversations
from phidesk.storage.database import Database
from tests.storage.conftest import Reader
from tests.storage.saved_database import BEGINNING, OUTCOME, SETTINGS, count_ids


@pytest.fixture
def branches(conversations: Conversations) -> Branches:
    return conversations.branches


@pytest.fixture
def ask(conversations: Conversations, database: Database) -> Callable[..., Conversation]:
    """Ask, and have it answered at once."""

    def ask(question: str, answer: str, conversation_id: str | None = None) -> Conversation:
        parts = (TextPart(question),)
        asked = conversations.ask(parts, conversation_id=conversation_id, settings=SETTINGS).result()
        write(database, asked, answer)
        return conversations.get(asked.conversation.id).result()

    return ask


Ask = Callable[..., Conversation]


def write(database: Database, asked: Asked, text: str) -> None:
    writer = AnswerWriter(database, asked.answer)
    writer.set_model("builtin", "phi4-mini")
    writer.append_thinking("Hm.")
    writer.append(text)
    writer.finish(OUTCOME).result()


def texts(conversation: Conversation) -> list[str]:
    return [message.text for message in conversation.messages]


def versions(conversation: Conversation) -> list[tuple[int, int]]:
    return [(message.version, message.version_count) for message in conversation.messages]


def test_an_edited_question_stands_beside_the_old_one_and_waits_for_its_answer(ask: Ask, branches: Branches) -> None:
    before = ask("Where?", "Here.", ask("Who?", "I.").id)

    asked = branches.edit_question(before.messages[2], "When?").result()

    assert texts(asked.conversation) == ["Who?", "I.", "When?", ""]
    assert asked.conversation.messages[-2:] == (asked.question, asked.answer)
    assert versions(asked.conversation) == [(1, 1), (1, 1), (2, 2), (1, 1)]
    assert asked.answer.outcome is None
    assert asked.conversation.updated_at > before.updated_at
    assert asked.conversation.title == before.title


def test_the_first_question_has_versions_too(ask: Ask, branches: Branches) -> None:
    before = ask("Where?", "Here.")

    asked = branches.edit_question(before.messages[0], "When?").result()

    assert texts(asked.conversation) == ["When?", ""]
    assert versions(asked.conversation) == [(2, 2), (1, 1)]
    assert texts(branches.show_version(asked.question, 1).result()) == ["Where?", "Here."]


def test_what_a_question_holds_besides_text_is_asked_again(conversations: Conversations, branches: Branches) -> None:
    attached = ThinkingPart("stands for anything that is not text")
    parts = (attached, TextPart("a"), attached, TextPart("b"))
    question = conversations.ask(parts, conversation_id=None, settings=SETTINGS).result().question

    asked = branches.edit_question(question, "new").result()

    assert asked.question.parts == (attached, TextPart("new"), attached)


def test_an_answer_is_written_again_beside_the_old_one(ask: Ask, branches: Branches, database: Database) -> None:
    before = ask("Where?", "Here.")

    asked = branches.answer_again(before.messages[0]).result()
    write(database, asked, "There.")

    assert versions(asked.conversation) == [(1, 1), (2, 2)]
    first = branches.show_version(asked.answer, 1).result()
    assert (texts(first), versions(first)) == (["Where?", "Here."], [(1, 1), (1, 2)])
    assert texts(branches.show_version(first.messages[1], 2).result()) == ["Where?", "There."]


def test_only_questions_are_answered_again(ask: Ask, branches: Branches) -> None:
    before = ask("Where?", "Here.")

    with pytest.raises(ValueError, match="no question"):
        branches.answer_again(before.messages[1]).result()


def test_an_edited_answer_is_marked_as_the_persons_own_words(
    ask: Ask, branches: Branches, conversations: Conversations
) -> None:
    before = ask("Where?", "Here.")

    branches.edit_answer(before.messages[1], "Everywhere.").result()

    answer = conversations.get(before.id).result().messages[1]
    assert answer.is_edited
    assert answer.parts == (TextPart("Everywhere."),)
    assert answer.outcome == AnswerOutcome(FinishReason.EDITED)
    assert (answer.engine, answer.model) == ("builtin", "phi4-mini")
    assert (answer.version, answer.version_count) == (2, 2)
    assert branches.show_version(answer, 1).result().messages == (
        before.messages[0],
        replace(before.messages[1], version_count=2),
    )


def test_the_model_can_go_on_from_the_persons_words_which_stay_marked(
    ask: Ask, branches: Branches, conversations: Conversations, database: Database
) -> None:
    before = ask("Where?", "Here.")
    branches.edit_answer(before.messages[1], "Every").result()

    write(database, conversations.reopen_answer(before.id).result(), "where.")

    answer = conversations.get(before.id).result().messages[1]
    assert (answer.text, answer.outcome, answer.is_edited) == ("Everywhere.", OUTCOME, True)


def test_a_branch_is_shown_down_to_where_it_was_left(ask: Ask, branches: Branches) -> None:
    left = ask("Two?", "2", ask("One?", "1").id)
    left = branches.edit_answer(left.messages[3], "two").result()
    asked = branches.edit_question(left.messages[0], "Eins?").result()

    back = branches.show_version(asked.question, 1).result()

    assert texts(back) == ["One?", "1", "Two?", "two"]
    assert versions(back) == [(1, 2), (1, 1), (1, 1), (2, 2)]


def test_a_branch_that_was_left_at_an_older_version_is_shown_with_it(ask: Ask, branches: Branches) -> None:
    left = ask("One?", "1")
    left = branches.edit_answer(left.messages[1], "one").result()
    left = branches.show_version(left.messages[1], 1).result()
    asked = branches.edit_question(left.messages[0], "Eins?").result()

    back = branches.show_version(asked.question, 1).result()

    assert (texts(back), versions(back)) == (["One?", "1"], [(1, 2), (1, 2)])


def test_there_is_no_version_beyond_the_last(ask: Ask, branches: Branches) -> None:
    before = ask("Where?", "Here.")

    with pytest.raises(ValueError, match="1 versions, not 2"):
        branches.show_version(before.messages[1], 2).result()


def test_a_fork_is_a_conversation_of_its_own_with_all_that_was_known(
    ask: Ask, branches: Branches, conversations: Conversations
) -> None:
    before = ask("Two?", "2", ask("One?", "1").id)
    branches.answer_again(before.messages[0]).result()

    fork = branches.fork(before.messages[1], "One? (copy)").result()

    assert (fork.title, fork.settings) == ("One? (copy)", before.settings)
    assert texts(fork) == ["One?", "1"]
    assert versions(fork) == [(1, 1), (1, 1)]
    assert [message.outcome for message in fork.messages] == [None, OUTCOME]
    assert [message.parts for message in fork.messages] == [message.parts for message in before.messages[:2]]
    assert conversations.list().result()[0].id == fork.id
    ask("More?", "more", fork.id)
    assert texts(branches.show_version(before.messages[1], 1).result()) == ["One?", "1", "Two?", "2"]


def test_an_answer_that_is_being_written_ends_early_in_the_fork(
    conversations: Conversations, branches: Branches
) -> None:
    asked = conversations.ask((TextPart("Where?"),), conversation_id=None, settings=SETTINGS).result()

    fork = branches.fork(asked.answer, "Copy").result()

    assert fork.messages[1].outcome == AnswerOutcome(FinishReason.ENDED_EARLY)
    assert conversations.get(asked.conversation.id).result().messages[1].outcome is None


def test_a_deleted_message_takes_what_is_below_it_along(ask: Ask, branches: Branches) -> None:
    before = ask("Two?", "2", ask("One?", "1").id)

    after = branches.delete(before.messages[1]).result()

    assert texts(after) == ["One?"]
    assert (after.title, after.updated_at) == (before.title, before.updated_at)


def test_a_branch_whose_message_was_restored_is_shown_again_where_it_was_left(
    ask: Ask, branches: Branches, database: Database
) -> None:
    first = ask("One?", "1.")
    edited = branches.edit_question(first.messages[0], "Two?").result()
    write(database, edited, "2.")
    longer = ask("And?", "So.", first.id)
    branches.delete(longer.messages[2]).result()
    again = branches.answer_again(longer.messages[0]).result()
    write(database, again, "two")

    restored = branches.restore(longer.messages[2]).result()
    other = branches.show_version(restored.messages[0], 1).result()
    back = branches.show_version(other.messages[0], 2).result()

    assert texts(restored) == ["Two?", "2.", "And?", "So."]
    assert texts(back) == texts(restored)


def test_a_restored_message_brings_back_what_was_below_it(ask: Ask, branches: Branches) -> None:
    before = ask("Two?", "2", ask("One?", "1").id)
    before = branches.edit_answer(before.messages[3], "two").result()

    branches.delete(before.messages[0]).result()
    after = branches.restore(before.messages[0]).result()

    assert after == before


def test_of_a_deleted_version_the_one_shown_before_takes_the_place(ask: Ask, branches: Branches) -> None:
    before = ask("Two?", "2", ask("One?", "1").id)
    second = branches.edit_answer(before.messages[1], "one").result()
    third = branches.edit_answer(second.messages[1], "uno").result()
    branches.show_version(third.messages[1], 1).result()
    branches.show_version(third.messages[1], 3).result()

    after = branches.delete(third.messages[1]).result()

    assert texts(after) == ["One?", "1", "Two?", "2"]
    assert versions(after)[1] == (1, 2)
    restored = branches.restore(third.messages[1]).result()
    assert (texts(restored), versions(restored)[1]) == (["One?", "uno"], (3, 3))


def test_a_conversation_of_which_all_is_deleted_goes_on(ask: Ask, branches: Branches) -> None:
    before = ask("One?", "1")

    assert branches.delete(before.messages[0]).result().messages == ()

    after = ask("Two?", "2", before.id)
    assert (texts(after), after.title) == (["Two?", "2"], "One?")
    assert versions(after) == [(1, 1), (1, 1)]


def test_a_question_may_follow_a_question_whose_answer_is_deleted(ask: Ask, branches: Branches) -> None:
    before = ask("One?", "1")
    branches.delete(before.messages[1]).result()

    after = ask("Two?", "2", before.id)

    assert texts(after) == ["One?", "Two?", "2"]


def test_deleted_words_are_erased_when_nobody_can_want_them_back(
    ask: Ask, branches: Branches, database: Database, read: Reader
) -> None:
    before = ask("Two?", "2", ask("One?", "1").id)
    branches.delete(before.messages[2]).result()
    branches.erase_deleted().result()
    assert read("SELECT count(*) FROM messages") == len(before.messages)
    later = Branches(database, lambda: BEGINNING + ERASED_AFTER + timedelta(minutes=1), count_ids())

    later.erase_deleted().result()

    assert read("SELECT count(*) FROM messages") == len(before.messages[:2])
    assert read("SELECT group_concat(DISTINCT message_id) FROM parts") == ",".join(
        message.id for message in before.messages[:2]
    )


@pytest.mark.parametrize(
    "act",
    [
        lambda branches, message: branches.edit_question(message, "x"),
        lambda branches, message: branches.answer_again(message),
        lambda branches, message: branches.edit_answer(message, "x"),
        lambda branches, message: branches.show_version(message, 1),
        lambda branches, message: branches.fork(message, "x"),
        lambda branches, message: branches.delete(message),
        lambda branches, message: branches.restore(message),
    ],
    ids=["edit_question", "answer_again", "edit_answer", "show_version", "fork", "delete", "restore"],
)
def test_a_message_that_is_gone_is_missed_and_nothing_changes(
    ask: Ask, branches: Branches, conversations: Conversations, act: Callable[[Branches, Message], Future[object]]
) -> None:
    before = ask("One?", "1")

    with pytest.raises(ConversationMissing) as raised:
        act(branches, replace(before.messages[0], id="gone")).result()

    assert raised.value.conversation_id == before.id
    assert conversations.get(before.id).result() == before
    assert len(conversations.list().result()) == 1
