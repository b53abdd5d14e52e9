r"""Where formulas stand in a text of markdown, which is not clear from the signs alone: `$5 and $x$`, `| $|x|$ |`.

The parser of markdown sees a text of the same length in which each formula stands between dollar signs and has
nothing inside that it would stumble over, and in which no dollar sign of money is left that it could take for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from phidesk.richtext.formula.delimiters import DISPLAY_ENVIRONMENTS

LONGEST_FORMULA_BYTES = 4_000
"""A delimiter whose partner is further away than this is only two characters."""

_DEEPEST = 20
"""Levels of braces in a box."""
_MONEY = b"%"
"""Stands for a sign that opens nothing: one like it, without a meaning in markdown."""
_CODE = rb"(?<!`)(?P<ticks>`+)(?!`)[^\n]{1,4000}?(?<!`)(?P=ticks)(?!`)"
"""Between as many backticks as before it; bounded, for there may be thousands that never close."""
_CODE_OR_FORMULA = re.compile(
    rb"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?^ {0,3}(?P=fence)|.*)"
    rb"|" + _CODE + rb"|\\\\|\\\$|\\`"
    rb"|\]\([^\s)]*|[a-z]{3,6}://[^\s)>]*"
    rb"|(?P<opening>\\\[|\\\(|\$\$|\\begin\{(?P<environment>" + "|".join(DISPLAY_ENVIRONMENTS).encode() + rb")\*?\})"
    rb"|(?P<dollar>\$)|(?P<box>\\boxed\{)",
    re.DOTALL | re.MULTILINE,
)
_CLOSING = {b"$$": b"$$", b"\\[": b"\\]", b"\\(": b"\\)"}
_BLANK_LINE = b"\n\n"
_NEUTRAL = bytes.maketrans(b"{}$|\n", b"xxxx ")
_NEUTRAL_IN_LINE = bytes.maketrans(b"{}$|*_`~[]<>!&\\ ", b"xxxxxxxxxxxxxxxx")
_BACKSLASH = re.compile(rb"\\([\\()\[\]])")

_DOLLAR_CLOSER = re.compile(rb"(?:[^\\$]|\\.)*?\$", re.DOTALL)
_BRACE_OR_LINE_END = re.compile(rb"\\.|[{}\n]")
_COMMAND = re.compile(rb"\\[A-Za-z]{2,}")
_WORDS_IN_FORMULA = re.compile(rb"\\[A-Za-z]+(?:\{[^{}]*\})?")
_PROSE = re.compile(rb"(?<![^\W_])[^\W\d_]{2,}", re.ASCII)
_AMOUNT = re.compile(rb"\s*\.?\d")
_NEVER_INSIDE = re.compile(rb"`|\\[(\[]|\*\*\s|\s\*\*|\n\s*(?:[-+*>#|]|\d+[.)]|\n)")
_NEVER_FIRST = re.compile(rb"[),;:!?/]")


@dataclass(frozen=True, slots=True)
class FormulaPlace:
    """A formula with its delimiters, in bytes. `end` -1: nothing closes it so far."""

    start: int
    inner_start: int
    end: int
    is_display: bool
    is_bare: bool = False
    """Whether it has no delimiters around it, but is an environment or a box."""


def find_open_formula(source: bytes) -> int:
    """Return where a display formula begins that may still be closed by text to come, or -1."""
    for place in _places(source):
        if isinstance(place, int) or not place.is_display or place.end >= 0:
            continue
        if len(source) - place.start < LONGEST_FORMULA_BYTES:
            return place.start
    return -1


def neutralised(source: bytes) -> bytes:
    """Return what the parser of markdown is to see; the same object where that is the text itself."""
    if b"$" not in source and b"\\" not in source:
        return source
    neutral = bytearray(source)
    for place in _places(source):
        if isinstance(place, int):
            neutral[place : place + 1] = _MONEY
        elif place.end >= 0:
            _neutralise(neutral, source, place)
        elif source.startswith(b"$$", place.start):
            neutral[place.start : place.inner_start] = 2 * _MONEY
    result = _BACKSLASH.sub(lambda match: match[0] if match[1] == b"\\" else 2 * _MONEY, bytes(neutral))
    return source if result == source else result


def _neutralise(neutral: bytearray, source: bytes, place: FormulaPlace) -> None:
    """Replace what the parser would stumble over in a formula.

    A line that begins with + or - would begin a list; with a brace or dollar sign too many it would be no formula.
    """
    signs = b"$$" if place.is_display or source.startswith(b"\\(", place.start) else b"$"
    size = len(signs) if place.is_bare else place.inner_start - place.start
    inside = source[place.start + size : place.end - size]
    neutral[place.start : place.end] = signs + inside.translate(_NEUTRAL if size == 2 else _NEUTRAL_IN_LINE) + signs


def _places(source: bytes) -> Iterator[FormulaPlace | int]:
    """Yield formulas, outside of code and not within another one, and the places of dollar signs that open none."""
    position = 0
    searches: dict[bytes, _Search] = {}
    while (match := _CODE_OR_FORMULA.search(source, position)) is not None:
        position = match.end()
        if match["dollar"] is not None:
            end = _end_in_line(source, match.start())
            yield match.start() if end < 0 else FormulaPlace(match.start(), match.end(), end, is_display=False)
            position = max(position, end)
        elif match["opening"] is not None:
            end = _formula_end(source, match, searches)
            is_display = match["opening"] != b"\\("
            yield FormulaPlace(match.start(), match.end(), end, is_display, is_bare=match["environment"] is not None)
            position = max(position, end)
        elif match["box"] is not None:
            end = _end_of_group(source, match.end())
            yield FormulaPlace(match.start(), match.end(), end, is_display=False, is_bare=True)
            position = max(position, end)


def _formula_end(source: bytes, opening: re.Match[bytes], searches: dict[bytes, _Search]) -> int:
    """Return the end of a formula that opens here, or -1."""
    sign = opening["opening"]
    closing = _CLOSING.get(sign) or sign.replace(b"begin", b"end")
    end = searches.setdefault(closing, _Search(source, closing)).find(
        opening.end(), opening.end() + LONGEST_FORMULA_BYTES
    )
    if end >= 0 and closing != b"\\]":
        blank_line = searches.setdefault(_BLANK_LINE, _Search(source, _BLANK_LINE)).find(opening.end(), end)
        end = -1 if blank_line >= 0 else end
    return end if end < 0 else end + len(closing)


class _Search:
    """Finds a sign from place to place, going forward, and looks at no byte twice: there may be thousands of places."""

    def __init__(self, source: bytes, sign: bytes) -> None:
        self._source = source
        self._sign = sign
        self._found = -1
        self._seen_end = 0
        """Nothing begins before this place but what was found."""

    def find(self, start: int, limit: int) -> int:
        """Return where the sign stands first between these, or -1; `start` is never less than before."""
        limit = min(limit, len(self._source))
        behind = limit - len(self._sign) + 1
        if self._found < start and self._seen_end < behind:
            self._found = self._source.find(self._sign, max(start, self._seen_end), limit)
            self._seen_end = max(self._seen_end, behind if self._found < 0 else self._found + 1)
        return self._found if start <= self._found < behind else -1


def _end_of_group(source: bytes, start: int) -> int:
    """Return the end of a group whose brace stands before `start`, within a line, or -1."""
    depth = 1
    for brace in _BRACE_OR_LINE_END.finditer(source, start, start + LONGEST_FORMULA_BYTES):
        depth += {b"{": 1, b"}": -1}.get(brace[0], 0)
        if depth == 0:
            return brace.end()
        if brace[0] == b"\n" or depth > _DEEPEST:
            break
    return -1


def _end_in_line(source: bytes, start: int) -> int:
    """Return the end of the formula that a single dollar sign opens, or -1 if it is one of money."""
    closer = _DOLLAR_CLOSER.match(source, start + 1, start + LONGEST_FORMULA_BYTES)
    if closer is None:
        return -1
    content = closer[0][:-1]
    before, after = source[max(0, start - 1) : start], source[closer.end() : closer.end() + 1]
    return closer.end() if _is_formula(content, before, after) else -1


def _is_formula(content: bytes, before: bytes, after: bytes) -> bool:
    """Whether what stands between two single dollar signs is a formula, rather than text between two prices."""
    if not content.strip() or _NEVER_INSIDE.search(content):
        return False
    has_command = _COMMAND.search(content) is not None
    has_prose = _PROSE.search(_WORDS_IN_FORMULA.sub(b" ", content)) is not None
    is_amount = _AMOUNT.match(content) is not None
    has_room = content[:1].isspace(), content[-1:].isspace()
    if any(has_room) and (has_prose or not (has_command or (all(has_room) and not is_amount))):
        return False
    if is_amount and (has_prose or (before.isalpha() and not has_command)):
        return False
    if after.isdigit():  # Pandoc's rule (manual, tex_math_dollars).
        return False
    if before.isdigit() and _NEVER_FIRST.match(content):
        return False
    is_cut_off = content[-1:] in b"-(" or (content[-1:] in b":/" and after.isalnum())
    return len(content) == 1 or has_command or not is_cut_off
