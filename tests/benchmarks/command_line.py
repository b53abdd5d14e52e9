"""What `phidesk ask` costs beyond the answer, and what writing it to disk costs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import ConversationSettings
from phidesk.core.parts import TextPart
from phidesk.services import new_id, now
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.conversations import Conversations
from phidesk.storage.database import open_database
from tests.benchmarks.daemon_process import daemon_process
from tests.benchmarks.figures import Figure, interleaved_medians

ROUNDS = 9
WRITTEN_TOKENS, TOKENS_PER_S = 3000, 1000


def measure() -> Iterator[Figure]:
    """Yield figures for orientation; none of them has a goal."""
    with tempfile.TemporaryDirectory() as home, daemon_process(0) as address:
        os.environ |= {"PHIDESK_HOME": home, "OLLAMA_HOST": address, "PHIDESK_OLLAMA": "none"}
        ask = [sys.executable, "-m", "phidesk", "ask", "SHORT"]
        command, python = interleaved_medians(
            ROUNDS, lambda: _run_ms(ask), lambda: _run_ms([sys.executable, "-c", "pass"])
        )
    yield Figure("phidesk ask, from start to end", command, "ms", explanation=f"Python itself {python:.0f} ms")
    yield Figure("processor time of writing an answer to disk", _writing_us(), "µs/token")


def _run_ms(command: list[str]) -> float:
    started_s = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return (time.perf_counter() - started_s) * 1000


def _writing_us() -> float:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as worker:
        database = open_database(Path(folder) / "phidesk.sqlite", worker)
        conversations = Conversations(database, now, new_id)
        parts = (TextPart("Count."),)
        asked = conversations.ask(parts, conversation_id=None, settings=ConversationSettings()).result()
        writer = AnswerWriter(database, asked.answer)
        started_s, due_s = time.process_time(), time.monotonic()
        for number in range(WRITTEN_TOKENS):
            writer.append(f"w{number} ")
            due_s += 1 / TOKENS_PER_S
            time.sleep(max(0.0, due_s - time.monotonic()))
        writer.finish(AnswerOutcome(FinishReason.STOP)).result()
        used_s = time.process_time() - started_s - _pace_cost_s()
        database.close()
    return used_s / WRITTEN_TOKENS * 1e6


def _pace_cost_s() -> float:
    """The processor time of the same pace with nothing to write."""
    started_s, due_s = time.process_time(), time.monotonic()
    for _ in range(WRITTEN_TOKENS):
        due_s += 1 / TOKENS_PER_S
        time.sleep(max(0.0, due_s - time.monotonic()))
    return time.process_time() - started_s
