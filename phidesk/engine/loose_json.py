"""JSON as small models write it: single quotes, Python's names, forgotten braces."""

from __future__ import annotations

import json
import re

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

DEEPEST = 64
"""Brackets within each other."""
_BLANKS = re.compile(r"\s*")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SINGLE = re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)
_KEY = re.compile(r"[A-Za-z_]\w*")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z]+")
_NAMES: dict[str, Json] = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}


class WrittenObject(dict[str, Json]):
    """An object with the text that it was read from."""

    def __init__(self, members: dict[str, Json], text: str) -> None:
        super().__init__(members)
        self.text = text


class UnreadableError(ValueError):
    """The text is no value, or was cut inside one."""


def read_value(text: str, start: int) -> tuple[Json, int]:
    """Return the value at `start` and where it ends. Raises UnreadableError."""
    return _value(text, _skip(text, start), 0)


def without_texts(value: Json) -> Json:
    """Return a value whose objects are ordinary ones, without the texts that they were read from."""
    if isinstance(value, dict):
        return {name: without_texts(member) for name, member in value.items()}
    return [without_texts(item) for item in value] if isinstance(value, list) else value


def _skip(text: str, position: int) -> int:
    match = _BLANKS.match(text, position)
    return match.end() if match else position


def _value(text: str, position: int, depth: int) -> tuple[Json, int]:
    if depth > DEEPEST:
        raise UnreadableError
    sign = text[position : position + 1]
    if sign == "{":
        members, end = _object(text, position + 1, depth)
        return WrittenObject(members, text[position:end]), end
    if sign == "[":
        return _list(text, position + 1, depth)
    if sign and sign in "\"'":
        return _string(text, position)
    match = _PLAIN.match(text, position)
    if match is None or match.end() == len(text):  # at the end a number may have been cut
        raise UnreadableError
    if match[0] in _NAMES:
        return _NAMES[match[0]], match.end()
    try:
        return json.loads(match[0]), match.end()
    except ValueError as error:
        raise UnreadableError from error


def _string(text: str, position: int) -> tuple[str, int]:
    match = (_DOUBLE if text[position] == '"' else _SINGLE).match(text, position)
    if match is None:
        raise UnreadableError
    inner = match[0][1:-1]
    if text[position] == "'":
        inner = re.sub(r"\\(.)|(\")", lambda found: "'" if found[1] == "'" else '\\"' if found[2] else found[0], inner)
    try:
        return str(json.loads(f'"{inner}"', strict=False)), match.end()
    except ValueError as error:
        raise UnreadableError from error


def _object(text: str, position: int, depth: int) -> tuple[dict[str, Json], int]:
    members: dict[str, Json] = {}
    while True:
        position = _skip(text, position)
        sign = text[position : position + 1]
        if sign == "}":
            return members, position + 1
        if sign == "," and members:
            comma, position = position, _skip(text, position + 1)
            sign = text[position : position + 1]
            if not sign:  # cut before another member
                raise UnreadableError
            if sign == "{":  # the brace before the comma was forgotten
                return members, comma
            if sign == "}":
                continue
        key_match = _KEY.match(text, position)
        if sign and sign in "\"'":
            key, end = _string(text, position)
        elif key_match is not None:
            key, end = key_match[0], key_match.end()
        elif members:
            return members, position
        else:
            raise UnreadableError
        end = _skip(text, end)
        if text[end : end + 1] != ":":
            if members and key_match is not None:
                return members, position
            raise UnreadableError
        members[key], position = _value(text, _skip(text, end + 1), depth + 1)


def _list(text: str, position: int, depth: int) -> tuple[Json, int]:
    items: list[Json] = []
    while True:
        position = _skip(text, position)
        sign = text[position : position + 1]
        if sign == "]":
            return items, position + 1
        if items and sign != ",":
            return items, position
        if sign == ",":
            position = _skip(text, position + 1)
            if text.startswith("]", position):
                return items, position + 1
        item, position = _value(text, position, depth + 1)
        items.append(item)
