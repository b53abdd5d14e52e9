"""Questions of the conversation in view, from the composer to the end of their answers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from phidesk.chat.service import ChatService
from phidesk.chat.turn import AnswerTurn
from phidesk.chat.usual_way import found_no_room
from phidesk.core.answers import AnswerOutcome
from phidesk.core.conversation import Conversation, Message
from phidesk.core.drafts import NOTHING, Draft, QueuedMessage
from phidesk.core.tasks import TaskRunner
from phidesk.storage.conversations import Asked, Conversations
from phidesk.ui.chat.answer_follower import AnswerFollower, FollowedAnswer
from phidesk.ui.chat.composer import Composer
from phidesk.ui.chat.draft_keeper import DraftKeeper
from phidesk.ui.chat.mending import Failed, Mending
from phidesk.ui.chat.queue_keeper import QueueKeeper
from phidesk.ui.chat.shown_answer import ShownAnswer
from phidesk.ui.chat.shown_conversation import ShownConversation


class Asking(QObject):
    """Starts turns, and knows what their beginnings and ends mean for what is in view.

    One answer at a time is written in a conversation; every other wish to have one waits or does nothing.
    """

    conversation_started = Signal(str)
    """A new conversation is on disk, shown or not. Carries its id."""
    summary_leads_elsewhere = Signal(object)
    """A summary was written, and a conversation shall begin with it. Carries its `Conversation`, shown or not."""

    def __init__(
        self,
        service: ChatService,
        conversations: Conversations,
        runner: TaskRunner,
        *,
        composer: Composer,
        drafts: DraftKeeper,
        queue: QueueKeeper,
        shown: ShownConversation,
        mending: Mending,
        follower: AnswerFollower,
        writing: ShownAnswer,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._conversations = conversations
        self._runner = runner
        self._composer = composer
        self._drafts = drafts
        self._queue = queue
        self._shown = shown
        self._mending = mending
        self._follower = follower
        self._writing = writing
        self._failed: dict[FollowedAnswer, Failed] = {}
        """What is to be repeated if the beginning of a turn cannot be saved."""
        self._settled_id: str | None = None
        """The conversation in view that is read because a summary of it was written."""
        self._leading_elsewhere: set[str] = set()
        """Ids of summaries with which another conversation shall begin, once they are written to their end."""
        self._connect()

    @property
    def is_possible(self) -> bool:
        """Whether another answer may begin in what is shown."""
        return self._writing.answer is None and not self._shown.is_being_read

    def send(self, draft: Draft) -> None:
        """Ask this, or let it wait its turn, and empty the composer; where neither is possible now, it stays there."""
        if self.is_possible:
            turn = self._service.ask(
                draft.text, files=draft.files, conversation_id=self._shown.id, settings=self._shown.settings
            )
            self._composer.clear()
            self.follow(turn, question=draft)
        elif self._shown.id is not None and self._writing.answer is not None:
            self._composer.clear()
            self._queue.add(self._shown.id, draft)
            self._drafts.sent()

    def send_again(self) -> None:
        """Ask what stands in the composer; where the person took it away, there is nothing left to mend."""
        draft = self._composer.draft
        if draft.is_blank:
            self._mending.clear()
        else:
            self.send(draft)

    def resume(
        self, *, by_another: bool = False, lets_oldest_go: bool = False, is_free_of_schema: bool = False
    ) -> None:
        """Let the last answer go on where it ends, or begin where it has no text.

        Who wrote the text goes on with it, unless it may be `by_another`. The rest is as in `ChatService.resume`.
        """
        if self._shown.id is None or self._writing.answer is not None:
            return
        turn = self._service.resume(
            self._shown.id, by_another=by_another, lets_oldest_go=lets_oldest_go, is_free_of_schema=is_free_of_schema
        )
        self.follow(turn)

    def follow(
        self,
        turn: AnswerTurn,
        *,
        question: Draft = NOTHING,
        failed: Failed = Failed.ANSWER,
        leads_elsewhere: bool = False,
    ) -> FollowedAnswer:
        """Show what comes of a turn that was started in what is shown.

        If not even its beginning can be saved, `question` returns to the composer, or `failed` is what to repeat.
        `leads_elsewhere` is for a summary: once it is written, no question is answered after it.
        """
        answer = self._follower.follow(
            turn, conversation_id=self._shown.id, question=question, leads_elsewhere=leads_elsewhere
        )
        self._failed[answer] = failed
        self._show(answer)
        return answer

    def _send_queued(self, conversation_id: str, message: QueuedMessage) -> None:
        """Ask a message of a queue, in view or not; while an answer is written there, it stays in its queue."""
        if self._follower.running(conversation_id) is not None:
            return
        draft = message.draft
        turn = self._service.ask(
            draft.text,
            files=draft.files,
            conversation_id=conversation_id,
            settings=self._shown.settings,
            queued_id=message.id,
        )
        self._follow_there(turn, conversation_id, is_queued=True)

    def _show(self, answer: FollowedAnswer) -> None:
        self._mending.clear()
        self._writing.set_answer(answer)

    def _connect(self) -> None:
        self._queue.due.connect(self._send_queued)
        self._composer.send_requested.connect(self.send)
        self._shown.was_read.connect(self._on_shown_was_read)
        self._follower.answer_began.connect(self._on_answer_began)
        self._follower.answer_ended.connect(self._on_answer_ended)

    def _on_answer_began(self, answer: FollowedAnswer) -> None:
        if answer.asked is None or answer.conversation_id is None:
            return
        if answer.leads_elsewhere:
            self._leading_elsewhere.add(answer.asked.answer.id)
        if answer is self._writing.answer:
            self._show_began(answer, answer.asked)
        if answer.begins_conversation:
            self.conversation_started.emit(answer.conversation_id)

    def _show_began(self, answer: FollowedAnswer, asked: Asked) -> None:
        if self._shown.id is None:
            self._drafts.begin(asked.conversation.id)
            self._queue.open(asked.conversation.id)
            self._shown.begin(asked.conversation)
        elif not answer.question.is_blank:
            self._drafts.sent()
        self._mending.save_again()
        self._queue.refresh()
        if not self._shown.is_being_read:  # What is being read will be shown with it.
            self._shown.path = asked.conversation.messages
            self._writing.show_began(asked)

    def _on_answer_ended(self, answer: FollowedAnswer, outcome: AnswerOutcome) -> None:
        if answer.conversation_id is not None:
            self._shown.keep_gauge(answer.conversation_id, outcome.gauge)
        is_shown = answer is self._writing.answer
        is_settled = answer.asked is not None and answer.asked.answer.is_summary and outcome.finish.is_usable
        leads_elsewhere = is_settled and answer.asked is not None and answer.asked.answer.id in self._leading_elsewhere
        if is_shown:
            self._writing.set_answer(None)
        if answer.asked is None:
            self._return_question(answer, outcome, is_shown=is_shown)
        elif is_shown and (is_settled or self._shown.is_being_read):
            self._settled_id = answer.conversation_id if is_settled and not leads_elsewhere else None
            self._mending.clear()
            self._shown.read()  # What is being read may be from before the end; a summary now stands elsewhere.
        elif is_shown:
            asked = answer.asked.answer
            engine, model = answer.turn.answered_by or (asked.engine, asked.model)
            ended = replace(asked, parts=answer.parts, engine=engine, model=model, outcome=outcome)
            self._show_end(ended, outcome)
        elif is_settled and not leads_elsewhere:
            self._go_on_elsewhere(answer.asked.conversation.id)
        elif not is_settled:
            self._follow_there(self._service.take_usual_way(answer.asked, outcome), answer.asked.conversation.id)
        if leads_elsewhere and answer.asked is not None:
            self._lead_elsewhere(answer.asked)
        self._failed.pop(answer, None)
        if answer.conversation_id is not None and outcome.finish.is_complete and not is_settled:
            self._queue.send_next(answer.conversation_id)

    def _on_shown_was_read(self) -> None:
        """After a summary: answer the question that found no room before, else what waits in the queue."""
        settled_id, self._settled_id = self._settled_id, None
        if settled_id is None:
            return
        if settled_id != self._shown.id:
            self._go_on_elsewhere(settled_id)
        elif found_no_room(self._shown.path[-1].outcome):
            self.resume()
        else:
            self._queue.send_next(settled_id)

    def _lead_elsewhere(self, summarised: Asked) -> None:
        self._leading_elsewhere.discard(summarised.answer.id)
        self._runner.watch(
            self._conversations.get(summarised.conversation.id),
            done=self.summary_leads_elsewhere.emit,
            failed=self._mending.tell_unsaved,
        )

    def _go_on_elsewhere(self, conversation_id: str) -> None:
        """Do the same for a conversation that is not in view."""
        self._runner.watch(
            self._conversations.get(conversation_id), done=self._go_on_in, failed=self._mending.tell_unsaved
        )

    def _go_on_in(self, conversation: Conversation) -> None:
        if self._follower.running(conversation.id) is not None:
            return
        turn = self._service.answer_after_summary(conversation)
        if turn is None:
            self._queue.send_next(conversation.id)
        self._follow_there(turn, conversation.id)

    def _follow_there(self, turn: AnswerTurn | None, conversation_id: str, *, is_queued: bool = False) -> None:
        """Follow a turn, if there is one, of a conversation in view or not."""
        if turn is None:
            return
        answer = self._follower.follow(turn, conversation_id=conversation_id, is_queued=is_queued)
        if conversation_id == self._shown.id:
            self._show(answer)

    def _show_end(self, message: Message, outcome: AnswerOutcome) -> None:
        self._shown.path = (*self._shown.path[:-1], message)
        self._shown.take_gauge(outcome.gauge)
        self._writing.show_end(message, outcome)

    def _return_question(self, answer: FollowedAnswer, outcome: AnswerOutcome, *, is_shown: bool) -> None:
        """Nothing was saved: what was asked becomes a draft again, and what was queued still is."""
        if not answer.question.is_blank:
            self._drafts.give_back(answer.conversation_id, answer.question)
        if is_shown:
            failed = self._failed.get(answer, Failed.ANSWER) if answer.question.is_blank else Failed.QUESTION
            self._mending.tell(outcome, Failed.QUEUED if answer.is_queued else failed)
        else:
            self._mending.tell_later(answer.conversation_id, outcome)
