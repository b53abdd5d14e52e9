"""What the model said is on disk soon, once, and in order."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from phidesk.core.conversation import ConversationSettings, Message
from phidesk.core.errors import StorageFull
from phidesk.core.parts import FilePart, Part, TextPart, ThinkingPart
from phidesk.core.tools import ToolCall, ToolOutcome, ToolResult
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.conversations import Conversations
from phidesk.storage.database import Database, open_database
from tests.storage.conftest import Reader
from tests.storage.saved_database import OUTCOME, Clock, count_ids

TEXT_ON_DISK = "SELECT group_concat(content, '' ORDER BY position, piece) FROM parts WHERE message_id = 'id-3'"
WRITES = "SELECT count(*) FROM parts WHERE message_id = 'id-3'"
BIG = "x" * 100_000


@pytest.fixture
def answer(conversations: Conversations) -> Message:
    """An answer to be written, with the id "id-3"."""
    return (
        conversations.ask((TextPart("Hello"),), conversation_id=None, settings=ConversationSettings()).result().answer
    )


@pytest.fixture
def writer(database: Database, answer: Message) -> AnswerWriter:
    return AnswerWriter(database, answer)


@pytest.fixture
def prompt_database(path: Path, executor: ThreadPoolExecutor) -> Iterator[Database]:
    """A database that writes when its time has come, with nobody hurrying it."""
    database = open_database(path.with_name("prompt.sqlite"), executor, gather_s=0.02)
    yield database
    database.close()


def hurry(database: Database) -> None:
    """Have everything written that was appended."""
    database.run(lambda _: None).result()


def set_room(database: Database, pages: int) -> None:
    database.run(lambda connection: connection.pragma("max_page_count", pages)).result()


def parts_of(conversations: Conversations, answer: Message) -> tuple[Part, ...]:
    return conversations.get(answer.conversation_id).result().messages[-1].parts


def test_the_last_piece_before_a_pause_is_written_without_another_call(
    prompt_database: Database, executor: ThreadPoolExecutor
) -> None:
    conversations = Conversations(prompt_database, Clock(), count_ids())
    asked = conversations.ask((TextPart("Hello"),), conversation_id=None, settings=ConversationSettings()).result()
    writer = AnswerWriter(prompt_database, asked.answer)

    for text in ("Good", " day", "."):
        writer.append(text)
        executor.submit(lambda: None).result()  # Behind the write, without ending its wait as `run` would.

    assert parts_of(conversations, asked.answer) == (TextPart("Good day."),)


@pytest.mark.parametrize("part", [ToolCall("write_note"), ToolResult("done"), FilePart("a.txt", "text/plain", "whole")])
def test_what_a_tool_did_is_written_at_once_with_the_text_before_it(
    writer: AnswerWriter, executor: ThreadPoolExecutor, read: Reader, part: ToolCall | ToolResult | FilePart
) -> None:
    writer.append("Let me see. ")
    writer.append_part(part)
    executor.submit(lambda: None).result()  # Behind the write, without ending a wait as `run` would.

    assert read(WRITES) == 2


def test_pieces_that_came_together_are_written_together(writer: AnswerWriter, database: Database, read: Reader) -> None:
    for text in ("Good", " ", "day"):
        writer.append(text)
    assert read(TEXT_ON_DISK) is None

    hurry(database)

    assert (read(TEXT_ON_DISK), read(WRITES)) == ("Good day", 1)


def test_a_later_piece_does_not_touch_what_is_written(writer: AnswerWriter, database: Database, read: Reader) -> None:
    for text in ("Good", " day", "."):
        writer.append(text)
        hurry(database)

    assert (read(TEXT_ON_DISK), read(WRITES)) == ("Good day.", 3)


def test_the_end_is_written_with_the_text_and_makes_it_one_piece(
    writer: AnswerWriter, database: Database, conversations: Conversations, answer: Message, read: Reader
) -> None:
    writer.set_model("builtin", "phi4-mini")
    writer.append("Good")
    hurry(database)
    writer.append(" day")

    writer.finish(OUTCOME).result()

    ended = conversations.get(answer.conversation_id).result().messages[-1]
    assert (ended.text, ended.outcome, ended.engine, ended.model) == ("Good day", OUTCOME, "builtin", "phi4-mini")
    assert read(WRITES) == 1


def test_thinking_and_text_are_parts_in_the_order_in_which_they_came(
    writer: AnswerWriter, database: Database, conversations: Conversations, answer: Message
) -> None:
    writer.append_thinking("Hm")
    writer.append_thinking(".")
    writer.append("Good")
    hurry(database)
    writer.append(" day")
    writer.append_thinking("More?")
    writer.append("")

    writer.finish(OUTCOME).result()

    assert parts_of(conversations, answer) == (ThinkingPart("Hm."), TextPart("Good day"), ThinkingPart("More?"))


def test_an_answer_without_a_word_has_no_parts(
    writer: AnswerWriter, conversations: Conversations, answer: Message
) -> None:
    writer.append("")

    writer.finish(OUTCOME).result()

    assert parts_of(conversations, answer) == ()


def test_the_model_is_known_while_it_answers(
    writer: AnswerWriter, conversations: Conversations, answer: Message
) -> None:
    writer.set_model("ollama", "phi4-mini:latest")

    writing = conversations.get(answer.conversation_id).result().messages[-1]

    assert (writing.engine, writing.model, writing.outcome) == ("ollama", "phi4-mini:latest", None)


def test_a_write_that_failed_is_made_good_by_the_next(
    writer: AnswerWriter, database: Database, conversations: Conversations, answer: Message
) -> None:
    set_room(database, 1)
    writer.append(BIG)
    hurry(database)
    assert parts_of(conversations, answer) == ()
    set_room(database, 1_000_000)

    writer.append("end")
    hurry(database)

    assert parts_of(conversations, answer) == (TextPart(BIG + "end"),)


def test_an_end_that_cannot_be_written_is_told_and_can_be_tried_again(
    writer: AnswerWriter, database: Database, conversations: Conversations, answer: Message
) -> None:
    writer.append("begin ")
    hurry(database)
    set_room(database, 1)
    writer.append(BIG)

    with pytest.raises(StorageFull):
        writer.finish(OUTCOME).result()

    assert conversations.get(answer.conversation_id).result().messages[-1].text == "begin "
    set_room(database, 1_000_000)
    writer.finish(OUTCOME).result()
    ended = conversations.get(answer.conversation_id).result().messages[-1]
    assert (ended.text, ended.outcome) == ("begin " + BIG, OUTCOME)


def test_calls_and_results_stand_between_the_words_one_by_one(
    writer: AnswerWriter, database: Database, conversations: Conversations, answer: Message
) -> None:
    call, other = ToolCall("calculate", '{"expression":"1+1"}'), ToolCall("now", "{}")
    parts = (call, other, ToolResult("2"), ToolResult("no such clock", ToolOutcome.FAILED))
    whole = FilePart("now.txt", "text/plain", "no such clock anywhere")

    writer.append("Let me ")
    writer.append("see.")
    writer.append_part(call)
    hurry(database)
    writer.append_part(other)
    hurry(database)
    writer.append_part(parts[2])
    writer.append_part(parts[3])
    writer.append_part(whole)
    writer.append("Two.")
    hurry(database)
    before_end = parts_of(conversations, answer)
    writer.finish(OUTCOME).result()

    assert before_end == parts_of(conversations, answer)
    assert before_end == (TextPart("Let me see."), *parts, whole, TextPart("Two."))
