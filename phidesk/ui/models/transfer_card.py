"""A model that is being copied from or to a file or a stick."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from phidesk.ui.models.card_frame import BUTTON_GAP_PX, CardFrame
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.progress_line import ProgressLine
from phidesk.ui.widgets.wrapped_label import make_wrapped_label


class TransferCard(CardFrame):
    """Hidden while nothing is copied."""

    cancel_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setObjectName("transferCard")
        self._bar = ProgressLine(theme, self.tr("Copying"))
        self._bar.setObjectName("transferBar")
        self._text = make_wrapped_label("transferText", tone="muted")
        self._buttons = ButtonRow()
        self._cancel = self._buttons.add_button("cancelTransfer", self.tr("Cancel"))
        for part in (self._bar, self._text):
            self.lines.addWidget(part)
        self.lines.addSpacing(BUTTON_GAP_PX)
        self.lines.addWidget(self._buttons)
        self._cancel.clicked.connect(self._on_cancel_clicked)
        self.hide()

    @property
    def cancel_button(self) -> QPushButton:
        """Stops copying."""
        return self._cancel

    def begin(self, title: str) -> None:
        """Show what is copied, before anything is known of its size."""
        self.set_title(title)
        self.show_progress(0, None)
        self._text.setText(self.tr("Looking at the file…"))
        self._cancel.setEnabled(True)
        self.show()

    def show_progress(self, done_bytes: int, total_bytes: int | None) -> None:
        """Show how far it is; a total of None is not known yet."""
        self._bar.set_share(done_bytes / total_bytes if total_bytes else None)
        if total_bytes:  # Reading back counts too, so the bytes are not those of the model.
            self._text.setText(self.tr("{percent} copied and checked").format(percent=self._bar.text()))

    def _on_cancel_clicked(self) -> None:
        self._cancel.setEnabled(False)
        self._text.setText(self.tr("Stopping…"))
        self.cancel_requested.emit()
