"""Formulas as a teacher would set them: heights of scripts, distances, sizes. Asserted is what a reader sees."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from phidesk.ui.formula.boxes import Box, DrawnFormula
from phidesk.ui.formula.layout import FormulaLayout
from phidesk.ui.formula.math_font import MathFont
from tests.ui.formula.laid_out import SIZE, box_of


@pytest.mark.parametrize("scale", [1.0, 3.0, 3.3, 5.0, 12.0])
def test_letters_are_seen_however_large_they_are(layout: FormulaLayout, font: MathFont, scale: float) -> None:
    box = box_of(layout, "B")
    image = _blank(box, scale)

    painter = QPainter(image)
    painter.scale(scale, scale)
    DrawnFormula(box, font).paint(painter, 5, 5 + box.height, QColor("black"))
    painter.end()

    ink = _ink(image)
    assert math.isclose(ink.height(), (box.height + box.depth) * scale, abs_tol=3)
    assert math.isclose(ink.top(), 5 * scale, abs_tol=3)


def test_the_index_of_an_accented_letter_stands_as_that_of_the_letter(layout: FormulaLayout) -> None:
    for letter in ("y", r"\beta", "q"):
        plain, accented = (box_of(layout, source) for source in (f"{letter}_i^2", rf"\hat{{{letter}}}_i^2"))

        assert _heights_of_scripts(accented) == _heights_of_scripts(plain)


def test_an_exponent_after_primes_stands_as_high_as_without_and_an_index_below_them(layout: FormulaLayout) -> None:
    plain, primed, indexed = (box_of(layout, source) for source in ("f^2", "f'^2", "f'_1^2"))

    assert _heights_of_scripts(primed) == _heights_of_scripts(plain)
    index = next(glyph for glyph in indexed.glyphs if glyph.y > 0)
    prime = next(glyph for glyph in indexed.glyphs[1:] if glyph.size_px == SIZE)
    assert index.x <= prime.x


def test_exponents_below_a_line_stand_lower(layout: FormulaLayout) -> None:
    free = _heights_of_scripts(box_of(layout, "x^2"))

    for source in (r"\sqrt{x^2}", r"\overline{x^2}"):
        assert _heights_of_scripts(box_of(layout, source)) > free


def test_exponents_stand_well_above_an_index(layout: FormulaLayout) -> None:
    (free,) = _heights_of_scripts(box_of(layout, "x^2"))
    above = min(_heights_of_scripts(box_of(layout, "x_1^2")))

    assert above <= free


@pytest.mark.parametrize("side", ["_", "^"])
@pytest.mark.parametrize("source", [r"\sum{}{{{}}}", r"\max{}{{{}}}", r"\int\limits{}{{{}}}"])
def test_limits_stand_at_one_height_whatever_their_letters(layout: FormulaLayout, source: str, side: str) -> None:
    heights = {
        _heights_of_scripts(box_of(layout, source.format(side, letters)))[0]
        for letters in ("a", "k", r"n \to m", "i=1")
    }

    assert len(heights) == 1


@pytest.mark.parametrize(
    ("source", "is_sign"),
    [
        ("|-x|", True),
        ("2|-x|", True),
        ("a=|-x|", True),
        ("|a|+|-x|", True),
        ("|a|-x", False),
        ("||a|-x|", False),
        ("|a|_1-x", False),
        ("a-x", False),
    ],
)
def test_a_minus_after_an_opening_bar_is_a_sign(layout: FormulaLayout, source: str, *, is_sign: bool) -> None:
    glyphs = box_of(layout, source).glyphs
    number = len(glyphs) - 1 - [glyph.glyph for glyph in reversed(glyphs)].index(_glyph(layout, "−"))
    tight = box_of(layout, "-x").glyphs

    distance, closest = glyphs[number + 1].x - glyphs[number].x, tight[1].x - tight[0].x
    assert (distance < closest + 0.01) is is_sign


def test_what_follows_a_fraction_or_binomial_stands_close(layout: FormulaLayout) -> None:
    growing = box_of(layout, r"\left(\frac{n}{k}\right)").width
    for alone, source in ((r"\frac{n}{k}", r"\frac{n}{k}x"), (r"\binom{n}{k}", r"\binom{n}{k}x")):
        followed = box_of(layout, source)

        assert followed.width == pytest.approx(box_of(layout, alone).width + box_of(layout, "x").width)
    assert box_of(layout, r"\left(\frac{n}{k}\right)x").width > growing + box_of(layout, "x").width + 1


def test_accents_above_take_the_place_of_the_dot(layout: FormulaLayout) -> None:
    for dotted, bare in (("i", r"\imath"), ("j", r"\jmath")):
        assert box_of(layout, rf"\hat{{{dotted}}}").glyphs == box_of(layout, rf"\hat{{{bare}}}").glyphs
    assert box_of(layout, "i").glyphs != box_of(layout, r"\imath").glyphs


@pytest.mark.parametrize(
    ("source", "is_list"),
    [
        ("(1,2,3)", True),
        (r"\{0,1\}^n", True),
        ("[0,1)", True),
        (r"\{1,2,\dots,n\}", True),
        ("(x,2,3)", True),
        ("1,234", False),
        ("(1,000)", False),
        ("0,5", False),
        ("(0,5x + 2)", False),
        (r"\frac{1,5}{2}", False),
    ],
)
def test_commas_part_the_items_of_a_list_and_no_number(layout: FormulaLayout, source: str, *, is_list: bool) -> None:
    tight = box_of(layout, source.replace(",", "{,}")).width

    assert (box_of(layout, source).width > tight + 1) is is_list


@pytest.mark.parametrize("sign", ["frown", "to", "rightarrow", "leftrightarrow"])
def test_arcs_and_arrows_above_letters_reach_over_them(layout: FormulaLayout, sign: str) -> None:
    box = box_of(layout, rf"\overset{{\{sign}}}{{ABC}}")
    plain = box_of(layout, "ABC")

    assert {glyph.size_px for glyph in box.glyphs} == {SIZE}
    assert plain.height < box.height < plain.height + 0.5 * SIZE
    assert box_of(layout, rf"X \overset{{\{sign}}}{{=}} Y").height > box.height - 0.5 * SIZE


@pytest.mark.parametrize("letters", ["AB", "ABC", "ABCD", "ABCDEF", "ABCDEFGHIJ"])
def test_arcs_and_braces_are_one_line_as_long_as_their_base(layout: FormulaLayout, letters: str) -> None:
    plain = box_of(layout, letters)

    for command, most_pieces in (("overparen", 1), ("overbrace", 1), ("underbrace", 1)):
        box = box_of(layout, rf"\{command}{{{letters}}}")
        assert len(box.glyphs) == len(letters) + most_pieces or plain.width > 2.6 * SIZE


def test_words_that_the_font_has_are_drawn_in_it_beside_others(layout: FormulaLayout) -> None:
    mixed, known = box_of(layout, r"\textbf{Answer: 答案 5}"), box_of(layout, r"\textbf{Answer:5}")
    arabic = box_of(layout, r"\text{السرعة x}")

    assert [word.text for word in mixed.words] == ["答案 "]
    assert [glyph.glyph for glyph in mixed.glyphs] == [glyph.glyph for glyph in known.glyphs]
    assert mixed.glyphs[-2].x < mixed.words[0].x < mixed.glyphs[-1].x
    assert [word.text for word in arabic.words] == ["السرعة x"]


def _heights_of_scripts(box: Box) -> list[float]:
    return [round(glyph.y, 6) for glyph in box.glyphs if glyph.size_px < SIZE]


def _glyph(layout: FormulaLayout, source: str) -> int:
    return box_of(layout, source).glyphs[0].glyph


def _blank(box: Box, scale: float) -> QImage:
    width, height = (math.ceil((length + 10) * scale) for length in (box.width, box.height + box.depth))
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    return image


def _ink(image: QImage) -> QRect:
    """Return the least rectangle that holds all that is dark."""
    dark = [
        (x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).lightness() < 128
    ]
    xs, ys = {x for x, _ in dark}, {y for _, y in dark}
    return QRect(min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1) if dark else QRect()
