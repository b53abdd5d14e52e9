"""What people and models write as a calculation, brought into one form and cut into tokens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from phidesk.tools.tool import CallFault

LONGEST = 2_000
"""Characters of an expression."""
_SIGNS = str.maketrans({
    "×": "*", "·": "*", "⋅": "*", "∙": "*", "\N{ASTERISK OPERATOR}": "*",
    "÷": "/", "\N{DIVISION SLASH}": "/", "\N{FRACTION SLASH}": "/",
    "−": "-", "–": "-", "—": "-", "\N{HYPHEN}": "-", "\N{NON-BREAKING HYPHEN}": "-",
    "\N{NARROW NO-BREAK SPACE}": " ", "\N{ZERO WIDTH SPACE}": "", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{ARABIC DECIMAL SEPARATOR}": ".", "\N{ARABIC THOUSANDS SEPARATOR}": ",", "؛": ";", "،": ",", "、": ",", "٪": "%",
    "≤": "<=", "≥": ">=", "≠": "!=", "→": " to ", "↑": "^", "∛": " cbrt ", "π": " pi ", "μ": "µ", "{": "(", "}": ")",
})  # fmt: skip
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_VULGAR = re.compile("[¼½¾⅐-⅞]")
_LATEX = (
    (re.compile(r"\\(?:d|t)?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), r"((\1)/(\2))"),
    (re.compile(r"\\sqrt\s*\[([^\]{}]*)\]\s*\{([^{}]*)\}"), r" root(\2;\1)"),
    (re.compile(r"\\sqrt\s*\{([^{}]*)\}"), r" sqrt(\1)"),
)
_LATEX_WORDS = (
    (re.compile(r"\\(?:left|right|displaystyle|quad|,|;|!|\(|\)|\[|\])"), " "),
    (re.compile(r"\\(?:times|cdot)(?![a-z])"), "*"),
    (re.compile(r"\\div(?![a-z])"), "/"),
    (re.compile(r"\\(?:text|mathrm|operatorname)\s*"), ""),
    (re.compile(r"\\(?=[a-z%$])"), " "),
)
_PERCENT = r"(?:%|per ?cents?|percentages?)"
_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (
            r"^\s*(?:(?:please|what(?:'s| is| are)|how much (?:is|are)|calculate|compute|evaluate)\b:?\s*)+",
            "",
        ),
        (r"[\s?=.]+$", ""),
        (r"(?<![\w.,/^)])(?<!\d\s)(\d+/\d+)(?=\s*(?!of\b)[^\W\d_])", r"(\1)"),  # half a cup is 1/2 cup, not 1 by 2 cups
        (r"(\d+)\s*'\s*(\d+(?:\.\d+)?)\s*(?:\"|'')", r"\1 ft \2 in"),
        (r"\b(?:math|np|numpy)\.(?=[a-z])", ""),
        (r"\bl(?:it(?:re|er)s?)?\s*(?:/|per)\s*100\s*k(?:m|ilomet(?:re|er)s?)\b", "l100km"),
        (rf"^(?:an?|the)?\s*{_PERCENT}\s+of\s+(.+)\s+is\s+(.+)$", r"(\2)/(\1) as percent"),
        (rf"^(.+?)\s+(?:is|are)\s+what\s+{_PERCENT}\s+of\s+(.+)$", r"(\1)/(\2) as percent"),
        (rf"^what\s+{_PERCENT}\s+of\s+(.+)\s+(?:is|are)\s+(.+)$", r"(\2)/(\1) as percent"),
        (rf"^(.+?)\s+as\s+(?:an?\s+)?{_PERCENT}\s+of\s+(.+)$", r"(\1)/(\2) as percent"),
        (
            rf"^(?:the\s+)?{_PERCENT}\s+(?:change|increase|decrease)\s+from\s+(.+)\s+to\s+(.+)$",
            r"((\2)-(\1))/(\1) as percent",
        ),
        (rf"^(?:increase|raise)\s+(.+)\s+by\s+(.+?{_PERCENT})$", r"(\1) + \2"),
        (rf"^(?:decrease|reduce|lower)\s+(.+)\s+by\s+(.+?{_PERCENT})$", r"(\1) - \2"),
        (r"\bincreased\s+by\b", "+"),
        (r"\b(?:decreased|reduced)\s+by\b", "-"),
        (rf"([\d.,]+\s*{_PERCENT})\s+off\s+(.+)$", r"(\2) - \1"),
        (rf"\b{_PERCENT}(?=\W|$)(?<!%)", "%"),
        (r"\b(?:the\s+)?square\s+root\s+of\b", "sqrt"),
        (r"\b(?:the\s+)?cub(?:e|ic)\s+root\s+of\b", "cbrt"),
        (
            r"\b(?:the\s+)?(average|mean|median|sum|product|lcm|gcd|factorial|minimum|maximum)\s+of\s+(?!\s*\()(.+)$",
            r"\1(\2)",
        ),
        (r"\b(average|mean|median|sum|product|lcm|gcd|factorial|minimum|maximum)\s+of\b", r"\1"),
        (r"\bto\s+the\s+power\s+(?:of\b)?", "^"),
        (r"(?<=[\d)])\s*squared\b", "^2"),
        (r"(?<=[\d)])\s*cubed\b", "^3"),
        (r"\b(?:divided\s+by|over)\b", "/"),
        (r"\b(?:multiplied\s+by|times)\b", "*"),
        (r"\bplus\b", "+"),
        (r"\bminus\b", "-"),
        (r"\bmodulo\b|\bmodulus\b", "mod"),
        (r"\b(?:a\s+)?half\s+of\b", "1/2 *"),
        (r"\b(?:a\s+|one\s+)?third\s+of\b", "1/3 *"),
        (r"\b(?:a\s+|one\s+)?quarter\s+of\b", "1/4 *"),
        (r"(?<=[\d)])(?:\s+x\s*|\s*x\s+|(?<!\b0)x)(?=[\d(.])", "*"),
    )
)
_NUMBER = r"(?:\d+(?:[ '_]\d{3}(?![\d])|[.,]\d+)*\.?(?![\d])|\.\d+)(?:[eE][+-]?\d+(?!\w))?"
_NUMBER_IN_CALL = r"(?:\d+(?:[ '_]\d{3}(?!\d)|\.\d+)*\.?(?!\d)|\.\d+)(?:[eE][+-]?\d+(?!\w))?"
_REST = (
    r"(?P<name>[^\W\d_]\w*|°[CF]?|[$€£¥₹₽₩₺₿]|√)"
    r"|(?P<sign>\*\*|//|<=|>=|!=|==|[-+*/^%!()\[\],;<>=:])|(?P<blank>\s+)"
)
_TOKEN = re.compile(rf"(?P<number>{_NUMBER})|(?P<vulgar>[¼½¾⅐-⅞])|{_REST}")
_TOKEN_IN_CALL = re.compile(rf"(?P<number>{_NUMBER_IN_CALL})|(?P<vulgar>[¼½¾⅐-⅞])|{_REST}")
_GROUPED = {
    ",": re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}"),
    ".": re.compile(r"\d{1,3}(?:\.\d{3})+"),
}
_COMMA_IS_DECIMAL = re.compile(r"\d,(?:\d{1,2}|\d{4,})(?![\d,])|(?<!\d)0,\d|\.\d{3},\d|\d{4},\d")
_COMMA_GROUPS = re.compile(r"[$£]|\d\.\d|,\d{3},\d{3}(?!\d)")
_GROUP_IN_CALL = re.compile(r",\d{3}(?![\d,])")
_OTHER_SEPARATOR = re.compile(r",\s")
_LONGEST_EXPONENT = 5
_OF_THE_CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b|\b\d{4}-\d{2}-\d{2}\b")


class Kind(Enum):
    """Of a token."""

    NUMBER = "number"
    NAME = "name"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True)
class Token:
    """A piece of an expression. `value` is that of a number."""

    kind: Kind
    text: str
    value: Fraction = Fraction(0)
    is_part_of_whole: bool = False
    """Whether it is a sign such as ½, which adds to a number before it."""


class TokenCursor:
    """A place among the tokens of an expression."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0

    @property
    def token(self) -> Token:
        """The token at the place."""
        return self._tokens[self._position]

    @property
    def is_at_end(self) -> bool:
        """Whether all of them were taken."""
        return self.token.kind is Kind.END

    def peek(self, distance: int = 1) -> Token:
        """Return a later token; behind the last one is the end."""
        return self._tokens[min(self._position + distance, len(self._tokens) - 1)]

    def next(self, count: int = 1) -> Token:
        """Return the token and go on behind it, or behind several."""
        token = self.token
        self._position = min(self._position + count, len(self._tokens) - 1)
        return token

    def take(self, *signs: str) -> str:
        """Return the text of the token and go on, if it is one of these; else nothing."""
        return self.next().text if self.token.kind is not Kind.NUMBER and self.token.text in signs else ""

    def mark(self) -> int:
        """Return the place, to come back to."""
        return self._position

    def return_to(self, place: int) -> None:
        """Go back to a place that `mark` returned."""
        self._position = place

    def has_taken(self, sign: str) -> bool:
        """Whether a sign stands before the place."""
        return any(token.text == sign for token in self._tokens[: self._position])


def read_tokens(text: str, functions: Collection[str]) -> TokenCursor:
    """Cut an expression into tokens. `functions` are the names before whose brackets commas part arguments.

    Raises:
        CallFault: there is a sign that belongs to no expression, or a number that may mean two.
    """
    if len(text) > LONGEST:
        raise CallFault(f"The expression is too long: at most {LONGEST} characters.")
    plain = _in_one_form(text)
    if found := _OF_THE_CLOCK.search(plain):
        raise CallFault(f'"{found[0]}" looks like a time or date, which are not calculated with here.')
    tokens: list[Token] = []
    calls: list[bool] = []
    position = 0
    while position < len(plain):
        is_in_call = bool(calls) and calls[-1] and ";" not in plain
        found = (_TOKEN_IN_CALL if is_in_call else _TOKEN).match(plain, position)
        if found is None:
            raise CallFault(f'"{plain[position]}" belongs to no calculation. Write only numbers, operators and units.')
        position = found.end()
        if found["number"] and is_in_call and _GROUP_IN_CALL.match(plain, position) and _OTHER_SEPARATOR.search(plain):
            raise CallFault(
                f'"{plain[found.start() : position + 4]}" may be one number or two. Write no commas in numbers.'
            )
        if found["number"]:
            tokens.append(Token(Kind.NUMBER, found[0], _read_number(found[0], plain)))
        elif found["vulgar"]:
            value = Fraction(unicodedata.numeric(found[0])).limit_denominator(10)
            tokens.append(Token(Kind.NUMBER, found[0], value, is_part_of_whole=True))
        elif found["name"]:
            tokens.append(Token(Kind.NAME, found[0]))
        elif found["sign"]:
            if found[0] in ("(", "["):
                is_call = bool(tokens) and tokens[-1].kind is Kind.NAME and tokens[-1].text.lower() in functions
                calls.append(is_call or found[0] == "[" or (bool(calls) and calls[-1]))
            elif found[0] in (")", "]") and calls:
                calls.pop()
            tokens.append(Token(Kind.SIGN, found[0]))
    return TokenCursor([*tokens, Token(Kind.END, "")])


def _in_one_form(text: str) -> str:
    """Return the text with one sign for each operation, and words of arithmetic as signs."""
    plain = _SUPERSCRIPT.sub(lambda found: f"^({found[0].translate(_SUPERSCRIPTS)})", text)
    parts = re.split(f"({_VULGAR.pattern})", plain)
    plain = "".join(part if _VULGAR.fullmatch(part) else unicodedata.normalize("NFKC", part) for part in parts)
    plain = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in plain)
    if "\\" in plain:
        plain = _without_latex(plain)
    plain = plain.translate(_SIGNS)
    for pattern, replacement in _WORDS:
        plain = pattern.sub(replacement, plain)
    return plain.strip()


def _without_latex(text: str) -> str:
    before = ""
    while text != before:
        before = text
        for pattern, replacement in _LATEX:
            text = pattern.sub(replacement, text)
    for pattern, replacement in _LATEX_WORDS:
        text = pattern.sub(replacement, text)
    return text


def _read_number(text: str, expression: str) -> Fraction:
    digits, _, exponent = text.lower().partition("e")
    if len(exponent.lstrip("+-")) > _LONGEST_EXPONENT or abs(int(exponent or 0)) > 6000:
        raise CallFault("The number gets too large.")
    plain = re.sub("[ '_]", "", digits)
    if "," in plain and "." in plain:
        decimal = max(",.", key=plain.rfind)
        whole, _, rest = plain.rpartition(decimal)
        other = "." if decimal == "," else ","
        if decimal in whole or not _GROUPED[other].fullmatch(whole):
            raise CallFault(f'"{text}" is no number.')
        plain = whole.replace(other, "") + "." + rest
    elif "," in plain:
        plain = plain.replace(",", "." if _is_decimal_comma(plain, expression) else "")
    elif plain.count(".") > 1:
        if not _GROUPED["."].fullmatch(plain):
            raise CallFault(f'"{text}" is no number.')
        plain = plain.replace(".", "")
    return Fraction(plain) * Fraction(10) ** int(exponent or 0)


def _is_decimal_comma(number: str, expression: str) -> bool:
    """Whether the commas in a number part its decimals, and not its thousands."""
    if not _GROUPED[","].fullmatch(number):
        if number.count(",") > 1:
            raise CallFault(f'"{number}" is no number.')
        return True
    if number.count(",") > 1:
        return False
    is_decimal, is_grouping = _COMMA_IS_DECIMAL.search(expression), _COMMA_GROUPS.search(expression)
    if bool(is_decimal) == bool(is_grouping):
        whole, _, rest = number.partition(",")
        raise CallFault(f'"{number}" may mean {whole}{rest} or {whole}.{rest}. Write one of these.')
    return bool(is_decimal)
