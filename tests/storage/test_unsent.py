"""Whatever is typed, queued, asked and taken back, in whatever order and through restarts: no word is lost or doubled."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from typing_extensions import override

from phidesk.core.conversation import ConversationSettings
from phidesk.core.drafts import Draft, QueuedMessage
from phidesk.core.parts import FilePart, Part
from phidesk.storage.message_queue import MessageQueue
from tests.storage.stored_machine import StoredMachine

SETTINGS = ConversationSettings()
FILES = st.builds(FilePart, st.text(max_size=5), st.just("text/plain"), st.text(max_size=20), st.booleans())
DRAFTS = st.builds(Draft, st.text(max_size=20), st.tuples() | st.tuples(FILES) | st.tuples(FILES, FILES))
CHOICES = st.integers(min_value=0, max_value=1_000)


class UnsentMessages(StoredMachine):
    """Compares what is stored with plain lists."""

    def __init__(self) -> None:
        super().__init__()
        self.drafts: dict[str | None, Draft] = {None: Draft()}
        self.queues: dict[str, list[QueuedMessage]] = {}
        self.asked: dict[str, list[tuple[Part, ...]]] = {}

    @override
    def open(self) -> None:
        super().open()
        self.queue = MessageQueue(self.database)

    def chosen(self, choice: int) -> str:
        return sorted(self.asked)[choice % len(self.asked)]

    @property
    def is_any_begun(self) -> bool:
        return bool(self.asked)

    @property
    def is_any_queued(self) -> bool:
        return any(self.queues.values())

    def first_queued(self, choice: int) -> tuple[str, QueuedMessage]:
        waiting = sorted(conversation_id for conversation_id, queue in self.queues.items() if queue)
        conversation_id = waiting[choice % len(waiting)]
        return conversation_id, self.queues[conversation_id].pop(0)

    def ask(self, conversation_id: str | None, draft: Draft, queued_id: int | None = None) -> str:
        asked = self.conversations.ask(
            draft.parts, conversation_id=conversation_id, settings=SETTINGS, queued_id=queued_id
        ).result()
        self.asked.setdefault(asked.conversation.id, []).append(draft.parts)
        return asked.conversation.id

    @rule(draft=DRAFTS)
    def begin(self, draft: Draft) -> None:
        conversation_id = self.ask(None, draft)
        self.drafts |= {None: Draft(), conversation_id: Draft()}
        self.queues[conversation_id] = []

    @rule(draft=DRAFTS)
    def type_before_there_is_a_conversation(self, draft: Draft) -> None:
        self.conversations.save_draft(None, draft.text, draft.files).result()
        self.drafts[None] = draft

    @precondition(lambda self: self.is_any_begun)
    @rule(choice=CHOICES, draft=DRAFTS)
    def type(self, choice: int, draft: Draft) -> None:
        conversation_id = self.chosen(choice)
        self.conversations.save_draft(conversation_id, draft.text, draft.files).result()
        self.drafts[conversation_id] = draft

    @precondition(lambda self: self.is_any_begun)
    @rule(choice=CHOICES, text=st.text(max_size=20))
    def type_on(self, choice: int, text: str) -> None:
        conversation_id = self.chosen(choice)
        self.conversations.save_draft(conversation_id, text).result()
        self.drafts[conversation_id] = Draft(text, self.drafts[conversation_id].files)

    @precondition(lambda self: self.is_any_begun)
    @rule(choice=CHOICES)
    def ask_the_draft(self, choice: int) -> None:
        conversation_id = self.chosen(choice)
        self.ask(conversation_id, self.drafts[conversation_id])
        self.drafts[conversation_id] = Draft()

    @precondition(lambda self: self.is_any_begun)
    @rule(choice=CHOICES)
    def queue_the_draft(self, choice: int) -> None:
        conversation_id = self.chosen(choice)
        queued = self.queue.add(conversation_id, self.drafts[conversation_id]).result()
        assert queued.draft == self.drafts[conversation_id]
        self.queues[conversation_id].append(queued)
        self.drafts[conversation_id] = Draft()

    @precondition(lambda self: self.is_any_queued)
    @rule(choice=CHOICES)
    def ask_what_is_next(self, choice: int) -> None:
        conversation_id, queued = self.first_queued(choice)
        self.ask(conversation_id, queued.draft, queued.id)

    @precondition(lambda self: self.is_any_queued)
    @rule(choice=CHOICES)
    def take_back(self, choice: int) -> None:
        conversation_id, queued = self.first_queued(choice)
        draft = queued.draft.followed_by(self.drafts[conversation_id])
        self.conversations.save_draft(conversation_id, draft.text, draft.files).result()
        self.queue.remove(queued.id).result()
        self.drafts[conversation_id] = draft

    @rule()
    def restart(self) -> None:
        self.database.close()
        self.open()

    @invariant()
    def everything_is_where_it_was_left(self) -> None:
        for conversation_id, draft in self.drafts.items():
            assert self.conversations.draft(conversation_id).result() == draft
        for conversation_id, queue in self.queues.items():
            assert self.queue.list(conversation_id).result() == tuple(queue)
        for conversation_id, asked in self.asked.items():
            messages = self.conversations.get(conversation_id).result().messages
            assert [message.parts for message in messages[::2]] == asked


TestUnsentMessages = UnsentMessages.TestCase
TestUnsentMessages.settings = settings(max_examples=30, stateful_step_count=30)
