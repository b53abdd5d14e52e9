"""A model that is here: talk with it, free its memory, look at its details, delete it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from phidesk.chat.models_overview import InstalledModel
from phidesk.ui.figures import CountedWords
from phidesk.ui.messages import engine_label, model_label, size_text
from phidesk.ui.models.card_frame import BUTTON_GAP_PX, CardFrame
from phidesk.ui.models.model_words import capability_text, loaded_text, place_text, summary_text, tool_format_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.state_line import StateLine, StateTone
from phidesk.ui.widgets.wrapped_label import make_wrapped_label


class InstalledCard(CardFrame):
    """Deleting asks once more, in place. The signals carry the `ModelInfo`."""

    talk_requested = Signal(object)
    unload_requested = Signal(object)
    delete_requested = Signal(object)
    """The person was asked and is sure."""
    export_requested = Signal(object)
    """The person wants it on a stick."""

    def __init__(self, theme: Theme, model: InstalledModel, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._model = model
        self.setObjectName("installedCard")
        self._toggle = IconButton(theme, "chevron-down", self.tr("Details"))
        self._toggle.setObjectName("modelDetails")
        self._toggle.setCheckable(True)
        self.title_row.addWidget(self._toggle)
        self._summary = make_wrapped_label("modelSummary", tone="muted")
        self._loaded = StateLine(theme)
        self._loaded.setObjectName("modelLoaded")
        self._buttons = ButtonRow()
        self._talk = self._buttons.add_button("talk", self.tr("Talk with it"))
        self._unload = self._buttons.add_button("unload", self.tr("Free memory now"), kind="quiet")
        self._details = QWidget()
        self._facts = {
            "factName": FactRow(self.tr("Full name")),
            "factSize": FactRow(self.tr("Size on disk")),
            "factPrecision": FactRow(self.tr("Precision")),
            "factParameters": FactRow(self.tr("Parameters")),
            "factWindow": FactRow(self.tr("Largest memory")),
            "factAbilities": FactRow(self.tr("Can do")),
            "factTools": FactRow(self.tr("Uses tools")),
            "factLicence": FactRow(self.tr("Licence")),
            "factEngine": FactRow(self.tr("Engine")),
            "factPlace": FactRow(self.tr("Lies in")),
        }
        self._more = ButtonRow()
        self._export = self._more.add_button("toStick", self.tr("To a USB stick…"))
        self._delete = self._more.add_button("delete", self.tr("Delete…"), kind="quiet")
        self._question = make_wrapped_label("deleteQuestion")
        self._sure = ButtonRow()
        self._yes = self._sure.add_button("deleteNow", self.tr("Delete"))
        self._no = self._sure.add_button("keep", self.tr("Keep"))
        self._lay_out()
        self._connect()
        self.show_model(model)

    @property
    def model(self) -> InstalledModel:
        """What is shown."""
        return self._model

    def show_model(self, model: InstalledModel) -> None:
        """Show this state of the model; what is unfolded stays so. Emits nothing."""
        self._model = model
        self.set_title(model_label(model.info.name))
        self._summary.setText(summary_text(model))
        self._talk.setVisible(model.info.can_chat)
        self._talk.setAccessibleName(self.tr("Talk with {model}").format(model=self.title))
        self._toggle.setAccessibleName(self.tr("Details of {model}").format(model=self.title))
        is_loaded = model.loaded is not None
        if not is_loaded and is_keyboard_at(self._unload):
            move_keyboard_to(self._talk, self._toggle)
        self._loaded.setVisible(is_loaded)
        self._unload.setVisible(is_loaded)
        if model.loaded is not None:
            self._loaded.show_state(loaded_text(model.loaded), StateTone.READY)
        self._buttons.setVisible(is_loaded or model.info.can_chat)
        self._export.setVisible(model.can_export)
        self._delete.setVisible(model.can_delete)
        self._show_facts()

    @property
    def main_button(self) -> QWidget:
        """What the keyboard is at when the card came in place of something else."""
        return self._talk if self._model.info.can_chat else self._toggle

    @property
    def export_button(self) -> QPushButton:
        """Copies it to a stick; disabled while something else is copied."""
        return self._export

    def _show_facts(self) -> None:
        info = self._model.info
        unknown = self.tr("unknown")
        window = info.trained_window_tokens
        licence = next(iter(info.licence.strip().splitlines()), "")
        values = {
            "factName": info.name,
            "factSize": size_text(info.size_bytes) if info.size_bytes else unknown,
            "factPrecision": info.quantisation or unknown,
            "factParameters": info.parameters,
            "factWindow": CountedWords().tokens(window) if window else unknown,
            "factAbilities": ", ".join(capability_text(name) for name in sorted(info.capabilities)),
            "factTools": tool_format_text(info.tool_format),
            "factLicence": licence,
            "factEngine": engine_label(info.engine),
            "factPlace": place_text(self._model),
        }
        for name, value in values.items():
            self._facts[name].set_value(value)
            self._facts[name].setHidden(not value)

    def _lay_out(self) -> None:
        self._facts["factPrecision"].setToolTip(self.tr("Quantisation: how exactly the model's numbers are kept"))
        self._facts["factWindow"].setToolTip(self.tr("The longest context that the model was trained for"))
        rows = QVBoxLayout(self._details)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.setSpacing(8)
        for name, row in self._facts.items():
            row.setObjectName(name)
            rows.addWidget(row)
        rows.addSpacing(4)
        rows.addWidget(self._more)
        rows.addWidget(self._question)
        rows.addWidget(self._sure)
        self.lines.addWidget(self._summary)
        self.lines.addWidget(self._loaded)
        self.lines.addSpacing(BUTTON_GAP_PX)
        self.lines.addWidget(self._buttons)
        self.lines.addWidget(self._details)
        self._details.hide()
        self._ask_whether_sure(asks=False)

    def _connect(self) -> None:
        self._toggle.toggled.connect(self._on_toggled)
        self._talk.clicked.connect(self._on_talk_clicked)
        self._unload.clicked.connect(self._on_unload_clicked)
        self._export.clicked.connect(self._on_export_clicked)
        self._delete.clicked.connect(self._on_delete_clicked)
        self._yes.clicked.connect(self._on_yes_clicked)
        self._no.clicked.connect(self._on_no_clicked)

    def _ask_whether_sure(self, *, asks: bool) -> None:
        size = self._model.freed_bytes
        text = self.tr("Delete {model}? {size} become free.") if size else self.tr("Delete {model}?")
        self._question.setText(text.format(model=self.title, size=size_text(size or 0)))
        shown, hidden = (self._sure, self._more) if asks else (self._more, self._sure)
        shown.show()
        if is_keyboard_at(hidden):
            move_keyboard_to(self._no if asks else self._delete)
        hidden.hide()
        self._question.setVisible(asks)

    def _on_toggled(self, is_open: bool) -> None:
        if not is_open and is_keyboard_at(self._details):
            move_keyboard_to(self._toggle)
        self._details.setVisible(is_open)
        self._ask_whether_sure(asks=False)

    def _on_talk_clicked(self) -> None:
        self.talk_requested.emit(self._model.info)

    def _on_unload_clicked(self) -> None:
        self.unload_requested.emit(self._model.info)

    def _on_export_clicked(self) -> None:
        self.export_requested.emit(self._model.info)

    def _on_delete_clicked(self) -> None:
        self._ask_whether_sure(asks=True)
        move_keyboard_to(self._no)

    def _on_no_clicked(self) -> None:
        self._ask_whether_sure(asks=False)
        move_keyboard_to(self._delete)

    def _on_yes_clicked(self) -> None:
        self._ask_whether_sure(asks=False)
        self.delete_requested.emit(self._model.info)
