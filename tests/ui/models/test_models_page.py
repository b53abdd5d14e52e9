"""The page Models by itself: what it shows of values, and what it tells of a person's wishes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.downloads import Download, DownloadPhase
from phidesk.core.errors import DownloadBroken
from phidesk.core.memory_fit import Room, Rooms
from phidesk.core.model_info import ModelInfo
from phidesk.engine.protocol import BUILTIN, OLLAMA
from phidesk.ui.messages import notice_for_error
from phidesk.ui.models.installed_card import InstalledCard
from phidesk.ui.models.models_page import ModelsPage
from phidesk.ui.models.offer_card import OfferCard
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.notice_card import NoticeCard
from phidesk.ui.widgets.progress_line import ProgressLine
from phidesk.ui.widgets.state_line import StateLine, StateTone
from tests.ui.models.samples import DISK, GB, PHI, PRACTICE, ROOMS, installed, overview

pytestmark = pytest.mark.usefixtures("english")
Kind = TypeVar("Kind", bound=QWidget)
RUNNING = Download("phi4-mini", OLLAMA, DownloadPhase.RUNNING, 950_000_000, 2_491_876_774, 14e6, 110)


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> ModelsPage:
    page = ModelsPage(theme)
    qtbot.addWidget(page)
    page.resize(900, 700)
    with qtbot.waitExposed(page):
        page.show()
    return page


def child(parent: QWidget, kind: type[Kind], name: str = "") -> Kind:
    found = parent.findChild(kind, name) if name else parent.findChild(kind)
    assert isinstance(found, kind)
    return found


def offer(page: ModelsPage, name: str) -> OfferCard:
    return next(card for card in page.findChildren(OfferCard) if card.name == name)


def words(parent: QWidget, name: str) -> str:
    return child(parent, QLabel, name).text()


def fit(card: OfferCard) -> tuple[str, StateTone]:
    line = child(card, StateLine, "offerFit")
    return child(line, QLabel, "stateWords").text(), line.tone


def test_an_installed_model_says_what_it_is(page: ModelsPage) -> None:
    page.show_overview(overview(installed(loaded_bytes=4 * GB)))

    card = child(page, InstalledCard)
    assert card.title == "Phi-4-mini"
    assert words(card, "modelSummary") == "2.5 GB · 3.8B · Q4_K_M · Ollama"
    assert child(card, QLabel, "stateWords").text() == "Ready in memory: 4.0 GB graphics memory"


def test_details_unfold_and_stay_so_when_the_page_looks_anew(page: ModelsPage) -> None:
    page.show_overview(overview(installed()))
    card = child(page, InstalledCard)

    child(card, QToolButton, "modelDetails").click()
    page.show_overview(overview(installed(loaded_bytes=4 * GB)))

    assert child(page, InstalledCard) is card
    values = {
        name: child(card, FactRow, name).value for name in ("factName", "factWindow", "factAbilities", "factLicence")
    }
    assert values == {
        "factName": "phi4-mini:latest",
        "factWindow": "131,072 tokens",
        "factAbilities": "conversations, tools",
        "factLicence": "MIT",
    }
    assert child(card, FactRow, "factName").isVisible()


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (replace(PHI, is_phi4_mini=True), "in its own format, which PhiDesk writes and reads"),
        (PHI, "in the way of its engine"),
        (replace(PRACTICE, capabilities=frozenset({"completion"})), "not by itself"),
    ],
)
def test_details_say_in_which_way_a_model_uses_tools(page: ModelsPage, model: ModelInfo, text: str) -> None:
    page.show_overview(overview(installed(model)))

    assert child(page, FactRow, "factTools").value == text


@pytest.mark.parametrize(
    ("model", "folder", "text"),
    [
        (PRACTICE, Path("/data/models"), str(Path("/data/models"))),
        (PRACTICE, None, "unknown"),
        (PHI, None, "Folder of Ollama"),
        (replace(PHI, engine="http://192.168.1.5:8000"), None, "At the server"),
    ],
)
def test_details_say_where_a_model_lies(page: ModelsPage, model: ModelInfo, folder: Path | None, text: str) -> None:
    page.show_overview(overview(replace(installed(model), folder=folder)))

    assert child(page, FactRow, "factPlace").value == text


def test_a_model_that_is_gone_disappears(page: ModelsPage) -> None:
    page.show_overview(overview(installed(PHI), installed(PRACTICE)))

    page.show_overview(overview(installed(PRACTICE)))

    assert [card.title for card in page.findChildren(InstalledCard) if card.isVisible()] == [
        "SmolLM2 135M (practice model)"
    ]


def test_deleting_asks_in_place_and_keeping_is_what_the_keyboard_is_at(page: ModelsPage, qtbot: QtBot) -> None:
    page.show_overview(overview(installed()))
    card = child(page, InstalledCard)
    child(card, QToolButton, "modelDetails").click()

    child(card, QPushButton, "delete").click()

    assert words(card, "deleteQuestion") == "Delete Phi-4-mini? 2.5 GB become free."
    assert child(card, QPushButton, "keep").hasFocus()
    with qtbot.waitSignal(page.delete_requested) as asked:
        child(card, QPushButton, "deleteNow").click()
    assert asked.args == [PHI]


def test_keeping_deletes_nothing(page: ModelsPage, qtbot: QtBot) -> None:
    page.show_overview(overview(installed()))
    card = child(page, InstalledCard)
    child(card, QToolButton, "modelDetails").click()
    child(card, QPushButton, "delete").click()

    with qtbot.assertNotEmitted(page.delete_requested):
        child(card, QPushButton, "keep").click()

    assert not child(card, QLabel, "deleteQuestion").isVisible()
    assert child(card, QPushButton, "delete").hasFocus()


def test_what_came_with_the_program_cannot_be_deleted(page: ModelsPage) -> None:
    page.show_overview(overview(installed(PRACTICE, can_delete=False)))
    card = child(page, InstalledCard)

    child(card, QToolButton, "modelDetails").click()

    assert not child(card, QPushButton, "delete").isVisible()


@pytest.mark.parametrize("name", ["talk", "unload"])
def test_wishes_about_a_model_are_told(page: ModelsPage, qtbot: QtBot, name: str) -> None:
    page.show_overview(overview(installed(loaded_bytes=4 * GB)))
    signal = {"talk": page.talk_requested, "unload": page.unload_requested}[name]

    with qtbot.waitSignal(signal) as asked:
        child(page, QPushButton, name).click()

    assert asked.args == [PHI]


def test_a_model_that_cannot_talk_offers_no_talk(page: ModelsPage) -> None:
    embedder = replace(PHI, name="nomic-embed-text", capabilities=frozenset({"embedding"}))

    page.show_overview(overview(installed(embedder)))

    assert not child(page, QPushButton, "talk").isVisible()


def test_without_any_model_phi4_mini_is_the_beginning(page: ModelsPage) -> None:
    page.show_overview(overview())

    assert words(page, "noModels") == "There is no model yet. Phi-4-mini is a good beginning."
    buttons = [child(card, QPushButton, "download") for card in page.findChildren(OfferCard)]
    assert [button.property("kind") for button in buttons][:2] == ["primary", ""]


@pytest.mark.parametrize(
    ("rooms", "expected"),
    [
        (Rooms(Room(16 * GB, 9 * GB), DISK, Room(8 * GB, 7 * GB)), ("Fits on the graphics card", StateTone.READY)),
        (Rooms(Room(16 * GB, 9 * GB), DISK), ("Fits into the computer's memory", StateTone.READY)),
        (
            Rooms(Room(16 * GB, 9 * GB), DISK, Room(2 * GB, 2 * GB)),
            ("Fits, partly on the graphics card: slower", StateTone.READY),
        ),
        (Rooms(Room(8 * GB, 2 * GB), DISK), ("Tight: close other programs first", StateTone.PROBLEM)),
        (Rooms(Room(2 * GB, 1 * GB), DISK), ("Too large for this computer", StateTone.PROBLEM)),
        (Rooms(Room(16 * GB, 9 * GB), Room(9 * GB, 1 * GB)), ("The disk has too little room", StateTone.PROBLEM)),
        (
            Rooms(Room(16 * GB, 9 * GB), Room(9 * GB, 3 * GB)),
            ("Tight: the disk will be nearly full", StateTone.PROBLEM),
        ),
        (
            Rooms(Room(16 * GB, 9 * GB)),
            ("Fits into the computer's memory · room on the disk not known", StateTone.NEUTRAL),
        ),
        (
            Rooms(Room(2 * GB, 1 * GB)),
            ("Too large for this computer · room on the disk not known", StateTone.PROBLEM),
        ),
        (Rooms(), ("Whether it fits is not known", StateTone.NEUTRAL)),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_an_offer_says_before_the_first_byte_whether_it_fits(
    page: ModelsPage, rooms: Rooms, expected: tuple[str, StateTone]
) -> None:
    page.show_overview(overview(rooms=rooms))

    assert fit(offer(page, "phi4-mini")) == expected


def test_an_offer_says_what_is_fetched_and_what_it_needs(page: ModelsPage) -> None:
    page.show_overview(overview())

    assert words(offer(page, "phi4-mini"), "offerNeeds") == (
        "2.5 GB to download, needs about 4.2 GB of graphics memory."
    )


def test_models_of_one_family_have_titles_that_differ(page: ModelsPage) -> None:
    page.show_overview(overview())

    titles = [card.title for card in page.findChildren(OfferCard)]
    assert titles[:4] == ["Phi-4-mini", "Phi-4-mini, more exact", "Phi-4-mini, full precision", "Phi-4-mini reasoning"]
    assert len(set(titles)) == len(titles)


def test_a_download_shows_one_total_its_speed_and_the_time_left(page: ModelsPage) -> None:
    page.show_overview(overview())

    page.show_download(RUNNING)

    card = offer(page, "phi4-mini")
    assert words(card, "downloadText") == "0.95 of 2.49 GB · 14 MB/s · about 2 minutes left"
    assert child(card, ProgressLine).share == pytest.approx(0.381, abs=0.001)
    assert not child(card, QPushButton, "download").isVisible()
    assert child(card, QPushButton, "pauseDownload").isVisible()


@pytest.mark.parametrize(
    ("download", "text"),
    [
        (replace(RUNNING, phase=DownloadPhase.WAITING), "Waiting to begin…"),
        (replace(RUNNING, phase=DownloadPhase.CHECKING), "Checking that every byte is right…"),
        (replace(RUNNING, phase=DownloadPhase.PAUSED), "0.95 of 2.49 GB · paused"),
        (
            replace(RUNNING, phase=DownloadPhase.STALLED),
            "0.95 of 2.49 GB · nothing has come for a while, still trying",
        ),
        (replace(RUNNING, total_bytes=None, bytes_per_s=None, remaining_s=None), "0.9 GB"),
        (
            replace(RUNNING, bytes_per_s=350_000.0, remaining_s=40.0),
            "0.95 of 2.49 GB · 350 kB/s · less than a minute left",
        ),
        (replace(RUNNING, bytes_per_s=2.5e6, remaining_s=9000.0), "0.95 of 2.49 GB · 2.5 MB/s · about 2 hours left"),
    ],
    ids=lambda value: value.phase if isinstance(value, Download) else "",
)
def test_each_phase_of_a_download_has_its_words(page: ModelsPage, download: Download, text: str) -> None:
    page.show_overview(overview())

    page.show_download(download)

    assert words(offer(page, "phi4-mini"), "downloadText") == text


def test_the_keyboard_stays_at_the_button_that_takes_the_place_of_pause(page: ModelsPage) -> None:
    page.show_overview(overview())
    page.show_download(RUNNING)
    card = offer(page, "phi4-mini")
    child(card, QPushButton, "pauseDownload").setFocus()

    page.show_download(replace(RUNNING, phase=DownloadPhase.PAUSED))

    assert child(card, QPushButton, "resumeDownload").hasFocus()


@pytest.mark.parametrize(
    ("phase", "error", "button"),
    [
        (DownloadPhase.CHECKING, None, "pauseDownload"),
        (DownloadPhase.FAILED, DownloadBroken(engine=OLLAMA, model="phi4-mini"), "noticeAction"),
        (DownloadPhase.FAILED, None, "resumeDownload"),
        (DownloadPhase.CANCELLED, None, "download"),
    ],
)
def test_the_keyboard_never_comes_to_cancel_or_to_another_model_by_itself(
    page: ModelsPage, phase: DownloadPhase, error: DownloadBroken | None, button: str
) -> None:
    page.show_overview(overview())
    page.show_download(RUNNING)
    card = offer(page, "phi4-mini")
    child(card, QPushButton, "cancelDownload" if phase is DownloadPhase.CANCELLED else "pauseDownload").setFocus()

    page.show_download(replace(RUNNING, phase=phase, error=error))

    assert child(card, QPushButton, button).hasFocus()


def test_the_keyboard_goes_on_with_a_download_that_failed(page: ModelsPage) -> None:
    page.show_overview(overview())
    card = offer(page, "phi4-mini")
    page.show_download(replace(RUNNING, phase=DownloadPhase.FAILED, error=DownloadBroken(engine=OLLAMA, model="x")))
    child(card, QPushButton, "noticeAction").setFocus()

    page.show_download(RUNNING)

    assert child(card, QPushButton, "pauseDownload").hasFocus()


def test_the_keyboard_goes_to_the_model_that_has_come(page: ModelsPage) -> None:
    page.show_overview(overview(installed(PRACTICE)))
    page.show_download(RUNNING)
    child(offer(page, "phi4-mini"), QPushButton, "pauseDownload").setFocus()

    page.show_download(replace(RUNNING, phase=DownloadPhase.DONE))
    page.show_overview(overview(installed(PRACTICE), installed(PHI)))

    assert page.window().focusWidget().accessibleName() == "Talk with Phi-4-mini"


def test_the_keyboard_stays_with_a_model_that_left_memory(page: ModelsPage) -> None:
    page.show_overview(overview(installed(loaded_bytes=4 * GB)))
    child(page, QPushButton, "unload").setFocus()

    page.show_overview(overview(installed()))

    assert child(page, QPushButton, "talk").hasFocus()


def test_the_keyboard_goes_to_another_model_when_one_is_deleted(page: ModelsPage) -> None:
    page.show_overview(overview(installed(PHI), installed(PRACTICE)))
    card = next(card for card in page.findChildren(InstalledCard) if card.title == "Phi-4-mini")
    child(card, QToolButton, "modelDetails").click()
    child(card, QPushButton, "delete").click()
    child(card, QPushButton, "deleteNow").setFocus()
    child(card, QPushButton, "deleteNow").click()

    page.show_overview(overview(installed(PRACTICE)))

    assert page.window().focusWidget().accessibleName() == "Talk with SmolLM2 135M (practice model)"


@pytest.mark.parametrize("name", ["fromFile", "toStick"])
def test_the_keyboard_can_stop_what_is_copied_and_goes_on_afterwards(page: ModelsPage, name: str) -> None:
    page.show_overview(overview(installed()))
    child(page, QToolButton, "modelDetails").click()
    button = child(page, QPushButton, name)
    button.setFocus()

    page.begin_transfer("Copying")
    can_stop = child(page, QPushButton, "cancelTransfer").hasFocus()
    is_enabled_meanwhile = button.isEnabled()
    page.end_transfer()

    assert can_stop
    assert not is_enabled_meanwhile
    assert button.isEnabled()
    assert child(page, QPushButton, "fromFile").hasFocus()


def test_a_disk_that_a_download_has_filled_is_not_called_too_small_for_it(page: ModelsPage) -> None:
    page.show_overview(overview(rooms=replace(ROOMS, disk=Room(500 * GB, 1 * GB))))

    page.show_download(RUNNING)

    assert not child(offer(page, "phi4-mini"), StateLine, "offerFit").isVisible()
    assert child(offer(page, "qwen2.5:1.5b"), StateLine, "offerFit").isVisible()


def test_a_failed_download_is_a_card_that_lets_it_go_on(page: ModelsPage, qtbot: QtBot) -> None:
    page.show_overview(overview())
    failed = replace(RUNNING, phase=DownloadPhase.FAILED, error=DownloadBroken(engine=OLLAMA, model="phi4-mini"))

    page.show_download(failed)

    card = child(offer(page, "phi4-mini"), NoticeCard)
    assert card.isVisible()
    with qtbot.waitSignal(page.resume_requested) as asked:
        child(card, QPushButton, "noticeAction").click()
    assert asked.args == [failed]


def test_a_download_that_is_no_offer_is_shown_too(page: ModelsPage) -> None:
    page.show_overview(overview())

    page.show_download(replace(RUNNING, name="llama3.2:3b"))

    card = offer(page, "llama3.2:3b")
    assert card.title == "Llama3.2 3B"
    assert child(card, ProgressLine).isVisible()


def test_a_card_stays_at_its_place_when_its_download_begins(page: ModelsPage) -> None:
    page.show_overview(overview())
    before = [card.name for card in sorted(page.findChildren(OfferCard), key=lambda card: card.y())]

    page.show_download(replace(RUNNING, name="qwen2.5:1.5b"))

    page.widget().layout().activate()  # type: ignore[union-attr]
    assert [card.name for card in sorted(page.findChildren(OfferCard), key=lambda card: card.y())] == before


def test_text_stands_where_reading_begins(page: ModelsPage) -> None:
    page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    page.show_overview(overview(installed()))
    page.show_notice(notice_for_error("NotAModelStick", {"path": "stick"}))

    labels = [label for label in page.findChildren(QLabel) if label.wordWrap() and label.isVisible()]
    on_the_left = [label.text() for label in labels if not label.alignment() & Qt.AlignmentFlag.AlignRight]
    assert len(labels) > 10
    assert on_the_left == []


def test_a_download_that_is_done_gives_the_place_back(page: ModelsPage) -> None:
    page.show_overview(overview())
    page.show_download(RUNNING)

    page.show_download(replace(RUNNING, phase=DownloadPhase.DONE))
    assert not child(offer(page, "phi4-mini"), QPushButton, "download").isVisible()
    page.show_overview(overview())

    assert child(offer(page, "phi4-mini"), QPushButton, "download").isVisible()


def test_while_a_file_is_copied_no_other_one_can_begin(page: ModelsPage, qtbot: QtBot) -> None:
    page.show_overview(overview())

    page.begin_transfer("Taking in phi.gguf")
    page.show_transfer(1 * GB, 2 * GB)

    assert words(page, "transferText") == "50 % copied and checked"
    assert not child(page, QPushButton, "fromFile").isEnabled()
    with qtbot.waitSignal(page.transfer_cancel_requested):
        child(page, QPushButton, "cancelTransfer").click()
    page.end_transfer()
    assert child(page, QPushButton, "fromFile").isEnabled()


@pytest.mark.parametrize("is_missing", [True, False])
def test_one_line_says_what_ollama_would_bring_where_it_is_not_installed(page: ModelsPage, is_missing: bool) -> None:
    page.show_overview(replace(overview(destination=BUILTIN), is_ollama_missing=is_missing))

    assert child(page, QLabel, "ollamaAdvice").isVisible() is is_missing
    assert words(page, "ollamaAdvice").startswith("Ollama is not installed. It can use a graphics card")


def test_the_folder_and_its_room_are_shown(page: ModelsPage) -> None:
    page.show_overview(overview())

    assert child(page, FactRow, "modelsRoom").value == "120.0 GB of 500.0 GB"


def test_everything_is_reached_by_the_keyboard_in_the_order_of_the_eye(page: ModelsPage) -> None:
    page.show_overview(overview(installed(loaded_bytes=4 * GB)))
    first = child(page, QToolButton, "modelDetails")
    first.setFocus()
    seen = [first.objectName()]

    for _ in range(5):
        focused = page.window().focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        now = page.window().focusWidget()
        assert now is not None
        seen.append(now.objectName())

    assert seen == ["modelDetails", "talk", "unload", "fromFile", "fromStick", "download"]


def test_every_button_has_a_name_for_screen_readers(page: ModelsPage) -> None:
    page.show_overview(overview(installed(loaded_bytes=4 * GB)))
    page.show_download(RUNNING)

    nameless = [
        button.objectName()
        for kind in (QPushButton, QToolButton)
        for button in page.findChildren(kind)
        if button.isVisible() and not (button.text() or button.accessibleName())
    ]

    assert nameless == []


@pytest.mark.parametrize("text_size_px", [12, 28])
def test_it_fits_into_a_narrow_window_with_any_text(page: ModelsPage, theme: Theme, text_size_px: int) -> None:
    theme.set_text_size_px(text_size_px)

    page.resize(420, 700)
    page.show_overview(overview(installed(loaded_bytes=4 * GB)))
    page.show_download(RUNNING)

    content = page.widget()
    assert content is not None
    assert content.minimumSizeHint().width() <= page.viewport().width()


def test_it_scrolls_no_further_than_what_it_shows(page: ModelsPage, qtbot: QtBot) -> None:
    page.show_overview(overview(installed(loaded_bytes=4 * GB)))
    content, folder = page.widget(), child(page, QWidget, "folderCard")
    assert content is not None

    qtbot.waitUntil(lambda: content.height() > page.height())

    end = folder.mapTo(content, folder.rect().bottomLeft()).y()
    assert 0 < content.height() - end < 40
