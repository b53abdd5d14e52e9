"""An Ollama daemon for tests: a real HTTP server on loopback that behaves as the recordings of v0.33.0-rc2 say.

It answers version, status, tags, show, ps, generate and chat byte for byte as Go does; its models say scripts. Pull,
create, copy, delete, blobs and embed are unknown paths here. It uses nothing of the program that it tests.

    with OllamaDaemon([scripted()], load_s=0.1) as daemon:
        daemon.say("It is sunny.", when="weather")
        ...  # talk to daemon.url
        daemon.wait_until(lambda: not daemon.is_generating)

By hand: `python -m tests.fakes.ollama_daemon --port 11434 --speed 20`.
"""

from __future__ import annotations

import argparse
import json
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from typing_extensions import override

from tests.fakes import go_json
from tests.fakes.ollama_answers import Answer, ConnectionCut, DaemonKilled, Task
from tests.fakes.ollama_models import (
    Failure,
    Script,
    StoredModel,
    cloud_model,
    embedding_model,
    phi4_mini,
    pieces_of,
    scripted,
    smollm2,
)
from tests.fakes.ollama_requests import (
    CLOUD_SUFFIXES,
    AnswerRequest,
    check_format,
    checked_options,
    full_name,
    is_valid_name,
    launch_options,
    read_chat,
    read_generate,
    read_show,
)
from tests.fakes.ollama_runner import ApiError, ClientLeft, DaemonEnded, HasLeft, Load, Runner, Scheduler, Watch
from tests.fakes.ollama_templates import CONTROL_WORDS
from tests.fakes.ollama_tool_calls import ToolCallParser

JSON = "application/json; charset=utf-8"
# Errors of a running stream come with this type, and in chunks.
STREAM_ERROR = "application/json"
NDJSON = "application/x-ndjson"
# What Go keeps back before it decides between Content-Length and chunks.
GO_BUFFER_BYTES = 2048
POLL_S = 0.01
DEFAULT_WAIT_S = 5.0
MINIMUM_WINDOW = 4
DEFAULT_KEPT_TOKENS = 4
SMALLEST_DURATION_NS = 1000
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
PROMPT_TOO_LONG = (
    "the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the "
    "context length in settings, or use a model with a longer context length"
)
NO_IMAGES = "Multimodal data provided, but model does not support multimodal requests."


@dataclass(frozen=True)
class Received:
    """One request as it came; `body` is None when it was no JSON."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class OllamaDaemon:
    """The daemon: started by `with` or `start`, gone with all its threads after `close`.

    Attributes that may be changed at any time, also while something waits for them:
        load_s: How long a load takes; `math.inf` holds it.
        load_error: The text with which loads fail; None lets them succeed.
        pieces_per_s: How fast models write; None is at once.
        ps_delay_s: How long `/api/ps` takes; `math.inf` holds it.
        is_frozen: Connections are taken, but nothing is answered.
        models: The store, newest first.
    """

    def __init__(
        self,
        models: Iterable[StoredModel] | None = None,
        *,
        version: str = "0.33.0-rc2",
        load_s: float = 0.0,
        pieces_per_s: float | None = None,
        default_window: int = 4096,
        slots: int = 1,
        most_loaded: int = 3,
        longest_queue: int = 512,
        is_cloud_disabled: bool = True,
        port: int = 0,
    ) -> None:
        self.models = [smollm2(), scripted(), phi4_mini()] if models is None else list(models)
        self.version = version
        self.pieces_per_s = pieces_per_s
        self.ps_delay_s = 0.0
        self.is_frozen = False
        self.default_window = default_window
        self.is_cloud_disabled = is_cloud_disabled
        self.requests: list[Received] = []
        self.prompts: list[str] = []
        self.departures = 0
        self._scripts: dict[str | None, Script] = {}
        self._watch = Watch()
        self._scheduler = Scheduler(self._watch, slots=slots, most_loaded=most_loaded, longest_queue=longest_queue)
        self._scheduler.load_s = load_s
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._port = port

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The address; it stays the same after `kill` and `start`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def load_s(self) -> float:
        """How long a load takes."""
        return self._scheduler.load_s

    @load_s.setter
    def load_s(self, seconds: float) -> None:
        self._scheduler.load_s = seconds

    @property
    def load_error(self) -> str | None:
        """The text with which loads fail."""
        return self._scheduler.load_error

    @load_error.setter
    def load_error(self, text: str | None) -> None:
        self._scheduler.load_error = text

    @property
    def loads(self) -> int:
        """How many loads were finished, reloads included."""
        return self._scheduler.loads

    @property
    def is_loading(self) -> bool:
        """Tell whether a model is just being loaded."""
        return self._scheduler.is_loading

    @property
    def is_generating(self) -> bool:
        """Tell whether a runner reads a prompt or writes an answer."""
        return any(runner.generating for runner in self._scheduler.runners.values())

    @property
    def is_held(self) -> bool:
        """Tell whether an answer has come to a None among its pieces and waits for `go_on`."""
        return self._watch.held > 0

    @property
    def waiting(self) -> int:
        """How many requests wait for a load or for a slot."""
        return self._scheduler.waiting

    @property
    def runners(self) -> list[Runner]:
        """The loaded models, as `/api/ps` lists them."""
        with self._watch.changed:
            return self._scheduler.listed()

    def say(
        self,
        answer: str | Sequence[str | bytes | None],
        *,
        when: str | None = None,
        is_endless: bool = False,
        pieces_per_s: float | None = None,
        reading_s: float = 0.0,
        then: Failure | None = None,
        prompt_tokens: int | None = None,
    ) -> None:
        """Let every model answer so when `when` is the last key in its prompt; None is for all other prompts.

        It replaces what was said to this key before, also by the model itself.

        Args:
            answer: A text, which is cut into pieces of four characters, or the pieces (see `Script`).
            when: Any text; of several keys in a prompt, the one that comes last counts.
            is_endless: Say it again and again.
            pieces_per_s: Pace of this answer.
            reading_s: Time before the first piece.
            then: How it ends instead of properly.
            prompt_tokens: What the prompt is to count.
        """
        pieces = pieces_of(answer) if isinstance(answer, str) else tuple(answer)
        self._scripts[when] = Script(pieces, when, is_endless, pieces_per_s, reading_s, then, prompt_tokens)

    def go_on(self) -> None:
        """Let one held answer go on; given before it is held, it is not held at all."""
        with self._watch.changed:
            self._watch.permits += 1
            self._watch.changed.notify_all()

    def wait_until(self, is_true: Callable[[], bool], *, timeout_s: float = DEFAULT_WAIT_S) -> None:
        """Wait for something to become true of this daemon.

        Raises:
            TimeoutError: It did not.
        """
        due_s = time.monotonic() + timeout_s
        with self._watch.changed:
            while not is_true():
                if time.monotonic() > due_s:
                    raise TimeoutError
                self._watch.changed.wait(POLL_S)

    def kill_runners(self) -> None:
        """End the processes that run models; the daemon stays."""
        self._scheduler.kill()

    def start(self) -> None:
        """Serve, on the same port as before if there was one, with nothing loaded."""
        self._watch.is_ended = False
        self._scheduler.runners.clear()
        self._server = _Server(self._port, self)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": POLL_S}, name="ollama-daemon"
        )
        self._thread.start()

    def kill(self) -> None:
        """Break everything off and close the port, as SIGTERM and SIGKILL do; `start` brings it back."""
        with self._watch.changed:
            self._watch.is_ended = True
            self._watch.changed.notify_all()
        if self._server is not None:
            self._server.shutdown()
            self._server.socket.close()
            self._server.break_connections()

    def close(self) -> None:
        """Kill it and wait for its threads."""
        self.kill()
        if self._server is not None:
            self._server.server_close()
        if self._thread is not None:
            self._thread.join()

    # What follows answers requests, each on the thread of its connection.

    def version_body(self) -> dict[str, Any]:
        """Answer `/api/version`."""
        return {"version": self.version}

    def status_body(self) -> dict[str, Any]:
        """Answer `/api/status`."""
        source = "env" if self.is_cloud_disabled else "none"
        return {"cloud": {"disabled": self.is_cloud_disabled, "source": source}}

    def tags_body(self) -> dict[str, Any]:
        """Answer `/api/tags`: newest first, by whole seconds."""
        entries = [model.tags_entry for model in self.models]
        return {"models": sorted(entries, key=lambda entry: str(entry["modified_at"])[:19], reverse=True)}

    def ps_body(self, has_left: HasLeft) -> dict[str, Any]:
        """Answer `/api/ps`."""
        start_s = time.monotonic()
        self._watch.pause_until(lambda: start_s + self.ps_delay_s, has_left, is_over=lambda: False)
        return {"models": [_ps_entry(runner) for runner in self.runners]}

    def show_body(self, body: bytes) -> Any:
        """Answer `/api/show`."""
        name, is_verbose = read_show(body)
        if not name:
            raise ApiError(400, "model is required")
        if not is_valid_name(name):
            raise ApiError(400, "invalid model name")
        model = self._find(name)
        if model is None:
            raise ApiError(404, f"model '{full_name(name)}' not found")
        return model.verbose_body() if is_verbose else model.show_body

    def answer(self, request: AnswerRequest, reply: Reply) -> None:
        """Answer a chat or generate request.

        Raises:
            ApiError: The daemon refuses it, or the runner fails.
        """
        started_ns = time.monotonic_ns()
        model = self._model_for(request)
        if request.unloads:
            self._scheduler.expel(model)
            reply.json(_envelope(request, done=True, reason="unload"))
            return
        _check_abilities(request, model)
        options = checked_options(model.parameters, request.options)
        load = self._load_for(request, model, options)
        with self._scheduler.using(model, load, request.keep_alive_ns, reply.has_left) as runner:
            load_ns = time.monotonic_ns() - started_ns
            if request.loads_only:
                reply.json(_envelope(request, done=True, reason="load"))
                return
            check_format(request.output_format)
            if request.has_images:
                raise _nested_error(NO_IMAGES, "invalid_request_error")
            prompt = self._fit_messages(request, model, load.window_tokens)
            if request.is_render_only:
                reply.json(_rendered(request, prompt))
                return
            task = self._task(request, model, options, load.window_tokens, prompt)
            answer = Answer(self._watch, runner, task, lambda: self.pieces_per_s)
            with self._scheduler.slot(runner, reply.has_left):
                for line in _lines(request, model, answer, reply.has_left):
                    reply.line(line)
            if answer.reason is None:
                final = _envelope(request, done=False)
            else:
                final = _envelope(request, done=True, reason=answer.reason)
                if request.kind == "generate" and request.raw_prompt is None:
                    final["context"] = [*range(task.prompt_tokens + answer.tokens)]
                final |= _figures(answer, task, started_ns, load_ns)
            reply.last_line(final, is_wanted=answer.reason is not None)

    def count_departure(self) -> None:
        """Note that a client left before its answer was complete."""
        with self._watch.changed:
            self.departures += 1
            self._watch.changed.notify_all()

    def wait_while_frozen(self, has_left: HasLeft) -> None:
        """Answer nothing as long as the daemon is frozen."""
        self._watch.wait_until(lambda: not self.is_frozen, has_left)

    def _find(self, name: str) -> StoredModel | None:
        wanted = full_name(name).lower()
        return next((model for model in self.models if model.name.lower() == wanted), None)

    def _model_for(self, request: AnswerRequest) -> StoredModel:
        if request.kind == "chat" and not request.model:
            raise ApiError(400, "model is required")
        if request.kind == "chat" and not is_valid_name(request.model):
            raise ApiError(400, "invalid model name")
        model = self._find(request.model)
        is_remote = request.model.endswith(CLOUD_SUFFIXES) or (model is not None and "remote_host" in model.tags_entry)
        if is_remote and self.is_cloud_disabled:
            raise ApiError(403, "ollama cloud is disabled: remote model is unavailable")
        if is_remote:
            raise ApiError(401, "unauthorized")
        if model is None:
            raise ApiError(404, f"model '{request.model}' not found")
        return model

    def _load_for(self, request: AnswerRequest, model: StoredModel, options: dict[str, Any]) -> Load:
        window = options.get("num_ctx", self.default_window)
        return Load(
            max(MINIMUM_WINDOW, min(window, model.trained_window)), request.is_shifting, launch_options(options)
        )

    def _fit_messages(self, request: AnswerRequest, model: StoredModel, window: int) -> str:
        """Render the prompt; too long a history silently loses its first messages, but no system message."""
        if request.raw_prompt is not None:
            return request.raw_prompt
        messages = _with_stored_system(request, model)
        for start in range(len(messages)):
            kept_system = [message for message in messages[:start] if message.role == "system"]
            prompt = model.template.render([*kept_system, *messages[start:]], request.tools)
            if not request.is_truncated or len(model.tokens(prompt)) <= window:
                break
        return prompt

    def _task(
        self, request: AnswerRequest, model: StoredModel, options: dict[str, Any], window: int, prompt: str
    ) -> Task:
        """Cut the prompt to the window if that is wished, refuse it if it is too long, and choose what to say to it."""
        tokens = model.tokens(prompt)
        script = self._script_for(model, prompt)
        count = len(tokens) if script.prompt_tokens is None else script.prompt_tokens
        if count >= window:
            if not request.is_truncated or model.is_native:
                raise _prompt_exceeds(count, window)
            if not request.is_shifting:
                raise ApiError(400, PROMPT_TOO_LONG, is_from_runner=True)
            kept = min(options.get("num_keep", DEFAULT_KEPT_TOKENS), window)
            count = window - (window - kept) // 2
            tokens = [*tokens[:kept], *tokens[kept - count :]]
            prompt = b"".join(tokens).decode(errors="replace")
            script = self._script_for(model, prompt)
        self.prompts.append(prompt)
        has_tools = bool(request.tools) and not model.is_native
        return Task(
            script=script,
            prompt_tokens=count,
            most_tokens=options.get("num_predict", -1),
            stop_texts=tuple(options.get("stop", ())),
            visible_words=frozenset(filter(model.template.tool_tag.__contains__, CONTROL_WORDS if has_tools else ())),
        )

    def _script_for(self, model: StoredModel, prompt: str) -> Script:
        """Take the script whose key stands last in the prompt."""
        scripts = {script.key: script for script in model.scripts} | self._scripts
        keys = [key for key in scripts if key is not None and key in prompt]
        if keys:
            return scripts[max(keys, key=prompt.rfind)]
        return scripts.get(None, Script(pieces_of("I have no script for this.")))


class Reply:
    """The way back to one client."""

    def __init__(self, handler: _Handler) -> None:
        self._handler = handler
        self._texts: list[dict[str, Any]] = []
        self.is_streamed = False
        self._has_begun = False

    def has_left(self) -> bool:
        """Tell whether the client has closed its side; bytes that it sent in advance are not looked at."""
        try:
            readable, _, _ = select.select([self._handler.connection], [], [], 0)
            return bool(readable) and not self._handler.connection.recv(1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return True

    def json(self, value: Any, *, status: int = HTTPStatus.OK) -> None:
        """Send one JSON value."""
        self._handler.send_whole(status, JSON, go_json.encode(value))

    def error(self, error: ApiError) -> None:
        """Send an error: a status if nothing was sent, else a line."""
        body = go_json.encode({"error": error.text})
        if self._has_begun:
            self._handler.send_chunk(body + b"\n")
            self._handler.send_last_chunk()
        elif error.is_from_runner and self.is_streamed:
            self._handler.begin_chunks(error.status, STREAM_ERROR, body)
            self._handler.send_last_chunk()
        else:
            self._handler.send_whole(error.status, JSON, body)

    def line(self, value: dict[str, Any]) -> None:
        """Send a line, or keep it when all is to come at once; the first one brings the headers."""
        if not self.is_streamed:
            self._texts.append(value)
            return
        body = go_json.encode(value) + b"\n"
        if self._has_begun:
            self._handler.send_chunk(body)
        else:
            self._has_begun = True
            self._handler.begin_chunks(HTTPStatus.OK, NDJSON, body)

    def last_line(self, final: dict[str, Any], *, is_wanted: bool) -> None:
        """End the answer; `is_wanted` false ends a stream without its last line."""
        if not self.is_streamed:
            self._handler.send_whole(HTTPStatus.OK, JSON, go_json.encode(_joined([*self._texts, final])))
            return
        if is_wanted:
            self.line(final)
        elif not self._has_begun:
            self._handler.send_whole(HTTPStatus.OK, NDJSON, b"")
            return
        self._handler.send_last_chunk()


class _Server(ThreadingHTTPServer):
    """Keeps its connections, to be able to break them off."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, port: int, daemon: OllamaDaemon) -> None:
        self.daemon = daemon
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    @override
    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def break_connections(self) -> None:
        """Close every connection where it stands."""
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    """One connection: routes, and bytes as Go's server sends them."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def send_whole(self, status: int, kind: str | None, body: bytes, **headers: str) -> None:
        """Send a body that was written in one go: from a certain size on Go makes a chunk of it."""
        is_long = len(body) > GO_BUFFER_BYTES
        is_head = self.command == "HEAD"
        length = {} if is_long else {"Content-Length": str(len(body))}
        coding = {"Transfer-Encoding": "chunked"} if is_long and not is_head else {}
        kinds = {} if kind is None else {"Content-Type": kind}
        content = b"" if is_head else body
        if is_long and not is_head:
            content = _chunk(body) + _chunk(b"")
        self._send(status, {**headers, **kinds}, {**length, **self._connection_header(), **coding}, content)

    def begin_chunks(self, status: int, kind: str, body: bytes) -> None:
        """Send headers and the first chunk, in one packet as Go does."""
        after_date = {**self._connection_header(), "Transfer-Encoding": "chunked"}
        self._send(status, {"Content-Type": kind}, after_date, _chunk(body))

    def send_chunk(self, body: bytes) -> None:
        """Send one more chunk."""
        self.connection.sendall(_chunk(body))

    def send_last_chunk(self) -> None:
        """End a chunked body."""
        self.connection.sendall(_chunk(b""))

    def _serve(self) -> None:
        daemon, reply = self.server.daemon, Reply(self)
        path = urlsplit(self.path).path
        try:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            daemon.requests.append(Received(self.command, path, dict(self.headers), _json_or_none(body)))
            daemon.wait_while_frozen(reply.has_left)
            self._route(path, body, reply)
        except ApiError as error:
            reply.error(error)
        except (ClientLeft, OSError):
            self.close_connection = True
            daemon.count_departure()
        except (DaemonEnded, ConnectionCut):
            self.close_connection = True
        except DaemonKilled:
            self.close_connection = True
            daemon.kill()

    def _route(self, path: str, body: bytes, reply: Reply) -> None:
        daemon = self.server.daemon
        readers = {
            "/": lambda: self.send_whole(HTTPStatus.OK, "text/plain; charset=utf-8", b"Ollama is running"),
            "/api/version": lambda: reply.json(daemon.version_body()),
            "/api/tags": lambda: reply.json(daemon.tags_body()),
        }
        gets = {
            **readers,
            "/api/status": lambda: reply.json(daemon.status_body()),
            "/api/ps": lambda: reply.json(daemon.ps_body(reply.has_left)),
        }
        posts = {
            "/api/show": lambda: reply.json(daemon.show_body(body)),
            "/api/chat": lambda: self._answer(read_chat(body), reply),
            "/api/generate": lambda: self._answer(read_generate(body), reply),
        }
        routes: dict[str, dict[str, Callable[[], None]]] = {"HEAD": readers, "GET": gets, "POST": posts}
        allowed = [method for method, paths in routes.items() if path in paths]
        if not self._is_from_here():
            self.send_whole(HTTPStatus.FORBIDDEN, None, b"")
        elif self.command in allowed:
            routes[self.command][path]()
        elif allowed:
            self.send_whole(405, "text/plain", b"405 method not allowed", Allow=", ".join(allowed))
        else:
            self.send_whole(404, "text/plain", b"404 page not found")

    def _answer(self, request: AnswerRequest, reply: Reply) -> None:
        reply.is_streamed = request.is_streamed
        self.server.daemon.answer(request, reply)

    def _is_from_here(self) -> bool:
        """Refuse what a page of another site sends, as the guard against DNS rebinding does."""
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        origin = urlsplit(self.headers.get("Origin", "")).hostname or "localhost"
        return host in LOOPBACK_NAMES and origin in LOOPBACK_NAMES

    def _connection_header(self) -> dict[str, str]:
        return {"Connection": "close"} if self.close_connection else {}

    def _send(self, status: int, before_date: dict[str, str], after_date: dict[str, str], content: bytes) -> None:
        """Write headers in Go's order: the handler's own, sorted, then Date and those of the server."""
        date = format_datetime(datetime.now(UTC), usegmt=True)
        headers = {**dict(sorted(before_date.items())), "Date": date, **after_date}
        lines = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            *(f"{name}: {text}" for name, text in headers.items()),
        ]
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode() + content)


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def _json_or_none(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _ps_entry(runner: Runner) -> dict[str, Any]:
    model = runner.model
    details = {name: value for name, value in model.tags_entry["details"].items() if not name.endswith("_length")}
    details["parent_model"] = ""
    memory = model.memory(runner.load.window_tokens, runner.slots)
    return {
        "name": model.name,
        "model": model.name,
        "size": memory.size_bytes,
        "digest": model.tags_entry["digest"],
        "details": details,
        "expires_at": go_json.timestamp(int(runner.listed_expiry_ns())),
        "size_vram": memory.gpu_bytes,
        "context_length": runner.load.window_tokens,
    }


def _check_abilities(request: AnswerRequest, model: StoredModel) -> None:
    if "completion" not in model.capabilities:
        raise ApiError(400, f'"{request.model}" does not support {request.kind}')
    if request.tools and "tools" not in model.capabilities:
        raise ApiError(400, f"registry.ollama.ai/library/{model.name} does not support tools")
    if request.wants_thinking and "thinking" not in model.capabilities:
        raise ApiError(400, f'"{request.model}" does not support thinking')


def _with_stored_system(request: AnswerRequest, model: StoredModel) -> list[Any]:
    """Put the model's own system text first, unless the request has one there."""
    messages = list(request.messages)
    stored = model.show_body.get("system")
    if stored and (not messages or messages[0].role != "system"):
        messages.insert(0, replace(messages[0], role="system", content=stored, tool_calls=()))
    return messages


def _nested_error(message: str, kind: str, **facts: int) -> ApiError:
    """Errors of the runner come as JSON within a string."""
    error = {"error": {"code": 400, "message": message, "type": kind, **facts}}
    return ApiError(400, go_json.encode(error).decode(), is_from_runner=True)


def _prompt_exceeds(count: int, window: int) -> ApiError:
    text = f"request ({count} tokens) exceeds the available context size ({window} tokens), try increasing it"
    return _nested_error(text, "exceed_context_size_error", n_prompt_tokens=count, n_ctx=window)


def _envelope(
    request: AnswerRequest, text: str = "", *, done: bool, reason: str | None = None, calls: Sequence[Any] = ()
) -> dict[str, Any]:
    """Write what all lines have, in the order of the daemon's structs."""
    content: dict[str, Any] = {"response": text}
    if request.kind == "chat":
        content = {"message": {"role": "assistant", "content": text, **({"tool_calls": list(calls)} if calls else {})}}
    head = {"model": request.model, "created_at": go_json.timestamp(), **content, "done": done}
    return {**head, "done_reason": reason} if reason else head


def _rendered(request: AnswerRequest, prompt: str) -> dict[str, Any]:
    body = _envelope(request, done=False)
    if request.kind == "chat":
        body["message"]["role"] = ""
    return {**body, "_debug_info": {"rendered_template": prompt}}


def _lines(request: AnswerRequest, model: StoredModel, answer: Answer, has_left: HasLeft) -> Iterable[dict[str, Any]]:
    """Write a line for every piece of text and every call; text that comes with a call drives the call away (R9)."""
    if not request.tools or model.is_native:
        for text in answer.texts(has_left):
            yield _envelope(request, text, done=False)
        return
    parser = ToolCallParser(model.template.tool_tag, [_tool_name(tool) for tool in request.tools])
    for piece in answer.texts(has_left):
        text, calls = parser.add(piece)
        if text or calls:
            yield _envelope(request, text, done=False, calls=() if text else calls)
    if rest := parser.rest():
        yield _envelope(request, rest, done=False)


def _tool_name(tool: dict[str, Any]) -> str:
    return str(tool.get("function", {}).get("name", ""))


def _figures(answer: Answer, task: Task, started_ns: int, load_ns: int) -> dict[str, Any]:
    return {
        "total_duration": time.monotonic_ns() - started_ns,
        "load_duration": load_ns,
        "prompt_eval_count": task.prompt_tokens,
        "prompt_eval_duration": _microseconds(answer.reading_ns),
        "eval_count": answer.tokens,
        "eval_duration": _microseconds(answer.writing_ns),
    }


def _microseconds(nanoseconds: int) -> int:
    return max(SMALLEST_DURATION_NS, nanoseconds // SMALLEST_DURATION_NS * SMALLEST_DURATION_NS)


def _joined(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Make one answer of the lines of a stream."""
    final = dict(lines[-1])
    if "response" in final:
        final["response"] = "".join(line["response"] for line in lines)
        return final
    calls = [call for line in lines for call in line["message"].get("tool_calls", ())]
    content = "".join(line["message"]["content"] for line in lines)
    final["message"] = {"role": "assistant", "content": content, **({"tool_calls": calls} if calls else {})}
    return final


def _main() -> None:
    parser = argparse.ArgumentParser(description="An Ollama daemon whose models say a script.")
    parser.add_argument("--port", type=int, default=11434)
    parser.add_argument("--speed", type=float, default=25.0, help="pieces of four characters per second")
    parser.add_argument("--load", type=float, default=2.0, help="seconds that a load takes")
    options = parser.parse_args()
    daemon = OllamaDaemon(port=options.port, pieces_per_s=options.speed, load_s=options.load)
    daemon.models += [embedding_model(), cloud_model()]
    daemon.say(_EXAMPLE)
    with daemon, suppress(KeyboardInterrupt):
        sys.stdout.write(f"Listening on {daemon.url}; Ctrl+C ends it. FOREVER in a message gets an endless answer.\n")
        threading.Event().wait()


_EXAMPLE = """\
# A scripted answer

No model runs here: this text comes from **the recorded daemon**.

1. It loads, reads and writes as slowly as you asked it to.
2. Its figures are counted by a simple rule: *one byte is one token*.

```python
print("Grüße, 😀")
```

| word | answer |
| --- | --- |
| FOREVER | endless |
| WEATHER | a tool call |
"""


if __name__ == "__main__":
    _main()
