"""A prompt begins, byte by byte, like the one before it, so that the engine finds it in its cache (design.md §6)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from phidesk.chat.prompt_plan import FIRST_SENT
from phidesk.core.answers import AnswerOutcome
from phidesk.core.context import STEP_PARTS, prompt_room_tokens
from phidesk.core.conversation import ConversationSettings, Overflow
from phidesk.core.model_info import ModelInfo
from phidesk.core.prompts import date_words
from phidesk.core.tasks import StartLoop
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from tests.fakes.faulty_line import FaultyLine
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini
from tests.journeys.desk import Desk, Followed, open_desk

WINDOW = 512
READ_PER_S = 1_000
"""Tokens that the recorded daemon reads; of most text each byte is one."""
QUESTIONS = [f"Question {number}: why is the sky blue, Grüße 😀?" for number in range(24)]
SETTINGS = ConversationSettings(
    "Be kind.", window_tokens=WINDOW, answer_limit_tokens=16, temperature=0.0, overflow=Overflow.LET_OLDEST_GO
)


@dataclass(frozen=True)
class Turn:
    """How one answer ended; `prompt` is what the engine received for it, empty where nobody looked."""

    outcome: AnswerOutcome
    prompt: bytes = b""

    @property
    def first_sent(self) -> object:
        """What the prompt began with; None where that was the conversation's beginning."""
        return dict(self.outcome.facts).get(FIRST_SENT)

    @property
    def prompt_tokens(self) -> int:
        assert self.outcome.usage.prompt_tokens is not None
        return self.outcome.usage.prompt_tokens


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon([phi4_mini()]) as daemon:
        yield daemon


@pytest.fixture
def line(daemon: OllamaDaemon) -> Iterator[FaultyLine]:
    with FaultyLine(lambda: daemon.url) as line:
        yield line


@pytest.fixture
def desk(tmp_path: Path, line: FaultyLine, gate: Gate, start_loop: StartLoop) -> Iterator[Desk]:
    engine = OllamaEngine(line.url, gate)
    with open_desk(tmp_path, engine, start_loop) as desk:
        yield desk
    engine.close()


def talk(
    desk: Desk, questions: Sequence[str], settings: ConversationSettings, line: FaultyLine | None = None
) -> list[Turn]:
    """Ask all of it in one conversation, and keep what went over the line."""
    turns: list[Turn] = []
    conversation_id = None
    for question in questions:
        followed = Followed(desk.service.ask(question, conversation_id=conversation_id, settings=settings))
        outcome = followed.follow_to_end(patience_s=60)
        conversation_id = followed.turn.conversation_id
        assert outcome.finish.is_usable, outcome
        turns.append(Turn(outcome, prompt_received(line) if line is not None else b""))
    return turns


def prompt_received(line: FaultyLine) -> bytes:
    body = json.loads(line.asked.partition(b"\r\n\r\n")[2])
    return str(body["prompt"]).encode()


def test_while_all_of_it_fits_each_prompt_goes_on_where_the_one_before_ended(desk: Desk, line: FaultyLine) -> None:
    turns = talk(desk, QUESTIONS, replace(SETTINGS, window_tokens=8192), line)

    assert all(turn.first_sent is None for turn in turns)
    assert all(later.prompt.startswith(earlier.prompt) for earlier, later in pairwise(turns))
    assert all(len(later.prompt) > len(earlier.prompt) for earlier, later in pairwise(turns))


def test_ollama_reads_only_what_is_new(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.tokens_read_per_s = READ_PER_S

    turns = talk(desk, QUESTIONS[:12], replace(SETTINGS, window_tokens=8192))

    whole_ms = turns[-1].prompt_tokens / READ_PER_S * 1_000
    reading_ms = [turn.outcome.timings.reading_ms or 0.0 for turn in turns]
    new_tokens = [later.prompt_tokens - earlier.prompt_tokens for earlier, later in pairwise(turns)]
    assert all(read <= new for read, new in zip(daemon.tokens_read[1:], new_tokens, strict=True))
    assert max(reading_ms[1:]) < whole_ms / 2


def test_values_of_variables_stand_in_every_prompt_the_same(desk: Desk, line: FaultyLine) -> None:
    text = "Today is {date}. Teach {name} {topic}; keep {unknown} and {{name}}."
    values = (("name", "Ada"), ("topic", "bees {date}"))
    settings = replace(SETTINGS, instructions=text, variables=values, window_tokens=8192)

    turns = talk(desk, QUESTIONS[:3], settings, line)

    today = date_words(datetime.now().astimezone().date())
    instructions = f"Today is {today}. Teach Ada bees {{date}}; keep {{unknown}} and {{name}}."
    assert all(turn.prompt.startswith(f"<|system|>{instructions}<|end|>".encode()) for turn in turns)
    assert all(later.prompt.startswith(earlier.prompt) for earlier, later in pairwise(turns))


def test_messages_fall_out_a_quarter_of_the_window_at_once(desk: Desk, line: FaultyLine) -> None:
    turns = talk(desk, QUESTIONS, SETTINGS, line)

    freed_tokens = prompt_room_tokens(WINDOW, SETTINGS.answer_limit_tokens) - WINDOW // STEP_PARTS
    steps = [later for earlier, later in pairwise(turns) if later.first_sent != earlier.first_sent]
    kept = [(earlier, later) for earlier, later in pairwise(turns) if later.first_sent == earlier.first_sent]
    assert len(steps) >= 2
    assert all(turn.prompt_tokens <= freed_tokens for turn in steps)
    assert all(later.prompt.startswith(earlier.prompt) for earlier, later in kept)
    assert all(later not in steps for earlier, later in pairwise(turns) if earlier in steps)


def test_the_instructions_stay_in_front_when_messages_fall_out(desk: Desk, line: FaultyLine) -> None:
    turns = talk(desk, QUESTIONS, SETTINGS, line)

    instructions, _, _ = turns[0].prompt.partition(b"<|user|>")
    assert b"Be kind." in instructions
    assert turns[-1].first_sent is not None
    assert all(turn.prompt.startswith(instructions + b"<|user|>") for turn in turns)


def test_llama_cpp_finds_the_prompt_before_in_its_cache(
    tmp_path: Path, builtin_engine: BuiltinEngine, practice_model: ModelInfo, start_loop: StartLoop
) -> None:
    settings = replace(SETTINGS, engine=builtin_engine.name, model=practice_model.name)
    with open_desk(tmp_path, builtin_engine, start_loop) as desk:
        turns = talk(desk, QUESTIONS, settings)

    kept = [(earlier, later) for earlier, later in pairwise(turns) if later.first_sent == earlier.first_sent]
    assert turns[-1].first_sent is not None
    assert len(kept) > len(turns) / 2
    for earlier, later in kept:
        assert later.outcome.usage.cached_tokens is not None
        assert later.outcome.usage.cached_tokens >= earlier.prompt_tokens
