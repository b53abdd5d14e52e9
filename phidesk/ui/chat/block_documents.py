"""A block → a QTextDocument, through QTextCursor; and a store of the few hundred that were needed last."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QPalette,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextLayout,
    QTextOption,
)

from phidesk.richtext.blocks import Block, BlockKind, Container, Span
from phidesk.richtext.displayed_formulas import is_displayed
from phidesk.richtext.highlight import highlight
from phidesk.richtext.isolation import END_ISOLATE, ISOLATE, spans_to_isolate
from phidesk.ui.chat.drawable_text import drawable, insert_lines
from phidesk.ui.chat.formula_objects import (
    FORMULA_OBJECT,
    OBJECT_CHARACTER,
    FormulaObjects,
)
from phidesk.ui.chat.mirrored_tables import MirroredTable
from phidesk.ui.chat.reading_column import SIDE_MARGIN
from phidesk.ui.chat.side_view import SideView
from phidesk.ui.chat.table_columns import TableColumns
from phidesk.ui.chat.table_documents import cell_padding, extend_table, fill_table
from phidesk.ui.chat.transcript_layout import BlockBox, TextMetrics, has_endless_line
from phidesk.ui.chat.transcript_style import (
    CARD_PADDING,
    HEADING_SCALES,
    LINE_HEIGHT,
    LIST_INDENT,
    MARKER_DISTANCE,
    NOTE_SCALE,
    QUOTE_INDENT,
    RULE_HEIGHT,
    TranscriptStyle,
    font_px,
    scaled_font,
)
from phidesk.ui.utf16 import utf16_length

MOST_DOCUMENTS = 300
"""About 30 kB each; a screen shows twenty."""

_ANY_TABLE = Block(BlockKind.TABLE)

MONOSPACED = frozenset({BlockKind.CODE})
LINE_KINDS = frozenset({BlockKind.RULE, BlockKind.FOLD, BlockKind.CARD})
"""Blocks that have no document: they are one line, as wide as the column."""
HEADER_PADDING = 14
USUAL_REACH, LONGEST_REACH = 6, 40
"""Letters of ASCII hardly reach out of their lines; others may have marks upon marks."""
MEASURED_CHARACTERS = 200
"""Of the text of a cell: with more it is as wide as a column may be."""


class BlockDocuments:
    """Builds documents in one style and keeps those that were used last."""

    def __init__(self, style: TranscriptStyle) -> None:
        self._documents: OrderedDict[BlockBox, QTextDocument] = OrderedDict()
        self._formulas = FormulaObjects()
        self.laid_out_characters = 0
        """So far, what was laid out again included: what showing a text costs."""
        self.built_cells = 0
        """Of tables, so far. A cell costs as much as a paragraph, however little it says."""
        self.set_style(style)

    def __len__(self) -> int:
        return len(self._documents)

    def set_style(self, style: TranscriptStyle) -> None:
        """Drop all documents and build further ones in this style."""
        self._documents.clear()
        self._formats: dict[tuple[object, ...], QTextCharFormat] = {}
        self._marker_widths: dict[str, int] = {}
        self.style = style
        self.palettes = {is_unseen: _palette(style.muted if is_unseen else style.text) for is_unseen in (False, True)}
        """With the colour of text, by whether the model sees it no more."""
        self._code_formats = {kind: _foreground(color) for kind, color in style.code_colors.items()}
        self.body_px = font_px(style.font)
        self._columns = TableColumns(self.body_px, self._measured, cell_padding)
        self.line_height = round(self.body_px * LINE_HEIGHT)
        self.code_line_height = round(font_px(style.code_font) * LINE_HEIGHT)
        self.note_font = scaled_font(style.font, NOTE_SCALE)
        self.header_height = round(QFontMetricsF(self.note_font).height()) + HEADER_PADDING
        """Of the line above a listing."""
        self.line_heights = {
            BlockKind.RULE: RULE_HEIGHT,
            BlockKind.FOLD: self.header_height,
            BlockKind.CARD: self.header_height + CARD_PADDING,
        }
        quote = round(self.body_px * QUOTE_INDENT)
        self.indents = {
            Container.LIST: round(self.body_px * LIST_INDENT),
            Container.QUOTE: quote,
            Container.THOUGHT: quote,
        }
        """How far each lets what stands in it begin further in."""
        self._heading_fonts = [scaled_font(style.font, scale) for scale in HEADING_SCALES]
        for font in self._heading_fonts:
            font.setWeight(QFont.Weight.DemiBold)
        self._inline_code_font = scaled_font(style.code_font, self.body_px / font_px(style.code_font) * 0.92)
        metrics = QFontMetricsF(style.font)
        self.character_width = metrics.averageCharWidth() * 1.08
        self.line_lead = max(0, round(self.line_height - metrics.height()))
        """What a line is higher than its letters; Qt puts all of it above them."""
        self.code_line_lead = max(0, round(self.code_line_height - QFontMetricsF(style.code_font).height()))

    def marker_width(self, marker: str) -> int:
        """Return how wide the marker of a list item is."""
        width = self._marker_widths.get(marker)
        if width is None:
            width = self._marker_widths[marker] = QFontMetrics(self.style.font).horizontalAdvance(marker)
        return width

    def indent_of(self, block: Block) -> int:
        """Return how far a block stands in from the leading edge of the column; a long number has room before it."""
        indent = 0
        for container in block.containers:
            indent += self.indents[container]
        if not block.marker:
            return indent
        return max(indent, self.marker_width(block.marker) + MARKER_DISTANCE - SIDE_MARGIN // 2)

    def metrics(self, column_width: int) -> TextMetrics:
        """Return what the layout estimates heights with."""
        return TextMetrics(self.character_width, self.line_height, self.code_line_height, max(1, column_width))

    def document(self, box: BlockBox, width: int) -> QTextDocument:
        """Return the document of a box, laid out in a width."""
        document = self._documents.get(box)
        if document is not None and document.textWidth() != self._document_width(box, width):
            if box.block.kind is BlockKind.TABLE:  # Its columns are others.
                document = None
            else:  # Setting the same width again would lay out everything again.
                document.setTextWidth(width)
                self.laid_out_characters += len(box.block.text)
        if document is None:
            document = self._build(box, width)
            self._documents[box] = document
            if len(self._documents) > MOST_DOCUMENTS:
                self._documents.popitem(last=False)
        self._documents.move_to_end(box)
        return document

    def clear(self) -> None:
        """Drop all documents."""
        self._documents.clear()

    def forget(self, box: BlockBox) -> None:
        """Drop the document of a box that is gone."""
        self._documents.pop(box, None)

    def update(self, old: BlockBox, new: BlockBox) -> int | None:
        """Let the box of a block that changed take over the document of the box before, if there is one.

        Returns:
            The height in the document above which nothing looks different, which may be negative; None if all may.
        """
        document = self._documents.pop(old, None)
        if document is None or not _is_same_form(old.block, new.block):
            return None
        if new.block.kind is BlockKind.TABLE:
            return self._extend_table(document, old, new)
        if has_endless_line(new.block) != has_endless_line(old.block):
            return None
        kept, added = _kept_and_added(old.block, new.block)
        is_built_anew = not kept or self._is_centred(old.block) or self._is_centred(new.block)
        is_built_anew |= new.block.kind is BlockKind.PLAIN
        if is_built_anew and any(span.formula for span in new.block.spans):
            return None
        self.laid_out_characters += len(new.block.text)
        changed_from = None
        if is_built_anew:
            self._fill(document, new.block)
        else:
            changed_from = self._replace_end(document, old.block, kept, new.block, added)
        self._documents[new] = document
        return changed_from if _surroundings(old.block) == _surroundings(new.block) else None

    def _extend_table(self, document: QTextDocument, old: BlockBox, new: BlockBox) -> int | None:
        """Let the document of a table say what it says now, if its columns are as wide; return what `update` does."""
        if not self._columns.are_as_wide(_side_of(old), _side_of(new)):
            return None
        insert = partial(self._insert, new.block, is_isolated=False)
        extended = extend_table(document, old.block, new.block, self.style.border, insert=insert)
        if extended is None:
            return None
        filled, top = extended
        self.built_cells += filled
        self.laid_out_characters += len(new.block.text)
        self._documents[new] = document
        if _surroundings(old.block) != _surroundings(new.block):
            return None
        return max(0, math.floor(top) - reach_of(new.block))

    def _replace_end(self, document: QTextDocument, old: Block, kept: int, new: Block, added: Sequence[Span]) -> int:
        """Let what a block has now follow the spans that it keeps; return what `update` does."""
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        if kept < len(old.spans):
            kept_spans = zip(old.spans[:kept], spans_to_isolate(old), strict=False)
            lengths = (self._span_lengths(span, is_right_to_left=flag) for span, flag in kept_spans)
            cursor.setPosition(sum(inner for pairs in lengths for _, inner in pairs))
        else:
            cursor.movePosition(QTextCursor.MoveOperation.End)
        layout = document.firstBlock().layout()
        line = layout.lineForTextPosition(cursor.position())
        number, start = line.lineNumber(), line.textStart()
        if kept < len(old.spans):
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        flags = spans_to_isolate(new)[len(new.spans) - len(added) :]
        for span, is_isolated in zip(added, flags, strict=True):
            self._insert(new, cursor, span, is_isolated=is_isolated)
        cursor.endEditBlock()
        self._color_code(document, new)
        line = layout.lineAt(number)
        if new.kind in MONOSPACED or not line.isValid() or line.textStart() != start:
            line = layout.lineAt(max(0, number - 1))  # What the line begins with stood in the one before, or may now.
        y, reach = math.floor(line.y()), reach_of(new)
        return max(0, y - reach) if reach == USUAL_REACH else y - self.line_height

    def document_offset(self, block: Block, offset: int) -> int:
        """Turn a place in the text of a block into one in its document, where a formula is one character."""
        if block.is_mirrored:
            return self._mirrored(block).document_offset(offset)
        return _converted(offset, self._lengths(block)) + _lead_of(block)

    def text_offset(self, block: Block, offset: int) -> int:
        """Turn a place in the document of a block into one in its text."""
        if block.is_mirrored:
            return self._mirrored(block).text_offset(offset)
        lengths = [(inner, outer) for outer, inner in self._lengths(block)]
        return _converted(max(0, offset - _lead_of(block)), lengths)

    def document_ranges(self, block: Block, start: int, end: int) -> list[tuple[int, int]]:
        """Return where a stretch of a block stands in its document: one range, or more if it is mirrored.

        A formula of which some characters are meant is meant as a whole.
        """
        if block.is_mirrored:
            return self._mirrored(block).document_ranges(start, end)
        first = _converted(start, self._lengths(block), is_beginning=True) + _lead_of(block)
        return [(first, self.document_offset(block, end))]

    def _mirrored(self, block: Block) -> MirroredTable:
        return MirroredTable(block, partial(self._span_lengths, is_right_to_left=True))

    def _span_lengths(self, span: Span, *, is_right_to_left: bool) -> list[tuple[int, int]]:
        length = utf16_length(span.text)
        if self._is_drawn(span):
            return [(length, 1)]
        return [(0, 1), (length, length), (0, 1)] if is_right_to_left and _is_source(span) else [(length, length)]

    def _lengths(self, block: Block) -> list[tuple[int, int]]:
        """Return how long the parts of each span are in the text of the block and in its document."""
        flags = zip(block.spans, spans_to_isolate(block), strict=True)
        return [pair for span, flag in flags for pair in self._span_lengths(span, is_right_to_left=flag)]

    def _is_centred(self, block: Block) -> bool:
        """Whether a block is one formula on a line of its own."""
        return is_displayed(block) and self._is_drawn(block.spans[0])

    def _is_drawn(self, span: Span) -> bool:
        return span.formula and self._formulas.can_draw(span.formula_source)

    def _build(self, box: BlockBox, width: int) -> QTextDocument:
        block = box.block
        document = QTextDocument()
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(0)
        option = QTextOption()
        if block.kind in MONOSPACED:
            is_wrapped = (box.side is not None and box.side.is_wrapped) or has_endless_line(block)
            document.setDefaultFont(self.style.code_font)
            option.setWrapMode(QTextOption.WrapMode.WrapAnywhere if is_wrapped else QTextOption.WrapMode.NoWrap)
            option.setTextDirection(Qt.LayoutDirection.LeftToRight)
            option.setTabStopDistance(4 * QFontMetricsF(self.style.code_font).horizontalAdvance(" "))
        else:
            document.setDefaultFont(self.style.font)
            option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        document.setDefaultTextOption(option)
        document.documentLayout().registerHandler(FORMULA_OBJECT, self._formulas)
        document.setTextWidth(self._document_width(box, width))
        self.laid_out_characters += len(block.text)
        if block.kind is BlockKind.TABLE:
            self._fill_table(document, box, width)
        else:
            self._fill(document, block)
        return document

    def _fill_table(self, document: QTextDocument, box: BlockBox, width: int) -> None:
        self.built_cells += sum(map(len, box.block.rows))
        fill_table(
            document,
            box.block,
            self.column_widths(box, width),
            self.style.border,
            insert=partial(self._insert, box.block, is_isolated=box.block.is_mirrored),
        )

    def _document_width(self, box: BlockBox, room: int) -> int:
        """Return the width that the lines of a block are laid out in."""
        return sum(self.column_widths(box, room)) if box.block.kind is BlockKind.TABLE else room

    def _fill(self, document: QTextDocument, block: Block) -> None:
        if document.characterCount() > 1:
            document.clear()
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        line_height = self.line_height
        if block.kind in MONOSPACED:
            line_height = self.code_line_height
        elif block.kind is BlockKind.HEADING:
            line_height = round(font_px(self._block_font(block)) * 1.3)
        block_format = QTextBlockFormat()
        if self._is_centred(block):
            block_format.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        block_format.setLineHeight(line_height, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
        cursor.setBlockFormat(block_format)
        cursor.setBlockCharFormat(self._span_format(block, Span("")))
        if block.kind is BlockKind.PLAIN:
            insert_lines(cursor, block.text, block_format, self._span_format(block, Span("")))
        else:
            for span, is_isolated in zip(block.spans, spans_to_isolate(block), strict=True):
                self._insert(block, cursor, span, is_isolated=is_isolated)
        cursor.endEditBlock()
        self._color_code(document, block)

    def _insert(self, block: Block, cursor: QTextCursor, span: Span, *, is_isolated: bool) -> None:
        """Insert a span at the cursor; code and sources of formulas are isolated if that is so where they stand."""
        char_format = self._span_format(block, span)
        if self._is_drawn(span):
            is_in_column = block.kind is not BlockKind.TABLE
            formula_format = self._formulas.char_format(span.formula_source, char_format, is_in_column=is_in_column)
            cursor.insertText(OBJECT_CHARACTER, formula_format)
        elif is_isolated and _is_source(span):
            cursor.insertText(ISOLATE + drawable(span.text) + END_ISOLATE, char_format)
        else:
            cursor.insertText(drawable(span.text), char_format)

    def column_widths(self, box: BlockBox, room: int) -> tuple[int, ...]:
        """Return the widths of a table's columns where there is so much room; all its pieces have the same."""
        return self._columns.widths(_side_of(box), room)

    def _measured(self, span: Span) -> float:
        """Return the width of a span in a table."""
        char_format = self._span_format(_ANY_TABLE, span)
        if self._is_drawn(span):
            return self._formulas.width(span.formula_source, char_format)
        return QFontMetricsF(char_format.font()).horizontalAdvance(drawable(span.text[:MEASURED_CHARACTERS]))

    def _color_code(self, document: QTextDocument, block: Block) -> None:
        """Colour a listing, without touching its text: colours are no part of what is selected or copied."""
        if block.kind is not BlockKind.CODE or not self._code_formats:
            return
        ranges: list[QTextLayout.FormatRange] = []
        for token in highlight(block.text, block.language):
            colored = QTextLayout.FormatRange()
            colored.start = utf16_length(block.text[: token.start])
            colored.length = utf16_length(block.text[token.start : token.end])
            colored.format = self._code_formats[token.kind]
            ranges.append(colored)
        document.firstBlock().layout().setFormats(ranges)
        document.markContentsDirty(0, document.characterCount())

    def _block_font(self, block: Block) -> QFont:
        if block.kind in MONOSPACED:
            return self.style.code_font
        if block.kind is BlockKind.HEADING:
            return self._heading_fonts[min(block.level, len(self._heading_fonts)) - 1]
        return self.style.font

    def _span_format(self, block: Block, span: Span) -> QTextCharFormat:
        is_thought = Container.THOUGHT in block.containers
        key = (block.kind, block.level, is_thought, *span.look)
        found = self._formats.get(key)
        if found is not None:
            return found
        char_format = QTextCharFormat()
        inline_code = span.code and block.kind not in MONOSPACED
        font = QFont(self._inline_code_font if inline_code else self._block_font(block))
        if span.bold:
            font.setBold(True)
        font.setItalic(span.italic)
        font.setStrikeOut(span.strike)
        char_format.setFont(font)
        if is_thought:
            char_format.setForeground(self.style.muted)  # What has no colour here gets that of who paints it.
        if inline_code or span.image:
            char_format.setBackground(self.style.surface)
        if span.link:
            char_format.setAnchor(True)
            char_format.setAnchorHref(span.link)
            char_format.setForeground(self.style.muted if span.image else self.style.accent)
        if len(self._formats) > 1_000:
            self._formats.clear()
        self._formats[key] = char_format
        return char_format


def reach_of(block: Block) -> int:
    """Return how many pixels letters may reach out of their lines."""
    for span in block.spans:
        if span.formula or not span.text.isascii():
            return LONGEST_REACH
    return USUAL_REACH


def _side_of(box: BlockBox) -> SideView:
    if box.side is None:
        raise TypeError("not a block that may be wider than the column")
    return box.side


def _lead_of(block: Block) -> int:
    """Return how many characters the document has before the first one of the block's text."""
    return 1 if block.kind is BlockKind.TABLE else 0


def _converted(offset: int, lengths: list[tuple[int, int]], *, is_beginning: bool = False) -> int:
    """Carry a place over stretches of two lengths each; within one of unequal lengths it goes to an end."""
    here = there = 0
    for length, other_length in lengths:
        if offset <= here + length:
            inside = offset - here
            if length == other_length:
                return there + inside
            return there + (other_length if inside == length or (inside and not is_beginning) else 0)
        here += length
        there += other_length
    return there + offset - here


def _palette(text: QColor) -> QPalette:
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, text)
    return palette


def _foreground(color: QColor) -> QTextCharFormat:
    char_format = QTextCharFormat()
    char_format.setForeground(color)
    return char_format


def _is_source(span: Span) -> bool:
    return span.code or span.formula


def _is_same_form(old: Block, new: Block) -> bool:
    return old.kind is new.kind and old.level == new.level


def _surroundings(block: Block) -> tuple[object, ...]:
    """Return what is drawn beside or above the text of a block."""
    return block.marker, block.containers, block.language


def _kept_and_added(old: Block, new: Block) -> tuple[int, Sequence[Span]]:
    """Return how many spans of the old block stay, the last of which may grow, and what the new one has behind them."""
    kept = 0
    for before, after in zip(old.spans, new.spans, strict=False):
        if before != after:
            break
        kept += 1
    if kept == len(old.spans) - 1 and kept < len(new.spans):
        before, after = old.spans[kept], new.spans[kept]
        is_whole = before.formula or (before.code and old.kind not in MONOSPACED)
        if not is_whole and after.text.startswith(before.text) and after.look == before.look:
            return kept + 1, (after.with_text(after.text[len(before.text) :]), *new.spans[kept + 1 :])
    return kept, new.spans[kept:]
