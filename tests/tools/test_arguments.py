"""Arguments as models write them: repaired where the meaning is certain, told where not, and never for long."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.tools import ToolCall, ToolDefinition
from phidesk.tools.arguments import read_arguments
from phidesk.tools.schema_check import LONGEST
from phidesk.tools.tool import CallFault

SCHEMA = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "count": {"type": "integer", "minimum": 1},
        "size": {"type": "number"},
        "unit": {"type": "string", "enum": ["km", "square mile", "Ω"]},
        "exact": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "integer"}},
        "place": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "box": {"type": "object", "properties": {"wide": {"type": "number"}}, "additionalProperties": False},
        "level": {"type": "integer", "enum": [1, 2, 5]},
    },
    "required": ["text"],
}


def read(arguments: object, schema: dict[str, Any] = SCHEMA) -> dict[str, Any]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return read_arguments(ToolCall("measure", text), ToolDefinition("measure", "", json.dumps(schema)))


def fault(arguments: object, schema: dict[str, Any] = SCHEMA) -> str:
    with pytest.raises(CallFault) as caught:
        read(arguments, schema)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "written", "meant"),
    [
        ("count", "5", 5),
        ("count", " +5 ", 5),
        ("count", "5.0", 5),
        ("count", 5.0, 5),
        ("count", [5], 5),
        ("size", "5", 5),
        ("size", "-5.25", -5.25),
        ("size", "1e3", 1000.0),
        ("text", 5, "5"),
        ("text", 2.5, "2.5"),
        ("text", ["a"], "a"),
        ("exact", "true", True),
        ("exact", "False", False),
        ("exact", "yes", True),
        ("unit", "KM", "km"),
        ("unit", " Square_Mile", "square mile"),
        ("unit", "ω", "Ω"),
        ("unit", ["km"], "km"),
        ("level", "5", 5),
        ("tags", 3, [3]),
        ("tags", "3", [3]),
        ("tags", ["3", 4], [3, 4]),
        ("tags", '["3", 4]', [3, 4]),
        ("place", "7", 7),
        ("place", "null", None),
        ("box", '{"wide": 2}', {"wide": 2}),
        ("box", "{'wide': '2', 'deep': 3}", {"wide": 2}),
    ],
)
def test_what_can_only_mean_one_thing_is_taken_so(name: str, written: object, meant: object) -> None:
    arguments = read({"text": "x", name: written})

    assert arguments[name] == meant
    assert type(arguments[name]) is type(meant)


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [
        ("count", "five", '"count" must be a whole number, not "five".'),
        ("count", 5.5, '"count" must be a whole number, not 5.5.'),
        ("count", True, '"count" must be a whole number, not true.'),
        ("count", 0, '"count" must be at least 1, not 0.'),
        ("size", "1,5", '"size" must be a number, not "1,5".'),
        ("size", "1,000", '"size" must be a number, not "1,000".'),
        ("size", "1e999", '"size" must be a number, not "1e999".'),
        ("text", True, '"text" must be a text, not true.'),
        ("text", ["a", "b"], '"text" must be a text, not ["a", "b"].'),
        ("exact", 1, '"exact" must be true or false, not 1.'),
        ("unit", "parsec", '"unit" must be one of "km", "square mile", "Ω", not "parsec".'),
        ("tags", "1, 2", '"tags" must be a list, not "1, 2".'),
        ("tags", [1, "two"], '"tags[1]" must be a whole number, not "two".'),
        ("place", "here", '"place" must be a whole number or null, not "here".'),
        ("box", {"wide": "very"}, '"box.wide" must be a number, not "very".'),
    ],
)
def test_what_is_not_certain_is_told_with_what_was_expected(name: str, written: object, expected: str) -> None:
    assert fault({"text": "x", name: written}).startswith(expected)


def test_a_fault_names_the_arguments_that_exist() -> None:
    schema = {"properties": {"from": {"type": "string"}, "to": {"enum": ["a", "b"]}}, "required": ["from"]}

    told = fault({"form": "x"}, schema)

    assert told == '"from" is missing. Arguments: from (a text, required), to (one of "a", "b").'


def test_a_fault_stays_short() -> None:
    schema = {"properties": {"n" * 500 + str(number): {"type": "string"} for number in range(50)}, "required": ["x"]}

    assert len(fault({"n": "y" * 5000}, schema)) <= 1501


def test_names_in_other_case_are_the_same_arguments() -> None:
    schema = {"properties": {"start_date": {"type": "string"}, "days": {"type": "integer"}}, "required": ["start_date"]}

    assert read({"startDate": "2026-01-01", "Days": 3}, schema) == {"start_date": "2026-01-01", "days": 3}


def test_unknown_arguments_are_dropped_only_where_none_are_allowed() -> None:
    properties = {"properties": {"text": {"type": "string"}}}

    assert read({"text": "x", "more": 1}, properties) == {"text": "x", "more": 1}
    assert read({"text": "x", "more": 1}, properties | {"additionalProperties": False}) == {"text": "x"}


def test_null_means_that_nothing_is_given() -> None:
    assert read({"text": "x", "count": None, "unit": None}) == {"text": "x"}
    assert fault({"text": None}).startswith('"text" is missing.')


def test_the_only_argument_may_stand_alone() -> None:
    schema = {"properties": {"text": {"type": "string"}}, "required": ["text"]}

    assert read('"2+2"', schema) == {"text": "2+2"}
    assert fault('"2+2"').startswith('The arguments must be an object, not "2+2".')


@pytest.mark.parametrize("text", ["", "{}", "{'text': 'x'}", '"{\\"text\\": \\"x\\"}"', '{"text": "a\nb"}'])
def test_loose_json_is_read(text: str) -> None:
    assert set(read(text, {"type": "object"})) <= {"text"}


@pytest.mark.parametrize(
    "text", ["{x", "2+2", '{"text": "a"} and more', "NaN", "[" * 5000, '{"text": ' + "[" * 90 + "]" * 90 + "}"]
)
def test_what_is_no_json_is_told(text: str) -> None:
    assert fault(text)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        {"$ref": "https://127.0.0.1:9/schema.json"},
        {"$ref": "file:///etc/passwd"},
        {"$id": "http://127.0.0.1:9/", "properties": {"text": {"$ref": "other"}}},
        {"properties": {"text": {"$ref": "#/nowhere"}}},
        {"type": "int"},
        {"properties": []},
        {"$schema": ["x"]},
        {"description": "x" * LONGEST},
        {"allOf": [{}] * 20_000},
        {"allOf": [True] * 15_000},
    ],
)
def test_schemas_that_lead_nowhere_are_no_trap(schema: dict[str, Any]) -> None:
    told = fault({"text": "x"}, schema)

    assert "cannot be used" in told


@pytest.mark.parametrize(
    "schema",
    [
        {
            "$ref": "#/$defs/d0",
            "$defs": {f"d{step}": {"allOf": [{"$ref": f"#/$defs/d{step + 1}"}] * 2} for step in range(60)}
            | {"d60": {}},
        },
        {"properties": {"text": {"pattern": "^(?:(?:(?:a{1,1000}){1,1000}){1,1000}){1,1000}$"}}},
        {
            "patternProperties": {
                f"^(?:(?:(?:.{{1,1000}}){{1,1000}}){{1,{step}}}){{1,1000}}$": {} for step in range(900, 999)
            }
        },
        {"properties": {"text": {"$schema": "http://json-schema.org/draft-07/schema#", "pattern": "^(a|aa|a{1,9})+$"}}},
        {"properties": {"text": {"pattern": "(b" * 300 + ")" * 300}}},
    ],
    ids=["references", "pattern", "many-patterns", "dialect-within", "groups"],
)
def test_schemas_that_take_for_ever_end_in_time(schema: dict[str, Any]) -> None:
    told = fault(
        {"text": "a" * 900 + "b", "a" * 300 + "\n": 1} | {f"{'a' * 300}\n{number}": 1 for number in range(50)}, schema
    )

    assert "in time" in told or '"text"' in told


def test_many_different_items_are_compared_in_time() -> None:
    schema = {"properties": {"items": {"type": "array", "uniqueItems": True}}}
    items = [{"number": number} for number in range(5000)]

    assert read({"items": items}, schema) == {"items": items}
    assert fault({"items": items + items[:1]}, schema).startswith('"items" must be a list without repeated items')


def test_multiples_are_exact() -> None:
    schema = {"properties": {"price": {"multipleOf": 0.01}}}

    assert read({"price": 19.99}, schema) == {"price": 19.99}
    assert fault({"price": 19.995}, schema).startswith('"price" must be a multiple of 0.01')


def test_older_dialects_are_understood() -> None:
    old = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "properties": {"count": {"minimum": 1, "exclusiveMinimum": True}},
    }

    assert read({"count": 2}, old) == {"count": 2}
    assert fault({"count": 1}, old)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "other"]), JSON))
def test_whatever_comes_out_fits_or_is_told(arguments: dict[str, object]) -> None:
    try:
        once = read(arguments)
    except CallFault as told:
        assert str(told)  # noqa: PT017 - either is right
    else:
        assert read(once) == once


@given(st.text(), st.integers(min_value=1), st.booleans(), st.lists(st.integers()))
def test_what_fits_stays_as_it_is(text: str, count: int, exact: bool, tags: list[int]) -> None:
    arguments = {"text": text, "count": count, "exact": exact, "tags": tags, "more": {"text": count}}

    assert read(arguments) == arguments
