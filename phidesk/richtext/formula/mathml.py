"""Nodes → MathML Core (https://www.w3.org/TR/mathml-core/), for word processors and browsers."""

from __future__ import annotations

from functools import singledispatch
from html import escape

from phidesk.richtext.formula.mathml_tables import table_markup, without_border
from phidesk.richtext.formula.nodes import (
    TAG_DISTANCE_EM,
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
from phidesk.richtext.formula.symbols import stacks_its_scripts

_UPRIGHT = ' mathvariant="normal"'
_NOTATIONS = {
    "rounded": "roundedbox",
    "shadow": "box",
    "rising": "updiagonalstrike",
    "arrow": "updiagonalarrow",
    "falling": "downdiagonalstrike",
    "level": "horizontalstrike",
    "division": "longdiv",
    "vertical": "verticalstrike",
    "phase": "phasorangle",
}
"""Of frames whose kind MathML calls by another name."""
_SIDES = {"l": "left", "r": "right"}
_LAPS = {"l": "-1", "c": "-0.5"}
"""How many of its widths something without width begins before its place."""


def as_mathml(node: Node, source: str, *, is_display: bool) -> str:
    """Return an element `math`; the LaTeX it was made from stands in it as an annotation."""
    display = ' display="block"' if is_display else ""
    annotation = f'<annotation encoding="application/x-tex">{escape(source)}</annotation>'
    body = f"<mrow>{_markup(node)}</mrow>"
    semantics = f"<semantics>{body}{annotation}</semantics>"
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"{display}>{semantics}</math>'


@singledispatch
def _markup(node: Node) -> str:
    raise TypeError(f"no MathML for {type(node).__name__}")


def _one(node: Node | None) -> str:
    """Return exactly one element, as most parents want it."""
    return f"<mrow>{_markup(node) if node is not None else ''}</mrow>"


def _operator(character: str, attributes: str = "") -> str:
    return f"<mo{attributes}>{escape(character)}</mo>" if character else ""


@_markup.register
def _(node: Symbol) -> str:
    character = escape(node.character)
    weight = ' mathvariant="bold"' if node.is_bold else ""
    if node.atom is Atom.ORDINARY:
        if node.character.isdecimal():
            return f"<mn>{character}</mn>"
        if node.character.isalpha():
            return f"<mi{weight or _UPRIGHT}>{character}</mi>"
        return f'<mo stretchy="false">{character}</mo>' if node.character == "|" else f"<mi{weight}>{character}</mi>"
    return _operator(node.character, weight + (' stretchy="false"' if node.atom in (Atom.OPEN, Atom.CLOSE) else ""))


@_markup.register
def _(node: Word) -> str:
    text = escape(node.text.replace(" ", "\u00a0"))
    return f"<mi>{text}</mi><mo>&#x2061;</mo>" if node.is_function else f"<mtext>{text}</mtext>"


@_markup.register
def _(node: Space) -> str:
    return f'<mspace width="{node.em:.3f}em"/>'


@_markup.register
def _(node: Row) -> str:
    return "".join(_markup(child) for child in node.children)


@_markup.register
def _(node: Fraction) -> str:
    attributes = "" if node.has_line else ' linethickness="0"'
    if node.is_display is not None:
        attributes += f' displaystyle="{str(node.is_display).lower()}"'
    if node.alignment in _SIDES:
        attributes += f' numalign="{_SIDES[node.alignment]}"'
    return f"<mfrac{attributes}>{_one(node.above)}{_one(node.below)}</mfrac>"


@_markup.register
def _(node: Root) -> str:
    if node.degree is None:
        return f"<msqrt>{_markup(node.radicand)}</msqrt>"
    return f"<mroot>{_one(node.radicand)}{_one(node.degree)}</mroot>"


@_markup.register
def _(node: Scripts) -> str:
    has_limits = stacks_its_scripts(node.base) if node.has_limits is None else node.has_limits
    return _scripted(node.base, node.below, node.above, ("munder", "mover") if has_limits else ("msub", "msup"))


@_markup.register
def _(node: Prescripts) -> str:
    return f"<mmultiscripts>{_one(node.base)}<mprescripts/>{_one(node.below)}{_one(node.above)}</mmultiscripts>"


@_markup.register
def _(node: Stacked) -> str:
    return _scripted(node.base, node.below, node.above, ("munder", "mover"))


def _scripted(base: Node, below: Node | None, above: Node | None, names: tuple[str, str]) -> str:
    name = (names[0] if below is not None else "") + (names[1] if above is not None else "")
    name = {"msubmsup": "msubsup", "mundermover": "munderover", "": "mrow"}.get(name, name)
    parts = "".join(_one(part) for part in (below, above) if part is not None)
    return f"<{name}>{_one(base)}{parts}</{name}>"


@_markup.register
def _(node: Fenced) -> str:
    size = "" if node.size_em is None else f' minsize="{node.size_em:.1f}em" maxsize="{node.size_em:.1f}em"'
    middles = "".join(_operator(delimiter, size) + _markup(content) for delimiter, content in node.middles)
    parts = f"{_operator(node.opening, size)}{_markup(node.content)}{middles}{_operator(node.closing, size)}"
    return parts if node.content == Row() else f"<mrow>{parts}</mrow>"


@_markup.register
def _(node: Accent) -> str:
    name, attribute = ("munder", "accentunder") if node.is_below else ("mover", "accent")
    mark = _operator(node.mark, f' stretchy="{str(node.stretches).lower()}"')
    return f'<{name} {attribute}="true">{_one(node.base)}{mark}</{name}>'


@_markup.register
def _(node: Classed) -> str:
    return _one(node.content)


@_markup.register
def _(node: Framed) -> str:
    content = _markup(node.content)
    if node.fill:
        content = f'<mstyle mathbackground="{escape(node.fill)}">{content}</mstyle>'
    if not node.kind:
        return content
    notation = " ".join(_NOTATIONS.get(word, word) for word in node.kind.split())
    return f'<menclose notation="{notation}">{content}</menclose>'


@_markup.register
def _(node: Styled) -> str:
    attributes = f' mathcolor="{escape(node.color)}"' if node.color else ""
    if node.is_display is not None:
        attributes += f' displaystyle="{str(node.is_display).lower()}"'
    if node.script_level is not None:
        attributes += f' scriptlevel="{node.script_level}"'
    if not node.is_hidden:
        return f"<mstyle{attributes}>{_markup(node.content)}</mstyle>"
    size = "" if node.has_width else ' width="0"'
    size += "" if node.has_height else ' height="0" depth="0"'
    phantom = f"<mphantom>{_markup(node.content)}</mphantom>"
    return f"<mpadded{size}>{phantom}</mpadded>" if size else phantom


@_markup.register
def _(node: Shifted) -> str:
    attributes = ' width="0"' if node.lap else ""
    if node.lap in _LAPS:
        attributes += f' lspace="{_LAPS[node.lap]}width"'
    if node.raised_em:
        attributes += f' voffset="{node.raised_em:.3f}em"'
    attributes += "" if node.has_height else ' height="0"'
    attributes += "" if node.has_depth else ' depth="0"'
    content = _markup(node.content)
    return f"<mpadded{attributes}>{content}</mpadded>" if attributes else f"<mrow>{content}</mrow>"


@_markup.register
def _(_node: CellColor) -> str:
    return ""  # The cell says it.


@_markup.register
def _(node: Bar) -> str:
    height, depth = max(0.0, node.height_em + node.raised_em), max(0.0, -node.raised_em)
    size = f'width="{node.width_em:.3f}em" height="{height:.3f}em" depth="{depth:.3f}em"'
    return f'<mspace {size} mathbackground="currentcolor"/>'


@_markup.register
def _(node: Tag) -> str:
    """Return the tag beside its line: rows with labels (`mlabeledtr`) are not part of MathML Core."""
    return _markup(Space(TAG_DISTANCE_EM)) + _markup(node.content)


@_markup.register
def _(node: Table) -> str:
    if node.has_border:
        return _markup(without_border(node))
    attributes = ' displaystyle="true"' if node.is_display else ""
    return f"<mrow>{_operator(node.opening)}{table_markup(node, _markup, attributes)}{_operator(node.closing)}</mrow>"


@_markup.register
def _(node: Spanning) -> str:
    return _markup(node.content)
