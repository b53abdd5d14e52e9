"""What came out of a calculation, as text: exact where that is short, else with `SHOWN` digits and marked as about."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from phidesk.tools.calculation.expressions import Answer, Shape
from phidesk.tools.calculation.numbers import Number, multiply, to_decimal
from phidesk.tools.calculation.quantities import Quantity, units_text

SHOWN = 12
"""Significant digits of what is not exact."""
_LONGEST_EXACT = 60
"""Characters of an exact result; longer ones are told as about."""
_LONGEST_FRACTION = 15
_PLAIN_EXPONENTS = range(-7, 21)
"""Of numbers that are written without an exponent."""
_ROUNDING = Context(prec=SHOWN, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)
_FRONT_SIGNS = frozenset("$€£¥₹₽₩₺₿")


def describe(answer: Answer) -> dict[str, object]:
    """Return the result as values of JSON: `result`, whether it is `exact`, and `about` beside a fraction."""
    if isinstance(answer.value, bool):
        told: dict[str, object] = {"result": answer.value}
    else:
        told = _described(answer.value, answer.shape)
    return told | ({"note": " ".join(answer.notes)} if answer.notes else {})


def about(number: Number) -> str:
    """Return the number with at most `SHOWN` significant digits."""
    rounded = _ROUNDING.plus(to_decimal(number))
    if not rounded:
        return "0"
    if rounded.adjusted() in _PLAIN_EXPONENTS:
        text = f"{rounded:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    digits, _, exponent = f"{rounded:e}".partition("e")
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits}e{int(exponent)}"


def exact_decimal(number: Fraction) -> str:
    """Return the decimal number, if it ends; else nothing."""
    rest, places = number.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        places = max(places, count)
    if rest != 1:
        return ""
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if number < 0 else text


def _described(quantity: Quantity, shape: Shape) -> dict[str, object]:
    number = multiply(quantity.number, Fraction(100)) if shape is Shape.PERCENT else quantity.number
    if isinstance(number, Decimal):
        return _rounded(number, quantity, shape)
    if max(number.numerator.bit_length(), number.denominator.bit_length()) > _LONGEST_EXACT * 4:
        return _rounded(number, quantity, shape)
    decimal = exact_decimal(number)
    fraction = f"{number.numerator}/{number.denominator}"
    is_fraction_wanted = shape is Shape.FRACTION and number.denominator != 1
    if is_fraction_wanted or (not decimal and not quantity.units and shape is Shape.ANY):
        if len(fraction) <= (_LONGEST_EXACT if is_fraction_wanted else _LONGEST_FRACTION):
            return {"result": fraction, "exact": True, "about": about(number)}
    elif decimal and len(decimal) <= _LONGEST_EXACT:
        return {"result": _with_unit(decimal, quantity, shape), "exact": True}
    return _rounded(number, quantity, shape)


def _rounded(number: Number, quantity: Quantity, shape: Shape) -> dict[str, object]:
    return {"result": f"about {_with_unit(about(number), quantity, shape)}", "exact": False}


def _with_unit(text: str, quantity: Quantity, shape: Shape) -> str:
    if shape is Shape.PERCENT:
        return f"{text} %"
    unit = units_text(quantity.units)
    if unit in _FRONT_SIGNS:
        text += "0" if "." in text[-2:-1] else ""  # $8.20
        return f"-{unit}{text[1:]}" if text.startswith("-") else unit + text
    return f"{text} {unit}" if unit else text
