"""The cards of an answer's tool calls: which tool, with what, and what it said."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from phidesk.core.parts import Part, result_places
from phidesk.core.tools import ToolCall, ToolOutcome, ToolResult
from phidesk.ui.chat.transcript_message import Card, CardState
from phidesk.ui.figures import line_of
from phidesk.ui.tool_titles import TOOL_ICON, tool_title
from phidesk.ui.visible_text import visible_line, visible_text

translate = QCoreApplication.translate

_CARD = "tool "
"""Begins the key of a card; the place of its call among the parts of the answer follows."""
_LONGEST_SUMMARY = 80
_STATES = {
    ToolOutcome.DONE: CardState.DONE,
    ToolOutcome.REFUSED: CardState.REFUSED,
    ToolOutcome.SKIPPED: CardState.SKIPPED,
    ToolOutcome.STOPPED: CardState.STOPPED,
}


def tool_cards(parts: Sequence[Part], *, is_running: bool = False) -> dict[int, Card]:
    """Return the card of each call, by its place among the parts.

    While the answer `is_running`, a call without a result runs; later it was cut off.
    """
    results = {
        place: result
        for place, result_place in result_places(parts).items()
        if isinstance(result := parts[result_place], ToolResult)
    }
    open_state = CardState.RUNNING if is_running else CardState.STOPPED
    return {
        place: _card(place, part, results.get(place), open_state)
        for place, part in enumerate(parts)
        if isinstance(part, ToolCall)
    }


def value_text(value: object) -> str:
    """Write one value that a tool is given: a text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def call_line(call: ToolCall) -> str:
    """Say in one line which tool was called with what."""
    summary = _summary(call.arguments)
    return f"{tool_title(call.name)} · {summary}" if summary else tool_title(call.name)


def _card(place: int, call: ToolCall, result: ToolResult | None, open_state: CardState) -> Card:
    state = open_state if result is None else _STATES.get(result.outcome, CardState.FAILED)
    if not call.name:
        title = translate("ToolCard", "A call of a tool that cannot be read")
        return Card(f"{_CARD}{place}", title, details=visible_text(call.arguments), state=state, icon=TOOL_ICON)
    return Card(
        f"{_CARD}{place}",
        tool_title(call.name),
        _summary(call.arguments),
        details=_details(call, result),
        state=state,
        icon=TOOL_ICON,
    )


def _summary(arguments: str) -> str:
    """Return the values of the arguments in one line."""
    given = json.loads(arguments)
    values = map(value_text, given.values())
    return visible_line(line_of(", ".join(values), _LONGEST_SUMMARY))


def _details(call: ToolCall, result: ToolResult | None) -> str:
    asked = f"{translate('ToolCard', 'Asked with')}\n{_readable(call.arguments)}"
    if result is None:
        return asked
    return f"{asked}\n\n{translate('ToolCard', 'Result')}\n{_readable(result.text)}"


def _readable(text: str) -> str:
    """Write JSON with its lines; nothing stays unseen."""
    try:
        return visible_text(json.dumps(json.loads(text), ensure_ascii=False, indent=2))
    except (ValueError, RecursionError):
        return visible_text(text)
