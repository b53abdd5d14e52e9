"""What the details of a message say of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from phidesk.core.answers import PIECES, ROUGH_PIECES, AnswerOutcome, FinishReason, Timings, Usage
from phidesk.core.breakdown import Breakdown
from phidesk.core.conversation import Message, Role
from phidesk.core.parts import FilePart, TextPart
from phidesk.engine.protocol import OLLAMA
from phidesk.ui.chat.message_details import (
    MessageDetails,
    QuestionTokens,
    answer_details,
    as_text,
    question_details,
)
from phidesk.ui.figures import moment_text

pytestmark = pytest.mark.usefixtures("english")

MOMENT = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
PROMPT = Breakdown(instructions=200, earlier=700, message=100)
OUTCOME = AnswerOutcome(
    FinishReason.STOP,
    Usage(1000, 50, cached_tokens=900),
    Timings(load_ms=12, reading_ms=500, writing_ms=10_000, first_token_ms=700, total_ms=10_900),
    window_tokens=8192,
    facts=((PIECES, PROMPT.written()),),
)
ANSWER = Message("a", "c", "q", Role.MODEL, (TextPart("Yes"),), MOMENT, OLLAMA, "phi4-mini:latest", OUTCOME)
FILE = FilePart("notes.txt", "text/plain", "one two three")
QUESTION = Message("q", "c", None, Role.PERSON, (FILE, TextPart("Is it so?")), MOMENT)


def told(details: MessageDetails) -> dict[str, dict[str, str]]:
    return {group.title: dict(group.facts) for group in details.groups}


def test_an_answer_tells_who_wrote_it_and_what_it_took() -> None:
    assert told(answer_details(ANSWER)) == {
        "Who answered": {
            "When": moment_text(MOMENT),
            "Model": "Phi-4-mini (phi4-mini:latest)",
            "Engine": "Ollama",
            "Memory of the conversation": "8,192 tokens",
            "How it ended": "The model said all it wanted",
        },
        "Tokens, as the engine counted": {
            "Read": "1,000 tokens",
            "Of these known from before": "900 tokens",
            "Written": "50 tokens",
        },
        "Speed": {"Reading": "200 tokens a second", "Writing": "5.0 tokens a second"},
        "Time": {
            "Loading the model": "12 ms",
            "Reading": "500 ms",
            "Writing": "10.0 s",
            "Until the first word": "700 ms",
            "Together": "10.9 s",
        },
    }


def test_the_window_is_divided_by_what_was_really_written() -> None:
    pieces = answer_details(ANSWER).pieces

    assert pieces is not None
    assert pieces.breakdown == replace(PROMPT, answer=50, free=8192 - 1050)
    assert pieces.is_exact


def test_what_nobody_told_is_unknown() -> None:
    details = answer_details(Message("a", "c", "q", Role.MODEL, (TextPart("Yes"),), MOMENT))

    assert details.pieces is None
    assert details.remark == "What the model read for it is unknown."
    values = {name: value for facts in told(details).values() for name, value in facts.items()}
    assert values.pop("How it ended") == "Ended early"
    assert values.pop("When") == moment_text(MOMENT)
    assert set(values.values()) == {"unknown"}


def test_without_the_written_tokens_nothing_is_called_free() -> None:
    stopped = replace(OUTCOME, finish=FinishReason.STOPPED, usage=Usage())

    pieces = answer_details(replace(ANSWER, outcome=stopped)).pieces

    assert pieces is not None
    assert pieces.breakdown == PROMPT


def test_reading_is_not_called_fast_where_an_unknown_part_was_in_the_cache() -> None:
    outcome = replace(OUTCOME, usage=Usage(1000, 50))

    assert told(answer_details(replace(ANSWER, outcome=outcome)))["Speed"]["Reading"] == "unknown"


def test_pieces_that_were_estimated_are_not_exact() -> None:
    outcome = replace(OUTCOME, facts=(*OUTCOME.facts, ROUGH_PIECES))

    pieces = answer_details(replace(ANSWER, outcome=outcome)).pieces

    assert pieces is not None
    assert (pieces.is_exact, pieces.is_answer_exact) == (False, True)


def test_an_answer_that_was_gone_on_with_says_whose_figures_these_are() -> None:
    gone_on = replace(OUTCOME, facts=((PIECES, replace(PROMPT, answer=30).written()),))

    details = answer_details(replace(ANSWER, outcome=gone_on))

    assert details.remark == "It was written in several goes. The figures are those of the last one."
    assert details.pieces is not None
    assert details.pieces.breakdown.answer == 80


@pytest.mark.parametrize(
    ("tokens", "is_being_counted", "words"),
    [
        (QuestionTokens(7, 12, is_exact=True), False, ["7 tokens", "12 tokens"]),
        (QuestionTokens(7, 12, is_exact=False), False, ["about 7 tokens", "about 12 tokens"]),
        (None, True, ["being counted…", "being counted…"]),
        (None, False, ["unknown", "unknown"]),
    ],
)
def test_a_question_tells_its_tokens(tokens: QuestionTokens | None, is_being_counted: bool, words: list[str]) -> None:
    details = question_details(QUESTION, tokens, is_being_counted=is_being_counted)

    assert list(told(details)["Tokens"].values()) == words
    assert told(details)["Message"] == {"When": moment_text(MOMENT), "Text": "3 words", "notes.txt": "3 words"}


def test_everything_is_written_as_plain_text() -> None:
    lines = as_text(answer_details(ANSWER), "Memory\nInstructions: 200 tokens").splitlines()

    assert lines[:5] == ["Details of the answer", "", "Memory", "Instructions: 200 tokens", ""]
    assert lines[-1] == "Together: 10.9 s"
