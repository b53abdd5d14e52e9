"""What is copied into other programs: well-formed, complete, and harmless."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.formula.mathml import as_mathml
from phidesk.richtext.formula.parser import FormulaTooDeep, parse_formula
from phidesk.richtext.html import as_html
from phidesk.richtext.markdown import parse
from tests.richtext.formula.test_parser import PIECES

MATHML = "{http://www.w3.org/1998/Math/MathML}"


def html_of(markdown: str) -> str:
    return as_html(parse(markdown))


def tree_of(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<body>{markup.replace('<br>', '<br/>').replace('<hr>', '<hr/>')}</body>")


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**a** *b* `c` ~~d~~", "<p><strong>a</strong> <em>b</em> <code>c</code> <s>d</s></p>"),
        ("# Title", "<h1>Title</h1>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("> a", "<blockquote><p>a</p></blockquote>"),
        ("```py\na < b\n```", "<pre><code>a &lt; b</code></pre>"),
        ("[x](https://a.example)", '<p><a href="https://a.example">x</a></p>'),
        ("[x](javascript:alert(1))", "<p>x</p>"),
        ("---", "<hr>"),
    ],
)
def test_markup_becomes_elements(markdown: str, html: str) -> None:
    assert html_of(markdown) == html


def test_numbers_of_lists_are_kept() -> None:
    items = tree_of(html_of("3. a\n4. b")).findall("ol/li")

    assert [item.get("value") for item in items] == ["3", "4"]


def test_lists_within_lists_are_within_them() -> None:
    tree = tree_of(html_of("- a\n  - b\n- c"))

    assert len(tree.findall("ul/li/ul/li")) == 1
    assert len(tree.findall("ul/li")) == 2


def test_further_paragraphs_of_an_item_are_within_it() -> None:
    tree = tree_of(html_of("1. a\n\n   more\n\n   > said\n2. b\n\nend"))

    assert tree.findtext("ol/li/p") == "more"
    assert tree.findtext("ol/li/blockquote/p") == "said"
    assert len(tree.findall("ol/li")) == 2
    assert tree.findtext("p") == "end"


def test_long_tables_are_one_table() -> None:
    tree = tree_of(html_of("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 250))

    assert len(tree.findall("table")) == 1
    assert len(tree.findall("table//tr")) == 251


def test_tables_have_heads_sides_and_cells() -> None:
    tree = tree_of(html_of("| a | b |\n|---|--:|\n| 1 | **2** |"))

    assert [cell.text for cell in tree.iterfind("table/thead/tr/th")] == ["a", "b"]
    assert [cell.get("align") for cell in tree.iter("td")] == ["left", "right"]
    assert tree.find("table/tbody/tr/td/strong") is not None


def test_a_program_without_mathml_reads_a_formula_and_its_source_as_two_words() -> None:
    assert "".join(tree_of(html_of("$x^2$")).itertext()).split()[-1] == "x^2"


def test_formulas_are_mathml_with_their_source() -> None:
    tree = tree_of(html_of(r"so $\frac{a}{b}$"))

    assert tree.find(f".//{MATHML}mfrac") is not None
    assert tree.findtext(f".//{MATHML}annotation") == r"\frac{a}{b}"


def test_displayed_formulas_say_so() -> None:
    math = tree_of(html_of("$$x$$")).find(f".//{MATHML}math")

    assert math is not None
    assert math.get("display") == "block"


def test_nothing_of_a_models_own_html_comes_through() -> None:
    html = html_of('<img src="https://x.example/a.png"> <script>alert(1)</script>\n\n![p](https://x.example/b.png)')

    assert "<img" not in html
    assert "<script" not in html


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_every_formula_is_well_formed(pieces: list[str]) -> None:
    source = "".join(pieces)
    try:
        tree = parse_formula(source)
    except FormulaTooDeep:
        return

    ElementTree.fromstring(as_mathml(tree, source, is_display=True))


@given(st.text(alphabet="ab1 \n-*_`|#>[]()$<&\"'\\~:", max_size=120))
def test_every_answer_is_well_formed(markdown: str) -> None:
    tree_of(html_of(markdown))
