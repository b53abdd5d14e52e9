"""Names of symbols: each stands for one character, in the class that its distances follow from."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

import pytest

from phidesk.richtext.formula.characters import arrows, fences, letters, operations, relations, signs
from phidesk.richtext.formula.mathml import as_mathml
from phidesk.richtext.formula.nodes import Atom, Row, Scripts, Styled, Symbol
from phidesk.richtext.formula.parser import parse_formula
from phidesk.richtext.formula.symbols import COMMANDS, DELIMITERS, atom_of_character, stacks_its_scripts
from tests.richtext.formula.outline import outline

TABLES = (
    *(letters.LETTERS, signs.SIGNS, signs.DOTS, signs.PUNCTUATION, operations.OPERATIONS, operations.LARGE_OPERATORS),
    *(relations.RELATIONS, arrows.ARROWS, arrows.ARROW_SIGNS, fences.OPENING, fences.CLOSING, fences.FENCES),
)


def test_every_symbol_becomes_well_formed_mathml() -> None:
    for name in COMMANDS:
        math = ElementTree.fromstring(as_mathml(parse_formula(f"\\{name}"), name, is_display=True))

        assert len(list(math.iter())) > len(("math", "semantics", "mrow", "annotation"))


def test_no_name_stands_for_two_characters() -> None:
    names = Counter(name for table in TABLES for names in table.values() for name in names.split())

    assert len(names) > 1500
    assert [name for name, count in names.items() if count > 1] == []
    assert set(names) == set(COMMANDS)


@pytest.mark.parametrize(
    ("names", "characters", "atom"),
    [
        (r"\Alpha \Bbbk \reals \weierp \exponentialE \Diamond \qed \maltese", "Α𝕜ℝ℘ⅇ◇□✠", Atom.ORDINARY),
        (r"\bull \plusmn \circledcirc \circleddash \lhd \unrhd \curlywedge", "•±⊚⊝⊲⊵⋏", Atom.BINARY),
        (r"\rarr \sube \isin \nVdash \eqsim \precapprox \Lleftarrow \defeq", "→⊆∈⊮≂⪷⇚≔", Atom.RELATION),
        (r"\fint \oiiint \intclockwise \iiiint \bigsqcap", "⨏∰∱⨌⨅", Atom.OPERATOR),
        (r"\llbracket \lBrace \lang \lmoustache \llcorner \lvert", "⟦⦃⟨⎰⌞|", Atom.OPEN),
        (r"\rrbracket \rBrace \rang \rmoustache \lrcorner \rVert", "⟧⦄⟩⎱⌟‖", Atom.CLOSE),
        (r"\colon \ldotp \cdotp", ":.⋅", Atom.PUNCTUATION),
        (r"\mathellipsis \adots \ddots", "…⋰⋱", Atom.INNER),
    ],
)
def test_symbols_are_of_their_class(names: str, characters: str, atom: Atom) -> None:
    tree = parse_formula(names)

    assert tree == Row(tuple(Symbol(character, atom) for character in characters))


@pytest.mark.parametrize(
    ("characters", "atom"),
    [
        ("∀∂△★⊥†∞∅°′/|", Atom.ORDINARY),
        ("⊞⋊+−±×÷·⋅∗∘∩∪∧∨⊕⊗∖", Atom.BINARY),
        ("⊴⇝≔⟼:=<>≤≥≠≈≡∼∝∈⊂⊆∣∥→⇒⇔↦", Atom.RELATION),
        ("⨁∯∑∏∫", Atom.OPERATOR),
        ("⟦([⟨", Atom.OPEN),
    ],
)
def test_what_is_typed_is_of_the_class_of_its_command(characters: str, atom: Atom) -> None:
    assert {atom_of_character(character) for character in characters} == {atom}


@pytest.mark.parametrize(("source", "character"), [(r"\nleqslant", "⩽\u0338"), (r"\colonsim", "∶∼")])
def test_two_characters_may_be_one_sign(source: str, character: str) -> None:
    assert parse_formula(source) == Row((Symbol(character, Atom.RELATION),))


@pytest.mark.parametrize(
    ("source", "character"), [(r"\not\sqsubseteq", "⋢"), (r"\not\vdash", "⊬"), (r"\not\Rightarrow", "⇏"), (r"\not\ll", "≪\u0338")]
)  # fmt: skip
def test_what_is_struck_out_is_one_character_where_there_is_one(source: str, character: str) -> None:
    assert parse_formula(source) == Row((Symbol(character, Atom.RELATION),))


@pytest.mark.parametrize("source", [r"\iiiint_V", r"\fint_V", r"\ointctrclockwise_V"])
def test_scripts_of_integrals_stand_beside_them(source: str) -> None:
    tree = parse_formula(source)

    assert isinstance(tree, Row)
    (node,) = tree.children
    assert isinstance(node, Scripts)
    assert not stacks_its_scripts(node.base)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\angl{n} \angln", "‹n‾|›‹n‾|›"), (r"\toggle{a}{b}\endtoggle c", "ac"), (r"\mathtip{a}{tip}", "a"),
        (r"\alphaup\nuparrow", "α↑\u0338"), (r"a \newline b", "‹a \\ b›"), (r"\smallint_a", "∫_{a}"), (r"V\/", "V"),
        (r"a \shoveleft{b} \message{x}", "ab"), (r"a \centercolon b", "a:b"), (r"x\crampedrlap{y}", "xy"),
        (r"\refeq{1}", "(1)"), (r"\triangleleft\triangleright", "◃▹"), (r"\idotsint", "∫⋯∫"), (r"a \bmod b", "a mod b"),
    ],
)  # fmt: skip
def test_rarer_names_are_known(source: str, shown: str) -> None:
    assert outline(source) == shown


@pytest.mark.parametrize(
    ("source", "color"), [(r"\blue{x}", "blue"), (r"\redD{x}", "red"), (r"\mintA x", "mediumseagreen")]
)
def test_colours_may_be_commands(source: str, color: str) -> None:
    tree = parse_formula(source)

    assert tree == Row((Styled(Symbol("𝑥"), color=color),))


def test_an_unknown_name_is_shown() -> None:
    assert outline(r"\wurzelbrunft{x} \zzz") == "wurzelbrunftxzzz"


def test_brackets_may_grow() -> None:
    assert {"llbracket", "lBrace", "rang", "lmoustache", "Vvert", "|", "{"} <= set(DELIMITERS)
