"""High contrast: in every palette all words, marks and states are seen, and nothing is told by a tint alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QStringListModel
from PySide6.QtGui import QColor, QImage, QPalette, QPixmap, QRegion
from PySide6.QtWidgets import QApplication, QListView, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.ui.chat.message_actions import ActionKind, MessageAction
from phidesk.ui.chat.message_geometry import bubble_of
from phidesk.ui.chat.message_toolbar import MessageToolbar
from phidesk.ui.chat.themed_transcript import transcript_style
from phidesk.ui.chat.transcript_message import Card, CardState, Inset, Speaker, TranscriptMessage
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.theme.theme import Theme
from phidesk.ui.theme.tokens import contrast, tokens_from_palette
from phidesk.ui.widgets.gauge_bar import GaugeBar
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.menu_button import MenuButton
from tests.ui.chat.transcript_samples import person
from tests.ui.high_contrast import PALETTES, contrast_theme, make_palette

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # The offscreen platform, about every popup.

TEXT_CONTRAST = 5.0
SIGN_CONTRAST = 3.0
MARK_CONTRAST = 1.5
"""What lies behind something marked, against what lies behind the rest."""
GROUNDS = ("window", "surface", "raised", "bubble", "accent_soft", "selection", "sunken")
TEXTS = ("text", "muted", "danger", "warning", "success", "code_name")


@pytest.fixture(params=PALETTES)
def theme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Theme]:
    theme = contrast_theme(qapp, request.param)
    yield theme
    qapp.setStyleSheet("")
    qapp.setPalette(QPalette())
    theme.deleteLater()


def show(qtbot: QtBot, widget: QWidget) -> None:
    """Show it as a window of its own, as large as it wants to be."""
    qtbot.addWidget(widget)
    widget.resize(widget.sizeHint())
    with qtbot.waitExposed(widget):
        widget.show()


def colors(image: QImage) -> Counter[str]:
    return Counter(image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height()))


def inside_of(control: QWidget, theme: Theme) -> Counter[str]:
    """Return the colours of a control without its edges, as it looks on the window."""
    picture = QPixmap(control.size())
    picture.fill(theme.color("window"))
    control.render(picture, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    return colors(picture.toImage().copy(picture.rect().adjusted(4, 4, -4, -4)))


def contrast_within(control: QWidget, theme: Theme) -> float:
    """Return the contrast of what is most of a control with what is farthest from it."""
    found = inside_of(control, theme)
    ground = QColor(found.most_common(1)[0][0])
    return max(contrast(QColor(color), ground) for color in found)


@pytest.mark.parametrize("palette", PALETTES)
def test_every_pair_of_colours_is_legible(palette: str) -> None:
    tokens = tokens_from_palette(make_palette(palette))

    pairs = [(front, ground) for front in TEXTS for ground in GROUNDS]
    pairs += [("accent", "window"), ("accent", "raised"), ("on_accent", "accent")]
    signs = [("accent", "accent_soft"), ("accent", "sunken"), ("danger", "sunken"), ("disabled", "window")]
    marks = [("accent_soft", "window"), ("selection", "window"), ("sunken", "window")]
    for least, several in ((TEXT_CONTRAST, pairs), (SIGN_CONTRAST, signs), (MARK_CONTRAST, marks)):
        measured = {
            pair: contrast(QColor(getattr(tokens, pair[0])), QColor(getattr(tokens, pair[1]))) for pair in several
        }
        assert {pair: value for pair, value in measured.items() if value < least} == {}
    assert tokens.disabled != tokens.text


@pytest.mark.parametrize(("palette", "accent"), [("aquatic", 2), ("desert", 2), ("yellow-on-black", 5)])
def test_the_colours_of_the_system_are_taken_where_they_are_seen(palette: str, accent: int) -> None:
    tokens = tokens_from_palette(make_palette(palette))

    window, text, *_ = PALETTES[palette]
    assert (tokens.window, tokens.text) == (window.lower(), text.lower())
    assert tokens.muted == tokens.border == tokens.edge == tokens.text
    assert tokens.accent == PALETTES[palette][accent].lower()


@pytest.mark.parametrize("kind", ["", "primary", "quiet"])
@pytest.mark.parametrize("state", ["usual", "pressed", "disabled"])
def test_the_words_of_a_button_are_seen_in_every_state(qtbot: QtBot, theme: Theme, kind: str, state: str) -> None:
    button = QPushButton("Write")
    button.setProperty("kind", kind)
    button.setDown(state == "pressed")
    button.setEnabled(state != "disabled")
    show(qtbot, button)

    assert contrast_within(button, theme) >= (SIGN_CONTRAST if state == "disabled" else TEXT_CONTRAST)


@pytest.mark.parametrize("state", CardState)
def test_the_words_and_edges_of_a_card_are_seen(qtbot: QtBot, theme: Theme, state: CardState) -> None:
    view = TranscriptView()
    view.set_style(transcript_style(theme))
    show(qtbot, view)
    card = Card("c", "Weather", "in Oslo", details="sunny", state=state, icon="file-text")
    view.show_messages([TranscriptMessage("m", Speaker.MODEL, "", insets=(Inset(0, card),))])

    picture = view.grab(view.message_rect(0).adjusted(-1, -1, 1, 1)).toImage()

    inside = colors(picture.copy(picture.rect().adjusted(6, 6, -6, -6)))
    ground, edge = theme.color("window"), picture.pixelColor(picture.width() // 2, 1)
    assert max(contrast(QColor(color), ground) for color in inside) >= TEXT_CONTRAST
    assert contrast(edge, ground) >= SIGN_CONTRAST


@pytest.mark.parametrize("is_possible", [True, False])
def test_the_signs_of_the_toolbar_of_messages_are_seen(qtbot: QtBot, theme: Theme, is_possible: bool) -> None:
    page = QWidget()
    page.setMinimumSize(480, 60)
    toolbar = MessageToolbar(theme, page)
    show(qtbot, page)
    toolbar.show_actions([MessageAction(kind, kind.value, is_possible) for kind in ActionKind], "2/3")
    toolbar.set_floating(True)
    toolbar.show()

    seen = {kind: contrast_within(toolbar.button(kind), theme) for kind in ActionKind}
    picture = toolbar.grab().toImage()
    edge, inside = picture.pixelColor(picture.width() - 1, 14), picture.pixelColor(picture.width() - 3, 14)

    assert {kind: value for kind, value in seen.items() if value < SIGN_CONTRAST} == {}
    assert contrast(edge, inside) >= SIGN_CONTRAST


def test_a_button_of_the_toolbar_that_cannot_be_used_looks_otherwise(qtbot: QtBot, theme: Theme) -> None:
    page = QWidget()
    page.setMinimumSize(480, 60)
    toolbar = MessageToolbar(theme, page)
    show(qtbot, page)
    pictures = []
    for is_possible in (True, False):
        toolbar.show_actions([MessageAction(ActionKind.COPY, "Copy", is_possible)], "")
        pictures.append(inside_of(toolbar.button(ActionKind.COPY), theme))

    assert set(pictures[0]) != set(pictures[1])


def test_buttons_that_paint_themselves_are_seen_while_they_are_pressed(qtbot: QtBot, theme: Theme) -> None:
    for button in (IconButton(theme, "plus", "Add"), MenuButton(theme)):
        button.setDown(True)
        show(qtbot, button)

        assert contrast_within(button, theme) >= TEXT_CONTRAST


@pytest.mark.parametrize("kind", ["", "quiet"])
def test_what_cannot_be_used_looks_otherwise(qtbot: QtBot, theme: Theme, kind: str) -> None:
    pictures = []
    for is_enabled in (True, False):
        button = QPushButton("Write")
        button.setProperty("kind", kind)
        button.setEnabled(is_enabled)
        show(qtbot, button)
        pictures.append(inside_of(button, theme))

    text = theme.tokens.text
    assert pictures[0][text] > 0
    assert pictures[1][text] == 0


def test_the_chosen_row_and_the_pointed_entry_are_seen(qtbot: QtBot, theme: Theme) -> None:
    rows = QListView()
    model = QStringListModel(["one", "two"], rows)
    rows.setModel(model)
    rows.setCurrentIndex(model.index(0))
    show(qtbot, rows)
    menu = QMenu()
    qtbot.addWidget(menu)
    actions = [menu.addAction(name) for name in ("one", "two")]
    with qtbot.waitExposed(menu):
        menu.popup(QPoint(0, 0))
    menu.setActiveAction(actions[0])

    for picture, places in (
        (rows.viewport().grab().toImage(), [rows.visualRect(model.index(row)) for row in (0, 1)]),
        (menu.grab().toImage(), [menu.actionGeometry(action) for action in actions]),
    ):
        marked, usual = (QColor(colors(picture.copy(place)).most_common(1)[0][0]) for place in places)
        assert contrast(marked, usual) >= MARK_CONTRAST


def test_a_full_bar_is_seen_on_its_ground(qtbot: QtBot, theme: Theme) -> None:
    bar = GaugeBar(theme)
    bar.set_share(0.95)
    show(qtbot, bar)

    picture = bar.grab().toImage()
    full, empty = (picture.pixelColor(round(share * bar.width()), bar.height() // 2) for share in (0.5, 0.98))
    assert contrast(full, empty) >= SIGN_CONTRAST


def test_a_question_has_an_outline(qtbot: QtBot, theme: Theme) -> None:
    view = TranscriptView()
    view.set_style(transcript_style(theme))
    view.show_messages([person("q", "Hello there")])
    show(qtbot, view)

    rect = bubble_of(view.content, 0, view.content.top(0), view.column_left).translated(0, -view.scroll_y)
    edge = view.viewport().grab().toImage().pixelColor(rect.center().x(), rect.top())
    assert contrast(edge, theme.color("window")) >= SIGN_CONTRAST
