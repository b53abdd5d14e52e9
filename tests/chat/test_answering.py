"""An answer followed to its end."""

from __future__ import annotations

import math

from phidesk.chat.answering import follow_answer
from phidesk.chat.engine_choice import EngineChoice
from phidesk.core.answers import FinishReason
from phidesk.core.conversation import Role
from phidesk.core.tasks import Cancellation
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.protocol import AnswerEvent, AnswerRequest, Finished, PromptMessage
from tests.fakes.ollama_daemon import OllamaDaemon

WINDOW_TOKENS = 2048


def test_memory_that_another_program_changed_since_is_not_taken_for_ours(engine: OllamaEngine) -> None:
    choice = EngineChoice(engine, engine.models()[0])
    request = AnswerRequest(choice.model, (PromptMessage(Role.PERSON, "Hi"),), window_tokens=WINDOW_TOKENS)

    def load_with_another_window_at_the_end(event: AnswerEvent) -> None:
        if isinstance(event, Finished):
            engine.load(choice.model, 2 * WINDOW_TOKENS)

    undisturbed = follow_answer(choice, request, Cancellation(), lambda _: None)
    disturbed = follow_answer(choice, request, Cancellation(), load_with_another_window_at_the_end)

    assert undisturbed.window_tokens == WINDOW_TOKENS
    assert undisturbed.total_bytes is not None
    assert disturbed.finish is FinishReason.STOP
    assert disturbed.window_tokens is None
    assert disturbed.total_bytes is None
    assert undisturbed.gauge.changed_window_tokens is None
    assert disturbed.gauge.changed_window_tokens == 2 * WINDOW_TOKENS


def test_an_engine_that_gives_another_window_than_asked_for_is_noted(engine: OllamaEngine) -> None:
    choice = EngineChoice(engine, engine.models()[0])
    trained = choice.model.trained_window_tokens
    assert trained is not None
    request = AnswerRequest(choice.model, (PromptMessage(Role.PERSON, "Hi"),), window_tokens=2 * trained)

    outcome = follow_answer(choice, request, Cancellation(), lambda _: None)

    assert (outcome.gauge.window_tokens, outcome.gauge.asked_window_tokens) == (trained, 2 * trained)


def test_a_stop_after_the_last_word_asks_for_memory_no_longer(engine: OllamaEngine, daemon: OllamaDaemon) -> None:
    daemon.ps_delay_s = math.inf
    choice = EngineChoice(engine, engine.models()[0])
    request = AnswerRequest(choice.model, (PromptMessage(Role.PERSON, "Hi"),), window_tokens=WINDOW_TOKENS)
    cancel = Cancellation()

    def stop_at_the_end(event: AnswerEvent) -> None:
        if isinstance(event, Finished):
            cancel.cancel()

    outcome = follow_answer(choice, request, cancel, stop_at_the_end)

    assert outcome.finish is FinishReason.STOP
    assert outcome.usage.answer_tokens
    assert outcome.total_bytes is None
    assert "/api/ps" not in [request.path for request in daemon.requests]
