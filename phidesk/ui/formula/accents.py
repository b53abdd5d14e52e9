"""What stands above letters, and what that changes in them."""

from __future__ import annotations

from dataclasses import replace

from phidesk.richtext.formula.nodes import Node, Stacked, Symbol
from phidesk.ui.formula.spacing import atom_of

_WITHOUT_DOT = {"𝑖": "𝚤", "𝑗": "𝚥", "i": "ı", "j": "ȷ"}
_MARKS_ABOVE = {"⌢": "⏜", "→": "\u20d7", "↔": "\u20e1", "←": "\u20d6"}


def without_dot(node: Node) -> Node:
    """Return the base of an accent above it, which takes the place of the dot."""
    if not isinstance(node, Symbol):
        return node
    return replace(node, character=_WITHOUT_DOT.get(node.character, node.character))


def mark_over(node: Stacked) -> str:
    """Return the mark of an arc or a vector above letters, however it was written there; nothing if it is none."""
    if node.below is not None or not isinstance(node.above, Symbol) or atom_of(node.base) != "ordinary":
        return ""
    return _MARKS_ABOVE.get(node.above.character, "")
