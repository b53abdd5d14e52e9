"""Formulas within the text of a document: each is one character that Qt lets us draw.

Measured and drawn by `ui/formula`. Qt sets such a character on the base line by the descent of its font
(QTextDocumentLayout::resizeInlineObject), so it gets a font whose descent is the depth of the formula.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QFont,
    QFontInfo,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPyTextObject,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
)
from typing_extensions import override

from phidesk.core.paths import package_resources
from phidesk.richtext.formula.delimiters import read_delimited

if TYPE_CHECKING:
    from phidesk.ui.formula.boxes import DrawnFormula
    from phidesk.ui.formula.layout import FormulaLayout
    from phidesk.ui.formula.math_font import MathFont

FORMULA_OBJECT = QTextFormat.ObjectTypes.UserObject.value + 1
OBJECT_CHARACTER = "\ufffc"
FONT_FILE = "STIXTwoMath.ttf"
MOST_FORMULAS = 500
"""Drawn formulas that are kept; a screen shows thirty."""
MOST_ENLARGED = 1.25
"""Interface fonts have high small letters; more than this would make formulas look loud."""

_FORMULA = QTextFormat.Property.UserProperty.value + 1
"""The property of a character that says which formula it stands for: size and source."""
_HAS_MARGIN = _FORMULA + 1
"""The property of such a character that says whether its formula is as wide as the document."""
_LEAST_ABOVE = QTextFormat.Property.UserProperty.value + 2
_LEAST_BELOW = QTextFormat.Property.UserProperty.value + 3
"""How far the letters around reach: less high a formula never is in a cell of a table."""
_USUAL_PX = 16
_USUAL_ASCENT_EM, _USUAL_DESCENT_EM = 1.0, 0.4
_LEADING_EM = 0.12
"""Above what is higher and below what is deeper than letters: it never touches the lines around it."""
_SIDE_PX = 1
"""Room beside a formula, so that slanted letters do not touch their neighbours."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A formula, and the whole pixels that it takes above and below the base line."""

    formula: DrawnFormula
    above: int
    below: int
    width: int
    size: QSizeF

    def scale_in(self, room: float) -> float:
        """Return how much smaller the formula must be to fit into a line."""
        return room / self.width if 0 < room < self.width else 1.0


class FormulaObjects(QPyTextObject):
    """Draws the formulas of all documents that it is registered with. The font is read with the first formula."""

    def __init__(self) -> None:
        super().__init__()
        self._font: MathFont | None = None
        self._layout: FormulaLayout | None = None
        self._placed: OrderedDict[tuple[str, int | None, int | None], _Placed | None] = OrderedDict()
        self._size_px = _USUAL_PX
        self._text_fonts: dict[tuple[str, int], QFont] = {}
        self._sizes_px: dict[str, int] = {}
        self.laid_out = 0
        """Formulas so far: what showing them costs."""

    def can_draw(self, source: str) -> bool:
        """Whether this source, with its delimiters, can be drawn; else it is shown as it is."""
        return self._place(_key(source, self._size_px)) is not None  # Mostly it is drawn next, in the same size.

    def char_format(self, source: str, text_format: QTextCharFormat, *, is_in_column: bool) -> QTextCharFormat:
        """Return the format of the one character that stands for a formula, its letters as large as the text's.

        `is_in_column`: it is as wide as the document where it has tags, which stand at its right margin.
        """
        self._size_px = self._fitting_size(text_format.font())
        key = _key(source, self._size_px)
        placed = self._place(key)
        char_format = QTextCharFormat(text_format)
        char_format.setObjectType(FORMULA_OBJECT)
        char_format.setProperty(_FORMULA, key)
        char_format.setProperty(_HAS_MARGIN, is_in_column and _has_margin(source))
        char_format.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignBaseline)
        below = placed.below if placed is not None else 0
        if not is_in_column:  # In cells only the upper ends of lines are level.
            metrics = QFontMetrics(text_format.font())
            below = max(below, metrics.descent())
            char_format.setProperty(_LEAST_ABOVE, metrics.ascent())
            char_format.setProperty(_LEAST_BELOW, metrics.descent())
        if placed is not None:
            char_format.setFont(self._font_with_descent(text_format.font(), below))
        return char_format

    def width(self, source: str, text_format: QTextCharFormat) -> float:
        """Return the width of a formula beside letters of this format."""
        placed = self._place(_key(source, self._fitting_size(text_format.font())))
        return placed.width if placed is not None else 0.0

    @override
    def intrinsicSize(self, doc: QTextDocument, posInDocument: int, format: QTextFormat) -> QSizeF:
        placed = self._of(format, doc)
        if placed is None:
            return QSizeF()
        scale = placed.scale_in(doc.textWidth())
        size = placed.size
        if format.hasProperty(_LEAST_ABOVE):
            least = format.intProperty(_LEAST_ABOVE), format.intProperty(_LEAST_BELOW)
            size = QSizeF(size.width(), max(placed.above, least[0]) + max(placed.below, least[1]))
        return size if scale == 1.0 else size * scale

    @override
    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,
        posInDocument: int,
        format: QTextFormat,
    ) -> None:
        placed = self._of(format, doc)
        if placed is None:
            return
        scale = placed.scale_in(doc.textWidth())
        ink = format.toCharFormat().foreground()
        color = painter.pen().color() if ink.style() == Qt.BrushStyle.NoBrush else ink.color()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(QRectF(rect).topLeft())
        painter.scale(scale, scale)
        placed.formula.paint(painter, _SIDE_PX, max(placed.above, format.intProperty(_LEAST_ABOVE)), color)
        painter.restore()

    def _fitting_size(self, text_font: QFont) -> int:
        """Return the size in which small letters are as high as those of the text."""
        name = text_font.key()
        if name not in self._sizes_px:
            font, _ = self._tools()
            text_px = QFontInfo(text_font).pixelSize()
            letter_px = QFontMetricsF(text_font).xHeight() / font.metrics(font.glyph("x")).ascent
            self._sizes_px[name] = round(min(MOST_ENLARGED * text_px, max(text_px, letter_px)))
        return self._sizes_px[name]

    def _font_with_descent(self, font: QFont, descent_px: int) -> QFont:
        key = font.key(), descent_px
        if key not in self._text_fonts:
            self._text_fonts[key] = _font_with_descent(font, descent_px)
        return self._text_fonts[key]

    def _of(self, char_format: QTextFormat, document: QTextDocument) -> _Placed | None:
        """Return a formula as it is in a document; where it is wider, its lines are broken."""
        key, width = str(char_format.property(_FORMULA)), int(document.textWidth())
        column_px = width if char_format.boolProperty(_HAS_MARGIN) and width > 0 else None
        placed = self._place(key, column_px)
        return self._place(key, column_px, width) if placed is not None and 0 < width < placed.width else placed

    def _place(self, key: str, column_px: int | None = None, room_px: int | None = None) -> _Placed | None:
        name = key, column_px, room_px
        if name not in self._placed:
            size_px, _, source = key.partition(" ")
            self._placed[name] = self._lay_out(source, int(size_px), column_px, room_px)
            if len(self._placed) > MOST_FORMULAS:
                self._placed.popitem(last=False)
        return self._placed[name]

    def _lay_out(self, source: str, size_px: int, column_px: int | None, room_px: int | None) -> _Placed | None:
        from phidesk.richtext.formula.parser import FormulaTooDeep, parse_formula  # noqa: PLC0415 - see `_tools`
        from phidesk.ui.formula.boxes import DrawnFormula  # noqa: PLC0415 - see `_tools`

        delimited = read_delimited(source)
        if delimited is None or not delimited.source.strip():
            return None
        try:
            tree = parse_formula(delimited.source)
        except FormulaTooDeep:
            return None
        font, layout = self._tools()
        self.laid_out += 1
        column, room = (None if width is None else max(0, width - 2 * _SIDE_PX) for width in (column_px, room_px))
        box = layout.lay_out(tree, size_px, is_display=delimited.is_display, column_px=column, room_px=room)
        if not box.has_ink:
            return None
        formula, leading_px = DrawnFormula(box, font), _LEADING_EM * size_px
        above = math.ceil(box.height + (leading_px if box.height > _USUAL_ASCENT_EM * size_px else 0))
        below = max(1, math.ceil(box.depth + (leading_px if box.depth > _USUAL_DESCENT_EM * size_px else 0)))
        width = math.ceil(formula.width) + 2 * _SIDE_PX
        if room_px is not None and not delimited.is_display:
            width = max(width, room_px)  # What follows several lines begins on another one.
        return _Placed(formula, above, below, width, QSizeF(width, above + below))

    def _tools(self) -> tuple[MathFont, FormulaLayout]:
        """Make what formulas need when the first one comes: most conversations need not wait for it at the start."""
        if self._font is None or self._layout is None:
            from phidesk.ui.formula.layout import FormulaLayout  # noqa: PLC0415 - see above
            from phidesk.ui.formula.math_font import MathFont  # noqa: PLC0415 - see above

            self._font = MathFont(package_resources() / "fonts" / FONT_FILE)
            self._layout = FormulaLayout(self._font)
        return self._font, self._layout


def is_display_formula(source: str) -> bool:
    """Whether the delimiters ask for a line of its own."""
    delimited = read_delimited(source)
    return delimited is not None and delimited.is_display


def _has_margin(source: str) -> bool:
    """Whether a formula wants the right margin of its column, for tags."""
    return "\\tag" in source and is_display_formula(source)


def _key(source: str, size_px: int) -> str:
    return f"{size_px} {source}"


def _font_with_descent(font: QFont, descent_px: int) -> QFont:
    """Return the font in the size in which its letters reach so far below the base line."""
    found = QFont(font)
    found.setPixelSize(100)
    size = max(1, math.floor(descent_px / max(1, QFontMetrics(found).descent()) * 100))
    found.setPixelSize(size)
    while QFontMetrics(found).descent() < descent_px:
        size += 1
        found.setPixelSize(size)
    while size > 1 and QFontMetrics(found).descent() > descent_px:
        size -= 1
        found.setPixelSize(size)
    return found
