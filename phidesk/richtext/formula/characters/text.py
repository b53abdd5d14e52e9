"""What stands between words: signs of text, and marks that commands put on letters."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase

TEXT_SIGNS = {
    '"': "textquotedbl", "$": "textdollar textdollaroldstyle", "'": "textquotesingle", "0": "textzerooldstyle",
    "1": "textoneoldstyle", "2": "texttwooldstyle", "3": "textthreeoldstyle", "4": "textfouroldstyle",
    "5": "textfiveoldstyle", "6": "textsixoldstyle", "7": "textsevenoldstyle", "8": "texteightoldstyle",
    "9": "textnineoldstyle", "<": "textless", ">": "textgreater", "?!": "textinterrobang", "[": "textlquill",
    "\\": "textbackslash", "]": "textrquill", "^": "textasciicircum", "_": "textunderscore", "`": "textasciigrave",
    "{": "textbraceleft", "|": "textbar", "}": "textbraceright", "~": "textasciitilde texttildelow",
    "¡": "textexclamdown", "¢": "textcent textcentoldstyle", "£": "textsterling", "¤": "textcurrency", "¥": "textyen",
    "¦": "textbrokenbar", "§": "textsection", "¨": "textasciidieresis", "©": "textcopyright textcopyleft",
    "ª": "textordfeminine", "«": "guillemotleft guillemetleft", "¬": "textlnot", "®": "textregistered",
    "¯": "textasciimacron", "°": "textdegree", "±": "textpm", "²": "texttwosuperior", "³": "textthreesuperior",
    "´": "textasciiacute", "µ": "textmu", "¶": "textparagraph textpilcrow", "·": "textperiodcentered",
    "¹": "textonesuperior", "º": "textordmasculine", "»": "guillemotright guillemetright", "¼": "textonequarter",
    "½": "textonehalf", "¾": "textthreequarters", "¿": "textquestiondown", "¿¡": "textinterrobangdown",
    "×": "texttimes", "÷": "textdiv", "ı": "i", "ƒ": "textflorin", "ȷ": "j", "ˇ": "textasciicaron",
    "˘": "textasciibreve", "˝": "textacutedbl", "Ω": "textohm", "฿": "textbaht", "–": "textendash", "—": "textemdash",
    "‖": "textbardbl", "‘": "textquoteleft lq", "’": "textquoteright rq", "‚": "quotesinglbase",
    "“": "textquotedblleft", "”": "textquotedblright", "„": "quotedblbase", "†": "textdagger textdied",
    "‡": "textdaggerdbl", "•": "textbullet", "…": "textellipsis", "‰": "textperthousand", "‱": "textpertenthousand",
    "‹": "guilsinglleft", "›": "guilsinglright", "※": "textreferencemark", "⁄": "textfractionsolidus",
    "⁒": "textdiscount", "₡": "textcolonmonetary", "₤": "textlira", "₦": "textnaira", "₩": "textwon", "₫": "textdong",
    "€": "texteuro", "₱": "textpeso", "₲": "textguarani", "℃": "textcelsius", "№": "textnumero", "℗": "textcircledP",
    "℞": "textrecipe", "℠": "textservicemark", "™": "texttrademark", "℧": "textmho", "℮": "textestimated",
    "←": "textleftarrow", "↑": "textuparrow", "→": "textrightarrow", "↓": "textdownarrow", "−": "textminus",
    "∗": "textasteriskcentered", "√": "textsurd", "⋆": "textborn textstar", "␢": "textblank", "␣": "textvisiblespace",
    "◦": "textopenbullet", "◯": "textbigcircle", "♪": "textmusicalnote", "⚭": "textmarried", "⚮": "textdivorced",
    "✓": "textcheckmark", "⟦": "textlbrackdbl", "⟧": "textrbrackdbl", "⟨": "textlangle", "⟩": "textrangle",
}  # fmt: skip
"""Of LaTeX itself and of textcomp; they may stand in formulas, too."""

TEXT_MARKS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331", "t": "\u0361", "textcircled": "\u20dd",
}  # fmt: skip
"""Combining characters, by the command before the letter."""

CIRCLED = {
    **{str(number): chr(ord("①") + number - 1) for number in range(1, 21)},
    **{letter: chr(ord("Ⓐ") + number) for number, letter in enumerate(ascii_uppercase + ascii_lowercase)},
    "0": "⓪",
}
"""Numbers and letters that are one character with the circle around them."""
