r"""Who reads numbers and quantities with units: the commands of the package siunitx; what they show: `units`."""

from __future__ import annotations

from phidesk.richtext.formula.brackets import read_quantity_brackets
from phidesk.richtext.formula.nodes import Fenced, Node, Row
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand
from phidesk.richtext.formula.units import is_number, number_as_latex, quantity_as_latex, unit_as_latex


def quantity_readers() -> dict[str, ReadCommand]:
    """Return who reads a command of siunitx, by its name without the backslash."""
    return {"SI": _quantity, "qty": _quantity_or_brackets, "si": _unit, "unit": _unit, "num": _number}


def _quantity_or_brackets(reader: FormulaReader, name: str) -> Node | None:
    r"""Read `\qty{5}{\metre}` of siunitx, or `\qty(x)` of physics, which makes brackets grow.

    Both read braces: two groups are a quantity, and so is one group that is a number; any other one has braces around.
    """
    if "=" not in (reader.peek_option_before("{") or "") and not reader.is_before_group():
        return read_quantity_brackets(reader, name)
    return _quantity(reader, name)


def _quantity(reader: FormulaReader, name: str) -> Node:
    reader.read_option()
    if not reader.is_before_group():
        return Row()
    number = reader.read_raw_argument()
    reader.read_option()
    if reader.is_before_group():
        return reader.inner(quantity_as_latex(number, reader.read_raw_argument()))
    if name == "qty" and not is_number(number):
        return Fenced("{", reader.inner(number), "}", is_tight=True)
    return reader.inner(number_as_latex(number))


def _unit(reader: FormulaReader, _name: str) -> Node:
    reader.read_option()
    return reader.inner(unit_as_latex(reader.read_raw_argument()))


def _number(reader: FormulaReader, _name: str) -> Node:
    reader.read_option()
    return reader.inner(number_as_latex(reader.read_raw_argument()))
