"""What stands in the middle before a conversation has begun: a greeting, and suggestions for a first question."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.core.servers import is_this_computer
from phidesk.engine.names import BUILTIN, OLLAMA
from phidesk.ui.chat.reading_column import MAXIMUM_COLUMN_WIDTH, SIDE_MARGIN, ReadingColumn
from phidesk.ui.figures import engine_label
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.leading_label import LeadingLabel

_GAP_PX = 12
_LEAST_CARD_EMS = 18
"""Two suggestions stand side by side where each is at least this wide, measured in font sizes."""


class NewConversationView(QScrollArea):
    """Greets, and offers questions to begin with: those of the chosen instructions, or four usual ones."""

    suggestion_chosen = Signal(str)
    """Carries the text for the composer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("newConversation")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._greeting = _make_label("", step="heading")
        self._greeting.setObjectName("greeting")
        self._promise = _make_label("", tone="muted", step="body")
        self._promise.setObjectName("promise")
        self._cards: list[_SuggestionCard] = []
        self._shown: tuple[str, tuple[str, ...]] | None = None
        """The name and the questions that are offered now."""
        self._column = ReadingColumn(has_scroll_bar=False)
        self._grid = QGridLayout()
        self.show_whom(None)
        self._lay_out()
        self.show_starters("", ())
        self._on_theme_changed()
        self._connect()

    def show_whom(self, engine: str | None) -> None:
        """Say where a question goes. `engine` is the chosen one; None for one of this computer that PhiDesk chooses."""
        if engine is None or engine in {OLLAMA, BUILTIN} or is_this_computer(engine):
            self._promise.setText(self.tr("Everything stays on this computer."))
        else:
            text = self.tr("What you ask goes to {place}, and nowhere else.")
            self._promise.setText(text.format(place=engine_label(engine)))

    def show_starters(self, name: str, questions: Sequence[str]) -> None:
        """Offer these questions, those of the instructions with this name; without a name or any, the usual ones."""
        shown = name, tuple(questions)
        if shown == self._shown:
            return
        self._shown = shown
        self._greeting.setText(name or self.tr("What would you like to talk about?"))
        offered = [(question, question) for question in questions] or self._suggestions()
        for card in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [_SuggestionCard(self._theme, title, text) for title, text in offered]
        for card in self._cards:
            card.chosen.connect(self.suggestion_chosen)
        self._arrange_cards()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._arrange_cards()

    def _suggestions(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Explain something"), self.tr("Explain in simple words what inflation is.")),
            (
                self.tr("Write a letter"),
                self.tr("Write a friendly letter to my landlord: the heating has been cold for three days."),
            ),
            (self.tr("Make a plan"), self.tr("Plan a simple dinner for four people, with a shopping list.")),
            (self.tr("Translate"), self.tr("Translate into French: Where is the nearest pharmacy?")),
        ]

    def _lay_out(self) -> None:
        layout = self._column.content_layout
        layout.setContentsMargins(0, 24, 0, 24)
        layout.setSpacing(4)
        layout.addStretch(2)
        layout.addWidget(self._greeting)
        layout.addWidget(self._promise)
        layout.addSpacing(20)
        self._grid.setSpacing(_GAP_PX)
        layout.addLayout(self._grid)
        layout.addStretch(3)
        self.setWidget(self._column)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self.verticalScrollBar().rangeChanged.connect(self._on_scroll_range_changed)

    def _arrange_cards(self) -> None:
        """Put the cards into two columns, or below each other where the window is narrow."""
        width = min(MAXIMUM_COLUMN_WIDTH, self._column.width() - 2 * SIDE_MARGIN)
        is_wide = width >= 2 * _LEAST_CARD_EMS * self._theme.text_size_px
        columns = 2 if is_wide else 1
        if self._grid.count() == len(self._cards) and self._grid.columnStretch(1) == columns - 1:
            return
        for index, card in enumerate(self._cards):
            self._grid.addWidget(card, index // columns, index % columns)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, columns - 1)

    def _on_theme_changed(self) -> None:
        self._arrange_cards()

    def _on_scroll_range_changed(self, _least: int, most: int) -> None:
        """A bar that cannot move is not seen, but keeps its room, so that nothing shifts."""
        self.verticalScrollBar().setEnabled(most > 0)


class _SuggestionCard(QPushButton):
    """One suggestion: what it is for, and the words that it puts into the composer."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, title: str, text: str) -> None:
        super().__init__()
        self._theme = theme
        self._text = text
        self.setObjectName("suggestion")
        self.setProperty("kind", "card")
        self.setAccessibleName(title)
        self.setAccessibleDescription(text if text != title else "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self._title = _make_label(title)
        self._words = _make_label(text, tone="muted", step="small")
        self._words.setHidden(text == title)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(16, 12, 16, 12)
        self._lines.setSpacing(4)
        self._lines.addWidget(self._title)
        self._lines.addWidget(self._words)
        self._lines.addStretch(1)
        for label in (self._title, self._words):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._on_theme_changed()
        self._connect()

    @override
    def sizeHint(self) -> QSize:
        return self._layout_size()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._layout_size().height())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def _layout_size(self) -> QSize:
        """Return the size of the labels as they wrap in the present width; a button knows only one line of its own."""
        return QSize(self._lines.sizeHint().width(), self._lines.totalHeightForWidth(self.width()))

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self) -> None:
        self.chosen.emit(self._text)

    def _on_theme_changed(self) -> None:
        font = self._theme.text_font()
        font.setWeight(font.Weight.Medium)
        self._title.setFont(font)
        self.updateGeometry()


def _make_label(text: str, *, tone: str = "", step: str = "") -> QLabel:
    label = LeadingLabel(text)
    label.setProperty("tone", tone)
    label.setProperty("step", step)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
