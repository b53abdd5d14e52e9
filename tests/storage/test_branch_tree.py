"""Whatever is done to messages: every text that was ever written can be reached, except what is deleted now.

And what is shown is always a path from a root of the tree down to a leaf.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from typing_extensions import override

from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Role
from phidesk.core.parts import TextPart
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.conversations import Asked
from tests.storage.stored_machine import StoredMachine

CHOICES = st.integers(min_value=0, max_value=1_000)
DONE = AnswerOutcome(FinishReason.STOP)


class BranchTree(StoredMachine):
    """Compares what can be reached with a plain list of everything that was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: dict[str, tuple[str | None, str]] = {}
        """Parent and text of every message, by id."""
        self.conversation_of: dict[str, str] = {}
        self.deleted: list[Message] = []
        self.count = 0

    @override
    def open(self) -> None:
        super().open()
        self.branches = self.conversations.branches

    # What is known

    def text(self) -> str:
        self.count += 1
        return f"text {self.count}"

    def pick(self, choice: int) -> Conversation:
        ids = sorted(set(self.conversation_of.values()))
        return self.conversations.get(ids[choice % len(ids)]).result()

    def pick_message(self, choice: int, role: Role | None = None) -> Message | None:
        messages = [message for message in self.pick(choice).messages if role in (None, message.role)]
        return messages[choice % len(messages)] if messages else None

    def note(self, message: Message, text: str) -> None:
        self.written[message.id] = message.parent_id, text
        self.conversation_of[message.id] = message.conversation_id

    def answer(self, asked: Asked) -> None:
        text = self.text()
        self.note(asked.question, asked.question.text)
        self.note(asked.answer, text)
        writer = AnswerWriter(self.database, asked.answer)
        writer.append(text)
        writer.finish(DONE).result()

    def is_deleted(self, message_id: str | None) -> bool:
        deleted = {message.id for message in self.deleted}
        while message_id is not None:
            if message_id in deleted:
                return True
            message_id = self.written[message_id][0]
        return False

    # What a person does

    @rule()
    def begin(self) -> None:
        parts = (TextPart(self.text()),)
        self.answer(self.conversations.ask(parts, conversation_id=None, settings=ConversationSettings()).result())

    @precondition(lambda self: self.written)
    @rule(choice=CHOICES)
    def ask(self, choice: int) -> None:
        before = self.pick(choice)
        parts = (TextPart(self.text()),)
        self.answer(self.conversations.ask(parts, conversation_id=before.id, settings=before.settings).result())

    @precondition(lambda self: self.written)
    @rule(choice=CHOICES)
    def edit_question(self, choice: int) -> None:
        question = self.pick_message(choice, Role.PERSON)
        if question is not None:
            self.answer(self.branches.edit_question(question, self.text()).result())

    @precondition(lambda self: self.written)
    @rule(choice=CHOICES)
    def edit_answer(self, choice: int) -> None:
        answer = self.pick_message(choice, Role.MODEL)
        if answer is not None:
            text = self.text()
            edited = self.branches.edit_answer(answer, text).result().messages[-1]
            self.note(edited, text)

    @precondition(lambda self: self.written)
    @rule(choice=CHOICES)
    def answer_again(self, choice: int) -> None:
        question = self.pick_message(choice, Role.PERSON)
        if question is not None:
            self.answer(self.branches.answer_again(question).result())

    @precondition(lambda self: self.written)
    @rule(choice=CHOICES)
    def show_version(self, choice: int) -> None:
        message = self.pick_message(choice)
        if message is not None:
            number = 1 + choice % message.version_count
            place = [found.id for found in self.pick(choice).messages].index(message.id)
            shown = self.branches.show_version(message, number).result().messages[place]
            assert (shown.version, shown.version_count) == (number, message.version_count)

    @precondition(lambda self: self.written)
    @rule(choice=CHOICES)
    def fork(self, choice: int) -> None:
        message = self.pick_message(choice)
        if message is not None:
            for copy in self.branches.fork(message, "Copy").result().messages:
                self.note(copy, copy.text)

    @precondition(lambda self: self.written)
    @rule(choice=CHOICES)
    def delete(self, choice: int) -> None:
        message = self.pick_message(choice)
        if message is not None:
            self.branches.delete(message).result()
            self.deleted.append(message)

    @precondition(lambda self: self.deleted)
    @rule()
    def undo(self) -> None:
        message = self.deleted.pop()
        shown = self.branches.restore(message).result()
        if not self.is_deleted(message.id):
            assert message.id in [found.id for found in shown.messages]

    @rule()
    def close_and_open(self) -> None:
        self.database.close()
        self.open()
        assert self.conversations.end_unfinished_answers().result() == 0

    # What must hold

    @invariant()
    def everything_but_the_deleted_can_be_reached_and_looking_changes_nothing(self) -> None:
        reached: dict[str, str] = {}
        for conversation_id in set(self.conversation_of.values()):
            self.look(self.conversations.get(conversation_id).result(), 0, reached)
        expected = {id_: text for id_, (_, text) in self.written.items() if not self.is_deleted(id_)}
        assert reached == expected

    @invariant()
    def a_path_from_root_to_leaf_is_shown(self) -> None:
        parents = {parent for id_, (parent, _) in self.written.items() if not self.is_deleted(id_)}
        for conversation_id in set(self.conversation_of.values()):
            path = self.conversations.get(conversation_id).result().messages
            assert [message.parent_id for message in path] == [None, *(message.id for message in path)][: len(path)]
            assert not path or path[-1].id not in parents

    def look(self, shown: Conversation, depth: int, reached: dict[str, str]) -> None:
        """Go through every version below a depth, and back again."""
        for place, message in enumerate(shown.messages[depth:], start=depth):
            reached[message.id] = message.text
            for number in range(1, message.version_count + 1):
                if number != message.version:
                    other = self.branches.show_version(message, number).result()
                    if other.messages[place].id not in reached:
                        self.look(other, place, reached)
                    assert self.branches.show_version(other.messages[place], message.version).result() == shown


TestBranchTree = BranchTree.TestCase
TestBranchTree.settings = settings(max_examples=25, stateful_step_count=30)
