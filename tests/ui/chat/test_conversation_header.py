"""The line above a conversation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.model_info import ModelInfo
from phidesk.engine.protocol import BUILTIN, OLLAMA
from phidesk.ui.chat.conversation_header import ConversationHeader, ModelWish
from phidesk.ui.theme.theme import LARGEST_TEXT_PX, SMALLEST_TEXT_PX, Theme

PHI = ModelInfo("phi4-mini:latest", OLLAMA, size_bytes=2_490_000_000)
PRACTICE = ModelInfo("SmolLM2-135M-Instruct.Q4_1", BUILTIN)
EMBEDDER = ModelInfo("nomic-embed-text:latest", OLLAMA, capabilities=frozenset({"embedding"}))
LONG_TITLE = "Donaudampfschifffahrtsgesellschaftskapitänsmütze " * 3


@pytest.fixture
def header(theme: Theme, english: None, qtbot: QtBot) -> Iterator[ConversationHeader]:
    """A header above a page of usual width."""
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(688, 300)
    header = ConversationHeader(theme, page)
    header.resize(688, header.height())
    header.set_models([PHI, EMBEDDER, PRACTICE])
    page.show()
    page.activateWindow()
    yield header
    page.close()


def button(header: ConversationHeader, name: str) -> QToolButton:
    """Find a button."""
    found = header.findChild(QToolButton, name)
    assert found is not None
    return found


def title(header: ConversationHeader) -> QLabel:
    """The title."""
    found = header.findChild(QLabel, "conversationTitle")
    assert found is not None
    return found


def choices(header: ConversationHeader) -> list[QAction]:
    """What the menu offers."""
    return [action for action in button(header, "modelButton").menu().actions() if not action.isSeparator()]


def checked(header: ConversationHeader) -> list[str]:
    """What is marked in the menu."""
    return [action.text() for action in choices(header) if action.isChecked()]


def test_a_conversation_without_title_is_new(header: ConversationHeader) -> None:
    assert title(header).text() == "New conversation"

    header.set_title("Taxes")

    assert title(header).text() == "Taxes"


def test_a_long_title_is_cut_and_stands_whole_in_the_tip(header: ConversationHeader) -> None:
    header.set_title(LONG_TITLE)
    assert title(header).accessibleDescription() == LONG_TITLE
    assert LONG_TITLE.strip() in title(header).toolTip()
    assert title(header).width() < header.width()

    header.set_title("Taxes")

    assert title(header).toolTip() == ""


def test_the_menu_offers_our_choice_and_models_that_can_chat(header: ConversationHeader) -> None:
    assert [action.text() for action in choices(header)] == [
        "Chosen by PhiDesk",
        "Phi-4-mini · Ollama\t2.5 GB",
        "SmolLM2 135M (practice model) · Built-in engine",
    ]
    assert choices(header)[1].toolTip() == "phi4-mini:latest"


def test_models_with_one_friendly_name_are_told_apart(header: ConversationHeader) -> None:
    header.set_models([ModelInfo("phi4-mini:q4_K_M", OLLAMA), ModelInfo("phi4-mini:q8_0", OLLAMA)])

    assert [action.text() for action in choices(header)][1:] == ["phi4-mini:q4_K_M · Ollama", "phi4-mini:q8_0 · Ollama"]


def test_a_server_has_the_name_that_the_person_gave_it(header: ConversationHeader) -> None:
    named, unnamed = ModelInfo("small", "http://10.0.0.7:8000"), ModelInfo("small", "http://10.0.0.8:8000")
    header.set_models([named, unnamed])
    header.set_answering(named.engine, named.name)

    header.set_server_names({named.engine: "Study & cellar"})

    assert [choice.text() for choice in choices(header)[1:]] == ["Small · Study && cellar", "Small · 10.0.0.8:8000"]
    assert button(header, "modelButton").accessibleName() == "Model: Small · Study & cellar, chosen by PhiDesk"


@pytest.mark.parametrize(
    ("number", "wish"),
    [(0, ModelWish()), (1, ModelWish(OLLAMA, "phi4-mini:latest")), (2, ModelWish(BUILTIN, PRACTICE.name))],
)
def test_a_choice_is_a_wish_and_marks_nothing_by_itself(
    header: ConversationHeader, qtbot: QtBot, number: int, wish: ModelWish
) -> None:
    with qtbot.waitSignal(header.model_requested) as asked:
        choices(header)[number].trigger()

    assert asked.args == [wish]
    assert checked(header) == ["Chosen by PhiDesk"]


def test_the_mark_follows_what_holds(header: ConversationHeader) -> None:
    header.set_wish(ModelWish(OLLAMA, PHI.name))
    assert checked(header) == ["Phi-4-mini · Ollama\t2.5 GB"]

    header.set_models([PHI])
    assert checked(header) == ["Phi-4-mini · Ollama\t2.5 GB"]
    header.set_models([PRACTICE])

    assert checked(header) == []


def test_it_says_who_answers_and_who_chose(header: ConversationHeader) -> None:
    model = button(header, "modelButton")
    assert model.text() == model.accessibleName() == "Choose a model"

    header.set_answering(OLLAMA, PHI.name)
    assert model.text() == "Phi-4-mini · Ollama"
    assert model.accessibleName() == "Model: Phi-4-mini · Ollama, chosen by PhiDesk"
    header.set_wish(ModelWish(OLLAMA, PHI.name))

    assert model.accessibleName() == model.toolTip() == "Model: Phi-4-mini · Ollama"


def test_while_nobody_answers_it_says_who_should(header: ConversationHeader) -> None:
    header.set_wish(ModelWish(OLLAMA, PHI.name))
    header.set_answering("", "")

    assert button(header, "modelButton").text() == "Phi-4-mini · Ollama"


def test_filling_emits_nothing(header: ConversationHeader) -> None:
    signals = (header.model_requested, header.panel_requested, header.sidebar_requested)
    spies = [QSignalSpy(signal) for signal in signals]

    header.set_models([PRACTICE])
    header.set_wish(ModelWish(BUILTIN, PRACTICE.name))
    header.set_answering(BUILTIN, PRACTICE.name)
    header.set_panel_shown(True)
    header.set_sidebar_shown(False)

    assert [spy.count() for spy in spies] == [0, 0, 0]


def test_an_unchanged_list_leaves_an_open_menu_alone(header: ConversationHeader) -> None:
    before = choices(header)

    header.set_models([PHI, EMBEDDER, PRACTICE])

    assert choices(header) == before


def test_the_way_to_the_sidebar_is_there_only_while_it_is_hidden(header: ConversationHeader, qtbot: QtBot) -> None:
    way = button(header, "showSidebar")
    assert way.isHidden()

    header.set_sidebar_shown(False)
    with qtbot.waitSignal(header.sidebar_requested):
        QTest.mouseClick(way, Qt.MouseButton.LeftButton)

    assert way.toolTip() == "Show the sidebar (Ctrl+\\)"


def test_the_panel_is_asked_for_and_its_state_is_shown(header: ConversationHeader, qtbot: QtBot) -> None:
    panel = button(header, "panelButton")

    with qtbot.waitSignal(header.panel_requested):
        QTest.keyClick(panel, Qt.Key.Key_Space)
    header.set_panel_shown(True)

    assert panel.isChecked()
    assert QAccessible.queryAccessibleInterface(panel).state().checked
    assert panel.toolTip() == "About this conversation (Ctrl+I)"


def test_tab_follows_the_eye(header: ConversationHeader, qtbot: QtBot) -> None:
    header.set_sidebar_shown(False)
    button(header, "showSidebar").setFocus()

    for name in ("modelButton", "panelButton"):
        QTest.keyClick(header, Qt.Key.Key_Tab)
        qtbot.waitUntil(button(header, name).hasFocus)


def test_the_model_button_has_a_menu_for_screen_readers(header: ConversationHeader) -> None:
    interface = QAccessible.queryAccessibleInterface(button(header, "modelButton"))

    assert interface.role() is QAccessible.Role.ButtonMenu
    assert interface.state().hasPopup


@pytest.mark.parametrize("text_size_px", [SMALLEST_TEXT_PX, LARGEST_TEXT_PX])
def test_text_of_every_size_fits(header: ConversationHeader, theme: Theme, text_size_px: int) -> None:
    theme.set_text_size_px(text_size_px)
    header.set_answering(OLLAMA, PHI.name)
    header.set_title(LONG_TITLE)
    header.resize(420, header.height())

    model = button(header, "modelButton")
    assert title(header).fontMetrics().height() <= title(header).height()
    assert model.fontMetrics().height() <= model.height()
    assert button(header, "panelButton").geometry().right() < 420


def test_right_to_left_mirrors_the_order(header: ConversationHeader, qtbot: QtBot) -> None:
    header.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    qtbot.waitUntil(lambda: button(header, "panelButton").x() < button(header, "modelButton").x() < title(header).x())
