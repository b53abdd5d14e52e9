"""Old forms of commands, characters by their number, and what stands above and below something."""

from __future__ import annotations

import pytest

from phidesk.richtext.formula.mathml import as_mathml
from phidesk.richtext.formula.nodes import (
    Accent,
    Atom,
    Classed,
    Fenced,
    Fraction,
    Scripts,
    Stacked,
    Symbol,
    Word,
)
from phidesk.richtext.formula.parser import parse_formula
from phidesk.richtext.formula.symbols import stacks_its_scripts
from tests.richtext.formula.outline import outline
from tests.richtext.formula.test_parser import only, text_of


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"\root 3 \of x", r"\sqrt[3]{x}"), (r"\root{n+1}\of{x}y", r"\sqrt[n+1]{x}y"),
        (r"{n \brack k}", r"\genfrac[]{0pt}{}{n}{k}"), (r"\skew3\hat A", r"\hat A"),
        (r"{a \above 0pt b}", r"{a \atop b}"), (r"{a \above 2pt b}", r"{a \over b}"),
        (r"{a \overwithdelims() b}", r"\left({a \over b}\right)"), (r"\bgroup a \over b\egroup c", r"{a \over b}c"),
        (r"{a \abovewithdelims\{\} 0pt b}", r"{a \brace b}"), (r"{a \atopwithdelims<> b}", r"\left<{a \atop b}\right>"),
    ],
)  # fmt: skip
def test_old_forms_are_read_as_the_new_ones(old: str, new: str) -> None:
    assert outline(old) == outline(new)


def test_a_root_without_its_end_keeps_its_name() -> None:
    assert text_of(parse_formula(r"\root 3 x")) == "root3𝑥"


@pytest.mark.parametrize(
    ("source", "character"),
    [
        (r"\char65 ", "A"), (r'\char"263A', "☺"), (r"\char'101 ", "A"), (r"\char`A", "A"), (r"\char`\%", "%"),
        (r"\unicode{x2264}", "≤"), (r"\unicode{9786}", "☺"), (r"\unicode[STIXGeneral]{x263a}", "☺"),
        (r"\symbol{65}", "A"), (r'\symbol{"41}', "A"), (r"\unicode{U+03B1}", "α"), (r"\char{65}", "A"),
        (r"\ding{51}", "✓"), (r"\ding{55}", "✗"), (r"\ding{72}", "★"), (r"\ding{172}", "①"), (r"\ding{x}", "x"),
    ],
)  # fmt: skip
def test_characters_have_numbers(source: str, character: str) -> None:
    assert text_of(parse_formula(source + "b")) == character + "𝑏"


@pytest.mark.parametrize(
    "source", [r"\char", r"\char99999999", r"\unicode{x0}", r"\unicode{xD800}", r"\symbol{}", r"\char`"]
)
def test_numbers_of_no_character_are_overlooked(source: str) -> None:
    assert text_of(parse_formula(source)) == ""


@pytest.mark.parametrize(
    ("source", "base", "above", "below"),
    [
        (r"\overunderset{a}{b}{=}", "=", "𝑎", "𝑏"), (r"\underaccent{y}{x}", "𝑥", "", "𝑦"),
        (r"\buildrel \text{def} \over =", "=", "def", ""),
        (r"\mathop{\mathrm{arg\,min}}\limits_x", "arg\u2009min", "", "𝑥"),
        (r"\operatorname*{argmax}_x", "argmax", "", "𝑥"), (r"\operatornamewithlimits{ess}_x", "ess", "", "𝑥"),
        (r"\DeclareMathOperator*{\amin}{amin} \amin_x", "amin", "", "𝑥"),
        (r"\mathop{\sum\sum}_i^n", "∑∑", "𝑛", "𝑖"), (r"\varlimsup_n", "lim", "", "𝑛"),
        (r"\overline{\lim}_n", "lim", "", "𝑛"), (r"\varinjlim_n", "lim", "", "𝑛"),
        (r"\text{max}\limits_x", "max", "", "𝑥"), (r"\plim_n", "plim", "", "𝑛"),
    ],
)  # fmt: skip
def test_what_stands_above_and_below(source: str, base: str, above: str, below: str) -> None:
    node = only(source)

    assert isinstance(node, Stacked | Scripts)
    assert isinstance(node, Stacked) or node.has_limits or stacks_its_scripts(node.base)
    parts = (node.base, node.above, node.below)
    assert tuple("" if part is None else text_of(part) for part in parts) == (base, above, below)


@pytest.mark.parametrize(
    ("source", "mark"), [(r"\underaccent{\tilde}{x}", "\u0303"), (r"\underaccent\overline{x}", "_")]
)
def test_accents_may_stand_below(source: str, mark: str) -> None:
    node = only(source)

    assert isinstance(node, Accent)
    assert (node.mark, node.is_below) == (mark, True)


@pytest.mark.parametrize(
    ("source", "atom"),
    [
        (r"\mathrel{\overset{!}{=}}", Atom.RELATION), (r"\mathbin{\text{op}}", Atom.BINARY),
        (r"\stackbin{a}{+}", Atom.BINARY), (r"\mathord{=}", Atom.ORDINARY), (r"\mathop{R}", Atom.OPERATOR),
        (r"\mathinner{x}", Atom.INNER), (r"\bigl|", Atom.OPEN), (r"\bigm\|", Atom.RELATION),
        (r"\Biggr\rrbracket", Atom.CLOSE), (r"\bigl\lvert", Atom.OPEN),
    ],
)  # fmt: skip
def test_a_class_may_be_said(source: str, atom: Atom) -> None:
    node = only(source)

    assert isinstance(node, Symbol | Classed)
    assert node.atom is atom
    assert "<mrow" in as_mathml(node, source, is_display=True)


@pytest.mark.parametrize(
    "source",
    [r"\tensor{T}{^a", r"T\indices{a & b \\ c}", r"\tensor", r"\indices", r"\buildrel a", r"\skew", r"\bgroup"],
)
def test_what_is_unfinished_is_read_to_its_end(source: str) -> None:
    assert isinstance(text_of(parse_formula(source)), str)


def test_definitions_of_plain_tex_are_written_out() -> None:
    assert outline(r"\gdef\RR{\mathbb{R}}\xdef\f#1{f(#1)} \f{\RR}") == outline(r"f(\mathbb{R})")


@pytest.mark.parametrize(("call", "shown"), [(r"\f{a}", "x+a"), (r"\f[y]{a}", "y+a"), (r"\f [y] a", "y+a")])
def test_a_first_argument_may_have_a_default(call: str, shown: str) -> None:
    assert outline(rf"\newcommand{{\f}}[2][x]{{#1+#2}} {call}") == shown


def test_a_fraction_with_delimiters_of_its_own_has_a_line() -> None:
    node = only(r"{a \overwithdelims[] b}")

    assert isinstance(node, Fenced)
    assert isinstance(node.content, Fraction)
    assert node.content.has_line


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\operatorname{\mathsf{Enc}}", "𝖤𝗇𝖼"), (r"\operatorname{\mathcal{L}}", "ℒ"), (r"\operatorname{\textbf{a}b}", "𝐚b"),
        (r"\operatorname{\alpha x}", "αx"), (r"\operatorname{arg\,max}", "arg max"), (r"\operatorname{ad-hoc}", "ad-hoc"),
    ],
)  # fmt: skip
def test_names_of_functions_may_have_alphabets(source: str, text: str) -> None:
    assert only(source) == Word(text, is_function=True)


def test_names_of_functions_may_be_formulas() -> None:
    node = only(r"\operatorname{\hat{f}}")

    assert isinstance(node, Classed)
    assert node.atom is Atom.OPERATOR
    assert not stacks_its_scripts(node)
    assert stacks_its_scripts(only(r"\operatorname*{\hat{f}}"))


def test_words_stay_words_when_they_are_operators() -> None:
    assert only(r"\mathop{\mathrm{sgn}}") == Word("sgn", is_function=True, has_limits=True)
