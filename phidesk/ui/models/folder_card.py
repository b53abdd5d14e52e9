"""Where the models of the built-in engine lie, and how much room is left there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from phidesk.core.memory_fit import Room
from phidesk.ui.messages import size_text
from phidesk.ui.models.card_frame import BUTTON_GAP_PX, CardFrame
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.fact_row import FactRow


class FolderCard(CardFrame):
    """Says folder and room; the person may choose another folder."""

    choose_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setObjectName("folderCard")
        self.set_title(self.tr("Folder of models"))
        self._folder = FactRow(self.tr("Folder"))
        self._folder.setObjectName("modelsFolder")
        self._room = FactRow(self.tr("Free room"))
        self._room.setObjectName("modelsRoom")
        self._buttons = ButtonRow()
        self._choose = self._buttons.add_button("chooseFolder", self.tr("Another folder…"))
        self._choose.setToolTip(self.tr("For the built-in engine. Ollama has a folder of its own."))
        for part in (self._folder, self._room):
            self.lines.addWidget(part)
        self.lines.addSpacing(BUTTON_GAP_PX)
        self.lines.addWidget(self._buttons)
        self._choose.clicked.connect(self.choose_requested)

    def show_folder(self, folder: Path, room: Room | None) -> None:
        """Show this folder; a room of None means that it cannot be reached."""
        self._folder.set_value(str(folder))
        if room is None:
            self._room.set_value(self.tr("unknown"))
            return
        text = self.tr("{free} of {total}").format(free=size_text(room.free_bytes), total=size_text(room.total_bytes))
        self._room.set_value(text)
