"""What decides which words a model chooses: the parameters that a conversation may set, their limits, named choices."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from phidesk.core.conversation import ConversationSettings

MOST_STOP_STRINGS = 4
"""As many as the OpenAI protocol allows."""


class Parameter(Enum):
    """One that may be set. The value is the name of its field in `ConversationSettings` and in `AnswerRequest`."""

    TEMPERATURE = "temperature"
    TOP_P = "top_p"
    TOP_K = "top_k"
    MIN_P = "min_p"
    REPEAT_PENALTY = "repeat_penalty"
    SEED = "seed"
    ANSWER_LIMIT = "answer_limit_tokens"
    STOP_STRINGS = "stop_strings"
    ANSWER_SCHEMA = "answer_schema"


EVERY_PARAMETER = frozenset(Parameter)
STANDARD_PARAMETERS = EVERY_PARAMETER - {Parameter.TOP_K, Parameter.MIN_P, Parameter.REPEAT_PENALTY}
"""Those of the OpenAI protocol: another one makes some servers refuse the whole request."""


@dataclass(frozen=True)
class Limits:
    """The least and the greatest number that engines take without complaint."""

    lowest: float
    highest: float
    is_whole: bool = False

    def allow(self, number: float) -> bool:
        """Whether this number may be sent."""
        is_within = math.isfinite(number) and self.lowest <= number <= self.highest
        return is_within and (not self.is_whole or number == int(number))


LIMITS = {
    Parameter.TEMPERATURE: Limits(0, 2),
    Parameter.TOP_P: Limits(0, 1),
    Parameter.TOP_K: Limits(1, 1000, is_whole=True),
    Parameter.MIN_P: Limits(0, 1),
    Parameter.REPEAT_PENALTY: Limits(0.5, 2),
    Parameter.SEED: Limits(0, 2**31 - 1, is_whole=True),
    Parameter.ANSWER_LIMIT: Limits(1, 1_000_000, is_whole=True),
}
"""Parameters that are numbers."""


class Preset(Enum):
    """Named choices of all parameters that choose words."""

    OWN = "own"
    """Nothing is set: the model's own defaults."""
    PRECISE = "precise"
    BALANCED = "balanced"
    CREATIVE = "creative"


ParameterValue = float | int | str | tuple[str, ...] | None


@dataclass(frozen=True)
class GenerationChange:
    """Parameters that have other values from now on; those that it does not name stay."""

    values: tuple[tuple[Parameter, ParameterValue], ...]

    def applied_to(self, settings: ConversationSettings) -> ConversationSettings:
        """Return the settings with these values."""
        changed: dict[str, Any] = {parameter.value: value for parameter, value in self.values}
        return replace(settings, **changed)


_WORD_CHOICE = (
    Parameter.TEMPERATURE,
    Parameter.TOP_P,
    Parameter.TOP_K,
    Parameter.MIN_P,
    Parameter.REPEAT_PENALTY,
)
_PRESET_VALUES: dict[Preset, dict[Parameter, float]] = {
    Preset.OWN: {},
    Preset.PRECISE: {Parameter.TEMPERATURE: 0.2},
    Preset.BALANCED: {Parameter.TEMPERATURE: 0.7, Parameter.TOP_P: 0.9},
    Preset.CREATIVE: {Parameter.TEMPERATURE: 1.2, Parameter.TOP_P: 0.95},
}


def preset_change(preset: Preset) -> GenerationChange:
    """Return what a preset changes. It leaves seed, length, stop strings and schema as they are."""
    values = _PRESET_VALUES[preset]
    return GenerationChange(tuple((parameter, values.get(parameter)) for parameter in _WORD_CHOICE))


RESET = GenerationChange(
    tuple(
        (parameter, getattr(ConversationSettings(), parameter.value))  # What a new conversation begins with.
        for parameter in Parameter
    )
)
"""Nothing is set any more."""


class SchemaFault(Enum):
    """Why a text cannot be the JSON schema of answers."""

    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    WRONG_TYPE = "wrong_type"
    WRONG_SHAPE = "wrong_shape"


_TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})


def find_schema_fault(text: str) -> SchemaFault | None:
    """Return why engines would refuse this schema; None where they take it.

    Checked is what llama.cpp's converter from schemas to grammars stumbles over.
    """
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError):
        return SchemaFault.NOT_JSON
    if not isinstance(schema, dict):
        return SchemaFault.NOT_AN_OBJECT
    return _fault_of(schema, schema)


def sendable_schema(text: str) -> str:
    """Return a schema as it was typed so far if engines take it, else nothing: it is kept until it is whole."""
    return text if text.strip() and find_schema_fault(text) is None else ""


def _fault_of(schema: Any, root: dict[str, Any]) -> SchemaFault | None:
    """Return the first fault of a schema and of those inside it."""
    if isinstance(schema, bool):
        return None
    if not isinstance(schema, dict):
        return SchemaFault.WRONG_SHAPE
    types = schema.get("type", [])
    for name in types if isinstance(types, list) else [types]:
        if not isinstance(name, str) or name not in _TYPES:
            return SchemaFault.WRONG_TYPE
    if not _is_well_shaped(schema, root):
        return SchemaFault.WRONG_SHAPE
    return next((fault for inner in _inner_schemas(schema) if (fault := _fault_of(inner, root))), None)


def _is_well_shaped(schema: dict[str, Any], root: dict[str, Any]) -> bool:
    required, choices, pattern = schema.get("required", []), schema.get("enum", [None]), schema.get("pattern", "^$")
    return (
        all(isinstance(schema.get(name, {}), dict) for name in ("properties", "$defs", "definitions"))
        and all(isinstance(schema.get(name, []), list) for name in ("anyOf", "oneOf", "allOf"))
        and isinstance(required, list)
        and all(isinstance(name, str) for name in required)
        and isinstance(choices, list)
        and bool(choices)
        # llama.cpp takes only patterns for the whole text.
        and isinstance(pattern, str)
        and pattern.startswith("^")
        and pattern.endswith("$")
        and ("$ref" not in schema or _is_found(schema["$ref"], root))
    )


def _is_found(reference: Any, root: dict[str, Any]) -> bool:
    """Whether a reference points into the same text."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return False
    place: Any = root
    for step in reference.removeprefix("#").split("/")[1:]:
        if not isinstance(place, dict) or step not in place:
            return False
        place = place[step]
    return True


def _inner_schemas(schema: dict[str, Any]) -> list[Any]:
    named = [inner for name in ("properties", "$defs", "definitions") for inner in schema.get(name, {}).values()]
    listed = [inner for name in ("anyOf", "oneOf", "allOf") for inner in schema.get(name, [])]
    items = schema.get("items", [])
    return named + listed + (items if isinstance(items, list) else [items])
