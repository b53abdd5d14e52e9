r"""Functions with upright names that models use without defining them (`\tr`, `\Var`), and powers of functions.

Only names that mean nothing in LaTeX and amsmath: those are in `symbols`. Parentheses or square brackets right behind
such a name grow with what they enclose, as behind the functions of the package physics, and so do those behind
`\sin[2]`, which is its square there.
"""

from __future__ import annotations

import re

from phidesk.richtext.formula.brackets import let_brackets_grow
from phidesk.richtext.formula.nodes import Node, Scripts, Symbol, Word
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand

_ALGEBRA = """
    tr trace Tr Trace rank rk diag vol spn Span Null Col Row Hom End Aut ord supp conv im img ran coker codim nullity
    Ker Spec Gal Sym adj proj Ad ad Ext Tor
"""
_ANALYSIS = """
    erf erfc erfi sinc sign arsinh arcosh artanh arcoth arsech arcsch arcsinh arccosh arctanh asin acos
    atan asinh acosh atanh rot dist diam
"""
_STATISTICS = "Var Cov cov Corr corr Prob KL logit"
_LEARNING = "softmax sigmoid softplus ReLU GELU LayerNorm Attention MultiHead Concat FFN MLP prox"
_VALUES = "GL SL SO SU Sp PGL PSL id Id MSE RMSE MAE SE bias Bias"
"""Names that mostly stand for themselves and keep no distance: groups, maps, measures."""
_WITH_LIMITS = "Res Residue esssup essinf argsup arginf"
"""What stands below them says where."""
_SPOKEN = {
    "spn": "span", "Span": "span", "Trace": "Tr", "trace": "tr", "Residue": "Res", "esssup": "ess sup",
    "essinf": "ess inf", "argsup": "arg sup", "arginf": "arg inf",
}  # fmt: skip
_WITH_POWERS = """
    sin cos tan csc sec cot sinh cosh tanh csch sech coth arcsin arccos arctan arccsc arcsec arccot exp log ln
"""
_POWER = re.compile(r"\s*(?:-?\d+|[kmnp])\s*")


def operator_name_readers() -> dict[str, ReadCommand]:
    """Return who reads the name of a function, by its command without the backslash."""
    return {
        **dict.fromkeys(f"{_ALGEBRA} {_ANALYSIS} {_STATISTICS} {_LEARNING}".split(), _named),
        **dict.fromkeys(_VALUES.split(), _named_value),
        "var": _variance_or_variation,
        **dict.fromkeys(_WITH_LIMITS.split(), _named_with_limits),
        **dict.fromkeys(_WITH_POWERS.split(), _known),
    }


def _named(reader: FormulaReader, name: str) -> Node:
    return _with_power(reader, Word(_SPOKEN.get(name, name), is_function=True), is_growing=True)


def _variance_or_variation(reader: FormulaReader, name: str) -> Node:
    r"""Read `\var{S}` of physics, a variation; anywhere else the name is that of a variance."""
    return Symbol("𝛿") if reader.is_before_group() else _named(reader, name)


def _named_with_limits(reader: FormulaReader, name: str) -> Node:
    return _with_power(reader, Word(_SPOKEN.get(name, name), is_function=True, has_limits=True), is_growing=True)


def _named_value(reader: FormulaReader, name: str) -> Node:
    return _with_power(reader, Word(name), is_growing=True)


def _known(reader: FormulaReader, name: str) -> Node:
    return _with_power(reader, Word(name, is_function=True), is_growing=False)


def _with_power(reader: FormulaReader, function: Word, *, is_growing: bool) -> Node:
    r"""Return a function, with the power of `\sin[2](x)` if there is one; the parentheses are left."""
    power = reader.peek_option_before("(", "{")
    if power is not None and _POWER.fullmatch(power):
        reader.read_option()
        let_brackets_grow(reader)
        return Scripts(function, above=reader.inner(power.strip()))
    if is_growing:
        let_brackets_grow(reader)
    return function
