"""Where summaries stand: what they cover stays, what followed follows them, and without them all is as it was."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import Conversation, LinkedConversation, Message, Role
from phidesk.core.parts import TextPart
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.branches import Branches
from phidesk.storage.conversations import Asked, Conversations
from phidesk.storage.database import Database, open_database
from tests.storage.saved_database import SETTINGS, Clock, count_ids

Summarise = Callable[[Message, str], Conversation]


@pytest.fixture
def branches(conversations: Conversations) -> Branches:
    return conversations.branches


@pytest.fixture
def talk(conversations: Conversations, database: Database) -> Conversation:
    """A, b, C, d: two questions and their answers."""
    conversation_id = None
    for question, answer in (("A", "b"), ("C", "d")):
        asked = conversations.ask((TextPart(question),), conversation_id=conversation_id, settings=SETTINGS).result()
        end(database, asked, answer, FinishReason.STOP)
        conversation_id = asked.conversation.id
    assert conversation_id is not None
    return conversations.get(conversation_id).result()


@pytest.fixture
def summarise(conversations: Conversations, database: Database) -> Summarise:
    """Write a summary below a message, to its end."""

    def summarise(last: Message, text: str) -> Conversation:
        end(database, conversations.branches.summarise(last).result(), text, FinishReason.STOP)
        return conversations.get(last.conversation_id).result()

    return summarise


def end(database: Database, asked: Asked, text: str, finish: FinishReason) -> None:
    writer = AnswerWriter(database, asked.answer)
    writer.append(text)
    writer.finish(AnswerOutcome(finish)).result()


def texts(conversation: Conversation) -> list[str]:
    return [message.text for message in conversation.messages]


def shown_leaf_below(conversations: Conversations, branches: Branches, message: Message) -> Conversation:
    """Go down from a message as the program does when another version of it is chosen."""
    branches.show_version(message, message.version).result()
    return conversations.get(message.conversation_id).result()


def test_a_summary_is_written_at_the_end_of_the_path(talk: Conversation, branches: Branches) -> None:
    asked = branches.summarise(talk.messages[1]).result()

    assert texts(asked.conversation) == ["A", "b", ""]
    assert asked.answer.is_summary
    assert not asked.answer.is_standing_summary
    assert asked.answer.version_count == 1


def test_what_followed_follows_a_summary_that_is_whole(
    talk: Conversation, conversations: Conversations, branches: Branches, summarise: Summarise
) -> None:
    written = summarise(talk.messages[1], "short")

    shown = shown_leaf_below(conversations, branches, written.messages[2])
    assert texts(shown) == ["A", "b", "short", "C", "d"]
    assert shown.messages[2].is_standing_summary
    assert all(message.version_count == 1 for message in shown.messages)


@pytest.mark.parametrize("finish", [FinishReason.STOPPED, FinishReason.ERROR, FinishReason.ENDED_EARLY])
def test_a_summary_that_broke_off_moves_nothing_and_can_be_removed(
    talk: Conversation, branches: Branches, database: Database, finish: FinishReason
) -> None:
    asked = branches.summarise(talk.messages[1]).result()
    end(database, asked, "sho", finish)

    assert branches.delete(asked.answer).result().messages == talk.messages


def test_killed_in_the_middle_it_rests_with_the_words_that_came(
    talk: Conversation, conversations: Conversations, branches: Branches, database: Database
) -> None:
    AnswerWriter(database, branches.summarise(talk.messages[1]).result().answer).append("sho")

    conversations.end_unfinished_answers().result()

    rest = conversations.get(talk.id).result()
    assert texts(rest) == ["A", "b", "sho"]
    assert not rest.messages[-1].is_standing_summary
    assert branches.delete(rest.messages[-1]).result().messages == talk.messages


def test_without_it_everything_is_as_it_was_and_it_can_be_brought_back(
    talk: Conversation, branches: Branches, summarise: Summarise
) -> None:
    summary = summarise(talk.messages[1], "short").messages[2]

    removed = branches.delete(summary).result()
    restored = branches.restore(summary).result()

    assert removed.messages == talk.messages
    assert texts(restored) == ["A", "b", "short", "C", "d"]


def test_an_edited_summary_is_followed_by_the_same_and_the_old_words_are_one_step_away(
    talk: Conversation, branches: Branches, summarise: Summarise
) -> None:
    summary = summarise(talk.messages[1], "short").messages[2]

    edited = branches.edit_answer(summary, "shorter").result()
    back = branches.show_version(edited.messages[2], 1).result()

    assert texts(edited) == ["A", "b", "shorter", "C", "d"]
    assert edited.messages[2].is_standing_summary
    assert texts(back) == ["A", "b", "short", "C", "d"]
    assert (back.messages[2].version, back.messages[2].version_count) == (1, 2)


def test_a_summary_removed_leaves_its_former_version_in_its_place(
    talk: Conversation, branches: Branches, summarise: Summarise
) -> None:
    summary = summarise(talk.messages[1], "short").messages[2]
    edited = branches.edit_answer(summary, "shorter").result().messages[2]

    assert texts(branches.delete(edited).result()) == ["A", "b", "short", "C", "d"]


def test_another_branch_has_no_summary(talk: Conversation, branches: Branches, summarise: Summarise) -> None:
    summarise(talk.messages[1], "short")

    other = branches.answer_again(talk.messages[0]).result()

    assert not any(message.is_summary for message in other.conversation.messages)


def test_a_copy_of_the_path_has_the_summary_too(talk: Conversation, branches: Branches, summarise: Summarise) -> None:
    summary = summarise(talk.messages[1], "short").messages[2]

    copy = branches.fork(summary, "copy").result()

    assert texts(copy) == ["A", "b", "short"]
    assert copy.messages[-1].is_standing_summary


def test_a_conversation_begins_with_a_summary_and_both_lead_to_each_other(
    talk: Conversation, conversations: Conversations, branches: Branches, summarise: Summarise
) -> None:
    summary = summarise(talk.messages[1], "short").messages[2]

    begun = branches.continue_from(summary, "More").result()

    assert texts(begun) == ["short"]
    assert begun.messages[0].is_standing_summary
    assert begun.settings == talk.settings
    assert begun.messages[0].linked == (LinkedConversation(talk.id, talk.title, is_earlier=True),)
    original = conversations.get(talk.id).result().messages[2]
    assert original.linked == (LinkedConversation(begun.id, "More", is_earlier=False),)


def test_the_link_outlives_an_edit_on_either_side(talk: Conversation, branches: Branches, summarise: Summarise) -> None:
    summary = summarise(talk.messages[1], "short").messages[2]
    begun = branches.continue_from(summary, "More").result()

    edited = branches.edit_answer(summary, "shorter").result().messages[2]
    edited_copy = branches.edit_answer(begun.messages[0], "shorter").result().messages[0]

    assert [linked.id for linked in edited.linked] == [begun.id]
    assert [linked.id for linked in edited_copy.linked] == [talk.id]


def test_a_question_asked_below_one_that_broke_off_follows_what_was_said_last(
    talk: Conversation, conversations: Conversations, branches: Branches, database: Database
) -> None:
    end(database, branches.summarise(talk.messages[1]).result(), "sho", FinishReason.STOPPED)

    asked = conversations.ask((TextPart("E"),), conversation_id=talk.id, settings=SETTINGS).result()

    assert texts(asked.conversation) == ["A", "b", "C", "d", "E", ""]


@given(
    steps=st.lists(st.tuples(st.sampled_from(["summarise", "break off", "remove", "edit", "ask"]), st.integers(0, 99)))
)
def test_whatever_is_done_with_summaries_the_words_stay_in_their_order(steps: list[tuple[str, int]]) -> None:
    with ThreadPoolExecutor(1) as executor, TemporaryDirectory() as folder:
        database = open_database(Path(folder) / "phidesk.sqlite", executor)
        conversations = Conversations(database, Clock(), count_ids())
        branches = conversations.branches
        asked = conversations.ask((TextPart("0"),), conversation_id=None, settings=SETTINGS).result()
        end(database, asked, "0", FinishReason.STOP)
        conversation_id, spoken = asked.conversation.id, ["0", "0"]

        for number, (step, choice) in enumerate(steps, start=1):
            path = conversations.get(conversation_id).result().messages
            summaries = [message for message in path if message.is_summary]
            answers = [message for message in path if message.role is Role.MODEL and not message.is_summary]
            if step == "ask":
                asked = conversations.ask(
                    (TextPart(str(number)),), conversation_id=conversation_id, settings=SETTINGS
                ).result()
                end(database, asked, str(number), FinishReason.STOP)
                spoken += [str(number)] * 2
            elif step in ("summarise", "break off"):
                finish = FinishReason.STOP if step == "summarise" else FinishReason.STOPPED
                end(database, branches.summarise(answers[choice % len(answers)]).result(), "short", finish)
            elif summaries and step == "remove":
                branches.delete(summaries[choice % len(summaries)]).result()
            elif summaries and step == "edit":
                branches.edit_answer(summaries[choice % len(summaries)], "shorter").result()

        last = conversations.ask((TextPart("?"),), conversation_id=conversation_id, settings=SETTINGS).result()
        said = [message.text for message in last.conversation.messages if not message.is_summary]
        database.close()

    assert said == [*spoken, "?", ""]
