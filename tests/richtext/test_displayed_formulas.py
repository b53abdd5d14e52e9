"""Displayed formulas within paragraphs and items of lists stand on lines of their own."""

from __future__ import annotations

import pytest

from phidesk.richtext.blocks import Container, plain_text
from phidesk.richtext.displayed_formulas import is_displayed
from phidesk.richtext.markdown import parse
from phidesk.richtext.markdown_writer import as_markdown


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("So\n\\[\nx = 1\n\\]\nholds.", ["So", "\\[\nx = 1\n\\]", "holds."]),
        ("So \\[ x = 1 \\] holds.", ["So", "\\[ x = 1 \\]", "holds."]),
        ("The answer is $$x$$.", ["The answer is", "$$x$$."]),
        ("\\[ x \\], where $x$ is **big**, and\n$$\ny\n$$", ["\\[ x \\],", "where $x$ is big, and", "$$\ny\n$$"]),
        ("\\[ x \\]\n\\[ y \\]", ["\\[ x \\]", "\\[ y \\]"]),
        ("Where $$x$$ is the number of $$y$$ here.", ["Where $$x$$ is the number of $$y$$ here."]),
        ("Only \\(x\\) and $y$.", ["Only \\(x\\) and $y$."]),
        ("**So \\[ x \\] holds**", ["So", "\\[ x \\]", "holds"]),
        ("# So \\[ x \\] holds", ["So \\[ x \\] holds"]),
        ("So \\begin{align} x &= 1 \\end{align} holds", ["So", "\\begin{align} x &= 1 \\end{align}", "holds"]),
    ],
)
def test_displayed_formulas_are_pieces_of_their_paragraph(text: str, pieces: list[str]) -> None:
    blocks = parse(text)

    assert [block.text for block in blocks] == pieces
    assert [is_displayed(block) for block in blocks] == [piece.startswith(("\\[", "$$", "\\begin")) for piece in pieces]


def test_pieces_joined_are_the_paragraph() -> None:
    text = "So \\[ x \\] holds, \\[ y \\]."

    assert plain_text(parse(text)) == text
    assert as_markdown(parse(text)) == text


def test_a_formula_within_an_item_has_no_marker_of_its_own() -> None:
    blocks = parse("1. First:\n   \\[\n   x = 5\n   \\]\n2. \\[ y \\] then")

    assert [(block.marker, block.joint) for block in blocks] == [("1.", None), ("", " "), ("2.", None), ("", " ")]
    assert all(block.containers == (Container.LIST,) for block in blocks)
