"""Conversations as values: a tree of messages with settings; one path through the tree is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice

from phidesk.core.answers import AnswerOutcome, Gauge
from phidesk.core.parts import FilePart, Part, files_of, plain_text
from phidesk.core.prompts import PromptLink
from phidesk.core.tools import ToolResult

MINIMUM_WINDOW_TOKENS = 256
DEFAULT_WINDOW_TOKENS = 8192
TITLE_LIMIT = 60
"""Characters of a title made from the first message; more is cut at a word."""


class Role(StrEnum):
    """Who speaks. Instructions are not a message: they belong to the conversation."""

    PERSON = "person"
    MODEL = "model"


@dataclass(frozen=True)
class LinkedConversation:
    """Another conversation that a summary leads to."""

    id: str
    title: str
    is_earlier: bool
    """Whether it is the one that was summarised; else it began with the summary."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of one speaker. `outcome` is None for the person, and for an answer still being written."""

    id: str
    conversation_id: str
    parent_id: str | None
    role: Role
    parts: tuple[Part, ...]
    created_at: datetime
    engine: str | None = None
    model: str | None = None
    outcome: AnswerOutcome | None = None
    is_edited: bool = False
    """Whether the person changed what the model had said; `engine` and `model` are those of what was changed."""
    version: int = 1
    """Its place among the messages that stand at the same point of the tree, from 1, in the order of their making."""
    version_count: int = 1
    is_summary: bool = False
    """Whether it says in short what stands above it: in prompts it takes the place of those messages."""

    linked: tuple[LinkedConversation, ...] = ()
    """Of a summary with which a conversation began, or of its versions: the conversations on the other side."""

    @property
    def is_standing_summary(self) -> bool:
        """Whether it is a summary that is ready to be used; one that was broken off is not."""
        return self.is_summary and bool(self.text) and self.outcome is not None and self.outcome.finish.is_usable

    @property
    def text(self) -> str:
        """What was said, without thinking and files."""
        return plain_text(self.parts)

    @property
    def files(self) -> tuple[FilePart, ...]:
        """What went along with it."""
        return files_of(self.parts)

    @property
    def has_content(self) -> bool:
        """Whether a model said anything in it, or used a tool."""
        return bool(self.text) or any(isinstance(part, ToolResult) for part in self.parts)


class Overflow(StrEnum):
    """What is done when a conversation no longer fits the window. The values are stored."""

    ASK = "ask"
    SUMMARISE = "summarise"
    """Let the model say the older part in short."""
    MORE_MEMORY = "more_memory"
    """Give the conversation the next larger window that holds it."""
    LET_OLDEST_GO = "let_oldest_go"
    """Do not send the oldest messages any more."""


@dataclass(frozen=True)
class ConversationSettings:
    """How this conversation is answered. None means: as PhiDesk decides by itself.

    `window_tokens` is what we ask for; what the engine really allocated stands in each answer's outcome.
    """

    instructions: str = ""
    engine: str | None = None
    model: str | None = None
    window_tokens: int | None = None
    answer_limit_tokens: int | None = None
    temperature: float | None = None
    seed: int | None = None
    overflow: Overflow = Overflow.ASK
    """What is done without asking when it no longer fits; where that does not help, the person is asked."""
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    stop_strings: tuple[str, ...] = ()
    """Texts at which an answer ends."""
    answer_schema: str = ""
    """The JSON schema that answers keep to, as far as it was typed; free text while it is empty or not whole."""
    tools: frozenset[str] = frozenset()
    """The ids of the tools that may be used; those that come with the program have their name as id."""
    prompt: PromptLink | None = None
    """The entry of the library that the instructions are from; None for the person's own words."""
    variables: tuple[tuple[str, str], ...] = ()
    """What stands for the variables of the instructions in this conversation, but for the date: it is that of its
    beginning. Values do not change by themselves, so that the prompt begins the same from turn to turn."""


@dataclass(frozen=True)
class AnswerWish:
    """What is wished for one answer only. None means: as the conversation is answered."""

    engine: str | None = None
    model: str | None = None
    temperature: float | None = None
    lets_oldest_go: bool = False
    is_free_of_schema: bool = False

    def applied_to(self, settings: ConversationSettings) -> ConversationSettings:
        """Return the settings for this one answer. Engine and model are wished together."""
        if self.model is not None:
            settings = replace(settings, engine=self.engine, model=self.model)
        if self.temperature is not None:
            settings = replace(settings, temperature=self.temperature)
        if self.is_free_of_schema:
            settings = replace(settings, answer_schema="")
        return replace(settings, overflow=Overflow.LET_OLDEST_GO) if self.lets_oldest_go else settings


@dataclass(frozen=True)
class Conversation:
    """One conversation with the path of messages that is shown, oldest first."""

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    settings: ConversationSettings = ConversationSettings()
    messages: tuple[Message, ...] = field(default=())

    @property
    def last_known_gauge(self) -> Gauge | None:
        """Figures of the newest answer that has any. What a summary took is not what the conversation takes."""
        for message in reversed(self.messages):
            if message.outcome and not message.is_summary and message.outcome.gauge.consumed_tokens is not None:
                return message.outcome.gauge
        return None


def newest_gauges(path: Sequence[Message], count: int) -> tuple[Gauge, ...]:
    """Return what the newest answers of a path left, the oldest first; summaries do not count, as for the last one."""
    gauges = (it.outcome.gauge for it in reversed(path) if it.outcome is not None and not it.is_summary)
    return tuple(islice(gauges, count))[::-1]


def newest_summary(path: Sequence[Message]) -> int | None:
    """Return where the summary stands from which on the model sees a path; None where it has none."""
    for message in path:  # Nearly always there is none. 100,000 messages take 1 ms, in `any` and a generator 3 ms.
        if message.is_summary:
            break
    else:
        return None
    return next((place for place in range(len(path) - 1, -1, -1) if path[place].is_standing_summary), None)


def title_of(parts: tuple[Part, ...]) -> str:
    """Make a title from the first question: what was said, else the name of a file, else what a file says."""
    named = (title_from(file.name) or title_from(file.text) for file in files_of(parts))
    return title_from(plain_text(parts)) or next(filter(None, named), "")


def title_from(text: str) -> str:
    """Make a title from a text: its first line, cut at a word where it is long."""
    line = next((stripped for raw in text.splitlines() if (stripped := " ".join(raw.split()))), "")
    if len(line) <= TITLE_LIMIT:
        return line
    cut = line[: TITLE_LIMIT - 1]
    words, _, _ = cut.rpartition(" ")
    return (words or cut) + "…"
