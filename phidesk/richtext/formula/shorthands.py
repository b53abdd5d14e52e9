r"""Commands that stand for some LaTeX each (`\laplacian`, `\qand`): signs and words of the package physics."""

from __future__ import annotations

import re

from phidesk.richtext.formula.alphabets import Alphabet
from phidesk.richtext.formula.brackets import let_brackets_grow
from phidesk.richtext.formula.nodes import Accent, Atom, Node, Symbol
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand
from phidesk.richtext.formula.symbols import ACCENTS

_SIGNS = {
    "vnabla": r"\boldsymbol{\nabla}", "vdot": r"\cdot", "dotproduct": r"\cdot", "cross": r"\times", "cp": r"\times",
    "crossproduct": r"\times", "pv": r"\mathcal{P}", "principalvalue": r"\mathcal{P}", "PV": r"\operatorname{P.V.}",
    "qcomma": r",\quad", "qc": r",\quad", "qcc": r"\quad\text{c.c.}\quad",
}  # fmt: skip
_NABLAS = {
    "grad": r"\vnabla", "gradient": r"\vnabla", "divergence": r"\vnabla\cdot", "curl": r"\vnabla\times",
    "laplacian": r"\nabla^2",
}  # fmt: skip
"""Parentheses behind them grow."""
_WORDS = {
    "all", "and", "as", "assume", "else", "even", "for", "given", "if", "in", "integer", "let", "odd", "or",
    "otherwise", "since", "then", "unless", "using",
}  # fmt: skip
_VECTORS = {"vb": "", "vectorbold": "", "va": "vec", "vectorarrow": "vec", "vu": "hat", "vectorunit": "hat"}
"""The accents that they have."""
_VECTOR = re.compile(r"\\(?:vec|mathbf|boldsymbol|bm|vb|va|vu|vectorbold|vectorarrow|vectorunit)(?![a-zA-Z])")
_BEFORE_OPERANDS = re.compile(r"|[=+\-,;{(\[&]|\\(?:\\|left|quad|qquad|implies|Rightarrow|text)")


def shorthand_readers() -> dict[str, ReadCommand]:
    """Return who reads a shorthand, by its name without the backslash."""
    return {
        **dict.fromkeys(_SIGNS, _sign),
        **dict.fromkeys(_NABLAS, _nabla),
        **dict.fromkeys((f"q{word}" for word in _WORDS), _word),
        **dict.fromkeys(("qq", "qqtext", "qq*", "qqtext*"), _quoted),
        **{name + star: _bold for name in _VECTORS for star in ("", "*")},
        "div": _division_or_divergence,
    }


def _sign(reader: FormulaReader, name: str) -> Node:
    reader.put_back(_SIGNS[name])
    return reader.read_argument()


def _nabla(reader: FormulaReader, name: str) -> Node:
    let_brackets_grow(reader)
    reader.put_back(_NABLAS[name])
    return reader.read_argument()


def _bold(reader: FormulaReader, name: str) -> Node:
    """Read a vector in bold letters, with a star in slanted ones."""
    before, reader.alphabet = reader.alphabet, Alphabet.BOLD_ITALIC if name.endswith("*") else Alphabet.BOLD
    node = reader.read_argument()
    reader.alphabet = before
    mark = _VECTORS[name.removesuffix("*")]
    return Accent(node, ACCENTS[mark]) if mark else node


def _word(reader: FormulaReader, name: str) -> Node:
    reader.put_back(rf"\quad\text{{{name.removeprefix('q')}}}\quad ")
    return reader.read_argument()


def _quoted(reader: FormulaReader, name: str) -> Node:
    """Read words with a distance on both sides, with a star only at the right."""
    words = rf"\text{{{reader.read_raw_argument()}}}\quad "
    reader.put_back(words if name.endswith("*") else rf"\quad{words}")
    return reader.read_argument()


def _division_or_divergence(reader: FormulaReader, _name: str) -> Node:
    """Read the sign of division, as in LaTeX; before a vector, or a group that nothing is divided by, a divergence."""
    argument = reader.peek_argument()
    is_group = argument.startswith("{") and not argument.strip("{} ").isdecimal()
    is_operand = is_group and _BEFORE_OPERANDS.fullmatch(reader.token_before()) is not None
    if not is_operand and _VECTOR.search(argument) is None:
        return Symbol("÷", Atom.BINARY)
    return _nabla(reader, "divergence")
