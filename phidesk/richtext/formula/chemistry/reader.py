"""Chemical formula → pieces. Nothing is refused; what has no meaning here stands as it was written."""

from __future__ import annotations

import re
from collections.abc import Callable

from phidesk.richtext.formula.chemistry.grammar import (
    AFTER_SCRIPT,
    AFTER_SUBSTANCE,
    ANYWHERE,
    ARROWS,
    BEFORE_FORMULA,
    BEFORE_LABEL,
    BEFORE_SUBSTANCE,
    BONDS,
    BROKEN_BONDS,
    FORMULA_IN_BRACES,
    LONG_ARROWS,
    LOWERED,
    RAISED,
    RISING,
    SIGNS,
)
from phidesk.richtext.formula.chemistry.latex_parts import take_group, take_latex
from phidesk.richtext.formula.chemistry.pieces import Kind, Piece, Script, as_row
from phidesk.richtext.formula.chemistry.scripts import digits, read_script, variable, word
from phidesk.richtext.formula.nodes import Accent, Atom, Fraction, Node, Row, Space, Stacked, Symbol, Word
from phidesk.richtext.formula.symbols import atom_of_character

ReadLatex = Callable[[str], Node]
_WITH_SCRIPTS = (Kind.SUBSTANCE, Kind.NAME, Kind.CLOSING, Kind.STATE, Kind.AMOUNT)


def read_chemistry(source: str, read_latex: ReadLatex) -> Row:
    r"""Return a chemical formula as nodes.

    Args:
        source: What stands between the braces of `\ce{…}`; it may end anywhere, as what is still arriving does.
        read_latex: Reads the parts that are no chemistry. It is also asked for parts that are again, as `\ce{…}`: how
            deep they may go is its business.
    """
    return as_row(_ChemistryReader(source, read_latex).read())


class _ChemistryReader:
    """Reads pieces from left to right: for each group of the patterns there is a method of its name."""

    def __init__(self, source: str, read_latex: ReadLatex) -> None:
        self._source = source.strip()
        self._read_latex = read_latex
        self._position = 0
        self._pieces: list[Piece] = []
        self._before: list[Script] = []
        self._is_apart = False
        self._is_parted = False
        """Whether an empty group was written: what follows may belong to what comes next."""

    def read(self) -> list[Piece]:
        """Read everything."""
        while self._position < len(self._source):
            pattern = BEFORE_SUBSTANCE if self._last() is None else AFTER_SUBSTANCE
            found = pattern.match(self._source, self._position) or ANYWHERE.match(self._source, self._position)
            if found is None:
                break
            self._position = found.end()
            getattr(self, f"_read_{found.lastgroup}")(found)
        if self._before:
            self._add(Kind.SUBSTANCE, Row())
        return self._pieces

    def _last(self) -> Piece | None:
        """Return the piece to which a charge or an index would belong: one that nothing parts from what comes."""
        if self._is_apart or self._before or not self._pieces:
            return None
        last = self._pieces[-1]
        return last if last.kind in _WITH_SCRIPTS else None

    def _add(self, kind: Kind, node: Node) -> None:
        self._pieces.append(Piece(kind, node, is_apart=self._is_apart, before=self._before))
        self._before, self._is_apart, self._is_parted = [], False, False

    def _attach(self, source: str, *, is_above: bool) -> None:
        """Let a script belong to the piece before it, or to the one that follows."""
        if not source:
            return
        last = self._last()
        may_be_before = last is not None and (last.kind is Kind.AMOUNT or self._is_parted)
        if may_be_before and AFTER_SCRIPT.match(self._source, self._position):
            last = None
        node = read_script(source, self._read_latex, is_above=is_above, is_before=last is None)
        script = Script(node, is_above, is_state=source.startswith("("))
        if last is None:
            self._before = [*self._before, script]
        else:
            last.after.append(script)

    # Substances and how many of them

    def _read_space(self, _found: re.Match[str]) -> None:
        self._is_apart = bool(self._pieces)

    def _read_letters(self, found: re.Match[str]) -> None:
        self._add(Kind.NAME if found[0][0].islower() or len(found[0]) > 2 else Kind.SUBSTANCE, word(found[0]))

    def _read_ion(self, found: re.Match[str]) -> None:
        self._add(Kind.SUBSTANCE, word(found["metal"]))
        self._attach(found["valence"], is_above=True)

    def _read_variable(self, found: re.Match[str]) -> None:
        self._add(Kind.NAME, variable(found[0]))

    def _read_number(self, found: re.Match[str]) -> None:
        self._add(Kind.AMOUNT, digits(found[0]))

    def _read_amount(self, found: re.Match[str]) -> None:
        self._add(Kind.AMOUNT, self._read_latex(found[0]))

    def _read_fraction(self, found: re.Match[str]) -> None:
        above, below = self._read_latex(found["above"]), self._read_latex(found["below"])
        self._add(Kind.AMOUNT, Row((Fraction(above, below, is_display=False),)))

    def _read_orbital(self, found: re.Match[str]) -> None:
        self._add(Kind.SUBSTANCE, Row((Symbol(found[0][0]), Symbol(found[0][1]))))
        self._attach(found["electrons"], is_above=True)

    def _read_opening(self, found: re.Match[str]) -> None:
        self._add(Kind.OPENING, Symbol(found[0], Atom.OPEN))

    def _read_closing(self, found: re.Match[str]) -> None:
        self._add(Kind.CLOSING, Symbol(found[0], Atom.CLOSE))

    def _read_state(self, found: re.Match[str]) -> None:
        if not self._pieces or self._pieces[-1].kind in (Kind.OPERATION, Kind.OPENING, Kind.MARK):
            self._position = found.start() + 1
            self._add(Kind.OPENING, Symbol("(", Atom.OPEN))
            return
        inside = read_chemistry(found["state"][1:-1], self._read_latex)
        self._add(Kind.STATE, Row((Symbol("(", Atom.OPEN), *inside.children, Symbol(")", Atom.CLOSE))))

    # Charges and other scripts

    def _read_count(self, found: re.Match[str]) -> None:
        last = self._last()
        if last is not None and any(not script.is_above for script in last.after):
            self._add(Kind.SUBSTANCE, digits(found[0]))  # As in "S_N2".
        else:
            self._attach(found[0], is_above=False)

    def _read_prime(self, found: re.Match[str]) -> None:
        self._attach(found[0], is_above=True)

    def _read_charge(self, found: re.Match[str]) -> None:
        last = self._last()
        if found[0] == "+" and last is not None and any(script.is_above for script in last.after):
            self._read_operation(found)
        elif found[0] == "-" and last is not None and self._ends_a_unit(last):
            self._read_other(found)
        else:
            self._attach(found[0], is_above=True)

    def _ends_a_unit(self, last: Piece) -> bool:
        """Whether a bracket ends the unit of a polymer, which has bonds at both ends: "-[CH2-CH2]_n-"."""
        return last.kind is Kind.CLOSING and self._source[: self._position].split()[-1].startswith("-")

    def _read_script(self, found: re.Match[str]) -> None:
        is_above = found[0][0] == "^"
        start = self._position
        source = self._source[start : start + 1]
        if source == "{":
            source, self._position = take_group(self._source, start)
        elif source in ("\\", "$"):
            self._position = take_latex(self._source, start)[1]
            source = self._source[start : self._position]
        elif (taken := (RAISED if is_above else LOWERED).match(self._source, start)) is not None:
            self._position = taken.end()
            source = "×" if is_above and taken[0] == "x" else taken[0]
        self._attach(source, is_above=is_above)

    # Between substances

    def _read_operation(self, found: re.Match[str]) -> None:
        sign = SIGNS.get(found[0], found[0])
        self._add(Kind.OPERATION, Symbol(sign, atom_of_character(sign)))

    def _read_bond(self, found: re.Match[str]) -> None:
        last = self._last()
        following = self._source[self._position : self._position + 1]
        is_before_name = following.islower() or following.isdecimal()
        is_after_name = last is not None and last.kind in (Kind.AMOUNT, Kind.NAME)
        if found[0] in "-–" and last is not None and (is_before_name or is_after_name):
            self._read_hyphen(found)
        else:
            self._read_other(found)

    def _read_hyphen(self, _found: re.Match[str]) -> None:
        self._add(Kind.MARK, Word("-"))

    def _read_about(self, _found: re.Match[str]) -> None:
        self._add(Kind.MARK, Symbol("∼"))

    def _read_bond_command(self, found: re.Match[str]) -> None:
        kind = found["kind"].strip()
        if kind in BROKEN_BONDS:
            self._add(Kind.MARK, Accent(Symbol(BROKEN_BONDS[kind]), BONDS["~"], is_below=True))
        else:
            self._add(Kind.MARK, Row(tuple(Symbol(sign) for sign in BONDS.get(kind, kind))))

    def _read_dot(self, _found: re.Match[str]) -> None:
        self._add(Kind.DOT, Symbol("⋅"))

    def _read_dots(self, _found: re.Match[str]) -> None:
        self._add(Kind.MARK, Symbol("…" if self._last() is None else "⋯"))

    def _read_radical(self, _found: re.Match[str]) -> None:
        """Read a point at the edge of a substance: an electron, but after a word the end of an abbreviation."""
        last = self._last()
        if last is None:
            self._add(Kind.MARK, Symbol("•"))
        else:
            self._add(Kind.SUBSTANCE, Symbol("." if last.kind is Kind.NAME else "•"))

    def _read_moves(self, found: re.Match[str]) -> None:
        """Read the sign of a gas that leaves or of what falls to the ground."""
        self._is_apart = True
        self._add(Kind.MARK, Symbol("↑" if found[0] in RISING else "↓"))

    def _read_arrow(self, found: re.Match[str]) -> None:
        written = found[0]
        if written not in ARROWS:
            written = re.sub("-+", "-", re.sub("=+", "=", written))
        arrow = ARROWS.get(written, written)
        labels: list[Node | None] = []
        while len(labels) < 2 and (kind := BEFORE_LABEL.match(self._source, self._position)) is not None:
            label, end = take_group(self._source, kind.end())
            if self._source[end : end + 1] in ("^", "_"):  # A complex ion that follows without a space.
                break
            self._position = end
            command = "text" if kind["text"] == "T" else "ce"
            labels.append(self._read_latex(rf"\{command}{{{label}}}") if label.strip() else None)
        above, below = [*labels, None, None][:2]
        if above is None and below is None and arrow in LONG_ARROWS:
            self._add(Kind.OPERATION, Symbol(LONG_ARROWS[arrow], Atom.RELATION))
        else:
            self._add(Kind.OPERATION, Stacked(Symbol(arrow, Atom.RELATION), above, below, stretches_base=True))

    def _read_other(self, found: re.Match[str]) -> None:
        self._add(Kind.MARK, Symbol(SIGNS.get(found[0], found[0])))

    def _read_overlooked(self, _found: re.Match[str]) -> None:
        """Draw nothing."""

    # LaTeX and words

    def _read_latex_part(self, found: re.Match[str]) -> None:
        latex, self._position = take_latex(self._source, found.start())
        if not latex:
            return
        node = self._read_latex(latex)
        if isinstance(node, Row) and len(node.children) == 1:
            node = node.children[0]
        base = node.base if isinstance(node, Stacked) else node
        is_sign = isinstance(base, Symbol) and base.atom in (Atom.RELATION, Atom.BINARY)
        if is_sign or isinstance(base, Space):
            self._add(Kind.OPERATION, node)
        elif found[0] == "$" and self._last() is None and BEFORE_FORMULA.match(self._source, self._position):
            self._add(Kind.AMOUNT, node)
        else:
            self._add(Kind.NAME, node)

    def _read_group(self, found: re.Match[str]) -> None:
        """Read words in braces; a formula in braces is one nevertheless."""
        group, self._position = take_group(self._source, found.start())
        self._is_parted = not group
        if group:
            command = "ce" if FORMULA_IN_BRACES.search(group) else "text"
            self._add(Kind.SUBSTANCE, self._read_latex(rf"\{command}{{{group}}}"))
