"""References between the formulas of one message show the tags of those they name."""

from __future__ import annotations

import pytest

from phidesk.richtext.blocks import Block, Span, plain_text
from phidesk.richtext.formula.nodes import Node, Row, Word
from phidesk.richtext.formula.parser import parse_formula
from phidesk.richtext.html import as_html
from phidesk.richtext.markdown import parse
from phidesk.richtext.streaming import StreamingParser

NUMBERED = r"\[ E = mc^2 \tag{2} \label{eq:energy} \]"


def drawn(text: str) -> list[str]:
    """Return what the formulas of a text are drawn from."""
    return sources(parse(text))


def sources(blocks: tuple[Block, ...] | list[Block]) -> list[str]:
    return [span.formula_source for block in blocks for span in block.spans if span.formula]


@pytest.mark.parametrize("reference", ["eqref", "ref", "autoref", "cref", "Cref"])
def test_a_reference_shows_the_tag_of_its_formula(reference: str) -> None:
    formula = rf"\(x = \{reference}{{eq:energy}}\)"

    text = f"{NUMBERED}\n\nSee {formula} and {formula}."

    assert drawn(text)[1:] == [rf"\(x = \{reference}{{2}}\)"] * 2
    assert plain_text(parse(text)) == text


def test_a_reference_in_words_is_drawn_where_its_tag_is_known() -> None:
    text = r"By \eqref{eq:energy}, not \eqref{eq:other}." + f"\n\n{NUMBERED}"

    spans = parse(text)[0].spans

    assert [(span.text, span.formula) for span in spans] == [
        ("By ", False), (r"\eqref{eq:energy}", True), (r", not \eqref{eq:other}.", False),
    ]  # fmt: skip
    assert spans[1].formula_source == r"\(\eqref{2}\)"
    assert plain_text(parse(text)) == text


@pytest.mark.parametrize("code", [r"`\eqref{eq:energy}`", "```\n\\eqref{eq:energy}\n```"])
def test_a_reference_in_code_stays_code(code: str) -> None:
    spans = [span for block in parse(f"{NUMBERED}\n\n{code}") for span in block.spans if span.code]

    assert [(span.formula, span.drawn) for span in spans] == [(False, "")]


@pytest.mark.parametrize(
    ("formula", "label", "tag"),
    [
        (r"\begin{align} a &= b \label{a} \tag{1} \\ c &= d \label{b} \tag{2} \end{align}", "b", "2"),
        (r"\begin{align} a &= b \label{a} \tag{1} \\ c &= d \tag{2} \label{b} \end{align}", "a", "1"),
        (r"\begin{equation} \label{x} \begin{aligned} a \\ b \end{aligned} \tag{7} \end{equation}", "x", "7"),
        (r"x \label{ x } \tag*{$\star$}", "x", r"$\star$"),
        (r"x \label{x} \tag{\text{A}}", "x", r"\text{A}"),
    ],
)
def test_a_label_belongs_to_the_tag_of_its_line(formula: str, label: str, tag: str) -> None:
    assert drawn(f"\\[{formula}\\]\n\n\\(\\ref{{{label}}}\\)")[1] == f"\\(\\ref{{{tag}}}\\)"


def test_several_labels_at_once_are_shown_if_all_are_known() -> None:
    numbered = r"\[ a \tag{1} \label{a} \] \[ b \tag{2} \label{b} \]"

    assert drawn(rf"{numbered} \(\cref{{a,b}} \cref{{a,c}}\)")[2] == r"\(\cref{1, 2} \cref{a,c}\)"


def test_the_first_of_two_equal_labels_counts() -> None:
    text = r"\[ a \tag{1} \label{x} \] \[ b \tag{2} \label{x} \] \(\ref{x}\)"

    assert drawn(text)[2] == r"\(\ref{1}\)"


def test_a_label_without_a_tag_is_not_known() -> None:
    text = r"\[ a \label{eq:x} \] then \(\eqref{eq:x}\) and \eqref{eq:x}"

    assert drawn(text) == [r"\[ a \label{eq:x} \]", r"\(\eqref{eq:x}\)"]


def words_of(node: Node) -> str:
    if isinstance(node, Row):
        return "".join(map(words_of, node.children))
    return node.text if isinstance(node, Word) else "?"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\eqref{eq:energy}", "(energy)"),
        (r"\ref{eq:energy}", "energy"),
        (r"\eqref{sec:eq:energy}", "(energy)"),
        (r"\eqref{2}", "(2)"),
        (r"\ref{3.1}", "3.1"),
        (r"\cref{eq:a}", "(a)"),
        (r"\eqref{}", "()"),
    ],
)
def test_an_unknown_reference_shows_the_end_of_its_label(source: str, shown: str) -> None:
    assert words_of(parse_formula(source)) == shown


def test_references_show_tags_while_the_text_arrives() -> None:
    parser = StreamingParser()
    filling = "".join(f"Paragraph {number}.\n\n" for number in range(10))

    parser.append(f"First \\(\\ref{{eq:energy}}\\).\n\n{filling}")
    assert sources(parser.blocks) == [r"\(\ref{eq:energy}\)"]

    parser.append(f"{NUMBERED}\n\n{filling}")
    parser.append("Then \\(\\ref{eq:energy}\\) and \\eqref{eq:en")
    assert sources(parser.blocks)[2:] == [r"\(\ref{2}\)"]

    parser.append("ergy}.\n\nEnd.")
    assert sources(parser.blocks)[2:] == [r"\(\ref{2}\)", r"\(\eqref{2}\)"]

    parser.finish()
    assert sources(parser.blocks)[0] == r"\(\ref{2}\)"
    assert tuple(parser.blocks) == parse(parser.text)


def test_mathml_has_the_tag_and_the_source_as_it_was_written() -> None:
    html = as_html(parse(f"{NUMBERED}\n\n\\(x = \\eqref{{eq:energy}}\\)"))

    reference = html.rpartition("<math")[2]
    assert "<mtext>2</mtext>" in reference
    assert r"x = \eqref{eq:energy}</annotation>" in reference


def test_other_characters_are_not_drawn_as_a_reference() -> None:
    span = Span(r"\eqref{x}", formula=True, drawn=r"\(\eqref{1}\)")

    assert span.with_text(span.text) == span
    assert span.with_text("x").drawn == ""
