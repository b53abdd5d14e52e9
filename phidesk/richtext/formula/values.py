"""What the arguments of some commands say: lengths, words."""

from __future__ import annotations

import re

from phidesk.richtext.formula.commands import ALPHABETS, TEXTS
from phidesk.richtext.formula.printed_text import put_marks_on_letters
from phidesk.richtext.formula.symbols import COMMANDS, TEXT_COMMANDS

LENGTH = re.compile(r"\s*(-?\d*\.?\d+)\s*(em|ex|pt|mu|px|cm|mm|in)")

_EM_PER_UNIT = {"em": 1.0, "ex": 0.45, "pt": 0.1, "mu": 1 / 18, "px": 1 / 16, "cm": 2.85, "mm": 0.285, "in": 7.2}
_NARROWEST_EM, _WIDEST_EM = -2.0, 20.0
_TEXT_COMMAND = re.compile(r"\\([a-zA-Z]+\s?|[\s\S])")
_PROTECTED = {"{": "\ue000", "}": "\ue001"}
"""Braces that are shown, while those that group are taken out."""
_SHOWN_BRACES = {ord(mark): brace for brace, mark in _PROTECTED.items()}


def length_em(found: re.Match[str]) -> float:
    """Return the length that `LENGTH` found, within what a line can bear."""
    return max(_NARROWEST_EM, min(_WIDEST_EM, float(found[1]) * _EM_PER_UNIT[found[2]]))


def words(source: str) -> str:
    r"""Return the characters of a text, as of `\text{…}`, whose commands are only those between words."""
    plain = _TEXT_COMMAND.sub(_text_command, put_marks_on_letters(source).replace("~", " "))
    return plain.replace("{", "").replace("}", "").translate(_SHOWN_BRACES)


def operator_name(source: str) -> str:
    """Return the name of a function that is written out."""
    return re.sub(r"\\[! ]|\\(?:mathrm|rm|text)\b|[{}]", "", re.sub(r"\\[,;:]|~", " ", source))


def _text_command(found: re.Match[str]) -> str:
    name = found[1].rstrip() or " "
    if name in TEXT_COMMANDS:
        return TEXT_COMMANDS[name]
    if name in _PROTECTED:
        return _PROTECTED[name]
    if name in TEXTS or name in ALPHABETS:
        return ""
    return COMMANDS[name][0] if name in COMMANDS else name
