"""What a tool takes of the window with every question."""

from __future__ import annotations

import json

from phidesk.chat.engine_choice import EngineDirectory
from phidesk.core.conversation import MINIMUM_WINDOW_TOKENS
from phidesk.core.errors import PhiDeskError
from phidesk.core.model_info import ModelInfo
from phidesk.core.tools import ToolDefinition
from phidesk.engine.counting import estimate_tokens
from phidesk.engine.native_tools import native_definitions
from phidesk.engine.protocol import AnswerRequest, TokenCount


def tool_cost(tool: ToolDefinition, directory: EngineDirectory, model: ModelInfo | None) -> TokenCount:
    """Count what one tool adds to a prompt of the model; about, while nobody would answer or who does takes no tools.

    Blocks. Several tools together take a little less: what stands around them is there once.
    """
    about = TokenCount(estimate_tokens(json.dumps(native_definitions((tool,)), ensure_ascii=False)), is_exact=False)
    if model is None:
        return about
    with_tool = AnswerRequest(model, messages=(), instructions="", window_tokens=MINIMUM_WINDOW_TOKENS, tools=(tool,))
    if not with_tool.told_tools:
        return about
    without = AnswerRequest(model, messages=(), instructions="", window_tokens=MINIMUM_WINDOW_TOKENS)
    try:
        engine = directory.engine(model.engine)
        count = engine.count(with_tool)
        return TokenCount(count.tokens - engine.count(without).tokens, count.is_exact)
    except PhiDeskError:
        return about
