"""Counts the next question, a moment after each key, elsewhere: what the next question will take of the window."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from phidesk.chat.forecast import PromptForecast
from phidesk.chat.service import ChatService
from phidesk.core.conversation import Message
from phidesk.core.drafts import Draft
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.shown_conversation import ShownConversation

DELAY_MS = 120
"""Typing is not counted letter by letter; nobody reads figures that change so often."""


class PromptMeter(QObject):
    """Follows the composer and the conversation in view. One count at a time; the newest text wins."""

    typed_changed = Signal(object)
    """Carries the `PromptForecast` of what is typed, None while nothing is."""
    forecast_changed = Signal(object)
    """Carries that of the next question, typed or not; None while nobody counts it."""

    def __init__(
        self,
        service: ChatService,
        *,
        composer: Composer,
        shown: ShownConversation,
        runner: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._composer = composer
        self._shown = shown
        self._runner = runner
        self._model: ModelInfo | None = None
        self._is_watched = False
        self._is_counting = False
        self._is_stale = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._connect()

    def set_model(self, model: ModelInfo | None) -> None:
        """Count for this model from now on; None while nobody would answer."""
        if model != self._model:
            self._model = model
            self.count_soon()

    def set_watched(self, is_watched: bool) -> None:
        """Count also while nothing is typed, or not: that is for whoever looks at the pieces."""
        self._is_watched = is_watched
        if is_watched:
            self.count_soon()

    def count_soon(self) -> None:
        """Count what is there; something that it depends on is different now."""
        is_blank = self._composer.draft.is_blank
        if is_blank or self._model is None:
            self.typed_changed.emit(None)
        if self._model is None or (is_blank and not self._is_watched):
            self._timer.stop()
            self.forecast_changed.emit(None)
        elif not self._timer.isActive():
            self._timer.start()

    def _connect(self) -> None:
        self._timer.timeout.connect(self._count)
        self._composer.content_changed.connect(self.count_soon)
        self._shown.current_changed.connect(self._on_current_changed)
        self._shown.settings_changed.connect(self.count_soon)
        self._shown.gauge_changed.connect(self.count_soon)

    def _on_current_changed(self) -> None:
        """Tell nothing of the one before."""
        self.forecast_changed.emit(None)

    def _count(self) -> None:
        draft, model = self._composer.draft, self._model
        if self._is_counting:
            self._is_stale = True
            return
        if model is None or self._shown.is_being_read:
            return
        self._is_counting = True
        path = self._shown.path
        count = partial(self._service.forecast, path, self._shown.settings, draft, model)
        self._runner.run(count, done=partial(self._on_counted, draft, path), failed=self._on_failed)

    def _on_counted(self, draft: Draft, path: tuple[Message, ...], forecast: PromptForecast) -> None:
        self._is_counting = False
        if path is not self._shown.path:
            self._is_stale = True
        elif draft == self._composer.draft:
            self.forecast_changed.emit(forecast)
            self.typed_changed.emit(None if draft.is_blank else forecast)
        if self._is_stale:
            self._is_stale = False
            self.count_soon()

    def _on_failed(self, _error: Exception) -> None:
        """Nobody can count it now; the figures of the last answer stay."""
        self._is_counting = self._is_stale = False
        self.typed_changed.emit(None)
        self.forecast_changed.emit(None)
