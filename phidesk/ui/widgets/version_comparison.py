"""What something was: its versions, what is different, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from phidesk.core.text_changes import ChangedLine, LineChange, changed_lines
from phidesk.ui.figures import number_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.choice_button import Choice, ChoiceButton
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.paragraph_joints import with_joints
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_MOST_LINES = 24
_EDGES_PX = 12
_SIGNS = {LineChange.SAME: "  ", LineChange.REMOVED: "− ", LineChange.ADDED: "+ "}


@dataclass(frozen=True)
class ShownVersion:
    """A version: everything that it was as `lines`, and what stands for it where it is restored."""

    number: int
    saved_at: datetime
    lines: str
    version: object


class VersionComparison(QWidget):
    """Hidden while there is only what is so now."""

    restore_requested = Signal(object)
    """It is to be again what it was. Carries the `version` of a `ShownVersion`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._versions: Sequence[ShownVersion] = ()
        self._shown: ShownVersion | None = None
        self._chooser = ChoiceButton(theme, "versionChooser", self.tr("Version that is compared"))
        self._explanation = make_wrapped_label(
            "versionExplanation",
            self.tr("With − what was so then, with + what is so now."),
            tone="muted",
            step="small",
        )
        self._changes = GrowingTextEdit(fewest_lines=2, most_lines=_MOST_LINES, edges_px=_EDGES_PX)
        self._changes.setObjectName("versionChanges")
        self._changes.setReadOnly(True)
        self._changes.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._changes.setAccessibleName(self.tr("What is different"))
        self._restore = QPushButton(self.tr("Restore this version"))
        self._restore.setObjectName("restoreVersion")
        self._restore.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        title = make_section_title(self.tr("Earlier versions"))
        for part in (title, self._chooser, self._explanation, self._changes, self._restore):
            layout.addWidget(part)
        self._chooser.chosen.connect(self._on_chosen)
        self._restore.clicked.connect(self._on_restore_clicked)
        theme.changed.connect(self._show_changes)
        self.hide()

    def show_versions(self, versions: Sequence[ShownVersion]) -> None:
        """Offer all but the newest, which stands first; the one that is looked at stays. Emits nothing."""
        self._versions = versions
        number = self._shown.number if self._shown is not None else 0
        earlier = versions[1:]
        self._shown = next((it for it in earlier if it.number == number), earlier[0] if earlier else None)
        self._chooser.set_choices([Choice(str(it.number), self._name_of(it)) for it in earlier])
        self._show_changes()
        self.setVisible(bool(earlier))

    def _name_of(self, shown: ShownVersion) -> str:
        moment = QDateTime.fromSecsSinceEpoch(round(shown.saved_at.timestamp()))
        time = QLocale().toString(moment, QLocale.FormatType.ShortFormat)
        return self.tr("Version {number} · {time}").format(number=number_text(shown.number), time=time)

    def _show_changes(self) -> None:
        if self._shown is None:
            return
        self._chooser.show_choice(str(self._shown.number))
        lines = changed_lines(self._shown.lines, self._versions[0].lines)
        self._changes.clear()
        cursor = QTextCursor(self._changes.document())
        cursor.beginEditBlock()
        for number, line in enumerate(lines):
            begin = "\n" if number else ""
            cursor.insertText(with_joints(f"{begin}{_SIGNS[line.change]}{line.text}"), self._look_of(line))
        cursor.endEditBlock()

    def _look_of(self, line: ChangedLine) -> QTextCharFormat:
        tokens = {LineChange.SAME: "muted", LineChange.REMOVED: "danger", LineChange.ADDED: "success"}
        look = QTextCharFormat()
        look.setForeground(self._theme.color(tokens[line.change]))
        return look

    def _on_chosen(self, number: str) -> None:
        self._shown = next((it for it in self._versions if str(it.number) == number), None)
        self._show_changes()

    def _on_restore_clicked(self) -> None:
        if self._shown is not None:
            self.restore_requested.emit(self._shown.version)
