"""The view of a conversation: how fast at 0 to 100,000 messages, and how many times faster than what Qt offers for it.

All kinds and sizes are measured in turns, each in a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.figures import Figure

COUNTS = (0, 1_000, 10_000, 100_000)
PEERS = {"browser": "QTextBrowser", "list": "QListView with a delegate"}
PEERS_COUNT = 1_000
"""With more, one round of theirs takes minutes."""
ROUNDS = 3
FRAME_GOAL_MS = 16.0
MEASURED_ELSEWHERE = "Alpaca 0.63, ollama-gui 1.7, Open WebUI 2.7, oterm 7.9 as whole programs"

Case = tuple[str, int]


@dataclass(frozen=True)
class _Aspect:
    """One thing that is measured of every conversation. `goals` by number of messages; `goal` for all others."""

    key: str
    name: str
    unit: str = "ms"
    goal: float | None = None
    goals: tuple[tuple[int, float], ...] = ()
    explanation: str = ""

    def figure(self, count: int, results: dict[str, float]) -> Figure:
        goal = dict(self.goals).get(count, self.goal)
        explanation = self.explanation.format(**results)
        return Figure(f"{count:,} messages: {self.name}", results[self.key], self.unit, goal, explanation=explanation)


ASPECTS = (
    _Aspect("open_ms", "open", goals=((10_000, 30.0), (100_000, 150.0))),
    _Aspect("memory_mb", "memory added", "MB", goals=((10_000, 6.0),)),
    _Aspect(
        "busy_p99_ms",
        "main thread busy in one go p99, 1000 tokens/s",
        goal=2.5,
        explanation="stall by the clock {late_p99_ms:.1f}, idle {idle_p99_ms:.1f}",
    ),
    _Aspect("busy_max_ms", "the same, max", goal=5.0, explanation="stall by the clock {late_max_ms:.1f}"),
    _Aspect("processor_s_1000", "processor per 1,000 tokens at 1000/s", "s", 0.15, explanation=MEASURED_ELSEWHERE),
    _Aspect("processor_s_100", "processor per 1,000 tokens at 100/s", "s", 0.5),
    _Aspect("scroll_p50_ms", "scroll frame p50", goal=3.0),
    _Aspect("scroll_max_ms", "scroll frame max", goal=6.0),
    _Aspect("jump_p50_ms", "random jump p50", explanation="max {jump_max_ms:.1f}"),
    _Aspect("theme_ms", "theme switch"),
    _Aspect("resize_ms", "resize step"),
)
FOUND = {"rare": "one rare word", "common": "a common word", "letter": "one letter"}
FIND_COUNT, FIND_GOAL_MS = 10_000, 100.0
GIANTS = {
    "paragraph": "paragraph of 50,000 tokens",
    "code": "listing of 2,000 lines",
    "table": "table of 500 rows",
}


def measure() -> Iterator[Figure]:
    """Yield the figures of our view, of single giant blocks, and the ratios to the others."""
    ours: list[Case] = [("own", count) for count in COUNTS]
    theirs: list[Case] = [(kind, PEERS_COUNT) for kind in PEERS]
    results = _medians([*ours, *theirs, ("giants", 0), ("finding", FIND_COUNT)])
    for case in ours:
        yield from (aspect.figure(case[1], results[case]) for aspect in ASPECTS)
    giants = results["giants", 0]
    for key, name in GIANTS.items():
        p99 = f"p99 {giants[f'{key}_p99_ms']:.1f}"
        yield Figure(f"busy in one go max, {name}", giants[f"{key}_max_ms"], "ms", FRAME_GOAL_MS, explanation=p99)
        shown, scroll = giants[f"{key}_shown_ms"], giants[f"{key}_scroll_ms"]
        explanation = f"all seen after {shown:.0f} ms; scroll frame max {scroll:.1f}"
        yield Figure(
            f"busy in one go max, opening a stored {name}",
            giants[f"{key}_open_ms"],
            "ms",
            FRAME_GOAL_MS,
            explanation=explanation,
        )
        yield _acting(key, name, giants)
    yield from _finding(results["finding", FIND_COUNT])
    own = results["own", PEERS_COUNT]
    for kind, name in PEERS.items():
        yield from _ratios(name, results[kind, PEERS_COUNT], own)


def _acting(key: str, name: str, giants: dict[str, float]) -> Figure:
    """Return what takes longest of all that a person can do with a giant, with the others in the explanation."""
    begin = f"{key}_act: "
    acts = {act.removeprefix(begin): busy_ms for act, busy_ms in giants.items() if act.startswith(begin)}
    each = ", ".join(f"{act} {busy_ms:.0f}" for act, busy_ms in sorted(acts.items(), key=lambda pair: -pair[1]))
    longest_ms = max(acts.values())
    return Figure(f"busy in one go max, acts on a {name}", longest_ms, "ms", FRAME_GOAL_MS, explanation=each)


def _finding(found: dict[str, float]) -> Iterator[Figure]:
    for key, name in FOUND.items():
        hits, count_ms, document_ms = (found[f"{key}_{aspect}"] for aspect in ("hits", "all_ms", "document_ms"))
        explanation = (
            f"all {hits:,.0f} hits counted after {count_ms:.0f} ms; QTextDocument {document_ms:.0f} ms for all"
        )
        yield Figure(
            f"{FIND_COUNT:,} messages: find {name}", found[f"{key}_ms"], "ms", FIND_GOAL_MS, explanation=explanation
        )


def _ratios(name: str, theirs: dict[str, float], own: dict[str, float]) -> Iterator[Figure]:
    for aspect in ASPECTS:
        value, ours = theirs[aspect.key], own[aspect.key]
        explanation = f"{value:.2f} ÷ {ours:.2f} {aspect.unit}"
        label = f"{name} ÷ ours, {PEERS_COUNT:,}: {aspect.name}"
        if ours:
            yield Figure(label, value / ours, "", explanation=explanation)


def _medians(cases: list[Case]) -> dict[Case, dict[str, float]]:
    rounds: dict[Case, list[dict[str, float]]] = {case: [] for case in cases}
    for _ in range(ROUNDS):
        for case in cases:
            rounds[case].append(_run(case))
    return {case: {key: median(result[key] for result in found) for key in found[0]} for case, found in rounds.items()}


def _run(case: Case) -> dict[str, float]:
    module = "giant_process" if case[0] == "giants" else "transcript_process"
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", case[0], str(case[1])]
    output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    figures: dict[str, float] = json.loads(output)
    return figures
