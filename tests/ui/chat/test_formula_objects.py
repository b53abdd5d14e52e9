"""Formulas in the text of an answer: drawn, measured, selected and copied as their source."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QTextCharFormat
from pytestqt.qtbot import QtBot

from phidesk.core.paths import package_resources
from phidesk.richtext.blocks import Block
from phidesk.richtext.formula.parser import FormulaTooDeep, parse_formula
from phidesk.richtext.markdown import parse
from phidesk.ui.chat.block_documents import BlockDocuments
from phidesk.ui.chat.formula_objects import FONT_FILE, OBJECT_CHARACTER, FormulaObjects
from phidesk.ui.chat.transcript_layout import BlockBox
from phidesk.ui.formula.layout import FormulaLayout
from phidesk.ui.formula.math_font import MathFont
from tests.richtext.formula.formula_collection import SOURCE_ONLY, read_formulas
from tests.ui.chat.transcript_samples import make_style, make_view, model

INLINE = r"If \(x=2\) then $y=\frac{1}{x}$."
DISPLAY = r"$$x=\frac{-b\pm\sqrt{b^2-4ac}}{2a}$$"


@pytest.fixture
def documents(qapp: object) -> BlockDocuments:
    return BlockDocuments(make_style())


def block_of(source: str) -> Block:
    (block,) = parse(source)
    return block


def test_a_formula_is_one_character_of_its_document(documents: BlockDocuments) -> None:
    document = documents.document(BlockBox(block_of(INLINE), 0, 0), 600)

    assert document.toPlainText() == f"If {OBJECT_CHARACTER} then {OBJECT_CHARACTER}."


def test_a_display_formula_is_higher_than_a_line(documents: BlockDocuments) -> None:
    formula = documents.document(BlockBox(block_of(DISPLAY), 0, 0), 600)
    line = documents.document(BlockBox(block_of("x"), 0, 0), 600)

    assert formula.size().height() > 1.3 * line.size().height()


@pytest.mark.parametrize("signs", [("$$", "$$"), ("\\(", "\\)")])
def test_a_formula_that_is_too_wide_has_several_lines(documents: BlockDocuments, signs: tuple[str, str]) -> None:
    opening, closing = signs
    wide = block_of(opening + "+".join(["x_{100}"] * 60) + closing)

    heights = [documents.document(BlockBox(wide, 0, 0), width).size().height() for width in (20_000, 600, 300)]

    assert heights[0] * 4 < heights[1] < heights[2]


def test_a_matrix_that_is_too_wide_becomes_smaller(documents: BlockDocuments) -> None:
    wide = block_of("$$\\begin{matrix}" + "&".join(["x_{100}"] * 60) + "\\end{matrix}$$")

    document = documents.document(BlockBox(wide, 0, 0), 300)

    assert document.size().width() <= 301


@pytest.mark.parametrize("source", ["$" + "{" * 100 + "$", "costs $5 and $10"])
def test_what_is_no_formula_stays_as_it_was_written(documents: BlockDocuments, source: str) -> None:
    document = documents.document(BlockBox(block_of(source), 0, 0), 600)

    assert document.toPlainText() == source


def test_tall_formulas_in_lines_below_each_other_do_not_touch(documents: BlockDocuments) -> None:
    formula = r"$\begin{pmatrix} 1 \\ 2 \end{pmatrix}$"
    lines = [documents.document(BlockBox(block_of(text), 0, 0), 600) for text in (formula, f"{formula}  \n{formula}")]
    image = QImage(600, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))

    painter = QPainter(image)
    lines[1].drawContents(painter)
    painter.end()

    dark = [any(image.pixelColor(x, y).lightness() < 160 for x in range(60)) for y in range(300)]
    first, last = dark.index(True), 299 - dark[::-1].index(True)
    assert dark[first:last].count(False) >= 3
    assert lines[1].size().height() > 1.8 * lines[0].size().height()


def test_formulas_and_words_in_the_cells_of_a_row_are_level(documents: BlockDocuments) -> None:
    table = documents.document(BlockBox(block_of("| a | b |\n|---|---|\n| word | $x$ |\n| $f(x)$ | word |"), 0, 0), 600)
    lines = []  # Base lines, from the upper ends of their cells.
    block = table.begin()
    while block.isValid():
        line = block.layout().lineAt(0)
        if block.text():
            lines.append(block.layout().position().y() + line.y() + line.ascent())
        block = block.next()

    assert lines[2:] == pytest.approx([lines[2]] * 4, abs=1)


def test_places_in_text_and_document_belong_to_each_other(documents: BlockDocuments) -> None:
    block = block_of(INLINE)
    in_document = documents.document(BlockBox(block, 0, 0), 600).toPlainText()
    after = block.text.index(" then")

    assert documents.document_offset(block, after) == in_document.index(" then")
    assert documents.text_offset(block, in_document.index(" then")) == after
    assert documents.document_offset(block, len(block.text)) == len(in_document)
    for offset in range(len(in_document) + 1):
        assert documents.document_offset(block, documents.text_offset(block, offset)) == offset


def test_a_message_with_formulas_is_copied_as_it_was_written(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", f"{INLINE}\n\n{DISPLAY}")])

    view.select_message("m")

    assert view.selected_text() == f"{block_of(INLINE).text}\n\n{block_of(DISPLAY).text}"


def test_a_formula_is_drawn_in_the_colour_of_the_text(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.set_style(make_style(text="#b00000"))
    view.show_messages([model("m", DISPLAY)])

    image = view.viewport().grab().toImage()
    row = view.message_rect(0)
    colors = {
        QColor(image.pixel(QPoint(x, y))).name()
        for x in range(row.left(), row.right())
        for y in range(row.top(), row.bottom())
        if image.rect().contains(x, y)
    }

    assert "#b00000" in colors
    assert "#000000" not in colors


def test_a_formula_that_arrives_piece_by_piece_ends_up_drawn(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "")])
    for character in f"So {DISPLAY} holds.":
        view.append_text("m", character)

    view.finish_message("m")

    qtbot.waitUntil(lambda: view.streaming_idle)
    assert view.plain_text() == f"So {DISPLAY} holds."


def test_a_formula_is_laid_out_once_whether_it_can_be_drawn_or_is(qapp: object) -> None:
    formulas, text_format = FormulaObjects(), QTextCharFormat()
    text_format.setFont(make_style(size=21).font)
    formulas.char_format("$x$", text_format, is_in_column=True)
    before = formulas.laid_out

    for source in ("$x^2$", "$y$", "$x^2$"):
        assert formulas.can_draw(source)
        formulas.char_format(source, text_format, is_in_column=True)

    assert formulas.laid_out - before == 2


def test_what_is_copied_has_markup_for_other_programs(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", f"**Bold** {INLINE}\n\n| a | b |\n|---|---|\n| 1 | 2 |")])

    view.select_message("m")
    view.copy_selection()

    copied = QGuiApplication.clipboard().mimeData()
    assert "<strong>Bold</strong>" in copied.html()
    assert "<mfrac>" in copied.html()
    assert "<td" in copied.html()
    assert copied.text().endswith("a\tb\n1\t2")


def test_every_formula_of_the_collection_is_drawn_or_shows_its_source(qapp: object) -> None:
    formulas = FormulaObjects()
    groups = read_formulas()
    only_source = groups.pop(SOURCE_ONLY)

    not_drawn = [
        source for sources in groups.values() for source in sources if not formulas.can_draw(f"\\[{source}\\]")
    ]
    drawn = [source for source in only_source if formulas.can_draw(f"\\[{source}\\]")]

    assert (not_drawn, drawn) == ([], [])


def test_words_in_any_script_are_drawn_without_empty_boxes(qapp: object) -> None:
    font = MathFont(package_resources() / "fonts" / FONT_FILE)
    missing = font.glyph("\uffff")

    for sources in read_formulas().values():
        for source in sources:
            try:
                box = FormulaLayout(font).lay_out(parse_formula(source), 15, is_display=True)
            except FormulaTooDeep:
                continue
            assert missing not in {glyph.glyph for glyph in box.glyphs}, source


@pytest.mark.parametrize(
    "source",
    [
        r"so $\frac{a}{b}$ is",
        r"$$\frac{a}{b}$$",
        "| a | b |\n|---|---|\n| x | $\\frac{a}{b}$ |",
        r"نص $\frac{a}{b}$",
        "| نص | ب |\n|---|---|\n| x | $\\frac{a}{b}$ |",
    ],
)
def test_a_word_within_a_formula_marks_the_formula(documents: BlockDocuments, source: str) -> None:
    block = block_of(source)
    document = documents.document(BlockBox(block, 0, 0), 600)
    start = block.text.index("frac")

    ((first, behind),) = documents.document_ranges(block, start, start + len("frac"))

    assert [document.characterAt(place) for place in range(first, behind)] == ["\ufffc"]
