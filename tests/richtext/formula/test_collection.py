"""The collection of formulas: read from markdown, turned into well-formed MathML, and copied as they were written."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from phidesk.richtext.blocks import plain_text
from phidesk.richtext.formula.mathml import as_mathml
from phidesk.richtext.formula.parser import FormulaTooDeep, parse_formula
from phidesk.richtext.html import as_html
from phidesk.richtext.markdown import parse
from tests.richtext.formula.formula_collection import SOURCE_ONLY, read_formulas
from tests.richtext.test_html import office_tree_of, tree_of

FORMULAS = [source for group, sources in read_formulas().items() if group != SOURCE_ONLY for source in sources]
MATHML = "{http://www.w3.org/1998/Math/MathML}"


def test_the_collection_is_large() -> None:
    assert len(set(FORMULAS)) >= 400


@pytest.mark.parametrize(("opening", "closing"), [("\\[", "\\]"), ("\\(", "\\)"), ("$$\n", "\n$$")])
def test_each_is_one_formula_of_an_answer(opening: str, closing: str) -> None:
    texts = [f"{opening}{source}{closing}" for source in FORMULAS]

    others = [text for text in texts if [span.formula for block in parse(text) for span in block.spans] != [True]]

    assert others == []


def test_each_becomes_well_formed_mathml_with_its_source() -> None:
    for source in FORMULAS:
        math = ElementTree.fromstring(as_mathml(parse_formula(source), source, is_display=True))

        annotation = math.find(f".//{MATHML}annotation")
        assert annotation is not None
        assert annotation.text == source
        assert len(list(math.iter())) > len(("math", "semantics", "mrow", "annotation"))


def test_what_is_no_formula_is_well_formed_too() -> None:
    for source in read_formulas()[SOURCE_ONLY]:
        html = as_html(parse(f"\\({source}\\)"))

        assert "".join(tree_of(html).itertext()) == f"\\({source}\\)"
        assert len(office_tree_of(html)) == 1


def test_plain_text_has_the_latex_back() -> None:
    for source in FORMULAS:
        text = f"Let \\({source}\\) be."

        assert plain_text(parse(text)) == text


def test_formulas_within_formulas_cannot_nest_without_end() -> None:
    with pytest.raises(FormulaTooDeep):
        parse_formula("\\sqrt[" * 500 + "x" + "]" * 500)
    with pytest.raises(FormulaTooDeep):
        parse_formula("\\ce{" * 500 + "x" + "}" * 500)


def test_definitions_that_call_each_other_come_to_an_end() -> None:
    with pytest.raises(FormulaTooDeep):
        parse_formula(r"\def\a{\b\b}\def\b{\a\a} \a")
