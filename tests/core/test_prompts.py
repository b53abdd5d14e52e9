"""Variables in texts, and prompts as files."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.prompts import (
    Prompt,
    PromptDefaults,
    PromptFileFault,
    date_words,
    dump_prompts,
    read_prompts,
    resolve,
    variables_of,
)

NAMES = st.from_regex(r"[a-zäø北][a-z0-9_]{0,8}( [a-z]{1,5})?", fullmatch=True)
BRACED = st.one_of(
    st.text(),
    NAMES.map("{{{}}}".format),
    NAMES.map(lambda name: "{{" + name + "}}"),
    st.sampled_from(["{", "}", "{{", "}}", r"\frac{a}{b}", "x^{n}", r"\a", '{"a": {"b": 1}}']),
)
TEXTS = st.lists(BRACED).map("".join)
VALUES = st.dictionaries(NAMES, TEXTS)
PROMPTS = st.builds(
    Prompt,
    st.just(""),
    st.text(min_size=1).filter(str.strip),
    TEXTS,
    st.text(min_size=1),
    st.lists(st.text(), max_size=4).map(tuple),
    st.builds(
        PromptDefaults,
        st.none() | st.text(),
        st.none() | st.text(),
        st.none() | st.floats(0, 2),
        st.lists(st.text()).map(tuple),
    ),
    st.booleans(),
)


@given(st.lists(st.tuples(st.text("ab .,\n"), NAMES), min_size=1), VALUES)
def test_variables_are_replaced_and_nothing_else(parts: list[tuple[str, str]], values: dict[str, str]) -> None:
    text = "".join(f"{before}{{{name}}}" for before, name in parts)

    resolved = resolve(text, values)

    assert resolved == "".join(before + values.get(name, f"{{{name}}}") for before, name in parts)
    assert variables_of(text) == tuple(dict.fromkeys(name for _, name in parts))


@given(TEXTS)
def test_without_values_only_double_braces_change(text: str) -> None:
    resolved = resolve(text, {})

    assert resolved.replace("{", "").replace("}", "") == text.replace("{", "").replace("}", "")
    assert resolved == text or "{{" in text


@given(st.text("a b", max_size=9), NAMES, VALUES)
def test_double_braces_stand_for_single_ones(around: str, name: str, values: dict[str, str]) -> None:
    assert resolve(f"{around}{{{{{name}}}}}{around}", values) == f"{around}{{{name}}}{around}"
    assert variables_of(f"{around}{{{{{name}}}}}{around}") == ()


@given(
    st.recursive(
        st.none() | st.integers() | st.text("ab", max_size=3),
        lambda it: st.lists(it) | st.dictionaries(st.text("ab"), it),
    )
)
def test_json_stays_text(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=1)):
        assert variables_of(text) == ()
        assert resolve(text, {"a": "1", "b": "2"}) == text


@given(TEXTS, VALUES)
def test_what_has_no_variables_does_not_depend_on_values(text: str, values: dict[str, str]) -> None:
    kept = {name: value for name, value in values.items() if name not in variables_of(text)}

    assert resolve(text, kept) == resolve(text, {})


@pytest.mark.parametrize(
    "text", [r"\frac{a}{b}", r"$x^{n} + y_{i}$", r"\text{if so}", "{ a }", "{1}", "{a, b}", "{}", "{_}"]
)
def test_formulas_and_other_braces_are_no_variables(text: str) -> None:
    assert variables_of(text) == ()
    assert resolve(text, {"a": "1", "n": "2"}) == text


def test_a_value_is_not_looked_at_again() -> None:
    assert resolve("{a} {b}", {"a": "{b}", "b": "x"}) == "{b} x"


def test_a_date_reads_the_same_in_every_language_of_the_system() -> None:
    assert date_words(date(2026, 11, 5)) == "5 November 2026"


def test_a_long_text_of_braces_takes_no_time() -> None:
    text = "{" * 20_000 + "a " * 20_000 + r"\a{" * 5_000

    assert resolve(text, {}) == text


@given(st.lists(PROMPTS))
def test_a_file_gives_back_what_was_written(prompts: list[Prompt]) -> None:
    assert read_prompts(dump_prompts(prompts)) == prompts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Answer briefly.",
        "[]",
        "{}",
        '{"phidesk_prompts": 2, "prompts": []}',
        '{"phidesk_prompts": 1, "prompts": [1]}',
        '{"phidesk_prompts": 1, "prompts": [{"name": "x"}]}',
        '{"phidesk_prompts": 1, "prompts": [{"name": " ", "text": ""}]}',
        '{"phidesk_prompts": 1, "prompts": [{"name": "x", "text": "", "starters": "Hello"}]}',
        '{"phidesk_prompts": 1, "prompts": [{"name": "x", "text": "", "temperature": "hot"}]}',
        "[" * 100_000,
    ],
)
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(PromptFileFault):
        read_prompts(text)


@given(st.text())
def test_a_foreign_text_is_refused_or_read(text: str) -> None:
    try:
        prompts = read_prompts(text)
    except PromptFileFault:
        return

    assert re.search("phidesk_prompts", text)
    assert all(isinstance(prompt, Prompt) for prompt in prompts)
