"""The panel beside a conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.answers import Gauge
from phidesk.core.conversation import ConversationSettings
from phidesk.core.model_info import ModelInfo
from phidesk.engine.protocol import OLLAMA
from phidesk.ui.chat.details_panel import WIDTH_PX, DetailsPanel
from phidesk.ui.chat.instructions_editor import SAVE_DELAY_MS
from phidesk.ui.theme.theme import LARGEST_TEXT_PX, SMALLEST_TEXT_PX, Theme
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.gauge_bar import GaugeBar

Part = TypeVar("Part", bound=QWidget)
GIGABYTE = 1_000_000_000
GAUGE = Gauge(3412, 8192, 3_900_000_000, 3_900_000_000)
MODEL = ModelInfo(
    "phi4-mini:latest",
    OLLAMA,
    quantisation="Q4_K_M",
    trained_window_tokens=131072,
    licence="MIT License\n\nCopyright (c) Microsoft Corporation.",
)


@pytest.fixture
def panel(theme: Theme, english: None, qtbot: QtBot) -> Iterator[DetailsPanel]:
    """A panel beside a page, shown."""
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(800, 840)
    panel = DetailsPanel(theme, page)
    panel.resize(panel.sizeHint().width(), 840)
    page.show()
    page.activateWindow()
    panel.show()
    yield panel
    page.close()


@pytest.fixture
def editor(panel: DetailsPanel) -> QPlainTextEdit:
    """The field of the instructions."""
    return part(panel, QPlainTextEdit, "instructionsEditor")


def part(panel: DetailsPanel, kind: type[Part], name: str) -> Part:
    """Find a part of the panel."""
    found = panel.findChild(kind, name)
    assert found is not None
    return found


def value(panel: DetailsPanel, name: str) -> str:
    """What a row says."""
    return part(panel, FactRow, name).value


def test_it_is_hidden_at_first(theme: Theme, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    panel = DetailsPanel(theme, page)

    page.show()

    assert panel.isHidden()
    assert panel.sizeHint().width() == WIDTH_PX


def test_instructions_are_told_a_moment_after_typing(panel: DetailsPanel, editor: QPlainTextEdit, qtbot: QtBot) -> None:
    told = QSignalSpy(panel.instructions.editor.instructions_changed)

    QTest.keyClicks(editor, "Be brief.")
    assert told.count() == 0
    qtbot.waitUntil(lambda: told.count() > 0, timeout=10 * SAVE_DELAY_MS)

    assert told.count() == 1
    assert told.at(0) == ["Be brief."]


def test_leaving_the_field_tells_at_once(panel: DetailsPanel, editor: QPlainTextEdit, qtbot: QtBot) -> None:
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    QTest.keyClicks(editor, "Be brief.")

    with qtbot.waitSignal(panel.instructions.editor.instructions_changed, timeout=SAVE_DELAY_MS - 100) as told:
        part(panel, QAbstractButton, "closePanel").setFocus()

    assert told.args == ["Be brief."]


def test_hiding_the_panel_and_flushing_tell_at_once_and_only_once(panel: DetailsPanel, editor: QPlainTextEdit) -> None:
    told = QSignalSpy(panel.instructions.editor.instructions_changed)
    QTest.keyClicks(editor, "Be")
    panel.hide()
    assert told.at(0) == ["Be"]

    QTest.keyClicks(editor, " brief")
    panel.flush()
    panel.flush()

    assert told.count() == 2
    assert told.at(1) == ["Be brief"]


def test_filling_emits_nothing(panel: DetailsPanel, editor: QPlainTextEdit) -> None:
    told = QSignalSpy(panel.instructions.editor.instructions_changed)

    panel.show_settings(ConversationSettings(instructions="Be brief."))
    panel.show_settings(ConversationSettings())
    panel.show_gauge(GAUGE)
    panel.show_model(MODEL)
    panel.flush()

    assert told.count() == 0
    assert editor.toPlainText() == ""


def test_what_comes_back_from_storage_does_not_disturb_who_types_on(
    panel: DetailsPanel, editor: QPlainTextEdit
) -> None:
    QTest.keyClicks(editor, "Be")
    panel.flush()
    QTest.keyClicks(editor, " brief")

    panel.show_settings(ConversationSettings(instructions="Be"))

    assert editor.toPlainText() == "Be brief"
    told = QSignalSpy(panel.instructions.editor.instructions_changed)
    panel.flush()
    assert told.at(0) == ["Be brief"]


def test_the_cursor_stays_when_the_same_text_is_shown_again(panel: DetailsPanel, editor: QPlainTextEdit) -> None:
    QTest.keyClicks(editor, "Be brief")
    panel.flush()
    position = editor.textCursor().position()

    panel.show_settings(ConversationSettings(instructions="Be brief"))

    assert editor.textCursor().position() == position


def test_instructions_of_another_conversation_replace_all(panel: DetailsPanel, editor: QPlainTextEdit) -> None:
    QTest.keyClicks(editor, "Be brief")
    panel.flush()

    panel.show_settings(ConversationSettings(instructions="Be thorough"))

    assert editor.toPlainText() == "Be thorough"
    assert not editor.document().isUndoAvailable()


def test_a_text_taken_back_is_not_told(panel: DetailsPanel, editor: QPlainTextEdit) -> None:
    told = QSignalSpy(panel.instructions.editor.instructions_changed)

    QTest.keyClick(editor, Qt.Key.Key_A)
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    panel.flush()

    assert told.count() == 0


def test_the_field_grows_with_its_text(panel: DetailsPanel, editor: QPlainTextEdit) -> None:
    before = editor.height()

    panel.show_settings(ConversationSettings(instructions="line\n" * 8))
    grown = editor.height()
    panel.show_settings(ConversationSettings(instructions="line\n" * 80))

    assert before < grown < editor.height() < 400


def test_tokens_are_shown_as_bar_and_figures(panel: DetailsPanel) -> None:
    panel.show_gauge(GAUGE)

    assert value(panel, "usedTokens") == "3,412 of 8,192 tokens"
    assert value(panel, "tokensLeft") == "4,780 tokens"
    bar = part(panel, GaugeBar, "memoryBar")
    assert bar.share == pytest.approx(3412 / 8192)
    assert bar.accessibleName() == "Memory of the conversation"


@pytest.mark.parametrize(
    ("gpu_bytes", "total_bytes", "graphics", "computer", "place"),
    [
        (4 * GIGABYTE, 4 * GIGABYTE, "4.0 GB", "0 MB", "Graphics card"),
        (GIGABYTE, 4 * GIGABYTE, "1.0 GB", "3.0 GB", "25 % on the graphics card"),
        (0, 4 * GIGABYTE, "0 MB", "4.0 GB", "Processor only"),
        (None, 4 * GIGABYTE, "unknown", "unknown", "unknown"),
        (4 * GIGABYTE, None, "4.0 GB", "unknown", "unknown"),
        (None, None, "unknown", "unknown", "unknown"),
    ],
)
def test_it_says_where_the_model_runs_or_that_nobody_knows(
    panel: DetailsPanel, gpu_bytes: int | None, total_bytes: int | None, graphics: str, computer: str, place: str
) -> None:
    panel.show_gauge(Gauge(100, 8192, gpu_bytes, total_bytes))

    assert value(panel, "graphicsMemory") == graphics
    assert value(panel, "computerMemory") == computer
    assert value(panel, "runsOn") == place


def test_memory_that_is_not_split_is_told_together(panel: DetailsPanel) -> None:
    together = part(panel, FactRow, "memoryTogether")

    panel.show_gauge(Gauge(100, 8192, None, 3 * GIGABYTE))
    assert together.isVisible()
    assert together.value == "3.0 GB"
    panel.show_gauge(GAUGE)

    assert together.isHidden()


def test_rough_counts_are_called_so(panel: DetailsPanel) -> None:
    panel.show_gauge(replace(GAUGE, is_estimated=True))

    assert value(panel, "usedTokens") == "about 3,412 of 8,192 tokens"
    assert value(panel, "tokensLeft") == "about 4,780 tokens"


def test_without_a_window_only_the_tokens_are_told(panel: DetailsPanel) -> None:
    panel.show_gauge(Gauge(3412))

    assert value(panel, "usedTokens") == "3,412 tokens"
    assert value(panel, "tokensLeft") == "unknown"


def test_before_the_first_answer_all_is_unknown(panel: DetailsPanel) -> None:
    panel.show_gauge(GAUGE)
    panel.show_gauge(None)

    names = ("usedTokens", "tokensLeft", "graphicsMemory", "computerMemory", "runsOn")
    assert {value(panel, name) for name in names} == {"unknown"}
    assert part(panel, GaugeBar, "memoryBar").share is None
    assert part(panel, QLabel, "memoryNote").isVisible()


@pytest.mark.parametrize(
    ("gauge", "words"),
    [
        (
            replace(GAUGE, window_tokens=4096, asked_window_tokens=8192),
            "The engine gave 4,096 tokens where 8,192 were asked for.",
        ),
        (
            replace(GAUGE, window_tokens=None, changed_window_tokens=2048),
            "The model was loaded anew with 2,048 tokens, by another program or for another conversation.",
        ),
        (
            replace(GAUGE, replaced_window_tokens=2048),
            "The model was loaded anew for this answer: another program or conversation had changed it to 2,048 tokens.",
        ),
    ],
)
def test_another_window_than_asked_for_is_said_in_a_sentence(panel: DetailsPanel, gauge: Gauge, words: str) -> None:
    panel.show_gauge(gauge)

    note = part(panel, QLabel, "memoryNote")
    assert note.isVisible()
    assert note.text() == words


def test_figures_of_an_earlier_answer_say_so(panel: DetailsPanel) -> None:
    note = part(panel, QLabel, "memoryNote")

    panel.show_gauge(GAUGE, is_last_known=True)
    assert note.isVisible()
    assert "earlier" in note.text()
    panel.show_gauge(GAUGE)

    assert note.isHidden()


def test_the_model_is_described(panel: DetailsPanel) -> None:
    panel.show_model(MODEL)

    names = ("modelName", "modelEngine", "modelPrecision", "modelWindow", "modelLicence")
    expected = ["Phi-4-mini", "Ollama", "Q4_K_M", "131,072 tokens", "MIT License"]
    assert [value(panel, name) for name in names] == expected
    assert part(panel, FactRow, "modelName").toolTip() == "phi4-mini:latest"


def test_what_the_engine_did_not_say_is_unknown_or_left_out(panel: DetailsPanel) -> None:
    panel.show_model(ModelInfo("m", "http://server:8000"))

    assert value(panel, "modelEngine") == "server:8000"
    assert value(panel, "modelPrecision") == "unknown"
    assert value(panel, "modelWindow") == "unknown"
    assert part(panel, FactRow, "modelLicence").isHidden()


def test_no_model_is_said(panel: DetailsPanel) -> None:
    panel.show_model(MODEL)
    panel.show_model(None)

    assert part(panel, QLabel, "noModel").isVisible()
    assert part(panel, FactRow, "modelName").isHidden()


def test_screen_readers_hear_values_with_their_names(panel: DetailsPanel, editor: QPlainTextEdit) -> None:
    panel.show_gauge(GAUGE)

    label = part(panel, FactRow, "graphicsMemory").findChild(QLabel, "factValue")
    assert label is not None
    assert label.accessibleName() == "Graphics memory: 3.9 GB"
    interface = QAccessible.queryAccessibleInterface(editor)
    assert interface.text(QAccessible.Text.Name) == "Instructions"


def test_the_cross_asks_to_close(panel: DetailsPanel, qtbot: QtBot) -> None:
    cross = part(panel, QAbstractButton, "closePanel")

    with qtbot.waitSignal(panel.close_requested):
        QTest.keyClick(cross, Qt.Key.Key_Space)

    assert cross.accessibleName() == "Close"
    assert cross.toolTip() == "Close (Ctrl+I)"


def test_tab_follows_the_eye_and_leaves_the_field(panel: DetailsPanel, editor: QPlainTextEdit, qtbot: QtBot) -> None:
    cross = part(panel, QAbstractButton, "closePanel")
    cross.setFocus()

    QTest.keyClick(cross, Qt.Key.Key_Tab)
    qtbot.waitUntil(part(panel, QAbstractButton, "promptChooser").hasFocus)
    QTest.keyClick(part(panel, QAbstractButton, "promptChooser"), Qt.Key.Key_Tab)
    qtbot.waitUntil(editor.hasFocus)
    QTest.keyClick(editor, Qt.Key.Key_Tab)

    qtbot.waitUntil(lambda: not editor.hasFocus())
    assert editor.toPlainText() == ""


def test_keys_scroll_where_it_is_too_low(panel: DetailsPanel, qtbot: QtBot) -> None:
    scroller = part(panel, QScrollArea, "detailsScroller")
    panel.show_model(MODEL)
    qtbot.waitUntil(lambda: scroller.focusPolicy() is Qt.FocusPolicy.NoFocus)

    panel.resize(panel.width(), 300)
    qtbot.waitUntil(lambda: scroller.focusPolicy() is Qt.FocusPolicy.TabFocus)
    scroller.setFocus()
    QTest.keyClick(scroller, Qt.Key.Key_Down)

    assert scroller.verticalScrollBar().value() > 0


@pytest.mark.parametrize("text_size_px", [SMALLEST_TEXT_PX, LARGEST_TEXT_PX])
@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_no_text_is_cut(
    panel: DetailsPanel, theme: Theme, qtbot: QtBot, text_size_px: int, direction: Qt.LayoutDirection
) -> None:
    panel.setLayoutDirection(direction)
    theme.set_text_size_px(text_size_px)
    panel.show_model(MODEL)
    panel.show_gauge(Gauge(1_234_567, 1_312_768, 2 * GIGABYTE, 4 * GIGABYTE), is_last_known=True)
    panel.resize(panel.sizeHint().width(), 720)
    labels = [label for label in panel.findChildren(QLabel) if label.isVisible()]

    def is_whole(label: QLabel) -> bool:
        room = label.contentsRect()
        flags = int(Qt.TextFlag.TextWordWrap) if label.wordWrap() else 0
        needed = label.fontMetrics().boundingRect(QRect(0, 0, room.width(), 10_000), flags, label.text())
        edge = label.mapTo(panel, QPoint(0, 0)).x()
        is_inside = edge >= 0 and edge + label.width() <= panel.width()
        return is_inside and needed.height() <= room.height() and needed.width() <= room.width() + 1

    qtbot.waitUntil(lambda: all(is_whole(label) for label in labels))
