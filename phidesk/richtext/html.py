"""Blocks → HTML, for what is copied into word processors, mails and spreadsheets.

Formulas become MathML with their LaTeX beside it; everything else is plain elements without a style sheet. What a
model wrote is escaped: none of its own markup comes through, no image is referred to, and only web and mail addresses
become links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from phidesk.richtext.blocks import Block, BlockKind, Container, Span, join_pieces
from phidesk.richtext.formula.delimiters import read_delimited
from phidesk.richtext.formula.mathml import as_mathml
from phidesk.richtext.formula.parser import FormulaTooDeep, parse_formula

_SAFE_LINK = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_CHECK_BOXES = ("☐", "☑")
_SIDES = {"l": "left", "c": "center", "r": "right"}


def as_html(blocks: Iterable[Block]) -> str:
    """Return the blocks as a piece of HTML."""
    writer = _Writer()
    for block in join_pieces(blocks):
        writer.write(block)
    writer.close(0)
    return "".join(writer.parts)


class _Writer:
    """Keeps what is open: quotes, lists, and in each list an item."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._open: list[str] = []
        """Elements that hold others, from the outermost: `ul`, `ol`, `li`, `blockquote`."""

    def write(self, block: Block) -> None:
        """Add a block within its containers."""
        depth = 0
        for number, container in enumerate(block.containers):
            is_innermost = number == len(block.containers) - 1
            if container is Container.LIST:
                depth = self._enter_item(depth, block.marker if is_innermost else "")
            else:
                depth = self._enter(depth, "blockquote")
        self.close(depth)
        inner = _block(block)
        is_paragraph = block.kind in (BlockKind.PARAGRAPH, BlockKind.CARD) and not block.marker
        self.parts.append(f"<p>{inner}</p>" if is_paragraph else inner)

    def close(self, depth: int) -> None:
        """Close all but the first elements."""
        while len(self._open) > depth:
            self.parts.append(f"</{self._open.pop()}>")

    def _enter(self, depth: int, name: str, attributes: str = "") -> int:
        """Be within this element at this depth, in the open one if it is the same; return the depth within it."""
        if self._open[depth : depth + 1] != [name]:
            self.close(depth)
            self._open.append(name)
            self.parts.append(f"<{name}{attributes}>")
        return depth + 1

    def _enter_item(self, depth: int, marker: str) -> int:
        """Be within an item of a list: a new one if there is a marker, else the one that is open."""
        number = marker.removesuffix(".")
        name = "ol" if number.isdecimal() else "ul"
        if not marker and self._open[depth : depth + 1] in (["ol"], ["ul"]):
            name = self._open[depth]
        depth = self._enter(depth, name)
        if marker:
            self.close(depth)
        value = f' value="{number}"' if number.isdecimal() else ""
        depth = self._enter(depth, "li", value)
        if marker in _CHECK_BOXES:
            self.parts.append(marker + " ")
        return depth


def _block(block: Block) -> str:
    if block.kind is BlockKind.CODE:
        return f"<pre><code>{escape(block.text)}</code></pre>"
    if block.kind is BlockKind.TABLE:
        return _table(block)
    if block.kind is BlockKind.RULE:
        return "<hr>"
    if block.kind is BlockKind.FOLD:
        return ""
    if block.kind in (BlockKind.HTML, BlockKind.PLAIN):
        return f"<p>{escape(block.text).replace(chr(10), '<br>')}</p>"
    inner = "".join(_span(span) for span in block.spans)
    return f"<h{block.level}>{inner}</h{block.level}>" if block.kind is BlockKind.HEADING else inner


def _table(block: Block) -> str:
    rows = []
    for number, row in enumerate(block.rows):
        name = "th" if number == 0 else "td"
        cells = "".join(
            f"<{name}{_side(block.columns[column : column + 1])}>{''.join(_span(span) for span in cell)}</{name}>"
            for column, cell in enumerate(row)
        )
        rows.append(f"<tr>{cells}</tr>")
    head, body = f"<thead>{''.join(rows[:1])}</thead>", f"<tbody>{''.join(rows[1:])}</tbody>"
    return f'<table border="1" cellspacing="0" cellpadding="4">{head}{body if rows[1:] else ""}</table>'


def _side(column: str) -> str:
    return f' align="{_SIDES[column]}"' if column in _SIDES else ""


def _span(span: Span) -> str:
    if span.formula:
        return _formula(span.text)
    text = escape(span.text).replace("\n", "<br>")
    if span.code:
        text = f"<code>{text}</code>"
    for is_on, name in ((span.strike, "s"), (span.italic, "em"), (span.bold, "strong")):
        text = f"<{name}>{text}</{name}>" if is_on else text
    if span.link and _SAFE_LINK.match(span.link):
        text = f'<a href="{escape(span.link, quote=True)}">{text}</a>'
    return text


def _formula(source: str) -> str:
    delimited = read_delimited(source)
    if delimited is None:
        return escape(source)
    try:
        return as_mathml(parse_formula(delimited.source), delimited.source, is_display=delimited.is_display)
    except FormulaTooDeep:
        return escape(source)
