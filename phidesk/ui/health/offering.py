"""Offers the page Health to the window. What it is made of is loaded when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from phidesk.chat.engine_choice import EngineDirectory
from phidesk.core.hub import Hub
from phidesk.core.tasks import TaskRunner
from phidesk.engine.network import Gate
from phidesk.storage.program_state import ProgramState
from phidesk.ui.main_window import MainWindow
from phidesk.ui.sidebar.pages import HEALTH_PAGE
from phidesk.ui.theme.theme import Theme

if TYPE_CHECKING:
    from phidesk.chat.diagnosis import FontFinding
    from phidesk.chat.doctor import Doctor


def offer_health_page(
    window: MainWindow,
    make_doctor: Callable[[FontFinding], Doctor],
    *,
    theme: Theme,
    directory: EngineDirectory,
    gate: Gate,
    state: ProgramState,
    wanted_engine: Callable[[], tuple[str | None, str | None]],
    tasks: TaskRunner,
    hub: Hub,
) -> None:
    """Offer the page. `wanted_engine` names engine and model of the conversation in view."""

    def make() -> QWidget:
        from phidesk.ui.health.fonts import find_fonts  # noqa: PLC0415 - see the module
        from phidesk.ui.health.health_page import HealthPage  # noqa: PLC0415 - see the module
        from phidesk.ui.health.health_wiring import HealthWiring  # noqa: PLC0415 - see the module

        page = HealthPage(theme)
        wiring = HealthWiring(
            page,
            doctor=make_doctor(find_fonts()),
            directory=directory,
            gate=gate,
            state=state,
            wanted_engine=wanted_engine,
            tasks=tasks,
            hub=hub,
        )
        wiring.page_requested.connect(window.show_page)
        window.closing.connect(wiring.close)
        return page

    window.add_page(HEALTH_PAGE, make)
