"""The snippets that "/" at the beginning of a line offers. The keyboard stays in the field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel, QTextCursor
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from phidesk.core.prompts import DATE, Prompt, date_words, resolve, variable_places
from phidesk.ui.theme.theme import Theme
from phidesk.ui.utf16 import utf16_length
from phidesk.ui.widgets.announcing import announce
from phidesk.ui.widgets.enter_keys import ENTER_KEYS
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.plain_tip import plain_tip
from phidesk.ui.widgets.text_line import cut_line

MOST_ROWS = 6
_EDGES_PX = 10
_ROW_EDGES_PX = 32
"""What the style sheet keeps free beside the words of a row."""
_ASKED = re.compile(r"/([^\n/]{0,30})")
"""What is typed to find a snippet: from the beginning of a line to the cursor. A second "/" makes it a path."""
_PREVIEW_CHARACTERS = 120
_TIP_CHARACTERS = 600


class SnippetMenu(QListView):
    """Stands above the field and is hidden while nothing is asked for.

    Up and Down choose, Enter and Tab insert, Esc hides it until another "/" is typed.
    """

    def __init__(self, theme: Theme, field: GrowingTextEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._snippets: Sequence[Prompt] = ()
        self._values: Mapping[str, str] = {}
        self._found: list[Prompt] = []
        self._is_dismissed = False
        self._model = QStandardItemModel(self)
        self.setObjectName("snippetMenu")
        self.setAccessibleName(self.tr("Snippets"))
        self.setModel(self._model)
        self.setItemDelegate(_RowDelegate(self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.hide()
        field.installEventFilter(self)
        field.textChanged.connect(self._look)
        field.cursorPositionChanged.connect(self._look)
        self.clicked.connect(self._on_clicked)
        theme.changed.connect(self._fit)

    def set_snippets(self, snippets: Sequence[Prompt], values: Mapping[str, str]) -> None:
        """Offer these; `values` stand for their variables, beside the date. Others are selected, to be typed over."""
        self._snippets = snippets
        self._values = values
        self._look()

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._takes(event):
            return True
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        return super().eventFilter(watched, event)

    def _takes(self, event: QKeyEvent) -> bool:
        """Do what a key means here; return whether it means anything."""
        if self.isHidden() or self._field.is_composing or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        key, row = event.key(), self.currentIndex().row()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Down else -1
            self._choose((row + step) % len(self._found))
        elif key in (*ENTER_KEYS, Qt.Key.Key_Tab):
            self._insert(self._found[row])
        elif key == Qt.Key.Key_Escape:
            self._is_dismissed = True
            self.hide()
        else:
            return False
        return True

    def _look(self) -> None:
        """Show what is asked for, if anything is."""
        cursor = self._field.textCursor()
        asked = _ASKED.fullmatch(cursor.block().text()[: cursor.positionInBlock()])
        if asked is None or cursor.hasSelection():
            self._is_dismissed = False
            self.hide()
            return
        words = asked[1].strip().casefold()
        found = [snippet for snippet in self._snippets if words in snippet.name.casefold()]
        # A name that begins so is meant rather than one that has it inside.
        found.sort(key=lambda snippet: not snippet.name.casefold().startswith(words))
        if found != self._found or self.isHidden():
            self._show(found)

    def _show(self, found: list[Prompt]) -> None:
        self._found = found
        self._model.clear()
        for snippet in found:
            preview = " ".join(snippet.text.split())[:_PREVIEW_CHARACTERS]
            item = QStandardItem(f"{snippet.name}  ·  {preview}")
            item.setData(snippet.name, Qt.ItemDataRole.AccessibleTextRole)
            item.setData(plain_tip(snippet.text[:_TIP_CHARACTERS]), Qt.ItemDataRole.ToolTipRole)
            self._model.appendRow(item)
        was_hidden = self.isHidden()
        self.setHidden(not found or self._is_dismissed or not self._field.hasFocus())
        self._fit()
        if not self.isHidden():
            if was_hidden:
                announce(self._field, self.tr("Snippets: Up and Down choose, Enter inserts."))
            self._choose(0)

    def _choose(self, row: int) -> None:
        self.setCurrentIndex(self._model.index(row, 0))
        announce(self._field, self._found[row].name)

    def _insert(self, snippet: Prompt) -> None:
        """Put the text in the place of what was typed; Ctrl+Z brings that back."""
        today = date_words(datetime.now().astimezone().date())
        text = resolve(snippet.text, {DATE: today, **self._values})
        cursor = self._field.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock, QTextCursor.MoveMode.KeepAnchor)
        start = cursor.selectionStart()
        cursor.insertText(text)
        places = variable_places(text)
        if places:
            begin, end = (start + utf16_length(text[:place]) for place in places[0])
            cursor.setPosition(begin)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self._field.setTextCursor(cursor)
        self._field.ensureCursorVisible()
        self.hide()

    def _fit(self) -> None:
        rows = min(MOST_ROWS, self._model.rowCount())
        self.setFixedHeight(max(0, rows * self.sizeHintForRow(0)) + _EDGES_PX)

    def _on_clicked(self, index: QModelIndex) -> None:
        self._insert(self._found[index.row()])


class _RowDelegate(QStyledItemDelegate):
    """Cuts a row where its own reading ends, also in a window that reads from the right."""

    @override
    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /) -> None:
        super().initStyleOption(option, index)
        view = option.widget
        width_px = view.viewport().width() if isinstance(view, QListView) else option.rect.width()
        option.text = cut_line(option.fontMetrics, option.text, width_px - _ROW_EDGES_PX)
