"""Whether an answer is full of facts that come from nowhere but the model."""

from __future__ import annotations

from phidesk.core.conversation import Conversation
from phidesk.core.tools import ToolResult


def states_facts(conversation: Conversation) -> bool:
    """Whether the last answer states facts while no file and no tool of the conversation could have told them."""
    from phidesk.tools.fact_risk import is_full_of_facts  # noqa: PLC0415 - its patterns take a while to be made

    has_source = any(
        message.files or any(isinstance(part, ToolResult) for part in message.parts)
        for message in conversation.messages
    )
    return not has_source and is_full_of_facts(conversation.messages[-1].text)
