"""Changing what a message says, in its place: an editor over the message, and what was typed and not saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.core.conversation import Message, Role
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.shortcuts import Shortcut
from phidesk.ui.theme.style_sheet import SOFT_RADIUS
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.enter_keys import ENTER_KEYS
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.leading_label import LeadingLabel

MOST_LINES = 14
"""The field grows up to this many lines, then it scrolls."""
_MARGIN_PX = 12
_GAP_PX = 8
_EDGES_PX = 4


@dataclass(frozen=True)
class Edit:
    """What is being changed."""

    key: str
    """Of the message."""
    text: str
    """What it said before."""
    is_question: bool

    @classmethod
    def of(cls, message: Message) -> Edit:
        """Return the beginning of changing a message."""
        return cls(message.id, message.text, is_question=message.role is Role.PERSON)


class MessageEditor(QFrame):
    """The field with its two buttons."""

    save_requested = Signal(str)
    """Carries the new text."""
    cancel_requested = Signal()
    """Nothing shall be changed."""
    text_changed = Signal()
    """Something else stands in the field."""
    height_changed = Signal()
    """It needs another height now."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_possible = True
        self.setObjectName("messageEditor")
        self._input = _EditorInput()
        self._hint = LeadingLabel()
        self._hint.setObjectName("editorHint")
        self._hint.setProperty("tone", "muted")
        self._hint.setProperty("step", "small")
        self._hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.setObjectName("editorCancel")
        self._save = QPushButton()
        self._save.setObjectName("editorSave")
        self._save.setProperty("kind", "primary")
        self.setFocusProxy(self._input)
        self._lay_out()
        self._on_theme_changed()
        self._connect()
        self.hide()

    def begin(self, text: str, *, is_question: bool) -> None:
        """Show this text, the cursor at its end."""
        self._input.set_text(text, enter_saves=is_question)
        self._save.setText(self.tr("Ask") if is_question else self.tr("Save"))
        if is_question:
            self._hint.setText(self.tr("Enter asks · Esc cancels"))
            self._input.setAccessibleName(self.tr("Your message, to be changed"))
        else:
            self._hint.setText(self.tr("{keys} saves · Esc cancels").format(keys=Shortcut.SAVE_EDIT.keys))
            self._input.setAccessibleName(self.tr("The answer, to be changed"))
        self._show_state()

    def text(self) -> str:
        """Return what stands in the field."""
        return self._input.toPlainText()

    def set_possible(self, is_possible: bool) -> None:
        """Say whether it can be saved now; while an answer is written it cannot."""
        self._is_possible = is_possible
        self._show_state()

    def set_width(self, width: int) -> None:
        """Be as wide, and as high as it was until something else is said; it must be shown."""
        if self.width() != width:
            self.resize(width, self.height())
        layout = self.layout()
        if layout is not None:
            layout.activate()

    def needed_height(self, width: int) -> int:
        """Return the height that it needs at a width; it must be shown."""
        self.set_width(width)
        return self.sizeHint().height()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("accent" if self._input.hasFocus() else "edge"), 2.0))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), SOFT_RADIUS - 1, SOFT_RADIUS - 1)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._hint.setVisible(self.width() >= self._hint.sizeHint().width() + self._buttons_width())

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel_requested.emit()
        else:
            super().keyPressEvent(event)

    def _buttons_width(self) -> int:
        return self._cancel.sizeHint().width() + self._save.sizeHint().width() + 2 * _MARGIN_PX + 3 * _GAP_PX

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(_GAP_PX)
        row.addWidget(self._hint, 1)
        row.addStretch(0)
        row.addWidget(self._cancel)
        row.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self._input)
        layout.addLayout(row)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._input.save_pressed.connect(self._on_save)
        self._input.escape_pressed.connect(self.cancel_requested)
        self._input.textChanged.connect(self._on_text_changed)
        self._cancel.clicked.connect(self.cancel_requested)
        self._save.clicked.connect(self._on_save)

    def _on_save(self) -> None:
        if self._save.isEnabled():
            self.save_requested.emit(self.text())

    def _on_text_changed(self) -> None:
        self._show_state()
        self.text_changed.emit()
        self.height_changed.emit()

    def _show_state(self) -> None:
        self._save.setEnabled(self._is_possible and bool(self.text().strip()))

    def _on_theme_changed(self) -> None:
        self._input.setFont(self._theme.text_font())
        self._input.fit_height()
        self.height_changed.emit()
        self.update()


class MessageEditing(QObject):
    """Puts the editor in the place of a message, and keeps what was typed when the message goes out of view."""

    save_requested = Signal(object, str)
    """Carries the `Edit` and the new text. The editor stays, with what was typed, until `saved`."""
    cancelled = Signal(object, str)
    """What was typed is given up. Carries the `Edit` and the text."""
    typed = Signal(str, object)
    """Carries the key of a message and what stands over it now; None where that is nothing that could be lost."""

    def __init__(self, editor: MessageEditor, view: TranscriptView) -> None:
        super().__init__(view)
        self._editor = editor
        self._view = view
        self._edit: Edit | None = None
        self._kept: dict[str, str] = {}
        """What was typed over messages over which the editor does not stand, by their keys."""
        self._is_placing = False
        self._connect()

    @property
    def edit(self) -> Edit | None:
        """What is being changed in what is shown; None while nothing is."""
        return self._edit

    def open(self, edit: Edit, *, text: str | None = None) -> None:
        """Put the editor over a message, with this text, or what was typed over it before, or its own."""
        self._put_away()
        kept = self._kept.pop(edit.key, edit.text)
        self._edit = edit
        index = self._view.content.index_of(edit.key)
        self._is_placing = True  # Once, with its text.
        self._editor.show()  # Only what is shown knows where its lines break.
        self._editor.set_width(self._view.message_rect(index).width())
        self._editor.begin(kept if text is None else text, is_question=edit.is_question)
        self._is_placing = False
        self._place()
        self._view.reveal_message(index)
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def close(self) -> None:
        """Show the message again; what was typed is not kept."""
        edit, self._edit = self._edit, None
        if edit is None:
            return
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self._editor.isAncestorOf(focused)
        self._editor.hide()
        if self._view.content.has(edit.key):
            index = self._view.content.index_of(edit.key)
            self._view.set_room(index, None)
            if had_focus:
                self._view.focus_message(edit.key)

    def saved(self, edit: Edit) -> None:
        """What was typed is on disk: there is nothing to keep any more."""
        if self._edit == edit:
            self.close()
        self._kept.pop(edit.key, None)
        self.typed.emit(edit.key, None)

    def bring(self, kept: Mapping[str, str]) -> None:
        """Take what an earlier run of the program kept, by the keys of messages; what is known here is newer."""
        self._kept = {**kept, **self._kept}
        if self._edit is not None:
            self._kept.pop(self._edit.key, None)

    def reopen(self, path: Sequence[Message]) -> None:
        """Go on with what was typed over a message of the path that is shown now."""
        message = next((message for message in path if message.id in self._kept), None)
        if message is not None and self._edit is None:
            self.open(Edit.of(message))

    def set_possible(self, is_possible: bool) -> None:
        """Say whether anything can be saved now."""
        self._editor.set_possible(is_possible)

    def _connect(self) -> None:
        self._editor.save_requested.connect(self._on_save_requested)
        self._editor.cancel_requested.connect(self._on_cancel_requested)
        self._editor.text_changed.connect(self._on_text_changed)
        self._editor.height_changed.connect(self._place)
        self._view.moved.connect(self._place)

    def _put_away(self) -> None:
        """Keep what was typed for when its message is shown again."""
        edit, text = self._edit, self._editor.text()
        self.close()
        if edit is not None and text != edit.text:
            self._kept[edit.key] = text

    def _place(self) -> None:
        """Stand where the message stands, which is given exactly this height."""
        edit = self._edit
        if edit is None or self._is_placing:
            return
        if not self._view.content.has(edit.key):
            self._put_away()
            return
        self._is_placing = True
        index = self._view.content.index_of(edit.key)
        width = self._view.message_rect(index).width()
        height = self._editor.needed_height(width)
        if self._view.content.room(index) != height:
            self._view.set_room(index, height)
        rect = self._view.message_rect(index)
        self._editor.setGeometry(QRect(rect.topLeft(), rect.size()))
        self._is_placing = False

    def _on_save_requested(self, text: str) -> None:
        if self._edit is not None:
            self.save_requested.emit(self._edit, text)

    def _on_cancel_requested(self) -> None:
        edit, text = self._edit, self._editor.text()
        self.close()
        if edit is not None:
            self.typed.emit(edit.key, None)
            self.cancelled.emit(edit, text)

    def _on_text_changed(self) -> None:
        if self._edit is not None:
            text = self._editor.text()
            self.typed.emit(self._edit.key, None if text == self._edit.text else text)


class _EditorInput(GrowingTextEdit):
    """The field itself: plain text only, careful with input methods."""

    save_pressed = Signal()
    escape_pressed = Signal()

    def __init__(self) -> None:
        super().__init__(fewest_lines=1, most_lines=MOST_LINES, edges_px=_EDGES_PX)
        self._enter_saves = False
        self.setObjectName("editorInput")
        self.setFrameShape(QFrame.Shape.NoFrame)

    def set_text(self, text: str, *, enter_saves: bool) -> None:
        """Put this text into the field; Enter alone saves it, or begins a line."""
        self._enter_saves = enter_saves
        self.setPlainText(text)
        self.moveCursor(self.textCursor().MoveOperation.End)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if self.is_composing:
            super().keyPressEvent(event)
        elif event.key() in ENTER_KEYS:
            self._on_enter(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.escape_pressed.emit()
        else:
            super().keyPressEvent(event)

    def _on_enter(self, event: QKeyEvent) -> None:
        event.accept()
        begins_line = not self._enter_saves or Shortcut.NEW_LINE.is_pressed(event)
        if Shortcut.SAVE_EDIT.is_pressed(event) or not begins_line:
            self.save_pressed.emit()
        else:
            self.begin_line()
