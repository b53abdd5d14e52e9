"""The page Instructions: the library, and one entry of it at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from phidesk.core.prompts import Prompt
from phidesk.ui.library_page import LibraryPage
from phidesk.ui.prompts.prompt_editor import PromptEditor
from phidesk.ui.prompts.prompt_list import PromptList
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.file_dialogs import choose_file, choose_place
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

translate = QCoreApplication.translate

FILE_FILTER = "*.json"


class PromptsPage(LibraryPage):
    """Shows the list, or the editor in its place. Knows values and tells wishes."""

    new_requested = Signal(bool)
    """A new entry is wanted. Carries whether it is a snippet."""
    open_requested = Signal(str)
    """An entry is to be seen. Carries its id."""
    export_chosen = Signal(Path, object)
    """Entries are to be written into this file. Carries them, a tuple; empty stands for all."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        title, back = translate("PromptsPage", "Instructions"), translate("PromptsPage", "All instructions")
        super().__init__(theme, "prompts", title, back=back, parent=parent)
        self.list = PromptList(theme)
        self.editor = PromptEditor(theme)
        self._exported: tuple[Prompt, ...] = ()
        self._explanation = make_wrapped_label(
            "promptsExplanation",
            self.tr("Instructions say how the model behaves. Choose them for a conversation, or change them here."),
            tone="muted",
        )
        self._buttons = ButtonRow()
        self._new = self._buttons.add_button("newPrompt", self.tr("New instructions"), kind="primary")
        self._new_snippet = self._buttons.add_button("newSnippet", self.tr("New snippet"))
        self._import = self._buttons.add_button("importPrompts", self.tr("Import…"))
        self._export = self._buttons.add_button("exportPrompts", self.tr("Export all…"))
        for part in (self._explanation, self._buttons, self.list):
            self.listed.addWidget(part)
        self.lay_out(self.editor)
        self._connect()

    def show_prompts(self, prompts: Sequence[Prompt]) -> None:
        """Show these in the list. What is being edited is known better in the editor. Emits nothing."""
        self.list.show_prompts(prompts)
        order_tabs_by_layout(self)

    def show_editor(self, prompt: Prompt) -> None:
        """Show one entry instead of the list."""
        self.editor.flush()
        self.show_form()
        self.editor.show_prompt(prompt)
        self.editor.focus_name()

    @override
    def focus_entry(self) -> None:
        self.list.focus_prompt(self.editor.prompt.id)

    def choose_export(self, prompts: tuple[Prompt, ...], file_name: str) -> None:
        """Let the person choose where these are written; none stands for all."""
        self._exported = prompts
        title = self.tr("Where the file should be")
        choose_place(self, "exportPromptsDialog", title, self._on_export_selected, file_name=file_name)

    def _connect(self) -> None:
        self._new.clicked.connect(self._on_new_clicked)
        self._new_snippet.clicked.connect(self._on_new_snippet_clicked)
        self._import.clicked.connect(self._on_import_clicked)
        self._export.clicked.connect(self._on_export_clicked)
        self.list.open_requested.connect(self.open_requested)

    def _on_new_clicked(self) -> None:
        self.new_requested.emit(False)

    def _on_new_snippet_clicked(self) -> None:
        self.new_requested.emit(True)

    def _on_import_clicked(self) -> None:
        title, kind = self.tr("Import instructions"), self.tr("Instructions ({pattern})").format(pattern=FILE_FILTER)
        choose_file(self, "importPromptsDialog", title, self._on_import_selected, name_filter=kind)

    def _on_import_selected(self, path: str) -> None:
        self.import_chosen.emit(Path(path))

    def _on_export_clicked(self) -> None:
        self.choose_export((), "PhiDesk-instructions.json")

    def _on_export_selected(self, path: str) -> None:
        self.export_chosen.emit(Path(path), self._exported)
