"""The tool with which a model searches the person's conversations: a real database, results as a small model gets them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from phidesk.chat.conversation_search import (
    DEFINITION,
    EXCERPT_CHARACTERS,
    MOST_RESULTS,
    TIME_LIMIT_S,
    ConversationSearch,
)
from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.parts import FilePart, Part, TextPart
from phidesk.core.permissions import Allowance, allowances_for
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.core.tools import Risk, ToolCall
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.conversations import Asked, Conversations
from phidesk.storage.database import Database, open_database
from phidesk.tools.arguments import read_arguments
from phidesk.tools.tool import CallFault
from tests.storage.saved_database import SETTINGS, Clock, count_ids


class Library:
    """Conversations that are said in a test, and what a search in them gives."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.conversations = Conversations(database, Clock(), count_ids())

    def ask(self, question: str, *, below: str | None = None, files: tuple[FilePart, ...] = ()) -> Asked:
        parts: tuple[Part, ...] = (TextPart(question), *files)
        return self.conversations.ask(parts, conversation_id=below, settings=SETTINGS).result()

    def talk(
        self, question: str, answer: str = "", *, below: str | None = None, files: tuple[FilePart, ...] = ()
    ) -> Asked:
        asked = self.ask(question, below=below, files=files)
        writer = AnswerWriter(self._database, asked.answer)
        writer.append(answer or "Yes.")
        writer.finish(AnswerOutcome(FinishReason.STOP)).result()
        return asked

    def search(self, arguments: str) -> dict[str, Any]:
        tool = ConversationSearch(self._database.path)
        read = read_arguments(ToolCall(DEFINITION.name, arguments), DEFINITION)
        told: dict[str, Any] = json.loads(tool.run(read, Cancellation()))
        return told

    def titles(self, words: str) -> list[str]:
        return [found["conversation"] for found in self.search(json.dumps({"words": words}))["results"]]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with ThreadPoolExecutor(1) as worker:
        database = open_database(tmp_path / "phidesk.sqlite", worker)
        yield Library(database)
        database.close()


def test_a_result_says_where_it_is_from(library: Library) -> None:
    library.talk("How do I roast a pumpkin?", "At 200 degrees for 40 minutes.")
    library.talk("Read this.", files=(FilePart("offer.pdf", "application/pdf", "The new kitchen costs 8,400 euros."),))

    assert library.search('{"words": "degrees"}') == {
        "results": [
            {
                "conversation": "How do I roast a pumpkin?",
                "date": "2026-11-02",
                "by": "assistant",
                "text": "At 200 degrees for 40 minutes.",
            }
        ]
    }
    (found,) = library.search('{"words": "pumpkin"}')["results"]
    assert (found["text"], found["answer"]) == ("How do I roast a pumpkin?", "At 200 degrees for 40 minutes.")
    (found,) = library.search('{"words": "KITCHEN"}')["results"]
    assert (found["file"], found["by"], found["text"]) == (
        "offer.pdf",
        "user",
        "The new kitchen costs 8,400 euros.",
    )


def test_the_question_that_is_being_answered_is_never_found(library: Library) -> None:
    begun = library.talk("Roast pumpkin", "At 200 degrees.")
    library.ask("What did I write about the pumpkin?", below=begun.conversation.id)

    results = library.search('{"words": "pumpkin"}')["results"]

    assert [found["text"] for found in results] == ["Roast pumpkin"]


def test_case_accents_and_endings_do_not_matter(library: Library) -> None:
    library.talk("Das Café in Zürich", "Zwei Rechnungen liegen dort.")

    for words in ("CAFE", "zurich", "rechnung", "cafes"):
        assert library.titles(words) == ["Das Café in Zürich"]


def test_the_text_with_more_and_rarer_words_comes_first(library: Library) -> None:
    library.talk("Garden plan", "The garden fence.")
    for number in range(30):
        library.talk(f"Garden day {number}", "Nothing new.")
    library.talk("Garden talk", "Weather.")

    assert library.titles("garden fence") == ["Garden plan"]
    assert library.titles("garden") == ["Garden talk", *(f"Garden day {number}" for number in (29, 28, 27, 26))]


def test_a_title_is_found_too(library: Library) -> None:
    asked = library.talk("What does it cost?", "8,400 euros.")
    library.conversations.rename(asked.conversation.id, "Kitchen renovation").result()

    assert library.titles("renovation") == ["Kitchen renovation"]


def test_an_excerpt_shows_where_most_of_the_words_stand(library: Library) -> None:
    filler = "ß lorem ipsum dolor sit amet " * 20_000
    library.talk("Long", files=(FilePart("long.txt", "text/plain", f"pumpkin {filler}\n\npumpkin  soup{filler}"),))

    (found,) = library.search('{"words": "soup pumpkin"}')["results"]

    assert "pumpkin soup" in found["text"]
    assert found["text"].startswith("…")
    assert found["text"].endswith("…")
    assert len(found["text"]) <= EXCERPT_CHARACTERS + 2


def test_results_are_few_and_short(library: Library) -> None:
    for number in range(3 * MOST_RESULTS):
        library.talk(f"pumpkin {number}", "pumpkin " * 1_000)

    results = library.search('{"words": "pumpkin"}')["results"]

    assert len(results) == MOST_RESULTS
    assert len(json.dumps(results)) < MOST_RESULTS * (2 * EXCERPT_CHARACTERS + 120)


def test_nothing_found_says_what_to_try(library: Library) -> None:
    library.talk("Garden")

    told = library.search('{"words": "zebra"}')

    assert told["results"] == []
    assert "other words" in told["hint"]


def test_words_are_needed(library: Library) -> None:
    with pytest.raises(CallFault, match='Write in "words"'):
        library.search('{"words": " ? "}')


def test_without_time_the_newest_are_searched_and_the_rest_is_named(library: Library, tmp_path: Path) -> None:
    library.talk("pumpkin one")
    library.talk("pumpkin two")
    seconds = count(0, TIME_LIMIT_S / 2)
    tool = ConversationSearch(tmp_path / "phidesk.sqlite", clock=lambda: next(seconds))

    told = json.loads(tool.run({"words": "pumpkin"}, Cancellation()))

    assert [found["conversation"] for found in told["results"]] == ["pumpkin two"]
    assert told["not_searched"] == "what is older than 2026-11-02"


def test_it_can_be_stopped(library: Library, tmp_path: Path) -> None:
    library.talk("pumpkin")
    cancel = Cancellation()
    cancel.cancel()

    with pytest.raises(Cancelled):
        ConversationSearch(tmp_path / "phidesk.sqlite").run({"words": "pumpkin"}, cancel)


def test_it_asks_once_and_shows_the_words(tmp_path: Path) -> None:
    intent = ConversationSearch(tmp_path / "none.sqlite").intent({"words": "The pumpkin, the soup"})

    assert (intent.risk, intent.place, intent.facts) == (Risk.READING, "", (("words", "The pumpkin, the soup"),))
    assert Allowance.ALWAYS in allowances_for(intent.risk)
