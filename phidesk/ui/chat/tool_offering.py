"""Brings the tools that there are to the conversation in view, and its choice back to its settings."""

from __future__ import annotations

import logging
from dataclasses import replace

from PySide6.QtCore import QObject

from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.tool_shelf import ToolChoice, ToolShelf
from phidesk.core.changes import ToolsChanged, ToolServerAnswered
from phidesk.core.conversation import ConversationSettings
from phidesk.core.hub import Hub
from phidesk.core.tasks import TaskRunner
from phidesk.storage.program_state import OFF, OFFER_CALCULATOR, ON, ProgramState
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.tools_section import ToolsSection

logger = logging.getLogger(__name__)


class ToolOffering(QObject):
    """Joins the shelf, the panel's section and the page. Reads the shelf in the pool."""

    def __init__(
        self,
        shelf: ToolShelf,
        *,
        section: ToolsSection,
        page: ConversationPage,
        state: ProgramState,
        runner: TaskRunner,
        hub: Hub,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._section = section
        self._page = page
        self._state = state
        self._runner = runner
        self._is_closed = False
        section.chosen.connect(self._on_chosen)
        section.standby_switched.connect(self._on_standby_switched)
        page.calculator_switched_off.connect(self._on_calculator_switched_off)
        page.settings_changed.connect(self._on_settings_changed)
        self._forget = (
            hub.subscribe(ToolsChanged, self._on_tools_changed),
            hub.subscribe(ToolServerAnswered, self._on_tools_changed),
            hub.subscribe(EngineReport, self._on_engine_report),
        )

    def look(self) -> None:
        """Read what there is; nothing once the window is closed, which may be before it was ever painted."""
        if self._is_closed:
            return
        self._runner.run(self._shelf.choice, done=self._on_read)
        self._runner.watch(self._state.get(OFFER_CALCULATOR), done=self._on_state_read)

    def use(self, tool_id: str) -> None:
        """Let the conversation in view use a tool, beside those that it uses already."""
        self._on_chosen(self._page.settings.tools | {tool_id})

    def close(self) -> None:
        """Hear of nothing more."""
        self._is_closed = True
        for forget in self._forget:
            forget()

    def _on_read(self, choice: ToolChoice) -> None:
        self._section.offer(choice.tools, choice.absent)

    def _on_state_read(self, value: str | None) -> None:
        self._page.set_offering_calculator(value != OFF)
        self._section.show_standby(is_on=value != OFF)

    def _on_standby_switched(self, is_on: bool) -> None:
        self._page.set_offering_calculator(is_on)
        self._runner.watch(self._state.set(OFFER_CALCULATOR, ON if is_on else OFF), failed=_log_unkept)

    def _on_calculator_switched_off(self) -> None:
        self._section.show_standby(is_on=False)
        self._on_standby_switched(is_on=False)

    def _on_tools_changed(self, _change: ToolsChanged | ToolServerAnswered) -> None:
        self.look()

    def _on_engine_report(self, report: EngineReport) -> None:
        self._section.show_model(report.model)

    def _on_settings_changed(self, settings: ConversationSettings) -> None:
        self._section.show_wanted(settings.tools)

    def _on_chosen(self, wanted: frozenset[str]) -> None:
        self._page.change_settings(replace(self._page.settings, tools=wanted))


def _log_unkept(error: Exception) -> None:
    logger.info("not remembered: %s", error)
