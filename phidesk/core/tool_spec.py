"""Tools as people define them: what the model is told, and what a call does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from phidesk.core.tool_schema import NO_INPUTS, write_schema
from phidesk.core.tools import ToolDefinition

PROGRAM_TIME_LIMIT_S = 30.0
"""How long a program of the person may take, unless the person says otherwise: nobody waits longer for an answer."""


@dataclass(frozen=True)
class BuiltinAction:
    """A function that comes with the program, by its name."""

    name: str


@dataclass(frozen=True)
class TemplateAction:
    """A text with `{name}` where the value of an input goes."""

    text: str


@dataclass(frozen=True)
class ProgramAction:
    """A program of the person: arguments as JSON on its standard input, the result on its standard output.

    `command` is the program and its arguments, never a line for a shell; `folder` is where it runs, empty for one of
    its own. It reads what is there, and with `may_write` changes it.
    """

    command: tuple[str, ...]
    folder: str = ""
    time_limit_s: float = PROGRAM_TIME_LIMIT_S
    may_write: bool = False


@dataclass(frozen=True)
class AddressAction:
    """An address of HTTP. GET puts the arguments behind the address, POST sends them as JSON."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class AskAction:
    """The person is asked and types the result. `question` may have `{name}` in it, as a template has."""

    question: str = ""


ToolAction = BuiltinAction | TemplateAction | ProgramAction | AddressAction | AskAction


@dataclass(frozen=True)
class ToolSpec:
    """A tool of the person. `parameters` is the JSON Schema of its inputs, as text; `icon` may name a picture."""

    id: str
    name: str
    description: str
    does: ToolAction
    parameters: str = write_schema(NO_INPUTS)
    icon: str = ""
    is_enabled: bool = True

    @property
    def definition(self) -> ToolDefinition:
        """What a model is told of it."""
        return ToolDefinition(self.name, self.description, self.parameters)


class ToolNameMistake(StrEnum):
    """Why a tool cannot have this name."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CHARACTER_FORBIDDEN = "character_forbidden"


LONGEST_NAME = 64
"""OpenAI's limit; what is longer is refused by servers that speak its protocol."""

_NAME = re.compile(r"[a-zA-Z0-9_-]+")
"""What OpenAI allows in names of functions, https://platform.openai.com/docs/api-reference/chat/create."""


def tool_name_mistake(name: str) -> ToolNameMistake | None:
    """Return what keeps this from being the name of a tool; None if it can be one."""
    if not name:
        return ToolNameMistake.EMPTY
    if not _NAME.fullmatch(name):
        return ToolNameMistake.CHARACTER_FORBIDDEN
    return ToolNameMistake.TOO_LONG if len(name) > LONGEST_NAME else None


def possible_tool_name(text: str) -> str:
    """Return the nearest name that a tool can have, such as "my_tool" for "My tool!"; empty where nothing is left."""
    words = re.findall(r"[a-zA-Z0-9_-]+", text)
    return "_".join(words)[:LONGEST_NAME]
