"""Formulas as models write them: what is understood, and that nothing makes the parser stumble."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.formula.mathml import as_mathml
from phidesk.richtext.formula.nodes import (
    Accent,
    Atom,
    Fenced,
    Fraction,
    Framed,
    Node,
    PartialRule,
    Prescripts,
    Root,
    Row,
    Scripts,
    Space,
    Stacked,
    Styled,
    Symbol,
    Table,
    Word,
    spanning_in,
)
from phidesk.richtext.formula.parser import DEEPEST, FormulaTooDeep, parse_formula


def only(source: str) -> Node:
    """Return the one node that a source stands for."""
    tree = parse_formula(source)
    assert isinstance(tree, Row)
    (node,) = tree.children
    return node


def text_of(node: object) -> str:
    """Return the characters of a tree in the order in which they were written."""
    if isinstance(node, Symbol):
        return node.character
    if isinstance(node, Word):
        return node.text
    if isinstance(node, tuple):
        return "".join(text_of(part) for part in node)
    if isinstance(node, Fenced):
        return node.opening + text_of(node.content) + node.closing
    if isinstance(node, Table):
        return node.opening + text_of(node.rows) + node.closing
    parts = getattr(type(node), "__dataclass_fields__", {})
    return "".join(text_of(getattr(node, part)) for part in parts)


def commas_in(node: object) -> str:
    """Return a point for each comma that keeps no distance, and a comma for each other one."""
    if isinstance(node, Symbol):
        return "" if node.character != "," else "," if node.atom is Atom.PUNCTUATION else "."
    parts = node if isinstance(node, tuple) else [getattr(node, name) for name in getattr(node, "__slots__", ())]
    return "".join(map(commas_in, parts))


def test_letters_are_italic_and_digits_upright() -> None:
    assert text_of(parse_formula("2xh")) == "2𝑥ℎ"


def test_classes_of_symbols_are_known() -> None:
    tree = parse_formula(r"a+b=\sum(c)")

    assert isinstance(tree, Row)
    assert [child.atom for child in tree.children if isinstance(child, Symbol)] == [
        Atom.ORDINARY, Atom.BINARY, Atom.ORDINARY, Atom.RELATION, Atom.OPERATOR, Atom.OPEN, Atom.ORDINARY, Atom.CLOSE,
    ]  # fmt: skip


@pytest.mark.parametrize("source", [r"\frac{1}{2}", r"\frac12", r"\frac 1 2", r"{1 \over 2}"])
def test_a_fraction_may_be_written_in_several_ways(source: str) -> None:
    node = only(source)

    assert isinstance(node, Fraction)
    assert (text_of(node.above), text_of(node.below)) == ("1", "2")


def test_scripts_belong_to_what_stands_before_them() -> None:
    node = only("x_{i+1}^2")

    assert isinstance(node, Scripts)
    assert (text_of(node.base), text_of(node.below), text_of(node.above)) == ("𝑥", "𝑖+1", "2")


def test_primes_are_scripts_above() -> None:
    node = only("f''^2")

    assert isinstance(node, Scripts)
    assert isinstance(node.base, Scripts)
    assert (text_of(node.base.above), text_of(node.above)) == ("′′", "2")


def test_delimiters_grow_with_what_they_enclose() -> None:
    node = only(r"\left( \frac{a}{b} \right]")

    assert isinstance(node, Fenced)
    assert (node.opening, node.closing) == ("(", "]")


def test_a_missing_delimiter_is_none() -> None:
    node = only(r"\left. x \right|")

    assert isinstance(node, Fenced)
    assert (node.opening, node.closing) == ("", "|")


def test_words_may_hold_formulas() -> None:
    node = only(r"\text{if $x$ is}")

    assert isinstance(node, Row)
    assert text_of(node) == "if 𝑥 is"


@pytest.mark.parametrize(
    ("name", "opening", "closing"), [("pmatrix", "(", ")"), ("bmatrix", "[", "]"), ("cases", "{", ""), ("vmatrix", "|", "|")]
)  # fmt: skip
def test_matrices_have_rows_cells_and_delimiters(name: str, opening: str, closing: str) -> None:
    node = only(rf"\begin{{{name}}} a & b \\ c & d \\ \end{{{name}}}")

    assert isinstance(node, Table)
    assert (node.opening, node.closing) == (opening, closing)
    assert [[text_of(cell) for cell in row] for row in node.rows] == [["𝑎", "𝑏"], ["𝑐", "𝑑"]]


def test_arrays_have_lines() -> None:
    node = only(r"\begin{array}{|c|r|} a & b \\ \hline c & d \\ \hline \end{array}")

    assert isinstance(node, Table)
    assert node.alignment == "cr"
    assert node.lines_before == (0, 1, 2)
    assert node.rules_before == (1, 2)


def test_arrays_have_double_lines() -> None:
    node = only(r"\begin{array}{c||c} a & b \\ \hline\hline c & d \\ \cline{1-1}\cline{2-2} e & f \end{array}")

    assert isinstance(node, Table)
    assert node.lines_before == (1, 1)
    assert node.rules_before == (1, 1)
    assert node.partial_rules == (PartialRule(2, 0, 1), PartialRule(2, 1, 2))


@pytest.mark.parametrize(
    ("columns", "rules", "partial"), [("2-3", (), (PartialRule(1, 1, 3),)), ("x", (1,), ()), ("", (1,), ())]
)
def test_a_line_goes_under_the_columns_that_it_names(
    columns: str, rules: tuple[int, ...], partial: tuple[PartialRule, ...]
) -> None:
    node = only(rf"\begin{{array}}{{ccc}} a & b & c \\ \cline{{{columns}}} d & e & f \end{{array}}")

    assert isinstance(node, Table)
    assert (node.rules_before, node.partial_rules) == (rules, partial)
    assert len(node.rows) == 2


@pytest.mark.parametrize(("count", "columns"), [("2", 2), ("x", 1), ("0", 1), ("999999", 50)])
def test_a_cell_goes_over_several_columns(count: str, columns: int) -> None:
    node = only(rf"\begin{{array}}{{lcr}} \multicolumn{{{count}}}{{|r|}}{{a}} & b \\ c & d & e \end{{array}}")

    assert isinstance(node, Table)
    spanning = spanning_in(node.rows[0][0])
    assert spanning is not None
    assert (text_of(spanning.content), spanning.columns, spanning.alignment) == ("𝑎", columns, "r")
    assert [text_of(cell) for cell in node.rows[0][columns:]] == ["𝑏"]
    assert f'<mtd columnspan="{columns}" style="text-align: right">' in as_mathml(node, "", is_display=True)


def test_equations_are_aligned() -> None:
    node = only(r"\begin{align*} x &= 1 \\[2pt] y &= 2 \end{align*}")

    assert isinstance(node, Table)
    assert node.is_aligned
    assert len(node.rows) == 2


def test_lines_without_an_environment_are_lines() -> None:
    node = parse_formula(r"a \\ b")

    assert isinstance(node, Table)
    assert [text_of(row) for row in node.rows] == ["𝑎", "𝑏"]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (r"\sqrt[3]{x}", Root), (r"\hat{x}", Accent), (r"\overline{AB}", Accent), (r"\underbrace{a}_{n}", Stacked),
        (r"\overset{!}{=}", Stacked), (r"\xrightarrow[b]{a}", Stacked), (r"\boxed{2}", Framed), (r"\cancel{x}", Framed),
        (r"\textcolor{red}{x}", Styled), (r"\phantom{x}", Styled), (r"\quad", Space), (r"\sin", Word), (r"\big(", Fenced),
        (r"\binom{n}{k}", Fenced), (r"\begin{smallmatrix}1\end{smallmatrix}", Table), (r"\substack{a\\b}", Table),
    ],
)  # fmt: skip
def test_usual_commands_are_known(source: str, kind: type) -> None:
    assert isinstance(only(source), kind)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\frac{1", "1"), (r"\sqrt{x", "𝑥"), ("x^", "𝑥"), ("a}b", "𝑎𝑏"), (r"\left( x", "(𝑥"), (r"\right) x", ")𝑥"),
        (r"\begin{pmatrix} a", "(𝑎)"), (r"\end{cases} a", "𝑎"), (r"\wurzel x", "wurzel𝑥"), ("a & b", "𝑎𝑏"), ("", ""),
        (r"\frac{1}{2} % half", "12"), (r"\label{eq} x", "𝑥"),
    ],
)  # fmt: skip
def test_what_is_broken_or_unknown_is_shown_as_far_as_possible(source: str, shown: str) -> None:
    assert text_of(parse_formula(source)) == shown


@pytest.mark.parametrize(
    ("source", "parted"),
    [
        ("1,000", "."), ("1,234,567.89", ".."), ("(1,000)", "."), ("-12,000 + 3", "."), ("0,5", "."), ("x = 3,14", "."),
        ("(0,5 + x)", "."), ("12,34,567", ".."), ("1,000, 2", ".,"), ("(0,5)", ","), ("(-1,1)", ","), (r"\{1,2\}", ","),
        ("1,2,3", ",,"), ("(10,200,30)", ",,"), ("[0,1)", ","), (r"\left(0,0\right)", ","), ("f(x,2)", ","), ("1,", ","),
    ],
)  # fmt: skip
def test_a_comma_within_a_number_keeps_no_distance_and_one_between_two_does(source: str, parted: str) -> None:
    assert commas_in(parse_formula(source)) == parted


@pytest.mark.parametrize(
    ("source", "shown"),
    [(r"\pi*r^2", "𝜋∗𝑟2"), (r"\alpha*", "𝛼∗"), (r"\wurzel*x", "wurzel∗𝑥"), (r"\dots*x", "⋯∗𝑥")],
)
def test_a_star_behind_a_command_without_another_form_is_an_operation(source: str, shown: str) -> None:
    assert text_of(parse_formula(source)) == shown


def test_negated_relations_have_characters_of_their_own() -> None:
    assert text_of(parse_formula(r"\not= \not\in \neq")) == "≠∉≠"


def test_what_is_nested_beyond_reading_is_refused() -> None:
    with pytest.raises(FormulaTooDeep):
        parse_formula("{" * (DEEPEST + 5))
    with pytest.raises(FormulaTooDeep):
        parse_formula("x" * 30_000)


PIECES = [
    "\\frac", "\\sqrt", "{", "}", "[", "]", "^", "_", "&", "\\\\", "\\left", "\\right", "(", ")", "|", ".", "x", "1", ",", " ", "'",
    "\\begin{cases}", "\\end{cases}", "\\begin{array}", "{c|c}", "\\hline", "\\text", "$", "\\over", "\\sum", "\\limits", "\\not",
    "\\overbrace", "\\xrightarrow", "\\kern", "2pt", "\\middle", "\\big", "\\color", "\\displaystyle", "\\substack", "%", "\n", "😀",
    "\\root", "\\of", "\\char", '"', "`", "\\tensor", "\\indices", "\\buildrel", "\\mathop", "\\abovewithdelims", "\\verb", "\\'", "\\bgroup",
    "\\begin{tabular}", "\\begin{CD}", "\\end{CD}", "@>", "@V", "\\multirow{2}{*}", "\\multicolumn{2}{c}", "\\cmidrule(lr){1-2}",
    "\\hdashline", "\\vline", "\\intertext", "\\item", "\\begin{itemize}", "\\begin{multline}", "\\bordermatrix", "[6pt]",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_anything_becomes_a_tree_or_is_refused(pieces: list[str]) -> None:
    try:
        tree = parse_formula("".join(pieces))
    except FormulaTooDeep:
        return

    assert isinstance(text_of(tree), str)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\newcommand{\half}[1]{\frac{#1}{2}} \half{x}", "𝑥2"), (r"\def\R{\mathbb{R}} x \in \R", "𝑥∈ℝ"),
        (r"\DeclareMathOperator{\tr}{tr} \tr A", "tr𝐴"), (r"\ce{2H2O -> 2H2 + O2}", "2H2O⟶2H2+O2"),
        (r"\ce{SO4^2-}", "SO42-"), (r"\text{5\% \& \{x\} a~b}", "5% & {x} a b"), (r"\operatorname*{arg\,max}_x", "arg max𝑥"),
        (r"\pmatrix{a & b \cr c & d}", "(𝑎𝑏𝑐𝑑)"), (r"\href{https://x.example}{y}", "𝑦"), (r"\tag*{$\star$}", "⋆"),
    ],
)  # fmt: skip
def test_what_web_renderers_understand_is_understood(source: str, shown: str) -> None:
    assert text_of(parse_formula(source)).replace("−", "-") == shown


@pytest.mark.parametrize("star", ["", "*"])
def test_an_operator_that_is_declared_with_a_star_has_limits(star: str) -> None:
    node = only(rf"\DeclareMathOperator{star}{{\esup}}{{es}} \esup_x")

    assert isinstance(node, Scripts)
    assert node.base == Word("es", is_function=True, has_limits=bool(star))


def test_a_group_is_an_ordinary_thing() -> None:
    tree = parse_formula("1{,}000")

    assert isinstance(tree, Row)
    assert [child.atom for child in tree.children if isinstance(child, Symbol)] == [Atom.ORDINARY] * 5


@pytest.mark.parametrize(("source", "dots"), [(r"1, \dots, n", "…"), (r"1 + \dots + n", "⋯"), (r"\cdots", "⋯")])
def test_dots_stand_where_what_follows_wants_them(source: str, dots: str) -> None:
    assert dots in text_of(parse_formula(source))


@pytest.mark.parametrize(
    ("source", "color"),
    [(r"\textcolor[rgb]{1,0,0}{x}", "#ff0000"), (r"\color[HTML]{00FF00}{x}", "#00FF00"), (r"\color{red}{x}", "red")],
)
def test_colours_may_be_mixed(source: str, color: str) -> None:
    node = only(source)

    assert isinstance(node, Styled)
    assert node.color == color


def test_middle_delimiters_belong_to_their_pair() -> None:
    node = only(r"\left\{ x \middle| y \middle\| z \right\}")

    assert isinstance(node, Fenced)
    assert [delimiter for delimiter, _ in node.middles] == ["|", "‖"]


def test_sideset_puts_scripts_at_the_corners_of_an_operator_with_limits() -> None:
    node = only(r"\sideset{_a^b}{_c^d}\sum_{i}^{n}")

    assert isinstance(node, Row)
    left, operator, right = node.children
    assert isinstance(left, Scripts)
    assert isinstance(operator, Scripts)
    assert isinstance(right, Scripts)
    assert [text_of(it) for it in (left.below, left.above, right.below, right.above)] == list("𝑎𝑏𝑐𝑑")
    assert text_of(operator.base) == "∑"
    assert text_of(operator.below) == "𝑖"


def test_prescripts_are_an_isotopes_numbers_in_mathml_too() -> None:
    node = only(r"\prescript{14}{6}{C}")

    assert isinstance(node, Prescripts)
    assert [text_of(part) for part in (node.base, node.below, node.above)] == ["𝐶", "6", "14"]
    below, above = "<mrow><mn>6</mn></mrow>", "<mrow><mn>1</mn><mn>4</mn></mrow>"
    assert f"<mprescripts/>{below}{above}</mmultiscripts>" in as_mathml(node, "", is_display=True)


def test_cancelto_strikes_out_with_an_arrow() -> None:
    node = only(r"\cancelto{0}{x}")

    assert isinstance(node, Scripts)
    assert isinstance(node.base, Framed)
    assert node.base.kind == "arrow"


@pytest.mark.parametrize("source", [r"\hspace{3pt", r"\kern 3pt", r"\hspace{3pt}"])
def test_a_length_ends_with_the_formula(source: str) -> None:
    node = only(source)

    assert isinstance(node, Space)
    assert node.em > 0


@pytest.mark.parametrize(
    ("source", "shown"), [("5% x", "5%𝑥"), (r"\text{5 %} y", "5 %𝑦"), ("x % half\n + y", "𝑥+𝑦"), ("x %", "𝑥")]
)
def test_a_percent_sign_behind_a_number_is_no_comment(source: str, shown: str) -> None:
    assert text_of(parse_formula(source)) == shown
