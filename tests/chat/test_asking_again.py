"""Asking in place of what was asked, and having a question answered once more: on disk, and at the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import AnswerWish, ConversationSettings, Message
from phidesk.core.tasks import StartLoop
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.protocol import OLLAMA
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import scripted, smollm2
from tests.journeys.desk import Desk, Followed, open_desk

SETTINGS = ConversationSettings(engine=OLLAMA, model="scripted:latest", window_tokens=2048, temperature=0.5)


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon([scripted(), smollm2()]) as daemon:
        daemon.say("Blue.")
        yield daemon


@pytest.fixture
def desk(tmp_path: Path, daemon: OllamaDaemon, gate: Gate, start_loop: StartLoop) -> Iterator[Desk]:
    engine = OllamaEngine(daemon.url, gate)
    with open_desk(tmp_path, engine, start_loop) as desk:
        yield desk
    engine.close()


def messages(desk: Desk, followed: Followed) -> tuple[Message, ...]:
    assert followed.turn.conversation_id is not None
    return desk.conversations.get(followed.turn.conversation_id).result().messages


def asked_with(daemon: OllamaDaemon) -> tuple[object, object]:
    """Return model and temperature of the newest answer."""
    body = next(received.body for received in reversed(daemon.requests) if received.body and "options" in received.body)
    return body["model"], body["options"]["temperature"]


def test_an_edited_question_is_answered_without_the_old_one(desk: Desk, daemon: OllamaDaemon) -> None:
    first = desk.ask("Which colour has the sky?", SETTINGS)
    daemon.say("Green.")

    edited = Followed(desk.service.ask_edited(messages(desk, first)[0], "Which colour has grass?"))
    edited.follow_to_end()

    assert [message.text for message in messages(desk, first)] == ["Which colour has grass?", "Green."]
    assert "sky" not in daemon.prompts[-1]
    assert asked_with(daemon) == ("scripted:latest", 0.5)


def test_again_is_another_answer_to_the_same_question(desk: Desk, daemon: OllamaDaemon) -> None:
    first = desk.ask("Which colour has the sky?", SETTINGS)
    daemon.say("Grey.")

    again = Followed(desk.service.ask_again(messages(desk, first)[0]))
    again.follow_to_end()

    question, answer = messages(desk, first)
    assert (question.text, answer.text) == ("Which colour has the sky?", "Grey.")
    assert (answer.version, answer.version_count) == (2, 2)
    assert "Blue." not in daemon.prompts[-1]


def test_what_is_wished_for_one_answer_holds_for_this_one_only(desk: Desk, daemon: OllamaDaemon) -> None:
    first = desk.ask("Which colour has the sky?", SETTINGS)
    question = messages(desk, first)[0]

    wish = AnswerWish(engine=OLLAMA, model="smollm2:latest", temperature=1.0)
    Followed(desk.service.ask_again(question, wish)).follow_to_end()

    answer = messages(desk, first)[1]
    assert asked_with(daemon) == ("smollm2:latest", 1.0)
    assert (answer.engine, answer.model) == (OLLAMA, "smollm2:latest")
    assert desk.conversations.get(question.conversation_id).result().settings == SETTINGS
    Followed(desk.service.ask_again(question)).follow_to_end()
    assert asked_with(daemon) == ("scripted:latest", 0.5)


def test_a_question_whose_answer_is_deleted_is_answered(desk: Desk) -> None:
    first = desk.ask("Which colour has the sky?", SETTINGS)
    question, answer = messages(desk, first)
    desk.conversations.branches.delete(answer).result()

    again = Followed(desk.service.ask_again(question))
    outcome = again.follow_to_end()

    assert outcome.finish is FinishReason.STOP
    assert messages(desk, first)[1].text == "Blue."


def test_nothing_is_asked_in_a_conversation_that_is_being_answered(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say("word ", is_endless=True, pieces_per_s=50)
    first = desk.begin("Which colour has the sky?", SETTINGS)
    first.follow(lambda: bool(first.shown))
    question = messages(desk, first)[0]

    with pytest.raises(ValueError, match="is being answered"):
        desk.service.ask_again(question)
    with pytest.raises(ValueError, match="is being answered"):
        desk.service.ask_edited(question, "Which colour has grass?")

    first.turn.stop()
    first.follow_to_end()
    assert [message.version_count for message in messages(desk, first)] == [1, 1]
