"""Words in a column of a given width: broken between them, never within a formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.formula.nodes import Node, Row, Symbol, Table, Word
from phidesk.richtext.formula.paragraphs import wrapped
from phidesk.richtext.formula.parser import parse_formula
from tests.richtext.formula.test_parser import text_of


def lines_of(node: Node) -> list[str]:
    return [text_of(row) for row in node.rows] if isinstance(node, Table) else [text_of(node)]


@pytest.mark.parametrize(
    ("words", "width_em", "lines"),
    [
        ("one two three", 20, ["one two three"]),
        ("one two three", 3.5, ["one two", "three"]),
        ("one two three", 1, ["one", "two", "three"]),
        ("uninterrupted", 1, ["uninterrupted"]),
        ("", 1, [""]),
    ],
)
def test_words_are_broken_into_lines(words: str, width_em: float, lines: list[str]) -> None:
    assert lines_of(wrapped(Word(words), width_em, "l")) == lines


def test_a_formula_stays_with_the_signs_that_touch_it() -> None:
    formula = Row(tuple(Symbol(character) for character in "a+b=c"))

    node = wrapped(Row((Word("let ("), formula, Word("), and then"))), 4, "l")

    assert lines_of(node) == ["let", "(a+b=c),", "and then"]


@given(st.lists(st.text(alphabet="abc", min_size=1, max_size=9), min_size=1, max_size=20), st.floats(0.5, 30))
def test_no_word_is_lost_and_no_line_is_longer_than_it_has_to_be(words: list[str], width_em: float) -> None:
    lines = lines_of(wrapped(Word(" ".join(words)), width_em, "l"))

    assert " ".join(lines).split() == words
    assert all(len(line) <= width_em * 2.2 or " " not in line for line in lines)


@pytest.mark.parametrize(("letter", "anchor"), [("p", "t"), ("m", ""), ("b", "b")])
def test_a_column_of_words_has_its_width_and_says_which_line_is_level(letter: str, anchor: str) -> None:
    tree = parse_formula(rf"\begin{{tabular}}{{{letter}{{3em}}}} one two $x+y$ three \end{{tabular}}")

    assert isinstance(tree, Row)
    (table,) = tree.children
    assert isinstance(table, Table)
    cell = table.rows[0][0]
    assert isinstance(cell, Table)
    assert lines_of(cell) == ["one", "two", "𝑥+𝑦", "three"]
    assert cell.anchor == anchor
