"""The versions of a tool, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QDateTime, QLocale, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from phidesk.storage.tools import ToolVersion
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_GAP_PX = 8


class VersionList(QWidget):
    """Hidden until there are two. An older one can be brought into the form."""

    restore_requested = Signal(object)
    """Carries the `ToolVersion`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("versionList")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(make_section_title(self.tr("Earlier versions")))
        layout.addLayout(self._rows)
        self.hide()

    def show_versions(self, versions: Sequence[ToolVersion]) -> None:
        """Show all but the newest, which is the tool itself."""
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for version in versions[1:]:
            self._rows.addWidget(self._make_row(version))
        self.setVisible(len(versions) > 1)

    def _make_row(self, version: ToolVersion) -> QWidget:
        moment = QDateTime.fromMSecsSinceEpoch(round(version.saved_at.timestamp() * 1000))
        saved_at = QLocale().toString(moment, QLocale.FormatType.ShortFormat)
        words = self.tr("Version {number}, saved {time}: {name}").format(
            number=QLocale().toString(version.number), time=saved_at, name=version.spec.name
        )
        button = QPushButton(self.tr("Bring back"))
        button.setObjectName("restoreVersion")
        button.setProperty("kind", "quiet")
        button.setAccessibleName(self.tr("Bring back version {number}").format(number=version.number))
        button.clicked.connect(partial(self.restore_requested.emit, version))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(make_wrapped_label("versionWords", words), 1)
        line.addWidget(button)
        return row
