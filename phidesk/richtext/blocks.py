"""The values that a text is made of once it was read: blocks of spans.

A block is the smallest thing that is laid out by itself: one paragraph, one heading, one listing. Lists and quotes are
no blocks; they are the containers that a block stands in. Flat blocks keep layout, selection and streaming simple.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from itertools import accumulate
from typing import NamedTuple

PIECE_CHARACTERS = 2_500
"""A paragraph longer than this becomes several blocks, since the layout of a block costs as much as it is long."""
CODE_PIECE_LINES = 100
TABLE_PIECE_ROWS = 10
"""A row has several cells, each of which costs as much as a paragraph."""
CODE_PIECE_CHARACTERS = 8_000

CELL_SEPARATOR, ROW_SEPARATOR = "\t", "\n"
"""Between the cells and rows of a table, as a spreadsheet wants them; each is a span of its own."""
CELL_LINE_BREAK = "\u2028"
"""Within a cell, where a line break of the text would end the row."""


class BlockKind(Enum):
    """What a block is."""

    __hash__ = object.__hash__  # Each is only itself; what Enum has is a function in Python, too slow for each block.

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    CODE = "code"
    TABLE = "table"
    RULE = "rule"
    HTML = "html"
    PLAIN = "plain"
    """Text exactly as it was typed; markdown means nothing in it."""
    FOLD = "fold"
    """The line that opens what was thought. It has no text: it is never copied."""
    CARD = "card"
    """A card; its text is what it says in one line."""


class Container(Enum):
    """What a block may stand in."""

    __hash__ = object.__hash__

    LIST = "list"
    QUOTE = "quote"
    THOUGHT = "thought"
    """What a model thought before it answered."""


class Span(NamedTuple):
    """A run of characters of one appearance. A line break within a block is a newline in `text`.

    A tuple, since dozens are made and compared in each frame while an answer is written.
    """

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    formula: bool = False
    """The text is the source of a formula with its delimiters."""
    link: str = ""
    image: bool = False
    """The text stands for a picture, which is never fetched: what it shows, and its address."""
    drawn: str = ""
    """Of a formula that is drawn from another source than its text: that source, with its delimiters."""

    @property
    def formula_source(self) -> str:
        """What a formula is drawn from."""
        return self.drawn or self.text

    @property
    def look(self) -> tuple[object, ...]:
        """The appearance alone."""
        return self[1:]

    def with_text(self, text: str) -> Span:
        """Return the same appearance with other characters."""
        return self if text == self.text else Span(text, *self[1:-1])


@dataclass(frozen=True, slots=True)
class Block:
    """One block; equal blocks look equal."""

    kind: BlockKind
    spans: tuple[Span, ...] = ()
    source: str = ""
    """The markdown it was read from; for a further piece of a long block, its text."""
    level: int = 0
    """Of a heading: 1 to 6."""
    language: str = ""
    """Of code: the first word of its info string."""
    containers: tuple[Container, ...] = ()
    """From the outermost to the innermost."""
    marker: str = ""
    """What stands before the first block of a list item: a bullet, a number, a check box."""
    joint: str | None = None
    """For a further piece of a long block: the characters between it and the piece before. None for all others."""
    columns: str = ""
    """Of a table: how each column is aligned (l, c, r). Its text has a tab between cells and a line for each row."""
    is_mirrored: bool = False
    """Of a table: whether its first column stands at the right, because its head is written from there."""

    @property
    def text(self) -> str:
        """The characters of the block, without its marker."""
        if len(self.spans) == 1:
            return self.spans[0].text
        return "".join([span.text for span in self.spans])

    @property
    def rows(self) -> list[list[tuple[Span, ...]]]:
        """The cells of a table, row by row; the first row of a table that is not a further piece is its head."""
        rows: list[list[list[Span]]] = [[[]]]
        for span in self.spans:
            if span.text == ROW_SEPARATOR:
                rows.append([[]])
            elif span.text == CELL_SEPARATOR:
                rows[-1].append([])
            else:
                rows[-1][-1].append(span)
        return [[tuple(cell) for cell in row] for row in rows]

    @property
    def list_depth(self) -> int:
        """How many lists the block stands in."""
        return self.containers.count(Container.LIST)

    @property
    def lead(self) -> str:
        """What plain text shows before the characters: the marker, indented by the depth of its list."""
        if self.kind is BlockKind.RULE:
            return "———"
        if not self.marker:
            return ""
        return "  " * (self.list_depth - 1) + self.marker + " "


def separator(previous: Block | None, block: Block) -> str:
    """Return the characters that part two neighbours in plain text."""
    if block.joint is not None:
        return block.joint
    if previous is None:
        return ""
    if block.marker and previous.list_depth:
        return "\n"
    return "\n\n"


def plain_text(blocks: Iterable[Block]) -> str:
    """Return what a person reads: no markup, but markers of lists and line breaks."""
    parts: list[str] = []
    previous: Block | None = None
    for block in blocks:
        if block.kind is BlockKind.FOLD:
            continue
        parts += (separator(previous, block), block.lead, block.text)
        previous = block
    return "".join(parts)


def plain_blocks(text: str) -> list[Block]:
    """Return the blocks of a text that is no markdown; joined they are the text, character by character."""
    blocks: list[Block] = []
    start = 0
    joint: str | None = None
    while True:
        end = len(text)
        following = ""
        if end - start > PIECE_CHARACTERS:
            end = start + PIECE_CHARACTERS
            newline = text.rfind("\n", start, end)
            if newline > start:
                end, following = newline, "\n"
        piece = text[start:end]
        blocks.append(Block(BlockKind.PLAIN, (Span(piece),), piece, joint=joint))
        start = end + len(following)
        joint = following
        if end == len(text):
            return blocks


def cut_block(block: Block) -> list[Block]:
    """Return the block itself, or its pieces if it is long. All but the last do not depend on what follows."""
    text = block.text
    if block.kind in (BlockKind.CODE, BlockKind.TABLE, BlockKind.HTML):
        most_lines = TABLE_PIECE_ROWS if block.kind is BlockKind.TABLE else CODE_PIECE_LINES
        if len(text) <= CODE_PIECE_CHARACTERS and text.count("\n") < most_lines:
            return [block]
        cuts = _line_cuts(text, most_lines)
    elif len(text) <= PIECE_CHARACTERS:
        return [block]
    else:
        cuts = _text_cuts(text)
    pieces: list[Block] = []
    span_ends = list(accumulate(len(span.text) for span in block.spans))
    for start, end, joint in cuts:
        first, last = bisect_right(span_ends, start), bisect_left(span_ends, end)  # A giant has thousands of spans.
        before = span_ends[first - 1] if first else 0
        spans = slice_spans(block.spans[first : last + 1], start - before, end - before)
        piece = replace(block, spans=spans, source=text[start:end])
        pieces.append(piece if start == 0 else replace(piece, marker="", joint=joint))
    return pieces


def sentence_cut(text: str, start: int, limit: int) -> int:
    """Return where to cut at most `limit` characters after `start`: after a sentence, else a word."""
    end = start + limit
    for mark in (". ", "? ", "! ", "。", "\n", " "):
        found = text.rfind(mark, start + limit // 2, end)
        if found >= 0:
            return found + len(mark)
    return end


def _text_cuts(text: str) -> list[tuple[int, int, str]]:
    cuts: list[tuple[int, int, str]] = []
    start = 0
    while len(text) - start > PIECE_CHARACTERS:
        end = sentence_cut(text, start, PIECE_CHARACTERS)
        cuts.append((start, end, ""))
        start = end
    cuts.append((start, len(text), ""))
    return cuts


def _line_cuts(text: str, most_lines: int) -> list[tuple[int, int, str]]:
    cuts: list[tuple[int, int, str]] = []
    start = 0
    joint = ""
    while True:
        limit = start + CODE_PIECE_CHARACTERS
        newline = start - 1
        lines = 0
        while lines < most_lines:
            following = text.find("\n", newline + 1, limit)
            if following < 0:
                break
            newline = following
            lines += 1
        if lines < most_lines and len(text) <= limit:
            cuts.append((start, len(text), joint))
            return cuts
        if lines:
            cuts.append((start, newline, joint))
            start, joint = newline + 1, "\n"
        else:
            cuts.append((start, limit, joint))
            start, joint = limit, ""


def slice_spans(spans: tuple[Span, ...], start: int, end: int) -> tuple[Span, ...]:
    """Return the characters from `start` to `end` with their appearance."""
    sliced: list[Span] = []
    position = 0
    for span in spans:
        following = position + len(span.text)
        if following > start and position < end:
            sliced.append(span.with_text(span.text[max(0, start - position) : end - position]))
        position = following
    return tuple(sliced)


def join_pieces(blocks: Iterable[Block]) -> list[Block]:
    """Return long blocks whole again, as they were before `cut_block`."""
    joined: list[Block] = []
    for block in blocks:
        if block.joint is None or not joined or joined[-1].kind is not block.kind:
            joined.append(block if block.joint is None else replace(block, joint=None))
        else:
            spans = joined[-1].spans + ((Span(block.joint),) if block.joint else ()) + block.spans
            if block.kind in (BlockKind.CODE, BlockKind.HTML, BlockKind.PLAIN):
                spans = (block.spans[0].with_text("".join(span.text for span in spans)),)
            joined[-1] = replace(joined[-1], spans=spans)
    return joined
