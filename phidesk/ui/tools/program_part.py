"""Which program a tool runs, where, and with what limits."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from typing_extensions import override

from phidesk.core.tool_spec import (
    ProgramAction,
    ToolAction,
)
from phidesk.tools.program import runs_by_itself
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.action_part import ActionPart
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.file_dialogs import choose_file
from phidesk.ui.widgets.keyboard_place import move_keyboard_to
from phidesk.ui.widgets.menu_button import MenuButton
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

TIME_LIMITS_S = (10.0, 30.0, 120.0, 600.0)


class ProgramPart(ActionPart):
    """The command is a list, a word in each line: nothing passes a shell, and nothing has to be quoted."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._command = self.add_text(
            "programCommand",
            self.tr("The program, then its arguments, one in each line"),
            self._on_changed,
            fewest_lines=2,
        )
        self._warning = make_wrapped_label("programWarning", tone="warning")
        self._warning.hide()
        self.lines.addWidget(self._warning)
        self._folder = self.add_line(
            "programFolder", self.tr("Folder in which it runs; empty for none"), self._on_edited
        )
        buttons = ButtonRow()
        choose = buttons.add_button("chooseProgram", self.tr("Choose a program…"))
        choose_folder = buttons.add_button("chooseProgramFolder", self.tr("Choose a folder…"))
        self.lines.addWidget(buttons)
        self._may_write = CheckLine(theme, self.tr("It may change files in its folder"))
        self._may_write.setObjectName("programMayWrite")
        self.lines.addWidget(self._may_write)
        self._limit = MenuButton(theme)
        self._limit.setObjectName("programTimeLimit")
        for limit_s in TIME_LIMITS_S:
            self._limit.menu().addAction(self._limit_words(limit_s)).triggered.connect(partial(self._on_limit, limit_s))
        self.lines.addWidget(self._limit, 0, Qt.AlignmentFlag.AlignLeading)
        self.add_hint(
            self.tr(
                "The inputs come as JSON on its standard input; what it writes on its standard output is the result. "
                "It runs without network and apart from your other files where this system can do that."
            )
        )
        self._limit_s = TIME_LIMITS_S[1]
        choose.clicked.connect(self._on_choose_clicked)
        choose_folder.clicked.connect(self._on_choose_folder_clicked)
        self._may_write.clicked.connect(self._on_changed)

    @override
    def show_action(self, does: ToolAction) -> None:
        super().show_action(does)
        if isinstance(does, ProgramAction):
            self.fill(self._command, "\n".join(does.command))
            self._folder.setText(does.folder)
            self._may_write.setChecked(does.may_write)
            self._show_limit(does.time_limit_s)
            self._show_warning(does.command)

    @override
    def focus_first(self) -> None:
        move_keyboard_to(self._command)

    def _show_limit(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._limit.setText(self._limit_words(limit_s))
        self._limit.setAccessibleName(self._limit_words(limit_s))

    def _show_warning(self, command: tuple[str, ...]) -> None:
        is_script = bool(command) and not runs_by_itself(command[0])
        words = self.tr("This file does not run by itself. Name in a line above what runs it, such as python3.")
        self._warning.setText(words)
        self._warning.setVisible(is_script)

    def _limit_words(self, limit_s: float) -> str:
        return self.tr("It may take {count} seconds").format(count=round(limit_s))

    def _on_changed(self) -> None:
        command = tuple(line for line in self._command.toPlainText().split("\n") if line)
        self._show_warning(command)
        self.change(ProgramAction(command, self._folder.text().strip(), self._limit_s, self._may_write.isChecked()))

    def _on_edited(self, _folder: str) -> None:
        self._on_changed()

    def _on_limit(self, limit_s: float) -> None:
        self._show_limit(limit_s)
        self._on_changed()

    def _on_choose_clicked(self) -> None:
        choose_file(self, "programDialog", self.tr("Choose a program"), self._on_program_selected)

    def _on_program_selected(self, path: str) -> None:
        rest = self._command.toPlainText().split("\n")[1:]
        self._command.setPlainText("\n".join((str(Path(path)), *rest)))

    def _on_choose_folder_clicked(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a folder"))
        dialog.setObjectName("programFolderDialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_folder_selected)
        dialog.open()

    def _on_folder_selected(self, path: str) -> None:
        self._folder.setText(str(Path(path)))
        self._on_changed()
