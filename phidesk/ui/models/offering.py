"""Offers the page Models in the sidebar. It is loaded when it is first shown: the first paint need not wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from phidesk.core.hub import Hub
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import TaskRunner
from phidesk.ui.main_window import MODELS_PAGE, MainWindow
from phidesk.ui.sidebar.sidebar import Sidebar
from phidesk.ui.theme.theme import Theme

if TYPE_CHECKING:
    from phidesk.ui.models.model_work import ModelWork


def offer_models_page(
    window: MainWindow,
    sidebar: Sidebar,
    make_work: Callable[[], ModelWork],
    *,
    theme: Theme,
    tasks: TaskRunner,
    hub: Hub,
    talk: Callable[[ModelInfo], None],
) -> None:
    """Offer the page. `talk` is called with the model that the person wants to talk with."""

    def make() -> QWidget:
        from phidesk.ui.models.models_page import ModelsPage  # noqa: PLC0415 - see the module
        from phidesk.ui.models.models_wiring import ModelsWiring  # noqa: PLC0415 - see the module

        page = ModelsPage(theme)
        wiring = ModelsWiring(page, make_work(), tasks=tasks, hub=hub)
        wiring.talk_requested.connect(talk)
        window.closing.connect(wiring.close)
        return page

    sidebar.add_page(MODELS_PAGE, "box", QCoreApplication.translate("Models", "Models"))
    window.add_page(MODELS_PAGE, make)
