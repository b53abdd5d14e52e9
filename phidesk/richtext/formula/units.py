r"""Quantities with units (`\SI{9.81}{\metre\per\second\squared}`, https://ctan.org/pkg/siunitx) written as LaTeX.

Units come as commands or as they are printed (`kg.m/s^2`); an unknown command is a unit of its own name, which is also
what siunitx's abbreviations mean (`\km`). Options are overlooked: powers below the line are always written as negative.
"""

from __future__ import annotations

import re

_PREFIXES = {
    "femto": "f", "pico": "p", "nano": "n", "micro": "µ", "milli": "m", "centi": "c", "deci": "d",
    "deca": "da", "hecto": "h", "kilo": "k", "mega": "M", "giga": "G", "tera": "T", "peta": "P",
}  # fmt: skip
_UNITS = {
    "metre": "m", "meter": "m", "second": "s", "gram": "g", "kilogram": "kg", "ampere": "A", "kelvin": "K",
    "mole": "mol", "candela": "cd", "hertz": "Hz", "newton": "N", "pascal": "Pa", "joule": "J", "watt": "W",
    "coulomb": "C", "volt": "V", "farad": "F", "ohm": "Ω", "siemens": "S", "weber": "Wb", "tesla": "T",
    "henry": "H", "lumen": "lm", "lux": "lx", "becquerel": "Bq", "gray": "Gy", "sievert": "Sv", "radian": "rad",
    "steradian": "sr", "litre": "L", "liter": "L", "minute": "min", "hour": "h", "day": "d", "tonne": "t",
    "hectare": "ha", "electronvolt": "eV", "decibel": "dB", "byte": "B", "angstrom": "Å", "degree": "°",
    "degreeCelsius": "°C", "celsius": "°C", "percent": r"\%", "um": "µm",
}  # fmt: skip
_POWERS_AFTER = {"squared": 2, "cubed": 3}
_POWERS_BEFORE = {"square": 2, "cubic": 3}
_PIECE = re.compile(r"\\(?P<raised>tothe|raiseto)\s*\{(?P<power>[^{}]*)\}|\\(?P<name>[a-zA-Z]+)|(?P<letters>[^\W\d_]+)")
_EXPONENT = re.compile(r"(?P<digits>[\d.,]*)\s*[eEdD]\s*(?P<power>[+-]?\d+)")
_NUMBER = re.compile(r"[\d\s.,()+<>~-]*\d[\d\s.,()+eEdDx\\pm-]*")
_PRINTED = re.compile(r"\\(?:mathrm|text|cdot|times|frac|,|%|circ|mu|Omega)(?![a-zA-Z])")


def quantity_as_latex(number: str, unit: str) -> str:
    """Return LaTeX that shows a number with its unit; only degrees of an angle stand without a distance."""
    shown = unit_as_latex(unit)
    distance = "" if shown == r"\mathrm{°}" else r"\,"
    return number_as_latex(number) + distance + shown if number.strip() else shown


def number_as_latex(source: str) -> str:
    """Return LaTeX that shows a number: "1.5e3" as a power of ten, "+-" as one sign."""
    return _EXPONENT.sub(_power_of_ten, source.replace("+-", r"\pm "))


def is_number(source: str) -> bool:
    """Whether a source is a number as it is written for `number_as_latex`."""
    return _NUMBER.fullmatch(source) is not None


def unit_as_latex(source: str) -> str:
    """Return LaTeX that shows a unit."""
    if "\\" not in source or _PRINTED.search(source):
        return rf"\mathrm{{{re.sub('[.~]', lambda _: chr(92) + ',', source)}}}"
    units: list[str] = []
    prefix, sign, power = "", 1, 1
    powers: list[int | str] = []
    for piece in _PIECE.finditer(source):
        name = piece["name"] or piece["letters"] or ""
        if name == "per":
            sign = -1
        elif name in _PREFIXES and piece["name"]:
            prefix += _PREFIXES[name]
        elif name in _POWERS_BEFORE:
            power = _POWERS_BEFORE[name]
        elif name in _POWERS_AFTER or piece["raised"]:
            if powers:
                after = str(_POWERS_AFTER.get(name) or piece["power"])
                powers[-1] = after if powers[-1] == 1 else f"-{after}"
        else:
            units.append(prefix + _UNITS.get(name, name))
            powers.append(sign * power)
            prefix, sign, power = "", 1, 1
    shown = zip(units, powers, strict=True)
    return r"\,".join(rf"\mathrm{{{unit}}}" + ("" if power == 1 else f"^{{{power}}}") for unit, power in shown)


def _power_of_ten(found: re.Match[str]) -> str:
    factor = found["digits"] + r"\times " if found["digits"] else ""
    return f"{factor}10^{{{found['power'].removeprefix('+')}}}"
