"""Mistakes in JSON are found with their kind and place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.json_text import MAX_DEPTH, JsonFault, JsonMistake, TextPlace, place_of, read_json, write_json

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_what_python_writes_is_read(value: Any) -> None:
    assert read_json(json.dumps(value)) == value
    assert read_json(write_json(value)) == value


@given(st.text(alphabet="{}[]\":,0123456789-.eE tfnulrase\\\n'", max_size=30))
def test_what_is_not_json_is_a_fault_and_nothing_else(text: str) -> None:
    fault = fault_of(text)

    lines = text.split("\n")
    assert fault is None or 1 <= fault.place.line <= len(lines)
    assert fault is None or 1 <= fault.place.column <= len(lines[fault.place.line - 1]) + 1


def fault_of(text: str) -> JsonFault | None:
    try:
        read_json(text)
    except JsonFault as fault:
        return fault
    return None


@pytest.mark.parametrize(
    ("text", "mistake", "line", "column"),
    [
        ("", JsonMistake.NOTHING, 1, 1),
        (" \n ", JsonMistake.NOTHING, 1, 1),
        ("{", JsonMistake.BRACKET_OPEN, 1, 2),
        ('{"a": 1', JsonMistake.BRACKET_OPEN, 1, 8),
        ('{"a": 1,\n}', JsonMistake.COMMA_TOO_MANY, 1, 8),
        ("[1,\n 2, ]", JsonMistake.COMMA_TOO_MANY, 2, 3),
        ("{'a': 1}", JsonMistake.SINGLE_QUOTE, 1, 2),
        ("{a: 1}", JsonMistake.NAME_EXPECTED, 1, 2),
        ('{"a" 1}', JsonMistake.COLON_EXPECTED, 1, 6),
        ('{"a": 1\n "b": 2}', JsonMistake.COMMA_EXPECTED, 1, 8),
        ('{"a": True}', JsonMistake.VALUE_EXPECTED, 1, 7),
        ("\ufeff{}", JsonMistake.VALUE_EXPECTED, 1, 1),
        ('{"a": "b}', JsonMistake.TEXT_OPEN, 1, 7),
        ('{"a": "b\n"}', JsonMistake.CHARACTER_FORBIDDEN, 1, 9),
        ('{"a": "\\d"}', JsonMistake.ESCAPE_UNKNOWN, 1, 8),
        ("{} {}", JsonMistake.MORE_AFTER_END, 1, 4),
        ('{"a": 1,\n "a": 2}', JsonMistake.NAME_TWICE, 2, 2),
        ('[1, {"b": NaN}]', JsonMistake.NUMBER_UNUSABLE, 1, 6),
        ("[-Infinity]", JsonMistake.NUMBER_UNUSABLE, 1, 2),
        ("[1e999]", JsonMistake.NUMBER_UNUSABLE, 1, 2),
        (f"[{'9' * 5000}]", JsonMistake.NUMBER_UNUSABLE, 1, 2),
        ("[" * 100_000, JsonMistake.TOO_DEEP, 1, MAX_DEPTH + 1),
    ],
)
def test_a_mistake_has_a_kind_and_a_place(text: str, mistake: JsonMistake, line: int, column: int) -> None:
    with pytest.raises(JsonFault) as caught:
        read_json(text)

    assert (caught.value.mistake, caught.value.place) == (mistake, TextPlace(line, column))


def test_a_value_is_found_by_its_path() -> None:
    text = '{\n "a": [1, {"b": "]"}],\n "c": {"d": null}\n}'

    assert place_of(text, ("a", 1, "b")) == TextPlace(2, 12)
    assert place_of(text, ("c", "d")) == TextPlace(3, 8)
    assert place_of(text, ("x",)) == TextPlace(1, 1)
