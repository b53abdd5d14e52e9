"""What a formula is made of when everything has its place: glyphs, bars and lines in a box.

Lengths are pixels; y grows downwards from the base line. A box is filled while it is laid out and read-only afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QGlyphRun, QPainter, QPainterPath, QPen

from phidesk.ui.formula.math_font import MathFont

LINE_EM = 0.05
"""How thick the lines of frames and tables are."""
_FOREIGN_SCALE = 0.92
"""Interface fonts look larger than the font for mathematics in the same size."""
_LEAST_CONTRAST = 0.35
"""Of a colour to what is behind it, as a difference of brightness."""
_LARGEST_CACHED_PX = 60
"""Of the screen's pixels. Larger glyphs are filled as outlines."""
_BRIGHT = 0.5
"""A filling at least so bright has black letters."""


@dataclass(frozen=True, slots=True)
class PlacedGlyph:
    """A glyph in a size at a place. `color` None: that of the text around."""

    glyph: int
    x: float
    y: float
    size_px: float
    color: str | None = None


@dataclass(frozen=True, slots=True)
class PlacedBar:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    color: str | None = None


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A slanting line, as through a cancelled term."""

    x1: float
    y1: float
    x2: float
    y2: float
    thickness: float
    color: str | None = None


@dataclass(frozen=True, slots=True)
class PlacedOutline:
    """A rectangle whose corners are quarters of ellipses; its lines lie within it."""

    x: float
    y: float
    width: float
    height: float
    radius_x: float
    radius_y: float
    thickness: float
    color: str | None = None

    def rectangle(self) -> QRectF:
        """Return where the middle of the line goes."""
        half = self.thickness / 2
        return QRectF(self.x, self.y, self.width, self.height).adjusted(half, half, -half, -half)


@dataclass(frozen=True, slots=True)
class PlacedFilling:
    """A box that is filled with a colour behind its ink; its base line begins at this place."""

    box: Box
    x: float
    y: float
    color: str
    radius: float


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """Words that Qt sets, with fonts that have their script."""

    text: str
    x: float
    y: float
    size_px: float
    color: str | None = None

    def size(self) -> tuple[float, float, float]:
        """Return width, height and depth."""
        metrics = QFontMetricsF(self.font())
        ink = metrics.tightBoundingRect(self.text)
        return metrics.horizontalAdvance(self.text), max(0.0, -ink.top()), max(0.0, ink.bottom())

    def font(self) -> QFont:
        """Return the system's font in the size of the formula."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        font.setPixelSize(max(1, round(self.size_px * _FOREIGN_SCALE)))
        return font


@dataclass(frozen=True, slots=True)
class PlacedTag:
    """What belongs to the right margin: it begins at `end` at the earliest, on the base line `y`."""

    box: Box
    end: float
    y: float


@dataclass(slots=True)
class Box:
    """Something with a width, and a height above and a depth below its base line."""

    width: float = 0.0
    height: float = 0.0
    depth: float = 0.0
    italic: float = 0.0
    """How far the top of its last glyph leans over its width."""
    glyphs: list[PlacedGlyph] = field(default_factory=list)
    bars: list[PlacedBar] = field(default_factory=list)
    lines: list[PlacedLine] = field(default_factory=list)
    words: list[PlacedWord] = field(default_factory=list)
    outlines: list[PlacedOutline] = field(default_factory=list)
    fillings: list[PlacedFilling] = field(default_factory=list)
    tags: list[PlacedTag] = field(default_factory=list)
    """Not placed yet: how wide the column is matters to nothing else."""

    @property
    def has_ink(self) -> bool:
        """Whether there is anything to be seen."""
        return any((self.glyphs, self.bars, self.lines, self.words, self.outlines, self.fillings, self.tags))

    def place(self, other: Box, x: float, y: float) -> None:
        """Put another box's ink here, its base line `y` below this one's. Sizes stay as they are."""
        self.glyphs += [PlacedGlyph(ink.glyph, ink.x + x, ink.y + y, ink.size_px, ink.color) for ink in other.glyphs]
        if other.bars:
            self.bars += [replace(bar, x=bar.x + x, y=bar.y + y) for bar in other.bars]
        for line in other.lines:
            self.lines.append(replace(line, x1=line.x1 + x, y1=line.y1 + y, x2=line.x2 + x, y2=line.y2 + y))
        for word in other.words:
            self.words.append(replace(word, x=word.x + x, y=word.y + y))
        for part in other.outlines:
            self.outlines.append(replace(part, x=part.x + x, y=part.y + y))
        for filling in other.fillings:
            self.fillings.append(replace(filling, x=filling.x + x, y=filling.y + y))
        for tag in other.tags:
            self.tags.append(replace(tag, end=tag.end + x, y=tag.y + y))

    def cover(self, other: Box, y: float = 0.0) -> None:
        """Grow so that a box whose base line is `y` below this one's is inside."""
        self.height = max(self.height, other.height - y)
        self.depth = max(self.depth, other.depth + y)


def beside(parts: Iterable[Box]) -> Box:
    """Return boxes one after the other on their base line."""
    box = Box()
    for part in parts:
        box.place(part, box.width, 0)
        box.cover(part)
        box.width += part.width
    return box


class DrawnFormula:
    """A formula ready to be painted, at any time and in any colour."""

    def __init__(self, box: Box, font: MathFont) -> None:
        self.width = box.width
        self.height = box.height
        self.depth = box.depth
        self._runs = [_GlyphRun(font, size, color, glyphs) for (size, color), glyphs in _by_look(box).items()]
        self._bars = box.bars
        self._lines = box.lines
        self._words = [(word, word.font()) for word in box.words]
        self._outlines = box.outlines
        self._fillings = [(filling, DrawnFormula(filling.box, font)) for filling in box.fillings]

    def paint(self, painter: QPainter, x: float, y: float, color: QColor, *, behind: QColor | None = None) -> None:
        """Draw it with its base line at `y`, beginning at `x`; None is behind: it is as dark as the text is light."""
        corner = QPointF(x, y)
        scale = math.sqrt(abs(painter.deviceTransform().determinant()))
        for filling, formula in self._fillings:
            formula.paint_filled(painter, x + filling.x, y + filling.y, filling)
        for run in self._runs:
            run.paint(painter, corner, _readable(run.color, color, behind), scale)
        for bar in self._bars:
            rectangle = QRectF(x + bar.x, y + bar.y, bar.width, bar.height)
            painter.fillRect(rectangle, _readable(bar.color, color, behind))
        for line in self._lines:
            painter.setPen(QPen(_readable(line.color, color, behind), line.thickness))
            painter.drawLine(QLineF(x + line.x1, y + line.y1, x + line.x2, y + line.y2))
        for outline in self._outlines:
            painter.setPen(QPen(_readable(outline.color, color, behind), outline.thickness))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(outline.rectangle().translated(x, y), outline.radius_x, outline.radius_y)
        for word, font in self._words:
            painter.setPen(_readable(word.color, color, behind))
            painter.setFont(font)
            painter.drawText(QPointF(x + word.x, y + word.y), word.text)

    def paint_filled(self, painter: QPainter, x: float, y: float, filling: PlacedFilling) -> None:
        """Draw it on its filling, in black or white, whichever can be read on it."""
        fill = QColor(filling.color)
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, filling.radius > 0)  # Else neighbours show their seam.
        room = QRectF(x, y - self.height, self.width, self.height + self.depth)
        painter.drawRoundedRect(room, filling.radius, filling.radius)
        painter.restore()
        text = QColor("black" if _brightness(fill) >= _BRIGHT else "white")
        self.paint(painter, x, y, text, behind=fill)


class _GlyphRun:
    """Glyphs of one size and colour."""

    def __init__(self, font: MathFont, size_px: float, color: str | None, glyphs: list[PlacedGlyph]) -> None:
        self.color = color
        self._size_px = size_px
        self._font = font.raw_font(size_px)
        self._glyphs = glyphs
        self._run = QGlyphRun()
        self._run.setRawFont(self._font)
        self._run.setGlyphIndexes([glyph.glyph for glyph in glyphs])
        self._run.setPositions([QPointF(glyph.x, glyph.y) for glyph in glyphs])
        self._outlines: QPainterPath | None = None

    def paint(self, painter: QPainter, corner: QPointF, color: QColor, scale: float) -> None:
        """Draw them; `scale` is the number of the screen's pixels in one of the painter's."""
        if self._size_px * scale <= _LARGEST_CACHED_PX:
            painter.setPen(color)
            painter.drawGlyphRun(corner, self._run)
            return
        # WORKAROUND https://github.com/slint-ui/slint/pull/10633: Qt with FreeType shows nothing of glyphs above 64
        # pixels, when their font was read from a file.
        painter.translate(corner)
        painter.fillPath(self._outline(), color)
        painter.translate(-corner)

    def _outline(self) -> QPainterPath:
        if self._outlines is None:
            self._outlines = QPainterPath()
            self._outlines.setFillRule(Qt.FillRule.WindingFill)
            for glyph in self._glyphs:
                self._outlines.addPath(self._font.pathForGlyph(glyph.glyph).translated(glyph.x, glyph.y))
        return self._outlines


def is_color(name: str | None) -> TypeGuard[str]:
    """Whether Qt knows this colour."""
    return name is not None and QColor.isValidColorName(name)


def _readable(own: str | None, text: QColor, behind: QColor | None) -> QColor:
    """Return a formula's own colour, mixed with that of the text where it would vanish on what is behind.

    An unknown colour is the text's.
    """
    if not is_color(own):
        return text
    color = QColor(own)
    ground = 1 - _brightness(text) if behind is None else _brightness(behind)
    if abs(_brightness(color) - ground) >= _LEAST_CONTRAST:
        return color
    return QColor.fromRgbF(
        (color.redF() + text.redF()) / 2, (color.greenF() + text.greenF()) / 2, (color.blueF() + text.blueF()) / 2
    )


def _brightness(color: QColor) -> float:
    return 0.3 * color.redF() + 0.59 * color.greenF() + 0.11 * color.blueF()


def _by_look(box: Box) -> dict[tuple[float, str | None], list[PlacedGlyph]]:
    groups: dict[tuple[float, str | None], list[PlacedGlyph]] = {}
    for glyph in box.glyphs:
        groups.setdefault((glyph.size_px, glyph.color), []).append(glyph)
    return groups
