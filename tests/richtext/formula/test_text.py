"""Words in formulas: their signs and marks, fonts, colours and scripts, and formulas between them."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from phidesk.richtext.formula.nodes import Row, Scripts, Styled, Word
from phidesk.richtext.formula.parser import DEEPEST, FormulaTooDeep, parse_formula
from tests.richtext.formula.outline import outline
from tests.richtext.formula.test_parser import only, text_of


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"caf\'e na\"{\i}ve fa\c{c}ade \v{s}koda Erd\H{o}s \u g", "café naïve façade škoda Erdős ğ"),
        (r"\aa\ae\oe\o\l\ss{} \AA \~n", "åæœøłß Åñ"), (r"`a' ``b'' don't 1--2 --- c", "‘a’ “b” don’t 1–2 — c"),
        (r"5\% \& \_ \{x\} \$5 a~b", "5% & _ {x} $5 a b"), (r"20\textdegree C \textmu m \textohm", "20°C µm Ω"),
        (r"\textquotedblleft a\textquotedblright\textendash\textemdash\textbullet\dots", "“a”–—•…"),
        (r"\textregistered\texttrademark\textcopyright\textonehalf\textcelsius", "®™©½℃"),
        (r"\textcircled{3} \texttt{a--b} my_variable", "③ 𝚊--𝚋 my_variable"), ("it's \\wurzel{x}", "it’s wurzelx"),
    ],
)  # fmt: skip
def test_text_is_shown_as_it_is_printed(source: str, shown: str) -> None:
    assert only(rf"\text{{{source}}}") == Word(shown)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"a \textbf{b \textit{c}} {\bf d} \emph{e} f", "a 𝐛 𝒄 𝐝 𝑒 f"), (r"\textsf{a}\textbb{R}\textfrak{g}\textmd{m}", "𝖺ℝ𝔤m"),
        (r"\textbf{a \text{b}} {\itshape c} d", "𝐚 𝐛 𝑐 d"), (r"\url{a_b}", "𝚊_𝚋"), (r"\verb|x_1|", "𝚡_𝟷"),
    ],
)  # fmt: skip
def test_words_have_fonts(source: str, shown: str) -> None:
    assert text_of(only(rf"\text{{{source}}}")) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"10\textsuperscript{th}", "10^{th}"), (r"H\textsubscript{2}O", "H_{2}O"), ("cm^{-3} m^2 x_1", "cm^{−3} m^{2} x_{1}"),
        (r"if $x^2$ or \(y\)", "if x^{2} or y"), ("$5 only", "$5 only"), (r"a \frac{1}{2} b", "a {1}/{2} b"),
        (r"a \textcolor{red}{b $c$} d", "a b c d"), (r"\underline{a} b", "a_ b"), (r"\textsc{Max-Cut}", "MAX-CUT"),
    ],
)  # fmt: skip
def test_words_may_hold_scripts_and_formulas(source: str, shown: str) -> None:
    assert outline(rf"\text{{{source}}}") == shown


def test_words_have_colours() -> None:
    node = only(r"\text{a \textcolor{red}{b} {\color{blue} c} d}")

    assert isinstance(node, Row)
    assert [(part.color, text_of(part)) for part in node.children if isinstance(part, Styled)] == [
        ("red", "b"),
        ("blue", " c"),
    ]
    assert text_of(node) == "a b  c d"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\textonehalf\textregistered\textendash", "½®–"), (r"\'e\"u\~n", "éüñ"), (r"\circled{1}\circled{12}", "①⑫"),
        (r"\verb|a_b\c| x", r"a_b\cx"), (r"\textsuperscript{2}x", "^{2}x"), (r"x\^2", "x^{2}"), (r'\"2', '"2'),
    ],
)  # fmt: skip
def test_commands_of_text_may_stand_in_formulas(source: str, shown: str) -> None:
    assert outline(source) == normalize("NFKC", shown)


@pytest.mark.parametrize(
    ("source", "shown"),
    [(r"\LaTeX", "LATEX"), (r"\text{\LaTeX{}, x}", "LATEX, x"), (r"\text{in \TeX or \KaTeX}", "in TEX or KATEX")],
)
def test_typesetters_are_named(source: str, shown: str) -> None:
    assert text_of(parse_formula(source)) == shown


def test_scripts_of_words_are_upright() -> None:
    node = only(r"\text{x^{ab}}")

    assert isinstance(node, Row)
    assert isinstance(node.children[1], Scripts)
    assert text_of(node.children[1]) == "ab"


def test_text_that_is_nested_beyond_reading_is_refused() -> None:
    with pytest.raises(FormulaTooDeep):
        parse_formula(r"\text{" + "{" * (DEEPEST + 5) + "x")
    with pytest.raises(FormulaTooDeep):
        parse_formula(r"\text{\textbf{" * DEEPEST)
