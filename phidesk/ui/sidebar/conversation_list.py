"""The list of conversations as it is used: keys, the one that is open, its place while rows come and go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget
from typing_extensions import override

from phidesk.core.conversation_summary import ConversationSummary
from phidesk.ui.sidebar.conversation_delegate import ConversationDelegate
from phidesk.ui.sidebar.conversation_list_model import ConversationListModel
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.enter_keys import ENTER_KEYS

_NO_UPDATE = QItemSelectionModel.SelectionFlag.NoUpdate
_Cursor = QAbstractItemView.CursorAction
_BACKWARDS = (_Cursor.MoveUp, _Cursor.MovePrevious, _Cursor.MovePageUp, _Cursor.MoveEnd)


class ConversationList(QListView):
    """Two marks: the selected row is the conversation that is open; the cursor is moved by keys, and Enter opens.

    Nothing here asks for the viewport before it is painted: for the first widget that Qt made itself PySide6 6.11 makes
    all its classes of widgets, in 8 ms.
    """

    conversation_requested = Signal(str)
    """The person wants to see the conversation with this id."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._current_id: str | None = None
        self._model = ConversationListModel(self)
        self.setObjectName("conversationList")
        self.setAccessibleName(self.tr("Conversations"))
        self.setModel(self._model)
        self.setItemDelegate(ConversationDelegate(theme, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFont(theme.small_font())
        self._connect()

    @property
    def conversation_model(self) -> ConversationListModel:
        """What is shown."""
        return self._model

    def set_conversations(self, conversations: Sequence[ConversationSummary], today: date) -> None:
        """Show these; what is seen, where the cursor is and what is open stay. Emits nothing."""
        place = self._remember_place()
        self._model.set_conversations(conversations, today)
        self._return_to(place)

    def set_filter(self, text: str) -> None:
        """Show only titles with these words, from the first on."""
        cursor_id = self._cursor_id()
        self._model.set_filter(text)
        self._return_to(_Place(cursor_id))

    def set_current(self, conversation_id: str | None) -> None:
        """Mark the conversation that is open, and bring it into sight if it is another one than before."""
        is_other = conversation_id != self._current_id
        self._current_id = conversation_id
        self._select_current()
        index = self._model.index_of(conversation_id)
        if is_other and index.isValid():
            self.selectionModel().setCurrentIndex(index, _NO_UPDATE)
            self.scrollTo(index)

    def enter(self) -> None:
        """Take the focus, with the cursor on the first conversation if it was nowhere."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self.currentIndex().isValid():
            self._set_cursor(self._first())

    def request_first(self) -> None:
        """Ask for the first conversation that is shown, if any."""
        self._request(self._first())

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() in ENTER_KEYS:
            self._request(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @override
    def keyboardSearch(self, search: str, /) -> None:
        """Leave letters to the search field: here they would find headings too."""

    @override
    def moveCursor(
        self, cursorAction: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier, /
    ) -> QModelIndex:
        """Step over headings, the way the cursor goes; the topmost heading is shown with the first conversation."""
        target = super().moveCursor(cursorAction, modifiers)
        step = -1 if cursorAction in _BACKWARDS else 1
        while self._model.is_heading(target):
            neighbour = self._model.index(target.row() + step)
            if not neighbour.isValid():
                self.scrollToTop()
                return self._first()
            target = neighbour
        return target

    @override
    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None, /
    ) -> QItemSelectionModel.SelectionFlag:
        """Never select by mouse or keys: what is open is said by `set_current` alone."""
        return _NO_UPDATE

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self.clicked.connect(self._request)

    def _request(self, index: QModelIndex) -> None:
        conversation_id = index.data(ConversationListModel.ID_ROLE)
        if conversation_id is not None:
            self.conversation_requested.emit(conversation_id)

    def _first(self) -> QModelIndex:
        return self._model.index(1)  # the first row is a heading

    def _set_cursor(self, index: QModelIndex) -> None:
        self.selectionModel().setCurrentIndex(index, _NO_UPDATE)

    def _cursor_id(self) -> str | None:
        conversation_id = self.currentIndex().data(ConversationListModel.ID_ROLE)
        return None if conversation_id is None else str(conversation_id)

    def _select_current(self) -> None:
        index = self._model.index_of(self._current_id)
        selection = self.selectionModel()
        if index.isValid():
            selection.select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        else:
            selection.clearSelection()

    @override
    def enterEvent(self, event: QEnterEvent, /) -> None:
        """Let rows show that the mouse is over them."""
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        super().enterEvent(event)

    def _remember_place(self) -> _Place:
        scrolled_px = self.verticalScrollBar().value()
        if scrolled_px == 0:
            return _Place(self._cursor_id())
        top = self.indexAt(QPoint(self.rect().center().x(), 0))
        if self._model.is_heading(top):
            top = self._model.index(top.row() + 1)
        anchor_id = top.data(ConversationListModel.ID_ROLE)
        return _Place(self._cursor_id(), scrolled_px, anchor_id, self.visualRect(top).top())

    def _return_to(self, place: _Place) -> None:
        self._select_current()
        cursor = self._model.index_of(place.cursor_id)
        if cursor != self.currentIndex():
            self._set_cursor(cursor)
        self.doItemsLayout()
        bar = self.verticalScrollBar()
        bar.setValue(place.scrolled_px)
        anchor = self._model.index_of(place.anchor_id)
        if anchor.isValid():
            bar.setValue(place.scrolled_px + self.visualRect(anchor).top() - place.anchor_top)

    def _on_theme_changed(self) -> None:
        self.setFont(self._theme.small_font())
        self.scheduleDelayedItemsLayout()
        self.viewport().update()


@dataclass(frozen=True)
class _Place:
    """Where the cursor is, how far the list is scrolled, and what stands topmost, how far below the upper edge."""

    cursor_id: str | None
    scrolled_px: int = 0
    anchor_id: str | None = None
    anchor_top: int = 0
