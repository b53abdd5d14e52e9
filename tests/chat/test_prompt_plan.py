"""What is sent of a conversation, planned with engines that really count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

from phidesk.chat.prompt_plan import FIRST_SENT, PromptPlanner, last_unseen
from phidesk.chat.request import build_request
from phidesk.core.answers import AnswerOutcome, FinishReason, Usage
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Overflow, Role
from phidesk.core.errors import WindowExceeded
from phidesk.core.model_info import ModelInfo
from phidesk.core.parts import TextPart
from phidesk.core.tasks import Cancellation
from phidesk.core.tools import ToolCall, ToolResult, ToolUse
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.protocol import AnswerRequest, Engine, Finished
from tests.chat.whole_requests import whole_request
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini, scripted

WINDOW = 512
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def engine(gate: Gate) -> Iterator[Engine]:
    with OllamaDaemon([phi4_mini(), scripted()]) as daemon:
        engine = OllamaEngine(daemon.url, gate)
        yield engine
        engine.close()


@pytest.fixture(params=["phi4-mini:latest", "scripted:latest"])
def model(request: pytest.FixtureRequest, engine: Engine) -> ModelInfo:
    """One that is counted exactly, one that is estimated."""
    return next(model for model in engine.models() if model.name == request.param)


def talk(*texts: str, **settings: int | str) -> Conversation:
    """Make a conversation of questions and answers in turn; the last answer is to be written."""
    messages: list[Message] = []
    for place, text in enumerate((*texts, "")):
        role = Role.MODEL if place % 2 else Role.PERSON
        parent = messages[-1].id if messages else None
        parts = (TextPart(text),) if text else ()
        messages.append(Message(f"m{place}", "c", parent, role, parts, NOW))
    return Conversation("c", "", NOW, NOW, ConversationSettings(window_tokens=WINDOW, **settings), tuple(messages))  # type: ignore[arg-type]


def answered(conversation: Conversation, engine: Engine, model: ModelInfo) -> Conversation:
    """Answer it, and ask on: what was sent and counted is remembered as the program does."""
    plan = planner(conversation, engine, model, lets_go=True).plan()
    prompt_tokens = real_prompt_tokens(plan.request, engine)
    facts = ((FIRST_SENT, plan.first_sent),) if plan.first_sent else ()
    outcome = AnswerOutcome(FinishReason.STOP, Usage(prompt_tokens, 8), window_tokens=WINDOW, facts=facts)
    last = conversation.messages[-1]
    spoken = replace(
        last, parts=(TextPart("So it is, I think."),), engine=engine.name, model=model.name, outcome=outcome
    )
    number = len(conversation.messages)
    question = Message(f"m{number}", "c", last.id, Role.PERSON, (TextPart("And why? " * 10),), NOW)
    answer = Message(f"m{number + 1}", "c", question.id, Role.MODEL, (), NOW)
    return replace(conversation, messages=(*conversation.messages[:-1], spoken, question, answer))


def planner(conversation: Conversation, engine: Engine, model: ModelInfo, *, lets_go: bool = False) -> PromptPlanner:
    overflow = Overflow.LET_OLDEST_GO if lets_go else Overflow.ASK
    conversation = replace(conversation, settings=replace(conversation.settings, overflow=overflow))
    return PromptPlanner(conversation, build_request(conversation, model, computer_memory_bytes=2**34), engine)


def real_prompt_tokens(request: AnswerRequest, engine: Engine) -> int:
    events = list(engine.answer(replace(request, answer_limit_tokens=1), Cancellation()))
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.usage.prompt_tokens is not None
    return last.usage.prompt_tokens


def test_what_fits_is_sent_whole(engine: Engine, model: ModelInfo) -> None:
    conversation = talk("How are you?", "Fine.", "Tell me more.")

    plan = planner(conversation, engine, model).plan()

    assert len(plan.request.messages) == 3
    assert plan.first_sent is None
    assert plan.count.is_exact is model.is_phi4_mini


def test_nothing_falls_out_before_the_person_says_so(engine: Engine, model: ModelInfo) -> None:
    conversation = talk(*["What about this one here? " * 8] * 7)

    with pytest.raises(WindowExceeded) as caught:
        planner(conversation, engine, model).plan()

    assert caught.value.excess_tokens > 0
    assert caught.value.prompt_tokens > WINDOW
    assert not caught.value.is_message_alone


def test_the_oldest_turns_are_let_go(engine: Engine, model: ModelInfo) -> None:
    conversation = talk(*["What about this one here? " * 8] * 7)

    plan = planner(conversation, engine, model, lets_go=True).plan()

    assert plan.request.messages[0].role is Role.PERSON
    assert plan.first_sent == conversation.messages[-1 - len(plan.request.messages)].id
    assert real_prompt_tokens(plan.request, engine) <= WINDOW - WINDOW // 4


def test_a_message_that_is_too_long_alone_is_not_sent(engine: Engine, model: ModelInfo) -> None:
    conversation = talk("Hi", "Hello.", "What about this one here? " * 100)

    with pytest.raises(WindowExceeded) as caught:
        planner(conversation, engine, model, lets_go=True).plan()

    assert caught.value.is_message_alone


def test_what_was_let_go_stays_so_and_is_not_asked_for_again(engine: Engine, model: ModelInfo) -> None:
    conversation = answered(talk(*["What about this one here? " * 8] * 7), engine, model)

    plan = planner(conversation, engine, model).plan()

    assert plan.first_sent is not None


def test_a_larger_window_brings_all_of_it_back(engine: Engine, model: ModelInfo) -> None:
    conversation = answered(talk(*["What about this one here? " * 8] * 7), engine, model)
    larger = replace(conversation, settings=replace(conversation.settings, window_tokens=8192))

    plan = planner(larger, engine, model).plan()

    assert plan.first_sent is None
    assert len(plan.request.messages) == len(conversation.messages) - 1


def test_an_estimate_learns_from_what_the_engine_counted(engine: Engine) -> None:
    model = next(model for model in engine.models() if not model.is_phi4_mini)
    first = talk("Ŵĥȧŧ īš ŧħīš? " * 6)

    later = answered(first, engine, model)

    plan = planner(later, engine, model).plan()
    assert not plan.count.is_exact
    assert plan.count.tokens == pytest.approx(real_prompt_tokens(plan.request, engine), rel=0.1)


def test_no_prompt_is_ever_refused(engine: Engine, model: ModelInfo) -> None:
    chance = Random(model.name)
    words = ["word", "другое", "語", "😀", "x=1;", "\n\n", "<|end|>", "longer-than-others"]
    refused = 0
    for _ in range(12):
        conversation = talk(" ".join(chance.choices(words, k=chance.randint(1, 30))))
        for _turn in range(8):
            try:
                conversation = answered(conversation, engine, model)
            except WindowExceeded:
                refused += 1
                break

    assert refused < 6


def test_an_answer_that_was_never_sent_moves_no_line(engine: Engine, model: ModelInfo) -> None:
    conversation = answered(talk(*["What about this one here? " * 8] * 7), engine, model)
    line = last_unseen(conversation.messages)
    refused = AnswerOutcome(FinishReason.ERROR, error="EngineUnreachable")

    failed = replace(conversation.messages[-1], outcome=refused)

    assert line is not None
    assert last_unseen((*conversation.messages[:-1], failed)) == line


@pytest.mark.parametrize(
    "told", [(), (("window_tokens", 300),), (("prompt_tokens", 480),)], ids=["nothing", "window", "prompt"]
)
def test_a_refusal_that_hides_its_figures_is_answered_by_less(
    engine: Engine, model: ModelInfo, told: tuple[tuple[str, int], ...]
) -> None:
    refused: list[AnswerRequest] = []

    def refuse_twice(request: AnswerRequest) -> AnswerOutcome:
        refused.append(request)
        if len(refused) <= 2:
            return AnswerOutcome(FinishReason.ERROR, error="PromptTooLong", facts=told)
        return AnswerOutcome(FinishReason.STOP)

    outcome = planner(talk(*["What about this? " * 2] * 7), engine, model, lets_go=True).send(refuse_twice)

    lengths = [len(request.messages) for request in refused]
    assert outcome.finish is FinishReason.STOP
    assert lengths == sorted(set(lengths), reverse=True)
    assert dict(outcome.facts)[FIRST_SENT] == f"m{7 - lengths[-1]}"


def test_a_refusal_of_all_that_can_be_sent_is_told_with_figures(engine: Engine, model: ModelInfo) -> None:
    refusal = AnswerOutcome(FinishReason.ERROR, error="PromptTooLong")

    with pytest.raises(WindowExceeded) as caught:
        planner(talk("How are you?"), engine, model).send(lambda _: refusal)

    assert caught.value.is_message_alone
    assert caught.value.is_estimated
    assert caught.value.excess_tokens > 0


def test_an_answer_with_tools_is_sent_round_by_round_and_falls_out_as_one(engine: Engine) -> None:
    model = next(model for model in engine.models() if model.name == "phi4-mini:latest")
    call = ToolCall("calculate", '{"expression":"1+1"}')
    conversation = talk("What is 1 + 1?", "Two.", "Sure?", *("word " * 60 for _ in range(7)))
    used = replace(conversation.messages[1], parts=(TextPart("Let me see. "), call, ToolResult("2"), TextPart("Two.")))
    conversation = replace(conversation, messages=(conversation.messages[0], used, *conversation.messages[2:]))

    whole = whole_request(conversation, model)
    plan = planner(conversation, engine, model, lets_go=True).plan()

    assert [(message.text, message.tool_uses) for message in whole.messages[1:3]] == [
        ("Let me see. ", (ToolUse(call, "2"),)),
        ("Two.", ()),
    ]
    assert plan.first_sent is not None
    assert plan.request.messages[0].role is Role.PERSON
    assert len(whole.messages) - len(plan.request.messages) == 1 + int(plan.first_sent.removeprefix("m"))
