"""A server at an address that speaks the OpenAI protocol: llama-server, vLLM, LM Studio, `transformers serve`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any

from typing_extensions import override

from phidesk.core.errors import (
    CertificateUntrusted,
    EngineForbidden,
    EngineRefused,
    EngineStarting,
    KeyRequired,
    ModelError,
    ModelMissing,
    NoModel,
    NotAnEngine,
    PhiDeskError,
    PromptTooLong,
    SchemaRefused,
)
from phidesk.core.generation import EVERY_PARAMETER, STANDARD_PARAMETERS, Parameter
from phidesk.core.model_info import (
    CHAT_CAPABILITY,
    TOOLS_CAPABILITY,
    LoadedModel,
    ModelInfo,
    is_remote_name,
    refuse_remote,
)
from phidesk.core.servers import is_sendable_key
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.answer_stream import AnswerCall, AnswerInTheMaking, Chunk
from phidesk.engine.closing import Closing
from phidesk.engine.counting import count_request
from phidesk.engine.network import READ_TIMEOUT_S, Gate, as_url
from phidesk.engine.openai.dialect import LIMIT, Dialect, is_about_schema, is_limit_needless, refuses_tools
from phidesk.engine.openai.faults import fault_in_stream, fault_of_reply
from phidesk.engine.openai.wire import ReadChunk, chat_body, llama_sampling, read_chat_chunk, read_stream
from phidesk.engine.protocol import AnswerEvent, AnswerRequest, EngineState, EngineStatus, TokenCount, Waiting
from phidesk.engine.transport_faults import transport_faults_as_ours

LLAMA_SERVER = "llamacpp"
"""What llama-server calls itself as the owner of its models."""
PREFIXES = ("/v1", "")
"""Before the paths of the protocol; the second is what some proxies and small servers have."""
HIDDEN_KEY = "•••"
_WITHOUT_TOOLS = frozenset({CHAT_CAPABILITY})


@dataclass(frozen=True)
class OpenAICall(AnswerCall):
    """A request of this protocol, or of llama-server's own `/completion`: `read_chunk` reads its messages."""

    read_chunk: ReadChunk = read_chat_chunk

    @override
    def read_stream(self, lines: Iterable[bytes]) -> Iterator[Chunk]:
        return read_stream(lines, self.read_chunk)

    @override
    def fault_of_reply(self, status: int, content: bytes) -> PhiDeskError:
        return fault_of_reply(status, content, engine=self.engine, address=self.url, model=self.model)

    @override
    def fault_in_stream(self, error: dict[str, Any]) -> PhiDeskError:
        return fault_in_stream(error, engine=self.engine, address=self.url, model=self.model)


class ServerEngine:
    """The server behind one address. Safe from every thread. The gate must have been told to allow the address."""

    def __init__(self, address: str, key: Callable[[], str | None], gate: Gate) -> None:
        """`address` with or without `/v1`; `key` gives the key of this server, or None, whenever one is needed."""
        self._address = address
        self._url = as_url(address).removesuffix("/v1")
        self._key = key
        self._gate = gate
        self._closing = Closing(address)
        self._prefix: str | None = None
        self._dialect = Dialect()
        self._is_llama_server = False
        self._without_tools: set[str] = set()
        """Names of models for which it refused tools."""

    @property
    def name(self) -> str:
        """The address, as it was given."""
        return self._address

    @property
    def parameters(self) -> frozenset[Parameter]:
        """Those of the protocol; all of them where it is a llama-server."""
        return EVERY_PARAMETER if self._is_llama_server else STANDARD_PARAMETERS

    def state(self) -> EngineState:
        """Ask for its models: the one thing that every such server answers."""
        try:
            self._model_entries()
        except (EngineForbidden, KeyRequired) as error:
            return self._state(EngineStatus.FORBIDDEN, error.detail)
        except EngineStarting as error:
            return self._state(EngineStatus.STARTING, error.detail)
        except (CertificateUntrusted, NotAnEngine) as error:
            return self._state(EngineStatus.NOT_AN_ENGINE, error.detail)
        except PhiDeskError as error:
            return self._state(EngineStatus.UNREACHABLE, str(error))
        return self._state(EngineStatus.READY, "")

    def prepare(self) -> None:
        """Do nothing: who runs the server starts it."""

    def models(self, cancel: Cancellation | None = None) -> list[ModelInfo]:
        """List what the server offers, in its own order; most servers tell little more than names."""
        entries = self._model_entries(cancel)
        capabilities = self._capabilities_of_llama(cancel) if self._is_llama_server else frozenset()
        return [self._model_info(entry, capabilities) for entry in entries]

    def why_missing(self, model_name: str | None) -> ModelError:
        """It is not there."""
        return ModelMissing(engine=self._address, model=model_name) if model_name else NoModel(engine=self._address)

    def loaded(self, cancel: Cancellation | None = None) -> list[LoadedModel]:
        """Return the models whose window the server tells; how much memory they take none of them does."""
        entries = self._model_entries(cancel)
        if self._is_llama_server:
            window = self._call("GET", "/props", cancel=cancel).get("default_generation_settings", {}).get("n_ctx")
            return [LoadedModel(str(entry["id"]), window) for entry in entries[:1]]
        windows = ((str(entry["id"]), entry.get("max_model_len")) for entry in entries)
        return [LoadedModel(name, window) for name, window in windows if window]

    def count(self, request: AnswerRequest, cancel: Cancellation | None = None) -> TokenCount:  # noqa: ARG002
        """Estimate. A server that can count is not asked: what is typed stays here until it is sent."""
        return count_request(request, None)

    def answer(self, request: AnswerRequest, cancel: Cancellation) -> Iterator[AnswerEvent]:
        """Stream one answer. Without a limit of the person none is sent: vLLM refuses one that exceeds the window."""
        making = AnswerInTheMaking(time.monotonic, time.monotonic(), request.told_names)
        cancel.check()
        refuse_remote(request.model)
        yield Waiting()
        with self._closing.until_closed(cancel) as either:
            if self._prefix is None:
                self._model_entries(either)
            yield from self._ask(request, making, either)
        yield making.finished(window_tokens=self._window_of(request.model.name, cancel))

    def needs_key(self, key: str = "", *, cancel: Cancellation | None = None) -> bool:
        """Look whether an answer is refused with this key; empty stands for none.

        `/v1/models` does not tell: llama-server shows it to everybody. A question without anything in it does: every
        server looks at the key first, and refuses such a question before it works.

        Raises:
            EngineError: it cannot be reached, or refuses us for another reason.
        """
        for prefix in PREFIXES if self._prefix is None else (self._prefix,):
            try:
                self._call("POST", f"{prefix}/chat/completions", body={}, key=key, cancel=cancel)
            except KeyRequired:
                return True
            except (EngineRefused, ModelMissing):
                return False
            except NotAnEngine:
                continue
        return False

    def load(self, model: ModelInfo, window_tokens: int) -> None:
        """Do nothing: the server decides what is in its memory."""

    def unload(self, model: ModelInfo) -> None:
        """Do nothing: the server decides what is in its memory."""

    def close(self) -> None:
        """End what is running; no connection is kept."""
        self._closing.close()

    def _ask(self, request: AnswerRequest, making: AnswerInTheMaking, cancel: Cancellation) -> Iterator[AnswerEvent]:
        """Ask, and once more in other words where the server did not understand, as long as that teaches something."""
        if request.model.name in self._without_tools:
            request = _without_tools(request)
        body = self._body(request)
        while True:
            spoken, key = self._dialect.spoken(body), self._usable_key()
            path = f"{self._prefix}/chat/completions"
            call = OpenAICall(self._address, self._url, path, spoken, _headers(key), read_chat_chunk)
            has_begun = False
            try:
                with _hiding(key):
                    for event in call.follow(self._gate, making, cancel):
                        has_begun = True
                        yield event
            except EngineRefused as refusal:
                if not has_begun and LIMIT in body and is_limit_needless(refusal):
                    del body[LIMIT]
                    continue
                learned = None if has_begun else self._dialect.after(refusal, spoken)
                if learned is not None:
                    self._dialect = learned
                elif not has_begun and request.native_tools and refuses_tools(refusal):
                    self._without_tools.add(request.model.name)
                    request = _without_tools(request)
                    body = self._body(request)
                elif not has_begun and request.answer_schema and is_about_schema(refusal):
                    raise SchemaRefused(self._address, refusal.detail, refusal.status) from refusal
                else:
                    raise
            except PromptTooLong as refusal:
                room = (refusal.window_tokens or 0) - (refusal.prompt_tokens or 0)
                if refusal.prompt_tokens is None or not 0 < room < body.get(LIMIT, 0):
                    raise
                body[LIMIT] = room  # Only prompt and limit together were too long.
            else:
                return

    def _body(self, request: AnswerRequest) -> dict[str, Any]:
        body = chat_body(request, is_llama=self._is_llama_server)
        if request.answer_limit_tokens is not None or request.must_call:
            body[LIMIT] = request.most_answer_tokens
        if self._is_llama_server:
            body |= {"return_progress": True, **llama_sampling(request)}
        return body

    def _window_of(self, model: str, cancel: Cancellation) -> int | None:
        """Ask after the last word. A stop then does not undo an answer that is complete."""
        try:
            return next((loaded.window_tokens for loaded in self.loaded(cancel) if loaded.name == model), None)
        except (PhiDeskError, Cancelled):
            return None

    def _model_entries(self, cancel: Cancellation | None = None) -> list[dict[str, Any]]:
        if self._prefix is not None:
            return self._model_entries_under(self._prefix, cancel)
        problems: list[NotAnEngine] = []
        for prefix in PREFIXES:
            try:
                entries = self._model_entries_under(prefix, cancel)
            except NotAnEngine as problem:
                problems.append(problem)
            else:
                self._prefix = prefix
                return entries
        raise problems[0]

    def _model_entries_under(self, prefix: str, cancel: Cancellation | None) -> list[dict[str, Any]]:
        entries = self._call("GET", f"{prefix}/models", cancel=cancel).get("data")
        if not isinstance(entries, list) or not all(isinstance(entry, dict) and "id" in entry for entry in entries):
            raise NotAnEngine(engine=self._address, address=self._url, detail="no list of models")
        self._is_llama_server = any(entry.get("owned_by") == LLAMA_SERVER for entry in entries)
        return entries

    def _capabilities_of_llama(self, cancel: Cancellation | None) -> frozenset[str]:
        """Ask llama-server whether the template of its model knows tools; older ones do not say."""
        try:
            said = self._call("GET", "/props", cancel=cancel).get("chat_template_caps") or {}
        except PhiDeskError:
            return frozenset()
        if "supports_tools" not in said:
            return frozenset()
        return frozenset({CHAT_CAPABILITY, TOOLS_CAPABILITY} if said["supports_tools"] else {CHAT_CAPABILITY})

    def _model_info(self, entry: dict[str, Any], capabilities: frozenset[str]) -> ModelInfo:
        meta = entry.get("meta") or {}
        name = str(entry["id"])
        return ModelInfo(
            name=name,
            engine=self._address,
            size_bytes=meta.get("size"),
            trained_window_tokens=meta.get("n_ctx_train") or entry.get("max_model_len"),
            quantisation=str(meta.get("ftype") or ""),
            is_remote=is_remote_name(name),
            capabilities=_WITHOUT_TOOLS if name in self._without_tools else capabilities,
        )

    def _call(
        self, method: str, path: str, *, body: Any = None, cancel: Cancellation | None = None, key: str | None = None
    ) -> dict[str, Any]:
        """Ask for a document. `key` stands in for the kept one; empty means none."""
        key = self._usable_key() if key is None else key
        with (
            _hiding(key),
            self._closing.until_closed(cancel or Cancellation()) as either,
            transport_faults_as_ours(self._address, self._url),
        ):
            with self._gate.stream(
                self._url,
                path,
                json=body,
                method=method,
                purpose="models",
                cancel=either,
                headers=_headers(key),
                read_timeout_s=READ_TIMEOUT_S,
            ) as reply:
                reply.read()
            if not reply.is_success:
                raise fault_of_reply(reply.status_code, reply.content, engine=self._address, address=self._url)
            try:
                document = reply.json()
            except ValueError as error:
                raise NotAnEngine(engine=self._address, address=self._url, detail=reply.text[:200]) from error
            if not isinstance(document, dict):
                raise NotAnEngine(engine=self._address, address=self._url, detail=reply.text[:200])
            return document

    def _usable_key(self) -> str:
        """Return the kept key, empty for none.

        Raises:
            SecretsUnavailable: the keyring does not open.
            KeyRequired: another program put something there that cannot be sent.
        """
        key = self._key() or ""
        if not is_sendable_key(key):
            raise KeyRequired(engine=self._address, address=self._url, detail="the kept key cannot be sent")
        return key

    def _state(self, status: EngineStatus, detail: str) -> EngineState:
        return EngineState(status, address=self._url, detail=detail)


def _without_tools(request: AnswerRequest) -> AnswerRequest:
    return replace(request, model=replace(request.model, capabilities=_WITHOUT_TOOLS))


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


@contextmanager
def _hiding(key: str) -> Iterator[None]:
    """Take the key out of errors: servers repeat it when they refuse it, and errors are stored and shown."""
    try:
        yield
    except PhiDeskError as error:
        for fact in fields(error):
            value = getattr(error, fact.name)
            if key and isinstance(value, str) and key in value:
                setattr(error, fact.name, value.replace(key, HIDDEN_KEY))
        raise
