"""What can be said while an answer is awaited: how long it usually takes, and what a silent engine is doing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from phidesk.chat.engine_choice import EngineChoice, find_loaded
from phidesk.core.conversation import Conversation, Role
from phidesk.core.errors import PhiDeskError
from phidesk.core.expectations import Measurement, expected_load_s, expected_reading_s
from phidesk.core.pace import count_words
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.engine.protocol import OLLAMA, AnswerRequest, Loading, Reading, Waiting, WaitReason

FIRST_LOOK_S = 0.1
"""Nobody can read a phase that is shorter, and a warm model answers before."""
LOOK_S = 1.0
"""How often a silent engine is asked what it has in memory: as often as the words on the screen may lag behind."""


@dataclass(frozen=True)
class Expected:
    """What is read for this answer, and how long that and a load take by this computer's past; None without one."""

    words: int = 0
    reading_s: float | None = None
    load_s: float | None = None


@dataclass(frozen=True)
class Wait:
    """The wait for one answer: as it is if the engine still knows the conversation, and if it has to load the model."""

    prompt_characters: int
    warm: Expected
    cold: Callable[[], Expected]
    """Counts the words of the whole conversation, so only a load asks for it."""


def foresee(
    conversation: Conversation, choice: EngineChoice, request: AnswerRequest, past: Sequence[Measurement]
) -> Wait:
    """Say what the wait for the last answer of this conversation will be. `past` is of its engine and model.

    An engine that wrote the answer before still has everything up to there in its cache, unless it loads anew.
    """
    everything = [request.instructions, *(message.text for message in request.messages)]
    earlier = reversed(conversation.messages[:-1])
    before = next((message for message in earlier if message.role is Role.MODEL and message.text), None)
    is_known = before is not None and (before.engine, before.model) == (choice.engine.name, choice.model.name)
    load_s = expected_load_s(past, request.window_tokens)
    cold = partial(_expected, everything, past, load_s)
    warm = _expected(everything[-1:], past, load_s) if is_known else cold()
    return Wait(_characters(everything), warm, cold)


def tells_its_phases(choice: EngineChoice) -> bool:
    """Whether the engine says by itself that it loads and reads. Ollama sends nothing before the first token."""
    return choice.engine.name != OLLAMA


class PhaseWatch:
    """Finds out what a silent engine does by looking at what it has in memory; until the first text."""

    def __init__(
        self,
        choice: EngineChoice,
        window_tokens: int,
        *,
        is_behind_another: Callable[[], bool],
        tell: Callable[[Waiting | Loading | Reading], None],
    ) -> None:
        """`tell` is called in the watching thread, with every phase that is new, and never after `end`."""
        self._choice = choice
        self._window_tokens = window_tokens
        self._is_behind_another = is_behind_another
        self._tell = tell
        self._lock = threading.Lock()
        self._over = Cancellation()
        self._told: object = None
        self._thread: threading.Thread | None = None

    def begin(self, start_loop: StartLoop, name: str) -> None:
        """Watch in a thread of this name."""
        self._thread = start_loop(name, self._run)

    def end(self) -> None:
        """Say nothing more. Doing it twice is no error."""
        with self._lock:
            self._over.cancel()

    def join(self) -> None:
        """Wait until the thread is gone, which is at once after `end`."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        self._over.wait(FIRST_LOOK_S)
        while not self._over.is_cancelled:
            try:
                self._say(self._look())
            except PhiDeskError:
                pass  # It does not say now: what was said last stays.
            except Cancelled:
                return
            self._over.wait(LOOK_S)

    def _look(self) -> Waiting | Loading | Reading:
        loaded = find_loaded(self._choice, self._over)
        if loaded is None or loaded.window_tokens not in (None, self._window_tokens):
            return Loading()
        return Waiting(WaitReason.QUEUED) if self._is_behind_another() else Reading()

    def _say(self, phase: Waiting | Loading | Reading) -> None:
        with self._lock:
            if self._over.is_cancelled or phase == self._told:
                return
            self._told = phase
            self._tell(phase)


def _expected(texts: Sequence[str], past: Sequence[Measurement], load_s: float | None) -> Expected:
    return Expected(sum(map(count_words, texts)), expected_reading_s(past, _characters(texts)), load_s)


def _characters(texts: Sequence[str]) -> int:
    return sum(map(len, texts))
