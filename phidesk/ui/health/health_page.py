"""The page Health: what works and what mends the rest, where PhiDesk connected to, and the logs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from phidesk.chat.diagnosis import Diagnosis
from phidesk.chat.logs import LogLine
from phidesk.engine.connection_log import ConnectionRecord
from phidesk.ui.chat.reading_column import ReadingColumn
from phidesk.ui.health.connections_card import ConnectionsCard
from phidesk.ui.health.finding_row import FindingRow
from phidesk.ui.health.finding_words import diagnosis_lines, words_for
from phidesk.ui.health.log_card import LogCard
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.file_dialogs import choose_place
from phidesk.ui.widgets.page import Page
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.tab_order import order_tabs_by_layout

BUNDLE_FILE = "PhiDesk-help.zip"

_TOP_PX, _BOTTOM_PX = 32, 32
_GAP_PX, _SECTION_GAP_PX = 12, 28
_CARD_MARGIN_PX = 16


class HealthPage(Page):
    """Knows values and tells wishes; what they do is the wiring's affair."""

    look_requested = Signal()
    """Look at everything again."""
    remedy_requested = Signal(object)
    """Mend a finding. Carries its `RemedyButton`."""
    offline_changed = Signal(bool)
    """The person turned the offline switch."""
    bundle_chosen = Signal(Path)
    """A support bundle is to be written there."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "health", QCoreApplication.translate("HealthPage", "Health"), parent)
        self._diagnosis: Diagnosis | None = None
        self._rows: dict[str, FindingRow] = {}
        self._buttons = ButtonRow()
        self._look = self._buttons.add_button("lookAgain", self.tr("Look again"))
        self._copy = self._buttons.add_button("copyFindings", self.tr("Copy"))
        self._copy.setToolTip(self.tr("Copy all findings as text"))
        self._bundle = self._buttons.add_button("writeBundle", self.tr("File for those who help…"))
        self._bundle.setToolTip(self.tr("Findings and logs (support bundle), without messages, names and keys"))
        self._findings_card = QFrame()
        self._findings_card.setProperty("panel", "card")
        self._findings = QVBoxLayout(self._findings_card)
        self._connections = ConnectionsCard(theme)
        self._log = LogCard(theme)
        self._lay_out()
        self.set_looking(is_looking=True)
        self._connect()

    @property
    def diagnosis(self) -> Diagnosis | None:
        """What is shown; None before the first look."""
        return self._diagnosis

    def show_diagnosis(self, diagnosis: Diagnosis) -> None:
        """Show what was found. Rows stay the same widgets, so that the focus stays. Emits nothing."""
        self._diagnosis = diagnosis
        wanted = words_for(diagnosis)
        names = {words.name for words in wanted}
        for name in [name for name in self._rows if name not in names]:
            row = self._rows.pop(name)
            self._findings.removeWidget(row)
            row.hide()
            row.deleteLater()
        for place, words in enumerate(wanted):
            row = self._rows.get(words.name) or self._make_row(words.name)
            row.show_finding(words)
            if self._findings.indexOf(row) != place:
                self._findings.insertWidget(place, row)
        if diagnosis.network.is_offline is not None:
            self._connections.show_offline(diagnosis.network.is_offline)
        order_tabs_by_layout(self._column)

    def show_connections(self, records: Sequence[ConnectionRecord]) -> None:
        """Show these connections, given the oldest first."""
        self._connections.show_records(records)

    def show_log(self, lines: Sequence[LogLine]) -> None:
        """Show these lines."""
        self._log.show_lines(lines)

    def show_offline(self, is_offline: bool) -> None:
        """Show how the offline switch is. Emits nothing."""
        self._connections.show_offline(is_offline)

    def set_looking(self, *, is_looking: bool) -> None:
        """Show whether somebody is looking; what was found before stays to be read.

        The button stays enabled: a disabled one would lose the focus to whatever comes next.
        """
        self._copy.setEnabled(self._diagnosis is not None)
        self._bundle.setEnabled(self._diagnosis is not None)
        self._look.setText(self.tr("Looking…") if is_looking else self.tr("Look again"))
        self._findings_card.setVisible(self._diagnosis is not None)

    def _lay_out(self) -> None:
        self._findings.setContentsMargins(_CARD_MARGIN_PX, _CARD_MARGIN_PX, _CARD_MARGIN_PX, _CARD_MARGIN_PX)
        self._findings.setSpacing(16)
        self._column = ReadingColumn(has_scroll_bar=False)
        layout = self._column.content_layout
        layout.setContentsMargins(0, _TOP_PX, 0, _BOTTOM_PX)
        layout.setSpacing(_GAP_PX)
        for part in (self._heading, self._told, self._notice, self._buttons, self._findings_card):
            layout.addWidget(part)
        layout.addSpacing(_SECTION_GAP_PX - _GAP_PX)
        layout.addWidget(make_section_title(self.tr("Connections")))
        layout.addWidget(self._connections)
        layout.addSpacing(_SECTION_GAP_PX - _GAP_PX)
        layout.addWidget(make_section_title(self.tr("Log")))
        layout.addWidget(self._log)
        layout.addStretch(1)
        self._told.hide()
        self.setWidget(self._column)

    def _connect(self) -> None:
        self._look.clicked.connect(self._on_look_clicked)
        self._copy.clicked.connect(self._on_copy_clicked)
        self._bundle.clicked.connect(self._on_bundle_clicked)
        self._connections.offline_changed.connect(self.offline_changed)
        self.notice_answered.connect(self.look_requested)

    def _make_row(self, name: str) -> FindingRow:
        row = FindingRow(self._theme)
        row.remedy_requested.connect(self.remedy_requested)
        self._rows[name] = row
        return row

    def _on_look_clicked(self) -> None:
        self.look_requested.emit()

    def _on_copy_clicked(self) -> None:
        if self._diagnosis is not None:
            QGuiApplication.clipboard().setText("\n".join(diagnosis_lines(self._diagnosis)))
            self.tell(self.tr("The findings are copied."))

    def _on_bundle_clicked(self) -> None:
        title = self.tr("Where the file should be")
        choose_place(self, "bundleDialog", title, self._on_bundle_selected, file_name=BUNDLE_FILE)

    def _on_bundle_selected(self, path: str) -> None:
        self.bundle_chosen.emit(Path(path))
