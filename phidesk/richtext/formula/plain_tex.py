r"""Commands of plain TeX that LaTeX has other forms for (`\root 3 \of x`), and characters by their number."""

from __future__ import annotations

import re
from string import hexdigits

from phidesk.richtext.formula.nodes import Node, Root, Row, Stacked, Symbol, Word
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand
from phidesk.richtext.formula.symbols import atom_of_character

_BASES = {'"': 16, "'": 8}
_NUMBER = re.compile(r"\s*(?:(?P<hexadecimal>(?:[xX\"]|[uU]\+)[\da-fA-F]+)|'(?P<octal>[0-7]+)|(?P<decimal>\d+))\s*")
_DINGBATS = {range(172, 182): 0x2460 - 172, range(33, 127): 0x2701 - 33, range(161, 255): 0x2761 - 161}
"""What is added to numbers of the font Zapf Dingbats for those of Unicode, which has kept its order."""
_DINGBATS_ELSEWHERE = {
    37: "☎", 42: "☛", 43: "☞", 72: "★", 108: "●", 110: "■", 115: "▲", 116: "▼", 117: "◆", 119: "◗", 168: "♣", 169: "♦",
    170: "♥", 171: "♠", 213: "→", 214: "↔", 215: "↕",
}  # fmt: skip
"""They were in Unicode before."""


def plain_tex_readers() -> dict[str, ReadCommand]:
    """Return who reads a command of plain TeX, by its name without the backslash."""
    return {
        "root": _root,
        "buildrel": _built_relation,
        "skew": _skewed,
        "bgroup": _group,
        "char": _character,
        "ding": _dingbat,
        **dict.fromkeys(("xmark", "ballotx"), _cross),
        **dict.fromkeys(("symbol", "unicode", "unichar", "Uchar"), _numbered_character),
    }


def _root(reader: FormulaReader, name: str) -> Node:
    degree = reader.read_row({"\\of"})
    return Root(reader.read_argument(), degree) if reader.take("\\of") else Row((Word(name), *degree.children))


def _built_relation(reader: FormulaReader, _name: str) -> Node:
    above = reader.read_row({"\\over"})
    return Stacked(reader.read_argument(), above=above) if reader.take("\\over") else above


def _skewed(reader: FormulaReader, _name: str) -> Node:
    """Read an accent; where it stands is known without the number before it."""
    reader.read_raw_argument()
    return reader.read_argument()


def _group(reader: FormulaReader, _name: str) -> Node:
    content = reader.read_row({"\\egroup"})
    reader.take("\\egroup")
    return content


def _character(reader: FormulaReader, _name: str) -> Node | None:
    r"""Read `\char"41`, `\char'101`, `\char65` or `` \char`A ``: braces may stand around the number."""
    if reader.is_before_group():
        return _numbered_character(reader, _name)
    if reader.take("`"):
        return _of_code(ord(reader.next().removeprefix("\\")[:1] or " "))
    base = _BASES.get(reader.peek(), 10)
    if base != 10:
        reader.step()
    digits = ""
    while (digit := reader.peek()) and digit in hexdigits and int(digit, 16) < base and not digit.islower():
        digits += reader.next()
    return _of_code(int(digits, base)) if digits else None


def _numbered_character(reader: FormulaReader, _name: str) -> Node | None:
    reader.read_option()
    reader.read_option()
    source = reader.read_raw_argument()
    found = _NUMBER.fullmatch(source)
    if found is None:
        return Word(source) if source else None
    if found["hexadecimal"]:
        return _of_code(int(found["hexadecimal"].lstrip('xXuU"+'), 16))
    return _of_code(int(found["octal"], 8) if found["octal"] else int(found["decimal"]))


def _dingbat(reader: FormulaReader, _name: str) -> Node | None:
    r"""Read `\ding{51}` of the package pifont."""
    source = reader.read_raw_argument().strip()
    number = int(source) if source.isdecimal() else 0
    if number in _DINGBATS_ELSEWHERE:
        return Symbol(_DINGBATS_ELSEWHERE[number])
    first = next((first for numbers, first in _DINGBATS.items() if number in numbers), None)
    return Word(source) if first is None else _of_code(first + number)


def _cross(_reader: FormulaReader, _name: str) -> Node:
    r"""Return what stands in answers where `\checkmark` does not."""
    return Symbol("✗")


def _of_code(code: int) -> Node | None:
    """Return the character with this number in Unicode; None where there is none that could be seen."""
    character = chr(code) if code <= 0x10FFFF else ""
    return Symbol(character, atom_of_character(character)) if character.isprintable() and character.strip() else None
