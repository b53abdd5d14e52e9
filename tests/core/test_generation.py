"""Limits of parameters, presets, and schemas that engines would refuse."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from phidesk.core.conversation import ConversationSettings
from phidesk.core.generation import (
    LIMITS,
    Parameter,
    Preset,
    SchemaFault,
    find_schema_fault,
    preset_change,
    sendable_schema,
)
from phidesk.engine.protocol import AnswerRequest


@pytest.mark.parametrize("owner", [ConversationSettings, AnswerRequest])
def test_every_parameter_is_a_field(owner: Any) -> None:
    names = {field.name for field in fields(owner)}

    assert {parameter.value for parameter in Parameter} <= names


@pytest.mark.parametrize(
    ("parameter", "number", "is_allowed"),
    [
        (Parameter.TOP_P, 0.9, True),
        (Parameter.TOP_P, 7, False),
        (Parameter.TOP_P, float("nan"), False),
        (Parameter.TOP_K, 40, True),
        (Parameter.TOP_K, 40.5, False),
        (Parameter.TEMPERATURE, 0, True),
        (Parameter.TEMPERATURE, float("inf"), False),
        (Parameter.SEED, -1, False),
    ],
)
def test_only_numbers_within_the_limits_are_allowed(parameter: Parameter, number: float, is_allowed: bool) -> None:
    assert LIMITS[parameter].allow(number) is is_allowed


def test_presets_set_what_is_allowed_and_the_models_own_sets_nothing() -> None:
    values = [pair for preset in Preset for pair in preset_change(preset).values if pair[1] is not None]

    assert values
    assert all(isinstance(value, float) and LIMITS[parameter].allow(value) for parameter, value in values)
    assert {value for _, value in preset_change(Preset.OWN).values} == {None}


def test_a_change_leaves_alone_what_it_does_not_name() -> None:
    settings = ConversationSettings("Be kind.", top_p=0.5, seed=3)

    changed = preset_change(Preset.PRECISE).applied_to(settings)

    assert changed == ConversationSettings("Be kind.", temperature=0.2, seed=3)


@pytest.mark.parametrize(
    ("typed", "sent"), [("", ""), (" \n", ""), ('{"type":', ""), ("{\n}", "{\n}"), ('{"type": "town"}', "")]
)
def test_only_a_whole_schema_is_sent(typed: str, sent: str) -> None:
    assert sendable_schema(typed) == sent


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}, None),
        ({"type": ["string", "null"]}, None),
        ({"$defs": {"town": {"type": "string"}}, "items": {"$ref": "#/$defs/town"}, "type": "array"}, None),
        ({"$ref": "#"}, None),
        ([], SchemaFault.NOT_AN_OBJECT),
        ({"type": "text"}, SchemaFault.WRONG_TYPE),
        ({"type": "object", "properties": {"city": {"type": "town"}}}, SchemaFault.WRONG_TYPE),
        ({"type": [["string"]]}, SchemaFault.WRONG_TYPE),
        ({"type": "object", "properties": ["city"]}, SchemaFault.WRONG_SHAPE),
        ({"items": "string"}, SchemaFault.WRONG_SHAPE),
        ({"required": "city"}, SchemaFault.WRONG_SHAPE),
        ({"enum": []}, SchemaFault.WRONG_SHAPE),
        ({"type": "string", "pattern": "a+"}, SchemaFault.WRONG_SHAPE),
        ({"$ref": "#/$defs/nowhere"}, SchemaFault.WRONG_SHAPE),
        ({"$ref": "https://example.org/schema"}, SchemaFault.WRONG_SHAPE),
    ],
)
def test_schemas_that_engines_would_refuse_are_found(schema: Any, fault: SchemaFault | None) -> None:
    assert find_schema_fault(json.dumps(schema)) is fault


@pytest.mark.parametrize("text", ["", "{", "{'type': 'object'}", "[" * 100_000])
def test_what_is_not_json_is_no_schema(text: str) -> None:
    assert find_schema_fault(text) is SchemaFault.NOT_JSON
