"""The middle of the window: one conversation, or the beginning of one. Here the main job runs.

What is shown and what is written are two things: every answer is followed to its end (`answer_follower`), and the
page shows the one that belongs to the conversation in view. All of it happens on the main thread; answers are made
elsewhere and events wait until they are taken, so a conversation read from disk and the events after it never overlap.

Its parts: `conversation_front` the widgets that are seen at first, `conversation_body` all of them,
`shown_conversation` what is in view, `shown_answer` what is being written in it, `asking` from a question to the end
of its answer, `draft_keeper` what is typed, `edit_keeper` what is typed over messages, `attaching` the files that go
along, `queue_keeper` what waits to be sent, `mending` what went wrong, `acting` what is done to messages,
`message_controls` the ways to do it, `message_reading` one message by itself, `file_reading` one file, `detailing`
what is known of a message, `finding`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QWidget
from typing_extensions import override

from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.service import ChatService
from phidesk.core.answers import Gauge
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Overflow, Role, newest_gauges
from phidesk.core.drafts import NOTHING, Draft
from phidesk.core.model_info import ModelInfo
from phidesk.core.prompts import Prompt
from phidesk.core.tasks import TaskRunner
from phidesk.storage.conversations import Conversations
from phidesk.ui.chat.acting import Acting
from phidesk.ui.chat.answer_follower import SILENCE_S, AnswerFollower, FollowedAnswer
from phidesk.ui.chat.asking import Asking
from phidesk.ui.chat.attaching import Attaching
from phidesk.ui.chat.attachment_reader import AttachmentReader
from phidesk.ui.chat.calculator_standby import CalculatorStandby
from phidesk.ui.chat.conversation_body import ConversationBody
from phidesk.ui.chat.conversation_header import ModelWish
from phidesk.ui.chat.detailing import Detailing
from phidesk.ui.chat.draft_keeper import DraftKeeper
from phidesk.ui.chat.drop_sheet import DropSheet
from phidesk.ui.chat.edit_keeper import EditKeeper
from phidesk.ui.chat.file_reading import FileReading
from phidesk.ui.chat.finding import Finding
from phidesk.ui.chat.mending import Failed, Mending
from phidesk.ui.chat.message_controls import MessageControls
from phidesk.ui.chat.message_reading import MessageReading
from phidesk.ui.chat.prompt_meter import PromptMeter
from phidesk.ui.chat.queue_keeper import QueueKeeper
from phidesk.ui.chat.shown_answer import ShownAnswer
from phidesk.ui.chat.shown_conversation import ShownConversation
from phidesk.ui.chat.tool_asking import ToolAsking
from phidesk.ui.chat.transcript_frame import conversation_of_card
from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace
from phidesk.ui.shortcuts import Shortcut
from phidesk.ui.theme.theme import Theme


class ConversationPage(QWidget):
    """Goes from one conversation to another and joins the parts. The window tells it which one, and listens."""

    current_changed = Signal(object)
    """Another conversation is shown. Carries its id, None before the first message."""
    conversation_started = Signal(str)
    """A new conversation is on disk, shown or not. Carries its id."""
    title_changed = Signal(str)
    """Carries the title of what is shown, empty before the first message."""
    settings_changed = Signal(object)
    """Carries the `ConversationSettings` of what is shown."""
    price_wanted = Signal(int)
    """A window of so many tokens is offered; what that does is told to `tell_price`."""
    gauge_changed = Signal(object, bool)
    """Carries the `Gauge` of what is shown or None, and whether it is from an earlier answer than the last."""
    forecast_changed = Signal(object)
    """Carries the `PromptForecast` of the next question, typed or not; None while nobody counts it."""
    answer_ended = Signal(str)
    """Of a conversation on disk, in view or not. Carries its id."""
    writing_changed = Signal(object)
    """Carries the ids of all conversations that are being answered, a frozenset."""
    details_requested = Signal()
    """The person wants to see everything about this conversation."""
    models_requested = Signal()
    """The person wants to get a model."""
    key_requested = Signal(str)
    """The person wants to enter the key of a server. Carries its address."""
    reading_aloud_switched = Signal(bool)
    """Screen readers are told answers while they are written, or not any more. Carries which."""
    calculator_switched_off = Signal()
    """The calculator shall not be offered any more."""
    help_requested = Signal()
    """The person wants to see all keys."""
    quit_requested = Signal()
    """The person wants to close the program, because nothing can be mended from inside."""

    def __init__(
        self,
        body: ConversationBody,
        *,
        service: ChatService,
        conversations: Conversations,
        runner: TaskRunner,
        theme: Theme,
        silence_s: float = SILENCE_S,
        parent: QWidget | None = None,
    ) -> None:
        """What `body` has becomes a part of the page.

        `silence_s` is how long nothing may come in the middle of an answer before the person is asked.
        """
        super().__init__(parent)
        self._service = service
        self._report = EngineReport()
        self._body = body
        self._composer = self._body.composer
        self._shown = ShownConversation(conversations, runner, self)
        self._mending = Mending(self._body, self._shown, self)
        self._follower = AnswerFollower(self, silence_s=silence_s)
        self._writing = ShownAnswer(self._body, self._shown, self._mending, self._follower, self)
        self._tool_asking = ToolAsking(self._body.tool_question, self._follower, self._writing, self)
        self._drafts = DraftKeeper(self._composer, conversations, runner, self)
        self._edits = EditKeeper(
            self._body.editing, conversations.unsaved_edits, shown=self._shown, runner=runner, parent=self
        )
        self._queue = QueueKeeper(
            self._body.queue, conversations.queue, drafts=self._drafts, runner=runner, parent=self
        )
        self._attaching = Attaching(
            self._composer, AttachmentReader(runner, self), drafts=self._drafts, shown=self._shown, parent=self
        )
        self._meter = PromptMeter(service, composer=self._composer, shown=self._shown, runner=runner, parent=self)
        self._finding = Finding(self._body.find_bar, self._body.transcript.view, runner, self)
        self._drop_sheet = DropSheet(theme, self)
        self._standby = CalculatorStandby(
            self._body.standby, composer=self._composer, shown=self._shown, runner=runner, parent=self
        )
        self._asking = Asking(
            service,
            conversations,
            runner,
            composer=self._composer,
            drafts=self._drafts,
            queue=self._queue,
            shown=self._shown,
            mending=self._mending,
            follower=self._follower,
            writing=self._writing,
            parent=self,
        )
        self._acting = Acting(
            service,
            conversations.branches,
            runner,
            body=self._body,
            shown=self._shown,
            mending=self._mending,
            follower=self._follower,
            asking=self._asking,
            parent=self,
        )
        self._message_controls = MessageControls(self._acting, self._body, self._shown, self._writing, self)
        self._lay_out()
        self._file_reading = FileReading(
            self._composer,
            self._body.transcript.view,
            shown=self._shown,
            writing=self._writing,
            layers=self._layers,
            theme=theme,
            parent=self,
        )
        self._reading = MessageReading(self._body.transcript.view, layers=self._layers, theme=theme, parent=self)
        self._detailing = Detailing(
            service,
            runner,
            shown=self._shown,
            transcript=self._body.transcript.view,
            layers=self._layers,
            theme=theme,
            parent=self,
        )
        self._connect()
        self._open_first()

    # What is shown

    @property
    def current_id(self) -> str | None:
        """The conversation that is shown; None before its first message."""
        return self._shown.id

    @property
    def title(self) -> str:
        """Its title; empty before its first message."""
        return self._shown.title

    @property
    def settings(self) -> ConversationSettings:
        """Its settings; before the first message those that it will begin with."""
        return self._shown.settings

    @property
    def gauge(self) -> Gauge | None:
        """What its last answer left it consuming."""
        return self._shown.gauge

    def newest_gauges(self, count: int) -> tuple[Gauge, ...]:
        """Return what the newest answers of the path in view left, the oldest first."""
        return newest_gauges(self._shown.path, count)

    def tell_price(self, window_tokens: int, words: str) -> None:
        """Say what a larger window does to memory and speed, if it is still offered."""
        self._mending.tell_price(window_tokens, words)

    @property
    def writing_ids(self) -> frozenset[str]:
        """All conversations that are being answered."""
        return self._follower.writing_ids

    def show_conversation(self, conversation_id: str | None) -> None:
        """Show a conversation, None begins a new one. Answers that are being written go on."""
        if conversation_id is not None and conversation_id == self._shown.id:
            return
        self._leave(conversation_id)
        if conversation_id is None:
            self._show_new(ConversationSettings())
        else:
            self._read()

    def show_title(self, title: str) -> None:
        """Show the title that the conversation has now; it may have been renamed."""
        if title != self._shown.title:
            self._shown.set_title(title)

    def show_starters(self, name: str, questions: Sequence[str]) -> None:
        """Offer these questions to begin with, those of the instructions with this name; without any the usual ones."""
        self._body.new.show_starters(name, questions)

    def set_snippets(self, snippets: Sequence[Prompt], values: Mapping[str, str]) -> None:
        """Offer these behind "/" in the composer; `values` stand for their variables."""
        self._composer.set_snippets(snippets, values)

    def set_model(self, engine: str | None, model: str | None) -> None:
        """Let this model answer from the next question on; None lets PhiDesk choose."""
        self.change_settings(replace(self._shown.settings, engine=engine, model=model))

    def set_answering_model(self, model: ModelInfo | None) -> None:
        """Say who would answer the next question; what is typed is counted for it."""
        self._meter.set_model(model)
        self._detailing.set_model(model)
        self._standby.set_model(model)

    def show_report(self, report: EngineReport) -> None:
        """Say who would answer the next question, and whether others had the model loaded with another window."""
        self._report = report
        self.set_answering_model(report.model)
        self._tell_changed_window()

    def set_forecast_watched(self, is_watched: bool) -> None:
        """Count the next question also while nothing is typed, because somebody looks at what it is made of."""
        self._meter.set_watched(is_watched)

    def set_models(self, models: Mapping[str, ModelWish]) -> None:
        """Let one of these give another answer where the person wishes it; keys are names for people."""
        self._message_controls.set_models(models)

    def tell_of_model(self, name: str) -> None:
        """Offer to ask again, if it is a model that was missing."""
        self._mending.tell_of_model(name)

    def change_settings(self, settings: ConversationSettings) -> None:
        """Let the next answers be made so. Ignored while a conversation is being read: its own are not known yet."""
        self._shown.change_settings(settings)

    def set_reading_aloud(self, is_on: bool) -> None:
        """Let screen readers be told answers while they are written, or not."""
        self._body.transcript.view.announcer.is_on = is_on

    def set_offering_calculator(self, is_on: bool) -> None:
        """Let the calculator stand ready where a question has sums, or not."""
        self._standby.is_on = is_on

    def stop(self) -> None:
        """Stop the answer in view, in whatever phase it is. The text so far stays."""
        self._writing.stop()

    def stop_others(self) -> None:
        """Stop the answers of all other conversations. Their text so far stays."""
        self._follower.stop_others(self._shown.id)

    @property
    def can_summarise(self) -> bool:
        """Whether something stands above the last question that can be said in short now."""
        return self._acting.can_summarise

    def summarise(self) -> None:
        """Have what stands above the last question said in short, if that can be."""
        self._acting.summarise_above_last_question()

    def flush(self) -> None:
        """Hand what is typed and not sent to the database, and take no more of answers; for closing."""
        self._drafts.flush()
        self._edits.flush()
        self._meter.set_model(None)  # who would count may be gone before the next count is due
        self._standby.set_model(None)  # as above
        self._follower.rest()  # the end of an answer would ask a database that may be closed

    def focus_composer(self) -> None:
        """Put the cursor where the person writes."""
        self._composer.focus_input()

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Stop by Esc, find by Ctrl+F, read by F4, wherever the focus is; the composer sees the keys first."""
        if Shortcut.FIND.is_pressed(event):
            self._finding.open()
        elif Shortcut.FIND_NEXT.is_pressed(event):
            self._finding.go(1)
        elif Shortcut.FIND_PREVIOUS.is_pressed(event):
            self._finding.go(-1)
        elif Shortcut.STOP.is_pressed(event) and self._writing.answer is not None:
            self.stop()
        elif Shortcut.READ_MESSAGE.is_pressed(event) and not event.isAutoRepeat():
            self._reading.open()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        layout = QStackedLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._body.front)
        self._layers = layout
        self.setFocusProxy(self._body.front)

    def _connect(self) -> None:
        self._composer.stop_requested.connect(self.stop)
        self._body.transcript.view.card_activated.connect(self._on_card_activated)
        self._drop_sheet.files_dropped.connect(self._attaching.attach)
        self._body.new.suggestion_chosen.connect(self._on_suggestion_chosen)
        self._body.transcript.view.menu.add_source(self._help_entries)
        self._body.transcript.view.announcer.switched.connect(self.reading_aloud_switched)
        self._standby.switched_off.connect(self.calculator_switched_off)
        self._meter.typed_changed.connect(self._body.gauge_line.show_forecast)
        self._meter.forecast_changed.connect(self.forecast_changed)
        self._body.gauge_line.clicked.connect(self.details_requested)
        self._asking.conversation_started.connect(self.conversation_started)
        self._connect_shown()
        self._connect_mending()
        self._follower.answer_ended.connect(self._on_answer_ended)
        self._acting.forked.connect(self._on_forked)
        self._acting.gone_on_elsewhere.connect(self._on_gone_on_elsewhere)
        self._acting.details_requested.connect(self._detailing.open)
        self._writing.is_writing_changed.connect(self._on_is_writing_changed)
        self._follower.writing_changed.connect(self.writing_changed)
        self._drafts.failed.connect(self._mending.tell_unsaved)
        self._edits.failed.connect(self._mending.tell_unsaved)
        self._queue.failed.connect(self._mending.tell_unsaved)

    def _connect_shown(self) -> None:
        self._shown.current_changed.connect(self.current_changed)
        self._shown.title_changed.connect(self.title_changed)
        self._shown.settings_changed.connect(self._on_settings_changed)
        self._shown.gauge_changed.connect(self._on_gauge_changed)
        self._shown.gauge_changed.connect(self._tell_changed_window)
        self._shown.was_read.connect(self._on_was_read)
        self._shown.reading_failed.connect(self._on_reading_failed)
        self._shown.saving_failed.connect(self._mending.tell_unsaved)

    def _connect_mending(self) -> None:
        self._mending.again_requested.connect(self._on_again_requested)
        self._mending.another_engine_requested.connect(self._on_another_engine_requested)
        self._mending.larger_window_requested.connect(self._on_larger_window_requested)
        self._mending.price_wanted.connect(self.price_wanted)
        self._mending.summary_requested.connect(self._acting.summarise_above_last_question)
        self._mending.reading_in_parts_requested.connect(self._acting.read_last_question_in_parts)
        self._mending.documents_requested.connect(self._acting.ask_last_question_with_documents)
        self._mending.usual_requested.connect(self._on_usual_requested)
        self._mending.free_answer_requested.connect(lambda: self._asking.resume(is_free_of_schema=True))
        self._mending.let_oldest_go_requested.connect(lambda: self._asking.resume(lets_oldest_go=True))
        self._mending.continue_requested.connect(self._asking.resume)
        self._mending.linked_conversation_requested.connect(self._acting.go_on_elsewhere)
        self._mending.new_conversation_requested.connect(self._on_new_conversation_requested)
        self._mending.models_requested.connect(self.models_requested)
        self._mending.key_requested.connect(self.key_requested)
        self._mending.stop_requested.connect(self.stop)
        self._mending.wait_on_requested.connect(self._writing.wait_on)
        self._mending.quit_requested.connect(self.quit_requested)

    # Going from one conversation to another

    def _open_first(self) -> None:
        """Take the front as it is: what was typed into it already comes after what was left there."""
        typed = self._composer.draft
        self._composer.clear()
        self._drafts.open(None, followed_by=typed)
        self._shown.clear(ConversationSettings())
        self._composer.focus_input()

    def _leave(self, conversation_id: str | None, *, draft: Draft = NOTHING) -> None:
        self._layers.setCurrentWidget(self._body.front)
        self._finding.close()
        self._drafts.open(conversation_id, followed_by=draft)
        self._queue.open(conversation_id)
        self._body.undo_bar.dismiss()
        self._mending.clear()
        self._writing.set_answer(None if conversation_id is None else self._follower.running(conversation_id))
        self._shown.go_to(conversation_id)
        self._attaching.show_state()

    def _show_new(self, settings: ConversationSettings) -> None:
        self._shown.clear(settings)
        self._body.show_greeting()
        self._mending.tell_open_problem()
        self._composer.focus_input()

    def _read(self) -> None:
        """Read the conversation in view; what was in view before stays on the screen for these milliseconds."""
        self._mending.clear()
        self._shown.read()

    def _on_was_read(self) -> None:
        """Show what was read, or what is known better of an answer that is being written.

        Where that is in view already, the keyboard stays where it is: a summary may have taken minutes.
        """
        answer, view = self._writing.answer, self._body.transcript.view
        is_in_view = any(view.content.has(message.id) for message in self._shown.path[:1])
        focused = view.focused_message
        focused_key = "" if focused is None else view.content.messages[focused].key
        if answer is not None and answer.asked is not None:
            self._shown.path = answer.asked.conversation.messages
        self._body.show_transcript()
        if answer is not None:
            self._writing.show_with(self._shown.path)
        else:
            self._body.transcript.show_path(self._shown.path)
            self._body.transcript.view.set_status("")
            self._mending.tell_open_problem()
        if not is_in_view:
            self._composer.focus_input()
        elif view.content.has(focused_key):
            view.focus_message(focused_key)
        self._body.editing.reopen(self._shown.path)

    def _on_forked(self, conversation_id: str) -> None:
        self.conversation_started.emit(conversation_id)
        self.show_conversation(conversation_id)

    def _on_gone_on_elsewhere(self, summarised: Conversation, conversation_id: str) -> None:
        """Go along where the person still looks; else the question waits there."""
        draft = _unanswered(summarised.messages)
        self.conversation_started.emit(conversation_id)
        if summarised.id == self._shown.id:
            self._leave(conversation_id, draft=draft)
            self._read()
        else:
            self._drafts.give_back(conversation_id, draft)

    def _on_is_writing_changed(self) -> None:
        self._body.editing.set_possible(self._writing.answer is None)

    def _on_reading_failed(self, error: Exception) -> None:
        self._body.transcript.clear()
        self._body.show_transcript()
        self._mending.tell_error(error, Failed.READING)

    def _on_settings_changed(self, settings: ConversationSettings) -> None:
        self._body.new.show_whom(settings.engine)
        self.settings_changed.emit(settings)

    def _on_gauge_changed(self, gauge: Gauge | None, is_last_known: bool) -> None:
        self._body.gauge_line.show_gauge(gauge, last_known=is_last_known)
        self.gauge_changed.emit(gauge, is_last_known)

    def _tell_changed_window(self) -> None:
        """A report comes whenever something is loaded anew: then the next answer loads it once more."""
        if not self._shown.is_being_read:
            window_tokens = self._service.changed_window_tokens(self._shown.path, self._shown.settings, self._report)
            self._shown.tell_changed_window(window_tokens)

    def _help_entries(self, _place: MenuPlace) -> list[MenuEntry]:
        return [MenuEntry("help", self.tr("Help and keys"), self.help_requested.emit, Shortcut.HELP.sequences[0])]

    def _on_answer_ended(self, answer: FollowedAnswer) -> None:
        if answer.asked is not None:
            self.answer_ended.emit(answer.asked.conversation.id)

    def _on_suggestion_chosen(self, text: str) -> None:
        """Fill the composer; what the person typed is kept."""
        self._composer.insert_text(text)

    def _on_card_activated(self, message_id: str, card_key: str) -> None:
        linked_id = conversation_of_card(card_key)
        if linked_id is not None:
            self.show_conversation(linked_id)
        else:
            self._file_reading.open_card(message_id, card_key)

    # Mending

    def _on_again_requested(self, failed: Failed) -> None:
        match failed:
            case Failed.ANSWER:
                self._asking.resume()
            case Failed.QUESTION:
                self._asking.send_again()
            case Failed.QUEUED if self._shown.id is not None:
                self._mending.clear()
                self._queue.send_next(self._shown.id)
            case Failed.READING:
                self._read()
            case Failed.ACTING:
                self._acting.do_again()
            case Failed.SAVING:
                self._save_again()

    def _on_another_engine_requested(self, failed: Failed) -> None:
        self.set_model(None, None)
        if failed is Failed.ANSWER:
            self._asking.resume(by_another=True)
        else:
            self._on_again_requested(failed)

    def _on_usual_requested(self, overflow: Overflow) -> None:
        self.change_settings(replace(self._shown.settings, overflow=overflow))

    def _on_larger_window_requested(self, window_tokens: int) -> None:
        self.change_settings(replace(self._shown.settings, window_tokens=window_tokens))
        self._asking.resume()

    def _on_new_conversation_requested(self) -> None:
        settings, draft = self._shown.settings, _unanswered(self._shown.path)
        self._leave(None, draft=draft)
        self._show_new(settings)

    def _save_again(self) -> None:
        self._mending.clear()
        self.change_settings(self._shown.settings)
        self._drafts.flush()
        self._edits.flush()


def _unanswered(path: Sequence[Message]) -> Draft:
    """Return the last question if it got no word of an answer."""
    if path and path[-1].role is Role.MODEL and not path[-1].text:
        path = path[:-1]
    return Draft(path[-1].text, path[-1].files) if path and path[-1].role is Role.PERSON else NOTHING
