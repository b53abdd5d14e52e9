"""Colours as LaTeX names them: by a name, by a mixture of names (`red!50!black`), or by numbers in a colour model.

Names in small letters mean what they mean on the web, since models write for pages as often as for paper. The capital
ones are those of `dvips`, as they look in print (the package xcolor, section 4.2).
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

_NAME = re.compile(r"#(?:[\da-fA-F]{3}|[\da-fA-F]{6})|[a-z]{3,20}", re.IGNORECASE)
_MIXABLE = {
    "white": "ffffff", "black": "000000", "red": "ff0000", "green": "008000", "blue": "0000ff", "cyan": "00ffff",
    "magenta": "ff00ff", "yellow": "ffff00", "gray": "808080", "darkgray": "404040", "lightgray": "bfbfbf",
    "brown": "a52a2a", "lime": "00ff00", "olive": "808000", "orange": "ffa500", "pink": "ffc0cb", "purple": "800080",
    "teal": "008080", "violet": "800080",
}  # fmt: skip
_PRINTED = {
    "Apricot": "fbb982", "Aquamarine": "00b5be", "Bittersweet": "c04f17", "Black": "221e1f", "Blue": "2d2f92",
    "BlueGreen": "00b3b8", "BlueViolet": "473992", "BrickRed": "b6321c", "Brown": "792500", "BurntOrange": "f7921d",
    "CadetBlue": "74729a", "CarnationPink": "f282b4", "Cerulean": "00a2e3", "CornflowerBlue": "41b0e4",
    "Cyan": "00aeef", "Dandelion": "fdbc42", "DarkOrchid": "a4538a", "Emerald": "00a99d", "ForestGreen": "009b55",
    "Fuchsia": "8c368c", "Goldenrod": "ffdf42", "Gray": "949698", "Green": "00a64f", "GreenYellow": "dfe674",
    "JungleGreen": "00a99a", "Lavender": "f49ec4", "LimeGreen": "8dc73e", "Magenta": "ec008c", "Mahogany": "a9341f",
    "Maroon": "af3235", "Melon": "f89e7b", "MidnightBlue": "006795", "Mulberry": "a93c93", "NavyBlue": "006eb8",
    "OliveGreen": "3c8031", "Orange": "f58137", "OrangeRed": "ed135a", "Orchid": "af72b0", "Peach": "f7965a",
    "Periwinkle": "7977b8", "PineGreen": "008b72", "Plum": "92268f", "ProcessBlue": "00b0f0", "Purple": "99479b",
    "RawSienna": "974006", "Red": "ed1b23", "RedOrange": "f26035", "RedViolet": "a1246b", "Rhodamine": "ef559f",
    "RoyalBlue": "0071bc", "RoyalPurple": "613f99", "RubineRed": "ed017d", "Salmon": "f69289", "SeaGreen": "3fbc9d",
    "Sepia": "671800", "SkyBlue": "46c5dd", "SpringGreen": "c6dc67", "Tan": "da9d76", "TealBlue": "00aeb3",
    "Thistle": "d883b7", "Turquoise": "00b4ce", "Violet": "58429b", "VioletRed": "ef58a0", "White": "ffffff",
    "WildStrawberry": "ee2967", "Yellow": "fff200", "YellowGreen": "98cc70", "YellowOrange": "faa21a",
}  # fmt: skip
_NONE: Mapping[str, str] = MappingProxyType({})


def color(source: str, model: str = "", defined: Mapping[str, str] = _NONE) -> str | None:
    """Return a colour as Qt and the web write it; None for what is none. `defined` are those with names of their own.

    A name that is not known here is returned as it is: the web knows some more.
    """
    source = source.strip()
    if model in _MODELS:
        return _in_model(source, model)
    if "!" in source:
        return _mixture(source.split("!"), defined)
    if source in defined:
        return defined[source]
    if source in _PRINTED:
        return f"#{_PRINTED[source]}"
    return source if _NAME.fullmatch(source) else None


def _mixture(parts: Sequence[str], defined: Mapping[str, str]) -> str | None:
    """Read "red!50!black": so many per cent of what stands before, the rest of what follows, white if nothing does."""
    mixed = _parts_of(parts[0], defined)
    for number in range(1, len(parts), 2):
        other = _parts_of(parts[number + 1], defined) if number + 1 < len(parts) else (1.0, 1.0, 1.0)
        share = _numbers(parts[number])
        if mixed is None or other is None or share is None:
            return None
        kept = max(0.0, min(1.0, share[0] / 100))
        mixed = [mine * kept + its * (1 - kept) for mine, its in zip(mixed, other, strict=True)]
    return _written(mixed) if mixed is not None else None


def _parts_of(name: str, defined: Mapping[str, str]) -> Sequence[float] | None:
    """Return red, green and blue of a name, each between 0 and 1."""
    name = name.strip()
    digits = _MIXABLE.get(name) or (color(name, defined=defined) or "").removeprefix("#")
    digits = _MIXABLE.get(digits, digits)
    if not re.fullmatch(r"[\da-fA-F]{6}", digits):
        return None
    return [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]


def _in_model(source: str, model: str) -> str | None:
    if model == "HTML":
        return f"#{source.removeprefix('#')}" if _NAME.fullmatch(f"#{source.removeprefix('#')}") else None
    count, greatest, parts = _MODELS[model]
    numbers = _numbers(source)
    if numbers is None or len(numbers) != count:
        return None
    return _written(parts([max(0.0, min(1.0, number / greatest)) for number in numbers]))


def _numbers(source: str) -> list[float] | None:
    try:
        return [float(part) for part in source.replace(",", " ").split()] or None
    except ValueError:
        return None


def _written(parts: Sequence[float]) -> str | None:
    try:
        return "#" + "".join(f"{max(0, min(255, round(part * 255))):02x}" for part in parts)
    except (ValueError, OverflowError):  # not a number, or beyond all
        return None


def _from_printing(parts: Sequence[float]) -> Sequence[float]:
    cyan, magenta, yellow, black = parts
    return [1 - min(1.0, ink + black) for ink in (cyan, magenta, yellow)]


_MODELS: Mapping[str, tuple[int, float, Callable[[Sequence[float]], Sequence[float]]]] = {
    "rgb": (3, 1, lambda parts: parts),
    "RGB": (3, 255, lambda parts: parts),
    "HTML": (1, 1, lambda parts: parts),
    "gray": (1, 1, lambda parts: [parts[0]] * 3),
    "Gray": (1, 15, lambda parts: [parts[0]] * 3),
    "cmy": (3, 1, lambda parts: [1 - part for part in parts]),
    "cmyk": (4, 1, _from_printing),
    "hsb": (3, 1, lambda parts: colorsys.hsv_to_rgb(*parts)),
}
"""By name: how many numbers a colour has, the greatest of them, and what red, green and blue that makes."""
