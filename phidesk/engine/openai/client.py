"""A server at an address that speaks the OpenAI protocol: llama-server, vLLM, LM Studio, `transformers serve`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from phidesk.core.errors import EngineForbidden, EngineStarting, KeyRequired, NotAnEngine, PhiDeskError
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.answer_stream import AnswerCall, AnswerInTheMaking, Chunk
from phidesk.engine.network import READ_TIMEOUT_S, Gate, as_url
from phidesk.engine.openai.faults import fault_in_stream, fault_of_reply
from phidesk.engine.openai.wire import ReadChunk, chat_body, read_chat_chunk, read_stream
from phidesk.engine.protocol import AnswerEvent, AnswerRequest, EngineState, EngineStatus, Waiting
from phidesk.engine.transport_faults import transport_faults_as_ours

LLAMA_SERVER = "llamacpp"
"""What llama-server calls itself as the owner of its models."""


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
        self._is_llama_server = False

    @property
    def name(self) -> str:
        """The address, as it was given."""
        return self._address

    def state(self) -> EngineState:
        """Ask for its models: the one thing that every such server answers."""
        try:
            self._model_entries()
        except (EngineForbidden, KeyRequired) as error:
            return self._state(EngineStatus.FORBIDDEN, error.detail)
        except EngineStarting as error:
            return self._state(EngineStatus.STARTING, error.detail)
        except NotAnEngine as error:
            return self._state(EngineStatus.NOT_AN_ENGINE, error.detail)
        except PhiDeskError as error:
            return self._state(EngineStatus.UNREACHABLE, str(error))
        return self._state(EngineStatus.READY, "")

    def models(self, cancel: Cancellation | None = None) -> list[ModelInfo]:
        """List what the server offers, in its own order; most servers tell little more than names."""
        return [self._model_info(entry) for entry in self._model_entries(cancel)]

    def loaded(self, cancel: Cancellation | None = None) -> list[LoadedModel]:
        """Return the models whose window the server tells; how much memory they take none of them does."""
        entries = self._model_entries(cancel)
        if self._is_llama_server:
            window = self._get("/props", cancel).get("default_generation_settings", {}).get("n_ctx")
            return [LoadedModel(str(entry["id"]), window) for entry in entries[:1]]
        windows = ((str(entry["id"]), entry.get("max_model_len")) for entry in entries)
        return [LoadedModel(name, window) for name, window in windows if window]

    def answer(self, request: AnswerRequest, cancel: Cancellation) -> Iterator[AnswerEvent]:
        """Stream one answer. Without a limit of the person none is sent: vLLM refuses one that exceeds the window."""
        making = AnswerInTheMaking(time.monotonic, time.monotonic())
        cancel.check()
        yield Waiting()
        body = chat_body(request)
        if request.answer_limit_tokens is not None:
            body["max_tokens"] = request.most_answer_tokens
        if self._is_llama_server:
            body["return_progress"] = True
        call = OpenAICall(self._address, self._url, "/v1/chat/completions", body, self._headers())
        yield from call.follow(self._gate, making, cancel)
        yield making.finished(window_tokens=self._window_of(request.model.name, cancel))

    def load(self, model: ModelInfo, window_tokens: int) -> None:
        """Do nothing: the server decides what is in its memory."""

    def unload(self, model: ModelInfo) -> None:
        """Do nothing: the server decides what is in its memory."""

    def close(self) -> None:
        """Do nothing: no connection is kept."""

    def _window_of(self, model: str, cancel: Cancellation) -> int | None:
        """Ask after the last word. A stop then does not undo an answer that is complete."""
        try:
            return next((loaded.window_tokens for loaded in self.loaded(cancel) if loaded.name == model), None)
        except (PhiDeskError, Cancelled):
            return None

    def _model_entries(self, cancel: Cancellation | None = None) -> list[dict[str, Any]]:
        entries = self._get("/v1/models", cancel).get("data")
        if not isinstance(entries, list) or not all(isinstance(entry, dict) and "id" in entry for entry in entries):
            raise NotAnEngine(engine=self._address, address=self._url, detail="no list of models")
        self._is_llama_server = any(entry.get("owned_by") == LLAMA_SERVER for entry in entries)
        return entries

    def _model_info(self, entry: dict[str, Any]) -> ModelInfo:
        meta = entry.get("meta") or {}
        return ModelInfo(
            name=str(entry["id"]),
            engine=self._address,
            size_bytes=meta.get("size"),
            trained_window_tokens=meta.get("n_ctx_train") or entry.get("max_model_len"),
            quantisation=str(meta.get("ftype") or ""),
        )

    def _get(self, path: str, cancel: Cancellation | None = None) -> dict[str, Any]:
        with (
            transport_faults_as_ours(self._address, self._url),
            self._gate.stream(
                self._url,
                path,
                json=None,
                method="GET",
                purpose="models",
                cancel=cancel or Cancellation(),
                headers=self._headers(),
                read_timeout_s=READ_TIMEOUT_S,
            ) as reply,
        ):
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

    def _headers(self) -> dict[str, str]:
        key = self._key()
        return {"Authorization": f"Bearer {key}"} if key else {}

    def _state(self, status: EngineStatus, detail: str) -> EngineState:
        return EngineState(status, address=self._url, detail=detail)
