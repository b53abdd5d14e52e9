r"""What may stand in a chemical formula. Tables and patterns only.

A sign means what its surroundings say: "-" is a charge in `Cl-`, a bond in `H-Cl`, an operation between spaces, part of
an arrow in `->`. So there are three patterns: what may follow a substance directly, what may begin one, and the rest.
The name of the group that matches says what is read.
"""

from __future__ import annotations

import re

ARROWS = {
    "->": "→", "<-": "←", "<->": "↔", "<-->": "⇄", "<=>": "⇌", "<=>>": "⥂", "<<=>": "⥄", "=>": "⇒",
    "⟶": "→", "⟵": "←", "⟷": "↔", "⟹": "⇒", "\\to": "→", "\\rightarrow": "→", "\\longrightarrow": "→",
    "\\leftarrow": "←", "\\leftrightarrow": "↔", "\\rightleftharpoons": "⇌", "\\leftrightharpoons": "⇋",
    "\\rightleftarrows": "⇄", "\\Rightarrow": "⇒",
}  # fmt: skip
LONG_ARROWS = {"→": "⟶", "←": "⟵", "↔": "⟷", "⇒": "⟹"}
"""Of those without labels; the others grow."""
BONDS = {
    "-": "−", "1": "−", "=": "=", "2": "=", "#": "≡", "3": "≡", "~": "┈", "...": "⋯", "....": "⋯⋅", "->": "→",
    "<-": "←",
}  # fmt: skip
r"""What `\bond{…}` may ask for."""
BROKEN_BONDS = {"~-": "−", "~=": "=", "~--": "=", "-~-": "="}
"""Whole lines, beside which a broken one runs."""
SIGNS = {"-": "−", "–": "−", "*": "∗", "<=": "≤", ">=": "≥", "#": "≡", "'": "′", "’": "′"}
RISING = ("^", "(^)", "↑", "\\uparrow")

_SUBSTANCE = r"(?:[A-Z\[]|\([A-Z\[])"
_STATE = r"(?P<state>\((?:\s*[a-z]{1,3}\s*(?:[,;][^()]*)?|\$[^$()]*\$)\))(?![A-Za-z0-9_\]])"

# As in "2H2+O2->2H2O": a plus before a substance is no charge if that has none either, unlike "Na+Cl-".
_SUM = rf"\+(?=\d*{_SUBSTANCE}[^\s+^<>=-]*(?:[\s+=<]|->|$))"
AFTER_SUBSTANCE = re.compile(
    r"(?P<orbital>(?<=\])\d[spdf](?=[\^\d])(?P<electrons>\d*))"
    r"|(?P<count>0\.\d+|\d+n(?![a-z])(?:[+-]\d+)?|\d+|(?<=C)n(?=H\d*n))"
    rf"|(?P<operation>{_SUM}|=(?=\s))"
    r"|(?P<charge>(?:\+|(?<=\d)[-−–])\d(?=[\s,;)\]]|$)|\++"
    r"|(?:[-−–](?!>))+(?![A-Za-z0-9(\[{\\$])|[-−–](?=\([a-z]{1,3}\)))"
    r"|(?P<bond>[-−–](?!>)|=(?!=*>)|[#≡])"
    r"|(?P<prime>['’′]+)"
    rf"|{_STATE}"
    rf"|(?P<dot>\.(?=\s?\d*{_SUBSTANCE}))"
    r"|(?P<radical>\.(?![.\w]))"
)  # fmt: skip
_AMOUNT = (
    rf"\((?=[^()]*[\d+/])[\da-z+/.-]+\)(?:/\d+)?(?=\s*{_SUBSTANCE})"
    rf"|\d*[a-z](?=\s+{_SUBSTANCE})|\d*[abcdnxyz](?={_SUBSTANCE})(?!Bu|Pr|AMP|GMP|NTP)"
)
BEFORE_SUBSTANCE = re.compile(
    r"(?P<moves>(?:\^|v|\(\^\)|\(v\))(?=[\s)\]]|$))"
    r"|(?P<operation>(?:[<>]=|[-+=−–±∓<>≈≠≤≥])(?=\s|$)|(?<=\s)\+(?=\d*[A-Z(\[]))"
    rf"|(?P<fraction>(?P<above>\d+[a-z]?|[a-z])/(?P<below>\d+)(?=\s*(?:{_SUBSTANCE}|e\^?-)))"
    rf"|(?P<amount>{_AMOUNT})"
    r"|(?P<orbital>\d[spdf](?![a-zA-Z])(?P<electrons>\d*))"
    r"|(?P<number>\d+(?:[.,]\d+)?)"
    rf"|{_STATE}"
    r"|(?P<bond>[-−–=#≡](?=[A-Za-z(\[{\\]))"
    r"|(?P<dot>\.(?=\s))"
    r"|(?P<radical>\.(?=[A-Z]))"
)  # fmt: skip
_METALS = "|".join(
    ("Mg", "Ca", "Sr", "Ba", "Al", "Ti", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Cd", "Sn", "Hg", "Pb", "Ce")
)
"""Of "Fe3+" the description makes a molecule of three atoms with one charge. There is none: it is meant as "Fe^3+"."""
ANYWHERE = re.compile(
    r"(?P<space>[\s~]+)"
    r"|(?P<arrow><<={1,3}>|<={1,3}>>|<={1,3}>|<-{1,3}>|<-{1,3}|-{1,3}>|={1,3}>|[→←↔⇌⇋⇄⇆⇒⟶⟵⟷⟹]"
    r"|\\(?:to|(?:long)?rightarrow|leftarrow|leftrightarrow|Rightarrow|rightleftarrows|(?:right|left){2}harpoons)"
    r"(?![a-zA-Z]))"
    r"|(?P<bond_command>\\bond\s*\{(?P<kind>[^{}]*)\}?)"
    r"|(?P<about>\\ca(?![a-zA-Z])\s*)"
    r"|(?P<hyphen>\\hyphen(?![a-zA-Z])\s*)"
    r"|(?P<dot>[*·⋅]|\\cdot(?![a-zA-Z]))"
    r"|(?P<moves>[↑↓]|\\(?:up|down)arrow(?![a-zA-Z]))"
    r"|(?P<latex_part>[$\\])"
    r"|(?P<script>[\^_]\s*)"
    r"|(?P<variable>[a-z](?=-[A-Z]))"
    rf"|(?P<ion>(?<![A-Za-z)\]}}])(?P<metal>{_METALS})(?P<valence>[2-4]\+)(?=[\s,;)\]]|$|->|<|\([a-z]))"
    r"|(?P<letters>C(?=nH\d*n)|[A-Z][a-z]?(?![a-z])|[^\W\d_]+)"
    r"|(?P<group>\{)"
    r"|(?P<opening>[(\[])"
    r"|(?P<closing>[)\]])"
    r"|(?P<dots>\.{3,}|…)"
    r"|(?P<overlooked>[&}])"
    r"|(?P<other>[\s\S])"
)  # fmt: skip
AFTER_SCRIPT = re.compile(r"(?:[\^_](?:\{[^{}]*\}|[-+]?\d+)){0,2}(?=[A-Za-z\\])")
"""What may come between the first number before a letter and that letter."""
BEFORE_LABEL = re.compile(r"(?P<text>[TC]?)(?=\[)")
BEFORE_FORMULA = re.compile(rf"\s*{_SUBSTANCE}")
FORMULA_IN_BRACES = re.compile(r"\\|\^|[A-Za-z)\]]\d")

RAISED = re.compile(
    r"(?:\d+|[a-z])(?:\+|[-−–](?![A-Z>]))|[-−–+]\d+|\++|(?:[-−–](?!>))+"
    r"|\d+m(?=[A-Z])|\d+|[IVX]+(?![a-z])|x(?![a-z])|\S"
)
LOWERED = re.compile(r"[-−–]?\d+|[a-z]+|\([a-z]{1,3}\)|\S")
IN_SCRIPT = re.compile(
    r"(?P<latex>[$\\])"
    r"|(?P<fraction>(?P<above>\d+)/(?P<below>\d+))"
    r"|(?P<word>\([a-z]{1,3}\)|[^\W\d_]{2,}|[A-Z])"
    r"|(?P<variable>[^\W\d_])"
    r"|(?P<space>\s+)"
    r"|(?P<radical>(?<!\d)\.|\.(?!\d))"
    r"|(?P<overlooked>[{}])"
    r"|(?P<sign>[\s\S])"
)  # fmt: skip
