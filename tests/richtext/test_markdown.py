"""What the blocks of a text are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from phidesk.richtext.blocks import (
    CODE_PIECE_LINES,
    PIECE_CHARACTERS,
    Block,
    BlockKind,
    Container,
    Span,
    join_pieces,
    plain_blocks,
    plain_text,
)
from phidesk.richtext.formula_places import find_open_formula
from phidesk.richtext.markdown import MOST_CONTAINERS, parse
from phidesk.richtext.markdown_writer import as_markdown


def test_paragraph_has_spans_of_each_appearance() -> None:
    (block,) = parse("a **b** *c* ~~d~~ `e` [f](https://g.example)")

    assert block.kind is BlockKind.PARAGRAPH
    assert block.spans == (
        Span("a "),
        Span("b", bold=True),
        Span(" "),
        Span("c", italic=True),
        Span(" "),
        Span("d", strike=True),
        Span(" "),
        Span("e", code=True),
        Span(" "),
        Span("f", link="https://g.example"),
    )


def test_headings_know_their_level() -> None:
    assert [(block.kind, block.level) for block in parse("# a\n\n### b")] == [
        (BlockKind.HEADING, 1),
        (BlockKind.HEADING, 3),
    ]


def test_list_items_are_blocks_of_their_own_and_numbers_go_on() -> None:
    blocks = parse("1. a\n1. b\n   - c\n1. d\n\n- [ ] e\n- [x] f\n")

    assert [(block.marker, block.list_depth, block.text) for block in blocks] == [
        ("1.", 1, "a"),
        ("2.", 1, "b"),
        ("◦", 2, "c"),
        ("3.", 1, "d"),
        ("☐", 1, "e"),
        ("☑", 1, "f"),
    ]


def test_empty_items_show_their_marker() -> None:
    assert [block.marker for block in parse("-\n- a\n- - b")] == ["•", "•", "•", "◦"]


def test_quotes_are_containers() -> None:
    blocks = parse("> a\n>\n> - b")

    assert [block.containers for block in blocks] == [(Container.QUOTE,), (Container.QUOTE, Container.LIST)]


def test_code_keeps_every_character_and_its_language() -> None:
    (block,) = parse("```py extra\nif x:\n\n    y = '\\(z\\)' # $$\n```\n")

    assert (block.kind, block.language) == (BlockKind.CODE, "py")
    assert block.text == "if x:\n\n    y = '\\(z\\)' # $$"


@pytest.mark.parametrize(
    "formula", ["\\(a_1*b*c\\)", "\\[a_1*b*c\\]", "$a_1*b*c$", "$$a_1*b*c$$", "\\[\nx = 1\n+ 2\n\\]", "\\(é\\)"]
)
def test_formulas_stay_their_source(formula: str) -> None:
    blocks = parse(f"ü {formula} z")

    assert plain_text(blocks) == f"ü {formula} z"
    assert Span(formula, formula=True) in [span for block in blocks for span in block.spans]


@pytest.mark.parametrize("text", ["a \\(x + ", "costs $5 and $10", "[ \\] x"])
def test_half_formulas_and_money_lose_nothing(text: str) -> None:
    assert parse(text)[0].text == text.rstrip()


def test_raw_html_is_text() -> None:
    assert [block.text for block in parse("<div onclick='x'>\ny\n</div>\n\na <b>c</b>")] == [
        "<div onclick='x'>\ny\n</div>",
        "a <b>c</b>",
    ]


def test_pictures_are_their_description_and_address() -> None:
    assert parse("![a cat](https://x.example/cat.png)")[0].text == "a cat (https://x.example/cat.png)"


def test_tables_are_cells_that_a_spreadsheet_understands() -> None:
    (block,) = parse("| a | **b** |\n|:-:|--:|\n| 1 | `x` $y$ |\n| only |\n")

    assert block.kind is BlockKind.TABLE
    assert block.text == "a\tb\n1\tx $y$\nonly\t"
    assert block.columns == "cr"
    assert [[len(cell) for cell in row] for row in block.rows] == [[1, 1], [1, 3], [1, 0]]
    assert block.rows[0][1][0].bold


def test_what_would_part_cells_is_a_blank_within_them() -> None:
    (block,) = parse("| a |\n|---|\n| x\ty `p\tq` |\n")

    assert block.text == "a\nx y p q"


def test_line_breaks() -> None:
    assert parse("a\nb  \nc")[0].text == "a b\nc"


def test_plain_text_reads_like_the_screen() -> None:
    assert plain_text(parse("# A\n\n- b\n  1. c\n\n```\nd\n```\n\n---\n\ne")) == "A\n\n• b\n  1. c\n\nd\n\n———\n\ne"


def test_long_paragraphs_are_cut_after_sentences_and_lose_nothing() -> None:
    sentence = "This is **one** sentence with some words. "
    blocks = parse(sentence * 400)

    assert len(blocks) > 4
    assert all(len(block.text) <= PIECE_CHARACTERS for block in blocks)
    assert all(block.text.endswith(". ") for block in blocks[:-1])
    assert [block.joint for block in blocks] == [None] + [""] * (len(blocks) - 1)
    assert plain_text(blocks) == (sentence.replace("*", "") * 400).rstrip()


def test_long_code_is_cut_after_lines_and_loses_nothing() -> None:
    code = "\n".join(f"line {number}" for number in range(3 * CODE_PIECE_LINES)) + "\n" + "x" * 30_000
    blocks = parse(f"```\n{code}\n```")

    assert len(blocks) > 5
    assert plain_text(blocks) == code


@given(st.text(alphabet="ab\n \u0000\ud800😀", max_size=12_000))
@settings(max_examples=30)
def test_plain_blocks_are_the_text(text: str) -> None:
    blocks = plain_blocks(text)

    assert "".join((block.joint or "") + block.text for block in blocks) == text
    assert all(block.kind is BlockKind.PLAIN for block in blocks)


def test_plain_blocks_cut_long_texts() -> None:
    text = "word " * 5_000 + "\n" * 3_000 + "x" * 9_000

    blocks = plain_blocks(text)

    assert max(len(block.text) for block in blocks) <= PIECE_CHARACTERS
    assert "".join((block.joint or "") + block.text for block in blocks) == text


@given(st.text(alphabet=st.sampled_from([*"ab*_`~[]()<>#-+|$\\!&;:1. \n\t\r>=", "\x00", "\ud83d", "\ude00", "é", "א"])))
@settings(max_examples=300)
def test_any_text_has_blocks(text: str) -> None:
    blocks = parse(text)

    assert all(isinstance(block, Block) for block in blocks)
    assert all(len(block.containers) <= MOST_CONTAINERS for block in blocks)


@pytest.mark.parametrize(
    "text",
    [">" * 20_000 + "a", "- " * 20_000 + "a", "> - " * 2_000 + "a", "[" * 20_000, "![a](" * 5_000, "<" * 20_000,
     "$" * 20_000, "*a " * 20_000, "`" * 20_000, "|" * 20_000, "a" * 1_000_000, "\x00" * 5_000, "\\(" * 20_000],
)  # fmt: skip
def test_hostile_texts_are_only_texts(text: str) -> None:
    assert all(len(block.containers) <= MOST_CONTAINERS for block in parse(text))


def test_lone_surrogates_are_replaced_and_pairs_joined() -> None:
    assert parse("a\ud83d\ude00b\ud800c")[0].text == "a😀b\ufffdc"


def test_formula_after_a_fence_within_a_longer_fence_is_one() -> None:
    blocks = parse("````\n```\n````\n\n\\[\nx\n\n+ 2\n\\]")

    assert [block.kind for block in blocks] == [BlockKind.CODE, BlockKind.PARAGRAPH]
    assert blocks[1].spans[0].formula


def test_a_tight_item_keeps_the_markup_it_begins_and_ends_with() -> None:
    (first, second) = parse("- **a** b\n- c *d*\n")

    assert (first.source, second.source) == ("**a** b", "c *d*")


def test_the_pieces_of_a_giant_have_the_words_and_looks_of_the_whole() -> None:
    text = "Some **bold words** and `code` here. " * 600

    blocks = parse(text)

    whole = join_pieces(blocks)[0]
    assert len(blocks) > 5
    assert whole.text == text.replace("*", "").replace("`", "").rstrip()
    bold = "".join(span.text for block in blocks for span in block.spans if span.bold)
    assert bold == "bold words" * 600


class _Counted(bytes):
    """Counts the bytes that are looked at in search of a sign."""

    looked_at = 0

    @override
    def find(self, sign: Any, start: Any = None, end: Any = None, /) -> int:
        found = super().find(sign, start, end)
        self.looked_at += (min(end, len(self)) if found < 0 else found) - start
        return found


@pytest.mark.parametrize("opening", [b"\\[", b"\\(", b"\\[ \\("])
def test_thousands_of_opened_formulas_are_not_looked_through_again_and_again(opening: bytes) -> None:
    source = _Counted(opening * 5_000)

    find_open_formula(source)

    assert 0 < source.looked_at <= 4 * len(source)


def test_break_elements_break_lines_and_cells_stay_in_their_row() -> None:
    text, table = parse("a<br>b<br/>\nc `<br>` <b>\n\n| a | b |\n|---|---|\n| 1<br>2 | **x<br>y** |")

    assert text.text == "a\nb\nc <br> <b>"
    assert table.text == "a\tb\n1\u20282\tx\u2028y"
    assert len(table.rows) == 2
    assert [block.spans for block in parse(as_markdown([text, table]))] == [text.spans, table.spans]
