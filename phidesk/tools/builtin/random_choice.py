"""Chance: numbers, dice, and choosing among things."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from secrets import SystemRandom

from phidesk.core.tools import ToolDefinition
from phidesk.tools.builtin.harmless import HarmlessTool
from phidesk.tools.tool import Arguments, CallFault, Tool

DEFINITION = ToolDefinition(
    "random_choice",
    "Chooses at random: from a list, a number in a range, or dice.",
    '{"type":"object","properties":{"options":{"type":"array","items":{"type":"string"}},"minimum":{"type":"integer"},'
    '"maximum":{"type":"integer"},"dice":{"type":"string","description":"such as 2d6"},'
    '"count":{"type":"integer","description":"how many; all options means shuffled"}}}',
)
_MOST = 1_000
"""Things that are drawn at once."""
_DICE = re.compile(r"\s*(\d{0,4})\s*[dDwW]\s*(\d{1,6})\s*([+-]\s*\d{1,6})?\s*")


def random_choice(chance: Random | None = None) -> Tool:
    """Return the tool. Without `chance` it draws from the system's own."""
    drawer = SystemRandom() if chance is None else chance
    return HarmlessTool(DEFINITION, lambda arguments: _draw(arguments, drawer))


def _draw(arguments: Arguments, chance: Random) -> Mapping[str, object]:
    count = arguments.get("count", 1)
    if not 1 <= count <= _MOST:
        raise CallFault(f'"count" must be from 1 to {_MOST}.')
    if "dice" in arguments:
        return _roll(arguments["dice"], chance)
    if options := arguments.get("options"):
        return {"result": _choose(options, count, chance)}
    if "maximum" not in arguments:
        raise CallFault("Give options, a maximum with or without a minimum, or dice.")
    lowest, highest = arguments.get("minimum", 1), arguments["maximum"]
    if lowest > highest:
        raise CallFault(f'"minimum" must be at most {highest}, not {lowest}.')
    drawn = [chance.randint(lowest, highest) for _ in range(count)]
    return {"result": drawn[0] if count == 1 else drawn}


def _choose(options: list[str], count: int, chance: Random) -> str | list[str]:
    """Choose each option once at most."""
    if count > len(options):
        raise CallFault(f'"count" must be at most {len(options)}, as many as there are options.')
    return chance.choice(options) if count == 1 else chance.sample(options, count)


def _roll(dice: str, chance: Random) -> Mapping[str, object]:
    found = _DICE.fullmatch(dice)
    number, sides = (int(found[1] or 1), int(found[2])) if found else (0, 0)
    if found is None or not 1 <= number <= _MOST or sides < 1:
        raise CallFault('"dice" must be such as 2d6 or 1d20+3.')
    rolls = [chance.randint(1, sides) for _ in range(number)]
    bonus = int(re.sub(r"\s", "", found[3] or "0"))
    return {"rolls": rolls, "sum": sum(rolls) + bonus}
