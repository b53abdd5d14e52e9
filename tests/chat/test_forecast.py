"""What a question will take of the window that the engine really allocated."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from phidesk.chat.forecast import forecast_prompt
from phidesk.core.answers import ASKED_WINDOW, AnswerOutcome, FinishReason, Usage
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Role
from phidesk.core.drafts import Draft
from phidesk.core.parts import TextPart
from phidesk.engine.ollama.client import OllamaEngine

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ASKED, GIVEN = 4096, 1024


@pytest.mark.parametrize(("window_tokens", "told"), [(ASKED, GIVEN), (2048, 2048)], ids=["same", "other"])
def test_the_window_that_the_engine_gave_is_told(engine: OllamaEngine, window_tokens: int, told: int) -> None:
    model = engine.models()[0]
    outcome = AnswerOutcome(FinishReason.STOP, Usage(20, 5), window_tokens=GIVEN, facts=((ASKED_WINDOW, ASKED),))
    question = Message("q", "c", None, Role.PERSON, (TextPart("Hi"),), NOW)
    answer = Message(
        "a", "c", "q", Role.MODEL, (TextPart("Hello"),), NOW, engine=engine.name, model=model.name, outcome=outcome
    )
    conversation = Conversation(
        "c", "", NOW, NOW, ConversationSettings(window_tokens=window_tokens), (question, answer)
    )

    forecast = forecast_prompt(conversation, Draft("And you?"), engine=engine, model=model, computer_memory_bytes=2**35)

    assert forecast.breakdown is not None
    assert forecast.window_tokens == forecast.breakdown.window_tokens == told
