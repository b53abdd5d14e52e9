"""Offers the page Models to the window. What it is made of is loaded when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from phidesk.core.hub import Hub
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import TaskRunner
from phidesk.ui.main_window import MainWindow
from phidesk.ui.sidebar.pages import MODELS_PAGE
from phidesk.ui.theme.theme import Theme

if TYPE_CHECKING:
    from phidesk.chat.server_book import ServerBook
    from phidesk.ui.models.model_work import ModelWork
    from phidesk.ui.servers.servers_wiring import ServersWiring


def offer_models_page(
    window: MainWindow,
    make_work: Callable[[], ModelWork],
    *,
    theme: Theme,
    tasks: TaskRunner,
    hub: Hub,
    talk: Callable[[ModelInfo], None],
    servers: ServerBook,
) -> Callable[[str], None]:
    """Offer the page. `talk` is called with the model that the person wants to talk with.

    Returns what opens the field for the key of the server at an address.
    """
    server_wirings: list[ServersWiring] = []

    def make() -> QWidget:
        from phidesk.ui.models.models_page import ModelsPage  # noqa: PLC0415 - see the module
        from phidesk.ui.models.models_wiring import ModelsWiring  # noqa: PLC0415 - see the module
        from phidesk.ui.servers.servers_section import ServersSection  # noqa: PLC0415 - see the module
        from phidesk.ui.servers.servers_wiring import ServersWiring  # noqa: PLC0415 - see the module

        page = ModelsPage(theme)
        wiring = ModelsWiring(page, make_work(), tasks=tasks, hub=hub)
        wiring.talk_requested.connect(talk)
        window.closing.connect(wiring.close)
        section = ServersSection(theme)
        page.add_section(section)
        section.attention_wanted.connect(page.ensureWidgetVisible, Qt.ConnectionType.QueuedConnection)
        server_wirings.append(ServersWiring(section, servers, tasks=tasks, hub=hub))
        window.closing.connect(server_wirings[-1].close)
        return page

    def enter_key(address: str) -> None:
        window.show_page(MODELS_PAGE)
        server_wirings[-1].enter_key(address)

    window.add_page(MODELS_PAGE, make)
    return enter_key
