"""Joins the widgets of the window with the services: wishes become work, facts become what is seen."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject

from phidesk.chat.engine_choice import EngineDirectory, EngineReport
from phidesk.chat.server_book import ServerBook
from phidesk.core.answers import Gauge
from phidesk.core.changes import ConversationChanged, ServersChanged
from phidesk.core.conversation import ConversationSettings, Overflow
from phidesk.core.conversation_summary import ConversationSummary
from phidesk.core.errors import EngineStarting, PhiDeskError
from phidesk.core.generation import GenerationChange
from phidesk.core.hub import Hub
from phidesk.core.model_info import ModelInfo
from phidesk.core.servers import Server
from phidesk.core.tasks import Cancellation, TaskRunner
from phidesk.storage.conversations import Conversations
from phidesk.storage.program_state import OFF, ON, READ_ANSWERS, ProgramState
from phidesk.ui.chat.conversation_header import ConversationHeader, ModelWish
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.details_panel import DetailsPanel
from phidesk.ui.last_state import (
    GEOMETRY,
    HIDDEN,
    LAST_CONVERSATION,
    PANEL,
    SHOWN,
    SIDEBAR,
    TEXT_SIZE,
    LastState,
)
from phidesk.ui.main_window import MainWindow
from phidesk.ui.messages import engine_advice, engine_state_text, size_text
from phidesk.ui.new_instructions import NewInstructions
from phidesk.ui.sidebar.pages import MODELS_PAGE
from phidesk.ui.sidebar.sidebar import Sidebar
from phidesk.ui.unread_marks import UnreadMarks
from phidesk.ui.widgets.history_chart import NEWEST_COUNT
from phidesk.ui.widgets.state_line import StateTone

logger = logging.getLogger(__name__)


class WindowWiring(QObject):
    """Lives as long as the window, on the main thread. `wanted_engine` alone may be called from elsewhere."""

    def __init__(
        self,
        window: MainWindow,
        *,
        sidebar: Sidebar,
        header: ConversationHeader,
        page: ConversationPage,
        panel: DetailsPanel,
        directory: EngineDirectory,
        conversations: Conversations,
        state: ProgramState,
        servers: ServerBook,
        tasks: TaskRunner,
        hub: Hub,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._sidebar = sidebar
        self._header = header
        self._page = page
        self._panel = panel
        self._directory = directory
        self._conversations = conversations
        self._state = state
        self._servers = servers
        self._tasks = tasks
        self._hub = hub
        self._wanted: tuple[str | None, str | None] = (None, None)
        self._new_instructions = NewInstructions(state, tasks)
        self._report = EngineReport()
        self._local_models: list[ModelInfo] = []
        self._server_models: list[ModelInfo] = []
        self._closing = Cancellation()
        self._unread = UnreadMarks(page, window, conversations, tasks, self)
        self._connect()

    def restore(self, last: LastState) -> None:
        """Go on where the window was left. Reads a few values; waits for the disk."""
        try:
            reading = self._state.get(READ_ANSWERS).result()
            summaries = self._conversations.list().result()
            self._new_instructions.read()
        except PhiDeskError as error:
            logger.warning("the last state cannot be read: %s", error)
            self._page.show_conversation(None)
            return
        self._page.set_reading_aloud(reading != OFF)
        self._show_summaries(summaries)
        if last.conversation is not None:
            self._page.show_conversation(last.conversation.id)
        else:
            self._restore_new_instructions()

    def wanted_engine(self) -> tuple[str | None, str | None]:
        """Return names of engine and model that the conversation in view wants. Safe from every thread."""
        return self._wanted

    def talk_with(self, model: ModelInfo) -> None:
        """Let this model answer in the conversation in view, and show it."""
        self._on_model_requested(ModelWish(model.engine, model.name))
        self._window.show_conversation()
        self._page.focus_composer()

    def begin_conversation(self) -> None:
        """Show a conversation that has not begun."""
        self._panel.flush()
        self._page.show_conversation(None)
        self._restore_new_instructions()
        self._window.show_conversation()
        self._page.focus_composer()

    def give_instructions(self, settings: ConversationSettings) -> None:
        """Let the conversation in view have these settings; their instructions are kept until it begins."""
        self._page.change_settings(settings)
        if self._page.current_id is None:
            self._new_instructions.keep(settings)

    def offered_models(self) -> Mapping[str, ModelWish]:
        """Return the models that can be chosen, by the names that people read."""
        return self._header.wishes

    @property
    def answering_model(self) -> ModelInfo | None:
        """Who would answer, as far as is known."""
        return self._report.model

    def _connect(self) -> None:
        self._window.new_conversation_requested.connect(self.begin_conversation)
        self._window.text_size_changed.connect(self._on_text_size_changed)
        self._window.panel_shown.connect(self._page.set_forecast_watched)
        self._window.page_shown.connect(self._sidebar.set_page)
        self._window.closing.connect(self._on_closing)
        self._sidebar.new_conversation_requested.connect(self.begin_conversation)
        self._sidebar.conversation_requested.connect(self._on_conversation_requested)
        self._sidebar.page_requested.connect(self._window.show_page)
        self._sidebar.hide_requested.connect(self._window.toggle_sidebar)
        self._header.sidebar_requested.connect(self._window.toggle_sidebar)
        self._header.panel_requested.connect(self._window.toggle_panel)
        self._header.model_requested.connect(self._on_model_requested)
        self._page.current_changed.connect(self._on_current_changed)
        self._page.conversation_started.connect(self._on_conversation_started)
        self._page.title_changed.connect(self._on_title_changed)
        self._page.settings_changed.connect(self._on_settings_changed)
        self._page.gauge_changed.connect(self._on_gauge_changed)
        self._page.forecast_changed.connect(self._panel.show_forecast)
        self._page.writing_changed.connect(self._sidebar.set_writing)
        self._unread.changed.connect(self._refresh_conversations)
        self._page.details_requested.connect(self._window.toggle_panel)
        self._page.models_requested.connect(self._on_models_requested)
        self._page.reading_aloud_switched.connect(self._on_reading_aloud_switched)
        self._page.quit_requested.connect(self._window.close)
        self._panel.close_requested.connect(self._window.toggle_panel)
        self._panel.generation.changed.connect(self._on_generation_changed)
        self._panel.window_chooser.keeping_requested.connect(self._on_models_requested)
        self._panel.overflow_chooser.chosen.connect(self._on_overflow_chosen)
        forget_conversations = self._hub.subscribe(ConversationChanged, self._on_conversation_changed)
        forget_reports = self._hub.subscribe(EngineReport, self._on_engine_report)
        forget_servers = self._hub.subscribe(ServersChanged, self._on_servers_changed)
        self._window.closing.connect(forget_conversations)
        self._window.closing.connect(forget_reports)
        self._window.closing.connect(forget_servers)

    # Wishes

    def _on_conversation_requested(self, conversation_id: str) -> None:
        self._panel.flush()
        self._page.show_conversation(conversation_id)
        self._window.show_conversation()

    def _on_model_requested(self, wish: ModelWish) -> None:
        self._page.set_model(wish.engine, wish.model)
        self._look_at_engines()

    def _on_models_requested(self) -> None:
        self._window.show_page(MODELS_PAGE)

    def _on_text_size_changed(self, pixels: int) -> None:
        self._keep(TEXT_SIZE, str(pixels))

    def _on_reading_aloud_switched(self, is_on: bool) -> None:
        self._keep(READ_ANSWERS, ON if is_on else OFF)

    def _on_closing(self) -> None:
        self._closing.cancel()
        self._panel.flush()
        self._page.flush()
        self._keep(GEOMETRY, self._window.saveGeometry().toHex().toStdString())
        self._keep(SIDEBAR, SHOWN if self._window.wants_sidebar else HIDDEN)
        self._keep(PANEL, SHOWN if self._window.wants_panel else HIDDEN)

    def _on_overflow_chosen(self, overflow: Overflow) -> None:
        self._page.change_settings(replace(self._page.settings, overflow=overflow))

    # Facts

    def _on_conversation_started(self, _conversation_id: str) -> None:
        self._new_instructions.forget()
        self._refresh_conversations()

    def _on_current_changed(self, conversation_id: str | None) -> None:
        self._sidebar.set_current(conversation_id)
        self._keep(LAST_CONVERSATION, conversation_id or "")

    def _on_title_changed(self, title: str) -> None:
        self._header.set_title(title)
        self._window.setWindowTitle(f"{title} – PhiDesk" if title else "PhiDesk")

    def _on_settings_changed(self, settings: ConversationSettings) -> None:
        wanted = settings.engine, settings.model
        self._header.set_wish(ModelWish(*wanted))
        self._panel.show_settings(settings)
        if wanted != self._wanted:
            self._wanted = wanted
            self._look_at_engines()

    def _on_generation_changed(self, change: GenerationChange) -> None:
        self._page.change_settings(change.applied_to(self._page.settings))

    def _on_gauge_changed(self, gauge: Gauge | None, is_last_known: bool) -> None:
        self._panel.show_gauge(gauge, self._page.newest_gauges(NEWEST_COUNT), is_last_known=is_last_known)

    def _on_conversation_changed(self, _change: ConversationChanged) -> None:
        self._refresh_conversations()

    def _on_engine_report(self, report: EngineReport) -> None:
        self._report = report
        error = type(report.error).__name__ if report.error is not None else None
        name = report.model.name if report.model is not None else ""
        text = engine_state_text(model_name=name, engine_name=report.engine_name, error=error)
        loaded_bytes = report.loaded.size_bytes if report.loaded is not None else None
        tone = StateTone.READY if report.error is None else StateTone.PROBLEM
        if isinstance(report.error, EngineStarting):
            tone = StateTone.WAITING
        self._sidebar.set_engine_state(text, tone, detail=size_text(loaded_bytes) if loaded_bytes else "")
        self._header.set_answering(report.engine_name, name)
        self._panel.show_model(report.model, advice=engine_advice(report.passed_over))
        self._page.show_report(report)
        if report.model is not None:
            self._panel.generation.offer(report.parameters)
        if name:
            self._page.tell_of_model(name)
        self._list_models()

    def _on_servers_changed(self, _change: ServersChanged) -> None:
        self._list_models()
        self._look_at_engines()

    def _list_models(self) -> None:
        """Offer those of this computer at once: a server may let us wait."""
        self._tasks.run(self._servers.list, done=self._on_servers_listed)
        self._tasks.run(partial(self._directory.local_chat_models, self._closing), done=self._on_local_models_found)

    def _on_servers_listed(self, servers: list[Server]) -> None:
        self._header.set_server_names({server.address: server.name for server in servers})
        self._page.set_models(self._header.wishes)

    def _on_local_models_found(self, models: list[ModelInfo]) -> None:
        self._local_models = models
        self._offer_models()
        self._tasks.run(partial(self._directory.server_chat_models, self._closing), done=self._on_server_models_found)

    def _on_server_models_found(self, models: list[ModelInfo]) -> None:
        self._server_models = models
        self._offer_models()

    def _offer_models(self) -> None:
        self._header.set_models([*self._local_models, *self._server_models])
        self._page.set_models(self._header.wishes)

    def _restore_new_instructions(self) -> None:
        if self._page.current_id is None:
            self._page.change_settings(self._new_instructions.given_to(self._page.settings))

    def _look_at_engines(self) -> None:
        """Look now, instead of when the watch looks next; not before it has looked once."""
        if self._report != EngineReport():
            look = partial(self._directory.report, *self._wanted, self._closing)
            self._tasks.run(look, done=partial(self._on_looked, self._wanted))

    def _on_looked(self, wanted: tuple[str | None, str | None], report: EngineReport) -> None:
        if wanted == self._wanted:  # What was asked for since may have been found sooner.
            self._on_engine_report(report)

    def _refresh_conversations(self) -> None:
        self._tasks.watch(self._conversations.list(), done=self._show_summaries)

    def _show_summaries(self, summaries: Sequence[ConversationSummary]) -> None:
        self._unread.set_known(summaries)
        self._sidebar.set_conversations(summaries, datetime.now().astimezone().date())
        self._sidebar.set_current(self._page.current_id)
        title = next((summary.title for summary in summaries if summary.id == self._page.current_id), None)
        if title is not None:
            self._page.show_title(title)

    def _keep(self, key: str, value: str) -> None:
        self._tasks.watch(self._state.set(key, value), failed=self._on_not_kept)

    def _on_not_kept(self, error: Exception) -> None:
        logger.info("not remembered: %s", error)
