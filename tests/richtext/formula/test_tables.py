"""Tables and environments: their rows, cells, delimiters and lines, and their MathML."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from phidesk.richtext.formula.mathml import as_mathml
from phidesk.richtext.formula.nodes import Framed, Node, PartialRule, Row, Spanning, Stacked, Styled, Table, spanning_in
from phidesk.richtext.formula.parser import parse_formula
from tests.richtext.formula.test_parser import only, text_of


def table_in(node: object) -> Table:
    """Return the first table in a tree."""
    return next(tables_in(node))


def tables_in(node: object) -> Iterator[Table]:
    """Yield the tables in a tree that are in no other table."""
    if isinstance(node, Table):
        yield node
    elif isinstance(node, tuple):
        for part in node:
            yield from tables_in(part)
    else:
        for part in getattr(type(node), "__dataclass_fields__", {}):
            yield from tables_in(getattr(node, part))


def table_of(source: str) -> Table:
    return table_in(parse_formula(source))


def cells_of(table: Table) -> list[list[str]]:
    return [[text_of(cell) for cell in row] for row in table.rows]


def mathml_of(source: str) -> str:
    return as_mathml(parse_formula(source), source, is_display=True).partition("<annotation")[0]


@pytest.mark.parametrize(
    ("name", "opening", "closing"),
    [
        ("psmallmatrix", "(", ")"),
        ("bsmallmatrix", "[", "]"),
        ("Bsmallmatrix", "{", "}"),
        ("vsmallmatrix", "|", "|"),
        ("Vsmallmatrix", "‖", "‖"),
        ("smallmatrix", "", ""),
    ],
)
def test_small_matrices_have_delimiters(name: str, opening: str, closing: str) -> None:
    table = table_of(rf"\begin{{{name}}} 1 & 2 \\ 3 & 4 \end{{{name}}}")

    assert table.is_small
    assert (table.opening, table.closing, cells_of(table)) == (opening, closing, [["1", "2"], ["3", "4"]])


@pytest.mark.parametrize(
    ("start", "alignment", "lines", "first"),
    [
        (r"{bmatrix}[cc|c]", "ccc", (2,), "1"),
        (r"{pmatrix}[r]", "rrr", (), "1"),
        (r"{bmatrix*}[r]", "rrr", (), "1"),
        (r"{bmatrix*} [l]", "lll", (), "1"),
        (r"{bmatrix}[a,b] &", "ccc", (), "[𝑎,𝑏]"),
        (r"{bmatrix} [r] &", "ccc", (), "[𝑟]"),
        (r"{pmatrix}", "ccc", (), "1"),
    ],
)
def test_the_option_of_a_matrix_is_about_its_columns(
    start: str, alignment: str, lines: tuple[int, ...], first: str
) -> None:
    name = start[1 : start.index("}")]
    table = table_of(rf"\begin{start} 1 & 2 & 3 \\ 4 & 5 & 6 \end{{{name}}}")

    assert "".join(table.alignment_of(column) for column in range(3)) == alignment
    assert table.lines_before == lines
    assert text_of(table.rows[0][0]) == first


def test_the_colour_behind_a_cell_is_said_in_mathml() -> None:
    mathml = as_mathml(parse_formula(r"\begin{array}{cc} 1 & \cellcolor{red!50} 2 \end{array}"), "", is_display=True)

    assert mathml.count("mathbackground") == 1
    assert 'mathbackground="#ff8080"' in mathml


@pytest.mark.parametrize(
    ("source", "cells"),
    [
        (r"\begin{eqnarray*} x &=& 1 \\ y &=& 2 \end{eqnarray*}", [["𝑥", "=", "1"], ["𝑦", "=", "2"]]),
        (r"\begin{IEEEeqnarray}{rCl} x &=& 1 \end{IEEEeqnarray}", [["𝑥", "=", "1"]]),
        (r"\begin{alignedat}{2} x &= 1 \\ y &= 2 \end{alignedat}", [["𝑥", "=1"], ["𝑦", "=2"]]),
        (r"\begin{xalignat}{1} x &= 1 \\ y &= 2 \end{xalignat}", [["𝑥", "=1"], ["𝑦", "=2"]]),
        (r"\begin{gathered} x \\ y \end{gathered}", [["𝑥"], ["𝑦"]]),
        (r"\begin{multlined}[t][5cm] x \\ y \end{multlined}", [["𝑥"], ["𝑦"]]),
        (r"\begin{subequations} \begin{align} x &= 1 \end{align} \end{subequations}", [["𝑥", "=1"]]),
        (r"\begin{spreadlines}{1em} \begin{align} x &= 1 \end{align} \end{spreadlines}", [["𝑥", "=1"]]),
        (r"\begin{dcases*} x & if $y$ \\ 1 & otherwise \end{dcases*}", [["𝑥", "if 𝑦"], ["1", "otherwise"]]),
        (r"\begin{rcases} x \\ y \end{rcases}", [["𝑥"], ["𝑦"]]),
        (r"\begin{numcases}{z =} x & if $y$ \\ 1 & else \end{numcases}", [["𝑥", "if 𝑦"], ["1", "else"]]),
        (r"\begin{tabular}{lr} Item & \$2 \\ \textbf{a b} & $x$ \end{tabular}", [["Item", "$2"], ["𝐚 𝐛", "𝑥"]]),
        (r"\begin{tabularx}{5cm}{lX} a b & c d \end{tabularx}", [["a b", "c d"]]),
        (r"\begin{tabular}{c} x^2 \\ two words \end{tabular}", [["𝑥2"], ["two words"]]),
        (r"\begin{array}{cp{2cm}} x & two words \end{array}", [["𝑥", "two words"]]),
        (r"\begin{darray}{cc} x & y \end{darray}", [["𝑥", "𝑦"]]),
        (r"\begin{empheq}[left=\empheqlbrace]{align*} x &= 1 \\ y &= 2 \end{empheq}", [["𝑥", "=1"], ["𝑦", "=2"]]),
        (r"\displaylines{x \cr y \cr}", [["𝑥"], ["𝑦"]]),
        (r"\eqalign{x &= 1 \cr y &= 2 \cr}", [["𝑥", "=1"], ["𝑦", "=2"]]),
        (r"\eqalignno{x &= 1 & (1) \cr}", [["𝑥", "=1", "(1)"]]),
        (r"\bordermatrix{ & a \cr b & 1 \cr}", [["", "𝑎"], ["𝑏", "1"]]),
        (r"\begin{array} x & y \end{array}", [["𝑥", "𝑦"]]),
        (r"\begin{array}{c|c x & y \\ 1 & 2 \end{array}", [["𝑐|𝑐𝑥", "𝑦"], ["1", "2"]]),
        (r"\begin{matrix} x & y \cr 1 & 2 \crcr \end{matrix}", [["𝑥", "𝑦"], ["1", "2"]]),
        (r"\begin{tabular}{c} a \tabularnewline b \end{tabular}", [["a"], ["b"]]),
        (r"\begin{pmatrix} 1 & \vline & 2 \\ 3 & \vline & 4 \end{pmatrix}", [["1", "2"], ["3", "4"]]),
        (r"\begin{array}{cc} \rowcolor{red} 1 & \cellcolor[gray]{0.9} 2 \end{array}", [["1", "2"]]),
        (r"\begin{array}{>{-}cc} 1 & 2 \\ & 3 \end{array}", [["−1", "2"], ["", "3"]]),
    ],
)
def test_rows_and_cells_of_environments(source: str, cells: list[list[str]]) -> None:
    assert cells_of(table_of(source)) == cells


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\begin{theorem}[Euler] Let $x$ be. \end{theorem}", "𝐓𝐡𝐞𝐨𝐫𝐞𝐦 (𝐄𝐮𝐥𝐞𝐫).Let 𝑥 be."),
        (r"\begin{proof} By $x$. \end{proof}", "𝐏𝐫𝐨𝐨𝐟.By 𝑥.□"),
        (r"\begin{itemize} \item one $x$ \item two \end{itemize}", "•one 𝑥•two"),
        (r"\begin{enumerate} \item one \item two \end{enumerate}", "1.one2.two"),
        (r"\begin{center} some words \end{center}", "some words"),
        (r"\begin{document} some words \end{document}", "some words"),
        (r"\begin{center} \begin{tabular}{c} a b \end{tabular} \end{center}", "a b"),
        (r"\begin{unheard} x \\ y \end{unheard}", "𝑥𝑦"),
        (r"\begin{itemize} \end{itemize}", "•"),
        (r"\begin{enumerate} \item[(a)] one \item two \item three \end{enumerate}", "(a)one1.two2.three"),
        (r"\begin{description} \item[Mean of $x$] average \end{description}", "Mean of 𝑥average"),
        (r"\begin{table} \centering a \caption{Some words} \end{table}", "aSome words"),
        (r"\begin{tabular}{c} \bfseries a ``b'' c--d \end{tabular}", "𝐚 “𝐛” 𝐜–𝐝"),
        (r"\begin{tabular}{c} a\ \end{tabular}", "a"),
    ],
)
def test_environments_of_words_are_shown(source: str, shown: str) -> None:
    assert text_of(parse_formula(source)) == shown


def test_the_source_of_drawings_is_shown() -> None:
    table = table_of("\\begin{tikzpicture}\n  \\draw (0,0);\n    \\fill;\n\\end{tikzpicture}")

    assert [text.strip() for (text,) in cells_of(table)] == ["\\𝚍𝚛𝚊𝚠 (𝟶,𝟶);", "\\𝚏𝚒𝚕𝚕;"]


@pytest.mark.parametrize(
    ("rules", "whole", "partial"),
    [
        (r"\hline\hline", (1, 1), ()),
        (r"\hline" * 99, (1, 1), ()),
        (r"\toprule[1pt]", (1,), ()),
        (r"\specialrule{1pt}{2pt}{3pt}", (1,), ()),
        (r"\Xhline{2pt}", (1,), ()),
        (r"\noalign{\hrule}", (1,), ()),
        (r"\noalign{\smallskip}", (), ()),
        (r"\cline{1-2}", (), (PartialRule(1, 0, 2),)),
        (r"\cmidrule{2-2}", (), (PartialRule(1, 1, 2),)),
        (r"\cmidrule(lr){2-2}", (), (PartialRule(1, 1, 2, trimmed="lr"),)),
        (r"\cmidrule[1pt](l{2pt}){1-2}", (), (PartialRule(1, 0, 2, trimmed="l"),)),
        (r"\hdashline[2pt/2pt]", (), (PartialRule(1, 0, 100, is_dashed=True),)),
        (r"\cdashline{1-1}", (), (PartialRule(1, 0, 1, is_dashed=True),)),
        (r"\hhline{|-|-|}", (1,), ()),
        (r"\hhline{==}", (1, 1), ()),
        (r"\hhline{~-}", (), (PartialRule(1, 1, 2),)),
        (r"\addlinespace[3pt]", (), ()),
        (r"\arrayrulecolor{red}\hline", (1,), ()),
    ],
)
def test_lines_between_rows(rules: str, whole: tuple[int, ...], partial: tuple[PartialRule, ...]) -> None:
    table = table_of(rf"\begin{{array}}{{cc}} 1 & 2 \\ {rules} 3 & 4 \end{{array}}")

    assert cells_of(table) == [["1", "2"], ["3", "4"]]
    assert (table.rules_before, table.partial_rules) == (whole, partial)


@pytest.mark.parametrize(
    ("end", "extra", "second"),
    [
        (r"\\[6pt]", (0.6, 0.0), "𝑦"),
        (r"\\*[6pt]", (0.6, 0.0), "𝑦"),
        (r"\\ [1em]", (1.0, 0.0), "𝑦"),
        (r"\\[-9pt]", (-0.3, 0.0), "𝑦"),
        (r"\\[\jot]", (), "𝑦"),
        (r"\\[.5\baselineskip]", (), "𝑦"),
        (r"\\ [1,2]", (), "[1,2]𝑦"),
        (r"\\[\alpha]", (), "[𝛼]𝑦"),
        (r"\\", (), "𝑦"),
    ],
)
def test_the_length_behind_a_row_is_room_below_it(end: str, extra: tuple[float, ...], second: str) -> None:
    table = table_of(rf"\begin{{aligned}} x {end} y \end{{aligned}}")

    assert table.extra_em == pytest.approx(extra)
    assert cells_of(table) == [["𝑥"], [second]]


@pytest.mark.parametrize("source", [r"a &= b \\ \intertext{so $x$} c &= d", r"a &= b \shortintertext{so $x$} c &= d"])
def test_words_between_aligned_lines_go_over_all_columns(source: str) -> None:
    table = table_of(rf"\begin{{align}} {source} \end{{align}}")

    assert cells_of(table) == [["𝑎", "=𝑏"], ["so 𝑥", ""], ["𝑐", "=𝑑"]]
    words = spanning_in(table.rows[1][0])
    assert words is not None
    assert (words.columns, words.alignment) == (2, "l")


@pytest.mark.parametrize(
    ("command", "text", "columns", "rows"),
    [
        (r"\multirow{2}{*}{x}", "𝑥", 1, 2),
        (r"\multirow[t]{2}{3cm}[2pt]{two words}", "two words", 1, 2),
        (r"\multirow{-2}{*}{$x$}", "𝑥", 1, -2),
        (r"\multicolumn{2}{c}{\multirow{2}{*}{x}}", "𝑥", 2, 2),
        (r"\multicolumn{2}{|p{2cm}|}{two words}", "two words", 2, 1),
        (r"\hdotsfor{2}", "……", 2, 1),
    ],
)
def test_cells_go_over_several_rows_and_columns(command: str, text: str, columns: int, rows: int) -> None:
    table = table_of(rf"\begin{{array}}{{ccc}} {command} & 1 \\ & & 2 \end{{array}}")

    spanning = spanning_in(table.rows[0][0])
    assert spanning is not None
    assert (text_of(spanning.content), spanning.columns, spanning.rows) == (text, columns, rows)


@pytest.mark.parametrize(
    "source",
    [
        r"\renewcommand{\arraystretch}{1.5} \begin{array}{c} 1 \end{array}",
        r"\def\arraystretch{1.5} \begin{matrix} 1 \end{matrix}",
        r"\arraycolsep=1.4pt\def\arraystretch{1.5} \begin{cases} 1 \end{cases}",
        r"{\setlength{\arraycolsep}{2pt} \renewcommand\arraystretch{1.5} \begin{pmatrix} 1 \end{pmatrix}}",
    ],
)
def test_rows_are_stretched(source: str) -> None:
    assert table_of(source).stretch == 1.5
    assert text_of(parse_formula(source)).strip("{()") == "1"


def test_rows_are_stretched_up_to_the_end_of_the_group() -> None:
    tables = list(tables_in(parse_formula(
        r"{\renewcommand{\arraystretch}{2} \begin{array}{c} 1 \end{array}} \begin{array}{c} 1 \end{array}"
    )))  # fmt: skip

    assert [table.stretch for table in tables] == [2.0, 1.0]


@pytest.mark.parametrize("option", ["t", "b"])
@pytest.mark.parametrize("name", ["array}{c", "aligned", "gathered"])
def test_tables_may_stand_on_their_first_or_last_row(name: str, option: str) -> None:
    start = name.replace("}{", f"}}[{option}]{{") if "}{" in name else name
    end = name.partition("}")[0]
    option_after = "" if "}{" in name else f"[{option}]"

    table = table_of(rf"\begin{{{start}}}{option_after} x \\ y \end{{{end}}}")

    assert table.anchor == option
    assert cells_of(table) == [["𝑥"], ["𝑦"]]


def test_the_first_line_of_a_long_formula_is_at_the_left_and_its_last_at_the_right() -> None:
    table = table_of(r"\begin{multline} a \\ + b \\ + c \end{multline}")

    assert [cell.alignment if isinstance(cell, Spanning) else "c" for (cell,) in table.rows] == ["l", "c", "r"]


def test_equations_within_sides_may_be_framed() -> None:
    node = only(r"\begin{empheq}[left={f(x)=\empheqlbrace}, box=\fbox]{alignat=2} x & y \\ 1 & 2 \end{empheq}")

    assert isinstance(node, Framed)
    assert text_of(node.content) == "𝑓(𝑥)={𝑥𝑦12"


@pytest.mark.parametrize(
    ("source", "cells"),
    [
        (r"A @>f>> B \\ @VgVV @VVhV \\ C @>>k> D", [["𝐴", "→𝑓", "𝐵"], ["𝑔↓𝑔", "", "ℎ↓ℎ"], ["𝐶", "→𝑘", "𝐷"]]),
        (r"A @= B \\ @| @. \\ C @<<< D", [["𝐴", "=", "𝐵"], ["‖", "", ""], ["𝐶", "←", "𝐷"]]),
        (r"A @>{f>g}>> B", [["𝐴", "→𝑓>𝑔", "𝐵"]]),
        (r"A @", [["𝐴", "", ""]]),
        ("", [[""]]),
    ],
)
def test_commutative_diagrams_are_grids(source: str, cells: list[list[str]]) -> None:
    assert cells_of(table_of(rf"\begin{{CD}} {source} \end{{CD}}")) == cells


@pytest.mark.parametrize(
    ("source", "cells"),
    [
        (
            r"""A \arrow[r, "f"] \arrow[d, "g"'] & B \arrow[d, "h"] \\ C \arrow[r, "k"'] & D""",
            [["𝐴", "→𝑓", "𝐵"], ["𝑔↓𝑔", "", "ℎ↓ℎ"], ["𝐶", "→𝑘", "𝐷"]],
        ),
        (r'A \ar[r, hook, "f"] & B \ar[r, two heads] & C', [["𝐴", "↪𝑓", "𝐵", "↠", "𝐶"]]),
        (r'A \arrow[dr, "f"] & \\ & B', [["𝐴", "", ""], ["", "↘𝑓", ""], ["", "", "𝐵"]]),
        (r'A & B \arrow[l, "f"] \arrow[ll]', [["𝐴", "←𝑓←", "𝐵"]]),
        (r"A \arrow{r}[swap]{f} & B", [["𝐴", "→𝑓", "𝐵"]]),
        (r"A \rar & B \\ C \uar[equal]", [["𝐴", "→", "𝐵"], ["‖", "", ""], ["𝐶", "", ""]]),
        (r"A \arrow[rr] & & B", [["𝐴", "→", "", "", "𝐵"]]),
        (r"A \arrow[", [["𝐴[→"]]),
    ],
)
def test_diagrams_of_tikz_are_grids(source: str, cells: list[list[str]]) -> None:
    assert cells_of(table_of(rf"\begin{{tikzcd}} {source} \end{{tikzcd}}")) == cells


@pytest.mark.parametrize(
    ("arrow", "has_above"), [('r, "f"', True), ("""r, "f"'""", False), ('l, "f"', False), ('l, "f", swap', True)]
)
def test_labels_stand_at_the_left_of_who_goes_along_an_arrow(arrow: str, has_above: bool) -> None:
    table = table_of(rf"\begin{{tikzcd}} A & B \arrow[{arrow}] & C \end{{tikzcd}}")

    (stacked,) = [cell for cell in table.rows[0] if isinstance(cell, Stacked)]
    assert ("𝑓" in text_of(stacked.above)) is has_above
    assert ("𝑓" in text_of(stacked.below)) is not has_above


def test_a_matrix_in_a_cell_of_words_is_a_formula() -> None:
    outer = table_of(r"\begin{tabular}{c} a b \begin{matrix} x \end{matrix} c d \end{tabular}")

    assert cells_of(outer) == [["a b 𝑥 c d"]]


def test_a_prefix_of_a_column_is_put_before_its_cells() -> None:
    table = table_of(r"\begin{array}{>{\displaystyle}cc} 1 & 2 \\ \multicolumn{2}{c}{3} \end{array}")

    first = table.rows[0][0]
    assert isinstance(first, Row)
    assert isinstance(first.children[0], Styled)
    assert spanning_in(table.rows[1][0]) is not None


@pytest.mark.parametrize(
    ("source", "markup"),
    [
        (r"\begin{array}{c|c:c} 1 & 2 & 3 \end{array}", '<mtable columnlines="solid dashed">'),
        (r"\begin{array}{cc} 1 & 2 \\ \hline 3 & 4 \\ \hdashline 5 & 6 \end{array}", '<mtable rowlines="solid dashed">'),
        (r"\begin{array}{|c|} \hline 1 \\ \hline \end{array}", '<mtable frame="solid">'),
        (r"\begin{bmatrix}[c|c] 1 & 2 \end{bmatrix}", '<mo>[</mo><mtable columnlines="solid">'),
        (r"\begin{aligned}[t] 1 \\ 2 \end{aligned}", '<mtable align="baseline 1" displaystyle="true">'),
        (r"\begin{pmatrix}[r] 1 & 2 \end{pmatrix}", '<mtd style="text-align: right"><mn>2</mn></mtd>'),
        (r"\begin{array}{c@{=}c} 1 & 2 \end{array}", "<mtd><mo>=</mo><mn>2</mn></mtd>"),
        (r"\begin{array}{c@{!}} 1 \end{array}", '<mtd><mn>1</mn><mo stretchy="false">!</mo></mtd>'),
        (r"\begin{array}{cc} \multirow{2}{*}{$x$} & 1 \\ & 2 \end{array}", "</mtr><mtr><mtd><mn>2</mn></mtd></mtr>"),
        (r"\begin{array}{cc} \multirow{2}{*}{$x$} & 1 \\ 3 & 2 \end{array}", "</mtr><mtr><mtd><mn>3</mn></mtd>"),
        (r"\bordermatrix{ & a \cr b & 1 \cr}", "<mo>(</mo><mtable><mtr><mtd><mn>1</mn></mtd></mtr></mtable><mo>)</mo>"),
        (r"\enclose{longdiv}{62}", '<menclose notation="longdiv">'),
    ],
)  # fmt: skip
def test_mathml_of_tables(source: str, markup: str) -> None:
    assert markup in mathml_of(source)


@pytest.mark.parametrize(
    "source",
    [
        r"\begin{array}{c} \multirow{999999}{*}{x} \end{array}",
        r"\begin{array}{c} \multirow",
        r"\begin{CD} @ @ @> @V",
        r"\begin{empheq}[left={",
        r"\begin{tabular}{c} $x",
        r"\begin{tabular}{c} {a & b",
        r"\begin{itemize} \item",
        r"\begin{array}{c} \cmidrule(lr",
        r"\begin{array}{c} \hhline",
        r"\begin{alignat}",
        r"\begin{array}",
        r"\bordermatrix{}",
        r"\begin{matrix}" + "&" * 500,
        r"\begin{matrix} \vline \\ \vline \end{matrix}",
        r"\arraystretch{nan}\begin{matrix} 1 \end{matrix}",
    ],
)
def test_unfinished_tables_are_shown_as_far_as_they_go(source: str) -> None:
    node: Node = parse_formula(source)

    assert "<mtable" in as_mathml(node, source, is_display=True)
