"""Who may run when in the recorded daemon, and which runners are loaded: its scheduler, and waiting in general."""

from __future__ import annotations

import threading
import time
from bisect import bisect
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from tests.fakes.ollama_models import StoredModel

# A client who leaves is noticed within this time; the real daemon needs 2 to 28 ms.
LOOK_S = 0.01
RUNNER_DIED = "an error was encountered while running the model: unexpected EOF"
RUNNER_DIED_LOADING = "llama-server process has terminated: signal: killed"
QUEUE_FULL = "server busy, please try again.  maximum pending requests exceeded"

HasLeft = Callable[[], bool]


class ClientLeft(Exception):
    """Nobody waits for this answer any more."""


class DaemonEnded(Exception):
    """The daemon goes down and drops what it does."""


class ApiError(Exception):
    """The daemon answers with a status and `{"error": text}`; those of the runner look different in a stream."""

    def __init__(self, status: int, text: str, *, is_from_runner: bool = False) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.is_from_runner = is_from_runner


class Watch:
    """The daemon's one lock, and waiting on it that notices a client who leaves and the end of the daemon.

    Attributes:
        permits: How many held answers may still go on.
        held: How many answers wait for a permit.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.is_ended = False
        self.permits = 0
        self.held = 0

    def wait_until(self, is_true: Callable[[], bool], has_left: HasLeft) -> None:
        """Wait until something is true; looked at when anything changes, and every 10 ms.

        Raises:
            ClientLeft, DaemonEnded: There is nothing to wait for any more.
        """
        with self.changed:
            while not is_true():
                self.check(has_left)
                self.changed.wait(LOOK_S)
            self.check(has_left)

    def pause_until(self, due_s: Callable[[], float], has_left: HasLeft, *, is_over: Callable[[], bool]) -> None:
        """Wait for a moment of the monotonic clock, which may be changed meanwhile, or until `is_over`."""
        with self.changed:
            while not is_over() and (left_s := due_s() - time.monotonic()) > 0:
                self.check(has_left)
                self.changed.wait(min(LOOK_S, left_s))
            self.check(has_left)

    def take_permit(self) -> bool:
        """Use up a permit if there is one; to be called while waiting."""
        if self.permits:
            self.permits -= 1
            return True
        return False

    def check(self, has_left: HasLeft) -> None:
        """Raise if the client has left or the daemon ends."""
        if self.is_ended:
            raise DaemonEnded
        if has_left():
            raise ClientLeft


@dataclass(frozen=True)
class Load:
    """What a runner is started with; any difference reloads it.

    Attributes:
        extra: The other options of a request that are launch flags, such as num_batch.
    """

    window_tokens: int
    is_shifting: bool
    extra: tuple[tuple[str, Any], ...] = ()


@dataclass(eq=False)
class Runner:
    """One loaded model."""

    model: StoredModel
    load: Load
    slots: int
    keep_alive_ns: float
    users: int = 0
    generating: int = 0
    queue: deque[object] = field(default_factory=deque)
    expires_at_ns: float | None = None
    is_dead: bool = False
    is_expelled: bool = False
    known: bytearray = field(default_factory=bytearray)
    """What the slot that worked last holds: the prompt, and what was written behind it."""

    def count_new(self, tokens: Sequence[bytes]) -> int:
        """Return how many tokens of a prompt must be read: those behind what it begins with as the one before.

        The last one is read in any case: "Say hi.", 12 tokens, took 36 ms, and said again 10 ms
        (`chat_default_stream`, `chat_noreload_same`).
        """
        prompt = b"".join(tokens)
        shared = bisect(range(1, len(prompt) + 1), False, key=lambda end: not self.known.startswith(prompt[:end]))
        known_tokens = bisect(list(accumulate(map(len, tokens))), shared)
        return max(1, len(tokens) - known_tokens)

    def is_listed(self) -> bool:
        """Tell whether `/api/ps` shows it; a busy one is shown although its time is over."""
        return self.users > 0 or not (self.is_expelled or self._is_expired())

    def listed_expiry_ns(self) -> float:
        """Return what `/api/ps` says: before the first answer, an estimate."""
        return time.time_ns() + self.keep_alive_ns if self.expires_at_ns is None else self.expires_at_ns

    def check_alive(self) -> None:
        """Raise what the daemon says when the process of a busy runner is gone."""
        if self.is_dead:
            raise ApiError(500, RUNNER_DIED, is_from_runner=True)

    def is_usable(self, load: Load) -> bool:
        """Tell whether a request with these launch flags may use it."""
        return self.load == load and not self.is_dead

    def _is_expired(self) -> bool:
        return self.expires_at_ns is not None and self.expires_at_ns <= time.time_ns()


class Scheduler:
    """Loads models, one after the other, and unloads them; a loaded model is used without asking the queue."""

    def __init__(self, watch: Watch, *, slots: int, most_loaded: int, longest_queue: int) -> None:
        self._watch = watch
        self._slots = slots
        self._most_loaded = most_loaded
        self._longest_queue = longest_queue
        self._pending: deque[object] = deque()
        self._is_load_killed = False
        self.runners: dict[str, Runner] = {}
        self.load_s = 0.0
        self.load_error: str | None = None
        self.loads = 0
        self.is_loading = False

    @property
    def waiting(self) -> int:
        """How many requests wait for a load or for a slot."""
        slots = sum(max(0, len(runner.queue) - runner.slots) for runner in self.runners.values())
        return len(self._pending) + slots

    def listed(self) -> list[Runner]:
        """Return the runners that `/api/ps` shows, longest-lived first."""
        runners = [runner for runner in self.runners.values() if runner.is_listed()]
        return sorted(runners, key=Runner.listed_expiry_ns, reverse=True)

    @contextmanager
    def slot(self, runner: Runner, has_left: HasLeft) -> Iterator[None]:
        """Wait for a free slot of the runner, first come, first served, and work in it.

        Raises:
            ApiError: The runner died.
        """
        ticket = object()
        with self._watch.changed:
            runner.queue.append(ticket)
        try:
            self._watch.wait_until(lambda: runner.is_dead or runner.queue.index(ticket) < runner.slots, has_left)
            runner.check_alive()
            with self._watch.changed:
                runner.generating += 1
                self._watch.changed.notify_all()
            try:
                yield
            finally:
                with self._watch.changed:
                    runner.generating -= 1
        finally:
            with self._watch.changed:
                runner.queue.remove(ticket)
                self._watch.changed.notify_all()

    @contextmanager
    def using(self, model: StoredModel, load: Load, keep_alive_ns: float, has_left: HasLeft) -> Iterator[Runner]:
        """Hold a runner of the model, loading it if need be.

        Raises:
            ApiError: The queue is full, or loading failed.
        """
        with self._watch.changed:
            runner = self._take(model, load)
        if runner is None:
            runner = self._queue_for_load(model, load, keep_alive_ns, has_left)
        try:
            yield runner
        finally:
            self._release(runner, keep_alive_ns)

    def expel(self, model: StoredModel) -> None:
        """Unload a model as soon as nobody uses it."""
        with self._watch.changed:
            runner = self.runners.get(model.blob)
            if runner is not None:
                runner.is_expelled = True
                runner.expires_at_ns = time.time_ns()
                self._forget_if_over(runner)
            self._watch.changed.notify_all()

    def kill(self) -> None:
        """End every runner's process, one that is just loading included."""
        with self._watch.changed:
            self._is_load_killed = self.is_loading
            for runner in self.runners.values():
                runner.is_dead = True
            self._watch.changed.notify_all()

    def _take(self, model: StoredModel, load: Load) -> Runner | None:
        """Use a runner that is there; one that was to go when its work is done stays then."""
        runner = self._usable(model, load)
        if runner is not None:
            runner.users += 1
            runner.is_expelled = False
        return runner

    def _usable(self, model: StoredModel, load: Load) -> Runner | None:
        runner = self.runners.get(model.blob)
        if runner is not None and not runner.is_listed():
            self._forget(runner)
            return None
        return runner if runner is not None and runner.is_usable(load) else None

    def _queue_for_load(self, model: StoredModel, load: Load, keep_alive_ns: float, has_left: HasLeft) -> Runner:
        ticket = object()
        with self._watch.changed:
            # One is being served while the queue fills.
            if len(self._pending) > self._longest_queue:
                raise ApiError(503, QUEUE_FULL)
            self._pending.append(ticket)
        try:
            self._watch.wait_until(lambda: self._pending[0] is ticket, has_left)
            self._make_room(model, load, has_left)
            with self._watch.changed:
                runner = self._take(model, load)
            return runner or self._load(model, load, keep_alive_ns, has_left)
        finally:
            with self._watch.changed:
                self._pending.remove(ticket)
                self._watch.changed.notify_all()

    def _make_room(self, model: StoredModel, load: Load, has_left: HasLeft) -> None:
        """Unload the same model with other launch flags, or the one that would go first; both may finish their work."""
        with self._watch.changed:
            if self._usable(model, load) is not None:
                return
            victim = self.runners.get(model.blob)
            if victim is None and len(self.listed()) >= self._most_loaded:
                victim = min(self.listed(), key=lambda runner: (runner.users > 0, runner.listed_expiry_ns()))
        if victim is not None:
            self._watch.wait_until(lambda: self._forget_if_idle(victim), has_left)

    def _load(self, model: StoredModel, load: Load, keep_alive_ns: float, has_left: HasLeft) -> Runner:
        start_s = time.monotonic()
        with self._watch.changed:
            self.is_loading = True
            self._is_load_killed = False
            self._watch.changed.notify_all()
        try:
            # `load_s` is read again and again: a test holds a load for ever and then lets it go.
            self._watch.pause_until(lambda: start_s + self.load_s, has_left, is_over=lambda: self._is_load_killed)
            with self._watch.changed:
                if self._is_load_killed:
                    raise ApiError(500, RUNNER_DIED_LOADING)
                if self.load_error is not None:
                    raise ApiError(500, self.load_error)
                self.loads += 1
                runner = Runner(model, load, self._slots, keep_alive_ns, users=1)
                self.runners[model.blob] = runner
                return runner
        finally:
            with self._watch.changed:
                self.is_loading = False
                self._watch.changed.notify_all()

    def _release(self, runner: Runner, keep_alive_ns: float) -> None:
        with self._watch.changed:
            runner.users -= 1
            if not runner.is_expelled:
                runner.keep_alive_ns = keep_alive_ns
                runner.expires_at_ns = time.time_ns() + keep_alive_ns
            self._forget_if_over(runner)
            self._watch.changed.notify_all()

    def _forget_if_idle(self, runner: Runner) -> bool:
        if runner.users == 0:
            self._forget(runner)
        return runner.users == 0

    def _forget_if_over(self, runner: Runner) -> None:
        if not runner.is_listed():
            self._forget(runner)

    def _forget(self, runner: Runner) -> None:
        if self.runners.get(runner.model.blob) is runner:
            del self.runners[runner.model.blob]
