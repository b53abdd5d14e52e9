"""The pages that stand below the conversations, by the names that the window knows them by."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from phidesk.ui.sidebar.sidebar import Sidebar

MODELS_PAGE, PROMPTS_PAGE, TOOLS_PAGE, HEALTH_PAGE = "models", "prompts", "tools", "health"
HELP_PAGE = "help"


def offer_pages(sidebar: Sidebar) -> None:
    """Offer all of them; what each is made of is loaded when it is first shown."""
    translate = QCoreApplication.translate
    sidebar.add_page(MODELS_PAGE, "box", translate("Models", "Models"))
    sidebar.add_page(PROMPTS_PAGE, "scroll-text", translate("PromptsPage", "Instructions"))
    sidebar.add_page(TOOLS_PAGE, "wrench", translate("Tools", "Tools"))
    sidebar.add_page(HEALTH_PAGE, "activity", translate("Health", "Health"))
    sidebar.add_page(HELP_PAGE, "circle-question-mark", translate("Help", "Help"))
