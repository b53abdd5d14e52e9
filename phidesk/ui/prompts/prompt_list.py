"""All entries of the library, to be searched, opened and used."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.core.prompts import DEFAULT_ICON, Prompt
from phidesk.ui.sidebar.search_field import SearchField
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.elided_label import ElidedLabel
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.icon_choice import known_icon
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_GAP_PX = 8


class PromptList(QWidget):
    """Instructions, then snippets. Rows stay the same widgets, so that the focus stays."""

    open_requested = Signal(str)
    """The person wants to see and change an entry. Carries its id."""
    use_requested = Signal(str)
    """The person wants a conversation with these instructions. Carries the id."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: dict[str, _Row] = {}
        self._search = SearchField(theme, self.tr("Search instructions"))
        self._search.setObjectName("promptSearch")
        self._search.setProperty("kind", "")
        self._nothing = make_wrapped_label("noPrompts", tone="muted")
        self._instructions_title = make_section_title(self.tr("Instructions"), tip=self.tr("System prompts"))
        self._instructions = QVBoxLayout()
        self._snippets_title = make_section_title(self.tr("Snippets for the message field"))
        self._snippets = QVBoxLayout()
        self._lay_out()
        self._search.textChanged.connect(self._on_search_text_changed)

    def show_prompts(self, prompts: Sequence[Prompt]) -> None:
        """Show these in this order. Emits nothing."""
        wanted = {prompt.id: prompt for prompt in prompts}
        for prompt_id in [prompt_id for prompt_id in self._rows if prompt_id not in wanted]:
            row = self._rows.pop(prompt_id)
            if is_keyboard_at(row):
                move_keyboard_to(self._search)
            row.hide()
            row.deleteLater()
        for prompt in prompts:
            row = self._rows.get(prompt.id) or self._make_row(prompt)
            row.show_prompt(prompt)
        for kind, layout in ((False, self._instructions), (True, self._snippets)):
            for place, prompt in enumerate(it for it in prompts if it.is_snippet is kind):
                if layout.indexOf(self._rows[prompt.id]) != place:
                    layout.insertWidget(place, self._rows[prompt.id])
        self._filter()

    def focus_prompt(self, prompt_id: str) -> None:
        """Put the keyboard on an entry, or on the search where that is not shown."""
        row = self._rows.get(prompt_id)
        move_keyboard_to(*([row.button] if row is not None else []), self._search)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self._search)
        layout.addWidget(self._nothing)
        for title, rows in ((self._instructions_title, self._instructions), (self._snippets_title, self._snippets)):
            layout.addSpacing(_GAP_PX)
            layout.addWidget(title)
            rows.setSpacing(_GAP_PX)
            layout.addLayout(rows)
        self._nothing.hide()

    def _make_row(self, prompt: Prompt) -> _Row:
        row = _Row(self._theme, prompt)
        row.open_requested.connect(self.open_requested)
        row.use_requested.connect(self.use_requested)
        self._rows[prompt.id] = row
        return row

    def _on_search_text_changed(self, _text: str) -> None:
        self._filter()

    def _filter(self) -> None:
        words = self._search.text().strip()
        shown = [row for row in self._rows.values() if row.has(words)]
        for row in self._rows.values():
            row.setVisible(row in shown)
        self._instructions_title.setVisible(any(not row.prompt.is_snippet for row in shown))
        self._snippets_title.setVisible(any(row.prompt.is_snippet for row in shown))
        self._nothing.setText(self.tr("Nothing contains “{text}”.").format(text=words))
        self._nothing.setVisible(bool(words) and not shown)


class _Row(QWidget):
    """An entry: a button with its icon, name and first words, and one that uses it."""

    open_requested = Signal(str)
    use_requested = Signal(str)

    def __init__(self, theme: Theme, prompt: Prompt) -> None:
        super().__init__()
        self.prompt = prompt
        self.button = _EntryButton(theme)
        self._use = IconButton(theme, "message-square-plus", "")
        self._use.setObjectName("usePrompt")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP_PX)
        row.addWidget(self.button, 1)
        row.addWidget(self._use)
        self.button.clicked.connect(self._on_button_clicked)
        self._use.clicked.connect(self._on_use_clicked)
        theme.changed.connect(self._fit)

    def show_prompt(self, prompt: Prompt) -> None:
        self.prompt = prompt
        self.button.show_prompt(prompt)
        self._use.set_label(self.tr("New conversation with “{name}”").format(name=prompt.name))
        self._use.setHidden(prompt.is_snippet)
        self._fit()

    def _fit(self) -> None:
        """Be as high as the lines: the style sheet's own height of buttons goes before their hints."""
        self.setMinimumHeight(self.button.sizeHint().height())

    def has(self, words: str) -> bool:
        """Whether it is found by these words."""
        return words.casefold() in f"{self.prompt.name}\n{self.prompt.text}".casefold()

    def _on_button_clicked(self) -> None:
        self.open_requested.emit(self.prompt.id)

    def _on_use_clicked(self) -> None:
        self.use_requested.emit(self.prompt.id)


class _EntryButton(QPushButton):
    """Icon, name, and the first words of the text on a line of their own."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._icon_name = DEFAULT_ICON
        self.setObjectName("openPrompt")
        self.setProperty("kind", "card")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._icon = QLabel()
        self._name = ElidedLabel()
        self._words = ElidedLabel()
        self._words.setProperty("tone", "muted")
        self._words.setProperty("step", "small")
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addWidget(self._name)
        lines.addWidget(self._words)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 8, 14, 8)
        self._row.setSpacing(14)
        self._row.addWidget(self._icon)
        self._row.addLayout(lines, 1)
        for label in (self._icon, self._name, self._words):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self._on_theme_changed)

    def show_prompt(self, prompt: Prompt) -> None:
        self._icon_name = known_icon(prompt.icon)
        first_line = " ".join(prompt.text.split())
        self._name.setText(prompt.name)
        self._words.setText(first_line)
        self.setAccessibleName(prompt.name)
        self.setAccessibleDescription(first_line)
        self._on_theme_changed()

    @override
    def sizeHint(self) -> QSize:
        return self._row.sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._row.sizeHint().height())

    def _on_theme_changed(self) -> None:
        font = self._theme.small_font()
        font.setWeight(font.Weight.Medium)
        self._name.setFont(font)
        self._icon.setPixmap(self._theme.icon(self._icon_name, "muted").pixmap(self._theme.icon_px))
        self.updateGeometry()
