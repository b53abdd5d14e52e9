"""Frames, fillings and strokes: what is seen around, behind and through a part of a formula."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from phidesk.ui.formula.boxes import Box, DrawnFormula
from phidesk.ui.formula.layout import FormulaLayout
from phidesk.ui.formula.math_font import MathFont
from tests.ui.formula.laid_out import SIZE, box_of

MARGIN = 10


def picture_of(font: MathFont, box: Box, *, text: str = "#111111", ground: str = "white") -> QImage:
    """Return a picture with a margin around the box, its upper left corner at (MARGIN, MARGIN)."""
    size = (round(box.width) + 2 * MARGIN, round(box.height + box.depth) + 2 * MARGIN)
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor(ground))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    DrawnFormula(box, font).paint(painter, MARGIN, MARGIN + box.height, QColor(text))
    painter.end()
    return image


def colors_in(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


@pytest.mark.parametrize("theme", [("#111111", "white"), ("#eeeeee", "#101010")])
@pytest.mark.parametrize(
    ("source", "fill", "letters"),
    [
        (r"\colorbox{yellow}{$\blacksquare$}", "#ffff00", "#000000"),
        (r"\colorbox{blue}{$\blacksquare$}", "#0000ff", "#ffffff"),
        (r"\fcolorbox{red}{NavyBlue}{$\blacksquare$}", "#006eb8", "#ffffff"),
        (r"\bbox[yellow]{\blacksquare}", "#ffff00", "#000000"),
        (r"\bbox[#ffcc00, 5px, border: 2px solid red]{\blacksquare}", "#ffcc00", "#000000"),
        (r"\colorbox[HTML]{FFCC00}{$\blacksquare$}", "#ffcc00", "#000000"),
        (r"\color{white}\colorbox{yellow}{$\textcolor{blue}{\blacksquare}$}", "#ffff00", "#0000ff"),
        (r"\definecolor{mine}{gray}{0.2}\colorbox{mine}{$\blacksquare$}", "#333333", "#ffffff"),
        (r"\enclose{box}[mathbackground=\"yellow\"]{\blacksquare}".replace("\\\"", '"'), "#ffff00", "#000000"),
    ],
)  # fmt: skip
def test_letters_on_a_filling_can_be_read_in_every_theme(
    font: MathFont, layout: FormulaLayout, source: str, fill: str, letters: str, theme: tuple[str, str]
) -> None:
    text, ground = theme
    image = picture_of(font, box_of(layout, source), text=text, ground=ground)

    middle = image.pixelColor(image.width() // 2, image.height() // 2)
    assert middle.name() == letters
    assert fill in colors_in(image)
    assert image.pixelColor(2, 2) == QColor(ground)


def test_a_colour_that_would_vanish_on_a_filling_is_changed(font: MathFont, layout: FormulaLayout) -> None:
    image = picture_of(font, box_of(layout, r"\colorbox{yellow}{$\textcolor{yellow}{\blacksquare}$}"))

    middle = image.pixelColor(image.width() // 2, image.height() // 2)
    assert middle.lightness() < QColor("yellow").lightness() - 50


def test_an_unknown_filling_is_a_frame(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\colorbox{nonsense}{x}")

    assert (len(box.fillings), len(box.bars)) == (0, 4)


def test_a_filling_within_a_filling_lies_on_it(font: MathFont, layout: FormulaLayout) -> None:
    image = picture_of(font, box_of(layout, r"\bbox[yellow]{x + \bbox[blue]{y}}"))

    assert {"#ffff00", "#0000ff", "#000000", "#ffffff"} <= colors_in(image)


def test_a_tag_in_what_is_filled_stands_at_the_margin(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\bbox[yellow]{x = 1 \tag{3}}", column_px=500)

    (filling,) = box.fillings
    assert filling.x + filling.box.width < 300
    assert max(glyph.x for glyph in box.glyphs) > 450


@pytest.mark.parametrize(
    ("notation", "sides"),
    [
        ("top", "t"), ("bottom", "b"), ("left", "l"), ("right", "r"), ("box", "blrt"), ("actuarial", "rt"),
        ("madruwb", "br"), ("top left", "lt"),
    ],
)  # fmt: skip
def test_lines_stand_at_the_sides_that_are_asked_for(layout: FormulaLayout, notation: str, sides: str) -> None:
    plain, box = box_of(layout, "xy"), box_of(layout, rf"\enclose{{{notation}}}{{xy}}")

    found = {
        "t": any(bar.width > bar.height and bar.y < -plain.height for bar in box.bars),
        "b": any(bar.width > bar.height and bar.y > 0 for bar in box.bars),
        "l": any(bar.height > bar.width and bar.x == 0 for bar in box.bars),
        "r": any(bar.height > bar.width and bar.x > plain.width / 2 for bar in box.bars),
    }
    assert "".join(sorted(side for side, is_there in found.items() if is_there)) == sides
    assert (box.height > plain.height) == ("t" in sides)
    assert (box.width > plain.width) == bool({"l", "r"} & set(sides))


@pytest.mark.parametrize("notation", ["circle", "roundedbox"])
def test_an_outline_goes_around_all_ink(font: MathFont, layout: FormulaLayout, notation: str) -> None:
    plain, box = box_of(layout, r"\blacksquare"), box_of(layout, rf"\enclose{{{notation}}}{{\blacksquare}}")
    image = picture_of(font, box)

    (outline,) = box.outlines
    assert (outline.width, outline.height) == (box.width, box.height + box.depth)
    assert box.width > plain.width
    assert box.height > plain.height
    assert image.pixelColor(MARGIN, MARGIN) == QColor("white")
    assert image.pixelColor(image.width() // 2, MARGIN) != QColor("white")


def test_a_long_division_has_a_bow_at_its_left_and_a_bar_above(layout: FormulaLayout) -> None:
    plain, box = box_of(layout, "123"), box_of(layout, r"\longdiv{123}")

    (bar,) = box.bars
    bow, *digits = sorted(box.glyphs, key=lambda glyph: glyph.x)
    assert bar.x < digits[0].x
    assert bar.y <= -plain.height - 1
    assert bar.x + bar.width >= box.width - 1
    assert bow.x <= bar.x


def test_the_angle_of_a_phase_stands_before_it(layout: FormulaLayout) -> None:
    box = box_of(layout, r"\phase{30}")

    (line,), (bar,) = box.lines, box.bars
    assert line.x2 < min(glyph.x for glyph in box.glyphs)
    assert line.y1 > line.y2
    assert bar.y > 0


def test_both_halves_of_a_frame_over_columns_meet(layout: FormulaLayout) -> None:
    source = r"\begin{align} \Aboxed{x &= \frac{a}{b}} \\ y + z + u &= w \end{align}"
    box = box_of(layout, source)

    upright = [bar for bar in box.bars if bar.height > bar.width]
    level = sorted((bar for bar in box.bars if bar.width > 1.5 * SIZE or bar.x), key=lambda bar: (bar.y, bar.x))
    left, right = upright
    assert (left.y, left.height) == (right.y, right.height)
    tops = [bar for bar in level if bar.width > bar.height and bar.y == left.y]
    assert [round(bar.x, 3) for bar in tops[1:]] == [round(bar.x + bar.width, 3) for bar in tops[:-1]]


@pytest.mark.parametrize("source", [r"\Aboxed{x = y}", r"\Aboxed{\Aboxed{a &= b} &= c}", r"\Aboxed{", r"\Aboxed{x &"])
def test_a_frame_over_columns_without_columns_is_a_box(layout: FormulaLayout, source: str) -> None:
    assert box_of(layout, source).bars


def test_a_striking_line_goes_from_end_to_end(layout: FormulaLayout) -> None:
    plain, box = box_of(layout, "abc"), box_of(layout, r"\xcancel{abc}")

    assert len(box.lines) == 2
    assert all(abs(line.x2 - line.x1) > plain.width for line in box.lines)
    assert (box.width, box.height, box.depth) == (plain.width, plain.height, plain.depth)


@pytest.mark.parametrize(
    ("source", "grounds"),
    [
        (r"\begin{array}{cc} \cellcolor{yellow} M & M \\ M & \cellcolor[gray]{0.2} M \end{array}", "y..g"),
        (r"\begin{array}{cc} \rowcolor{yellow} M & M \\ M & M \end{array}", "yy.."),
        (r"\begin{array}{c>{\columncolor{yellow}}c} M & M \\ M & M \end{array}", ".y.y"),
        (r"\begin{array}{cc} \hline \rowcolor{yellow} M & \cellcolor[gray]{0.2} M \\ \hline M & M \end{array}", "yg.."),
        (r"\begin{array}{cc} \cellcolor{nonsense} M & M \\ M & M \end{array}", "...."),
        (r"\begin{tabular}{cc} \cellcolor{yellow} M & M \\ M & M \end{tabular}", "y..."),
    ],
)
def test_the_ground_of_a_cell_is_as_large_as_the_cell(
    font: MathFont, layout: FormulaLayout, source: str, grounds: str
) -> None:
    box = box_of(layout, source.replace("M", r"\phantom{m}"))
    image = picture_of(font, box)

    names = {"#ffff00": "y", "#333333": "g", "#ffffff": "."}
    seen = ""
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        x = MARGIN + 2 + column * (round(box.width) - 5)
        y = MARGIN + 3 + row * (round(box.height + box.depth) - 7)
        seen += names.get(image.pixelColor(x, y).name(), "?")
    assert seen == grounds


def test_cells_on_one_ground_have_no_seam(font: MathFont, layout: FormulaLayout) -> None:
    box = box_of(layout, r"\begin{array}{ccc} \rowcolor{yellow} 1 & mm & 3 \end{array}")
    image = picture_of(font, box)

    row = {image.pixelColor(x, MARGIN + 1).name() for x in range(MARGIN + 1, MARGIN + int(box.width) - 1)}
    assert row == {"#ffff00"}


def test_a_cell_over_rows_and_columns_has_its_ground_everywhere(layout: FormulaLayout) -> None:
    source = (
        r"\begin{array}{cc} \multirow{2}{*}{\cellcolor{yellow} x} & 1 \\ & 2 \\"
        r" \cellcolor{yellow}\multicolumn{2}{c}{y} \end{array}"
    )
    box = box_of(layout, source)

    high, wide = box.fillings
    assert high.box.height + high.box.depth > 1.8 * (wide.box.height + wide.box.depth)
    assert wide.box.width == pytest.approx(box.width)
