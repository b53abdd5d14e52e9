"""What the page Instructions says of entries, their icons, variables and versions."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from phidesk.core.prompts import KNOWN_VARIABLES, Prompt, PromptVersion, variables_of
from phidesk.engine.protocol import TokenCount
from phidesk.ui.figures import CountedWords, number_text
from phidesk.ui.messages import model_label
from phidesk.ui.tool_titles import tool_title

translate = QCoreApplication.translate


def icon_words() -> dict[str, str]:
    """Return the icons that entries may have, and what they show, in the order in which they are offered."""
    return {
        "message-square": translate("PromptIcons", "Speech bubble"),
        "messages-square": translate("PromptIcons", "Conversation"),
        "graduation-cap": translate("PromptIcons", "Hat of a graduate"),
        "calculator": translate("PromptIcons", "Calculator"),
        "book-open": translate("PromptIcons", "Book"),
        "lightbulb": translate("PromptIcons", "Light bulb"),
        "list-checks": translate("PromptIcons", "Ticked list"),
        "languages": translate("PromptIcons", "Languages"),
        "mail": translate("PromptIcons", "Letter"),
        "pen-line": translate("PromptIcons", "Pen"),
        "spell-check": translate("PromptIcons", "Spelling"),
        "text-quote": translate("PromptIcons", "Text"),
        "quote": translate("PromptIcons", "Quotation marks"),
        "file-user": translate("PromptIcons", "Curriculum vitae"),
        "briefcase": translate("PromptIcons", "Briefcase"),
        "clipboard-list": translate("PromptIcons", "Clipboard"),
        "table": translate("PromptIcons", "Table"),
        "code": translate("PromptIcons", "Program"),
        "scale": translate("PromptIcons", "Scales"),
        "hand": translate("PromptIcons", "Hand"),
        "sparkles": translate("PromptIcons", "Sparks"),
        "star": translate("PromptIcons", "Star"),
        "heart": translate("PromptIcons", "Heart"),
        "chef-hat": translate("PromptIcons", "Hat of a cook"),
        "shopping-cart": translate("PromptIcons", "Shopping cart"),
        "house": translate("PromptIcons", "House"),
        "wrench": translate("PromptIcons", "Wrench"),
        "plane": translate("PromptIcons", "Plane"),
        "leaf": translate("PromptIcons", "Leaf"),
        "music": translate("PromptIcons", "Music"),
        "palette": translate("PromptIcons", "Colours"),
    }


def shown_icon(prompt: Prompt) -> str:
    """Return the icon of an entry; an entry from elsewhere may name one that is not here."""
    icons = icon_words()
    return prompt.icon if prompt.icon in icons else next(iter(icons))


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


def version_text(version: PromptVersion) -> str:
    """Name a version by its number and time."""
    time = QLocale().toString(
        QDateTime.fromSecsSinceEpoch(round(version.saved_at.timestamp())), QLocale.FormatType.ShortFormat
    )
    text = translate("Prompts", "Version {number} · {time}")
    return text.format(number=number_text(version.number), time=time)


def prompt_lines(prompt: Prompt) -> str:
    """Write everything that an entry is, to be compared line by line."""
    defaults = prompt.defaults
    lines = [translate("Prompts", "Name: {name}").format(name=prompt.name)]
    lines.append(translate("Prompts", "Icon: {icon}").format(icon=icon_words()[shown_icon(prompt)]))
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
