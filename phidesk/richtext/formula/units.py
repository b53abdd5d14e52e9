r"""Units (`\metre\per\second\squared`, https://ctan.org/pkg/siunitx) written as LaTeX.

Units come as commands or as they are printed (`kg.m/s^2`); an unknown command is a unit of its own name, which is also
what siunitx's abbreviations mean (`\km`). Powers below the line are negative where no option wants a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from phidesk.richtext.formula.unit_symbols import ANGLES, CONSTANTS, PREFIXES, UNITS

_POWERS_AFTER = {"squared": "2", "cubed": "3"}
_POWERS_BEFORE = {"square": "2", "cubic": "3"}
_PIECE = re.compile(
    r"\\(?P<command>tothe|raiseto|of|highlight|cancel)(?![a-zA-Z])\s*(?:\{(?P<argument>[^{}]*)\})?"
    r"|\\(?P<name>[a-zA-Z]+)|(?P<letters>[^\W\d_]+)|\^\s*\{?\s*(?P<power>[+-]?\d+)|(?P<slash>/)"
)
_PRINTED = re.compile(r"\\(?:mathrm|text|cdot|times|frac|,|%|circ|mu|Omega)(?![a-zA-Z])")
_BETWEEN_LETTERS = re.compile(r"[.~]|(?<=[^\W_])\s+(?=[^\W\d_])")
_MICRO = re.compile(r"u(?=(?:g|m|s|L|l|A|V|W|J|F|H|N|T|C|Pa|mol|Sv|Gy|ohm)$)")
_DEGREE_OF = re.compile(r"\\degree\s*\\?([CFcf])(?:elsius|ahrenheit)?(?![a-zA-Z])")
_RAISED_CIRCLE = re.compile(r"\{?\^\s*(?:\\circ(?![a-zA-Z])|\{\s*\\circ\s*\})\}?\s*")
_PER_MODE = re.compile(r"per-mode\s*=\s*\{?\s*([a-z-]+)")


@dataclass
class _Unit:
    """A unit as far as it was read: its LaTeX, its power, whether it stands below the line."""

    symbol: str = ""
    """Before its name was read: its prefixes."""
    power: str = "1"
    is_below: bool = False
    frame: str = "#"
    """LaTeX around its symbol."""

    def shown(self, *, is_inverted: bool = False) -> str:
        power = _inverted(self.power) if is_inverted else self.power
        return self.symbol if power == "1" else f"{self.symbol}^{{{power}}}"


def quantity_unit_as_latex(source: str, options: str = "") -> str:
    """Return LaTeX that shows a unit behind a number; only those of angles stand without a distance."""
    shown = unit_as_latex(source, options)
    if not shown or shown in {rf"\mathrm{{{angle}}}" for angle in ANGLES}:
        return shown
    return rf"\,{shown}"


def unit_as_latex(source: str, options: str = "") -> str:
    """Return LaTeX that shows a unit; `options` are those of siunitx, of which "per-mode" is heeded."""
    source = _RAISED_CIRCLE.sub("°", source)
    if "\\" not in source or _PRINTED.search(source):
        printed = _BETWEEN_LETTERS.sub(lambda _: r"\,", source.strip())
        return rf"\mathrm{{{printed}}}" if printed else ""
    source = _DEGREE_OF.sub(lambda degree: r"\fahrenheit" if degree[1].lower() == "f" else r"\degreeCelsius", source)
    mode = _PER_MODE.search(options)
    return _in_mode(_units_in(source), mode[1] if mode is not None else "power")


def _units_in(source: str) -> list[_Unit]:
    units: list[_Unit] = []
    unit = _Unit()
    for piece in _PIECE.finditer(source):
        if _begins(unit, piece):
            continue
        if _is_behind(piece):
            if units:
                _end(units[-1], piece)
            continue
        unit.symbol = unit.frame.replace("#", _symbol(unit.symbol, piece["name"] or piece["letters"] or ""))
        units.append(unit)
        unit = _Unit()
    if unit.symbol:  # A prefix alone is shown too.
        unit.symbol = rf"\mathrm{{{unit.symbol}}}"
        units.append(unit)
    return units


def _begins(unit: _Unit, piece: re.Match[str]) -> bool:
    """Take what belongs to a unit whose name follows; False for anything else."""
    name, argument = piece["name"] or piece["command"], (piece["argument"] or "").strip()
    if name == "per" or piece["slash"]:
        unit.is_below = True
    elif name in PREFIXES:
        unit.symbol += PREFIXES[name]
    elif name in _POWERS_BEFORE or name == "raiseto":
        unit.power = _POWERS_BEFORE.get(name, argument) or "1"
    elif name in ("cancel", "highlight"):
        unit.frame = r"\cancel{#}" if name == "cancel" else rf"\textcolor{{{argument}}}{{#}}"
    else:
        return False
    return True


def _is_behind(piece: re.Match[str]) -> bool:
    return bool(piece["power"]) or (piece["name"] or piece["command"]) in (*_POWERS_AFTER, "tothe", "of")


def _end(unit: _Unit, piece: re.Match[str]) -> None:
    argument = (piece["argument"] or "").strip()
    if piece["command"] == "of":
        unit.symbol += rf"_{{\mathrm{{{argument}}}}}"
    else:
        unit.power = _POWERS_AFTER.get(piece["name"] or "") or piece["power"] or argument or "1"


def _symbol(prefix: str, name: str) -> str:
    if name in CONSTANTS:
        return (rf"\mathrm{{{prefix}}}" if prefix else "") + CONSTANTS[name]
    symbol = UNITS.get(name) or _MICRO.sub("µ", name).replace("ohm", "Ω")
    return rf"\mathrm{{{prefix}{symbol}}}"


def _in_mode(units: list[_Unit], mode: str) -> str:
    above = [unit.shown() for unit in units if not unit.is_below]
    below = [unit.shown() for unit in units if unit.is_below]
    inverted = [unit.shown(is_inverted=True) for unit in units if unit.is_below]
    if not below or mode in ("power", "reciprocal"):
        return r"\,".join(unit.shown(is_inverted=unit.is_below) for unit in units)
    if mode == "power-positive-first":
        return r"\,".join(above + inverted)
    top, bottom = (r"\,".join(part) for part in (above, below))
    if mode == "fraction":
        return rf"\frac{{{top or '1'}}}{{{bottom}}}"
    if mode == "repeated-symbol":
        return "/".join([top or "1", *below])
    return f"{top or '1'}/" + (f"({bottom})" if len(below) > 1 else bottom)


def _inverted(power: str) -> str:
    return power.removeprefix("-") if power.startswith("-") else f"-{power}"
