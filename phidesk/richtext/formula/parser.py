"""LaTeX → nodes. Lenient: a model's formula is drawn as far as it can be understood.

An open brace closes itself at the end; a brace too many and an environment's missing end are overlooked; an unknown
command is drawn as its name in upright letters. Only what is no formula at all (nested too deeply) is refused.
"""

from __future__ import annotations

from functools import cache

from phidesk.richtext.formula.box_readers import box_readers
from phidesk.richtext.formula.brackets import bracket_readers
from phidesk.richtext.formula.cell_commands import cell_readers
from phidesk.richtext.formula.command_readers import command_readers
from phidesk.richtext.formula.derivatives import derivative_readers
from phidesk.richtext.formula.environments import environment_readers
from phidesk.richtext.formula.indexed_letters import indexed_letter_readers
from phidesk.richtext.formula.macros import write_out
from phidesk.richtext.formula.matrix_quantities import matrix_quantity_readers
from phidesk.richtext.formula.nodes import Node
from phidesk.richtext.formula.operator_names import operator_name_readers
from phidesk.richtext.formula.plain_tables import plain_table_readers
from phidesk.richtext.formula.plain_tex import plain_tex_readers
from phidesk.richtext.formula.quantities import quantity_readers
from phidesk.richtext.formula.reader import DEEPEST, FormulaReader, FormulaTooDeep, ReadCommand
from phidesk.richtext.formula.shift_readers import shift_readers
from phidesk.richtext.formula.shorthands import shorthand_readers
from phidesk.richtext.formula.stacking import stacking_readers
from phidesk.richtext.formula.text_reader import text_readers

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
    return FormulaReader(write_out(source), _command_readers()).parse()


@cache
def _command_readers() -> dict[str, ReadCommand]:
    """Return who reads a command, by its name; LaTeX and amsmath before the packages that models mix in."""
    return (
        bracket_readers()
        | derivative_readers()
        | shorthand_readers()
        | matrix_quantity_readers()
        | quantity_readers()
        | indexed_letter_readers()
        | operator_name_readers()
        | command_readers()
        | stacking_readers()
        | plain_tex_readers()
        | text_readers()
        | box_readers()
        | shift_readers()
        | environment_readers()
        | plain_table_readers()
        | cell_readers()
    )
