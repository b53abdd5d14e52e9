"""What every engine can do, and the events of an answer. Blocking; the caller decides the thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, runtime_checkable

from phidesk.core.answers import FinishReason, Timings, Usage
from phidesk.core.conversation import Role
from phidesk.core.errors import ModelError
from phidesk.core.generation import Parameter
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.core.tools import AnyCall, ToolDefinition, ToolFormat, ToolUse
from phidesk.engine import names

OLLAMA, BUILTIN, FROM_OLLAMA = names.OLLAMA, names.BUILTIN, names.FROM_OLLAMA
UNKNOWN_HOLDER = "?"
"""A process of another person holds the port: the system does not tell us its name."""
MOST_CALL_TOKENS = 2048
"""Of an answer that must be a call: a small model held to a grammar may never end a text."""
MOST_FIRST_CALL_TOKENS = 256
"""Of one by a model that calls only when it must: a rambling one keeps people waiting (60 ms each on two cores)."""


class EngineStatus(Enum):
    """What can be said about an engine without asking it for an answer."""

    ABSENT = "absent"
    STARTING = "starting"
    READY = "ready"
    UNREACHABLE = "unreachable"
    FORBIDDEN = "forbidden"
    NOT_AN_ENGINE = "not_an_engine"


@dataclass(frozen=True)
class EngineState:
    """A status with its facts. `detail` is technical text, not a sentence for people."""

    status: EngineStatus
    version: str = ""
    address: str = ""
    detail: str = ""
    has_exact_figures: bool = True
    """Whether its token counts are exact; an older Ollama's are estimates."""
    is_ours: bool = False
    """Whether we started it, and stop it when the program ends."""
    port_holder: str = ""
    """The program that holds its usual port, so that it had to take another one; UNKNOWN_HOLDER has no name for us."""

    @property
    def is_ready(self) -> bool:
        """Whether questions can be asked."""
        return self.status is EngineStatus.READY


@dataclass(frozen=True)
class PromptMessage:
    """One message as it is sent: speaker and text, and the tools that the model used after it, with their results."""

    role: Role
    text: str
    tool_uses: tuple[ToolUse, ...] = ()


@dataclass(frozen=True)
class AnswerRequest:
    """Everything that one answer needs; engines read nothing else.

    The last message is the person's, or the model's own unfinished text (a prefill): then the model goes
    on where the text ends and only the new text comes back. Behind results of tools it begins anew.
    `answer_limit_tokens` None means: as much as the window holds. Other parameters that are None or empty
    are not sent: the model's own defaults.
    """

    model: ModelInfo
    messages: tuple[PromptMessage, ...]
    instructions: str = ""
    window_tokens: int = 8192
    answer_limit_tokens: int | None = None
    temperature: float | None = None
    seed: int | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    stop_strings: tuple[str, ...] = ()
    answer_schema: str = ""
    """A JSON schema without faults (core/generation.py), or empty."""
    tools: tuple[ToolDefinition, ...] = ()
    """Offered in the way of the model (`ModelInfo.tool_format`); by GRAMMAR only where it `must_call` one."""
    must_call: bool = False
    """The answer is to be one call of an offered tool: engines hold the model to the tools' schemas."""

    @property
    def told_tools(self) -> tuple[ToolDefinition, ...]:
        """Those of the tools that the model is told of."""
        tool_format = self.model.tool_format
        is_told = tool_format.calls_by_itself or (tool_format is ToolFormat.GRAMMAR and self.must_call)
        return self.tools if is_told else ()

    @property
    def native_tools(self) -> tuple[ToolDefinition, ...]:
        """Those that go into the fields of the protocol."""
        return self.told_tools if self.model.tool_format is ToolFormat.NATIVE else ()

    @property
    def is_unfinished(self) -> bool:
        """Whether the last message is the model's own, which it is to go on with."""
        last = self.messages[-1] if self.messages else None
        return last is not None and last.role is Role.MODEL and not last.tool_uses

    @property
    def told_names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(tool.name for tool in self.told_tools)

    @property
    def most_answer_tokens(self) -> int:
        """The limit that is sent: engines get a number in every request, never "unlimited"."""
        most = max(1, self.answer_limit_tokens or self.window_tokens)
        if not self.must_call:
            return most
        return min(most, MOST_CALL_TOKENS if self.model.tool_format.calls_by_itself else MOST_FIRST_CALL_TOKENS)


@dataclass(frozen=True)
class TokenCount:
    """What a prompt takes of the window. An estimate is right within a few per cent for text, less for code."""

    tokens: int
    is_exact: bool


class WaitReason(Enum):
    """Why nothing comes yet."""

    STARTING = "starting"
    """The engine itself is starting; nothing was sent yet."""
    SENT = "sent"
    QUEUED = "queued"


@dataclass(frozen=True)
class Waiting:
    """The request is with the engine and nothing else is known."""

    reason: WaitReason = WaitReason.SENT
    engine: str = ""
    """Who is starting; whom a question was sent to is known without it."""


@dataclass(frozen=True)
class Loading:
    """The engine is starting, or loading the model."""


@dataclass(frozen=True)
class Reading:
    """The engine reads the prompt: tokens done of total, 0 where the engine does not say."""

    done_tokens: int = 0
    total_tokens: int = 0


@dataclass(frozen=True)
class ThinkingDelta:
    """More of what a reasoning model thinks."""

    text: str


@dataclass(frozen=True)
class TextDelta:
    """More of the answer."""

    text: str


@dataclass(frozen=True)
class Calling:
    """The model is writing what may be a call: of that nothing comes before it is whole."""


@dataclass(frozen=True)
class Finished:
    """The last event of an answer that did not fail. `window_tokens` is what the engine allocated, if it said so."""

    reason: FinishReason
    usage: Usage = field(default=Usage())
    timings: Timings = field(default=Timings())
    window_tokens: int | None = None


AnswerEvent = Waiting | Loading | Reading | ThinkingDelta | TextDelta | Calling | AnyCall | Finished
"""A call comes whole; no part of it comes as text. An answer with calls ends with `FinishReason.TOOL_CALLS`."""


class Engine(Protocol):
    """Runs models. Every method may block and raises only `PhiDeskError`, or `Cancelled` where told to stop."""

    @property
    def name(self) -> str:
        """OLLAMA, BUILTIN, or the address of a server."""

    @property
    def parameters(self) -> frozenset[Parameter]:
        """Which it obeys; no others are sent to it. Of a server they are known after its first list of models."""

    def state(self) -> EngineState:
        """Look whether the engine is there; never raises for an absent one, answers within seconds."""

    def prepare(self) -> None:
        """Begin whatever must run before questions can be asked, because one will come. Returns at once."""

    def models(self, cancel: Cancellation | None = None) -> list[ModelInfo]:
        """List installed models, the most recently changed first.

        Raises:
            Cancelled: `cancel` was used; at once, also while an engine says nothing.
        """

    def why_missing(self, model_name: str | None) -> ModelError:
        """Say why `models` does not list it: it is not there, or it is there and cannot be read.

        None stands for whatever model can chat.
        """

    def loaded(self, cancel: Cancellation | None = None) -> list[LoadedModel]:
        """List models in memory with what was really allocated. May take seconds while the engine is busy.

        Raises:
            Cancelled: `cancel` was used; at once, also while an engine says nothing.
        """

    def count(self, request: AnswerRequest, cancel: Cancellation | None = None) -> TokenCount:
        """Count the prompt of a request before it is sent.

        The first count for a model may take a second, further ones of the same conversation milliseconds.

        Raises:
            Cancelled: `cancel` was used.
        """

    def answer(self, request: AnswerRequest, cancel: Cancellation) -> Iterator[AnswerEvent]:
        """Stream one answer. Ends with exactly one `Finished`, or raises.

        Cancelling makes the iterator raise `Cancelled` at once, in every phase, and stops the engine too.

        Raises:
            PhiDeskError: `EngineDied` if the engine went away after the request was accepted.
            Cancelled: `cancel` was used.
        """

    def load(self, model: ModelInfo, window_tokens: int) -> None:
        """Bring the model into memory with this window, so that the first answer starts at once."""

    def unload(self, model: ModelInfo) -> None:
        """Free the model's memory. Doing it twice is no error."""

    def close(self) -> None:
        """Give back connections and children. The engine is not used afterwards."""


@runtime_checkable
class KeepsLog(Protocol):
    """An engine whose process may be ours, and whose words are kept."""

    @property
    def log_lines(self) -> list[str]:
        """The newest lines that its process wrote, from old to new; empty where the process is not ours."""
