"""The part of the panel about instructions: from the library or one's own, with their variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from phidesk.core.prompts import Prompt
from phidesk.ui.chat.instructions_editor import InstructionsEditor
from phidesk.ui.chat.variables_form import VariablesForm
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.choice_button import Choice, ChoiceButton
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

NOTHING, OWN = "", "own"
"""Keys of the choice beside the ids of entries: no instructions, and words of one's own."""
_GAP_PX = 8


class InstructionsSection(QWidget):
    """Knows values only. Typing over the text of an entry is told like any typing."""

    chosen = Signal(str)
    """Carries the id of an entry, or NOTHING."""
    follow_requested = Signal()
    """The conversation is to have the entry's text again."""
    open_requested = Signal()
    """The entry is to be seen in the library."""
    undo_requested = Signal()
    """What was there before the last choice is to be there again."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[Choice, ...] = ()
        self._title = make_section_title(self.tr("Instructions"), tip=self.tr("System prompt"))
        self._chooser = ChoiceButton(theme, "promptChooser", self.tr("Instructions"))
        self._chooser.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.editor = InstructionsEditor(theme)
        self._state = make_wrapped_label("promptState", tone="muted", step="small")
        self._buttons = ButtonRow()
        self._undo = self._buttons.add_button("undoPrompt", self.tr("Undo"))
        self._follow = self._buttons.add_button("followPrompt", self.tr("Follow the library again"))
        self._open = self._buttons.add_button("openInLibrary", self.tr("Open in the library"))
        self.form = VariablesForm()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        for part in (self._title, self._chooser, self.editor, self._state, self.form, self._buttons):
            layout.addWidget(part)
        self._title.setBuddy(self.editor)
        self._connect()
        self.set_prompts(())
        self.show_source(None, has_text=False)
        self.set_undo(is_possible=False)

    def set_prompts(self, prompts: Sequence[Prompt]) -> None:
        """Offer these instructions. Emits nothing."""
        entries = [Choice(it.id, it.name, it.icon, begins_group=place == 0) for place, it in enumerate(prompts)]
        self._chooser.set_choices([Choice(NOTHING, self.tr("No instructions")), *entries])

    def show_source(self, prompt: Prompt | None, *, is_detached: bool = False, has_text: bool) -> None:
        """Say where the text is from: an entry, or the person. Emits nothing."""
        own = OWN if has_text else NOTHING
        self._chooser.show_choice(prompt.id if prompt is not None else own, self.tr("Your own words"))
        self._state.setText(
            self.tr("Changed here. The library does not change this text any more.")
            if is_detached
            else self.tr("Follows the library: what changes there holds here too.")
        )
        self._state.setVisible(prompt is not None)
        self._follow.setVisible(prompt is not None and is_detached)
        self._open.setVisible(prompt is not None)
        self._show_buttons()

    def show_variables(self, names: Sequence[str], values: Mapping[str, str]) -> None:
        """Ask for these. Emits nothing."""
        self.form.show_variables(names, values)

    def set_undo(self, *, is_possible: bool) -> None:
        """Offer the way back from the last choice, or not."""
        self._undo.setVisible(is_possible)
        self._show_buttons()

    def flush(self) -> None:
        """Tell at once what was typed and not told yet."""
        self.editor.flush()
        self.form.flush()

    def _connect(self) -> None:
        self._chooser.chosen.connect(self.chosen)
        self._follow.clicked.connect(self._on_follow_clicked)
        self._open.clicked.connect(self._on_open_clicked)
        self._undo.clicked.connect(self._on_undo_clicked)

    def _show_buttons(self) -> None:
        self._buttons.setHidden(all(button.isHidden() for button in (self._undo, self._follow, self._open)))

    def _on_follow_clicked(self) -> None:
        self.follow_requested.emit()

    def _on_open_clicked(self) -> None:
        self.open_requested.emit()

    def _on_undo_clicked(self) -> None:
        self.undo_requested.emit()
