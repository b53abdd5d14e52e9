"""The conversion of units."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from phidesk.core.tools import ToolDefinition
from phidesk.tools.builtin.harmless import HarmlessTool
from phidesk.tools.tool import Arguments, Tool

DEFINITION = ToolDefinition(
    "convert_units",
    "Converts units of length, weight, temperature, cooking, data, speed, fuel and more. No currencies.",
    '{"type":"object","properties":{"value":{"type":"number"},"from":{"type":"string","description":"such as miles"},'
    '"to":{"type":"string","description":"such as km"}},"required":["value","from","to"]}',
)


def unit_conversion() -> Tool:
    """Return the tool. It gives exact results as long as their decimals end."""
    return HarmlessTool(DEFINITION, _convert)


def _convert(arguments: Arguments) -> Mapping[str, object]:
    from phidesk.tools.calculation.expressions import Answer, read_unit  # noqa: PLC0415 - 30 ms, for those who convert
    from phidesk.tools.calculation.quantities import Quantity, convert  # noqa: PLC0415 - as above
    from phidesk.tools.calculation.results import describe  # noqa: PLC0415 - as above

    source, target = read_unit(arguments["from"]), read_unit(arguments["to"])
    return describe(Answer(convert(Quantity(Fraction(str(arguments["value"])), source), target)))
