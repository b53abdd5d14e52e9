"""Alphabets: by the command around letters, and by commands that name a letter with its alphabet."""

from __future__ import annotations

import pytest

from phidesk.richtext.formula.mathml import as_mathml
from phidesk.richtext.formula.nodes import Row, Symbol
from phidesk.richtext.formula.parser import parse_formula
from tests.richtext.formula.test_parser import text_of


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\mathbbm{1}\mathds{R}\symbb{Q}\Bbb k", "𝟙ℝℚ𝕜"), (r"\symbf{x}\bold{x}\symit{x}\mathnormal{x}", "𝐱𝐱𝑥𝑥"),
        (r"\mathbfcal{L}\mathbffrak{g}\mathbfsf{A}\mathsfit{a}", "𝓛𝖌𝗔𝘢"), (r"{\sf x}{\tt x}{\scr B}{\mit x}", "𝗑𝚡ℬ𝑥"),
        (r"\boldsymbol{x\mu\Sigma\nabla\partial 1}", "𝒙𝝁𝚺𝛁𝝏𝟏"), (r"\mathbf{\alpha\Omega\nabla}", "𝛂𝛀𝛁"),
        (r"\mathrm{\mu m}\symup\pi", "μmπ"), (r"\mathsf{\alpha}\mathbfsf{\alpha\Gamma}", "α𝝰𝝘"),
        (r"\bm{\mathcal{L}}\boldsymbol{\mathrm{d}}\bm{\mathsf{A}}", "𝓛𝐝𝗔"), (r"\mathbf{\mathcal{X}\mathrm{d}}", "𝓧d"),
        (r"\boldsymbol{\mathbb{R}}", "ℝ"), (r"\mathit{\Gamma}", "Γ"), (r"\varGamma", "𝛤"),
    ],
)  # fmt: skip
def test_letters_stand_in_the_alphabet_around_them(source: str, shown: str) -> None:
    assert text_of(parse_formula(source)) == shown


@pytest.mark.parametrize(
    ("source", "character", "is_bold"),
    [
        (r"\boldsymbol{\infty}", "∞", True), (r"\bm{+}", "+", True), (r"\boldsymbol{\ell}", "ℓ", True), (r"\pmb\sum", "∑", True),
        (r"\boldsymbol{x}", "𝒙", False), (r"\boldsymbol{1}", "𝟏", False), (r"\mathbf{+}", "+", False), (r"\infty", "∞", False),
    ],
)  # fmt: skip
def test_signs_without_a_bold_form_are_made_bold(source: str, character: str, is_bold: bool) -> None:
    tree = parse_formula(source)

    assert isinstance(tree, Row)
    (symbol,) = tree.children
    assert isinstance(symbol, Symbol)
    assert (symbol.character, symbol.is_bold) == (character, is_bold)
    assert ('mathvariant="bold"' in as_mathml(tree, source, is_display=True)) == is_bold


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\upmu\Upomega\mupalpha\textbeta\alphaup", "μΩαβα"), (r"\mbfx\mbfitx\mscrL\mfrakg\msansA\mttq", "𝐱𝒙ℒ𝔤𝖠𝚚"),
        (r"\BbbE\Bbbone\mbfseven\mbfitalpha\mbfnabla", "𝔼𝟙𝟕𝜶𝛁"), (r"\mbfword \upside \upx", "mbfwordupsideupx"),
    ],
)  # fmt: skip
def test_commands_may_name_a_letter_with_its_alphabet(source: str, shown: str) -> None:
    assert text_of(parse_formula(source)) == shown
