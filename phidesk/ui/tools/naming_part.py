"""Kinds of actions that have one text in which inputs may be named."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QLineEdit, QPushButton
from typing_extensions import override

from phidesk.core.tool_spec import ToolAction
from phidesk.tools.template import names_in_template
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.action_part import ActionPart
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.keyboard_place import move_keyboard_to
from phidesk.ui.widgets.wrapped_label import make_wrapped_label


class NamingPart(ActionPart):
    """Offers the names of the inputs as buttons, and warns of others. A kind adds its text, then `add_naming`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._names: tuple[str, ...] = ()
        self._inserts = ButtonRow(self)
        self._buttons: list[QPushButton] = []
        self._unknown = make_wrapped_label("unknownNames", tone="warning")
        self._inserts.hide()
        self._unknown.hide()

    def field(self) -> QLineEdit | GrowingTextEdit:
        """Return where the text is typed."""
        raise NotImplementedError

    @override
    def show_inputs(self, names: tuple[str, ...]) -> None:
        shown = tuple(name for name in names if _is_word(name))
        if shown != self._names:
            self._names = shown
            self._offer_names()
        self.show_unknown()

    @override
    def change(self, does: ToolAction) -> None:
        super().change(does)
        self.show_unknown()

    def show_unknown(self) -> None:
        """Warn of names in the text that no input has."""
        field = self.field()
        text = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
        # Braces with quotes, colons or line breaks in them belong to JSON or a program.
        unknown = [name for name in names_in_template(text) if name not in self._names and _is_word(name)]
        self._unknown.setText(
            self.tr("No input has this name: {names}. It stays as it is.").format(names=", ".join(unknown))
        )
        self._unknown.setVisible(bool(unknown))

    def add_naming(self) -> None:
        """Add the buttons and the warning."""
        self.lines.addWidget(self._inserts)
        self.lines.addWidget(self._unknown)

    def _offer_names(self) -> None:
        """Show a button for each name. They stay the same widgets, so that the focus stays."""
        for number in range(len(self._buttons), len(self._names)):
            button = self._inserts.add_button("insertInput", "", kind="quiet")
            button.clicked.connect(partial(self._on_insert_clicked, number))
            self._buttons.append(button)
        for number, button in enumerate(self._buttons):
            button.setVisible(number < len(self._names))
            if number < len(self._names):
                button.setText(self.tr("Insert {name}").format(name=f"{{{self._names[number]}}}"))
        self._inserts.setVisible(bool(self._names))

    def _on_insert_clicked(self, number: int) -> None:
        """Put a name where the person was typing."""
        field, words = self.field(), f"{{{self._names[number]}}}"
        if isinstance(field, QLineEdit):
            field.insert(words)
            field.textEdited.emit(field.text())  # Qt tells of typing only.
        else:
            field.insertPlainText(words)
        move_keyboard_to(field)


def _is_word(name: str) -> bool:
    return name.replace("_", "").replace("-", "").isalnum()
