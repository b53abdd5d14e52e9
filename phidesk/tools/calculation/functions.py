"""The functions of an expression, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import comb, gcd, lcm, perm

from phidesk.tools.calculation import angles, numbers, quantities
from phidesk.tools.calculation.numbers import Number
from phidesk.tools.calculation.quantities import Quantity
from phidesk.tools.calculation.units import Unit, find_unit
from phidesk.tools.tool import CallFault

Arguments = Sequence[Quantity]
Function = Callable[[Arguments], Quantity]

_MOST_CHOICES = 10_000
"""Of how many things some are chosen."""
_MOST_ORDERED = 1_000
"""Things that are chosen in an order: 10,000 · 9,999 · … 1,000 times has 13,000 bits."""


def call(name: str, arguments: Arguments) -> Quantity:
    """Return what the function of that name gives.

    Raises:
        CallFault: it takes other arguments.
    """
    function, least, most = FUNCTIONS[name]
    if not least <= len(arguments) <= most:
        several = f"{least} to {most}" if most < _ANY_NUMBER else f"at least {least}"
        wanted = str(least) if least == most else several
        plural = "" if wanted == "1" else "s"
        raise CallFault(f"{name} takes {wanted} number{plural}, not {len(arguments)}.")
    return function(arguments)


def degree_unit() -> Unit:
    """Return the unit of angles."""
    unit = find_unit("°")
    assert unit is not None  # noqa: S101 - of our own table
    return unit


def _of_number(function: Callable[[Number], Number]) -> Function:
    return lambda arguments: Quantity(function(arguments[0].plain("This function")))


def _of_whole_numbers(function: Callable[..., int]) -> Function:
    def calculate(arguments: Arguments) -> Quantity:
        wholes = [numbers.whole(argument.plain("This function"), "This function") for argument in arguments]
        return Quantity(numbers.checked(Fraction(function(*wholes))))

    return calculate


def _of_angle(function: Callable[[Number], Number]) -> Function:
    """Take radians, unless a unit says something else."""

    def calculate(arguments: Arguments) -> Quantity:
        angle = arguments[0]
        degrees = quantities.number_in(angle, {degree_unit(): 1}) if angle.units else angles.degrees_of(angle.number)
        return Quantity(function(degrees))

    return calculate


def _to_angle(function: Callable[[Number], Number]) -> Function:
    return lambda arguments: Quantity(function(arguments[0].plain("This function")), {degree_unit(): 1})


def _rounded(rounding: Callable[[Number], int]) -> Function:
    return lambda arguments: Quantity(Fraction(rounding(arguments[0].number)), arguments[0].units)


def _round(arguments: Arguments) -> Quantity:
    digits = numbers.whole(arguments[1].plain("The number of digits"), "The number of digits") if arguments[1:] else 0
    return Quantity(numbers.round_half_up(arguments[0].number, digits), arguments[0].units)


def _absolute(arguments: Arguments) -> Quantity:
    return Quantity(numbers.absolute(arguments[0].number), arguments[0].units)


def _root(arguments: Arguments) -> Quantity:
    degree = arguments[1].plain("The degree of a root") if arguments[1:] else Fraction(2)
    radicand = arguments[0]
    if not radicand.units:
        return Quantity(numbers.root(radicand.number, degree))
    return quantities.power(radicand, 1 / degree)


def _cube_root(arguments: Arguments) -> Quantity:
    return _root([arguments[0], Quantity(Fraction(3))])


def _power(arguments: Arguments) -> Quantity:
    return quantities.power(arguments[0], arguments[1].plain("An exponent"))


def _logarithm(arguments: Arguments) -> Quantity:
    """Return the logarithm to the base of the second argument, 10 without one; exact for whole powers of the base."""
    number = arguments[0].plain("A logarithm")
    base = arguments[1].plain("A logarithm") if arguments[1:] else Fraction(10)
    if number <= 0 or base <= 0 or base == 1:
        raise CallFault("Only numbers above zero have a logarithm.")
    found = numbers.in_decimals(lambda value, root: value.ln() / root.ln(), number, base)
    nearest = numbers.round_half_up(found)
    return Quantity(nearest if numbers.power(base, nearest) == number else found)


def _natural_logarithm(number: Number) -> Number:
    if number <= 0:
        raise CallFault("Only numbers above zero have a logarithm.")
    return Fraction(0) if number == 1 else numbers.in_decimals(Decimal.ln, number)


def _exponential(number: Number) -> Number:
    return Fraction(1) if number == 0 else numbers.in_decimals(Decimal.exp, number)


def _smallest(arguments: Arguments) -> Quantity:
    return min(arguments, key=lambda argument: quantities.number_in(argument, arguments[0].units))


def _largest(arguments: Arguments) -> Quantity:
    return max(arguments, key=lambda argument: quantities.number_in(argument, arguments[0].units))


def _sum(arguments: Arguments) -> Quantity:
    return reduce(quantities.add, arguments)


def _product(arguments: Arguments) -> Quantity:
    return reduce(quantities.multiply, arguments)


def _mean(arguments: Arguments) -> Quantity:
    return quantities.divide(_sum(arguments), Quantity(Fraction(len(arguments))))


def _median(arguments: Arguments) -> Quantity:
    ordered = sorted(arguments, key=lambda argument: quantities.number_in(argument, arguments[0].units))
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else _mean(ordered[middle - 1 : middle + 1])


def _deviation(arguments: Arguments) -> Quantity:
    """Return the standard deviation of a sample."""
    mean = quantities.negated(_mean(arguments))
    squares = [quantities.power(quantities.add(argument, mean), Fraction(2)) for argument in arguments]
    return _root([quantities.divide(_sum(squares), Quantity(Fraction(len(arguments) - 1)))])


def _remainder(arguments: Arguments) -> Quantity:
    left, right = arguments
    return Quantity(numbers.remainder(left.number, quantities.number_in(right, left.units)), left.units)


def _combinations(total: int, chosen: int) -> int:
    _check_choices(total, chosen)
    return comb(total, chosen)


def _permutations(total: int, chosen: int) -> int:
    _check_choices(total, chosen)
    if chosen > _MOST_ORDERED:
        raise CallFault(numbers.TOO_LARGE)
    return perm(total, chosen)


def _common_multiple(*values: int) -> int:
    return reduce(lambda left, right: numbers.checked(Fraction(lcm(left, right))).numerator, values)


def _check_choices(total: int, chosen: int) -> None:
    if not 0 <= chosen <= total <= _MOST_CHOICES:
        raise CallFault(f"Choose 0 to n of n things, of {_MOST_CHOICES} at most.")


_ANY_NUMBER = 1_000
_NAMES: dict[str, tuple[Function, int, int]] = {
    "sqrt √ squareroot": (_root, 1, 1),
    "cbrt": (_cube_root, 1, 1),
    "root nthroot": (_root, 1, 2),
    "pow power": (_power, 2, 2),
    "abs": (_absolute, 1, 1),
    "floor": (_rounded(numbers.floor), 1, 1),
    "ceil ceiling": (_rounded(lambda number: -numbers.floor(numbers.negative(number))), 1, 1),
    "trunc int": (_rounded(int), 1, 1),
    "round": (_round, 1, 2),
    "min minimum": (_smallest, 1, _ANY_NUMBER),
    "max maximum": (_largest, 1, _ANY_NUMBER),
    "sum": (_sum, 1, _ANY_NUMBER),
    "product prod": (_product, 1, _ANY_NUMBER),
    "mean average avg": (_mean, 1, _ANY_NUMBER),
    "median": (_median, 1, _ANY_NUMBER),
    "stdev std stddev": (_deviation, 2, _ANY_NUMBER),
    "mod fmod": (_remainder, 2, 2),
    "gcd gcf hcf": (_of_whole_numbers(gcd), 1, _ANY_NUMBER),
    "lcm": (_of_whole_numbers(_common_multiple), 1, _ANY_NUMBER),
    "factorial fact": (_of_number(numbers.factorial), 1, 1),
    "comb ncr choose binomial binom": (_of_whole_numbers(_combinations), 2, 2),
    "perm npr": (_of_whole_numbers(_permutations), 2, 2),
    "exp": (_of_number(_exponential), 1, 1),
    "ln": (_of_number(_natural_logarithm), 1, 1),
    "log log10 lg": (_logarithm, 1, 2),
    "log2 ld": (lambda arguments: _logarithm([arguments[0], Quantity(Fraction(2))]), 1, 1),
    "sin sine": (_of_angle(angles.sine), 1, 1),
    "cos cosine": (_of_angle(angles.cosine), 1, 1),
    "tan tangent": (_of_angle(angles.tangent), 1, 1),
    "asin arcsin": (_to_angle(angles.arc_sine), 1, 1),
    "acos arccos": (_to_angle(angles.arc_cosine), 1, 1),
    "atan arctan": (_to_angle(angles.arc_tangent), 1, 1),
}
FUNCTIONS = {name: function for names, function in _NAMES.items() for name in names.split()}
"""Each with the least and the most numbers that it takes."""
