"""Tool calls in the text of an answer, read while it is written.

phi4-mini writes them so: in a raw prompt the control tokens around a call are invisible, and the model also writes
`functools[…]`, fences, single quotes and too few braces. Of other models engines miss calls that are text to them.
Text shows at once, unless it may be the beginning of a call; what turns out to be none is given back as it was. A
character is looked at a bounded number of times, however the text is cut into pieces.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from phidesk.core.tools import AnyCall, BrokenCall
from phidesk.engine.call_shapes import calls_of, is_meant_as_call
from phidesk.engine.loose_json import DEEPEST, UnreadableError, read_value

CallEvent = str | AnyCall

_LONGEST_OPENING = 200
"""Characters before the first key, most of them blanks; more is no call."""
_FENCE = "```"
_FENCED_AS = ("json", "tool_call")
_TAG, _END_TAG, _FUNCTOOLS = "<|tool_call|>", "<|/tool_call|>", "functools"
_MARKERS = (_TAG, _FUNCTOOLS, _FENCE)
_START = re.compile(r"<\|tool_call\|>|functools(?=\s*\[)|```|[\[{]")
_MARKER = re.compile(r"<\|tool_call\|>|functools|```(?:json|tool_call)?(?=\s|[\[{])")
_FIRST_KEY = re.compile(r"""[\[\s]*(?:\{\s*(?:["']?([a-z_]*)(["']?\s*:?))?)?""")
_FIRST_KEYS = ("name", "type", "function", "tool_calls", "id", "arguments", "parameters")
_STRUCTURE = re.compile(r"""[\[\]{}"'\\>]""")
_END_TAG_SIGN = re.compile(">")
_IN_STRING = {'"': re.compile(r'["\\]'), "'": re.compile(r"['\\]")}
_AFTER_CALL = re.compile(r"[\s\]}]*(?:<\|/tool_call\|>|```(?!\w))")
_CLOSINGS = (_END_TAG, _FENCE)


class CallReader:
    """Parts the text of one answer from its calls. Without offered tools everything is text."""

    def __init__(self, offered: Collection[str]) -> None:
        self._offered = frozenset(offered)
        self._held = ""
        self._candidate: _Candidate | None = None
        self._is_in_code = False
        self._is_behind_call = False
        self._has_begun = False
        self._last = ""

    @property
    def is_in_call(self) -> bool:
        """Whether what is held back is more than a doubtful beginning."""
        return self._candidate is not None

    def feed(self, piece: str) -> list[CallEvent]:
        """Return what is certain now: texts and calls, in the order of the answer."""
        if not self._offered:
            return [piece] if piece else []
        return self._read(piece, is_end=False)

    def finish(self, *, is_cut: bool = False) -> list[CallEvent]:
        """Return the rest. A call whose last braces are missing is taken.

        Not so where the answer was cut before its end: then more arguments may be missing, and the call is broken.
        """
        events = self._read("", is_end=True)
        while self._candidate is not None:
            events += self._close(self._candidate, rest="", is_cut=is_cut)
            events += self._read("", is_end=True)
        return events

    def _read(self, piece: str, *, is_end: bool) -> list[CallEvent]:
        events: list[CallEvent] = []
        while True:
            if self._candidate is None:
                self._held += piece
                self._candidate = self._look_for_call(events, is_end=is_end)
                if self._candidate is None:
                    return events
                piece, self._held = self._held, ""
            end = self._candidate.add(piece)
            if end is None:
                return events
            events += self._close(self._candidate, rest=piece[end:])
            piece = ""

    def _close(self, candidate: _Candidate, *, rest: str, is_cut: bool = False) -> list[CallEvent]:
        self._candidate = None
        text, is_marked = candidate.text, candidate.marker in (_TAG, _FUNCTOOLS)
        try:
            value, end = read_value(text, len(candidate.marker))
        except UnreadableError:
            value, end = None, len(text)
        found: list[AnyCall] = []
        if not is_cut:
            is_first = not self._has_begun and not candidate.marker
            found += calls_of(value, offered=self._offered, is_marked=is_marked, is_first=is_first)
        if not found and (is_marked or is_meant_as_call(value, text, offered=self._offered)):
            found, end = [BrokenCall(text)], len(text)
        if found:
            self._held = text[end:] + rest
            self._is_behind_call = self._has_begun = True
            return list(found)
        self._held = rest
        self._is_in_code = candidate.marker.startswith(_FENCE)
        self._has_begun = True
        self._last = text[-1]
        return [text]

    def _look_for_call(self, events: list[CallEvent], *, is_end: bool) -> _Candidate | None:
        """Show the held text up to what may be a call. That stays held, and is returned once its first key is there."""
        text, position, shown = self._held, 0, 0
        if self._is_behind_call:
            closing = _AFTER_CALL.match(text)
            is_open = _may_close(text) if closing is None else closing.end() == len(text) and text.endswith(_FENCE)
            if is_open and not is_end:  # A fence may also open the next call.
                return None
            position = shown = closing.end() if closing else 0
            self._is_behind_call = False
        begin = position
        while (start := text.find(_FENCE, position) if self._is_in_code else _found(text, position)) >= 0:
            before = text[start - 1] if start > begin else self._last
            is_code = self._is_in_code or before == "`"
            opening = None if is_code else _opening(text[start : start + _LONGEST_OPENING])
            if opening is not None and not (opening.is_open and is_end):
                self._show(events, text[shown:start])
                self._held = text[start:]
                return None if opening.is_open else _Candidate(opening.marker)
            if text.startswith(_FENCE, start):
                self._is_in_code = not self._is_in_code
                position = start + len(_FENCE)
            else:
                position = start + 1
        kept = 0 if is_end else _unfinished_marker(text[position:])
        self._show(events, text[shown : len(text) - kept])
        self._held = text[len(text) - kept :]
        return None

    def _show(self, events: list[CallEvent], text: str) -> None:
        if text:
            events.append(text)
            self._has_begun = self._has_begun or not text.isspace()
            self._last = text[-1]


@dataclass(frozen=True)
class _Opening:
    """The beginning of a call behind its marker, or (open) too little text to say."""

    marker: str
    is_open: bool


class _Candidate:
    """What may be a call, until its brackets are closed, or phi4-mini's own token ends it. A piece is scanned once."""

    def __init__(self, marker: str) -> None:
        self.marker = marker
        self._pieces: list[str] = []
        self._tail = ""
        self._open: list[str] = []
        self._quote = ""
        self._is_escaped = False
        self._signs: re.Pattern[str] | None = None

    @property
    def text(self) -> str:
        """Everything since its beginning."""
        return "".join(self._pieces)

    def add(self, piece: str) -> int | None:
        """Return where in the piece it ends; None while it goes on."""
        end = self._find_end(piece)
        self._pieces.append(piece[:end])
        self._tail = (self._tail + piece)[-len(_END_TAG) :]
        return end

    def _find_end(self, piece: str) -> int | None:
        position = 0 if self._pieces else len(self.marker)
        if self._signs is None and (begun := piece[position:].lstrip()):
            # Behind the marker stands something else than JSON: only its own token ends it.
            self._signs = _STRUCTURE if begun[0] in "[{" else _END_TAG_SIGN
        while self._signs is not None and position < len(piece):
            if self._is_escaped:
                self._is_escaped = False
                position += 1
                continue
            match = (_IN_STRING[self._quote] if self._quote else self._signs).search(piece, position)
            if match is None:
                return None
            position = match.end()
            if match[0] == ">":
                start = max(0, position - len(_END_TAG))
                if (self._tail + piece[start:position] if start == 0 else piece[start:position]).endswith(_END_TAG):
                    return position
            elif self._take(match[0]):
                return position
        return None

    def _take(self, sign: str) -> bool:
        """Whether the sign closes the last bracket, with the braces forgotten in it, or opens too many."""
        if sign == "\\":
            self._is_escaped = bool(self._quote)
        elif self._quote:
            self._quote = ""
        elif sign in "\"'":
            self._quote = sign
        elif sign in "[{":
            self._open.append(sign)
            return len(self._open) > DEEPEST
        else:
            opening = "[" if sign == "]" else "{"
            if opening in self._open:
                while self._open.pop() != opening:
                    pass
            return not self._open
        return False


def _found(text: str, position: int) -> int:
    match = _START.search(text, position)
    return match.start() if match else -1


def _opening(text: str) -> _Opening | None:
    """Return what a text begins; None if it cannot become a call any more."""
    marker = _MARKER.match(text)
    start = marker.end() if marker else 0
    if marker is not None and marker[0] == _TAG:
        return _Opening(_TAG, is_open=False)
    if marker is None and text.startswith(_FENCE):
        word = text[len(_FENCE) :]
        return _Opening("", is_open=True) if any(known.startswith(word) for known in _FENCED_AS) else None
    match = _FIRST_KEY.match(text, start)
    word, colon = (match[1] or "", match[2] or "") if match else ("", "")
    if word in _FIRST_KEYS and colon.endswith(":"):
        return _Opening(text[:start], is_open=False)
    if match is None or match.end() < len(text) or len(text) == _LONGEST_OPENING:
        return None
    is_possible = word in _FIRST_KEYS if colon else any(key.startswith(word) for key in _FIRST_KEYS)
    return _Opening("", is_open=True) if is_possible else None


def _may_close(text: str) -> bool:
    rest = text.lstrip(" \t\r\n]}")
    return len(text) < _LONGEST_OPENING and any(closing.startswith(rest) for closing in _CLOSINGS)


def _unfinished_marker(text: str) -> int:
    """Return how many last characters may be the beginning of a marker."""
    tail = text[-_LONGEST_OPENING:]
    if (blanks := re.search(r"functools\s*\Z", tail)) is not None:
        return len(tail) - blanks.start()
    lengths = range(min(len(tail), max(map(len, _MARKERS))), 0, -1)
    return next((n for n in lengths if any(marker.startswith(tail[-n:]) for marker in _MARKERS)), 0)
