"""What the program costs an answer: tokens per second and time to the first token, against plain HTTP.

The same server, the same prompt (from its cache), in turns.
"""

from __future__ import annotations

import http.client
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from phidesk.chat.turn import AnswerTurn, Ended
from phidesk.core.conversation import ConversationSettings
from phidesk.core.paths import find_paths
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.protocol import BUILTIN, OLLAMA, TextDelta
from phidesk.profile import Profile
from phidesk.services import Services
from tests.benchmarks.daemon_process import daemon_process
from tests.benchmarks.figures import Figure, interleaved_medians

GOAL_RATIO = 0.95
GOAL_FIRST_TOKEN_MS = 5.0
ROUNDS, ROUNDS_FIRST_TOKEN = 9, 25
TOKENS = 200
WINDOW_TOKENS = 2048
QUESTION = "Write a long story about the sea. SHORT"
LOOK_S = 0.0002


@dataclass(frozen=True)
class Course:
    """One answer: seconds from asking to the first text and to the end."""

    first_s: float
    total_s: float
    tokens: int


def measure() -> Iterator[Figure]:
    """Yield figures of the built-in engine and of the recorded Ollama daemon."""
    with tempfile.TemporaryDirectory() as home, daemon_process(0) as address:
        environment = {"PHIDESK_HOME": home, "OLLAMA_HOST": address, "PHIDESK_OLLAMA": "none"}
        with Services(find_paths(environment), environment, post=lambda closure: closure()) as services:
            profile = services.open_profile()
            yield from _of_builtin(services, profile)
            yield from _of_ollama(address, profile)


def _of_builtin(services: Services, profile: Profile) -> Iterator[Figure]:
    engine = services.directory.engine(BUILTIN)
    assert isinstance(engine, BuiltinEngine)

    def through(tokens: int) -> Course:
        return _through_program(profile, BUILTIN, tokens)

    through(1)  # Starts the child.
    server = engine._server
    assert server is not None
    body = {
        "messages": [{"role": "user", "content": QUESTION}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": TOKENS,
        "temperature": 0.0,
        "seed": 1,
    }

    def straight(tokens: int) -> Course:
        return _straight(server.address, "/v1/chat/completions", {**body, "max_tokens": tokens}, server.headers)

    program, plain = interleaved_medians(
        ROUNDS, lambda: _tokens_per_s(through(TOKENS)), lambda: _tokens_per_s(straight(TOKENS))
    )
    yield Figure(
        "tokens/s through the program ÷ straight from llama.cpp",
        program / plain,
        "",
        GOAL_RATIO,
        is_goal_least=True,
        explanation=f"{program:.0f} ÷ {plain:.0f} tokens/s",
    )
    program, plain = interleaved_medians(
        ROUNDS_FIRST_TOKEN, lambda: through(2).first_s * 1000, lambda: straight(2).first_s * 1000
    )
    yield _first_token("built-in", program, plain)


def _of_ollama(address: str, profile: Profile) -> Iterator[Figure]:
    body = {"model": "smollm2:latest", "messages": [{"role": "user", "content": QUESTION}], "stream": True}
    body |= {"truncate": False, "shift": False, "options": {"num_ctx": WINDOW_TOKENS, "num_predict": 2}}
    program, plain = interleaved_medians(
        ROUNDS_FIRST_TOKEN,
        lambda: _through_program(profile, OLLAMA, 2).first_s * 1000,
        lambda: _straight(address, "/api/chat", body, {}).first_s * 1000,
    )
    yield _first_token("recorded Ollama", program, plain)


def _first_token(engine: str, program_ms: float, plain_ms: float) -> Figure:
    return Figure(
        f"time to first token added by us, {engine}",
        program_ms - plain_ms,
        "ms",
        GOAL_FIRST_TOKEN_MS,
        explanation=f"{program_ms:.1f} minus {plain_ms:.1f} ms",
    )


def _tokens_per_s(course: Course) -> float:
    return course.tokens / course.total_s


def _through_program(profile: Profile, engine: str, tokens: int) -> Course:
    """Ask in a new conversation, saved as always; look for events as often as a busy window would not."""
    model = "smollm2:latest" if engine == OLLAMA else None
    settings = ConversationSettings(
        engine=engine,
        model=model,
        window_tokens=WINDOW_TOKENS,
        answer_limit_tokens=tokens,
        temperature=0.0,
        seed=1,
    )
    started_s = time.perf_counter()
    return follow_course(profile.chat.ask(QUESTION, conversation_id=None, settings=settings), started_s)


def follow_course(turn: AnswerTurn, started_s: float) -> Course:
    """Follow an answer to its end. `started_s` is when it was asked for, by the performance counter."""
    first_s: float | None = None
    while True:
        for event in turn.take_events():
            if first_s is None and isinstance(event, TextDelta):
                first_s = time.perf_counter() - started_s
            if isinstance(event, Ended):
                assert first_s is not None, event.outcome
                count = event.outcome.usage.answer_tokens
                return Course(first_s, time.perf_counter() - started_s, count or 0)
        time.sleep(LOOK_S if first_s is None else 0.016)


def _straight(address: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> Course:
    """Ask with the standard library's HTTP client and read line by line."""
    started_s = time.perf_counter()
    first_s: float | None = None
    tokens = 0
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
    for line in connection.getresponse():
        message = _message(line)
        text = _text(message)
        if text and first_s is None:
            first_s = time.perf_counter() - started_s
        tokens = (message.get("usage") or {}).get("completion_tokens") or message.get("eval_count") or tokens
    connection.close()
    assert first_s is not None
    return Course(first_s, time.perf_counter() - started_s, tokens)


def _message(line: bytes) -> dict[str, Any]:
    document = line.removeprefix(b"data: ").strip()
    if not document.startswith(b"{"):
        return {}
    message: dict[str, Any] = json.loads(document)
    return message


def _text(message: dict[str, Any]) -> str:
    choices = message.get("choices") or [{}]
    said = choices[0].get("delta") or message.get("message") or {}
    return str(said.get("content") or "")
