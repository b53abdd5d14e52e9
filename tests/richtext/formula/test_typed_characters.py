"""Characters as people and models type them into formulas: small digits, fractions, roots, and those of wide keyboards."""

from __future__ import annotations

import pytest

from phidesk.richtext.formula.nodes import Atom, Fraction, Root, Row, Symbol
from phidesk.richtext.formula.parser import parse_formula
from phidesk.richtext.formula.symbols import atom_of_character
from tests.richtext.formula.outline import outline
from tests.richtext.formula.test_parser import text_of


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("x²", "x^{2}"), ("x₁₂", "x_{12}"), ("x⁻¹", "x^{-1}"), ("aᵢⱼ²", "a_{ij}^{2}"), ("Xᵀ", "X^{T}"), ("²", "{}^{2}"),
        ("10⁻³", "10^{-3}"), ("x²^3", "x^{2}^3"), ("f″", "f''"), ("f‴", "f'''"), ("aⁿ⁺¹", "a^{n+1}"), ("x–y", "x-y"),
        ("（x＋１）＝２", "(x+1)=2"), ("x\u200b\ufe0fy", "xy"), ("µ", r"\mu"), (r"\frac12²", r"\frac12^2"),
        ("√2x", r"\sqrt{2}x"), ("√16", r"\sqrt{16}"), ("√(x+1)y", r"\sqrt{x+1}y"), ("√{x}", r"\sqrt{x}"), ("√x", r"\sqrt x"),
        ("∛8", r"\sqrt[3]{8}"), ("∜x", r"\sqrt[4]x"), ("x = ½", r"x = \frac12"), ("1¾", r"1\frac34"), ("∂f", r"\partial f"),
    ],
)  # fmt: skip
def test_characters_mean_what_commands_write(source: str, meant: str) -> None:
    assert outline(source) == outline(meant)


@pytest.mark.parametrize("source", ["√", "√+", "√(x", r"√\frac{1}{2}"])
def test_the_sign_of_a_root_is_shown_where_its_end_is_not_clear(source: str) -> None:
    assert "√" in text_of(parse_formula(source))


def test_a_typed_root_is_a_root() -> None:
    assert parse_formula("√2") == Row((Root(Row((Symbol("2"),))),))


def test_a_typed_fraction_is_small() -> None:
    tree = parse_formula("½")

    assert isinstance(tree, Row)
    (node,) = tree.children
    assert isinstance(node, Fraction)
    assert node.is_display is False


@pytest.mark.parametrize("source", ["𝑥", "ℝ", "ℏ", "𝟙", "😀", "♥", "é", "日"])
def test_letters_and_pictures_are_ordinary(source: str) -> None:
    assert text_of(parse_formula(source)) == source
    assert atom_of_character(source) is Atom.ORDINARY


@pytest.mark.parametrize(
    ("source", "commands"),
    [
        ("∑ᵢ xᵢ ≤ ∞", r"\sum_i x_i \leq \infty"),
        ("∀x∈ℝ: x²≥0", r"\forall x\in\R: x^2\geq 0"),
        ("α→β⊂γ", r"\alpha\to\beta\subset\gamma"),
    ],
)
def test_a_formula_may_be_typed_without_commands(source: str, commands: str) -> None:
    assert parse_formula(source) == parse_formula(commands)
