"""Values compared with a JSON Schema that anybody may have written.

The library compares; here stands what keeps a hostile schema harmless. It is limited in size and depth, references lead
nowhere but into the schema itself, the comparison with all its patterns has a limit of time, and keywords whose cost is
not bounded (`unevaluated…`, `$dynamicRef`) are not compared.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import ValidationError

Keyword = Callable[[Any, Any, Any, Any], "Iterator[ValidationError]"]
"""Of the validator, what the keyword says, the value, and the schema that the keyword stands in."""

LONGEST = 100_000
"""Characters of a schema, and of the arguments of a call. The largest window of phi4-mini holds five times as many."""
MOST_PARTS = 3_000
"""Values in a schema: to see whether it is one takes up to 0.2 ms for each, with no limit of time."""
DEEPEST = 64
"""Values within each other."""
LIMIT_S = 1.0
"""Of one comparison; those of real tools take 1 ms."""
MOST_PROBLEMS = 100
_LONGEST_PATTERN = 1_000
_LONGEST_MATCHED = 1_000
"""Characters of a text that is compared with a pattern: the longer it is, the later the library looks at the clock."""
_UNBOUNDED = frozenset(("$dynamicRef", "$recursiveRef", "unevaluatedItems", "unevaluatedProperties"))


class SchemaUnusable(ValueError):
    """The schema is none, leads elsewhere or is too large. Its text says what is wrong, in English."""


class CheckTooLong(Exception):
    """The comparison took longer than `LIMIT_S`."""


def read_schema(text: str) -> dict[str, Any]:
    """Read a schema of arguments and make sure that it is one. `{}` allows every object.

    Raises:
        SchemaUnusable: it cannot be used.
    """
    from jsonschema import FormatChecker, SchemaError  # noqa: PLC0415 - 60 ms, for those who use tools

    if len(text) > LONGEST:
        raise SchemaUnusable("the schema is too long")
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SchemaUnusable("the schema is not JSON") from error
    if not isinstance(schema, dict):
        raise SchemaUnusable("the schema is not an object")
    if depth_of(schema) > DEEPEST:
        raise SchemaUnusable("the schema is too deep")
    if _count_parts(schema) > MOST_PARTS:
        raise SchemaUnusable("the schema is too large")
    try:
        _standard_of(schema).check_schema(schema, format_checker=FormatChecker(formats=()))
    except SchemaError as error:
        raise SchemaUnusable(f"the schema is wrong at {error.json_path}: {error.message[:200]}") from error
    return schema


def depth_of(value: object) -> int:
    """Return how many objects and lists stand within each other; more than `DEEPEST` are not looked at."""
    level, depth = _members(value), 0
    while level and depth <= DEEPEST:
        level = [inner for outer in level for inner in _members(outer)]
        depth += 1
    return depth


class Comparison:
    """Compares values with one schema that `read_schema` returned, all of them together within a limit of time."""

    def __init__(self, schema: dict[str, Any], *, limit_s: float = LIMIT_S) -> None:
        from jsonschema import validators  # noqa: PLC0415 - as above
        from referencing import Registry  # noqa: PLC0415 - as above

        standard = _standard_of(schema)
        bounds = _Bounds(time.monotonic() + limit_s)
        checks = {**standard.VALIDATORS, **bounds.own_keywords()}
        bounded = validators.create(
            meta_schema=standard.META_SCHEMA,
            validators={name: bounds.keep(check) for name, check in checks.items() if name not in _UNBOUNDED},
            type_checker=standard.TYPE_CHECKER.redefine("integer", _is_integer),
        )
        # With a registry of its own the library fetches nothing. A `$schema` within would lead around our keywords.
        self._validator = bounded(_without_dialects(schema), registry=Registry())

    def problems(self, value: object) -> list[ValidationError]:
        """Return where the value does not fit, at most `MOST_PROBLEMS`. An integer has no fraction: 5.0 is none.

        Raises:
            SchemaUnusable: a reference leads nowhere, elsewhere, or in circles.
            CheckTooLong: the time is over.
        """
        from referencing.exceptions import Unresolvable  # noqa: PLC0415 - as above

        try:
            return list(islice(self._validator.iter_errors(value), MOST_PROBLEMS))
        except Unresolvable as error:
            raise SchemaUnusable("a reference in the schema leads nowhere") from error
        except RecursionError as error:
            raise SchemaUnusable("the references in the schema go in circles") from error


def _standard_of(schema: dict[str, Any]) -> Any:
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415 - as above

    dialect = schema.get("$schema")
    named = {"$schema": dialect} if isinstance(dialect, str) else {}
    return validators.validator_for(named, default=Draft202012Validator)


def _count_parts(value: object) -> int:
    members = _members(value)
    return len(members) + sum(map(_count_parts, members))


def _members(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _without_dialects(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_dialects(inner)
            for key, inner in value.items()
            if key != "$schema" or not isinstance(inner, str)
        }
    return [_without_dialects(inner) for inner in value] if isinstance(value, list) else value


def _is_integer(_checker: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class _Bounds:
    """Until when one comparison may go on, and the keywords that need a limit within themselves."""

    def __init__(self, ends_at: float) -> None:
        self._ends_at = ends_at

    def keep(self, check: Keyword) -> Keyword:
        """Return the keyword, looking at the clock first."""

        def run(validator: Any, wanted: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
            self._left_s()
            yield from check(validator, wanted, value, schema) or ()  # type: ignore[truthy-bool]  # some of them return None

        return run

    def own_keywords(self) -> dict[str, Keyword]:
        """Return those that replace the library's."""
        return {
            "additionalProperties": self._check_additional,
            "multipleOf": _check_multiple,
            "pattern": self._check_pattern,
            "patternProperties": self._check_pattern_properties,
            "uniqueItems": _check_unique,
        }

    def _left_s(self) -> float:
        left_s = self._ends_at - time.monotonic()
        if left_s <= 0:
            raise CheckTooLong
        return left_s

    def _matches(self, pattern: str, text: str) -> bool:
        import regex  # noqa: PLC0415 - few schemas have patterns

        if len(pattern) > _LONGEST_PATTERN or len(text) > _LONGEST_MATCHED:
            return True
        try:
            return regex.search(pattern, text, timeout=self._left_s()) is not None
        except (TimeoutError, MemoryError, RecursionError) as error:
            raise CheckTooLong from error
        except regex.error:  # written for another language: what it means is not known
            return True

    def _check_pattern(
        self, _validator: Any, pattern: str, value: object, _schema: object
    ) -> Iterator[ValidationError]:
        from jsonschema import ValidationError  # noqa: PLC0415 - as above

        if isinstance(value, str) and not self._matches(pattern, value):
            yield ValidationError(f"does not match {pattern}")

    def _check_pattern_properties(
        self, validator: Any, patterns: Mapping[str, Any], value: object, _schema: object
    ) -> Iterator[ValidationError]:
        if isinstance(value, dict):
            for pattern, inner in patterns.items():
                for name in value:
                    if self._matches(pattern, name):
                        yield from validator.descend(value[name], inner, path=name, schema_path=pattern)

    def _check_additional(
        self, validator: Any, allowed: bool | Mapping[str, Any], value: object, schema: Mapping[str, Any]
    ) -> Iterator[ValidationError]:
        """Yield one error for each name that is not allowed, at its own path."""
        from jsonschema import ValidationError  # noqa: PLC0415 - as above

        if not isinstance(value, dict):
            return
        patterns = schema.get("patternProperties", {})
        for name in value.keys() - schema.get("properties", {}).keys():
            if any(self._matches(pattern, name) for pattern in patterns):
                continue
            if allowed is False:
                yield ValidationError("is not known", path=(name,))
            else:
                yield from validator.descend(value[name], allowed, path=name)


def _check_unique(_validator: Any, is_wanted: object, value: object, _schema: object) -> Iterator[ValidationError]:
    """Look for equal texts: the library compares each item with each other."""
    from jsonschema import ValidationError  # noqa: PLC0415 - as above

    if is_wanted and isinstance(value, list):
        texts = {json.dumps(item, sort_keys=True) for item in value}
        if len(texts) < len(value):
            yield ValidationError("has the same item twice")


def _check_multiple(_validator: Any, step: float, value: object, _schema: object) -> Iterator[ValidationError]:
    """Divide exactly: for the library 19.99 is no multiple of 0.01."""
    from jsonschema import ValidationError  # noqa: PLC0415 - as above

    if isinstance(value, int | float) and not isinstance(value, bool) and Fraction(str(value)) % Fraction(str(step)):
        yield ValidationError(f"is no multiple of {step}")
