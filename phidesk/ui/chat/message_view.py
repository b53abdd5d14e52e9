"""One message in a native text view, for whoever reads it by a screen reader or goes through it by a caret.

The transcript is painted and tells assistive technology no more than one name for each message. Qt's own text view
tells everything: characters, words, lines, headings, tables, links.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QTextBrowser, QWidget
from typing_extensions import override

from phidesk.richtext.blocks import Block
from phidesk.ui.chat.reading_sheet import ReadingSheet
from phidesk.ui.theme.theme import Theme


class MessageView(ReadingSheet):
    """Shows a message as it is now. Esc and F4 go back; a link is only a wish."""

    closed = Signal()
    """The person has read it."""
    link_requested = Signal(str)
    """The person wants to follow a link. Carries its address."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._text = QTextBrowser()
        super().__init__(theme, self._text, parent)
        self._html = ""
        self.setObjectName("messageView")
        self.name.setObjectName("messageName")
        self.note.setObjectName("messageNote")
        self.close_button.setObjectName("closeMessage")
        self._text.setObjectName("messageText")
        self._text.setOpenLinks(False)
        self._text.setTabChangesFocus(True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._connect()

    def show_message(self, name: str, note: str, blocks: Iterable[Block]) -> None:
        """Show these blocks below a name and a note, from the beginning."""
        from phidesk.richtext.html import as_html  # noqa: PLC0415 - not needed before something is read

        self._html = as_html(_with_formula_sources(blocks))
        self.name.setText(name)
        self.note.setText(note)
        self._text.setAccessibleName(name)
        self._text.setHtml(self._html)
        self._text.moveCursor(QTextCursor.MoveOperation.Start)
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_F4 and not event.isAutoRepeat():
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self.close_requested.connect(self._on_close_requested)
        self._text.anchorClicked.connect(self._on_anchor_clicked)

    def _on_theme_changed(self) -> None:
        """Read the text again: what was read keeps the colours of then."""
        bar = self._text.verticalScrollBar()
        place = bar.value()
        self._text.setHtml(self._html)
        bar.setValue(place)

    def _on_close_requested(self) -> None:
        self._html = ""
        self._text.clear()
        self.closed.emit()

    def _on_anchor_clicked(self, address: QUrl) -> None:
        self.link_requested.emit(address.toString())


def _with_formula_sources(blocks: Iterable[Block]) -> list[Block]:
    """Let formulas be their LaTeX: a text view knows no MathML, and would show its pieces one after the other."""
    return [
        replace(
            block,
            spans=tuple(replace(span, formula=False, code=True) if span.formula else span for span in block.spans),
        )
        for block in blocks
    ]
