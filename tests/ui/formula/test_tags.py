"""The numbers of equations: where they stand beside or below their lines, in columns of any width."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication

from phidesk.core.paths import package_resources
from phidesk.richtext.formula.parser import parse_formula
from phidesk.richtext.markdown import parse
from phidesk.ui.chat.block_documents import BlockDocuments
from phidesk.ui.chat.transcript_layout import BlockBox
from phidesk.ui.formula.boxes import Box
from phidesk.ui.formula.layout import FormulaLayout
from phidesk.ui.formula.math_font import MathFont
from tests.ui.chat.transcript_samples import make_style

SIZE = 20.0
WIDE = 600.0


class Ink:
    """Where the signs of a formula stand."""

    def __init__(self, source: str, *, column_px: float | None = WIDE, is_display: bool = True) -> None:
        self._font = MathFont(package_resources() / "fonts" / "STIXTwoMath.ttf")
        layout = FormulaLayout(self._font)
        self.box: Box = layout.lay_out(parse_formula(source), SIZE, is_display=is_display, column_px=column_px)

    def at(self, character: str) -> tuple[float, float]:
        """Return the place of a sign that occurs once."""
        wanted = self._font.glyph(character)
        ((x, y),) = [(glyph.x, glyph.y) for glyph in self.box.glyphs if glyph.glyph == wanted]
        return x, y


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    """Fonts need one."""


@pytest.mark.parametrize(
    "source",
    [
        r"x = y \tag{1}",
        r"x \tag{1} = y",
        r"\begin{equation} x = y \tag{1} \end{equation}",
        r"\begin{align} x &= y \tag{1} \end{align}",
        r"\begin{align} x \tag{1} &= y \end{align}",
        r"\color{red} x = y \tag{1}",
    ],
)
def test_a_tag_stands_at_the_margin_and_its_formula_in_the_middle(source: str) -> None:
    ink = Ink(source)

    (left, base), (right, tag_base) = ink.at("𝑥"), ink.at("1")
    middle = (left + ink.at("𝑦")[0]) / 2
    assert ink.box.width == WIDE
    assert WIDE - 1.2 * SIZE < right < WIDE
    assert abs(middle - WIDE / 2) < SIZE
    assert tag_base == base


@pytest.mark.parametrize("environment", ["align", "gather", "aligned"])
def test_each_line_has_its_own_tag(environment: str) -> None:
    ink = Ink(rf"\begin{{{environment}}} x \tag{{1}} \\ y \tag{{2}} \\ z \end{{{environment}}}")

    assert ink.at("1")[1] == ink.at("𝑥")[1] < ink.at("2")[1] == ink.at("𝑦")[1] < ink.at("𝑧")[1]
    assert ink.at("1")[0] > WIDE - 1.2 * SIZE


def test_a_formula_gives_way_to_its_tag() -> None:
    plain = Ink("x + a + a + a + a + a + y", column_px=None)
    tagged = Ink(r"x + a + a + a + a + a + y \tag{1}", column_px=plain.box.width + 3 * SIZE)

    assert tagged.at("𝑦")[0] + SIZE < tagged.at("1")[0]
    assert tagged.at("1")[1] == tagged.at("𝑦")[1]


def test_a_tag_without_room_stands_in_a_line_below() -> None:
    plain = Ink(r"\begin{align} x &= \frac{a}{b} + y \\ z &= 1 \end{align}", column_px=None)
    room = plain.box.width + SIZE
    tagged = Ink(r"\begin{align} x &= \frac{a}{b} + y \tag{8} \\ z &= 1 \tag{9} \end{align}", column_px=room)

    places = [tagged.at(sign)[1] for sign in ("𝑦", "𝑏", "8", "𝑧", "9")]
    assert places == sorted(set(places))
    assert tagged.box.width == room
    assert tagged.at("8")[0] > room - 1.2 * SIZE
    assert tagged.at("9")[1] < tagged.box.depth


def test_a_formula_whose_tag_stands_below_is_in_the_middle() -> None:
    ink = Ink(r"x = y \tag{aaaaaaaaaaaa}", column_px=8 * SIZE)

    middle = (ink.at("𝑥")[0] + ink.at("𝑦")[0]) / 2
    assert abs(middle - ink.box.width / 2) < SIZE


def test_two_tags_of_one_line_stand_beside_each_other() -> None:
    ink = Ink(r"x = y \tag{1} \tag{2}")

    assert ink.at("1")[0] + SIZE < ink.at("2")[0] < WIDE
    assert ink.at("1")[1] == ink.at("2")[1]


def test_a_formula_wider_than_its_column_has_its_tag_below() -> None:
    ink = Ink(r"x + y + z \tag{1}", column_px=SIZE)

    assert ink.at("1")[1] > ink.at("𝑥")[1]
    assert ink.box.width > SIZE


@pytest.mark.parametrize("column_px", [None, WIDE])
def test_a_formula_without_tags_is_as_wide_as_it_is(column_px: float | None) -> None:
    assert Ink("x = y", column_px=column_px).box.width < WIDE / 4


def test_a_tag_within_a_line_of_text_stands_beside() -> None:
    ink = Ink(r"x \tag{1}", column_px=None, is_display=False)

    assert ink.at("𝑥")[0] + SIZE < ink.at("1")[0] < ink.box.width < WIDE / 2


def document_of(documents: BlockDocuments, source: str, width: int) -> tuple[BlockBox, QTextDocument]:
    (block,) = parse(source)
    box = BlockBox(block, 0, 0)
    return box, documents.document(box, width)


def line_width(document: QTextDocument) -> float:
    """Return how wide the first line is."""
    return document.firstBlock().layout().lineAt(0).naturalTextWidth()


@pytest.mark.parametrize("source", [r"$$x = y \tag{1}$$", r"- \[x = y \tag{1}\]", r"> $$x = y \tag{1}$$"])
def test_a_displayed_formula_with_a_tag_is_as_wide_as_its_column_whatever_that_is(source: str) -> None:
    documents = BlockDocuments(make_style())

    widths = []
    box, document = document_of(documents, source, 500)
    for width in (500, 240, 700):
        document = documents.document(box, width)
        widths.append(line_width(document))

    assert widths == [500, 240, 700]


def test_a_tag_without_room_makes_its_formula_higher() -> None:
    documents = BlockDocuments(make_style())
    box, document = document_of(documents, r"$$x = a + b + c + d + e + f \tag{1}$$", 600)
    high = document.size().height()

    narrow = documents.document(box, 170).size().height()
    wide = documents.document(box, 600).size().height()

    assert narrow > 1.3 * high
    assert wide == high


def test_a_formula_with_a_tag_in_a_sentence_has_a_line_of_its_own() -> None:
    _, document = document_of(BlockDocuments(make_style()), r"So $$x = y \tag{1}$$ holds.", 500)

    assert document.firstBlock().layout().lineCount() == 3


def test_a_tag_in_a_table_stands_beside_its_formula() -> None:
    _, document = document_of(BlockDocuments(make_style()), "| a | b |\n|---|---|\n| $$x \\tag{1}$$ | y |", 500)

    assert document.size().width() < 300


@pytest.mark.parametrize("sign", [r"\star", "*", "="])
def test_a_sign_as_tag_fills_its_parentheses(sign: str) -> None:
    shown, letter = (Ink(rf"x \tag{{${tag}$}}", column_px=None) for tag in (sign, rf"\mathord{{{sign}}}"))

    assert shown.box.width == pytest.approx(letter.box.width)
