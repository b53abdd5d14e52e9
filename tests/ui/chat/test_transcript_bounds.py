"""How much is done in one frame does not grow with what is shown: counted, not timed. `dev.py bench` tells the times."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from phidesk.richtext.markdown import MOST_COLUMNS
from phidesk.richtext.streaming import LONGEST_LIVE_BYTES, StreamingParser
from phidesk.ui.chat.transcript_stream import PORTION_CHARACTERS
from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import make_view, model

ROW = "| some words | 12 | **more** | other words |\n"
LISTS = "".join("  " * depth + "- a\n" for depth in range(300))
GIANTS = {
    "a paragraph": "A sentence of some **words** here, and another `one`. " * 1_600,
    "a paragraph without letters": "1, 2, (3) + 4 = " * 5_000,
    "a listing": "```py\n" + "".join(f"value_{number} = compute({number})\n" for number in range(2_000)) + "```",
    "a table": "| a | b | c | d |\n|---|---|---|---|\n" + ROW * 500,
    "a wide table": "|a" * 3_000 + "|\n" + "|-" * 3_000 + "|\n" + "|x" * 3_000 + "|\n",
    "one line after another block": "Before.\n\n" + "x" * 80_000,
    "one line of code": "```\n" + "y" * 80_000,
    "one line in a list": "- " + "word " * 15_000,
    "a quote": "> Some words of a quote that does not end.\n" * 1_500,
    "brackets": "[" * 60_000,
    "quotes in quotes": ">" * 1_000 + " x",
    "lists in lists": LISTS,
    "control characters": "".join(map(chr, range(160))) * 300,
    "bidi overrides": "\u202e\u2066\u202d" * 8_000 + "text\u2069" * 4_000,
}

MOST_PARSED_BYTES = 2 * (LONGEST_LIVE_BYTES + 4 * PORTION_CHARACTERS)
"""In one frame: what is live, and once more where it is cut; a character has at most four bytes."""
MOST_LAID_OUT = 40_000
"""Characters in one frame: the last blocks, and what a screen and its surroundings hold."""


@pytest.fixture
def view(qtbot: QtBot) -> TranscriptView:
    return make_view(qtbot)


@pytest.mark.parametrize("name", GIANTS)
def test_a_portion_costs_the_same_however_long_the_text_is(name: str) -> None:
    text = GIANTS[name]
    parser = StreamingParser()
    costs = []
    for start in range(0, len(text), PORTION_CHARACTERS):
        before = parser.parsed_bytes
        parser.append(text[start : start + PORTION_CHARACTERS])
        costs.append(parser.parsed_bytes - before)

    assert max(costs) <= MOST_PARSED_BYTES


@pytest.mark.parametrize("name", GIANTS)
def test_a_frame_lays_out_only_what_is_near(view: TranscriptView, qtbot: QtBot, name: str) -> None:
    text = GIANTS[name]
    view.show_messages([model("m", "")])
    costs = []
    for start in range(0, len(text), PORTION_CHARACTERS):
        before = view.content.documents.laid_out_characters
        view.append_text("m", text[start : start + PORTION_CHARACTERS])
        qtbot.waitUntil(lambda: view.streaming_idle)
        costs.append(view.content.documents.laid_out_characters - before)
    before = view.content.documents.laid_out_characters
    view.finish_message("m")
    qtbot.waitUntil(lambda: view.streaming_idle)
    costs.append(view.content.documents.laid_out_characters - before)

    assert max(costs) <= MOST_LAID_OUT
    assert view.message_text("m") == text


@pytest.mark.parametrize("name", GIANTS)
def test_opening_lays_out_only_what_is_near(view: TranscriptView, name: str) -> None:
    view.show_messages([model("m", GIANTS[name])])
    opened = view.content.documents.laid_out_characters
    view.verticalScrollBar().setValue(0)
    jumped = view.content.documents.laid_out_characters - opened
    view.viewport().repaint()

    assert opened <= MOST_LAID_OUT
    assert jumped <= MOST_LAID_OUT
    assert view.materialised_documents <= 300


def test_the_end_of_a_giant_is_healed_in_several_frames(view: TranscriptView, qtbot: QtBot) -> None:
    text = GIANTS["a paragraph"] + "\n\nSee [it].\n\n[it]: https://x.example\n"
    view.show_messages([model("m", "")])
    view.append_text("m", text)
    qtbot.waitUntil(lambda: view.streaming_idle, timeout=20_000)

    view.finish_message("m", "Done")
    is_still_healing = not view.streaming_idle
    qtbot.waitUntil(lambda: view.streaming_idle)

    assert is_still_healing
    assert view.content.messages[0].note == "Done"
    assert view.content.layout(0).boxes[-1].block.spans[1].link == "https://x.example"


def test_a_table_that_nobody_can_read_is_shown_as_it_was_written(view: TranscriptView) -> None:
    wide = "|a" * (MOST_COLUMNS + 1) + "|\n" + "|-" * (MOST_COLUMNS + 1) + "|\n"

    view.show_messages([model("m", wide)])

    assert view.plain_text() == wide.rstrip()
