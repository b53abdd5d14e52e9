"""What the daemon and the `ollama` package say when something goes wrong, as our errors.

The daemon tells most failures only in a sentence, with status 400 or 500, or without one in the middle of a stream. The
first row of `_SENTENCES` that fits decides; the sentences are those of recorded daemons and of its source.

The package raises:
    ResponseError                                              → by status and words, like a reply of the daemon
    ConnectionError                                            → EngineUnreachable
    errors of httpx                                            → see transport_faults.py
    ValueError (pydantic, json), AttributeError, TypeError     → NotAnEngine: it met what no daemon says
    RequestError                                               → never raised; a bug of ours, passes
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from phidesk.core.errors import (
    EngineBusy,
    EngineDamaged,
    EngineDied,
    EngineForbidden,
    EngineRefused,
    EngineUnreachable,
    KeyRequired,
    ModelCannotChat,
    ModelElsewhere,
    ModelFileDamaged,
    ModelFolderUnusable,
    ModelLoadFailed,
    ModelLoadStalled,
    ModelMissing,
    ModelTooNew,
    NotAnEngine,
    PhiDeskError,
    ProcessorTooOld,
    PromptTooLong,
)
from phidesk.engine.protocol import OLLAMA
from phidesk.engine.transport_faults import transport_faults_as_ours

LONGEST_DETAIL = 500
IN_STREAM = 500
"""An error line in a stream has no status of its own; before the first byte it would have been this one."""


@dataclass(frozen=True)
class Refusal:
    """What the engine said when it refused."""

    status: int
    text: str
    address: str
    model: str

    @property
    def detail(self) -> str:
        """The engine's words, as an error carries them."""
        return self.text[:LONGEST_DETAIL]


_OUT_OF_MEMORY = re.compile(
    r"out.of.memory|insufficient memory|more system memory|failed to allocate|unable to allocate|bad_alloc"
    r"|cannot allocate memory",
    re.IGNORECASE,
)


def fault_of_reply(status: int, content: bytes, *, address: str, model: str = "") -> PhiDeskError:
    """Return our error for a reply that is not a success."""
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    if isinstance(document, dict) and "error" in document:
        return _fault(Refusal(status, _words(document["error"]), address, model))
    refusal = Refusal(status, content[:LONGEST_DETAIL].decode("utf-8", "replace"), address, model)
    if status in BY_STATUS or status == 500:
        return _fault(refusal)
    return _not_ollama(refusal)


def fault_in_stream(document: dict[str, Any], *, address: str, model: str = "") -> PhiDeskError:
    """Return our error for an error line that came instead of more text: the question had been accepted."""
    refusal = Refusal(IN_STREAM, _words(document["error"]), address, model)
    fault = _fault(refusal)
    return _died(refusal) if isinstance(fault, EngineRefused) else fault


@contextmanager
def package_faults_as_ours(address: str, model: str = "") -> Iterator[None]:
    """Turn whatever one call of the `ollama` package raises into one of our errors."""
    try:
        # Its import makes a client of its own, which refuses an OLLAMA_HOST that the daemon puts up with.
        from ollama import ResponseError  # noqa: PLC0415 - 180 ms that the first paint need not wait for
    except ValueError as error:
        raise EngineUnreachable(engine=OLLAMA, address=address, detail=f"OLLAMA_HOST: {error}") from error
    try:
        with transport_faults_as_ours(OLLAMA, address):
            yield
    except ResponseError as error:
        status = error.status_code if error.status_code > 0 else IN_STREAM
        raise _fault(Refusal(status, error.error, address, model)) from error
    except ConnectionError as error:
        raise EngineUnreachable(engine=OLLAMA, address=address, detail=str(error)) from error
    except (ValueError, AttributeError, TypeError) as error:
        detail = f"{type(error).__name__}: {error}"[:LONGEST_DETAIL]
        raise NotAnEngine(engine=OLLAMA, address=address, detail=detail) from error


def _fault(refusal: Refusal) -> PhiDeskError:
    inner = _inner_error(refusal.text)
    if inner.get("type") == "exceed_context_size_error":
        return PromptTooLong(OLLAMA, inner.get("n_prompt_tokens"), inner.get("n_ctx"))
    refusal = replace(refusal, text=str(inner.get("message", refusal.text)))
    for statuses, sentence, make in _SENTENCES:
        if refusal.status in statuses and sentence.search(refusal.text):
            return make(refusal)
    return BY_STATUS.get(refusal.status, _refused)(refusal)


def _inner_error(text: str) -> dict[str, Any]:
    """Return the error of the runner that the daemon passes on as text: JSON inside JSON."""
    try:
        error = json.loads(text)["error"]
    except (ValueError, TypeError, KeyError):
        return {}
    return error if isinstance(error, dict) else {}


def _words(error: object) -> str:
    return error if isinstance(error, str) else json.dumps(error)


def _too_long(_refusal: Refusal) -> PhiDeskError:
    return PromptTooLong(OLLAMA)


def _missing(refusal: Refusal) -> PhiDeskError:
    return ModelMissing(engine=OLLAMA, model=refusal.model, detail=refusal.detail)


def _cannot_chat(refusal: Refusal) -> PhiDeskError:
    return ModelCannotChat(engine=OLLAMA, model=refusal.model, detail=refusal.detail)


def _damaged(refusal: Refusal) -> PhiDeskError:
    return ModelFileDamaged(engine=OLLAMA, model=refusal.model, detail=refusal.detail)


def _load_failed(refusal: Refusal) -> PhiDeskError:
    out_of_memory = int(_OUT_OF_MEMORY.search(refusal.text) is not None)
    return ModelLoadFailed(engine=OLLAMA, model=refusal.model, detail=refusal.detail, out_of_memory=out_of_memory)


def _load_stalled(refusal: Refusal) -> PhiDeskError:
    return ModelLoadStalled(engine=OLLAMA, model=refusal.model, detail=refusal.detail)


def _too_new(refusal: Refusal) -> PhiDeskError:
    return ModelTooNew(engine=OLLAMA, model=refusal.model, detail=refusal.detail)


def _elsewhere(refusal: Refusal) -> PhiDeskError:
    return ModelElsewhere(engine=OLLAMA, model=refusal.model, detail=refusal.detail)


def _engine_damaged(refusal: Refusal) -> PhiDeskError:
    return EngineDamaged(engine=OLLAMA, detail=refusal.detail)


def _folder_unusable(refusal: Refusal) -> PhiDeskError:
    return ModelFolderUnusable(engine=OLLAMA, detail=refusal.detail)


def _processor_too_old(refusal: Refusal) -> PhiDeskError:
    return ProcessorTooOld(engine=OLLAMA, detail=refusal.detail)


def _died(refusal: Refusal) -> PhiDeskError:
    out_of_memory = int(_OUT_OF_MEMORY.search(refusal.text) is not None)
    return EngineDied(engine=OLLAMA, detail=refusal.detail, out_of_memory=out_of_memory)


def _refused(refusal: Refusal) -> PhiDeskError:
    return EngineRefused(engine=OLLAMA, detail=refusal.detail, status=refusal.status)


def _wants_key(refusal: Refusal) -> PhiDeskError:
    return KeyRequired(engine=OLLAMA, address=refusal.address, detail=refusal.detail)


def _forbidden(refusal: Refusal) -> PhiDeskError:
    return EngineForbidden(engine=OLLAMA, address=refusal.address, detail=refusal.detail)


def _busy(refusal: Refusal) -> PhiDeskError:
    return EngineBusy(engine=OLLAMA, detail=refusal.detail)


def _unreachable(refusal: Refusal) -> PhiDeskError:
    return EngineUnreachable(engine=OLLAMA, address=refusal.address, detail=f"HTTP {refusal.status}: {refusal.detail}")


def _not_ollama(refusal: Refusal) -> PhiDeskError:
    return NotAnEngine(engine=OLLAMA, address=refusal.address, detail=f"HTTP {refusal.status}: {refusal.detail}")


Make = Callable[[Refusal], PhiDeskError]

BY_STATUS: dict[int, Make] = {
    401: _wants_key,
    403: _forbidden,
    407: _wants_key,
    502: _unreachable,
    503: _busy,
    504: _unreachable,
}
"""What a status means by itself. 401, 407, 502 and 504 come from a proxy in front of the daemon."""

_ANY, _CLIENT, _SERVER = range(1000), range(400, 500), range(500, 600)

_SENTENCES: tuple[tuple[range, re.Pattern[str], Make], ...] = (
    (_ANY, re.compile(r"^the (prompt|input length) (is longer than|exceeds) the context length"), _too_long),
    (_CLIENT, re.compile(r"^model ['\"].*['\"] not found|^model is required$|^invalid model name$"), _missing),
    (_CLIENT, re.compile(r"does not support (chat|generate|completion)$"), _cannot_chat),
    (_CLIENT, re.compile(r"^ollama cloud is disabled"), _elsewhere),
    (range(404, 406), re.compile(r"^\s*<|^404 page not found$|^405 method not allowed$"), _not_ollama),
    (_ANY, re.compile(r"^an error was encountered while running the model"), _died),
    (_ANY, re.compile(r"^model runner has unexpectedly stopped|^llama runner process no longer running"), _died),
    (_SERVER, re.compile(r"permission denied|ensure path elements are traversable"), _folder_unusable),
    (_SERVER, re.compile(r"signal: illegal instruction|exit status 0xc000001d", re.IGNORECASE), _processor_too_old),
    (_SERVER, re.compile(r"may be incompatible with your version|unknown model architecture"), _too_new),
    (_SERVER, re.compile(r"llama-server binary not found"), _engine_damaged),
    (_SERVER, re.compile(r"^(llama-server|llama runner) process has terminated|^error starting "), _load_failed),
    (_SERVER, re.compile(r"^timed out waiting for (llama-server|llama runner) to start"), _load_stalled),
    (_SERVER, re.compile(r"^(unable|failed) to load model|error loading model"), _load_failed),
    (_SERVER, _OUT_OF_MEMORY, _load_failed),
    (
        _SERVER,
        re.compile(r"^invalid file magic|^GGUF |offset\+size .* exceeds file size|^(unexpected )?EOF$"),
        _damaged,
    ),
    (_SERVER, re.compile(r"^invalid character '|/blobs/sha256-.*no such file"), _damaged),
)
