"""The theme: legible in both schemes, the only place with colours, in step with the system and the person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication, QCompleter
from pytestqt.qtbot import QtBot

import phidesk.ui.theme.tokens as tokens_module
from phidesk.ui.chat.themed_transcript import transcript_style
from phidesk.ui.theme.theme import LARGEST_TEXT_PX, SMALLEST_TEXT_PX, Theme, ThemeMode
from phidesk.ui.theme.tokens import DARK, LIGHT, Tokens
from phidesk.ui.theme.tokens import contrast as contrast_of

TEXT_CONTRAST = 5.0
EDGE_CONTRAST = 3.0
PAGES = ("window", "surface", "raised")
TEXTS = {
    "text": (*PAGES, "bubble", "accent_soft", "selection"),
    "muted": (*PAGES, "bubble", "accent_soft"),
    "accent": (*PAGES, "accent_soft"),
    "danger": PAGES,
    "warning": PAGES,
    "code_name": PAGES,
    "success": PAGES,
    "on_accent": ("accent",),
}
EDGES = {"edge": PAGES, "accent": PAGES}
COLOUR_LITERAL = re.compile(
    r"""["'\s:]\#[0-9A-Fa-f]{3,8}\b(?<!\#)|\brgba?\(|QColor\(\s*\d|GlobalColor\.(?!transparent)\w+"""
)


def contrast(tokens: Tokens, front: str, ground: str) -> float:
    """Contrast of two tokens."""
    return contrast_of(QColor(getattr(tokens, front)), QColor(getattr(tokens, ground)))


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """A light theme; the application is undressed afterwards."""
    theme = Theme(qapp, ThemeMode.LIGHT)
    yield theme
    qapp.setStyleSheet("")
    theme.deleteLater()


def test_contrast_is_measured_right() -> None:
    assert contrast(LIGHT, "window", "window") == pytest.approx(1.0)
    assert contrast_of(QColor("#FFFFFF"), QColor("#000000")) == pytest.approx(21.0)
    assert contrast_of(QColor("#777777"), QColor("#FFFFFF")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), [(front, ground) for front in TEXTS for ground in TEXTS[front]])
def test_text_is_legible_wherever_it_stands(tokens: Tokens, front: str, ground: str) -> None:
    assert contrast(tokens, front, ground) >= TEXT_CONTRAST


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), [(front, ground) for front in EDGES for ground in EDGES[front]])
def test_edges_of_controls_are_visible(tokens: Tokens, front: str, ground: str) -> None:
    assert contrast(tokens, front, ground) >= EDGE_CONTRAST


def test_no_other_file_has_colours() -> None:
    tokens_file = Path(tokens_module.__file__)
    package = tokens_file.parents[2]
    lines = (
        (path.relative_to(package), line)
        for path in sorted(package.rglob("*.py"))
        if path != tokens_file
        for line in path.read_text(encoding="utf-8").splitlines()
    )

    found = [(str(path), line.strip()) for path, line in lines if COLOUR_LITERAL.search(line)]

    assert found == []


@pytest.mark.parametrize("line", ['color = "#D9DFE0"', "QColor(255, 0, 0)", "Qt.GlobalColor.red", " border: #fff;"])
def test_the_search_for_colours_finds_them(line: str) -> None:
    assert COLOUR_LITERAL.search(line)


def test_the_person_chooses_light_or_dark(theme: Theme, qtbot: QtBot, qapp: QApplication) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("dark")

    assert theme.tokens == DARK
    assert qapp.palette().window().color() == QColor(DARK.window)
    assert DARK.accent in qapp.styleSheet()
    assert transcript_style(theme).text == QColor(DARK.text)


def test_text_size_scales_every_step(theme: Theme, qtbot: QtBot, qapp: QApplication) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_text_size_px(30)

    assert theme.text_size_px == LARGEST_TEXT_PX
    assert theme.text_font().pixelSize() == 28
    assert theme.title_font().pixelSize() == 32
    assert qapp.font().pixelSize() == 24
    assert "font-size: 41px" in qapp.styleSheet()


def test_text_size_has_a_lower_limit(theme: Theme) -> None:
    theme.set_text_size_px(2)

    assert theme.text_font().pixelSize() == SMALLEST_TEXT_PX


def test_an_unknown_mode_is_a_mistake(theme: Theme) -> None:
    with pytest.raises(ValueError, match="purple"):
        theme.set_mode("purple")


def test_icons_take_the_colour_and_the_density_asked_for(theme: Theme) -> None:
    icon = theme.icon("plus", "accent")

    pixmap = icon.pixmap(QSize(20, 20), 3.0)
    disabled = icon.pixmap(QSize(20, 20), 3.0, QIcon.Mode.Disabled)

    assert pixmap.size() == QSize(60, 60)
    assert pixmap.toImage().pixelColor(30, 30) == QColor(LIGHT.accent)
    assert disabled.toImage().pixelColor(30, 30) == QColor(LIGHT.disabled)


def test_the_style_sheet_is_off_while_widgets_are_built_and_fits_afterwards(qapp: QApplication, theme: Theme) -> None:
    usual = qapp.styleSheet()

    with theme.undressed():
        theme.set_text_size_px(22)
        while_building = qapp.styleSheet()

    dressed = qapp.styleSheet()
    theme.set_text_size_px(22)
    assert while_building == ""
    assert dressed == qapp.styleSheet() != usual


def test_words_that_a_field_proposes_stand_on_a_ground_of_their_own(theme: Theme, qtbot: QtBot) -> None:
    completer = QCompleter(["phi4-mini.gguf"])
    proposals = completer.popup()
    assert proposals is not None
    qtbot.addWidget(proposals)

    proposals.resize(200, 80)

    assert proposals.grab().toImage().pixelColor(190, 70) == theme.color("raised")
