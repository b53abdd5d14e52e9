r"""Commands that put something above or below something else."""

from __future__ import annotations

from phidesk.richtext.formula.nodes import Accent, Atom, Classed, Fraction, Node, Stacked, Word
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand
from phidesk.richtext.formula.symbols import ACCENTS, LINE_ABOVE, LINE_BELOW, WIDE_ACCENTS, WIDE_ACCENTS_BELOW

_MARKED_LIMITS = {
    "varlimsup": LINE_ABOVE,
    "varliminf": LINE_BELOW,
    "varinjlim": WIDE_ACCENTS_BELOW["underrightarrow"],
    "varprojlim": WIDE_ACCENTS_BELOW["underleftarrow"],
}
_BELOW = {LINE_ABOVE: LINE_BELOW}


def stacking_readers() -> dict[str, ReadCommand]:
    """Return who reads a command that stacks, by its name without the backslash."""
    return {
        "overset": _overset,
        "stackrel": _overset,
        "underset": _underset,
        "overunderset": _over_and_underset,
        "stackbin": _stacked_operation,
        "underaccent": _accent_below,
        **dict.fromkeys(_MARKED_LIMITS, _marked_limit),
        **dict.fromkeys(("splitfrac", "splitdfrac"), _split_fraction),
    }


def _overset(reader: FormulaReader, _name: str) -> Node:
    above = reader.read_argument()
    return Stacked(reader.read_argument(), above=above)


def _underset(reader: FormulaReader, _name: str) -> Node:
    below = reader.read_argument()
    return Stacked(reader.read_argument(), below=below)


def _over_and_underset(reader: FormulaReader, _name: str) -> Node:
    above, below = reader.read_argument(), reader.read_argument()
    return Stacked(reader.read_argument(), above, below)


def _stacked_operation(reader: FormulaReader, name: str) -> Node:
    return Classed(_overset(reader, name), Atom.BINARY)


def _accent_below(reader: FormulaReader, _name: str) -> Node:
    r"""Read `\underaccent{\tilde}{x}`; what is no accent stands below in the size of an index."""
    source = reader.read_raw_argument().strip()
    base = reader.read_argument()
    name = source.removeprefix("\\")
    mark = ACCENTS.get(name) or WIDE_ACCENTS.get(name)
    if mark is None:
        return Stacked(base, below=reader.inner(source))
    return Accent(base, _BELOW.get(mark, mark), is_below=True, stretches=name in WIDE_ACCENTS)


def _marked_limit(_reader: FormulaReader, name: str) -> Node:
    is_below = name != "varlimsup"
    return Accent(Word("lim", is_function=True, has_limits=True), _MARKED_LIMITS[name], is_below, stretches=True)


def _split_fraction(reader: FormulaReader, name: str) -> Node:
    r"""Read a numerator in two lines: `\frac{\splitfrac{a+b}{+c}}{d}`."""
    above = reader.read_argument()
    return Fraction(above, reader.read_argument(), has_line=False, is_display=name == "splitdfrac")
