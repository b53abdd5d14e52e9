"""Blocks → HTML, for what is copied into word processors, mails and spreadsheets.

Formulas are LaTeX, and MathML in its place for Microsoft's programs; everything else is plain elements without a style
sheet. What a model wrote is escaped: none of its own markup comes through, no image is referred to, and only web and
mail addresses become links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from phidesk.richtext.blocks import CELL_LINE_BREAK, Block, BlockKind, Container, Span, join_pieces
from phidesk.richtext.direction import is_right_to_left_text
from phidesk.richtext.formula.delimiters import read_delimited
from phidesk.richtext.formula.mathml import as_mathml
from phidesk.richtext.formula.parser import FormulaTooDeep, parse_formula
from phidesk.richtext.isolation import spans_to_isolate

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
                depth = self._enter_item(depth, block, has_marker=is_innermost)
            else:
                depth = self._enter(depth, "blockquote")
        self.close(depth)
        inner = _block(block)
        is_paragraph = block.kind in (BlockKind.PARAGRAPH, BlockKind.CARD) and not block.marker
        self.parts.append(f"<p{_look(block)}>{inner}</p>" if is_paragraph else inner)

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

    def _enter_item(self, depth: int, block: Block, *, has_marker: bool) -> int:
        """Be within an item of a list: a new one if the block's marker is for it, else the one that is open."""
        marker = block.marker if has_marker else ""
        number = marker.removesuffix(".")
        name = "ol" if number.isdecimal() else "ul"
        if not marker and self._open[depth : depth + 1] in (["ol"], ["ul"]):
            name = self._open[depth]
        depth = self._enter(depth, name, ' dir="rtl"' if _is_from_the_right(block) else "")
        if marker:
            self.close(depth)
        value = f' value="{number}"' if number.isdecimal() else ""
        if marker in _CHECK_BOXES:
            depth = self._enter(depth, "li", _look(block, "list-style-type: none"))
            self.parts.append(marker + " ")
        else:
            depth = self._enter(depth, "li", value + _look(block))
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
        return f"<p{_look(block)}>{escape(block.text).replace(chr(10), '<br>')}</p>"
    inner = _line(block.spans, spans_to_isolate(block))
    return f"<h{block.level}{_look(block)}>{inner}</h{block.level}>" if block.kind is BlockKind.HEADING else inner


def _is_from_the_right(block: Block) -> bool:
    return block.kind is not BlockKind.CODE and is_right_to_left_text(block.text)


def _look(block: Block, *styles: str) -> str:
    """Return the attributes that say which way a block is written, and these styles."""
    direction = ""
    if _is_from_the_right(block):
        direction, styles = ' dir="rtl"', (*styles, "text-align: right")  # LibreOffice Writer wants to be told twice.
    return direction + (f' style="{"; ".join(styles)}"' if styles else "")


def _line(spans: Sequence[Span], isolates: Sequence[bool]) -> str:
    """Return spans, those to be isolated kept together within text from the right where a program knows how."""
    written = (_span(span) for span in spans)
    return "".join(
        f'<bdi dir="ltr">{text}</bdi>' if is_isolated else text
        for text, is_isolated in zip(written, isolates, strict=True)
    )


def _table(block: Block) -> str:
    rows = []
    for number, row in enumerate(block.rows):
        name = "th" if number == 0 else "td"
        cells = "".join(
            f"<{name}{_side(block, column)}>{_line(cell, [_is_isolated(block, span) for span in cell])}</{name}>"
            for column, cell in enumerate(row)
        )
        rows.append(f"<tr>{cells}</tr>")
    head, body = f"<thead>{''.join(rows[:1])}</thead>", f"<tbody>{''.join(rows[1:])}</tbody>"
    direction = ' dir="rtl"' if block.is_mirrored else ""
    return f'<table{direction} border="1" cellspacing="0" cellpadding="4">{head}{body if rows[1:] else ""}</table>'


def _side(block: Block, column: int) -> str:
    """Say where a column is aligned: left means where lines begin, right where they end."""
    letter = block.columns[column : column + 1]
    side = _SIDES.get({"l": "r", "r": "l"}.get(letter, letter) if block.is_mirrored else letter)
    return f' align="{side}"' if side else ""


def _is_isolated(table: Block, span: Span) -> bool:
    return table.is_mirrored and (span.code or span.formula)


def _span(span: Span) -> str:
    if span.formula:
        return _formula(span)
    text = escape(span.text).replace("\n", "<br>").replace(CELL_LINE_BREAK, "<br>")
    if span.code:
        text = f"<code>{text}</code>"
    for is_on, name in ((span.strike, "s"), (span.italic, "em"), (span.bold, "strong")):
        text = f"<{name}>{text}</{name}>" if is_on else text
    if span.link and _SAFE_LINK.match(span.link):
        text = f'<a href="{escape(span.link, quote=True)}">{text}</a>'
    return text


def _formula(span: Span) -> str:
    """Return a formula as LaTeX, and as MathML for those who know Microsoft's conditions.

    Programs that know no MathML (LibreOffice, Google Docs, mail programs) show its characters one after the other, and
    what they make of one half is 12. So it stands in a comment, as Word itself puts formulas on the clipboard.
    """
    source = span.text
    written, drawn = read_delimited(source), read_delimited(span.formula_source)
    if written is None or drawn is None:
        return escape(source)
    try:
        mathml = as_mathml(parse_formula(drawn.source), written.source, is_display=written.is_display)
    except FormulaTooDeep:
        return escape(source)
    return f"<!--[if gte msEquation 12]>{mathml}<![endif]--><![if !msEquation]>{escape(source)}<![endif]>"
