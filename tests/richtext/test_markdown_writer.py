"""Markdown that is written has, when it is read again, the blocks that it was written from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phidesk.richtext.blocks import Block, Span, join_pieces, plain_text, slice_spans
from phidesk.richtext.markdown import parse
from phidesk.richtext.markdown_writer import as_markdown
from tests.richtext.test_streaming import _FORMULAS, _PARAGRAPHS

_INLINE = [
    "**bold**", "*italic*", "***both***", "**bold *italic* bold**", "`code`", "``a ` b``", "~~struck~~", "[a link](https://a.example)",
    "[**b** l](https://a.example/x_(y))", "$x_1$", "\\(a\\)", "snake_case", "2 * 3", "a\\*b", "costs $5", "&amp;", "&lt;b&gt;", "<b>x</b>",
    "1\\. no", "\\# no", "\\- no", "a\\\nb", "![alt](https://a.example/p.png)", "[x]", "~5", "C:\\dir", "a|b", "**a**b",
]  # fmt: skip
inline = st.lists(st.sampled_from(_INLINE), min_size=1, max_size=6).map(" ".join)
blocks = st.one_of(
    st.sampled_from(_PARAGRAPHS + _FORMULAS),
    inline,
    inline.map(lambda text: "## " + text.replace("\n", " ")),
    st.lists(inline, min_size=1, max_size=4).map(
        lambda items: "\n".join("- " + item.replace("\n", "\n  ") for item in items)
    ),
    st.lists(inline, min_size=1, max_size=3).map(
        lambda items: "\n".join("7. " + item.replace("\n", "\n   ") for item in items)
    ),
    inline.map(lambda text: "> " + text.replace("\n", "\n> ")),
    inline.map(lambda text: "| a | b |\n|:-:|--:|\n| " + text.replace("\n", " ").replace("|", "\\|") + " | 2 |"),
)
documents = st.lists(blocks, min_size=1, max_size=5).map("\n\n".join)


def seen(blocks_read: list[Block]) -> list[Block]:
    """Leave out what nobody sees: where the text came from, and how runs of one appearance are cut."""
    return [replace(block, source="", spans=_merged(block.spans)) for block in blocks_read]


def _merged(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in spans:
        if merged and merged[-1].with_text("") == span.with_text("") and not (span.formula or span.code):
            merged[-1] = span.with_text(merged[-1].text + span.text)
        else:
            merged.append(span)
    return tuple(merged)


@given(documents)
@settings(max_examples=300)
def test_what_is_written_is_read_as_the_same_blocks(text: str) -> None:
    before = join_pieces(parse(text))

    written = as_markdown(before)

    assert seen(join_pieces(parse(written))) == seen(before)


@pytest.mark.parametrize(
    "text",
    [
        "A paragraph with **bold**, *italic*, `code` and [a link](https://a.example).",
        "- one\n- two\n  - nested\n- three",
        "3. three\n4. four",
        "- [ ] open\n- [x] done",
        "> quote\n>\n> goes on",
        "```py\nx = 1\n\ny = 2\n```",
        "| a | b |\n| --- | --: |\n| 1 | 2 |",
        "Well! It costs $5, snake_case, 2 * 3, a_b!",
        "Let $x_1$ be, then\n\n$$y$$",
    ],
)
def test_plain_markdown_is_written_as_people_write_it(text: str) -> None:
    assert as_markdown(parse(text)) == text


def test_fence_is_longer_than_those_within() -> None:
    text = "````md\n```py\nx\n```\n````"

    assert as_markdown(parse(text)) == text


def test_pieces_of_a_long_block_are_one_again() -> None:
    text = "```\n" + "\n".join(f"line {number}" for number in range(500)) + "\n```"

    assert len(parse(text)) > 1
    assert as_markdown(parse(text)) == text


@given(inline, st.integers(0, 60), st.integers(1, 60))
@settings(max_examples=300)
def test_any_stretch_keeps_its_characters(text: str, start: int, length: int) -> None:
    block = parse(text)[0]
    stretch = replace(block, spans=slice_spans(block.spans, start, start + length))
    if any(span.formula for span in stretch.spans):
        return  # Half a formula is no formula; its signs are text then.

    written = as_markdown([stretch])

    assert " ".join(plain_text(parse(written)).split()) == " ".join(stretch.text.split())
