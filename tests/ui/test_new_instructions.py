"""Instructions of a conversation that has not begun, from one run to the next."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from phidesk.core.conversation import ConversationSettings
from phidesk.core.prompts import PromptLink
from phidesk.core.tasks import TaskRunner
from phidesk.storage.database import open_database
from phidesk.storage.program_state import ProgramState
from phidesk.ui.new_instructions import NEW_INSTRUCTIONS, NewInstructions

CHOSEN = ConversationSettings(
    "Teach {subject}.",
    "builtin",
    "phi4-mini",
    temperature=0.2,
    tools=frozenset({"calculator"}),
    prompt=PromptLink("id-1", is_detached=True),
    variables=(("subject", "bees"),),
)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[ProgramState]:
    with ThreadPoolExecutor(1) as worker:
        database = open_database(tmp_path / "phidesk.sqlite", worker)
        yield ProgramState(database)
        database.close()


def in_this_run(state: ProgramState) -> NewInstructions:
    """As a run finds them."""
    instructions = NewInstructions(state, TaskRunner(ThreadPoolExecutor(1), lambda deliver: deliver()))
    instructions.read()
    return instructions


@pytest.mark.parametrize("settings", [CHOSEN, ConversationSettings("Be kind.", variables=(("a", "b"),))])
def test_they_are_there_again_after_a_restart(state: ProgramState, settings: ConversationSettings) -> None:
    in_this_run(state).keep(settings)

    assert in_this_run(state).given_to(ConversationSettings(window_tokens=4096)) == (
        ConversationSettings(
            settings.instructions,
            settings.engine,
            settings.model,
            4096,
            temperature=settings.temperature,
            tools=settings.tools,
            prompt=settings.prompt,
            variables=settings.variables,
        )
    )


def test_own_words_leave_the_model_that_was_chosen(state: ProgramState) -> None:
    in_this_run(state).keep(ConversationSettings("Be kind.", model="large"))

    given = in_this_run(state).given_to(ConversationSettings(model="small", temperature=0.5))

    assert given == ConversationSettings("Be kind.", model="small", temperature=0.5)


def test_what_has_begun_is_forgotten(state: ProgramState) -> None:
    instructions = in_this_run(state)
    instructions.keep(CHOSEN)

    instructions.forget()

    assert in_this_run(state).given_to(ConversationSettings()) == ConversationSettings()


def test_the_text_of_an_earlier_version_is_found(state: ProgramState) -> None:
    state.set(NEW_INSTRUCTIONS, "Be kind.").result()

    assert in_this_run(state).given_to(ConversationSettings()) == ConversationSettings("Be kind.")
