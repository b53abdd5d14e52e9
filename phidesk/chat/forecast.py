"""What the next prompt will take of the window, counted while it is typed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from phidesk.chat.prompt_plan import PromptPlanner
from phidesk.chat.request import build_request
from phidesk.core.conversation import Conversation, Message, Role
from phidesk.core.drafts import Draft
from phidesk.core.errors import WindowExceeded
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.engine.protocol import Engine


@dataclass(frozen=True)
class PromptForecast:
    """Tokens of the prompt, and of the window that is asked for. `excess_tokens` of them find no room."""

    prompt_tokens: int
    window_tokens: int
    is_exact: bool
    excess_tokens: int = 0


def forecast_prompt(
    conversation: Conversation,
    draft: Draft,
    *,
    engine: Engine,
    model: ModelInfo,
    computer_memory_bytes: int,
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
    request = build_request(asked, model, computer_memory_bytes=computer_memory_bytes)
    try:
        plan = PromptPlanner(asked, request, engine, cancel).plan()
    except WindowExceeded as excess:
        return PromptForecast(excess.prompt_tokens, excess.window_tokens, not excess.is_estimated, excess.excess_tokens)
    return PromptForecast(plan.count.tokens, request.window_tokens, plan.count.is_exact)
