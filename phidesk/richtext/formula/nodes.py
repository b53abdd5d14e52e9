"""The tree of a formula. Pure values; positions and sizes belong to the layout.

Lengths are in em (the size of the surrounding letters).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

TAG_DISTANCE_EM = 2.0
"""From a line to a tag that stands right beside it."""


FRAME_PADDING_EM, FRAME_LINE_EM = 0.25, 0.05


class Atom(Enum):
    """What a symbol is among others; the distances follow from it (The TeXbook, chapter 18)."""

    ORDINARY = "ordinary"
    OPERATOR = "operator"
    """Large ones: sums, integrals."""
    BINARY = "binary"
    RELATION = "relation"
    OPEN = "open"
    CLOSE = "close"
    PUNCTUATION = "punctuation"
    INNER = "inner"
    """Dots, fractions and what growing delimiters enclose."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One character, already in the alphabet in which it is to be drawn; or two that are read as one sign."""

    character: str
    atom: Atom = Atom.ORDINARY
    is_bold: bool = False
    r"""Of a sign without a bold form in Unicode (`\boldsymbol{\infty}`); bold letters are characters of their own."""


@dataclass(frozen=True, slots=True)
class Word:
    """Upright text, or the name of a function (then it keeps a distance to what follows)."""

    text: str
    is_function: bool = False
    has_limits: bool = False
    """Whether scripts stand below and above in displayed formulas, as for `\\lim`."""


@dataclass(frozen=True, slots=True)
class Space:
    """A distance; negative ones pull together."""

    em: float


@dataclass(frozen=True, slots=True)
class Row:
    """Nodes beside each other."""

    children: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Fraction:
    """One above the other, with a line or without. `is_display` None: as the surroundings say.

    `alignment` is where the numerator stands: at the left (l), in the middle (c), at the right (r).
    """

    above: Node
    below: Node
    has_line: bool = True
    is_display: bool | None = None
    alignment: str = "c"


@dataclass(frozen=True, slots=True)
class Root:
    """A root, with a degree or without."""

    radicand: Node
    degree: Node | None = None


@dataclass(frozen=True, slots=True)
class Scripts:
    """Something with an index, an exponent or both. `has_limits` None: as the base says."""

    base: Node
    below: Node | None = None
    above: Node | None = None
    has_limits: bool | None = None
    is_staggered: bool = False
    """Whether what stands above comes after what stands below, as the charge of a molecule after a number of atoms."""


@dataclass(frozen=True, slots=True)
class Prescripts:
    """Something with an index or exponent before it, as the numbers of an isotope; both end where it begins."""

    base: Node
    below: Node | None = None
    above: Node | None = None


@dataclass(frozen=True, slots=True)
class Fenced:
    r"""Something between delimiters that grow with it; an empty delimiter is none.

    `size_em` is the height wanted, None: that of the content. `middles` are further delimiters of the same height,
    each with what follows it (`\middle`). `is_tight`: among its neighbours it is what delimiters that do not grow are.
    """

    opening: str
    content: Node
    closing: str
    size_em: float | None = None
    middles: tuple[tuple[str, Node], ...] = ()
    is_tight: bool = False


@dataclass(frozen=True, slots=True)
class Accent:
    """A mark above or below; `stretches` makes it as wide as its base."""

    base: Node
    mark: str
    is_below: bool = False
    stretches: bool = False


@dataclass(frozen=True, slots=True)
class Stacked:
    r"""Something small above or below something else (`\\overset`, `\\xrightarrow`)."""

    base: Node
    above: Node | None = None
    below: Node | None = None
    stretches_base: bool = False


@dataclass(frozen=True, slots=True)
class Classed:
    r"""Something whose class among its neighbours is said (`\mathrel{…}`)."""

    content: Node
    atom: Atom
    has_limits: bool = True
    """Of an operator: whether scripts stand below and above in displayed formulas."""


@dataclass(frozen=True, slots=True)
class Framed:
    """Something in a frame, filled or not, or struck out.

    `kind` holds words for what is drawn: "box", "rounded", "circle", "shadow" (a box that has one), "top", "bottom",
    "left", "right", "division" (the sign of a long one), "phase"; and strokes: "rising", "falling", "level",
    "vertical", "arrow" (rising).
    `color` is that of the lines; None: that of the text. What is filled keeps `padding_em` to the end of the filling.
    """

    content: Node
    kind: str
    fill: str | None = None
    color: str | None = None
    padding_em: float = FRAME_PADDING_EM
    line_em: float = FRAME_LINE_EM


@dataclass(frozen=True, slots=True)
class PartialRule:
    """A line above a row of a table, under some of its columns only; counted from 0, `end` is the first one without."""

    row: int
    start: int
    end: int
    is_dashed: bool = False
    trimmed: str = ""
    """Letters for the ends (l, r) that stop short, so that a gap parts it from its neighbour."""


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in rows. `alignment` holds a letter (l, c, r) for each column; further columns are centred.

    `lines_before` are the columns with a vertical line at their left (the number of columns: at the right end),
    `rules_before` the rows with a line above (the number of rows: below the last); where one is named twice, two stand.
    """

    rows: tuple[tuple[Node, ...], ...]
    alignment: str = ""
    opening: str = ""
    closing: str = ""
    gap_em: float = 1.0
    """Between columns; pairs of aligned equations need none inside."""
    is_aligned: bool = False
    """Columns are pairs that meet without a gap."""
    is_display: bool = False
    is_small: bool = False
    lines_before: tuple[int, ...] = ()
    rules_before: tuple[int, ...] = ()
    partial_rules: tuple[PartialRule, ...] = ()
    """Further lines above rows, each over some columns only."""
    dashed_before: tuple[int, ...] = ()
    """Columns with a dashed vertical line at their left."""
    closed_before: tuple[int, ...] = ()
    """Columns that meet what stands before them without a gap; the number of columns: nothing behind the last."""
    between: tuple[tuple[int, Node], ...] = ()
    """What stands at the left of a column in every row."""
    extra_em: tuple[float, ...] = ()
    """Room below rows, in addition to the usual; negative: less."""
    stretch: float = 1.0
    """Factor of the least height of rows."""
    anchor: str = ""
    """Whose base line is that of the table: that of its first row (t), its last (b); else its middle is on the axis."""
    has_border: bool = False
    """Whether the delimiters enclose all but the first row and the first column, which name the others."""

    @property
    def has_rules(self) -> bool:
        """Whether any line goes across."""
        return bool(self.rules_before or self.partial_rules)

    def cell(self, row: int, column: int) -> Node:
        """Return a cell; an empty one where the row is shorter."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else Row()

    def ground_of(self, row: int, column: int) -> str | None:
        """Return the colour behind a cell; None: that of the page."""
        own = [found.color for found in cell_colors(self.cell(row, column)) if not found.is_row]
        found = own or [found.color for found in cell_colors(self.cell(row, 0)) if found.is_row]
        return found[-1] if found else None

    def alignment_of(self, column: int) -> str:
        """Return the letter of a column."""
        if self.is_aligned:
            return "rl"[column % 2]
        return self.alignment[column] if column < len(self.alignment) else "c"


@dataclass(frozen=True, slots=True)
class Spanning:
    """What stands in a cell that goes over several columns or rows; empty cells follow for the further columns."""

    content: Node
    columns: int
    alignment: str
    """A letter: l, c, r; nothing: as the column says."""
    rows: int = 1
    """Negative: so many upwards."""
    lines: tuple[bool, bool] | None = None
    """Whether a vertical line stands at its left, and at its right; None: as the columns say."""


@dataclass(frozen=True, slots=True)
class Styled:
    """Something in another colour or style. None: as the surroundings say. What is hidden may keep only one size."""

    content: Node
    color: str | None = None
    is_display: bool | None = None
    script_level: int | None = None
    is_hidden: bool = False
    has_width: bool = True
    has_height: bool = True


@dataclass(frozen=True, slots=True)
class Tag:
    """The number of a line, with its parentheses. Displayed, it stands at the margin, wherever in the line it is."""

    content: Node


@dataclass(frozen=True, slots=True)
class CellColor:
    """What stands in a cell of a table whose ground has a colour, or in the first cell of such a row."""

    color: str
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class Shifted:
    """Something that stands higher or lower, or takes other room than it needs.

    `lap`: it has no width, and what it holds goes to the left ("l"), to the right ("r") or to both sides ("c"); "": it
    has its width. `is_centred`: its middle stands on the axis of the formula, whatever `raised_em` says.
    """

    content: Node
    lap: str = ""
    raised_em: float = 0.0
    is_centred: bool = False
    has_height: bool = True
    has_depth: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle, so far above the base line."""

    width_em: float
    height_em: float
    raised_em: float = 0.0


Node = (
    Symbol
    | Word
    | Space
    | Row
    | Fraction
    | Root
    | Scripts
    | Prescripts
    | Fenced
    | Accent
    | Stacked
    | Classed
    | Framed
    | Table
    | Spanning
    | Styled
    | Tag
    | Shifted
    | Bar
    | CellColor
)


def spanning_in(cell: Node) -> Spanning | None:
    """Return what makes a cell of a table go over several columns, if it does."""
    if isinstance(cell, Row):
        seen = [child for child in cell.children if not isinstance(child, CellColor)]
        cell = seen[0] if len(seen) == 1 else cell
    return cell if isinstance(cell, Spanning) else None


def cell_colors(cell: Node) -> Iterator[CellColor]:
    """Yield the colours that a cell of a table asks for, itself or its row."""
    if isinstance(cell, CellColor):
        yield cell
    elif isinstance(cell, Spanning):
        yield from cell_colors(cell.content)
    elif isinstance(cell, Row):
        for child in cell.children:
            yield from cell_colors(child)
