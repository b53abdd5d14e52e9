"""Three ways to show a conversation: the program's transcript, one QTextBrowser, a QListView whose delegate draws documents.

The last two are what Qt offers for it, written as their manuals suggest: they take the same markdown and the same
appended text, so that the work can be compared.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTextBrowser,
)
from typing_extensions import override

from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.themed_transcript import transcript_style
from phidesk.ui.chat.transcript_message import Speaker, TranscriptMessage
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.theme.theme import Theme

ANSWER_KEY = "answer"
MOST_DOCUMENTS = 100
ESTIMATED_HEIGHT = 120


class Subject(Protocol):
    """One way to show a conversation."""

    @property
    def area(self) -> QAbstractScrollArea:
        """The widget."""

    def open(self, messages: Sequence[TranscriptMessage]) -> None:
        """Show these messages, from the end."""

    def begin_answer(self) -> None:
        """Show an empty message at the end, for what is appended."""

    def append(self, text: str) -> None:
        """Add text to the last message."""

    def restyle(self, mode: str) -> None:
        """Use the colours of a theme: light or dark."""


class OwnTranscript:
    """The program's."""

    def __init__(self, theme: Theme, runner: TaskRunner | None = None) -> None:
        self._theme = theme
        self._view = TranscriptView(runner=runner)
        self._view.set_style(transcript_style(theme))

    @property
    def area(self) -> QAbstractScrollArea:
        return self._view

    @property
    def is_read(self) -> bool:
        """Whether all that is to be seen was read."""
        return not self._view.content.waiting

    def open(self, messages: Sequence[TranscriptMessage]) -> None:
        self._view.show_messages(messages)

    def begin_answer(self) -> None:
        self._view.append_message(TranscriptMessage(ANSWER_KEY, Speaker.MODEL, ""))

    def append(self, text: str) -> None:
        self._view.append_text(ANSWER_KEY, text)

    def restyle(self, mode: str) -> None:
        self._theme.set_mode(mode)
        self._view.set_style(transcript_style(self._theme))


class BrowserTranscript:
    """Everything in one QTextBrowser; of the last message all is set again when it grows."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._browser = QTextBrowser()
        self._answer = ""
        self._answer_start = 0

    @property
    def area(self) -> QAbstractScrollArea:
        return self._browser

    def open(self, messages: Sequence[TranscriptMessage]) -> None:
        self._browser.setMarkdown("\n\n".join(message.text for message in messages))
        self._scroll_to_end()

    def begin_answer(self) -> None:
        cursor = self._end()
        cursor.insertBlock()
        self._answer_start = cursor.position()

    def append(self, text: str) -> None:
        self._answer += text
        cursor = self._end()
        cursor.setPosition(self._answer_start, QTextCursor.MoveMode.KeepAnchor)
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        cursor.insertMarkdown(self._answer)
        cursor.endEditBlock()
        self._scroll_to_end()

    def restyle(self, mode: str) -> None:
        self._theme.set_mode(mode)
        palette = self._browser.palette()
        palette.setColor(QPalette.ColorRole.Text, self._theme.color("text"))
        self._browser.setPalette(palette)

    def _end(self) -> QTextCursor:
        cursor = QTextCursor(self._browser.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        return cursor

    def _scroll_to_end(self) -> None:
        bar = self._browser.verticalScrollBar()
        bar.setValue(bar.maximum())


class ListTranscript:
    """A list with a row for each message, whose delegate lays a document out when it is to be seen."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._view = QListView()
        self._view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._model = _MessageModel()
        self._delegate = _DocumentDelegate(theme.text_font())
        self._view.setItemDelegate(self._delegate)
        self._view.setModel(self._model)

    @property
    def area(self) -> QAbstractScrollArea:
        return self._view

    def open(self, messages: Sequence[TranscriptMessage]) -> None:
        self._model.set_texts([message.text for message in messages])
        self._view.scrollToBottom()

    def begin_answer(self) -> None:
        self._model.add()
        self._view.scrollToBottom()

    def append(self, text: str) -> None:
        row = self._model.append(text)
        self._delegate.refresh(row)
        self._delegate.sizeHintChanged.emit(self._model.index(row))
        self._view.scrollToBottom()

    def restyle(self, mode: str) -> None:
        self._theme.set_mode(mode)
        self._delegate.color = self._theme.color("text")
        self._view.viewport().update()


class _MessageModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self._texts: list[str] = []

    def set_texts(self, texts: Sequence[str]) -> None:
        self.beginResetModel()
        self._texts = list(texts)
        self.endResetModel()

    def add(self) -> None:
        self.beginInsertRows(QModelIndex(), len(self._texts), len(self._texts))
        self._texts.append("")
        self.endInsertRows()

    def append(self, text: str) -> int:
        self._texts[-1] += text
        index = self.index(len(self._texts) - 1)
        self.dataChanged.emit(index, index)
        return len(self._texts) - 1

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return len(self._texts)

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self._texts[index.row()] if role == Qt.ItemDataRole.DisplayRole else None


class _DocumentDelegate(QStyledItemDelegate):
    def __init__(self, font: QFont) -> None:
        super().__init__()
        self.color = QColor("black")
        self._font = font
        self._documents: OrderedDict[int, QTextDocument] = OrderedDict()
        self._heights: dict[int, int] = {}

    def refresh(self, row: int) -> None:
        self._documents.pop(row, None)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        row = index.row()
        if row == index.model().rowCount() - 1:
            self._document(row, str(index.data()), max(100, option.rect.width()))
        return QSize(100, self._heights.get(row, ESTIMATED_HEIGHT))

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        is_known = index.row() in self._heights
        document = self._document(index.row(), str(index.data()), option.rect.width())
        if not is_known:
            self.sizeHintChanged.emit(index)
        painter.save()
        painter.translate(option.rect.topLeft())
        document.drawContents(painter)
        painter.restore()

    def _document(self, row: int, text: str, width: int) -> QTextDocument:
        document = self._documents.get(row)
        if document is None:
            document = QTextDocument()
            document.setDefaultFont(self._font)
            document.setMarkdown(text)
            self._documents[row] = document
            if len(self._documents) > MOST_DOCUMENTS:
                self._documents.popitem(last=False)
        if document.textWidth() != width:
            document.setTextWidth(width)
        self._heights[row] = int(document.size().height())
        return document


SUBJECTS: dict[str, Callable[[Theme], Subject]] = {
    "own": OwnTranscript,
    "browser": BrowserTranscript,
    "list": ListTranscript,
}
