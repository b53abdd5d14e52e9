"""The files that go along with the question being written, as chips above its text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget
from typing_extensions import override

from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from phidesk.core.parts import FilePart
    from phidesk.ui.chat.attachment_chip import AttachmentChip

MOST_LINES = 2
"""More lines of chips scroll."""

_GAP_PX = 6
_SIDE_MARGIN_PX = 4
"""As far as the text below stands in."""


class AttachmentRow(QScrollArea):
    """Holds chips in the order in which files came; hidden while there is none."""

    changed = Signal()
    """The person took a file away or put its text into the question. Not emitted by `set_files` and `add_files`."""
    chips_added = Signal()
    """There are controls that the order of Tab does not know yet."""
    view_requested = Signal(object)
    """Carries the `FilePart` to be read."""
    insertion_requested = Signal(object)
    """Carries the `FilePart` whose text belongs into the question; it is no chip any more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chips: list[AttachmentChip] = []
        self._content = QWidget()
        self._flow = FlowLayout(self._content, gap_px=_GAP_PX)
        self.setObjectName("attachmentRow")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setViewportMargins(_SIDE_MARGIN_PX, 0, _SIDE_MARGIN_PX, 0)
        self.setWidget(self._content)
        self.setWidgetResizable(True)
        self._content.setAutoFillBackground(False)
        self._theme.changed.connect(self._fit_height)
        self.hide()

    @property
    def files(self) -> tuple[FilePart, ...]:
        """What goes along."""
        return tuple(chip.file for chip in self._chips)

    def set_files(self, files: Sequence[FilePart]) -> None:
        """Let these go along instead of all others."""
        for chip in tuple(self._chips):
            self._take_away(chip)
        self.add_files(files)

    def add_files(self, files: Sequence[FilePart]) -> None:
        """Let these go along too."""
        from phidesk.ui.chat.attachment_chip import AttachmentChip  # noqa: PLC0415 - the first paint need not wait

        for file in files:
            chip = AttachmentChip(self._theme, file)
            chip.view_requested.connect(partial(self.view_requested.emit, file))
            chip.removal_requested.connect(partial(self._on_removal_requested, chip))
            chip.insertion_requested.connect(partial(self.insert, chip))
            self._chips.append(chip)
            self._flow.addWidget(chip)
        self._fit_height()
        if files:
            self.ensureWidgetVisible(self._chips[-1])
            self.chips_added.emit()

    def remove_file(self, file: FilePart) -> None:
        """Let this not go along, as if the person had removed its chip."""
        chip = self._chip_of(file)
        if chip is not None:
            self._on_removal_requested(chip)

    def insert_file(self, file: FilePart) -> None:
        """Let the text of this stand in the question instead, as if the person had asked its chip to."""
        chip = self._chip_of(file)
        if chip is not None:
            self.insert(chip)

    def insert(self, chip: AttachmentChip) -> None:
        """Let the text of a chip stand in the question instead."""
        self._take_away(chip)
        self._fit_height()
        self.insertion_requested.emit(chip.file)
        self.changed.emit()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._flow.sizeHint().width(), self.minimumHeight())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._flow.minimumSize().width() + 2 * _SIDE_MARGIN_PX, self.minimumHeight())

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        self.viewport().setAutoFillBackground(False)
        super().showEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def _chip_of(self, file: FilePart) -> AttachmentChip | None:
        return next((chip for chip in self._chips if chip.file is file), None)

    def _on_removal_requested(self, chip: AttachmentChip) -> None:
        place = self._chips.index(chip)
        self._take_away(chip)
        self._fit_height()
        if self._chips:
            self._chips[min(place, len(self._chips) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _take_away(self, chip: AttachmentChip) -> None:
        self._chips.remove(chip)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()

    def _fit_height(self) -> None:
        """Be as high as the lines of chips, up to `MOST_LINES`."""
        self.setVisible(bool(self._chips))
        if not self._chips:
            return
        line = self._chips[0].sizeHint().height()
        most = MOST_LINES * line + (MOST_LINES - 1) * _GAP_PX
        self.setFixedHeight(min(most, self._flow.heightForWidth(self.viewport().width())))
