"""One message in a native text view, for whoever reads it by a screen reader or goes through it by a caret.

The transcript is painted: assistive technology is told its characters, headings and links, but not what is selected,
and not how the text looks (`accessible_text`). Qt's own text view tells everything, tables too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QAccessible,
    QKeyEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser, QWidget
from typing_extensions import override

from phidesk.richtext.blocks import CELL_SEPARATOR, ROW_SEPARATOR, Block, BlockKind, Span
from phidesk.richtext.direction import is_right_to_left_text
from phidesk.richtext.isolation import END_ISOLATE, ISOLATE, spans_to_isolate
from phidesk.ui.chat.reading_sheet import ReadingSheet
from phidesk.ui.shortcuts import Shortcut
from phidesk.ui.theme.theme import Theme

PORTION_CHARACTERS = 2_500
"""Of a message set at once: that takes 4 ms. The rest follows while the person reads the beginning."""


class MessageView(ReadingSheet):
    """Shows a message as it is now. Esc and F4 go back; a link is only a wish."""

    closed = Signal()
    """The person has read it."""
    link_requested = Signal(str)
    """The person wants to follow a link. Carries its address."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._text = QTextBrowser()
        super().__init__(theme, self._text, parent)
        self._blocks: Sequence[Block] = ()
        self._coming: Iterator[Sequence[Block]] = iter(())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self.setObjectName("messageView")
        self.name.setObjectName("messageName")
        self.note.setObjectName("messageNote")
        self.close_button.setObjectName("closeMessage")
        self._text.setObjectName("messageText")
        self._text.setOpenLinks(False)
        self._text.setTabChangesFocus(True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._connect()

    def show_message(self, name: str, note: str, blocks: Iterable[Block]) -> None:
        """Show these blocks below a name and a note, from the beginning."""
        self._blocks = tuple(blocks)
        self.name.setText(name)
        self.note.setText(note)
        self._text.setAccessibleName(name)
        self._begin()
        self._text.moveCursor(QTextCursor.MoveOperation.Start)
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if Shortcut.READ_MESSAGE.is_pressed(event) and not event.isAutoRepeat():
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self.close_requested.connect(self._on_close_requested)
        self._timer.timeout.connect(self._add_portion)
        self._text.anchorClicked.connect(self._on_anchor_clicked)

    def _on_theme_changed(self) -> None:
        """Read the text again: what was read keeps the colours of then."""
        bar = self._text.verticalScrollBar()
        place = bar.value()
        self._begin()
        bar.setValue(place)

    def _begin(self) -> None:
        """Set the beginning of the text, and let the rest follow."""
        from phidesk.richtext.html import as_html  # noqa: PLC0415 - not needed before something is read

        self._coming = _portions(self._blocks)
        self._text.setHtml(as_html(_as_text_view_shows_them(next(self._coming, ()))))
        _put_to_the_right(self._text.document(), 0)
        self._timer.start()

    def _add_portion(self) -> None:
        """Add some more; where the person reads does not move by that."""
        from phidesk.richtext.html import as_html  # noqa: PLC0415 - as above

        portion = next(self._coming, None)
        if portion is None:
            return
        cursor = QTextCursor(self._text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
        start = cursor.position()
        cursor.insertHtml(as_html(_as_text_view_shows_them(portion)))
        cursor.endEditBlock()
        _put_to_the_right(self._text.document(), start)
        self._timer.start()

    def _on_close_requested(self) -> None:
        self._timer.stop()
        self._blocks = ()
        self._text.clear()
        self.closed.emit()

    def _on_anchor_clicked(self, address: QUrl) -> None:
        self.link_requested.emit(address.toString())


def _put_to_the_right(document: QTextDocument, start: int) -> None:
    """Let what is written from the right, from here on, stand there: paragraphs, and tables whose head is.

    Read from a style sheet, the right side of such a paragraph is its left one to Qt.
    """
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
    block = document.findBlock(start)
    while block.isValid():
        cursor = QTextCursor(block)
        table: QTextTable | None = cursor.currentTable()  # The stub knows no None.
        block_format = block.blockFormat()
        if block_format.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            if table is not None and table.format().alignment() != right:
                table_format = table.format()
                table_format.setAlignment(right)
                table.setFormat(table_format)
            if table is None and not is_right_to_left_text(block.text()):  # Qt goes on as in a table before it.
                block_format.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
                cursor.setBlockFormat(block_format)
            elif block_format.alignment() == Qt.AlignmentFlag.AlignRight:
                block_format.setAlignment(right)
                cursor.setBlockFormat(block_format)
        block = block.next()


def _portions(blocks: Iterable[Block]) -> Iterator[Sequence[Block]]:
    """Yield the blocks in portions of much the same cost. Each piece of a long table is a table with its head."""
    portion: list[Block] = []
    length = 0
    head: tuple[Span, ...] = ()
    for block in blocks:
        is_table = block.kind is BlockKind.TABLE
        if portion and (is_table or length + len(block.text) > PORTION_CHARACTERS):
            yield portion
            portion, length = [], 0
        if is_table and block.joint is None:
            head = _head_of(block)
        is_further_piece = is_table and block.joint is not None
        portion.append(replace(block, spans=(*head, *block.spans), joint=None) if is_further_piece else block)
        length += len(block.text)
    yield portion


def _head_of(table: Block) -> tuple[Span, ...]:
    """Return the first row of a table, with the character behind it."""
    end = next((number for number, span in enumerate(table.spans) if span.text == ROW_SEPARATOR), len(table.spans))
    return table.spans[: end + 1]


def _as_text_view_shows_them(blocks: Iterable[Block]) -> list[Block]:
    return [_mirrored(_with_formula_sources(block)) for block in blocks]


def _mirrored(block: Block) -> Block:
    """Let the cells of a table that begins at the right stand in the order in which they are seen.

    Qt knows no such table; which way the words in it are written, and at which edge they stand, it knows. It also
    tells assistive technology the cells in this order, so whoever listens gets them in that in which they are written.
    """
    if not block.is_mirrored or QAccessible.isActive():
        return block
    count = len(block.columns)
    spans: list[Span] = []
    for row in block.rows:
        cells = [*row, *[()] * (count - len(row))]
        for cell in reversed(cells):
            spans += [*cell, Span(CELL_SEPARATOR)]
        spans[-1] = Span(ROW_SEPARATOR)
    return replace(block, spans=tuple(spans[:-1]), columns=block.columns[::-1])


def _with_formula_sources(block: Block) -> Block:
    """Let formulas be their LaTeX: a text view knows no MathML, and would show its pieces one after the other."""
    return replace(block, spans=tuple(map(_with_source, block.spans, spans_to_isolate(block))))


def _with_source(span: Span, is_isolated: bool) -> Span:
    source = span._replace(formula=False, code=True) if span.formula else span
    return source.with_text(f"{ISOLATE}{source.text}{END_ISOLATE}") if is_isolated else source
