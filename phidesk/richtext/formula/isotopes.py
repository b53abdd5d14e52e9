r"""Numbers of isotopes in LaTeX that is no `\ce{…}`: `{}^{14}_{6}C`, `\ldots + ^{4}_{2}\text{He}`.

LaTeX knows no scripts before a letter. It takes the first as scripts of nothing, which begin below each other instead
of ending there, and the second as scripts of the sign before them.
"""

from __future__ import annotations

from phidesk.richtext.formula.nodes import Accent, Atom, Node, Prescripts, Row, Scripts, Space, Symbol, Word
from phidesk.richtext.formula.symbols import SPACES

_SIGNS = frozenset("+=→⟶←⟵⇌↔")
_IN_NUMBERS = frozenset("0123456789+−𝐴𝑍𝑎𝑧")
"""Letters too: the numbers of any isotope are A and Z."""


def join_isotopes(parts: list[Node]) -> list[Node]:
    """Return what stands beside each other in a row, where numbers before a letter belong to it."""
    joined: list[Node] = []
    for node in parts:
        numbers = joined[-1] if joined else None
        if isinstance(numbers, Scripts) and _is_letter(node) and _may_precede(numbers, joined[-2:-1]):
            joined[-1:] = [] if numbers.base == Row() else [numbers.base]
            if joined and _is_digit(joined[-1]):
                joined.append(Space(SPACES[","]))  # How many of them.
            joined.append(Prescripts(node, numbers.below, numbers.above))
        else:
            joined.append(node)
    return joined


def _may_precede(numbers: Scripts, before: list[Node]) -> bool:
    """Whether scripts are none of their base: of nothing, of a sign, or both of a number of isotopes."""
    if numbers.above is None:
        return False
    if numbers.base == Row():
        return numbers.below is not None and not (before and _may_have_scripts(before[0]))
    if not isinstance(numbers.base, Symbol) or not all(map(_is_number, (numbers.above, numbers.below))):
        return False
    return numbers.base.character in _SIGNS or (_is_digit(numbers.base) and numbers.below is not None)


def _may_have_scripts(node: Node) -> bool:
    """Whether scripts of nothing may continue those of what stands before them, as in tensors: `R^a{}_b^c`."""
    if isinstance(node, Symbol):
        return node.atom in (Atom.ORDINARY, Atom.CLOSE) and not _is_digit(node)
    return not isinstance(node, Space)


def _is_number(script: Node | None) -> bool:
    characters = script.children if isinstance(script, Row) else () if script is None else (script,)
    return all(isinstance(child, Symbol) and child.character in _IN_NUMBERS for child in characters)


def _is_digit(node: Node) -> bool:
    return isinstance(node, Symbol) and node.character.isdecimal()


def _is_letter(node: Node) -> bool:
    if isinstance(node, Scripts | Accent):
        return _is_letter(node.base)
    if isinstance(node, Row):
        return bool(node.children) and all(map(_is_letter, node.children))
    if isinstance(node, Word):
        return not node.is_function
    return isinstance(node, Symbol) and node.atom is Atom.ORDINARY and node.character.isalpha()
