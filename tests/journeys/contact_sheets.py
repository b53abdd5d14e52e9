r"""Pictures of formulas and of kinds of blocks, to be looked at: `python -m tests.journeys.contact_sheets FOLDER`.

Everything goes the whole way from markdown. The formulas of the collection stand in numbered cells above their source;
the kinds of blocks in a real transcript: light, dark, from right to left, and at 200 %.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAbstractTextDocumentLayout, QColor, QFont, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication

from phidesk.richtext.markdown import parse
from phidesk.ui.application import make_application
from phidesk.ui.chat.block_documents import BlockDocuments
from phidesk.ui.chat.themed_transcript import transcript_style
from phidesk.ui.chat.transcript_layout import BlockBox
from phidesk.ui.chat.transcript_message import Card, CardState, Inset, Speaker, Thinking, TranscriptMessage
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.theme.theme import Theme
from tests.richtext.formula.formula_collection import read_formulas
from tests.ui.chat.transcript_samples import message_controls

COLUMNS = 3
CELL_WIDTH, CELL_MARGIN = 420, 10
ROWS_PER_SHEET = 22
BLOCKS = Path(__file__).parents[1] / "data" / "blocks.md"
BLOCKS_SIZE = QSize(860, 2400)


def main(folder: Path) -> None:
    """Make all pictures; those of the light theme hold every formula, the others one sheet each."""
    folder.mkdir(parents=True, exist_ok=True)
    application = make_application(sys.argv[:1])
    for mode, scale in (("light", 1), ("dark", 1), ("light", 2)):
        theme = Theme(application, mode, 15)
        for number, sheet in enumerate(_formula_sheets(theme, scale), start=1):
            sheet.save(str(folder / f"formulas-{mode}-{scale * 100}-{number:02}.png"))
    for mode, text_px, scale, is_right_to_left in (
        ("light", 15, 1, False),
        ("dark", 15, 1, False),
        ("light", 15, 1, True),
        ("light", 22, 1, False),
        ("light", 15, 2, False),
    ):
        name = f"blocks-{mode}-{text_px}-{scale * 100}" + ("-rtl" if is_right_to_left else "")
        theme = Theme(application, mode, text_px)
        _block_sheet(theme, scale, is_right_to_left=is_right_to_left).save(str(folder / f"{name}.png"))


def _formula_sheets(theme: Theme, scale: int) -> Iterator[QImage]:
    """Yield pictures of all formulas, in the order of the collection."""
    style = transcript_style(theme)
    documents = BlockDocuments(style)
    cells = [
        _formula_cell(documents, f"{group} {number}", source, scale)
        for group, sources in read_formulas().items()
        for number, source in enumerate(sources, start=1)
    ]
    rows = [cells[start : start + COLUMNS] for start in range(0, len(cells), COLUMNS)]
    for start in range(0, len(rows), ROWS_PER_SHEET):
        yield _sheet(rows[start : start + ROWS_PER_SHEET], theme.color("window"), scale)


def _formula_cell(documents: BlockDocuments, name: str, source: str, scale: int) -> QImage:
    r"""Draw a formula in a line of its own, the same within a line, and its source. A source's \\ stays one line."""
    style = documents.style
    width = CELL_WIDTH - 2 * CELL_MARGIN
    blocks = [block for text in (f"\\[{source}\\]", f"Then \\({source}\\) too.") for block in parse(text)]
    drawn = [documents.document(BlockBox(block, 0, 0), width) for block in blocks]
    height = sum(int(document.size().height()) + 4 for document in drawn)
    image = _blank(QSize(CELL_WIDTH, height + 40), QColor(0, 0, 0, 0), scale)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(CELL_MARGIN, 4)
    context = QAbstractTextDocumentLayout.PaintContext()
    context.palette.setColor(QPalette.ColorRole.Text, style.text)
    for document in drawn:
        document.documentLayout().draw(painter, context)
        painter.translate(0, int(document.size().height()) + 4)
    font = QFont(style.code_font)
    font.setPixelSize(10)
    painter.setFont(font)
    painter.setPen(style.muted)
    flags = int(Qt.TextFlag.TextWrapAnywhere | Qt.AlignmentFlag.AlignTop)
    painter.drawText(QRect(0, 0, width, 28), flags, f"{name}: {source}")
    painter.end()
    return image


def _sheet(rows: list[list[QImage]], background: QColor, scale: int) -> QImage:
    heights = [max(cell.height() for cell in row) // scale for row in rows]
    sheet = _blank(QSize(COLUMNS * CELL_WIDTH, sum(heights)), background, scale)
    painter = QPainter(sheet)
    y = 0
    for row, height in zip(rows, heights, strict=True):
        for column, cell in enumerate(row):
            painter.drawImage(QPoint(column * CELL_WIDTH, y), cell)
        y += height
    painter.end()
    return sheet


def _block_sheet(theme: Theme, scale: int, *, is_right_to_left: bool) -> QImage:
    view = TranscriptView()
    if is_right_to_left:
        view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    view.setPalette(QApplication.palette())
    view.set_style(transcript_style(theme))
    view.resize(BLOCKS_SIZE)
    question = TranscriptMessage(
        "question", Speaker.PERSON, "Show me everything that an answer may consist of, please."
    )
    answer = TranscriptMessage("answer", Speaker.MODEL, BLOCKS.read_text(encoding="utf-8"), "Stopped by you.")
    view.show_messages([question, answer, *_messages_with_insets()])
    view.show()
    for message in (3, 4):
        view.controls.activate(message_controls(view, message)[0])
    for _ in range(3):  # Heights are estimates until they were looked at.
        view.resize(BLOCKS_SIZE.width(), view.content.height + 40)
    image = _blank(view.size(), theme.color("window"), scale)
    view.render(image)
    view.close()
    return image


def _messages_with_insets() -> list[TranscriptMessage]:
    """Return thinking parts and cards: at rest and running, then one of each to be opened."""
    thinking = Thinking("The person asks for 15 % of 240.\n\n1. $0.15 \\times 240 = 36$\n2. Check: `36 / 240`", 12_000)
    card = Card("call", "Calculator", "0.15 × 240 → 36", '{"expression": "0.15 * 240"}\n36', icon="activity")
    others = (
        replace(card, state=CardState.RUNNING, summary="0.15 × 240", details=""),
        replace(card, state=CardState.FAILED, summary="A summary so long that it cannot stand beside its title " * 3),
        Card("citation", "Rental contract, page 3", "Notice of three months", icon="file-text"),
    )
    text = "15 % of 240 is **36**."
    return [
        TranscriptMessage(
            *("insets", Speaker.MODEL, text),
            insets=(
                *(Inset(0, content) for content in (replace(thinking, is_running=True), thinking, card)),
                *(Inset(len(text), content) for content in others),
            ),
        ),
        TranscriptMessage("open-thinking", Speaker.MODEL, text, insets=(Inset(0, thinking),)),
        TranscriptMessage("open-card", Speaker.MODEL, text, insets=(Inset(0, card),)),
    ]


def _blank(size: QSize, color: QColor, scale: int) -> QImage:
    image = QImage(size * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(color)
    return image


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(Path(sys.argv[1]))
