"""Instructions as they are sent: with values in place of variables, the same from turn to turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from phidesk.chat.request import build_request, instructions_of, prompt_messages
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Role
from phidesk.core.model_info import ModelInfo
from phidesk.core.parts import TextPart
from phidesk.core.prompts import date_words
from phidesk.core.tools import ToolCall, ToolOutcome, ToolResult
from phidesk.engine.protocol import PromptMessage

BEGUN = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def conversation(text: str, **values: str) -> Conversation:
    settings = ConversationSettings(text, variables=tuple(values.items()))
    return Conversation("id", "", BEGUN, BEGUN, settings)


def test_variables_have_the_values_of_the_conversation() -> None:
    begun = conversation("Call me {name}. {topic}? Keep {other} and {{name}}.", name="Ada", topic="Bees {name}")

    request = build_request(begun, ModelInfo("phi4-mini", "ollama"), computer_memory_bytes=16 * 1024**3)

    assert request.instructions == "Call me Ada. Bees {name}? Keep {other} and {name}."


def test_the_date_is_that_of_the_beginning_for_ever() -> None:
    begun = conversation("It is {date}.")

    later = replace(begun, updated_at=BEGUN + timedelta(days=3))

    assert instructions_of(begun) == f"It is {date_words(BEGUN.astimezone().date())}."
    assert instructions_of(later) == instructions_of(begun)


def test_of_a_call_that_nobody_could_read_nothing_is_sent() -> None:
    broken = (ToolCall("", '{"name": "calc'), ToolResult("", ToolOutcome.FAILED))
    unread = Message("answer", "id", None, Role.MODEL, broken, BEGUN)
    answered = replace(unread, parts=(*broken, TextPart("It is 36.")))

    assert prompt_messages(unread) == ()
    assert prompt_messages(answered) == (PromptMessage(Role.MODEL, "It is 36."),)
