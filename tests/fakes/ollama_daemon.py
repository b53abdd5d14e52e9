"""An Ollama daemon for tests: a real HTTP server on loopback that behaves as the recordings of v0.33.0-rc2 say.

It answers version, status, tags, show, ps, generate, chat, pull, blobs, create, copy and delete byte for byte as Go
does; its models say scripts. Embed is an unknown path here. It uses nothing of the program that it tests.

    with OllamaDaemon([scripted()], load_s=0.1) as daemon:
        daemon.say("It is sunny.", when="weather")
        ...  # talk to daemon.url
        daemon.wait_until(lambda: not daemon.is_generating)

By hand: `python -m tests.fakes.ollama_daemon --port 11434 --speed 20`.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tests.fakes import go_json
from tests.fakes.go_http import GoExchange, GoServer
from tests.fakes.ollama_answers import Answer, ConnectionCut, DaemonKilled, PageSent
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
from tests.fakes.ollama_prompts import check_abilities, find_model, fit_messages, load_for, model_for, task_for
from tests.fakes.ollama_pulls import Library
from tests.fakes.ollama_replies import JSON, Reply, answer_lines, done_line, last_line, ps_entry, rendered
from tests.fakes.ollama_requests import (
    AnswerRequest,
    check_format,
    checked_options,
    full_name,
    is_valid_name,
    read_chat,
    read_create,
    read_generate,
    read_pull,
    read_show,
    read_texts,
)
from tests.fakes.ollama_runner import LOOK_S, ApiError, ClientLeft, DaemonEnded, Runner, Scheduler, Watch
from tests.fakes.ollama_store import ModelStore

BLOBS = "/api/blobs/"
DEFAULT_WAIT_S = 5.0
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1", "0.0.0.0")


@dataclass(frozen=True)
class Received:
    """One request as it came; `body` is None when it was no JSON."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class StandIn:
    """What is answered instead of the daemon's own reply."""

    status: int
    kind: str
    body: bytes


class OllamaDaemon:
    """The daemon: started by `with` or `start`, gone with all its threads after `close`.

    Figures are counted, not recorded: a control word or key is one token, of other text each byte is one. Formats and
    probabilities are accepted and ignored.

    Attributes:
        models: What it lists.
        store: Its folder with the files of models.
        library: What can be pulled; without any offer there the daemon is offline.
        requests: What came, in this order.
        prompts: What runners were given to read, after cutting.
        tokens_read: How many tokens of each prompt were read, because what came before them differed.
        departures: How many clients left before their reply was complete.
        load_s, load_error, pieces_per_s, tokens_read_per_s, ps_delay_s, is_frozen: May be changed at any time, also
            while something waits for them. `math.inf` holds a load or `/api/ps`; `load_error` is the text with which
            loads fail; None for a pace does it at once; frozen, it takes connections and answers nothing.
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
        models_folder: Path | None = None,
    ) -> None:
        self.models = [smollm2(), scripted(), phi4_mini()] if models is None else list(models)
        self.version = version
        self.pieces_per_s = pieces_per_s
        self.tokens_read_per_s: float | None = None
        self.ps_delay_s = 0.0
        self.is_frozen = False
        self.default_window = default_window
        self.is_cloud_disabled = is_cloud_disabled
        self.requests: list[Received] = []
        self.prompts: list[str] = []
        self.tokens_read: list[int] = []
        self.departures = 0
        self._scripts: dict[str | None, Script] = {}
        self._stand_ins: dict[str, StandIn] = {}
        self._watch = Watch()
        self.library = Library(self._watch)
        self.store = ModelStore(self.models, models_folder)
        self._scheduler = Scheduler(self._watch, slots=slots, most_loaded=most_loaded, longest_queue=longest_queue)
        self._scheduler.load_s = load_s
        self._server: GoServer | None = None
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
        with self._watch.changed:
            return any(runner.generating for runner in self._scheduler.runners.values())

    @property
    def is_held(self) -> bool:
        """Tell whether an answer has come to a None among its pieces and waits for `go_on`."""
        return self._watch.held > 0

    @property
    def waiting(self) -> int:
        """How many requests wait for a load or for a slot."""
        with self._watch.changed:
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
        then: Failure | str | None = None,
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
            then: How it ends instead of properly; a text is an error of the runner.
            prompt_tokens: What the prompt is to count.
        """
        pieces = pieces_of(answer) if isinstance(answer, str) else tuple(answer)
        self._scripts[when] = Script(pieces, when, is_endless, pieces_per_s, reading_s, then, prompt_tokens)

    def stand_in(self, path: str, status: int, said: str, *, kind: str = JSON) -> None:
        """Answer `path` so from now on: what something in front of the daemon says, or a broken computer.

        Args:
            path: Of the API; "" is every path.
            status: Of HTTP.
            said: The body; as JSON it is the text of an error.
            kind: The type of the body.
        """
        body = go_json.encode({"error": said}) if kind == JSON else said.encode()
        self._stand_ins[path] = StandIn(status, kind, body)

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
                    raise TimeoutError(f"not true within {timeout_s} s")
                self._watch.changed.wait(LOOK_S)

    def kill_runners(self) -> None:
        """End the processes that run models; the daemon stays."""
        self._scheduler.kill()

    def start(self) -> None:
        """Serve, on the same port as before if there was one, with nothing loaded."""
        if self._server is not None:
            self._server.join()
        self._watch.is_ended = False
        self._scheduler.runners.clear()
        self._server = GoServer(self._port, self._answer)
        self._port = self._server.server_port

    def kill(self) -> None:
        """Break everything off and close the port, as SIGTERM and SIGKILL do; `start` brings it back."""
        with self._watch.changed:
            self._watch.is_ended = True
            self._watch.changed.notify_all()
        if self._server is not None:
            self._server.stop()

    def close(self) -> None:
        """Kill it and wait for its threads."""
        self.kill()
        if self._server is not None:
            self._server.join()
        self.store.close()

    def _answer(self, exchange: GoExchange) -> None:
        """Answer one request, on the thread of its connection."""
        reply = Reply(exchange)
        self._note(exchange)
        try:
            self._watch.wait_until(lambda: not self.is_frozen, reply.has_left)
            self._route(exchange, reply)
        except ApiError as error:
            reply.error(error)
        except (ClientLeft, OSError):
            exchange.break_off()
            self._count_departure()
        except (ConnectionCut, DaemonEnded):
            exchange.break_off()
        except PageSent:
            reply.page()
        except DaemonKilled:
            exchange.break_off()
            self.kill()

    def _note(self, exchange: GoExchange) -> None:
        try:
            body = json.loads(exchange.body)
        except ValueError:
            body = None
        self.requests.append(Received(exchange.command, exchange.route, dict(exchange.headers), body))

    def _count_departure(self) -> None:
        with self._watch.changed:
            self.departures += 0 if self._watch.is_ended else 1
            self._watch.changed.notify_all()

    def _route(self, exchange: GoExchange, reply: Reply) -> None:
        probes = {
            "/": lambda: exchange.send_whole(HTTPStatus.OK, "text/plain; charset=utf-8", b"Ollama is running"),
            "/api/version": lambda: reply.json({"version": self.version}),
            "/api/tags": lambda: self._tags(reply),
        }
        reads = {**probes, "/api/status": lambda: self._status(reply), "/api/ps": lambda: self._ps(reply)}
        posts = {
            "/api/show": lambda: self._show(exchange.body, reply),
            "/api/chat": lambda: self._generate(read_chat(exchange.body), reply),
            "/api/generate": lambda: self._generate(read_generate(exchange.body), reply),
            "/api/pull": lambda: self._pull(exchange.body, reply),
            "/api/create": lambda: self._create(exchange.body, reply),
            "/api/copy": lambda: self._copy(exchange),
        }
        deletes = {"/api/delete": lambda: self._delete(exchange)}
        routes: dict[str, dict[str, Callable[[], None]]] = {
            "HEAD": probes,
            "GET": reads,
            "POST": posts,
            "DELETE": deletes,
        }
        if exchange.route.startswith(BLOBS):
            routes["HEAD"] = {exchange.route: lambda: self._find_blob(exchange)}
            routes["POST"] = {exchange.route: lambda: self._take_blob(exchange)}
        allowed = [method for method, paths in routes.items() if exchange.route in paths]
        stand_in = self._stand_ins.get(exchange.route) or self._stand_ins.get("")
        if stand_in is not None:
            exchange.send_whole(stand_in.status, stand_in.kind, stand_in.body)
        elif not _is_from_here(exchange):
            exchange.send_whole(HTTPStatus.FORBIDDEN, None, b"")
        elif exchange.command in allowed:
            routes[exchange.command][exchange.route]()
        elif allowed:
            exchange.send_whole(405, "text/plain", b"405 method not allowed", Allow=", ".join(allowed))
        else:
            exchange.send_whole(404, "text/plain", b"404 page not found")

    def _status(self, reply: Reply) -> None:
        source = "env" if self.is_cloud_disabled else "none"
        reply.json({"cloud": {"disabled": self.is_cloud_disabled, "source": source}})

    def _tags(self, reply: Reply) -> None:
        """Newest first, by whole seconds."""
        entries = [model.tags_entry for model in self.models]
        reply.json({"models": sorted(entries, key=lambda entry: str(entry["modified_at"])[:19], reverse=True)})

    def _ps(self, reply: Reply) -> None:
        start_s = time.monotonic()
        self._watch.pause_until(lambda: start_s + self.ps_delay_s, reply.has_left, is_over=lambda: False)
        reply.json({"models": [ps_entry(runner) for runner in self.runners]})

    def _show(self, body: bytes, reply: Reply) -> None:
        name, is_verbose = read_show(body)
        if not name:
            raise ApiError(400, "model is required")
        if not is_valid_name(name):
            raise ApiError(400, "invalid model name")
        model = find_model(self.models, name)
        if model is None:
            raise ApiError(404, f"model '{full_name(name)}' not found")
        reply.json(model.verbose_body() if is_verbose else model.show_body)

    def _pull(self, body: bytes, reply: Reply) -> None:
        name, reply.is_streamed = read_pull(body)
        _tell_progress(self.library.pull(name, reply.has_left, keep=self._keep_pulled), reply)

    def _create(self, body: bytes, reply: Reply) -> None:
        request = read_create(body)
        reply.is_streamed = request.is_streamed
        if not (request.base or request.files):
            raise ApiError(400, "neither 'from' or 'files' was specified", is_from_runner=True)
        _tell_progress(self.store.create(request), reply)

    def _copy(self, exchange: GoExchange) -> None:
        self.store.copy(*read_texts(exchange.body, "source", "destination"))
        exchange.send_whole(HTTPStatus.OK, None, b"")

    def _delete(self, exchange: GoExchange) -> None:
        self.store.delete(*read_texts(exchange.body, "model"))
        exchange.send_whole(HTTPStatus.OK, None, b"")

    def _find_blob(self, exchange: GoExchange) -> None:
        digest = exchange.route.removeprefix(BLOBS)
        if not self.store.has(digest):
            raise ApiError(404, f'blob "{digest}" not found')
        exchange.send_status(HTTPStatus.OK)

    def _take_blob(self, exchange: GoExchange) -> None:
        digest = exchange.route.removeprefix(BLOBS)
        exchange.close_connection = self.store.is_full(len(exchange.body))  # Go does not read the rest.
        is_new = self.store.receive(digest, exchange.body)
        exchange.send_whole(HTTPStatus.CREATED if is_new else HTTPStatus.OK, None, b"")

    def _keep_pulled(self, model: StoredModel) -> None:
        self.models[:] = [model, *(other for other in self.models if other.name != model.name)]

    def _generate(self, request: AnswerRequest, reply: Reply) -> None:
        """Answer chat and generate; the runner is free again before the last bytes go out."""
        started_ns = time.monotonic_ns()
        reply.is_streamed = request.is_streamed and not (request.loads_only or request.is_render_only)
        model = model_for(request, self.models, is_cloud_disabled=self.is_cloud_disabled)
        if request.unloads:
            self._scheduler.expel(model)
            reply.json(done_line(request, "unload"))
            return
        check_abilities(request, model)
        options = checked_options(model.parameters, request.options)
        load = load_for(request, model, options, self.default_window)
        with self._scheduler.using(model, load, request.keep_alive_ns, reply.has_left) as runner:
            last = done_line(request, "load")
            if not request.loads_only:
                last = self._work(request, model, options, runner, reply, started_ns=started_ns)
        reply.finish(last)

    def _work(
        self,
        request: AnswerRequest,
        model: StoredModel,
        options: Mapping[str, Any],
        runner: Runner,
        reply: Reply,
        *,
        started_ns: int,
    ) -> dict[str, Any]:
        """Write an answer but for its last line, which is returned; `model` may be another one of the runner's file."""
        load_ns = time.monotonic_ns() - started_ns
        window = runner.load.window_tokens
        check_format(request.output_format)
        prompt = fit_messages(request, model, window)
        if request.is_render_only:
            return rendered(request, prompt)
        scripts = {script.key: script for script in model.scripts} | self._scripts
        prompt, task = task_for(request, model, options, window, prompt, scripts)
        self.prompts.append(prompt)
        answer = Answer(self._watch, runner, task, self)
        with self._scheduler.slot(runner, reply.has_left):
            for line in answer_lines(request, model, answer, reply.has_left):
                reply.line(line)
        return last_line(request, answer, task, started_ns=started_ns, load_ns=load_ns)


def _tell_progress(lines: Iterable[dict[str, Any]], reply: Reply) -> None:
    """Tell of work on the store line by line, or only how it ended."""
    last: dict[str, Any] = {}
    try:
        for last in lines:
            reply.line(last)
    except ApiError as error:
        if reply.is_streamed or not last:
            raise
        reply.end({"error": error.text}, status=error.status)
    else:
        reply.end(last)


def _is_from_here(exchange: GoExchange) -> bool:
    """Refuse what a page of another site sends, as the guard against DNS rebinding does."""
    host = urlsplit(f"//{exchange.headers.get('Host', '')}").hostname or ""
    origin = urlsplit(exchange.headers.get("Origin", "")).hostname or "localhost"
    return host in LOOPBACK_NAMES and origin in LOOPBACK_NAMES


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
