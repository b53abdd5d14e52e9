"""What the parser knows of commands that take arguments. Tables only; environments have theirs with their readers.

Symbols are in `symbols`. Names are those of plain TeX, amsmath and what renderers on the web added.
"""

from __future__ import annotations

import re

from phidesk.richtext.formula.alphabets import Alphabet
from phidesk.richtext.formula.nodes import Atom

ALPHABETS = {
    name: alphabet
    for names, alphabet in (
        ("mathrm rm mathup symrm symup oldstyle", Alphabet.UPRIGHT),
        ("mathit it mit symit mathnormal symnormal", Alphabet.ITALIC),
        ("mathbf bf bold mathbfup symbf symbfup", Alphabet.BOLD),
        ("boldsymbol bm pmb mathbfit symbfit", Alphabet.BOLD_ITALIC),
        ("mathcal cal mathscr scr symcal symscr", Alphabet.SCRIPT),
        ("mathbfcal mathbfscr symbfcal symbfscr", Alphabet.BOLD_SCRIPT),
        ("mathfrak frak symfrak", Alphabet.FRAKTUR),
        ("mathbffrak symbffrak", Alphabet.BOLD_FRAKTUR),
        ("mathbb Bbb mathbbm mathds bbFont symbb", Alphabet.DOUBLE_STRUCK),
        ("mathsf sf mathsfup symsf symsfup", Alphabet.SANS_SERIF),
        ("mathbfsf mathbfsfup symbfsf symbfsfup", Alphabet.BOLD_SANS_SERIF),
        ("mathsfit symsfit", Alphabet.ITALIC_SANS_SERIF),
        ("mathbfsfit symbfsfit", Alphabet.BOLD_ITALIC_SANS_SERIF),
        ("mathtt tt symtt", Alphabet.MONOSPACE),
    )
    for name in names.split()
}
OLD_SWITCHES = {"rm", "it", "mit", "bf", "cal", "scr", "frak", "sf", "tt", "oldstyle"}
"""They hold to the end of their group."""
TEXTS = {
    "text": Alphabet.UPRIGHT, "mbox": Alphabet.UPRIGHT, "textrm": Alphabet.UPRIGHT, "textnormal": Alphabet.UPRIGHT,
    "hbox": Alphabet.UPRIGHT, "sout": Alphabet.UPRIGHT, "textbf": Alphabet.BOLD, "textit": Alphabet.ITALIC,
    "emph": Alphabet.ITALIC, "textsf": Alphabet.SANS_SERIF, "texttt": Alphabet.MONOSPACE, "textup": Alphabet.UPRIGHT,
    "textmd": Alphabet.UPRIGHT, "textsl": Alphabet.ITALIC, "textbb": Alphabet.DOUBLE_STRUCK,
    "textfrak": Alphabet.FRAKTUR,
}  # fmt: skip
FRACTIONS = {"frac": None, "dfrac": True, "tfrac": False, "cfrac": True}
BINOMIALS = {"binom": None, "dbinom": True, "tbinom": False}
INFIX_FRACTIONS = {
    "over": (True, "", ""), "atop": (False, "", ""), "above": (True, "", ""), "choose": (False, "(", ")"),
    "brace": (False, "{", "}"), "brack": (False, "[", "]"), "overwithdelims": (True, "", ""),
    "atopwithdelims": (False, "", ""), "abovewithdelims": (True, "", ""),
}  # fmt: skip
r"""Whether they have a line, and what stands around them; `\above` says how thick the line is."""
STYLES = {
    "displaystyle": (True, 0), "textstyle": (False, 0), "scriptstyle": (False, 1), "scriptscriptstyle": (False, 2),
}  # fmt: skip
SIZES = {"big": 1.2, "Big": 1.8, "bigg": 2.4, "Bigg": 3.0}
FRAMES = {"boxed": "box", "cancel": "rising", "bcancel": "falling", "xcancel": "rising falling"}
FRAMED_TEXTS = {
    "fbox": "box", "framebox": "box", "doublebox": "box", "shadowbox": "shadow", "ovalbox": "rounded",
    "Ovalbox": "rounded",
}  # fmt: skip
PHANTOMS = {"phantom": (True, True), "hphantom": (True, False), "vphantom": (False, True)}
"""Whether they keep the width and the height of what they hide."""
IGNORED = {
    "limits", "nolimits", "displaylimits", "nonumber", "notag", "allowbreak", "nobreak", "relax", "strut",
    "mathstrut", "noindent", "centering", "normalsize", "small", "large", "Large", "hfill", "protect", "ensuremath",
    "boldmath", "unboldmath", "mathsurround", "displaybreak", "break", "tiny", "scriptsize",
    "footnotesize", "LARGE", "huge", "Huge",
    "nonscript", "hfil", "hfilll", "noexpand", "expandafter", "global", "long", "egroup", "DOTSI", "DOTSB", "DOTSX",
    "Tiny", "sixptsize", "cramped", "adjustlimits", "xmathstrut", "mathmbox", "/", "joinrel", "shoveleft", "shoveright",
    "bfseries", "mdseries", "itshape", "upshape", "scshape", "rmfamily", "sffamily", "ttfamily", "selectfont",
    "raggedright", "raggedleft", "arraybackslash", "linebreak", "newpage", "smallskip", "medskip", "bigskip", "qedhere",
}  # fmt: skip
WITH_UNSHOWN_ARGUMENT = {
    "label", "vspace", "cite", "vspace*", "require", "leftroot", "uproot", "message", "errmessage", "show",
    "setOptions", "mathtoolsset", "usetagform",
}  # fmt: skip
WITH_UNSHOWN_FIRST_ARGUMENT = {
    "href", "class", "cssId", "style", "htmlClass", "htmlId", "htmlStyle", "htmlData", "TextOrMath", "mmlToken",
}  # fmt: skip
ATOM_COMMANDS = {
    "mathbin": Atom.BINARY, "mathrel": Atom.RELATION, "mathop": Atom.OPERATOR, "mathopen": Atom.OPEN,
    "mathclose": Atom.CLOSE, "mathpunct": Atom.PUNCTUATION, "mathinner": Atom.INNER, "mathord": Atom.ORDINARY,
}  # fmt: skip
DOTS = {
    "dots": "…", "dotsx": "…", "dotsc": "…", "dotso": "…", "ldots": "…", "cdots": "⋯", "dotsb": "⋯", "dotsm": "⋯",
    "dotsi": "⋯",
}  # fmt: skip
DOTS_IN_THE_MIDDLE_BEFORE = re.compile(
    r"[-+=<>*]|\\(?:times|cdot|cdots|leq?|geq?|cap|cup|lt|gt|wedge|land|vee|lor|oplus)"
)
ENCLOSURES = {
    "updiagonalstrike": "rising", "downdiagonalstrike": "falling", "horizontalstrike": "level",
    "verticalstrike": "vertical", "updiagonalarrow": "arrow", "northeastarrow": "arrow", "roundedbox": "rounded",
    "actuarial": "top right", "madruwb": "bottom right", "phasorangle": "phase", "circle": "circle",
    "longdiv": "division", "top": "top", "bottom": "bottom", "left": "left", "right": "right",
}  # fmt: skip
"""The notations of MathML for what encloses or strikes out, and the kinds of frames that they are."""
