"""Palettes of people who asked their system for high contrast, as systems give them."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from phidesk.ui.theme.theme import USUAL_TEXT_PX, Theme
from phidesk.ui.theme.tokens import tokens_from_palette

Colors = tuple[str, str, str, str, str, str]
PALETTES: dict[str, Colors] = {
    "night-sky": ("#000000", "#FFFFFF", "#D6B4FD", "#2B2B2B", "#A6A6A6", "#8080FF"),
    "aquatic": ("#202020", "#FFFFFF", "#8EE3F0", "#263B50", "#A6A6A6", "#75E9FC"),
    "desert": ("#FFFAEF", "#3D3D3D", "#903909", "#FFF5E3", "#676767", "#1C5E75"),
    "yellow-on-black": ("#000000", "#FFFF00", "#0000FF", "#FFFFFF", "#00FF00", "#FFFF00"),
    "grey-desktop": ("#EFEFEF", "#000000", "#308CC6", "#FFFFFF", "#BEBEBE", "#0000FF"),
}
"""Window, text, chosen, words on it, disabled, link: three contrast themes of Windows 11, one of old, and a usual desktop."""


def make_palette(name: str) -> QPalette:
    """Make one of them."""
    window, text, chosen, on_chosen, disabled, link = map(QColor, PALETTES[name])
    role, palette = QPalette.ColorRole, QPalette()
    for roles, color in (
        ((role.Window, role.Base, role.Button), window),
        ((role.WindowText, role.Text, role.ButtonText), text),
        ((role.Highlight,), chosen),
        ((role.HighlightedText,), on_chosen),
        ((role.Link,), link),
    ):
        for each in roles:
            palette.setColor(each, color)
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, disabled)
    return palette


def contrast_theme(application: QApplication, name: str, text_size_px: int = USUAL_TEXT_PX) -> Theme:
    """Dress the program as on a system that asks for high contrast with this palette."""
    tokens = tokens_from_palette(make_palette(name))
    return Theme(application, text_size_px=text_size_px, high_contrast=lambda _application: tokens)
