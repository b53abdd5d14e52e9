"""What was said, read as a search reads it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import Role
from phidesk.core.parts import FilePart, Part, PassagesPart, TextPart
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.conversations import Asked, Conversations
from phidesk.storage.database import Database
from phidesk.storage.said_texts import read_said, read_sources
from tests.storage.saved_database import SETTINGS

FILE = FilePart("städte.csv", "text/csv", "Ulm;130000")


def ask(
    conversations: Conversations, text: str, *, below: str | None = None, files: tuple[FilePart, ...] = ()
) -> Asked:
    parts: tuple[Part, ...] = (TextPart(text), *files)
    return conversations.ask(parts, conversation_id=below, settings=SETTINGS).result()


def answer(database: Database, asked: Asked, text: str) -> None:
    writer = AnswerWriter(database, asked.answer)
    writer.append_thinking("hidden thought")
    writer.append(text)
    writer.finish(AnswerOutcome(FinishReason.STOP)).result()


def texts(path: Path) -> list[str]:
    return [said.text for said in read_said(path)]


def test_the_newest_comes_first_across_conversations(
    path: Path, database: Database, conversations: Conversations
) -> None:
    first = ask(conversations, "one")
    answer(database, first, "two")
    answer(database, ask(conversations, "three"), "four")
    again = ask(conversations, "five", below=first.conversation.id, files=(FILE,))
    answer(database, again, "six")

    said = texts(path)

    assert said[:3] == ["six", "five", FILE.text]
    assert sorted(said[3:]) == ["four", "one\none", "three\nthree", "two"]


def test_a_question_that_is_being_answered_is_left_out(
    path: Path, database: Database, conversations: Conversations
) -> None:
    first = ask(conversations, "old")
    answer(database, first, "answered")
    running = ask(conversations, "now", below=first.conversation.id, files=(FILE,))
    AnswerWriter(database, running.answer).append("half")

    assert texts(path) == ["answered", "old\nold"]


def test_what_is_not_shown_is_not_there(path: Path, database: Database, conversations: Conversations) -> None:
    asked = ask(conversations, "kept")
    answer(database, asked, "wrong words")
    conversations.branches.edit_answer(asked.answer, "right words").result()
    deleted = ask(conversations, "gone", below=asked.conversation.id)
    answer(database, deleted, "gone too")
    conversations.branches.delete(deleted.question).result()

    assert texts(path) == ["right words", "kept\nkept"]


def test_texts_know_where_they_stand(path: Path, database: Database, conversations: Conversations) -> None:
    answer(database, ask(conversations, "Which towns?", files=(FILE,)), "Ulm.")

    sources = read_sources(path, [*(said.number for said in read_said(path)), 4_711])

    found = {(it.title, it.role, it.file_name, it.text, it.answer) for it in sources}
    assert found == {
        ("Which towns?", Role.PERSON, None, "Which towns?", "Ulm."),
        ("Which towns?", Role.PERSON, "städte.csv", FILE.text, "Ulm."),
        ("Which towns?", Role.MODEL, None, "Ulm.", ""),
    }


def test_without_a_file_nothing_was_said(tmp_path: Path) -> None:
    assert list(read_said(tmp_path / "none.sqlite")) == []
    assert read_sources(tmp_path / "none.sqlite", [1]) == []


def test_documents_are_looked_through_whole_and_their_passages_and_notes_are_not(
    path: Path, database: Database, conversations: Conversations
) -> None:
    document = replace(FILE, is_document=True)
    asked = ask(conversations, "one", files=(document,))
    conversations.branches.keep_passages(asked.question, (PassagesPart(FILE.name, "Ulm", 1, 2),)).result()
    answer(database, asked, "two")

    found = conversations.get(asked.conversation.id).result().messages[0]

    assert found.parts == (TextPart("one"), document, PassagesPart(FILE.name, "Ulm", 1, 2))
    assert sorted(texts(path)) == [f"one\n{FILE.text}", "one\none", "two"]
