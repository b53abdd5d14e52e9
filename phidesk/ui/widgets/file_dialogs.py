"""The system's dialogs for files, which do not hold the program up: what was chosen comes later, or never."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

Chosen = Callable[[str], None]
"""Takes the path that the person chose."""


def choose_file(parent: QWidget, name: str, title: str, chosen: Chosen, *, name_filter: str = "") -> None:
    """Let the person choose one file that is there; `name` is that of the dialog."""
    dialog = _make_dialog(parent, name, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    if name_filter:
        dialog.setNameFilter(name_filter)
    dialog.fileSelected.connect(chosen)
    dialog.open()


def choose_place(parent: QWidget, name: str, title: str, chosen: Chosen, *, file_name: str) -> None:
    """Let the person choose where a file shall be. `file_name` is offered; its ending is added where none is typed."""
    dialog = _make_dialog(parent, name, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(PurePath(file_name).suffix.removeprefix("."))
    dialog.selectFile(file_name)
    dialog.fileSelected.connect(chosen)
    dialog.open()


def _make_dialog(parent: QWidget, name: str, title: str) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setObjectName(name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
