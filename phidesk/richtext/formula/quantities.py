r"""Who reads numbers and quantities with units: the commands of the package siunitx.

What they show: `number_forms`, `units`.
"""

from __future__ import annotations

from phidesk.richtext.formula.brackets import read_quantity_brackets
from phidesk.richtext.formula.nodes import Fenced, Node, Row
from phidesk.richtext.formula.number_forms import (
    angle_as_latex,
    complex_as_latex,
    is_number,
    list_as_latex,
    number_as_latex,
    product_as_latex,
    range_as_latex,
)
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand
from phidesk.richtext.formula.symbols import ACCENTS, COMMANDS
from phidesk.richtext.formula.unit_symbols import PREFIXES, UNITS
from phidesk.richtext.formula.units import quantity_unit_as_latex, unit_as_latex

_WITH_OTHER_MEANINGS = {"deg", "gray", "rad", *ACCENTS, *COMMANDS}
"""Outside of quantities."""
_PARTS = {*PREFIXES, *UNITS, "per", "squared", "cubed", "square", "cubic", "tothe", "raiseto", "of"}
_WITH_ARGUMENT = (r"\tothe", r"\raiseto", r"\of")


def quantity_readers() -> dict[str, ReadCommand]:
    """Return who reads a command of siunitx, by its name without the backslash."""
    return {
        **dict.fromkeys({*PREFIXES, *UNITS, "per"} - _WITH_OTHER_MEANINGS, _free_unit),
        "qty": _quantity_or_brackets,
        "SI": _quantity,
        **dict.fromkeys(("SIrange", "qtyrange"), _quantity_range),
        **dict.fromkeys(("SIlist", "qtylist"), _quantity_list),
        "qtyproduct": _quantity_product,
        "complexqty": _complex_quantity,
        **dict.fromkeys(("si", "unit"), _unit),
        **dict.fromkeys(("num", "tablenum"), _number),
        "numrange": _number_range,
        "numlist": _number_list,
        "numproduct": _number,
        "complexnum": _complex_number,
        "ang": _angle,
        "sisetup": _settings,
        "DeclareSIUnit": _declaration,
    }


def _quantity_or_brackets(reader: FormulaReader, name: str) -> Node | None:
    r"""Read `\qty{5}{\metre}` of siunitx, or `\qty(x)` of physics, which makes brackets grow.

    Both read braces: two groups are a quantity, and so is one group that is a number; any other one has braces around.
    """
    if "=" not in (reader.peek_option_before("{") or "") and not reader.is_before_group():
        return read_quantity_brackets(reader, name)
    return _quantity(reader, name)


def _quantity(reader: FormulaReader, name: str) -> Node:
    options = reader.read_option() or ""
    if not reader.is_before_group():
        return Row()
    number = reader.read_raw_argument()
    before = reader.read_option() or ""
    if not reader.is_before_group() and name == "qty" and not is_number(number):
        return Fenced("{", reader.inner(number), "}", is_tight=True)
    if not number.strip():
        return _unit(reader, name) if reader.is_before_group() else Row()
    unit = _read_unit_behind_number(reader, options)
    return reader.inner(before + number_as_latex(number, before_unit=bool(unit)) + unit)


def _quantity_range(reader: FormulaReader, _name: str) -> Node:
    options = reader.read_option() or ""
    start, end = reader.read_raw_argument(), reader.read_raw_argument()
    unit = _read_unit_behind_number(reader, options)
    return reader.inner(range_as_latex(start, end) + unit)


def _quantity_list(reader: FormulaReader, _name: str) -> Node:
    options = reader.read_option() or ""
    numbers = reader.read_raw_argument()
    return reader.inner(list_as_latex(numbers, _read_unit_behind_number(reader, options)))


def _quantity_product(reader: FormulaReader, _name: str) -> Node:
    options = reader.read_option() or ""
    numbers = reader.read_raw_argument()
    return reader.inner(product_as_latex(numbers, _read_unit_behind_number(reader, options)))


def _complex_quantity(reader: FormulaReader, _name: str) -> Node:
    options = reader.read_option() or ""
    number = reader.read_raw_argument().strip()
    shown = complex_as_latex(number)
    if not number.startswith("(") and ":" not in number:
        shown = f"({shown})"
    return reader.inner(shown + _read_unit_behind_number(reader, options))


def _read_unit_behind_number(reader: FormulaReader, options: str) -> str:
    return quantity_unit_as_latex(reader.read_raw_argument(), options) if reader.is_before_group() else ""


def _unit(reader: FormulaReader, _name: str) -> Node:
    options = reader.read_option() or ""
    return reader.inner(unit_as_latex(reader.read_raw_argument(), options))


def _number(reader: FormulaReader, _name: str) -> Node:
    reader.read_option()
    return reader.inner(number_as_latex(reader.read_raw_argument()))


def _number_range(reader: FormulaReader, _name: str) -> Node:
    reader.read_option()
    start = reader.read_raw_argument()
    return reader.inner(range_as_latex(start, reader.read_raw_argument()))


def _number_list(reader: FormulaReader, _name: str) -> Node:
    reader.read_option()
    return reader.inner(list_as_latex(reader.read_raw_argument()))


def _complex_number(reader: FormulaReader, _name: str) -> Node:
    reader.read_option()
    return reader.inner(complex_as_latex(reader.read_raw_argument()))


def _angle(reader: FormulaReader, _name: str) -> Node:
    reader.read_option()
    return reader.inner(angle_as_latex(reader.read_raw_argument()))


def _settings(reader: FormulaReader, _name: str) -> None:
    reader.read_raw_argument()


def _declaration(reader: FormulaReader, _name: str) -> None:
    reader.read_option()
    reader.read_raw_argument()
    reader.read_raw_argument()


def _free_unit(reader: FormulaReader, name: str) -> Node:
    r"""Read units outside of a quantity, as many as follow one another: `9.81\,\metre\per\second\squared`."""
    source = f"\\{name}"
    reader.skip_space()
    while reader.peek().startswith("\\") and reader.peek()[1:] in _PARTS:
        source += reader.next()
        if reader.is_before_group() and source.endswith(_WITH_ARGUMENT):
            source += f"{{{reader.read_raw_argument()}}}"
    return reader.inner(unit_as_latex(source))
