"""Long texts cut into passages, and ranked by the words that they share with a question (Okapi BM25).

The ranking is lexical: it finds what is called by the same words, in every language alike, and nothing by its meaning.
Beginnings of words count too, so that other forms of a word are found; of scripts that write no spaces, pairs of
letters stand for words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from phidesk.chat.text_parts import split_by_length

PASSAGE_BYTES = 800
"""At most about, as UTF-8: some 200 tokens of English. A script with more bytes per letter needs more tokens, too."""
BETWEEN = "\n(…)\n"
"""Stands where something is left out."""
_SATURATION, _LENGTH_SHARE = 1.2, 0.75
"""k1 and b of BM25, at the values that its authors recommend (Robertson and Zaragoza 2009). A word's weight is never
negative, as in Lucene."""
_STEM_LETTERS = 5
"""Longer words count with their beginning too."""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Thai, Lao, Burmese, Khmer, kana and Chinese characters."""
_WORD = re.compile(rf"[{_UNSPACED}]+|[^\W{_UNSPACED}]+")
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED}]")


@dataclass(frozen=True)
class Passages:
    """The passages of one text, and what each is ranked by."""

    texts: tuple[str, ...]
    """In their order; joined they are the text."""
    terms: tuple[Counter[str], ...]


@lru_cache(maxsize=4)  # A document is asked about while one types; its terms take longer than all the rest.
def cut_into_passages(text: str) -> Passages:
    """Cut a text at ends of paragraphs, else of sentences, where there are any."""
    most_characters = PASSAGE_BYTES * len(text) // max(1, len(text.encode(errors="replace")))
    texts = tuple(split_by_length(text, max(1, most_characters)))
    return Passages(texts, tuple(Counter(_terms(passage)) for passage in texts))


def rank(documents: Sequence[Passages], question: str, *, by_any_word: bool = False) -> list[tuple[int, int]]:
    """Return the places (document, passage) of what shares words with a question, the best first.

    Words that at least half of the passages have say little about one of them, and do not count; `by_any_word` lets
    them count where the question has no other.
    """
    passages = {(number, place): terms for number, it in enumerate(documents) for place, terms in enumerate(it.terms)}
    asked = set(_terms(question))
    spread = Counter(term for terms in passages.values() for term in asked & terms.keys())
    telling = {term: count for term, count in spread.items() if 2 * count < len(passages)}
    counted = telling or (spread if by_any_word else {})
    weights = {term: log(1 + (len(passages) - count + 0.5) / (count + 0.5)) for term, count in counted.items()}
    usual_length = sum(terms.total() for terms in passages.values()) / max(1, len(passages)) or 1

    def score(terms: Counter[str]) -> float:
        norm = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * terms.total() / usual_length)
        return sum(
            weight * terms[term] * (_SATURATION + 1) / (terms[term] + norm)
            for term, weight in weights.items()
            if term in terms
        )

    scores = {place: score(terms) for place, terms in passages.items()}
    return sorted((place for place, value in scores.items() if value > 0), key=lambda place: -scores[place])


def put_together(texts: Sequence[str], places: Sequence[int]) -> str:
    """Return these passages in their order, with a sign where something is left out between them."""
    written = ""
    for before, place in zip((None, *sorted(places)), sorted(places), strict=False):
        if before is not None and place > before + 1:
            written = written.rstrip() + BETWEEN + texts[place].lstrip()
        else:
            written += texts[place]
    return written.strip()


def _terms(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.casefold()):
        if _UNSPACED_LETTER.match(word):
            yield from (word[start : start + 2] for start in range(max(1, len(word) - 1)))
            continue
        yield word
        if len(word) > _STEM_LETTERS:
            yield f"{word[:_STEM_LETTERS]}…"
