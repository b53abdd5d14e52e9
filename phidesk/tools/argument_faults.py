"""What is wrong with arguments, for a small model: what was expected, what came, which names exist."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import ValidationError

_MOST_TOLD = 3
"""Problems at once."""
_MOST_NAMES = 12
"""Arguments, or values to choose from, that are listed."""
_LONGEST = 1_500
"""Characters of all that is told."""
_LONGEST_QUOTE = 60
"""Characters of a value."""
_KINDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a text",
}
_LIMITS = {
    "exclusiveMaximum": "less than {}",
    "exclusiveMinimum": "more than {}",
    "maxItems": "a list of at most {} items",
    "maxLength": "a text of at most {} characters",
    "maximum": "at most {}",
    "minItems": "a list of at least {} items",
    "minLength": "a text of at least {} characters",
    "minimum": "at least {}",
    "multipleOf": "a multiple of {}",
    "pattern": "a text that matches {}",
    "uniqueItems": "a list without repeated items",
}


def fault_text(problems: Iterable[ValidationError], schema: Mapping[str, Any]) -> str:
    """Say the first problems and which arguments there are."""
    told = list(dict.fromkeys(_problem_text(problem) for problem in problems))[:_MOST_TOLD]
    properties = schema.get("properties", {})
    required = schema.get("required", ())
    names = [name + _argument_text(properties[name], is_required=name in required) for name in properties]
    text = " ".join([*told, *([f"Arguments: {_listed(names)}."] if names else [])])
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _problem_text(problem: ValidationError) -> str:
    place = _place_text(problem)
    if problem.validator == "required":
        wanted: Any = problem.validator_value
        given: Any = problem.instance
        missing = [f"{place}.{name}" if place else name for name in wanted if name not in given]
        return " ".join(f"{_quote(name)} is missing." for name in missing[:_MOST_TOLD])
    return f"{_subject(place)} must be {_expected(problem)}, not {_quote(problem.instance)}."


def _subject(place: str) -> str:
    return _quote(place) if place else "The arguments"


def _place_text(problem: ValidationError) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in problem.absolute_path)
    return "".join(steps).removeprefix(".")


def _expected(problem: ValidationError) -> str:
    wanted: Any = problem.validator_value
    match problem.validator:
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return " or ".join(_KINDS.get(kind, kind) for kind in kinds)
        case "enum":
            return f"one of {_listed(map(_quote, wanted))}"
        case "const":
            return _quote(wanted)
        case "anyOf" | "oneOf" if problem.context:
            return " or ".join(dict.fromkeys(_expected(inner) for inner in problem.context[:_MOST_TOLD]))
        case "required":
            return f"an object with {_listed(map(_quote, wanted))}"
        case name if name in _LIMITS:
            return _LIMITS[name].format(_quote(wanted) if isinstance(wanted, str) else wanted)
        case name:
            return f"valid for {name} {_quote(wanted)}"


def _argument_text(schema: object, *, is_required: bool) -> str:
    described = schema if isinstance(schema, dict) else {}
    kind = described.get("type")
    if "enum" in described:
        words = [f"one of {_listed(map(_quote, described['enum']))}"]
    else:
        words = [_KINDS[kind]] if isinstance(kind, str) and kind in _KINDS else []
    words += ["required"] if is_required else []
    return f" ({', '.join(words)})" if words else ""


def _listed(texts: Iterable[str]) -> str:
    every = list(texts)
    more = [f"{len(every) - _MOST_NAMES} more"] if len(every) > _MOST_NAMES else []
    return ", ".join(every[:_MOST_NAMES] + more)


def _quote(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
