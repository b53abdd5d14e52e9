"""A table → a table of Qt's in a QTextDocument. There a mark stands before each cell, where the text has separators."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextTableCellFormat,
    QTextTableFormat,
)

from phidesk.richtext.blocks import Block, Span

CELL_PADDING_X, CELL_PADDING_Y = 10, 4
_SIDES = {"c": Qt.AlignmentFlag.AlignHCenter, "r": Qt.AlignmentFlag.AlignTrailing}

InsertSpan = Callable[[QTextCursor, Span], None]


def fill_table(
    document: QTextDocument, block: Block, columns: Sequence[int], border: QColor, *, insert: InsertSpan
) -> None:
    """Fill an empty document with one piece of a table.

    `columns` are their widths, padding included; `insert` puts a span where a cursor stands. Qt knows no table that
    begins at the right: the cells of one that is mirrored stand in the document in the order in which they are seen.
    """
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    rows = block.rows
    is_mirrored = block.is_mirrored
    seen = columns[::-1] if is_mirrored else columns
    table = cursor.insertTable(len(rows), len(columns), _table_format(seen, is_mirrored=is_mirrored))
    cells = [_cell_format(border, is_first=is_first, is_mirrored=is_mirrored) for is_first in (False, True)]
    for number, row in enumerate(rows):
        is_head = number == 0 and block.joint is None
        for column, spans in enumerate(row):
            cell = table.cellAt(number, len(columns) - 1 - column if is_mirrored else column)
            cell.setFormat(cells[column == 0])
            inside = cell.firstCursorPosition()
            inside.setBlockFormat(_cell_block_format(block.columns[column : column + 1], is_mirrored=is_mirrored))
            for span in spans:
                insert(inside, span._replace(bold=True) if is_head else span)
    _shrink_end(document)
    cursor.endEditBlock()


def cell_padding(*, is_first: bool) -> int:
    """Return what is beside the text of a cell, both sides together."""
    return CELL_PADDING_X if is_first else 2 * CELL_PADDING_X


def _table_format(columns: Sequence[int], *, is_mirrored: bool) -> QTextTableFormat:
    table_format = QTextTableFormat()
    table_format.setBorder(0)
    table_format.setCellSpacing(0)
    table_format.setCellPadding(0)
    table_format.setColumnWidthConstraints([QTextLength(QTextLength.Type.FixedLength, width) for width in columns])
    if is_mirrored:
        table_format.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    return table_format


def _cell_format(border: QColor, *, is_first: bool, is_mirrored: bool) -> QTextTableCellFormat:
    outer = 0 if is_first else CELL_PADDING_X
    cell_format = QTextTableCellFormat()
    cell_format.setLeftPadding(CELL_PADDING_X if is_mirrored else outer)
    cell_format.setRightPadding(outer if is_mirrored else CELL_PADDING_X)
    cell_format.setTopPadding(CELL_PADDING_Y)
    cell_format.setBottomPadding(CELL_PADDING_Y)
    cell_format.setBottomBorder(1)
    cell_format.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    cell_format.setBottomBorderBrush(border)
    return cell_format


def _cell_block_format(column: str, *, is_mirrored: bool) -> QTextBlockFormat:
    block_format = QTextBlockFormat()
    block_format.setAlignment(_SIDES.get(column, Qt.AlignmentFlag.AlignLeading))
    if is_mirrored:
        block_format.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    return block_format


def _shrink_end(document: QTextDocument) -> None:
    """Qt wants a paragraph after a table; make it one pixel high."""
    end = QTextCursor(document)
    end.movePosition(QTextCursor.MoveOperation.End)
    block_format = QTextBlockFormat()
    block_format.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    end.setBlockFormat(block_format)
