"""The layout of a field for plain text in which each line stands on the side where its reading begins."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QTextBlock
from PySide6.QtWidgets import QPlainTextDocumentLayout
from typing_extensions import override

from phidesk.richtext.direction import is_right_to_left

_LOOKED_BACK = 20
"""Lines among which the side of one without letters is looked for."""


class SidedLayout(QPlainTextDocumentLayout):
    """Qt aligns all lines of plain text in one way, and would keep Arabic on the left; their order it knows."""

    is_mirrored = False
    """Whether the window is written from the right: an empty field begins there."""

    @override
    def blockBoundingRect(self, block: QTextBlock, /) -> QRectF:
        """Return what Qt does, which lays the block out; whoever draws or measures it asks for this first."""
        rect = super().blockBoundingRect(block)
        if block.isValid():
            side = Qt.AlignmentFlag.AlignRight if self._is_at_the_right(block) else Qt.AlignmentFlag.AlignLeft
            option = block.layout().textOption()
            if option.alignment() != side | Qt.AlignmentFlag.AlignAbsolute:
                option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
                block.layout().setTextOption(option)
        return rect

    def _is_at_the_right(self, block: QTextBlock) -> bool:
        """Whether a line is written from the right; one without letters goes with the one before."""
        if self.document().isEmpty():
            return self.is_mirrored
        for _ in range(_LOOKED_BACK):
            if not block.isValid():
                return False
            is_right = is_right_to_left(block.text())
            if is_right is not None:
                return is_right
            block = block.previous()
        return False
