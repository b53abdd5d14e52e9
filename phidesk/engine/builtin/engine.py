"""The built-in engine behind the protocol: one child with one model, one answer at a time."""

from __future__ import annotations

import importlib.util
import logging
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import MINIMUM_WINDOW_TOKENS
from phidesk.core.errors import (
    EngineDied,
    EngineUnreachable,
    ModelError,
    ModelLoadFailed,
    ModelMissing,
    NoModel,
    PhiDeskError,
)
from phidesk.core.generation import EVERY_PARAMETER, Parameter
from phidesk.core.model_info import CachePrecision, LoadedModel, ModelInfo
from phidesk.core.tasks import Cancellation, StartLoop
from phidesk.engine.answer_stream import AnswerInTheMaking
from phidesk.engine.builtin.model_folder import ModelFile, ModelFolders
from phidesk.engine.builtin.model_server import ModelServer
from phidesk.engine.call_schema import answer_schema
from phidesk.engine.chat_template import render_chat_template
from phidesk.engine.counting import CounterShelf, count_request
from phidesk.engine.network import Gate
from phidesk.engine.ollama.store import OllamaStore
from phidesk.engine.openai.client import OpenAICall
from phidesk.engine.openai.wire import (
    ReadChunk,
    chat_body,
    chat_messages,
    llama_sampling,
    read_chat_chunk,
    read_completion_chunk,
    sampling,
)
from phidesk.engine.phi4_mini import render_prompt
from phidesk.engine.protocol import (
    BUILTIN,
    AnswerEvent,
    AnswerRequest,
    EngineState,
    EngineStatus,
    Loading,
    TokenCount,
    Waiting,
    WaitReason,
)
from phidesk.engine.vocabulary import read_gguf_vocabulary

logger = logging.getLogger(__name__)

CHILD_COMMAND = (sys.executable, "-m", "phidesk.engine.builtin.server_child")
LIBRARY = "xllamacpp"
TURN_CHECK_S = 0.02
"""How often a waiting answer looks whether it was stopped while another one is being written."""
TOOL_CALL_TOKENS = ["<|tool_call|>", "<|/tool_call|>"]
"""Control tokens that llama.cpp must show us instead of swallowing them."""
_MARKED_ANSWERS = re.compile("think|reason|channel|tool", re.IGNORECASE)
"""What stands in templates of models that write more than the answer itself."""


class BuiltinEngine:
    """Runs the model files of some folders. Safe from every thread; answers of several threads wait for each other."""

    def __init__(
        self,
        model_folders: Sequence[Path],
        gate: Gate,
        start_loop: StartLoop,
        executable: Sequence[str] = CHILD_COMMAND,
        ollama: OllamaStore | None = None,
        counters: CounterShelf | None = None,
        cache_precision: Callable[[], CachePrecision] = lambda: CachePrecision.F16,
    ) -> None:
        """`executable` is the command that starts `server_child`. Nothing is started before the first answer.

        `ollama` has files that are used where they lie, and never changed. Without `counters` those of this engine are
        kept for its lifetime only. `cache_precision` is read before each answer: another kind means loading anew.
        """
        self._counters = counters or CounterShelf()
        self._well_rendered: set[str] = set()
        """Files whose template we render as llama.cpp does."""
        self._folders = ModelFolders(model_folders, ollama)
        self._gate = gate
        self._start_loop = start_loop
        self._executable = tuple(executable)
        self._cache_precision = cache_precision
        self._turn = threading.Lock()
        self._server: ModelServer | None = None
        self._last_log_lines: list[str] = []
        self._is_closed = False

    @property
    def name(self) -> str:
        """BUILTIN."""
        return BUILTIN

    @property
    def parameters(self) -> frozenset[Parameter]:
        """All of them."""
        return EVERY_PARAMETER

    def state(self) -> EngineState:
        """Look whether llama.cpp is installed. It is started with the first answer, so it is ready or absent."""
        if importlib.util.find_spec(LIBRARY) is None:
            return EngineState(EngineStatus.ABSENT)
        from importlib import metadata  # noqa: PLC0415 - 30 ms that the first paint need not wait for

        try:
            version = metadata.version(LIBRARY)
        except metadata.PackageNotFoundError:
            version = ""
        return EngineState(EngineStatus.READY, version=version)

    def prepare(self) -> None:
        """Do nothing: the child is started with a model, so with the first answer."""

    def models(self, cancel: Cancellation | None = None) -> list[ModelInfo]:  # noqa: ARG002 - it takes no time
        """List the readable model files, the most recently changed first."""
        return [file.info for file in self._folders.list()]

    def why_missing(self, model_name: str | None) -> ModelError:
        """Its file is not there, or cannot be read."""
        if model_name is None:
            return NoModel(engine=BUILTIN, path=self._folders.first)
        try:
            self._folders.find(model_name)
        except ModelError as problem:
            return problem
        return ModelMissing(engine=BUILTIN, model=model_name)

    def loaded(self, cancel: Cancellation | None = None) -> list[LoadedModel]:  # noqa: ARG002 - it takes no time
        """Return the model in memory with what llama.cpp said that it allocated. Never waits."""
        server = self._server
        if server is None or server.window_tokens is None or not server.is_running:
            return []
        memory = server.memory
        return [
            LoadedModel(
                server.file.name,
                server.window_tokens,
                memory.total_bytes,
                memory.gpu_bytes,
                cache_precision=server.cache_precision,
            )
        ]

    def count(self, request: AnswerRequest, cancel: Cancellation | None = None) -> TokenCount:  # noqa: ARG002
        """Count with the vocabulary of the file: exactly for phi4-mini, and where llama.cpp or we render its template.

        llama.cpp does while the model is loaded, we before that where the template is a simple one; else about.
        """
        file = self._folders.find(request.model.name)
        counter = self._counters.find(file.identity, lambda: read_gguf_vocabulary(file.path, BUILTIN))
        if counter is None or request.model.is_phi4_mini:
            return count_request(request, counter)
        prompt = self._rendered(file, request)
        if prompt is None:
            return count_request(request, counter)
        return TokenCount(counter.count_prompt(prompt), is_exact=True)

    def answer(self, request: AnswerRequest, cancel: Cancellation) -> Iterator[AnswerEvent]:
        """Stream one answer; start the child before if it does not hold this model with this window.

        A child that dies before it said a word, because it was about to end when it was asked, is started once more.
        """
        started = time.monotonic()
        cancel.check()
        file = self._folders.find(request.model.name)
        if self._turn.locked():
            yield Waiting(WaitReason.QUEUED)
        with self._own_turn(cancel):
            making = AnswerInTheMaking(time.monotonic, started, request.told_names)
            server = self._fitting_server(file, request.window_tokens)
            if server is not None:
                try:
                    yield from self._ask(server, request, making, cancel)
                except EngineDied:
                    if making.has_begun:
                        raise
                    logger.info("the child was gone when it was asked; it is started again")
                else:
                    return
            yield Loading()
            server = self._start_server(file, request.window_tokens, cancel)
            yield from self._ask(server, request, making, cancel, load_ms=server.load_ms)

    def path_of(self, model: ModelInfo) -> Path:
        """Return where the file of a model lies.

        Raises:
            ModelMissing: no folder has it.
        """
        return self._folders.find(model.name).path

    @property
    def process_id(self) -> int | None:
        """The system's number of the child; None while there is none."""
        server = self._server
        return server.process_id if server is not None and server.is_running else None

    @property
    def log_lines(self) -> list[str]:
        """The newest lines of llama.cpp, also of the child before if there is none now."""
        server = self._server
        return server.log_lines if server is not None else self._last_log_lines

    def is_working(self) -> bool:
        """Ask llama.cpp whether it reads or writes right now (`/slots`)."""
        server = self._server
        return server is not None and any(slot["is_processing"] for slot in server.slots())

    def load(self, model: ModelInfo, window_tokens: int) -> None:
        """Start the child with this model if it does not run already. Waits for a running answer."""
        file = self._folders.find(model.name)
        if self._fitting_server(file, window_tokens) is not None:
            return
        with self._turn:
            if self._fitting_server(file, window_tokens) is None:
                self._start_server(file, window_tokens, Cancellation())

    def unload(self, model: ModelInfo) -> None:
        """End the child if it holds this model. Waits for a running answer."""
        with self._turn:
            if self._server is not None and self._server.file.name == model.name:
                self._end_server()

    def close(self) -> None:
        """End the child at once; a running answer ends with `EngineDied`."""
        self._is_closed = True
        self._end_server()

    @contextmanager
    def _own_turn(self, cancel: Cancellation) -> Iterator[None]:
        while not self._turn.acquire(timeout=TURN_CHECK_S):
            cancel.check()
        try:
            yield
        finally:
            self._turn.release()

    def _rendered(self, file: ModelFile, request: AnswerRequest) -> str | None:
        """Return the prompt that the template of the file makes; None where that is known only once it is loaded.

        llama.cpp takes milliseconds for a long conversation, at each count. So it is asked until it made the same
        prompt as we, and then only where tools are told through the template.
        """
        ours = render_chat_template(file.header.chat_template, chat_messages(request))
        server = self._server
        if server is None or not server.has_loaded(file):
            return ours
        if ours is not None and not _uses_tools(request) and file.identity in self._well_rendered:
            return ours
        try:
            theirs = str(server.call("POST", "/apply-template", chat_body(request, is_llama=True))["prompt"])
        except PhiDeskError:
            logger.info("the child ended while it was asked")
            return ours
        if ours == theirs:
            self._well_rendered.add(file.identity)
        return theirs

    def _fitting_server(self, file: ModelFile, window_tokens: int) -> ModelServer | None:
        server = self._server
        window = _possible_window(file, window_tokens)
        if server is None or not server.window_tokens:
            return None
        return server if server.fits(file, window, self._cache_precision()) else None

    def _start_server(self, file: ModelFile, window_tokens: int, cancel: Cancellation) -> ModelServer:
        self._end_server()
        server = ModelServer(
            file,
            _possible_window(file, window_tokens),
            executable=self._executable,
            gate=self._gate,
            start_loop=self._start_loop,
            cache_precision=self._cache_precision(),
        )
        self._server = server
        try:
            if not self._is_closed:
                server.wait_until_loaded(cancel)
        except ModelLoadFailed:
            if not self._is_closed:
                raise
        if self._is_closed:  # Whatever happened meanwhile, it happened because of that.
            server.close()
            raise EngineDied(engine=BUILTIN, detail="the engine was closed")
        return server

    def _end_server(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            self._last_log_lines = server.log_lines
            server.close()

    def _ask(
        self,
        server: ModelServer,
        request: AnswerRequest,
        making: AnswerInTheMaking,
        cancel: Cancellation,
        *,
        load_ms: float | None = None,
    ) -> Iterator[AnswerEvent]:
        yield Waiting()
        try:
            path, body, read_chunk = self._question(server, request)
            call = OpenAICall(BUILTIN, server.address, path, body, server.headers, read_chunk)
            yield from call.follow(self._gate, making, cancel)
        except (EngineDied, EngineUnreachable) as error:
            raise server.death() or error from error
        finished = making.finished(window_tokens=server.window_tokens, load_ms=load_ms)
        if finished.reason is FinishReason.ENDED_EARLY and (death := server.death()):
            raise death
        yield finished

    def _question(self, server: ModelServer, request: AnswerRequest) -> tuple[str, dict[str, Any], ReadChunk]:
        """Return path and body of the request, and what reads its chunks."""
        prompt = self._own_prompt(server.file, request)
        if prompt is None:
            extras = {"max_tokens": request.most_answer_tokens, "return_progress": True, **llama_sampling(request)}
            body = chat_body(request, is_llama=True) | extras
            return "/v1/chat/completions", body, read_chat_chunk
        body = {
            "prompt": self._tokens_of(server, prompt),
            "n_predict": request.most_answer_tokens,
            "preserved_tokens": TOOL_CALL_TOKENS,
            "stream": True,
            "return_progress": True,
            **sampling(request),
            **llama_sampling(request),
        }
        if request.model.is_phi4_mini and request.told_tools:
            body["stop"] = [*request.stop_strings, TOOL_CALL_TOKENS[1]]
        if (schema := answer_schema(request)) is not None:
            body["json_schema"] = schema
        return "/completion", body, read_completion_chunk

    def _own_prompt(self, file: ModelFile, request: AnswerRequest) -> str | None:
        """Return the prompt that is sent in place of the messages: phi4-mini's, and others that are proven.

        None where llama.cpp itself must read the answer: calls of tools, and what the model thinks.
        """
        if request.model.is_phi4_mini:
            return render_prompt(request)
        template = file.header.chat_template
        is_read_by_llama_cpp = _uses_tools(request) or _MARKED_ANSWERS.search(template) is not None
        if is_read_by_llama_cpp or file.header.adds_start_token or file.identity not in self._well_rendered:
            return None
        return render_chat_template(template, chat_messages(request))

    def _tokens_of(self, server: ModelServer, prompt: str) -> list[int] | str:
        """Return the tokens of a prompt, without one in front of them; the text itself where that is as good."""
        counter = self._counters.find(server.file.identity, lambda: read_gguf_vocabulary(server.file.path, BUILTIN))
        if counter is not None:
            return server.prompt_tokens.find(prompt, counter)
        return server.tokenise(prompt) if server.file.header.adds_start_token else prompt


def _uses_tools(request: AnswerRequest) -> bool:
    return bool(request.native_tools) or any(message.tool_uses for message in request.messages)


def _possible_window(file: ModelFile, window_tokens: int) -> int:
    """Return the window to ask for: what is wanted, at most what the model was trained for."""
    return max(MINIMUM_WINDOW_TOKENS, min(window_tokens, file.header.trained_window_tokens or window_tokens))
