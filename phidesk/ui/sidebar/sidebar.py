"""The side of the window: begin a conversation, find one, see who would answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.core.conversation_summary import ConversationSummary
from phidesk.ui.shortcuts import Shortcut
from phidesk.ui.sidebar.conversation_delegate import SIDE_MARGIN_PX
from phidesk.ui.sidebar.conversation_list import ConversationList
from phidesk.ui.sidebar.search_field import SearchField
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.key_tip import key_tip
from phidesk.ui.widgets.leading_label import LeadingLabel, align_with_window
from phidesk.ui.widgets.state_line import StateLine, StateTone
from phidesk.ui.widgets.wide_button import WideButton

WIDTH_PX = 272
"""At usual text sizes."""

_WIDTH_EMS = 17
"""Larger text widens the sidebar to this many times its size, so that titles still say something."""
_BOTTOM_PX = 12


class Sidebar(QFrame):
    """Knows summaries and words, nothing of conversations. Its size hint is its usual width."""

    new_conversation_requested = Signal()
    """The person wants an empty conversation."""
    conversation_requested = Signal(str)
    """The person wants to see the conversation with this id."""
    page_requested = Signal(str)
    """The person wants the page of this name."""
    hide_requested = Signal()
    """The person wants the room for the conversation."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("sidebar")
        self.setProperty("panel", "surface")
        self._new = WideButton(theme, "plus", self.tr("New conversation"))
        self._new.setObjectName("newConversation")
        self._new.setToolTip(key_tip(self._new.text(), Shortcut.NEW_CONVERSATION))
        self._hide = IconButton(theme, "panel-left", self.tr("Hide the sidebar"))
        self._hide.setObjectName("hideSidebar")
        self._hide.setToolTip(key_tip(self.tr("Hide the sidebar"), Shortcut.SIDEBAR))
        self._search = SearchField(theme, self.tr("Search titles"))
        self._search.setObjectName("sidebarSearch")
        self._list = ConversationList(theme)
        self._nothing = LeadingLabel()
        self._nothing.setObjectName("nothingShown")
        self._nothing.setProperty("tone", "muted")
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        align_with_window(self._nothing)
        self._nothing.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._engine_state = StateLine(theme)
        self._engine_state.setObjectName("engineState")
        self.set_engine_state(self.tr("Looking for an engine…"), StateTone.WAITING)
        self._pages: dict[str, WideButton] = {}
        self._page_rows = QVBoxLayout()
        self._content = QVBoxLayout(self)
        self._lay_out()
        self._on_theme_changed()
        self._show_list_or_words()
        self._connect()

    def set_conversations(self, conversations: Sequence[ConversationSummary], today: date) -> None:
        """Show these, grouped by date; scroll position, cursor and mark stay. Emits nothing."""
        self._list.set_conversations(conversations, today)
        self._show_list_or_words()

    def set_current(self, conversation_id: str | None) -> None:
        """Mark the conversation that is open; None marks none."""
        self._list.set_current(conversation_id)

    def set_writing(self, ids: frozenset[str]) -> None:
        """Mark the conversations that are being answered."""
        self._list.conversation_model.set_writing(ids)

    def set_engine_state(self, text: str, tone: StateTone, *, detail: str = "") -> None:
        """Say who would answer (`messages.engine_state_text`); the detail is a figure, such as its memory."""
        self._engine_state.show_state(text, tone, detail=detail)

    def add_page(self, name: str, icon_name: str, words: str) -> None:
        """Offer a page below the conversations."""
        button = WideButton(self._theme, icon_name, words)
        button.setObjectName(f"{name}PageButton")
        button.setProperty("kind", "quiet")
        button.setCheckable(True)
        button.clicked.connect(partial(self._on_page_clicked, name))
        self._pages[name] = button
        self._page_rows.addWidget(button)
        self._on_theme_changed()

    def set_page(self, name: str) -> None:
        """Mark the page that is shown; an empty name stands for the conversation. Emits nothing."""
        for page, button in self._pages.items():
            button.setChecked(page == name)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), super().sizeHint().height())

    def _lay_out(self) -> None:
        self._content.setContentsMargins(0, 0, 0, 0)
        self._content.setSpacing(0)
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self._new, 1)
        top.addWidget(self._hide)
        controls = QVBoxLayout()
        controls.setContentsMargins(SIDE_MARGIN_PX, SIDE_MARGIN_PX, SIDE_MARGIN_PX, 4)
        controls.setSpacing(8)
        controls.addLayout(top)
        controls.addWidget(self._search)
        rows = QHBoxLayout()
        rows.addSpacing(SIDE_MARGIN_PX)  # a margin would not change sides with the direction of reading
        rows.addWidget(self._list, 1)
        self._nothing.setContentsMargins(2 * SIDE_MARGIN_PX, 8, 2 * SIDE_MARGIN_PX, 0)
        self._engine_state.setContentsMargins(2 * SIDE_MARGIN_PX, 12, 2 * SIDE_MARGIN_PX, 4)
        self._content.addLayout(controls)
        self._content.addWidget(self._nothing, 1)
        self._content.addLayout(rows, 1)
        self._content.addWidget(self._engine_state)
        self._page_rows.setSpacing(0)
        self._page_rows.setContentsMargins(SIDE_MARGIN_PX, 0, SIDE_MARGIN_PX, 0)
        self._content.addLayout(self._page_rows)
        self._content.addSpacing(_BOTTOM_PX)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._new.clicked.connect(self._on_new_clicked)
        self._hide.clicked.connect(self._on_hide_clicked)
        self._search.textChanged.connect(self._on_search_text_changed)
        self._search.returnPressed.connect(self._list.request_first)
        self._search.down_pressed.connect(self._list.enter)
        self._list.conversation_requested.connect(self.conversation_requested)

    def _show_list_or_words(self) -> None:
        model = self._list.conversation_model
        if model.has_conversations:
            self._nothing.setText(self.tr("No title contains “{text}”.").format(text=self._search.text().strip()))
        else:
            self._nothing.setText(self.tr("Your conversations will appear here."))
        self._nothing.setVisible(model.is_empty)
        self._list.setVisible(not model.is_empty)

    def _on_theme_changed(self) -> None:
        least = self._content.minimumSize().width()
        self.setMinimumWidth(max(WIDTH_PX, least, _WIDTH_EMS * self._theme.font_sizes.small))
        self.updateGeometry()

    def _on_new_clicked(self) -> None:
        self.new_conversation_requested.emit()

    def _on_page_clicked(self, name: str) -> None:
        self._pages[name].setChecked(True)  # a second click does not leave the page
        self.page_requested.emit(name)

    def _on_hide_clicked(self) -> None:
        self.hide_requested.emit()

    def _on_search_text_changed(self, text: str) -> None:
        self._list.set_filter(text)
        self._show_list_or_words()
