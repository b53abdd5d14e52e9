"""The page joined with real model files, a real built-in engine and downloads: wishes become work, facts are seen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.chat.engine_choice import EngineDirectory
from phidesk.chat.models_overview import look_at_models
from phidesk.core.downloads import Download, DownloadPhase
from phidesk.core.errors import EngineMissing
from phidesk.core.hub import Hub
from phidesk.core.model_info import ModelInfo
from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.core.tasks import Cancellation, StartLoop, TaskRunner
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.catalogue import load_catalogue
from phidesk.engine.model_files import ModelFiles
from phidesk.engine.model_stick import ModelSticks
from phidesk.engine.network import Gate
from phidesk.engine.ollama.store import OllamaStore
from phidesk.engine.protocol import BUILTIN, Engine
from phidesk.engine.stick_folder import models_on_stick
from phidesk.ui.main_thread import MainThread
from phidesk.ui.models.installed_card import InstalledCard
from phidesk.ui.models.model_work import ModelWork, Progress
from phidesk.ui.models.models_page import ModelsPage
from phidesk.ui.models.models_wiring import ModelsWiring
from phidesk.ui.models.offer_card import OfferCard
from phidesk.ui.models.stick_note import stick_note
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.notice_card import NoticeCard
from tests.ui.models.samples import ScriptedDownloads

pytestmark = pytest.mark.usefixtures("english")
PRACTICE = PRACTICE_MODEL_FILE.removesuffix(".gguf")
PATIENCE_MS = 20_000


@dataclass
class Bench:
    """The page, everything behind it, and the folder that it works on."""

    qtbot: QtBot
    page: ModelsPage
    wiring: ModelsWiring
    engine: BuiltinEngine
    downloads: ScriptedDownloads
    folder: Path
    chosen: list[Path] = field(default_factory=list)
    kept: list[int | None] = field(default_factory=list)
    freed: list[bool] = field(default_factory=list)

    def waits(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def waits_for_titles(self, *titles: str) -> None:
        self.waits(lambda: [card.title for card in self.cards] == list(titles))

    def waits_for_phase(self, card: OfferCard, phase: DownloadPhase) -> None:
        row = card.download_row
        self.waits(lambda: row.download is not None and row.download.phase is phase)

    def can_be_unloaded(self) -> bool:
        buttons = [card.findChild(QPushButton, "unload") for card in self.cards]
        return any(button is not None and not button.isHidden() for button in buttons)

    @property
    def cards(self) -> list[InstalledCard]:
        return [card for card in self.page.findChildren(InstalledCard) if not card.isHidden()]

    def offer(self, name: str) -> OfferCard:
        return next(card for card in self.page.findChildren(OfferCard) if card.name == name)

    def press(self, parent: QWidget, name: str) -> None:
        button = parent.findChild(QPushButton, name) or parent.findChild(QToolButton, name)
        assert isinstance(button, (QPushButton, QToolButton))
        assert not button.isHidden()
        button.click()

    def told(self) -> str:
        line = self.page.findChild(QWidget, "modelsTold")
        assert line is not None
        label = line.findChild(QLabel, "stateWords")
        assert label is not None
        return label.text() if not line.isHidden() else ""

    def notice(self) -> str:
        """The sentence of the page's own card; empty while there is none."""
        cards = [card for card in self.page.findChildren(NoticeCard) if not isinstance(card.parent(), InstalledCard)]
        shown = [card.notice.sentence for card in cards if card.notice is not None and not card.isHidden()]
        return shown[0] if shown else ""

    def notice_label(self) -> str:
        """The words of the button of the page's own card."""
        card = next(card for card in self.page.findChildren(NoticeCard) if not card.isHidden())
        button = card.findChild(QPushButton, "noticeAction")
        assert button is not None
        return button.text()


@pytest.fixture
def bench(
    qtbot: QtBot,
    qapp: QApplication,
    theme: Theme,
    tmp_path: Path,
    practice_folder: Path,
    gate: Gate,
    start_loop: StartLoop,
) -> Iterator[Bench]:
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(practice_folder / PRACTICE_MODEL_FILE, folder)
    main_thread = MainThread()
    pool = ThreadPoolExecutor(2, thread_name_prefix="work")
    hub = Hub(main_thread.post)
    engine = BuiltinEngine([folder], gate, start_loop)
    directory = EngineDirectory(lambda: [engine], _no_server)
    files = ModelFiles(folder, OllamaStore([]))
    downloads = ScriptedDownloads(hub)
    page = ModelsPage(theme)
    qtbot.addWidget(page)
    chosen: list[Path] = []
    kept: list[int | None] = []
    freed: list[bool] = []
    work = ModelWork(
        look=lambda cancel: look_at_models(
            directory, load_catalogue(), files, folder=folder, ollama_folder=None, cancel=cancel
        ),
        downloads=lambda: downloads,
        unload=engine.unload,
        delete=lambda model: files.delete(engine, model),
        add_file=lambda path, cancel, progress: files.add(path, cancel, progress).stem,
        import_models=partial(_import, ModelSticks(folder, OllamaStore([])), engine),
        export_model=partial(_export, ModelSticks(folder, OllamaStore([])), engine),
        choose_folder=chosen.append,
        keep_ready_s=lambda: 1800,
        set_keep_ready_s=kept.append,
        frees_on_close=lambda: True,
        set_frees_on_close=freed.append,
    )
    wiring = ModelsWiring(page, work, tasks=TaskRunner(pool, main_thread.post), hub=hub)
    page.show()
    yield Bench(qtbot, page, wiring, engine, downloads, folder, chosen, kept, freed)
    wiring.close()
    pool.shutdown()
    main_thread.close()
    engine.close()


def test_the_page_shows_what_is_here_when_it_comes_to_be_seen(bench: Bench) -> None:
    bench.waits_for_titles("SmolLM2 135M (practice model)")

    assert next(card.name for card in bench.page.findChildren(OfferCard)) == "phi4-mini"


def test_a_deleted_model_is_gone_from_page_and_disk_and_says_what_that_freed(bench: Bench) -> None:
    bench.waits_for_titles("SmolLM2 135M (practice model)")
    card = bench.cards[0]

    bench.press(card, "modelDetails")
    bench.press(card, "delete")
    bench.press(card, "deleteNow")

    bench.waits(lambda: bench.cards == [])
    assert list(bench.folder.iterdir()) == []
    assert bench.told() == "SmolLM2 135M (practice model) is deleted. 98 MB are free again."


def test_a_model_that_is_gone_meanwhile_is_said_to_be_so(bench: Bench) -> None:
    bench.waits_for_titles("SmolLM2 135M (practice model)")
    card = bench.cards[0]
    (bench.folder / PRACTICE_MODEL_FILE).unlink()

    bench.press(card, "modelDetails")
    bench.press(card, "delete")
    bench.press(card, "deleteNow")

    bench.waits(lambda: bool(bench.notice()))


def test_memory_is_freed_at_once(bench: Bench) -> None:
    bench.engine.load(ModelInfo(PRACTICE, BUILTIN), 512)
    bench.wiring.look()
    bench.waits(bench.can_be_unloaded)

    bench.press(bench.cards[0], "unload")

    bench.waits(lambda: not bench.can_be_unloaded())
    assert bench.engine.loaded() == []


def test_a_file_is_taken_in_and_appears(bench: Bench, scripted_folder: Path) -> None:
    bench.waits_for_titles("SmolLM2 135M (practice model)")

    bench.page.file_chosen.emit(scripted_folder / "scripted.gguf")

    bench.waits(lambda: bench.told() == "Scripted is here now.")
    bench.waits(lambda: {card.title for card in bench.cards} == {"SmolLM2 135M (practice model)", "Scripted"})
    assert (bench.folder / "scripted.gguf").is_file()


def test_a_file_that_is_no_model_is_refused_in_words(bench: Bench, tmp_path: Path) -> None:
    letter = tmp_path / "letter.gguf"
    letter.write_text("Dear Anna")

    bench.page.file_chosen.emit(letter)

    bench.waits(lambda: bool(bench.notice()))
    assert bench.notice_label() == "Choose another file"
    assert not (bench.folder / "letter.gguf").exists()
    transfer = bench.page.findChild(QWidget, "transferCard")
    assert transfer is not None
    assert transfer.isHidden()


def test_a_damaged_file_is_called_as_the_person_calls_it(bench: Bench, scripted_folder: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "my model.gguf"
    damaged.write_bytes((scripted_folder / "scripted.gguf").read_bytes()[:2000])

    bench.page.file_chosen.emit(damaged)

    bench.waits(lambda: bool(bench.notice()))
    assert bench.notice() == "The file my model.gguf is damaged or not complete."
    assert bench.notice_label() == "Choose another file"


def test_a_download_goes_to_the_engine_that_is_there_and_can_be_paused_resumed_and_given_up(bench: Bench) -> None:
    bench.waits_for_titles("SmolLM2 135M (practice model)")
    card = bench.offer("phi4-mini")

    bench.press(card, "download")
    bench.waits_for_phase(card, DownloadPhase.RUNNING)
    assert card.download_row.download is not None
    assert card.download_row.download.engine == BUILTIN
    bench.press(card, "pauseDownload")
    bench.waits_for_phase(card, DownloadPhase.PAUSED)
    bench.press(card, "resumeDownload")
    bench.waits_for_phase(card, DownloadPhase.RUNNING)
    bench.press(card, "cancelDownload")

    bench.waits(card.download_row.isHidden)


def test_a_download_that_is_done_is_announced(bench: Bench) -> None:
    bench.waits_for_titles("SmolLM2 135M (practice model)")

    bench.downloads.tell(Download("phi4-mini", BUILTIN, DownloadPhase.DONE))

    bench.waits(lambda: bench.told() == "Phi-4-mini is here now.")


def test_downloads_of_an_earlier_run_are_there_again(bench: Bench, theme: Theme) -> None:
    bench.waits_for_titles("SmolLM2 135M (practice model)")
    bench.downloads.downloads[BUILTIN, "phi4-mini"] = Download("phi4-mini", BUILTIN, DownloadPhase.PAUSED, 1, 2)

    bench.wiring.list_downloads()

    bench.waits(lambda: bench.offer("phi4-mini").download_row.download is not None)


def test_another_folder_is_remembered(bench: Bench, tmp_path: Path) -> None:
    bench.page.folder_chosen.emit(tmp_path)

    bench.waits(lambda: bool(bench.told()))
    assert bench.chosen == [tmp_path]


def test_how_long_a_model_is_kept_is_shown_and_remembered(bench: Bench) -> None:
    button = bench.page.findChild(QToolButton, "keepReady")
    assert button is not None
    bench.waits(lambda: button.text() == "30 minutes")

    button.menu().actions()[-1].trigger()

    bench.waits(lambda: bench.kept == [-1])
    assert button.text() == "Until Ollama ends"


def test_whether_memory_is_freed_on_close_is_shown_and_remembered(bench: Bench) -> None:
    box = bench.page.findChild(QCheckBox, "freeOnClose")
    assert box is not None
    bench.waits(box.isChecked)

    box.click()

    bench.waits(lambda: bench.freed == [False])


def test_talking_is_told_to_whoever_shows_conversations(bench: Bench) -> None:
    bench.waits_for_titles("SmolLM2 135M (practice model)")

    with bench.qtbot.waitSignal(bench.wiring.talk_requested) as asked:
        bench.press(bench.cards[0], "talk")

    assert asked.args[0].name == PRACTICE


def test_a_model_travels_to_a_stick_and_back(bench: Bench, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    bench.waits_for_titles("SmolLM2 135M (practice model)")

    bench.page.export_chosen.emit(bench.cards[0].model.info, stick)
    bench.waits(lambda: bench.told() == "SmolLM2 135M (practice model) is on the stick, and was checked.")
    (bench.folder / PRACTICE_MODEL_FILE).unlink()
    bench.page.import_chosen.emit(stick)

    bench.waits(lambda: bench.told() == "SmolLM2 135M (practice model) is here now.")
    assert (bench.folder / PRACTICE_MODEL_FILE).is_file()


def test_a_folder_without_models_is_refused_in_words(bench: Bench, tmp_path: Path) -> None:
    bench.waits_for_titles("SmolLM2 135M (practice model)")

    bench.page.import_chosen.emit(tmp_path / "nothing")

    bench.waits(lambda: bool(bench.notice()))


def test_copying_can_be_stopped_and_then_nothing_is_said(bench: Bench, tmp_path: Path) -> None:
    bench.waits_for_titles("SmolLM2 135M (practice model)")
    transfer = bench.page.findChild(QWidget, "transferCard")
    assert transfer is not None

    bench.page.export_chosen.emit(bench.cards[0].model.info, tmp_path)
    bench.press(transfer, "cancelTransfer")

    bench.waits(transfer.isHidden)
    assert (bench.told(), bench.notice()) == ("", "")
    assert list(tmp_path.glob("SmolLM2*")) == []


def _import(
    sticks: ModelSticks, target: Engine, folder: Path, _engine: str, cancel: Cancellation, progress: Progress
) -> list[str]:
    models = models_on_stick(folder)
    return [sticks.import_model(model, target, cancel=cancel, progress=progress).name for model in models]


def _export(
    sticks: ModelSticks, source: Engine, model: ModelInfo, folder: Path, cancel: Cancellation, progress: Progress
) -> object:
    return sticks.export_model(source, model, folder, note=stick_note, cancel=cancel, progress=progress)


def _no_server(address: str) -> Engine:
    raise EngineMissing(engine=address)
