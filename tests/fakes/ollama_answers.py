"""How a runner of the recorded daemon reads a prompt and writes its script: pace, limits, what is seen of its tokens."""

from __future__ import annotations

import codecs
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from tests.fakes.ollama_models import Failure, Script
from tests.fakes.ollama_runner import ApiError, HasLeft, Runner, Watch
from tests.fakes.ollama_templates import CONTROL_WORDS

# So many equal pieces in a row end an answer without a word (R16 of the protocol reference).
REPEAT_LIMIT = 30
WINDOWS_AT_MOST = 10


class ConnectionCut(Exception):
    """The script breaks this connection off."""


class DaemonKilled(Exception):
    """The script kills the daemon."""


class PageSent(Exception):
    """The script lets something in front of the daemon say the rest."""


@dataclass(frozen=True)
class Task:
    """One prompt for a runner.

    Attributes:
        prompt_tokens: How many they count.
        most_tokens: The request's num_predict: 0 has no end, below 0 means ten windows.
        visible_words: Control words that are seen: those by which calls are known, when tools are offered.
    """

    script: Script
    tokens: tuple[bytes, ...]
    prompt_tokens: int
    most_tokens: int
    stop_texts: tuple[str, ...]
    visible_words: frozenset[str]


class Pace(Protocol):
    """What of a daemon an answer looks at, again and again, and tells it."""

    pieces_per_s: float | None
    tokens_read_per_s: float | None
    tokens_read: list[int]


class Answer:
    """One answer while it is written.

    Attributes:
        reason: `stop` or `length`; None as long as it is written, and for ever when it ends without a word.
        tokens: How many were sampled, the end token included.
    """

    def __init__(self, watch: Watch, runner: Runner, task: Task, pace: Pace) -> None:
        self._watch = watch
        self._runner = runner
        self._task = task
        self._pace = pace
        self.reason: str | None = None
        self.tokens = 0
        self.reading_ns = 0
        self.writing_ns = 0

    def texts(self, has_left: HasLeft) -> Iterator[str]:
        """Write: texts that are never empty and hold whole characters.

        Raises:
            ApiError: The runner died, or ended with an error.
            ConnectionCut, DaemonKilled, PageSent: The script says so.
        """
        started_ns = time.monotonic_ns()
        self._read(has_left)
        self.reading_ns = time.monotonic_ns() - started_ns
        started_ns = time.monotonic_ns()
        visible = VisibleText(self._task)
        limit = self._limit()
        for token in self._sampled(has_left):
            self.tokens += 1
            self._runner.known += b"" if token is None else _as_bytes(token)
            text = "" if token is None else visible.add(token)
            if visible.is_repeating:
                return
            if text:
                yield text
            if token is None or visible.is_stopped or self.tokens >= limit:
                self.reason = "stop" if token is None or visible.is_stopped else "length"
                break
        self.writing_ns = time.monotonic_ns() - started_ns
        if self.reason and (rest := visible.rest()):
            yield rest

    def _read(self, has_left: HasLeft) -> None:
        new_tokens = self._runner.count_new(self._task.tokens)
        self._runner.known = bytearray(b"".join(self._task.tokens))
        self._pace.tokens_read.append(new_tokens)
        per_s = self._pace.tokens_read_per_s
        reading_s = self._task.script.reading_s + (new_tokens / per_s if per_s is not None else 0.0)
        self._pause(time.monotonic() + reading_s, has_left)

    def _limit(self) -> float:
        load, most = self._runner.load, float(self._task.most_tokens)
        if most <= 0:
            most = math.inf if most == 0 else WINDOWS_AT_MOST * load.window_tokens
        return most if load.is_shifting else min(most, load.window_tokens - self._task.prompt_tokens)

    def _sampled(self, has_left: HasLeft) -> Iterator[str | bytes | None]:
        """Give the script's pieces at their pace, then None for the end token, or let happen what is to happen."""
        script = self._task.script
        due_s = time.monotonic()
        while True:
            for piece in script.pieces:
                pace = script.pieces_per_s if script.pieces_per_s is not None else self._pace.pieces_per_s
                if pace is not None:
                    due_s += 1 / pace
                    self._pause(due_s, has_left)
                else:
                    self._pause(0, has_left)
                if piece is None:
                    self._hold(has_left)
                    due_s = time.monotonic()
                else:
                    yield piece
            if not script.is_endless:
                break
        self._end(script.then)
        if script.then is None:
            yield None

    def _pause(self, due_s: float, has_left: HasLeft) -> None:
        self._watch.pause_until(lambda: due_s, has_left, is_over=lambda: self._runner.is_dead)
        self._runner.check_alive()

    def _hold(self, has_left: HasLeft) -> None:
        watch = self._watch
        with watch.changed:
            watch.held += 1
            watch.changed.notify_all()
        try:
            watch.wait_until(lambda: self._runner.is_dead or watch.take_permit(), has_left)
            self._runner.check_alive()
        finally:
            with watch.changed:
                watch.held -= 1

    def _end(self, failure: Failure | str | None) -> None:
        if isinstance(failure, str):
            raise ApiError(500, failure, is_from_runner=True)
        if failure is Failure.RUNNER_KILLED:
            with self._watch.changed:
                self._runner.is_dead = True
                self._watch.changed.notify_all()
            self._runner.check_alive()
        if failure is Failure.CONNECTION_CUT:
            raise ConnectionCut
        if failure is Failure.DAEMON_KILLED:
            raise DaemonKilled
        if failure is Failure.PAGE_OF_A_PROXY:
            raise PageSent


class VisibleText:
    """What of the tokens reaches the daemon: whole characters, no hidden control words, nothing from a stop text on."""

    def __init__(self, task: Task) -> None:
        self._hidden_words = frozenset(CONTROL_WORDS) - task.visible_words
        self._undecoded = b""
        self._stop_texts = task.stop_texts
        self._held_back = ""
        self._last = ""
        self._repeats = 0
        self.is_stopped = False

    @property
    def is_repeating(self) -> bool:
        """Tell whether the daemon has had enough of equal pieces, blank ones included."""
        return self._repeats > REPEAT_LIMIT

    def add(self, token: str | bytes) -> str:
        """Take one token and return what becomes visible."""
        if token in self._hidden_words:
            return ""
        self._undecoded += _as_bytes(token)
        if _ends_within_character(self._undecoded):
            return ""
        text, self._held_back = self._held_back + self._undecoded.decode(errors="replace"), ""
        self._undecoded = b""
        positions = [position for stop in self._stop_texts if (position := text.find(stop)) >= 0]
        if positions:
            self.is_stopped = True
            return text[: min(positions)]
        begun = max((_length_of_begun(text, stop) for stop in self._stop_texts), default=0)
        if begun:
            text, self._held_back = text[:-begun], text[-begun:]
        self._count_repeats(text)
        return text

    def rest(self) -> str:
        """Return what was held back because it might have become a stop text."""
        return "" if self.is_stopped else self._held_back

    def _count_repeats(self, text: str) -> None:
        if not text:
            return
        is_equal = text.strip() == self._last
        self._repeats = self._repeats + 1 if is_equal else 0
        self._last = text.strip()


def _as_bytes(token: str | bytes) -> bytes:
    return token.encode() if isinstance(token, str) else token


def _ends_within_character(text: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoder.decode(text)
    return decoder.getstate()[0] != b""


def _length_of_begun(text: str, stop: str) -> int:
    return next((length for length in range(min(len(stop), len(text)), 0, -1) if text.endswith(stop[:length])), 0)
