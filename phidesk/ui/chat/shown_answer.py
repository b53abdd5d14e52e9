"""The answer that is being written in the conversation in view: its text, its phase, its pace, its silence."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from phidesk.chat.turn import Progress
from phidesk.core.answers import AnswerOutcome
from phidesk.core.conversation import Message, Role
from phidesk.core.parts import FilePart
from phidesk.core.tools import ToolCall, ToolResult
from phidesk.engine.protocol import TextDelta, ThinkingDelta
from phidesk.storage.conversations import Asked
from phidesk.ui.chat.answer_follower import AnswerFollower, FollowedAnswer
from phidesk.ui.chat.conversation_body import ConversationBody
from phidesk.ui.chat.mending import Failed, Mending
from phidesk.ui.chat.phase_teller import PhaseTeller
from phidesk.ui.chat.shown_conversation import ShownConversation
from phidesk.ui.chat.transcript_frame import Writing, insets_of
from phidesk.ui.messages import note_for_message, note_for_outcome, status_text


class ShownAnswer(QObject):
    """Draws one followed answer, or none. While its conversation is being read nothing is drawn: it comes with it."""

    is_writing_changed = Signal()
    """An answer is being written in what is shown from now on, or none any more."""
    end_shown = Signal()
    """What was written, and how it ended, stands in the path that is shown."""

    def __init__(
        self,
        body: ConversationBody,
        shown: ShownConversation,
        mending: Mending,
        follower: AnswerFollower,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._body = body
        self._transcript = body.transcript
        self._shown = shown
        self._mending = mending
        self._follower = follower
        self._phases = PhaseTeller()
        self._answer: FollowedAnswer | None = None
        self._connect()

    @property
    def answer(self) -> FollowedAnswer | None:
        """The answer; None while nothing is being written in what is shown."""
        return self._answer

    def set_answer(self, answer: FollowedAnswer | None) -> None:
        """Draw this one from now on."""
        self._mending.end_silence()
        self._answer = answer
        self._body.set_writing(answer is not None)
        self.is_writing_changed.emit()
        self._phases.begin()
        if answer is None:
            self._transcript.view.set_status("")

    def show_with(self, path: Sequence[Message]) -> None:
        """Show the answer as the last of these messages, with what it waits for."""
        if self._answer is None:
            return
        self._transcript.show_path(path, writing=_writing(self._answer, path))
        self._tell_phase(self._answer)
        if self._answer.is_silent:
            self._tell_silence(self._answer)

    def show_began(self, asked: Asked) -> None:
        """Add the question and its empty answer, or let the last answer go on."""
        self._transcript.extend_path(
            asked.conversation.messages, Writing(asked.answer.id, asked.answer.text, insets_of(asked.answer.parts))
        )
        self._body.show_transcript()
        self._transcript.view.scroll_to_end()

    def show_end(self, message: Message, outcome: AnswerOutcome) -> None:
        """Say under it, and in the card, how it ended if it is not complete."""
        self.end_shown.emit()
        note = note_for_outcome(outcome)
        self._transcript.view.finish_message(message.id, note_for_message(message))
        self._transcript.show_memory_line(self._shown.path)
        if not message.is_summary and self._mending.take_usual_way(outcome):
            return
        self._mending.tell(outcome, Failed.ANSWER)
        if note and not self._mending.is_telling:
            self._body.announce(note)

    def stop(self) -> None:
        """Stop it in whatever phase it is. The text so far stays."""
        if self._answer is not None:
            self._answer.stop()
            self._mending.end_silence()
            self._tell_phase(self._answer)

    def wait_on(self) -> None:
        """Put up with its silence for as long again."""
        self._mending.clear()
        if self._answer is not None:
            self._answer.wait_on()

    def _connect(self) -> None:
        self._follower.question_changed.connect(self._on_question_changed)
        self._follower.answer_went_on.connect(self._on_answer_went_on)
        self._follower.answer_fell_silent.connect(self._on_answer_fell_silent)

    def _on_question_changed(self, answer: FollowedAnswer) -> None:
        if answer is not self._answer or answer.asked is None or self._shown.is_being_read:
            return
        self._shown.path = answer.asked.conversation.messages
        self._transcript.change_path(self._shown.path, writing=_writing(answer, self._shown.path))

    def _on_answer_went_on(self, answer: FollowedAnswer, event: Progress) -> None:
        if answer is not self._answer or answer.asked is None or self._shown.is_being_read:
            return
        if isinstance(event, TextDelta):
            self._transcript.append_text(answer.asked.answer.id, event.text)
        elif isinstance(event, ThinkingDelta) and answer.turn.thinking_ms:
            self._transcript.append_thinking(answer.asked.answer.id, event.text, answer.turn.thinking_ms[-1])
        elif isinstance(event, ToolCall | ToolResult | FilePart):
            self._transcript.show_calls(answer.asked.answer.id, answer.parts)
        self._mending.end_silence()
        self._tell_phase(answer)

    def _on_answer_fell_silent(self, answer: FollowedAnswer) -> None:
        if answer is self._answer and not self._shown.is_being_read:
            self._tell_silence(answer)

    def _tell_silence(self, answer: FollowedAnswer) -> None:
        self._mending.tell_silence(max(1, round(self._follower.silence_s)), engine_name=answer.engine_name)

    def _tell_phase(self, answer: FollowedAnswer) -> None:
        """Say what is being waited for."""
        if answer.is_stopping:
            self._transcript.view.set_status(self.tr("Stopping…"))
        elif answer.phase is not None:
            text = status_text(
                answer.phase,
                part=answer.part,
                engine_name=answer.engine_name,
                expected=answer.expected,
                reading_left_s=answer.reading_left_s,
                words_per_s=answer.words_per_s,
            )
            self._transcript.view.set_status(text)
            if self._phases.is_new(answer.phase, answer.part):
                self._body.announce(text)


def _writing(answer: FollowedAnswer, path: Sequence[Message]) -> Writing | None:
    """Return the answer being written; while its question is not known to be on disk, the last answer in the path."""
    if answer.asked is not None:
        return Writing(
            answer.asked.answer.id, answer.text, insets_of(answer.parts, answer.turn.thinking_ms, is_running=True)
        )
    if path and path[-1].role is Role.MODEL:
        return Writing(path[-1].id, path[-1].text, insets_of(path[-1].parts))
    return None
