"""Errors carry facts: every class keeps all that it says it has."""

from __future__ import annotations

import inspect
from dataclasses import fields

import pytest

from phidesk.core import errors
from phidesk.core.errors import EngineDied, EngineStarting, PhiDeskError

CLASSES = [thing for _, thing in inspect.getmembers(errors, inspect.isclass) if issubclass(thing, PhiDeskError)]


@pytest.mark.parametrize("kind", CLASSES)
def test_what_a_class_says_it_carries_are_its_facts(kind: type[PhiDeskError]) -> None:
    assert set(inspect.get_annotations(kind)) <= {field.name for field in fields(kind)}


def test_a_class_without_facts_of_its_own_carries_those_of_its_family() -> None:
    error = EngineStarting("ollama", detail="loading")

    assert error.facts() == {"engine": "ollama", "detail": "loading"}
    assert repr(error) == str(error) == "EngineStarting(engine='ollama', detail='loading')"


def test_two_errors_are_never_the_same_one() -> None:
    assert EngineDied("ollama") != EngineDied("ollama")
