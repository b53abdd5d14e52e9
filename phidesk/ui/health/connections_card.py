"""Where PhiDesk connected to, and the switch that lets nothing leave this computer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTreeView, QVBoxLayout, QWidget

from phidesk.engine.connection_log import ConnectionRecord
from phidesk.ui.figures import number_text
from phidesk.ui.health.connection_table_model import Column, ConnectionTableModel
from phidesk.ui.health.finding_words import nothing_left_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.state_line import StateLine, StateTone
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_LIST_EMS = 16
"""Height of the list, in sizes of its text; it scrolls."""
_MARGIN_PX = 16


class ConnectionsCard(QFrame):
    """Knows records only. The switch tells only what the person does."""

    offline_changed = Signal(bool)
    """The person turned the switch."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._records: Sequence[ConnectionRecord] = ()
        self.setObjectName("connectionsCard")
        self.setProperty("panel", "card")
        self._badge = StateLine(theme)
        self._badge.setObjectName("nothingLeft")
        self._offline = CheckLine(theme, self.tr("Let nothing leave this computer (offline)"))
        self._offline.setObjectName("offlineSwitch")
        self._offline_hint = make_wrapped_label(
            "offlineHint",
            self.tr("Models on this computer work all the same. Servers elsewhere and downloads do not."),
            tone="muted",
        )
        self._only_outside = CheckLine(theme, self.tr("List only connections to other computers"))
        self._only_outside.setObjectName("onlyOutside")
        self._model = ConnectionTableModel(self)
        self._list = QTreeView()
        self._list.setObjectName("connectionList")
        self._list.setAccessibleName(self.tr("Connections"))
        self._list.setModel(self._model)
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setAllColumnsShowFocus(True)
        self._list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self._list.header()
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(Column.HOST, QHeaderView.ResizeMode.Stretch)
        self._lay_out()
        self._on_theme_changed()
        self._show()
        self._connect()

    @property
    def is_offline(self) -> bool:
        """Whether the switch is on."""
        return self._offline.isChecked()

    def show_offline(self, is_offline: bool) -> None:
        """Show how the switch is. Emits nothing."""
        self._offline.setChecked(is_offline)

    def show_records(self, records: Sequence[ConnectionRecord]) -> None:
        """Show these connections, given the oldest first. Emits nothing."""
        self._records = records
        self._show()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        layout.setSpacing(8)
        for widget in (self._badge, self._offline, self._offline_hint, self._only_outside, self._list):
            layout.addWidget(widget)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._offline.clicked.connect(self.offline_changed)
        self._only_outside.clicked.connect(self._show)

    def _show(self) -> None:
        outside = [record for record in self._records if not record.stays_here]
        self._model.set_records(outside if self._only_outside.isChecked() else self._records)
        if outside:
            text = self.tr("Connections to other computers: {count}.").format(count=number_text(len(outside)))
            self._badge.show_state(text, StateTone.NEUTRAL)
        else:
            self._badge.show_state(nothing_left_text(), StateTone.READY)

    def _on_theme_changed(self) -> None:
        self._list.setFixedHeight(_LIST_EMS * self._theme.font_sizes.small)
