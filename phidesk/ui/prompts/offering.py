"""Offers the page Instructions to the window. What it is made of is loaded when it is first shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from phidesk.chat.prompt_library import PromptLibrary
from phidesk.chat.tool_shelf import ShelvedTool
from phidesk.core.hub import Hub
from phidesk.core.tasks import TaskRunner
from phidesk.engine.protocol import TokenCount
from phidesk.ui.chat.conversation_header import ModelWish
from phidesk.ui.main_window import MainWindow
from phidesk.ui.sidebar.pages import PROMPTS_PAGE
from phidesk.ui.theme.theme import Theme

if TYPE_CHECKING:
    from phidesk.ui.prompts.prompts_wiring import PromptsWiring


def offer_prompts_page(
    window: MainWindow,
    library: PromptLibrary,
    *,
    theme: Theme,
    use: Callable[[str], None],
    count: Callable[[str], TokenCount],
    models: Callable[[], Mapping[str, ModelWish]],
    tools: Callable[[], Sequence[ShelvedTool]],
    show_tools: Callable[[], None],
    tasks: TaskRunner,
    hub: Hub,
) -> Callable[[str], None]:
    """Offer the page. `use` is called with the id of the entry that a new conversation is wanted with.

    `count`, `models` and `tools` are those of `PromptsWiring`; `show_tools` shows the page of tools.

    Returns what shows the entry with this id on the page.
    """
    wirings: list[PromptsWiring] = []

    def make() -> QWidget:
        from phidesk.ui.prompts.prompts_page import PromptsPage  # noqa: PLC0415 - see the module
        from phidesk.ui.prompts.prompts_wiring import PromptsWiring  # noqa: PLC0415 - see the module

        page = PromptsPage(theme)
        wirings.append(PromptsWiring(page, library, count=count, models=models, tools=tools, tasks=tasks, hub=hub))
        wirings[-1].use_requested.connect(use)
        wirings[-1].tools_requested.connect(show_tools)
        window.closing.connect(wirings[-1].close)
        return page

    def open_prompt(prompt_id: str) -> None:
        window.show_page(PROMPTS_PAGE)
        wirings[-1].open(prompt_id)

    window.add_page(PROMPTS_PAGE, make)
    return open_prompt
