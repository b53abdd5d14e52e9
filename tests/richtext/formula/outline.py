"""What a reader sees of a formula, as one line of text."""

from __future__ import annotations

from unicodedata import normalize

from phidesk.richtext.formula.nodes import (
    Accent,
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
    Stacked,
    Styled,
    Symbol,
    Table,
    Word,
)
from phidesk.richtext.formula.parser import parse_formula


def outline(source: str) -> str:
    """Return the outline of a formula: in plain letters.

    Single angle quotation marks stand around what delimiters grow with, braces around the parts of fractions and scripts.
    """
    return _of(parse_formula(source))


def _of(node: Node) -> str:
    match node:
        case Symbol(text) | Word(text):
            return normalize("NFKC", text)
        case Space(em):
            return " " if em > 0 else ""
        case Row(children):
            return "".join(_of(child) for child in children)
        case Fraction(above, below):
            return f"{{{_of(above)}}}/{{{_of(below)}}}"
        case Root(radicand):
            return f"√{{{_of(radicand)}}}"
        case Scripts(base, below, above) | Prescripts(base, below, above):
            parts = ((mark, part) for mark, part in (("_", below), ("^", above)) if part is not None)
            scripts = "".join(f"{mark}{{{_of(part)}}}" for mark, part in parts)
            return scripts + _of(base) if isinstance(node, Prescripts) else _of(base) + scripts
        case Stacked(base, above, below):
            return _of(base) + "".join(f"[{_of(label)}]" for label in (above, below) if label is not None)
        case Fenced(opening, content, closing, _, middles):
            return f"‹{opening}{_of(content)}{''.join(bar + _of(part) for bar, part in middles)}{closing}›"
        case Accent(base, mark):
            return f"{_of(base)}{mark}"
        case Table(rows, opening=opening, closing=closing):
            cells = " \\ ".join(" & ".join(_of(cell) for cell in row) for row in rows)
            return f"‹{opening}{cells}{closing}›"
        case Styled(content) | Framed(content) | Classed(content) | Shifted(content):
            return _of(content)
        case _:
            raise TypeError(type(node).__name__)
