"""A measured figure beside its goal, and the few statistics that are needed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One line of the report. A goal is an upper limit unless `is_goal_least`; None is for orientation only."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    is_goal_least: bool = False
    explanation: str = ""

    @property
    def is_missed(self) -> bool:
        """Whether there is a goal and the value is on the wrong side of it."""
        if self.goal is None:
            return False
        return self.value < self.goal if self.is_goal_least else self.value > self.goal

    def line(self) -> str:
        """Write name, value, goal and explanation, aligned with other lines."""
        goal = "" if self.goal is None else f"{'≥' if self.is_goal_least else '≤'} {self.goal:g} {self.unit}"
        mark = " " if self.goal is None else "✗" if self.is_missed else "✓"
        return f"{mark} {self.name:<58} {self.value:9.2f} {self.unit:<9} {goal:<12} {self.explanation}".rstrip()


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def interleaved(rounds: int, *measurements: Callable[[], float]) -> list[list[float]]:
    """Measure in turns, so that whatever else the computer does touches all alike; one round before is not counted."""
    for measure in measurements:
        measure()
    results: list[list[float]] = [[] for _ in measurements]
    for _ in range(rounds):
        for values, measure in zip(results, measurements, strict=True):
            values.append(measure())
    return results


def interleaved_medians(rounds: int, *measurements: Callable[[], float]) -> list[float]:
    """Return the median of each measurement."""
    return [median(values) for values in interleaved(rounds, *measurements)]
