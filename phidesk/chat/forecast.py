"""What the next prompt will take of the window, counted while it is typed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from phidesk.chat.document_search import find_passages
from phidesk.chat.prompt_division import divide_request
from phidesk.chat.prompt_plan import PromptPlanner
from phidesk.chat.request import build_request
from phidesk.core.breakdown import Breakdown, divide_window
from phidesk.core.context import prompt_room_tokens
from phidesk.core.conversation import Conversation, Message, Role
from phidesk.core.drafts import Draft
from phidesk.core.errors import WindowExceeded
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.core.tools import ToolDefinition
from phidesk.engine.protocol import Engine


@dataclass(frozen=True)
class PromptForecast:
    """Tokens of the prompt, and of the window; `excess_tokens` find no room.

    The window is the one that the engine allocated when it was last asked for this one; until then what is asked for.
    """

    prompt_tokens: int
    window_tokens: int
    is_exact: bool
    excess_tokens: int = 0
    breakdown: Breakdown | None = None
    """What takes the window; more than that where something finds no room. Nothing counts as a blank draft."""


def forecast_prompt(
    conversation: Conversation,
    draft: Draft,
    *,
    engine: Engine,
    model: ModelInfo,
    computer_memory_bytes: int,
    tools: tuple[ToolDefinition, ...] = (),
    cancel: Cancellation | None = None,
) -> PromptForecast:
    """Count what would be sent if this draft were the next question. A first count may take a second.

    Raises:
        PhiDeskError: the engine has no such model any more.
        Cancelled: `cancel` was used.
    """
    now = datetime.now(UTC)
    question = Message("next question", conversation.id, None, Role.PERSON, draft.parts, now)
    answer = Message("next answer", conversation.id, question.id, Role.MODEL, (), now)
    asked = replace(conversation, messages=(*conversation.messages, question, answer))
    request = build_request(asked, model, computer_memory_bytes=computer_memory_bytes, tools=tools)
    if not draft.is_blank:
        question = replace(question, parts=(*question.parts, *find_passages(asked, request, engine, cancel)))
        asked = replace(asked, messages=(*conversation.messages, question, answer))
    planner = PromptPlanner(asked, request, engine, cancel)
    try:
        plan = planner.plan()
    except WindowExceeded as excess:
        pieces = divide_request(asked, planner.refused, engine, cancel, prompt_tokens=excess.prompt_tokens)
        return _forecast_excess(excess, pieces, request.answer_limit_tokens, is_blank=draft.is_blank)
    breakdown = divide_window(
        divide_request(asked, plan.request, engine, cancel, prompt_tokens=plan.count.tokens),
        window_tokens=plan.window_tokens,
        answer_tokens=plan.window_tokens - prompt_room_tokens(plan.window_tokens, request.answer_limit_tokens),
    )
    if breakdown is not None and draft.is_blank:
        breakdown = replace(breakdown, message=0, free=breakdown.free + breakdown.message)
    return PromptForecast(plan.count.tokens, plan.window_tokens, plan.count.is_exact, breakdown=breakdown)


def _forecast_excess(
    excess: WindowExceeded, pieces: Breakdown, answer_limit_tokens: int | None, *, is_blank: bool
) -> PromptForecast:
    """Say what a prompt is made of that finds no room."""
    window_tokens = excess.window_tokens
    kept_tokens = window_tokens - prompt_room_tokens(window_tokens, answer_limit_tokens)
    unsaid_tokens = pieces.message if is_blank else 0
    excess_tokens = max(0, excess.excess_tokens - unsaid_tokens)
    pieces = replace(pieces, message=pieces.message - unsaid_tokens, answer=pieces.answer + kept_tokens)
    pieces = replace(pieces, free=max(0, window_tokens - pieces.total_tokens))
    return PromptForecast(excess.prompt_tokens, window_tokens, not excess.is_estimated, excess_tokens, pieces)
