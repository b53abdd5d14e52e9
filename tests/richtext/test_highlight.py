"""Colours of code: what is told apart in the usual languages, and that nothing makes it stumble."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.highlight import _LANGUAGES, TokenKind, highlight

COMMENT, STRING, NUMBER = TokenKind.COMMENT, TokenKind.STRING, TokenKind.NUMBER
KEYWORD, FUNCTION = TokenKind.KEYWORD, TokenKind.FUNCTION


def kinds(code: str, language: str) -> list[tuple[str, TokenKind]]:
    return [(code[token.start : token.end], token.kind) for token in highlight(code, language)]


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("python", "def f(x): return 'a' # b", [("def", KEYWORD), ("f", FUNCTION), ("return", KEYWORD), ("'a'", STRING), ("# b", COMMENT)]),
        ("python", '"""doc\nmore""" + f"{x}"', [('"""doc\nmore"""', STRING), ('f"{x}"', STRING)]),
        ("python", "x = 0x1F + 1_000.5e3", [("0x1F", NUMBER), ("1_000.5e3", NUMBER)]),
        ("python", "@cache\ndefault = 1", [("@cache", KEYWORD), ("1", NUMBER)]),
        ("js", "const s = `a ${b}\n`; // c", [("const", KEYWORD), ("`a ${b}\n`", STRING), ("// c", COMMENT)]),
        ("cpp", "#include <x>\nint main() { return 0; }", [("#include", KEYWORD), ("int", KEYWORD), ("main", FUNCTION), ("return", KEYWORD), ("0", NUMBER)]),
        ("rust", "fn f<'a>(x: &'a str) {}", [("fn", KEYWORD), ("str", KEYWORD)]),
        ("bash", "echo \"$HOME\" $1 # x", [("echo", KEYWORD), ('"$HOME"', STRING), ("$1", NUMBER), ("# x", COMMENT)]),
        ("sql", "SELECT a FROM t -- x", [("SELECT", KEYWORD), ("FROM", KEYWORD), ("-- x", COMMENT)]),
        ("json", '{"a": true, "b": 1}', [('"a"', STRING), ("true", KEYWORD), ('"b"', STRING), ("1", NUMBER)]),
        ("yaml", "a: 1\n- b: x # y", [("a", FUNCTION), ("1", NUMBER), ("- b", FUNCTION), ("# y", COMMENT)]),
        ("html", '<p class="x">a</p><!-- c -->', [("p", FUNCTION), ("class", KEYWORD), ('"x"', STRING), ("/p", FUNCTION), ("<!-- c -->", COMMENT)]),
        ("css", ".a { color: #fff; }", [(".a", FUNCTION), ("color", KEYWORD), ("#fff", NUMBER)]),
    ],
)  # fmt: skip
def test_usual_code_is_told_apart(language: str, code: str, expected: list[tuple[str, TokenKind]]) -> None:
    assert kinds(code, language) == expected


def test_an_unknown_language_has_no_colours() -> None:
    assert highlight("def f(): pass", "klingon") == []
    assert highlight("def f(): pass", "") == []


def test_the_name_of_the_language_may_be_written_in_any_case() -> None:
    assert kinds("if x", "Python") == [("if", KEYWORD)]


@pytest.mark.parametrize(("code", "language"), [('x = """abc\nde', "py"), ("/* abc\nde", "c"), ("`abc\nde", "js")])
def test_what_is_still_open_reaches_to_the_end(code: str, language: str) -> None:
    last = highlight(code, language)[-1]

    assert last.end == len(code)


def test_a_quote_in_a_comment_opens_no_string() -> None:
    assert kinds("# don't\nx = 1", "python") == [("# don't", COMMENT), ("1", NUMBER)]


@given(
    code=st.text(alphabet="ab1 \n\t\"'`#/*-<>=\\${}@.()", max_size=200), language=st.sampled_from(sorted(_LANGUAGES))
)
def test_runs_are_in_order_and_within_the_code(code: str, language: str) -> None:
    end = 0
    for token in highlight(code, language):
        assert end <= token.start < token.end <= len(code)
        end = token.end
