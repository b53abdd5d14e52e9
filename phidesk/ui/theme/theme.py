"""The theme that is on: follows the system or the person's wish, and dresses the whole application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from phidesk.core.paths import package_resources
from phidesk.ui.theme.icon_engine import SvgIconEngine
from phidesk.ui.theme.style_sheet import FontSizes, make_style_sheet
from phidesk.ui.theme.tokens import DARK, LIGHT, Tokens, tokens_from_palette

SMALLEST_TEXT_PX = 12
LARGEST_TEXT_PX = 28
USUAL_TEXT_PX = 15
"""Sizes of body text; every other size grows with it."""

_SMALL_STEP = 13
_TITLE_STEP = 17
_HEADING_STEP = 22
_ICON_STEP = 20
_SMALL_ICON_STEP = 16
_SMALLEST_ICON_PX = 14
"""Below this lines run together."""


class ThemeMode(StrEnum):
    """What the person wants; the values are those of the settings."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def high_contrast_of_system(application: QApplication) -> Tokens | None:
    """Return the system's own colours where it asks for high contrast."""
    hints = application.styleHints()
    if not hasattr(hints, "accessibility"):
        return None
    if hints.accessibility().contrastPreference() != Qt.ContrastPreference.HighContrast:
        return None
    application.setPalette(QPalette())  # an empty palette gives the system's own back
    return tokens_from_palette(application.palette())


class Theme(QObject):
    """Colours, fonts and icons for every widget. Widgets that paint listen to `changed` and ask again."""

    changed = Signal()
    """Colours or sizes are others now. No arguments."""

    def __init__(
        self,
        application: QApplication,
        mode: str = ThemeMode.SYSTEM,
        text_size_px: int = USUAL_TEXT_PX,
        *,
        high_contrast: Callable[[QApplication], Tokens | None] = high_contrast_of_system,
    ) -> None:
        """`high_contrast` returns the colours that go before the person's wish, or None."""
        super().__init__(application)
        self._application = application
        self._high_contrast = high_contrast
        self._mode = ThemeMode(mode)
        self._text_size_px = _within_limits(text_size_px)
        self._tokens = LIGHT
        self._is_dressing = True
        application.setStyle("Fusion")
        self._request_color_scheme()
        self._apply()
        self._connect()

    @property
    def tokens(self) -> Tokens:
        """The colours that are on."""
        return self._tokens

    @property
    def mode(self) -> ThemeMode:
        """What the person wants."""
        return self._mode

    @property
    def text_size_px(self) -> int:
        """Size of body text in pixels."""
        return self._text_size_px

    @property
    def font_sizes(self) -> FontSizes:
        """The four steps of text in pixels, for this size of body text."""
        return FontSizes(
            small=self._scaled(_SMALL_STEP),
            body=self._text_size_px,
            title=self._scaled(_TITLE_STEP),
            heading=self._scaled(_HEADING_STEP),
        )

    @property
    def icon_px(self) -> int:
        """Side of an icon that can be pressed or stands before words."""
        return max(_SMALLEST_ICON_PX, self._scaled(_ICON_STEP))

    @property
    def small_icon_px(self) -> int:
        """Side of an icon that goes with small words: the arrow of a menu, the sheet of a file."""
        return max(_SMALLEST_ICON_PX, self._scaled(_SMALL_ICON_STEP))

    def set_mode(self, mode: str) -> None:
        """Follow the system, or be light or dark whatever it says."""
        self._mode = ThemeMode(mode)
        self._request_color_scheme()
        self._apply()

    def set_text_size_px(self, text_size_px: int) -> None:
        """Set the size of body text; what is out of limits is brought within."""
        self._text_size_px = _within_limits(text_size_px)
        self._apply()

    @contextmanager
    def undressed(self) -> Iterator[None]:
        """Leave the style sheet off inside the block, for building many widgets at once.

        Qt puts a sheet on again whenever a widget gets a parent: building the window takes a quarter less without.
        """
        self._is_dressing = False
        self._application.setStyleSheet("")
        try:
            yield
        finally:
            self._is_dressing = True
            self._put_sheet_on()

    def color(self, name: str) -> QColor:
        """Return the colour of a token as Qt wants it."""
        return QColor(getattr(self._tokens, name))

    def small_font(self) -> QFont:
        """Return the font of everything around the conversation; also the application's own."""
        return self._system_font(self.font_sizes.small)

    def text_font(self) -> QFont:
        """Return the font of what is read and written."""
        return self._system_font(self.font_sizes.body)

    def title_font(self) -> QFont:
        """Return the font of titles."""
        font = self._system_font(self.font_sizes.title)
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def code_font(self) -> QFont:
        """Return the system's font of equal widths, a little smaller, since such letters look larger."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(self._scaled(USUAL_TEXT_PX - 1))
        return font

    def icon(self, name: str, color: str = "text") -> QIcon:
        """Return an icon of `resources/icons` in the colour of a token. Ask again after `changed`."""
        source = (package_resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        normal, disabled = (
            source.replace("currentColor", getattr(self._tokens, token)).encode() for token in (color, "disabled")
        )
        return QIcon(SvgIconEngine(normal, disabled))

    def _connect(self) -> None:
        hints = self._application.styleHints()
        hints.colorSchemeChanged.connect(self._on_system_changed)
        if hasattr(hints, "accessibility"):
            hints.accessibility().contrastPreferenceChanged.connect(self._on_system_changed)

    def _on_system_changed(self) -> None:
        self._apply()

    def _request_color_scheme(self) -> None:
        """Tell the system, so that frames and menus that it draws itself fit; where it cannot, nothing happens."""
        schemes = {
            ThemeMode.SYSTEM: Qt.ColorScheme.Unknown,
            ThemeMode.LIGHT: Qt.ColorScheme.Light,
            ThemeMode.DARK: Qt.ColorScheme.Dark,
        }
        self._application.styleHints().setColorScheme(schemes[self._mode])

    def _apply(self) -> None:
        self._tokens = self._choose_tokens()
        self._application.setPalette(_palette(self._tokens))
        self._application.setFont(self.small_font())
        self._put_sheet_on()
        self.changed.emit()

    def _put_sheet_on(self) -> None:
        if self._is_dressing:
            self._application.setStyleSheet(make_style_sheet(self._tokens, self.font_sizes))

    def _choose_tokens(self) -> Tokens:
        tokens = self._high_contrast(self._application)
        if tokens is not None:
            return tokens
        if self._mode is ThemeMode.SYSTEM:
            return DARK if self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT
        return DARK if self._mode is ThemeMode.DARK else LIGHT

    def _scaled(self, step_px: int) -> int:
        return round(step_px * self._text_size_px / USUAL_TEXT_PX)

    @staticmethod
    def _system_font(pixels: int) -> QFont:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        font.setPixelSize(pixels)
        return font


def _within_limits(text_size_px: int) -> int:
    return max(SMALLEST_TEXT_PX, min(LARGEST_TEXT_PX, text_size_px))


def _palette(tokens: Tokens) -> QPalette:
    role = QPalette.ColorRole
    colors = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.raised,
        role.AlternateBase: tokens.surface,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.danger,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Highlight: tokens.selection,
        role.HighlightedText: tokens.text,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Light: tokens.raised,
        role.Midlight: tokens.bubble,
        role.Mid: tokens.border,
        role.Dark: tokens.edge,
        role.Shadow: tokens.border,
    }
    palette = QPalette()
    for name, color in colors.items():
        palette.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(tokens.disabled))
    return palette
