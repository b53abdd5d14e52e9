"""Which dollar signs are formulas, and which are money; formulas where markdown would take them apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.blocks import BlockKind
from phidesk.richtext.formula.delimiters import read_delimited
from phidesk.richtext.formula_places import neutralised
from phidesk.richtext.markdown import parse
from phidesk.richtext.markdown_writer import as_markdown


def formulas_in(text: str) -> list[str]:
    return [span.text for block in parse(text) for span in block.spans if span.formula]


def text_of(text: str) -> str:
    return "\n".join(block.text for block in parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10 for two.",
        "US$5 or US$10",
        "from $5-$10",
        "Each $5 note ($5) and ($10)",
        "30% of $200 is $60. So 0.3*$200=$60.",
        "$5 \\times $3 = $15",
        "$10 - $3 = $7",
        "$ 10 and $ 20",
        "Kosten: 5$ und 10$",
        "10$/kg and 20$/kg",
        "(10$), (20$)",
        "$5 apples and 3$",
        "$.50 and $.75",
        "$200K–$300K",
        "$AAPL, $MSFT and $GOOG",
        "PATH=$PATH:$HOME/bin",
        "($m), ($n)",
        "See https://x.y/$5 and $6",
        "a `$x` and b$",
        "- a $5\n- b 6$",
        "| $5 | $6 |\n|--|--|\n| $7 | $8 |",
    ],
)
def test_money_is_no_formula(text: str) -> None:
    assert formulas_in(text) == []
    assert text_of(text).count("$") == text.count("$")


def test_strong_prices_are_strong() -> None:
    (block,) = parse("**$72** and **$18**, *$5* and *$6*")

    assert [(span.text, span.bold, span.italic) for span in block.spans if span.bold or span.italic] == [
        ("$72", True, False), ("$18", True, False), ("$5", False, True), ("$6", False, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("He pays $5 for $x$ apples, $y each.", ["$x$"]),
        ("The price is $100 and $\\frac{1}{2}$ of it is $50.", ["$\\frac{1}{2}$"]),
        ("Let $a,$ $b,$ and $5,$ be", ["$a,$", "$b,$", "$5,$"]),
        ("the $x$-axis, the $n$th, 2$x$", ["$x$", "$n$", "$x$"]),
        ("$1,000$ dollars", ["$1,000$"]),
        ("$x$$y$", ["$x$", "$y$"]),
        ("$ x + y = 5 $ and $ \\frac{1}{2} $", ["$ x + y = 5 $", "$ \\frac{1}{2} $"]),
        ("$5 \\times 3 = 15$", ["$5 \\times 3 = 15$"]),
        ("$5 \\text{ apples}$", ["$5 \\text{ apples}$"]),
        ("$\\text{Total} = \\$5 + \\$10$", ["$\\text{Total} = \\$5 + \\$10$"]),
        ("**$x = 3$** and **$72**", ["$x = 3$"]),
        ("$-$ and $+$", ["$-$", "$+$"]),
        ("# On $x^2$", ["$x^2$"]),
        ("[about $x$](https://example.org/$y)", ["$x$"]),
        ("$a*b*c$, $x_1$ and _$y_2$_", ["$a*b*c$", "$x_1$", "$y_2$"]),
        ("Then \\boxed{\\frac{1}{2}} holds.", ["\\boxed{\\frac{1}{2}}"]),
        (
            "\\begin{align*}\nx &= 1 \\\\\n- y &= 2\n\\end{align*}",
            ["\\begin{align*}\nx &= 1 \\\\\n- y &= 2\n\\end{align*}"],
        ),
    ],
)
def test_formulas_beside_money_and_without_delimiters_are_found(text: str, formulas: list[str]) -> None:
    assert formulas_in(text) == formulas
    assert all(read_delimited(formula) is not None for formula in formulas)


@pytest.mark.parametrize(
    ("cell", "formula"),
    [
        ("$P(A|B)$", "$P(A|B)$"),
        ("$|x| + |y|$", "$|x| + |y|$"),
        ("\\( |x| \\)", "\\( |x| \\)"),
        ("$$\\left| x \\right|$$", "$$\\left| x \\right|$$"),
        ("$P(A \\| B)$", "$P(A | B)$"),
        ("$\\left\\|v\\right\\|$", "$\\left\\|v\\right\\|$"),
    ],
)
def test_bars_in_formulas_part_no_cells(cell: str, formula: str) -> None:
    text = f"| a | b |\n|---|---|\n| {cell} | 0.5 |"
    (table,) = parse(text)

    assert table.kind is BlockKind.TABLE
    assert table.text == f"a\tb\n{formula}\t0.5"
    assert formulas_in(text) == [formula]


@pytest.mark.parametrize(
    "text", ["\\\\begin{align} x \\end{align}", "\\\\boxed{5}", "`\\boxed{5}`", "\\boxed{5", "$5 \\$6 $7"]
)
def test_what_is_no_formula_is_written_as_none(text: str) -> None:
    blocks = parse(text)

    assert formulas_in(text) == []
    assert parse(as_markdown(blocks))[0].spans == blocks[0].spans


@given(
    st.lists(st.sampled_from([*"ab5 $$$$\\{}()[]|*_`\n-:/é", "\\boxed{", "\\begin{align}", "\\end{align}"])).map(
        "".join
    )
)
def test_the_parser_sees_a_text_of_the_same_length(text: str) -> None:
    source = text.encode()

    seen = neutralised(source)

    assert len(seen) == len(source)
    assert len(seen.decode()) == len(text)
    assert all(read_delimited(formula) is not None for formula in formulas_in(text))
