"""The field of the composer: plain text only, careful with input methods, and with what is pasted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QFocusEvent,
    QKeyEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QWidget
from typing_extensions import override

from phidesk.ui.shortcuts import Shortcut
from phidesk.ui.widgets.enter_keys import ENTER_KEYS
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.jointed_text_edit import text_of
from phidesk.ui.widgets.paragraph_joints import with_joints

MOST_LINES = 8
"""The field grows up to this many lines, then it scrolls."""
LONG_PASTE_CHARACTERS = 3_000
"""Pasted text that is longer would bury the question; it goes along with it instead."""

_EDGES_PX = 4


class ComposerInput(GrowingTextEdit):
    """Turns keys and pastes into wishes; everything else is Qt's."""

    enter_pressed = Signal()
    escape_pressed = Signal()
    focus_changed = Signal()
    long_text_pasted = Signal(str)
    """More was pasted or dropped than belongs into the field; nothing was inserted."""
    files_pasted = Signal(object)
    """Carries the paths of files, a tuple."""
    picture_pasted = Signal()
    """A picture without words was pasted."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, fewest_lines=1, most_lines=MOST_LINES, edges_px=_EDGES_PX)
        self.setObjectName("composerInput")
        self.set_hint(self.tr("Ask anything"))
        self.setAccessibleName(self.tr("Message"))
        self.setFrameShape(QFrame.Shape.NoFrame)

    def insert_text(self, text: str) -> None:
        """Put text where the cursor is, on lines of its own; Ctrl+Z takes it away again."""
        cursor = self.textCursor()
        before, after = cursor.position(), self.document().characterCount() - 1 - cursor.selectionEnd()
        lead = "\n" if before and not cursor.atBlockStart() else ""
        tail = "\n" if after and not text.endswith("\n") else ""
        cursor.insertText(with_joints(lead + text + tail))
        self.ensureCursorVisible()

    def put_in_front(self, text: str) -> None:
        """Put text on lines before everything else, and leave the cursor where it is; Ctrl+Z takes it away again."""
        cursor = QTextCursor(self.document())
        cursor.insertText(with_joints(text if self.document().isEmpty() else f"{text}\n"))

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() in ENTER_KEYS:
            self._on_enter(event)
        elif event.key() == Qt.Key.Key_Escape and not self.is_composing:
            self.escape_pressed.emit()
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent, /) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    @override
    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent, /) -> None:
        """Leave files to the page, which shows where they may be dropped."""
        if local_files(event.mimeData()):
            event.ignore()
        else:
            super().dragEnterEvent(event)

    @override
    def dragMoveEvent(self, event: QDragMoveEvent, /) -> None:
        if local_files(event.mimeData()):
            event.ignore()
        else:
            super().dragMoveEvent(event)

    @override
    def canInsertFromMimeData(self, source: QMimeData, /) -> bool:
        return super().canInsertFromMimeData(source) or source.hasUrls() or source.hasImage()

    @override
    def insertFromMimeData(self, source: QMimeData, /) -> None:
        paths, text = local_files(source), text_of(source)
        if paths:
            self.files_pasted.emit(paths)
        elif len(text) > LONG_PASTE_CHARACTERS:
            self.long_text_pasted.emit(text)
        elif text:
            super().insertFromMimeData(source)
        elif source.hasImage():
            self.picture_pasted.emit()

    def _on_enter(self, event: QKeyEvent) -> None:
        event.accept()
        if self.is_composing:
            return
        if Shortcut.NEW_LINE.is_pressed(event):
            self.begin_line()
        else:
            self.enter_pressed.emit()


def local_files(source: QMimeData) -> tuple[Path, ...]:
    """Return the files and folders that are held; none if addresses of other kinds are among them."""
    urls = source.urls() if source.hasUrls() else []
    return tuple(Path(url.toLocalFile()) for url in urls) if all(url.isLocalFile() for url in urls) else ()
