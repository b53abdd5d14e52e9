"""Looking at a profile that somebody else owns: nothing is changed, and damage is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from phidesk.core.answers import COUNTED_TOKENS, ROUGH_COUNT, AnswerOutcome, FinishReason, Usage
from phidesk.core.conversation import ConversationSettings
from phidesk.core.drafts import Draft
from phidesk.core.errors import DatabaseDamaged, StorageUnwritable
from phidesk.core.parts import FilePart, TextPart
from phidesk.core.prompts import Prompt
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.conversations import Conversations
from phidesk.storage.database import Database
from phidesk.storage.inspection import (
    MiscountLook,
    folder_problem,
    look_at_counts,
    look_at_database,
    peek_state,
    texts_of_person,
)
from phidesk.storage.message_queue import MessageQueue
from phidesk.storage.migrations import MIGRATIONS
from phidesk.storage.program_state import OFFLINE, ON, ProgramState
from phidesk.storage.prompts import Prompts
from tests.storage.saved_database import SAVED, Clock, count_ids


def test_a_value_is_read_while_the_profile_is_open(database: Database, path: Path) -> None:
    ProgramState(database).set(OFFLINE, ON).result()

    assert peek_state(path, OFFLINE) == ON
    assert peek_state(path, "never set") is None


def test_where_no_file_is_yet_there_is_no_value_and_none_is_made(path: Path) -> None:
    assert peek_state(path, OFFLINE) is None
    assert look_at_database(path).size_bytes is None
    assert list(texts_of_person(path)) == []
    assert not path.exists()


def test_a_sound_database_tells_its_size_with_its_wal(database: Database, path: Path) -> None:
    ProgramState(database).set("key", "x" * 100_000).result()

    look = look_at_database(path)

    assert look.error is None
    assert look.size_bytes is not None
    assert look.size_bytes > 100_000


def test_a_damaged_database_is_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"SQLite format 3\0" + b"nonsense" * 1000)

    assert isinstance(look_at_database(path).error, DatabaseDamaged)
    with pytest.raises(DatabaseDamaged):
        peek_state(path, OFFLINE)


def test_a_page_that_is_damaged_later_on_is_found(database: Database, path: Path, tmp_path: Path) -> None:
    for number in range(200):
        ProgramState(database).set(f"key {number}", "x" * 1000).result()
    copy = tmp_path / "copy.sqlite"
    content = bytearray(database.run(lambda connection: connection.serialize("main")).result())
    content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
    copy.write_bytes(content)

    look = look_at_database(copy)

    assert isinstance(look.error, DatabaseDamaged)
    assert look.size_bytes is None


def test_every_text_is_found(conversations: Conversations, database: Database, path: Path) -> None:
    settings = ConversationSettings("Be a patient tutor.", variables=(("topic", "my broken heart"),))
    Prompts(database, Clock(), count_ids()).add([Prompt("", "Mine", "Answer like my aunt.")]).result()
    asked = conversations.ask((TextPart("How much is 15 %?"),), conversation_id=None, settings=settings).result()
    MessageQueue(database).add(asked.conversation.id, Draft("and then?")).result()
    conversations.save_draft(asked.conversation.id, "half a thought", [FilePart("x", "text/plain", "a file")]).result()
    writer = AnswerWriter(database, asked.answer)
    writer.append("It is ")
    database.run(lambda _: None).result()
    writer.append("thirty-six.")
    database.run(lambda _: None).result()

    texts = set(texts_of_person(path))

    assert {"Be a patient tutor.", "How much is 15 %?", "It is thirty-six."} <= texts
    assert {"half a thought", "a file", "and then?"} <= texts
    assert {"Answer like my aunt.", "my broken heart"} <= texts


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_the_texts_of_an_older_file_are_found(version: int) -> None:
    assert "How warm is it?" in set(texts_of_person(SAVED / f"v{version}.sqlite"))


def test_a_folder_that_can_be_written_has_no_problem_and_stays_as_it_is(tmp_path: Path) -> None:
    assert folder_problem(tmp_path) is None
    assert folder_problem(tmp_path / "not" / "yet") is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    problem = folder_problem(tmp_path / "file" / "below")

    assert isinstance(problem, StorageUnwritable)


def test_the_count_that_was_furthest_off_is_found(conversations: Conversations, database: Database, path: Path) -> None:
    assert look_at_counts(path) == MiscountLook()

    answer(conversations, database, 100, ((COUNTED_TOKENS, 100),))
    answer(conversations, database, 110, ((COUNTED_TOKENS, 100),))
    answer(conversations, database, 300, ((COUNTED_TOKENS, 100), ROUGH_COUNT))
    answer(conversations, database, 500, ())

    assert look_at_counts(path) == MiscountLook(100, 110)


def answer(
    conversations: Conversations, database: Database, prompt_tokens: int, facts: tuple[tuple[str, str | int], ...]
) -> None:
    """Store an answer whose prompt the engine counted so."""
    asked = conversations.ask((TextPart("Hi"),), conversation_id=None, settings=ConversationSettings()).result()
    outcome = AnswerOutcome(FinishReason.STOP, Usage(prompt_tokens, 1), facts=facts)
    AnswerWriter(database, asked.answer).finish(outcome).result()
