"""Units with exact factors, and quantities that carry them.

Sources: the International Yard and Pound of 1959, NIST Handbook 44 (US volumes), the British Weights and Measures Act
1985 (imperial volumes), the SI brochure of 2019. A year is the mean one of the Gregorian calendar.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

Dimension = frozenset[tuple[str, int]]
"""Powers of base quantities: speed is {("length", 1), ("time", -1)}."""

_PREFIXES = (
    ("n", "nano", "1e-9"), ("µ", "micro", "1e-6"), ("m", "milli", "1e-3"), ("c", "centi", "0.01"), ("d", "deci", "0.1"),
    ("h", "hecto", "100"), ("k", "kilo", "1000"), ("M", "mega", "1e6"), ("G", "giga", "1e9"), ("T", "tera", "1e12"),
    ("P", "peta", "1e15"),
)  # fmt: skip
_BINARY_PREFIXES = (("Ki", "kibi", 1), ("Mi", "mebi", 2), ("Gi", "gibi", 3), ("Ti", "tebi", 4), ("Pi", "pebi", 5))
_POUND, _FOOT, _INCH, _GRAVITY = Fraction("0.45359237"), Fraction("0.3048"), Fraction("0.0254"), Fraction("9.80665")
_GALLON, _IMPERIAL_GALLON = 231 * _INCH**3, Fraction("0.00454609")
_YEAR = Fraction("365.2425") * 86400
_ATMOSPHERE = Fraction(101325)

_DIMENSIONS = {
    "number": "", "length": "length", "area": "length2", "volume": "length3", "mass": "mass", "time": "time",
    "frequency": "time-1", "speed": "length time-1", "temperature": "temperature", "information": "information",
    "force": "mass length time-2", "energy": "mass length2 time-2", "power": "mass length2 time-3",
    "pressure": "mass length-1 time-2", "current": "current", "charge": "current time",
    "voltage": "mass length2 time-3 current-1", "resistance": "mass length2 time-3 current-2", "angle": "angle",
    "consumption": "length2", "mileage": "length-2",
}  # fmt: skip
# Of each kind: symbol, factor to the base unit, further names (singular). `*` takes all prefixes of the SI.
_TABLE: dict[str, tuple[tuple[str, Fraction | int | str, str], ...]] = {
    "length": (
        ("*m", 1, "metre meter"), ("in", _INCH, "inch inches"), ("ft", _FOOT, "foot feet"), ("yd", 3 * _FOOT, "yard"),
        ("mi", 5280 * _FOOT, "mile"),
        ("nmi", 1852, "nautical_mile sea_mile"), ("au", 149597870700, "astronomical_unit"),
        ("ly", 299792458 * 31557600, "light_year lightyear light-year"), ("Å", "1e-10", "angstrom"),
    ),
    "area": (
        ("ha", 10000, "hectare"), ("ac", 4840 * 9 * _FOOT**2, "acre"), ("sqm", 1, ""), ("sqft", _FOOT**2, ""),
        ("sqkm", 1000000, ""), ("sqmi", (5280 * _FOOT) ** 2, ""),
    ),
    "volume": (
        ("*l", "0.001", "litre liter"), ("cc", "1e-6", "ccm"), ("gal", _GALLON, "gallon us_gallon"),
        ("qt", _GALLON / 4, "quart us_quart"), ("pt", _GALLON / 8, "pint us_pint"), ("cup", _GALLON / 16, "us_cup"),
        ("fl oz", _GALLON / 128, "fluid_ounce fl_oz floz us_fluid_ounce"),
        ("tbsp", _GALLON / 256, "tablespoon tbs"), ("tsp", _GALLON / 768, "teaspoon"),
        ("metric cup", "0.00025", "metric_cup"), ("imp gal", _IMPERIAL_GALLON, "imperial_gallon uk_gallon imp_gal"),
        ("imp pt", _IMPERIAL_GALLON / 8, "imperial_pint uk_pint imp_pt"), ("bbl", 42 * _GALLON, "barrel"),
        ("imp fl oz", _IMPERIAL_GALLON / 160, "imperial_fluid_ounce uk_fluid_ounce imp_fl_oz"),
    ),
    "mass": (
        ("*g", "0.001", "gram gramme"), ("t", 1000, "tonne metric_ton"), ("lb", _POUND, "pound lbs"),
        ("oz", _POUND / 16, "ounce"), ("st", 14 * _POUND, "stone"), ("ct", "0.0002", "carat"),
        ("gr", _POUND / 7000, "grain"), ("short ton", 2000 * _POUND, "short_ton us_ton ton"),
        ("long ton", 2240 * _POUND, "long_ton imperial_ton"), ("ozt", Fraction("0.0311034768"), "troy_ounce oz_t"),
    ),
    "time": (
        ("*s", 1, "second sec"), ("min", 60, "minute"), ("h", 3600, "hour hr"), ("d", 86400, "day"),
        ("week", 604800, "wk"), ("fortnight", 1209600, ""), ("month", _YEAR / 12, ""), ("year", _YEAR, "yr"),
        ("decade", 10 * _YEAR, ""), ("century", 100 * _YEAR, "centuries"),
    ),
    "frequency": (("*Hz", 1, "hertz"), ("rpm", Fraction(1, 60), "")),
    "speed": (
        ("km/h", Fraction(5, 18), "kmh kph kmph"), ("mph", 5280 * _FOOT / 3600, ""),
        ("kn", Fraction(463, 900), "knot kt"), ("mps", 1, ""),
    ),
    "information": (("*bit", 1, "bit"), ("*B", 8, "byte")),
    "force": (("*N", 1, "newton"), ("lbf", _POUND * _GRAVITY, "pound-force"), ("kgf", _GRAVITY, "")),
    "energy": (
        ("*J", 1, "joule"), ("*Wh", 3600, "watt-hour watthour watt_hour"), ("*cal", "4.184", "calorie"),
        ("*eV", "1.602176634e-19", "electronvolt"), ("BTU", "1055.05585262", "btu"),
    ),
    "power": (
        ("*W", 1, "watt"), ("hp", 550 * _FOOT * _POUND * _GRAVITY, "horsepower"),
        ("PS", 75 * _GRAVITY, "metric_horsepower"),
    ),
    "pressure": (
        ("*Pa", 1, "pascal"), ("bar", 100000, ""), ("mbar", 100, "millibar"), ("atm", _ATMOSPHERE, "atmosphere"),
        ("psi", _POUND * _GRAVITY / _INCH**2, ""), ("Torr", _ATMOSPHERE / 760, "torr"),
        ("mmHg", "133.322387415", "mmhg"),
        ("inHg", "3386.389", "inhg"),
    ),
    "current": (("*A", 1, "ampere amp"),),
    "charge": (("*Ah", 3600, "ampere-hour amp-hour"), ("coulomb", 1, "")),
    "voltage": (("*V", 1, "volt"),),
    "resistance": (("*Ω", 1, "ohm"),),
    "angle": (
        ("°", 1, "degree deg"), ("arcmin", Fraction(1, 60), ""), ("arcsec", Fraction(1, 3600), ""), ("turn", 360, ""),
    ),
    "consumption": (("l/100km", "1e-8", "l100km"),),
    "mileage": (
        ("mpg", 5280 * _FOOT / _GALLON, "miles_per_gallon"),
        ("imp mpg", 5280 * _FOOT / _IMPERIAL_GALLON, "imp_mpg uk_mpg"),
        ("km/l", 1000000, ""),
    ),
    "number": (
        ("hundred", 100, ""), ("thousand", 1000, ""), ("million", 10**6, "mio mn"), ("billion", 10**9, "bn mrd"),
        ("trillion", 10**12, ""), ("dozen", 12, ""),
    ),
}  # fmt: skip
_CURRENCIES = {
    "$": "usd dollar us_dollar buck", "€": "eur euro", "£": "gbp pound_sterling british_pound", "¥": "jpy yen",
    "₹": "inr rupee", "CHF": "chf franc swiss_franc", "CNY": "rmb yuan", "₽": "rub rouble ruble", "₩": "krw won",
    "SEK": "sek", "NOK": "nok", "DKK": "dkk",
    "zł": "pln zloty", "CAD": "cad", "AUD": "aud", "₺": "try lira", "R$": "brl", "₿": "btc bitcoin",
}  # fmt: skip
# Offset: what 0 of the unit is in kelvin.
_TEMPERATURES = (
    ("K", Fraction(1), Fraction(0), "kelvin"),
    (
        "°C",
        Fraction(1),
        Fraction("273.15"),
        "celsius degree_celsius degrees_celsius degree_c degrees_c deg_c degc centigrade c",
    ),
    (
        "°F",
        Fraction(5, 9),
        Fraction("459.67") * 5 / 9,
        "fahrenheit degree_fahrenheit degrees_fahrenheit degree_f degrees_f deg_f degf f",
    ),
)


@dataclass(frozen=True)
class Unit:
    """One of them: `value · factor + offset` is the value in base units."""

    symbol: str
    kind: str
    factor: Fraction
    dimension: Dimension
    offset: Fraction = Fraction(0)


def find_unit(name: str) -> Unit | None:
    """Return the unit with a symbol or a name, in the singular or the plural; words are joined by "_"."""
    symbols, names = _book()
    if name in symbols:
        return symbols[name]
    small = name.casefold()
    endings = [small, small.removesuffix("s"), small.removesuffix("es")]
    return next((names[ending] for ending in endings if ending in names), None)


def similar_units(unit: Unit) -> list[str]:
    """Return the symbols of the same kind, those without a prefix first."""
    symbols, _ = _book()
    same = dict.fromkeys(other.symbol for other in symbols.values() if other.dimension == unit.dimension)
    return list(same)


def combined(dimensions: Mapping[Unit, int]) -> Dimension:
    """Return the dimension of a product of powers of units."""
    total: dict[str, int] = {}
    for unit, exponent in dimensions.items():
        for base, power in unit.dimension:
            total[base] = total.get(base, 0) + power * exponent
    return frozenset((base, power) for base, power in total.items() if power)


@cache
def _book() -> tuple[dict[str, Unit], dict[str, Unit]]:
    """Return the units by symbol and by name (small letters); where two share a name, the first has it."""
    symbols: dict[str, Unit] = {}
    names: dict[str, Unit] = {}
    for unit, further in _every_unit():
        symbols.setdefault(unit.symbol, unit)
        for name in further:
            names.setdefault(name, unit)
    alike = Counter(symbol.casefold() for symbol in symbols)
    for symbol, unit in symbols.items():
        if alike[symbol.casefold()] == 1:  # MW and mW are not the same
            names.setdefault(symbol.casefold(), unit)
    symbols |= {
        symbol.replace("µ", letter): unit for symbol, unit in symbols.items() for letter in "uμ" if "µ" in symbol
    }
    return symbols, names


def _every_unit() -> Iterator[tuple[Unit, list[str]]]:
    for kind, rows in _TABLE.items():
        dimension = _read_dimension(_DIMENSIONS[kind])
        for symbol, factor, names in rows:
            plain = symbol.removeprefix("*")
            yield Unit(plain, kind, Fraction(factor), dimension), names.split()
        for symbol, factor, names in rows:
            if symbol.startswith("*"):
                yield from _prefixed(Unit(symbol[1:], kind, Fraction(factor), dimension), names.split())
    for symbol, factor, offset, names in _TEMPERATURES:
        yield Unit(symbol, "temperature", factor, _read_dimension("temperature"), offset), names.split()
    for symbol, names in _CURRENCIES.items():
        yield Unit(symbol, "currency", Fraction(1), frozenset({(symbol, 1)})), names.split()


def _prefixed(unit: Unit, names: list[str]) -> Iterator[tuple[Unit, list[str]]]:
    for sign, word, size in _PREFIXES:
        larger = Unit(sign + unit.symbol, unit.kind, unit.factor * Fraction(size), unit.dimension)
        yield larger, [word + name for name in names]
    if unit.kind == "information":
        for sign, word, step in _BINARY_PREFIXES:
            larger = Unit(sign + unit.symbol, unit.kind, unit.factor * 1024**step, unit.dimension)
            yield larger, [word + name for name in names]


def _read_dimension(text: str) -> Dimension:
    """Read "length2 time-1"."""
    powers = []
    for part in text.split():
        base = part.rstrip("-0123456789")
        powers.append((base, int(part[len(base) :] or 1)))
    return frozenset(powers)
