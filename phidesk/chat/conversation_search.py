"""The tool that joins tools and conversations: a model looks for words in what was said, and in the files there.

A text is found by any of the words, as parts of its own words ("invoice" finds "invoices" and the other way round),
whatever their case and accents. Rare words weigh more than common ones; of equals the newer comes first.
"""

from __future__ import annotations

import json
import re
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import log
from pathlib import Path

from phidesk.core.conversation import Role
from phidesk.core.tasks import Cancellation
from phidesk.core.tools import Intent, Risk, ToolDefinition
from phidesk.richtext.find import find_all, fold
from phidesk.storage.said_texts import TextSource, read_said, read_sources
from phidesk.tools.tool import Arguments, CallFault

DEFINITION = ToolDefinition(
    "search_conversations",
    "Searches the user's earlier conversations and the files in them.",
    '{"type":"object","properties":{"words":{"type":"string","description":"a few words to look for"}},'
    '"required":["words"]}',
)
MOST_RESULTS = 5
EXCERPT_CHARACTERS = 300
"""Of a text, and of the answer below a question: with five of each a result has about 800 tokens."""
TIME_LIMIT_S = 3.0
"""What is older than what was read until then is not looked through, and the model is told so."""
MOST_WORDS = 12
COMMON_SHARE = 0.25
"""A word in more than so many texts tells nothing, where there are others."""

_FEWEST_TEXTS = 20
"""In fewer, no word is taken for a common one."""
_LEAD_CHARACTERS = 60
"""Of an excerpt, before the first word that was found."""
_BLOCK_CHARACTERS = 10_000
"""Where words stand is looked for in the best stretch of this length only: that takes long."""
_WORD = re.compile(r"\w+")
_PLURAL = re.compile(r"(?<=[a-z]{3}[^\W\d_s])s$")


class ConversationSearch:
    """Reads the file of a profile; what is being asked at that moment is not among what it finds."""

    def __init__(self, database: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds."""
        self._database = database
        self._clock = clock

    @property
    def definition(self) -> ToolDefinition:
        """What the model is told."""
        return DEFINITION

    def intent(self, arguments: Arguments) -> Intent:
        """Say what will be looked for. The place is the tool: there is only one library of conversations."""
        _words(arguments["words"])
        return Intent(Risk.READING, facts=(("words", arguments["words"].strip()),))

    def run(self, arguments: Arguments, cancel: Cancellation) -> str:
        """Return the best excerpts with their conversations and dates. Raises `StorageError` too."""
        words = _words(arguments["words"])
        looked = self._look(words, cancel)
        results = _one_of_each(read_sources(self._database, looked.best_numbers()))[:MOST_RESULTS]
        told: dict[str, object] = {"results": [_described(source, words) for source in results]}
        if not results:
            told["hint"] = "Nothing has these words. Try fewer or other words, or ask the user."
        if looked.ended_at is not None:
            told["not_searched"] = f"what is older than {looked.ended_at.date().isoformat()}"
        return json.dumps(told, ensure_ascii=False)

    def _look(self, words: Sequence[str], cancel: Cancellation) -> _Looked:
        """Look through everything, the newest first, as long as there is time."""
        looked = _Looked(words)
        until_s = self._clock() + TIME_LIMIT_S
        for said in read_said(self._database):
            cancel.check()
            if self._clock() > until_s:
                looked.ended_at = said.said_at
                break
            looked.add(said.number, said.text)
        return looked


@dataclass
class _Looked:
    """Which words were found where."""

    words: Sequence[str]
    found: dict[int, frozenset[str]] = field(default_factory=dict)
    """By the numbers of texts, the newest first."""
    text_count: int = 0
    ended_at: datetime | None = None
    """When that was said to which there was no time to come."""

    def add(self, number: int, text: str) -> None:
        self.text_count += 1
        folded = fold(text)
        if found := frozenset(word for word in self.words if word in folded):
            self.found[number] = found

    def best_numbers(self) -> list[int]:
        """Return texts, the best first; more than are told, since several may be of one conversation."""
        weights = self._weights()
        scores = {number: sum(weights[word] for word in found) for number, found in self.found.items()}
        ranked = sorted((number for number, score in scores.items() if score), key=lambda number: -scores[number])
        return ranked[: MOST_RESULTS * 10]

    def _weights(self) -> Mapping[str, float]:
        """Say how much each word tells: nothing that stands nearly everywhere."""
        counts = {word: sum(word in found for found in self.found.values()) for word in self.words}
        most = COMMON_SHARE * self.text_count
        has_rare = any(0 < count <= most for count in counts.values())
        drops_common = has_rare and self.text_count >= _FEWEST_TEXTS
        return {
            word: 0.0 if drops_common and count > most else log(1 + self.text_count / max(count, 1))
            for word, count in counts.items()
        }


def _words(text: str) -> Sequence[str]:
    """Return what is looked for, folded, each once; single letters only where there is nothing else."""
    words = list(dict.fromkeys(_PLURAL.sub("", word) for word in _WORD.findall(fold(text))))
    longer = [word for word in words if len(word) > 1 or not word.isascii()]
    if not words:
        raise CallFault('Write in "words" what to look for, such as a name or a topic.')
    return (longer or words)[:MOST_WORDS]


def _one_of_each(sources: Iterable[TextSource]) -> list[TextSource]:
    """Keep the best text of each conversation, and of each file in it."""
    kept: dict[tuple[str, str | None], TextSource] = {}
    for source in sources:
        kept.setdefault((source.conversation_id, source.file_name), source)
    return list(kept.values())


def _described(source: TextSource, words: Sequence[str]) -> Mapping[str, str]:
    told = {"conversation": source.title, "date": source.said_at.astimezone().date().isoformat()}
    if source.file_name:
        told["file"] = source.file_name
    told |= {"by": "user" if source.role is Role.PERSON else "assistant", "text": _excerpt(source.text, words)}
    return told | ({"answer": _excerpt(source.answer, words)} if source.answer else {})


def _excerpt(text: str, words: Sequence[str]) -> str:
    """Return the stretch of a text in which most of the words stand, its blanks made one each."""
    plain = " ".join(text.split())
    if len(plain) <= EXCERPT_CHARACTERS:
        return plain
    blocks = range(0, len(plain), _BLOCK_CHARACTERS)
    begin = max(blocks, key=lambda place: _count_words(plain[place : place + _BLOCK_CHARACTERS], words))
    first = begin + _densest_place(plain[begin : begin + _BLOCK_CHARACTERS], words) - _LEAD_CHARACTERS
    first = max(0, min(first, len(plain) - EXCERPT_CHARACTERS))
    cut = plain[first : first + EXCERPT_CHARACTERS].strip()
    return f"{'…' if first else ''}{cut}{'…' if first + EXCERPT_CHARACTERS < len(plain) else ''}"


def _count_words(text: str, words: Sequence[str]) -> int:
    folded = fold(text)
    return sum(word in folded for word in words)


def _densest_place(text: str, words: Sequence[str]) -> int:
    """Return where a word stands behind which most of the others come soon."""
    places = sorted((start, word) for word in words for start, _ in find_all(text, word))
    starts = [start for start, _ in places]

    def count_from(index: int) -> int:
        end = bisect_left(starts, starts[index] + EXCERPT_CHARACTERS - _LEAD_CHARACTERS)
        return len({word for _, word in places[index:end]})

    return starts[max(range(len(places)), key=count_from)] if places else 0
