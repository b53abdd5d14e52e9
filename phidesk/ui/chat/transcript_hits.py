"""Where words stand in the messages of a transcript, whether these were ever drawn or not."""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from phidesk.richtext.blocks import Block
from phidesk.richtext.find import count_all, find_all, may_be_found
from phidesk.ui.chat.message_sections import LONG_CHARACTERS, read_message
from phidesk.ui.chat.transcript_message import Card, Thinking, TranscriptMessage
from phidesk.ui.chat.transcript_selection import Place, Selection
from phidesk.ui.utf16 import utf16_length

PORTION_S = 0.02
"""So long is counted before anybody hears of it: soon enough for the eye, rarely enough for the window."""


class MessageHits:
    """Where words stand in one message, from top to bottom: three whole numbers for each hit."""

    def __init__(self, message: int, blocks: Iterable[Block], wanted: str) -> None:
        self._message = message
        self._numbers = array("I")
        """Row of the block, first and last UTF-16 unit (exclusive)."""
        for row, block in enumerate(blocks):
            for start, end in _find_in_text(block.text, wanted):
                self._numbers.extend((row, start, end))

    def __len__(self) -> int:
        return len(self._numbers) // 3

    def __getitem__(self, number: int) -> Selection:
        row, start, end = self._numbers[3 * number : 3 * number + 3]
        return Selection(Place(self._message, row, start), Place(self._message, row, end))

    def __iter__(self) -> Iterator[Selection]:
        return map(self.__getitem__, range(len(self)))

    def count_before(self, place: Place) -> int:
        """Return how many hits begin before a place of the message."""
        numbers = self._numbers
        return bisect_left(
            range(len(self)),
            (place.block, place.offset),
            key=lambda number: (numbers[3 * number], numbers[3 * number + 1]),
        )


class FoundHits:
    """How often words stand in each message, as far as they were counted, and where exactly if somebody asks.

    Counts are one number for each message; places are read anew from one message at a time, but kept of the long ones,
    whose reading takes longer than a frame. What is folded away is not searched. For the thread of the window, except
    what `uncounted` returns.
    """

    def __init__(
        self,
        messages: Sequence[TranscriptMessage],
        opened: Mapping[str, Collection[int]],
        wanted: str,
        before: FoundHits | None = None,
    ) -> None:
        """`opened` are the open insets by the key of their message; what `before` knows is not counted again."""
        self._wanted = wanted
        self._messages = messages
        self._opened = opened
        self._counts: list[int | None] = [None] * len(messages)
        self._long: dict[int, MessageHits] = {}
        """Of long messages that were counted."""
        if before is not None and before._wanted == wanted:  # noqa: SLF001 - of the same class
            self._take_over(before)
        self._missing = self._counts.count(None)
        self.total = sum(filter(None, self._counts))
        """How many hits were counted."""
        self._read: tuple[int, MessageHits] | None = None
        """The message whose hits were asked for last."""

    def _take_over(self, before: FoundHits) -> None:
        """Know what holds for the messages that are the same as before."""
        for index, (was, now, count) in enumerate(zip(before._messages, self._messages, before._counts, strict=False)):
            if was is now and before._opened.get(now.key) == self._opened.get(now.key):
                self._counts[index] = count
                if index in before._long:
                    self._long[index] = before._long[index]

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
            if not self._counts[index]:
                continue
            hits = self.in_message(index)
            number = len(hits) - 1 if is_backwards else 0
            if step == 0:
                number = self._count_before(place, index) - (1 if is_backwards else 0)
            if 0 <= number < len(hits):
                return hits[number]
        return None

    def number_of(self, hit: Selection) -> int:
        """Return how many hits stand before one."""
        index = hit.start.message
        return sum(filter(None, self._counts[:index])) + self.in_message(index).count_before(hit.start)

    def in_message(self, index: int) -> MessageHits:
        """Return the hits of a message."""
        known = self._long.get(index)
        if known is not None:
            return known
        if self._read is None or self._read[0] != index:
            self._read = index, self._hits_of(index)
        return self._read[1]

    def _count_before(self, place: Place, index: int) -> int:
        """Return how many hits of the message that a place is nearest to begin before it."""
        hits = self.in_message(index)
        return hits.count_before(place) if place.message == index else len(hits)

    def _hits_of(self, index: int) -> MessageHits:
        return MessageHits(index, self._blocks(index), self._wanted)

    def _blocks(self, index: int) -> list[Block]:
        message = self._messages[index]
        return read_message(message, self._opened.get(message.key, ()))[0]

    def _count(self, indexes: Iterable[int]) -> Iterator[tuple[int, int]]:
        for index in indexes:
            if self._counts[index] is not None:
                continue
            count = 0
            texts = _texts(self._messages[index])
            if any(may_be_found(text, self._wanted) for text in texts):
                if sum(map(len, texts)) > LONG_CHARACTERS:
                    self._long[index] = self._hits_of(index)
                    count = len(self._long[index])
                else:
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
    return _find_in_text(text, wanted)


def _find_in_text(text: str, wanted: str) -> list[tuple[int, int]]:
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
