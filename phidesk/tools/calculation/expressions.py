"""Expressions worked out while they are read. Every step has a limit of size, so none takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction

from phidesk.tools.calculation import functions, numbers, quantities
from phidesk.tools.calculation.expression_text import Kind, TokenCursor, read_tokens
from phidesk.tools.calculation.quantities import Quantity
from phidesk.tools.calculation.unit_reading import CONVERSION_WORDS, PERCENT_WORDS, take_smaller_part, take_unit
from phidesk.tools.calculation.units import Unit, find_unit
from phidesk.tools.tool import CallFault

_DEEPEST = 60
"""Brackets, exponents and functions within each other."""
_ARTICLES = frozenset(("a", "an", "the"))
_CURRENCY_SIGNS = frozenset("$€£¥₹₽₩₺₿")
_CONSTANTS: dict[str, Callable[[], numbers.Number]] = {
    "pi": numbers.pi,
    "tau": lambda: numbers.multiply(Fraction(2), numbers.pi()),
    "e": numbers.euler,
}
_COMPARISONS: dict[str, Callable[[numbers.Number], bool]] = {
    "<": lambda difference: difference < 0,
    ">": lambda difference: difference > 0,
    "<=": lambda difference: difference <= 0,
    ">=": lambda difference: difference >= 0,
    "=": lambda difference: difference == 0,
    "==": lambda difference: difference == 0,
    "!=": lambda difference: difference != 0,
}


class Shape(Enum):
    """In which a result is wanted."""

    ANY = "any"
    FRACTION = "fraction"
    PERCENT = "percent"


@dataclass(frozen=True)
class Answer:
    """What came out; `notes` say how something was understood that could be read in another way."""

    value: Quantity | bool
    shape: Shape = Shape.ANY
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Value:
    """A quantity in the making. What ends with % is added and subtracted as a share of the other."""

    quantity: Quantity
    is_percent: bool = False


def work_out(text: str) -> Answer:
    """Return the result of an expression.

    Raises:
        CallFault: it is none, or has no result.
    """
    return _Reader(read_tokens(text, functions.FUNCTIONS)).read()


def read_unit(text: str) -> dict[Unit, int]:
    """Return the units that a text names: km, square miles, l/100km, kg*m/s^2.

    Raises:
        CallFault: it names none.
    """
    unit = find_unit("_".join(text.split()))
    if unit is not None:
        return {unit: 1}
    try:
        quantity = _Reader(read_tokens(text, functions.FUNCTIONS)).read().value
    except CallFault:
        quantity = False
    if isinstance(quantity, bool) or quantity.number != 1 or not quantity.units:
        raise CallFault(f'"{text[:40]}" is no known unit. Write it in English, such as km, miles, cups, °C, km/h.')
    return dict(quantity.units)


class _Reader:
    """Goes through the tokens once, from the loosest operation down to the tightest."""

    def __init__(self, cursor: TokenCursor) -> None:
        self._cursor = cursor
        self._depth = 0
        self._notes: dict[str, None] = {}

    def read(self) -> Answer:
        """Return the result of all of it."""
        if self._cursor.is_at_end:
            raise CallFault("The expression is empty.")
        value, shape = self._conversion()
        result: Quantity | bool = value.quantity
        if self._cursor.token.text in _COMPARISONS:
            compare = _COMPARISONS[self._cursor.next().text]
            right, _ = self._conversion()
            result = compare(quantities.add(value.quantity, quantities.negated(right.quantity)).number)
        if not self._cursor.is_at_end:
            raise self._surprise()
        return Answer(result, shape, tuple(self._notes))

    def _surprise(self) -> CallFault:
        token = self._cursor.token
        if token.kind is Kind.END:
            return CallFault("The expression ends too early.")
        if token.kind is Kind.NAME:
            names = "sqrt, round, min, max, sum, mean, log, ln, sin, cos, tan"
            return CallFault(f'"{token.text}" is no known unit or function here. Functions: {names} and others.')
        return CallFault(f'"{token.text}" does not belong there. Write one calculation, such as 2*(3+4).')

    def _conversion(self) -> tuple[_Value, Shape]:
        value, shape = self._sum(), Shape.ANY
        while self._cursor.token.kind is Kind.NAME and self._cursor.token.text.lower() in CONVERSION_WORDS:
            self._cursor.next()
            while self._cursor.token.text.lower() in _ARTICLES:
                self._cursor.next()
            word = self._cursor.token.text.lower()
            if word in PERCENT_WORDS or word in ("fraction", "decimal"):
                self._cursor.next()
                value.quantity.plain("A share")
                shape = {"fraction": Shape.FRACTION, "decimal": Shape.ANY}.get(word, Shape.PERCENT)
            else:
                target = self._product().quantity
                if not target.units or target.number != 1:
                    raise CallFault("Write a unit after in or to, such as km.")
                value = _Value(quantities.convert(value.quantity, target.units))
        return value, shape

    def _sum(self) -> _Value:
        left = self._product()
        while sign := self._cursor.take("+", "-"):
            right = self._product()
            left = _added(left, right if sign == "+" else replace(right, quantity=quantities.negated(right.quantity)))
        return left

    def _product(self) -> _Value:
        left = self._signed()
        while True:
            if sign := self._cursor.take("*", "/", "//", ":", "of", "per", "mod", "%"):
                if sign == "%":
                    self._notes["Read % between two numbers as the remainder of a division."] = None
                right = self._signed()
                left = _Value(_multiplied(left.quantity, sign, right.quantity))
            elif self._begins_factor():
                if self._cursor.has_taken("/"):
                    self._notes["Read from left to right: 6/2(3) is (6/2)*3."] = None
                left = _Value(quantities.multiply(left.quantity, self._powered().quantity))
            else:
                return left

    def _begins_factor(self) -> bool:
        """Whether a factor follows without a sign: 2(3+4), 2π, 3 sqrt 2."""
        token = self._cursor.token
        if token.kind is Kind.SIGN:
            return token.text == "("
        name = token.text.lower()
        is_word = name in CONVERSION_WORDS or name in ("mod", "of", "per", "and")
        return token.kind is Kind.NAME and not is_word and (name in _CONSTANTS or self._is_function())

    def _is_function(self) -> bool:
        """Whether the name is one of a function: with a bracket behind it, or no unit's."""
        name = self._cursor.token.text
        is_called = self._cursor.peek().text in ("(", "[")
        return name.lower() in functions.FUNCTIONS and (is_called or find_unit(name) is None)

    def _signed(self) -> _Value:
        is_negative = False
        while sign := self._cursor.take("+", "-"):
            is_negative ^= sign == "-"
        value = self._powered()
        return replace(value, quantity=quantities.negated(value.quantity)) if is_negative else value

    def _powered(self) -> _Value:
        with self._deeper():
            base = self._postfix()
            if not self._cursor.take("^", "**"):
                return base
            exponent = self._signed().quantity.plain("An exponent")
            return _Value(quantities.power(base.quantity, exponent))

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        """Count how deep things stand within each other: everything that does comes through here."""
        if self._depth == _DEEPEST:
            raise CallFault("The expression is nested too deep.")
        self._depth += 1
        yield
        self._depth -= 1

    def _postfix(self) -> _Value:
        is_number = self._cursor.token.kind is Kind.NUMBER or self._cursor.token.text == "("
        quantity = self._primary()
        while True:
            if self._cursor.token.text == "!" and self._cursor.take("!"):
                quantity = Quantity(numbers.factorial(quantity.plain("A factorial")))
            elif self._cursor.token.text == "%" and not self._is_remainder():
                self._cursor.next()
                return _Value(quantities.divide(quantity, Quantity(Fraction(100))), is_percent=True)
            elif (unit := take_unit(self._cursor, is_after_number=is_number)) is not None:
                quantity = quantities.multiply(quantity, unit)
            elif (
                self._cursor.token.kind is Kind.NUMBER
                and (smaller := take_smaller_part(self._cursor, quantity)) is not None
            ):
                quantity = quantities.add(quantity, smaller)
            else:
                return _Value(quantity)

    def _is_remainder(self) -> bool:
        following = self._cursor.peek()
        return following.kind is Kind.NUMBER or following.text == "("

    def _primary(self) -> Quantity:
        token = self._cursor.token
        if token.kind is Kind.NUMBER:
            return Quantity(self._number())
        if token.text == "(":
            self._cursor.next()
            value = self._sum().quantity
            self._close(")")
            return value
        if token.kind is Kind.NAME:
            return self._named()
        raise self._surprise()

    def _close(self, bracket: str) -> None:
        if not self._cursor.take(bracket) and not self._cursor.is_at_end:  # models forget the last ones
            raise self._surprise()

    def _number(self) -> Fraction:
        """Read a number, also a mixed one: 3 1/2, 3½."""
        token, fraction, slash, lower = (self._cursor.peek(distance) for distance in range(4))
        self._cursor.next()
        if fraction.kind is not Kind.NUMBER:
            return token.value
        if fraction.is_part_of_whole:
            self._cursor.next()
            return token.value + fraction.value
        is_mixed = slash.text == "/" and lower.kind is Kind.NUMBER and fraction.value < lower.value
        if not is_mixed or any(part.value.denominator != 1 for part in (token, fraction, lower)):
            return token.value
        self._cursor.next(3)
        return token.value + fraction.value / lower.value

    def _named(self) -> Quantity:
        token = self._cursor.token
        if self._is_function():
            return self._function()
        if token.text in _CURRENCY_SIGNS and self._cursor.peek().kind is Kind.NUMBER:
            self._cursor.next()
            amount = Quantity(self._number())
            scale = take_unit(self._cursor, is_after_number=True)  # $2 million
            sign = find_unit(token.text)
            assert sign is not None  # noqa: S101 - of our own table
            amount = amount if scale is None else quantities.multiply(amount, scale)
            return quantities.multiply(amount, Quantity(Fraction(1), {sign: 1}))
        if token.text.lower() in _CONSTANTS:
            return Quantity(_CONSTANTS[self._cursor.next().text.lower()]())
        unit = take_unit(self._cursor, is_after_number=False)
        if unit is None:
            raise self._surprise()
        if self._cursor.token.text == "(":
            raise CallFault(f'"{token.text}" is no function.')
        return unit

    def _function(self) -> Quantity:
        name = self._cursor.next().text.lower()
        if bracket := self._cursor.take("(", "["):
            arguments = self._arguments(")" if bracket == "(" else "]")
        else:
            arguments = [self._powered().quantity]
        if name in ("log", "lg") and len(arguments) == 1:
            self._notes["log has the base 10, ln the base e."] = None
        if name in ("sin", "cos", "tan") and arguments and not arguments[0].units and arguments[0].number:
            self._notes["The angle is in radians; for degrees write 30°."] = None
        return functions.call(name, arguments)

    def _arguments(self, bracket: str) -> list[Quantity]:
        arguments: list[Quantity] = []
        while not self._cursor.take(bracket) and not self._cursor.is_at_end:
            if self._cursor.take("["):
                with self._deeper():
                    arguments += self._arguments("]")
            else:
                arguments.append(self._sum().quantity)
            separators = [self._cursor.take(",", ";", "and"), self._cursor.take("and")]
            if not any(separators) and self._cursor.token.text != bracket and not self._cursor.is_at_end:
                raise self._surprise()
        return arguments


def _added(left: _Value, right: _Value) -> _Value:
    if right.is_percent and not left.is_percent:
        share = Quantity(numbers.add(Fraction(1), right.quantity.number))
        return _Value(quantities.multiply(left.quantity, share))
    return _Value(quantities.add(left.quantity, right.quantity), left.is_percent and right.is_percent)


def _multiplied(left: Quantity, sign: str, right: Quantity) -> Quantity:
    if sign in ("*", "of"):
        return quantities.multiply(left, right)
    if sign in ("/", ":", "per"):
        return quantities.divide(left, right)
    if sign == "//":
        return Quantity(Fraction(numbers.floor(quantities.divide(left, right).plain("A whole division"))))
    return functions.call("mod", [left, right])
