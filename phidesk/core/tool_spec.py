"""Tools as people define them: what the model is told, and what a call does."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

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
        """What a model is told of it; line breaks and indents would cost tokens."""
        return ToolDefinition(self.name, self.description, _on_one_line(self.parameters))


class ToolNameMistake(StrEnum):
    """Why a tool cannot have this name."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CHARACTER_FORBIDDEN = "character_forbidden"


LONGEST_NAME = 64
"""OpenAI's limit; what is longer is refused by servers that speak its protocol."""

_NAME = re.compile(r"[a-zA-Z0-9_-]+")
"""What OpenAI allows in names of functions, https://platform.openai.com/docs/api-reference/chat/create."""
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token of HTTP (RFC 9110, 5.6.2)."""


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


class ActionMistake(StrEnum):
    """Why a tool cannot do what it should."""

    TEXT_MISSING = "text_missing"
    PROGRAM_MISSING = "program_missing"
    ADDRESS_MISSING = "address_missing"
    ADDRESS_UNUSABLE = "address_unusable"
    ADDRESS_HAS_PASSWORD = "address_has_password"  # noqa: S105 - a word
    HEADER_UNUSABLE = "header_unusable"
    HEADER_IS_SECRET = "header_is_secret"  # noqa: S105 - a word


SECRET_HEADERS = ("authorization", "cookie", "proxy-authorization", "x-api-key")
"""What proves who one is: it would lie readable in the database and in every file that tools are exported to."""


def action_mistake(does: ToolAction) -> ActionMistake | None:
    """Return what has to be mended before this can be done; None where nothing has."""
    match does:
        case TemplateAction(text):
            return None if text.strip() else ActionMistake.TEXT_MISSING
        case ProgramAction(command):
            return None if command and command[0].strip() else ActionMistake.PROGRAM_MISSING
        case AddressAction():
            return _address_mistake(does.url) or _header_mistake(does.headers)
    return None


def _address_mistake(url: str) -> ActionMistake | None:
    if not url.strip():
        return ActionMistake.ADDRESS_MISSING
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return ActionMistake.ADDRESS_UNUSABLE
    if parts.username is not None:
        return ActionMistake.ADDRESS_HAS_PASSWORD
    is_good = parts.scheme in ("http", "https") and host and not set(host) & set(" {}<>\"'\\")
    return None if is_good and url == url.strip() and url.isprintable() else ActionMistake.ADDRESS_UNUSABLE


def _header_mistake(headers: tuple[tuple[str, str], ...]) -> ActionMistake | None:
    for name, value in headers:
        if name.lower() in SECRET_HEADERS:
            return ActionMistake.HEADER_IS_SECRET
        if not _HEADER_NAME.fullmatch(name) or not (value.isascii() and value.isprintable()):
            return ActionMistake.HEADER_UNUSABLE
    return None


def _on_one_line(parameters: str) -> str:
    return json.dumps(json.loads(parameters), ensure_ascii=False)
