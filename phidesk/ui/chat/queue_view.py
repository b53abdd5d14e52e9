"""Messages that wait until the answer is complete, above the composer: one line each, to be edited or removed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from phidesk.core.drafts import Draft, QueuedMessage
from phidesk.ui.figures import CountedWords, file_label
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.elided_label import ElidedLabel
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.wrapped_label import WrappedLabel

MOST_LINES = 3
"""More of them scroll."""

_SIDE_MARGIN_PX = 12


class QueueView(QFrame):
    """Shows one queue; hidden while nothing waits. It changes when it is told to, not by itself."""

    edit_requested = Signal(object)
    """The person wants a `QueuedMessage` back in the composer."""
    removal_requested = Signal(object)
    """The person does not want a `QueuedMessage` to be sent."""
    send_requested = Signal()
    """The person wants the first one to be sent, although the answer before it was not completed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: list[_QueueLine] = []
        self.setObjectName("queueView")
        self.setProperty("panel", "card")
        self._state = WrappedLabel()
        self._state.setObjectName("queueState")
        self._state.setProperty("tone", "muted")
        self._send = QPushButton(self.tr("Send now"))
        self._send.setObjectName("sendQueued")
        self._send.clicked.connect(self.send_requested)
        self._scroller = QScrollArea()
        self._content = QWidget()
        self._rows = QVBoxLayout(self._content)
        self._lay_out()
        self.set_writing(False)
        self._theme.changed.connect(self._fit_height)
        self.hide()

    @property
    def messages(self) -> tuple[QueuedMessage, ...]:
        """What waits, the next one first."""
        return tuple(line.message for line in self._lines)

    def show_messages(self, messages: Sequence[QueuedMessage]) -> None:
        """Show these instead of all others; lines that stay keep the focus that they have."""
        if tuple(messages) == self.messages:
            return
        kept = {line.message.id: line for line in self._lines}
        self._lines = [kept.pop(message.id) if message.id in kept else self._make_line(message) for message in messages]
        for line in kept.values():
            self._rows.removeWidget(line)
            line.hide()
            line.deleteLater()
        for line in self._lines:
            self._rows.addWidget(line)
        self.setVisible(bool(self._lines))
        self._fit_height()
        order_tabs_by_layout(self)

    def set_writing(self, is_writing: bool) -> None:
        """Say whether an answer is being written, after which the first one is sent."""
        self._send.setHidden(is_writing)
        self._state.setText(
            self.tr("Sent when the answer is complete") if is_writing else self.tr("Waiting here until you send it")
        )

    def _lay_out(self) -> None:
        self._scroller.setObjectName("queueScroller")
        self._scroller.setFrameShape(QFrame.Shape.NoFrame)
        self._scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroller.setWidget(self._content)
        self._scroller.setWidgetResizable(True)
        self._scroller.viewport().setAutoFillBackground(False)
        self._content.setAutoFillBackground(False)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        top = QHBoxLayout()
        top.addWidget(self._state, 1)
        top.addWidget(self._send)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_SIDE_MARGIN_PX, 8, _SIDE_MARGIN_PX, 4)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._scroller)

    def _make_line(self, message: QueuedMessage) -> _QueueLine:
        line = _QueueLine(self._theme, message)
        line.edit.clicked.connect(partial(self.edit_requested.emit, message))
        line.remove.clicked.connect(partial(self.removal_requested.emit, message))
        return line

    def _fit_height(self) -> None:
        if self._lines:
            shown = min(MOST_LINES, len(self._lines))
            self._scroller.setFixedHeight(shown * self._lines[0].sizeHint().height())


class _QueueLine(QWidget):
    """One message on one line, and what can be done with it."""

    def __init__(self, theme: Theme, message: QueuedMessage) -> None:
        super().__init__()
        self.message = message
        words = _line_of(message.draft)
        label = ElidedLabel()
        label.setObjectName("queuedText")
        label.setText(words)
        self.edit = IconButton(theme, "pencil", self.tr("Edit “{text}”").format(text=words))
        self.edit.setObjectName("editQueued")
        self.edit.setToolTip(self.tr("Edit"))
        self.remove = IconButton(theme, "x", self.tr("Remove “{text}”").format(text=words))
        self.remove.setObjectName("removeQueued")
        self.remove.setToolTip(self.tr("Remove"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(label, 1)
        row.addWidget(self.edit)
        row.addWidget(self.remove)


def _line_of(draft: Draft) -> str:
    """Say a message on one line: its text, and what goes along."""
    text = " ".join(draft.text.split())
    if not draft.files:
        return text
    files = file_label(draft.files[0]) if len(draft.files) == 1 else CountedWords().files(len(draft.files))
    return f"{text} · {files}" if text else files
