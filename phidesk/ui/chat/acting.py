"""Acting on messages of the conversation in view: what buttons, menu and keys mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial

from PySide6.QtCore import QObject, Signal

from phidesk.chat.question_text import text_with_files
from phidesk.chat.service import ChatService
from phidesk.core.conversation import AnswerWish, Conversation, Message, Role, newest_summary
from phidesk.core.parts import result_places
from phidesk.core.tasks import TaskRunner
from phidesk.core.tools import ToolCall
from phidesk.storage.branches import Branches
from phidesk.ui.chat.answer_follower import AnswerFollower, FollowedAnswer
from phidesk.ui.chat.asking import Asking
from phidesk.ui.chat.conversation_body import ConversationBody
from phidesk.ui.chat.mending import Failed, Mending
from phidesk.ui.chat.message_actions import ActionKind, MessageAction, actions_for
from phidesk.ui.chat.message_editor import Edit
from phidesk.ui.chat.shown_conversation import ShownConversation
from phidesk.ui.chat.transcript_copying import Copied, page_of, put_copied
from phidesk.ui.figures import number_text

_ANSWERED_ANEW = AnswerWish()


class Acting(QObject):
    """Does one thing at a time. Everything is on disk before it is shown, and what failed can be done once more."""

    changed = Signal()
    """Something else can be done now."""
    forked = Signal(str)
    """A conversation was begun as a copy. Carries its id."""
    gone_on_elsewhere = Signal(object, str)
    """A conversation was begun with a summary; the last question belongs there.

    Carries the `Conversation` that it continues, shown or not, and its id.
    """
    again_with_requested = Signal(str)
    """The person wants to choose who answers, and how. Carries the key of the message."""

    details_requested = Signal(str)
    """The person wants to know everything about a message. Carries its key."""

    def __init__(
        self,
        service: ChatService,
        branches: Branches,
        runner: TaskRunner,
        *,
        body: ConversationBody,
        shown: ShownConversation,
        mending: Mending,
        follower: AnswerFollower,
        asking: Asking,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._branches = branches
        self._runner = runner
        self._body = body
        self._frame = body.transcript
        self._view = body.transcript.view
        self._editing = body.editing
        self._undo_bar = body.undo_bar
        self._shown = shown
        self._mending = mending
        self._follower = follower
        self._asking = asking
        self._is_busy = False
        self._last: Callable[[], None] = self._do_nothing
        self._asked_edits: dict[FollowedAnswer, Edit] = {}
        self._connect()

    # What can be done

    def actions(self, key: str) -> tuple[MessageAction, ...]:
        """Return what can be done to the message with this key."""
        message = self._message(key)
        if message is None:
            return ()
        return actions_for(message, is_last=message is self._shown.path[-1], is_free=self._is_free)

    def version(self, key: str) -> str:
        """Return which version a message is, as "2/3"; empty where it is the only one."""
        message = self._message(key)
        if message is None or message.version_count < 2:
            return ""
        return f"{number_text(message.version)}/{number_text(message.version_count)}"

    def do(self, kind: ActionKind, key: str) -> None:
        """Do it, if it is possible now."""
        message = self._message(key)
        if message is None or kind not in {action.kind for action in self.actions(key) if action.is_possible}:
            return
        if kind is ActionKind.COPY:
            self._copy(message)
        elif kind is ActionKind.AGAIN_WITH:
            self.again_with_requested.emit(key)
        elif kind is ActionKind.DETAILS:
            self.details_requested.emit(key)
        else:
            self._undo_bar.dismiss()
            self._change(kind, message)

    def answer_again(self, key: str, wish: AnswerWish = _ANSWERED_ANEW) -> None:
        """Have the question answered once more that this message is, or answers."""
        message = self._message(key)
        if message is not None and message.is_summary:
            self._summarise_above(message)
            return
        question = self._question_of(message) if message is not None else None
        if question is None or not self._is_free:
            return
        self._undo_bar.dismiss()
        self._last = partial(self.answer_again, key, wish)
        self._asking.follow(self._service.ask_again(question, wish), failed=Failed.ACTING)

    def calls(self, key: str) -> Mapping[int, ToolCall]:
        """Return the calls of a message that can be made again now, by their places among its parts."""
        message = self._message(key)
        if message is None or not self._is_free:
            return {}
        calls = ((place, message.parts[place]) for place in result_places(message.parts))
        return {place: call for place, call in calls if isinstance(call, ToolCall) and call.name}

    def use_tool_again(self, key: str, place: int) -> None:
        """Make a call of an answer once more and have the model answer with the new result, beside the old answer."""
        message = self._message(key)
        if message is None or place not in self.calls(key):
            return
        self._undo_bar.dismiss()
        self._last = partial(self.use_tool_again, key, place)
        self._asking.follow(self._service.use_tool_again(message, place), failed=Failed.ACTING)

    def answer_last_again(self) -> None:
        """Have the last question of what is shown answered once more."""
        if self._shown.path:
            self.do(ActionKind.AGAIN, self._shown.path[-1].id)

    @property
    def can_summarise(self) -> bool:
        """Whether something stands above the last question that can be said in short now."""
        question = self._last_question
        return self._is_free and question is not None and question.parent_id is not None

    def edit_last_question(self) -> None:
        """Open the editor over the last question."""
        if (question := self._last_question) is not None:
            self.do(ActionKind.EDIT, question.id)

    def summarise_above_last_question(self) -> None:
        """Have everything above the last question of what is shown said in short."""
        if (question := self._last_question) is not None:
            self._summarise_above(question)

    def go_on_elsewhere(self) -> None:
        """Have everything above the last question said in short, and begin a conversation with that."""
        question = self._last_question
        last = next((it for it in self._shown.path if question is not None and it.id == question.parent_id), None)
        if last is not None and self._is_free:
            self._undo_bar.dismiss()
            self._last = self.go_on_elsewhere
            self._asking.follow(self._service.summarise(last), failed=Failed.ACTING, leads_elsewhere=True)

    def read_last_question_in_parts(self) -> None:
        """Have the last question of what is shown read in parts and summed up, with everything above it."""
        if (question := self._last_question) is not None:
            self._summarise_down_to(question)

    def ask_last_question_with_documents(self) -> None:
        """Ask the last question of what is shown, which was too long, with what is long in it as documents."""
        question, outcome = self._last_question, self._shown.path[-1].outcome if self._shown.path else None
        if question is None or outcome is None or not self._is_free:
            return
        self._undo_bar.dismiss()
        self._last = self.ask_last_question_with_documents
        window_tokens = int(dict(outcome.facts)["window_tokens"] or 0)
        self._asking.follow(self._service.ask_with_documents(question, window_tokens), failed=Failed.ACTING)

    def do_again(self) -> None:
        """Do once more what could not be saved."""
        self._mending.clear()
        self._last()

    # How it is done

    @property
    def _last_question(self) -> Message | None:
        return next((it for it in reversed(self._shown.path) if it.role is Role.PERSON), None)

    @property
    def _is_free(self) -> bool:
        return self._asking.is_possible and not self._is_busy

    def _connect(self) -> None:
        self._editing.save_requested.connect(self._on_save_requested)
        self._asking.summary_leads_elsewhere.connect(self._on_summary_leads_elsewhere)
        self._editing.cancelled.connect(self._on_edit_cancelled)
        self._follower.answer_began.connect(self._on_answer_began)
        self._follower.answer_ended.connect(self._on_answer_ended)

    def _change(self, kind: ActionKind, message: Message) -> None:
        branches = self._branches
        if kind is ActionKind.EDIT:
            self._editing.open(Edit.of(message))
        elif kind is ActionKind.AGAIN:
            self.answer_again(message.id)
        elif kind is ActionKind.SUMMARISE:
            self._summarise_above(message)
        elif kind is ActionKind.GO_ON:
            self._asking.resume()
        elif kind is ActionKind.PREVIOUS:
            self._run(partial(branches.show_version, message, message.version - 1), self._on_version_shown)
        elif kind is ActionKind.NEXT:
            self._run(partial(branches.show_version, message, message.version + 1), self._on_version_shown)
        elif kind is ActionKind.FORK and message.is_standing_summary:
            self._run(partial(branches.continue_from, message, self._continued(self._shown.title)), self._on_forked)
        elif kind is ActionKind.FORK:
            title = self.tr("{title} (copy)").format(title=self._shown.title)
            self._run(partial(branches.fork, message, title), self._on_forked)
        elif kind is ActionKind.DELETE:
            count = 1 if message.is_summary else len(self._shown.path) - self._shown.path.index(message)
            self._run(partial(branches.delete, message), partial(self._on_deleted, message, count))

    def _run(self, begin: Callable[[], Future[Conversation]], done: Callable[[int, Conversation], None]) -> None:
        """Have something changed on disk; `done` gets the place that has the keyboard or -1, and what is so now."""
        self._last = partial(self._run, begin, done)
        self._set_busy(True)
        place = self._view.focused_message
        self._runner.watch(
            begin(),
            done=partial(self._on_done, self._shown.id, done, -1 if place is None else place),
            failed=self._on_failed,
        )

    def _on_done(
        self,
        conversation_id: str | None,
        done: Callable[[int, Conversation], None],
        place: int,
        conversation: Conversation,
    ) -> None:
        self._set_busy(False)
        if conversation_id == self._shown.id and not self._shown.is_being_read:
            done(place, conversation)
        elif conversation_id == self._shown.id:
            self._shown.read()  # What is being read may be from before.

    def _on_failed(self, error: Exception) -> None:
        self._set_busy(False)
        self._mending.tell_error(error, Failed.ACTING)

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self.changed.emit()

    def _show(self, place: int, conversation: Conversation) -> None:
        """Show what the conversation is now; the keyboard stays where it was."""
        self._shown.show_branch(conversation)
        self._frame.change_path(conversation.messages)
        self._mending.clear()
        self._mending.tell_open_problem()
        if place >= 0 and conversation.messages:
            self._view.focus_message(conversation.messages[min(place, len(conversation.messages) - 1)].id)
        self.changed.emit()

    def _on_version_shown(self, place: int, conversation: Conversation) -> None:
        before = {message.id for message in self._shown.path}
        self._show(place, conversation)
        other = next((message for message in conversation.messages if message.id not in before), None)
        if other is not None:
            words = self.tr("Version {number} of {count}")
            number, count = number_text(other.version), number_text(other.version_count)
            self._body.announce(words.format(number=number, count=count))

    def _on_forked(self, _place: int, conversation: Conversation) -> None:
        self.forked.emit(conversation.id)

    def _on_summary_leads_elsewhere(self, summarised: Conversation) -> None:
        place = newest_summary(summarised.messages)
        if place is None:
            return
        self._last = partial(self._on_summary_leads_elsewhere, summarised)
        self._set_busy(True)
        self._runner.watch(
            self._branches.continue_from(summarised.messages[place], self._continued(summarised.title)),
            done=partial(self._on_begun_elsewhere, summarised),
            failed=self._on_failed,
        )

    def _on_begun_elsewhere(self, summarised: Conversation, begun: Conversation) -> None:
        self._set_busy(False)
        self.gone_on_elsewhere.emit(summarised, begun.id)

    def _continued(self, title: str) -> str:
        return self.tr("{title} (continued)").format(title=title)

    def _on_deleted(self, message: Message, count: int, place: int, conversation: Conversation) -> None:
        self._show(place, conversation)
        self._view.setFocus()  # There the keys of undo are heard.
        words = self.tr("Message deleted.") if count == 1 else self.tr("Messages deleted.")
        if message.is_summary:
            words = self.tr("Summary removed. The model sees the messages above again.")
        restore = partial(self._branches.restore, message)
        self._body.offer_undo(words, partial(self._run, restore, self._show))

    def _copy(self, message: Message) -> None:
        """Put the whole message on the clipboard."""
        self._runner.run(partial(_written, message), done=self._on_written)

    def _on_written(self, copied: Copied) -> None:
        put_copied(copied)
        self._body.announce(self.tr("Copied"))

    def _summarise_above(self, message: Message) -> None:
        """Have everything above a message said in short."""
        last = next((other for other in self._shown.path if other.id == message.parent_id), None)
        if last is not None:
            self._summarise_down_to(last)

    def _summarise_down_to(self, last: Message) -> None:
        if not self._is_free:
            return
        self._undo_bar.dismiss()
        self._last = partial(self._summarise_down_to, last)
        self._asking.follow(self._service.summarise(last), failed=Failed.ACTING)

    # Editing

    def _on_save_requested(self, edit: Edit, text: str) -> None:
        message = self._message(edit.key)
        if message is None or not self._is_free:
            return
        self._undo_bar.dismiss()
        if edit.is_question:
            self._last = partial(self._on_save_requested, edit, text)
            answer = self._asking.follow(self._service.ask_edited(message, text), failed=Failed.ACTING)
            self._asked_edits[answer] = edit
        elif text == message.text:
            self._editing.close()
        else:
            self._run(partial(self._branches.edit_answer, message, text), partial(self._on_answer_edited, edit))

    def _on_answer_edited(self, edit: Edit, _place: int, conversation: Conversation) -> None:
        self._editing.saved(edit)
        self._show(_place_of_last(conversation), conversation)

    def _on_edit_cancelled(self, edit: Edit, text: str) -> None:
        if text != edit.text:
            reopen = partial(self._editing.open, edit, text=text)
            self._body.offer_undo(self.tr("Changes given up."), reopen)

    def _on_answer_began(self, answer: FollowedAnswer) -> None:
        edit = self._asked_edits.pop(answer, None)
        if edit is not None:
            self._editing.saved(edit)
        if answer.conversation_id == self._shown.id:
            self._undo_bar.dismiss()

    def _on_answer_ended(self, answer: FollowedAnswer) -> None:
        self._asked_edits.pop(answer, None)

    # Where things are

    def _message(self, key: str) -> Message | None:
        """Return a message of the path in view; while another conversation is being read there is none."""
        content = self._view.content
        if not content.has(key):
            return None
        index = content.index_of(key)
        path = self._shown.path
        return path[index] if index < len(path) and path[index].id == key else None

    def _question_of(self, message: Message) -> Message | None:
        """Return a question itself, or the one that an answer belongs to."""
        if message.role is Role.PERSON:
            return message
        return next((other for other in self._shown.path if other.id == message.parent_id), None)

    def _do_nothing(self) -> None:
        return


def _place_of_last(conversation: Conversation) -> int:
    return len(conversation.messages) - 1


def _written(message: Message) -> Copied:
    """Return the markdown of a message, and what that looks like. For any thread: a long one takes several frames."""
    from phidesk.richtext.html import as_html  # noqa: PLC0415 - not needed before something is copied
    from phidesk.richtext.markdown import parse  # noqa: PLC0415 - see above

    source = text_with_files(message.text, message.files)
    looks = page_of([as_html(parse(message.text))]) if message.role is Role.MODEL else ""
    return Copied(source, source, looks)
