"""Numbers without surprises: exact as long as they can be, else decimals with more digits than are ever shown.

A `Fraction` is exact, a `Decimal` is a real number of which `PRECISION` digits are known. What is mixed is a decimal.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from fractions import Fraction
from functools import cache
from math import isqrt

from phidesk.tools.tool import CallFault

Number = Fraction | Decimal

PRECISION = 60
"""Digits that are calculated with; 12 are shown."""
MOST_BITS = 20_000
"""Of a numerator or denominator: 6,000 digits. The factorial of 1,000 has 2,568."""
_KNOWN_DIGITS = 45
"""A sum that is smaller beside its operands consists of errors of rounding: it is zero."""
_HIGHEST_ROOT = 64
_CONTEXT = Context(prec=PRECISION, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[DivisionByZero, InvalidOperation, Overflow])
TOO_LARGE = "The number gets too large."


def is_exact(number: Number) -> bool:
    """Whether every digit is known."""
    return isinstance(number, Fraction)


def to_decimal(number: Number) -> Decimal:
    """Return the number with `PRECISION` digits."""
    if isinstance(number, Decimal):
        return number
    with localcontext(_CONTEXT):
        return Decimal(number.numerator) / Decimal(number.denominator)


def in_decimals(calculate: Callable[..., Decimal], *numbers: Number) -> Decimal:
    """Calculate with `PRECISION` digits.

    Raises:
        CallFault: there is no such number, or it is too large.
    """
    try:
        with localcontext(_CONTEXT):
            return calculate(*map(to_decimal, numbers))
    except Overflow as error:
        raise CallFault(TOO_LARGE) from error
    except DecimalException as error:
        raise CallFault("There is no such number.") from error


def checked(number: Fraction) -> Fraction:
    """Return the number, if it is not too long.

    Raises:
        CallFault: it is.
    """
    if _bits(number) > MOST_BITS:
        raise CallFault(TOO_LARGE)
    return number


def negative(number: Number) -> Number:
    """Return the number with the other sign. The sign of a `Decimal` in Python would round it."""
    return number.copy_negate() if isinstance(number, Decimal) else -number


def absolute(number: Number) -> Number:
    """Return the number without its sign, not rounded either."""
    return number.copy_abs() if isinstance(number, Decimal) else abs(number)


def add(left: Number, right: Number) -> Number:
    """Return the sum."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return checked(left + right)
    total = in_decimals(Decimal.__add__, left, right)
    size = max(to_decimal(left).adjusted(), to_decimal(right).adjusted())
    return Decimal(0) if total.adjusted() < size - _KNOWN_DIGITS else total


def multiply(left: Number, right: Number) -> Number:
    """Return the product."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return checked(left * right)
    return in_decimals(Decimal.__mul__, left, right)


def divide(left: Number, right: Number) -> Number:
    """Return the quotient."""
    if right == 0:
        raise CallFault("Division by zero has no result.")
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return checked(left / right)
    return in_decimals(Decimal.__truediv__, left, right)


def remainder(left: Number, right: Number) -> Number:
    """Return what is left of a division, with the sign of the divisor as in mathematics."""
    return add(left, negative(multiply(right, Fraction(floor(divide(left, right))))))


def power(base: Number, exponent: Number) -> Number:
    """Return a power: exact for whole exponents and for roots that come out even, as long as it is not too long."""
    if base == 0 and exponent < 0:
        raise CallFault("Division by zero has no result.")
    if base == 0 and exponent == 0:
        return Fraction(1)
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        if isinstance(base, Fraction) and _bits(base) * abs(exponent.numerator) <= MOST_BITS:
            return base**exponent.numerator
    elif base < 0:
        raise CallFault("A negative number has no real power with a broken exponent.")
    elif isinstance(exponent, Fraction) and isinstance(base, Fraction) and exponent.denominator <= _HIGHEST_ROOT:
        exact = _exact_root(base, exponent.denominator)
        if exact is not None:
            return power(exact, Fraction(exponent.numerator))
    return in_decimals(Decimal.__pow__, base, exponent)


def root(number: Number, degree: Number) -> Number:
    """Return the real root of a whole degree; odd ones of negative numbers exist."""
    if not isinstance(degree, Fraction) or degree.denominator != 1 or degree < 1:
        raise CallFault("The degree of a root is a whole number above zero.")
    if number < 0 and degree.numerator % 2:
        return negative(power(negative(number), 1 / degree))
    if number < 0:
        raise CallFault("An even root of a negative number is not real.")
    if isinstance(number, Decimal) and degree == 2:
        return in_decimals(Decimal.sqrt, number)
    return power(number, 1 / degree)


def floor(number: Number) -> int:
    """Return the largest whole number that is not above."""
    if isinstance(number, Decimal) and number.adjusted() >= PRECISION:
        raise CallFault(TOO_LARGE)
    nearest = int(number.to_integral_value()) if isinstance(number, Decimal) else 0
    if nearest and add(number, Fraction(-nearest)) == 0:  # the square of the root of 2 is 2
        return nearest
    return int(number.__floor__())


def round_half_up(number: Number, digits: int = 0) -> Fraction:
    """Round as people do: a half goes away from zero."""
    if abs(digits) > PRECISION:
        raise CallFault(f"Round to at most {PRECISION} digits.")
    step = Fraction(10) ** -digits
    size = floor(add(divide(absolute(number), step), Fraction(1, 2)))
    return step * (-size if number < 0 else size)


def factorial(number: Number) -> Fraction:
    """Return 1 · 2 · 3 · … · number."""
    count = whole(number, "A factorial")
    if not 0 <= count <= 1_000:
        raise CallFault("Factorials are calculated from 0 to 1000.")
    product = 1
    for factor in range(2, count + 1):
        product *= factor
    return Fraction(product)


def whole(number: Number, subject: str) -> int:
    """Return the number as an integer. `subject` begins what is told where it is none."""
    if not isinstance(number, Fraction) or number.denominator != 1:
        raise CallFault(f"{subject} needs whole numbers.")
    return number.numerator


def _bits(number: Fraction) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length())


def _exact_root(number: Fraction, degree: int) -> Fraction | None:
    upper, lower = _whole_root(number.numerator, degree), _whole_root(number.denominator, degree)
    return None if upper is None or lower is None else Fraction(upper, lower)


def _whole_root(number: int, degree: int) -> int | None:
    """Return the root if it is a whole number."""
    if degree == 2:
        found = isqrt(number)
    else:
        low, high = 0, 1 << (number.bit_length() // degree + 1)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if middle**degree <= number else (low, middle - 1)
        found = low
    return found if found**degree == number else None


@cache
def pi() -> Decimal:
    """Return π (Machin: 16 arctan 1/5 - 4 arctan 1/239)."""
    with localcontext(_CONTEXT) as context:
        context.prec += 10
        return 16 * _arctan_of_inverse(5) - 4 * _arctan_of_inverse(239)


def _arctan_of_inverse(number: int) -> Decimal:
    term = Decimal(1) / number
    total, step = term, 1
    while abs(term) > Decimal(10) ** -(PRECISION + 10):
        term /= -number * number
        step += 2
        total += term / step
    return total


def euler() -> Decimal:
    """Return e."""
    return in_decimals(Decimal.exp, Fraction(1))
