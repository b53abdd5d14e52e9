"""The inputs of a tool as a form shows them, and the same as JSON Schema: both ways, with nothing lost.

A form knows what the JSON Schema of tools is mostly made of. Everything else (`pattern`, `oneOf`, `$ref`, a `type` of
two words) stays with its field as `rest` and is written back as it was. What the order of `required` is has no meaning
(JSON Schema Validation 2020-12, 6.5.3): it becomes that of the fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from phidesk.core.json_text import Path, TextFault, place_of, read_json, write_json


class FieldKind(StrEnum):
    """What a value of a field is. The values are the words of JSON Schema, but for the last two."""

    TEXT = "string"
    NUMBER = "number"
    WHOLE_NUMBER = "integer"
    YES_NO = "boolean"
    LIST = "array"
    OBJECT = "object"
    CHOICE = "choice"
    """One of several texts: `enum`."""
    OTHER = "other"
    """Anything, or what only the text can say."""

    @property
    def word(self) -> str:
        """The `type` of JSON Schema; empty for none."""
        return {FieldKind.CHOICE: "string", FieldKind.OTHER: ""}.get(self, self.value)


@dataclass(frozen=True)
class SchemaField:
    """One input of a tool, what is inside an input, or (without a name) all inputs together.

    What does not go with the kind (`choices` of a number) is kept, and not written.
    """

    name: str = ""
    kind: FieldKind = FieldKind.TEXT
    description: str = ""
    is_required: bool = False
    example: Any = None
    """A value of JSON; None for none."""
    choices: tuple[str, ...] = ()
    fields: tuple[SchemaField, ...] = ()
    """What is inside an object."""
    items: SchemaField | None = None
    """What a list is of; None for anything."""
    rest: Mapping[str, Any] = field(default_factory=dict)
    """What else the schema says."""
    has_type: bool = True
    """Whether the schema names the kind; where it does not, the kind follows from what else it says."""

    def with_kind(self, kind: FieldKind) -> SchemaField:
        """Return the field as another kind, without what said that it is the old one. The name and the words stay."""
        if kind is self.kind:
            return self
        rest = {key: value for key, value in self.rest.items() if key not in _KIND_KEYS}
        return replace(self, kind=kind, rest=rest, has_type=True, example=None)


class SchemaMistake(StrEnum):
    """What is wrong with JSON that should be the JSON Schema of a tool's inputs."""

    NOT_AN_OBJECT = "not_an_object"
    """The whole is a list, a text, a number."""
    NOT_INPUTS = "not_inputs"
    """Its `type` is another one than "object"."""
    KIND_UNKNOWN = "kind_unknown"
    INPUTS_NOT_NAMED = "inputs_not_named"
    """`properties` is no object."""
    INPUT_UNDESCRIBED = "input_undescribed"
    """An input is neither an object nor true or false."""
    REQUIRED_NOT_NAMES = "required_not_names"
    CHOICES_NOT_LISTED = "choices_not_listed"
    """`enum` is no list."""


class SchemaFault(TextFault):
    """The text is JSON, but no description of inputs. Its mistake is a `SchemaMistake`."""


class NameMistake(StrEnum):
    """Why the name of a field cannot be written."""

    EMPTY = "empty"
    TWICE = "twice"
    """Another field beside it has the same name."""


NO_INPUTS = SchemaField(kind=FieldKind.OBJECT, rest={"properties": {}})
"""What a new tool takes. OpenAI wants to see `properties`, also where there are none."""


def read_schema(text: str) -> SchemaField:
    """Return the inputs that a JSON Schema describes.

    Raises:
        JsonFault: it is not JSON.
        SchemaFault: it is JSON, but not of that kind.
    """
    value = read_json(text)
    try:
        return _read_inputs(value)
    except _Unreadable as found:
        raise SchemaFault(found.mistake, place_of(text, found.path), found.word) from None


def write_schema(root: SchemaField) -> str:
    """Return the JSON Schema of inputs, indented. Call it for names without mistakes only (`name_mistakes`)."""
    return write_json(schema_of(root))


def schema_of(shown: SchemaField) -> dict[str, Any]:
    """Return the JSON Schema of a field as a value."""
    kind, rest = shown.kind, dict(shown.rest)
    schema: dict[str, Any] = {}
    if kind is not FieldKind.OTHER:
        old = rest.pop("type", None)
        if isinstance(old, list) and [word for word in old if word != "null"] == [kind.word]:
            schema["type"] = old
        elif shown.has_type:
            schema["type"] = kind.word
    if shown.description:
        schema["description"] = shown.description
    if kind is FieldKind.CHOICE:
        schema["enum"] = list(shown.choices)
    if kind is FieldKind.LIST and shown.items is not None:
        schema["items"] = schema_of(shown.items)
    if kind is FieldKind.OBJECT:
        _write_fields(schema, shown.fields, rest)
    if shown.example is not None:
        others = rest.pop("examples", [])
        schema["examples"] = [shown.example, *(others if isinstance(others, list) else [])]
    return {**schema, **{key: value for key, value in rest.items() if key not in schema}}


def name_mistakes(fields: Iterable[SchemaField]) -> dict[int, NameMistake]:
    """Return what is wrong with the names of fields that stand beside each other, by their number."""
    mistakes: dict[int, NameMistake] = {}
    seen: set[str] = set()
    for number, shown in enumerate(fields):
        if not shown.name:
            mistakes[number] = NameMistake.EMPTY
        elif shown.name in seen:
            mistakes[number] = NameMistake.TWICE
        seen.add(shown.name)
    return mistakes


def fits_example(shown: SchemaField) -> bool:
    """Whether the example is a value of the field's kind."""
    wanted: dict[FieldKind, type | tuple[type, ...]] = {
        FieldKind.TEXT: str,
        FieldKind.CHOICE: str,
        FieldKind.NUMBER: (int, float),
        FieldKind.WHOLE_NUMBER: int,
        FieldKind.YES_NO: bool,
        FieldKind.LIST: list,
        FieldKind.OBJECT: dict,
    }
    if shown.example is None or shown.kind not in wanted:
        return True
    is_truth = isinstance(shown.example, bool)
    return isinstance(shown.example, wanted[shown.kind]) and is_truth == (shown.kind is FieldKind.YES_NO)


def has_name_mistakes(shown: SchemaField) -> bool:
    """Whether anything inside cannot be written for its name."""
    inside = (*shown.fields, *((shown.items,) if shown.items is not None else ()))
    return bool(name_mistakes(shown.fields)) or any(has_name_mistakes(part) for part in inside)


_KIND_KEYS = ("type", "enum", "const", "anyOf", "oneOf", "allOf", "not", "$ref", "default")
_KINDS = {kind.word: kind for kind in FieldKind if kind not in (FieldKind.CHOICE, FieldKind.OTHER)}


class _Unreadable(Exception):
    def __init__(self, mistake: SchemaMistake, path: Path, word: str = "") -> None:
        super().__init__(mistake)
        self.mistake = mistake
        self.path = path
        self.word = word


def _read_inputs(value: Any) -> SchemaField:
    if not isinstance(value, dict):
        raise _Unreadable(SchemaMistake.NOT_AN_OBJECT, ())
    if value.get("type", "object") != "object":
        raise _Unreadable(SchemaMistake.NOT_INPUTS, ("type",), str(value["type"]))
    return _read_field(value, (), kind=FieldKind.OBJECT)


def _read_field(
    schema: Mapping[str, Any], path: Path, *, name: str = "", is_required: bool = False, kind: FieldKind | None = None
) -> SchemaField:
    rest = dict(schema)
    kind = kind or _kind_of(schema, path)
    has_type = kind is not FieldKind.OTHER and isinstance(rest.get("type"), str)
    if has_type:
        del rest["type"]
    has_description = isinstance(rest.get("description"), str) and rest["description"]
    description = rest.pop("description") if has_description else ""
    choices = tuple(rest.pop("enum")) if kind is FieldKind.CHOICE else ()
    items: SchemaField | None = None
    if kind is FieldKind.LIST and isinstance(rest.get("items"), dict):
        items = _read_field(rest.pop("items"), (*path, "items"))
    fields: tuple[SchemaField, ...] = ()
    if kind is FieldKind.OBJECT:
        fields = _read_fields(rest, path)
    return SchemaField(
        name, kind, description, is_required, _take_example(rest), choices, fields, items, rest, has_type
    )


def _kind_of(schema: Mapping[str, Any], path: Path) -> FieldKind:
    word = schema.get("type")
    words = word if isinstance(word, list) else [word] if word is not None else []
    for one in words:
        if not isinstance(one, str) or (one != "null" and one not in _KINDS):
            raise _Unreadable(SchemaMistake.KIND_UNKNOWN, (*path, "type"), str(one))
    if not isinstance(schema.get("enum", []), list):
        raise _Unreadable(SchemaMistake.CHOICES_NOT_LISTED, (*path, "enum"))
    has_choices = "enum" in schema and all(isinstance(choice, str) for choice in schema["enum"])
    if "type" not in schema:
        told = {FieldKind.OBJECT: "properties", FieldKind.LIST: "items"}
        follows = next((kind for kind, key in told.items() if isinstance(schema.get(key), dict)), FieldKind.OTHER)
        return FieldKind.CHOICE if has_choices and follows is FieldKind.OTHER else follows
    if len(words) - words.count("null") != 1 or words.count("null") > 1:
        return FieldKind.OTHER
    kind = _KINDS[next(one for one in words if one != "null")]
    return FieldKind.CHOICE if kind is FieldKind.TEXT and has_choices else kind


def _read_fields(rest: dict[str, Any], path: Path) -> tuple[SchemaField, ...]:
    """Take out of `rest` what the form shows: fields that are objects, and which of them are required."""
    properties = rest.get("properties", {})
    required = rest.get("required", [])
    if not isinstance(properties, dict):
        raise _Unreadable(SchemaMistake.INPUTS_NOT_NAMED, (*path, "properties"))
    if not isinstance(required, bool | list) or (
        isinstance(required, list) and not all(isinstance(name, str) for name in required)
    ):
        raise _Unreadable(SchemaMistake.REQUIRED_NOT_NAMES, (*path, "required"))
    for name, schema in properties.items():
        if not isinstance(schema, dict | bool):
            raise _Unreadable(SchemaMistake.INPUT_UNDESCRIBED, (*path, "properties", name), name)
    shown = {name: schema for name, schema in properties.items() if name and isinstance(schema, dict)}
    names = required if isinstance(required, list) else []
    fields = tuple(
        _read_field(schema, (*path, "properties", name), name=name, is_required=name in names)
        for name, schema in shown.items()
    )
    _leave(rest, "properties", {name: schema for name, schema in properties.items() if name not in shown}, shown)
    if isinstance(required, list):
        taken = [name for name in names if name in shown]
        _leave(rest, "required", [name for name in names if name not in shown], taken)
    return fields


def _leave(rest: dict[str, Any], key: str, remaining: Any, taken: Any) -> None:
    """Leave what was not taken; an empty one only if it was empty before."""
    if key in rest:
        if taken and not remaining:
            del rest[key]
        else:
            rest[key] = remaining


def _write_fields(schema: dict[str, Any], fields: tuple[SchemaField, ...], rest: dict[str, Any]) -> None:
    if fields:
        schema["properties"] = {**rest.pop("properties", {}), **{shown.name: schema_of(shown) for shown in fields}}
    required = [shown.name for shown in fields if shown.is_required]
    if required:
        others = rest.pop("required", [])
        schema["required"] = required + [
            name for name in (others if isinstance(others, list) else []) if name not in required
        ]


def _take_example(rest: dict[str, Any]) -> Any:
    examples = rest.get("examples")
    if not isinstance(examples, list) or not examples or examples[0] is None:
        return None
    _leave(rest, "examples", examples[1:], examples[:1])
    return examples[0]
