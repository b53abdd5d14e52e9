"""The window that an engine really allocates for a conversation, which is not always the one that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phidesk.chat.engine_choice import EngineChoice, find_loaded
from phidesk.core.answers import AnswerOutcome
from phidesk.core.conversation import Message
from phidesk.core.errors import PhiDeskError
from phidesk.core.model_info import LoadedModel
from phidesk.core.tasks import Cancellation
from phidesk.engine.protocol import BUILTIN, OLLAMA, AnswerRequest


def allocated_window_tokens(path: Sequence[Message], request: AnswerRequest) -> int:
    """Return what the engine allocated when it was last asked for this window; until it was, what is asked for."""
    for outcome in _answers_of(path, request):
        if (outcome.gauge.asked_window_tokens or outcome.window_tokens) == request.window_tokens:
            return outcome.window_tokens or request.window_tokens
    return request.window_tokens


def replaced_window_tokens(
    path: Sequence[Message], request: AnswerRequest, choice: EngineChoice, cancel: Cancellation
) -> int | None:
    """Return the window of the loaded model where the next answer loads it anew, though this conversation did not ask.

    Another program or conversation asked for that window since the answer before. None where nothing changed, where it
    was this conversation that wanted another one, and for servers: they are not loaded for us.

    Raises:
        Cancelled: `cancel` was used.
    """
    if _before(path, request) is None:
        return None
    try:
        loaded = find_loaded(choice, cancel)
    except PhiDeskError:
        return None
    return other_window_tokens(path, request, loaded)


def other_window_tokens(path: Sequence[Message], request: AnswerRequest, loaded: LoadedModel | None) -> int | None:
    """Return the window of the loaded model where others than this conversation asked for it, as above."""
    before = _before(path, request)
    if before is None or loaded is None:
        return None
    known = {None, before.window_tokens, allocated_window_tokens(path, request)}
    return None if loaded.window_tokens in known else loaded.window_tokens


def _before(path: Sequence[Message], request: AnswerRequest) -> AnswerOutcome | None:
    """Return how the newest answer ended whose window was allocated for it; servers allocate theirs by themselves."""
    return next(_answers_of(path, request), None) if request.model.engine in (OLLAMA, BUILTIN) else None


def _answers_of(path: Sequence[Message], request: AnswerRequest) -> Iterator[AnswerOutcome]:
    """Yield how the answers of the request's model ended that say what was allocated, the newest first."""
    author = request.model.engine, request.model.name
    for message in reversed(path):
        if message.outcome is not None and message.outcome.window_tokens and (message.engine, message.model) == author:
            yield message.outcome
