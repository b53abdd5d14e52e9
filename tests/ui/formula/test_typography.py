"""Formulas as a teacher would set them: heights of scripts, distances, sizes. Asserted is what a reader sees."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from phidesk.core.paths import package_resources
from phidesk.richtext.formula.parser import parse_formula
from phidesk.ui.formula.boxes import Box, DrawnFormula
from phidesk.ui.formula.layout import FormulaLayout
from phidesk.ui.formula.math_font import MathFont

SIZE = 20.0


@pytest.fixture(scope="module")
def font(qapp: QApplication) -> MathFont:
    return MathFont(package_resources() / "fonts" / "STIXTwoMath.ttf")


@pytest.fixture(scope="module")
def layout(font: MathFont) -> FormulaLayout:
    return FormulaLayout(font)


def box_of(layout: FormulaLayout, source: str, *, is_display: bool = True) -> Box:
    return layout.lay_out(parse_formula(source), SIZE, is_display=is_display)


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
