"""A message longer than the window, read in parts: what the model is asked, what is kept, what is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from phidesk.chat.question_text import in_short
from phidesk.chat.summarising import (
    NOTES_HEADING,
    PART_TASK,
    QUESTION_TASK,
    TASK,
    PartBegun,
)
from phidesk.core.answers import READ_PERCENT, AnswerOutcome, FinishReason
from phidesk.core.conversation import Conversation, ConversationSettings
from phidesk.core.errors import WindowExceeded
from phidesk.core.parts import FilePart, TextPart, ThinkingPart, without_notes
from phidesk.core.tasks import StartLoop
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.openai.client import ServerEngine
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.openai_dialects import LM_STUDIO, MODEL, dialect_server
from tests.journeys.desk import Desk, Followed, open_desk

WINDOW = 2048
SETTINGS = ConversationSettings("Be kind.", model="scripted:latest", window_tokens=WINDOW)
QUESTION = "Which town is the largest?"
REPORT = FilePart("towns.txt", "text/plain", "".join(f"Town {number} has {number} people.\n" for number in range(300)))
"""Some 8,000 tokens for the scripted model, one for each byte."""


@pytest.fixture
def desk(tmp_path: Path, engine: OllamaEngine, start_loop: StartLoop) -> Iterator[Desk]:
    with open_desk(tmp_path, engine, start_loop) as desk:
        yield desk


def ask_too_much(desk: Desk, settings: ConversationSettings = SETTINGS) -> Conversation:
    """Ask about a file that does not fit."""
    followed = Followed(desk.service.ask(QUESTION, files=(REPORT,), conversation_id=None, settings=settings))
    outcome = followed.follow_to_end()
    assert outcome.error == WindowExceeded.__name__
    assert dict(outcome.facts)["can_be_read_in_parts"]
    return stored(desk, followed)


def stored(desk: Desk, followed: Followed) -> Conversation:
    assert followed.turn.conversation_id is not None
    return desk.conversations.get(followed.turn.conversation_id).result()


def read_in_parts(desk: Desk, talk: Conversation) -> Followed:
    followed = Followed(desk.service.summarise(talk.messages[0]))
    followed.follow_to_end(patience_s=60)
    return followed


def answer(desk: Desk, talk: Conversation) -> Conversation:
    """Answer the question that found no room before, as the window does after a summary."""
    followed = Followed(desk.service.resume(talk.id))
    assert followed.follow_to_end().finish is FinishReason.STOP
    return stored(desk, followed)


def test_every_part_is_read_once_with_the_notes_on_those_before(desk: Desk, daemon: OllamaDaemon) -> None:
    talk = ask_too_much(desk)
    daemon.say("Many towns.")

    read = read_in_parts(desk, talk)

    told = [event for event in read.events if isinstance(event, PartBegun)]
    count = told[0].count
    assert told == [*(PartBegun(number, count) for number in range(1, count + 1)), PartBegun()]
    asked = daemon.prompts[-count - 1 :]
    assert all(QUESTION_TASK in prompt and QUESTION in prompt for prompt in asked)
    assert [PART_TASK in prompt for prompt in asked] == [True] * count + [False]
    assert [prompt.count("Many towns.") for prompt in asked] == list(range(count + 1))
    assert [NOTES_HEADING in prompt for prompt in asked] == [False] + [True] * (count - 1) + [False]
    assert TASK in asked[-1]
    towns = [int(town) for prompt in asked for town in re.findall(r"Town (\d+) has \d+ people", prompt)]
    assert towns == list(range(300))


def test_the_question_is_answered_from_the_summary(desk: Desk, daemon: OllamaDaemon) -> None:
    talk = ask_too_much(desk)
    daemon.say("Town 299 is the largest.")
    read_in_parts(desk, talk)
    daemon.say("Town 299.")

    found = answer(desk, talk)
    again = Followed(desk.service.ask("Sure?", conversation_id=talk.id, settings=SETTINGS))
    again.follow_to_end()

    question, summary, said = found.messages
    assert question == talk.messages[0]
    assert summary.text == "Town 299 is the largest."
    assert said.id == talk.messages[1].id
    assert said.text == "Town 299."
    assert "Town 1 has 1 people" not in daemon.prompts[-2]
    assert summary.text in daemon.prompts[-2]
    assert in_short(QUESTION, (REPORT,)) in daemon.prompts[-2]
    assert daemon.prompts[-1].startswith(daemon.prompts[-2] + said.text)


def test_notes_that_grow_too_long_are_said_in_short_themselves(desk: Desk, daemon: OllamaDaemon) -> None:
    talk = ask_too_much(desk)
    daemon.say("A long note on towns. " * 20)

    read = read_in_parts(desk, talk)

    assert read.outcome is not None
    assert read.outcome.finish is FinishReason.STOP
    whole = [prompt for prompt in daemon.prompts if TASK in prompt]
    assert len(whole) > 1
    assert all(prompt.count("A long note") > 1 for prompt in whole)
    assert max(len(prompt.encode()) for prompt in daemon.prompts) < WINDOW


def test_a_stop_keeps_the_notes_and_changes_nothing(desk: Desk, daemon: OllamaDaemon) -> None:
    talk = ask_too_much(desk)

    outcome = stop_in_second_part(desk, daemon, talk)

    found = desk.conversations.get(talk.id).result()
    assert outcome.finish is FinishReason.STOPPED
    assert found.messages[0] == talk.messages[0]
    assert without_notes(found.messages[1].parts) == (ThinkingPart("Note\n\nNote"),)
    assert not found.messages[1].is_standing_summary


def test_it_goes_on_where_it_was_stopped(desk: Desk, daemon: OllamaDaemon) -> None:
    talk = ask_too_much(desk)
    stop_in_second_part(desk, daemon, talk)
    asked_before = len(daemon.prompts)
    daemon.say("Rest")

    on = Followed(desk.service.resume(talk.id))
    outcome = on.follow_to_end(patience_s=60)

    asked = daemon.prompts[asked_before:]
    towns = [int(town) for prompt in asked for town in re.findall(r"Town (\d+) has \d+ people", prompt)]
    first, last = towns[0], towns[-1]
    assert 0 < first < last == 299
    assert towns == list(range(first, 300))
    assert f"{NOTES_HEADING}\nNote\n" in asked[0]
    assert first_part(on) == PartBegun(2, len(asked))
    assert outcome.finish is FinishReason.STOP
    summary = stored(desk, on).messages[1]
    assert summary.text == "Rest"
    assert summary.is_standing_summary
    assert "\n\n".join(part.text for part in summary.parts if isinstance(part, ThinkingPart)).startswith("Note")


def test_it_goes_on_after_a_restart(
    tmp_path: Path, engine: OllamaEngine, start_loop: StartLoop, daemon: OllamaDaemon
) -> None:
    with open_desk(tmp_path, engine, start_loop) as desk:
        talk = ask_too_much(desk)
        stopped = stop_in_second_part(desk, daemon, talk)
    daemon.say("Rest")

    with open_desk(tmp_path, engine, start_loop) as desk:
        on = Followed(desk.service.resume(talk.id))
        on.follow_to_end(patience_s=60)

    assert dict(stopped.facts)[READ_PERCENT]
    assert first_part(on).number == 2


def test_a_summary_that_was_stopped_in_its_text_goes_on_in_it(desk: Desk, daemon: OllamaDaemon) -> None:
    followed = desk.ask("Hello", SETTINGS)
    talk = stored(desk, followed)
    daemon.say(["In sho", None])
    summed = Followed(desk.service.summarise(talk.messages[-1]))
    summed.follow(lambda: daemon.is_held)
    summed.turn.stop()
    summed.follow_to_end()
    daemon.say("rt.")

    on = Followed(desk.service.resume(talk.id))
    on.follow_to_end()

    assert stored(desk, on).messages[-1].text == "In short."
    assert daemon.prompts[-1].endswith("In sho")


def stop_in_second_part(desk: Desk, daemon: OllamaDaemon, talk: Conversation) -> AnswerOutcome:
    """Stop while the second part is being read; the notes of the first are "Note"."""
    daemon.say(["Note", None])
    read = Followed(desk.service.summarise(talk.messages[0]))
    read.follow(lambda: daemon.is_held)
    daemon.go_on()
    read.follow(lambda: PartBegun(2, count_of(read)) in read.events and daemon.is_held)
    read.turn.stop()
    return read.follow_to_end()


def count_of(read: Followed) -> int:
    return next((event.count for event in read.events if isinstance(event, PartBegun)), 0)


def first_part(read: Followed) -> PartBegun:
    return next(event for event in read.events if isinstance(event, PartBegun))


def test_a_server_with_less_room_than_it_says_is_asked_for_shorter_parts(
    gate: Gate, tmp_path: Path, start_loop: StartLoop
) -> None:
    with dialect_server(replace(LM_STUDIO, window_tokens=1024, tells_window=False)) as server:
        engine = ServerEngine(server.address, lambda: None, gate)
        with open_desk(tmp_path, engine, start_loop) as desk:
            talk = ask_too_much(desk, replace(SETTINGS, model=MODEL))

            read = read_in_parts(desk, talk)
            found = answer(desk, talk)
        engine.close()

    assert read.outcome is not None
    assert read.outcome.finish is FinishReason.STOP
    assert found.messages[-1].text


@pytest.mark.parametrize(
    ("text", "files", "short"),
    [
        ("Why?", (), "Why?"),
        ("", (REPORT,), "File towns.txt: (see the summary)"),
        (QUESTION, (FilePart("", "text/plain", "x"),), f"Pasted text: (see the summary)\n{QUESTION}"),
        (f"{QUESTION}\n{'x ' * 300}\nThanks", (), f"{QUESTION}\n(…)\nThanks"),
        ("a" * 300 + "b" * 300, (), f"{'a' * 200}\n(…)\n{'b' * 200}"),
    ],
    ids=["short", "file alone", "pasted", "lines", "one line"],
)
def test_a_question_in_short_is_what_was_asked(text: str, files: tuple[FilePart, ...], short: str) -> None:
    assert in_short(text, files) == short


def test_what_is_too_long_with_its_summary_is_not_read_in_parts_again(desk: Desk, daemon: OllamaDaemon) -> None:
    talk = ask_too_much(desk)
    daemon.say("Many towns.")
    read_in_parts(desk, talk)
    crowded = replace(SETTINGS, instructions="Be kind. " * 250)
    desk.conversations.change_settings(talk.id, crowded).result()

    outcome = Followed(desk.service.resume(talk.id)).follow_to_end()

    assert outcome.error == WindowExceeded.__name__
    assert not dict(outcome.facts)["can_be_read_in_parts"]
    assert stored(desk, Followed(desk.service.resume(talk.id))).messages[0].parts == (REPORT, TextPart(QUESTION))
