"""JSON as people type it: read strictly, with the kind and the place of what is wrong.

Python's own reader takes the last of two equal names, `NaN`, and numbers that become infinite: all of that would be
lost, or refused by others, without a word.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Path = tuple[str | int, ...]
"""The names and numbers that lead to a value from the outside to the inside."""

MAX_DEPTH = 60
"""Deeper JSON is nobody's tool, and Python's reader gives up not far behind."""
MAX_DIGITS = 300
"""Longer whole numbers are not what anybody means; Python refuses them beyond 4300."""


class JsonMistake(StrEnum):
    """What is wrong with a text that should be JSON."""

    NOTHING = "nothing"
    """There is no text."""
    VALUE_EXPECTED = "value_expected"
    NAME_EXPECTED = "name_expected"
    """A name in double quotes."""
    SINGLE_QUOTE = "single_quote"
    COLON_EXPECTED = "colon_expected"
    COMMA_EXPECTED = "comma_expected"
    COMMA_TOO_MANY = "comma_too_many"
    """Before a closing bracket."""
    TEXT_OPEN = "text_open"
    """A closing quote is missing."""
    CHARACTER_FORBIDDEN = "character_forbidden"
    """A line break, tab or other control character inside quotes."""
    ESCAPE_UNKNOWN = "escape_unknown"
    BRACKET_OPEN = "bracket_open"
    """The text ends before all brackets are closed."""
    MORE_AFTER_END = "more_after_end"
    NAME_TWICE = "name_twice"
    NUMBER_UNUSABLE = "number_unusable"
    TOO_DEEP = "too_deep"


@dataclass(frozen=True)
class TextPlace:
    """Line and column, both from 1, in characters."""

    line: int
    column: int


class TextFault(Exception):
    """What somebody typed cannot be used. `word` is the name, kind or number in question, where there is one."""

    def __init__(self, mistake: StrEnum, place: TextPlace, word: str = "") -> None:
        super().__init__(f"{mistake} at {place.line}:{place.column} {word!r}")
        self.mistake = mistake
        self.place = place
        self.word = word


class JsonFault(TextFault):
    """It is not JSON. Its mistake is a `JsonMistake`."""


def read_json(text: str) -> Any:
    """Return the value.

    Raises:
        JsonFault: the first mistake.
    """
    _check_depth(text)
    try:
        value = json.loads(text, parse_int=_whole_number, parse_constant=str)
    except json.JSONDecodeError as error:
        raise _fault(text, error) from None
    seen: set[Path] = set()
    for path, at, scalar in _walk(text):
        if path in seen:
            raise JsonFault(JsonMistake.NAME_TWICE, _place(text, at), str(path[-1]))
        seen.add(path)
        if not _is_usable(scalar):
            raise JsonFault(JsonMistake.NUMBER_UNUSABLE, _place(text, at), scalar)
    return value


def write_json(value: Any) -> str:
    """Return JSON as people read it: indented, letters of all languages as they are."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def place_of(text: str, path: Path) -> TextPlace:
    """Return where a value (of an object: its name) stands in JSON without mistakes; the beginning, if it does not."""
    return _place(text, next((at for found, at, _scalar in _walk(text) if found == path), 0))


_MISTAKES = {
    "Expecting value": JsonMistake.VALUE_EXPECTED,
    "Expecting property name": JsonMistake.NAME_EXPECTED,
    "Expecting ':'": JsonMistake.COLON_EXPECTED,
    "Expecting ','": JsonMistake.COMMA_EXPECTED,
    "Illegal trailing comma": JsonMistake.COMMA_TOO_MANY,
    "Unterminated string": JsonMistake.TEXT_OPEN,
    "Invalid control character": JsonMistake.CHARACTER_FORBIDDEN,
    "Invalid \\": JsonMistake.ESCAPE_UNKNOWN,
    "Extra data": JsonMistake.MORE_AFTER_END,
}
"""By what the messages of the standard library begin with."""
_BRACKET_OR_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
_READER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^ \t\r\n,\]}]+")


def _fault(text: str, error: json.JSONDecodeError) -> JsonFault:
    if not text.strip():
        return JsonFault(JsonMistake.NOTHING, TextPlace(1, 1))
    at = error.pos
    before = text[:at].rstrip()
    found = (mistake for beginning, mistake in _MISTAKES.items() if error.msg.startswith(beginning))
    mistake = next(found, JsonMistake.VALUE_EXPECTED)
    if text[at : at + 1] == "'":
        mistake = JsonMistake.SINGLE_QUOTE
    elif text[at : at + 1] in ("]", "}") and before.endswith(","):
        mistake, at = JsonMistake.COMMA_TOO_MANY, len(before) - 1
    elif at >= len(text.rstrip()) and mistake is not JsonMistake.TEXT_OPEN:
        mistake, at = JsonMistake.BRACKET_OPEN, len(text.rstrip())
    elif mistake is JsonMistake.COMMA_EXPECTED:
        at = len(before)  # Where the comma belongs, not the next line, where it was missed.
    return JsonFault(mistake, _place(text, at))


def _check_depth(text: str) -> None:
    depth = 0
    for found in _BRACKET_OR_TEXT.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth > MAX_DEPTH:
            raise JsonFault(JsonMistake.TOO_DEEP, _place(text, found.start()))


def _walk(text: str) -> Generator[tuple[Path, int, str]]:
    """Yield every value of JSON without mistakes: its path, where it (or its name) begins, and its text if it is plain.

    The text of strings is left out.
    """
    yield from _walk_value(text, _skip_space(text, 0), ())


def _walk_value(
    text: str, at: int, path: Path, named_at: int | None = None
) -> Generator[tuple[Path, int, str], None, int]:
    shown_at = at if named_at is None else named_at
    if text[at] not in '{["':
        end = _end_of(_SCALAR, text, at)
        yield path, shown_at, text[at:end]
        return end
    yield path, shown_at, ""
    if text[at] == '"':
        return _READER.raw_decode(text, at)[1]
    is_object = text[at] == "{"
    at = _skip_space(text, at + 1)
    number = 0
    while text[at] not in "}]":
        if is_object:
            name, end = _READER.raw_decode(text, at)
            value_at = _skip_space(text, _skip_space(text, end) + 1)
            at = yield from _walk_value(text, value_at, (*path, name), at)
        else:
            at = yield from _walk_value(text, at, (*path, number))
            number += 1
        at = _skip_space(text, at)
        if text[at] == ",":
            at = _skip_space(text, at + 1)
    return at + 1


def _skip_space(text: str, at: int) -> int:
    return _end_of(_SPACE, text, at)


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _place(text: str, at: int) -> TextPlace:
    return TextPlace(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _whole_number(digits: str) -> int:
    return int(digits) if len(digits) <= MAX_DIGITS else 0  # Refused afterwards, where the place is known.


def _is_usable(scalar: str) -> bool:
    if scalar in ("", "true", "false", "null"):
        return True
    if scalar.strip("-").isdigit():
        return len(scalar) <= MAX_DIGITS
    return math.isfinite(float(scalar))
