"""Tools as a model is told of them, its calls, and what a call is going to do: the same values for every engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any


class ToolFormat(Enum):
    """In which way a model is told of tools and calls them: a property of the model."""

    PHI4_MINI = "phi4_mini"
    """In its own format; we render the prompt and read the calls."""
    NATIVE = "native"
    """Through the fields for tools of the engine's protocol."""
    GRAMMAR = "grammar"
    """It was not trained for tools. It is told of them only where it must call one, and a grammar holds it to that."""
    NONE = "none"
    """No conversation with it is possible."""

    @property
    def calls_by_itself(self) -> bool:
        """Whether the model decides when to call a tool, so that tools may stand in every question."""
        return self in {ToolFormat.PHI4_MINI, ToolFormat.NATIVE}


@dataclass(frozen=True)
class ToolDefinition:
    """What a model is told of a tool. `parameters` is the JSON Schema of its arguments, as text."""

    name: str
    description: str
    parameters: str = "{}"


@dataclass(frozen=True)
class ToolCall:
    """A call that a model wrote. Nothing has looked yet whether there is such a tool, and whether it takes them."""

    name: str
    arguments: str = "{}"
    """The text of a JSON object, to the letter what the model wrote where that was JSON."""


@dataclass(frozen=True)
class BrokenCall:
    """What was meant as a call, but cannot be read: the text as the model wrote it.

    Empty where the engine swallowed it: Ollama shows nothing of a call that it cannot read.
    """

    text: str


AnyCall = ToolCall | BrokenCall


@dataclass(frozen=True)
class ToolUse:
    """A call with its result, JSON or any other text."""

    call: ToolCall
    result: str


class ToolOutcome(StrEnum):
    """How a call ended. The values are stored."""

    DONE = "done"
    FAILED = "failed"
    """The tool ran and says what went wrong, or did not take the arguments."""
    REFUSED = "refused"
    """The person did not allow it."""
    SKIPPED = "skipped"
    """It was one too many: made before, or behind the last round."""
    STOPPED = "stopped"
    """The person stopped the answer, or the program ended before there was a result."""
    INVENTED = "invented"
    """No such tool was offered."""


@dataclass(frozen=True)
class ToolResult:
    """What a call gave: text for the model, JSON or not."""

    text: str
    outcome: ToolOutcome = ToolOutcome.DONE


class Risk(Enum):
    """What a call may do to the person's computer; it decides who is asked, and how often."""

    HARMLESS = "harmless"
    """Nothing but its result: runs."""
    READING = "reading"
    """Looks at what is the person's: asked once per place."""
    CHANGING = "changing"
    """Leaves something changed, or reaches other computers: always asked, showing what exactly will happen."""


@dataclass(frozen=True)
class Intent:
    """What one call is going to do, known before it does it."""

    risk: Risk = Risk.HARMLESS
    place: str = ""
    """The folder, the address or the program that a permission is remembered for; empty means the tool itself."""
    facts: tuple[tuple[str, str], ...] = ()
    """What the person sees before allowing it, in order: names of facts, such as "path" or "text", and their values."""
    settled: Mapping[str, Any] | None = field(default=None, compare=False)
    """The arguments with which it is run, where they say what is done more exactly: a path without links."""
    fingerprint: str = ""
    """Of what others say of the tool (a server does): what is allowed holds as long as they say the same."""
