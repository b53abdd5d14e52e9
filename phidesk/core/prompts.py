r"""Prompts: instructions and snippets that a person keeps in a library, with variables in their text.

`{name}` in a text is a variable; `{{name}}` stands for the text `{name}`. Every other brace is text: JSON, and what is
in braces in a formula (`\frac{a}{b}`, `x^{n}`). A variable without a value stays as it is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

DATE, NAME, LANGUAGE = "date", "name", "language"
KNOWN_VARIABLES = (DATE, NAME, LANGUAGE)
"""Those that PhiDesk can fill in: the day on which the conversation began, the person's name, the language of the
window. All others are the person's own."""
DEFAULT_ICON = "message-square"
MOST_STARTERS = 6
FILE_VERSION = 1
"""Of the files that prompts are kept and exchanged in."""

_MARK = re.compile(
    r"(?P<formula>\\[A-Za-z]+(?:\{[^{}]*\})+|[\^_]\{[^{}]*\})"
    r"|\{\{(?P<literal>NAME)\}\}"
    r"|\{(?P<variable>NAME)\}".replace("NAME", r"[^\W\d_]\w{0,29}(?:[ -]\w{1,30}){0,4}")
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""For the model; `strftime` would speak the language of the system."""


class PromptFileFault(ValueError):
    """A text is no file of prompts."""


@dataclass(frozen=True)
class PromptDefaults:
    """How a conversation that is given these instructions is answered. None means: as it was before."""

    engine: str | None = None
    model: str | None = None
    """Wished together with `engine`."""
    temperature: float | None = None
    tools: tuple[str, ...] = ()
    """The ids of tools that it may use; those that come with the program have their name as id."""


@dataclass(frozen=True)
class Prompt:
    """One entry of the library."""

    id: str
    name: str
    text: str = ""
    icon: str = DEFAULT_ICON
    """Name of an icon of `resources/icons`."""
    starters: tuple[str, ...] = ()
    """Questions to begin with; they may hold variables too."""
    defaults: PromptDefaults = PromptDefaults()
    is_snippet: bool = False
    """Whether it is a text for the composer; else it is instructions."""


@dataclass(frozen=True)
class PromptVersion:
    """What an entry was. Numbers count from 1, the greatest is what it is now."""

    number: int
    saved_at: datetime
    prompt: Prompt


@dataclass(frozen=True)
class PromptLink:
    """The entry of the library that a conversation was given."""

    prompt_id: str
    is_detached: bool = False
    """Whether the conversation has its own text; else it follows the entry."""


def variables_of(text: str) -> tuple[str, ...]:
    """Return the names of the variables in a text, each once, in the order of their first place."""
    names = (match["variable"] for match in _MARK.finditer(text))
    return tuple(dict.fromkeys(name for name in names if name))


def variable_places(text: str) -> tuple[tuple[int, int], ...]:
    """Return where variables stand in a text, with their braces: first character, and the one after the last."""
    return tuple(match.span() for match in _MARK.finditer(text) if match["variable"])


def resolve(text: str, values: Mapping[str, str]) -> str:
    """Put values in the place of variables. What a value says is never looked at for variables again."""

    def written(match: re.Match[str]) -> str:
        if match["formula"]:
            return match[0]
        return f"{{{match['literal']}}}" if match["literal"] else values.get(match["variable"], match[0])

    return _MARK.sub(written, text)


def date_words(day: date) -> str:
    """Write a day as models read it best: "25 November 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def dump_prompts(prompts: Sequence[Prompt]) -> str:
    """Write prompts as the text of a file. Ids are not in it: they are of one library only."""
    entries = [_as_entry(prompt) for prompt in prompts]
    return json.dumps({"phidesk_prompts": FILE_VERSION, "prompts": entries}, ensure_ascii=False, indent=2) + "\n"


def read_prompts(text: str) -> list[Prompt]:
    """Read what `dump_prompts` wrote. Ids are empty.

    Raises:
        PromptFileFault: it is something else, or of a later version.
    """
    try:
        document = json.loads(text)
        if document["phidesk_prompts"] != FILE_VERSION:
            raise PromptFileFault(f"version {document['phidesk_prompts']}")
        return [_from_entry(entry) for entry in document["prompts"]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise PromptFileFault(str(problem)) from problem


def _as_entry(prompt: Prompt) -> dict[str, Any]:
    defaults = prompt.defaults
    entry = {
        "name": prompt.name,
        "icon": prompt.icon,
        "text": prompt.text,
        "starters": list(prompt.starters),
        "snippet": prompt.is_snippet,
        "engine": defaults.engine,
        "model": defaults.model,
        "temperature": defaults.temperature,
        "tools": list(defaults.tools),
    }
    return {name: value for name, value in entry.items() if value is not None and value is not False and value != []}


def _from_entry(entry: dict[str, Any]) -> Prompt:
    temperature = entry.get("temperature")
    if isinstance(temperature, bool) or not isinstance(temperature, float | int | None):
        raise PromptFileFault("temperature")
    defaults = PromptDefaults(
        _optional_text(entry, "engine"),
        _optional_text(entry, "model"),
        float(temperature) if temperature is not None else None,
        _texts(entry, "tools"),
    )
    name, text = entry["name"], entry["text"]
    if not (isinstance(name, str) and isinstance(text, str) and name.strip()):
        raise PromptFileFault("name or text")
    icon = _optional_text(entry, "icon") or DEFAULT_ICON
    starters = _texts(entry, "starters")[:MOST_STARTERS]
    return Prompt("", name, text, icon, starters, defaults, is_snippet=entry.get("snippet") is True)


def _optional_text(entry: dict[str, Any], key: str) -> str | None:
    value = entry.get(key)
    if not isinstance(value, str | None):
        raise PromptFileFault(key)
    return value


def _texts(entry: dict[str, Any], key: str) -> tuple[str, ...]:
    values = entry.get(key, [])
    if not (isinstance(values, list) and all(isinstance(value, str) for value in values)):
        raise PromptFileFault(key)
    return tuple(values)
