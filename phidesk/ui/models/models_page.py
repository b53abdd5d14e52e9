"""The page Models: everything that is here, everything that can be had, and what is on its way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from phidesk.chat.models_overview import InstalledModel, ModelsOverview, Offer
from phidesk.core.downloads import Download, DownloadPhase
from phidesk.core.errors import EngineMissing
from phidesk.core.model_info import ModelInfo
from phidesk.engine.catalogue import normal_name
from phidesk.engine.protocol import OLLAMA
from phidesk.ui.chat.reading_column import ReadingColumn
from phidesk.ui.messages import engine_advice
from phidesk.ui.models.folder_card import FolderCard
from phidesk.ui.models.installed_card import InstalledCard
from phidesk.ui.models.keep_ready_card import KeepReadyCard
from phidesk.ui.models.offer_card import OfferCard
from phidesk.ui.models.transfer_card import TransferCard
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.page import Page
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_TOP_PX, _BOTTOM_PX = 32, 32
_GAP_PX, _SECTION_GAP_PX = 12, 28

Key = tuple[str, str]
"""Engine and name: what tells models, and downloads, apart."""


class ModelsPage(Page):
    """Knows values and tells wishes; what they do is the wiring's affair."""

    talk_requested = Signal(object)
    unload_requested = Signal(object)
    delete_requested = Signal(object)
    """The last three carry the `ModelInfo`."""
    download_requested = Signal(str)
    """Carries the name in the registry; it goes to the overview's destination."""
    pause_requested = Signal(object)
    resume_requested = Signal(object)
    cancel_requested = Signal(object)
    """The last three carry the `Download`."""
    file_chosen = Signal(Path)
    """A model file is to be taken in."""
    import_chosen = Signal(Path)
    """The folder on a stick from which a model is to be taken in."""
    export_chosen = Signal(object, Path)
    """A model is to be copied into this folder on a stick. Carries its `ModelInfo` too."""
    folder_chosen = Signal(Path)
    """Models of the built-in engine are to lie here."""
    keep_ready_chosen = Signal(object)
    """Ollama is to keep models in memory for so many seconds; None lets it decide."""
    free_on_close_switched = Signal(bool)
    """Whether Ollama is to free what our models took when PhiDesk closes."""
    transfer_cancel_requested = Signal()
    """Copying is to stop."""
    again_requested = Signal()
    """What failed is to be tried once more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "models", QCoreApplication.translate("ModelsPage", "Models"), parent)
        self._overview: ModelsOverview | None = None
        self._downloads: dict[Key, Download] = {}
        self._installed: dict[Key, InstalledCard] = {}
        self._offers: dict[str, OfferCard] = {}
        self._ordered: list[QWidget] = []
        self._exported: ModelInfo | None = None
        self._promise = make_wrapped_label(
            "modelsPromise",
            self.tr("A model that is here works without the internet. Downloading is the only time it is needed."),
            tone="muted",
            step="body",
        )
        self._transfer = TransferCard(theme)
        self._here_title = make_section_title(self.tr("Your models"))
        self._nothing = make_wrapped_label("noModels", self.tr("Looking for models…"), tone="muted")
        self._here = QVBoxLayout()
        self._get_title = make_section_title(self.tr("Get a model"))
        self._destination = make_wrapped_label("destination", tone="muted")
        self._advice = make_wrapped_label("ollamaAdvice", tone="muted")
        self._sources = ButtonRow()
        self._from_file = self._sources.add_button("fromFile", self.tr("From a file…"))
        self._from_file.setToolTip(self.tr("A model file (GGUF) for the built-in engine"))
        self._from_stick = self._sources.add_button("fromStick", self.tr("From a USB stick…"))
        self._get = QVBoxLayout()
        self._keep_ready = KeepReadyCard(theme)
        self._folder = FolderCard(theme)
        self._known_after_a_look = (self._get_title, self._destination, self._sources, self._keep_ready, self._folder)
        self._column = ReadingColumn(has_scroll_bar=False)
        self._lay_out()
        self._connect()

    @property
    def overview(self) -> ModelsOverview | None:
        """What is shown; None before the first look."""
        return self._overview

    def show_overview(self, overview: ModelsOverview) -> None:
        """Show what a look found. Cards stay the same widgets, so focus and what is unfolded stay. Emits nothing."""
        self._overview = overview
        self._show_installed(overview.installed)
        self._show_offers()
        self._folder.show_folder(overview.folder, overview.disk)
        for part in self._known_after_a_look:
            part.show()
        self._keep_ready.setVisible(overview.destination == OLLAMA)
        self._advice.setText(engine_advice([EngineMissing(engine=OLLAMA)]))
        self._advice.setVisible(overview.is_ollama_missing)
        if overview.destination == OLLAMA:
            self._destination.setText(self.tr("New models go to Ollama. Files go to the built-in engine."))
        else:
            self._destination.setText(self.tr("New models go to the built-in engine."))

    def show_download(self, download: Download) -> None:
        """Show how far a download is; one that is done or was given up disappears. Emits nothing."""
        key = (download.engine, download.name)
        if download.phase is DownloadPhase.DONE:
            self._downloads.pop(key, None)  # Its card stays as it is until a look finds the model.
            return
        if download.phase is DownloadPhase.CANCELLED:
            self._downloads.pop(key, None)
        else:
            self._downloads[key] = download
        self._show_offers()

    def add_section(self, section: QWidget) -> None:
        """Let this stand at the end of the page."""
        layout = self._column.content_layout
        end = layout.count() - 1  # Before the stretch.
        layout.insertSpacing(end, _SECTION_GAP_PX - _GAP_PX)
        layout.insertWidget(end + 1, section)
        order_tabs_by_layout(self._column)

    def show_keep_ready(self, seconds: int | None) -> None:
        """Show how long Ollama keeps a model in memory; None stands for its own choice. Emits nothing."""
        self._keep_ready.show_choice(seconds)

    def show_free_on_close(self, is_on: bool) -> None:
        """Show whether memory is freed when PhiDesk closes. Emits nothing."""
        self._keep_ready.show_free_on_close(is_on)

    def choose_file(self) -> None:
        """Let the person choose a model file."""
        dialog = self._make_dialog(self.tr("Choose a model file"), QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Model files (*.gguf)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.open()

    def choose_stick(self) -> None:
        """Let the person choose a folder on a stick to take models from."""
        dialog = self._make_dialog(self.tr("Choose the folder on the stick"), QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._on_import_selected)
        dialog.open()

    def begin_transfer(self, title: str) -> None:
        """Show that a file is being copied; another one cannot begin meanwhile."""
        self._transfer.begin(title)
        if any(is_keyboard_at(button) for button in (self._notice, *self._copy_buttons())):
            move_keyboard_to(self._transfer.cancel_button)
        self._notice.clear()
        self._told.hide()
        self._enable_copying(is_enabled=False)
        self.verticalScrollBar().setValue(0)

    def show_transfer(self, done_bytes: int, total_bytes: int | None) -> None:
        """Show how far copying is."""
        self._transfer.show_progress(done_bytes, total_bytes)

    def end_transfer(self) -> None:
        """Copying has ended, one way or another."""
        self._enable_copying(is_enabled=True)
        if is_keyboard_at(self._transfer):
            move_keyboard_to(*self._copy_buttons())
        self._transfer.hide()

    def _lay_out(self) -> None:
        layout = self._column.content_layout
        layout.setContentsMargins(0, _TOP_PX, 0, _BOTTOM_PX)
        layout.setSpacing(_GAP_PX)
        for box in (self._here, self._get):
            box.setSpacing(_GAP_PX)
        layout.addWidget(self._heading)
        layout.addWidget(self._promise)
        for part in (self._told, self._notice, self._transfer):
            layout.addWidget(part)
        layout.addSpacing(_SECTION_GAP_PX - _GAP_PX)
        layout.addWidget(self._here_title)
        layout.addWidget(self._nothing)
        layout.addLayout(self._here)
        layout.addSpacing(_SECTION_GAP_PX - _GAP_PX)
        layout.addWidget(self._get_title)
        layout.addWidget(self._destination)
        layout.addWidget(self._advice)
        layout.addWidget(self._sources)
        layout.addLayout(self._get)
        layout.addSpacing(_SECTION_GAP_PX - _GAP_PX)
        layout.addWidget(self._keep_ready)
        layout.addWidget(self._folder)
        layout.addStretch(1)
        self._told.hide()
        self._advice.hide()
        for hidden in self._known_after_a_look:
            hidden.hide()
        self.setWidget(self._column)

    def _connect(self) -> None:
        self._from_file.clicked.connect(self.choose_file)
        self._from_stick.clicked.connect(self.choose_stick)
        self._keep_ready.chosen.connect(self.keep_ready_chosen)
        self._keep_ready.free_on_close_switched.connect(self.free_on_close_switched)
        self._folder.choose_requested.connect(self._on_choose_requested)
        self._transfer.cancel_requested.connect(self.transfer_cancel_requested)
        self.notice_answered.connect(self.again_requested)

    def _show_installed(self, models: Sequence[InstalledModel]) -> None:
        wanted = {(model.info.engine, model.info.name): model for model in models}
        leaving = [self._installed.pop(key) for key in list(self._installed) if key not in wanted]
        for place, (key, model) in enumerate(wanted.items()):
            if key not in self._installed:
                self._installed[key] = self._make_installed_card(model)
            card = self._installed[key]
            card.show_model(model)
            _put(self._here, card, place)
        for card in leaving:
            _remove(self._here, card, *(other.main_button for other in self._installed.values()), self._from_file)
        self._nothing.setText(self.tr("There is no model yet. Phi-4-mini is a good beginning."))
        self._nothing.setVisible(not wanted)

    def _show_offers(self) -> None:
        """Show first what is on its way and not among the offers, then the offers; no card jumps when it is fetched."""
        offered = {offer.model.name: offer for offer in self._overview.offers} if self._overview is not None else {}
        offers: dict[str, Offer | None] = {name: None for _, name in self._downloads if name not in offered}
        offers |= offered
        destination = self._overview.destination if self._overview is not None else ""
        by_name = {name: download for (_, name), download in self._downloads.items()}
        for name in [name for name in self._offers if name not in offers]:
            _remove(self._get, self._offers.pop(name), *self._heirs_of(name), self._from_file)
        for place, (name, offer) in enumerate(offers.items()):
            if name not in self._offers:
                self._offers[name] = self._make_offer_card(name)
            card = self._offers[name]
            card.show_download(by_name.get(name))
            card.show_offer(offer, destination=destination, is_first=place == 0 and not self._installed)
            _put(self._get, card, place)
        self._order_tabs()

    def _heirs_of(self, name: str) -> list[QWidget]:
        """Return where the keyboard may go when an offer has become a model that is here."""
        cards = self._installed.values()
        return [card.main_button for card in cards if normal_name(card.model.info.name) == normal_name(name)]

    def _order_tabs(self) -> None:
        cards: list[QWidget] = [*self._installed.values(), *self._offers.values()]
        if cards != self._ordered:
            self._ordered = cards
            order_tabs_by_layout(self._column)

    def _make_installed_card(self, model: InstalledModel) -> InstalledCard:
        card = InstalledCard(self._theme, model)
        card.talk_requested.connect(self.talk_requested)
        card.unload_requested.connect(self.unload_requested)
        card.delete_requested.connect(self.delete_requested)
        card.export_requested.connect(self._on_export_requested)
        card.export_button.setEnabled(self._transfer.isHidden())
        return card

    def _make_offer_card(self, name: str) -> OfferCard:
        card = OfferCard(self._theme, name)
        card.download_requested.connect(self.download_requested)
        card.download_row.pause_requested.connect(self.pause_requested)
        card.download_row.resume_requested.connect(self.resume_requested)
        card.download_row.cancel_requested.connect(self.cancel_requested)
        return card

    def _copy_buttons(self) -> list[QPushButton]:
        """What begins to copy; first where the last copy began."""
        exports = {key: card.export_button for key, card in self._installed.items()}
        began = self._exported and exports.get((self._exported.engine, self._exported.name))
        return [*([began] if began else []), self._from_file, self._from_stick, *exports.values()]

    def _enable_copying(self, *, is_enabled: bool) -> None:
        for button in self._copy_buttons():
            button.setEnabled(is_enabled)

    def _on_export_requested(self, model: ModelInfo) -> None:
        self._exported = model
        dialog = self._make_dialog(self.tr("Choose a folder on the stick"), QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._on_export_selected)
        dialog.open()

    def _on_choose_requested(self) -> None:
        dialog = self._make_dialog(self.tr("Choose a folder for models"), QFileDialog.FileMode.Directory)
        if self._overview is not None:
            dialog.setDirectory(str(self._overview.folder))
        dialog.fileSelected.connect(self._on_folder_selected)
        dialog.open()

    def _make_dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(mode)
        if mode is QFileDialog.FileMode.Directory:
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _on_file_selected(self, path: str) -> None:
        self._exported = None
        self.file_chosen.emit(Path(path))

    def _on_import_selected(self, path: str) -> None:
        self._exported = None
        self.import_chosen.emit(Path(path))

    def _on_export_selected(self, path: str) -> None:
        self.export_chosen.emit(self._exported, Path(path))

    def _on_folder_selected(self, path: str) -> None:
        self.folder_chosen.emit(Path(path))


def _put(layout: QVBoxLayout, widget: QWidget, place: int) -> None:
    """Let the widget stand at this place; one that stands there already is not touched, so that it keeps the focus."""
    if layout.indexOf(widget) != place:
        layout.insertWidget(place, widget)
        widget.show()


def _remove(layout: QVBoxLayout, widget: QWidget, *heirs: QWidget) -> None:
    """Take the widget away; the keyboard, if it is there, goes to the first heir that is shown."""
    if is_keyboard_at(widget):
        move_keyboard_to(*heirs)
    layout.removeWidget(widget)
    widget.hide()
    widget.deleteLater()
