"""Offers the page Help to the window and in a menu. What it is made of is loaded when it is first shown."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.main_window import MainWindow
from phidesk.ui.sidebar.pages import HELP_PAGE
from phidesk.ui.theme.theme import Theme


def offer_help_page(window: MainWindow, page: ConversationPage, *, theme: Theme) -> None:
    """Offer the page, also to the menu of the conversation."""

    def make() -> QWidget:
        from phidesk.ui.help.help_page import HelpPage  # noqa: PLC0415 - see the module

        return HelpPage(theme)

    window.add_page(HELP_PAGE, make)
    page.help_requested.connect(partial(window.show_page, HELP_PAGE))
