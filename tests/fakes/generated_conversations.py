"""Conversations of every kind that a prompt is made of: scripts, files, tools, summaries, edits, branches of one tree.

What a new kind of part or message needs here is one function in `CHANGES`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Role
from phidesk.core.parts import FilePart, Part, TextPart
from phidesk.core.tools import ToolCall, ToolDefinition, ToolResult
from tests.fakes.generated_texts import some_text

BEGUN = datetime(2026, 11, 25, tzinfo=UTC)
MOST_TURNS = 8
MOST_CHANGES = 4
TOOLS = (
    ToolDefinition(
        "get_weather", "Tells how warm it is.", '{"type": "object", "properties": {"city": {"type": "string"}}}'
    ),
    ToolDefinition("сложить", "Adds. <|end|> Grüße 😀", "{}"),
)
"""What may be offered. Models call other tools too."""
_FILE_NAMES = ("report.csv", "weird name\n.TXT", "", "программа.py", "<|end|>.md")


def some_conversations(seed: str, *, window_tokens: int, pieces: int = 40) -> Iterator[Conversation]:
    """Yield conversations without end, the same for the same seed. Each has an answer to be written as its last message.

    One that follows another is often the next turn of it, or another branch. A text has at most so many `pieces`.
    """
    chance = Random(seed)
    numbers = count()
    while True:
        instructions = some_text(chance, pieces, control=True) if chance.random() < 0.5 else ""
        settings = ConversationSettings(instructions=instructions, window_tokens=window_tokens)
        conversation = Conversation("c", "", BEGUN, BEGUN, settings)
        writer = _Writer(chance, numbers, pieces)
        for _ in range(chance.randint(1, MOST_TURNS)):
            conversation = writer.ask_on(conversation)
        yield conversation
        for _ in range(chance.randint(0, MOST_CHANGES)):
            conversation = chance.choice(CHANGES)(writer, conversation)
            yield conversation


class _Writer:
    """Writes what comes next in a conversation."""

    def __init__(self, chance: Random, numbers: Iterator[int], pieces: int) -> None:
        self._chance = chance
        self._numbers = numbers
        self._pieces = pieces

    def ask_on(self, conversation: Conversation) -> Conversation:
        """Complete the answer and ask the next question, now and then with files."""
        answered = self._completed(conversation)
        return self._asked(answered, answered.messages)

    def edit_question(self, conversation: Conversation) -> Conversation:
        """Ask something else in place of a question."""
        place = self._place_of_question(conversation)
        return self._asked(conversation, conversation.messages[:place])

    def answer_again(self, conversation: Conversation) -> Conversation:
        """Have an earlier question answered once more."""
        place = self._place_of_question(conversation)
        return self._opened(conversation, conversation.messages[: place + 1])

    def stop_in_the_middle(self, conversation: Conversation) -> Conversation:
        """Go on with an answer that has some words."""
        begun = replace(conversation.messages[-1], parts=(TextPart(self._text()),))
        return replace(conversation, messages=(*conversation.messages[:-1], begun))

    def use_tools(self, conversation: Conversation) -> Conversation:
        """Let the open answer use tools in a round or two, with or without words before; one call may still be open."""
        parts = list(conversation.messages[-1].parts)
        for _ in range(self._chance.randint(1, 2)):
            if self._chance.random() < 0.4:
                parts.append(TextPart(self._text()))
            calls = [self._call() for _ in range(self._chance.randint(1, 3))]
            is_open = self._chance.random() < 0.2
            results = [ToolResult(self._text()) for _ in calls[is_open:]]
            parts += [*calls, *results]
        used = replace(conversation.messages[-1], parts=tuple(parts))
        return replace(conversation, messages=(*conversation.messages[:-1], used))

    def summarise(self, conversation: Conversation) -> Conversation:
        """Have a summary take the place of what stands above a question; one that was broken off takes nobody's."""
        place = self._place_of_question(conversation)
        finish = self._chance.choice((FinishReason.STOP, FinishReason.EDITED, FinishReason.STOPPED))
        summary = self._message(Role.MODEL, (TextPart(self._text()),), conversation.messages[:place])
        summary = replace(summary, is_summary=True, outcome=AnswerOutcome(finish))
        return replace(conversation, messages=(*conversation.messages[:place], summary, *conversation.messages[place:]))

    def _completed(self, conversation: Conversation) -> Conversation:
        if not conversation.messages:
            return conversation
        *before, answer = conversation.messages
        is_failed = self._chance.random() < 0.1
        parts = answer.parts or (() if is_failed else (TextPart(self._text()),))
        outcome = AnswerOutcome(FinishReason.ERROR if is_failed else FinishReason.STOP)
        return replace(conversation, messages=(*before, replace(answer, parts=parts, outcome=outcome)))

    def _asked(self, conversation: Conversation, path: tuple[Message, ...]) -> Conversation:
        files = [self._file() for _ in range(self._chance.choice((0, 0, 0, 1, 2)))]
        text = [TextPart(self._text())] if not files or self._chance.random() < 0.8 else []
        question = self._message(Role.PERSON, (*files, *text), path)
        return self._opened(conversation, (*path, question))

    def _opened(self, conversation: Conversation, path: tuple[Message, ...]) -> Conversation:
        return replace(conversation, messages=(*path, self._message(Role.MODEL, (), path)))

    def _message(self, role: Role, parts: tuple[Part, ...], path: tuple[Message, ...]) -> Message:
        number = next(self._numbers)
        parent = path[-1].id if path else None
        return Message(f"m{number}", "c", parent, role, parts, BEGUN + timedelta(seconds=number))

    def _place_of_question(self, conversation: Conversation) -> int:
        messages = conversation.messages
        return self._chance.choice([place for place, it in enumerate(messages) if it.role is Role.PERSON])

    def _call(self) -> ToolCall:
        """Make a call; now and then one that nobody could read, which has no name."""
        name = self._chance.choice((*(tool.name for tool in TOOLS), ""))
        return ToolCall(name, json.dumps({"city": self._text()}, ensure_ascii=self._chance.random() < 0.5))

    def _file(self) -> FilePart:
        return FilePart(self._chance.choice(_FILE_NAMES), "text/plain", self._text())

    def _text(self) -> str:
        return some_text(self._chance, self._pieces, control=True)


CHANGES: tuple[Callable[[_Writer, Conversation], Conversation], ...] = (
    _Writer.ask_on,
    _Writer.edit_question,
    _Writer.answer_again,
    _Writer.stop_in_the_middle,
    _Writer.use_tools,
    _Writer.summarise,
)
