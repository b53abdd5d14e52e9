"""Ask an engine and follow the answer to its end, whatever the end is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from phidesk.chat.engine_choice import EngineChoice, find_loaded
from phidesk.core.answers import ASKED_WINDOW, CHANGED_WINDOW, ROUGH_COUNT, AnswerOutcome, FinishReason
from phidesk.core.errors import PhiDeskError
from phidesk.core.model_info import LoadedModel
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.protocol import AnswerEvent, AnswerRequest, Finished


def follow_answer(
    choice: EngineChoice, request: AnswerRequest, cancel: Cancellation, receive: Callable[[AnswerEvent], None]
) -> AnswerOutcome:
    """Stream one answer into `receive` and return how it ended, with the engine's own figures.

    Errors of the engine become part of the outcome: the text received so far stays. Errors of `receive` pass.
    A stopped answer returns at once and asks the engine nothing more, so its figures are unknown.
    """
    finished = Finished(FinishReason.ENDED_EARLY)
    try:
        for event in choice.engine.answer(request, cancel):
            if isinstance(event, Finished):
                finished = event
            receive(event)
    except Cancelled:
        return AnswerOutcome(FinishReason.STOPPED)
    except PhiDeskError as error:
        return failure(error)
    outcome = AnswerOutcome(
        finished.reason,
        usage=finished.usage,
        timings=finished.timings,
        window_tokens=finished.window_tokens,
        facts=(ROUGH_COUNT,) if finished.usage.is_estimated else (),
    )
    return _with_asked_window(_with_memory(outcome, choice, request, cancel), request)


def failure(error: PhiDeskError) -> AnswerOutcome:
    """Turn an error into the outcome that is stored and shown."""
    return AnswerOutcome(FinishReason.ERROR, error=type(error).__name__, facts=tuple(error.facts().items()))


def _with_memory(
    outcome: AnswerOutcome, choice: EngineChoice, request: AnswerRequest, cancel: Cancellation
) -> AnswerOutcome:
    """Add what the engine allocated. An engine that cannot tell now, or before a stop, leaves the figures unknown."""
    try:
        loaded = find_loaded(choice, cancel)
    except (PhiDeskError, Cancelled):
        return outcome
    if loaded is None:
        return outcome
    if outcome.window_tokens is None and _is_for_another(loaded, request):
        return replace(outcome, facts=(*outcome.facts, (CHANGED_WINDOW, loaded.window_tokens)))
    return replace(
        outcome,
        window_tokens=loaded.window_tokens or outcome.window_tokens,
        gpu_bytes=loaded.gpu_bytes,
        total_bytes=loaded.size_bytes,
    )


def _with_asked_window(outcome: AnswerOutcome, request: AnswerRequest) -> AnswerOutcome:
    """Note what was asked for where the engine allocated another window."""
    if outcome.window_tokens in {None, request.window_tokens}:
        return outcome
    return replace(outcome, facts=(*outcome.facts, (ASKED_WINDOW, request.window_tokens)))


def _is_for_another(loaded: LoadedModel, request: AnswerRequest) -> bool:
    """Whether the model was loaded anew since the answer ended: another program, or conversation, wants another window.

    An engine that does not tell an answer's window (Ollama) allocates what it is asked for, at most the trained one.
    """
    trained = request.model.trained_window_tokens
    if trained is None or loaded.window_tokens is None:
        return False
    return loaded.window_tokens != min(request.window_tokens, trained)
