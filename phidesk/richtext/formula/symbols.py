"""What the commands of LaTeX stand for. Tables only.

Characters are those of Unicode's mathematical blocks; the classes are those of plain TeX and amsmath.
"""

from __future__ import annotations

from phidesk.richtext.formula.nodes import Atom, Node, Symbol, Word

_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "varkappa": "ϰ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "omicron": "ο", "pi": "π", "varpi": "ϖ", "rho": "ρ", "varrho": "ϱ", "sigma": "σ", "varsigma": "ς",
    "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
}  # fmt: skip
"""Drawn in italics; capital letters stand upright."""

_ORDINARY = {
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "infty": "∞", "partial": "∂", "nabla": "∇", "hbar": "ℏ", "ell": "ℓ",
    "Re": "ℜ", "Im": "ℑ", "aleph": "ℵ", "beth": "ℶ", "wp": "℘", "emptyset": "∅", "varnothing": "∅", "forall": "∀",
    "exists": "∃", "nexists": "∄", "neg": "¬", "lnot": "¬", "top": "⊤", "bot": "⊥", "angle": "∠",
    "measuredangle": "∡", "triangle": "△", "square": "□", "Box": "□", "blacksquare": "■", "diamond": "⋄", "degree": "°",
    "prime": "′", "vdots": "⋮", "ddots": "⋱", "iddots": "⋰", "imath": "𝚤", "jmath": "𝚥",
    "$": "$", "%": "%", "#": "#", "&": "&",
    "_": "_", "pounds": "£", "euro": "€", "dag": "†", "ddag": "‡", "checkmark": "✓", "vartriangle": "△",
    "blacktriangle": "▲", "triangledown": "▽", "blacktriangledown": "▼", "lozenge": "◊", "blacklozenge": "⧫",
    "parallelogram": "▱", "gimel": "ℷ", "daleth": "ℸ", "eth": "ð", "hslash": "ℏ", "sphericalangle": "∢", "yen": "¥",
    "R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ", "C": "ℂ", "infin": "∞", "empty": "∅", "diameter": "⌀",
    "backslash": "\\", "S": "§", "clubsuit": "♣", "diamondsuit": "♢", "heartsuit": "♡", "spadesuit": "♠", "flat": "♭",
    "sharp": "♯", "natural": "♮", "mho": "℧", "complement": "∁", "surd": "√", "bigstar": "★", "copyright": "©",
}  # fmt: skip

_BINARY = {
    "times": "×", "div": "÷", "cdot": "⋅", "pm": "±", "mp": "∓", "ast": "∗", "star": "⋆", "circ": "∘", "bullet": "∙",
    "oplus": "⊕", "ominus": "⊖", "otimes": "⊗", "oslash": "⊘", "odot": "⊙", "cap": "∩", "cup": "∪", "uplus": "⊎",
    "sqcap": "⊓", "sqcup": "⊔", "wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨", "setminus": "∖",
    "smallsetminus": "∖", "wr": "≀",
    "amalg": "⨿", "dagger": "†", "ddagger": "‡", "bmod": "mod", "triangleleft": "◁", "triangleright": "▷",
    "bigtriangleup": "△", "bigtriangledown": "▽", "ltimes": "⋉", "rtimes": "⋊", "Cap": "⋒", "Cup": "⋓",
    "boxplus": "⊞", "boxminus": "⊟", "boxtimes": "⊠", "boxdot": "⊡", "bigcirc": "◯", "veebar": "⊻", "barwedge": "⊼",
    "intercal": "⊺", "dotplus": "∔", "divideontimes": "⋇", "circledast": "⊛", "centerdot": "⋅", "sdot": "⋅",
}  # fmt: skip

_RELATIONS = {
    "leq": "≤", "le": "≤", "leqslant": "⩽", "geq": "≥", "ge": "≥", "geqslant": "⩾", "neq": "≠", "ne": "≠", "lt": "<",
    "gt": ">", "ll": "≪", "gg": "≫", "approx": "≈", "approxeq": "≊", "equiv": "≡", "cong": "≅", "sim": "∼",
    "simeq": "≃", "propto": "∝", "doteq": "≐", "triangleq": "≜", "coloneqq": "≔", "coloneq": "≔", "eqqcolon": "≕",
    "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆", "subsetneq": "⊊", "supset": "⊃",
    "supseteq": "⊇", "supsetneq": "⊋", "sqsubseteq": "⊑", "sqsupseteq": "⊒", "mid": "∣", "nmid": "∤", "parallel": "∥",
    "nparallel": "∦", "perp": "⟂", "vdash": "⊢", "dashv": "⊣", "models": "⊨", "vDash": "⊨", "prec": "≺", "preceq": "⪯",
    "succ": "≻", "succeq": "⪰", "asymp": "≍", "bowtie": "⋈", "nleq": "≰", "ngeq": "≱", "nless": "≮", "ngtr": "≯",
    "nsubseteq": "⊈", "nsim": "≁", "ncong": "≇", "lesssim": "≲", "gtrsim": "≳", "lessgtr": "≶", "smile": "⌣",
    "frown": "⌢", "to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "leftrightarrow": "↔",
    "Rightarrow": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "implies": "⟹", "impliedby": "⟸", "iff": "⟺",
    "longrightarrow": "⟶", "longleftarrow": "⟵", "longleftrightarrow": "⟷", "Longrightarrow": "⟹",
    "Longleftarrow": "⟸", "Longleftrightarrow": "⟺", "mapsto": "↦", "longmapsto": "⟼", "hookrightarrow": "↪",
    "hookleftarrow": "↩", "rightharpoonup": "⇀", "rightharpoondown": "⇁", "leftharpoonup": "↼",
    "rightleftharpoons": "⇌", "leftrightharpoons": "⇋", "uparrow": "↑", "downarrow": "↓", "updownarrow": "↕",
    "Uparrow": "⇑", "Downarrow": "⇓", "Updownarrow": "⇕", "nearrow": "↗", "searrow": "↘", "swarrow": "↙",
    "nwarrow": "↖", "leadsto": "⇝", "rightsquigarrow": "⇝", "twoheadrightarrow": "↠", "rightarrowtail": "↣",
    "nrightarrow": "↛", "nleftarrow": "↚", "nRightarrow": "⇏", "curvearrowright": "↷", "circlearrowleft": "↺",
    "colon": ":", "vcentcolon": ":", "Vdash": "⊩", "lll": "⋘", "ggg": "⋙",
    "leqq": "≦", "geqq": "≧", "lneq": "⪇", "gneq": "⪈", "lneqq": "≨", "gneqq": "≩", "nsupseteq": "⊉",
    "subseteqq": "⫅", "supseteqq": "⫆", "Subset": "⋐", "Supset": "⋑", "lessapprox": "⪅", "gtrapprox": "⪆",
    "eqsim": "≂", "backsim": "∽", "thicksim": "∼", "thickapprox": "≈", "varpropto": "∝", "shortmid": "∣",
    "trianglelefteq": "⊴", "trianglerighteq": "⊵", "nprec": "⊀", "nsucc": "⊁", "curvearrowleft": "↶",
    "circlearrowright": "↻", "rightleftarrows": "⇄", "leftrightarrows": "⇆", "rightrightarrows": "⇉",
    "upharpoonright": "↾", "multimap": "⊸", "dashrightarrow": "⇢", "nleftrightarrow": "↮", "nLeftarrow": "⇍",
    "nLeftrightarrow": "⇎", "Lsh": "↰", "Rsh": "↱", "isin": "∈", "owns": "∋", "therefore": "∴", "because": "∵",
    "between": "≬", "pitchfork": "⋔", "risingdotseq": "≓", "fallingdotseq": "≒", "circeq": "≗", "bumpeq": "≏",
}  # fmt: skip

_OPERATORS = {
    "sum": "∑", "prod": "∏", "coprod": "∐", "bigcap": "⋂", "bigcup": "⋃", "bigwedge": "⋀", "bigvee": "⋁",
    "bigoplus": "⨁", "bigotimes": "⨂", "bigodot": "⨀", "biguplus": "⨄", "bigsqcup": "⨆", "int": "∫", "iint": "∬",
    "iiint": "∭", "oint": "∮", "oiint": "∯", "smallint": "∫",
}  # fmt: skip
INTEGRALS = frozenset("∫∬∭∮∯")
"""Their limits stand beside them."""

DELIMITERS = {
    "lbrace": "{", "{": "{", "rbrace": "}", "}": "}", "lbrack": "[", "rbrack": "]", "langle": "⟨", "rangle": "⟩",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lvert": "|", "rvert": "|", "vert": "|", "lVert": "‖",
    "rVert": "‖", "Vert": "‖", "|": "‖", "lgroup": "⟮", "rgroup": "⟯", "uparrow": "↑", "downarrow": "↓",
    "updownarrow": "↕", "Uparrow": "⇑", "Downarrow": "⇓", "backslash": "\\", "lt": "⟨", "gt": "⟩", "ulcorner": "⌜",
    "urcorner": "⌝",
}  # fmt: skip
_OPENING = frozenset("([{⟨⌊⌈⟮⌜")
_CLOSING = frozenset(")]}⟩⌋⌉⟯⌝")

FUNCTIONS = frozenset({
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp", "gcd",
    "hom", "inf", "ker", "lg", "lim", "liminf", "limsup", "ln", "log", "max", "min", "Pr", "sec", "sin", "sinh",
    "sup", "tan", "tanh", "arccot", "arcsec", "arccsc", "sgn", "lcm", "tg", "ctg", "cosec", "sech", "csch",
})  # fmt: skip
FUNCTIONS_WITH_LIMITS = frozenset({
    "det", "gcd", "inf", "lim", "liminf", "limsup", "max", "min", "Pr", "sup", "lcm", "argmax", "argmin",
    "injlim", "projlim", "varinjlim", "varprojlim",
})  # fmt: skip
SPOKEN_FUNCTIONS = {
    "liminf": "lim inf", "limsup": "lim sup", "argmax": "arg max", "argmin": "arg min", "injlim": "inj lim",
    "projlim": "proj lim", "varinjlim": "inj lim", "varprojlim": "proj lim",
}  # fmt: skip

SPACES = {
    ",": 3 / 18, "thinspace": 3 / 18, ":": 4 / 18, ">": 4 / 18, "medspace": 4 / 18, ";": 5 / 18, "thickspace": 5 / 18,
    "!": -3 / 18, "negthinspace": -3 / 18, "enspace": 0.5, "enskip": 0.5, "quad": 1.0, "qquad": 2.0, " ": 0.25,
    "~": 0.25, "space": 0.25, "nobreakspace": 0.25,
}  # fmt: skip

ACCENTS = {
    "hat": "̂", "check": "̌", "tilde": "̃", "acute": "́", "grave": "̀", "dot": "̇", "ddot": "̈", "dddot": "⃛", "breve": "̆",
    "bar": "̄", "vec": "⃗", "mathring": "̊",
}  # fmt: skip
WIDE_ACCENTS = {
    "widehat": "̂", "widetilde": "̃", "overrightarrow": "⃗", "overleftarrow": "⃖", "overleftrightarrow": "⃡",
    "overbrace": "⏞", "overparen": "⏜", "wideparen": "⏜", "overline": "‾",
}  # fmt: skip
WIDE_ACCENTS_BELOW = {"underbrace": "⏟", "underparen": "⏝", "underline": "_", "underbar": "_"}
LINE_ABOVE, LINE_BELOW = "‾", "_"

STRETCHED_ARROWS = {
    "xrightarrow": "→", "xleftarrow": "←", "xRightarrow": "⇒", "xLeftarrow": "⇐", "xleftrightarrow": "↔",
    "xLeftrightarrow": "⇔", "xmapsto": "↦", "xlongequal": "=", "xhookrightarrow": "↪", "xrightleftharpoons": "⇌",
}  # fmt: skip

NEGATED = {
    "=": "≠", "<": "≮", ">": "≯", "∈": "∉", "⊂": "⊄", "⊃": "⊅", "⊆": "⊈", "⊇": "⊉", "≡": "≢", "∼": "≁", "≈": "≉",
    "≅": "≇", "∣": "∤", "∥": "∦", "∃": "∄", "≤": "≰", "≥": "≱", "→": "↛", "∋": "∌",
}  # fmt: skip

_CHARACTERS = {
    **dict.fromkeys("+-−*±×÷⋅·∗∘∩∪∧∨⊕⊗∖", Atom.BINARY),
    **dict.fromkeys("=<>:≤≥≠≈≡∼≃≅∝∈∉⊂⊃⊆⊇→←⇒⇐⇔⟹⟸⟺↔↦∣∥⟂⟶≪≫", Atom.RELATION),
    **dict.fromkeys("([", Atom.OPEN),
    **dict.fromkeys(")]!?", Atom.CLOSE),
    **dict.fromkeys(",;", Atom.PUNCTUATION),
    **dict.fromkeys("∑∏∐∫∬∭∮⋂⋃", Atom.OPERATOR),
    **dict.fromkeys("…⋯", Atom.INNER),
    **dict.fromkeys(_OPENING, Atom.OPEN),
    **dict.fromkeys(_CLOSING, Atom.CLOSE),
}

COMMANDS: dict[str, tuple[str, Atom]] = {
    **{name: (character, Atom.ORDINARY) for name, character in (_GREEK | _ORDINARY).items()},
    **{name: (character, Atom.BINARY) for name, character in _BINARY.items()},
    **{name: (character, Atom.RELATION) for name, character in _RELATIONS.items()},
    **{name: (character, Atom.OPERATOR) for name, character in _OPERATORS.items()},
}
TEXT_COMMANDS = {
    "AA": "Å", "aa": "å", "ss": "ß", "textdegree": "°", "textbackslash": "\\", "textdollar": "$", "textasciitilde": "~",
    "ldots": "…", "dots": "…", "quad": "\u2003", "qquad": "\u2003\u2003", ",": "\u2009", ";": " ", ":": " ", "!": "",
    "\\": " ", "newline": " ", "par": " ", "(": "", ")": "",
}  # fmt: skip
"""Between words."""

COMMANDS |= {
    name: (character, atom_of)
    for name, character in DELIMITERS.items()
    if name not in COMMANDS
    for atom_of in [
        Atom.OPEN if character in _OPENING or name in {"lvert", "lVert"}
        else Atom.CLOSE if character in _CLOSING or name in {"rvert", "rVert"}
        else Atom.ORDINARY
    ]
}  # fmt: skip


def atom_of_character(character: str) -> Atom:
    """Return the class of a character that was typed as such."""
    return _CHARACTERS.get(character, Atom.ORDINARY)


def stacks_its_scripts(base: Node) -> bool:
    """Whether scripts of this base stand below and above it in displayed formulas, as nobody says otherwise."""
    if isinstance(base, Symbol):
        return base.atom is Atom.OPERATOR and base.character not in INTEGRALS
    return isinstance(base, Word) and base.has_limits
