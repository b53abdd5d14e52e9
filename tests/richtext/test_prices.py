"""Money stays text, also beside formulas and where the signs of markdown stand around it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phidesk.richtext.blocks import plain_text
from phidesk.richtext.markdown import parse


def formulas_in(markdown: str) -> list[str]:
    return [span.text for block in parse(markdown) for span in block.spans if span.formula]


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10.",
        "$5-$10 a month",
        "$100–$200, then $300—$400",
        "$1-$2-$3-$4-$5-$6-$7",
        "Either $3.50/$4",
        "from $10 ($12 with tax)",
        'between "$20" and "$30"',
        "US$5 to US$10",
        "$10, or\n$20",
    ],
)
def test_prices_are_text(text: str) -> None:
    assert formulas_in(text) == []
    assert plain_text(parse(text)) == text.replace("\n", " ")


@pytest.mark.parametrize(
    ("markdown", "bold"),
    [("**$5** to **$10**", ["$5", "$10"]), ("$10, or **$1,200.50** to $2,000", ["$1,200.50"])],
)
def test_prices_keep_their_emphasis(markdown: str, bold: list[str]) -> None:
    assert formulas_in(markdown) == []
    assert [span.text for block in parse(markdown) for span in block.spans if span.bold] == bold


@pytest.mark.parametrize(
    ("markdown", "formulas"),
    [
        ("At $5-$10 we have $x+y=5$ and $5x = 10$.", ["$x+y=5$", "$5x = 10$"]),
        ("the $n$th of $5$ for $2", ["$n$", "$5$"]),
        ("$5/$10 is \\(x\\)5 or $$y$$5", ["\\(x\\)", "$$y$$"]),
        ("| $x$ | $5-$10 |\n|---|---|\n| $5-$10 | $y$ |", ["$x$", "$y$"]),
    ],
)
def test_formulas_beside_prices_are_formulas(markdown: str, formulas: list[str]) -> None:
    assert formulas_in(markdown) == formulas


def test_dollars_in_code_and_addresses_are_left_alone() -> None:
    (block,) = parse("`$5-$10` and [a](https://a.example/$5-$10) for $1-$2")

    assert [span.text for span in block.spans] == ["$5-$10", " and ", "a", " for $1-$2"]
    assert block.spans[2].link == "https://a.example/$5-$10"


PIECES = [
    "$5", "$10", "$1,200.50", "$x$", "$x+y$", "$$y$$", "\\(z\\)", "5", " ", " and ", "-", "/", ", ", "(", ")", "`$5-$10`", "`a`", "$", "US",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("`$1$1``")
@example("\\`$1$1`")
def test_no_formula_ends_before_a_digit(text: str) -> None:
    for block in parse(text):
        for span, following in pairwise(block.spans):
            if span.formula and not span.text.startswith(("$$", "\\")):
                assert following.code or not following.text[0].isdigit()
