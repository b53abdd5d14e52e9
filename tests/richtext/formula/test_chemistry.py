"""Chemical formulas: what their signs mean, from what stands around them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.formula.mathml import as_mathml
from phidesk.richtext.formula.nodes import Atom, Fraction, Node, Row, Scripts, Space, Stacked, Symbol
from phidesk.richtext.formula.parser import FormulaTooDeep, parse_formula
from tests.richtext.formula.formula_collection import read_formulas
from tests.richtext.formula.outline import outline
from tests.richtext.formula.shown_or_refused import assert_shown_or_refused

COLLECTION = read_formulas()["chemistry"]


def nodes_of(source: str) -> tuple[Node, ...]:
    """Return what stands beside each other in a chemical formula."""
    tree = parse_formula(rf"\ce{{{source}}}")
    assert isinstance(tree, Row)
    (row,) = tree.children
    assert isinstance(row, Row)
    return row.children


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("H2O", "H_{2}O"), ("Sb2O3", "Sb_{2}O_{3}"), ("C6H12O6", "C_{6}H_{12}O_{6}"),
        ("Al2(SO4)3", "Al_{2}(SO_{4})_{3}"), ("(NH4)2S", "(NH_{4})_{2}S"), ("K4[Fe(CN)6]", "K_{4}[Fe(CN)_{6}]"),
        ("CH3CH2OH", "CH_{3}CH_{2}OH"), ("Fe0.95O", "Fe_{0.95}O"), ("CnH2n+2", "C_{n}H_{2n+2}"),
        ("C_nH_{2n+2}", "C_{n}H_{2n+2}"), ("NO_x", "NO_{x}"), ("(NaPO3)_x", "(NaPO_{3})_{x}"),
        ("YBa2Cu3O_{7-x}", "YBa_{2}Cu_{3}O_{7−x}"), ("Fe(CN)_{6/2}", "Fe(CN)_{{6}/{2}}"), ("K_sp", "K_{sp}"),
    ],
)  # fmt: skip
def test_numbers_of_atoms_stand_below(source: str, shown: str) -> None:
    assert outline(rf"\ce{{{source}}}") == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("H+", "H^{+}"), ("e-", "e^{−}"), ("Ca++", "Ca^{++}"), ("NH4+", "NH_{4}^{+}"),
        ("[AgCl2]-", "[AgCl_{2}]^{−}"), ("CrO4^2-", "CrO_{4}^{2−}"), ("SO4^{2-}", "SO_{4}^{2−}"),
        ("SO_4^{2-}", "SO_{4}^{2−}"), ("Y^99+", "Y^{99+}"), ("[Fe(CN)6]^{3-}", "[Fe(CN)_{6}]^{3−}"),
        ("Fe^{II}", "Fe^{II}"), ("Fe^III", "Fe^{III}"), ("Fe+3", "Fe^{+3}"), ("SO4-2", "SO_{4}^{−2}"),
        ("O2^{2-}", "O_{2}^{2−}"), ("OCO^{.-}", "OCO^{•−}"), ("Li^x_{Li,1-2x}", "Li_{Li,1−2x}^{×}"),
        (r"H^{\delta+}", "H^{δ+}"), ("X_{$i$}^{$x$}", "X_{i}^{x}"), ("CO3^2-_{(aq)}", "CO_{3}^{2−}_{(aq)}"),
        ("Cl^-_{(aq)}", "Cl^{−}_{(aq)}"), ("R^1-R^2", "R^{1}−R^{2}"), ("A'", "A^{′}"),
    ],
)  # fmt: skip
def test_charges_and_oxidation_states_stand_above(source: str, shown: str) -> None:
    assert outline(rf"\ce{{{source}}}") == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("2H2O", "2 H_{2}O"), ("2 H2O", "2 H_{2}O"), ("0.5 H2O", "0.5 H_{2}O"), ("1/2O2", "{1}/{2} O_{2}"),
        ("25/2 O2", "{25}/{2} O_{2}"), ("(1/2) H2O", "(1/2) H_{2}O"), ("$n$ H2O", "n H_{2}O"), ("x Na", "x Na"),
        ("aA + bB", "a A+b B"), ("2e-", "2 e^{−}"), ("(3n+1)/2 O2", "(3n+1)/2 O_{2}"), ("10^{-7}", "10^{−7}"),
        ("3^{1}_{0}n", "3 _{0}^{1}n"), ("1s^2 2p6", "1s^{2} 2p^{6}"),
    ],
)  # fmt: skip
def test_amounts_keep_a_distance(source: str, shown: str) -> None:
    assert outline(rf"\ce{{{source}}}") == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("^{227}_{90}Th+", "_{90}^{227}Th^{+}"), ("_{90}^{227}Th", "_{90}^{227}Th"), ("^227_90Th", "_{90}^{227}Th"),
        ("^0_{-1}n-", "_{−1}^{0}n^{−}"), ("^{99m}Tc", "^{99m}Tc"), (r"^4_2\alpha", "_{2}^{4}α"),
        ("{}^{14}C", "^{14}C"),
    ],
)  # fmt: skip
def test_numbers_of_an_isotope_stand_before_it(source: str, shown: str) -> None:
    assert outline(rf"\ce{{{source}}}") == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("A -> B", "A⟶B"), ("A <- B", "A⟵B"), ("A <-> B", "A⟷B"), ("A <--> B", "A⇄B"), ("A <=> B", "A⇌B"),
        ("A <=>> B", "A⥂B"), ("A <<=> B", "A⥄B"), ("A --> B", "A⟶B"), ("A → B", "A⟶B"), (r"A \rightarrow B", "A⟶B"),
        ("A ->[above][below] B", "A→[above][below]B"), ("A <-[x] B", "A←[x]B"),
        ("A <=>[k_1][k_{-1}] B", "A⇌[k_{1}][k_{−1}]B"), ("A <->[x] B", "A↔[x]B"),
        ("A ->[{two words}] B", "A→[two words]B"), (r"A ->[\text{heat}] B", "A→[heat]B"),
        (r"A ->[$\alpha$] B", "A→[α]B"), (r"A ->[\Delta] B", "A→[Δ]B"),
        ("A ->[H2SO4, 25 °C] B", "A→[H_{2}SO_{4}, 25 °C]B"), ("A ->T[no H2O] B", "A→[no H2O]B"),
        ("A ->[][below] B", "A→[below]B"), (r"A \xrightarrow[H2O]{H+} B", "A→[H^{+}][H_{2}O]B"),
        ("SCN-<=>[FeSCN]^2+", "SCN^{−}⇌[FeSCN]^{2+}"), ("SO4^2-->", "SO_{4}^{2−}⟶"),
    ],
)  # fmt: skip
def test_arrows_have_labels(source: str, shown: str) -> None:
    assert outline(rf"\ce{{{source}}}") == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("A + B", "A+B"), ("A - B", "A−B"), ("A = B", "A=B"), (r"A \pm B", "A±B"), ("A +B", "A+B"),
        ("2H2+O2->2H2O", "2 H_{2}+O_{2}⟶2 H_{2}O"), ("Na+Cl-", "Na^{+}Cl^{−}"), ("Fe^3++SCN-", "Fe^{3+}+SCN^{−}"),
        ("- 2 e-", "− 2 e^{−}"),
    ],
)  # fmt: skip
def test_a_sign_between_spaces_is_an_operation(source: str, shown: str) -> None:
    assert outline(rf"\ce{{{source}}}") == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("H-Cl", "H−Cl"), ("O=C=O", "O=C=O"), ("H-C#C-H", "H−C≡C−H"), ("CH3-C(=O)-OH", "CH_{3}−C(=O)−OH"),
        ("-COOH", "−COOH"), (r"A\bond{#}B\bond{...}C\bond{->}D", "A≡B⋯C→D"), (r"A\bond{~-}B", "A−┈B"),
        ("-[CH2-CH2]_n-", "−[CH_{2}−CH_{2}]_{n}−"), ("n-Bu", "n-Bu"), (r"\mu-Cl", "μ-Cl"),
        ("2-methylpropane", "2-methylpropane"), ("cis-[PtCl2]", "cis-[PtCl_{2}]"), ("U-235", "U-235"),
    ],
)  # fmt: skip
def test_a_sign_between_atoms_is_a_bond_or_a_hyphen(source: str, shown: str) -> None:
    assert outline(rf"\ce{{{source}}}") == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("CuSO4.5H2O", "CuSO_{4} ⋅ 5 H_{2}O"), ("CuSO4*5H2O", "CuSO_{4} ⋅ 5 H_{2}O"),
        (r"CuSO4 \cdot 5H2O", "CuSO_{4} ⋅ 5 H_{2}O"), ("CuSO4·5H2O", "CuSO_{4} ⋅ 5 H_{2}O"), ("H2O...H", "H_{2}O⋯H"),
        ("Cl.", "Cl•"), (".CH3", "•CH_{3}"), ("CO2 ^", "CO_{2} ↑"), ("BaSO4 v", "BaSO_{4} ↓"),
        ("A v B (v) -> B ^ B (^)", "A ↓ B ↓⟶B ↑ B ↑"), (r"AgCl\downarrow", "AgCl ↓"), ("H2(aq)", "H_{2} (aq)"),
        ("H2O (l)", "H_{2}O (l)"), (r"NaOH(aq,$\infty$)", "NaOH (aq,∞)"), ("[Co(en)2(ox)]+", "[Co(en)_{2}(ox)]^{+}"),
        ("Zn | Zn^2+", "Zn | Zn^{2+}"), ("Pd/C", "Pd/C"), ("pH", "pH"), ("$K_a$", "K_{a}"),
        ("A -> B + heat", "A⟶B+heat"), (r"\Delta H", "ΔH"), (r"\text{NaCl}", "NaCl"), ("{[}Cu{]}", "[Cu]"),
        (r"\frac{[H+]}{[HA]}", "{[H^{+}]}/{[HA]}"), (r"\overset{+7}{Mn}O4-", "Mn[+7]O_{4}^{−}"),
        (r"\left[Fe(CN)6\right]^{4-}", "[Fe(CN)_{6}]^{4−}"), (r"\ce{H2O}", "H_{2}O"),
    ],
)  # fmt: skip
def test_what_else_stands_in_equations(source: str, shown: str) -> None:
    assert outline(rf"\ce{{{source}}}") == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\pu{1 kJ // mol K}", "1 {kJ}/{mol K}"), (r"\pu{a//b//c}", "{a}/{b/c}"),
        (r"\pu{.25 V}", "0.25 V"), (r"\pu{123 l//100km}", "123 {l}/{100 km}"),
        (r"\pu{123 kJ//mol}", "123 {kJ}/{mol}"), (r"\pu{1.2e3 kJ mol-1}", "1.2⋅10^{3} kJ mol^{−1}"),
        (r"\pu{5 m/s^2}", "5 m/s^{2}"), (r"\pu{25 °C}", "25 °C"), (r"\pu{1.2 mol/L}", "1.2 mol/L"),
        (r"\pu{1,2 mol/L}", "1,2 mol/L"), (r"\pu{1234567.89 m}", "1 234 567.89 m"),
        (r"\pu{1.2E3 kJ}", "1.2×10^{3} kJ"), (r"\pu{123(4) kJ}", "123(4) kJ"), (r"\pu{123 +- 4 kJ}", "123±4 kJ"),
        (r"\pu{mol*dm-3}", "mol⋅dm^{−3}"), (r"\pu{mol.dm-3}", "mol⋅dm^{−3}"), (r"\pu{kg.m2/s2}", "kg⋅m^{2}/s^{2}"),
        (r"\pu{m^2}", "m^{2}"), (r"\pu{m2}", "m^{2}"), (r"\pu{8.314 J/(mol K)}", "8.314 J/(mol K)"),
        (r"\pu{8.314 J K-1 mol-1}", "8.314 J K^{−1} mol^{−1}"), (r"\pu{0.5 M}", "0.5 M"), (r"\pu{10%}", "10 %"),
        (r"\pu{10 %}", "10 %"), (r"\pu{90°}", "90°"), (r"\pu{\mu m}", "μm"), (r"\pu{10 \mu m}", "10 μm"),
        (r"\pu{10 µm}", "10 μm"), (r"\pu{10 \Omega}", "10 Ω"), (r"\pu{6.022e23 mol^-1}", "6.022⋅10^{23} mol^{−1}"),
        (r"\pu{6.022 \times 10^23 mol-1}", "6.022×10^{23} mol^{−1}"), (r"\pu{22.4 L/mol}", "22.4 L/mol"),
        (r"\pu{1/2 m}", "1/2 m"), (r"\pu{-5 °C}", "−5 °C"), (r"\pu{20 - 30 °C}", "20–30 °C"),
        (r"\pu{101325 Pa}", "101 325 Pa"), (r"\pu{1.01325e5 Pa}", "1.013 25⋅10^{5} Pa"),
        (r"\pu{98.6 \degree F}", "98.6 °F"), (r"\pu{5}", "5"), (r"\pu{{text}}", "text"),
        (r"\pu{\frac{J}{mol}}", "{J}/{mol}"), (r"\pu{1,5 mol//L}", "1,5 {mol}/{L}"), (r"\pu{10 ^\circ C}", "10 °C"),
        (r"\pu{10^{-3} mol}", "10^{−3} mol"), (r"\pu{5 * 10^-3 mol}", "5⋅10^{−3} mol"), (r"\pu{N m}", "N m"),
    ],
)  # fmt: skip
def test_quantities_are_written_as_they_are_printed(source: str, shown: str) -> None:
    assert outline(source) == shown


def test_only_operations_keep_distances_from_both_sides() -> None:
    operation, bond = nodes_of("A - B"), nodes_of("A-B")

    assert Symbol("−", Atom.BINARY) in operation
    assert Symbol("−", Atom.ORDINARY) in bond
    assert not [node for node in bond if isinstance(node, Space)]


@pytest.mark.parametrize("bond", ["-", "=", "#"])
def test_bonds_keep_no_distance(bond: str) -> None:
    nodes = nodes_of(f"C{bond}C")

    assert [node.atom for node in nodes if isinstance(node, Symbol)] == [Atom.ORDINARY] * 3


def test_elements_are_upright_and_variables_in_italics() -> None:
    (scripts,) = nodes_of("A_n")

    assert isinstance(scripts, Scripts)
    assert scripts.base == Symbol("A")
    assert scripts.below == Row((Symbol("𝑛"),))
    assert nodes_of("n")[0] == Symbol("n")
    assert nodes_of("n H2O")[0] == Row((Symbol("𝑛"),))


@pytest.mark.parametrize(
    ("source", "is_staggered"), [("SO4^2-", True), ("NH4+", True), ("SO_4^{2-}", True), ("Li^x_{Li}", False)]
)
def test_a_charge_comes_after_a_number_of_atoms(source: str, is_staggered: bool) -> None:
    scripts = nodes_of(source)[-1]

    assert isinstance(scripts, Scripts)
    assert scripts.is_staggered is is_staggered


@pytest.mark.parametrize(
    ("source", "above", "below"), [("->[a]", True, False), ("<=>[a][b]", True, True), ("<--[][b]", False, True)]
)
def test_labels_make_arrows_grow(source: str, above: bool, below: bool) -> None:
    _, arrow = nodes_of(source)

    assert isinstance(arrow, Stacked)
    assert arrow.stretches_base
    assert (arrow.above is not None, arrow.below is not None) == (above, below)


def test_half_a_molecule_is_a_small_fraction() -> None:
    half = nodes_of("1/2 O2")[0]

    assert isinstance(half, Row)
    (fraction,) = half.children
    assert isinstance(fraction, Fraction)
    assert fraction.is_display is False


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("2Fe3+ -> 2Fe2+", "2 Fe^{3+}⟶2 Fe^{2+}"), ("[Cu2+]", "[Cu^{2+}]"), ("Al3+(aq)", "Al^{3+} (aq)"),
        ("O2-", "O_{2}^{−}"), ("NO2+", "NO_{2}^{+}"), ("N3-", "N_{3}^{−}"), ("Hg2^2+", "Hg_{2}^{2+}"), ("TiO2+", "TiO_{2}^{+}"),
        (r"\beta + B", "β+B"), (r"\beta + + B", "β^{+}+B"), ("Fe^n+", "Fe^{n+}"), (r"\ca Fe", "∼Fe"), ("ZnS ($c$)", "ZnS (c)"),
        ("H{}^3HO", "H ^{3}HO"), ("CO3^2-{}_{(aq)}", "CO_{3}^{2−}_{(aq)}"), ("1s^2-N", "1s^{2}−N"),
        ("cAMP", "cAMP"), ("nBuLi", "nBuLi"), ("xH2O", "x H_{2}O"), ("A ->[Cat.] B", "A→[Cat.]B"),
        ("A ->[1) BH3] B", "A→[1) BH_{3}]B"),
        ("[Ne]3s^2 3p5", "[Ne]3s^{2} 3p^{5}"), ("S_N2", "S_{N}2"),
    ],
)  # fmt: skip
def test_what_models_mean_goes_before_what_they_write(source: str, shown: str) -> None:
    assert outline(rf"\ce{{{source}}}") == shown


def test_lines_and_cells_may_end_within_a_chemical_formula() -> None:
    source = r"\begin{aligned} \ce{H2 &->[x] 2H \\ {a & b} & -> C} \\ \ce{A} &\ce{-> B} \end{aligned}"

    assert outline(source) == r"‹H_{2} & →[x]2 H \ a & b & ⟶C \ A & ⟶B›"
    assert outline(r"\ce{A -> B \\ C -> D}") == r"‹A⟶B \ C⟶D›"
    assert outline(r"\ce{A & B}") == "AB"


def test_arrows_keep_their_distance_from_what_stands_around_the_formula() -> None:
    assert nodes_of("-> B")[0] == Row()
    assert nodes_of("A ->")[-1] == Row()


@pytest.mark.parametrize("command", ["cee", "cf", "ch"])
def test_other_packages_call_it_otherwise(command: str) -> None:
    assert outline(rf"\{command}{{2 H2 + O2 -> 2 H2O}}") == "2 H_{2}+O_{2}⟶2 H_{2}O"


def test_the_collection_holds_many_chemical_formulas() -> None:
    assert len(set(COLLECTION)) >= 140


@pytest.mark.parametrize("source", COLLECTION)
def test_a_formula_may_end_anywhere_while_it_arrives(source: str) -> None:
    for end in range(len(source)):
        math = ElementTree.fromstring(as_mathml(parse_formula(source[:end]), "", is_display=True))

        assert math.tag.endswith("math")


PIECES = [
    "H", "Na", "O2", "2", "1/2", "x", "n", "e", "v", "+", "-", "=", "#", ".", "*", "^", "_", "{", "}", "[", "]", "(", ")", " ", "->",
    "<=>", "<", ">", "\\ce{", "\\pu{", "\\bond{", "\\text{", "\\frac", "\\Delta", "\\bar", "\\left", "\\\\", "\\", "$", "&", "%", "'",
    "(aq)", "\\xrightarrow", "…", "°C", "e3", "//", "\n", "😀",
]  # fmt: skip


@given(st.sampled_from(["\\ce", "\\pu"]), st.lists(st.sampled_from(PIECES), max_size=40))
def test_anything_is_shown_or_refused(command: str, pieces: list[str]) -> None:
    assert_shown_or_refused(f"{command}{{{''.join(pieces)}}}")


@pytest.mark.parametrize("command", ["ce", "pu"])
@pytest.mark.parametrize(
    "source", ["->[", "1//", "(1", "1^1_2", "\\bond{", "2H2O + ", "A+", "{[", "\\frac{H2}", "^", "=", "-"]
)
def test_the_longest_formula_comes_to_an_end(command: str, source: str) -> None:
    try:
        tree = parse_formula(rf"\{command}{{{source * (19_000 // len(source))}}}")
    except FormulaTooDeep:
        return

    assert isinstance(tree, Row)


def test_percent_signs_of_quantities_are_no_comments() -> None:
    assert outline(r"\pu{10 %} + \ce{98% H2SO4}") == "10 %+98% H_{2}SO_{4}"
