"""The conversation in view: what is known of it here, read from disk, and its settings, saved when they change."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from phidesk.core.answers import Gauge
from phidesk.core.conversation import Conversation, ConversationSettings, Message
from phidesk.core.tasks import TaskRunner
from phidesk.storage.conversations import Conversations


class ShownConversation(QObject):
    """Knows which conversation is in view, and announces what changes of it. Draws nothing.

    Reading takes milliseconds, during which `is_being_read` and its own settings are not known yet.
    """

    current_changed = Signal(object)
    """Another conversation is in view. Carries its id, None before the first message."""
    title_changed = Signal(str)
    """Carries the title, empty before the first message."""
    settings_changed = Signal(object)
    """Carries the `ConversationSettings`."""
    gauge_changed = Signal(object, bool)
    """Carries the `Gauge` or None, and whether it is from an earlier answer than the last."""
    was_read = Signal()
    """Everything about it is known now."""
    reading_failed = Signal(object)
    """Carries the exception."""
    saving_failed = Signal(object)
    """Settings were not saved; they are still here. Carries the exception."""

    def __init__(self, conversations: Conversations, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.id: str | None = None
        """None before its first message."""
        self.title = ""
        self.settings = ConversationSettings()
        self.gauge: Gauge | None = None
        self._is_last_known = False
        self.path: tuple[Message, ...] = ()
        """Its messages, from the first to the last."""
        self.is_being_read = False
        self._conversations = conversations
        self._runner = runner
        self._gauges_of_this_run: dict[str, Gauge] = {}
        self._reading = 0
        """Number of the newest reading: what an older one brings is dropped."""

    def go_to(self, conversation_id: str | None) -> None:
        """Let this one be in view from now on; None for one that is not begun yet. What is known follows."""
        self._reading += 1
        self.is_being_read = False
        self.id = conversation_id
        self.current_changed.emit(conversation_id)

    def read(self) -> None:
        """Read it from disk, once more if it was read already. It must be begun."""
        if self.id is None:
            return
        self._reading += 1
        self.is_being_read = True
        self._runner.watch(
            self._conversations.get(self.id),
            done=partial(self._on_read, self._reading),
            failed=partial(self._on_reading_failed, self._reading),
        )

    def clear(self, settings: ConversationSettings) -> None:
        """Know nothing of it but these settings."""
        self.path = ()
        self.set_title("")
        self._set_settings(settings)
        self._set_gauge(None)

    def begin(self, conversation: Conversation) -> None:
        """Take the id and title that it has on disk now; what was changed while it was being saved is saved too."""
        self.id = conversation.id
        self.set_title(conversation.title)
        if self.settings != conversation.settings:
            self.change_settings(self.settings)
        self.current_changed.emit(conversation.id)

    def set_title(self, title: str) -> None:
        """Let this be its title; not saved."""
        self.title = title
        self.title_changed.emit(title)

    def change_settings(self, settings: ConversationSettings) -> None:
        """Let the next answers be made so. Ignored while it is being read."""
        if self.is_being_read:
            return
        self._set_settings(settings)
        if self.id is not None:
            self._runner.watch(self._conversations.change_settings(self.id, settings), failed=self.saving_failed.emit)

    def show_branch(self, conversation: Conversation) -> None:
        """Take another path through the conversation in view, read by whoever changed it."""
        self.path = conversation.messages
        self._show_gauge_of(conversation)

    def keep_gauge(self, conversation_id: str, gauge: Gauge) -> None:
        """Remember what an answer of this run left, in view or not; an engine that counted nothing leaves nothing."""
        if gauge.consumed_tokens is not None:
            self._gauges_of_this_run[conversation_id] = gauge

    def take_gauge(self, gauge: Gauge) -> None:
        """Let this be what the last answer left; of one that nobody counted, the gauge before is the last known."""
        if gauge.consumed_tokens is not None:
            self._set_gauge(gauge)
        else:
            self._set_gauge(self.gauge, is_last_known=True)

    def tell_changed_window(self, window_tokens: int | None) -> None:
        """Let the gauge say with which window others had the model loaded since; None where they did not."""
        if self.gauge is not None and self.gauge.window_tokens and self.gauge.changed_window_tokens != window_tokens:
            gauge = replace(self.gauge, changed_window_tokens=window_tokens)
            self._set_gauge(gauge, is_last_known=self._is_last_known)

    def _on_read(self, reading: int, conversation: Conversation) -> None:
        if reading != self._reading:
            return
        self.is_being_read = False
        self.path = conversation.messages
        self.set_title(conversation.title)
        self._set_settings(conversation.settings)
        self._show_gauge_of(conversation)
        self.was_read.emit()

    def _show_gauge_of(self, conversation: Conversation) -> None:
        """Show what the last answer of its path left: known if it is that of this run, else last known."""
        gauge = conversation.last_known_gauge
        self._set_gauge(gauge, is_last_known=gauge != self._gauges_of_this_run.get(conversation.id))

    def _on_reading_failed(self, reading: int, error: Exception) -> None:
        if reading != self._reading:
            return
        self.is_being_read = False
        self.clear(ConversationSettings())
        self.reading_failed.emit(error)

    def _set_settings(self, settings: ConversationSettings) -> None:
        self.settings = settings
        self.settings_changed.emit(settings)

    def _set_gauge(self, gauge: Gauge | None, *, is_last_known: bool = False) -> None:
        self.gauge = gauge
        self._is_last_known = is_last_known
        self.gauge_changed.emit(gauge, is_last_known)
