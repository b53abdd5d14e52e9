"""Where the person writes: a field that grows, and one button that sends and later stops."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextDocumentFragment,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.ui.theme.style_sheet import SOFT_RADIUS
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.icon_button import IconButton

MOST_LINES = 8
"""The field grows up to this many lines, then it scrolls."""

_SIDE_MARGIN_PX = 12
_GAP_PX = 8
_INPUT_EDGES_PX = 4
_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Composer(QFrame):
    """Turns keys into wishes. It keeps its text until it is told otherwise: nothing typed is lost."""

    send_requested = Signal(str)
    """The person sent the text; whoever accepts it calls `clear`."""
    stop_requested = Signal()
    """The person wants the answer to stop."""
    draft_changed = Signal(str)
    """The person changed the text. Not emitted by `set_text` and `clear`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_writing = False
        self._is_filling = False
        self.setObjectName("composer")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._input = _ComposerInput(self)
        self._hint = QLabel()
        self._hint.setObjectName("composerHint")
        self._hint.setProperty("tone", "muted")
        self._hint.setIndent(0)
        self._hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._send = IconButton(theme, "arrow-up", self.tr("Send"), self, is_primary=True)
        self._send.setObjectName("sendButton")
        self.setFocusProxy(self._input)
        self._lay_out()
        self._on_theme_changed()
        self.set_writing(False)
        self._connect()

    def text(self) -> str:
        """Return what stands in the field, as it was typed."""
        return self._input.toPlainText()

    def set_text(self, text: str) -> None:
        """Put this text into the field, the cursor at its end; undo starts afresh."""
        self._is_filling = True
        self._input.setPlainText(text)
        self._is_filling = False
        self._input.moveCursor(self._input.textCursor().MoveOperation.End)

    def clear(self) -> None:
        """Empty the field."""
        self.set_text("")

    def set_writing(self, is_writing: bool) -> None:
        """Say whether an answer is being written: then the button stops it, and Enter leaves the text alone."""
        self._is_writing = is_writing
        self._send.set_icon_name("stop" if is_writing else "arrow-up")
        self._send.set_label(self.tr("Stop") if is_writing else self.tr("Send"))
        self._show_hint()

    def focus_input(self) -> None:
        """Put the cursor into the field."""
        self._input.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 2.0 if self._input.hasFocus() else 1.0
        painter.setPen(QPen(self._theme.color("accent" if self._input.hasFocus() else "edge"), width))
        painter.setBrush(self._theme.color("raised"))
        inset = width / 2
        outline = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(outline, SOFT_RADIUS - inset, SOFT_RADIUS - inset)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._show_hint()

    @override
    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        self.focus_input()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(_GAP_PX)
        row.addWidget(self._hint, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._send)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_SIDE_MARGIN_PX, 16, _SIDE_MARGIN_PX, 8)
        layout.setSpacing(4)
        layout.addWidget(self._input)
        layout.addLayout(row)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._send.clicked.connect(self._on_send_clicked)
        self._input.enter_pressed.connect(self._on_input_enter_pressed)
        self._input.escape_pressed.connect(self._on_input_escape_pressed)
        self._input.focus_changed.connect(self.update)
        self._input.textChanged.connect(self._on_input_text_changed)

    def _show_hint(self) -> None:
        """Show what the keys do: the longest hint that is not cut, or nothing."""
        room = self.width() - self._send.width() - 2 * _SIDE_MARGIN_PX - 3 * _GAP_PX
        measure = self._hint.fontMetrics().horizontalAdvance
        self._hint.setText(next((hint for hint in self._hints() if measure(hint) <= room), ""))

    def _hints(self) -> list[str]:
        if not self._is_writing:
            return [self.tr("Enter sends · Shift+Enter: new line")]
        stop = self.tr("Esc stops the answer")
        if not self.text().strip():
            return [stop]
        waits = self.tr("Your text waits here until the answer is complete · Esc stops it")
        return [waits, self.tr("Your text waits · Esc stops the answer"), stop]

    def _on_theme_changed(self) -> None:
        self._input.setFont(self._theme.text_font())
        self._input.fit_height()
        self._show_hint()
        self.update()

    def _on_send_clicked(self) -> None:
        if self._is_writing:
            self.stop_requested.emit()
        else:
            self._send_text()
        self.focus_input()

    def _on_input_enter_pressed(self) -> None:
        if not self._is_writing:
            self._send_text()

    def _on_input_escape_pressed(self) -> None:
        if self._is_writing:
            self.stop_requested.emit()

    def _on_input_text_changed(self) -> None:
        if self._is_writing:
            self._show_hint()
        if not self._is_filling:
            self.draft_changed.emit(self.text())

    def _send_text(self) -> None:
        if self.text().strip():
            self.send_requested.emit(self.text())


class _ComposerInput(GrowingTextEdit):
    """The field itself: plain text only, careful with input methods."""

    enter_pressed = Signal()
    escape_pressed = Signal()
    focus_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, fewest_lines=1, most_lines=MOST_LINES, edges_px=_INPUT_EDGES_PX)
        self._is_composing = False
        self.setObjectName("composerInput")
        self.setPlaceholderText(self.tr("Ask anything"))
        self.setAccessibleName(self.tr("Message"))
        self.setFrameShape(QFrame.Shape.NoFrame)

    @override
    def inputMethodEvent(self, event: QInputMethodEvent, /) -> None:
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() in _ENTER_KEYS:
            self._on_enter(event)
        elif event.key() == Qt.Key.Key_Escape and not self._is_composing:
            self.escape_pressed.emit()
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent, /) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    @override
    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        self._is_composing = False
        super().focusOutEvent(event)
        self.focus_changed.emit()

    @override
    def canInsertFromMimeData(self, source: QMimeData, /) -> bool:
        return source.hasText() or source.hasHtml()

    @override
    def insertFromMimeData(self, source: QMimeData, /) -> None:
        is_rich_only = source.hasHtml() and not source.hasFormat("text/plain")
        text = QTextDocumentFragment.fromHtml(source.html()).toPlainText() if is_rich_only else source.text()
        self.insertPlainText(text)
        self.ensureCursorVisible()

    def _on_enter(self, event: QKeyEvent) -> None:
        event.accept()
        if self._is_composing:
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.textCursor().insertBlock()  # Qt's own Shift+Enter would insert a line separator
            self.ensureCursorVisible()
        else:
            self.enter_pressed.emit()
