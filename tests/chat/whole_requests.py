"""Requests with everything that was said, whether it fits or not."""

from __future__ import annotations

from dataclasses import replace

from phidesk.chat.request import build_request
from phidesk.chat.spoken_tail import SpokenTail
from phidesk.core.conversation import Conversation
from phidesk.core.model_info import ModelInfo
from phidesk.engine.protocol import AnswerRequest


def whole_request(conversation: Conversation, model: ModelInfo) -> AnswerRequest:
    """Build the request for the last answer of a conversation."""
    tail = SpokenTail(conversation)
    tail.grow()
    return replace(build_request(conversation, model, computer_memory_bytes=2**34), messages=tail.prompt(0))
