"""What the page Instructions says of entries, their variables and what they take."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from phidesk.core.prompts import KNOWN_VARIABLES, Prompt, variables_of
from phidesk.engine.protocol import TokenCount
from phidesk.ui.figures import CountedWords
from phidesk.ui.messages import model_label
from phidesk.ui.tool_titles import tool_title
from phidesk.ui.widgets.icon_choice import icon_words, known_icon

translate = QCoreApplication.translate


def cost_text(cost: TokenCount) -> str:
    """Say what instructions take of the window with every question."""
    tokens = CountedWords().tokens(cost.tokens)
    if cost.is_exact:
        return translate("Prompts", "Takes {tokens} of the conversation's memory.").format(tokens=tokens)
    return translate("Prompts", "Takes about {tokens} of the conversation's memory.").format(tokens=tokens)


def variables_text(text: str) -> str:
    """Say what becomes of the variables in a text; empty where it has none."""
    names = variables_of(text)
    known = " ".join(f"{{{name}}}" for name in names if name in KNOWN_VARIABLES)
    own = " ".join(f"{{{name}}}" for name in names if name not in KNOWN_VARIABLES)
    sentences = []
    if known:
        sentences.append(translate("Prompts", "PhiDesk fills in {names}.").format(names=known))
    if own:
        sentences.append(translate("Prompts", "You are asked for {names}.").format(names=own))
    return " ".join(sentences)


def prompt_lines(prompt: Prompt) -> str:
    """Write everything that an entry is, to be compared line by line."""
    defaults = prompt.defaults
    lines = [translate("Prompts", "Name: {name}").format(name=prompt.name)]
    lines.append(translate("Prompts", "Icon: {icon}").format(icon=icon_words()[known_icon(prompt.icon)]))
    lines += [prompt.text]
    lines += [translate("Prompts", "To begin with: {question}").format(question=it) for it in prompt.starters]
    if defaults.model is not None:
        lines.append(translate("Prompts", "Model: {model}").format(model=model_label(defaults.model)))
    if defaults.temperature is not None:
        number = QLocale().toString(defaults.temperature, "g", 4)
        lines.append(translate("Prompts", "Creativity: {number}").format(number=number))
    if defaults.tools:
        names = ", ".join(tool_title(name) for name in defaults.tools)
        lines.append(translate("Prompts", "Tools: {names}").format(names=names))
    return "\n".join(lines)
