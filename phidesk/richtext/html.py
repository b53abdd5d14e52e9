"""Blocks → HTML, for what is copied into word processors, mails and spreadsheets.

Formulas become MathML with their LaTeX beside it; everything else is plain elements without a style sheet. What a
model wrote is escaped: none of its own markup comes through, no image is referred to, and only web and mail addresses
become links.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from phidesk.richtext.blocks import Block, BlockKind, Container, Span
from phidesk.richtext.formula.delimiters import read_delimited
from phidesk.richtext.formula.mathml import as_mathml
from phidesk.richtext.formula.parser import FormulaTooDeep, parse_formula

_SAFE_LINK = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_CONTAINERS = {Container.LIST: "ul", Container.QUOTE: "blockquote", Container.THOUGHT: "blockquote"}
_SIDES = {"l": "left", "c": "center", "r": "right"}


def as_html(blocks: Sequence[Block]) -> str:
    """Return the blocks as a piece of HTML."""
    parts: list[str] = []
    open_containers: tuple[Container, ...] = ()
    for number, block in enumerate(blocks):
        shared = 0
        while (
            shared < min(len(open_containers), len(block.containers))
            and open_containers[shared] is block.containers[shared]
        ):
            shared += 1
        parts += (f"</{_CONTAINERS[container]}>" for container in reversed(open_containers[shared:]))
        parts += (f"<{_CONTAINERS[container]}>" for container in block.containers[shared:])
        open_containers = block.containers
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        parts.append(_block(block, is_continued=following is not None and following.joint is not None))
    parts += (f"</{_CONTAINERS[container]}>" for container in reversed(open_containers))
    return "".join(parts)


def _block(block: Block, *, is_continued: bool) -> str:
    inner = "".join(_span(span) for span in block.spans)
    if block.kind is BlockKind.CODE:
        return f"<pre><code>{escape(block.text)}</code></pre>"
    if block.kind is BlockKind.TABLE:
        return _table(block)
    if block.kind is BlockKind.RULE:
        return "<hr>"
    if block.kind is BlockKind.FOLD:
        return ""
    if block.kind is BlockKind.HEADING:
        return f"<h{block.level}>{inner}</h{block.level}>"
    if block.kind in (BlockKind.HTML, BlockKind.PLAIN):
        return f"<p>{escape(block.text).replace(chr(10), '<br>')}</p>"
    if block.joint is not None or is_continued:
        return f"<span>{inner}</span>"
    if block.marker:
        return f"<li{_number(block.marker)}>{inner}</li>"
    return f"<p>{inner}</p>"


def _number(marker: str) -> str:
    """Numbers of lists are kept whatever the list around them counts."""
    number = marker.removesuffix(".")
    return f' value="{number}" style="list-style-type: decimal"' if number.isdecimal() else ""


def _table(block: Block) -> str:
    rows = []
    for number, row in enumerate(block.rows):
        name = "th" if number == 0 and block.joint is None else "td"
        cells = "".join(
            f"<{name}{_side(block.columns[column : column + 1])}>{''.join(_span(span) for span in cell)}</{name}>"
            for column, cell in enumerate(row)
        )
        rows.append(f"<tr>{cells}</tr>")
    return f'<table border="1" cellspacing="0" cellpadding="4">{"".join(rows)}</table>'


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
