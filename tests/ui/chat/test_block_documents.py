"""Documents of blocks: what colours do to a listing, and what they leave alone."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from PySide6.QtGui import QColor, QTextCursor, QTextDocument, QTextTable
from PySide6.QtWidgets import QApplication

from phidesk.richtext.blocks import TABLE_PIECE_ROWS, Block
from phidesk.richtext.highlight import TokenKind
from phidesk.richtext.markdown import parse
from phidesk.ui.chat.block_documents import BlockDocuments
from phidesk.ui.chat.transcript_layout import BlockBox
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
