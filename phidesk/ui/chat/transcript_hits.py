"""Where words stand in the messages of a transcript, whether these were ever drawn or not."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from phidesk.richtext.blocks import Block
from phidesk.richtext.find import find_all, may_be_found
from phidesk.ui.chat.block_documents import utf16_length
from phidesk.ui.chat.message_sections import read_message
from phidesk.ui.chat.transcript_message import Card, Thinking, TranscriptMessage
from phidesk.ui.chat.transcript_selection import Place, Selection

MOST_HITS = 10_000
"""Nobody goes through more; single letters have hundreds of thousands."""


def find_in_messages(messages: Sequence[tuple[TranscriptMessage, Collection[int]]], wanted: str) -> list[Selection]:
    """Return the hits from top to bottom, `MOST_HITS` at most. Each message comes with the numbers of its open insets.

    Touches nothing that is shown, so it may run elsewhere. What is folded away is not searched.
    """
    hits: list[Selection] = []
    for index, (message, opened) in enumerate(messages):
        if any(may_be_found(text, wanted) for text in _texts(message)):
            blocks, _ = read_message(message, opened)
            for row, block in enumerate(blocks):
                hits += _hits_in(block, index, row, wanted)
        if len(hits) >= MOST_HITS:
            return hits[:MOST_HITS]
    return hits


def _texts(message: TranscriptMessage) -> list[str]:
    texts = [message.text]
    for inset in message.insets:
        content = inset.content
        if isinstance(content, Thinking):
            texts.append(content.text)
        elif isinstance(content, Card):
            texts += [f"{content.title} · {content.summary}", content.details]
    return texts


def _hits_in(block: Block, message: int, row: int, wanted: str) -> list[Selection]:
    text = block.text
    has_short_characters = text.isascii()  # Then UTF-16 counts as Python does.

    def place(offset: int) -> Place:
        return Place(message, row, offset if has_short_characters else utf16_length(text[:offset]))

    return [Selection(place(start), place(end)) for start, end in find_all(text, wanted)]
