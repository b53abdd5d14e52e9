"""Requests and streams of the OpenAI protocol as values.

Servers differ in what they leave out: the figures, the finish reason, even the closing `[DONE]`. Whatever is missing
stays unknown here. llama-server's additions (`prompt_progress`, `timings`) are read where they come. Errors come in
four ways: as a field of a message, as a message of their own kind, as an event "error", as a document without an event.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from phidesk.core.answers import FinishReason, Usage
from phidesk.core.conversation import Role
from phidesk.core.tools import ToolFormat, ToolUse
from phidesk.engine.answer_stream import Chunk, NotTheProtocol
from phidesk.engine.call_schema import answer_schema
from phidesk.engine.control_tokens import without_control_tokens
from phidesk.engine.native_tools import Message, native_definitions, openai_uses, read_pieces
from phidesk.engine.protocol import AnswerRequest, PromptMessage, Reading
from phidesk.engine.told_tools import told_results, with_told_tools

_ROLES = {Role.PERSON: "user", Role.MODEL: "assistant"}
_FINISH_REASONS = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
    "max_tokens": FinishReason.LENGTH,
    "abort": FinishReason.ENDED_EARLY,
    "error": FinishReason.ENDED_EARLY,
}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


ReadChunk = Callable[[dict[str, Any]], Chunk]
WriteUses = Callable[[str, Iterable[ToolUse], int], list[Message]]
"""Writes a turn with its calls and results; the number is how many calls were before."""


def chat_body(request: AnswerRequest, *, is_llama: bool = False) -> dict[str, Any]:
    """Return the body for `/v1/chat/completions`. An unfinished last message is gone on with.

    llama.cpp (`is_llama`) forces no call for `tool_choice`, but obeys a schema beside the tools.
    """
    messages = chat_messages(request)
    body: dict[str, Any] = {
        "model": request.model.name,
        "messages": messages,
        "stream": True,
        "stream_options": {"include_usage": True},
        **sampling(request),
    }
    if request.native_tools:
        body["tools"] = native_definitions(request.native_tools)
    if request.native_tools and request.must_call and not is_llama:
        body["tool_choice"] = "required"
    elif (schema := answer_schema(request)) is not None:
        body["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    if request.is_unfinished:
        # llama-server does so by itself; vLLM must be told, and both want the two fields together.
        body |= {"add_generation_prompt": False, "continue_final_message": True}
    return body


def chat_messages(request: AnswerRequest, write_uses: WriteUses = openai_uses) -> list[Message]:
    """Return instructions and messages as roles and contents, and past uses of tools, free of control tokens."""
    messages: list[Message] = [_said("system", request.instructions)] if request.instructions else []
    use_count = 0
    for message in request.messages:
        if not message.tool_uses:
            messages.append(_said(_ROLES[message.role], message.text))
        elif request.model.tool_format is ToolFormat.NATIVE:
            messages += write_uses(message.text, message.tool_uses, use_count)
        else:
            _tell_results(messages, message)
        use_count += len(message.tool_uses)
    if request.told_tools and not request.native_tools:
        last = next(message for message in reversed(messages) if message["role"] == "user")
        last["content"] = without_control_tokens(with_told_tools(last["content"], request.told_tools))
    return messages


def sampling(request: AnswerRequest) -> dict[str, Any]:
    """Return the fields that choose the words: only what was asked for, so that the model's defaults stay."""
    chosen: dict[str, Any] = {"temperature": request.temperature, "seed": request.seed, "top_p": request.top_p}
    chosen["stop"] = list(request.stop_strings) or None
    return _without_none(chosen)


def llama_sampling(request: AnswerRequest) -> dict[str, Any]:
    """Return what llama.cpp, and with it Ollama, knows beyond `sampling`. Other servers may refuse it."""
    return _without_none(
        {"top_k": request.top_k, "min_p": request.min_p, "repeat_penalty": request.repeat_penalty},
    )


def read_stream(lines: Iterable[bytes], read_chunk: ReadChunk) -> Iterator[Chunk]:
    """Give the chunks of an event stream until `[DONE]` or its end. A line that was cut off counts as not sent.

    Raises:
        NotTheProtocol: a line that is neither an event nor a comment.
    """
    event = b""
    has_finish = False
    for line in lines:
        name, colon, value = line.removeprefix(_BYTE_ORDER_MARK).partition(b":")
        if line.lstrip()[:1] in (b"{", b"<"):
            yield _read_document(line)
            has_finish = True
        elif name == b"event":
            event = value.strip()
        elif colon and name in (b"data", b"error") and line.endswith(b"\n"):
            if value.strip() == b"[DONE]":
                if not has_finish:
                    yield Chunk(finish=FinishReason.STOP)
                return
            chunk = _read_message(value.strip(), read_chunk, is_error=b"error" in (event, name))
            has_finish = has_finish or chunk.finish is not None
            yield chunk
        elif not line.strip():
            event = b""


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
        call_pieces=read_pieces(delta.get("tool_calls") or ()),
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


def _read_message(data: bytes, read_chunk: ReadChunk, *, is_error: bool) -> Chunk:
    try:
        message = json.loads(data)
        return _failure(message, is_error=is_error) or read_chunk(message)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotTheProtocol(data[:200].decode("utf-8", "replace")) from error


def _tell_results(messages: list[Message], turn: PromptMessage) -> None:
    """Add a turn with uses of tools for a model that knows none: behind the question, or behind what it said first."""
    results = _said("user", told_results(turn.tool_uses))
    if turn.text:
        messages += [_said("assistant", turn.text), results]
    elif messages and messages[-1]["role"] == "user":
        messages[-1]["content"] += f"\n\n{results['content']}"
    else:
        messages.append(results)


def _said(role: str, text: str) -> Message:
    return {"role": role, "content": without_control_tokens(text)}


def _without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _read_document(line: bytes) -> Chunk:
    """Read what came instead of a stream: an error, or the whole answer of a server that does not stream."""
    try:
        document = json.loads(line)
        if failure := _failure(document, is_error=False):
            return failure
        (choice,) = document["choices"]
        return read_chat_chunk(
            {**document, "choices": [{"finish_reason": "stop", **choice, "delta": choice["message"]}]}
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotTheProtocol(line[:200].decode("utf-8", "replace")) from error


def _failure(message: Any, *, is_error: bool) -> Chunk | None:
    error = message.get("error")
    if not error and (is_error or message.get("object") == "error"):
        error = message
    if not error:
        return None
    return Chunk(error=error if isinstance(error, dict) else {"message": str(error)})


def _read_usage(usage: dict[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    return Usage(usage.get("prompt_tokens"), usage.get("completion_tokens"), details.get("cached_tokens"))
