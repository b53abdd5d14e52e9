"""The note for people that lies beside a model on a stick."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from phidesk.engine.stick_folder import StickModel
from phidesk.ui.messages import model_label, size_text


def stick_note(model: StickModel) -> str:
    """Say what the folder holds and how to use it, in the language of who wrote the stick."""
    lines = [
        QCoreApplication.translate("StickNote", "This folder holds the language model {model} ({size})."),
        QCoreApplication.translate(
            "StickNote",
            "To use it, open PhiDesk on another computer, go to Models, press “From a USB stick…”, choose this folder.",
        ),
        QCoreApplication.translate(
            "StickNote", "PhiDesk checks every file before it uses it. Please leave the files as they are."
        ),
    ]
    text = "\n\n".join(lines)
    return text.format(model=model_label(model.name), size=size_text(model.size_bytes)) + "\n"
