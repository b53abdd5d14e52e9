"""What a tool does: which kind of action, and what that kind needs to know."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from phidesk.core.tool_spec import (
    ActionMistake,
    AddressAction,
    AskAction,
    BuiltinAction,
    ProgramAction,
    TemplateAction,
    ToolAction,
    action_mistake,
)
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.action_part import ActionPart
from phidesk.ui.tools.address_part import AddressPart
from phidesk.ui.tools.plain_action_parts import AskPart, BuiltinPart, TemplatePart
from phidesk.ui.tools.program_part import ProgramPart
from phidesk.ui.tools.tool_words import action_mistake_words, action_text
from phidesk.ui.widgets.menu_button import MenuButton
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_NEW: tuple[ToolAction, ...] = (TemplateAction(""), AskAction(), ProgramAction(()), AddressAction(""))
_GAP_PX = 8


class ActionForm(QWidget):
    """Each kind keeps what was typed for it while another one is looked at."""

    changed = Signal()
    """The person changed what the tool does."""

    def __init__(self, theme: Theme, builtin: Sequence[str] = (), parent: QWidget | None = None) -> None:
        """`builtin` names what comes with the program."""
        super().__init__(parent)
        self._theme = theme
        self._does: ToolAction = TemplateAction("")
        self._input_names: tuple[str, ...] = ()
        self._kind = MenuButton(theme)
        self._kind.setObjectName("actionKind")
        self._mistake = make_wrapped_label("actionMistake", tone="danger")
        self._parts: dict[type, ActionPart] = {
            TemplateAction: TemplatePart(theme),
            AskAction: AskPart(theme),
            ProgramAction: ProgramPart(theme),
            AddressAction: AddressPart(theme),
            BuiltinAction: BuiltinPart(theme, builtin),
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self._kind, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self._mistake)
        for part in self._parts.values():
            layout.addWidget(part)
            part.changed.connect(self._on_part_changed)
        self._new = (*_NEW, *(BuiltinAction(name) for name in builtin[:1]))
        for does in self._new:
            self._kind.menu().addAction(action_text(type(does))).triggered.connect(partial(self._on_chosen, type(does)))
        self.show_action(self._does)

    @property
    def does(self) -> ToolAction:
        """What stands in the form."""
        return self._does

    def show_action(self, does: ToolAction) -> None:
        """Show what a tool does, and forget what was typed for other kinds. Emits nothing."""
        for known in self._new:
            self._parts[type(known)].show_action(does if type(does) is type(known) else known)
        self._parts[type(does)].show_action(does)
        self._show(does)

    def show_inputs(self, names: Sequence[str]) -> None:
        """Take note of the inputs that texts may name."""
        self._input_names = tuple(names)
        for part in self._parts.values():
            part.show_inputs(self._input_names)

    def show_mistake(self, mistake: ActionMistake | None) -> None:
        """Mark what has to be mended, or nothing."""
        self._mistake.setText("" if mistake is None else action_mistake_words(mistake))
        self._mistake.setVisible(mistake is not None)

    def focus_mistake(self) -> None:
        """Put the keyboard where something is to be mended."""
        self._parts[type(self._does)].focus_first()

    def _show(self, does: ToolAction) -> None:
        self._does = does
        words = action_text(type(does))
        self._kind.setText(words)
        self._kind.setAccessibleName(self.tr("What the tool does: {action}").format(action=words))
        for kind, part in self._parts.items():
            part.setVisible(kind is type(does))
        self.show_mistake(None)

    def _on_chosen(self, kind: type) -> None:
        self._show(self._parts[kind].does)
        self.changed.emit()

    def _on_part_changed(self) -> None:
        self._does = self._parts[type(self._does)].does
        if action_mistake(self._does) is None:
            self.show_mistake(None)
        self.changed.emit()
