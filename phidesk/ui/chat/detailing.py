"""From a message of the transcript to its details, and back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QStackedLayout

from phidesk.chat.forecast import PromptForecast
from phidesk.chat.service import ChatService
from phidesk.core.answers import ROUGH_PIECES
from phidesk.core.conversation import Message, Role
from phidesk.core.drafts import Draft
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.message_details import QuestionTokens, answer_details, question_details
from phidesk.ui.chat.shown_conversation import ShownConversation
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.theme.theme import Theme

if TYPE_CHECKING:
    from phidesk.ui.chat.details_sheet import DetailsSheet


class Detailing(QObject):
    """Puts the details in place of the conversation, which goes on behind them.

    What a question took is known from its answer; of one whose answer did not keep it, it is counted now.
    """

    def __init__(
        self,
        service: ChatService,
        runner: TaskRunner,
        *,
        shown: ShownConversation,
        transcript: TranscriptView,
        layers: QStackedLayout,
        theme: Theme,
        parent: QObject | None = None,
    ) -> None:
        """`layers` has the conversation at the bottom, and shows one layer at a time."""
        super().__init__(parent)
        self._service = service
        self._runner = runner
        self._shown = shown
        self._transcript = transcript
        self._layers = layers
        self._theme = theme
        self._model: ModelInfo | None = None
        self._message: Message | None = None

    def set_model(self, model: ModelInfo | None) -> None:
        """Count for this model; None while nobody would answer."""
        self._model = model

    def open(self, key: str) -> None:
        """Show the details of the message with this key."""
        path = self._shown.path
        place = next((place for place, message in enumerate(path) if message.id == key), None)
        if place is None:
            return
        self._message = path[place]
        if path[place].role is Role.MODEL:
            self._sheet.show_details(answer_details(path[place]))
        else:
            self._open_question(path[: place + 1], _kept_tokens(path[place + 1 :]))
        self._layers.setCurrentWidget(self._sheet)
        self._sheet.setFocus(Qt.FocusReason.OtherFocusReason)

    @cached_property
    def _sheet(self) -> DetailsSheet:
        from phidesk.ui.chat.details_sheet import DetailsSheet  # noqa: PLC0415 - the first paint need not wait

        sheet = DetailsSheet(self._theme)
        self._layers.addWidget(sheet)
        sheet.close_requested.connect(self._on_close_requested)
        return sheet

    def _open_question(self, path: Sequence[Message], tokens: QuestionTokens | None) -> None:
        *before, question = path
        is_being_counted = tokens is None and self._model is not None
        self._sheet.show_details(question_details(question, tokens, is_being_counted=is_being_counted))
        if tokens is None and self._model is not None:
            draft = Draft(question.text, question.files)
            self._runner.run(
                partial(self._service.forecast, tuple(before), self._shown.settings, draft, self._model),
                done=partial(self._on_counted, question),
                failed=partial(self._on_failed, question),
            )

    def _on_counted(self, question: Message, forecast: PromptForecast) -> None:
        pieces = forecast.breakdown
        if pieces is None:
            self._show_tokens(question, None)
        else:
            self._show_tokens(question, QuestionTokens(pieces.message, pieces.documents, forecast.is_exact))

    def _on_failed(self, question: Message, _error: Exception) -> None:
        """Nobody can count it now."""
        self._show_tokens(question, None)

    def _show_tokens(self, question: Message, tokens: QuestionTokens | None) -> None:
        if question is self._message:
            self._sheet.show_details(question_details(question, tokens, is_being_counted=False))

    def _on_close_requested(self) -> None:
        """Give the keyboard to the message that it was about."""
        self._layers.setCurrentIndex(0)
        if self._message is not None:
            self._transcript.return_to(self._message.id)
        self._message = None


def _kept_tokens(later: Sequence[Message]) -> QuestionTokens | None:
    """Return what the answer that follows kept of what its question took."""
    outcome = later[0].outcome if later else None
    if outcome is None or outcome.pieces is None:
        return None
    return QuestionTokens(outcome.pieces.message, outcome.pieces.documents, ROUGH_PIECES not in outcome.facts)
