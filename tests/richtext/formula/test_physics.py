"""Commands of the packages physics and braket, and names of functions that nobody defined."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.formula.mathml import as_mathml
from phidesk.richtext.formula.nodes import Fenced, Row, Scripts, Symbol, Table, Word
from phidesk.richtext.formula.parser import FormulaTooDeep, parse_formula
from tests.richtext.formula.outline import outline
from tests.richtext.formula.shown_or_refused import assert_shown_or_refused


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        (r"\ket{\psi}", "‹|ψ⟩›"), (r"\ket\psi", "‹|ψ⟩›"), (r"\ket0", "‹|0⟩›"), (r"\bra{n}", "‹⟨n|›"), (r"\ket*{n}", "‹|n⟩›"),
        (r"\bra{a}\ket{b}", "‹⟨a|b⟩›"), (r"\bra{a} \ket\psi c", "‹⟨a|ψ⟩›c"), (r"\bra{a}H\ket{b}", "‹⟨a|›H‹|b⟩›"),
        (r"\braket{a|b}", "‹⟨a|b⟩›"), (r"\braket{a}{b}", "‹⟨a|b⟩›"), (r"\Braket{a \middle| H \mid b}", "‹⟨a|H|b⟩›"),
        (r"\braket{H}", "‹⟨H⟩›"), (r"\braket{a||b}", "‹⟨a||b⟩›"), (r"\ip{a}{b}", "‹⟨a|b⟩›"), (r"\ip{a}", "‹⟨a|a⟩›"),
        (r"\ketbra{a}{b}", "‹|a⟩›‹⟨b|›"), (r"\dyad{a}", "‹|a⟩›‹⟨a|›"), (r"\op{a}{b}", "‹|a⟩›‹⟨b|›"), (r"\op{H}", "H\u0302"),
        (r"\ev{A}", "‹⟨A⟩›"), (r"\ev{A}{\psi}", "‹⟨ψ|A|ψ⟩›"), (r"\expval*{A}", "‹⟨A⟩›"), (r"\ev**{A}{n}", "‹⟨n|A|n⟩›"), (r"\vev{A}", "‹⟨0|A|0⟩›"),
        (r"\mel{a}{H}{b}", "‹⟨a|H|b⟩›"), (r"\mel**{a}{H}{b}", "‹⟨a|H|b⟩›"), (r"\set{x | x > 0}", "‹{x | x>0}›"),
        (r"\set{x \mid |x| < 1}", "‹{x | |x|<1}›"), (r"\set{|x|}", "‹{|x|}›"),
    ],
)  # fmt: skip
def test_bras_and_kets_share_their_bars(source: str, seen: str) -> None:
    assert outline(source) == seen


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        (r"\abs{x}", "‹|x|›"), (r"\abs(x(y)z)", "‹|x(y)z|›"), (r"\abs*{x}", "‹|x|›"), (r"\abs x", "‹|x|›"), (r"\abs[\big]{x}", "‹|x|›"),
        (r"\norm{v}_2", "‹‖v‖›_{2}"), (r"\norm[1]{v}", "‹‖v‖›_{1}"), (r"\floor{x} \ceil{x}", "‹⌊x⌋›‹⌈x⌉›"),
        (r"\comm{A}{B}", "‹[A,B]›"), (r"\acomm{A}{B}", "‹{A,B}›"), (r"\pb{q}{p}", "‹{q,p}›"), (r"\comm{A,B}", "‹[A,B]›"),
        (r"\order{x^2}", "O‹(x^{2})›"), (r"\order(x^2)", "O‹(x^{2})›"), (r"\pqty{x}\bqty{x}\Bqty{x}\vqty{x}", "‹(x)›‹[x]›‹{x}›‹|x|›"),
        (r"\qty(x)", "‹(x)›"), (r"\qty[x]", "‹[x]›"), (r"\qty{x}", "‹{x}›"), (r"\qty|x|", "‹|x|›"), (r"\qty\{x\}", "‹{x}›"),
        (r"\qty\big(x)", "‹(x)›"), (r"\quantity((a)(b))^2", "‹((a)(b))›^{2}"), (r"\qty(x]", "(x]"), (r"{\qty(x})", "(x)"),
        (r"\qty[0, 1)", "[0,1)"), (r"a &= \qty(b \\ &+ c)", "‹a & =(b \\  & +c)›"), (r"\qty", ""),
        (r"\qty(\begin{matrix} a & b \end{matrix})", "‹(‹a & b›)›"),
        (r"\eval{f}_0^1", "‹f|›_{0}^{1}"), (r"f\eval_0^1", "f‹|›_{0}^{1}"), (r"\eval[f|_0", "‹[f|›_{0}"), (r"\eval{f}|_0", "‹f|›_{0}"),
    ],
)  # fmt: skip
def test_brackets_with_a_name_grow(source: str, seen: str) -> None:
    assert outline(source) == seen


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        (r"\dv{x}", "{d}/{dx}"), (r"\dv{f}{x}", "{df}/{dx}"), (r"\dv[2]{f}{x}", "{d^{2}f}/{dx^{2}}"), (r"\dv[n]{x}", "{d^{n}}/{dx^{n}}"),
        (r"\dv f{x}", "{df}/{dx}"), (r"\dv*{f}{x}", "‹df/dx›"), (r"\dv{}{x}", "{d}/{dx}"), (r"\dv{x}(f(x))", "{d}/{dx}‹(f(x))›"),
        (r"\dv{f(x,y)}{x}", "{df(x,y)}/{dx}"), (r"\dv[2]{x_i}{t}", "{d^{2}x_{i}}/{dt^{2}}"), (r"\dv[2]{f}{x_i}", "{d^{2}f}/{dx_{i}^{2}}"),
        (r"\pdv{f}{x}", "{∂f}/{∂x}"), (r"\pdv{f}{x}{y}", "{∂^{2}f}/{∂x∂y}"), (r"\pdv{f}{x,y}", "{∂^{2}f}/{∂x∂y}"),
        (r"\pdv[2]{f}{x}", "{∂^{2}f}/{∂x^{2}}"), (r"\pdv[2,1]{f}{x,y}", "{∂^{3}f}/{∂x^{2}∂y}"), (r"\pdv[n,m]{x,y}", "{∂^{n+m}}/{∂x^{n}∂y^{m}}"),
        (r"\pdv{L}{\dot{q}}", "{∂L}/{∂q\u0307}"), (r"\fdv{F}{\phi(x,t)}", "{δF}/{δφ(x,t)}"),
        (r"\partialderivative{f}{x}", "{∂f}/{∂x}"), (r"\derivative{f}{x} \functionalderivative{F}{f}", "{df}/{dx}{δF}/{δf}"),
        (r"\dd{x}", "‹dx›"), (r"\dd x y", "‹dx›y"), (r"\dd[3]{x}", "‹d^{3}x›"), (r"\dd^3 x", "‹d^{3}x›"), (r"\dd\vec{r}", "‹dr\u20d7›"),
        (r"\dd(x)", "d‹(x)›"), (r"\frac{\dd}{\dd t}", "{d}/{‹dt›}"), (r"\dd = x", "d=x"), (r"\dd \rangle", "d⟩"), (r"\dd", "d"),
        (r"\diff{f}{x}, \diff[2]{f}{x}", "{df}/{dx},{d^{2}f}/{dx^{2}}"), (r"\diff x, \diff{x}, \dif x", "‹dx›,‹dx›,‹dx›"),
        (r"\od{f}{x} \pd[2]{f}{x}", "{df}/{dx}{∂^{2}f}/{∂x^{2}}"), (r"\differential{x}", "‹dx›"), (r"\var{S} \var(X)", "δSvar‹(X)›"), (r"\flatfrac{a}{b}", "‹a/b›"),
    ],
)  # fmt: skip
def test_derivatives_are_fractions_of_differentials(source: str, seen: str) -> None:
    assert outline(source) == seen


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        (r"\vb{a}", r"\mathbf{a}"), (r"\vb*{a}", r"\boldsymbol{a}"), (r"\vb a", r"\mathbf{a}"), (r"\va{a}", r"\vec{\mathbf{a}}"),
        (r"\vu{n}", r"\hat{\mathbf{n}}"), (r"\vu*{e}_x", r"\hat{\boldsymbol{e}}_x"), (r"a \vdot b", r"a \cdot b"), (r"{\vb}", "{}"),
        (r"\vb(x)", r"\mathbf(x)"), (r"a \cross b", r"a \times b"), (r"\grad f", r"\boldsymbol\nabla f"), (r"\curl{\vb E}", r"\boldsymbol\nabla \times \mathbf{E}"),
        (r"\divergence{F}", r"\boldsymbol\nabla \cdot F"), (r"\laplacian f", r"\nabla^2 f"), (r"a \qif b", r"a \quad\text{if}\quad b"),
        (r"a \qq{as $n \to 1$} b", r"a \quad\text{as $n \to 1$}\quad b"), (r"a \qq*{so} b", r"a \text{so}\quad b"),
        (r"a \qcomma b", r"a,\quad b"), (r"\PV \int f", r"\operatorname{P.V.} \int f"), (r"\pv \int f", r"\mathcal{P} \int f"),
        (r"\div{\vb{E}} = 0", r"\boldsymbol\nabla \cdot \mathbf{E} = 0"), (r"a + \div \vec{v}", r"a + \boldsymbol\nabla \cdot \vec{v}"),
        (r"\div{F} = 0", r"\boldsymbol\nabla \cdot F = 0"), (r"6 \div 2", "6 ÷ 2"), (r"6\div{x}", "6 ÷ x"), (r"\div{2}", "÷ 2"),
        (r"\div", "÷"), (r"\Re z + \Im z", "ℜ z + ℑ z"),
    ],
)  # fmt: skip
def test_shorthands_are_what_they_stand_for(source: str, meant: str) -> None:
    assert outline(source) == outline(meant)


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        (r"\mqty{a & b \\ c & d}", "‹a & b \\ c & d›"), (r"\mqty(a & (b) \\ c & d)", "‹(a & (b) \\ c & d)›"), (r"\mqty[a \\ b]", "‹[a \\ b]›"),
        (r"\mqty|a & b \\ c & d|", "‹|a & b \\ c & d|›"), (r"\mqty*(a & b)", "‹(a & b)›"), (r"\pmqty{a \\ b}", "‹(a \\ b)›"),
        (r"\bmqty{a \\ b}", "‹[a \\ b]›"), (r"\vmqty{a \\ b}", "‹|a \\ b|›"), (r"\mdet{a \\ b}", "‹|a \\ b|›"), (r"\smqty(a \\ b)", "‹(a \\ b)›"),
        (r"\mqty(\imat{2})", "‹(1 & 0 \\ 0 & 1)›"), (r"\mqty(\dmat{a, b})", "‹(a &  \\  & b)›"), (r"\mqty(\admat[0]{a,b})", "‹(0 & a \\ b & 0)›"),
        (r"\mqty(\xmat{x}{1}{2})", "‹(x & x)›"), (r"\mqty(\xmat{\mathbf x}{1}{2})", "‹(x & x)›"), (r"\mqty(\xmat*{a}{2}{2})", "‹(a_{11} & a_{12} \\ a_{21} & a_{22})›"),
        (r"\mqty(\xmat*{a}{2}{1})", "‹(a_{1} \\ a_{2})›"), (r"\mqty(\zmat{1}{2})", "‹(0 & 0)›"), (r"\mqty(\pmat{y})", "‹(0 & -i \\ i & 0)›"),
        (r"\begin{pmatrix} \imat{2} \end{pmatrix}", "‹(1 & 0 \\ 0 & 1)›"), (r"\pmat{a & b}", "‹(a & b)›"), (r"\mqty x", "x"),
        (r"\mqty(a & b", "(ab"),
    ],
)  # fmt: skip
def test_matrices_need_no_environment(source: str, seen: str) -> None:
    assert outline(source).replace("−", "-") == seen


def test_a_matrix_of_many_rows_is_cut() -> None:
    (table,) = parse_formula(r"\mqty(\imat{9999})").children  # type: ignore[union-attr]

    assert isinstance(table, Table)
    assert len(table.rows) == 12


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        (r"\Tr(\rho)", "Tr‹(ρ)›"), (r"\tr A", "trA"), (r"\Var[X]", "Var‹[X]›"), (r"\rank(A", "rank(A"), (r"\SO(3)", "SO‹(3)›"),
        (r"\spn{v}", "spanv"), (r"\Res_{z=0} f", "Res_{z=0}f"), (r"\KL(p \| q)", "KL‹(p‖q)›"), (r"\sin[2](x)", "sin^{2}‹(x)›"),
        (r"\cos[n]{x}", "cos^{n}x"), (r"\sin[2] x", "sin[2]x"), (r"\sin[2\pi t](x)", "sin[2πt](x)"), (r"\sin(x)", "sin(x)"),
        (r"\tr[2](A)", "tr^{2}‹(A)›"), (r"\arsinh x", "arsinhx"),
    ],
)  # fmt: skip
def test_functions_have_names_and_powers(source: str, seen: str) -> None:
    assert outline(source) == seen


@pytest.mark.parametrize("name", ["tr", "rank", "diag", "Var", "softmax", "erf", "Hom", "KL", "argmax", "vol"])
def test_names_of_functions_keep_a_distance(name: str) -> None:
    tree = parse_formula(rf"\{name} x")

    assert isinstance(tree, Row)
    assert isinstance(tree.children[0], Word)
    assert tree.children[0].is_function


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        (r"\newcommand{\d}[1]{\partial#1} \d{x}", "∂x"), (r"\newcommand{\abs}[1]{[#1]} \abs{x}", "[x]"), (r"\def\dd{\delta} \dd x", "δx"), (r"\renewcommand{\div}{D} \div{F}", "DF"),
        (r"\DeclareMathOperator{\tr}{trace} \tr(A)", "trace(A)"), (r"\DeclarePairedDelimiter{\abs}{\lvert}{\rvert} \abs{x} \abs*{y} \abs[\big]{z}", "‹|x|›‹|y|›‹|z|›"),
        (r"\DeclarePairedDelimiter{\set}{\{}{\}} \set{x}", "‹{x}›"), (r"\newcommand{\qty}[1]{(#1)} \qty{x}", "(x)"),
    ],
)  # fmt: skip
def test_definitions_of_the_formula_come_first(source: str, seen: str) -> None:
    assert outline(source) == seen


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        (r"\tensor{T}{^a_b}", "T" + "T^{a}" + "T_{b}"), (r"\tensor[^a]{T}{_b}", "^{a}TT_{b}"), (r"T\indices{^a_{bc}}", "T^{a}_{bc}"),
        (r"\tensor{T}{^a_b", "TT^{a}T_{b}"), (r"\tensor{T} x", "Tx"), (r"\isotope[14][6]{C}", "_{6}^{14}C"), (r"\isotope{He}", "He"),
        (r"\slashed{p}", "p"), (r"\dbar Q", "đQ"), (r"\lambdabar", "ƛ"),
    ],
)  # fmt: skip
def test_letters_of_physics_have_indices_and_strokes(source: str, seen: str) -> None:
    assert outline(source) == seen  # A letter that is not seen stands before each index.


def test_a_size_is_kept() -> None:
    (bracket,) = parse_formula(r"\qty\Big(x)").children  # type: ignore[union-attr]
    (bars,) = parse_formula(r"\abs[\Big]{x}").children  # type: ignore[union-attr]

    assert isinstance(bracket, Fenced)
    assert isinstance(bars, Fenced)
    assert bracket.size_em == bars.size_em == 1.8


def test_an_alphabet_goes_on_within_brackets() -> None:
    (bracket,) = parse_formula(r"\mathbf{\qty(x)}").children  # type: ignore[union-attr]

    assert isinstance(bracket, Fenced)
    assert bracket.content == Symbol("𝐱")


def test_bars_within_are_written_as_mathml() -> None:
    markup = as_mathml(parse_formula(r"\mel{a}{H}{b}"), "", is_display=True)

    assert markup.count("<mo>|</mo>") == 2
    assert "<mo>⟨</mo>" in markup


def test_bars_of_a_chosen_size_are_written_as_mathml() -> None:
    markup = as_mathml(parse_formula(r"\braket\big{a|b}"), "", is_display=True)

    assert markup.count(' minsize="1.2em"') == 3


@pytest.mark.parametrize(
    "opened", [r"\va(", r"\vb*(", r"\dd(", r"\diff{", r"\div{", r"\qty(", r"\pmat(", r"\mqty(", r"\tr[2]("]
)
def test_what_is_left_open_many_times_is_read_at_once(opened: str) -> None:
    start = time.perf_counter()

    assert outline(opened * 30 + "x").rstrip("›").endswith("x")
    assert time.perf_counter() - start < 2


def test_entries_of_matrices_are_not_matrices_of_equal_entries() -> None:
    with pytest.raises(FormulaTooDeep):
        parse_formula(r"\mqty(\xmat{\xmat{\xmat{\xmat{a}{12}{12}}{12}{12}}{12}{12}}{12}{12})")


@pytest.mark.parametrize("doubling", [r"\dyad{", r"\ev{A}{", r"\ip{"])
def test_what_is_written_twice_does_not_grow_without_end(doubling: str) -> None:
    start = time.perf_counter()

    with pytest.raises(FormulaTooDeep):
        parse_formula(doubling * 40 + "x" + "}" * 40)
    assert time.perf_counter() - start < 2


PIECES = [
    r"\qty", r"\abs", r"\bra", r"\ket", r"\braket", r"\dyad", r"\ev", r"\mel", r"\set", r"\eval", r"\dv", r"\pdv", r"\dd", r"\div", r"\vb",
    r"\curl", r"\qq", r"\mqty", r"\imat", r"\xmat*", r"\dmat", r"\pmat", r"\tr", r"\sin", r"\var", r"\comm", r"\order", r"\big", "{", "}",
    "(", ")", "[", "]", "|", r"\{", r"\}", "*", "^", "_", "&", r"\\", ",", "x", "2", " ", r"\middle", r"\left", r"\right", r"\begin{matrix}",
    r"\end{matrix}",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_anything_is_shown_or_refused(pieces: list[str]) -> None:
    assert_shown_or_refused("".join(pieces))


def test_a_script_belongs_to_the_brackets() -> None:
    (scripted,) = parse_formula(r"\abs{x}^2").children  # type: ignore[union-attr]

    assert isinstance(scripted, Scripts)
    assert isinstance(scripted.base, Fenced)
