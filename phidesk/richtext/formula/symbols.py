"""What the commands of LaTeX stand for. Tables only.

The characters are in the tables of `characters`; the classes are those of plain TeX, amsmath and unicode-math.
"""

from __future__ import annotations

from phidesk.richtext.formula.characters.arrows import ARROW_SIGNS, ARROWS
from phidesk.richtext.formula.characters.fences import CLOSING, FENCES, OPENING
from phidesk.richtext.formula.characters.letters import LETTERS
from phidesk.richtext.formula.characters.operations import LARGE_OPERATORS, OPERATIONS
from phidesk.richtext.formula.characters.relations import RELATIONS
from phidesk.richtext.formula.characters.signs import DOTS, PUNCTUATION, SIGNS
from phidesk.richtext.formula.characters.text import TEXT_SIGNS
from phidesk.richtext.formula.nodes import Accent, Atom, Classed, Node, Symbol, Word

INTEGRALS = frozenset("∫∬∭∮∯∰∱∲∳⨋⨌⨍⨎⨏⨐⨑⨒⨓⨔⨕⨖⨗⨘⨙⨚⨛⨜")
"""Their limits stand beside them."""

FUNCTIONS = frozenset({
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp", "gcd",
    "hom", "inf", "ker", "lg", "lim", "liminf", "limsup", "ln", "log", "max", "min", "Pr", "sec", "sin", "sinh",
    "sup", "tan", "tanh", "arccot", "arcsec", "arccsc", "sgn", "lcm", "tg", "ctg", "cosec", "sech", "csch",
    "arctg", "arcctg", "cotg", "ch", "sh", "th", "cth", "asin", "acos", "atan", "acot", "asec", "acsc",
})  # fmt: skip
FUNCTIONS_WITH_LIMITS = frozenset({
    "det", "gcd", "inf", "lim", "liminf", "limsup", "max", "min", "Pr", "sup", "lcm", "argmax", "argmin",
    "injlim", "projlim", "plim",
})  # fmt: skip
SPOKEN_FUNCTIONS = {
    "liminf": "lim inf", "limsup": "lim sup", "argmax": "arg max", "argmin": "arg min", "injlim": "inj lim",
    "projlim": "proj lim",
}  # fmt: skip

SPACES = {
    ",": 3 / 18, "thinspace": 3 / 18, ":": 4 / 18, ">": 4 / 18, "medspace": 4 / 18, ";": 5 / 18, "thickspace": 5 / 18,
    "!": -3 / 18, "negthinspace": -3 / 18, "enspace": 0.5, "enskip": 0.5, "quad": 1.0, "qquad": 2.0, " ": 0.25,
    "~": 0.25, "space": 0.25, "nobreakspace": 0.25, "negmedspace": -4 / 18, "negthickspace": -5 / 18,
    "thinmuskip": 3 / 18, "medmuskip": 4 / 18, "thickmuskip": 5 / 18,
}  # fmt: skip

ACCENTS = {
    "hat": "̂", "check": "̌", "tilde": "̃", "acute": "́", "grave": "̀", "dot": "̇", "ddot": "̈", "dddot": "⃛", "breve": "̆",
    "bar": "̄", "vec": "⃗", "mathring": "̊", "ocirc": "̊", "ring": "̊", "ddddot": "⃜", "ovhook": "̉", "candra": "̐",
    "oturnedcomma": "̒", "ocommatopright": "̕", "droang": "̚", "asteraccent": "⃰", "widebridgeabove": "⃩", "lvec": "⃖",
    "leftharpoonaccent": "⃐", "rightharpoonaccent": "⃑", "Hat": "̂", "Check": "̌", "Tilde": "̃", "Acute": "́", "Grave": "̀",
    "Dot": "̇", "Ddot": "̈", "Breve": "̆", "Bar": "̄", "Vec": "⃗",
}  # fmt: skip
WIDE_ACCENTS = {
    "widehat": "̂", "widetilde": "̃", "overrightarrow": "⃗", "overleftarrow": "⃖", "overleftrightarrow": "⃡",
    "overbrace": "⏞", "overparen": "⏜", "wideparen": "⏜", "overarc": "⏜", "overline": "‾", "widebar": "‾",
    "overlinesegment": "‾", "overbar": "‾", "overbracket": "⎴", "widecheck": "̌", "overleftharpoon": "⃐",
    "overrightharpoon": "⃑", "overgroup": "⏠", "Overrightarrow": "⇒", "Overleftarrow": "⇐", "Overleftrightarrow": "⇔",
}  # fmt: skip
WIDE_ACCENTS_BELOW = {
    "underbrace": "⏟", "underparen": "⏝", "underarc": "⏝", "underbracket": "⎵", "underline": "_", "underbar": "_",
    "underlinesegment": "_",
    "utilde": "̰", "wideutilde": "̰", "undergroup": "⏡", "underrightarrow": "⃯", "underleftarrow": "⃮",
    "underleftrightarrow": "↔", "underrightharpoondown": "⃬", "underleftharpoondown": "⃭",
}  # fmt: skip
LINE_ABOVE, LINE_BELOW = "‾", "_"

BRACES = frozenset("⏞⏟⏜⏝⎴⎵⏠⏡")
"""Wide marks whose scripts stand above or below them."""
STROKE = "\u0338"
"""Combining; most relations that are struck out are characters of their own."""

STRETCHED_ARROWS = {
    "xrightarrow": "→", "xleftarrow": "←", "xleftrightarrow": "↔", "xRightarrow": "⇒", "xLeftarrow": "⇐",
    "xLeftrightarrow": "⇔", "xlongrightarrow": "→", "xlongleftarrow": "←", "xlongleftrightarrow": "↔",
    "xLongrightarrow": "⇒", "xLongleftarrow": "⇐", "xLongleftrightarrow": "⇔", "xRrightarrow": "⇛",
    "xLleftarrow": "⇚", "xmapsto": "↦", "xmapsfrom": "↤", "xhookrightarrow": "↪", "xhookleftarrow": "↩",
    "xtwoheadrightarrow": "↠", "xtwoheadleftarrow": "↞", "xrightharpoonup": "⇀", "xrightharpoondown": "⇁",
    "xleftharpoonup": "↼", "xleftharpoondown": "↽", "xrightleftharpoons": "⇌", "xleftrightharpoons": "⇋",
    "xrightequilibrium": "⥂", "xleftequilibrium": "⥄", "xrightleftarrows": "⇄", "xleftrightarrows": "⇆", "xtofrom": "⇄",
    "xlongequal": "=", "xequal": "=",
}  # fmt: skip

_CLASSES: tuple[tuple[dict[str, str], Atom], ...] = (
    (LETTERS, Atom.ORDINARY),
    (SIGNS, Atom.ORDINARY),
    (ARROW_SIGNS, Atom.ORDINARY),
    (FENCES, Atom.ORDINARY),
    (RELATIONS, Atom.RELATION),
    (OPERATIONS, Atom.BINARY),
    (ARROWS, Atom.RELATION),
    (LARGE_OPERATORS, Atom.OPERATOR),
    (OPENING, Atom.OPEN),
    (CLOSING, Atom.CLOSE),
    (PUNCTUATION, Atom.PUNCTUATION),
    (DOTS, Atom.INNER),
)
COMMANDS: dict[str, tuple[str, Atom]] = {
    name: (character, atom) for table, atom in _CLASSES for character, names in table.items() for name in names.split()
}
_TYPED: dict[str, Atom] = {
    **{character: atom for table, atom in reversed(_CLASSES) for character in table},
    **dict.fromkeys("*·⊕", Atom.BINARY),
    **dict.fromkeys("!?", Atom.CLOSE),
    ":": Atom.RELATION,
}
"""Where several commands stand for a character, the first class of the list above is that of the character itself."""

_FENCE_NAMES = {name: fence for table in (OPENING, CLOSING, FENCES) for fence in table for name in table[fence].split()}
DELIMITERS = _FENCE_NAMES | {
    "uparrow": "↑", "downarrow": "↓", "updownarrow": "↕", "Uparrow": "⇑", "Downarrow": "⇓", "Updownarrow": "⇕",
    "lt": "⟨", "gt": "⟩", "bracevert": "⎪",
}  # fmt: skip
"""What may grow with what it encloses."""

TEXT_COMMANDS = {
    **{name: sign for sign, names in TEXT_SIGNS.items() for name in names.split()},
    "quad": "\u2003", "qquad": "\u2003\u2003", "enspace": "\u2002", ",": "\u2009", "thinspace": "\u2009", ";": " ",
    ":": " ", " ": " ", "space": " ", "nobreakspace": " ", "!": "", "/": "", "-": "", "@": "", "\\": " ",
    "newline": " ", "linebreak": " ", "par": " ", "(": "", ")": "", "textcompwordmark": "", "ldots": "…", "dots": "…",
}  # fmt: skip
"""Between words."""


def atom_of_character(character: str) -> Atom:
    """Return the class of a character that was typed as such."""
    return _TYPED.get(character, Atom.ORDINARY)


def stacks_its_scripts(base: Node) -> bool:
    """Whether scripts of this base stand below and above it in displayed formulas, as nobody says otherwise."""
    if isinstance(base, Symbol):
        return base.atom is Atom.OPERATOR and base.character not in INTEGRALS
    if isinstance(base, Classed):
        return base.atom is Atom.OPERATOR and base.has_limits
    if isinstance(base, Accent):  # An upper or lower limit: a line above or below "lim".
        return isinstance(base.base, Word) and base.base.has_limits
    return isinstance(base, Word) and base.has_limits
