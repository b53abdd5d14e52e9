"""The calculator: exact numbers, percentages, units."""

from __future__ import annotations

from collections.abc import Mapping

from phidesk.core.tools import ToolDefinition
from phidesk.tools.builtin.harmless import HarmlessTool
from phidesk.tools.tool import Arguments, Tool

DEFINITION = ToolDefinition(
    "calculator",
    "Calculates exactly. Use it for every calculation.",
    '{"type":"object","properties":{"expression":{"type":"string",'
    '"description":"such as 15% of 240, 240 + 15%, (2+3)*4^2, sqrt(2), 3 km + 200 m in miles"}},'
    '"required":["expression"]}',
)


def calculator() -> Tool:
    """Return the tool. Results that are not exact have 12 digits and begin with "about"."""
    return HarmlessTool(DEFINITION, _calculate)


def _calculate(arguments: Arguments) -> Mapping[str, object]:
    from phidesk.tools.calculation.expressions import work_out  # noqa: PLC0415 - 30 ms, for those who calculate
    from phidesk.tools.calculation.results import describe  # noqa: PLC0415 - as above

    return describe(work_out(arguments["expression"]))
