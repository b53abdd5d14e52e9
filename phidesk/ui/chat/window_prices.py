"""Keeps the panel's window chooser true: looks when the engine told something new, and does what is wished there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.memory_outlook import MemoryOutlook
from phidesk.core.conversation import ConversationSettings
from phidesk.core.model_info import CachePrecision, ModelInfo
from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.window_chooser import WindowChooser, verdict_text
from phidesk.ui.messages import sentence_for_error

logger = logging.getLogger(__name__)


class WindowPrices(QObject):
    """Lives as long as the window, on the main thread; one look at a time, and none while the panel is hidden."""

    def __init__(
        self,
        chooser: WindowChooser,
        page: ConversationPage,
        *,
        look: Callable[[EngineReport], MemoryOutlook | None],
        unload: Callable[[ModelInfo], None],
        keep_precisely: Callable[[CachePrecision], None],
        tasks: TaskRunner,
    ) -> None:
        """`look`, `unload` and `keep_precisely` block; they run in the pool. The last holds from the next load on."""
        super().__init__(chooser)
        self._chooser = chooser
        self._page = page
        self._look = look
        self._unload = unload
        self._keep_precisely = keep_precisely
        self._tasks = tasks
        self._report: EngineReport | None = None
        self._outlook: MemoryOutlook | None = None
        self._is_looking = False
        self._is_panel_shown = False
        page.settings_changed.connect(self._on_settings_changed)
        page.answer_ended.connect(self._on_answer_ended)
        page.price_wanted.connect(self._on_price_wanted)
        chooser.window_chosen.connect(self._on_window_chosen)
        chooser.precision_chosen.connect(self._on_precision_chosen)
        chooser.free_requested.connect(self._on_free_requested)

    def set_panel_shown(self, is_shown: bool) -> None:
        """Look now that somebody sees it."""
        self._is_panel_shown = is_shown
        self._look_now()

    def show_report(self, report: EngineReport) -> None:
        """Look at the model that would answer now."""
        self._report = report
        self._look_now()

    def _look_now(self) -> None:
        if self._report is None or not self._is_panel_shown or self._is_looking:
            return
        self._is_looking = True
        self._tasks.run(
            partial(self._look, self._report), done=partial(self._on_looked, self._report), failed=self._on_failed
        )

    def _show(self) -> None:
        self._chooser.show_outlook(self._outlook, self._page.settings.window_tokens)

    def _on_looked(self, report: EngineReport, outlook: MemoryOutlook | None) -> None:
        self._is_looking = False
        self._outlook = outlook
        self._show()
        if report != self._report:
            self._look_now()

    def _on_failed(self, _error: Exception) -> None:
        self._is_looking = False
        self._outlook = None
        self._show()

    def _on_settings_changed(self, _settings: ConversationSettings) -> None:
        self._show()

    def _on_answer_ended(self, _conversation_id: str) -> None:
        self._look_now()

    def _on_price_wanted(self, window_tokens: int) -> None:
        """Look for what the card offers; where nobody knows, it stays as it is."""
        if self._report is not None:
            self._tasks.run(
                partial(self._look, self._report),
                done=partial(self._tell_price, window_tokens),
                failed=self._on_price_unknown,
            )

    def _tell_price(self, window_tokens: int, outlook: MemoryOutlook | None) -> None:
        window = outlook.at(window_tokens) if outlook is not None and outlook.windows else None
        if outlook is not None and window is not None and window.window_tokens == window_tokens:
            words = self.tr("With more memory: {verdict}")
            self._page.tell_price(window_tokens, words.format(verdict=verdict_text(window, outlook.times_slower)))

    def _on_price_unknown(self, error: Exception) -> None:
        """Leave the card as it is; what the panel shows came from another look."""
        logger.info("what a larger window does is not known: %s", error)

    def _on_window_chosen(self, window_tokens: int) -> None:
        self._page.change_settings(replace(self._page.settings, window_tokens=window_tokens))

    def _on_precision_chosen(self, precision: CachePrecision) -> None:
        work = partial(self._keep_precisely, precision)
        self._tasks.run(work, done=self._on_changed, failed=self._on_change_failed)

    def _on_free_requested(self) -> None:
        if self._outlook is not None:
            work = partial(self._unload, self._outlook.model)
            self._tasks.run(work, done=self._on_changed, failed=self._on_change_failed)

    def _on_changed(self, _nothing: None) -> None:
        self._look_now()

    def _on_change_failed(self, error: Exception) -> None:
        self._chooser.show_problem(sentence_for_error(error))
