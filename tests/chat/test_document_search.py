"""Too long a message kept as a document: what is sent of it, what stays with the question, what fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from phidesk.chat.attached_documents import can_have_documents, with_documents
from phidesk.chat.turn import PassagesFound
from phidesk.core.answers import COUNTED_TOKENS, FinishReason
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Overflow
from phidesk.core.drafts import Draft
from phidesk.core.errors import WindowExceeded
from phidesk.core.parts import FilePart, PassagesPart, TextPart
from phidesk.core.tasks import StartLoop
from phidesk.engine.ollama.client import OllamaEngine
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.journeys.desk import Desk, Followed, open_desk

WINDOW = 4096
SETTINGS = ConversationSettings("Be kind.", model="scripted:latest", window_tokens=WINDOW)
"""The scripted model has one token for each byte."""
QUESTION = "Who lives in Tarnhelm?"
FILLER = "The road goes on past fields and mills, and carts go along it every day of the week. " * 8
REPORT = FilePart(
    "towns.txt",
    "text/plain",
    "\n\n".join(
        f"{FILLER}\n\nIn {town} lives {person}."
        for town, person in (
            ("Ulm", "Ada"),
            ("Tarnhelm", "Grace"),
            ("Bern", "Alan"),
            ("Graz", "Edsger"),
            ("Lund", "Barbara"),
        )
    ),
)


@pytest.fixture
def desk(tmp_path: Path, engine: OllamaEngine, start_loop: StartLoop) -> Iterator[Desk]:
    with open_desk(tmp_path, engine, start_loop) as desk:
        yield desk


def stored(desk: Desk, followed: Followed) -> Conversation:
    assert followed.turn.conversation_id is not None
    return desk.conversations.get(followed.turn.conversation_id).result()


def ask_too_much(desk: Desk, settings: ConversationSettings = SETTINGS, report: FilePart = REPORT) -> Conversation:
    """Ask about a file that does not fit."""
    followed = Followed(desk.service.ask(QUESTION, files=(report,), conversation_id=None, settings=settings))
    outcome = followed.follow_to_end()
    assert outcome.error == WindowExceeded.__name__
    assert dict(outcome.facts)["can_have_documents"]
    return stored(desk, followed)


def ask_with_document(desk: Desk, settings: ConversationSettings = SETTINGS, report: FilePart = REPORT) -> Followed:
    talk = ask_too_much(desk, settings, report)
    followed = Followed(desk.service.ask_with_documents(talk.messages[0], WINDOW))
    assert followed.follow_to_end().finish is FinishReason.STOP
    return followed


def passages_of(message: Message) -> list[PassagesPart]:
    return [part for part in message.parts if isinstance(part, PassagesPart)]


def test_the_model_is_sent_the_passages_that_fit_and_nothing_else(desk: Desk, daemon: OllamaDaemon) -> None:
    followed = ask_with_document(desk)

    (passages,) = passages_of(stored(desk, followed).messages[0])
    assert "In Tarnhelm lives Grace." in passages.text
    assert 0 < passages.shown < passages.count
    prompt = daemon.prompts[-1]
    assert f"Passages of towns.txt ({passages.shown} of {passages.count}):\n```txt\n{passages.text}\n```" in prompt
    assert prompt.count("In ") == passages.text.count("In ")
    assert len(prompt.encode()) < WINDOW


def test_the_whole_is_kept_and_the_question_before_stands_beside_it(desk: Desk) -> None:
    followed = ask_with_document(desk)

    question, answer = stored(desk, followed).messages
    assert question.files == (replace(REPORT, is_document=True),)
    assert question.text == QUESTION
    assert (question.version, question.version_count) == (2, 2)
    assert answer.text
    found = next(event for event in followed.events if isinstance(event, PassagesFound))
    assert found.question.parts == question.parts


def test_the_tokens_of_passages_count_as_documents(desk: Desk) -> None:
    followed = ask_with_document(desk)

    (passages,) = passages_of(stored(desk, followed).messages[0])
    assert followed.outcome is not None
    pieces = followed.outcome.pieces
    assert pieces is not None
    assert pieces.documents >= len(passages.text.encode())
    assert pieces.message < 100


def test_the_prompt_begins_the_same_and_the_next_question_gets_other_passages(desk: Desk, daemon: OllamaDaemon) -> None:
    talk = stored(desk, ask_with_document(desk))
    before = daemon.prompts[-1]
    said = talk.messages[-1].text

    again = desk.ask("Who lives in Lund, and who in Tarnhelm?", SETTINGS, conversation_id=talk.id)

    first, _, second, _ = stored(desk, again).messages
    assert daemon.prompts[-1].startswith(before + said)
    assert first == talk.messages[0]
    (other,) = passages_of(second)
    assert "In Lund lives Barbara." in other.text
    assert "In Tarnhelm" not in other.text  # The model has it already.


@pytest.mark.parametrize("question", ["Why?", "The road goes on every day?"], ids=["nowhere", "everywhere"])
def test_that_nothing_was_found_for_a_question_is_kept_and_not_sent(
    desk: Desk, daemon: OllamaDaemon, question: str
) -> None:
    talk = stored(desk, ask_with_document(desk))
    (before,) = passages_of(talk.messages[0])

    again = desk.ask(question, SETTINGS, conversation_id=talk.id)

    assert passages_of(stored(desk, again).messages[-2]) == [PassagesPart("towns.txt", "", 0, before.count)]
    assert daemon.prompts[-1].count("Passages of towns.txt") == 1


def test_words_that_stand_everywhere_find_something_where_the_model_has_nothing_yet(desk: Desk) -> None:
    talk = stored(desk, ask_with_document(desk))
    summary = Followed(desk.service.summarise(talk.messages[-1]))
    assert summary.follow_to_end().finish is FinishReason.STOP

    asked = desk.ask("Do carts go along the road?", SETTINGS, conversation_id=talk.id)

    (passages,) = passages_of(stored(desk, asked).messages[-2])
    assert 0 < passages.shown < passages.count


def test_answered_again_it_is_sent_the_same_and_edited_it_is_sent_others(desk: Desk, daemon: OllamaDaemon) -> None:
    talk = stored(desk, ask_with_document(desk))
    before = daemon.prompts[-1]

    Followed(desk.service.ask_again(talk.messages[0])).follow_to_end()
    again = daemon.prompts[-1]
    edited = Followed(desk.service.ask_edited(talk.messages[0], "Who lives in Graz?"))
    edited.follow_to_end()

    assert again == before
    (passages,) = passages_of(stored(desk, edited).messages[0])
    assert "Edsger" in passages.text


def test_what_is_forecast_is_what_is_sent(desk: Desk, engine: OllamaEngine) -> None:
    talk = stored(desk, ask_with_document(desk))
    model = next(model for model in engine.models() if model.name == SETTINGS.model)
    draft = Draft("Who lives in Lund?")

    forecast = desk.service.forecast(talk.messages, SETTINGS, draft, model)
    asked = desk.ask(draft.text, SETTINGS, conversation_id=talk.id)

    assert asked.outcome is not None
    assert forecast.prompt_tokens == dict(asked.outcome.facts)[COUNTED_TOKENS]
    assert forecast.breakdown is not None
    assert forecast.breakdown.documents > 0


def test_many_questions_on_one_document_never_overflow_in_silence(desk: Desk, daemon: OllamaDaemon) -> None:
    settings = replace(SETTINGS, overflow=Overflow.LET_OLDEST_GO)
    talk = stored(desk, ask_with_document(desk, settings))

    for town in ("Ulm", "Bern", "Graz", "Lund", "Tarnhelm", "Ulm", "Bern"):
        asked = desk.ask(f"Who lives in {town}?", settings, conversation_id=talk.id)
        assert asked.outcome is not None
        assert asked.outcome.finish is FinishReason.STOP
        assert f"In {town} lives" in daemon.prompts[-1]

    assert max(len(prompt.encode()) for prompt in daemon.prompts) < WINDOW


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((REPORT, TextPart(QUESTION)), (replace(REPORT, is_document=True), TextPart(QUESTION))),
        (
            (TextPart(f"{QUESTION}\n{FILLER * 20}\nThanks"),),
            (
                FilePart("", "text/plain", FILLER * 20, is_document=True),
                TextPart(f"{QUESTION}\n(…)\nThanks"),
            ),
        ),
        (
            (TextPart(f"{FILLER}\n{FILLER}\n{QUESTION}"),),
            (
                FilePart("", "text/plain", f"{FILLER}\n{FILLER}", is_document=True),
                TextPart(f"{FILLER[:200]}\n(…)\n{QUESTION}"),
            ),
        ),
        (
            (TextPart("ab" * 300),),
            (
                FilePart("", "text/plain", "ab" * 300, is_document=True),
                TextPart(f"{'ab' * 100}\n(…)\n{'ab' * 100}"),
            ),
        ),
        (
            (FilePart("a.txt", "text/plain", "short"), REPORT, TextPart(QUESTION)),
            (replace(REPORT, is_document=True), FilePart("a.txt", "text/plain", "short"), TextPart(QUESTION)),
        ),
    ],
    ids=["file", "text", "question behind", "one line", "two files"],
)
def test_what_is_long_becomes_a_document(
    parts: tuple[FilePart | TextPart, ...], expected: tuple[FilePart | TextPart, ...]
) -> None:
    assert can_have_documents(parts)
    assert with_documents(parts, window_tokens=1024) == expected
    assert not can_have_documents(with_documents((REPORT, TextPart(QUESTION)), window_tokens=1024))


def test_a_short_question_without_files_has_nothing_to_keep() -> None:
    assert not can_have_documents((TextPart(QUESTION),))
