"""A text that arrives in pieces has the blocks that it has as a whole."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from phidesk.richtext.blocks import Block, BlockKind, plain_text
from phidesk.richtext.markdown import parse
from phidesk.richtext.streaming import StreamingParser

_PARAGRAPHS = [
    "Some text with **bold** and `code`.", "Line one\nline two", "# Heading", "## Another\ntext under it", "Title\n===",
    "- one\n- two\n  - nested\n- three", "1. a\n2. b\n   ```py\n   x=1\n\n   y=2\n   ```\n3. c", "1. a\n1. b\n\n   more\n1. c",
    "> quote\nlazy\n>\n> - item", "```py\nprint('x')\n\n# y\n```", "~~~\n```\n~~~", "| a | b |\n|---|---|\n| 1 | 2 |",
    "---", "    indented\n\n    code", "<div>\nx\n</div>", "- [ ] task\n- [x] done", "* a\n\n* b\n\n  c", "costs $5 and $10",
]  # fmt: skip
_FORMULAS = ["Let\n\n\\[\nx = 1\n\n+ 2\n\\]\n\nend", "a \\(b_1\\) and $$c$$", "$$\nx\n$$", "\\[ a\n- b\n\\]"]
_LINES = [
    "text word", "- item", "  - nested", "1. one", "2. two", "> quote", "", "", "```py", "```", "x = 1", "| a | b |",
    "|---|---|", "| 1 | 2 |", "# head", "===", "---", "    indented code", "<div>", "</div>", "\\[", "\\]", "$$",
    "a $x$ b \\( y \\)", "* * *", "+ plus", "  cont", "\tTab", "~~~", "[ref]: http://x", "[ref]", "**bold", "   ```", "`c",
]  # fmt: skip

answers = st.lists(st.sampled_from(_PARAGRAPHS), min_size=1, max_size=8).map("\n\n".join)
garbage = st.lists(st.sampled_from(_LINES), min_size=1, max_size=14).map("\n".join)
chunk_sizes = st.lists(st.integers(1, 20), min_size=1, max_size=10)


def stream(text: str, sizes: list[int]) -> StreamingParser:
    """Feed a parser with chunks of these sizes, over and over; check what it says about unchanged blocks."""
    parser = StreamingParser()
    position = 0
    turn = 0
    while position < len(text):
        size = sizes[turn % len(sizes)]
        before = list(parser.blocks)
        unchanged = parser.append(text[position : position + size])
        assert parser.blocks[:unchanged] == before[:unchanged]
        position += size
        turn += 1
    return parser


@given(answers, chunk_sizes)
@settings(max_examples=200)
def test_freeze_rule_needs_no_healing_without_formulas(text: str, sizes: list[int]) -> None:
    assert tuple(stream(text, sizes).blocks) == parse(text)


@given(st.lists(st.sampled_from(_PARAGRAPHS + _FORMULAS), min_size=1, max_size=8).map("\n\n".join), chunk_sizes)
@settings(max_examples=100)
def test_formulas_need_no_healing_either(text: str, sizes: list[int]) -> None:
    assert tuple(stream(text, sizes).blocks) == parse(text)


@given(garbage, chunk_sizes)
@settings(max_examples=300)
def test_finish_gives_the_blocks_of_the_whole_text(text: str, sizes: list[int]) -> None:
    parser = stream(text, sizes)
    before = list(parser.blocks)

    unchanged = parser.finish()

    assert tuple(parser.blocks) == parse(text)
    assert parser.blocks[:unchanged] == before[:unchanged]
    assert parser.text == text


def test_half_a_table_row_does_not_tear_the_table() -> None:
    parser = StreamingParser()
    for chunk in ("| a |\n|---|\n| 1 |\n|", " 2 |\n", "|", " 3 |\n"):
        parser.append(chunk)

    assert [block.kind for block in parser.blocks] == [BlockKind.TABLE]


def test_finish_heals_links_defined_at_the_end() -> None:
    parser = stream("See [it].\n\nMore.\n\nAnd more.\n\n[it]: https://x.example\n", [7])

    parser.finish()

    assert parser.blocks[0].spans[1].link == "https://x.example"


def test_surrogate_pair_in_two_chunks_is_one_character() -> None:
    parser = StreamingParser()
    parser.append("a\ud83d")
    parser.append("\ude00b")

    assert parser.blocks[0].text == "a😀b"


def test_a_lone_half_at_the_end_does_not_disturb() -> None:
    parser = StreamingParser()
    parser.append("a\ud83d")

    parser.finish()

    assert parser.blocks[0].text == "a\ufffd"


def assert_bounded(parser: StreamingParser) -> None:
    """The part that is parsed again must not grow with the answer."""
    assert len(parser._live) < 40_000


def texts(blocks: list[Block]) -> str:
    return plain_text(blocks)


def test_endless_paragraph_stays_cheap_and_whole() -> None:
    text = "A sentence of some **words** here. And another one; 1. with - marks > in it! " * 2_000
    parser = stream(text, [500])

    assert_bounded(parser)
    assert texts(parser.blocks).split() == texts(list(parse(text))).split()
    parser.finish()
    assert tuple(parser.blocks) == parse(text)


def test_endless_word_stays_cheap() -> None:
    parser = stream("x" * 200_000, [1_000])

    assert_bounded(parser)
    assert texts(parser.blocks) == "x" * 200_000


def test_endless_code_stays_cheap_and_whole() -> None:
    text = "```py\n" + "\n".join(f"value_{number} = {number}" for number in range(8_000)) + "\n```\n\nend"
    parser = stream(text, [500])

    assert_bounded(parser)
    assert tuple(parser.blocks[:-3]) == parse(text)[:-3]
    parser.finish()
    assert tuple(parser.blocks) == parse(text)


def test_a_formula_of_several_lines_in_a_long_table_is_read_once() -> None:
    rows = ["| a | b |", "|---|---|", *["| 1 | 2 |"] * 7, "\\[", "x", "\\]", *["| 3 | 4 |"] * 5]
    parser = StreamingParser()

    for row in rows:
        parser.append(row + "\n")

    assert tuple(parser.blocks) == parse("\n".join(rows) + "\n")


def test_endless_table_stays_cheap_and_whole() -> None:
    rows = "".join(f"| {number} | **b** | `c` |\n" for number in range(1_000))
    text = f"Before.\n\n| a | b | c |\n|---|:-:|--:|\n{rows}\nend"
    parser = stream(text, [37])

    assert_bounded(parser)
    assert texts(parser.blocks) == texts(list(parse(text)))
    parser.finish()
    assert tuple(parser.blocks) == parse(text)


def test_the_last_piece_of_a_long_block_needs_no_healing() -> None:
    code = "```py\n" + "".join(f"value_{number} = {number}\n" for number in range(150)) + "```"
    table = "| a | b |\n|---|---|\n" + "".join(f"| {number} | x |\n" for number in range(90)) + "| short"

    for text in (code, table):
        assert tuple(stream(text, [50]).blocks) == parse(text)
