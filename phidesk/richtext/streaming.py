"""Markdown that is still being written: only the last blocks are parsed again when text arrives.

The freeze rule. Kept back is the text from the start of the first *live* unit. After each chunk it is parsed, and all
units before unit k are frozen, where k is the last unit whose first line is complete. The naive rule ("all but the
last") is wrong: a table followed by a half-arrived `|` line looks like a table and a paragraph until the line is
complete. Nor is anything frozen behind a display formula that is still open. What can still differ from a parse in
one go (a link defined further down, tabs in odd places) is healed by `finish`, which does that parse.
"""

from __future__ import annotations

from collections.abc import Sequence

from phidesk.richtext.blocks import PIECE_CHARACTERS, ROW_SEPARATOR, Block, BlockKind, plain_text, sentence_cut
from phidesk.richtext.formula_places import find_open_formula
from phidesk.richtext.markdown import Continuation, Reading, Unit, encode, parse_units
from phidesk.richtext.references import with_references

LONG_UNIT_BYTES = 3 * PIECE_CHARACTERS
"""A live unit beyond this is cut where it is, so that the cost of a chunk does not grow with the answer."""
LONGEST_LIVE_BYTES = 2 * LONG_UNIT_BYTES
"""Beyond this a unit is cut wherever it is: rather it looks wrong until the end than that it stops the window."""
HEALED_EVENTS = 2_000
"""Of the parser, read at once when the end is healed: 5 ms."""


class StreamingParser:
    """Blocks of a text that grows. `blocks` is always the whole text; each change tells how many stayed."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._chunks: list[str] = []
        self._live = b""
        self._frozen_count = 0
        self._continuation = Continuation()
        self._half = ""
        self._healing: Reading | None = None
        self.parsed_bytes = 0
        """Read by `append` so far, what was read again included: what a portion costs."""

    @property
    def text(self) -> str:
        """All text so far."""
        if len(self._chunks) > 1:
            self._chunks = ["".join(self._chunks)]
        return self._chunks[0] if self._chunks else ""

    def append(self, chunk: str) -> int:
        """Add text; return how many blocks at the beginning of `blocks` are the same as before."""
        self._healing = None
        self._chunks.append(chunk)
        chunk = self._half + chunk
        self._half = chunk[-1] if chunk[-1:] >= "\ud800" and chunk[-1:] <= "\udbff" else ""
        self._live += encode(chunk.removesuffix(self._half) if self._half else chunk)
        units = self._parse(self._live)
        unchanged = self._replace_live([block for unit in units for block in unit.blocks])
        return min(unchanged, self._freeze(units))

    def heal(self) -> bool:
        """Read some more of the whole text once more; return whether `finish` has only little left to do."""
        if self._healing is None:
            self._healing = Reading(encode(self.text))
        return self._healing.go_on(HEALED_EVENTS)

    def finish(self) -> int:
        """Read the whole text once more, as far as `heal` did not yet; returns what `append` returns."""
        healing = self._healing or Reading(encode(self.text))
        healing.go_on()
        self._healing = None
        self._frozen_count = 0
        self._live = b""
        return self._replace_live([block for unit in healing.units for block in unit.blocks])

    def _parse(self, source: bytes) -> list[Unit]:
        self.parsed_bytes += len(source)
        return parse_units(source, self._continuation)

    def _replace_live(self, live: Sequence[Block]) -> int:
        before = self.blocks
        unchanged = self._frozen_count
        live = with_references(live, before[:unchanged])
        for block in live:
            if unchanged >= len(before) or before[unchanged] != block:
                break
            unchanged += 1
        before[self._frozen_count :] = live
        return unchanged

    def _freeze(self, units: list[Unit]) -> int:
        """Freeze what the rule allows; return how many blocks did not change by that."""
        last_start = self._live.rfind(b"\n")
        formula = find_open_formula(self._live)
        if formula >= 0:
            last_start = min(last_start, formula)
        for index in range(len(units) - 1, 0, -1):
            if units[index].start <= last_start or len(self._live) > LONGEST_LIVE_BYTES:
                self._frozen_count += sum(len(unit.blocks) for unit in units[:index])
                self._continuation = Continuation(number=units[index].number)
                self._live = self._live[units[index].start :]
                units = units[index:]
                break
        if len(units) == 1 and units[0].blocks:
            is_long_table = len(units[0].blocks) > 1 and units[0].blocks[0].kind is BlockKind.TABLE
            if is_long_table or len(self._live) > LONG_UNIT_BYTES:
                unchanged = self._cut(units[0].blocks)
                return min(unchanged, self._cut_anywhere()) if len(self._live) > LONGEST_LIVE_BYTES else unchanged
        return len(self.blocks)

    def _cut(self, blocks: list[Block]) -> int:
        """Freeze the first pieces of a unit that is too long; what `finish` finds differently, it mends."""
        if not blocks[0].containers and blocks[0].kind is BlockKind.CODE:
            self._cut_code(blocks)
        elif not blocks[0].containers and blocks[0].kind is BlockKind.TABLE:
            self._cut_table(blocks)
        elif not blocks[0].containers and blocks[0].kind is BlockKind.PARAGRAPH:
            return self._cut_paragraph()
        return len(self.blocks)

    def _cut_code(self, pieces: list[Block]) -> None:
        """Go on as if the last piece began right after the line that opens the code."""
        opening, newline, body = self._live[_text_start(self._live) :].partition(b"\n")
        if not opening.startswith((b"```", b"~~~")) or len(pieces) < 2:
            return
        joint = pieces[-1].joint or ""
        done = (plain_text(pieces[:-1]).removeprefix(pieces[0].joint or "") + joint).encode()
        if body.startswith(done):
            self._live = opening + newline + body[len(done) :]
            self._frozen_count += len(pieces) - 1
            self._continuation = Continuation(joint=joint)

    def _cut_table(self, pieces: list[Block]) -> None:
        """Go on as if the last piece stood right below the head."""
        head, rule, *rows = self._live[_text_start(self._live) :].split(b"\n")
        counts = [piece.text.count(ROW_SEPARATOR) + 1 for piece in pieces]
        counts[0] -= 1 if pieces[0].joint is None else 0
        done = sum(counts[:-1])
        is_row_by_row = sum(counts) == len(rows) - (not rows[-1])  # A formula may be one row of several lines.
        if len(pieces) > 1 and done < len(rows) and is_row_by_row:
            self._live = b"\n".join((head, rule, *rows[done:]))
            self._frozen_count += len(pieces) - 1
            self._continuation = Continuation(joint=pieces[-1].joint)

    def _cut_paragraph(self) -> int:
        """Go on as if a paragraph began after a sentence."""
        text = self._live.decode(errors="replace")
        cut = sentence_cut(text, 0, PIECE_CHARACTERS)
        while cut < len(text) and not text[cut].isalpha():  # A digit or a dash might begin a list.
            cut += 1
        if cut >= len(text):
            return self._cut_anywhere()
        head = text[:cut].rstrip()
        return self._cut_at(head.encode(), text[cut:].encode(), text[len(head) : cut].replace("\n", " "))

    def _cut_anywhere(self) -> int:
        """Go on at a line, or within one, as if nothing was open there: nested lists and lines without end."""
        cut = self._live.rfind(b"\n", 0, LONG_UNIT_BYTES) + 1
        joint = None if cut else ""
        if not cut:
            cut = LONG_UNIT_BYTES
            while self._live[cut] & 0xC0 == 0x80:  # within a character
                cut -= 1
        return self._cut_at(self._live[:cut], self._live[cut:], joint)

    def _cut_at(self, head: bytes, rest: bytes, joint: str | None) -> int:
        """Freeze what `head` says, and go on with `rest` behind it."""
        first = [block for unit in self._parse(head) for block in unit.blocks]
        self._continuation = Continuation(joint=joint)
        self._live = rest
        unchanged = self._replace_live(first + [block for unit in self._parse(rest) for block in unit.blocks])
        self._frozen_count += len(first)
        return unchanged


def _text_start(text: bytes) -> int:
    """Return where the first line that is not blank begins to have characters."""
    return len(text) - len(text.lstrip())
