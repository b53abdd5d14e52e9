"""The picture of something that the person made, chosen from a few."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from phidesk.core.prompts import DEFAULT_ICON
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.choice_button import Choice, ChoiceButton

translate = QCoreApplication.translate

_GAP_PX = 8


class IconChoice(QWidget):
    """The picture, and beside it what it shows, with the others in a menu."""

    chosen = Signal(str)
    """The person chose another one. Carries its name."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = DEFAULT_ICON
        self._picture = QLabel()
        self._choice = ChoiceButton(theme, name, self.tr("Icon"))
        self._choice.set_choices([Choice(icon, words, icon) for icon, words in icon_words().items()])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self._picture)
        layout.addWidget(self._choice)
        self._choice.chosen.connect(self.chosen)
        theme.changed.connect(self._show)

    def show_icon(self, icon: str) -> None:
        """Show one of `icon_words`. Emits nothing."""
        self._icon = icon
        self._show()

    def _show(self) -> None:
        self._choice.show_choice(self._icon)
        self._picture.setPixmap(self._theme.icon(self._icon).pixmap(self._choice.iconSize()))


def icon_words() -> dict[str, str]:
    """Return the icons that can be chosen, and what they show, in the order in which they are offered."""
    return {
        "message-square": translate("Icons", "Speech bubble"),
        "messages-square": translate("Icons", "Conversation"),
        "graduation-cap": translate("Icons", "Hat of a graduate"),
        "calculator": translate("Icons", "Calculator"),
        "book-open": translate("Icons", "Book"),
        "lightbulb": translate("Icons", "Light bulb"),
        "list-checks": translate("Icons", "Ticked list"),
        "languages": translate("Icons", "Languages"),
        "mail": translate("Icons", "Letter"),
        "pen-line": translate("Icons", "Pen"),
        "spell-check": translate("Icons", "Spelling"),
        "text-quote": translate("Icons", "Text"),
        "quote": translate("Icons", "Quotation marks"),
        "file-user": translate("Icons", "Curriculum vitae"),
        "briefcase": translate("Icons", "Briefcase"),
        "clipboard-list": translate("Icons", "Clipboard"),
        "table": translate("Icons", "Table"),
        "code": translate("Icons", "Program"),
        "scale": translate("Icons", "Scales"),
        "hand": translate("Icons", "Hand"),
        "sparkles": translate("Icons", "Sparks"),
        "star": translate("Icons", "Star"),
        "heart": translate("Icons", "Heart"),
        "chef-hat": translate("Icons", "Hat of a cook"),
        "shopping-cart": translate("Icons", "Shopping cart"),
        "house": translate("Icons", "House"),
        "wrench": translate("Icons", "Wrench"),
        "search": translate("Icons", "Magnifying glass"),
        "file-text": translate("Icons", "Sheet of paper"),
        "folder-open": translate("Icons", "Folder"),
        "network": translate("Icons", "Network"),
        "plane": translate("Icons", "Plane"),
        "leaf": translate("Icons", "Leaf"),
        "music": translate("Icons", "Music"),
        "palette": translate("Icons", "Colours"),
    }


def known_icon(name: str, default: str = DEFAULT_ICON) -> str:
    """Return an icon that is here; what comes from elsewhere may name another one."""
    return name if name in icon_words() else default
