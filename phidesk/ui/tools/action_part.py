"""What the forms of all kinds of actions have in common."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from phidesk.core.tool_spec import TemplateAction, ToolAction
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.keyboard_place import move_keyboard_to
from phidesk.ui.widgets.wrapped_label import WrappedLabel, make_wrapped_label

_GAP_PX = 8
_EDGES_PX = 12


class ActionPart(QWidget):
    """The fields of one kind, under each other in `lines`."""

    changed = Signal()
    """The person changed something; `does` is what stands there now."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.does: ToolAction = TemplateAction("")
        self._is_filling = False
        self.lines = QVBoxLayout(self)
        self.lines.setContentsMargins(0, 0, 0, 0)
        self.lines.setSpacing(_GAP_PX)

    def show_action(self, does: ToolAction) -> None:
        """Show what a tool does, if it is of this kind. Emits nothing."""
        self.does = does

    def show_inputs(self, names: tuple[str, ...]) -> None:
        """Take note of the inputs that texts may name. Most kinds have no such text."""

    def focus_first(self) -> None:
        """Put the keyboard at the beginning."""
        move_keyboard_to(*self.findChildren(QLineEdit), *self.findChildren(GrowingTextEdit))

    def fill(self, edit: GrowingTextEdit, text: str) -> None:
        """Show a text without telling anybody."""
        self._is_filling = True
        if edit.toPlainText() != text:
            edit.setPlainText(text)
        self._is_filling = False

    def change(self, does: ToolAction) -> None:
        """Tell that the person changed what the tool does; nothing while a text is filled in."""
        if self._is_filling:
            return
        self.does = does
        self.changed.emit()

    def add_hint(self, words: str) -> WrappedLabel:
        """Add a quiet line of help."""
        label = make_wrapped_label("actionHint", words, tone="muted", step="small")
        self.lines.addWidget(label)
        return label

    def add_line(self, name: str, words: str, receive: Callable[[str], None]) -> QLineEdit:
        """Add a field of one line."""
        line = QLineEdit()
        line.setObjectName(name)
        line.setPlaceholderText(words)
        line.setAccessibleName(words)
        line.textEdited.connect(receive)
        self.lines.addWidget(line)
        return line

    def add_text(self, name: str, words: str, receive: Callable[[], None], *, fewest_lines: int) -> GrowingTextEdit:
        """Add a field of several lines."""
        text = GrowingTextEdit(fewest_lines=fewest_lines, most_lines=12, edges_px=_EDGES_PX)
        text.setObjectName(name)
        text.setPlaceholderText(words)
        text.setAccessibleName(words)
        text.textChanged.connect(receive)
        self._theme.changed.connect(text.fit_height)
        self.lines.addWidget(text)
        return text
