"""Units among the tokens of an expression: km, fl oz, m², square miles, 5 ft 11 in."""

from __future__ import annotations

from fractions import Fraction

from phidesk.tools.calculation import numbers, quantities
from phidesk.tools.calculation.expression_text import Kind, TokenCursor
from phidesk.tools.calculation.quantities import Quantity
from phidesk.tools.calculation.units import Unit, find_unit

CONVERSION_WORDS = frozenset(("in", "to", "as", "into"))
PERCENT_WORDS = frozenset(("%", "percent", "percentage"))
_LONGEST_NAME = 3
"""Words of a unit."""
_PREFIXED_POWERS = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_MIXED_KINDS = frozenset(("length", "mass", "time", "volume", "angle"))
"""Of units that are written one after the other: 5 ft 11 in."""


def take_unit(cursor: TokenCursor, *, is_after_number: bool) -> Quantity | None:
    """Take a unit with its exponent, if one follows, and return one of it.

    Raises:
        CallFault: its exponent is not whole, or too large.
    """
    if cursor.token.kind is not Kind.NAME or _is_conversion_word(cursor, is_after_number=is_after_number):
        return None
    start = cursor.mark()
    exponent = _PREFIXED_POWERS.get(cursor.token.text.lower(), 1)
    if exponent > 1:
        cursor.next()
    found = _take_name(cursor)
    if found is None:
        cursor.return_to(start)
        return None
    unit, own_exponent = found
    exponent *= own_exponent * _take_exponent(cursor)
    one = quantities.multiply(Quantity(Fraction(1)), Quantity(Fraction(1), {unit: 1}))  # a dozen is a number
    return quantities.power(one, Fraction(exponent))


def take_smaller_part(cursor: TokenCursor, larger: Quantity) -> Quantity | None:
    """Take the 11 in of 5 ft 11 in, if it follows."""
    unit = larger.single_unit
    if unit is None or unit.kind not in _MIXED_KINDS:
        return None
    start = cursor.mark()
    number = cursor.next().value
    smaller = take_unit(cursor, is_after_number=True)
    part = None if smaller is None else smaller.single_unit
    if smaller is None or part is None or part.kind != unit.kind or part.factor >= unit.factor:
        cursor.return_to(start)
        return None
    return quantities.multiply(Quantity(number), smaller)


def _take_name(cursor: TokenCursor) -> tuple[Unit, int] | None:
    """Take the longest name that is a unit's; "m2" is one with its exponent."""
    words: list[str] = []
    while len(words) < _LONGEST_NAME and cursor.peek(len(words)).kind is Kind.NAME:
        words.append(cursor.peek(len(words)).text)
    for count in range(len(words), 0, -1):
        unit = find_unit("_".join(words[:count]))
        if unit is not None:
            cursor.next(count)
            return unit, 1
    unit = find_unit(words[0][:-1]) if words and words[0][-1] in "23" else None
    if unit is None:
        return None
    return unit, int(cursor.next().text[-1])


def _take_exponent(cursor: TokenCursor) -> int:
    """Take what follows ^: a number, also with a sign or in brackets; 1 if nothing does."""
    start = cursor.mark()
    if not cursor.take("^", "**"):
        return 1
    bracket, sign = cursor.take("("), cursor.take("-", "+")
    is_number = cursor.token.kind is Kind.NUMBER
    exponent = cursor.next().value
    if not is_number or (bracket and not cursor.take(")")):
        cursor.return_to(start)
        return 1
    return numbers.whole(-exponent if sign == "-" else exponent, "The exponent of a unit")


def _is_conversion_word(cursor: TokenCursor, *, is_after_number: bool) -> bool:
    """Whether "in" begins a conversion, and is not inches."""
    name = cursor.token.text.lower()
    if name != "in":
        return name in CONVERSION_WORDS
    following = cursor.peek()
    is_before_unit = following.kind is Kind.NAME and following.text.lower() not in CONVERSION_WORDS
    return not is_after_number or is_before_unit or following.text in PERCENT_WORDS
