"""Offers the page Help in the sidebar, in a menu, and by keyboard.

It is loaded when it is first shown: the first paint need not wait.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.main_window import HELP_PAGE, MainWindow
from phidesk.ui.sidebar.sidebar import Sidebar
from phidesk.ui.theme.theme import Theme


def offer_help_page(window: MainWindow, sidebar: Sidebar, page: ConversationPage, *, theme: Theme) -> None:
    """Offer the page, also to the menu of the conversation."""

    def make() -> QWidget:
        from phidesk.ui.help.help_page import HelpPage  # noqa: PLC0415 - see the module

        return HelpPage(theme)

    sidebar.add_page(HELP_PAGE, "circle-question-mark", QCoreApplication.translate("Help", "Help"))
    window.add_page(HELP_PAGE, make)
    page.help_requested.connect(partial(window.show_page, HELP_PAGE))
