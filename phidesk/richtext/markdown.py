r"""Markdown → blocks, in one pass over the events of pyromark (CommonMark with tables, strikethrough and task lists).

Formulas stay what they are, source with delimiters: `formula_places` replaces what stands for them for the parser only
(the same number of bytes, so all positions stay true), and whatever they end up in is read from the original text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

import pyromark

from phidesk.richtext.bare_links import find_bare_links
from phidesk.richtext.blocks import (
    CELL_LINE_BREAK,
    CELL_SEPARATOR,
    ROW_SEPARATOR,
    Block,
    BlockKind,
    Container,
    Span,
    cut_block,
)
from phidesk.richtext.direction import is_right_to_left_text
from phidesk.richtext.displayed_formulas import set_apart
from phidesk.richtext.formula_places import neutralised
from phidesk.richtext.references import with_references

MOST_CONTAINERS = 8
"""Deeper nesting is shown at this depth: nobody reads it, and it would leave no width for the text."""

MOST_COLUMNS = 50
"""A table with more is shown as it was written: each cell costs as much as a paragraph."""

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_MATH
)
_BULLETS = ("•", "◦", "▪")
_ALIGNMENTS = {"Left": "l", "Center": "c", "Right": "r"}
_CHECK_BOXES = {False: "☐", True: "☑"}
_ESCAPED_BAR = re.compile(r"(?<!\\)((?:\\\\)*)(?<!\\left)(?<!\\right)(?<!\\middle)\\\|")
_BREAK_ELEMENT = re.compile(r"<br\s*/?>", re.IGNORECASE)
"""The one element that means something: within a cell of a table, markdown has no other way to break a line."""
_PLAIN, _CELL_SEPARATOR, _ROW_SEPARATOR = Span(""), Span(CELL_SEPARATOR), Span(ROW_SEPARATOR)


@dataclass(frozen=True, slots=True)
class Continuation:
    """What a text means that goes on where another one was cut."""

    number: int | None = None
    """The number of the list item that the text begins with."""
    joint: str | None = None
    """`Block.joint` of the first block. A table then has a head in the text that was shown before."""


@dataclass(slots=True)
class Unit:
    """A stretch of a text that can be parsed alone: a top-level block, or one item of a top-level list."""

    start: int
    """In bytes of the UTF-8 form, at the beginning of a line."""
    kind: str
    """The name that the parser gives it; "Item" for an item."""
    number: int | None
    blocks: list[Block]


def parse(text: str) -> tuple[Block, ...]:
    """Return the blocks of a whole text. Any string is valid."""
    return tuple(with_references([block for unit in parse_units(encode(text)) for block in unit.blocks]))


def encode(text: str) -> bytes:
    """Return the UTF-8 form that the parser reads; halves of surrogate pairs become replacement characters."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def parse_units(source: bytes, continuation: Continuation | None = None) -> list[Unit]:
    """Return the units of a text with their blocks."""
    reading = Reading(source, continuation)
    reading.go_on()
    return reading.units


class Reading:
    """A text that is read, in one go or a little at a time."""

    def __init__(self, source: bytes, continuation: Continuation | None = None) -> None:
        normalised = neutralised(source)
        self._reader = _Reader(source, normalised, continuation or Continuation())
        self._events = iter(pyromark.events_with_range(normalised.decode(), options=_OPTIONS))

    @property
    def units(self) -> list[Unit]:
        """What was read so far."""
        return self._reader.units

    def go_on(self, most_events: int | None = None) -> bool:
        """Read on, at most so many of the parser's events; return whether the end is reached."""
        read = 0
        for event, span in islice(self._events, most_events):
            self._reader.read(event, span["start"], span["end"])
            read += 1
        return most_events is None or read < most_events


@dataclass(slots=True)
class _Leaf:
    kind: BlockKind
    start: int
    end: int
    containers: tuple[Container, ...]
    marker: str
    level: int = 0
    language: str = ""
    columns: str = ""
    implicit: bool = False
    """The text of a tight list item: the parser gives it no paragraph."""


class _Reader:
    """Turns the parser's events into units."""

    def __init__(self, source: bytes, normalised: bytes, continuation: Continuation) -> None:
        self.units: list[Unit] = []
        self._source = source
        self._normalised = normalised
        self._has_replacements = source is not normalised
        self._number = continuation.number
        self._joint = continuation.joint
        self._depth = 0
        self._containers: list[Container] = []
        self._numbers: list[int | None] = []
        self._marker = ""
        self._leaf: _Leaf | None = None
        self._spans: list[Span] = []
        self._run: list[str] = []
        self._look = _PLAIN
        self._bold = self._italic = self._strike = self._images = 0
        self._links: list[str] = []
        self._is_in_row = False

    def read(self, event: Any, start: int, end: int) -> None:
        """Take one event and the range of bytes that it comes from."""
        if type(event) is str:
            if event == "Rule":
                self._begin_unit("Rule", start)
                self._open(BlockKind.RULE, start, end)
                self._close()
            elif event == "SoftBreak":
                is_broken = self._run[-1:] == ["\n"]  # By an element.
                self._write("" if is_broken else " ", start, end)
            else:
                self._write("\n", start, end)
            return
        ((name, value),) = event.items()
        if name == "Text":
            self._write(self._original(value, start, end), start, end)
        elif name == "Start":
            self._start(value, start, end)
        elif name == "End":
            self._end(value if type(value) is str else next(iter(value)), end)
        elif name == "Code":
            self._write(self._original_code(value, start, end), start, end, code=True)
        elif name in ("InlineMath", "DisplayMath"):
            self._write(self._source[start:end].decode(errors="replace"), start, end, formula=True)
        elif name == "TaskListMarker":
            self._marker = _CHECK_BOXES[value]
            if self._leaf is not None:
                self._leaf.marker = self._marker
                self._marker = ""
        else:  # Html, InlineHtml and whatever a later parser may add.
            self._write_element(self._original(str(value), start, end), start, end)

    def _write_element(self, text: str, start: int, end: int) -> None:
        """Show an element as it was written; only one that breaks a line does so."""
        if _BREAK_ELEMENT.fullmatch(text) and (self._leaf is None or self._leaf.kind is not BlockKind.HTML):
            text = CELL_LINE_BREAK if self._leaf is not None and self._leaf.kind is BlockKind.TABLE else "\n"
        self._write(text, start, end)

    def _start(self, tag: str | Mapping[str, Any], start: int, end: int) -> None:
        name = tag if isinstance(tag, str) else next(iter(tag))
        value: Any = None if isinstance(tag, str) else tag[name]
        if name == "Strong":
            self._bold += 1
        elif name == "Emphasis":
            self._italic += 1
        elif name == "Strikethrough":
            self._strike += 1
        elif name in ("Link", "Image"):
            self._links.append(value["dest_url"])
            self._images += name == "Image"
        elif name in ("TableHead", "TableRow", "TableCell"):
            self._start_cell(name)
        else:
            self._start_block(name, value, start, end)
            self._depth += 1
            return
        if self._leaf is None:  # A tight item begins with markup, and that is part of its source.
            self._open_implicit(start, end)
        self._restyle()

    def _start_cell(self, name: str) -> None:
        """Part cells and rows from those before them."""
        self._flush()
        if name == "TableRow":
            self._spans.append(_ROW_SEPARATOR)
        elif name == "TableCell" and self._is_in_row:
            self._spans.append(_CELL_SEPARATOR)
        self._is_in_row = name == "TableCell"

    def _start_block(self, name: str, value: Any, start: int, end: int) -> None:
        self._close_implicit()
        if name != "List":
            self._begin_unit(name, start)
        if name == "List":
            self._emit_empty_item(start)
            if self._depth == 0 and value is not None and self._number is not None and not self.units:
                value = self._number
            self._numbers.append(value)
            self._containers.append(Container.LIST)
        elif name == "Item":
            number = self._numbers[-1] if self._numbers else None
            if number is None:
                self._marker = _BULLETS[min(self._containers.count(Container.LIST), len(_BULLETS)) - 1]
            else:
                self._marker = f"{number}."
                self._numbers[-1] = number + 1
        elif name == "BlockQuote":
            self._emit_empty_item(start)
            self._containers.append(Container.QUOTE)
        elif name == "Heading":
            self._open(BlockKind.HEADING, start, end).level = int(value["level"][1])
        elif name == "CodeBlock":
            info = value.get("Fenced", "") if isinstance(value, Mapping) else ""
            self._open(BlockKind.CODE, start, end).language = info.split()[0] if info.split() else ""
        elif name == "Table":
            self._open(BlockKind.TABLE, start, end).columns = "".join(_ALIGNMENTS.get(column, "l") for column in value)
        elif name == "HtmlBlock":
            self._open(BlockKind.HTML, start, end)
        else:
            self._open(BlockKind.PARAGRAPH, start, end)

    def _end(self, name: str, end: int) -> None:
        if name == "Strong":
            self._bold -= 1
        elif name == "Emphasis":
            self._italic -= 1
        elif name == "Strikethrough":
            self._strike -= 1
        elif name == "Link":
            self._links.pop()
        elif name == "Image":
            self._write(f" ({self._links[-1]})", end, end)
            self._flush()
            self._links.pop()
            self._images -= 1
        elif name in ("TableHead", "TableRow", "TableCell"):
            return
        else:
            self._depth -= 1
            if name == "Item":
                self._close_implicit()
                self._emit_empty_item(end)
            elif name == "List":
                self._numbers.pop()
                self._containers.pop()
            elif name == "BlockQuote":
                self._containers.pop()
            else:
                self._close()
            return
        if self._leaf is not None:
            self._leaf.end = max(self._leaf.end, end)
        self._restyle()

    def _begin_unit(self, name: str, start: int) -> None:
        """Begin a unit if the block that starts here stands at the top, or is an item of a list at the top."""
        in_top_list = name == "Item" and self._depth == 1 and self._containers == [Container.LIST]
        if self._depth != 0 and not in_top_list:
            return
        line = self._source.rfind(b"\n", 0, start) + 1
        if self._source[line:start].strip() == b"" and (name != "Item" or start - line < 4):
            start = line
        self.units.append(Unit(start, name, self._numbers[-1] if in_top_list else None, []))

    def _open(self, kind: BlockKind, start: int, end: int) -> _Leaf:
        leaf = _Leaf(kind, start, end, tuple(self._containers[:MOST_CONTAINERS]), self._marker)
        self._leaf = leaf
        self._marker = ""
        self._spans = []
        self._run = []
        return leaf

    def _open_implicit(self, start: int, end: int) -> _Leaf:
        if self._depth == 0:
            self._begin_unit("Paragraph", start)
        leaf = self._open(BlockKind.PARAGRAPH, start, end)
        leaf.implicit = True
        return leaf

    def _close(self) -> None:
        leaf, self._leaf = self._leaf, None
        if leaf is None:
            return
        self._flush()
        # Whether the parser counts the line break after a block depends on what follows; its appearance does not.
        source = self._source[leaf.start : leaf.end].decode(errors="replace").rstrip()
        spans = tuple(self._spans)
        if leaf.kind in (BlockKind.CODE, BlockKind.HTML):
            text = "".join(span.text for span in spans)
            spans = (Span(text.removesuffix("\n"), code=leaf.kind is BlockKind.CODE),)
        elif leaf.kind is BlockKind.TABLE and len(leaf.columns) > MOST_COLUMNS:
            leaf.kind, leaf.columns, spans = BlockKind.CODE, "", (Span(source, code=True),)
        elif leaf.kind is BlockKind.TABLE and self._joint is not None:
            spans = _without_head(spans)
        if self._joint is not None:  # As `cut_block` says it of a further piece.
            source = "".join(span.text for span in spans)
        is_mirrored = leaf.kind is BlockKind.TABLE and is_right_to_left_text(_head_text(self._spans))
        block = Block(
            leaf.kind,
            spans,
            source,
            leaf.level,
            leaf.language,
            leaf.containers,
            leaf.marker,
            self._joint,
            columns=leaf.columns,
            is_mirrored=is_mirrored,
        )
        self._joint = None
        for piece in set_apart(block):
            self.units[-1].blocks.extend(cut_block(piece))

    def _close_implicit(self) -> None:
        if self._leaf is not None and self._leaf.implicit:
            self._close()

    def _emit_empty_item(self, position: int) -> None:
        """Show the marker of an item that has no text of its own."""
        if self._marker:
            self._open(BlockKind.PARAGRAPH, position, position)
            self._close()

    def _write(self, text: str, start: int, end: int, *, code: bool = False, formula: bool = False) -> None:
        leaf = self._leaf
        if leaf is None:
            leaf = self._open_implicit(start, end)
            self._restyle()
        leaf.end = max(leaf.end, end)
        if leaf.kind is BlockKind.TABLE:
            text = text.replace(CELL_SEPARATOR, " ").replace(ROW_SEPARATOR, " ")
            if formula:
                text = _ESCAPED_BAR.sub(r"\1|", text)
        if code or formula:
            self._flush()
            look = self._look
            self._spans.append(Span(text, look.bold, look.italic, look.strike, code, formula, look.link, look.image))
        else:
            self._run.append(text)

    def _restyle(self) -> None:
        self._flush()
        if self._bold or self._italic or self._strike or self._links or self._images:
            link = self._links[-1] if self._links else ""
            self._look = Span("", self._bold > 0, self._italic > 0, self._strike > 0, link=link, image=self._images > 0)
        else:
            self._look = _PLAIN

    def _flush(self) -> None:
        if not self._run:
            return
        text, look, self._run = "".join(self._run), self._look, []
        place = 0
        if "://" in text and not look.link:
            for start, end in find_bare_links(text):
                self._spans += (look.with_text(text[place:start]),) if place < start else ()
                self._spans.append(look._replace(text=text[start:end], link=text[start:end]))
                place = end
        if place < len(text) or not text:
            self._spans.append(look.with_text(text[place:]))

    def _original(self, text: str, start: int, end: int) -> str:
        if not self._has_replacements or self._source[start:end] == self._normalised[start:end]:
            return text
        return self._source[start:end].decode(errors="replace")

    def _original_code(self, text: str, start: int, end: int) -> str:
        if not self._has_replacements or self._source[start:end] == self._normalised[start:end]:
            return text
        return self._source[start:end].decode(errors="replace").strip("`").replace("\n", " ").strip(" ")


def _head_text(spans: list[Span]) -> str:
    return "".join(span.text for span in takewhile(lambda span: span.text != ROW_SEPARATOR, spans))


def _without_head(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    head = next((number for number, span in enumerate(spans) if span.text == ROW_SEPARATOR), len(spans))
    return spans[head + 1 :]
