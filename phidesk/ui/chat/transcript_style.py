"""What the transcript takes from the theme, and the distances that it keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QIcon, QPalette

if TYPE_CHECKING:  # distances are wanted before anything has colours
    from phidesk.richtext.highlight import TokenKind

MINIMUM_COLUMN_WIDTH = 120
TOP_MARGIN = 16
BOTTOM_MARGIN = 16
MESSAGE_GAP = 32
"""Room enough for the actions of a message, which stand below it."""

BUBBLE_SHARE = 0.75
"""The widest bubble, as a share of the column."""
BUBBLE_PADDING_X = 16
BUBBLE_PADDING_Y = 10
BUBBLE_RADIUS = 14

CODE_PADDING_X = 14
CODE_PADDING_Y = 10
CODE_RADIUS = 10
CONTROL_RADIUS = 6

BAR_THICKNESS = 4
BAR_ROOM = 10
"""Below a table that is scrolled sideways, for its bar; a listing has it in its padding."""

LIST_INDENT = 26 / 15
QUOTE_INDENT = 16 / 15
"""In font sizes: what stands in front of the text grows with it."""
MARKER_DISTANCE = 8
"""Between a bullet or number and the text."""
QUOTE_RULE_WIDTH = 3
RULE_HEIGHT = 9
CARD_PADDING = 10
"""What a card is higher than the line in it."""
CARD_RADIUS = 10
NOTE_GAP = 6

LINE_HEIGHT = 1.5
"""Distance of base lines, in font sizes."""
HEADING_SCALES = (22 / 15, 17 / 15, 1.0)
"""Of the levels 1, 2, and 3 and deeper, relative to the body."""
NOTE_SCALE = 13 / 15


def no_icon(_name: str) -> QIcon:
    """Serve where there are no icons."""
    return QIcon()


@dataclass(frozen=True)
class TranscriptStyle:
    """Colours and fonts of the transcript; a new one may be set at any time."""

    text: QColor
    muted: QColor
    accent: QColor
    bubble: QColor
    border: QColor
    edge: QColor
    """Of what can be used."""
    surface: QColor
    """Behind code."""
    sunken: QColor
    """Behind a button in code that is pointed at."""
    selection: QColor
    """Behind selected text; the text keeps its colour."""
    font: QFont
    code_font: QFont
    icon: Callable[[str], QIcon] = no_icon
    """Returns an icon of `resources/icons` in the muted colour."""
    bubble_edge: QColor | None = None
    """Around bubbles, where their colour is not enough."""
    code_colors: Mapping[TokenKind, QColor] = field(default_factory=dict)
    """Of the parts of a listing; without them it has the colour of text."""


def style_of_palette(palette: QPalette, font: QFont) -> TranscriptStyle:
    """Return a style that serves until one of a theme is set."""
    role = QPalette.ColorRole
    return TranscriptStyle(
        text=palette.color(role.Text),
        muted=palette.color(role.PlaceholderText),
        accent=palette.color(role.Link),
        bubble=palette.color(role.AlternateBase),
        border=palette.color(role.Mid),
        edge=palette.color(role.Dark),
        surface=palette.color(role.AlternateBase),
        sunken=palette.color(role.Mid),
        selection=palette.color(role.Highlight),
        font=font,
        code_font=QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont),
    )


def font_px(font: QFont) -> int:
    """Return the size of a font in pixels, whatever unit it was given in."""
    return max(1, font.pixelSize() if font.pixelSize() > 0 else QFontInfo(font).pixelSize())


def scaled_font(font: QFont, scale: float) -> QFont:
    """Return the same font in another size."""
    scaled = QFont(font)
    scaled.setPixelSize(max(1, round(font_px(font) * scale)))
    return scaled
