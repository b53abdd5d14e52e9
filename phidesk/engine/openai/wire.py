"""Requests and streams of the OpenAI protocol as values.

Servers differ in what they leave out: the figures, the finish reason, even the closing `[DONE]`. Whatever is missing
stays unknown here. llama-server's additions (`prompt_progress`, `timings`) are read where they come.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from phidesk.core.answers import FinishReason, Timings, Usage
from phidesk.core.conversation import Role
from phidesk.engine.protocol import AnswerEvent, AnswerRequest, Finished, Reading, TextDelta, ThinkingDelta

_ROLES = {Role.PERSON: "user", Role.MODEL: "assistant"}
_FINISH_REASONS = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
}


@dataclass(frozen=True)
class Chunk:
    """One message of a stream: what came with it. `error` is the error object that some servers send instead."""

    text: str = ""
    thinking: str = ""
    reading: Reading | None = None
    finish: FinishReason | None = None
    usage: Usage | None = None
    reading_ms: float | None = None
    writing_ms: float | None = None
    error: dict[str, Any] | None = None


ReadChunk = Callable[[dict[str, Any]], Chunk]


class NotTheProtocol(ValueError):
    """The stream holds something that is not a message of it."""


def chat_body(request: AnswerRequest) -> dict[str, Any]:
    """Return the body for `/v1/chat/completions`. An unfinished last message is gone on with."""
    messages = [{"role": _ROLES[message.role], "content": message.text} for message in request.messages]
    if request.instructions:
        messages.insert(0, {"role": "system", "content": request.instructions})
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


class AnswerInTheMaking:
    """Turns chunks into events and keeps the figures for the last one.

    `clock` gives seconds; `started` is its value at the moment of sending.
    """

    def __init__(self, clock: Callable[[], float], started: float) -> None:
        self._clock = clock
        self._started = started
        self._first_token_ms: float | None = None
        self._reading_ms: float | None = None
        self._writing_ms: float | None = None
        self._finish: FinishReason | None = None
        self._usage = Usage()

    def follow(self, chunks: Iterable[Chunk]) -> Iterator[AnswerEvent]:
        """Give the events of the chunks, without the last one."""
        for chunk in chunks:
            if chunk.reading is not None:
                yield chunk.reading
            if chunk.text or chunk.thinking:
                if self._first_token_ms is None:
                    self._first_token_ms = self._passed_ms()
                if chunk.thinking:
                    yield ThinkingDelta(chunk.thinking)
                if chunk.text:
                    yield TextDelta(chunk.text)
            self._keep_figures(chunk)

    def finished(self, *, window_tokens: int | None, load_ms: float | None = None) -> Finished:
        """Return the last event: `ENDED_EARLY` if the engine's last word did not come."""
        reason = self._finish or FinishReason.ENDED_EARLY
        consumed = self._usage.consumed_tokens
        if reason is FinishReason.LENGTH and window_tokens and consumed is not None and consumed >= window_tokens - 1:
            reason = FinishReason.WINDOW_FULL
        timings = Timings(
            load_ms=load_ms,
            reading_ms=self._reading_ms,
            writing_ms=self._writing_ms,
            first_token_ms=self._first_token_ms,
            total_ms=self._passed_ms(),
        )
        return Finished(reason, self._usage, timings, window_tokens)

    def _keep_figures(self, chunk: Chunk) -> None:
        self._finish = chunk.finish or self._finish
        self._usage = chunk.usage or self._usage
        if chunk.reading_ms is not None:
            self._reading_ms = chunk.reading_ms
        if chunk.writing_ms is not None:
            self._writing_ms = chunk.writing_ms

    def _passed_ms(self) -> float:
        return (self._clock() - self._started) * 1000


def _failure(message: dict[str, Any]) -> Chunk | None:
    error = message.get("error")
    if not error:
        return None
    return Chunk(error=error if isinstance(error, dict) else {"message": str(error)})


def _read_usage(usage: dict[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    return Usage(usage.get("prompt_tokens"), usage.get("completion_tokens"), details.get("cached_tokens"))
