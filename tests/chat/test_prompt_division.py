"""What a prompt is made of, counted by engines that really count."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from phidesk.chat.prompt_division import divide_request, with_pieces
from phidesk.core.answers import ROUGH_PIECES, AnswerOutcome, FinishReason, Usage
from phidesk.core.breakdown import Breakdown
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Role
from phidesk.core.parts import FilePart, TextPart
from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.core.tools import ToolCall, ToolResult
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.protocol import AnswerRequest
from tests.chat.whole_requests import whole_request
from tests.real_engines import builtin_engine, practice_folder, scripted_folder

__all__ = ["builtin_engine", "practice_folder", "scripted_folder"]

NOW = datetime(2026, 11, 25, tzinfo=UTC)
FILE = FilePart("notes.txt", "text/plain", "Bring bread, milk and cheese. " * 5)
USED = AnswerOutcome(FinishReason.STOP, Usage(40, 5))
LEAST_BEGINNING, MOST_BEGINNING = 15, 30
"""The practice model's template says who it is, in about twenty tokens, where there are no instructions."""


def talk(*messages: Message, instructions: str = "") -> Conversation:
    settings = ConversationSettings(instructions, window_tokens=2048)
    return Conversation("c", "", NOW, NOW, settings, messages)


def says(number: int, role: Role, text: str = "", *, file: FilePart | None = None, is_summary: bool = False) -> Message:
    parts = (*((file,) if file else ()), *((TextPart(text),) if text else ()))
    parent = f"m{number - 1}" if number else None
    moment = NOW + timedelta(seconds=number)
    outcome = USED if role is Role.MODEL and text else None
    return Message(f"m{number}", "c", parent, role, parts, moment, outcome=outcome, is_summary=is_summary)


def request_of(conversation: Conversation, engine: BuiltinEngine) -> AnswerRequest:
    model = next(model for model in engine.models() if f"{model.name}.gguf" == PRACTICE_MODEL_FILE)
    return whole_request(conversation, model)


def divide(conversation: Conversation, engine: BuiltinEngine) -> Breakdown:
    request = request_of(conversation, engine)
    whole = engine.count(request)
    assert whole.is_exact
    pieces = divide_request(conversation, request, engine, prompt_tokens=whole.tokens)
    assert pieces.total_tokens == whole.tokens
    return pieces


def test_what_the_template_says_by_itself_counts_as_instructions(builtin_engine: BuiltinEngine) -> None:
    short = divide(talk(says(0, Role.PERSON, "Hi"), says(1, Role.MODEL)), builtin_engine)
    longer = divide(talk(says(0, Role.PERSON, "Hi there you"), says(1, Role.MODEL)), builtin_engine)

    assert LEAST_BEGINNING <= short.instructions <= MOST_BEGINNING
    assert longer.instructions == short.instructions
    assert longer.message == short.message + 2


def test_the_question_takes_the_same_with_instructions_and_without(builtin_engine: BuiltinEngine) -> None:
    messages = says(0, Role.PERSON, "Hi"), says(1, Role.MODEL)

    without, with_some = (
        divide(talk(*messages), builtin_engine),
        divide(talk(*messages, instructions="No."), builtin_engine),
    )

    assert with_some.message == without.message
    assert 0 < with_some.instructions < without.instructions


def test_each_piece_is_apart(builtin_engine: BuiltinEngine) -> None:
    conversation = talk(
        says(0, Role.PERSON, "What shall I buy?"),
        says(1, Role.MODEL, "Bread."),
        says(2, Role.MODEL, "They spoke about bread and nothing else.", is_summary=True),
        says(3, Role.PERSON, "And now?"),
        says(4, Role.MODEL, "Milk."),
        says(5, Role.PERSON, "What about this?", file=FILE),
        says(6, Role.MODEL, "Cheese"),
        instructions="Be brief.",
    )

    pieces = divide(conversation, builtin_engine)

    assert min(pieces.instructions, pieces.summary, pieces.earlier, pieces.message, pieces.answer) > 0
    assert pieces.documents > pieces.message
    without_file = replace(conversation.messages[5], parts=(TextPart("What about this?"),))
    bare = replace(conversation, messages=(*conversation.messages[:5], without_file, conversation.messages[6]))
    assert divide(bare, builtin_engine) == replace(pieces, documents=0)
    assert divide(
        replace(conversation, messages=(*conversation.messages[:6], says(6, Role.MODEL))), builtin_engine
    ) == (replace(pieces, answer=0))


def test_tools_that_the_answer_used_are_of_the_answer(builtin_engine: BuiltinEngine) -> None:
    used = (ToolCall("calculate", '{"what": "2 + 2"}'), ToolResult("4"))
    begun = says(1, Role.MODEL)
    bare = talk(says(0, Role.PERSON, "How much is it?"), begun)
    conversation = talk(says(0, Role.PERSON, "How much is it?"), replace(begun, parts=used))

    pieces = divide(conversation, builtin_engine)

    assert pieces.answer > 0
    assert replace(pieces, answer=0) == divide(bare, builtin_engine)


def test_variables_in_instructions_are_no_summary(builtin_engine: BuiltinEngine) -> None:
    conversation = talk(says(0, Role.PERSON, "Hi"), says(1, Role.MODEL), instructions="Today is {date}.")

    pieces = divide(conversation, builtin_engine)

    assert pieces.summary == 0
    assert pieces.instructions > 0


def test_an_answer_keeps_the_pieces_of_the_prompt_as_the_engine_counted_it(builtin_engine: BuiltinEngine) -> None:
    conversation = talk(says(0, Role.PERSON, "Hi"), says(1, Role.MODEL))
    request = request_of(conversation, builtin_engine)

    outcome = with_pieces(AnswerOutcome(FinishReason.STOP, Usage(77, 3)), conversation, request, builtin_engine)

    assert outcome.pieces is not None
    assert outcome.pieces.total_tokens == 77
    assert ROUGH_PIECES not in outcome.facts


@pytest.mark.parametrize(("usage", "is_kept"), [(Usage(), False), (Usage(77), True)])
def test_what_the_engine_did_not_take_has_no_pieces(builtin_engine: BuiltinEngine, usage: Usage, is_kept: bool) -> None:
    conversation = talk(says(0, Role.PERSON, "Hi"), says(1, Role.MODEL))
    failed = AnswerOutcome(FinishReason.ERROR, usage, error="EngineDied")

    outcome = with_pieces(failed, conversation, request_of(conversation, builtin_engine), builtin_engine)

    assert (outcome.pieces is not None) is is_kept
