"""Isotopes in LaTeX: numbers before a letter belong to it, unlike scripts of what stands before them."""

from __future__ import annotations

import pytest

from phidesk.richtext.formula.nodes import Atom, Node, Prescripts, Row, Scripts, Symbol
from phidesk.richtext.formula.parser import parse_formula
from tests.richtext.formula.outline import outline


def kinds_in(source: str) -> list[type[Node]]:
    tree = parse_formula(source)
    assert isinstance(tree, Row)
    return [type(node) for node in tree.children]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"{}^{14}_{6}C", "_{6}^{14}C"), (r"^{14}_6\text{C}", "_{6}^{14}C"), (r"_{6}^{14}\mathrm{C}", "_{6}^{14}C"),
        (r"{}^{16}_{8}O_2^{2-}", "_{8}^{16}O_{2}^{2−}"), (r"{}^A_Z X", "_{Z}^{A}X"), (r"{}^0_0\bar\nu", "_{0}^{0}ν̄"),
        (r"+ ^{4}_{2}\text{He}", "+_{2}^{4}He"), (r"\to _{90}^{234}Th", "→_{90}^{234}Th"), (r"\to ^{A-4}_{Z-2}Y", "→_{Z−2}^{A−4}Y"),
        (r"+ ^1H", "+^{1}H"), (r"3{}^1_0n", "3 _{0}^{1}n"), (r"3 ^1_0 n", "3 _{0}^{1}n"),
    ],
)  # fmt: skip
def test_numbers_before_a_letter_belong_to_it(source: str, shown: str) -> None:
    assert outline(source) == shown
    assert Prescripts in kinds_in(source)
    assert Scripts not in kinds_in(source)


@pytest.mark.parametrize(
    "source",
    [
        "x^1_2 y", r"R^{a}{}_{b}^{c} x", "{}_nC_r", "{}^{14}C", r"\to^* y", "a +^i_j b", "10^2 m", r"\sum^2_1 x", r"\int^2_1 x",
        r"\mathbb{Z} \oplus^2_1 G", "3^1_0 + n", "+^1_2 3", "^1_2", r"{}^1_2 \sin x", "(x)^1_2 y", r"\text{U}^1_2 y",
    ],
)  # fmt: skip
def test_other_scripts_stay_where_they_are(source: str) -> None:
    assert Prescripts not in kinds_in(source)


def test_a_sign_before_an_isotope_is_an_operation() -> None:
    tree = parse_formula(r"{}^1_1H + ^1_0n")

    assert isinstance(tree, Row)
    assert tree.children[1] == Symbol("+", Atom.BINARY)
