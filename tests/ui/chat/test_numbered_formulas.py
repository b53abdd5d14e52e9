"""Numbered formulas in a conversation: their numbers at the margin, and what refers to them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from phidesk.ui.chat.formula_objects import OBJECT_CHARACTER
from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import make_view, model

NUMBERED = r"\[ E = mc^2 \tag{2} \label{eq:energy} \]"
TEXT = f"By \\eqref{{eq:energy}} we know:\n\n{NUMBERED}"


def inked_columns(view: TranscriptView, message: int) -> set[int]:
    """Return the x of all columns of pixels of a message that are not white."""
    image: QImage = view.viewport().grab().toImage()
    row = view.message_rect(message).intersected(image.rect())
    return {
        x
        for x in range(row.left(), row.right())
        for y in range(row.top(), row.bottom())
        if image.pixelColor(x, y).lightness() < 128
    }


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_a_number_stays_at_the_margin_however_wide_the_window_is(qtbot: QtBot, direction: Qt.LayoutDirection) -> None:
    view = make_view(qtbot)
    view.setLayoutDirection(direction)
    view.show_messages([model("long", "i" * 1_000), model("m", NUMBERED)])

    for width in (640, 330, 560):
        view.resize(width, 700)
        lines, formula = inked_columns(view, 0), inked_columns(view, 1)
        gaps = [x for x in sorted(formula) if x + 1 not in formula and x + 40 < max(formula) and x + 20 not in formula]

        assert abs(max(formula) - max(lines)) < 12
        assert gaps
        assert min(formula) > min(lines) + 30


def test_numbers_and_references_are_copied_as_they_were_written(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", TEXT)])

    view.select_message("m")

    assert view.selected_text() == TEXT


def test_a_reference_that_was_written_before_its_formula_is_drawn_in_the_end(qtbot: QtBot) -> None:
    view = make_view(qtbot)
    view.show_messages([model("m", "")])
    for piece in (TEXT[:5], TEXT[5:12], TEXT[12:40], *TEXT[40:]):
        view.append_text("m", piece)

    view.finish_message("m")

    qtbot.waitUntil(lambda: view.streaming_idle)
    reference, numbered = (view.content.documents.document(box, 500) for box in view.content.layout(0).boxes)
    assert reference.toPlainText() == f"By {OBJECT_CHARACTER} we know:"
    assert numbered.toPlainText() == OBJECT_CHARACTER
    assert view.plain_text() == TEXT
