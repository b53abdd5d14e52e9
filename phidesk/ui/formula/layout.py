"""Nodes → boxes, by the rules of TeX (The TeXbook, appendix G) with the constants of the font's table MATH."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import singledispatchmethod

from phidesk.richtext.formula.nodes import (
    Accent,
    Atom,
    Bar,
    CellColor,
    Classed,
    Fenced,
    Fraction,
    Framed,
    Node,
    Prescripts,
    Root,
    Row,
    Scripts,
    Shifted,
    Space,
    Spanning,
    Stacked,
    Styled,
    Symbol,
    Table,
    Tag,
    Word,
)
from phidesk.richtext.formula.symbols import INTEGRALS, LINE_ABOVE, LINE_BELOW, STROKE, stacks_its_scripts
from phidesk.ui.formula.accents import mark_over, without_dot
from phidesk.ui.formula.boxes import Box, PlacedBar, PlacedGlyph, beside
from phidesk.ui.formula.foreign_text import foreign_text, in_scripts
from phidesk.ui.formula.fraction_shifts import fraction_shifts
from phidesk.ui.formula.frames import draw_division, draw_frame, draw_line_beside
from phidesk.ui.formula.line_breaking import Room, fitted
from phidesk.ui.formula.math_font import MathFont
from phidesk.ui.formula.scripts import is_primed, is_primes, is_written, script_shifts, stack
from phidesk.ui.formula.shifting import lay_out_bar, shift
from phidesk.ui.formula.spacing import after_nothing, atom_of, space_between
from phidesk.ui.formula.stretching import stretch_horizontally, stretch_vertically
from phidesk.ui.formula.table_layout import Pieces, lay_out_table
from phidesk.ui.formula.tags import TagPlace, add_tags, have_room_beside, place_tags, tags_in, without_tags

_FRACTION_OVERHANG_EM = 0.1
_FRACTION_MARGIN_EM = 0.09
_FENCE_SHORTFALL = 0.9
"""A delimiter covers at least this part of what it encloses."""
_FENCE_GAP_EM = 0.1
"""Between a matrix and its delimiters."""
_ACCENT_GAP_EM = 0.06
_BOLD_SHIFT_EM = 0.035
_SHORTEST_ARROW_EM = 1.5
"""An arrow with labels is at least as long as a long one without."""
_LEAST_RAISED_EM = 0.4
"""So high at least are marks that stand above small letters as they are; arrows and others stand on the base line."""
_DIVISION_ROOM_EM = 0.15
"""By how much the sign of long division is higher than what is divided."""
_DEGREE_RISE = 0.62
"""Where the degree of a root begins, as a share of the sign's height: the font's share lets it touch the hook."""
_ROOT_OVERHANG_EM = 0.05
_TEXT_SPACE_EM = 0.25
_SPACES_EM = {"\u2003": 1.0, "\u2009": 1 / 6}
_BIG_OPERATOR_EM = 1.3
"""Displayed sums are at least so high, whatever the font says."""


@dataclass(frozen=True, slots=True)
class _Style:
    """What surrounds a node: `level` 0 is text, 1 a script, 2 a script of a script."""

    size_px: float
    level: int = 0
    is_display: bool = False
    is_cramped: bool = False
    """Whether exponents are raised less: there is something above."""
    color: str | None = None
    tags: TagPlace = TagPlace.BESIDE


class FormulaLayout:
    """Lays formulas out in one font. Belongs to the main thread."""

    def __init__(self, font: MathFont) -> None:
        self._font = font
        constants = font.constants
        self._scales = (1.0, constants["ScriptPercentScaleDown"], constants["ScriptScriptPercentScaleDown"])

    def lay_out(
        self,
        node: Node,
        size_px: float,
        *,
        is_display: bool,
        column_px: float | None = None,
        room_px: float | None = None,
    ) -> Box:
        """Return the box of a formula in letters of this size.

        Tags stand at the right margin of a column of the width `column_px`, the formula in its middle; None: beside it.
        Lines that are wider than `room_px` are broken where that is possible.
        """
        style = _Style(size_px, is_display=is_display)
        if column_px is not None:
            style = replace(style, tags=TagPlace.MARGIN)
        if room_px is not None:
            node = fitted(node, Room(room_px, size_px, lambda part: self._box(part, style).width, is_display))
        box = self._box(node, style)
        if column_px is None or not box.tags:
            return box
        if not have_room_beside(box, column_px):
            box = self._box(node, replace(style, tags=TagPlace.BELOW))
        return place_tags(box, column_px)

    # Styles

    def _px(self, constant: str, style: _Style) -> float:
        return self._font.constants[constant] * style.size_px

    def _axis(self, style: _Style) -> float:
        return self._px("AxisHeight", style)

    def _at_level(self, style: _Style, level: int) -> _Style:
        level = max(0, min(2, level))
        return replace(style, size_px=style.size_px / self._scales[style.level] * self._scales[level], level=level)

    def _script(self, style: _Style, *, by: int = 1) -> _Style:
        return replace(self._at_level(style, style.level + by), is_display=False)

    def _subscript(self, style: _Style) -> _Style:
        return _cramped(self._script(style))

    # Nodes

    @singledispatchmethod
    def _box(self, node: Node, style: _Style) -> Box:  # noqa: ARG002 - the kinds of nodes below use it
        raise TypeError(f"no layout for {type(node).__name__}")

    @_box.register
    def _(self, node: Symbol, style: _Style) -> Box:
        if node.is_bold:
            return self._twice(self._box(replace(node, is_bold=False), style), style)
        if node.atom is Atom.OPERATOR:
            wanted = max(self._font.constants["DisplayOperatorMinHeight"], _BIG_OPERATOR_EM) if style.is_display else 0
            return self._delimiter(node.character, wanted * style.size_px, style)
        return self._text(node.character, style)

    @_box.register
    def _(self, node: Word, style: _Style) -> Box:
        return self._text(node.text, style)

    @_box.register
    def _(self, node: Space, style: _Style) -> Box:
        return Box(width=node.em * style.size_px)

    @_box.register
    def _(self, node: Row, style: _Style) -> Box:
        return self._row(node.children, style)

    @_box.register
    def _(self, node: Fraction, style: _Style) -> Box:
        if node.is_display is not None:
            style = replace(self._at_level(style, 0) if node.is_display else style, is_display=node.is_display)
        part_style = replace(style, is_display=False) if style.is_display else self._script(style)
        above, below = self._box(node.above, part_style), self._box(node.below, _cramped(part_style))
        bar = self._px("FractionRuleThickness", style) if node.has_line else 0.0
        up, down = fraction_shifts(
            self._font, above, below, bar=bar, size_px=style.size_px, is_display=style.is_display
        )
        overhang, margin = _FRACTION_OVERHANG_EM * style.size_px, _FRACTION_MARGIN_EM * style.size_px
        inner = max(above.width, below.width) + 2 * overhang
        box = Box(inner + 2 * margin, up + above.height, down + below.depth)
        room = inner - above.width - 2 * overhang
        box.place(above, margin + overhang + room * {"l": 0.0, "r": 1.0}.get(node.alignment, 0.5), -up)
        box.place(below, margin + (inner - below.width) / 2, down)
        if bar:
            box.bars.append(PlacedBar(margin, -self._axis(style) - bar / 2, inner, bar, style.color))
        return box

    @_box.register
    def _(self, node: Root, style: _Style) -> Box:
        content = self._box(node.radicand, _cramped(style))
        bar = self._px("RadicalRuleThickness", style)
        gap = self._px("RadicalDisplayStyleVerticalGap" if style.is_display else "RadicalVerticalGap", style)
        wanted = content.height + content.depth + gap + bar
        sign = self._delimiter("√", wanted, style)
        size = sign.height + sign.depth
        gap += max(0.0, size - wanted) / 2
        top = content.height + gap + bar
        left = 0.0
        box = Box(height=top + self._px("RadicalExtraAscender", style), depth=max(content.depth, size - top))
        if node.degree is not None:
            degree = self._box(node.degree, self._script(style, by=2))
            rise = _DEGREE_RISE * size - (size - top)
            before, after = self._px("RadicalKernBeforeDegree", style), self._px("RadicalKernAfterDegree", style)
            box.place(degree, max(0.0, before), -rise - degree.depth)
            box.height = max(box.height, rise + degree.depth + degree.height)
            left = max(0.0, before + degree.width + after)
        box.place(sign, left, sign.height - top)
        start = left + sign.width
        box.bars.append(PlacedBar(start, -top, content.width + _ROOT_OVERHANG_EM * style.size_px, bar, style.color))
        box.place(content, start, 0)
        box.width = start + content.width + _ROOT_OVERHANG_EM * style.size_px
        return box

    @_box.register
    def _(self, node: Scripts, style: _Style) -> Box:
        if self._has_limits(node, style):
            return self._stack(node.base, node.above, node.below, style)
        return self._scripts(node, style)

    @_box.register
    def _(self, node: Prescripts, style: _Style) -> Box:
        base = self._box(node.base, style)
        above, below = self._script_boxes(node.above, node.below, style)
        up, down = self._script_shifts(above, below, None, style)
        gap = self._px("SpaceAfterScript", style)
        start = gap + max([0.0, *(part.width for part in (above, below) if part is not None)])
        box = Box(start + base.width, base.height, base.depth, base.italic)
        box.place(base, start, 0)
        for part, y in ((above, -up), (below, down)):
            if part is not None:
                box.place(part, start - gap - part.width, y)
                box.cover(part, y)
        return box

    @_box.register
    def _(self, node: Fenced, style: _Style) -> Box:
        contents = [self._box(content, style) for content in (node.content, *(after for _, after in node.middles))]
        if node.size_em is not None:
            wanted = node.size_em * style.size_px
        else:
            axis = self._axis(style)
            around = 2 * max(max(content.height - axis, content.depth + axis) for content in contents)
            wanted = max(_FENCE_SHORTFALL * around, around - 0.3 * style.size_px)
        parts = [self._fence(node.opening, wanted, style), contents[0]]
        for (delimiter, _), content in zip(node.middles, contents[1:], strict=True):
            parts += (self._fence(delimiter, wanted, style), content)
        parts.append(self._fence(node.closing, wanted, style))
        return beside(parts)

    @_box.register
    def _(self, node: Accent, style: _Style) -> Box:
        base = self._box(node.base if node.is_below else without_dot(node.base), _cramped(style))
        if node.mark in (LINE_ABOVE, LINE_BELOW):
            side = "Underbar" if node.mark == LINE_BELOW else "Overbar"
            line, gap = self._px(f"{side}RuleThickness", style), self._px(f"{side}VerticalGap", style)
            return draw_line_beside(base, line=line, gap=gap, color=style.color, is_below=node.mark == LINE_BELOW)
        if node.stretches:
            mark = stretch_horizontally(self._font, node.mark, base.width, style.size_px, style.color)
        else:
            mark = self._ink(node.mark, style)
        box = Box(base.width, base.height, base.depth, base.italic)
        box.place(base, 0, 0)
        x = (base.width - mark.width) / 2
        if node.is_below:
            y = base.depth + _ACCENT_GAP_EM * style.size_px + mark.height
        elif mark.depth < -_LEAST_RAISED_EM * style.size_px:  # a combining mark stands at the height of small letters
            y = -max(0.0, base.height - self._px("AccentBaseHeight", style))
            x += self._accent_shift(node.base, base)
        else:
            y = -(base.height + _ACCENT_GAP_EM * style.size_px + mark.depth)
        box.place(mark, x, y)
        box.cover(mark, y)
        return box

    @_box.register
    def _(self, node: Stacked, style: _Style) -> Box:
        mark = mark_over(node)
        if mark:
            return self._box(Accent(node.base, mark, stretches=True), style)
        if not node.stretches_base:
            return self._stack(node.base, node.above, node.below, style)
        script = self._script(style)
        labels = [self._box(label, script) for label in (node.above, node.below) if label is not None]
        wanted = max([_SHORTEST_ARROW_EM * style.size_px, *(label.width + style.size_px for label in labels)])
        character = node.base.character if isinstance(node.base, Symbol) else "→"
        arrow = stretch_horizontally(self._font, character, wanted, style.size_px, style.color)
        return self._stacked(arrow, node.above, node.below, style, is_arrow=True)

    @_box.register
    def _(self, node: Classed, style: _Style) -> Box:
        return self._box(node.content, style)

    @_box.register
    def _(self, node: Framed, style: _Style) -> Box:
        content = self._box(node.content, style)
        if "division" in node.kind.split():
            sign = self._fence(")", content.height + content.depth + _DIVISION_ROOM_EM * style.size_px, style)
            content = draw_division(content, sign, size_px=style.size_px, color=style.color)
        return draw_frame(node, content, size_px=style.size_px, axis_px=self._axis(style), color=style.color)

    @_box.register
    def _(self, node: Styled, style: _Style) -> Box:
        style = replace(style, color=node.color or style.color)
        if node.script_level is not None:
            style = self._at_level(style, node.script_level)
        if node.is_display is not None:
            style = replace(style, is_display=node.is_display)
        box = self._box(node.content, style)
        if not node.is_hidden:
            return box
        height, depth = (box.height, box.depth) if node.has_height else (0.0, 0.0)
        return Box(box.width if node.has_width else 0.0, height, depth)

    @_box.register
    def _(self, node: Shifted, style: _Style) -> Box:
        return shift(node, self._box(node.content, style), size_px=style.size_px, axis_px=self._axis(style))

    @_box.register
    def _(self, node: Bar, style: _Style) -> Box:
        return lay_out_bar(node, size_px=style.size_px, color=style.color)

    @_box.register
    def _(self, node: Spanning, style: _Style) -> Box:
        return self._box(node.content, style)

    @_box.register
    def _(self, node: Table, style: _Style) -> Box:
        cell_style = self._script(style) if node.is_small else replace(style, is_display=node.is_display)
        cells = [
            [
                self._box(after_nothing(cell) if node.is_aligned and column % 2 else cell, cell_style)
                for column, cell in enumerate(map(without_tags, row))
            ]
            for row in node.rows
        ]
        for row, boxes in zip(node.rows, cells, strict=True):
            self._add_tags(tags_in(row), boxes, style)
        between = {column: self._box(content, cell_style) for column, content in node.between}
        fence = self._fence(node.opening, 2 * cell_style.size_px, style).width if node.has_border else 0.0
        laid_out = lay_out_table(
            node,
            Pieces(cells, between, fence),
            size_px=cell_style.size_px,
            axis_px=self._axis(cell_style),
            color=cell_style.color,
        )
        if not node.opening and not node.closing:
            return laid_out.box
        fences = [self._fence(delimiter, laid_out.inner_size, style) for delimiter in (node.opening, node.closing)]
        return laid_out.enclosed(*fences, axis_px=self._axis(style), gap_px=_FENCE_GAP_EM * style.size_px)

    @_box.register
    def _(self, node: CellColor, style: _Style) -> Box:  # noqa: ARG002 - it is drawn with its cell
        return Box()

    @_box.register
    def _(self, node: Tag, style: _Style) -> Box:
        return self._row((node,), style)

    # Pieces

    @staticmethod
    def _twice(box: Box, style: _Style) -> Box:
        """Return what looks bold: the same ink again, a little to the right."""
        bold = Box(box.width + _BOLD_SHIFT_EM * style.size_px, box.height, box.depth, box.italic)
        bold.place(box, 0, 0)
        bold.place(box, _BOLD_SHIFT_EM * style.size_px, 0)
        return bold

    def _add_tags(self, tags: Sequence[Tag], line: Sequence[Box], style: _Style) -> None:
        """Let tags belong to a line of one box or more."""
        depth = max(box.depth for box in line)
        upright = replace(self._at_level(style, 0), is_display=False, color=None)
        labels = [self._box(tag.content, upright) for tag in tags]
        add_tags(line[-1], labels, style.tags, size_px=upright.size_px, depth=depth)

    def _text(self, text: str, style: _Style) -> Box:
        pieces = in_scripts(text, self._font)
        if len(pieces) > 1:
            return beside([self._text(piece, style) for piece in pieces])
        if any(not self._font.glyph(character) for character in text if not character.isspace()):
            return foreign_text(text, style.size_px, style.color)
        box = Box()
        for character in text:
            if character.isspace():
                box.width += _SPACES_EM.get(character, _TEXT_SPACE_EM) * style.size_px
                continue
            glyph = self._font.glyph(character)
            metrics = self._font.metrics(glyph)
            x = box.width
            if character == STROKE:  # Through the middle of what it strikes out; its own place is that of narrow signs.
                x = (box.width - (metrics.left + metrics.right) * style.size_px) / 2
            box.glyphs.append(PlacedGlyph(glyph, x, 0.0, style.size_px, style.color))
            box.width += metrics.advance * style.size_px
            box.height = max(box.height, metrics.ascent * style.size_px)
            box.depth = max(box.depth, metrics.descent * style.size_px)
            box.italic = self._font.italic_correction(glyph) * style.size_px
        return box

    def _ink(self, character: str, style: _Style) -> Box:
        """Return a box as wide as the ink of a glyph: combining marks have no advance."""
        glyph = self._font.glyph(character)
        metrics = self._font.metrics(glyph)
        size = style.size_px
        placed = PlacedGlyph(glyph, -metrics.left * size, 0.0, size, style.color)
        width = (metrics.right - metrics.left) * size
        return Box(width, metrics.ascent * size, metrics.descent * size, glyphs=[placed])

    def _delimiter(self, character: str, wanted_px: float, style: _Style) -> Box:
        return stretch_vertically(
            self._font, character, wanted_px, style.size_px, axis_px=self._axis(style), color=style.color
        )

    def _fence(self, character: str, wanted_px: float, style: _Style) -> Box:
        return self._delimiter(character, wanted_px, style) if character else Box()

    def _row(self, children: Sequence[Node], style: _Style) -> Box:
        row = Box()
        atoms = [atom_of(child) for child in children]
        for number, child in enumerate(children):
            if isinstance(child, Tag):
                continue
            box = self._box(child, style)
            row.width += space_between(atoms, number, is_script=style.level > 0) * style.size_px
            row.place(box, row.width, 0)
            row.cover(box)
            row.width += box.width
            row.italic = box.italic
        self._add_tags(tags_in((Row(tuple(children)),)), (row,), style)
        return row

    @staticmethod
    def _has_limits(node: Scripts, style: _Style) -> bool:
        if node.has_limits is not None:
            return node.has_limits
        return style.is_display and stacks_its_scripts(node.base)

    def _scripts(self, node: Scripts, style: _Style) -> Box:
        base = self._box(node.base, style)
        has_primes = node.above is not None and is_primes(node.above)
        above, below = self._script_boxes(None if has_primes else node.above, node.below, style)
        edges = None if is_written(node.base) else base
        up, down = self._script_shifts(above, below, edges, style)
        if has_primes and node.above is not None:
            above = self._box(node.above, style)
        if node.is_staggered:  # Neither has to make room for the other.
            up = self._script_shifts(above, None, edges, style)[0]
            down = self._script_shifts(None, below, edges, style)[1]
        is_integral = isinstance(node.base, Symbol) and node.base.character in INTEGRALS
        inner = self._box(node.base.base, style) if isinstance(node.base, Scripts) and is_primed(node.base) else base
        before_below = inner.width - (base.italic if is_integral else 0.0)
        after_below = before_below + (below.width if below is not None else 0.0)
        box = Box(base.width, base.height, base.depth)
        box.place(base, 0, 0)
        for part, y, x in (
            (above, -up, after_below if node.is_staggered else base.width + (0.0 if is_integral else base.italic)),
            (below, down, before_below),
        ):
            if part is not None:
                box.place(part, x, y)
                box.cover(part, y)
                box.width = max(box.width, x + part.width)
        box.width += self._px("SpaceAfterScript", style)
        return box

    def _script_boxes(self, above: Node | None, below: Node | None, style: _Style) -> tuple[Box | None, Box | None]:
        return (
            None if above is None else self._box(above, self._script(style)),
            None if below is None else self._box(below, self._subscript(style)),
        )

    def _script_shifts(
        self, above: Box | None, below: Box | None, edges: Box | None, style: _Style
    ) -> tuple[float, float]:
        return script_shifts(self._font, above, below, edges, size_px=style.size_px, is_cramped=style.is_cramped)

    def _stack(self, base: Node, above: Node | None, below: Node | None, style: _Style) -> Box:
        return self._stacked(self._box(base, style), above, below, style, is_arrow=False)

    def _stacked(self, base: Box, above: Node | None, below: Node | None, style: _Style, *, is_arrow: bool) -> Box:
        top, bottom = self._script_boxes(above, below, style)
        return stack(self._font, base, top, bottom, size_px=style.size_px, is_arrow=is_arrow)

    def _accent_shift(self, node: Node, base: Box) -> float:
        """Return how far the middle of an accent is from the middle of its base: slanted letters lean."""
        if not isinstance(node, Symbol) or not base.glyphs:
            return 0.0
        glyph = base.glyphs[0]
        place = self._font.accent_place(glyph.glyph)
        return place * glyph.size_px - base.width / 2 if place is not None else base.italic / 2


def _cramped(style: _Style) -> _Style:
    return replace(style, is_cramped=True)
