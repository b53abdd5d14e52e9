r"""Quantities as they are printed (`\pu{1.2e3 kJ mol-1}`), written as LaTeX.

https://mhchem.github.io/MathJax-mhchem/ describes them. Quantities whose units are commands are siunitx's: `units`.
"""

from __future__ import annotations

import re

from phidesk.richtext.formula.number_forms import grouped
from phidesk.richtext.formula.unit_symbols import UNITS

_VALUE = r"[-−–+±]?\d*[.,]?\d+(?:[.,]\d+|/\d+)*"
_NUMBER = re.compile(
    rf"(?P<first>{_VALUE})(?P<digits>\(\d+\))?"
    rf"(?:\s*(?P<between>\+-|\+/-|±|\\pm|[-–](?=\s*\d))\s*(?P<second>{_VALUE}))?"
    r"(?:(?P<e>[eE])(?P<power>[-−+]?\d+)|\s*(?P<times>\\times|\\cdot|[×·⋅*x])\s*10\^\{?(?P<raised>[-−+]?\d+)\}?)?"
)
_POWER_OF_TEN = re.compile(r"10\^\{?(?P<raised>[-−+]?\d+)\}?")
_BETWEEN = {"-": r"\text{–}", "–": r"\text{–}"}
_SYMBOLS = UNITS | {"circ": "°", "mu": "μ", "Omega": "Ω", "AA": "Å", "%": r"\%"}
_UNIT = re.compile(
    r"\^?\s*\{?\s*\\(?:circ|degree)(?![a-zA-Z])\s*\}?\s*(?P<degree>[A-Z]?)"
    r"|\^\s*\{?(?P<raised>[-−+]?\d+)\}?"
    r"|(?<=[^\W\d_])(?P<power>[-−+]?\d+)"
    r"|\\(?:mu|micro)(?![a-zA-Z])\s*(?P<micro>[a-zA-Z]*)"
    r"|\\(?P<command>[a-zA-Z]+|%)\s*"
    r"|(?P<letters>[°%‰]?[^\W\d_]+|[°%‰])"
    r"|(?P<dot>\s*[*·⋅.]\s*)"
    r"|\s*(?P<slash>/)\s*"
    r"|(?P<space>[\s~]+)"
    r"|(?P<sign>[^{}$^])"
)


def printed_quantity_as_latex(source: str) -> str:
    """Return LaTeX that shows a number with its unit, or one of both."""
    source = source.strip()
    power = _POWER_OF_TEN.match(source)
    if power is not None:
        return _with_unit(f"10^{{{power['raised']}}}", source[power.end() :])
    found = _NUMBER.match(source)
    if found is None:
        return _unit_or_fraction(source)
    number = _value(found["first"]) + (found["digits"] or "")
    if found["second"]:
        number += _BETWEEN.get(found["between"], r"\pm ") + _value(found["second"])
    if found["power"] or found["raised"]:
        times = r"\times" if found["e"] == "E" or found["times"] in ("\\times", "×", "x") else r"\cdot"
        number += rf"{times} 10^{{{(found['power'] or found['raised']).removeprefix('+')}}}"
    return _with_unit(number, source[found.end() :])


def _value(number: str) -> str:
    if "/" in number:
        return number
    sign = "" if number[0].isdecimal() or number[0] in ".," else number[0]
    return ("-" if sign in ("−", "–") else sign) + grouped(number.removeprefix(sign))


def _with_unit(number: str, source: str) -> str:
    unit = _unit_or_fraction(source.strip())
    return number + ("" if unit in ("", r"\text{°}") else r"\,") + unit


def _unit_or_fraction(source: str) -> str:
    above, line, below = source.partition("//")
    if not line:
        return _unit(source)
    below = printed_quantity_as_latex(below.replace("//", "/"))  # It may be "100 km".
    return rf"\tfrac{{{_unit(above.strip())}}}{{{below}}}"


def _unit(source: str) -> str:
    if re.search(r"\\(?:frac|text|mathrm)", source):
        return rf"\mathrm{{{source}}}"
    parts: list[str] = []
    for found in _UNIT.finditer(source):
        power = found["raised"] or found["power"]
        if power:
            parts.append(f"^{{{power}}}")
        elif found["degree"] is not None:
            parts.append(rf"\text{{°{found['degree']}}}")
        elif found["micro"] is not None:
            parts.append(rf"\text{{μ{found['micro']}}}")
        elif found["command"]:
            name = found["command"]
            parts.append(rf"\text{{{_SYMBOLS[name]}}}" if name in _SYMBOLS else rf"\{name} ")
        elif found["letters"]:
            letters = found["letters"].replace("%", r"\%")
            parts.append(rf"\text{{{letters}}}")
        elif found["dot"]:
            parts.append(r"{\cdot}")
        elif found["space"]:
            parts.append(r"\,")
        else:
            parts.append(found["slash"] or found["sign"])
    return "".join(parts)
