"""How the daemon finds tool calls in what a model writes, with all that it loses on the way (recordings `tool_*`)."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Iterable
from typing import Any


class ToolCallParser:
    """Takes an answer piece by piece and parts it into text and calls.

    Text before the tag is given on, text after it never is. A call that does not close, names no offered tool or has no
    arguments is swallowed without a sign.
    """

    def __init__(self, tag: str, names: Iterable[str]) -> None:
        self._tag = tag
        self._names = frozenset(names)
        self._buffer = ""
        self._is_after_tag = False
        self._count = 0

    def add(self, piece: str) -> tuple[str, list[dict[str, Any]]]:
        """Return the text that is certain to be no call, and the calls that are complete."""
        self._buffer += piece
        content = "" if self._is_after_tag else self._take_text()
        return content, self._take_calls() if self._is_after_tag else []

    def rest(self) -> str:
        """What is still held back when the answer ends: the beginning of a tag that never came."""
        return "" if self._is_after_tag else self._buffer

    def _take_text(self) -> str:
        position = self._buffer.find(self._tag)
        self._is_after_tag = position >= 0
        if not self._is_after_tag:
            position = len(self._buffer) - self._length_of_begun_tag()
        text, self._buffer = self._buffer[:position], self._buffer[position:]
        return text

    def _length_of_begun_tag(self) -> int:
        lengths = range(min(len(self._tag), len(self._buffer)), 0, -1)
        return next((length for length in lengths if self._buffer.endswith(self._tag[:length])), 0)

    def _take_calls(self) -> list[dict[str, Any]]:
        calls = []
        while (found := self._next_object()) is not None:
            document, end = found
            named = _find_call(document, self._names)
            if named is None:
                break
            self._buffer = self._buffer[end:]
            name, arguments = named
            call_id = "call_" + "".join(random.choices(string.ascii_lowercase + string.digits, k=8))
            function = {"index": self._count, "name": name, "arguments": arguments}
            calls.append({"id": call_id, "function": function})
            self._count += 1
        return calls

    def _next_object(self) -> tuple[Any, int] | None:
        start = self._buffer.find("{")
        if start < 0:
            return None
        try:
            return json.JSONDecoder().raw_decode(self._buffer, start)
        except json.JSONDecodeError:
            return None


def _find_call(document: Any, names: frozenset[str]) -> tuple[str, dict[str, Any]] | None:
    """Find a name and arguments in an object or in one that it wraps; arguments may be JSON within a string."""
    if not isinstance(document, dict):
        return None
    name = document.get("name")
    if isinstance(name, str) and name in names:
        arguments = document.get("arguments", document.get("parameters"))
        if isinstance(arguments, str):
            arguments = json.loads(arguments)
        return (name, arguments) if isinstance(arguments, dict) else None
    return next(filter(None, (_find_call(item, names) for item in document.values())), None)
