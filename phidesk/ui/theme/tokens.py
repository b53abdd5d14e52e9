"""The colours, the only ones in the program. `look.md` shows the table; a test measures the contrasts."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

_MARKED_PART = 0.3
"""So much of the text's colour is behind what is selected, the rest is the window's: contrasts of 2.5 and 8."""
_POINTED_PART = 0.15
"""The same of what is pointed at, and of bubbles, which have an outline besides."""
_TEXT_CONTRAST = 5.0
_MARK_CONTRAST = 3.0
"""The least that a colour of the system must have before it is taken: for text, and for signs and what is disabled."""


@dataclass(frozen=True)
class Tokens:
    """One set of colours, each as "#RRGGBB".

    `border` separates and decorates, `edge` outlines what can be used (contrast 3:1). Text is `text` or `muted`;
    `danger`, `warning` and `success` are text colours too and never the only sign; `code_name` is one more, for
    listings. `accent_soft` lies behind what is chosen, `selection` behind selected text, `sunken` behind what is
    pressed, and where a bar is empty. `disabled` is what cannot be used now, its words too.
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
    sunken: str
    disabled: str
    bubble_edge: str | None = None
    """Around bubbles; None where their own colour is enough."""


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
    sunken="#D9DFE0",
    disabled="#7F8B8E",
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
    sunken="#2E3638",
    disabled="#748083",
)


def tokens_from_palette(palette: QPalette) -> Tokens:
    """Take the system's own colours, for people who asked it for high contrast: one grey, and nothing by tint alone.

    Text keeps its colour where it is selected, so what lies behind it must be seen and still be far from it. Few
    systems have a palette made for this: a colour of theirs that is not far from what lies behind it is not taken.
    """
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    text, window = palette.color(group.Active, role.WindowText), palette.color(group.Active, role.Window)
    base = palette.color(group.Active, role.Base)
    raised = base if contrast(base, text) >= _TEXT_CONTRAST else window
    marked = _between(window, text, _MARKED_PART)
    accents = (palette.color(group.Active, accent) for accent in (role.Highlight, role.Link))
    needed = ((window, _TEXT_CONTRAST), (raised, _TEXT_CONTRAST), (marked, _MARK_CONTRAST))
    accent = next((it for it in accents if all(contrast(it, ground) >= least for ground, least in needed)), text)
    chosen = palette.color(group.Active, role.HighlightedText)
    on_accent = chosen if contrast(chosen, accent) >= _TEXT_CONTRAST else window
    grey = palette.color(group.Disabled, role.WindowText)
    is_grey_seen = grey != text and all(contrast(grey, ground) >= _MARK_CONTRAST for ground in (window, raised))
    disabled = grey if is_grey_seen else _between(window, text, (1 + _MARKED_PART) / 2)
    words = text.name()
    return Tokens(
        window=window.name(),
        surface=window.name(),
        raised=raised.name(),
        border=words,
        edge=words,
        text=words,
        muted=words,
        accent=accent.name(),
        on_accent=on_accent.name(),
        accent_soft=marked.name(),
        selection=marked.name(),
        danger=words,
        warning=words,
        success=words,
        bubble=_between(window, text, _POINTED_PART).name(),
        code_name=words,
        sunken=marked.name(),
        disabled=disabled.name(),
        bubble_edge=words,
    )


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two colours as WCAG 2 defines it, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    channels = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _between(window: QColor, text: QColor, part: float) -> QColor:
    pairs = zip(window.getRgb()[:3], text.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(low + (high - low) * part) for low, high in pairs))
