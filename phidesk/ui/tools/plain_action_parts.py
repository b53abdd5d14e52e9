"""What the kinds of actions need to know that need little: a text, a question, a function."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from phidesk.core.tool_spec import (
    AskAction,
    BuiltinAction,
    TemplateAction,
    ToolAction,
)
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tool_titles import tool_title
from phidesk.ui.tools.action_part import ActionPart
from phidesk.ui.tools.naming_part import NamingPart
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.keyboard_place import move_keyboard_to
from phidesk.ui.widgets.menu_button import MenuButton


class TemplatePart(NamingPart):
    """The text that is filled in."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._text = self.add_text(
            "templateText", self.tr("The text that the model gets"), self._on_changed, fewest_lines=3
        )
        self.add_hint(
            self.tr("{name} becomes the value of the input “name”. {name|nobody} becomes “nobody” where none is given.")
        )
        self.add_naming()

    @override
    def show_action(self, does: ToolAction) -> None:
        super().show_action(does)
        if isinstance(does, TemplateAction):
            self.fill(self._text, does.text)
            self.show_unknown()

    @override
    def field(self) -> GrowingTextEdit:
        return self._text

    def _on_changed(self) -> None:
        self.change(TemplateAction(self._text.toPlainText()))


class AskPart(NamingPart):
    """The question that the person is asked."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._question = self.add_line("askQuestion", self.tr("What you are asked"), self._on_edited)
        self.add_hint(
            self.tr("You type what the model gets. The question may name inputs, such as {name}; it may be empty.")
        )
        self.add_naming()

    @override
    def show_action(self, does: ToolAction) -> None:
        super().show_action(does)
        if isinstance(does, AskAction):
            self._question.setText(does.question)
            self.show_unknown()

    @override
    def field(self) -> QLineEdit:
        return self._question

    def _on_edited(self, question: str) -> None:
        self.change(AskAction(question))


class BuiltinPart(ActionPart):
    """The words are the person's, the work is done by what comes with the program."""

    def __init__(self, theme: Theme, names: Sequence[str]) -> None:
        super().__init__(theme)
        self._function = MenuButton(theme)
        self._function.setObjectName("builtinFunction")
        for name in names:
            self._function.menu().addAction(tool_title(name)).triggered.connect(partial(self._on_chosen, name))
        self.lines.addWidget(self._function, 0, Qt.AlignmentFlag.AlignLeading)
        self.add_hint(self.tr("The inputs become those of the function. Say in your own words when it helps."))

    @override
    def show_action(self, does: ToolAction) -> None:
        super().show_action(does)
        if isinstance(does, BuiltinAction):
            self._function.setText(tool_title(does.name))
            self._function.setAccessibleName(self.tr("Function: {name}").format(name=tool_title(does.name)))

    @override
    def focus_first(self) -> None:
        move_keyboard_to(self._function)

    def _on_chosen(self, name: str) -> None:
        self.show_action(BuiltinAction(name))
        self.change(BuiltinAction(name))
