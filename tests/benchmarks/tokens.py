"""What knowing the size of a prompt costs: for each letter that is typed, at the beginning, and in long conversations.

Counted is with phi4-mini's vocabulary; another library has the same one, under the name of its makers.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

import toktok

from phidesk.chat.forecast import forecast_prompt
from phidesk.chat.prompt_plan import PromptPlan, PromptPlanner
from phidesk.chat.request import build_request
from phidesk.core.answers import AnswerOutcome, FinishReason, Usage
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Overflow, Role
from phidesk.core.drafts import Draft
from phidesk.core.model_info import ModelInfo
from phidesk.core.parts import TextPart
from phidesk.core.paths import PRACTICE_MODEL_FILE, find_paths
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.network import Gate
from phidesk.engine.protocol import BUILTIN, OLLAMA
from phidesk.engine.tokens import TokenCounter
from phidesk.engine.vocabulary import dump_vocabulary, load_vocabulary, read_gguf_vocabulary
from phidesk.profile import Profile
from phidesk.services import Services, start_loop
from tests.benchmarks.answering import follow_course
from tests.benchmarks.daemon_process import WORDS, daemon_process
from tests.benchmarks.figures import Figure, interleaved_medians, percentile
from tests.fakes.generated_texts import some_text
from tests.fakes.vocabulary_gguf import FOUR_LAYERS_OF_PHI4_MINI, write_vocabulary_gguf

GOAL_KEYSTROKE_MS = 5.0
GOAL_PLAN_MS = 5.0
GOAL_FLAT = 1.3
CONTEXT_TOKENS, MESSAGES = 30_000, 100_000
KEYSTROKES, PLANS, ROUNDS = 100, 7, 5
TEXTS = 1_000
TURNS = (1, 10, 100)
NEIGHBOURS = 2
"""One turn is measured by chance; the figure of a turn is the median of it and so many around it."""
TURN_WINDOW_TOKENS = 8192
RECORDED_WINDOW_TOKENS = 65_536
"""For the recorded daemon every byte is a token."""
RECORDED_READING_PER_S = 327.0
"""Tokens that the real daemon read in a second when it was recorded: 474 in 1.448 s."""
MEMORY_BYTES = 16 * 1024**3
BEGUN = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass(frozen=True)
class _Turn:
    """When the first text came, how long the engine says that it read, and what it says that it was sent."""

    first_ms: float
    reading_ms: float
    prompt_tokens: int


def measure() -> Iterator[Figure]:
    """Yield figures of counting, then of planning, then of whole turns."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "phi4-mini.gguf"
        write_vocabulary_gguf(path, architecture="phi3")
        yield from _of_tokenizer(path)
        gate = Gate(lambda: datetime.now(UTC))
        engine = BuiltinEngine([path.parent], gate, start_loop)
        (model,) = engine.models()
        yield from _of_keystrokes(engine, model)
        yield _of_plan(engine, model)
        engine.close()
        gate.close()
    yield from _of_turns()


def _of_tokenizer(path: Path) -> Iterator[Figure]:
    vocabulary = read_gguf_vocabulary(path, BUILTIN)
    assert vocabulary is not None
    kept = dump_vocabulary(vocabulary)
    chance = Random(1)
    text = "\n".join(some_text(chance, 200) for _ in range(TEXTS))

    ours, theirs = interleaved_medians(
        ROUNDS,
        lambda: _ms(lambda: TokenCounter(load_vocabulary(kept))),
        lambda: _ms(lambda: toktok._Tokenizer("o200k_base", "")),
    )
    yield Figure("tokenizer load ÷ toktok's", ours / theirs, "", explanation=f"{ours:.0f} ÷ {theirs:.0f} ms")
    other = toktok._encoding("o200k_base")

    def count_anew_ms() -> float:
        counter = TokenCounter(vocabulary)  # It would remember what it counted before.
        return _ms(lambda: counter.count(text))

    ours, theirs = interleaved_medians(ROUNDS, count_anew_ms, lambda: _ms(lambda: other.count(text)))
    rates = f"{len(text) / ours / 1000:.1f} ÷ {len(text) / theirs / 1000:.1f} million characters/s"
    yield Figure("tokens of a text never seen before, time ÷ toktok's", ours / theirs, "", explanation=rates)


def _of_keystrokes(engine: BuiltinEngine, model: ModelInfo) -> Iterator[Figure]:
    chance = Random(2)
    conversation = _conversation(chance, turns=60, words=CONTEXT_TOKENS // 215, window_tokens=65_536)
    draft = _text(chance, 200)

    def forecast(length: int) -> int:
        forecast = forecast_prompt(
            conversation, Draft(draft[:length]), engine=engine, model=model, computer_memory_bytes=MEMORY_BYTES
        )
        assert forecast.is_exact
        return forecast.prompt_tokens

    tokens = forecast(1)
    times = [_ms(lambda length=length: forecast(length)) for length in range(2, KEYSTROKES + 2)]  # type: ignore[misc]
    found = f"{tokens:,} tokens of context, exact".replace(",", "\u00a0")
    yield Figure("count after a keystroke, median", median(times), "ms", GOAL_KEYSTROKE_MS, explanation=found)
    yield Figure("count after a keystroke, 95 %", percentile(times, 0.95), "ms", GOAL_KEYSTROKE_MS)


def _of_plan(engine: BuiltinEngine, model: ModelInfo) -> Figure:
    conversation = _conversation(Random(3), turns=MESSAGES // 2, words=4, window_tokens=TURN_WINDOW_TOKENS)
    conversation = _asked(conversation, "And why?")

    def plan() -> PromptPlan:
        request = build_request(conversation, model, computer_memory_bytes=MEMORY_BYTES)
        return PromptPlanner(conversation, request, engine).plan()

    first_ms = _ms(plan)
    planned = plan()
    at_once_ms: list[float] = []
    settled_ms: list[float] = []
    for times in (at_once_ms, settled_ms) * PLANS:
        conversation = _asked(_answered(conversation, planned, "So it is."), "And why?")
        if times is settled_ms:
            gc.collect()  # Python looks through a path of so many messages once after it was made, whoever runs then.
        begun_s = time.perf_counter()
        planned = plan()
        times.append((time.perf_counter() - begun_s) * 1000)
    explanation = f"the first plan: {first_ms:.0f} ms; with the collection of garbage: {median(at_once_ms):.1f} ms"
    return Figure(
        "plan of 100 000 messages, one question later", median(settled_ms), "ms", GOAL_PLAN_MS, explanation=explanation
    )


def _of_turns() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as home, daemon_process(0, RECORDED_READING_PER_S) as address:
        environment = {"PHIDESK_HOME": home, "OLLAMA_HOST": address, "PHIDESK_OLLAMA": "none"}
        paths = find_paths(environment)
        paths.models.mkdir(parents=True)
        shaped = paths.models / "phi4-shaped.gguf"
        write_vocabulary_gguf(shaped, architecture="phi3", shape=FOUR_LAYERS_OF_PHI4_MINI)
        with Services(paths, environment, post=lambda closure: closure()) as services:
            profile = services.open_profile()
            for called, settings in {
                # The head takes eight times the share of the time that it has in the whole model, and is the same at
                # each turn: with all 32 layers the figure is higher.
                "built-in with four of phi4-mini's 32 layers": ConversationSettings(
                    engine=BUILTIN, model=shaped.stem, window_tokens=TURN_WINDOW_TOKENS
                ),
                "recorded Ollama, reading at the recorded pace": ConversationSettings(
                    engine=OLLAMA, model="phi4-mini:latest", window_tokens=RECORDED_WINDOW_TOKENS
                ),
            }.items():
                yield from _of_conversation(profile, called, settings, GOAL_FLAT)
            practice = ConversationSettings(
                engine=BUILTIN, model=PRACTICE_MODEL_FILE.removesuffix(".gguf"), window_tokens=TURN_WINDOW_TOKENS
            )
            # Its attention to 4,500 tokens is as much work as all of its weights: nothing keeps it flat.
            yield from _of_conversation(profile, "built-in with the practice model", practice, None)


def _of_conversation(
    profile: Profile, called: str, settings: ConversationSettings, goal: float | None
) -> Iterator[Figure]:
    settings = replace(settings, answer_limit_tokens=8, temperature=0.0, seed=1)
    chance = Random(4)
    _ask(profile, settings, None, "Load, please.")
    conversation_id: str | None = None
    turns = []
    for _ in range(max(TURNS) + NEIGHBOURS // 2):
        conversation_id, turn = _ask(profile, settings, conversation_id, f"{_text(chance, 12)} SHORT")
        turns.append(turn)
    begins = [max(0, turn - 1 - NEIGHBOURS // 2) for turn in TURNS]
    around = [turns[begin : begin + NEIGHBOURS + 1] for begin in begins]
    first_ms = [median(turn.first_ms for turn in some) for some in around]
    ours_ms = [median(turn.first_ms - turn.reading_ms for turn in some) for some in around]
    name = f"time to first token, slowest ÷ first turn, {called}"
    found = f"{_of_each_turn(first_ms)}; {turns[-1].prompt_tokens} tokens at the end"
    yield Figure(name, max(first_ms) / first_ms[0], "", goal, explanation=found)
    name = f"of it not the engine's reading, last turn, {called}"
    yield Figure(name, ours_ms[-1], "ms", explanation=_of_each_turn(ours_ms))


def _of_each_turn(figures_ms: list[float]) -> str:
    return f"turns {', '.join(map(str, TURNS))}: {', '.join(f'{figure:.0f}' for figure in figures_ms)} ms"


def _ask(
    profile: Profile, settings: ConversationSettings, conversation_id: str | None, question: str
) -> tuple[str, _Turn]:
    """Return in which conversation it was asked, and what it took."""
    started_s = time.perf_counter()
    turn = profile.chat.ask(question, conversation_id=conversation_id, settings=settings)
    course = follow_course(turn, started_s)
    assert turn.conversation_id is not None
    outcome = profile.conversations.get(turn.conversation_id).result().messages[-1].outcome
    assert outcome is not None
    found = _Turn(course.first_s * 1000, outcome.timings.reading_ms or 0.0, outcome.usage.prompt_tokens or 0)
    return turn.conversation_id, found


def _conversation(chance: Random, *, turns: int, words: int, window_tokens: int) -> Conversation:
    settings = ConversationSettings("Be brief.", window_tokens=window_tokens, overflow=Overflow.LET_OLDEST_GO)
    messages: list[Message] = []
    for number in range(2 * turns):
        role = Role.MODEL if number % 2 else Role.PERSON
        messages.append(_message(messages, role, _text(chance, words)))
    return Conversation("c", "", BEGUN, BEGUN, settings, tuple(messages))


def _asked(conversation: Conversation, text: str) -> Conversation:
    question = _message(conversation.messages, Role.PERSON, text)
    messages = [*conversation.messages, question]
    return Conversation("c", "", BEGUN, BEGUN, conversation.settings, (*messages, _message(messages, Role.MODEL, "")))


def _answered(conversation: Conversation, plan: PromptPlan, text: str) -> Conversation:
    """Let the last answer say this, and keep what was planned for it."""
    outcome = AnswerOutcome(
        FinishReason.STOP, Usage(plan.count.tokens, 5), window_tokens=plan.window_tokens, facts=plan.facts
    )
    answer = replace(
        conversation.messages[-1],
        parts=(TextPart(text),),
        engine=plan.request.model.engine,
        model=plan.request.model.name,
        outcome=outcome,
    )
    return replace(conversation, messages=(*conversation.messages[:-1], answer))


def _message(before: list[Message] | tuple[Message, ...], role: Role, text: str) -> Message:
    number = len(before)
    parent = before[-1].id if before else None
    parts = (TextPart(text),) if text else ()
    return Message(f"m{number}", "c", parent, role, parts, BEGUN + timedelta(seconds=number))


def _text(chance: Random, words: int) -> str:
    return " ".join(f"{chance.choice(WORDS)}{chance.choice(('', '', ',', '.', ' 17'))}" for _ in range(words))


def _ms(work: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    work()
    return (time.perf_counter() - started_s) * 1000
