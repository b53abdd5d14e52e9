"""The one style sheet, and what widgets say of themselves so that it fits them.

Dynamic properties that it knows, set before a widget is shown:

    QLabel       tone: "muted", "danger", "warning", "success"
                 step: "small", "section" (heads a few lines), "body", "title", "heading"
    QPushButton  kind: "primary" (one to a place), "quiet" (no border until it is pointed at)
                 "card" (as large as what stands in it)
    QLineEdit    kind: "quiet" (no border until it is used)
    QFrame       panel: "surface" (sidebar), "card" (border, corners of 10), "line" (between parts of the window)

A control with the keyboard's focus has an edge of two pixels in the accent colour; its padding gives the pixel back,
so that nothing moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

from phidesk.ui.theme.tokens import Tokens

CONTROL_RADIUS = 6
CARD_RADIUS = 10
SOFT_RADIUS = 14
"""Corners in pixels: controls; cards; composer and bubbles."""
CONTROL_HEIGHT = 32
"""The least height of anything that can be pressed."""


@dataclass(frozen=True)
class FontSizes:
    """Pixels of the four steps of text."""

    small: int
    body: int
    title: int
    heading: int


def make_style_sheet(tokens: Tokens, sizes: FontSizes) -> str:
    """Write the style sheet for these colours and sizes."""
    lengths = {f"{name}_px": f"{pixels}px" for name, pixels in vars(sizes).items()}
    height = max(CONTROL_HEIGHT, 2 * sizes.small + 6)
    return _SHEET.substitute(
        vars(tokens),
        **lengths,
        control=f"{CONTROL_RADIUS}px",
        card=f"{CARD_RADIUS}px",
        height=f"{height - 2}px",
        focused_height=f"{height - 4}px",
    )


_SHEET = Template("""
QToolTip { color: $text; background: $raised; border: 1px solid $border; padding: 4px 8px; }

QFrame[panel="surface"] { background: $surface; border: none; }
QFrame[panel="line"] { background: $border; border: none; }
QFrame[panel="card"], QFrame#noticeCard { background: $raised; border: 1px solid $border; border-radius: $card; }

QFrame#undoBar { background: $raised; border: 1px solid $edge; border-radius: $card; }

QLabel[tone="muted"] { color: $muted; }
QLabel[tone="danger"] { color: $danger; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="success"] { color: $success; }
QLabel[step="small"] { font-size: $small_px; }
QLabel[step="section"] { font-size: $small_px; font-weight: 600; }
QLabel[step="body"] { font-size: $body_px; }
QLabel[step="title"] { font-size: $title_px; font-weight: 600; }
QLabel[step="heading"] { font-size: $heading_px; font-weight: 600; }

QPushButton {
    color: $text; background: $raised; border: 1px solid $edge; border-radius: $control;
    padding: 0 12px; min-height: $height;
}
QPushButton:hover { background: $bubble; }
QPushButton:pressed { background: $sunken; }
QPushButton:focus { border: 2px solid $accent; padding: 0 11px; min-height: $focused_height; }
QPushButton:disabled { color: $disabled; border-color: $sunken; }
QPushButton[kind="primary"] { color: $on_accent; background: $accent; border: 1px solid $accent; font-weight: 500; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled { color: $muted; background: $sunken; border-color: $sunken; }
QPushButton[kind="card"] { border: 1px solid $border; border-radius: $card; padding: 0; }
QPushButton[kind="card"]:focus { border: 2px solid $accent; }
QPushButton[kind="quiet"] { color: $muted; background: transparent; border: 1px solid transparent; }
QPushButton[kind="quiet"]:hover { color: $text; background: $bubble; }
QPushButton[kind="quiet"]:checked { color: $text; background: $accent_soft; }
QPushButton[kind="quiet"]:disabled { color: $disabled; }
QPushButton[kind="quiet"]:focus { color: $text; border: 2px solid $accent; }

QLineEdit, QTextEdit, QPlainTextEdit {
    color: $text; background: $raised; border: 1px solid $edge; border-radius: $control; padding: 5px 8px;
    placeholder-text-color: $muted; selection-color: $text; selection-background-color: $selection;
}
QLineEdit { padding: 0 8px; min-height: $height; }
QLineEdit:focus, QTextEdit:focus, QPlainTextEdit:focus { border: 2px solid $accent; padding: 4px 7px; }
QLineEdit:focus { padding: 0 7px; min-height: $focused_height; }
QLineEdit[kind="quiet"] { background: transparent; border: 1px solid transparent; }
QLineEdit[kind="quiet"]:hover { background: $bubble; }
QLineEdit[kind="quiet"]:focus { background: $raised; border: 2px solid $accent; }
QPlainTextEdit#composerInput, QPlainTextEdit#editorInput { background: transparent; border: none; padding: 0 4px; }
QPlainTextEdit#noticeDetails { margin-top: 4px; }
QLabel#composerHint { padding: 0 4px; }

QListView, QTreeView { color: $text; background: $raised; border: none; outline: none; }
QListView#conversationList { background: transparent; }
QListView#snippetMenu { border: 1px solid $border; border-radius: $control; padding: 4px; }
QListView::item, QTreeView::item { color: $text; padding: 4px 12px; border-radius: $control; }
QListView::item, QTreeView::item { border: 2px solid transparent; }
QListView::item:hover, QTreeView::item:hover { background: $bubble; }
QListView::item:selected, QTreeView::item:selected { color: $text; background: $accent_soft; }
QListView::item:focus, QTreeView::item:focus { border: 2px solid $accent; }

QHeaderView { background: transparent; border: none; }
QHeaderView::section { color: $muted; background: transparent; border: none; border-bottom: 1px solid $border; }
QHeaderView::section { padding: 4px 14px; }

QMenu { color: $text; background: $raised; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: $control; }
QMenu::item:selected { background: $accent_soft; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }

QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $border; border-radius: 4px; margin: 2px; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $edge; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QScrollArea#detailsScroller, QScrollArea#detailsSheetScroller { border: 2px solid transparent; }
QScrollArea#detailsScroller:focus, QScrollArea#detailsSheetScroller:focus {
    border: 2px solid $accent; border-radius: $control;
}

QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
""")
