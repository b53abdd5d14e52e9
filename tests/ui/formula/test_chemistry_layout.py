"""Chemical formulas as a chemist sets them: what a reader sees of bonds, charges, isotopes and arrows."""

from __future__ import annotations

import pytest

from phidesk.richtext.formula.parser import parse_formula
from phidesk.ui.formula.boxes import Box, PlacedGlyph
from phidesk.ui.formula.layout import FormulaLayout
from phidesk.ui.formula.math_font import MathFont
from tests.richtext.formula.formula_collection import read_formulas
from tests.ui.formula.laid_out import SIZE


def box_of(layout: FormulaLayout, source: str) -> Box:
    return layout.lay_out(parse_formula(rf"\ce{{{source}}}"), SIZE, is_display=True)


def scripts_of(box: Box) -> list[PlacedGlyph]:
    return sorted((glyph for glyph in box.glyphs if glyph.size_px < SIZE), key=lambda glyph: glyph.x)


def of_character(box: Box, font: MathFont, character: str) -> PlacedGlyph:
    (glyph,) = (glyph for glyph in box.glyphs if glyph.glyph == font.glyph(character))
    return glyph


@pytest.mark.parametrize("source", read_formulas()["chemistry"])
def test_every_sign_is_in_the_font(layout: FormulaLayout, source: str) -> None:
    box = layout.lay_out(parse_formula(source), SIZE, is_display=True)

    assert box.words == []
    assert all(glyph.glyph for glyph in box.glyphs)


@pytest.mark.parametrize("source", ["H2O + Ca(OH)2 + [Fe]2 + Mg2", "NH3 + H2Sg2"])
def test_numbers_of_atoms_are_level(layout: FormulaLayout, source: str) -> None:
    heights = {round(glyph.y, 3) for glyph in scripts_of(box_of(layout, source))}

    assert len(heights) == 1
    assert heights.pop() > 0


@pytest.mark.parametrize("source", ["Na+ + Mg^2+ + [Fe]^3+ + SO4^2-", "H^{+}+(OH)-"])
def test_charges_are_level(layout: FormulaLayout, source: str) -> None:
    heights = {round(glyph.y, 3) for glyph in scripts_of(box_of(layout, source)) if glyph.y < 0}

    assert len(heights) == 1


def test_a_charge_stands_behind_the_number_of_atoms(layout: FormulaLayout) -> None:
    four, two, minus = scripts_of(box_of(layout, "SO4^2-"))

    assert four.y > 0
    assert two.y == minus.y < 0
    assert four.x < two.x < minus.x


def test_a_state_below_stands_behind_the_charge(layout: FormulaLayout) -> None:
    plus, *state = scripts_of(box_of(layout, "Na+_{(aq)}"))

    assert plus.y < 0
    assert all(glyph.y > 0 and glyph.x > plus.x for glyph in state)


def test_numbers_of_an_isotope_end_at_its_letter(layout: FormulaLayout, font: MathFont) -> None:
    box = box_of(layout, "^{14}_{6}C")
    one, *others = scripts_of(box)

    ends = {round(glyph.x + font.metrics(glyph.glyph).advance * glyph.size_px, 2) for glyph in others}
    assert len(ends) == 1
    assert one.x < min(glyph.x for glyph in others)
    assert ends.pop() <= of_character(box, font, "C").x


@pytest.mark.parametrize("bond", ["-", "=", "#"])
def test_a_bond_is_nearer_than_an_operation(layout: FormulaLayout, bond: str) -> None:
    near, far = box_of(layout, f"H{bond}H"), box_of(layout, "H + H")

    assert near.width < far.width - 0.2 * SIZE


def test_an_equation_is_wider_than_its_letters_by_spaces_around_signs(layout: FormulaLayout) -> None:
    assert box_of(layout, "2H2O").width > box_of(layout, "H2O").width + 0.5 * SIZE
    assert box_of(layout, "H2O(l)").width < box_of(layout, "H2O {(l)}").width


@pytest.mark.parametrize("arrow", ["->", "<-", "<->", "<=>", "<=>>", "<<=>", "<-->", "=>"])
def test_labels_stand_above_and_below_every_arrow(layout: FormulaLayout, arrow: str) -> None:
    box = box_of(layout, f"A {arrow}[much heat][cat.] B")

    above = [glyph for glyph in scripts_of(box) if glyph.y < -0.3 * SIZE]
    below = [glyph for glyph in scripts_of(box) if glyph.y > 0.3 * SIZE]
    shafts = [glyph for glyph in box.glyphs if glyph.size_px == SIZE][1:-1]
    assert (len(above), len(below)) == (len("muchheat"), len("cat."))
    assert min(glyph.x for glyph in shafts) < above[0].x
    assert box.width > box_of(layout, f"A {arrow} B").width


@pytest.mark.parametrize(("source", "long", "short"), [("<=>>", "⇀", "↽"), ("<<=>", "↽", "⇀")])
def test_an_equilibrium_on_one_side_has_a_long_and_a_short_arrow(
    layout: FormulaLayout, font: MathFont, source: str, long: str, short: str
) -> None:
    box = box_of(layout, source)

    rows: dict[float, list[PlacedGlyph]] = {}
    for glyph in box.glyphs:
        rows.setdefault(round(glyph.y, 3), []).append(glyph)
    upper, lower = (rows[y] for y in sorted(rows))
    starts = {"⇀": min(glyph.x for glyph in upper), "↽": min(glyph.x for glyph in lower)}
    assert starts[long] < starts[short]
