"""Small things that the program remembers."""

from __future__ import annotations

from phidesk.storage.database import Database
from phidesk.storage.program_state import ProgramState


def test_a_value_is_kept_under_its_key(database: Database) -> None:
    state = ProgramState(database)

    state.set("theme", "dark").result()
    state.set("text_size_pt", "14").result()

    assert state.get("theme").result() == "dark"
    assert state.get("text_size_pt").result() == "14"


def test_a_later_value_takes_the_place_of_an_earlier_one(database: Database) -> None:
    state = ProgramState(database)
    state.set("theme", "dark").result()

    state.set("theme", "").result()

    assert state.get("theme").result() == ""


def test_what_was_never_set_is_none(database: Database) -> None:
    assert ProgramState(database).get("theme").result() is None
