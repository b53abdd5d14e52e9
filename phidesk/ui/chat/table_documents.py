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
    QTextTable,
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
    _fill_rows(table, block, rows, 0, border, insert)
    _shrink_end(document)
    cursor.endEditBlock()


def extend_table(
    document: QTextDocument, old: Block, new: Block, border: QColor, *, insert: InsertSpan
) -> tuple[int, float] | None:
    """Let a document say what a table says that has grown at its end since, in columns of the same widths.

    Returns:
        How many cells were filled, and the height where the first row begins that is not as before; None, and the
        document is as it was, if the table is another one.
    """
    old_rows, rows = old.rows, new.rows
    kept = len(old_rows) - 1
    if (
        new.is_mirrored
        or (old.columns, old.joint, old.is_mirrored) != (new.columns, new.joint, new.is_mirrored)
        or not 0 <= kept < len(rows)
        or rows[:kept] != old_rows[:kept]
        or len(rows[kept]) != len(old_rows[kept])
    ):
        return None
    table = document.rootFrame().childFrames()[0]
    if not isinstance(table, QTextTable):
        return None
    filled = 0
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    for column, spans in enumerate(rows[kept]):
        if spans != old_rows[kept][column]:
            cell = table.cellAt(kept, column)
            inside = cell.firstCursorPosition()
            inside.setPosition(cell.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
            inside.removeSelectedText()
            _fill_cell(inside, spans, insert, is_head=kept == 0 and new.joint is None)
            filled += 1
    if len(rows) > len(old_rows):
        table.appendRows(len(rows) - len(old_rows))
        _fill_rows(table, new, rows, len(old_rows), border, insert)
        filled += sum(map(len, rows[len(old_rows) :]))
    cursor.endEditBlock()
    first = table.cellAt(kept, 0).firstCursorPosition().block()
    return filled, document.documentLayout().blockBoundingRect(first).top() - CELL_PADDING_Y


def _fill_rows(
    table: QTextTable, block: Block, rows: list[list[tuple[Span, ...]]], first: int, border: QColor, insert: InsertSpan
) -> None:
    """Fill the rows from the first one on, which are empty."""
    is_mirrored = block.is_mirrored
    cells = [_cell_format(border, is_first=is_first, is_mirrored=is_mirrored) for is_first in (False, True)]
    for number, row in enumerate(rows[first:], start=first):
        is_head = number == 0 and block.joint is None
        for column, spans in enumerate(row):
            cell = table.cellAt(number, table.columns() - 1 - column if is_mirrored else column)
            cell.setFormat(cells[column == 0])
            inside = cell.firstCursorPosition()
            inside.setBlockFormat(_cell_block_format(block.columns[column : column + 1], is_mirrored=is_mirrored))
            _fill_cell(inside, spans, insert, is_head=is_head)


def _fill_cell(inside: QTextCursor, spans: Sequence[Span], insert: InsertSpan, *, is_head: bool) -> None:
    for span in spans:
        insert(inside, span._replace(bold=True) if is_head else span)


def cell_padding(is_first: bool) -> int:
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
