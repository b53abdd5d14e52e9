"""A short word above the text being written: what could not go along, and why. Goes when it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from phidesk.ui.figures import number_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.announcing import announce
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.plain_tip import set_plain_tip
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

if TYPE_CHECKING:  # nothing is refused before something is given
    from phidesk.ui.notices import Notice


class ComposerNote(QWidget):
    """Says one thing at a time; hidden while there is nothing to say."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = make_wrapped_label("composerNote")
        self._close = IconButton(theme, "x", self.tr("Close this note"))
        self._close.setObjectName("closeNote")
        self._close.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """What is said; empty while there is nothing to say."""
        return "" if self.isHidden() else self._words.text()

    def say(self, text: str) -> None:
        """Say this instead of anything else, to screen readers too."""
        self._words.setText(text)
        set_plain_tip(self._words, text)  # in a small window with large letters not all of it may have room
        self.show()
        announce(self, text)

    def clear(self) -> None:
        """Have nothing to say."""
        self.hide()

    def say_refused(self, notices: Sequence[Notice], *, untold: int, left_out: int, most: int) -> None:
        """Say which files cannot go along, and why; and how many were left out because there were more than `most`.

        `untold` is how many more cannot go along, without a notice.
        """
        lines = [notice.sentence for notice in notices]
        if len(notices) == 1:  # What mends it is said only where one file is the matter.
            lines = [f"{notices[0].sentence} {notices[0].hint}"]
        if untold:
            text = self.tr("{count} more files cannot go along either.", "", untold)
            lines.append(text.format(count=number_text(untold)))
        if left_out:
            text = self.tr("{count} files were left out: {most} go along with a question at most.", "", left_out)
            lines.append(text.format(count=number_text(left_out), most=number_text(most)))
        if lines:
            self.say("\n".join(lines))
