"""The arguments that a model wrote, made fit for a tool: lenient where the meaning is certain, plain words where not.

What the schema complains about is repaired, error by error, until nothing is left that can be. So what is right already
is never touched.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from phidesk.core.tools import ToolCall, ToolDefinition
from phidesk.engine.loose_json import UnreadableError, read_value, without_texts
from phidesk.tools.argument_faults import fault_text
from phidesk.tools.schema_check import DEEPEST, LONGEST, CheckTooLong, Comparison, SchemaUnusable, depth_of, read_schema
from phidesk.tools.tool import CallFault

if TYPE_CHECKING:
    from jsonschema import ValidationError

Json = Any
Given = TypeVar("Given")

_ROOT = ""
_MOST_ROUNDS = 8
"""Of repairing: each goes one level deeper into texts of JSON within texts."""
_EXACT_FLOATS = 2**53
"""Up to here each whole float is one integer only."""
_INTEGER = re.compile(r"[+-]?\d{1,300}(?:\.0{1,20})?")
_NUMBER = re.compile(r"[+-]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:[eE][+-]?\d{1,3})?")
_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}
_NULLS = ("null", "none")
_SEPARATORS = re.compile(r"[,;\n|]")


class _Uncertain(Exception):
    """What was meant is not certain."""


def read_arguments(call: ToolCall, definition: ToolDefinition) -> dict[str, Json]:
    """Return the arguments of a call, fit for the schema of its tool.

    Raises:
        CallFault: they do not fit, with what to write instead.
    """
    try:
        schema = read_schema(definition.parameters)
        given = _named(_read(call), schema)
        holder = {_ROOT: given}
        problems = _repair_all(holder, Comparison(schema))
    except SchemaUnusable as error:
        raise CallFault(f"{call.name} cannot be used: {error}. Answer without it.") from error
    except CheckTooLong as error:
        raise CallFault(f"The arguments of {call.name} could not be checked in time. Write fewer.") from error
    if problems:
        raise CallFault(fault_text(problems, schema))
    arguments = holder[_ROOT]
    if not isinstance(arguments, dict):
        raise CallFault("The arguments must be an object.")
    return arguments


def _read(call: ToolCall) -> Json:
    """Return the value that the text of the arguments stands for; no text means none."""
    text = call.arguments.strip()
    if len(text) > LONGEST:
        raise CallFault(f"The arguments of {call.name} are too long: at most {LONGEST} characters.")
    value = _read_json(text) if text else {}
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = _read_json(value)
    if depth_of(value) > DEEPEST:
        raise CallFault(f"The arguments of {call.name} are nested too deep.")
    return value


def _read_json(text: str) -> Json:
    try:
        return json.loads(text, parse_constant=_refuse, strict=False)
    except (ValueError, RecursionError):
        pass
    try:
        value, end = read_value(text, 0)
    except (UnreadableError, RecursionError):
        end = -1
    if end < 0 or text[end:].strip():
        raise CallFault('The arguments are not JSON. Write one object, such as {"name": "value"}.')
    return without_texts(value)


def _refuse(constant: str) -> Json:
    """NaN and Infinity are no JSON."""
    raise ValueError(constant)


def _named(value: Json, schema: Mapping[str, Any]) -> Json:
    """Return arguments under the names of the schema, which may be written in other case or with other hyphens.

    What is no object can only be the argument of a tool that has just one.
    """
    names = list(schema.get("properties", {}))
    if not isinstance(value, dict):
        return {names[0]: value} if len(names) == 1 else value
    missing = {_plain(name): name for name in names if name not in value}
    named = {}
    for name, inner in value.items():
        named[name if name in names else missing.pop(_plain(name), name)] = inner
    return named


def _plain(name: object) -> str:
    return re.sub(r"[\s_-]", "", name if isinstance(name, str) else json.dumps(name)).casefold()


def _repair_all(holder: dict[str, Json], comparison: Comparison) -> list[ValidationError]:
    """Change in place what is certain, and return the problems that are left."""
    for _ in range(_MOST_ROUNDS):
        problems = comparison.problems(holder[_ROOT])
        repaired: set[tuple[str | int, ...]] = set()
        for problem in problems:
            place = (_ROOT, *problem.absolute_path)
            if place not in repaired and _repair(holder, place, problem):
                repaired.add(place)
        if not repaired:
            break
    return problems


def _repair(holder: dict[str, Json], place: Sequence[str | int], problem: ValidationError) -> bool:
    """Change the value at a place, if it is certain how; return whether it was."""
    parent: Json = holder
    for name in place[:-1]:
        parent = parent[name]
    if problem.validator == "additionalProperties":
        del parent[place[-1]]
        return True
    try:
        parent[place[-1]] = _remedy(problem)
    except _Uncertain:
        is_nothing = problem.instance is None and isinstance(parent, dict) and len(place) > 1
        if is_nothing:  # with null a model says that it gives nothing; if that is not enough, the next round tells
            del parent[place[-1]]
        return is_nothing
    return True


def _remedy(problem: ValidationError) -> Json:
    """Return what a value that is not allowed can only mean. Raises _Uncertain."""
    value: Json = problem.instance
    wanted: Any = problem.validator_value
    match problem.validator:
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return _only([_attempt(_CONVERSIONS[kind], value) for kind in kinds if kind in _CONVERSIONS])
        case "enum" | "const":
            options = wanted if problem.validator == "enum" else [wanted]
            return _only([[option] for option in options if _plain(option) == _plain(value)])
        case "anyOf" | "oneOf":
            branches: dict[object, list[ValidationError]] = {}
            for inner in problem.context or ():
                branches.setdefault(inner.relative_schema_path[0], []).append(inner)
            return _only([_attempt(_remedy, inner[0]) for inner in branches.values() if _is_about_itself(inner)])
    raise _Uncertain


def _is_about_itself(branch: list[ValidationError]) -> bool:
    return len(branch) == 1 and not branch[0].relative_path


def _attempt(convert: Callable[[Given], Json], value: Given) -> list[Json]:
    """Return the result, or nothing."""
    try:
        return [convert(value)]
    except _Uncertain:
        return []


def _only(results: Iterable[list[Json]]) -> Json:
    """Return the result, if there is one and no other. Raises _Uncertain."""
    different = {json.dumps(result[0], sort_keys=True): result[0] for result in results if result}
    if len(different) != 1:
        raise _Uncertain
    return next(iter(different.values()))


def _to_integer(value: Json) -> Json:
    value = _single(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_FLOATS:
        return int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value.strip().partition(".")[0])
    raise _Uncertain


def _to_number(value: Json) -> Json:
    value = _single(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not _NUMBER.fullmatch(value.strip()):
        raise _Uncertain
    if _INTEGER.fullmatch(value.strip()):
        return _to_integer(value)
    number = float(value)
    if not math.isfinite(number):
        raise _Uncertain
    return number


def _to_boolean(value: Json) -> Json:
    value = _single(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().casefold() in _BOOLEANS:
        return _BOOLEANS[value.strip().casefold()]
    raise _Uncertain


def _to_string(value: Json) -> Json:
    value = _single(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Uncertain
    return json.dumps(value)


def _to_null(value: Json) -> Json:
    if isinstance(value, str) and value.strip().casefold() in _NULLS:
        return None
    raise _Uncertain


def _to_array(value: Json) -> Json:
    """Take a text of JSON, or one value as the only item. A text that may be a list in words is not cut."""
    if isinstance(value, str):
        with suppress(CallFault):
            inner = _read_json(value)
            if isinstance(inner, list) and depth_of(inner) <= DEEPEST:
                return inner
        if _SEPARATORS.search(value) or not value.strip():
            raise _Uncertain
    if value is None:
        raise _Uncertain
    return [value]


def _to_object(value: Json) -> Json:
    if isinstance(value, str):
        with suppress(CallFault):
            inner = _read_json(value)
            if isinstance(inner, dict) and depth_of(inner) <= DEEPEST:
                return inner
    raise _Uncertain


def _single(value: Json) -> Json:
    """Return the item of a list that has one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


_CONVERSIONS: dict[str, Callable[[Json], Json]] = {
    "array": _to_array,
    "boolean": _to_boolean,
    "integer": _to_integer,
    "null": _to_null,
    "number": _to_number,
    "object": _to_object,
    "string": _to_string,
}
