"""The page Instructions: the library, and one entry of it at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.core.prompts import Prompt
from phidesk.ui.chat.reading_column import ReadingColumn
from phidesk.ui.chat.undo_bar import UndoBar
from phidesk.ui.prompts.prompt_editor import PromptEditor
from phidesk.ui.prompts.prompt_list import PromptList
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.file_dialogs import choose_file, choose_place
from phidesk.ui.widgets.page import Page
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.wide_button import WideButton
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_TOP_PX, _BOTTOM_PX = 32, 32
_GAP_PX = 12
FILE_FILTER = "*.json"


class PromptsPage(Page):
    """Shows the list, or the editor in its place. Knows values and tells wishes."""

    new_requested = Signal(bool)
    """A new entry is wanted. Carries whether it is a snippet."""
    open_requested = Signal(str)
    """An entry is to be seen. Carries its id."""
    import_chosen = Signal(Path)
    """The entries of this file are to be added."""
    export_chosen = Signal(Path, object)
    """Entries are to be written into this file. Carries them, a tuple; empty stands for all."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "prompts", QCoreApplication.translate("PromptsPage", "Instructions"), parent)
        self.list = PromptList(theme)
        self.editor = PromptEditor(theme)
        self.undo_bar = UndoBar(theme)
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
        self._back = WideButton(
            theme, "chevron-right" if self.isRightToLeft() else "chevron-left", self.tr("All instructions")
        )
        self._back.setObjectName("backToPrompts")
        self._back.setProperty("kind", "quiet")
        self._lay_out()
        self._connect()
        self.show_list()

    @property
    def is_editing(self) -> bool:
        """Whether one entry is shown instead of the list."""
        return not self.editor.isHidden()

    def show_prompts(self, prompts: Sequence[Prompt]) -> None:
        """Show these in the list. What is being edited is known better in the editor. Emits nothing."""
        self.list.show_prompts(prompts)
        order_tabs_by_layout(self)

    def show_editor(self, prompt: Prompt) -> None:
        """Show one entry instead of the list."""
        self.editor.flush()
        self._show_part(is_editing=True)
        self.editor.show_prompt(prompt)
        self.verticalScrollBar().setValue(0)
        self.editor.focus_name()

    def show_list(self) -> None:
        """Show the list, the keyboard on the entry that was shown."""
        was_editing = self.is_editing
        self._show_part(is_editing=False)
        if was_editing:
            self.list.focus_prompt(self.editor.prompt.id)

    def choose_export(self, prompts: tuple[Prompt, ...], file_name: str) -> None:
        """Let the person choose where these are written; none stands for all."""
        self._exported = prompts
        title = self.tr("Where the file should be")
        choose_place(self, "exportPromptsDialog", title, self._on_export_selected, file_name=file_name)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_editing:
            self.show_list()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        column = ReadingColumn(has_scroll_bar=False)
        layout = column.content_layout
        layout.setContentsMargins(0, _TOP_PX, 0, _BOTTOM_PX)
        layout.setSpacing(_GAP_PX)
        self._library = QWidget()
        library = QVBoxLayout(self._library)
        library.setContentsMargins(0, 0, 0, 0)
        library.setSpacing(_GAP_PX)
        for line in (self._explanation, self._buttons, self.list):
            library.addWidget(line)
        layout.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeading)
        for part in (self._heading, self._told, self._notice, self.undo_bar, self._library, self.editor):
            layout.addWidget(part)
        layout.addStretch(1)
        self._told.hide()
        self.setWidget(column)

    def _connect(self) -> None:
        self._new.clicked.connect(self._on_new_clicked)
        self._new_snippet.clicked.connect(self._on_new_snippet_clicked)
        self._import.clicked.connect(self._on_import_clicked)
        self._export.clicked.connect(self._on_export_clicked)
        self._back.clicked.connect(self.show_list)
        self.list.open_requested.connect(self.open_requested)

    def _show_part(self, *, is_editing: bool) -> None:
        self._heading.setHidden(is_editing)
        self._library.setHidden(is_editing)
        self._back.setVisible(is_editing)
        self.editor.setVisible(is_editing)
        self._told.hide()
        self._notice.clear()

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
