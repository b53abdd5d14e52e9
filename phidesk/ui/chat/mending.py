"""What went wrong in the conversation in view: the card that says so, and what its buttons do."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QObject, Signal, SignalInstance

from phidesk.chat.answering import failure
from phidesk.chat.usual_way import usual_way
from phidesk.core.answers import AnswerOutcome
from phidesk.core.conversation import Overflow
from phidesk.core.errors import PhiDeskError
from phidesk.ui.chat.conversation_body import ConversationBody
from phidesk.ui.chat.shown_conversation import ShownConversation
from phidesk.ui.chat.transcript_frame import stored_outcome
from phidesk.ui.messages import NoticeAction, notice_for_found_model, notice_for_outcome, notice_for_silence


class Failed(Enum):
    """What did not work, and is done once more by "Try again"."""

    ANSWER = auto()
    """The last answer: it goes on where it ends, or begins where it has no text."""
    QUESTION = auto()
    """A question was not saved: it stands in the composer."""
    QUEUED = auto()
    """A queued message was not saved as a question: it still waits in its queue."""
    READING = auto()
    """The conversation was not read from disk."""
    ACTING = auto()
    """Something that was done to a message was not saved."""
    SAVING = auto()
    """A draft or a setting was not saved; both are still here."""


_USUAL = {
    NoticeAction.SUMMARISE: Overflow.SUMMARISE,
    NoticeAction.MORE_MEMORY: Overflow.MORE_MEMORY,
    NoticeAction.LET_OLDEST_GO: Overflow.LET_OLDEST_GO,
}
"""What may be done without asking about a conversation that no longer fits."""


class Mending(QObject):
    """Shows one problem at a time and knows what failed; what a button wishes is done by others."""

    again_requested = Signal(object)
    """Carries what `Failed`."""
    another_engine_requested = Signal(object)
    """The same once more, but by another engine than the chosen one. Carries what `Failed`."""
    larger_window_requested = Signal(int)
    """The same once more with so many tokens for the conversation, from now on."""
    price_wanted = Signal(int)
    """A larger window of so many tokens is offered: somebody may know what that does, and `tell_price`."""
    summary_requested = Signal()
    """The model shall say in short what stands above the last question, and then answer that."""
    usual_requested = Signal(object)
    """From now on this shall be done without asking. Carries an `Overflow`; the wish to do it follows."""
    let_oldest_go_requested = Signal()
    """The same once more without the oldest messages."""
    reading_in_parts_requested = Signal()
    """The model shall read the last question in parts and sum it up, and then answer it."""
    documents_requested = Signal()
    """What is too long in the last question shall be kept as a document, and the question answered from passages."""
    free_answer_requested = Signal()
    """The same once more without the form that answers shall keep to."""
    continue_requested = Signal()
    """The model shall go on where the text ends."""
    linked_conversation_requested = Signal()
    """What stands above the last question shall be summed up, and a conversation begin with that and the question."""
    new_conversation_requested = Signal()
    """What was not answered shall be asked in a new conversation."""
    models_requested = Signal()
    """The person wants to get a model."""
    key_requested = Signal(str)
    """The person wants to enter the key of a server. Carries its address."""
    stop_requested = Signal()
    """The answer that says nothing more shall be stopped."""
    wait_on_requested = Signal()
    """The person puts up with the silence."""
    quit_requested = Signal()
    """The person wants to close the program, because nothing can be mended from inside."""

    def __init__(self, body: ConversationBody, shown: ShownConversation, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._body = body
        self._shown = shown
        self._failed = Failed.ANSWER
        self._failed_engine = ""
        self._larger_window_tokens = 0
        self._is_unsaved = False
        """Whether a draft or a setting was not saved, and nothing was since."""
        self._unasked: dict[str | None, AnswerOutcome] = {}
        """Why a question could not even be saved, for conversations that were not in view then."""
        self._body.card.action_requested.connect(self._on_card_action_requested)

    @property
    def is_telling(self) -> bool:
        """Whether there is a card."""
        return not self._body.card.isHidden()

    def tell(self, outcome: AnswerOutcome, failed: Failed) -> None:
        """Show what went wrong, if anything."""
        notice = notice_for_outcome(outcome)
        if notice is None:
            return
        self._failed = failed
        self._failed_engine = str(dict(outcome.facts).get("engine") or self._shown.settings.engine or "")
        self._larger_window_tokens = int(dict(outcome.facts).get("larger_window_tokens") or 0)
        self._body.show_notice(notice)
        if self._larger_window_tokens:
            self.price_wanted.emit(self._larger_window_tokens)

    def tell_price(self, window_tokens: int, words: str) -> None:
        """Say what the larger window does to memory and speed, if it is still offered."""
        notice = self._body.card.notice
        offered = [action for action, _ in notice.choices] if notice is not None else []
        if NoticeAction.MORE_MEMORY in offered and window_tokens == self._larger_window_tokens:
            self._body.card.add_hint(words)

    def take_usual_way(self, outcome: AnswerOutcome) -> bool:
        """Do what the person wants done without asking about an overflow; False where that does not help."""
        way = usual_way(outcome, self._shown.settings)
        if way is Overflow.SUMMARISE:
            self.summary_requested.emit()
        elif way is Overflow.MORE_MEMORY:
            self.larger_window_requested.emit(int(dict(outcome.facts)["larger_window_tokens"] or 0))
        return way is not None

    def tell_error(self, error: Exception, failed: Failed) -> None:
        """Show an expected error; anything else is a bug and goes to the crash dialog."""
        if not isinstance(error, PhiDeskError):
            raise error
        self.tell(failure(error), failed)

    def tell_later(self, conversation_id: str | None, outcome: AnswerOutcome) -> None:
        """Keep why a question was not saved until its conversation is opened."""
        self._unasked[conversation_id] = outcome

    def tell_open_problem(self) -> None:
        """Show what still has to be mended in what was opened: a question that was not saved, an answer cut short."""
        unasked = self._unasked.pop(self._shown.id, None)
        if unasked is not None:
            self.tell(unasked, Failed.QUESTION)
        elif self._shown.path and (outcome := stored_outcome(self._shown.path[-1])) is not None:
            self.tell(outcome, Failed.ANSWER)

    def tell_silence(self, seconds: int, *, engine_name: str) -> None:
        """Ask what to do about an answer in which nothing came for so long."""
        self._body.show_notice(notice_for_silence(seconds, engine_name=engine_name))

    def end_silence(self) -> None:
        """Take the question about silence away, if it is there: it answered itself."""
        if self._shown_action is NoticeAction.KEEP_WAITING:
            self.clear()

    def tell_of_model(self, name: str) -> None:
        """Offer to ask again, if it is a model that was missing."""
        if self._shown_action is NoticeAction.OPEN_MODELS:
            self._body.show_notice(notice_for_found_model(name))

    def tell_unsaved(self, error: Exception) -> None:
        """Show that a draft or a setting was not saved, where no other card is shown."""
        self._is_unsaved = True
        if self._body.card.isHidden():
            self.tell_error(error, Failed.SAVING)

    def save_again(self) -> None:
        """Save what was not saved, if anything: the disk takes writes again."""
        if self._is_unsaved:
            self._is_unsaved = False
            self.again_requested.emit(Failed.SAVING)

    def clear(self) -> None:
        """Take the card away."""
        self._body.clear_notice()

    @property
    def _shown_action(self) -> NoticeAction | None:
        notice = self._body.card.notice
        return notice.action if notice is not None else None

    def _on_card_action_requested(self, action: NoticeAction) -> None:
        if self._body.card.is_always and action in _USUAL:
            self.usual_requested.emit(_USUAL[action])
        if action is NoticeAction.TRY_AGAIN:
            self.again_requested.emit(self._failed)
        elif action is NoticeAction.CHOOSE_ENGINE:
            self.another_engine_requested.emit(self._failed)
        elif action is NoticeAction.MORE_MEMORY:
            self.larger_window_requested.emit(self._larger_window_tokens)
        elif action is NoticeAction.ENTER_KEY:
            self.key_requested.emit(self._failed_engine)
        else:
            self._plain_wish(action).emit()
        self._body.composer.focus_input()

    def _plain_wish(self, action: NoticeAction) -> SignalInstance:
        return {
            NoticeAction.SUMMARISE: self.summary_requested,
            NoticeAction.LET_OLDEST_GO: self.let_oldest_go_requested,
            NoticeAction.READ_IN_PARTS: self.reading_in_parts_requested,
            NoticeAction.KEEP_AS_DOCUMENT: self.documents_requested,
            NoticeAction.ANSWER_FREELY: self.free_answer_requested,
            NoticeAction.CONTINUE: self.continue_requested,
            NoticeAction.LINKED_CONVERSATION: self.linked_conversation_requested,
            NoticeAction.NEW_CONVERSATION: self.new_conversation_requested,
            NoticeAction.OPEN_MODELS: self.models_requested,
            NoticeAction.STOP: self.stop_requested,
            NoticeAction.KEEP_WAITING: self.wait_on_requested,
            NoticeAction.QUIT: self.quit_requested,
        }[action]
