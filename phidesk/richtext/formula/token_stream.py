"""The tokens of a formula, read from left to right."""

from __future__ import annotations

import re
from collections.abc import Callable

from phidesk.richtext.formula.values import LENGTH, length_em

_TOKEN = re.compile(r"\\(?:[a-zA-Z]+\*?|[\s\S])|(?P<comment>(?<!\d)%(?!\s*\})(?!(?<=\d\s%)\s*\Z)[^\n]*\n?)|\s+|[\s\S]")
"""A percent sign behind a digit, or that ends a group, begins no comment, which would take the brace along."""
_LONGEST_LENGTH = 8
"""Tokens in which a length without braces is looked for."""
_LONGEST_NUMBER = 24
"""Tokens on each side of a comma that say whether it stands in a number."""
_THOUSANDS_BEFORE = re.compile(r"(?<!\d)\d{1,3}(?:,\d{2,3})*$")
_THOUSANDS_AFTER = re.compile(r"(?:\d{2},)*\d{3}(?:,\d{3})*(?!\d|,\d)")
"""Also as in India, where the groups before the last one have two digits."""
_BOTH_SIDES = 2
_LIST_BEFORE = re.compile(r"([(\[,]|\\\{)\s*[-+−]?\d+$")
_LIST_AFTER = re.compile(r"\d+\s*([)\],]|\\\}|\\right)")


class TokenStream:
    """A place between two tokens. Methods called `read_…` take what they read off the stream."""

    def __init__(self, source: str) -> None:
        self._tokens = _tokens_of(source)
        self._position = 0

    @property
    def is_at_end(self) -> bool:
        """Whether everything was taken."""
        return self._position >= len(self._tokens)

    def step(self) -> None:
        """Take what comes next, whatever it is."""
        self._position += 1

    def step_back(self) -> None:
        """Give the last token back."""
        self._position -= 1

    def put_back(self, source: str) -> None:
        """Let this source come next, as if it had been written here."""
        self._tokens[self._position : self._position] = _tokens_of(source)

    def is_within_number(self) -> bool:
        """Whether the comma just read parts one number, as in "1,000" and "0,5", not two, as in "(0,5)" and "1,2,3"."""
        before = "".join(self._tokens[max(0, self._position - 1 - _LONGEST_NUMBER) : self._position - 1])
        after = "".join(self._tokens[self._position : self._position + _LONGEST_NUMBER])
        if not before[-1:].isdecimal() or not after[:1].isdecimal():
            return False
        if _THOUSANDS_BEFORE.search(before) and _THOUSANDS_AFTER.match(after):
            return True
        around = [found[1] for found in (_LIST_BEFORE.search(before), _LIST_AFTER.match(after)) if found is not None]
        return "," not in around and len(around) < _BOTH_SIDES

    def peek(self) -> str:
        """Return what comes next; nothing at the end."""
        return self._tokens[self._position] if self._position < len(self._tokens) else ""

    def token_before(self) -> str:
        """Return what stands before the token just read, after space or none; nothing at the beginning."""
        before = self._tokens[: self._position - 1]
        return next((token for token in reversed(before) if not token.isspace()), "")

    def peek_argument(self) -> str:
        """Return the source of the group, the parentheses or the one token that comes next, which is left."""
        self.skip_space()
        opening = self.peek()
        closing = {"{": "}", "(": ")", "\\left": "\\right"}.get(opening)
        depth = 0
        for end in range(self._position, len(self._tokens)):
            token = self._tokens[end]
            depth += 1 if token == opening else -1 if token == closing else 0
            if closing is None or not depth:
                return "".join(self._tokens[self._position : end + 1])
        return "".join(self._tokens[self._position :])

    def next(self) -> str:
        """Take what comes next."""
        token = self.peek()
        self._position += 1
        return token

    def skip_space(self) -> None:
        """Take the space that comes next."""
        while self.peek().isspace():
            self._position += 1

    def take(self, token: str) -> bool:
        """Take this token if it comes next."""
        self.skip_space()
        if self.peek() == token:
            self._position += 1
            return True
        return False

    def is_before_group(self) -> bool:
        """Whether a group comes next, after space or none."""
        self.skip_space()
        return self.peek() == "{"

    def read_raw_argument(self) -> str:
        """Read the source of a group, without what it means."""
        self.skip_space()
        if self.peek() != "{":
            return self.next()
        depth = 0
        pieces: list[str] = []
        while self._position < len(self._tokens):
            token = self.next()
            depth += {"{": 1, "}": -1}.get(token, 0)
            if not depth:
                break
            pieces.append(token)
        return "".join(pieces[1:])

    def read_raw_up_to(self, end: str) -> str | None:
        """Read the source before a token, which is taken, too; None, and nothing is read, if it does not come."""
        if end not in self._tokens[self._position :]:
            return None
        start, place = self._position, self._tokens.index(end, self._position)
        self._position = place + 1
        return "".join(self._tokens[start:place])

    def read_option(self) -> str | None:
        """Read the source between square brackets, if they come next."""
        self.skip_space()
        if self.peek() != "[":
            return None
        depth = 0
        pieces: list[str] = []
        start = self._position
        while self._position < len(self._tokens):
            token = self.next()
            depth += {"[": 1, "]": -1}.get(token, 0)
            if not depth:
                return "".join(pieces[1:])
            pieces.append(token)
        self._position = start
        return None

    def peek_option_before(self, *tokens: str) -> str | None:
        """Return the source between square brackets that come next, before one of these tokens; all is left."""
        start = self._position
        option = self.read_option()
        self.skip_space()
        is_before = self.peek() in tokens
        self._position = start
        return option if is_before else None

    def read_option_before(self, *tokens: str) -> str | None:
        """Read the source between square brackets, if they come next and one of these tokens behind them."""
        option = self.peek_option_before(*tokens)
        return None if option is None else self.read_option()

    def make_group(self, opening: str, closing: str, *, over_cells: bool = False) -> bool:
        """Turn a pair of delimiters that comes next into the braces of a group; False where there is no such pair.

        Its end is looked for within the group that surrounds it, and within the cell if not `over_cells`.
        """
        self.skip_space()
        if self.peek() != opening:
            return False
        depth, braces, environments = 1, 0, 0
        for position in range(self._position + 1, len(self._tokens)):
            token = self._tokens[position]
            braces += {"{": 1, "}": -1}.get(token, 0)
            environments += {"\\begin": 1, "\\end": -1}.get(token, 0)
            is_next_cell = token in ("&", "\\\\") and not braces and not environments
            if braces < 0 or environments < 0 or (is_next_cell and not over_cells):
                break
            if braces:
                continue
            depth += 1 if token == opening != closing else -1 if token == closing else 0
            if not depth:
                self._tokens[self._position], self._tokens[position] = "{", "}"
                return True
        return False

    def read_option_if(self, is_wanted: Callable[[str], bool]) -> str | None:
        """Read an option only if it is one of those; other brackets belong to the content."""
        start = self._position
        option = self.read_option()
        if option is not None and not is_wanted(option):
            self._position = start
            return None
        return option

    def read_raw_until(self, ends: Callable[[str], bool]) -> str:
        """Read the source up to a token that stands in no group and no environment, which is left."""
        start = self._position
        depth = 0
        while self._position < len(self._tokens):
            token = self.peek()
            if not depth and ends(token):
                break
            depth = max(0, depth + {"{": 1, "}": -1, "\\begin": 1, "\\end": -1}.get(token, 0))
            self._position += 1
        return "".join(self._tokens[start : self._position])

    def peek_raw_until(self, ends: Callable[[str], bool]) -> str:
        """Return what `read_raw_until` would read, and leave it."""
        start = self._position
        source = self.read_raw_until(ends)
        self._position = start
        return source

    def read_length(self) -> float:
        """Read a length, in braces or not, in em; 0 for what is none."""
        self.skip_space()
        if self.peek() == "{":
            found = LENGTH.match(self.read_raw_argument())
            return 0.0 if found is None else length_em(found)
        found = LENGTH.match("".join(self._tokens[self._position : self._position + _LONGEST_LENGTH]))
        if found is None:
            return 0.0
        taken = 0
        while taken < found.end():
            taken += len(self.next())
        return length_em(found)


def _tokens_of(source: str) -> list[str]:
    return [found[0] for found in _TOKEN.finditer(source) if not found["comment"]]
