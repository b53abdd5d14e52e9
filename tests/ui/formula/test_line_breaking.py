"""Formulas wider than their column: broken into lines where a reader would, and legible."""

from __future__ import annotations

import pytest

from phidesk.ui.formula.boxes import Box
from phidesk.ui.formula.layout import FormulaLayout
from tests.richtext.formula.formula_collection import read_formulas
from tests.ui.formula.laid_out import SIZE, box_of

SUM = "s = aaaa + bbbb + cccc + dddd + eeee + ffff"
CHAIN = "xxxx + 1 = yyyy + 2 = zzzz + 3"
ALIGNED = r"\begin{aligned} s &= aaaa + bbbb + cccc + dddd \\ &= eeee \end{aligned}"
WIDE_LEFT = r"\begin{aligned} ssssssssss &= aaaa + bbbb \\ &= cccc \end{aligned}"
WORDS = r"\text{the answer is written in words only}"


def lines_of(box: Box, layout: FormulaLayout) -> list[list[str]]:
    """Return the signs + and = with which lines begin, and the number of glyphs, from the top to the bottom."""
    names = {box_of(layout, sign).glyphs[0].glyph: sign for sign in "+=×"}
    heights = sorted({round(glyph.y, 3) for glyph in box.glyphs})
    rows = [sorted((glyph.x, glyph.glyph) for glyph in box.glyphs if round(glyph.y, 3) == y) for y in heights]
    return [[names.get(glyph, "") for _, glyph in row] for row in rows]


@pytest.mark.parametrize("source", [SUM, CHAIN, ALIGNED, WIDE_LEFT, WORDS, rf"\boxed{{{WORDS}}}", rf"\boxed{{{SUM}}}"])
def test_lines_fit_and_lose_nothing(layout: FormulaLayout, source: str) -> None:
    whole = box_of(layout, source)

    broken = box_of(layout, source, room_px=190.0)

    assert whole.width > 190
    assert broken.width <= 190
    assert broken.height + broken.depth > whole.height + whole.depth
    assert sorted(glyph.glyph for glyph in broken.glyphs) == sorted(glyph.glyph for glyph in whole.glyphs)
    assert {glyph.size_px for glyph in broken.glyphs} == {SIZE}


@pytest.mark.parametrize(("source", "begin"), [(SUM, "+"), (CHAIN, "=")])
def test_further_lines_begin_with_their_sign(layout: FormulaLayout, source: str, begin: str) -> None:
    first, *others = lines_of(box_of(layout, source, room_px=170.0), layout)

    assert others
    assert first[0] == ""
    assert all(line[0] == begin for line in others)


def test_a_sum_is_broken_before_its_terms_and_not_within_one(layout: FormulaLayout) -> None:
    _, *others = lines_of(box_of(layout, r"aaaa \times bb + cccc \times dd + eeee \times ff", room_px=140.0), layout)

    assert [line[0] for line in others] == ["+", "+"]


def test_right_sides_stay_aligned(layout: FormulaLayout) -> None:
    box = box_of(layout, ALIGNED, room_px=190.0)
    equals = box_of(layout, "=").glyphs[0].glyph

    assert len({round(glyph.x, 3) for glyph in box.glyphs if glyph.glyph == equals}) == 1


@pytest.mark.parametrize("room", [40.0, 150.0, 400.0])
def test_no_formula_loses_glyphs_or_grows_wider(layout: FormulaLayout, room: float) -> None:
    for source in (source for sources in read_formulas().values() for source in sources[:12]):
        try:
            whole, broken = box_of(layout, source), box_of(layout, source, room_px=room)
        except ValueError:
            continue

        assert broken.width <= max(room, whole.width) + 1, source
        assert len(broken.glyphs) >= len(whole.glyphs), source
        if whole.width <= room:
            assert broken.glyphs == whole.glyphs, source
