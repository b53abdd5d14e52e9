"""How long an answer will probably take, from what earlier answers took on this computer. Pure; no past, no number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from phidesk.core.answers import AnswerOutcome
from phidesk.core.memory_fit import RealLoad
from phidesk.core.model_info import CachePrecision

RECENT_COUNT = 9
"""So many of the newest measurements count: enough to outvote a busy moment, few enough to follow a change."""
SHORTEST_LOAD_MS = 100.0
"""Ollama reports some milliseconds of loading also where nothing was loaded."""
FEWEST_READ_CHARACTERS = 200
"""Of less, the time is mostly overhead and says nothing about the speed."""


@dataclass(frozen=True)
class Measurement:
    """What one answer took. Times in milliseconds; None where the engine did not say.

    `prompt_characters` is the length of what was sent, without the words of the template.
    """

    engine: str
    model: str
    window_tokens: int | None = None
    load_ms: float | None = None
    reading_ms: float | None = None
    writing_ms: float | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    answer_tokens: int | None = None
    prompt_characters: int = 0
    gpu_bytes: int | None = None
    total_bytes: int | None = None
    model_digest: str = ""
    engine_version: str = ""
    cache_precision: str = ""
    """Name of a `CachePrecision`; empty where the engine does not say."""

    @property
    def has_loaded(self) -> bool:
        """Whether the model was loaded for it."""
        return self.load_ms is not None and self.load_ms >= SHORTEST_LOAD_MS

    @property
    def read_tokens(self) -> int | None:
        """How much of the prompt was really read; None where it may have come from the engine's cache unseen.

        Ollama counts the cached part with the rest, but its time without it. After a load the cache is empty.
        """
        if not self.prompt_tokens:
            return None
        if self.cached_tokens is not None:
            return self.prompt_tokens - self.cached_tokens
        return self.prompt_tokens if self.has_loaded else None

    @property
    def read_characters(self) -> float | None:
        """The same in characters."""
        if not self.prompt_tokens or self.read_tokens is None:
            return None
        return self.prompt_characters * self.read_tokens / self.prompt_tokens

    @property
    def reading_tokens_per_s(self) -> float | None:
        """How fast it was read; None where that is not known."""
        return 1_000 * self.read_tokens / self.reading_ms if self.read_tokens and self.reading_ms else None

    @property
    def writing_tokens_per_s(self) -> float | None:
        """How fast the answer was written; None where that is not known."""
        return 1_000 * self.answer_tokens / self.writing_ms if self.answer_tokens and self.writing_ms else None


def measure(outcome: AnswerOutcome, *, engine: str, model: str, prompt_characters: int = 0) -> Measurement | None:
    """Take the figures of an answer; None where it has none (it failed, or was stopped)."""
    usage, timings = outcome.usage, outcome.timings
    if timings.reading_ms is None and timings.load_ms is None and timings.writing_ms is None:
        return None
    return Measurement(
        engine=engine,
        model=model,
        window_tokens=outcome.window_tokens,
        load_ms=timings.load_ms,
        reading_ms=timings.reading_ms,
        writing_ms=timings.writing_ms,
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        answer_tokens=usage.answer_tokens,
        prompt_characters=prompt_characters,
        gpu_bytes=outcome.gpu_bytes,
        total_bytes=outcome.total_bytes,
    )


def known_load(past: Sequence[Measurement], like: Measurement) -> RealLoad | None:
    """Return a real load of the same model by the same version of the engine with the same kind of cache.

    The one whose window is nearest to that of `like`, and of these the newest. `past` is of one model on one engine,
    the newest first.
    """
    loads = [
        RealLoad(it.window_tokens, it.total_bytes, CachePrecision[it.cache_precision or CachePrecision.F16.name])
        for it in past
        if it.window_tokens and it.total_bytes and _kind(it) == _kind(like)
    ]
    wanted = like.window_tokens or 0
    return min(loads, key=lambda load: abs(load.window_tokens - wanted), default=None)


def times_slower_when_spilled(past: Sequence[Measurement]) -> float | None:
    """Return how much slower answers were written where the graphics card did not hold all; None until both were seen.

    `past` is of one model on one engine, the newest first.
    """
    speeds = [
        (it.gpu_bytes < it.total_bytes, it.answer_tokens / it.writing_ms)
        for it in past
        if it.gpu_bytes and it.total_bytes and it.answer_tokens and it.writing_ms
    ]
    wholly, partly = ([speed for was_spilled, speed in speeds if was_spilled is spilled] for spilled in (False, True))
    if not wholly or not partly:
        return None
    return median(wholly[:RECENT_COUNT]) / median(partly[:RECENT_COUNT])


def expected_load_s(past: Sequence[Measurement], window_tokens: int) -> float | None:
    """Return what loading usually takes; loads with the same window count, or all if there is none.

    `past` is of one model on one engine, the newest first.
    """
    loads = [(it.window_tokens, it.load_ms) for it in past if it.has_loaded and it.load_ms is not None]
    same = [load_ms for window, load_ms in loads if window == window_tokens]
    times = same or [load_ms for _, load_ms in loads]
    return median(times[:RECENT_COUNT]) / 1000 if times else None


def expected_reading_s(past: Sequence[Measurement], characters: int) -> float | None:
    """Return what reading so many characters will take. `past` as for `expected_load_s`."""
    speeds = [
        read / it.reading_ms
        for it in past
        if it.reading_ms and (read := it.read_characters) is not None and read >= FEWEST_READ_CHARACTERS
    ]
    return characters / median(speeds[:RECENT_COUNT]) / 1000 if speeds else None


def _kind(it: Measurement) -> tuple[str, str, str]:
    return it.model_digest, it.engine_version, it.cache_precision
