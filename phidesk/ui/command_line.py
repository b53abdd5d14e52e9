"""The words of the command line: help, and what `doctor` tells. Knows no widget."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject

from phidesk.ui.health.finding_words import bundle_note, diagnosis_lines

__all__ = ["CommandWords", "bundle_note", "diagnosis_lines", "self_test_line"]

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

    def self_test(self) -> str:
        """Help of `self-test`."""
        return self.tr("Start everything in a temporary folder, ask the practice model, and say whether it works.")

    def json(self) -> str:
        """Help of `--json`."""
        return self.tr("Print one JSON object as the last line.")


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
