"""The words of the command line: help, and what `doctor` tells. Knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from phidesk.core.conversation import Overflow
from phidesk.ui.health.finding_words import bundle_note, diagnosis_lines
from phidesk.ui.messages import engine_label, model_label, size_text
from phidesk.ui.tool_titles import tool_title

if TYPE_CHECKING:
    from phidesk.engine.stick_folder import ImportedModel, StickModel

__all__ = [
    "CommandWords",
    "bundle_note",
    "copied_line",
    "diagnosis_lines",
    "self_test_line",
    "stick_taken_line",
    "stick_written_line",
    "usual_way_line",
]

translate = QCoreApplication.translate


class CommandWords(QObject):
    """The help of each command and option."""

    def program(self) -> str:
        """Say what the program is."""
        return self.tr("Talk with a language model on this computer. Without a command the window opens.")

    def ask(self) -> str:
        """Help of `ask`."""
        return self.tr("Ask one question and print the answer while it comes.")

    def question(self) -> str:
        """Help of the question."""
        return self.tr("What to ask; - reads it from the standard input.")

    def engine(self) -> str:
        """Help of `--engine`."""
        return self.tr("Who answers: ollama, builtin, or the address of a server. Otherwise the best that is there.")

    def model(self) -> str:
        """Help of `--model`."""
        return self.tr("Which of its models answers.")

    def system(self) -> str:
        """Help of `--system`."""
        return self.tr("Instructions: how the model should behave (system prompt).")

    def window(self) -> str:
        """Help of `--window`."""
        return self.tr("Memory of the conversation in tokens (context length).")

    def max_tokens(self) -> str:
        """Help of `--max-tokens`."""
        return self.tr("Most tokens of the answer.")

    def temperature(self) -> str:
        """Help of `--temperature`."""
        return self.tr("Creativity (temperature); 0 gives the likeliest words.")

    def seed(self) -> str:
        """Help of `--seed`."""
        return self.tr("Makes a creative answer repeatable.")

    def conversation(self) -> str:
        """Help of `--conversation`."""
        return self.tr(
            "Go on in a saved conversation (its settings change as asked), or begin one. Else nothing is saved."
        )

    def conversations(self) -> str:
        """Help of `conversations`."""
        return self.tr("List the saved conversations.")

    def doctor(self) -> str:
        """Help of `doctor`."""
        return self.tr("Look at engines, models, memory, disk, fonts and folders, and say what is wrong.")

    def bundle(self) -> str:
        """Help of `--bundle`."""
        return self.tr("Write a file (zip) for those who help: findings and logs, without messages, names and keys.")

    def bundle_written(self, path: str) -> str:
        """Say where the bundle is."""
        return self.tr("The file for those who help: {path}").format(path=path)

    def model_to_stick(self) -> str:
        """Help of `model-to-stick`."""
        return self.tr("Copy a model into a folder, on a USB stick say, and check it there.")

    def model_from_stick(self) -> str:
        """Help of `model-from-stick`."""
        return self.tr("Take in the models of such a folder, after checking them.")

    def stick_model(self) -> str:
        """Help of the model's name."""
        return self.tr("The name of the model.")

    def stick_folder(self) -> str:
        """Help of the folder."""
        return self.tr("The folder on the stick.")

    def stick_engine(self) -> str:
        """Help of `--engine` of both."""
        return self.tr("Whose model it is, or is to be: ollama or builtin. Otherwise Ollama's where that runs.")

    def self_test(self) -> str:
        """Help of `self-test`."""
        return self.tr("Start everything in a temporary folder, ask the practice model, and say whether it works.")

    def json(self) -> str:
        """Help of `--json`."""
        return self.tr("Print one JSON object as the last line.")


def stick_written_line(model: StickModel) -> str:
    """Say where a model lies now."""
    text = translate("Stick", "{model} ({size}) is on the stick and was checked: {folder}")
    return text.format(model=model_label(model.name), size=size_text(model.size_bytes), folder=model.folder)


def stick_taken_line(model: ImportedModel) -> str:
    """Say which engine has a model now, and whether that is new."""
    if model.copied_bytes:
        text = translate("Stick", "{model} was taken in and can be used ({engine}).")
    else:
        text = translate("Stick", "{model} was here already ({engine}).")
    return text.format(model=model_label(model.name), engine=engine_label(model.engine))


def usual_way_line(way: Overflow) -> str:
    """Say what is done so that a conversation fits again, because its settings want it so."""
    if way is Overflow.SUMMARISE:
        return translate("Ask", "The conversation no longer fits: its older part is being summarised.")
    return translate("Ask", "The conversation no longer fits: it takes more memory.")


def refused_tool_line(name: str) -> str:
    """Say that a tool was not used, because nobody is there who could be asked."""
    return translate("Ask", "“{tool}” was not used: only the window asks whether it may.").format(tool=tool_title(name))


def copied_line(share: float) -> str:
    """Say how far the copying is."""
    return translate("Stick", "{percent} % copied and checked").format(percent=round(100 * share))


def self_test_line(step: str, problem: str) -> str:
    """Say how one step of the self-test went; `problem` is technical and empty where there is none."""
    steps = {
        "data": translate("SelfTest", "The folder for conversations can be used."),
        "window": translate("SelfTest", "The window opens."),
        "question": translate("SelfTest", "A question is kept."),
        "answer": translate("SelfTest", "The practice model answers."),
        "gauge": translate("SelfTest", "The gauge shows what the engine says."),
    }
    return f"✗ {steps[step]}\n  {problem}" if problem else f"✓ {steps[step]}"
