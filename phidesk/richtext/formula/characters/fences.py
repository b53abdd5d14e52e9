"""Brackets, and other signs that can grow with what they enclose."""

from __future__ import annotations

OPENING = {
    "(": "lparen", "[": "lbrack", "{": "{ lbrace", "|": "lvert", "‖": "lVert", "⌈": "lceil", "⌊": "lfloor",
    "⌜": "ulcorner", "⌞": "llcorner", "⎰": "lmoustache", "❲": "lbrbrak", "⟅": "Lbag lbag", "⟌": "longdivision",
    "⟦": "lBrack llbracket lsem", "⟨": "lang langle", "⟪": "lAngle llangle", "⟬": "Lbrbrak", "⟮": "lgroup",
    "⦀": "lVvert", "⦃": "lBrace llbrace", "⦅": "Lparen lParen llparen", "⦇": "limg llparenthesis", "⦉": "lblot",
    "⦋": "lbrackubar", "⦍": "lbrackultick", "⦏": "lbracklltick", "⦑": "langledot", "⦓": "lparenless",
    "⦕": "Lparengtr", "⦗": "lblkbrbrak", "⧘": "lvzigzag", "⧚": "Lvzigzag", "⧼": "lcurvyangle",
}  # fmt: skip

CLOSING = {
    ")": "rparen", "]": "rbrack", "|": "rvert", "}": "} rbrace", "‖": "rVert", "⌉": "rceil", "⌋": "rfloor",
    "⌝": "urcorner", "⌟": "lrcorner", "⎱": "rmoustache", "❳": "rbrbrak", "⟆": "Rbag rbag",
    "⟧": "rBrack rrbracket rsem", "⟩": "rang rangle", "⟫": "rAngle rrangle", "⟭": "Rbrbrak", "⟯": "rgroup",
    "⦀": "rVvert", "⦄": "rBrace rrbrace", "⦆": "Rparen rParen rrparen", "⦈": "rimg rrparenthesis", "⦊": "rblot",
    "⦌": "rbrackubar", "⦎": "rbracklrtick", "⦐": "rbrackurtick", "⦒": "rangledot", "⦔": "rparengtr",
    "⦖": "Rparenless", "⦘": "rblkbrbrak", "⧙": "rvzigzag", "⧛": "Rvzigzag", "⧽": "rcurvyangle",
}  # fmt: skip

FENCES = {
    "\\": "backslash", "|": "vert arrowvert", "‖": "| Vert Arrowvert", "⦀": "VERT Vvert",
}  # fmt: skip
"""They open and close alike."""
