"""A field for plain text that is as high as its lines, within limits."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from phidesk.ui.widgets.jointed_text_edit import JointedTextEdit
from phidesk.ui.widgets.text_line import paint_wrapped


class GrowingTextEdit(JointedTextEdit):
    """Grows and shrinks with its text and font; beyond its most lines it scrolls. Tab leaves it.

    All lines begin on the side of the first one: Qt lays plain text out with one alignment, and would keep Arabic on
    the left.
    """

    def __init__(self, parent: QWidget | None = None, *, fewest_lines: int, most_lines: int, edges_px: int) -> None:
        """`edges_px` is what border and padding take, above and below together."""
        super().__init__(parent)
        self._fewest_lines = fewest_lines
        self._most_lines = most_lines
        self._edges_px = edges_px
        self._hint = ""
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self.fit_height)
        self.textChanged.connect(self._align)
        self._align()

    def set_hint(self, words: str) -> None:
        """Show words while the field is empty.

        Qt's own placeholder is wrapped by the direction of the window: where that is not the one of the words, the
        blank at the end of a line pushes its first letters out of sight.
        """
        self._hint = words
        self.viewport().update()

    def fit_height(self) -> None:
        """Be as high as the lines."""
        lines = self._line_count()
        is_too_long = lines > self._most_lines
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if is_too_long else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        shown = max(self._fewest_lines, min(self._most_lines, lines))
        self.setFixedHeight(shown * self._line_px() + self._edges_px)

    def begin_line(self) -> None:
        """Begin a line where the cursor is, as Enter does; Qt's own Shift+Enter would insert a line separator."""
        self.textCursor().insertBlock()
        self.ensureCursorVisible()

    def _line_count(self) -> int:
        """Count lines until there are too many. Qt lays blocks out when they are painted, and knows less before."""
        count, block = 0, self.document().firstBlock()
        while block.isValid() and count <= self._most_lines:
            self.blockBoundingRect(block)
            count += block.lineCount()
            block = block.next()
        return count

    def _line_px(self) -> int:
        """Return how high a line is laid out; the metrics of the font may be a pixel less."""
        block = self.document().firstBlock()
        laid_out = self.blockBoundingRect(block).height() / max(1, block.lineCount())
        return max(self.fontMetrics().lineSpacing(), math.ceil(laid_out))

    def _align(self) -> None:
        """Let the text stand where its reading begins; an empty field where that of the window does."""
        first = self.document().firstBlock()
        direction = first.textDirection() if first.text() else self.layoutDirection()
        is_right = direction == Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
        option = self.document().defaultTextOption()
        if option.alignment() != side | Qt.AlignmentFlag.AlignAbsolute:
            option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
            self.document().setDefaultTextOption(option)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        super().paintEvent(event)
        if not self._hint or not self.document().isEmpty() or self.is_composing:
            return
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        painter.setPen(self.palette().placeholderText().color())
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        paint_wrapped(painter, self.viewport().rect(), self._hint, side | Qt.AlignmentFlag.AlignTop)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self.fit_height()

    @override
    def wheelEvent(self, event: QWheelEvent, /) -> None:
        """Leave the wheel to what holds the field while all lines are seen: Qt would scroll the first one away."""
        if self.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
            event.ignore()
        else:
            super().wheelEvent(event)

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit_height()
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._align()
