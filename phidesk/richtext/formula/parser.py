"""LaTeX → nodes. Lenient: a model's formula is drawn as far as it can be understood.

An open brace closes itself at the end; a brace too many and an environment's missing end are overlooked; an unknown
command is drawn as its name in upright letters. Only what is no formula at all (nested too deeply) is refused.
"""

from __future__ import annotations

from phidesk.richtext.formula.command_readers import command_readers
from phidesk.richtext.formula.environments import environment_readers
from phidesk.richtext.formula.macros import write_out
from phidesk.richtext.formula.nodes import Node
from phidesk.richtext.formula.reader import DEEPEST, FormulaReader, FormulaTooDeep

__all__ = ["DEEPEST", "LONGEST", "FormulaTooDeep", "parse_formula"]

LONGEST = 20_000
"""Characters; a formula that is longer is no formula."""


def parse_formula(source: str) -> Node:
    """Return the tree of a formula, `source` without its delimiters.

    Raises:
        FormulaTooDeep: it is no formula that somebody could read.
    """
    if len(source) > LONGEST:
        raise FormulaTooDeep(len(source))
    return FormulaReader(write_out(source), command_readers() | environment_readers()).parse()
