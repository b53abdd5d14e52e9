"""The sections of a message → blocks: text is read, a thinking part and a card are one line and what it opens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from phidesk.richtext.blocks import Block, BlockKind, Container, Span, cut_block, plain_blocks
from phidesk.richtext.markdown import parse
from phidesk.ui.chat.transcript_layout import MessageLayout, SectionRows, TextMetrics
from phidesk.ui.chat.transcript_message import Card, Speaker, Thinking, TranscriptMessage
from phidesk.ui.chat.transcript_style import BUBBLE_PADDING_Y

LONG_CHARACTERS = 10_000
"""A message longer than this may be read elsewhere; reading this much takes 3 ms, as one table 7 ms."""

FOLD = Block(BlockKind.FOLD)
"""The line above what was thought."""


def read_message(message: TranscriptMessage, opened: Collection[int]) -> tuple[list[Block], list[SectionRows]]:
    """Return the blocks of a message and where its sections begin; `opened` are the numbers of open insets."""
    blocks: list[Block] = []
    rows: list[SectionRows] = []
    inset = 0
    for section in message.sections:
        if isinstance(section, str):
            rows.append(SectionRows(len(blocks)))
            blocks += plain_blocks(section) if message.speaker is Speaker.PERSON else parse(section)
        else:
            rows.append(SectionRows(len(blocks), section, inset))
            blocks += inset_blocks(section, is_open=inset in opened)
            inset += 1
    return blocks, rows


@dataclass(frozen=True, slots=True)
class UnreadMessage:
    """What is needed to read a message, in any thread."""

    message: TranscriptMessage
    opened: Collection[int]
    """The numbers of its open insets."""
    metrics: TextMetrics

    def layout(self) -> MessageLayout:
        """Return its blocks with their estimated heights, and where its sections begin."""
        layout = MessageLayout(padding=BUBBLE_PADDING_Y if self.message.speaker is Speaker.PERSON else 0)
        blocks, layout.sections = read_message(self.message, self.opened)
        layout.replace(0, blocks, self.metrics)
        return layout


def inset_blocks(content: Thinking | Card, *, is_open: bool) -> list[Block]:
    """Return the line of a thinking part or a card, and below it what belongs to it if it is open."""
    if isinstance(content, Thinking):
        return [FOLD, *(thought_blocks(content) if is_open else ())]
    said = f"{content.title} · {content.summary}" if content.summary else content.title
    card = Block(BlockKind.CARD, (Span(said),), said)
    if not is_open or not content.details:
        return [card]
    details = Block(BlockKind.CODE, (Span(content.details, code=True),), content.details)
    return [card, *cut_block(details)]


def thought_blocks(thinking: Thinking) -> Sequence[Block]:
    """Return what a model thought as it is shown below its line."""
    return as_thought(parse(thinking.text))


def as_thought(blocks: Iterable[Block]) -> Sequence[Block]:
    """Return the blocks as something that was only thought."""
    return [replace(block, containers=(Container.THOUGHT, *block.containers)) for block in blocks]
