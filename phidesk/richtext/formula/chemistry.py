r"""Chemical formulas (`\ce{2H2O -> 2H2 + O2}`, https://mhchem.github.io/MathJax-mhchem/) written as LaTeX.

What answers to school questions need: atoms with counts and charges, isotopes, arrows, states. Bonds and anything
rarer stay as they are written.
"""

from __future__ import annotations

import re

_ARROWS = {
    "<=>>": r"\rightleftharpoons",
    "<=>": r"\rightleftharpoons",
    "<->": r"\leftrightarrow",
    "->": r"\to",
    "<-": r"\gets",
}
_PIECE = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<arrow><=>>|<=>|<->|->|<-)(?:\[(?P<above>[^\]]*)\])?"
    r"|\^\{?(?P<raised>[\d+-]+)\}?(?:_\{?(?P<lowered>\d+)\}?)?"
    r"|_\{?(?P<index>\w+)\}?"
    r"|(?P<atom>[A-Z][a-z]?|[)\]])(?P<count>\d+)?(?P<charge>[+-](?=[\s^)\]]|$))?"
    r"|(?P<words>[a-z]+)"
    r"|(?P<other>\\[a-zA-Z]+|.)",
    re.DOTALL,
)


def chemistry_as_latex(source: str) -> str:
    """Return LaTeX that shows a chemical formula."""
    return "".join(_latex(piece) for piece in _PIECE.finditer(source.strip()))


def _latex(piece: re.Match[str]) -> str:
    if piece["space"]:
        return " "
    if piece["arrow"]:
        if piece["above"] and piece["arrow"] == "->":
            return rf" \xrightarrow{{{chemistry_as_latex(piece['above'])}}} "
        return f" {_ARROWS[piece['arrow']]} "
    if piece["raised"]:
        return "^{" + piece["raised"] + "}" + ("_{" + piece["lowered"] + "}" if piece["lowered"] else "")
    if piece["index"]:
        return "_{" + piece["index"] + "}"
    if piece["atom"]:
        atom = piece["atom"] if piece["atom"] in ")]" else rf"\mathrm{{{piece['atom']}}}"
        count = f"_{{{piece['count']}}}" if piece["count"] else ""
        return atom + count + (f"^{{{piece['charge']}}}" if piece["charge"] else "")
    if piece["words"]:
        return rf"\mathrm{{{piece['words']}}}"
    return piece["other"]
