"""The middle of the window: one conversation, or the beginning of one. Here the main job runs.

What is shown and what is written are two things: every answer is followed to its end (`answer_follower`), and the
page shows the one that belongs to the conversation in view. All of it happens on the main thread; answers are made
elsewhere and events wait until they are taken, so a conversation read from disk and the events after it never overlap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.chat.answering import failure
from phidesk.chat.service import ChatService
from phidesk.chat.turn import AnswerTurn
from phidesk.core.answers import AnswerOutcome, Gauge
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Role
from phidesk.core.errors import PhiDeskError
from phidesk.core.parts import TextPart
from phidesk.core.tasks import TaskRunner
from phidesk.engine.protocol import AnswerEvent, TextDelta
from phidesk.storage.conversations import Asked, Conversations
from phidesk.ui.chat.answer_follower import SILENCE_S, AnswerFollower, FollowedAnswer
from phidesk.ui.chat.conversation_body import ConversationBody
from phidesk.ui.chat.draft_keeper import DraftKeeper
from phidesk.ui.chat.phase_teller import PhaseTeller
from phidesk.ui.chat.transcript_frame import Writing, stored_outcome
from phidesk.ui.messages import (
    NoticeAction,
    note_for_outcome,
    notice_for_found_model,
    notice_for_outcome,
    notice_for_silence,
    status_text,
)
from phidesk.ui.theme.theme import Theme


class ConversationPage(QWidget):
    """Shows a conversation, sends questions, follows answers. The window tells it which conversation, and listens."""

    current_changed = Signal(object)
    """Another conversation is shown. Carries its id, None before the first message."""
    conversation_started = Signal(str)
    """A new conversation is on disk, shown or not. Carries its id."""
    title_changed = Signal(str)
    """Carries the title of what is shown, empty before the first message."""
    settings_changed = Signal(object)
    """Carries the `ConversationSettings` of what is shown."""
    gauge_changed = Signal(object, bool)
    """Carries the `Gauge` of what is shown or None, and whether it is from an earlier run."""
    writing_changed = Signal(object)
    """Carries the ids of all conversations that are being answered, a frozenset."""
    details_requested = Signal()
    """The person wants to see everything about this conversation."""
    models_requested = Signal()
    """The person wants to get a model."""
    key_requested = Signal(str)
    """The person wants to enter the key of a server. Carries its address."""
    quit_requested = Signal()
    """The person wants to close the program, because nothing can be mended from inside."""

    def __init__(
        self,
        *,
        service: ChatService,
        conversations: Conversations,
        runner: TaskRunner,
        theme: Theme,
        silence_s: float = SILENCE_S,
        parent: QWidget | None = None,
    ) -> None:
        """`silence_s` is how long nothing may come in the middle of an answer before the person is asked."""
        super().__init__(parent)
        self._silence_s = silence_s
        self._service = service
        self._conversations = conversations
        self._runner = runner
        self._current_id: str | None = None
        self._title = ""
        self._settings = ConversationSettings()
        self._gauge: Gauge | None = None
        self._gauges_of_this_run: dict[str, Gauge] = {}
        self._path: tuple[Message, ...] = ()
        self._answer: FollowedAnswer | None = None
        """The answer that is being written in what is shown."""
        self._is_loading = False
        self._loading = 0
        """Number of the newest load: what an older one brings is dropped."""
        self._try_again: Callable[[], None] = self._resume
        self._failed_engine = ""
        self._failed_asks: dict[str | None, AnswerOutcome] = {}
        """Why a question could not even be saved, for conversations that were not in view then."""
        self._body = ConversationBody(theme, self)
        self._transcript, self._composer = self._body.transcript, self._body.composer
        self._phases = PhaseTeller()
        self._follower = AnswerFollower(self, silence_s=silence_s)
        self._drafts = DraftKeeper(self._composer, conversations, runner, self)
        self._lay_out()
        self._connect()
        self._drafts.open(None)
        self._show_new(ConversationSettings())

    # What is shown

    @property
    def current_id(self) -> str | None:
        """The conversation that is shown; None before its first message."""
        return self._current_id

    @property
    def title(self) -> str:
        """Its title; empty before its first message."""
        return self._title

    @property
    def settings(self) -> ConversationSettings:
        """Its settings; before the first message those that it will begin with."""
        return self._settings

    @property
    def gauge(self) -> Gauge | None:
        """What its last answer left it consuming."""
        return self._gauge

    @property
    def writing_ids(self) -> frozenset[str]:
        """All conversations that are being answered."""
        return self._follower.writing_ids

    def show_conversation(self, conversation_id: str | None) -> None:
        """Show a conversation, None begins a new one. Answers that are being written go on."""
        if conversation_id is not None and conversation_id == self._current_id:
            return
        self._leave(conversation_id)
        if conversation_id is None:
            self._show_new(ConversationSettings())
        else:
            self._load()

    def show_title(self, title: str) -> None:
        """Show the title that the conversation has now; it may have been renamed."""
        if title != self._title:
            self._set_title(title)

    def set_instructions(self, text: str) -> None:
        """Give the conversation other instructions; they hold from the next question on."""
        self.change_settings(replace(self._settings, instructions=text))

    def set_model(self, engine: str | None, model: str | None) -> None:
        """Let this model answer from the next question on; None lets PhiDesk choose."""
        self.change_settings(replace(self._settings, engine=engine, model=model))

    def tell_of_model(self, name: str) -> None:
        """Offer to ask again, if it is a model that was missing."""
        notice = self._body.card.notice
        if notice is not None and notice.action is NoticeAction.OPEN_MODELS:
            self._body.show_notice(notice_for_found_model(name))

    def change_settings(self, settings: ConversationSettings) -> None:
        """Let the next answers be made so. Ignored while a conversation is being read: its own are not known yet."""
        if self._is_loading:
            return
        self._set_settings(settings)
        if self._current_id is not None:
            self._runner.watch(
                self._conversations.change_settings(self._current_id, settings), failed=self._on_storage_failed
            )

    def stop(self) -> None:
        """Stop the answer in view, in whatever phase it is. The text so far stays."""
        if self._answer is not None:
            self._answer.stop()
            if self._is_silence_told():
                self._body.clear_notice()
            self._show_phase(self._answer)

    def flush(self) -> None:
        """Hand what is typed and not sent to the database; for closing."""
        self._drafts.flush()

    def focus_composer(self) -> None:
        """Put the cursor where the person writes."""
        self._composer.focus_input()

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Stop by Esc wherever the focus is in the page; the composer sees the key first."""
        if event.key() == Qt.Key.Key_Escape and self._answer is not None:
            self.stop()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._body)
        self.setFocusProxy(self._body)

    def _connect(self) -> None:
        self._composer.send_requested.connect(self._on_send_requested)
        self._composer.stop_requested.connect(self.stop)
        self._body.new.suggestion_chosen.connect(self._on_suggestion_chosen)
        self._body.card.action_requested.connect(self._on_card_action_requested)
        self._body.gauge_line.clicked.connect(self.details_requested)
        self._follower.answer_began.connect(self._on_answer_began)
        self._follower.answer_went_on.connect(self._on_answer_went_on)
        self._follower.answer_fell_silent.connect(self._on_answer_fell_silent)
        self._follower.answer_ended.connect(self._on_answer_ended)
        self._follower.writing_changed.connect(self.writing_changed)
        self._drafts.failed.connect(self._on_storage_failed)

    # Going from one conversation to another

    def _leave(self, conversation_id: str | None, *, text: str = "") -> None:
        self._drafts.open(conversation_id, text=text)
        self._body.clear_notice()
        self._loading += 1
        self._is_loading = False
        self._current_id = conversation_id
        answer = None if conversation_id is None else self._follower.running(conversation_id)
        self._set_answer(answer)
        self.current_changed.emit(conversation_id)

    def _show_new(self, settings: ConversationSettings) -> None:
        self._path = ()
        self._body.show_greeting()
        self._set_title("")
        self._set_settings(settings)
        self._show_gauge(None)
        self._show_open_problem()
        self._composer.focus_input()

    def _load(self) -> None:
        """Read the conversation in view; what was in view before stays on the screen for these milliseconds."""
        conversation_id = self._current_id
        if conversation_id is None:
            return
        self._body.clear_notice()
        self._loading += 1
        self._is_loading = True
        self._runner.watch(
            self._conversations.get(conversation_id),
            done=partial(self._on_loaded, self._loading),
            failed=partial(self._on_load_failed, self._loading),
        )

    def _on_loaded(self, loading: int, conversation: Conversation) -> None:
        if loading != self._loading:
            return
        self._is_loading = False
        self._set_title(conversation.title)
        self._set_settings(conversation.settings)
        fresh = self._gauges_of_this_run.get(conversation.id)
        self._show_gauge(fresh or conversation.last_known_gauge, last_known=fresh is None)
        self._show_path(conversation.messages)
        self._composer.focus_input()

    def _show_path(self, stored: tuple[Message, ...]) -> None:
        """Show what was read, or what is known better of an answer that is being written."""
        answer = self._answer
        if answer is not None and answer.asked is not None:
            stored = answer.asked.conversation.messages
        self._path = stored
        self._body.show_transcript()
        if answer is not None:
            self._transcript.show_path(stored, writing=_writing(answer, stored))
            self._show_phase(answer)
            if answer.is_silent:
                self._tell_silence()
            return
        self._transcript.show_path(stored)
        self._transcript.view.set_status("")
        self._show_open_problem()

    def _on_load_failed(self, loading: int, error: Exception) -> None:
        if loading != self._loading:
            return
        self._is_loading = False
        self._path = ()
        self._transcript.clear()
        self._body.show_transcript()
        self._set_title("")
        self._set_settings(ConversationSettings())
        self._show_gauge(None)
        self._show_card(_as_outcome(error), self._load)

    # Asking

    def _on_send_requested(self, text: str) -> None:
        if self._answer is not None or self._is_loading:
            return  # the text stays where it is
        turn = self._service.ask(text, conversation_id=self._current_id, settings=self._settings)
        self._composer.clear()
        self._follow(turn, text)

    def _resume(self) -> None:
        """Let the last answer go on where it ends, or begin where it has no text."""
        if self._current_id is not None and self._answer is None:
            self._follow(self._service.resume(self._current_id))

    def _follow(self, turn: AnswerTurn, question: str = "") -> None:
        self._body.clear_notice()
        self._set_answer(self._follower.follow(turn, conversation_id=self._current_id, question=question))

    def _on_suggestion_chosen(self, text: str) -> None:
        """Fill the composer; what the person typed is kept."""
        typed = self._composer.text().rstrip()
        self._composer.set_text(f"{typed}\n{text}" if typed else text)
        self._composer.focus_input()
        self._drafts.save_soon()

    # Following

    def _on_answer_began(self, answer: FollowedAnswer) -> None:
        if answer.asked is None or answer.conversation_id is None:
            return
        if answer is self._answer:
            if self._current_id is None:
                self._adopt(answer.asked.conversation)
            elif answer.question:
                self._drafts.sent()
            self._show_began(answer.asked)
        if answer.begins_conversation:
            self.conversation_started.emit(answer.conversation_id)

    def _adopt(self, conversation: Conversation) -> None:
        """The new conversation in view is on disk: it has an id and a title."""
        self._current_id = conversation.id
        self._drafts.begin(conversation.id)
        self._set_title(conversation.title)
        if self._settings != conversation.settings:  # changed while it was being saved
            self.change_settings(self._settings)
        self.current_changed.emit(conversation.id)

    def _show_began(self, asked: Asked) -> None:
        if self._is_loading:
            return  # what is being read will be shown with it
        self._path = asked.conversation.messages
        self._transcript.extend_path(self._path, Writing(asked.answer.id, asked.answer.text))
        self._body.show_transcript()
        self._transcript.view.scroll_to_end()

    def _on_answer_went_on(self, answer: FollowedAnswer, event: AnswerEvent) -> None:
        if answer is not self._answer or answer.asked is None or self._is_loading:
            return
        if isinstance(event, TextDelta):
            self._transcript.append_text(answer.asked.answer.id, event.text)
        if self._is_silence_told():
            self._body.clear_notice()
        self._show_phase(answer)

    def _on_answer_fell_silent(self, answer: FollowedAnswer) -> None:
        if answer is self._answer and not self._is_loading:
            self._tell_silence()

    def _tell_silence(self) -> None:
        notice = notice_for_silence(max(1, round(self._silence_s)), engine_name=self._answering_engine())
        self._body.show_notice(notice)

    def _is_silence_told(self) -> bool:
        notice = self._body.card.notice
        return notice is not None and notice.action is NoticeAction.KEEP_WAITING

    def _answering_engine(self) -> str:
        """Name who answers, as far as it is known."""
        answered_by = self._answer.turn.answered_by if self._answer is not None else None
        return answered_by[0] if answered_by is not None else self._settings.engine or ""

    def _on_answer_ended(self, answer: FollowedAnswer, outcome: AnswerOutcome) -> None:
        conversation_id = answer.conversation_id
        if conversation_id is not None and outcome.gauge.consumed_tokens is not None:
            self._gauges_of_this_run[conversation_id] = outcome.gauge
        is_shown = answer is self._answer
        if is_shown:
            self._set_answer(None)
        if answer.asked is None:
            self._return_question(answer, outcome, is_shown=is_shown)
        elif is_shown and self._is_loading:
            self._load()  # what is being read may be from before the end
        elif is_shown:
            self._show_end(answer, answer.asked.answer, outcome)

    def _show_end(self, answer: FollowedAnswer, message: Message, outcome: AnswerOutcome) -> None:
        self._path = (*self._path[:-1], replace(message, parts=(TextPart(answer.text),), outcome=outcome))
        note = note_for_outcome(outcome)
        self._transcript.view.finish_message(message.id, note)
        if outcome.gauge.consumed_tokens is not None:
            self._show_gauge(outcome.gauge)
        else:
            self._show_gauge(self._gauge, last_known=True)
        self._show_card(outcome, self._resume)
        if note and self._body.card.isHidden():
            self._body.announce(note)

    def _return_question(self, answer: FollowedAnswer, outcome: AnswerOutcome, *, is_shown: bool) -> None:
        """Nothing was saved: what was asked becomes a draft again."""
        if answer.question:
            self._drafts.give_back(answer.conversation_id, answer.question)
        if is_shown:
            again = self._send_again if answer.question else self._resume
            self._show_card(outcome, again)
        else:
            self._failed_asks[answer.conversation_id] = outcome

    def _send_again(self) -> None:
        text = self._composer.text()
        if text.strip():
            self._on_send_requested(text)
        else:
            self._body.clear_notice()

    # States

    def _set_answer(self, answer: FollowedAnswer | None) -> None:
        if self._is_silence_told():
            self._body.clear_notice()
        self._answer = answer
        self._composer.set_writing(answer is not None)
        self._phases.begin()
        if answer is None:
            self._transcript.view.set_status("")

    def _show_phase(self, answer: FollowedAnswer) -> None:
        """Say what is being waited for."""
        if answer.is_stopping:
            self._transcript.view.set_status(self.tr("Stopping…"))
        elif answer.phase is not None:
            text = status_text(
                answer.phase,
                engine_name=self._answering_engine(),
                expected=answer.expected,
                words_per_s=answer.words_per_s,
            )
            self._transcript.view.set_status(text)
            if self._phases.is_new(answer.phase):
                self._body.announce(text)

    def _set_title(self, title: str) -> None:
        self._title = title
        self.title_changed.emit(title)

    def _set_settings(self, settings: ConversationSettings) -> None:
        self._settings = settings
        self.settings_changed.emit(settings)

    def _show_gauge(self, gauge: Gauge | None, *, last_known: bool = False) -> None:
        self._gauge = gauge
        self._body.gauge_line.show_gauge(gauge, last_known=last_known)
        self.gauge_changed.emit(gauge, last_known)

    # Mending

    def _show_card(self, outcome: AnswerOutcome, try_again: Callable[[], None]) -> None:
        """Show what went wrong, if anything; `try_again` is what its button repeats."""
        notice = notice_for_outcome(outcome)
        if notice is None:
            return
        self._try_again = try_again
        self._failed_engine = str(dict(outcome.facts).get("engine") or self._settings.engine or "")
        self._body.show_notice(notice)

    def _show_open_problem(self) -> None:
        """Show what still has to be mended in what was opened: a question that was not saved, an answer cut short."""
        failed_ask = self._failed_asks.pop(self._current_id, None)
        if failed_ask is not None:
            self._show_card(failed_ask, self._send_again)
        elif self._path and (outcome := stored_outcome(self._path[-1])) is not None:
            self._show_card(outcome, self._resume)

    def _on_card_action_requested(self, action: NoticeAction) -> None:
        if action is NoticeAction.TRY_AGAIN:
            self._try_again()
        elif action is NoticeAction.CONTINUE:
            self._resume()
        elif action is NoticeAction.NEW_CONVERSATION:
            self._go_on_in_new_conversation()
        elif action is NoticeAction.ENTER_KEY:
            self.key_requested.emit(self._failed_engine)
        elif action is NoticeAction.CHOOSE_ENGINE:
            self.set_model(None, None)
            self._try_again()
        elif action is NoticeAction.OPEN_MODELS:
            self.models_requested.emit()
        elif action is NoticeAction.STOP:
            self.stop()
        elif action is NoticeAction.KEEP_WAITING:
            self._wait_on()
        elif action is NoticeAction.QUIT:
            self.quit_requested.emit()
        self._composer.focus_input()

    def _wait_on(self) -> None:
        self._body.clear_notice()
        if self._answer is not None:
            self._answer.wait_on()

    def _go_on_in_new_conversation(self) -> None:
        settings, text = self._settings, _unanswered_text(self._path)
        self._leave(None, text=text)
        self._show_new(settings)

    def _on_storage_failed(self, error: Exception) -> None:
        """A draft or a setting was not saved; both are still here."""
        if self._body.card.isHidden():
            self._show_card(_as_outcome(error), self._save_again)

    def _save_again(self) -> None:
        self._body.clear_notice()
        self.change_settings(self._settings)
        self._drafts.flush()


def _writing(answer: FollowedAnswer, path: tuple[Message, ...]) -> Writing | None:
    """Return the answer being written; while its question is not known to be on disk, the last answer in the path."""
    if answer.asked is not None:
        return Writing(answer.asked.answer.id, answer.text)
    if path and path[-1].role is Role.MODEL:
        return Writing(path[-1].id, path[-1].text)
    return None


def _unanswered_text(path: tuple[Message, ...]) -> str:
    """Return the last question if it got no word of an answer."""
    if path and path[-1].role is Role.MODEL and not path[-1].text:
        path = path[:-1]
    return path[-1].text if path and path[-1].role is Role.PERSON else ""


def _as_outcome(error: Exception) -> AnswerOutcome:
    """Turn an expected error into what the card shows; anything else is a bug and goes to the crash dialog."""
    if isinstance(error, PhiDeskError):
        return failure(error)
    raise error
