"""What is known of the model that answers."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from phidesk.core.model_info import ModelInfo
from phidesk.ui.figures import CountedWords
from phidesk.ui.messages import engine_label, model_label
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.leading_label import LeadingLabel
from phidesk.ui.widgets.plain_tip import set_plain_tip
from phidesk.ui.widgets.section_title import make_section_title

_ROW_GAP_PX = 8


class ModelFacts(QWidget):
    """Its name, who runs it, how precise it is, how much it can remember, under which licence it comes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nobody = LeadingLabel(self.tr("No model answers at the moment."))
        self._nobody.setObjectName("noModel")
        self._nobody.setProperty("tone", "muted")
        self._nobody.setWordWrap(True)
        self._rows = {
            "modelName": FactRow(self.tr("Name")),
            "modelEngine": FactRow(self.tr("Engine")),
            "modelPrecision": FactRow(self.tr("Precision")),
            "modelWindow": FactRow(self.tr("Largest memory")),
            "modelLicence": FactRow(self.tr("Licence")),
        }
        self._advice = LeadingLabel()
        self._advice.setObjectName("engineAdvice")
        self._advice.setProperty("tone", "muted")
        self._advice.setWordWrap(True)
        self._lay_out()
        self.show_model(None)

    def show_model(self, model: ModelInfo | None, *, advice: str = "") -> None:
        """Show this model, None while nobody would answer; `advice` (`messages.engine_advice`) is one line below it."""
        self._advice.setText(advice)
        self._advice.setHidden(not advice)
        self._nobody.setHidden(model is not None)
        for row in self._rows.values():
            row.setHidden(model is None)
        if model is None:
            return
        self._rows["modelName"].set_value(model_label(model.name))
        set_plain_tip(self._rows["modelName"], model.name)
        self._rows["modelEngine"].set_value(engine_label(model.engine))
        self._rows["modelPrecision"].set_value(model.quantisation or self.tr("unknown"))
        window = model.trained_window_tokens
        self._rows["modelWindow"].set_value(CountedWords().tokens(window) if window else self.tr("unknown"))
        licence = next(iter(model.licence.strip().splitlines()), "")
        self._rows["modelLicence"].set_value(licence)
        self._rows["modelLicence"].setHidden(not licence)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_ROW_GAP_PX)
        layout.addWidget(make_section_title(self.tr("Model")))
        layout.addWidget(self._nobody)
        for name, row in self._rows.items():
            row.setObjectName(name)
            layout.addWidget(row)
        layout.addWidget(self._advice)
        self._rows["modelPrecision"].setToolTip(self.tr("Quantisation: how exactly the model's numbers are kept"))
        self._rows["modelWindow"].setToolTip(self.tr("The longest context that the model was trained for"))
