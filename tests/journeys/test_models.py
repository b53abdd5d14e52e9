"""Without a model to an answer, in the real window: the card, the page Models, the download, the question asked again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.engine.protocol import BUILTIN, OLLAMA
from phidesk.ui.models.installed_card import InstalledCard
from phidesk.ui.models.models_page import ModelsPage
from phidesk.ui.models.offer_card import OfferCard
from phidesk.ui.sidebar.pages import MODELS_PAGE
from phidesk.ui.widgets.notice_card import NoticeCard
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini
from tests.fakes.ollama_pulls import OfferedModel, layer
from tests.journeys.program import Program, open_program

ANSWER = "Forty-two."


def cards(program: Program) -> list[InstalledCard]:
    return [card for card in program.window.findChildren(InstalledCard) if not card.isHidden()]


def press_card(program: Program, label: str) -> None:
    """Press the button of the card below the conversation, once it has these words."""
    card = program.page.findChild(NoticeCard)
    assert card is not None
    button = card.findChild(QPushButton, "noticeAction")
    assert button is not None
    program.wait(lambda: card.isVisibleTo(program.page) and button.text() == label)
    button.click()


def test_without_a_model_one_is_fetched_and_the_question_is_asked_again(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    with OllamaDaemon([]) as daemon, open_program(qtbot, qapp, tmp_path, ollama=daemon.url) as program:
        daemon.say(ANSWER)
        daemon.library.offers["phi4-mini:latest"] = OfferedModel((layer(2_000_000),), phi4_mini(), 10e6)
        program.page.set_model(OLLAMA, None)
        program.send("What is six times seven?")

        press_card(program, "Get a model")
        assert program.window.page_name == MODELS_PAGE
        program.wait(lambda: bool(program.window.findChildren(OfferCard)))
        offer = next(card for card in program.window.findChildren(OfferCard) if card.name == "phi4-mini")
        program.wait(lambda: program.child(InstalledCard).model.info.engine == BUILTIN)
        offer_button = offer.findChild(QPushButton, "download")
        assert offer_button is not None
        offer_button.click()
        program.wait(lambda: "Phi-4-mini" in [card.title for card in cards(program)])
        program.window.show_conversation()
        press_card(program, "Ask now")
        program.wait_for_end()

        assert program.shown_answer.startswith(ANSWER)


def test_talking_with_a_model_of_the_page_is_what_the_conversation_then_wants(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    with open_program(qtbot, qapp, tmp_path) as program:
        program.child(QPushButton, "modelsPageButton").click()
        program.wait(lambda: bool(cards(program)))

        program.child(QPushButton, "talk").click()

        assert program.window.page_name == ""
        settings = program.page.settings
        assert (settings.engine, settings.model) == (BUILTIN, PRACTICE_MODEL_FILE.removesuffix(".gguf"))


def test_another_folder_holds_from_the_next_start_on(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    chosen = tmp_path / "large disk"
    chosen.mkdir()
    with open_program(qtbot, qapp, tmp_path / "home") as program:
        program.window.show_page(MODELS_PAGE)
        program.child(ModelsPage).folder_chosen.emit(chosen)
        program.wait(lambda: program.profile.state.get("models_folder").result() == str(chosen))

    with open_program(qtbot, qapp, tmp_path / "home") as program:
        assert program.services.models_folder == chosen
