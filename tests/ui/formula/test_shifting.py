"""What stands elsewhere than its room: laps, smashes, raised words; and bars."""

from __future__ import annotations

import pytest

from phidesk.ui.formula.boxes import Box
from phidesk.ui.formula.layout import FormulaLayout
from phidesk.ui.formula.math_font import MathFont
from tests.ui.formula.laid_out import SIZE, box_of


def place_of(font: MathFont, box: Box, character: str) -> tuple[float, float]:
    wanted = font.glyph(character)
    return next((glyph.x, glyph.y) for glyph in box.glyphs if glyph.glyph == wanted)


@pytest.mark.parametrize(
    ("command", "side"),
    [("mathllap", -1.0), ("mathrlap", 0.0), ("mathclap", -0.5), ("llap", -1.0), ("rlap", 0.0), ("clap", -0.5)],
)
@pytest.mark.parametrize("content", ["{mm}", "{$mm$}"])
def test_what_laps_takes_no_room(
    font: MathFont, layout: FormulaLayout, command: str, side: float, content: str
) -> None:
    if command.startswith("math"):
        content = "{mm}"
    inner, alone = box_of(layout, "mm"), box_of(layout, "ab")
    box = box_of(layout, rf"a\{command}{content}b")

    (x, _), (after, _) = place_of(font, box, "𝑚"), place_of(font, box, "𝑏")
    assert box.width == pytest.approx(alone.width)
    assert x == pytest.approx(after + side * inner.width)


@pytest.mark.parametrize(("option", "is_high", "is_deep"), [("", False, False), ("[t]", False, True), ("[b]", True, False)])  # fmt: skip
def test_what_is_smashed_has_no_height_or_depth(
    layout: FormulaLayout, option: str, is_high: bool, is_deep: bool
) -> None:
    plain, box = box_of(layout, r"\frac{a}{b}"), box_of(layout, rf"\smash{option}{{\frac{{a}}{{b}}}}")

    assert box.width == plain.width
    assert box.height == (plain.height if is_high else 0)
    assert box.depth == (plain.depth if is_deep else 0)
    assert box.glyphs == plain.glyphs


@pytest.mark.parametrize(
    ("source", "raised_em"),
    [
        (r"\raisebox{0.5em}{x}", 0.5),
        (r"\raisebox{-1em}[1pt][2pt]{x}", -1.0),
        (r"\raise 0.5em\hbox{x}", 0.5),
        (r"\lower 1em {x}", -1.0),
        (r"\raisebox{999em}{x}", 5.0),
        (r"\raisebox{high}{x}", 0.0),
        (r"\moveright 2em x", 0.0),
    ],
)
def test_what_is_raised_stands_higher_and_takes_its_room_there(
    layout: FormulaLayout, source: str, raised_em: float
) -> None:
    box = box_of(layout, source)

    (glyph,) = box.glyphs
    assert -glyph.y == pytest.approx(raised_em * SIZE)
    assert (box.height > SIZE * raised_em > 0) or (box.depth >= -SIZE * raised_em >= 0)


def test_what_is_centred_stands_around_the_axis(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\vcenter{\frac{\frac{a}{b}}{c}}")

    axis = box_of(layout, r"\vcenter{x}")
    assert box.height - box.depth == pytest.approx(axis.height - axis.depth, abs=0.05 * SIZE)


@pytest.mark.parametrize(
    ("source", "width_em", "height_em", "lower_em"),
    [
        (r"\rule{2em}{1em}", 2.0, 1.0, 0.0),
        (r"\rule[-0.5em]{1em}{1em}", 1.0, 1.0, -0.5),
        (r"\rule{900cm}{900cm}", 20.0, 5.0, 0.0),
        (r"\rule{\textwidth}{1pt}", 18.0, 0.1, 0.0),
        (r"\rule{0.5\linewidth}{1pt}", 9.0, 0.1, 0.0),
    ],
)
def test_a_bar_is_as_large_as_it_is_asked_for_within_bounds(
    layout: FormulaLayout, source: str, width_em: float, height_em: float, lower_em: float
) -> None:
    box = box_of(layout, source)

    (bar,) = box.bars
    assert (bar.width, bar.height) == pytest.approx((width_em * SIZE, height_em * SIZE))
    assert bar.y + bar.height == pytest.approx(-lower_em * SIZE)
    assert box.height == pytest.approx(-bar.y)


def test_a_bar_without_width_only_takes_room(layout: FormulaLayout) -> None:
    box = box_of(layout, r"x\rule{0pt}{3em}")

    assert not box.bars
    assert box.height == pytest.approx(3 * SIZE)


@pytest.mark.parametrize(("option", "side"), [("", 0.5), ("[l]", 0.0), ("[r]", 1.0), ("[x]", 0.5)])
def test_the_numerator_of_a_continued_fraction_stands_where_it_is_wanted(
    font: MathFont, layout: FormulaLayout, option: str, side: float
) -> None:
    box = box_of(layout, rf"\cfrac{option}{{1}}{{2 + mmmm}}")

    (bar,) = box.bars
    middle = place_of(font, box, "1")[0] + 0.25 * SIZE
    assert abs((middle - bar.x) / bar.width - side) < 0.15
    assert len(box.glyphs) == 7


def test_the_value_of_what_is_cancelled_keeps_away_from_the_arrow(font: MathFont, layout: FormulaLayout) -> None:
    box = box_of(layout, r"\cancelto{0}{x + y}")

    tip = max(max(line.x1, line.x2) for line in box.lines)
    assert place_of(font, box, "0")[0] > tip + 0.1 * SIZE


@pytest.mark.parametrize("arrow", [r"\longrightarrow", r"\Longleftrightarrow", r"\ll"])
def test_a_negating_stroke_goes_through_the_middle(font: MathFont, layout: FormulaLayout, arrow: str) -> None:
    box = box_of(layout, rf"\not{arrow}")

    stroke = box.glyphs[-1]
    metrics = font.metrics(stroke.glyph)
    middle = stroke.x + (metrics.left + metrics.right) / 2 * SIZE
    assert middle == pytest.approx(box.width / 2, abs=0.05 * SIZE)


@pytest.mark.parametrize(("source", "is_above"), [(r"\overbracket{abc}^n", True), (r"\underbracket[1pt][2pt]{abc}_n", False)])  # fmt: skip
def test_a_bracket_is_as_wide_as_what_it_holds_and_its_label_stands_beyond(
    font: MathFont, layout: FormulaLayout, source: str, is_above: bool
) -> None:
    box, plain = box_of(layout, source), box_of(layout, "abc")

    label, letter = place_of(font, box, "𝑛"), place_of(font, box, "𝑏")
    assert (label[1] < letter[1] - 0.8 * SIZE) == is_above
    assert box.width < 1.2 * plain.width
    assert plain.width * 0.3 < label[0] < plain.width * 0.7
