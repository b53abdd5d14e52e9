"""Requests for answers and their streams, as values. Daemons leave out whatever is zero or newer than they are.

Every request carries `truncate:false` and `shift:false`, so that nothing is cut from a conversation in silence, and the
same `num_ctx`: another `num_ctx` or `shift` than the last request's, be it from a preload, would load the model anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from phidesk.core.answers import FinishReason, Usage
from phidesk.core.model_info import ModelInfo
from phidesk.engine.answer_stream import Chunk, NotTheProtocol
from phidesk.engine.call_schema import answer_schema
from phidesk.engine.native_tools import native_definitions, ollama_uses, read_pieces
from phidesk.engine.openai.wire import chat_messages, llama_sampling, sampling
from phidesk.engine.phi4_mini import render_prompt
from phidesk.engine.protocol import AnswerRequest

GENERATE, CHAT = "/api/generate", "/api/chat"
NS_PER_MS = 1_000_000
REPEAT_GUARD = "token repeat limit reached"
"""How newer daemons name what older ones do in silence: stop a model that repeats one token for ever."""

_FINISH_REASONS = {"stop": FinishReason.STOP, "length": FinishReason.LENGTH}


def answer_question(request: AnswerRequest, keep_ready_s: int | None = None) -> tuple[str, dict[str, Any]]:
    """Return path and body: phi4-mini gets the prompt that we render, others their own template.

    `keep_ready_s` is how long the model stays in memory afterwards: -1 for ever, None as the daemon decides.

    A last message of the model is gone on with by both, as far as the model's template allows.
    """
    options = {
        "num_ctx": _possible_window(request.model, request.window_tokens),
        "num_predict": request.most_answer_tokens,
        **sampling(request),
        **llama_sampling(request),
    }
    fields: dict[str, Any] = {"stream": True}
    if (schema := answer_schema(request)) is not None:
        fields["format"] = schema
    if request.model.is_phi4_mini:
        fields |= {"prompt": render_prompt(request), "raw": True}
        return GENERATE, _body(request.model, options, keep_ready_s, **fields)
    fields["messages"] = chat_messages(request, ollama_uses)
    if request.native_tools:
        fields["tools"] = native_definitions(request.native_tools)
    return CHAT, _body(request.model, options, keep_ready_s, **fields)


def load_question(model: ModelInfo, window_tokens: int, keep_ready_s: int | None = None) -> tuple[str, dict[str, Any]]:
    """Return path and body of a request that loads the model exactly as an answer's would, and asks nothing."""
    options = {"num_ctx": _possible_window(model, window_tokens)}
    return GENERATE, _body(model, options, keep_ready_s, prompt="", stream=False)


def read_stream(lines: Iterable[bytes]) -> Iterator[Chunk]:
    """Give the chunks until the daemon's last word or the end. A line that was cut off counts as not sent.

    Raises:
        NotTheProtocol: a line that is not a JSON object.
    """
    for line in lines:
        if not line.strip():
            continue
        try:
            chunk = _read_chunk(json.loads(line))
        except (ValueError, TypeError, AttributeError) as error:
            if not line.endswith(b"\n") and line.startswith(b"{"):
                return
            raise NotTheProtocol(line[:200].decode("utf-8", "replace")) from error
        if chunk.error is not None and REPEAT_GUARD in str(chunk.error.get("error")):
            return
        yield chunk
        if chunk.finish is not None:
            return


def _body(model: ModelInfo, options: dict[str, Any], keep_ready_s: int | None, **fields: Any) -> dict[str, Any]:
    if keep_ready_s is not None:
        fields["keep_alive"] = keep_ready_s
    return {"model": model.name, **fields, "truncate": False, "shift": False, "options": options}


def _possible_window(model: ModelInfo, window_tokens: int) -> int:
    """Return the window to ask for: the daemon would cap a larger one to the trained length anyway."""
    return min(window_tokens, model.trained_window_tokens or window_tokens)


def _read_chunk(message: dict[str, Any]) -> Chunk:
    if message.get("error"):
        return Chunk(error=message)
    said = message.get("message") or {}
    text = said.get("content") or message.get("response") or ""
    thinking = said.get("thinking") or message.get("thinking") or ""
    # Its indexes begin anew in every chunk of some daemons; each call comes whole.
    pieces = tuple(replace(piece, index=None) for piece in read_pieces(said.get("tool_calls") or ()))
    if not message.get("done"):
        return Chunk(text, thinking, pieces)
    return Chunk(
        text=text,
        thinking=thinking,
        call_pieces=pieces,
        finish=_FINISH_REASONS.get(message.get("done_reason") or "stop", FinishReason.STOP),
        usage=Usage(message.get("prompt_eval_count"), message.get("eval_count")),
        load_ms=_milliseconds(message.get("load_duration")),
        reading_ms=_milliseconds(message.get("prompt_eval_duration")),
        writing_ms=_milliseconds(message.get("eval_duration")),
    )


def _milliseconds(duration_ns: int | None) -> float | None:
    return duration_ns / NS_PER_MS if duration_ns is not None else None
