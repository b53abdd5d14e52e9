"""Servers of the OpenAI protocol as they differ: real HTTP servers with a model that says the same scripts everywhere.

The model counts a token for each character of the prompt, says a greeting, or ticks for ever when it is asked FOREVER.
Where recordings exist (tests/data/openai), a test of this folder compares the dialect with them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.openai_server import EVENT_STREAM, Received, Reply, ScriptedServer, scripted_server, sse

MODEL = "scripted"
GREETING = ("Hello, ", "I am a scripted ", "model. 😀 ", "Grüße!")
TICK = "tick tock. "
FOREVER = "FOREVER"
KEY = "key-of-the-tests"


@dataclass(frozen=True)
class Dialect:
    """What one kind of server does otherwise. `strict` names the fields it knows; None: it ignores others."""

    name: str
    prefix: str = "/v1"
    window_tokens: int | None = None
    """Kept; told as `max_model_len` where it `tells_window`."""
    tells_window: bool = True
    """Whether the window is known beforehand, and by how much a prompt exceeds it afterwards."""
    strict: frozenset[str] | None = None
    refusal: dict[str, Any] = field(default_factory=lambda: {"detail": "Unexpected fields in the request: {name}"})
    refusal_status: int = 422
    usage: str = "wanted"
    """"wanted" (with `include_usage`), "always" (in the last chunk), "never"."""
    thinking: str = ""
    """The field of what is thought; empty: it does not think."""
    ends_with_done: bool = True
    says_finish: bool = True
    keep_alive: bytes = b""
    """Sent before every piece."""
    line_end: bytes = b"\n"
    streams: bool = True


BASIC = frozenset({"model", "messages", "stream", "temperature", "seed"})
VLLM = Dialect("vllm", window_tokens=2048, thinking="reasoning")
TRANSFORMERS = Dialect(
    "transformers", strict=BASIC | {"max_tokens", "stream_options"}, usage="always", ends_with_done=False
)
LM_STUDIO = Dialect("lm-studio", thinking="reasoning_content")
NEWER_OPENAI = Dialect(
    "newer-openai",
    strict=BASIC | {"max_completion_tokens", "stream_options"},
    refusal={
        "error": {"message": "Unsupported parameter: '{name}' is not supported with this model.", "param": "{name}"}
    },
    refusal_status=400,
)
STRICT_PROXY = Dialect(
    "strict-proxy",
    prefix="",
    strict=BASIC | {"max_tokens"},
    refusal={
        "detail": [{"type": "extra_forbidden", "loc": ["body", "{name}"], "msg": "Extra inputs are not permitted"}]
    },
    usage="never",
    keep_alive=b": keep-alive\r\n\r\n",
    line_end=b"\r\n",
)
TERSE = Dialect("terse", usage="never", ends_with_done=True, says_finish=False)
NOT_STREAMING = Dialect("not-streaming", usage="always", streams=False)
DIALECTS = (VLLM, TRANSFORMERS, LM_STUDIO, NEWER_OPENAI, STRICT_PROXY, TERSE, NOT_STREAMING)


class DialectServer:
    """One server that speaks one dialect. `key` empty: it lets everybody in."""

    def __init__(self, script: ScriptedServer, dialect: Dialect, key: str) -> None:
        self.address = script.address
        self.dialect = dialect
        self.is_killed = threading.Event()
        self._script = script
        self._key = key
        script.replies[f"{dialect.prefix}/models"] = self._models
        script.replies[f"{dialect.prefix}/chat/completions"] = self._chat

    @property
    def questions(self) -> list[Any]:
        """The bodies that were posted."""
        return [received.body for received in self._script.received if received.method == "POST"]

    @property
    def keys_sent(self) -> set[str]:
        """Every key that somebody sent."""
        sent = (received.headers.get("Authorization", "") for received in self._script.received)
        return {header.removeprefix("Bearer ") for header in sent if header}

    @property
    def client_left(self) -> bool:
        """Whether somebody hung up while it wrote."""
        return self._script.client_left.is_set()

    def _models(self, received: Received) -> Reply:
        if not self._is_let_in(received):
            return _refuse_key(received)
        entry: dict[str, Any] = {"id": MODEL, "object": "model"}
        if self.dialect.window_tokens is not None and self.dialect.tells_window:
            entry |= {"owned_by": "vllm", "max_model_len": self.dialect.window_tokens}
        return _say({"object": "list", "data": [entry]})

    def _chat(self, received: Received) -> Reply:
        body = received.body
        if not self._is_let_in(received):
            return _refuse_key(received)
        if self.dialect.strict is not None and (unknown := sorted(set(body) - self.dialect.strict)):
            refusal = json.dumps(self.dialect.refusal).replace("{name}", unknown[0])
            return Reply([refusal.encode()], status=self.dialect.refusal_status)
        if "messages" not in body:
            return _refuse(400, {"error": {"message": "Field required: messages", "code": 400}})
        if body["model"] != MODEL:
            return _refuse(404, {"error": {"message": f"The model `{body['model']}` does not exist.", "code": 404}})
        prompt_tokens = sum(len(message["content"]) for message in body["messages"])
        window = self.dialect.window_tokens
        if window is not None and prompt_tokens >= window:
            words = (
                f"This model's maximum context length is {window} tokens. However, you requested {prompt_tokens} "
                f"tokens ({prompt_tokens} in the messages, 0 in the completion)."
            )
            if not self.dialect.tells_window:  # As LM Studio says it.
                words = "The number of tokens to keep from the initial prompt is greater than the context length."
            return _refuse(400, {"error": {"message": words, "code": 400}})
        if not self.dialect.streams:
            return _say(self._whole_answer(body, prompt_tokens))
        return Reply(self._stream(body, prompt_tokens), kind=EVENT_STREAM)

    def _is_let_in(self, received: Received) -> bool:
        return not self._key or received.headers.get("Authorization") == f"Bearer {self._key}"

    def _stream(self, body: dict[str, Any], prompt_tokens: int) -> Iterator[bytes]:
        answer_tokens, finish = 0, "stop"
        wants_usage = body.get("stream_options", {}).get("include_usage") and self.dialect.usage == "wanted"
        yield self._event({"role": "assistant", "content": ""})
        if self.dialect.thinking:
            yield self._event({self.dialect.thinking: "hm"})
        for piece in self._pieces(body):
            if answer_tokens == _limit(body):
                finish = "length"
                break
            if self.is_killed.is_set():
                raise ConnectionResetError
            answer_tokens += 1
            yield self._event({"content": piece})
        usage = {"prompt_tokens": prompt_tokens, "completion_tokens": answer_tokens}
        if self.dialect.says_finish:
            yield self._event({}, finish, **({"usage": usage} if self.dialect.usage == "always" else {}))
        if wants_usage:
            yield sse({"choices": [], "usage": usage}).replace(b"\n", self.dialect.line_end)
        if self.dialect.ends_with_done:
            yield b"data: [DONE]\n\n".replace(b"\n", self.dialect.line_end)

    def _event(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        event = sse({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more})
        return self.dialect.keep_alive + event.replace(b"\n", self.dialect.line_end)

    def _pieces(self, body: dict[str, Any]) -> Iterator[str]:
        if any(FOREVER in message["content"] for message in body["messages"]):
            while True:
                yield TICK
        yield from GREETING

    def _whole_answer(self, body: dict[str, Any], prompt_tokens: int) -> dict[str, Any]:
        pieces = GREETING[: _limit(body)]
        finish = "stop" if len(pieces) == len(GREETING) else "length"
        message = {"role": "assistant", "content": "".join(pieces)}
        return {
            "object": "chat.completion",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": prompt_tokens, "completion_tokens": len(pieces)},
        }


@contextmanager
def dialect_server(dialect: Dialect, *, key: str = "") -> Iterator[DialectServer]:
    """Serve on a free port until the block ends."""
    with scripted_server() as script:
        yield DialectServer(script, dialect, key)


def _limit(body: dict[str, Any]) -> int | None:
    limit = body.get("max_tokens", body.get("max_completion_tokens"))
    assert limit is None or isinstance(limit, int)
    return limit


def _say(document: dict[str, Any]) -> Reply:
    return Reply([json.dumps(document).encode()])


def _refuse(status: int, document: dict[str, Any]) -> Reply:
    return Reply([json.dumps(document).encode()], status=status)


def _refuse_key(received: Received) -> Reply:
    """Refuse as OpenAI does: with the key in the words."""
    sent = received.headers.get("Authorization", "")
    return _refuse(401, {"error": {"message": f"Incorrect API key provided: {sent}", "type": "invalid_request_error"}})
