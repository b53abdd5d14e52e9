"""The frame of everything on the page Models: a card with a title and lines below it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from phidesk.ui.theme.style_sheet import CONTROL_HEIGHT
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

BUTTON_GAP_PX = 6
"""More air above buttons than between lines."""

_SIDE_PX, _TOP_PX, _BOTTOM_PX = 20, 10, 16


class CardFrame(QFrame):
    """Parts add to `title_row` (controls after the title) and to `lines`. Screen readers hear it as a group."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("panel", "card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._title = make_wrapped_label("cardTitle")
        self._title.setMinimumHeight(CONTROL_HEIGHT)
        self.title_row = QHBoxLayout()
        self.title_row.setSpacing(4)
        self.title_row.addWidget(self._title, 1)
        self.lines = QVBoxLayout(self)
        self.lines.setContentsMargins(_SIDE_PX, _TOP_PX, _SIDE_PX, _BOTTOM_PX)
        self.lines.setSpacing(4)
        self.lines.addLayout(self.title_row)
        self._on_theme_changed()
        theme.changed.connect(self._on_theme_changed)

    @property
    def title(self) -> str:
        """What heads the card."""
        return self._title.text()

    def set_title(self, title: str) -> None:
        """Head the card with this."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def _on_theme_changed(self) -> None:
        self._title.setFont(self._theme.title_font())
