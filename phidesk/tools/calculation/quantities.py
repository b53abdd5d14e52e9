"""Numbers with units: added where they measure the same, multiplied always, converted exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from phidesk.tools.calculation import numbers
from phidesk.tools.calculation.numbers import Number
from phidesk.tools.calculation.units import Dimension, Unit, combined, similar_units
from phidesk.tools.tool import CallFault

_HIGHEST_POWER = 12
"""Of a unit."""
NO_RATES = "Exchange rates are not known offline. Ask the person for the rate and multiply by it."


@dataclass(frozen=True)
class Quantity:
    """A number of units, each with its exponent; without units it is a plain number."""

    number: Number
    units: Mapping[Unit, int] = field(default_factory=dict)

    @property
    def dimension(self) -> Dimension:
        """What it measures."""
        return combined(self.units)

    @property
    def single_unit(self) -> Unit | None:
        """Return the unit, if it is one without an exponent."""
        return next(iter(self.units)) if list(self.units.values()) == [1] else None

    def plain(self, subject: str) -> Number:
        """Return the number of what has no unit. `subject` begins what is told otherwise."""
        if self.units:
            raise CallFault(f"{subject} needs a number without a unit.")
        return self.number


def add(left: Quantity, right: Quantity) -> Quantity:
    """Return the sum, in the units of the left."""
    return Quantity(numbers.add(left.number, number_in(right, left.units)), left.units)


def negated(quantity: Quantity) -> Quantity:
    """Return it with the other sign."""
    return Quantity(numbers.negative(quantity.number), quantity.units)


def multiply(left: Quantity, right: Quantity) -> Quantity:
    """Return the product. Units of the same dimension become one, those that cancel out are gone."""
    units = dict(left.units)
    number = numbers.multiply(left.number, right.number)
    for unit, exponent in right.units.items():
        alike = next((own for own in units if own.dimension == unit.dimension), unit)
        number = numbers.multiply(number, (unit.factor / alike.factor) ** exponent)
        units[alike] = units.get(alike, 0) + exponent
    units = {unit: exponent for unit, exponent in units.items() if exponent}
    if any(abs(exponent) > _HIGHEST_POWER for exponent in units.values()):
        raise CallFault("The exponent of a unit is too large.")
    if units and not combined(units):
        return Quantity(numbers.multiply(number, _factor(units)))
    return Quantity(number, units)


def divide(left: Quantity, right: Quantity) -> Quantity:
    """Return the quotient."""
    inverse = {unit: -exponent for unit, exponent in right.units.items()}
    return multiply(left, Quantity(numbers.divide(Fraction(1), right.number), inverse))


def power(base: Quantity, exponent: Number) -> Quantity:
    """Return a power; of units only where their exponents stay whole."""
    units = {}
    for unit, own in base.units.items():
        if not isinstance(exponent, Fraction) or (own * exponent).denominator != 1:
            raise CallFault("The exponent of a unit must stay a whole number.")
        if abs(own * exponent) > _HIGHEST_POWER:
            raise CallFault("The exponent of a unit is too large.")
        units[unit] = int(own * exponent)
    number = numbers.power(base.number, exponent)
    return Quantity(number, {unit: own for unit, own in units.items() if own})


def convert(quantity: Quantity, units: Mapping[Unit, int]) -> Quantity:
    """Return the same in other units. Fuel per distance becomes distance per fuel; temperatures have their zero."""
    return Quantity(number_in(quantity, units, is_position=True), units)


def number_in(quantity: Quantity, units: Mapping[Unit, int], *, is_position: bool = False) -> Number:
    """Return the number of other units. A position on a scale, such as a temperature, counts from the scale's zero.

    Raises:
        CallFault: they measure something else.
    """
    if quantity.units == units:
        return quantity.number
    target = Quantity(Fraction(1), units)
    base = numbers.multiply(quantity.number, _factor(quantity.units))
    source_unit, target_unit = quantity.single_unit, target.single_unit
    if is_position and source_unit and target_unit and source_unit.dimension == target_unit.dimension:
        shifted = numbers.add(base, source_unit.offset - target_unit.offset)
        return numbers.divide(shifted, target_unit.factor)
    if quantity.dimension == target.dimension:
        return numbers.divide(base, _factor(units))
    if target_unit and quantity.units and _is_inverse(quantity, target_unit):
        return numbers.divide(Fraction(1), numbers.multiply(base, target_unit.factor))
    raise CallFault(_mismatch(quantity, target))


def units_text(units: Mapping[Unit, int]) -> str:
    """Return how the units are written: "km/h", "kg·m²/s³"."""
    upper = [_powered(unit, exponent) for unit, exponent in units.items() if exponent > 0]
    lower = [_powered(unit, -exponent) for unit, exponent in units.items() if exponent < 0]
    below = "/" + "/".join(lower) if lower else ""
    return ("·".join(upper) or "1") + below if units else ""


def _powered(unit: Unit, exponent: int) -> str:
    return unit.symbol if exponent == 1 else unit.symbol + {2: "²", 3: "³"}.get(exponent, f"^{exponent}")


def _factor(units: Mapping[Unit, int]) -> Fraction:
    factor = Fraction(1)
    for unit, exponent in units.items():
        factor *= unit.factor**exponent
    return factor


def _is_inverse(quantity: Quantity, unit: Unit) -> bool:
    """Whether one is fuel per distance and the other distance per fuel."""
    turned = frozenset((base, -exponent) for base, exponent in quantity.dimension)
    return unit.kind in ("consumption", "mileage") and turned == unit.dimension


def _mismatch(left: Quantity, right: Quantity) -> str:
    kinds = {unit.kind for unit in (*left.units, *right.units)}
    if "currency" in kinds and left.units and right.units:
        return NO_RATES
    names = [units_text(quantity.units) or "a number without a unit" for quantity in (left, right)]
    alike = similar_units(next(iter(left.units)))[:12] if left.units else []
    hint = f" Units like {next(iter(left.units)).symbol}: {', '.join(alike)}." if len(alike) > 1 else ""
    return f"{names[0]} and {names[1]} do not measure the same.{hint}"
