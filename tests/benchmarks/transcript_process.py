"""One conversation in one kind of view, in a process of its own: `… KIND MESSAGES`, or `… finding MESSAGES`.

Prints one JSON object of figures. What one call does is given in the processor time of the main thread, which other
programs on the same computer hardly touch; only stalls are measured with the clock, and idle ones beside them.
"""

from __future__ import annotations

import gc
import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

from phidesk.ui.application import make_application
from phidesk.ui.chat.transcript_hits import FoundHits, next_portion
from phidesk.ui.chat.transcript_message import Speaker, TranscriptMessage
from phidesk.ui.chat.transcript_selection import Place
from phidesk.ui.theme.theme import Theme
from tests.benchmarks.figures import percentile
from tests.benchmarks.stall_process import BEAT_MS, Heartbeat
from tests.benchmarks.transcript_subjects import SUBJECTS, Subject
from tests.richtext.generated_answers import generated_answer

WIDTH, HEIGHT = 860, 1000
DIFFERENT_ANSWERS = 200
CHARACTERS_PER_TOKEN = 4
FRAME_MS, IDLE_MS = 16, 1_000
WARM_UP_MESSAGES = 80
STREAMED_TOKENS = {1000: 2_500, 100: 400}
SCROLL_STEPS, SCROLL_PX, JUMPS, RESIZE_STEPS = 150, 60, 25, 12
WANTED = {"rare": "Question 4444:", "common": "model", "letter": "e"}
STATM = Path("/proc/self/statm")


def main(kind: str, count: int) -> None:
    """Measure and print."""
    application = make_application(sys.argv[:1])
    theme = Theme(application, "light", 15)
    print_figures(_of_finding(count) if kind == "finding" else _of_conversation(SUBJECTS[kind](theme), count))


def print_figures(figures: dict[str, float]) -> None:
    """Print one JSON object, and end."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()
    os._exit(0)  # Taking a document of 300 MB apart takes seconds that nobody wants to measure.


def _of_conversation(subject: Subject, count: int) -> dict[str, float]:
    messages = list(conversation(count))
    area = subject.area
    area.resize(WIDTH, HEIGHT)
    area.show()
    subject.open(list(conversation(WARM_UP_MESSAGES)))  # Fonts are read once, when a script is first seen.
    for place in range(11):
        _timed(partial(area.verticalScrollBar().setValue, place * area.verticalScrollBar().maximum() // 10))
    pass_time(50)
    settle_memory()
    before_kib = _resident_kib()
    figures = {"open_ms": _timed(partial(subject.open, messages))}
    figures["memory_mb"] = (_resident_kib() - before_kib) / 1024
    figures |= scrolling(area)
    figures["theme_ms"] = _timed(partial(subject.restyle, "dark"))
    widths = [WIDTH - 7 * step for step in range(1, RESIZE_STEPS)]
    figures["resize_ms"] = percentile([_timed(partial(area.resize, width, HEIGHT)) for width in widths], 0.5)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    subject.begin_answer()
    answer = _Source()
    heartbeat = Heartbeat(area)
    pass_time(IDLE_MS)
    figures["idle_p99_ms"] = percentile(heartbeat.take(), 0.99)
    occupation = Occupation(area)
    _stream(subject, answer, tokens_per_s=1000)
    late_ms = heartbeat.take()
    figures |= {"late_p99_ms": percentile(late_ms, 0.99), "late_max_ms": max(late_ms)}
    figures |= {"busy_p99_ms": percentile(occupation.busy_ms, 0.99), "busy_max_ms": max(occupation.busy_ms)}
    heartbeat.stop()
    occupation.stop()
    for tokens_per_s in (1000, 100):
        figures[f"processor_s_{tokens_per_s}"] = _stream(subject, answer, tokens_per_s=tokens_per_s)
    return figures


def scrolling(area: QAbstractScrollArea) -> dict[str, float]:
    """Return what steps and jumps of the scroll bar take."""
    bar = area.verticalScrollBar()
    pass_time(20)
    steps_ms = [_timed(lambda: bar.setValue(bar.value() - SCROLL_PX)) for _ in range(SCROLL_STEPS)]
    places = random.Random(1)
    jumps_ms = [_timed(lambda: bar.setValue(round(places.random() * bar.maximum()))) for _ in range(JUMPS)]
    return {
        "scroll_p50_ms": percentile(steps_ms, 0.5),
        "scroll_max_ms": max(steps_ms),
        "jump_p50_ms": percentile(jumps_ms, 0.5),
        "jump_max_ms": max(jumps_ms),
    }


class Occupation(QObject):
    """Notes for how long the main thread is busy between two beats of a timer, in milliseconds of its processor time.

    As a stall is, where nothing else runs on the computer; what other programs take away is not in it.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.busy_ms: list[float] = []
        self._last_s = time.thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)
        self._timer.start(BEAT_MS)

    def stop(self) -> None:
        """Let the processor rest."""
        self._timer.stop()

    def _on_beat(self) -> None:
        now_s = time.thread_time()
        self.busy_ms.append((now_s - self._last_s) * 1000)
        self._last_s = now_s


class _Source:
    """Generated answers without end."""

    def __init__(self) -> None:
        self._seed = 10_000
        self._text = ""

    def take(self, characters: int) -> str:
        while len(self._text) < characters:
            self._seed += 1
            self._text += generated_answer(self._seed) + "\n\n"
        taken, self._text = self._text[:characters], self._text[characters:]
        return taken


def _stream(subject: Subject, source: _Source, *, tokens_per_s: int) -> float:
    """Feed an answer at this pace, as the program does, and return processor seconds for 1,000 tokens."""
    tokens = STREAMED_TOKENS[tokens_per_s]
    return stream_text(subject, source.take(tokens * CHARACTERS_PER_TOKEN), tokens_per_s=tokens_per_s) / tokens * 1000


def stream_text(subject: Subject, text: str, *, tokens_per_s: int) -> float:
    """Feed a text and return the processor seconds that it took."""
    loop = QEventLoop()
    characters_per_s = tokens_per_s * CHARACTERS_PER_TOKEN
    given = 0
    began_s = time.perf_counter()

    def feed() -> None:
        nonlocal given
        due = int((time.perf_counter() - began_s) * characters_per_s)
        due -= due % CHARACTERS_PER_TOKEN
        if due > given:
            subject.append(text[given:due])
            given = due
        if given >= len(text):
            QTimer.singleShot(100, loop.quit)
            timer.stop()

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(feed)
    processor_s = time.process_time()
    timer.start(FRAME_MS)
    loop.exec()
    return time.process_time() - processor_s


def _of_finding(count: int) -> dict[str, float]:
    """Find words in a conversation, seen from its end, and in a document of Qt's with the same texts.

    The goal is for what a person waits for: the nearest hit. Counting all goes on while that is shown already.
    """
    messages = list(conversation(count))
    document = QTextDocument("\n".join(message.text for message in messages))
    figures: dict[str, float] = {}
    for name, wanted in WANTED.items():
        found = FoundHits(messages, {}, wanted)
        counts = found.uncounted(count - 1)
        figures[f"{name}_ms"] = _timed(partial(_find_nearest, found, counts, Place(count - 1, 0, 0)))
        figures[f"{name}_all_ms"] = figures[f"{name}_ms"] + _timed(partial(_count_all, found, counts))
        figures[f"{name}_hits"] = found.total
        figures[f"{name}_document_ms"] = _timed(partial(_find_in_document, document, wanted))
    return figures


def _find_nearest(found: FoundHits, counts: Iterator[tuple[int, int]], seen: Place) -> None:
    while found.nearest(seen) is None:
        found.add(next_portion(counts))


def _count_all(found: FoundHits, counts: Iterator[tuple[int, int]]) -> None:
    while not found.is_complete:
        found.add(next_portion(counts))


def _find_in_document(document: QTextDocument, wanted: str) -> None:
    cursor = document.find(wanted)
    while not cursor.isNull():
        cursor = document.find(wanted, cursor)


def _timed(work: Callable[[], object]) -> float:
    """Return what some work and the frame after it take, in milliseconds of this thread's processor time."""
    began_s = time.thread_time()
    work()
    QApplication.processEvents()
    return (time.thread_time() - began_s) * 1000


def conversation(count: int) -> Iterator[TranscriptMessage]:
    """Yield questions and answers of many kinds."""
    answers = [generated_answer(seed, parts=1 + seed % 6) for seed in range(DIFFERENT_ANSWERS)]
    for number in range(count):
        if number % 2:
            text = f"{answers[number // 2 % DIFFERENT_ANSWERS]}\n\n({number})"
            yield TranscriptMessage(str(number), Speaker.MODEL, text)
        else:
            yield TranscriptMessage(str(number), Speaker.PERSON, f"Question {number}: what does the model read?")


def pass_time(milliseconds: int) -> None:
    """Let the window do what it has to do."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def settle_memory() -> None:
    """As the program does when its window is there: what exists then is looked at no more."""
    gc.collect()
    gc.freeze()


def _resident_kib() -> float:
    """Return the memory that this process takes now; where the system does not tell, the most it ever took."""
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * resource.getpagesize() / 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
