"""What is painted first: the window as it was left, without what is behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from phidesk.storage.records import Records
from phidesk.ui.chat.conversation_front import ConversationFront
from phidesk.ui.chat.conversation_header import ConversationHeader
from phidesk.ui.last_state import LastState, read_last_state, show_last_state
from phidesk.ui.main_window import MainWindow
from phidesk.ui.sidebar.pages import offer_pages
from phidesk.ui.sidebar.sidebar import Sidebar
from phidesk.ui.theme.theme import Theme

if TYPE_CHECKING:
    from phidesk.ui.chat.details_panel import DetailsPanel


@dataclass(frozen=True)
class FirstWindow:
    """The window and its parts. There is a panel only if it was left open."""

    window: MainWindow
    sidebar: Sidebar
    header: ConversationHeader
    front: ConversationFront
    panel: DetailsPanel | None
    last: LastState


def make_first_window(theme: Theme, records: Records) -> FirstWindow:
    """Build it. Waits for the disk."""
    last = read_last_state(records)
    with theme.undressed():
        if last.text_size_px is not None:  # before there are widgets: Qt tells those that were never shown nothing
            theme.set_text_size_px(last.text_size_px)
        sidebar, header = Sidebar(theme), ConversationHeader(theme)
        offer_pages(sidebar)
        front = ConversationFront(theme, has_greeting=last.conversation is None)
        panel = _make_panel(theme) if last.wants_panel else None
        window = MainWindow(theme, sidebar=sidebar, header=header, page=front, panel=panel or QWidget())
        window.sidebar_shown.connect(header.set_sidebar_shown)
        window.panel_shown.connect(header.set_panel_shown)
        show_last_state(last, window, sidebar=sidebar, header=header)
    return FirstWindow(window, sidebar, header, front, panel, last)


def _make_panel(theme: Theme) -> DetailsPanel:
    from phidesk.ui.chat.details_panel import DetailsPanel  # noqa: PLC0415 - most starts do not show it

    return DetailsPanel(theme)
