"""Brings the tools that there are to the conversation in view, and its choice back to its settings."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.tool_shelf import ShelvedTool, ToolShelf
from phidesk.core.changes import ToolsChanged
from phidesk.core.conversation import ConversationSettings
from phidesk.core.hub import Hub
from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.tools_section import ToolsSection


class ToolOffering(QObject):
    """Joins the shelf, the panel's section and the page. Reads the shelf in the pool."""

    def __init__(
        self,
        shelf: ToolShelf,
        *,
        section: ToolsSection,
        page: ConversationPage,
        runner: TaskRunner,
        hub: Hub,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._section = section
        self._page = page
        self._runner = runner
        section.chosen.connect(self._on_chosen)
        page.settings_changed.connect(self._on_settings_changed)
        self._forget = (
            hub.subscribe(ToolsChanged, self._on_tools_changed),
            hub.subscribe(EngineReport, self._on_engine_report),
        )

    def look(self) -> None:
        """Read what there is."""
        self._runner.run(self._shelf.choice, done=self._on_read)

    def close(self) -> None:
        """Hear of nothing more."""
        for forget in self._forget:
            forget()

    def _on_read(self, tools: list[ShelvedTool]) -> None:
        self._section.offer(tools)

    def _on_tools_changed(self, _change: ToolsChanged) -> None:
        self.look()

    def _on_engine_report(self, report: EngineReport) -> None:
        self._section.show_model(report.model)

    def _on_settings_changed(self, settings: ConversationSettings) -> None:
        self._section.show_wanted(settings.tools)

    def _on_chosen(self, wanted: frozenset[str]) -> None:
        self._page.change_settings(replace(self._page.settings, tools=wanted))
