"""Waiting is explained with an engine that says nothing, by what it has in memory and by this computer's own past."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from phidesk.chat.waiting import Expected
from phidesk.core.answers import STOPPED_LOAD, FinishReason
from phidesk.core.conversation import ConversationSettings
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import StartLoop
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.protocol import BUILTIN, OLLAMA, Loading, Reading, TextDelta, Waiting, WaitReason
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import scripted
from tests.journeys.desk import Desk, Followed, open_desk
from tests.real_engines import SCRIPTED_GREETING

LOAD_S = 0.3
READING_S = 60.0
LONG_QUESTION = "How many trees stand in the wood? " * 30


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon([scripted()]) as daemon:
        yield daemon


@pytest.fixture
def ollama(daemon: OllamaDaemon, gate: Gate) -> Iterator[OllamaEngine]:
    engine = OllamaEngine(daemon.url, gate)
    yield engine
    engine.close()


@pytest.fixture
def desk(ollama: OllamaEngine, tmp_path: Path, start_loop: StartLoop) -> Iterator[Desk]:
    with open_desk(tmp_path, ollama, start_loop) as desk:
        yield desk


@pytest.fixture
def builtin_desk(builtin_engine: BuiltinEngine, tmp_path: Path, start_loop: StartLoop) -> Iterator[Desk]:
    with open_desk(tmp_path, builtin_engine, start_loop) as desk:
        yield desk


def settings(window_tokens: int = 2048) -> ConversationSettings:
    return ConversationSettings(engine=OLLAMA, window_tokens=window_tokens, temperature=0.0)


def expected(followed: Followed) -> list[Expected]:
    return [event for event in followed.events if isinstance(event, Expected)]


def test_a_model_that_is_not_in_memory_is_being_loaded(daemon: OllamaDaemon, desk: Desk) -> None:
    daemon.load_s = math.inf
    followed = desk.begin("Hi", settings())

    followed.follow(lambda: Loading() in followed.events)
    daemon.load_s = 0.0
    followed.follow_to_end()

    assert followed.shown == SCRIPTED_GREETING


def test_a_model_in_memory_reads(daemon: OllamaDaemon, desk: Desk, ollama: OllamaEngine) -> None:
    ollama.load(ollama.models()[0], 2048)
    daemon.say("Well.", reading_s=READING_S)

    followed = desk.begin("Hi", settings())
    followed.follow(lambda: Reading() in followed.events)

    assert Loading() not in followed.events
    followed.turn.stop()
    followed.follow_to_end()


def test_a_model_in_memory_with_another_window_is_loaded_again(
    daemon: OllamaDaemon, desk: Desk, ollama: OllamaEngine
) -> None:
    ollama.load(ollama.models()[0], 1024)
    daemon.load_s = math.inf

    followed = desk.begin("Hi", settings())
    followed.follow(lambda: Loading() in followed.events)

    followed.turn.stop()
    followed.follow_to_end()


def test_the_load_is_followed_by_reading(daemon: OllamaDaemon, desk: Desk) -> None:
    daemon.load_s = math.inf
    daemon.say("Well.", reading_s=READING_S)
    followed = desk.begin("Hi", settings())
    followed.follow(lambda: Loading() in followed.events)

    daemon.load_s = 0.0
    followed.follow(lambda: Reading() in followed.events)

    followed.turn.stop()
    followed.follow_to_end()


def test_no_phase_is_told_once_text_comes(daemon: OllamaDaemon, desk: Desk) -> None:
    for _ in range(10):
        followed = desk.ask("Hi", settings())

        kinds = [type(event) for event in followed.events]
        first_text = kinds.index(TextDelta)
        assert set(kinds[first_text:]) == {TextDelta}


def test_an_answer_behind_another_one_is_queued(daemon: OllamaDaemon, desk: Desk) -> None:
    daemon.pieces_per_s = 100
    first = desk.begin("FOREVER", settings(8192))
    first.follow(lambda: bool(first.shown))

    second = desk.begin("Hi", settings(8192))
    second.follow(lambda: Waiting(WaitReason.QUEUED) in second.events)
    first.turn.stop()
    first.follow_to_end()
    second.follow_to_end()

    assert second.shown == SCRIPTED_GREETING


def test_without_a_past_no_number_is_told(desk: Desk) -> None:
    followed = desk.ask(LONG_QUESTION, settings())

    assert {(it.load_s, it.reading_s) for it in expected(followed)} == {(None, None)}
    assert {it.words for it in expected(followed)} == {7 * 30}


def test_a_load_and_reading_are_expected_as_they_were_before(daemon: OllamaDaemon, desk: Desk) -> None:
    daemon.load_s = LOAD_S
    daemon.say("Well.", reading_s=0.2)
    desk.ask(LONG_QUESTION, settings())

    followed = desk.ask(LONG_QUESTION * 2, settings(4096))

    told = expected(followed)[-1]
    assert told.load_s == pytest.approx(LOAD_S, abs=0.2)
    assert told.reading_s == pytest.approx(0.4, abs=0.2)


def test_in_a_conversation_only_what_is_new_is_read(daemon: OllamaDaemon, desk: Desk) -> None:
    first = desk.ask(LONG_QUESTION, settings())

    second = Followed(desk.service.ask("And now?", conversation_id=first.turn.conversation_id, settings=settings()))
    second.follow_to_end()

    assert expected(second)[-1].words == 2


def test_after_a_new_load_everything_is_read(daemon: OllamaDaemon, desk: Desk) -> None:
    first = desk.ask(LONG_QUESTION, settings())
    daemon.kill()
    daemon.start()
    daemon.load_s = math.inf

    second = Followed(desk.service.ask("And now?", conversation_id=first.turn.conversation_id, settings=settings()))
    second.follow(lambda: Loading() in second.events)

    assert expected(second)[-1].words > 7 * 30
    second.turn.stop()
    second.follow_to_end()


# Stop in every phase


def test_stop_during_a_load_makes_ollama_give_it_up_and_is_said(daemon: OllamaDaemon, desk: Desk) -> None:
    daemon.load_s = math.inf
    followed = desk.begin("Hi", settings())
    followed.follow(lambda: Loading() in followed.events)

    followed.turn.stop()
    outcome = followed.follow_to_end()

    assert outcome.finish is FinishReason.STOPPED
    assert STOPPED_LOAD in outcome.facts
    daemon.wait_until(lambda: not daemon.is_loading)
    assert daemon.runners == []


def test_stop_while_ollama_reads_leaves_it_idle(daemon: OllamaDaemon, desk: Desk) -> None:
    daemon.say("Well.", reading_s=READING_S)
    followed = desk.begin("Hi", settings())
    followed.follow(lambda: Reading() in followed.events)

    followed.turn.stop()
    outcome = followed.follow_to_end()

    assert outcome.finish is FinishReason.STOPPED
    assert STOPPED_LOAD not in outcome.facts
    daemon.wait_until(lambda: not daemon.is_generating)


def test_stop_in_the_queue_leaves_the_other_answer_alone(daemon: OllamaDaemon, desk: Desk) -> None:
    daemon.pieces_per_s = 100
    first = desk.begin("FOREVER", settings(8192))
    first.follow(lambda: bool(first.shown))
    second = desk.begin("Hi", settings(8192))
    second.follow(lambda: Waiting(WaitReason.QUEUED) in second.events)

    second.turn.stop()
    second.follow_to_end()

    length = len(first.shown)
    first.follow(lambda: len(first.shown) > length)
    first.turn.stop()
    first.follow_to_end()


def test_stop_during_a_load_ends_the_built_in_child_and_is_said(
    builtin_desk: Desk, builtin_engine: BuiltinEngine, practice_model: ModelInfo
) -> None:
    builtin_engine.unload(practice_model)
    wanted = ConversationSettings(engine=BUILTIN, model=practice_model.name, window_tokens=8192)
    followed = builtin_desk.begin("Hi", wanted)
    followed.follow(lambda: Loading() in followed.events)

    followed.turn.stop()
    outcome = followed.follow_to_end()

    assert (outcome.finish, STOPPED_LOAD in outcome.facts) == (FinishReason.STOPPED, True)
    assert builtin_engine.loaded() == []


def test_the_built_in_engine_tells_how_much_it_has_read_and_stops_reading(
    builtin_desk: Desk, builtin_engine: BuiltinEngine, practice_model: ModelInfo
) -> None:
    wanted = ConversationSettings(engine=BUILTIN, model=practice_model.name, window_tokens=8192)
    followed = builtin_desk.begin("one two three four five " * 1000, wanted)
    followed.follow(lambda: any(isinstance(event, Reading) and event.done_tokens for event in followed.events))

    followed.turn.stop()
    outcome = followed.follow_to_end()

    done = [event.done_tokens for event in followed.events if isinstance(event, Reading)]
    assert done == sorted(done)
    assert outcome.finish is FinishReason.STOPPED
    builtin_desk.ask("Hi", ConversationSettings(engine=BUILTIN, model=practice_model.name, answer_limit_tokens=2))
    assert not builtin_engine.is_working()
