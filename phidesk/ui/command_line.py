"""The words of the command line: help, and what `doctor` tells. Knows no widget."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject

from phidesk.chat.diagnosis import Diagnosis, EngineFinding
from phidesk.core.memory_fit import Room
from phidesk.engine.protocol import EngineStatus
from phidesk.ui.messages import engine_label, model_label, notice_for_error, size_text

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
        return self.tr("Look at engines, models, memory and disk.")

    def self_test(self) -> str:
        """Help of `self-test`."""
        return self.tr("Start everything in a temporary folder, ask the practice model, and say whether it works.")

    def json(self) -> str:
        """Help of `--json`."""
        return self.tr("Print one JSON object as the last line.")


def diagnosis_lines(diagnosis: Diagnosis) -> list[str]:
    """Say what was found, a line each."""
    choice = diagnosis.choice
    lines = [_engine_line(finding) for finding in diagnosis.engines]
    if choice.error is not None:
        lines.append("✗ " + notice_for_error(type(choice.error).__name__, choice.error.facts()).sentence)
    elif choice.model is not None:
        text = translate("Doctor", "{model} would answer ({engine}).")
        lines.append("✓ " + text.format(model=model_label(choice.model.name), engine=engine_label(choice.engine_name)))
    lines.append(_room_line(translate("Doctor", "Memory of the computer: {free} free of {total}"), diagnosis.memory))
    lines.append(_room_line(translate("Doctor", "Disk with the conversations: {free} free of {total}"), diagnosis.disk))
    return lines


def _engine_line(finding: EngineFinding) -> str:
    words = {
        EngineStatus.ABSENT: translate("Doctor", "not installed"),
        EngineStatus.STARTING: translate("Doctor", "is starting"),
        EngineStatus.READY: translate("Doctor", "ready"),
        EngineStatus.UNREACHABLE: translate("Doctor", "not running"),
        EngineStatus.FORBIDDEN: translate("Doctor", "does not let PhiDesk in"),
        EngineStatus.NOT_AN_ENGINE: translate("Doctor", "something else answers at its address"),
    }
    state = finding.state
    pieces = [words[state.status], state.version, state.address]
    pieces += [model_label(model.name) for model in finding.models]
    if finding.error is not None:
        pieces.append(notice_for_error(type(finding.error).__name__, finding.error.facts()).sentence)
    mark = "✓" if state.is_ready and finding.error is None else "·"
    return f"{mark} {engine_label(finding.name)}: " + " · ".join(piece for piece in pieces if piece)


def _room_line(text: str, room: Room) -> str:
    return "· " + text.format(free=size_text(room.free_bytes), total=size_text(room.total_bytes))


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
