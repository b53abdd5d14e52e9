"""Where a markdown text that is still being written can be read aloud: sentence by sentence, each when it is complete.

A piece is a sentence, a heading, an item of a list; or as a whole a table, or code between fences. Code within a
sentence, strong words, links and formulas are never cut. Thai and Lao part their sentences by spaces, and some texts
by nothing at all: there a piece ends at a space, or at a comma of a script without spaces, once it is long enough.

What is decided does not change with what follows: where the next characters could matter, the piece is not complete
yet. So the pieces are the same however the text arrives.
"""

from __future__ import annotations

import re

_ABBREVIATIONS = frozenset((
    "approx", "bzw", "ca", "cf", "dr", "eq", "evtl", "fig", "ggf", "inkl", "jr", "mme", "mr", "mrs", "ms", "nr", "pp",
    "prof", "sog", "sr", "sra", "srta", "st", "tel", "vgl", "vol", "vs",
))  # fmt: skip
"""Those after which a sentence hardly ever ends, unlike "etc." and "no."."""
_CLOSERS = "\"'”’»)\\]}*_」』）》〉】"  # noqa: RUF001 - signs of other scripts
_TOKEN = re.compile(
    rf"""(?P<line>\n)
    | (?P<code>`+)
    | (?P<formula>\$\$? | \\[(\[])
    | (?P<escape>\\[^(\[\n])
    | (?P<end>[.!?…。！？｡؟।॥۔։።།༎។။]+) (?P<closers>[{_CLOSERS}]*)
    | (?P<pause>[ \t]+ | [，、；])""",  # noqa: RUF001 - as above
    re.VERBOSE,
)
_NEEDS_SPACE = frozenset(".!?…")
"""Signs that may also stand within a word: only before a space do they end a sentence."""
_PARTS_BY_SPACES = re.compile(r"[\u0E00-\u0EFF]")
"""Letters of Thai and Lao."""
_REPEATERS = frozenset("\u0e46\u0ec6")
"""Signs of these scripts that let the word before be said twice, with a space on either side."""
_SHORT_CLAUSE, _LONG_SENTENCE = 50, 400
"""Characters from which a piece may end at a pause: where spaces part sentences, and everywhere."""
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_PARAGRAPH_END = re.compile(r"[ \t]*\n[ \t]*\n")
_FENCE = re.compile(r"(?:>[ \t]?|[-*+][ \t]+|\d{1,9}[.)][ \t]+)*(?P<fence>`{3,}(?=[^`\n]*\n)|~{3,})")
_TABLE_END = re.compile(r"\n[ \t]*(?=[^|\s]|\n)")
_FIRST_WORD = re.compile(r"[ \t]*(?P<word>\S*)(?P<after>\s?)")
_LINE_BEGIN = re.compile(r"#{1,6}|[-*+•]|\d{1,9}[.)]|(?:>|`{3}|~{3}|\||\$\$|\\\[).*|-{2,}|={2,}")
"""The first word of a line that is no further line of the paragraph above."""
_NO_LINE_BEGIN_YET = re.compile(r"\d{1,9}|=|`{1,2}|~{1,2}|\$|\\")
"""What may still become one: a line of Chinese is a single word, for which nobody should have to wait."""
_MARKER = re.compile(r"(?:>[ \t]*)*(?:[-*+][ \t]+)*\d{1,9}$")
_FORMULA_CLOSERS = {"$$": "$$", "\\(": "\\)", "\\[": "\\]"}
_DOLLAR_CLOSER = re.compile(r"(?<=\S)\$(?=[^\d$])")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
"""Like e.g and z.B, before the last dot."""
_LONGEST_WORD = 24
_WAIT = -1
"""It depends on characters that are not there yet."""


def sentence_ends(text: str, start: int = 0, *, is_complete: bool = False) -> list[int]:
    """Return where the pieces that begin at `start` end, in order; what follows the last one is not finished.

    `start` is 0 or an end that was returned before. With `is_complete` nothing more is to come: all of it is finished.
    """
    seen = text + "\n\n" if is_complete else text
    ends: list[int] = []
    while (end := _piece_end(seen, start)) != _WAIT:
        start = min(end, len(text))
        ends.append(start)
    if is_complete and text[start:].strip():
        ends.append(len(text))
    return ends


def _piece_end(text: str, start: int) -> int:
    begin = start
    while begin < len(text) and text[begin].isspace():
        begin += 1
    if begin == len(text):
        return _WAIT
    line = text.rfind("\n", 0, begin) + 1
    if text[line:begin].isspace() or line == begin:
        if not _is_decided(text, begin):
            return _WAIT
        fence = _FENCE.match(text, begin)
        if fence is not None:
            return _fence_end(text, fence)
        if text[begin] == "|":
            table = _TABLE_END.search(text, begin)
            return _WAIT if table is None else table.start() + 1
    return _sentence_end(text, begin, line)


def _fence_end(text: str, fence: re.Match[str]) -> int:
    """Return where the line that closes a fence ends."""
    sign = fence["fence"]
    closing = re.compile(rf"\n[ \t>]*{sign[0]}{{{len(sign)},}}[ \t]*\n").search(text, fence.end("fence"))
    return _WAIT if closing is None else closing.end()


def _sentence_end(text: str, begin: int, line: int) -> int:
    """Return where the sentence or line that begins at `begin` ends; `line` is where its line begins."""
    position = begin
    while (token := _TOKEN.search(text, position)) is not None:
        position = token.end()
        if token["line"]:
            if not _is_decided(text, position):
                return _WAIT
            if _ends_paragraph(text, line, position):
                return position
            line = position
        elif token["code"]:
            position = _inline_end(text, position, rf"(?<!`){token['code']}(?=[^`])")
        elif token["formula"] == "$":
            position = _dollar_end(text, position)
        elif token["formula"]:
            position = _inline_end(text, position, re.escape(_FORMULA_CLOSERS[token["formula"]]))
        elif token["end"] and position == len(text):
            return _WAIT
        elif token["end"] or token["pause"]:
            is_end = _is_end(text, begin, line, token)
            if is_end is not False:
                return _WAIT if is_end is None else position
        if position == _WAIT:
            return _WAIT
    return _WAIT


def _is_decided(text: str, position: int) -> bool:
    """Whether so much of a line is there that its first word says whether it begins something."""
    first = _FIRST_WORD.match(text, position)
    if first is None or first["after"]:
        return first is not None
    word = first["word"]
    return bool(word) and not any(pattern.fullmatch(word) for pattern in (_LINE_BEGIN, _NO_LINE_BEGIN_YET))


def _ends_paragraph(text: str, line: int, following: int) -> bool:
    """Whether the line that begins at `line` is the last of its paragraph, by itself or by what follows."""
    if text.startswith("#", line):
        return True
    first = _FIRST_WORD.match(text, following)
    word = first["word"] if first is not None else ""
    return not word or _LINE_BEGIN.fullmatch(word) is not None


def _inline_end(text: str, start: int, closer: str) -> int:
    """Return where code or a formula within a paragraph ends; `start` itself if nothing closes it."""
    found = re.compile(closer).search(text, start)
    if _BLANK_LINE.search(text, start, len(text) if found is None else found.end()) is not None:
        return start
    return _WAIT if found is None else found.end()


def _dollar_end(text: str, start: int) -> int:
    """Return where a formula of one line ends; `start` itself if the sign is one of money."""
    if start < len(text) and text[start].isspace():
        return start
    line_end = text.find("\n", start)
    found = _DOLLAR_CLOSER.search(text, start + 1, len(text) if line_end < 0 else line_end + 1)
    if found is not None:
        return found.end()
    return _WAIT if line_end < 0 else start


def _is_end(text: str, begin: int, line: int, token: re.Match[str]) -> bool | None:
    """Whether signs or a pause end the piece that begins at `begin`; None if what follows has to be seen first."""
    is_end: bool | None = True
    if token["pause"]:
        is_end = _ends_at_pause(text, begin, token)
    elif not _is_wide(token["end"]):
        is_end = text[token.end()].isspace() and _ends_before_space(text, begin, line, token)
    is_short = token.end() - begin < _LONG_SENTENCE  # What is never closed must not be looked through again and again.
    return False if is_end and is_short and _is_inside_markup(text[begin : token.end()]) else is_end


def _is_wide(signs: str) -> bool:
    return any(sign not in _NEEDS_SPACE for sign in signs)


def _ends_before_space(text: str, begin: int, line: int, token: re.Match[str]) -> bool | None:
    """Whether signs with a space behind them end a sentence; None if the next word has to be seen first."""
    if _PARAGRAPH_END.match(text, token.end()):
        return True
    following = token.end()
    while following < len(text) and text[following].isspace():
        following += 1
    if following == len(text):
        return None
    if token["end"][-1] in ".…" and text[following].islower():
        return False
    if token["end"] != ".":
        return True
    first = max(begin, line)
    if _MARKER.fullmatch(text, first, token.start("end")):
        return False
    word = re.split(r"[\s(\[\"'„“«]", text[first : token.start("end")][-_LONGEST_WORD:])[-1]
    return not (word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isupper()) or _DOTTED.fullmatch(word))


def _ends_at_pause(text: str, begin: int, token: re.Match[str]) -> bool | None:
    """Whether a space or comma ends what would be too long to wait for; None if the next character has to be seen."""
    length = token.start() - begin
    if length < _SHORT_CLAUSE:
        return False
    if not token["pause"].isspace():
        return length >= _LONG_SENTENCE
    if token.end() == len(text):
        return None
    before, after = text[token.start() - 1], text[token.end()]
    if length >= _LONG_SENTENCE:
        return after.isalpha()
    is_clause = _PARTS_BY_SPACES.match(before) is not None and _PARTS_BY_SPACES.match(after) is not None
    return is_clause and _REPEATERS.isdisjoint((before, after))


def _is_inside_markup(text: str) -> bool:
    """Whether a link or strong words that began in a text go on."""
    return text.rfind("[") > text.rfind("]") or text.count("**") % 2 == 1
