"""Whatever is asked, said, ended, gone on with or cut off: the tree is whole and every word is there."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import ConversationSettings, Role
from phidesk.core.parts import TextPart, ThinkingPart
from phidesk.storage.answer_writer import AnswerWriter
from tests.storage.stored_machine import StoredMachine

TEXTS = st.text(max_size=20)
CHOICES = st.integers(min_value=0, max_value=1_000)
STOPPED = AnswerOutcome(FinishReason.STOPPED)
ENDED_EARLY = AnswerOutcome(FinishReason.ENDED_EARLY)


class ConversationTree(StoredMachine):
    """Compares the stored conversations with plain lists of what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, list[str]] = {}
        self.thought: dict[str, list[str]] = {}
        self.outcomes: dict[str, list[AnswerOutcome | None]] = {}
        self.writers: dict[str, AnswerWriter] = {}

    def writing(self, choice: int) -> str:
        return sorted(self.writers)[choice % len(self.writers)]

    def idle(self, choice: int) -> str:
        idle = sorted(set(self.said) - set(self.writers))
        return idle[choice % len(idle)]

    @property
    def is_any_idle(self) -> bool:
        return len(self.said) > len(self.writers)

    def ask(self, conversation_id: str | None, text: str) -> None:
        future = self.conversations.ask(
            (TextPart(text),), conversation_id=conversation_id, settings=ConversationSettings()
        )
        asked = future.result()
        said = self.said.setdefault(asked.conversation.id, [])
        said += [text, ""]
        self.thought.setdefault(asked.conversation.id, []).append("")
        self.outcomes.setdefault(asked.conversation.id, []).append(None)
        self.writers[asked.conversation.id] = AnswerWriter(self.database, asked.answer)
        assert [message.text for message in asked.conversation.messages] == said

    @rule(text=TEXTS)
    def ask_in_a_new_conversation(self, text: str) -> None:
        self.ask(None, text)

    @precondition(lambda self: self.is_any_idle)
    @rule(choice=CHOICES, text=TEXTS)
    def ask_again(self, choice: int, text: str) -> None:
        self.ask(self.idle(choice), text)

    @precondition(lambda self: self.writers)
    @rule(choice=CHOICES, text=TEXTS)
    def say(self, choice: int, text: str) -> None:
        conversation_id = self.writing(choice)
        self.writers[conversation_id].append(text)
        self.said[conversation_id][-1] += text

    @precondition(lambda self: self.writers)
    @rule(choice=CHOICES, text=TEXTS)
    def think(self, choice: int, text: str) -> None:
        conversation_id = self.writing(choice)
        self.writers[conversation_id].append_thinking(text)
        self.thought[conversation_id][-1] += text

    @precondition(lambda self: self.writers)
    @rule(choice=CHOICES)
    def stop(self, choice: int) -> None:
        conversation_id = self.writing(choice)
        self.writers.pop(conversation_id).finish(STOPPED).result()
        self.outcomes[conversation_id][-1] = STOPPED

    @precondition(lambda self: self.is_any_idle)
    @rule(choice=CHOICES)
    def go_on(self, choice: int) -> None:
        conversation_id = self.idle(choice)
        asked = self.conversations.reopen_answer(conversation_id).result()
        assert asked.answer.text == self.said[conversation_id][-1]
        self.writers[conversation_id] = AnswerWriter(self.database, asked.answer)
        self.outcomes[conversation_id][-1] = None

    @rule()
    def close_and_open(self) -> None:
        """What was being written ends early, as after a kill."""
        self.database.close()
        self.open()
        count = self.conversations.end_unfinished_answers().result()
        assert count == len(self.writers)
        for conversation_id in self.writers:
            self.outcomes[conversation_id][-1] = ENDED_EARLY
        self.writers.clear()

    @invariant()
    def every_word_is_there(self) -> None:
        for conversation_id, said in self.said.items():
            messages = self.conversations.get(conversation_id).result().messages
            answers = messages[1::2]
            assert [message.text for message in messages] == said
            assert [_thought(message.parts) for message in answers] == self.thought[conversation_id]
            assert [message.outcome for message in answers] == self.outcomes[conversation_id]

    @invariant()
    def each_message_stands_below_the_one_before(self) -> None:
        for conversation_id in self.said:
            messages = self.conversations.get(conversation_id).result().messages
            parents = [None, *(message.id for message in messages)]
            assert [message.parent_id for message in messages] == parents[:-1]
            assert {message.role for message in messages[::2]} == {Role.PERSON}
            assert {message.role for message in messages[1::2]} == {Role.MODEL}

    @invariant()
    def every_conversation_is_listed_once(self) -> None:
        listed = [summary.id for summary in self.conversations.list().result()]
        assert sorted(listed) == sorted(self.said)


def _thought(parts: tuple[object, ...]) -> str:
    return "".join(part.text for part in parts if isinstance(part, ThinkingPart))


TestConversationTree = ConversationTree.TestCase
TestConversationTree.settings = settings(max_examples=20, stateful_step_count=25)
