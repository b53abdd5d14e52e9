"""Offers the page Tools to the window. What it is made of is loaded when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from phidesk.core.hub import Hub
from phidesk.core.tasks import TaskRunner
from phidesk.ui.main_window import MainWindow
from phidesk.ui.sidebar.pages import TOOLS_PAGE
from phidesk.ui.theme.theme import Theme

if TYPE_CHECKING:
    from phidesk.ui.tools.tool_work import ToolWork


def offer_tools_page(
    window: MainWindow,
    make_work: Callable[[], ToolWork],
    *,
    theme: Theme,
    use: Callable[[str], None],
    tasks: TaskRunner,
    hub: Hub,
) -> None:
    """Offer the page. `make_work` is called when it is first shown, `use` with the id of a tool to talk with."""

    def make() -> QWidget:
        from phidesk.ui.tools.servers_wiring import ServersWiring  # noqa: PLC0415 - see the module
        from phidesk.ui.tools.tools_page import ToolsPage  # noqa: PLC0415 - see the module
        from phidesk.ui.tools.tools_wiring import ToolsWiring  # noqa: PLC0415 - see the module

        work = make_work()
        page = ToolsPage(theme, work.builtin)
        wiring = ToolsWiring(page, work, tasks=tasks, hub=hub)
        page.editor.use_requested.connect(use)
        window.closing.connect(wiring.close)
        servers = ServersWiring(page, work, tasks=tasks, hub=hub)
        window.closing.connect(servers.close)
        return page

    window.add_page(TOOLS_PAGE, make)
