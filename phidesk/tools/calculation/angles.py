"""Sine and its relatives, with exact values where there are some. Angles are in degrees, exact or not."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from phidesk.tools.calculation.numbers import (
    Number,
    absolute,
    add,
    divide,
    floor,
    in_decimals,
    multiply,
    negative,
    pi,
    power,
    round_half_up,
)
from phidesk.tools.tool import CallFault

_NEAR = Decimal("1e-40")
"""So near at a multiple of 15° an angle in radians was written with π, and is that multiple."""
_LARGEST_ANGLE = 10**15
_EXACT_SINES = {0: Fraction(0), 30: Fraction(1, 2), 90: Fraction(1), 150: Fraction(1, 2), 180: Fraction(0)}
_EXACT_ARC_SINES = {
    Fraction(step, 2): Fraction(angle) for step, angle in zip(range(-2, 3), (-90, -30, 0, 30, 90), strict=True)
}
_EXACT_ARC_TANGENTS = (-1, 0, 1)
_EXACT_TANGENTS = {0: Fraction(0), 45: Fraction(1), 135: Fraction(-1)}


def degrees_of(radians: Number) -> Number:
    """Return an angle in degrees; exact if it is a multiple of 15°, which π was needed to write."""
    degrees = divide(multiply(radians, Fraction(180)), pi())
    multiple = 15 * round_half_up(divide(degrees, Fraction(15)))
    return multiple if absolute(add(degrees, -multiple)) <= _NEAR else degrees


def radians_of(degrees: Number) -> Number:
    """Return an angle in radians."""
    return multiply(divide(degrees, Fraction(180)), pi()) if degrees else Fraction(0)


def sine(degrees: Number) -> Number:
    """Return the sine."""
    turned = _within_turn(degrees)
    if turned >= 180:
        return negative(sine(add(turned, Fraction(-180))))
    if isinstance(turned, Fraction) and turned in _EXACT_SINES:
        return _EXACT_SINES[int(turned)]
    return in_decimals(_sine_series, radians_of(turned))


def cosine(degrees: Number) -> Number:
    """Return the cosine."""
    return sine(add(degrees, Fraction(90)))


def tangent(degrees: Number) -> Number:
    """Return the tangent."""
    half = _within_turn(degrees)
    half = half if half < 180 else add(half, Fraction(-180))
    if isinstance(half, Fraction) and half in _EXACT_TANGENTS:
        return _EXACT_TANGENTS[int(half)]
    if half == 90:
        raise CallFault("The tangent of this angle does not exist.")
    return divide(sine(half), cosine(half))


def arc_tangent(value: Number) -> Number:
    """Return the angle in degrees."""
    if isinstance(value, Fraction) and value in _EXACT_ARC_TANGENTS:
        return 45 * value
    return degrees_of(in_decimals(_arc_tangent_series, value))


def arc_sine(value: Number) -> Number:
    """Return the angle in degrees."""
    if absolute(value) > 1:
        raise CallFault("Only numbers from -1 to 1 have an arcsine and an arccosine.")
    if isinstance(value, Fraction) and value in _EXACT_ARC_SINES:
        return _EXACT_ARC_SINES[value]
    adjacent = power(add(Fraction(1), negative(multiply(value, value))), Fraction(1, 2))
    return degrees_of(in_decimals(_arc_tangent_series, divide(value, adjacent)))


def arc_cosine(value: Number) -> Number:
    """Return the angle in degrees."""
    return add(Fraction(90), negative(arc_sine(value)))


def _within_turn(degrees: Number) -> Number:
    if absolute(degrees) > _LARGEST_ANGLE:
        raise CallFault("The angle is too large.")
    return add(degrees, Fraction(-360 * floor(divide(degrees, Fraction(360)))))


def _sine_series(angle: Decimal) -> Decimal:
    term = total = angle
    step = 1
    while term.copy_abs() > Decimal("1e-70"):
        term *= -angle * angle / ((step + 1) * (step + 2))
        step += 2
        total += term
    return total


def _arc_tangent_series(value: Decimal) -> Decimal:
    """Halve the angle until the series is quick."""
    halvings = 0
    while value.copy_abs() > Decimal("0.01"):
        value /= 1 + (1 + value * value).sqrt()
        halvings += 1
    term = total = value
    step = 1
    while term.copy_abs() > Decimal("1e-70"):
        term *= -value * value
        step += 2
        total += term / step
    return total * Decimal(2**halvings)
