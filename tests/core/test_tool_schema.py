"""The form of a tool's inputs and its JSON Schema say the same, both ways."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.json_text import JsonFault, TextPlace
from phidesk.core.tool_schema import (
    NO_INPUTS,
    FieldKind,
    NameMistake,
    SchemaFault,
    SchemaField,
    SchemaMistake,
    has_name_mistakes,
    name_mistakes,
    read_schema,
    schema_of,
    write_schema,
)

PUBLIC_TOOLS = json.loads((Path(__file__).parent.parent / "data/tools/public_tools.json").read_text(encoding="utf-8"))

names = st.text(min_size=1, max_size=6) | st.sampled_from(["path", "type", "properties", "required", "enum"])
plain = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
anything = st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))
rests = st.dictionaries(
    st.sampled_from(["pattern", "minimum", "default", "title", "format", "x-mine", "description", "examples", "const"]),
    anything,
    max_size=3,
)


def fields(inner: st.SearchStrategy[SchemaField] | None) -> st.SearchStrategy[SchemaField]:
    """Fields as a form can hold them, around these."""
    inside = st.just(()) if inner is None else st.lists(inner, max_size=4, unique_by=lambda it: it.name).map(tuple)
    return st.builds(
        SchemaField,
        name=names,
        kind=st.sampled_from(FieldKind),
        description=st.text(max_size=5),
        is_required=st.booleans(),
        example=anything,
        choices=st.lists(st.text(max_size=3), max_size=3).map(tuple),
        fields=inside,
        items=st.none() if inner is None else st.none() | inner,
        rest=rests,
        has_type=st.booleans(),
    )


forms = st.recursive(fields(None), fields, max_leaves=8).map(
    lambda one: SchemaField(kind=FieldKind.OBJECT, fields=(one,), rest=one.rest)
)


def schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """JSON Schemas as people write them, with what no form shows, around these."""
    word = st.sampled_from(["string", "number", "integer", "boolean", "array", "object", "null"])
    return st.fixed_dictionaries(
        {},
        optional={
            "type": word | st.lists(word, max_size=3, unique=True),
            "description": st.text(max_size=5) | st.integers(),
            "enum": st.lists(plain, max_size=3) | st.lists(st.text(max_size=3), max_size=3),
            "items": inner | st.booleans() | st.lists(inner, max_size=2),
            "properties": st.dictionaries(names, inner | st.booleans(), max_size=4),
            "required": st.lists(names, max_size=3, unique=True) | st.booleans(),
            "examples": st.lists(anything, max_size=3) | st.text(max_size=2),
            "anyOf": st.lists(inner, max_size=2),
            "pattern": st.text(max_size=5),
            "$ref": st.just("#"),
            "additionalProperties": inner | st.booleans(),
        },
    )


roots = st.recursive(schemas(st.just({})), schemas, max_leaves=12).map(lambda schema: {**schema, "type": "object"})


def unordered(value: Any) -> Any:
    """Return JSON in which the order of `required` does not count, because it means nothing."""
    if isinstance(value, list):
        return [unordered(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        key: sorted(inner, key=json.dumps) if key == "required" and isinstance(inner, list) else unordered(inner)
        for key, inner in value.items()
    }


@given(roots)
def test_a_schema_comes_back_from_the_form(schema: dict[str, Any]) -> None:
    text = json.dumps(schema)

    again = json.loads(write_schema(read_schema(text)))

    assert unordered(again) == unordered(schema)


@given(forms)
def test_a_form_comes_back_from_its_schema(form: SchemaField) -> None:
    text = write_schema(form)

    again = write_schema(read_schema(text))

    assert json.loads(again) == json.loads(text)


def test_there_are_fifty_public_tools() -> None:
    assert len({tool["name"] for tool in PUBLIC_TOOLS}) >= 50


@pytest.mark.parametrize("tool", PUBLIC_TOOLS, ids=lambda tool: tool["name"])
def test_a_public_tool_opens_in_the_form_and_comes_back(tool: dict[str, Any]) -> None:
    schema = tool["parameters"]

    form = read_schema(json.dumps(schema))

    assert [field.name for field in form.fields] == [
        name for name, described in schema["properties"].items() if isinstance(described, dict)
    ]
    assert unordered(json.loads(write_schema(form))) == unordered(schema)


def test_what_the_form_shows_is_found_in_the_schema() -> None:
    text = """{"type": "object", "required": ["unit", "ghost"], "properties": {
        "unit": {"type": "string", "enum": ["km", "mi"], "description": "Of length", "examples": ["km", "mi"]},
        "legs": {"type": "array", "items": {"type": "object", "properties": {"to": {"type": "string"}}}},
        "when": {"type": ["string", "null"], "pattern": "^2"}}}"""

    form = read_schema(text)

    unit, legs, when = form.fields
    assert unit == SchemaField(
        "unit", FieldKind.CHOICE, "Of length", True, "km", ("km", "mi"), rest={"examples": ["mi"]}
    )
    assert legs.kind is FieldKind.LIST
    assert legs.items == SchemaField(kind=FieldKind.OBJECT, fields=(SchemaField("to"),))
    assert (when.kind, when.rest) == (FieldKind.TEXT, {"type": ["string", "null"], "pattern": "^2"})
    assert form.rest == {"required": ["ghost"]}


def test_a_field_of_another_kind_forgets_what_said_the_old_one() -> None:
    (field,) = read_schema(
        '{"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null, "title": "A"}}}'
    ).fields

    changed = field.with_kind(FieldKind.NUMBER)

    assert field.kind is FieldKind.OTHER
    assert schema_of(changed) == {"type": "number", "title": "A"}


def test_a_tool_without_inputs_says_so() -> None:
    assert json.loads(write_schema(NO_INPUTS)) == {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    ("text", "mistake", "place", "word"),
    [
        ("[]", SchemaMistake.NOT_AN_OBJECT, TextPlace(1, 1), ""),
        ('{"type": "string"}', SchemaMistake.NOT_INPUTS, TextPlace(1, 2), "string"),
        ('{"properties": []}', SchemaMistake.INPUTS_NOT_NAMED, TextPlace(1, 2), ""),
        ('{"properties":\n {"a": 1}}', SchemaMistake.INPUT_UNDESCRIBED, TextPlace(2, 3), "a"),
        ('{"properties": {"a": {\n"type": "strnig"}}}', SchemaMistake.KIND_UNKNOWN, TextPlace(2, 1), "strnig"),
        ('{"properties": {"a": {\n"type": 7}}}', SchemaMistake.KIND_UNKNOWN, TextPlace(2, 1), "7"),
        ('{"properties": {"a": {\n"type": [{}]}}}', SchemaMistake.KIND_UNKNOWN, TextPlace(2, 1), "{}"),
        ('{"properties": {"a": {"enum": "x"}}}', SchemaMistake.CHOICES_NOT_LISTED, TextPlace(1, 23), ""),
        ('{"required": "a"}', SchemaMistake.REQUIRED_NOT_NAMES, TextPlace(1, 2), ""),
        ('{"required": [1]}', SchemaMistake.REQUIRED_NOT_NAMES, TextPlace(1, 2), ""),
    ],
)
def test_json_that_describes_no_inputs_is_refused(
    text: str, mistake: SchemaMistake, place: TextPlace, word: str
) -> None:
    with pytest.raises(SchemaFault) as caught:
        read_schema(text)

    assert (caught.value.mistake, caught.value.place, caught.value.word) == (mistake, place, word)


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(JsonFault):
        read_schema("{")


def test_names_that_cannot_be_written_are_found() -> None:
    beside = (SchemaField("a"), SchemaField(""), SchemaField("a"))
    deep = SchemaField(kind=FieldKind.LIST, items=SchemaField(kind=FieldKind.OBJECT, fields=beside))

    assert name_mistakes(beside) == {1: NameMistake.EMPTY, 2: NameMistake.TWICE}
    assert has_name_mistakes(deep)
    assert not has_name_mistakes(SchemaField(fields=(SchemaField("a"), SchemaField("b"))))
