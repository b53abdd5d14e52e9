"""Documents of blocks: what colours do to a listing, and what they leave alone."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextBlock, QTextCursor, QTextDocument, QTextTable
from PySide6.QtWidgets import QApplication

from phidesk.richtext.blocks import TABLE_PIECE_ROWS, Block, Span, plain_blocks
from phidesk.richtext.highlight import TokenKind
from phidesk.richtext.markdown import parse
from phidesk.richtext.streaming import StreamingParser
from phidesk.ui.chat.block_documents import LINE_KINDS, BlockDocuments
from phidesk.ui.chat.side_view import side_view_of
from phidesk.ui.chat.transcript_layout import BlockBox
from phidesk.ui.chat.transcript_selection import slice_utf16
from phidesk.ui.utf16 import utf16_length
from tests.richtext.generated_answers import generated_answer
from tests.ui.chat.transcript_samples import make_style

KEYWORD_COLOR, STRING_COLOR = "#0f6f68", "#17744a"


@pytest.fixture
def documents(qapp: QApplication) -> BlockDocuments:
    colors = {kind: QColor("#000000") for kind in TokenKind}
    colors |= {TokenKind.KEYWORD: QColor(KEYWORD_COLOR), TokenKind.STRING: QColor(STRING_COLOR)}
    return BlockDocuments(replace(make_style(), code_colors=colors))


def listing(code: str) -> Block:
    (block,) = parse(f"```python\n{code}\n```")
    return block


def colored(document: QTextDocument) -> list[tuple[int, int, str]]:
    formats = document.firstBlock().layout().formats()
    return [(piece.start, piece.length, piece.format.foreground().color().name()) for piece in formats]


def test_a_listing_is_coloured_by_its_language(documents: BlockDocuments) -> None:
    document = documents.document(BlockBox(listing("if x == 'a':"), 0, 0), 400)

    assert (0, 2, KEYWORD_COLOR) in colored(document)
    assert (8, 3, STRING_COLOR) in colored(document)


def test_colours_stand_right_behind_characters_that_qt_counts_twice(documents: BlockDocuments) -> None:
    document = documents.document(BlockBox(listing("'😀' if"), 0, 0), 400)

    assert colored(document) == [(0, 4, STRING_COLOR), (5, 2, KEYWORD_COLOR)]


def test_colours_follow_a_listing_that_grows(documents: BlockDocuments) -> None:
    old, new = BlockBox(listing("x = 'a"), 0, 0), BlockBox(listing("x = 'a' if"), 0, 0)
    document = documents.document(old, 400)

    documents.update(old, new)

    assert documents.document(new, 400) is document
    assert colored(document)[-1] == (8, 2, KEYWORD_COLOR)


@pytest.mark.parametrize("seed", range(12))
def test_a_document_that_grew_is_the_same_as_one_that_was_built_anew(documents: BlockDocuments, seed: int) -> None:
    text, parser, chance = generated_answer(seed, parts=4), StreamingParser(), Random(seed)
    boxes: list[BlockBox] = []
    unlike: list[str] = []
    grown = 0

    while text:
        size = chance.randrange(1, 30)
        unchanged = parser.append(text[:size])
        text = text[size:]
        new = [BlockBox(block, 0, 0) for block in parser.blocks[unchanged:]]
        for old_box, new_box in zip(boxes[unchanged:], new, strict=False):
            grown += documents.update(old_box, new_box) is not None
        boxes[unchanged:] = new
        for box in new:
            if box.block.kind not in LINE_KINDS:
                shown = documents.document(box, 400)
                built = BlockDocuments(documents.style).document(BlockBox(box.block, 0, 0), 400)
                if (shown.toHtml(), shown.size()) != (built.toHtml(), built.size()):
                    unlike.append(box.block.source)

    assert unlike == []
    assert grown > 0


GROWING_TABLE = """\
| name | value | formula | note |
|:--|--:|:-:|---|
| row **1** | 3 | $x^2$ | some words that are long enough to be wrapped when there is no room beside |
| row **2** | 6 | $x^2 + 1$ |  |
| `row` | 9 | | a [link](https://x.example) |
| last | 12 | $x$ | end |
"""


@pytest.mark.parametrize("portion", [1, 7, 40])
def test_a_table_that_grew_is_the_same_as_one_that_was_built_anew(documents: BlockDocuments, portion: int) -> None:
    begin = GROWING_TABLE.index("|:--") + 20
    grown = anew = 0
    box: BlockBox | None = None

    for end in range(begin, len(GROWING_TABLE) + portion, portion):
        block = parse(GROWING_TABLE[:end])[0]
        before, box = box, BlockBox(block, 0, 0, side_view_of(block, None, box.side if box is not None else None))
        cells_before = documents.built_cells
        if before is not None:
            documents.update(before, box)
        document = documents.document(box, 500)
        grown += documents.built_cells - cells_before
        fresh = documents.document(BlockBox(block, 0, 0), 500)
        anew += sum(map(len, block.rows))
        assert document.toHtml() == fresh.toHtml()
        assert document.size() == fresh.size()

    assert grown < anew / 2


def test_a_table_that_grew_looks_different_from_the_row_on_in_which_it_did(documents: BlockDocuments) -> None:
    old, new = (parse(GROWING_TABLE[: GROWING_TABLE.index(end)])[0] for end in (" words", " that"))
    before = BlockBox(old, 0, 0)
    documents.document(before, 500)
    after = BlockBox(new, 0, 0, side_view_of(new, None, before.side))

    assert documents.update(before, after) is None  # Its last column is wider now.

    longer = parse(GROWING_TABLE[: GROWING_TABLE.index("| last")] + "| x | 1 | | y |\n")[0]
    longest = parse(GROWING_TABLE[: GROWING_TABLE.index("| last")] + "| x | 1 | | y z |\n")[0]
    before = BlockBox(longer, 0, 0)
    document = documents.document(before, 500)
    after = BlockBox(longest, 0, 0, side_view_of(longest, None, before.side))
    changed_from = documents.update(before, after)

    table = cast(QTextTable, document.rootFrame().childFrames()[0])
    first, last = (table.cellAt(row, 0).firstCursorPosition().block() for row in (1, 4))
    layout = document.documentLayout()
    assert changed_from is not None
    assert layout.blockBoundingRect(first).bottom() < changed_from < layout.blockBoundingRect(last).top()


def test_a_formula_in_a_growing_paragraph_stays_drawn(documents: BlockDocuments) -> None:
    texts = ("So $x^2$ is", "So $x^2$ is **more** than $y$ and", "So $x^2$ is **more** than $y$ and on")
    old, *further = (BlockBox(parse(text)[0], 0, 0) for text in texts)
    document = documents.document(old, 400)

    for new in further:
        assert documents.update(old, new) is not None
        old = new

    assert documents.document(old, 400) is document
    assert document.toPlainText() == "So \ufffc is more than \ufffc and on"


def test_words_that_become_bold_behind_a_formula_are_exchanged_in_their_document(documents: BlockDocuments) -> None:
    texts = ("So $x^2$ is", "So $x^2$ is **mo", "So $x^2$ is **more** or `le", "So $x^2$ is **more** or `less`.")
    old, *further = (BlockBox(parse(text)[0], 0, 0) for text in texts)
    document = documents.document(old, 400)

    for new in further:
        documents.update(old, new)
        old = new

    assert documents.document(old, 400) is document
    assert document.toPlainText() == "So \ufffc is more or less."


def test_a_document_that_grew_looks_different_from_its_last_line_on(documents: BlockDocuments) -> None:
    text = "A paragraph of several lines in a narrow column. " * 6
    old, new = BlockBox(parse(text + "It")[0], 0, 0), BlockBox(parse(text + "It is")[0], 0, 0)
    document = documents.document(old, 400)
    last = document.firstBlock().layout().lineCount() - 1

    same_until = documents.update(old, new)

    assert last > 2
    assert same_until is not None
    assert 0 <= document.firstBlock().layout().lineAt(last).y() - same_until < documents.line_height


def test_a_formula_is_no_longer_in_the_middle_when_words_follow_it(documents: BlockDocuments) -> None:
    (block,) = parse("$$x^2$$")
    old, new = (BlockBox(replace(block, spans=(*block.spans, *more)), 0, 0) for more in ((), (Span(" and"),)))
    document = documents.document(old, 400)
    was_in_the_middle = document.firstBlock().blockFormat().alignment() == Qt.AlignmentFlag.AlignHCenter

    documents.update(old, new)

    assert was_in_the_middle
    assert documents.document(new, 400).firstBlock().blockFormat().alignment() != Qt.AlignmentFlag.AlignHCenter


def test_text_and_size_stay_as_without_colours(documents: BlockDocuments) -> None:
    block = listing("def f(x):\n    return 'a'")
    plain = BlockDocuments(make_style()).document(BlockBox(block, 0, 0), 400)

    document = documents.document(BlockBox(block, 0, 0), 400)

    assert document.toPlainText() == plain.toPlainText()
    assert document.size() == plain.size()


def test_other_blocks_have_no_colours(documents: BlockDocuments) -> None:
    (block,) = parse("if x then y")

    assert colored(documents.document(BlockBox(block, 0, 0), 400)) == []


TABLE = "| Item | Price |\n|:--|--:|\n| A $x^2$ b | **1** |\n|  | 2 |"


def test_a_table_has_cells_and_a_bold_head(documents: BlockDocuments) -> None:
    (block,) = parse(TABLE)
    document = documents.document(BlockBox(block, 0, 0), 400)

    (table,) = document.rootFrame().childFrames()
    assert isinstance(table, QTextTable)
    assert (table.rows(), table.columns()) == (3, 2)
    cursor = table.cellAt(0, 0).firstCursorPosition()
    cursor.movePosition(QTextCursor.MoveOperation.Right)
    assert cursor.charFormat().font().bold()


def test_places_in_a_table_belong_to_each_other(documents: BlockDocuments) -> None:
    (block,) = parse(TABLE)
    document = documents.document(BlockBox(block, 0, 0), 400)

    for word in ("Item", "Price", " b\t", "1", "\t2"):
        offset = block.text.index(word)
        place = documents.document_offset(block, offset)
        assert documents.text_offset(block, place) == offset
        if not word.startswith("\t"):
            assert document.characterAt(place) == word[0]


def test_a_long_table_is_cut_into_pieces_of_which_one_has_the_head(documents: BlockDocuments) -> None:
    pieces = parse("| a |\n|---|\n" + "| x |\n" * 250)

    documents_of = [documents.document(BlockBox(piece, 0, 0), 400) for piece in pieces]

    assert len(pieces) == math.ceil(251 / TABLE_PIECE_ROWS)
    assert sum(len(piece.rows) for piece in pieces) == 251
    assert all(document.size().width() <= 400 for document in documents_of)


MIRRORED = "| الاسم | $x^2$ | المدينة |\n|---|:-:|--:|\n| أحمد | 30 |  |\n| سارة 😀 | **25** | بيروت |"


def test_the_first_column_of_a_mirrored_table_stands_at_the_right(documents: BlockDocuments) -> None:
    (block,) = parse(MIRRORED)
    document = documents.document(BlockBox(block, 0, 0), 400)

    (table,) = document.rootFrame().childFrames()
    assert isinstance(table, QTextTable)
    seen = [table.cellAt(1, column).firstCursorPosition().block().text() for column in range(3)]
    assert seen == ["", "30", "أحمد"]
    assert block.text.split("\n")[1] == "أحمد\t30\t"


def test_places_in_a_mirrored_table_belong_to_each_other(documents: BlockDocuments) -> None:
    (block,) = parse(MIRRORED)
    document = documents.document(BlockBox(block, 0, 0), 400)
    formula = block.text.index("$")

    for offset in range(utf16_length(block.text) + 1):
        place = documents.document_offset(block, offset)
        if not formula < offset < formula + 5:
            assert documents.text_offset(block, place) == offset
        character = slice_utf16(block.text, offset, offset + 1)
        if character not in "$x^2\t\n😀\ufffd":
            assert document.characterAt(place) == character


def test_a_stretch_of_a_mirrored_table_is_marked_cell_by_cell(documents: BlockDocuments) -> None:
    (block,) = parse(MIRRORED)
    document = documents.document(BlockBox(block, 0, 0), 400)
    start = block.text.index("حمد")

    marked = []
    for first, last in documents.document_ranges(block, start, 1 << 30):
        cursor = QTextCursor(document)
        cursor.setPosition(first)
        cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
        marked.append(cursor.selectedText())

    assert marked == ["حمد", "30", "سارة 😀", "25", "بيروت"]


RIGHT_TO_LEFT = "النص `x[0] = 1;` ثم **نص** `-a.b(c)` و $f(x)$ نهاية"


def seen_order(document: QTextDocument, characters: str) -> str:
    """Return these characters of the first line from left to right."""
    block = document.firstBlock()
    line = block.layout().lineAt(0)
    places = {character: line.cursorToX(block.text().index(character)) for character in characters}
    return "".join(sorted(characters, key=lambda character: cast("tuple[float, int]", places[character])[0]))


def test_code_keeps_its_order_in_text_from_the_right(documents: BlockDocuments) -> None:
    (block,) = parse("النص `x[0] = 1;` ثم")

    document = documents.document(BlockBox(block, 0, 0), 2_000)

    assert seen_order(document, "[0]=1;") == "[0]=1;"
    assert document.firstBlock().textDirection() == Qt.LayoutDirection.RightToLeft


def test_code_needs_no_help_in_text_from_the_left(documents: BlockDocuments) -> None:
    (block,) = parse("Text `x = 1;` نص `y`")

    document = documents.document(BlockBox(block, 0, 0), 2_000)

    assert document.toPlainText() == block.text


@pytest.mark.parametrize("source", [RIGHT_TO_LEFT, f"| {RIGHT_TO_LEFT} | ب |\n|---|---|\n| `y;` | `-z` |"])
def test_places_around_isolated_code_belong_to_each_other(documents: BlockDocuments, source: str) -> None:
    (block,) = parse(source)
    formula = range(block.text.index("$") + 1, block.text.rindex("$") + 1)

    back = [
        documents.text_offset(block, documents.document_offset(block, offset))
        for offset in range(utf16_length(block.text) + 1)
        if offset not in formula
    ]

    assert back == [offset for offset in range(utf16_length(block.text) + 1) if offset not in formula]


def test_text_from_the_right_with_code_grows_as_if_it_were_built_anew(documents: BlockDocuments) -> None:
    parser = StreamingParser()
    box: BlockBox | None = None
    for character in RIGHT_TO_LEFT.replace("$f(x)$ ", ""):
        parser.append(character)
        new = BlockBox(parser.blocks[-1], 0, 0)
        if box is not None:
            documents.update(box, new)
        box = new
        grown = documents.document(box, 2_000).toPlainText()
        anew = BlockDocuments(documents.style).document(BlockBox(box.block, 0, 0), 2_000).toPlainText()
        assert grown == anew


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("How are you?\nنص شخص", "<>"),
        ("שם\nHello\nשם", "><>"),
        ("نص\n1 + 1 = ?\n\nHello\n2 + 2 = ?", ">>><<"),
        ("1.\nنص", ">>"),
        ("1.\n2.", "<<"),
    ],
)
def test_each_line_of_a_question_stands_on_its_own_side(documents: BlockDocuments, text: str, sides: str) -> None:
    (block,) = plain_blocks(text)

    document = documents.document(BlockBox(block, 0, 0), 400)

    assert "".join(map(side_of, blocks_of(document))) == sides
    assert document.toPlainText() == text
    assert [documents.document_offset(block, offset) for offset in range(len(text))] == list(range(len(text)))


def test_a_question_that_changed_has_its_lines_on_their_sides(documents: BlockDocuments) -> None:
    old, new = (BlockBox(plain_blocks(text)[0], 0, 0) for text in ("Hello", "Hello\nنص"))
    documents.document(old, 400)

    documents.update(old, new)

    assert [side_of(line) for line in blocks_of(documents.document(new, 400))] == ["<", ">"]


def blocks_of(document: QTextDocument) -> list[QTextBlock]:
    return [document.findBlockByNumber(number) for number in range(document.blockCount())]


def side_of(block: QTextBlock) -> str:
    """Return ">" for what stands at the right end of its room, "<" for what stands at the left."""
    line = block.layout().lineAt(0)
    if not line.textLength():
        return ">" if block.textDirection() == Qt.LayoutDirection.RightToLeft else "<"
    return ">" if line.naturalTextRect().right() > line.width() - 1 else "<"
