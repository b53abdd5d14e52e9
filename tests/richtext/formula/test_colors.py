"""Colours as LaTeX names and mixes them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.formula.colors import color


@pytest.mark.parametrize(
    ("source", "model", "expected"),
    [
        ("red", "", "red"),
        (" #0f8 ", "", "#0f8"),
        ("ForestGreen", "", "#009b55"),
        ("forestgreen", "", "forestgreen"),
        ("red!50!black", "", "#800000"),
        ("blue!20", "", "#ccccff"),
        ("red!50!blue!50", "", "#bf80bf"),
        ("ForestGreen!0!black", "", "#000000"),
        ("mine!50", "", "#808080"),
        ("mine", "", "#000000"),
        ("1,0.5,0", "rgb", "#ff8000"),
        ("255, 128, 0", "RGB", "#ff8000"),
        ("FF8000", "HTML", "#FF8000"),
        ("0.5", "gray", "#808080"),
        ("0,1,1,0", "cmyk", "#ff0000"),
        ("0,0,0,0.5", "cmyk", "#808080"),
        ("0.5,1,1", "hsb", "#00ffff"),
        ("300,-5,0", "RGB", "#ff0000"),
        ("red", "named", "red"),
        ("1,0", "rgb", None),
        ("nan,nan,nan", "rgb", "#ffffff"),
        ("red!x", "", None),
        ("nobody!50!black", "", None),
        ("12 34", "", None),
        ("", "", None),
    ],
)
def test_a_colour_has_a_name_or_numbers(source: str, model: str, expected: str | None) -> None:
    assert color(source, model, {"mine": "#000000"}) == expected


@given(st.text(), st.sampled_from(["", "rgb", "RGB", "HTML", "gray", "Gray", "cmy", "cmyk", "hsb", "wave"]))
def test_any_text_is_a_colour_or_none(source: str, model: str) -> None:
    found = color(source, model)

    assert found is None or re.fullmatch(r"#[\da-fA-F]{3}|#[\da-fA-F]{6}|[a-zA-Z]{3,20}", found)
