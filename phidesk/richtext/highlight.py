"""Colours of code: which characters of a listing are comment, string, number, keyword or the name of a function.

One regular expression for each family of languages, tried at each place that no earlier match covered. It does not
parse: half-arrived code is read as far as it makes sense (an open string or comment reaches to the end). A piece of a
long listing is read by itself, so that a string that began in an earlier piece is not known in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache


class TokenKind(Enum):
    """What a run of characters is; everything else has no kind."""

    COMMENT = "comment"
    STRING = "string"
    NUMBER = "number"
    KEYWORD = "keyword"
    FUNCTION = "function"
    """A name that is called or defined; of markup, the name of an element."""


@dataclass(frozen=True, slots=True)
class Token:
    """A run of characters: `start` and `end` count characters of the listing."""

    start: int
    end: int
    kind: TokenKind


@dataclass(frozen=True)
class _Language:
    """`comments` and `strings` are regular expressions, the more special first."""

    comments: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    keywords: str = ""
    is_case_blind: bool = False
    extra: tuple[tuple[TokenKind, str], ...] = ()
    """Further rules, tried before names."""


_NUMBER = r"\b(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)[a-zA-Z]?\w*"
_QUOTED = r"\"(?:[^\"\\\n]|\\.)*(?:\"|(?=\n)|\Z)"
_SINGLE_QUOTED = r"'(?:[^'\\\n]|\\.)*(?:'|(?=\n)|\Z)"
_TRIPLE_QUOTED = r"\"\"\"[\s\S]*?(?:\"\"\"|\Z)|'''[\s\S]*?(?:'''|\Z)"
_BACKTICKED = r"`(?:[^`\\]|\\[\s\S])*(?:`|\Z)"
_SLASH_COMMENTS = (r"//[^\n]*", r"/\*[\s\S]*?(?:\*/|\Z)")
_HASH_COMMENT = r"(?<![\w$])#[^\n]*"

_PYTHON = _Language(
    comments=(_HASH_COMMENT,),
    strings=(
        rf"(?:[rRbBuUfF]{{1,2}})?(?:{_TRIPLE_QUOTED})",
        rf"(?:[rRbBuUfF]{{1,2}})?(?:{_QUOTED}|{_SINGLE_QUOTED})",
    ),
    keywords="""
        and as assert async await break case class continue def del elif else except finally for from global
        if import in is lambda match nonlocal not or pass raise return try while with yield None True False
        self
    """,
    extra=((TokenKind.KEYWORD, r"^[ \t]*@[\w.]+"),),
)
_JAVASCRIPT = _Language(
    comments=_SLASH_COMMENTS,
    strings=(_BACKTICKED, _QUOTED, _SINGLE_QUOTED),
    keywords="""
        abstract as async await boolean break case catch class const continue default delete do else enum
        export extends finally for from function get if implements import in instanceof interface let new null
        number of private protected public readonly return set static string super switch this throw true
        false try type typeof undefined var void while yield
    """,
)
_C_LIKE = _Language(
    comments=_SLASH_COMMENTS,
    strings=(_QUOTED, _SINGLE_QUOTED),
    keywords="""
        abstract auto bool boolean break byte case catch char class const constexpr continue default defer
        delete do double else enum explicit extends extern final finally float for foreach friend func fun go
        goto if implements import inline int interface internal is let long map namespace new nil null nullptr
        object operator out override package private protected public range readonly record ref return sealed
        short signed sizeof static std string struct super switch template this throw throws true false try
        type typedef typename uint union unsigned using val var virtual void volatile when while yield chan
        select fallthrough
    """,
    extra=((TokenKind.KEYWORD, r"^[ \t]*#[ \t]*\w+"),),
)
_RUST = _Language(
    comments=_SLASH_COMMENTS,
    strings=(r"r#*\"[\s\S]*?(?:\"#*|\Z)", r"b?" + _QUOTED, r"'(?:[^'\\\n]|\\.)'"),
    keywords="""
        as async await break const continue crate dyn else enum extern false fn for if impl in let loop match
        mod move mut pub ref return self Self static struct super trait true type unsafe use where while i8
        i16 i32 i64 u8 u16 u32 u64 usize isize f32 f64 bool char str String
    """,
)
_SHELL = _Language(
    comments=(_HASH_COMMENT,),
    strings=(r"\"(?:[^\"\\]|\\[\s\S])*(?:\"|\Z)", r"'[^']*(?:'|\Z)"),
    keywords="""
        if then else elif fi for while until do done case esac in function select return exit break continue
        export local readonly set unset source alias cd echo sudo
    """,
    extra=((TokenKind.NUMBER, r"\$(?:\w+|\{[^}\n]*\}?)"),),
)
_SQL = _Language(
    comments=(r"--[^\n]*", r"/\*[\s\S]*?(?:\*/|\Z)"),
    strings=(r"'(?:[^']|'')*(?:'|\Z)",),
    keywords="""
        add all alter and any as asc begin between by case check column commit constraint create cross
        database default delete desc distinct drop else end exists foreign from full group having if in index
        inner insert into is join key left like limit not null offset on or order outer primary references
        right rollback select set table then transaction union unique update values view when where with
    """,
    is_case_blind=True,
)
_JSON = _Language(comments=_SLASH_COMMENTS, strings=(_QUOTED,), keywords="true false null")
_YAML = _Language(
    comments=(_HASH_COMMENT,),
    strings=(_QUOTED, _SINGLE_QUOTED),
    keywords="true false null yes no",
    extra=(
        (TokenKind.FUNCTION, r"^[ \t]*(?:-[ \t]+)?[\w.\-/]+(?=[ \t]*[:=])"),
        (TokenKind.KEYWORD, r"^\[[^\]\n]*\]"),
    ),
)
_MARKUP = _Language(
    comments=(r"<!--[\s\S]*?(?:-->|\Z)",),
    strings=(r"(?<==)\"[^\"]*(?:\"|\Z)", r"(?<==)'[^']*(?:'|\Z)"),
    extra=((TokenKind.FUNCTION, r"(?<=<)/?[\w:!?\-]+"), (TokenKind.KEYWORD, r"[\w:\-]+(?==)")),
)
_CSS = _Language(
    comments=_SLASH_COMMENTS[1:],
    strings=(_QUOTED, _SINGLE_QUOTED),
    extra=(
        (TokenKind.KEYWORD, r"[\w\-]+(?=[ \t]*:[^{}\n]*[;\n}])|@[\w\-]+"),
        (TokenKind.NUMBER, r"#[\da-fA-F]{3,8}\b"),
        (TokenKind.FUNCTION, r"[.#][\w\-]+"),
    ),
)

_LANGUAGES = {
    "python": _PYTHON, "py": _PYTHON, "python3": _PYTHON,
    "javascript": _JAVASCRIPT, "js": _JAVASCRIPT, "jsx": _JAVASCRIPT, "typescript": _JAVASCRIPT, "ts": _JAVASCRIPT,
    "tsx": _JAVASCRIPT,
    "c": _C_LIKE, "cpp": _C_LIKE, "c++": _C_LIKE, "h": _C_LIKE, "hpp": _C_LIKE, "java": _C_LIKE, "kotlin": _C_LIKE,
    "csharp": _C_LIKE, "cs": _C_LIKE, "c#": _C_LIKE, "go": _C_LIKE, "golang": _C_LIKE, "swift": _C_LIKE,
    "dart": _C_LIKE, "php": _C_LIKE,
    "rust": _RUST, "rs": _RUST,
    "bash": _SHELL, "sh": _SHELL, "shell": _SHELL, "zsh": _SHELL, "console": _SHELL,
    "sql": _SQL, "sqlite": _SQL, "postgresql": _SQL, "mysql": _SQL,
    "json": _JSON, "jsonc": _JSON,
    "yaml": _YAML, "yml": _YAML, "toml": _YAML, "ini": _YAML,
    "html": _MARKUP, "xml": _MARKUP, "svg": _MARKUP,
    "css": _CSS, "scss": _CSS,
}  # fmt: skip


def highlight(code: str, language: str) -> list[Token]:
    """Return the coloured runs in order, none overlapping; empty for a language that is not known."""
    found = _LANGUAGES.get(language.lower())
    if found is None:
        return []
    expression, kinds = _compile(found)
    tokens: list[Token] = []
    for match in expression.finditer(code):
        group = match.lastgroup
        if group is not None and match.end() > match.start():
            tokens.append(Token(match.start(), match.end(), kinds[group]))
    return tokens


@cache
def _compile(language: _Language) -> tuple[re.Pattern[str], dict[str, TokenKind]]:
    """Make the expression of a language; each rule is a named group, so that a match tells its kind."""
    rules: list[tuple[TokenKind | None, str]] = [
        *((TokenKind.COMMENT, pattern) for pattern in language.comments),
        *((TokenKind.STRING, pattern) for pattern in language.strings),
        *language.extra,
        (TokenKind.NUMBER, _NUMBER),
    ]
    if language.keywords:
        words = "|".join(sorted(language.keywords.split(), key=len, reverse=True))
        rules.append((TokenKind.KEYWORD, rf"\b(?:{words})\b"))
        rules.append((TokenKind.FUNCTION, r"\b[^\W\d]\w*(?=\()"))
    rules.append((None, r"\w+"))  # any other word, so that no rule begins inside one
    kinds = {f"rule{number}": kind for number, (kind, _) in enumerate(rules) if kind is not None}
    groups = [
        f"(?P<rule{number}>{pattern})" if kind is not None else f"(?:{pattern})"
        for number, (kind, pattern) in enumerate(rules)
    ]
    flags = re.MULTILINE | (re.IGNORECASE if language.is_case_blind else 0)
    return re.compile("|".join(groups), flags), kinds
