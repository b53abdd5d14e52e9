r"""Numbers as the package siunitx reads them (`\num{1.5e3}`, `\ang{45;30}`, `\complexnum{1+2i}`) written as LaTeX.

Digits stand in groups of three from five on. The sign between whole digits and decimals stays the one that was typed:
whoever writes a comma reads a comma. Ranges and lists are written with signs, as words would be those of one language.
"""

from __future__ import annotations

import re

_VALUE = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d[\d ]*(?:[.,][\d ]*)?|[.,]\d[\d ]*)"
_NUMBER = re.compile(
    r"(?P<relation>(?:<=|>=|<<|>>|[<>~=]|\\(?:leq?|geq?|ll|gg|approx|sim)(?![a-zA-Z]))?)\s*"
    r"(?P<sign>(?:\+-|-\+|[+±∓−-]|\\pm(?![a-zA-Z])|\\mp(?![a-zA-Z]))?)\s*"
    rf"(?P<value>{_VALUE})?\s*(?P<digits>\(\d+(?:[.,]\d+)?\))?"
    rf"(?:\s*(?:\+-|±|\\pm(?![a-zA-Z]))\s*(?P<uncertainty>{_VALUE}))?"
    r"(?:\s*[eEdD]\s*(?P<power>[+-]?\d+))?\s*"
)
_SIGNS = {
    "+-": r"\pm ", "±": r"\pm ", "-+": r"\mp ", "∓": r"\mp ", "−": "-", "<=": r"\leq ", ">=": r"\geq ", "<<": r"\ll ",
    ">>": r"\gg ", "~": r"\sim ",
}  # fmt: skip
_EXPONENT = re.compile(r"(?P<digits>[\d.,]*)(?<![a-zA-Z\\])[eEdD](?P<power>[+-]?\d+)")
_TIMES = re.compile(r"(?<=[\d.) ])\s*[xX×]\s*(?=[\d.(+-])")
_IMAGINARY_UNIT = re.compile(r"(?<![a-zA-Z\\])([ij])(?![a-zA-Z])")
_FEWEST_GROUPED = 5
_ANGLE_SIGNS = ("°", "′", "″")


def is_number(source: str) -> bool:
    """Whether a source is a number as siunitx reads it."""
    found = _NUMBER.fullmatch(_in_one_line(source))
    return found is not None and bool(found["value"] or found["power"])


def number_as_latex(source: str, *, before_unit: bool = False) -> str:
    """Return LaTeX that shows a number; before a unit one with an uncertainty stands in parentheses."""
    source = _in_one_line(source)
    if _TIMES.search(source):
        return product_as_latex(source)
    found = _NUMBER.fullmatch(source)
    if found is None or not is_number(source):
        return _EXPONENT.sub(_power_of_ten, source.replace("+-", r"\pm "))
    relation, sign = (_SIGNS.get(found[name], found[name]) for name in ("relation", "sign"))
    shown = sign + (grouped(found["value"]) if found["value"] else "") + (found["digits"] or "")
    if found["uncertainty"]:
        shown += rf" \pm {grouped(found['uncertainty'])}"
        if found["power"] or before_unit:
            shown = f"({shown})"
    if found["power"]:
        factor = shown + r"\times " if found["value"] else shown
        shown = f"{factor}10^{{{found['power'].removeprefix('+')}}}"
    return f"{relation}{' ' if relation.startswith(chr(92)) else ''}{shown}"


def grouped(value: str) -> str:
    """Return digits in groups of three, those on either side of the decimal sign for themselves."""
    value = value.replace(" ", "")
    if value.count(",") > 1 or ("," in value and "." in value):  # Whoever typed it has grouped it.
        return value
    whole, sign, decimals = re.fullmatch(r"(\d*)([.,]?)(\d*)", value).groups()  # type: ignore[union-attr]
    if len(whole) >= _FEWEST_GROUPED:
        start = len(whole) % 3
        whole = r"\,".join(part for part in (whole[:start], *_threes(whole[start:])) if part)
    if len(decimals) >= _FEWEST_GROUPED:
        decimals = r"\,".join(_threes(decimals))
    return (whole or "0") + ("{,}" if sign == "," else sign) + decimals


def product_as_latex(source: str, unit: str = "") -> str:
    """Return LaTeX that shows numbers with "x" between them, each with this LaTeX behind it."""
    return r" \times ".join(number_as_latex(part, before_unit=bool(unit)) + unit for part in _TIMES.split(source))


def angle_as_latex(source: str) -> str:
    """Return LaTeX that shows degrees, or degrees, minutes and seconds of arc, as "45;30;10"."""
    parts = source.split(";")[:3]
    shown = zip(parts, _ANGLE_SIGNS, strict=False)
    return "".join(rf"{number_as_latex(part)}\text{{{sign}}}" for part, sign in shown if part.strip())


def complex_as_latex(source: str) -> str:
    """Return LaTeX that shows a complex number: "1+2i", or its length and angle, as "3:45"."""
    if ":" in source:
        length, angle = source.split(":", 1)
        return rf"{number_as_latex(length)}\angle {number_as_latex(angle)}\text{{°}}"
    return _IMAGINARY_UNIT.sub(r"\\mathrm{\1}", _EXPONENT.sub(_power_of_ten, source))


def range_as_latex(start: str, end: str) -> str:
    """Return LaTeX that shows where numbers begin and end, with a dash, which keeps a distance from a sign."""
    gap = r"\," if any(number.strip().startswith(("-", "+", "−")) for number in (start, end)) else ""
    return rf"{number_as_latex(start)}{gap}\text{{–}}{gap}{number_as_latex(end)}"


def list_as_latex(source: str, unit: str = "") -> str:
    """Return LaTeX that shows numbers, "1;2;3", with commas, each with this LaTeX behind it."""
    return r",\,".join(
        number_as_latex(part, before_unit=bool(unit)) + unit for part in source.split(";") if part.strip()
    )


def _in_one_line(source: str) -> str:
    return " ".join(source.split())


def _threes(digits: str) -> list[str]:
    return [digits[start : start + 3] for start in range(0, len(digits), 3)]


def _power_of_ten(found: re.Match[str]) -> str:
    factor = found["digits"] + r"\times " if found["digits"] else ""
    return f"{factor}10^{{{found['power'].removeprefix('+')}}}"
