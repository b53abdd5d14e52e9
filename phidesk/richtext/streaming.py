"""Markdown that is still being written: only the last blocks are parsed again when text arrives.

The freeze rule. Kept back is the text from the start of the first *live* unit. After each chunk it is parsed, and all
units before unit k are frozen, where k is the last unit whose first line is complete. The naive rule ("all but the
last") is wrong: a table followed by a half-arrived `|` line looks like a table and a paragraph until the line is
complete. What can still differ from a parse in one go (a link defined further down, tabs in odd places) is healed by
`finish`, which does that parse.
"""

from __future__ import annotations

from phidesk.richtext.blocks import PIECE_CHARACTERS, Block, BlockKind, sentence_cut
from phidesk.richtext.markdown import Continuation, Unit, encode, parse, parse_units

LONG_UNIT_BYTES = 4 * PIECE_CHARACTERS
"""A live unit beyond this is cut where it is, so that the cost of a chunk does not grow with the answer."""


class StreamingParser:
    """Blocks of a text that grows. `blocks` is always the whole text; each change tells how many stayed as they were."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._chunks: list[str] = []
        self._live = b""
        self._frozen_count = 0
        self._continuation = Continuation()
        self._half = ""

    @property
    def text(self) -> str:
        """All text so far."""
        if len(self._chunks) > 1:
            self._chunks = ["".join(self._chunks)]
        return self._chunks[0] if self._chunks else ""

    def append(self, chunk: str) -> int:
        """Add text.

        Returns:
            How many blocks at the beginning of `blocks` are the same as before.
        """
        self._chunks.append(chunk)
        chunk = self._half + chunk
        self._half = chunk[-1] if chunk[-1:] >= "\ud800" and chunk[-1:] <= "\udbff" else ""
        self._live += encode(chunk.removesuffix(self._half) if self._half else chunk)
        units = parse_units(self._live, self._continuation)
        unchanged = self._replace_live([block for unit in units for block in unit.blocks])
        self._freeze(units)
        return unchanged

    def finish(self) -> int:
        """Parse the whole text once more; returns what `append` returns."""
        self._frozen_count = 0
        self._live = b""
        return self._replace_live(list(parse(self.text)))

    def _replace_live(self, live: list[Block]) -> int:
        before = self.blocks
        unchanged = self._frozen_count
        for block in live:
            if unchanged >= len(before) or before[unchanged] != block:
                break
            unchanged += 1
        before[self._frozen_count :] = live
        return unchanged

    def _freeze(self, units: list[Unit]) -> None:
        last_newline = self._live.rfind(b"\n")
        for index in range(len(units) - 1, 0, -1):
            if units[index].start <= last_newline:
                self._frozen_count += sum(len(unit.blocks) for unit in units[:index])
                self._continuation = Continuation(number=units[index].number)
                self._live = self._live[units[index].start :]
                units = units[index:]
                break
        if len(self._live) > LONG_UNIT_BYTES and len(units) == 1:
            self._cut(units[0])

    def _cut(self, unit: Unit) -> None:
        """Freeze the first pieces of a unit that is too long; what `finish` finds differently, it mends."""
        first = unit.blocks[0] if unit.blocks else None
        if first is None or first.containers:
            return
        if first.kind is BlockKind.CODE:
            self._cut_code(unit.blocks)
        elif first.kind is BlockKind.PARAGRAPH:
            self._cut_paragraph()

    def _cut_code(self, pieces: list[Block]) -> None:
        fence, newline, body = self._live[pieces_start(self._live) :].partition(b"\n")
        if not fence.startswith((b"```", b"~~~")) or len(pieces) < 2:
            return
        joint = pieces[-1].joint or ""
        done = pieces[0].text + "".join((piece.joint or "") + piece.text for piece in pieces[1:-1]) + joint
        if body.startswith(done.encode()):
            self._live = fence + newline + body[len(done.encode()) :]
            self._frozen_count += len(pieces) - 1
            self._continuation = Continuation(joint=joint)

    def _cut_paragraph(self) -> None:
        text = self._live.decode(errors="replace")
        cut = sentence_cut(text, 0, LONG_UNIT_BYTES // 4)
        while cut < len(text) and not text[cut].isalpha():
            cut += 1
        if cut >= len(text):
            return
        head = parse_units(text[:cut].encode(), self._continuation)
        rest = text[cut:].encode()
        blocks = [block for unit in head for block in unit.blocks]
        continuation = Continuation(joint=text[:cut][len(text[:cut].rstrip()) :].replace("\n", " "))
        tail = [block for unit in parse_units(rest, continuation) for block in unit.blocks]
        self.blocks[self._frozen_count :] = blocks + tail
        self._frozen_count += len(blocks)
        self._live = rest
        self._continuation = continuation


def pieces_start(text: bytes) -> int:
    """Return where the first line that is not blank begins to have characters."""
    return len(text) - len(text.lstrip())
