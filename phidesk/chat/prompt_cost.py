"""What instructions take of the window with every question."""

from __future__ import annotations

from dataclasses import replace

from phidesk.chat.engine_choice import EngineDirectory
from phidesk.core.conversation import MINIMUM_WINDOW_TOKENS
from phidesk.core.model_info import ModelInfo
from phidesk.engine.counting import estimate_tokens
from phidesk.engine.protocol import AnswerRequest, TokenCount


def instructions_cost(text: str, directory: EngineDirectory, model: ModelInfo | None) -> TokenCount:
    """Count what this text adds to a prompt of the model; about, while nobody would answer. Blocks.

    Raises:
        PhiDeskError: the engine has no such model any more.
    """
    if model is None:
        return TokenCount(estimate_tokens(text), is_exact=False)
    engine = directory.engine(model.engine)
    request = AnswerRequest(model, messages=(), instructions=text, window_tokens=MINIMUM_WINDOW_TOKENS)
    count = engine.count(request)
    return TokenCount(count.tokens - engine.count(replace(request, instructions="")).tokens, count.is_exact)
