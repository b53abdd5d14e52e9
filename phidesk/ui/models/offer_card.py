"""A model that can be had: what it is for, whether it fits, and its download."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from phidesk.chat.models_overview import Offer
from phidesk.core.downloads import Download
from phidesk.core.memory_fit import Fit, Scarcity
from phidesk.ui.messages import engine_label, model_label
from phidesk.ui.models.card_frame import BUTTON_GAP_PX, CardFrame
from phidesk.ui.models.download_row import DownloadRow
from phidesk.ui.models.model_words import fit_text, offer_text, offer_title, purpose_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.plain_tip import set_plain_tip
from phidesk.ui.widgets.state_line import StateLine
from phidesk.ui.widgets.wrapped_label import make_wrapped_label


class OfferCard(CardFrame):
    """Shows an offer, a download, or an offer that is being downloaded."""

    download_requested = Signal(str)
    """Carries the model's name in the registry."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._name = name
        self.setObjectName("offerCard")
        self._purpose = make_wrapped_label("offerPurpose", tone="muted")
        self._needs = make_wrapped_label("offerNeeds", tone="muted")
        self._facts = make_wrapped_label("offerFacts", tone="muted")
        self._fit = StateLine(theme)
        self._fit.setObjectName("offerFit")
        self._buttons = ButtonRow()
        self._button = self._buttons.add_button("download", self.tr("Download"))
        self.download_row = DownloadRow(theme)
        for part in (self._purpose, self._needs, self._facts, self._fit):
            self.lines.addWidget(part)
        self.lines.addSpacing(BUTTON_GAP_PX)
        self.lines.addWidget(self._buttons)
        self.lines.addWidget(self.download_row)
        self._buttons.hide()
        self.download_row.hide()
        self.set_title(model_label(name))
        self._button.clicked.connect(self._on_clicked)

    @property
    def name(self) -> str:
        """As the registry calls it."""
        return self._name

    def show_offer(self, offer: Offer | None, *, destination: str, is_first: bool = False) -> None:
        """Show what is offered; None where it is only on its way. `is_first`: nothing else is as good to begin with."""
        for part in (self._purpose, self._needs, self._facts, self._fit):
            part.setVisible(offer is not None)
        if offer is None:
            return
        model = offer.model
        self.set_title(offer_title(model))
        self._button.setAccessibleName(self.tr("Download {model}").format(model=self.title))
        self._purpose.setText(purpose_text(model.purpose))
        facts = (model.parameters, model.quantisation, model.licence)
        self._facts.setText(" · ".join(fact for fact in facts if fact))
        self._needs.setText(offer_text(offer))
        self._fit.show_state(*fit_text(offer.verdict))
        is_on_its_way = not self.download_row.isHidden()  # What came of it takes room already, and is not missing.
        self._fit.setHidden(is_on_its_way and offer.verdict.scarce is Scarcity.DISK)
        set_plain_tip(self._button, self.tr("It goes to {engine}.").format(engine=engine_label(destination)))
        self._set_kind("primary" if is_first and offer.verdict.fit is not Fit.TOO_LARGE else "")

    def show_download(self, download: Download | None) -> None:
        """Show how far it is instead of the button; None where it is not on its way."""
        if download is not None:
            self.download_row.show_download(download)
        part, other = (self._buttons, self.download_row) if download is None else (self.download_row, self._buttons)
        part.show()
        if is_keyboard_at(other):
            move_keyboard_to(self._button if download is None else self.download_row.main_button)
        other.hide()

    def _set_kind(self, kind: str) -> None:
        if self._button.property("kind") != kind:
            self._button.setProperty("kind", kind)
            self._button.style().unpolish(self._button)
            self._button.style().polish(self._button)

    def _on_clicked(self) -> None:
        self.download_requested.emit(self._name)
