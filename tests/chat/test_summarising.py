"""Summaries: what the model is asked, what takes the place of what, with engines that really count and answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from phidesk.chat.prompt_plan import last_unseen
from phidesk.chat.request import SUMMARY_HEADING, instructions_of, spoken_messages
from phidesk.chat.summarising import BETWEEN_NOTES, told
from phidesk.core.answers import FinishReason
from phidesk.core.conversation import Conversation, ConversationSettings, Overflow
from phidesk.core.drafts import Draft
from phidesk.core.parts import TextPart, ThinkingPart, without_notes
from phidesk.core.tasks import StartLoop
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.ollama.client import OllamaEngine
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.journeys.desk import Desk, Followed, open_desk

SETTINGS = ConversationSettings("Be kind.", window_tokens=2048)


@pytest.fixture
def desk(tmp_path: Path, engine: OllamaEngine, start_loop: StartLoop) -> Iterator[Desk]:
    with open_desk(tmp_path, engine, start_loop) as desk:
        yield desk


def conversation_of(desk: Desk, *questions: str, settings: ConversationSettings = SETTINGS) -> Conversation:
    conversation_id = None
    for question in questions:
        followed = Followed(desk.service.ask(question, conversation_id=conversation_id, settings=settings))
        followed.follow_to_end(patience_s=60)
        conversation_id = followed.turn.conversation_id
    assert conversation_id is not None
    return desk.conversations.get(conversation_id).result()


def summarised(desk: Desk, conversation: Conversation, last: int) -> Conversation:
    """Have everything down to a message summarised, and go down to where the path ended."""
    followed = Followed(desk.service.summarise(conversation.messages[last]))
    outcome = followed.follow_to_end(patience_s=60)
    assert outcome.finish.is_usable
    return desk.conversations.get(conversation.id).result()


def test_the_model_reads_what_was_said_by_whom(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say("Ulm.")
    talk = conversation_of(desk, "Where?", "Sure?")

    asked = desk.conversations.branches.summarise(talk.messages[1]).result()

    assert told(asked.conversation) == "User: Where?\n\nAssistant: Ulm."


def test_a_summary_takes_the_place_of_what_it_covers(desk: Desk, daemon: OllamaDaemon) -> None:
    daemon.say("Ulm.")
    talk = conversation_of(desk, "Where?", "Sure?")
    daemon.say("They are in Ulm.")

    found = summarised(desk, talk, 1)

    assert [message.text for message in found.messages] == ["Where?", "Ulm.", "They are in Ulm.", *texts_from(talk, 2)]
    assert instructions_of(found) == f"Be kind.\n\n{SUMMARY_HEADING}\nThey are in Ulm."
    assert [message.text for message in spoken_messages(found)] == texts_from(talk, 2)
    assert last_unseen(found.messages) == found.messages[1].id


def test_what_is_sent_after_it_begins_the_same_each_turn(desk: Desk, daemon: OllamaDaemon) -> None:
    talk = conversation_of(desk, "Where?", "Sure?")
    first = summarised(desk, talk, 1)

    Followed(desk.service.ask("And?", conversation_id=talk.id, settings=SETTINGS)).follow_to_end()
    second = desk.conversations.get(talk.id).result()

    assert instructions_of(second) == instructions_of(first)
    sent, sent_before = spoken_messages(second), spoken_messages(first)
    assert sent[: len(sent_before)] == sent_before


def test_one_that_was_stopped_is_not_used(desk: Desk, daemon: OllamaDaemon) -> None:
    talk = conversation_of(desk, "Where?", "Sure?")
    daemon.say(["Th", None])
    followed = Followed(desk.service.summarise(talk.messages[1]))
    followed.follow(lambda: followed.shown == "Th")

    followed.turn.stop()
    followed.follow_to_end()

    found = desk.conversations.get(talk.id).result()
    assert found.messages[-1].outcome is not None
    assert found.messages[-1].outcome.finish is FinishReason.STOPPED
    assert instructions_of(found) == "Be kind."
    assert [message.text for message in spoken_messages(found)] == [it.text for it in talk.messages[:2]]


def test_an_old_part_longer_than_the_window_is_summarised_in_parts(
    tmp_path: Path, builtin_engine: BuiltinEngine, start_loop: StartLoop
) -> None:
    settings = ConversationSettings(window_tokens=1024, answer_limit_tokens=24, overflow=Overflow.LET_OLDEST_GO)
    with open_desk(tmp_path, builtin_engine, start_loop) as desk:
        talk = conversation_of(
            desk, *(f"Question {number}: {'why is it so, ' * 60}" for number in range(4)), settings=settings
        )

        found = summarised(desk, talk, 5)

    summary = found.messages[6]
    assert summary.is_standing_summary
    notes, text = without_notes(summary.parts)
    assert isinstance(notes, ThinkingPart)
    assert notes.text.count(BETWEEN_NOTES) >= 1
    assert text == TextPart(summary.text)


def texts_from(conversation: Conversation, first: int) -> list[str]:
    return [message.text for message in conversation.messages[first:]]


def test_with_a_summary_the_count_is_the_engines_and_the_next_turn_finds_its_cache(
    tmp_path: Path, builtin_engine: BuiltinEngine, start_loop: StartLoop
) -> None:
    settings = ConversationSettings("Be kind.", window_tokens=1024, answer_limit_tokens=16)
    with open_desk(tmp_path, builtin_engine, start_loop) as desk:
        talk = conversation_of(desk, "Where is Ulm?", "Sure?", settings=settings)
        found = summarised(desk, talk, 1)
        model = next(it for it in builtin_engine.models() if it.name == found.messages[2].model)
        foreseen = desk.service.forecast(found.messages, settings, Draft("And how old?"), model)

        for question in ("And how old?", "Really?"):
            Followed(desk.service.ask(question, conversation_id=talk.id, settings=settings)).follow_to_end(
                patience_s=60
            )

        answers = [it.outcome.usage for it in desk.conversations.get(talk.id).result().messages if it.outcome][-2:]
    assert foreseen.is_exact
    assert answers[0].prompt_tokens == foreseen.prompt_tokens
    assert answers[1].cached_tokens is not None
    assert answers[0].prompt_tokens is not None
    assert answers[1].cached_tokens >= answers[0].prompt_tokens
