r"""Letters whose commands name their alphabet, as unicode-math and upgreek have them: `\upmu`, `\mbfitx`, `\Bbbone`."""

from __future__ import annotations

import re

from phidesk.richtext.formula.alphabets import Alphabet, styled
from phidesk.richtext.formula.characters.letters import LETTERS

_ALPHABETS = {
    **dict.fromkeys(("up", "mup", "text"), Alphabet.UPRIGHT), "mit": Alphabet.ITALIC, "mbf": Alphabet.BOLD,
    "mbfit": Alphabet.BOLD_ITALIC, "mscr": Alphabet.SCRIPT, "mbfscr": Alphabet.BOLD_SCRIPT, "mfrak": Alphabet.FRAKTUR,
    "mbffrak": Alphabet.BOLD_FRAKTUR, "Bbb": Alphabet.DOUBLE_STRUCK, "msans": Alphabet.SANS_SERIF,
    "mbfsans": Alphabet.BOLD_SANS_SERIF, "mitsans": Alphabet.ITALIC_SANS_SERIF,
    "mbfitsans": Alphabet.BOLD_ITALIC_SANS_SERIF, "mtt": Alphabet.MONOSPACE,
}  # fmt: skip
_GREEK_ONLY = ("up", "mup", "text")
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_GREEK = {
    name: letter for letter, names in LETTERS.items() for name in names.split() if "Α" <= letter <= "ϵ"
} | {"partial": "∂", "nabla": "∇"}  # fmt: skip
_NAME = re.compile(rf"({'|'.join(sorted(_ALPHABETS, key=len, reverse=True))})([A-Za-z]+)")
_UPRIGHT_AFTER = "up"
"""So the alphabet is named behind the letter in other packages: `\\alphaup`."""


def named_letter(name: str) -> str | None:
    """Return the letter that a command stands for, without its backslash; None if it stands for none."""
    if name.removesuffix(_UPRIGHT_AFTER) in _GREEK:
        return _GREEK[name.removesuffix(_UPRIGHT_AFTER)]
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    letter = found[2]
    if letter in _DIGITS:
        return styled(str(_DIGITS.index(letter)), _ALPHABETS[found[1]])
    if letter in _GREEK:
        return styled(_GREEK[letter], _ALPHABETS[found[1]])
    return styled(letter, _ALPHABETS[found[1]]) if len(letter) == 1 and found[1] not in _GREEK_ONLY else None
