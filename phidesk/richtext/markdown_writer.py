r"""Blocks → markdown: what is read again has the same blocks.

Only what would mean something is escaped, so that the text stays as pleasant to read as a model writes it. A source of
a formula is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from phidesk.richtext.blocks import CELL_LINE_BREAK, Block, BlockKind, Container, Span, join_pieces

_SPECIAL = re.compile(
    r"""`                                   # code
    | (?<![ ])\* | \*(?![ ])                # emphasis, if it does not stand alone
    | \\ (?=[!-/:-@\[-`{-~\n]|$|begin\{|boxed\{)  # what would escape the character after it, or begin a formula
    | (?<![^\W_])_ | _(?![^\W_])            # emphasis, if it is not within a word
    | <(?=[A-Za-z/!?])                      # an element
    | &(?=\#?\w+;)                          # an entity
    """,
    re.VERBOSE,
)
_LINE_START = re.compile(
    r"""(?P<space>\ +)?
    (?: (?P<sign> [-+*] (?=\s|$) | \#{1,6}(?=\s|$) | > | [-=:|]+(?=[-=:|\s]*$) | ~{3} )
      | (?P<number> \d{1,9}) (?=[.)](?:\s|$)) )""",
    re.VERBOSE,
)
_FORMULA_LINE_BREAK = "\x00"
"""Keeps a line of a formula from being guarded like one of the text; markdown itself cannot contain this character."""
_CLOSING_SIGNS = re.compile(r"(?<!\S)#+$")
"""At the end of a heading they would only decorate it."""
_SIGNS = {"strike": "~~", "bold": "**", "italic": "*"}
_CHECK_BOXES = {"☐": "[ ] ", "☑": "[x] "}


def as_markdown(blocks: Iterable[Block]) -> str:
    """Return the blocks as markdown, without a line break at the end."""
    writer = _Writer()
    for block in join_pieces(blocks):
        if block.kind is not BlockKind.FOLD:
            writer.write(block)
    return "\n".join(writer.lines)


@dataclass(slots=True)
class _Level:
    """A list or quote that is open, and the item that was begun last in it."""

    container: Container
    indent: str = ""
    """Before each further line of the item."""
    number: int | None = None
    delimiter: str = "."


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self._levels: list[_Level] = []
        self._previous: Block | None = None

    def write(self, block: Block) -> None:
        """Add a block, parted from the one before."""
        previous, self._previous = self._previous, block
        shared = _shared_levels(self._levels, block.containers)
        if previous is not None and not _is_next_short_item(previous, block):
            self.lines.append(_prefix(self._levels[:shared]).rstrip())
        del self._levels[shared:]
        self._levels += (_Level(container) for container in block.containers[shared:])
        first = further = _prefix(self._levels)
        if block.marker:
            first = self._begin_item(block.marker)
            further = _prefix(self._levels)
        for number, line in enumerate(_body(block)):
            before = further if number else first
            self.lines.append(before + line if line else before.rstrip())

    def _begin_item(self, marker: str) -> str:
        """Return what stands before the first line of an item; what stands before further lines follows from it."""
        level = self._levels[-1]
        outer = _prefix(self._levels[:-1])
        number = int(marker[:-1]) if marker[:-1].isdecimal() else None
        if number is None:
            level.number, level.indent = None, "  "
            return f"{outer}- {_CHECK_BOXES.get(marker, '')}"
        if level.number is not None and number != level.number + 1:  # Another sign begins another list.
            level.delimiter = ")" if level.delimiter == "." else "."
        written = f"{number}{level.delimiter} "
        level.number, level.indent = number, " " * len(written)
        return outer + written


def _prefix(levels: Iterable[_Level]) -> str:
    return "".join(level.indent if level.container is Container.LIST else "> " for level in levels)


def _shared_levels(levels: Sequence[_Level], containers: Sequence[Container]) -> int:
    shared = 0
    while shared < min(len(levels), len(containers)) and levels[shared].container is containers[shared]:
        shared += 1
    return shared


def _is_next_short_item(previous: Block, block: Block) -> bool:
    """Whether no line need be left free: an item follows an item of the same list, or of one around or within it."""
    is_near = previous.containers[: len(block.containers)] == block.containers[: len(previous.containers)]
    return bool(block.marker) and previous.list_depth > 0 and previous.kind is BlockKind.PARAGRAPH and is_near


def _body(block: Block) -> list[str]:
    if block.kind is BlockKind.CODE:
        fence = _fence(block)
        return [fence + block.language, *(block.text.split("\n") if block.text else ()), fence]
    if block.kind is BlockKind.RULE:
        return ["***"]
    if block.kind is BlockKind.TABLE:
        return _table(block)
    if block.kind in (BlockKind.HTML, BlockKind.PLAIN):
        return block.text.split("\n")
    spans = block.spans
    if block.containers:  # The signs before further lines would become part of a formula.
        spans = tuple(span.with_text(span.text.replace("\n", " ")) if span.formula else span for span in spans)
    text = _inline(spans)
    while text.endswith("\\\n"):
        text = text[:-2]
    if block.kind is BlockKind.HEADING:
        if "\n" in text and block.level <= 2:
            return [*text.split("\n"), "===" if block.level == 1 else "---"]
        return ["#" * block.level + " " + _CLOSING_SIGNS.sub(r"\\\g<0>", text.replace("\\\n", " "))]
    return text.split("\n")


def _fence(block: Block) -> str:
    sign = "~" if "`" in block.language else "`"
    longest = max((len(run) for run in re.findall(f"{sign}+", block.text)), default=0)
    return sign * max(3, longest + 1)


def _table(block: Block) -> list[str]:
    rows = [[_cell(cell) for cell in row] for row in block.rows]
    width = max(len(row) for row in rows)
    sides = {"c": ":-:", "r": "--:"}
    rule = [sides.get(block.columns[column : column + 1], "---") for column in range(width)]
    lines = [[*row, *[""] * (width - len(row))] for row in rows]
    return ["| " + " | ".join(line) + " |" for line in (lines[0], rule, *lines[1:])]


def _cell(spans: Sequence[Span]) -> str:
    return _inline(spans).replace("|", "\\|").replace("\n", " ").replace(CELL_LINE_BREAK, "<br>")


def _inline(spans: Sequence[Span]) -> str:
    """Return the spans as the text of a paragraph; a line break is a backslash at the end of a line."""
    written = _without_addresses(spans)
    writer = _InlineWriter(written)
    for index in range(len(written)):
        writer.write(index)
    writer.change_link(Span(""))
    return _guard_lines("".join(writer.parts)).replace(_FORMULA_LINE_BREAK, "\n")


def _without_addresses(spans: Sequence[Span]) -> list[Span]:
    """Leave out the addresses behind what pictures show: they are written like those of links.

    Of a picture whose address is not selected as a whole, what is selected becomes a link.
    """
    kept: list[Span] = []
    for (link, is_image), run in groupby(spans, key=lambda span: (span.link, span.image)):
        found = list(run)
        if is_image:
            said, tail = found[-1].text, f" ({link})"
            is_whole = said.endswith(tail)
            found[-1] = found[-1].with_text(said.removesuffix(tail))
            found = [span._replace(image=is_whole) for span in found]
        kept += found
    return kept


class _InlineWriter:
    """Keeps which appearances are open; the innermost is closed first."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.parts: list[str] = []
        self._spans = spans
        self._open: list[str] = []
        self._link = Span("")
        """Looks like the span that was written last, as far as it leads somewhere."""
        everything = "".join(span.text for span in spans)
        self._rules = _Rules(
            has_brackets="](" in everything or "][" in everything,
            has_dollars=everything.count("$") > 1,
            has_tildes=everything.count("~") > 1,
        )

    def write(self, index: int) -> None:
        """Add a span."""
        span = self._spans[index]
        # Signs around spaces only would mean nothing.
        wanted = [name for name in _SIGNS if getattr(span, name) and (span.text.strip() or name in self._open)]
        if (span.link, span.image) != (self._link.link, self._link.image):
            self.change_link(span)
        keep = 0
        while keep < len(self._open) and self._open[keep] in wanted:
            keep += 1
        self._close(keep)
        text = _span_text(span, self._rules)
        body = text.lstrip(" ")
        self.parts.append(text[: len(text) - len(body)])
        opened = [name for name in wanted if name not in self._open]
        for name in sorted(opened, key=partial(_run, self._spans, index), reverse=True):
            self.parts.append(_SIGNS[name])
            self._open.append(name)
        self.parts.append(body)

    def change_link(self, span: Span) -> None:
        """End the link or picture that is open, if any, and begin that of a span, if it has one."""
        self._close(0)
        if self._link.link:
            self.parts.append(f"]({_address(self._link.link)})")
        if span.image:
            self.parts.append("![")
        elif span.link:
            if self.parts and self.parts[-1].endswith("!"):  # It would make an image of the link.
                self.parts[-1] = self.parts[-1].removesuffix("!") + "\\!"
            self.parts.append("[")
        self._link = span

    def _close(self, keep: int) -> None:
        """Close all but the first appearances; spaces before a closing sign go behind it, where it means something."""
        if len(self._open) == keep:
            return
        text = ""
        while self.parts and not text.strip(" "):
            text = self.parts.pop() + text
        body = text.rstrip(" ")
        self.parts.append(body)
        while len(self._open) > keep:
            self.parts.append(_SIGNS[self._open.pop()])
        self.parts.append(text[len(body) :])


@dataclass(frozen=True, slots=True)
class _Rules:
    """What has to be escaped in a block, because it occurs more than once in it."""

    has_brackets: bool
    has_dollars: bool
    has_tildes: bool


def _run(spans: Sequence[Span], index: int, name: str) -> int:
    """Return for how many spans an appearance goes on: the longest is the outermost."""
    end = index
    while end < len(spans) and getattr(spans[end], name):
        end += 1
    return end - index


def _span_text(span: Span, rules: _Rules) -> str:
    if span.formula:
        return span.text.replace("\n", _FORMULA_LINE_BREAK)
    if span.code:
        return _code(span.text)
    text = _SPECIAL.sub(r"\\\g<0>", span.text)
    if rules.has_brackets or span.link:  # A backslash would make them the delimiters of a formula.
        text = text.replace("[", "&#91;").replace("]", "&#93;")
    if rules.has_dollars:
        text = text.replace("$", "\\$")
    if rules.has_tildes:
        text = text.replace("~", "\\~")
    return text.replace("\n", "\\\n")


def _code(text: str) -> str:
    runs = re.findall("`+", text)
    sign = "`"
    while sign in runs:
        sign += "`"
    has_spaces_around = text[:1] == text[-1:] == " " and bool(text.strip())
    room = " " if "`" in (text[:1], text[-1:]) or has_spaces_around else ""
    return f"{sign}{room}{text}{room}{sign}"


def _address(address: str) -> str:
    if re.search(r"[\s()<>\\]", address) or not address:
        return "<" + re.sub(r"[<>\\]", r"\\\g<0>", address) + ">"
    return address


def _guard_lines(text: str) -> str:
    """Escape what would begin a heading, list, quote or rule at the beginning of a line."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        found = _LINE_START.match(line)
        if found is None:
            continue
        at = found.end("number") if found["number"] else found.start("sign")
        lines[index] = line[:at] + "\\" + line[at:]
    return "\n".join(lines)
