"""The page Help: the few things worth knowing, in short, and every key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from phidesk.ui.chat.message_actions import key_words
from phidesk.ui.chat.reading_column import ReadingColumn
from phidesk.ui.shortcuts import EVERYWHERE, shortcut_words
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.page import Page
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_TOP_PX, _BOTTOM_PX = 32, 32
_GAP_PX, _SECTION_GAP_PX, _ROW_GAP_PX = 12, 28, 8
_CARD_MARGIN_PX = 16

translate = QCoreApplication.translate


class HelpPage(Page):
    """Shows words and keys, all of them from where the keys are defined. It can be scrolled by keyboard."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "help", translate("HelpPage", "Help"), parent)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = ReadingColumn(has_scroll_bar=False)
        self._content = column.content_layout
        self._content.setContentsMargins(0, _TOP_PX, 0, _BOTTOM_PX)
        self._content.setSpacing(_GAP_PX)
        self._content.addWidget(self._heading)
        told: list[str] = []
        for number, words in enumerate(_advice()):
            self._content.addWidget(make_wrapped_label(f"helpAdvice{number}", words))
            told.append(words)
        for title, keys in _groups(is_mirrored=self.isRightToLeft()):
            told.append("\n".join((title, *self._add_keys(title, keys))))
        self._content.addStretch(1)
        self.setAccessibleDescription("\n".join(told))
        self.setWidget(column)

    def _add_keys(self, title: str, keys: Sequence[tuple[str, str]]) -> list[str]:
        """Add a card with what keys do; return what is read out of it."""
        card = QFrame()
        card.setProperty("panel", "card")
        rows = QVBoxLayout(card)
        rows.setContentsMargins(_CARD_MARGIN_PX, _CARD_MARGIN_PX, _CARD_MARGIN_PX, _CARD_MARGIN_PX)
        rows.setSpacing(_ROW_GAP_PX)
        spoken: list[str] = []
        for words, pressed in keys:
            row = FactRow(words)
            row.set_value(pressed)
            rows.addWidget(row)
            spoken.append(row.spoken)
        self._content.addSpacing(_SECTION_GAP_PX - _GAP_PX)
        self._content.addWidget(make_section_title(title))
        self._content.addWidget(card)
        return spoken


def _advice() -> tuple[str, ...]:
    return (
        translate(
            "HelpPage",
            "Write what you want to know, and press Enter. A model on this computer answers; nothing you write leaves "
            "it unless you chose a server.",
        ),
        translate(
            "HelpPage",
            "The line under the field says how much of the conversation's memory is used. What no longer fits is never "
            "left out in silence: you are asked what to do.",
        ),
        translate(
            "HelpPage",
            "A model can be wrong and sound sure. Check what matters. For sums, tick the calculator in the "
            "conversation's panel.",
        ),
        translate("HelpPage", "Whatever does not work: the page Health says why, and what mends it."),
    )


def _groups(*, is_mirrored: bool) -> tuple[tuple[str, list[tuple[str, str]]], ...]:
    """Return titles, and what keys do with these keys."""
    words = shortcut_words()
    here = [(text, shortcut.keys) for shortcut, text in words.items() if shortcut not in EVERYWHERE]
    everywhere = [(words[shortcut], shortcut.keys) for shortcut in EVERYWHERE]
    native = QKeySequence.SequenceFormat.NativeText
    focused = [(text, QKeySequence(keys).toString(native)) for text, keys in key_words(is_mirrored=is_mirrored)]
    return (
        (translate("HelpPage", "Keys in a conversation"), here),
        (translate("HelpPage", "Keys for the message that has the keyboard's focus"), focused),
        (translate("HelpPage", "Keys everywhere"), everywhere),
    )
