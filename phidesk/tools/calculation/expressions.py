"""Expressions worked out while they are read. Every step has a limit of size, so none takes long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction

from phidesk.tools.calculation import functions, numbers, quantities
from phidesk.tools.calculation.expression_text import Kind, Token, read_tokens
from phidesk.tools.calculation.quantities import Quantity
from phidesk.tools.calculation.units import Unit, find_unit
from phidesk.tools.tool import CallFault

_DEEPEST = 60
"""Brackets and signs within each other."""
_LONGEST_UNIT_NAME = 3
"""Words."""
_CONVERSION_WORDS = frozenset(("in", "to", "as", "into"))
_PERCENT_WORDS = frozenset(("%", "percent", "percentage"))
_ARTICLES = frozenset(("a", "an", "the"))
_PREFIXED_POWERS = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_CURRENCY_SIGNS = frozenset("$€£¥₹₽₩₺₿")
_MIXED_KINDS = frozenset(("length", "mass", "time", "volume", "angle"))
"""Of units that are written one after the other: 5 ft 11 in."""
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
    return _Reader(read_tokens(text, frozenset(functions.FUNCTIONS))).read()


def read_unit(text: str) -> dict[Unit, int]:
    """Return the units that a text names: km, square miles, l/100km, kg*m/s^2.

    Raises:
        CallFault: it names none.
    """
    unit = find_unit("_".join(text.split()))
    if unit is not None:
        return {unit: 1}
    try:
        quantity = _Reader(read_tokens(text, frozenset(functions.FUNCTIONS))).read().value
    except CallFault:
        quantity = False
    if isinstance(quantity, bool) or quantity.number != 1 or not quantity.units:
        raise CallFault(f'"{text[:40]}" is no known unit. Write it in English, such as km, miles, cups, °C, km/h.')
    return dict(quantity.units)


class _Reader:
    """Goes through the tokens once, from the loosest operation down to the tightest."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0
        self._notes: dict[str, None] = {}

    def read(self) -> Answer:
        """Return the result of all of it."""
        if self._is_at_end():
            raise CallFault("The expression is empty.")
        value, shape = self._conversion()
        result: Quantity | bool = value.quantity
        if self._token.text in _COMPARISONS:
            compare = _COMPARISONS[self._next().text]
            right, _ = self._conversion()
            result = compare(quantities.add(value.quantity, quantities.negated(right.quantity)).number)
        if not self._is_at_end():
            raise self._surprise()
        return Answer(result, shape, tuple(self._notes))

    @property
    def _token(self) -> Token:
        return self._tokens[self._position]

    def _next(self) -> Token:
        token = self._token
        self._position = min(self._position + 1, len(self._tokens) - 1)
        return token

    def _is_at_end(self) -> bool:
        return self._token.kind is Kind.END

    def _peek(self, distance: int = 1) -> Token:
        return self._tokens[min(self._position + distance, len(self._tokens) - 1)]

    def _take(self, *signs: str) -> str:
        """Take the token if it is one of these."""
        return self._next().text if self._token.kind is not Kind.NUMBER and self._token.text in signs else ""

    def _surprise(self) -> CallFault:
        token = self._token
        if token.kind is Kind.END:
            return CallFault("The expression ends too early.")
        if token.kind is Kind.NAME:
            names = "sqrt, round, min, max, sum, mean, log, ln, sin, cos, tan"
            return CallFault(f'"{token.text}" is no known unit or function here. Functions: {names} and others.')
        return CallFault(f'"{token.text}" does not belong there. Write one calculation, such as 2*(3+4).')

    def _conversion(self) -> tuple[_Value, Shape]:
        value, shape = self._sum(), Shape.ANY
        while self._token.kind is Kind.NAME and self._token.text.lower() in _CONVERSION_WORDS:
            self._next()
            while self._token.text.lower() in _ARTICLES:
                self._next()
            word = self._token.text.lower()
            if word in _PERCENT_WORDS or word in ("fraction", "decimal"):
                self._next()
                value.quantity.plain("A share")
                shape = {"fraction": Shape.FRACTION, "decimal": Shape.ANY}.get(word, Shape.PERCENT)
            else:
                target = self._product().quantity
                if not target.units or target.number != 1:
                    raise CallFault("Write a unit after in or to, such as km.")
                value = _Value(quantities.convert(value.quantity, target.units))
        return value, shape

    def _sum(self) -> _Value:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise CallFault("The expression has too many brackets.")
        left = self._product()
        while sign := self._take("+", "-"):
            right = self._product()
            left = _added(left, right if sign == "+" else replace(right, quantity=quantities.negated(right.quantity)))
        self._depth -= 1
        return left

    def _product(self) -> _Value:
        left = self._signed()
        while True:
            if sign := self._take("*", "/", "//", ":", "of", "per", "mod", "%"):
                if sign == "%":
                    self._notes["Read % between two numbers as the remainder of a division."] = None
                right = self._signed()
                left = _Value(_multiplied(left.quantity, sign, right.quantity))
            elif self._begins_factor():
                if "/" in [token.text for token in self._tokens[: self._position]]:
                    self._notes["Read from left to right: 6/2(3) is (6/2)*3."] = None
                left = _Value(quantities.multiply(left.quantity, self._powered().quantity))
            else:
                return left

    def _begins_factor(self) -> bool:
        """Whether a factor follows without a sign: 2(3+4), 2π, 3 sqrt 2."""
        token = self._token
        if token.kind is Kind.SIGN:
            return token.text == "("
        name = token.text.lower()
        is_word = name in _CONVERSION_WORDS or name in ("mod", "of", "per", "and")
        return token.kind is Kind.NAME and not is_word and (name in _CONSTANTS or self._is_function())

    def _is_function(self) -> bool:
        """Whether the name is one of a function: with a bracket behind it, or no unit's."""
        name = self._token.text
        is_called = self._peek().text in ("(", "[")
        return name.lower() in functions.FUNCTIONS and (is_called or find_unit(name) is None)

    def _signed(self) -> _Value:
        if sign := self._take("+", "-"):
            self._depth += 1
            if self._depth > _DEEPEST:
                raise CallFault("The expression has too many signs.")
            value = self._signed()
            self._depth -= 1
            return value if sign == "+" else replace(value, quantity=quantities.negated(value.quantity))
        return self._powered()

    def _powered(self) -> _Value:
        base = self._postfix()
        if self._take("^", "**"):
            exponent = self._signed().quantity.plain("An exponent")
            return _Value(quantities.power(base.quantity, exponent))
        return base

    def _postfix(self) -> _Value:
        is_number = self._token.kind is Kind.NUMBER or self._token.text == "("
        quantity = self._primary()
        while True:
            if self._token.text == "!" and self._take("!"):
                quantity = Quantity(numbers.factorial(quantity.plain("A factorial")))
            elif self._token.text == "%" and not self._is_remainder():
                self._next()
                return _Value(quantities.divide(quantity, Quantity(Fraction(100))), is_percent=True)
            elif (unit := self._unit(is_after_number=is_number)) is not None:
                quantity = quantities.multiply(quantity, unit)
            elif self._token.kind is Kind.NUMBER and (smaller := self._smaller_part(quantity)) is not None:
                quantity = quantities.add(quantity, smaller)
            else:
                return _Value(quantity)

    def _is_remainder(self) -> bool:
        following = self._peek()
        return following.kind is Kind.NUMBER or following.text == "("

    def _smaller_part(self, quantity: Quantity) -> Quantity | None:
        """Return the 11 in of 5 ft 11 in."""
        larger = quantity.single_unit
        if larger is None or larger.kind not in _MIXED_KINDS:
            return None
        start = self._position
        number = self._next().value
        unit = self._unit(is_after_number=True)
        smaller = None if unit is None else unit.single_unit
        if unit is None or smaller is None or smaller.kind != larger.kind or smaller.factor >= larger.factor:
            self._position = start
            return None
        return quantities.multiply(Quantity(number), unit)

    def _primary(self) -> Quantity:
        token = self._token
        if token.kind is Kind.NUMBER:
            return Quantity(self._number())
        if token.text == "(":
            self._next()
            value = self._sum().quantity
            self._close(")")
            return value
        if token.kind is Kind.NAME:
            return self._named()
        raise self._surprise()

    def _close(self, bracket: str) -> None:
        if not self._take(bracket) and not self._is_at_end():  # models forget the last ones
            raise self._surprise()

    def _number(self) -> Fraction:
        """Read a number, also a mixed one: 3 1/2, 3½."""
        token, fraction, slash, lower = (self._peek(distance) for distance in range(4))
        self._next()
        if fraction.kind is not Kind.NUMBER:
            return token.value
        if fraction.is_part_of_whole:
            self._next()
            return token.value + fraction.value
        is_mixed = slash.text == "/" and lower.kind is Kind.NUMBER and fraction.value < lower.value
        if not is_mixed or any(part.value.denominator != 1 for part in (token, fraction, lower)):
            return token.value
        self._position += 3
        return token.value + fraction.value / lower.value

    def _named(self) -> Quantity:
        token = self._token
        if self._is_function():
            return self._function()
        if token.text in _CURRENCY_SIGNS and self._peek().kind is Kind.NUMBER:
            self._next()
            amount = Quantity(self._number())
            scale = self._unit(is_after_number=True)  # $2 million
            sign = find_unit(token.text)
            assert sign is not None  # noqa: S101 - of our own table
            amount = amount if scale is None else quantities.multiply(amount, scale)
            return quantities.multiply(amount, Quantity(Fraction(1), {sign: 1}))
        if token.text.lower() in _CONSTANTS:
            return Quantity(_CONSTANTS[self._next().text.lower()]())
        unit = self._unit(is_after_number=False)
        if unit is None:
            raise self._surprise()
        if self._token.text == "(":
            raise CallFault(f'"{token.text}" is no function.')
        return unit

    def _function(self) -> Quantity:
        name = self._next().text.lower()
        if name in ("log", "lg") and not self._has_base():
            self._notes["log has the base 10, ln the base e."] = None
        if bracket := self._take("(", "["):
            arguments = self._arguments(")" if bracket == "(" else "]")
        else:
            arguments = [self._powered().quantity]
        if name in ("sin", "cos", "tan") and arguments and not arguments[0].units and arguments[0].number:
            self._notes["The angle is in radians; for degrees write 30°."] = None
        return functions.call(name, arguments)

    def _has_base(self) -> bool:
        depth = 0
        for token in self._tokens[self._position :]:
            depth += (token.text == "(") - (token.text == ")")
            if depth == 1 and token.text in (",", ";"):
                return True
            if depth == 0:
                return False
        return False

    def _arguments(self, bracket: str) -> list[Quantity]:
        arguments: list[Quantity] = []
        while not self._take(bracket) and not self._is_at_end():
            if self._take("["):
                arguments += self._arguments("]")
            else:
                arguments.append(self._sum().quantity)
            separators = [self._take(",", ";", "and"), self._take("and")]
            if not any(separators) and self._token.text != bracket and not self._is_at_end():
                raise self._surprise()
        return arguments

    def _unit(self, *, is_after_number: bool) -> Quantity | None:
        """Take a unit with its exponent, if one follows: km, fl oz, m², square miles."""
        if self._token.kind is not Kind.NAME or self._is_conversion_word(is_after_number=is_after_number):
            return None
        start = self._position
        exponent = _PREFIXED_POWERS.get(self._token.text.lower(), 1)
        if exponent > 1:
            self._next()
        found = self._unit_name()
        if found is None:
            self._position = start
            return None
        unit, own_exponent = found
        exponent *= own_exponent
        if self._token.text in ("^", "**") and self._peek().kind is Kind.NUMBER:
            self._next()
            exponent *= numbers.whole(self._next().value, "The exponent of a unit")
        elif self._token.text == "^" and self._peek().text in ("(", "-"):
            self._next()
            exponent *= numbers.whole(self._signed().quantity.plain("An exponent"), "The exponent of a unit")
        return quantities.power(
            quantities.multiply(Quantity(Fraction(1)), Quantity(Fraction(1), {unit: 1})), Fraction(exponent)
        )

    def _unit_name(self) -> tuple[Unit, int] | None:
        """Take the longest name that is a unit's; "m2" is one with its exponent."""
        words = []
        for distance in range(_LONGEST_UNIT_NAME):
            token = self._peek(distance)
            if token.kind is not Kind.NAME:
                break
            words.append(token.text)
        for count in range(len(words), 0, -1):
            name = "_".join(words[:count])
            unit = find_unit(name)
            if unit is not None:
                self._position += count
                return unit, 1
        if words and words[0][-1] in "23":
            unit = find_unit(words[0][:-1])
            if unit is not None:
                self._next()
                return unit, int(words[0][-1])
        return None

    def _is_conversion_word(self, *, is_after_number: bool) -> bool:
        """Whether "in" begins a conversion, and is not inches."""
        name = self._token.text.lower()
        if name != "in":
            return name in _CONVERSION_WORDS
        following = self._peek()
        is_before_unit = following.kind is Kind.NAME and following.text.lower() not in _CONVERSION_WORDS
        return not is_after_number or is_before_unit or following.text in _PERCENT_WORDS


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
