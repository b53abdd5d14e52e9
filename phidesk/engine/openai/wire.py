"""Requests and streams of the OpenAI protocol as values.

Servers differ in what they leave out: the figures, the finish reason, even the closing `[DONE]`. Whatever is missing
stays unknown here. llama-server's additions (`prompt_progress`, `timings`) are read where they come.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from phidesk.core.answers import FinishReason, Usage
from phidesk.core.conversation import Role
from phidesk.engine.answer_stream import Chunk, NotTheProtocol
from phidesk.engine.control_tokens import without_control_tokens
from phidesk.engine.protocol import AnswerRequest, Reading

_ROLES = {Role.PERSON: "user", Role.MODEL: "assistant"}
_FINISH_REASONS = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
}


ReadChunk = Callable[[dict[str, Any]], Chunk]


def chat_body(request: AnswerRequest) -> dict[str, Any]:
    """Return the body for `/v1/chat/completions`. An unfinished last message is gone on with."""
    messages = chat_messages(request)
    body: dict[str, Any] = {
        "model": request.model.name,
        "messages": messages,
        "stream": True,
        "stream_options": {"include_usage": True},
        **sampling(request),
    }
    if request.messages and request.messages[-1].role is Role.MODEL:
        # llama-server does so by itself; vLLM must be told, and both want the two fields together.
        body |= {"add_generation_prompt": False, "continue_final_message": True}
    return body


def chat_messages(request: AnswerRequest) -> list[dict[str, str]]:
    """Return instructions and messages as roles and contents, free of control tokens."""
    spoken = [(_ROLES[message.role], message.text) for message in request.messages]
    if request.instructions:
        spoken.insert(0, ("system", request.instructions))
    return [{"role": role, "content": without_control_tokens(text)} for role, text in spoken]


def sampling(request: AnswerRequest) -> dict[str, Any]:
    """Return the fields that choose the words: only what was asked for, so that the model's defaults stay."""
    chosen = {"temperature": request.temperature, "seed": request.seed}
    return {name: value for name, value in chosen.items() if value is not None}


def read_stream(lines: Iterable[bytes], read_chunk: ReadChunk) -> Iterator[Chunk]:
    """Give the chunks of an event stream until `[DONE]` or its end. A line that was cut off counts as not sent.

    Raises:
        NotTheProtocol: a line that is neither an event nor a comment.
    """
    for line in lines:
        if not line.startswith(b"data:") or not line.endswith(b"\n"):
            if line[:1] in (b"{", b"<"):
                raise NotTheProtocol(line[:200].decode("utf-8", "replace"))
            continue
        data = line[5:].strip()
        if data == b"[DONE]":
            return
        try:
            message = json.loads(data)
            yield _failure(message) or read_chunk(message)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise NotTheProtocol(data[:200].decode("utf-8", "replace")) from error


def read_chat_chunk(message: dict[str, Any]) -> Chunk:
    """Read one message of `/v1/chat/completions`."""
    choice: dict[str, Any] = (message.get("choices") or [{}])[0]
    delta = choice.get("delta") or {}
    finish = choice.get("finish_reason")
    usage = message.get("usage")
    timings = message.get("timings") or {}
    progress = message.get("prompt_progress")
    return Chunk(
        text=delta.get("content") or "",
        thinking=delta.get("reasoning_content") or delta.get("reasoning") or "",
        reading=Reading(progress["processed"], progress["total"]) if progress else None,
        finish=_FINISH_REASONS.get(finish, FinishReason.STOP) if finish else None,
        usage=_read_usage(usage) if usage else None,
        reading_ms=timings.get("prompt_ms"),
        writing_ms=timings.get("predicted_ms"),
    )


def read_completion_chunk(message: dict[str, Any]) -> Chunk:
    """Read one message of llama-server's own `/completion`."""
    progress = message.get("prompt_progress")
    if not message.get("stop"):
        reading = Reading(progress["processed"], progress["total"]) if progress else None
        return Chunk(text=message["content"], reading=reading)
    timings = message.get("timings") or {}
    usage = Usage(message.get("tokens_evaluated"), message.get("tokens_predicted"), timings.get("cache_n"))
    finish = FinishReason.LENGTH if message.get("stop_type") == "limit" else FinishReason.STOP
    return Chunk(
        text=message["content"],
        finish=finish,
        usage=usage,
        reading_ms=timings.get("prompt_ms"),
        writing_ms=timings.get("predicted_ms"),
    )


def _failure(message: dict[str, Any]) -> Chunk | None:
    error = message.get("error")
    if not error:
        return None
    return Chunk(error=error if isinstance(error, dict) else {"message": str(error)})


def _read_usage(usage: dict[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    return Usage(usage.get("prompt_tokens"), usage.get("completion_tokens"), details.get("cached_tokens"))
