"""An answer that broke off: who wrote it goes on with it, and nobody else unless the person wants that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import AnswerWish, ConversationSettings, Message
from phidesk.core.tasks import StartLoop
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.protocol import BUILTIN, OLLAMA
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.journeys.desk import Desk, Followed, open_desk

SAID = "One two three."
SETTINGS = ConversationSettings(window_tokens=2048)


@pytest.fixture
def desk(tmp_path: Path, engine: OllamaEngine, builtin_engine: BuiltinEngine, start_loop: StartLoop) -> Iterator[Desk]:
    """A desk in a new profile: Ollama answers, and without it the built-in engine."""
    with open_desk(tmp_path, engine, start_loop, builtin_engine) as desk:
        yield desk


@pytest.fixture
def broken(desk: Desk, daemon: OllamaDaemon) -> str:
    """The conversation whose answer broke off because Ollama was killed."""
    daemon.say([SAID, None])
    followed = desk.begin("Hi", SETTINGS)
    followed.follow(lambda: followed.shown == SAID)
    daemon.kill()
    followed.follow_to_end()
    assert followed.turn.conversation_id is not None
    return followed.turn.conversation_id


def answer_in(desk: Desk, conversation_id: str) -> Message:
    return desk.conversations.get(conversation_id).result().messages[-1]


def test_while_its_engine_is_gone_nobody_else_goes_on(desk: Desk, broken: str) -> None:
    resumed = Followed(desk.service.resume(broken))
    outcome = resumed.follow_to_end()

    answer = answer_in(desk, broken)
    assert outcome.error == "EngineUnreachable"
    assert (answer.engine, answer.text) == (OLLAMA, SAID)


def test_its_engine_goes_on_as_soon_as_it_is_back(desk: Desk, daemon: OllamaDaemon, broken: str) -> None:
    daemon.start()
    daemon.say(" Four.")

    resumed = Followed(desk.service.resume(broken))
    resumed.follow_to_end()

    answer = answer_in(desk, broken)
    assert (answer.engine, answer.text) == (OLLAMA, SAID + " Four.")


def test_another_engine_goes_on_where_the_person_wants_it(desk: Desk, broken: str) -> None:
    resumed = Followed(desk.service.resume(broken, by_another=True))
    outcome = resumed.follow_to_end(patience_s=60)

    answer = answer_in(desk, broken)
    assert outcome.finish is FinishReason.STOP
    assert answer.engine == BUILTIN
    assert answer.text.startswith(SAID)
    assert len(answer.text) > len(SAID)


def test_an_answer_wished_from_another_model_goes_on_by_that_model(desk: Desk, daemon: OllamaDaemon) -> None:
    first = desk.ask("Hi", SETTINGS)
    assert first.turn.conversation_id is not None
    question = desk.conversations.get(first.turn.conversation_id).result().messages[0]
    wish = AnswerWish(BUILTIN, "scripted")
    stopped = Followed(desk.service.ask_again(question, wish))
    stopped.follow(lambda: bool(stopped.shown), patience_s=60)
    stopped.turn.stop()
    stopped.follow_to_end()
    daemon.kill()

    Followed(desk.service.resume(first.turn.conversation_id)).follow_to_end(patience_s=60)

    assert answer_in(desk, first.turn.conversation_id).engine == BUILTIN


def test_an_answer_without_a_word_is_begun_by_whoever_can(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say([None])
    followed = desk.begin("Hi", SETTINGS)
    followed.follow(lambda: followed.turn.answered_by is not None)
    daemon.kill()
    followed.follow_to_end()
    assert followed.turn.conversation_id is not None

    Followed(desk.service.resume(followed.turn.conversation_id)).follow_to_end(patience_s=60)

    assert answer_in(desk, followed.turn.conversation_id).engine == BUILTIN
