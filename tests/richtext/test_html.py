"""What is copied into other programs: well-formed, complete, and harmless."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.html import as_html
from phidesk.richtext.markdown import parse
from tests.richtext.formula.shown_or_refused import assert_shown_or_refused
from tests.richtext.formula.test_parser import PIECES

MATHML = "{http://www.w3.org/1998/Math/MathML}"


def html_of(markdown: str) -> str:
    return as_html(parse(markdown))


def tree_of(markup: str) -> ElementTree.Element:
    """Read it as all programs do but Microsoft's: what stands in a comment is none of theirs."""
    markup = re.sub(r"<!--.*?-->|<!\[(if[^]]*|endif)\]>", "", markup, flags=re.DOTALL)
    return ElementTree.fromstring(f"<body>{markup.replace('<br>', '<br/>').replace('<hr>', '<hr/>')}</body>")


def office_tree_of(markup: str) -> ElementTree.Element:
    """Read it as Word does, to which its conditions say what is for it and what for others."""
    markup = re.sub(r"<!\[if !msEquation\]>.*?<!\[endif\]>", "", markup, flags=re.DOTALL)
    return tree_of(re.sub(r"<!--\[if gte msEquation 12\]>(.*?)<!\[endif\]-->", r"\1", markup, flags=re.DOTALL))


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
        ("a<br>b<BR />\nc", "<p>a<br>b<br>c</p>"),
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


@pytest.mark.parametrize("source", [r"$\frac{1}{2}$", "$$x^2$$", r"\[ a < b \]", r"$\text{a-->b}$"])
def test_a_program_without_mathml_reads_a_formula_once_and_as_latex(source: str) -> None:
    markup = html_of(f"It is {source}")

    assert " ".join("".join(tree_of(markup).itertext()).split()) == f"It is {source}"


def test_for_word_formulas_are_mathml_with_their_source() -> None:
    tree = office_tree_of(html_of(r"so $\frac{a}{b}$, $\text{a-->b}$"))

    assert tree.find(f".//{MATHML}mfrac") is not None
    assert [found.text for found in tree.iter(f"{MATHML}annotation")] == [r"\frac{a}{b}", r"\text{a-->b}"]
    assert tree.findtext("p", "").strip() == "so"
    assert "$" not in "".join(tree.itertext())


def test_displayed_formulas_say_so() -> None:
    math = office_tree_of(html_of("$$x$$")).find(f".//{MATHML}math")

    assert math is not None
    assert math.get("display") == "block"


@pytest.mark.parametrize(
    ("markdown", "path"),
    [("مرحبا", "p"), ("# مرحبا", "h1"), ("- مرحبا", "ul/li"), ("> مرحبا", "blockquote/p")],
)
def test_what_is_written_from_the_right_says_so_and_stands_there(markdown: str, path: str) -> None:
    found = tree_of(html_of(markdown)).find(path)

    assert found is not None
    assert (found.get("dir"), found.get("style")) == ("rtl", "text-align: right")


def test_items_written_from_the_right_have_their_numbers_there() -> None:
    found = tree_of(html_of("1. مرحبا\n2. مرحبا")).find("ol")

    assert found is not None
    assert found.get("dir") == "rtl"


def test_a_table_written_from_the_right_begins_there() -> None:
    table = tree_of(html_of("| عمود | رقم | ثمن |\n|---|:-:|--:|\n| نص | 12 | 3 |")).find("table")

    assert table is not None
    assert table.get("dir") == "rtl"
    assert [cell.get("align") for cell in table.iter("td")] == ["right", "center", "left"]


@pytest.mark.parametrize("markdown", ["مرحبا `x = 1;` و", "| عمود |\n|---|\n| `x = 1;` |"])
def test_code_within_text_from_the_right_stays_together(markdown: str) -> None:
    found = tree_of(html_of(markdown)).find(".//bdi")

    assert found is not None
    assert (found.get("dir"), found.findtext("code")) == ("ltr", "x = 1;")


def test_tasks_have_their_box_instead_of_a_bullet() -> None:
    items = tree_of(html_of("- [x] a\n- b")).findall("ul/li")

    assert [(item.text, item.get("style")) for item in items] == [("☑ a", "list-style-type: none"), ("b", None)]


def test_nothing_of_a_models_own_html_comes_through() -> None:
    html = html_of('<img src="https://x.example/a.png"> <script>alert(1)</script>\n\n![p](https://x.example/b.png)')

    assert "<img" not in html
    assert "<script" not in html


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_every_formula_is_well_formed(pieces: list[str]) -> None:
    assert_shown_or_refused("".join(pieces))


@given(st.text(alphabet="ab1 \n-*_`|#>[]()$<&\"'\\~:", max_size=120))
def test_every_answer_is_well_formed(markdown: str) -> None:
    tree_of(html_of(markdown))
    office_tree_of(html_of(markdown))
