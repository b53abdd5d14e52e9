"""What stands in an index or exponent of a chemical formula: charges, numbers of atoms, oxidation states."""

from __future__ import annotations

from collections.abc import Callable

from phidesk.richtext.formula.alphabets import Alphabet, styled
from phidesk.richtext.formula.chemistry.grammar import IN_SCRIPT, SIGNS
from phidesk.richtext.formula.chemistry.latex_parts import take_latex
from phidesk.richtext.formula.nodes import Fraction, Node, Row, Space, Symbol, Word
from phidesk.richtext.formula.symbols import SPACES


def read_script(source: str, read_latex: Callable[[str], Node], *, is_above: bool, is_before: bool) -> Row:
    """Return the nodes of a script. A single small letter is a variable, but not before a substance: "99m"."""
    nodes: list[Node] = []
    position = 0
    while (found := IN_SCRIPT.match(source, position)) is not None:
        position = found.end()
        match found.lastgroup:
            case "latex":
                latex, position = take_latex(source, found.start())
                nodes.append(read_latex(latex))
            case "fraction":
                nodes.append(Fraction(digits(found["above"]), digits(found["below"]), is_display=False))
            case "word":
                nodes.append(word(found[0]))
            case "variable":
                nodes.append(word(found[0]) if is_before else variable(found[0]))
            case "space":
                nodes.append(Space(SPACES["~"]))
            case "radical":
                nodes.append(Symbol("•" if is_above else "."))
            case "sign":
                nodes.append(Symbol(SIGNS.get(found[0], found[0])))
            case _:
                continue
    return Row(tuple(nodes))


def word(letters: str) -> Node:
    """Return upright letters."""
    return Symbol(letters) if len(letters) == 1 else Word(letters)


def variable(letter: str) -> Node:
    """Return what stands for a number."""
    return Symbol(styled(letter, Alphabet.ITALIC))


def digits(number: str) -> Row:
    """Return a number, whose decimal point or comma keeps no distance."""
    return Row(tuple(Symbol(character) for character in number))
