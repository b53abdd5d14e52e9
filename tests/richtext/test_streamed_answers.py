"""Whole answers in random portions: generated ones by the thousand, real ones, and what nobody would write."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from phidesk.richtext.blocks import Block, plain_text
from phidesk.richtext.html import as_html
from phidesk.richtext.markdown import parse
from phidesk.richtext.streaming import StreamingParser
from tests.richtext.generated_answers import generated_answer

ANSWERS = Path(__file__).parents[1] / "data" / "answers"
GENERATED = 2_000
SEEDS_PER_TEST = 250
PORTIONS = ((5, 9, 20, 60), (1, 3, 8, 40), (40, 200), (12,))
FINE_PORTIONS = ((1, 2, 3, 5, 8, 20), (1,), (2, 30))
HOSTILE = {
    "one line of a megabyte": "word " * 200_000,
    "one word of a megabyte": "x" * 1_000_000,
    "brackets": "[" * 20_000,
    "brackets and stars": "[*" * 5_000 + "]" * 5_000,
    "quotes in quotes": ">" * 2_000 + " x",
    "lists in lists": "".join("  " * depth + "- x\n" for depth in range(300)),
    "open emphasis": "**a _b " * 5_000,
    "open code": "`" * 3_000 + "a" + "``" * 3_000,
    "open formulas": "\\[ x " * 3_000 + "$$ y $ z " * 3_000,
    "control characters": "".join(map(chr, range(160))) * 20,
    "bidi overrides": "\u202e\u2066\u202d" * 3_000 + "text\u2069" * 100,
    "joiners and marks": "e" + "\u0301" * 5_000 + "\u200d" * 5_000,
    "half surrogates": "\ud83d" * 1_000 + "\ude00" * 1_000,
    "a table of one column": "|a|\n|-|\n" + "|" * 20_000,
    "links to themselves": "[a]: #a\n" * 2_000 + "[a]" * 2_000,
    "entities": "&amp;&#0;&#x110000;&notin;" * 2_000,
    "only breaks": "\n" * 20_000 + "\r\n\t" * 2_000,
    "markup without words": "# - > | ``` * _ ~ \\ $ < " * 1_000,
}


def stream(text: str, sizes: tuple[int, ...], chance: random.Random) -> StreamingParser:
    """Feed a parser with portions of these sizes."""
    parser = StreamingParser()
    position = 0
    while position < len(text):
        size = chance.choice(sizes)
        parser.append(text[position : position + size])
        position += size
    return parser


def real_answers() -> list[str]:
    """Return answers that models gave; their origin stands in the files."""
    return [
        answer["text"]
        for path in sorted(ANSWERS.glob("*.json"))
        for answer in json.loads(path.read_text(encoding="utf-8"))["answers"]
    ]


@pytest.mark.parametrize("first_seed", range(0, GENERATED, SEEDS_PER_TEST))
def test_generated_answers_are_the_same_in_portions_and_need_no_healing(first_seed: int) -> None:
    unlike: list[int] = []
    unhealed: list[int] = []

    for seed in range(first_seed, first_seed + SEEDS_PER_TEST):
        text = generated_answer(seed, parts=3)
        chance = random.Random(seed)
        parser = stream(text, chance.choice(PORTIONS), chance)
        whole = parse(text)
        if tuple(parser.blocks) != whole:
            unhealed.append(seed)
        parser.finish()
        if tuple(parser.blocks) != whole:
            unlike.append(seed)

    assert (unlike, unhealed) == ([], [])


def test_real_answers_are_the_same_in_portions() -> None:
    texts = real_answers()
    unlike: list[str] = []
    unhealed: list[str] = []

    for number, text in enumerate(texts):
        chance = random.Random(number)
        parser = stream(text, FINE_PORTIONS[number % len(FINE_PORTIONS)], chance)
        whole = parse(text)
        if tuple(parser.blocks) != whole:
            unhealed.append(text)
        parser.finish()
        if tuple(parser.blocks) != whole:
            unlike.append(text)

    assert len(texts) >= 100
    assert (unlike, unhealed) == ([], [])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_becomes_blocks_of_bounded_size(name: str) -> None:
    text = HOSTILE[name]

    blocks = parse(text)

    assert all(len(block.containers) <= 8 for block in blocks)
    assert all(len(block.text) < 10_000 for block in blocks)
    assert as_html(blocks) or not text.strip()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_can_be_streamed(name: str) -> None:
    text = HOSTILE[name][:60_000]

    parser = stream(text, (2_048,), random.Random(0))
    parser.finish()

    assert parser.blocks == list(parse(text))


def test_the_work_of_a_portion_does_not_grow_with_the_answer() -> None:
    """Bytes parsed again with each portion, over an answer of hundreds of blocks of all kinds."""
    parser = StreamingParser()
    parsed: list[int] = []

    for seed in range(60):
        for piece in _pieces(generated_answer(seed, parts=6) + "\n\n"):
            parser.append(piece)
            parsed.append(len(parser._live))

    assert len(parser.blocks) > 900
    assert max(parsed) < 12_000
    assert sum(parsed) / len(parsed) < 2_000


def _pieces(text: str) -> list[str]:
    return [text[start : start + 100] for start in range(0, len(text), 100)]


def test_plain_text_of_a_real_answer_has_its_words() -> None:
    for text in real_answers():
        blocks: list[Block] = list(parse(text))

        shown = plain_text(blocks)

        assert [word for word in text.split() if word.isalpha() and word not in shown] == []
