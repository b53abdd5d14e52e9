"""Lets the calculator stand ready where what is typed has sums, and gives it to the conversation when that is sent."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from phidesk.chat.tool_desk import CALCULATOR
from phidesk.core.drafts import Draft
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import TaskRunner
from phidesk.core.tools import ToolFormat
from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.shown_conversation import ShownConversation
from phidesk.ui.chat.standby_line import StandbyLine

DELAY_MS = 200
"""Typing is not looked at letter by letter."""


class CalculatorStandby(QObject):
    """Follows the composer. What is typed is looked at in the pool.

    It is made before whoever sends what is typed: of one signal Qt serves the first receiver first.
    """

    switched_off = Signal()
    """The person does not want the offer any more."""

    def __init__(
        self,
        line: StandbyLine,
        *,
        composer: Composer,
        shown: ShownConversation,
        runner: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.is_on = True
        """Whether the person wants the offer at all."""
        self._line = line
        self._composer = composer
        self._shown = shown
        self._runner = runner
        self._model: ModelInfo | None = None
        self._is_declined = False
        """For what stands in the composer now."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._connect()

    def set_model(self, model: ModelInfo | None) -> None:
        """Offer it for this model from now on; None while nobody would answer."""
        self._model = model
        self._look_soon()

    def _on_send_requested(self, draft: Draft) -> None:
        """Give the calculator to the conversation before a question with sums is sent, also before the line came."""
        if self._is_wanted and _asks_for_sums(draft.text):
            settings = self._shown.settings
            self._shown.change_settings(replace(settings, tools=settings.tools | {CALCULATOR}))

    def _connect(self) -> None:
        self._timer.timeout.connect(self._look)
        self._composer.content_changed.connect(self._look_soon)
        self._composer.send_requested.connect(self._on_send_requested)
        self._shown.settings_changed.connect(self._look_soon)
        self._line.declined.connect(self._on_declined)
        self._line.switched_off.connect(self._on_switched_off)

    @property
    def _is_wanted(self) -> bool:
        can_call = self._model is not None and self._model.tool_format is not ToolFormat.NONE
        return self.is_on and can_call and not self._is_declined and CALCULATOR not in self._shown.settings.tools

    def _look_soon(self) -> None:
        if self._composer.draft.is_blank:
            self._is_declined = False
            self._timer.stop()
            self._line.hide()
        elif self._is_wanted:
            self._timer.start()
        else:
            self._timer.stop()
            self._line.hide()

    def _look(self) -> None:
        text = self._composer.draft.text
        self._runner.run(partial(_asks_for_sums, text), done=partial(self._on_looked, text))

    def _on_looked(self, text: str, has_sums: bool) -> None:
        if text == self._composer.draft.text:
            self._line.setVisible(has_sums and self._is_wanted)

    def _on_declined(self) -> None:
        self._is_declined = True
        self._line.hide()
        self._composer.focus_input()

    def _on_switched_off(self) -> None:
        self.is_on = False
        self._line.hide()
        self._composer.focus_input()
        self.switched_off.emit()


def _asks_for_sums(text: str) -> bool:
    from phidesk.tools.arithmetic_hint import asks_for_sums  # noqa: PLC0415 - its patterns take 20 ms to be made

    return asks_for_sums(text)
