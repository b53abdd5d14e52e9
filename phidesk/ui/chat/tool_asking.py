"""What tools ask while they are used: shown in the conversation they belong to, answered once."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from phidesk.chat.tool_loop import PermissionAsked, PersonAsked, give
from phidesk.chat.turn import Progress
from phidesk.core.permissions import Allowance
from phidesk.ui.chat.answer_follower import AnswerFollower, FollowedAnswer
from phidesk.ui.chat.shown_answer import ShownAnswer
from phidesk.ui.chat.tool_question_card import ToolQuestionCard


class ToolAsking(QObject):
    """Shows the open question of the answer in view, whenever there is one."""

    asked = Signal(str)
    """A tool waits for the person, in view or not. Carries the id of the conversation."""

    def __init__(
        self,
        card: ToolQuestionCard,
        follower: AnswerFollower,
        writing: ShownAnswer,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._card = card
        self._follower = follower
        self._writing = writing
        self._shown: PermissionAsked | PersonAsked | None = None
        self._connect()

    def _connect(self) -> None:
        self._follower.answer_went_on.connect(self._on_answer_went_on)
        self._follower.answer_ended.connect(self._show_open)
        self._writing.is_writing_changed.connect(self._show_open)
        self._card.allowed.connect(self._on_allowed)
        self._card.answered.connect(self._on_answered)

    def _show_open(self) -> None:
        answer = self._writing.answer
        question = answer.open_question if answer is not None else None
        if question is self._shown:
            return
        self._shown = question
        if isinstance(question, PermissionAsked):
            self._card.ask_permission(question)
        elif isinstance(question, PersonAsked):
            self._card.ask_result(question)
        else:
            self._card.clear()

    def _on_answer_went_on(self, answer: FollowedAnswer, event: Progress) -> None:
        if isinstance(event, PermissionAsked | PersonAsked) and answer.conversation_id is not None:
            self.asked.emit(answer.conversation_id)
        self._show_open()

    def _on_allowed(self, allowance: Allowance) -> None:
        if isinstance(self._shown, PermissionAsked):
            give(self._shown.reply, allowance)
        self._show_open()

    def _on_answered(self, result: str | None) -> None:
        if isinstance(self._shown, PersonAsked):
            give(self._shown.reply, result)
        self._show_open()
