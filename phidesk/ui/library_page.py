"""Pages with a list of what the person made, and with one of it in a form in the list's place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.ui.chat.reading_column import MAXIMUM_COLUMN_WIDTH, ReadingColumn
from phidesk.ui.chat.undo_bar import UndoBar
from phidesk.ui.shortcuts import Shortcut
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.page import Page
from phidesk.ui.widgets.wide_button import WideButton

GAP_PX = 12
"""Between what stands below each other."""

_TOP_PX, _BOTTOM_PX = 32, 32
_UNDO_BOTTOM_PX = 16


class LibraryPage(Page):
    """Its subclass puts what the list consists of into `listed`, and makes the form."""

    left = Signal()
    """The person went back to the list."""
    import_chosen = Signal(Path)
    """What this file holds shall be added."""

    def __init__(self, theme: Theme, name: str, title: str, *, back: str, parent: QWidget | None = None) -> None:
        """`back` says where the way back leads; `name` is that of `Page`."""
        super().__init__(theme, name, title, parent)
        self._form = QWidget()
        self._widest_form_px = MAXIMUM_COLUMN_WIDTH
        self._column = ReadingColumn(has_scroll_bar=False)
        self._list = QWidget()
        self.listed = QVBoxLayout(self._list)
        self.listed.setContentsMargins(0, 0, 0, 0)
        self.listed.setSpacing(GAP_PX)
        self._back = WideButton(theme, "chevron-right" if self.isRightToLeft() else "chevron-left", back)
        self._back.setObjectName(f"{name}Back")
        self._back.setProperty("kind", "quiet")
        self._back.clicked.connect(self.show_list)
        self.undo_bar = UndoBar(theme, self)

    @property
    def is_editing(self) -> bool:
        """Whether the form is shown instead of the list."""
        return not self._form.isHidden()

    def show_list(self) -> None:
        """Show the list, the keyboard at what was in the form."""
        was_editing = self.is_editing
        self._show_part(is_editing=False)
        if was_editing:
            self.focus_entry()
            self.left.emit()

    def focus_entry(self) -> None:
        """Put the keyboard at what was in the form, or near to where it was."""
        raise NotImplementedError

    def offer_undo(self, words: str, undo: Callable[[], None]) -> None:
        """Say what was done, over the page wherever it is scrolled to, and let it be undone for a while."""
        self._told.hide()
        self._notice.clear()
        self.undo_bar.offer(words, undo)
        self._place_undo_bar()

    @override
    def tell(self, words: str) -> None:
        super().tell(words)
        self.verticalScrollBar().setValue(0)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._place_undo_bar()

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_editing:
            self.show_list()
        elif Shortcut.UNDO.is_pressed(event) and self.undo_bar.is_offering:
            self.undo_bar.undo()
        else:
            super().keyPressEvent(event)

    def lay_out(self, form: QWidget, *, widest_form_px: int = MAXIMUM_COLUMN_WIDTH) -> None:
        """Lay the page out with this form, which is hidden at first."""
        self._form, self._widest_form_px = form, widest_form_px
        layout = self._column.content_layout
        layout.setContentsMargins(0, _TOP_PX, 0, _BOTTOM_PX)
        layout.setSpacing(GAP_PX)
        layout.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeading)
        for part in (self._heading, self._told, self._notice, self._list, form):
            layout.addWidget(part)
        layout.addStretch(1)
        self._show_part(is_editing=False)
        self.setWidget(self._column)

    def show_form(self) -> None:
        """Show the form from its beginning, instead of the list."""
        self._show_part(is_editing=True)
        self.verticalScrollBar().setValue(0)

    def _show_part(self, *, is_editing: bool) -> None:
        self._told.hide()
        self._notice.clear()
        self._heading.setHidden(is_editing)
        self._list.setHidden(is_editing)
        self._back.setVisible(is_editing)
        self._form.setVisible(is_editing)
        self._column.set_widest(self._widest_form_px if is_editing else MAXIMUM_COLUMN_WIDTH)

    def _place_undo_bar(self) -> None:
        bar, room = self.undo_bar, self.viewport()
        bar.resize(min(bar.sizeHint().width(), room.width()), bar.sizeHint().height())
        bar.move((room.width() - bar.width()) // 2, room.height() - bar.height() - _UNDO_BOTTOM_PX)
