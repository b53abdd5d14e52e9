"""Prefixes and units by the names that the package siunitx gives them, and some that models add. Tables only.

Symbols are those of the SI Brochure (9th edition, with the prefixes of 2022).
"""

from __future__ import annotations

PREFIXES = {
    "quecto": "q", "ronto": "r", "yocto": "y", "zepto": "z", "atto": "a", "femto": "f", "pico": "p", "nano": "n",
    "micro": "µ", "milli": "m", "centi": "c", "deci": "d", "deca": "da", "deka": "da", "hecto": "h", "kilo": "k",
    "mega": "M", "giga": "G", "tera": "T", "peta": "P", "exa": "E", "zetta": "Z", "yotta": "Y", "ronna": "R",
    "quetta": "Q", "kibi": "Ki", "mebi": "Mi", "gibi": "Gi", "tebi": "Ti", "pebi": "Pi", "exbi": "Ei", "zebi": "Zi",
    "yobi": "Yi",
}  # fmt: skip
UNITS = {
    "ampere": "A", "candela": "cd", "kelvin": "K", "kilogram": "kg", "gram": "g", "metre": "m", "meter": "m",
    "mole": "mol", "second": "s", "becquerel": "Bq", "coulomb": "C", "farad": "F", "gray": "Gy", "henry": "H",
    "hertz": "Hz", "joule": "J", "katal": "kat", "lumen": "lm", "lux": "lx", "newton": "N", "ohm": "Ω", "pascal": "Pa",
    "radian": "rad", "siemens": "S", "sievert": "Sv", "steradian": "sr", "tesla": "T", "volt": "V", "watt": "W",
    "weber": "Wb", "degreeCelsius": "°C", "celsius": "°C", "degC": "°C", "degreeFahrenheit": "°F", "fahrenheit": "°F",
    "degree": "°", "deg": "°", "arcminute": "′", "arcmin": "′", "arcsecond": "″", "arcsec": "″", "minute": "min",
    "hour": "h", "day": "d", "week": "wk", "month": "mo", "year": "yr", "annum": "a", "litre": "L", "liter": "L",
    "hectare": "ha", "tonne": "t", "dalton": "Da", "atomicmassunit": "u", "amu": "u", "astronomicalunit": "au",
    "parsec": "pc", "lightyear": "ly", "nauticalmile": "M", "knot": "kn", "angstrom": "Å", "barn": "b", "micron": "µm",
    "electronvolt": "eV", "neper": "Np", "bel": "B", "decibel": "dB", "bar": "bar", "mmHg": "mmHg", "torr": "Torr",
    "atmosphere": "atm", "calorie": "cal", "erg": "erg", "watthour": "Wh", "wattHour": "Wh", "horsepower": "hp",
    "voltampere": "VA", "dyne": "dyn", "gauss": "G", "oersted": "Oe", "poise": "P", "stokes": "St", "curie": "Ci",
    "roentgen": "R", "molar": "M", "dioptre": "dpt", "diopter": "dpt", "jansky": "Jy", "byte": "B", "baud": "Bd",
    "percent": r"\%", "permille": "‰", "perthousand": "‰", "inch": "in", "foot": "ft", "yard": "yd", "mile": "mi",
    "pound": "lb", "ounce": "oz", "gallon": "gal",
}  # fmt: skip
"""Units that are called as they are written ("ppm") need no line here."""
CONSTANTS = {
    "bohr": "a_{0}", "clight": "c", "electronmass": r"m_{\mathrm{e}}", "elementarycharge": "e",
    "hartree": r"E_{\mathrm{h}}", "planckbar": r"\hbar",
}  # fmt: skip
"""Constants of nature that serve as units, as LaTeX."""
ANGLES = {"°", "′", "″"}
"""They stand without a distance behind a number."""
