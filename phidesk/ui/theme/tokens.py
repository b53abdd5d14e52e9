"""The colours, the only ones in the program. `look.md` shows the table; a test measures the contrasts."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

_SELECTED_PART = 0.3
"""So much of the text's colour is behind selected text, the rest is the window's: contrasts of 2.5 and 8."""


@dataclass(frozen=True)
class Tokens:
    """One set of colours, each as "#RRGGBB".

    `border` separates and decorates, `edge` outlines what can be used (contrast 3:1). Text is `text` or `muted`;
    `danger`, `warning` and `success` are text colours too and never the only sign; `code_name` is one more, for
    listings. `accent_soft` lies behind what is chosen, `selection` behind selected text.
    """

    window: str
    surface: str
    raised: str
    border: str
    edge: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_soft: str
    selection: str
    danger: str
    warning: str
    success: str
    bubble: str
    code_name: str


LIGHT = Tokens(
    window="#FFFFFF",
    surface="#F5F7F7",
    raised="#FFFFFF",
    border="#D9DFE0",
    edge="#7F8B8E",
    text="#1A1F21",
    muted="#566064",
    accent="#0F6F68",
    on_accent="#FFFFFF",
    accent_soft="#E2F1EF",
    selection="#BFE0DC",
    danger="#B42318",
    warning="#855300",
    success="#17744A",
    bubble="#EEF3F3",
    code_name="#3B4BA8",
)

DARK = Tokens(
    window="#121617",
    surface="#181D1E",
    raised="#202627",
    border="#2E3638",
    edge="#748083",
    text="#E6EAEA",
    muted="#9DA8AB",
    accent="#55C7B8",
    on_accent="#06201D",
    accent_soft="#16332F",
    selection="#23574F",
    danger="#FF9087",
    warning="#E6B566",
    success="#72D29C",
    bubble="#222A2B",
    code_name="#A9B8FF",
)


def tokens_from_palette(palette: QPalette) -> Tokens:
    """Take the system's own colours, for people who asked it for high contrast: no tints, and one grey.

    Text keeps its colour where it is selected, so what lies behind it must be seen and still be far from it.
    """

    def colour(role: QPalette.ColorRole) -> str:
        return palette.color(QPalette.ColorGroup.Active, role).name()

    text, window, base = (
        colour(role) for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Window, QPalette.ColorRole.Base)
    )
    return Tokens(
        window=window,
        surface=window,
        raised=base,
        border=text,
        edge=text,
        text=text,
        muted=text,
        accent=colour(QPalette.ColorRole.Highlight),
        on_accent=colour(QPalette.ColorRole.HighlightedText),
        accent_soft=window,
        selection=_between(window, text),
        danger=text,
        warning=text,
        success=text,
        bubble=base,
        code_name=text,
    )


def _between(window: str, text: str) -> str:
    pairs = zip(QColor(window).getRgb()[:3], QColor(text).getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(low + (high - low) * _SELECTED_PART) for low, high in pairs)).name()
