"""One llama.cpp server in a child process: started with one model and one window, watched, ended."""

from __future__ import annotations

import itertools
import json
import os
import re
import secrets
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from phidesk.core.errors import EngineDied, EngineMissing, ModelLoadFailed, PhiDeskError, ProcessorTooOld
from phidesk.core.model_info import CachePrecision
from phidesk.core.tasks import Cancellation, StartLoop
from phidesk.engine.builtin.model_folder import ModelFile
from phidesk.engine.builtin.prompt_tokens import PromptTokens
from phidesk.engine.network import Gate
from phidesk.engine.openai.faults import fault_of_reply
from phidesk.engine.protocol import BUILTIN
from phidesk.engine.transport_faults import transport_faults_as_ours
from phidesk.processes.child import Child

KEY_BYTES = 32
LOADED_MARK = "model loaded"
"""llama.cpp's own message after all that it says about memory (its messages come in order, but a moment late)."""
MEMORY_REPORT_S = 0.2
LAST_WORDS_S = 2.0
"""A process that closed its connections is gone within milliseconds; a core dump of a large model takes longer."""
REASON_LINES = 8
ILLEGAL_INSTRUCTION = {-4, 0xC000001D, 0xC000001D - 2**32}
"""How a process ends that this processor does not understand: signal 4, and Windows' STATUS_ILLEGAL_INSTRUCTION."""
_OUT_OF_MEMORY = re.compile(
    r"out of memory|insufficient memory|failed to allocate|unable to allocate|bad_alloc|cannot allocate memory",
    re.IGNORECASE,
)
_BUFFER_SIZE = re.compile(r"\s(\S+)\s+(model|KV|RS|output|compute)\s+buffer size =\s+([\d.]+) MiB")
_PROBLEM = re.compile(r"^[\d.]+ [EW] |error|fail|terminate|what\(\)", re.IGNORECASE)
_numbers = itertools.count(1)


class ModelServer:
    """A child that loads one model and serves it. The figures are known once `wait_until_loaded` returned."""

    def __init__(
        self,
        file: ModelFile,
        window_tokens: int,
        *,
        executable: Sequence[str],
        gate: Gate,
        start_loop: StartLoop,
        cache_precision: CachePrecision = CachePrecision.F16,
    ) -> None:
        """Start the child. `window_tokens` is what is asked for, at most the trained window.

        Raises:
            EngineMissing: the command of the child does not exist.
        """
        self.file = file
        self.asked_window_tokens = window_tokens
        self.cache_precision = cache_precision
        self.window_tokens: int | None = None
        self.load_ms = 0.0
        self.address = ""
        self.memory = MemoryReport()
        self.prompt_tokens = PromptTokens(self.tokenise)
        self._gate = gate
        self._key = secrets.token_hex(KEY_BYTES)
        order = {
            "parent_id": os.getpid(),
            "model_path": str(file.path),
            "window_tokens": window_tokens,
            "cache_precision": cache_precision.name,
            "threads": physical_cores(),
            "key": self._key,
        }
        try:
            self._child = Child(
                executable,
                name=f"child-output-{next(_numbers)}",
                start_loop=start_loop,
                first_input=json.dumps(order).encode() + b"\n",
                receive_error_line=self.memory.read,
            )
        except OSError as error:
            raise EngineMissing(engine=BUILTIN, detail=str(error)) from error

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._child.is_running

    @property
    def process_id(self) -> int:
        """The system's number of the child."""
        return self._child.process_id

    @property
    def log_lines(self) -> list[str]:
        """The newest lines that llama.cpp wrote."""
        return self._child.error_lines

    @property
    def headers(self) -> dict[str, str]:
        """The key, as every request must carry it."""
        return {"Authorization": f"Bearer {self._key}"}

    def fits(self, file: ModelFile, window_tokens: int, cache_precision: CachePrecision) -> bool:
        """Whether it runs and holds this very file with this window and this kind of cache."""
        held = self.file, self.asked_window_tokens, self.cache_precision
        return self.is_running and held == (file, window_tokens, cache_precision)

    def has_loaded(self, file: ModelFile) -> bool:
        """Whether it runs and holds this very file, whatever the window."""
        return self.is_running and self.file == file and self.window_tokens is not None

    def wait_until_loaded(self, cancel: Cancellation) -> None:
        """Wait for the model. If this does not return, the child is gone.

        Raises:
            ModelLoadFailed: with llama.cpp's own words.
            EngineMissing: llama.cpp is not installed.
            Cancelled: `cancel` was used.
        """
        started = time.monotonic()
        withdraw = cancel.on_cancel(self._child.kill)
        try:
            announcement = self._read_announcement()
            cancel.check()
            if "address" not in announcement:
                raise self._load_failure(announcement)
            self.address = announcement["address"]
            self.memory.is_complete.wait(MEMORY_REPORT_S)
            self.window_tokens = self.slots()[0]["n_ctx"]
            self.load_ms = (time.monotonic() - started) * 1000
        except BaseException:
            self.close()
            raise
        finally:
            withdraw()

    def slots(self) -> list[dict[str, Any]]:
        """Ask what it is doing: `/slots`, whose `n_ctx` is the window that it allocated."""
        slots: list[dict[str, Any]] = self.call("GET", "/slots")
        return slots

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Make one short call and return what came back."""
        with (
            transport_faults_as_ours(BUILTIN, self.address),
            self._gate.client(self.address, purpose=BUILTIN, headers=self.headers) as client,
        ):
            reply = client.request(method, path, json=body)
        if not reply.is_success:
            raise fault_of_reply(reply.status_code, reply.content, engine=BUILTIN, address=self.address)
        return reply.json()

    def tokenise(self, text: str) -> list[int]:
        """Ask for the tokens of a text in which the name of a control token is that token."""
        body = {"content": text, "add_special": False, "parse_special": True}
        tokens: list[int] = self.call("POST", "/tokenize", body)["tokens"]
        return tokens

    def death(self) -> PhiDeskError | None:
        """Return the error for an answer that broke off if the process is gone, with its last words."""
        if not self._child.wait(LAST_WORDS_S) and self.is_running:
            return None
        if self._child.exit_code in ILLEGAL_INSTRUCTION:
            return ProcessorTooOld(engine=BUILTIN, detail=self._last_words())
        return EngineDied(engine=BUILTIN, detail=self._last_words(), out_of_memory=int(self._ran_out_of_memory()))

    def close(self) -> None:
        """End the process and free its memory. Doing it twice is no error."""
        self._child.close()

    def _read_announcement(self) -> dict[str, str]:
        line = self._child.read_line()
        if not line:
            return {}
        announcement: dict[str, str] = json.loads(line)
        return announcement

    def _load_failure(self, announcement: dict[str, str]) -> PhiDeskError:
        self._child.wait(LAST_WORDS_S)
        failure = announcement.get("failure", "")
        if failure.startswith(("ImportError", "ModuleNotFoundError")):
            return EngineMissing(engine=BUILTIN, detail=failure)
        if self._child.exit_code in ILLEGAL_INSTRUCTION:
            return ProcessorTooOld(engine=BUILTIN, detail=self._last_words())
        out_of_memory = int(self._ran_out_of_memory())
        return ModelLoadFailed(
            engine=BUILTIN, model=self.file.name, detail=self._last_words(), out_of_memory=out_of_memory
        )

    def _ran_out_of_memory(self) -> bool:
        return any(_OUT_OF_MEMORY.search(line) for line in self._child.error_lines)

    def _last_words(self) -> str:
        """Pick what tells of a problem from its error stream: the newest few lines, and how it ended."""
        problems = [line for line in self._child.error_lines if _PROBLEM.search(line)]
        return "\n".join([*problems[-REASON_LINES:], f"exit code {self._child.exit_code}"])


class MemoryReport:
    """Reads from llama.cpp's messages how much memory it allocated; complete once the model is loaded."""

    def __init__(self) -> None:
        self.is_complete = threading.Event()
        self._bytes: dict[str, int] = {}
        self._cache_bytes: int | None = None

    def read(self, line: str) -> None:
        """Take a line of the error stream. Called by the thread that drains it."""
        if LOADED_MARK in line:
            self.is_complete.set()
        elif not self.is_complete.is_set() and (match := _BUFFER_SIZE.search(line)):
            device, kind = match.group(1), match.group(2)
            size = round(float(match.group(3)) * 1024 * 1024)
            self._bytes[device] = self._bytes.get(device, 0) + size
            if kind == "KV":
                self._cache_bytes = (self._cache_bytes or 0) + size

    @property
    def cache_bytes(self) -> int | None:
        """The KV cache alone, to the hundredth of a MiB that llama.cpp tells; None if it did not say."""
        return self._cache_bytes

    @property
    def total_bytes(self) -> int | None:
        """Everything that it allocated; None if it did not say."""
        return sum(self._bytes.values()) if self._bytes else None

    @property
    def gpu_bytes(self) -> int | None:
        """The part on graphics devices: whatever is not called CPU or host memory."""
        if not self._bytes:
            return None
        return sum(size for device, size in self._bytes.items() if not re.match(r"CPU|.*_Host$", device))


def physical_cores() -> int:
    """Return how many threads make llama.cpp fastest: one for each core, siblings and foreign limits not counted."""
    import psutil  # noqa: PLC0415 - 17 ms that the first paint need not wait for

    allowed = os.cpu_count() or 1
    if sys.platform == "linux":
        allowed = len(os.sched_getaffinity(0))
    return max(1, min(psutil.cpu_count(logical=False) or allowed, allowed))
