"""Where words stand in the messages of a transcript, whether these were ever drawn or not."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from phidesk.richtext.blocks import Block
from phidesk.richtext.find import count_all, find_all, may_be_found
from phidesk.ui.chat.block_documents import utf16_length
from phidesk.ui.chat.message_sections import read_message
from phidesk.ui.chat.transcript_message import Card, Thinking, TranscriptMessage
from phidesk.ui.chat.transcript_selection import Place, Selection

PORTION_S = 0.02
"""So long is counted before anybody hears of it: soon enough for the eye, rarely enough for the window."""


class FoundHits:
    """How often words stand in each message, as far as they were counted, and where exactly if somebody asks.

    Counts are one number for each message; places are read anew from one message at a time. What is folded away is not
    searched. For the thread of the window, except what `uncounted` returns.
    """

    def __init__(
        self,
        messages: Sequence[TranscriptMessage],
        opened: Mapping[str, Collection[int]],
        wanted: str,
        known: Sequence[int | None] = (),
    ) -> None:
        """`opened` are the open insets by the key of their message; `known` comes from `still_known`."""
        self._wanted = wanted
        self._messages = messages
        self._opened = opened
        self._counts = [*known, *[None] * (len(messages) - len(known))]
        self._missing = self._counts.count(None)
        self.total = sum(filter(None, self._counts))
        """How many hits were counted."""
        self._read: tuple[int, list[Selection]] = (-1, [])
        """The message whose hits were asked for last."""

    def still_known(
        self, wanted: str, messages: Sequence[TranscriptMessage], opened: Mapping[str, Collection[int]]
    ) -> list[int | None]:
        """Return the counts that hold for these words in these messages too; None for what has changed."""
        if wanted != self._wanted:
            return []
        return [
            count if was is now and self._opened.get(now.key) == opened.get(now.key) else None
            for was, now, count in zip(self._messages, messages, self._counts, strict=False)
        ]

    @property
    def is_complete(self) -> bool:
        """Whether every message was counted."""
        return not self._missing

    def uncounted(self, first: int, *, is_backwards: bool = False) -> Iterator[tuple[int, int]]:
        """Count while it is iterated, in any thread: yield index and hits of messages, from `first` on and around."""
        return self._count(_around(first, len(self._counts), is_backwards=is_backwards))

    def add(self, counted: Iterable[tuple[int, int]]) -> None:
        """Know how many hits these messages have; what is known already stays."""
        for index, count in counted:
            if self._counts[index] is None:
                self._counts[index] = count
                self._missing -= 1
                self.total += count

    def nearest(self, place: Place, *, is_backwards: bool = False) -> Selection | None:
        """Return the first hit from a place on, or the last one before it; at the ends it goes around.

        None if there is no hit, or if messages on the way are not counted yet.
        """
        end = len(self._counts)
        here = min(place.message, end - 1)
        for step, index in enumerate(chain(_around(here, end, is_backwards=is_backwards), [here])):
            if self._counts[index] is None:
                return None
            hits = self.in_message(index) if self._counts[index] else []
            if step == 0:
                hits = [hit for hit in hits if (hit.start < place) == is_backwards]
            if hits:
                return hits[-1 if is_backwards else 0]
        return None

    def number_of(self, hit: Selection) -> int:
        """Return how many hits stand before one."""
        index = hit.start.message
        return sum(filter(None, self._counts[:index])) + self.in_message(index).index(hit)

    def in_message(self, index: int) -> list[Selection]:
        """Return the hits of a message from top to bottom."""
        if self._read[0] != index:
            hits = [
                Selection(Place(index, row, start), Place(index, row, end))
                for row, block in enumerate(self._blocks(index))
                for start, end in hits_in_text(block.text, self._wanted)
            ]
            self._read = index, hits
        return self._read[1]

    def _blocks(self, index: int) -> list[Block]:
        message = self._messages[index]
        return read_message(message, self._opened.get(message.key, ()))[0]

    def _count(self, indexes: Iterable[int]) -> Iterator[tuple[int, int]]:
        for index in indexes:
            if self._counts[index] is not None:
                continue
            count = 0
            if any(may_be_found(text, self._wanted) for text in _texts(self._messages[index])):
                count = sum(count_all(block.text, self._wanted) for block in self._blocks(index))
            yield index, count


def next_portion(counts: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """Let some more messages be counted, in `PORTION_S` or little more."""
    portion: list[tuple[int, int]] = []
    end_s = time.perf_counter() + PORTION_S
    for counted in counts:
        portion.append(counted)
        if time.perf_counter() >= end_s:
            break
    return portion


@lru_cache(maxsize=256)
def hits_in_text(text: str, wanted: str) -> list[tuple[int, int]]:
    """Return where words stand in the text of a block, in UTF-16 units; kept for those that are painted."""
    hits = find_all(text, wanted)
    if text.isascii():  # Then UTF-16 counts as Python does.
        return hits
    return [(utf16_length(text[:start]), utf16_length(text[:end])) for start, end in hits]


def _around(first: int, end: int, *, is_backwards: bool) -> Iterable[int]:
    """Return all indexes before `end`: from `first` to the last one and then the others, or the same the other way."""
    if is_backwards:
        return chain(range(min(first, end - 1), -1, -1), range(end - 1, first, -1))
    return chain(range(first, end), range(min(first, end)))


def _texts(message: TranscriptMessage) -> list[str]:
    texts = [message.text]
    for inset in message.insets:
        content = inset.content
        if isinstance(content, Thinking):
            texts.append(content.text)
        elif isinstance(content, Card):
            texts += [f"{content.title} · {content.summary}", content.details]
    return texts
