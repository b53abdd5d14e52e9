"""The Ollama of this computer: somebody else's is used, otherwise ours is started, watched, and stopped with us.

What the program can say about itself was seen on running daemons (ollama.md §7, R14): the socket listens long before
the first reply comes; a port that is taken makes it exit with a line that says so; SIGTERM ends it with its runners,
SIGKILL leaves those behind. Another process's daemon is never touched.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from phidesk.core.errors import EngineError, EngineMissing, EngineNotStarted, EngineStarting, EngineUnreachable
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.engine.ollama.address import DEFAULT_PORT, LOOPBACK
from phidesk.engine.ollama.places import find_ollama
from phidesk.engine.protocol import OLLAMA, UNKNOWN_HOLDER, EngineState, EngineStatus
from phidesk.processes.child import Child
from phidesk.processes.leash import END_S, on_leash
from phidesk.processes.ports import free_port, port_holder

FOREIGN_SILENCE_S = 24.0
"""Somebody else's that accepts connections and says nothing for so long is no longer taken for one that starts: with
the looks before and after it is 30 s."""
READY_LIMIT_S = 120.0
"""Looking for graphics cards takes 90 s at worst (the first start on Windows)."""
FIRST_POLL_S, LONGEST_POLL_S = 0.02, 0.5
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
"""Between an end that nobody wanted and the next start; doubled each time."""
STEADY_S = 60.0
"""Whoever ran for so long is started again as if it had never failed."""
FORGIVEN_ENDS = 2
"""So often in a row it may go away before that is called a failure."""
GRACE_S = 20.0
"""For somebody else's daemon to come back by itself: its service takes 3 s, an update longer."""
LOOK_AGAIN_S = 5.0
"""How often to look whether it has been installed meanwhile: a few file names."""
DECISION_S = 5.0
"""How long a question waits for the first look, which usually takes a millisecond."""
KEPT_LOG_LINES = 2000
REASON_LINES = 8
OUR_SETTINGS = {"OLLAMA_NO_CLOUD": "1", "OLLAMA_NOPRUNE": "1"}
"""No conversation may leave this computer; parts of downloads of another daemon in the same folder stay."""
_CANNOT_LISTEN = re.compile(r"listen tcp .*bind: ")

logger = logging.getLogger(__name__)


class DaemonPhase(Enum):
    """What is known of the Ollama of this computer."""

    IDLE = "idle"
    """Nobody has wanted it yet."""
    LOOKING = "looking"
    FOREIGN = "foreign"
    """One that we did not start answers, or has answered until now."""
    SILENT = "silent"
    """Something accepts connections and never says a word, and none is installed that could take its place."""
    ABSENT = "absent"
    """None answers, and none is installed."""
    STARTING = "starting"
    RUNNING = "running"
    """Ours is ready."""
    FAILED = "failed"
    """Ours could not be started, or goes away again and again; the next try comes by itself or with `prepare`."""


@dataclass(frozen=True)
class DaemonState:
    """`port_holder` is the program that holds the usual port, so that ours got another one ("" where there is none)."""

    phase: DaemonPhase
    address: str
    port_holder: str = ""
    detail: str = ""
    """The last lines of the log, where it failed."""


class OllamaDaemon:
    """Sees to it that an Ollama answers. Safe from every thread; a loop thread of its own does the work."""

    def __init__(
        self,
        address: str,
        *,
        environment: Mapping[str, str],
        start_loop: StartLoop,
        look: Callable[[str, Cancellation], EngineState],
        ready_limit_s: float = READY_LIMIT_S,
        silence_limit_s: float = FOREIGN_SILENCE_S,
        grace_s: float = GRACE_S,
    ) -> None:
        """`address` is one for which `places.may_be_started`. `look` asks what answers at an address.

        Nothing happens before `prepare`.
        """
        self._wanted_address = address
        self._environment = dict(environment)
        self._start_loop = start_loop
        self._look = look
        self._ready_limit_s = ready_limit_s
        self._silence_limit_s = silence_limit_s
        self._grace_s = grace_s
        self._cancel = Cancellation()
        self._changed = threading.Condition()
        self._state = DaemonState(DaemonPhase.IDLE, address)
        self._thread: threading.Thread | None = None
        self._child: Child | None = None
        self._is_wanted_now = threading.Event()
        self._is_gone = threading.Event()
        self._log: deque[str] = deque(maxlen=KEPT_LOG_LINES)
        self._failures = 0
        self._is_port_refused = False

    @property
    def state(self) -> DaemonState:
        """What is known now."""
        with self._changed:
            return self._state

    @property
    def address(self) -> str:
        """Where it answers, or would: another one than at first if somebody else holds that port."""
        return self.state.address

    @property
    def is_installed(self) -> bool:
        """Whether there is an executable that we could start."""
        return find_ollama(self._environment) is not None

    @property
    def log_lines(self) -> list[str]:
        """The newest lines that ours wrote, over all its starts."""
        with self._changed:
            return list(self._log)

    @property
    def process_id(self) -> int | None:
        """The system's number of our daemon while it is there."""
        with self._changed:
            return self._child.process_id if self._child is not None and self._child.is_running else None

    def prepare(self) -> None:
        """Look for one, and start it if need be; where it failed, try again now. Returns at once."""
        with self._changed:
            if self._cancel.is_cancelled:
                return
            phase = self._state.phase
            rests = phase in {DaemonPhase.SILENT, DaemonPhase.ABSENT, DaemonPhase.FAILED}
            if phase is DaemonPhase.IDLE or rests or (phase is DaemonPhase.FOREIGN and self._is_gone.is_set()):
                is_trying = self._child is not None and self._child.is_running
                self._tell(DaemonPhase.STARTING if is_trying else DaemonPhase.LOOKING)
                self._is_wanted_now.set()
            if self._thread is None:
                self._thread = self._start_loop("ollama-watch", self._run)

    def note_silence(self) -> None:
        """Hear that nobody answers at `address`: somebody else's daemon may be gone."""
        with self._changed:
            if self._state.phase is DaemonPhase.FOREIGN:
                self._is_gone.set()

    def error(self, cancel: Cancellation | None = None) -> EngineError | None:
        """Say why nobody answers at `address`; None where that is not known here. Waits for a first look.

        Raises:
            Cancelled: `cancel` was used.
        """
        cancel = cancel or Cancellation()
        withdraw = cancel.on_cancel(self._wake_waiting)
        with self._changed:
            self._changed.wait_for(
                lambda: cancel.is_cancelled or self._state.phase is not DaemonPhase.LOOKING, DECISION_S
            )
            state = self._state
        withdraw()
        cancel.check()
        if state.phase in {DaemonPhase.LOOKING, DaemonPhase.STARTING}:
            return EngineStarting(engine=OLLAMA)
        if state.phase is DaemonPhase.SILENT:
            return EngineUnreachable(engine=OLLAMA, address=state.address, detail="no reply")
        if state.phase is DaemonPhase.ABSENT:
            return EngineMissing(engine=OLLAMA)
        if state.phase is DaemonPhase.FAILED:
            return EngineNotStarted(engine=OLLAMA, detail=state.detail, port_holder=state.port_holder)
        return None

    def close(self) -> None:
        """End ours, with everything it started; another one runs on. At most little over `END_S`."""
        self._cancel.cancel()
        self._is_wanted_now.set()
        self._is_gone.set()
        with self._changed:
            child, thread = self._child, self._thread
        if child is not None:
            _end(child)
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        with suppress(Cancelled):
            while True:
                self._cancel.check()
                self._see_to_it()

    def _see_to_it(self) -> None:
        """Find, start and watch until something has to be decided anew."""
        self._is_wanted_now.clear()
        found = self._look(self._wanted_address, self._cancel)
        holder = ""
        if found.status is EngineStatus.STARTING:
            holder = port_holder(_port(self._wanted_address))
            if not holder or "ollama" in holder.lower():  # Processes of other people have no name for us.
                found = self._wait_for_foreign()
        if found.status in {EngineStatus.READY, EngineStatus.FORBIDDEN}:
            self._follow_foreign()
            return
        executable = find_ollama(self._environment)
        if executable is None:
            self._tell(DaemonPhase.SILENT if found.status is EngineStatus.STARTING else DaemonPhase.ABSENT)
            while not self._rest(LOOK_AGAIN_S) and not self.is_installed:
                pass
        elif found.status is EngineStatus.UNREACHABLE and not self._is_port_refused:
            self._serve(executable, self._wanted_address)
        else:
            holder = holder or port_holder(_port(self._wanted_address)) or UNKNOWN_HOLDER
            self._serve(executable, f"http://{LOOPBACK}:{free_port()}", holder)

    def _wait_for_foreign(self) -> EngineState:
        """Wait for somebody who accepts a connection and says nothing, as an Ollama does while it starts."""
        self._tell(DaemonPhase.STARTING)
        deadline_s = time.monotonic() + self._silence_limit_s
        while True:
            found = self._look(self._wanted_address, self._cancel)
            if found.status is not EngineStatus.STARTING or time.monotonic() > deadline_s:
                return found
            self._cancel.wait(LONGEST_POLL_S)

    def _follow_foreign(self) -> None:
        """Leave it alone until it has been gone for a while, or is gone and wanted now."""
        self._failures, self._is_port_refused = 0, False
        self._is_gone.clear()
        self._tell(DaemonPhase.FOREIGN)
        self._is_gone.wait()
        self._rest(self._grace_s)

    def _serve(self, executable: str, address: str, holder: str = "") -> None:
        """Run ours to its end, and rest before it is tried again."""
        if self.state.phase is not DaemonPhase.FAILED:  # Tries that nobody asked for are not told.
            self._tell(DaemonPhase.STARTING, address, holder)
        begun_s = time.monotonic()
        try:
            child = self._make_child(executable, address)
        except OSError as error:
            self._rest_after_end(f"{executable}: {error}", holder, was_ready=False)
            return
        was_ready = False
        try:
            if self._becomes_ready(child, address):
                was_ready = True
                self._tell(DaemonPhase.RUNNING, address, holder)
                child.wait(None)
        finally:
            _end(child)
        self._cancel.check()
        if address == self._wanted_address and any(map(_CANNOT_LISTEN.search, child.error_lines)):
            self._is_port_refused = True
            return
        if was_ready and time.monotonic() - begun_s > STEADY_S:
            self._failures = 0
        reason = "\n".join([*child.error_lines[-REASON_LINES:], f"exit code {child.exit_code}"])
        self._rest_after_end(reason, holder, was_ready=was_ready)

    def _make_child(self, executable: str, address: str) -> Child:
        settings = {**OUR_SETTINGS, "OLLAMA_HOST": address.removeprefix("http://")}
        logger.info("starting ollama at %s", address)
        child = Child(
            on_leash([executable, "serve"]),
            name="ollama-output",
            start_loop=self._start_loop,
            environment={**self._environment, **settings},
            merges_output=True,
            receive_error_line=self._keep_line,
        )
        with self._changed:
            self._child = child
        return child

    def _becomes_ready(self, child: Child, address: str) -> bool:
        """Wait for the first reply; false where it ended before, or took too long."""
        deadline_s, pause_s = time.monotonic() + self._ready_limit_s, FIRST_POLL_S
        while child.is_running and time.monotonic() < deadline_s:
            if self._look(address, self._cancel).is_ready:
                return True
            self._cancel.wait(pause_s)
            self._cancel.check()
            pause_s = min(2 * pause_s, LONGEST_POLL_S)
        return False

    def _rest_after_end(self, reason: str, holder: str, *, was_ready: bool) -> None:
        self._failures += 1
        is_forgiven = was_ready and self._failures <= FORGIVEN_ENDS
        logger.info("ollama ended: %s", reason.rpartition("\n")[2])
        self._tell(DaemonPhase.STARTING if is_forgiven else DaemonPhase.FAILED, holder=holder, detail=reason)
        self._rest(min(FIRST_PAUSE_S * 2 ** (self._failures - 1), LONGEST_PAUSE_S))

    def _rest(self, seconds: float) -> bool:
        """Wait, unless somebody wants an answer now; return whether somebody does."""
        is_wanted = self._is_wanted_now.wait(seconds)
        self._is_wanted_now.clear()
        self._cancel.check()
        return is_wanted

    def _tell(self, phase: DaemonPhase, address: str = "", holder: str = "", *, detail: str = "") -> None:
        with self._changed:
            self._state = DaemonState(phase, address or self._wanted_address, holder, detail)
            self._changed.notify_all()

    def _keep_line(self, line: str) -> None:
        with self._changed:
            self._log.append(line)

    def _wake_waiting(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _end(child: Child) -> None:
    """Let it end with its runners; whoever does not is killed, and so is what it left behind."""
    child.ask_to_end()
    child.wait(END_S)
    child.close()


def _port(address: str) -> int:
    return urlsplit(address).port or DEFAULT_PORT
