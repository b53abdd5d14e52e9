"""One entry of the library, to be read and changed. What is typed is kept; there is no button for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.chat.tool_shelf import ShelvedTool
from phidesk.core.generation import LIMITS, Parameter
from phidesk.core.prompts import DATE, LANGUAGE, MOST_STARTERS, NAME, Prompt, PromptVersion
from phidesk.engine.protocol import TokenCount
from phidesk.ui.chat.conversation_header import ModelWish
from phidesk.ui.chat.tools_section import ToolsSection
from phidesk.ui.messages import model_label
from phidesk.ui.prompts.prompt_words import cost_text, prompt_lines, variables_text
from phidesk.ui.prompts.variable_highlighter import VariableHighlighter
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.choice_button import Choice, ChoiceButton
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.icon_choice import IconChoice, known_icon
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.version_comparison import ShownVersion, VersionComparison
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

SAVE_DELAY_MS = 400
"""After the last key, as for the instructions of a conversation."""

_EDGES_PX = 12
_GAP_PX, _SECTION_GAP_PX = 8, 20
_ANY_MODEL = ""


class PromptEditor(QWidget):
    """Tells of changes a moment after typing, and at once when it is hidden. Filling it emits nothing."""

    changed = Signal(object)
    """The entry is another one now. Carries the `Prompt`."""
    text_typed = Signal(str)
    """Another text stands here; what it costs is told to `show_cost`."""
    use_requested = Signal(str)
    """A conversation with these instructions is wanted. Carries the id."""
    duplicate_requested = Signal(object)
    export_requested = Signal(object)
    delete_requested = Signal(object)
    """Each carries the `Prompt`."""
    restore_requested = Signal(object)
    """Carries the `PromptVersion`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._prompt = Prompt("", "")
        self._models: Mapping[str, ModelWish] = {}
        self._is_filling = False
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SAVE_DELAY_MS)
        self._buttons = ButtonRow()
        self._use = self._buttons.add_button("useShownPrompt", self.tr("New conversation with it"), kind="primary")
        self._duplicate = self._buttons.add_button("duplicatePrompt", self.tr("Duplicate"))
        self._export = self._buttons.add_button("exportPrompt", self.tr("Export…"))
        self._delete = self._buttons.add_button("deletePrompt", self.tr("Delete"))
        self._icon = IconChoice(theme, "promptIcon")
        self._name = QLineEdit()
        self._name.setObjectName("promptName")
        self._name.setAccessibleName(self.tr("Name"))
        self._name.setPlaceholderText(self.tr("Name"))
        self._text = GrowingTextEdit(fewest_lines=5, most_lines=24, edges_px=_EDGES_PX)
        self._text.setObjectName("promptText")
        self._highlighter = VariableHighlighter(theme, self._text.document())
        self._insert = ButtonRow()
        self._cost = make_wrapped_label("promptCost", tone="muted", step="small")
        self._variables = make_wrapped_label("promptVariables", tone="muted", step="small")
        self._starters_title = make_section_title(self.tr("Questions to begin with, one on a line"))
        self._starters = GrowingTextEdit(fewest_lines=3, most_lines=8, edges_px=_EDGES_PX)
        self._starters.setObjectName("promptStarters")
        self._defaults_title = make_section_title(self.tr("What a conversation begins with"))
        self._defaults = QWidget()
        self._model = ChoiceButton(theme, "promptModel", self.tr("Model"))
        self._temperature = QLineEdit()
        self._temperature.setObjectName("promptTemperature")
        self._temperature.setPlaceholderText(self.tr("As it is"))
        self._temperature.setAccessibleName(self.tr("Creativity (temperature)"))
        self._fault = make_wrapped_label("promptTemperatureFault", tone="danger", step="small")
        self.tools = ToolsSection(theme)
        self._versions = VersionComparison(theme)
        self._lay_out()
        self._on_theme_changed()
        self._connect()

    @property
    def prompt(self) -> Prompt:
        """What is shown, with everything that was typed."""
        return self._prompt

    def show_prompt(self, prompt: Prompt) -> None:
        """Show an entry; call `flush` before another one."""
        self._delay.stop()
        self._prompt = prompt
        self._is_filling = True
        self._name.setText(prompt.name)
        for field, text in ((self._text, prompt.text), (self._starters, "\n".join(prompt.starters))):
            if field.toPlainText() != text:
                field.setPlainText(text)
        temperature = prompt.defaults.temperature
        self._temperature.setText("" if temperature is None else QLocale().toString(temperature, "g", 4))
        self._show_fault("")
        self._show_choices()
        for part in (self._starters_title, self._starters, self._defaults_title, self._defaults):
            part.setHidden(prompt.is_snippet)
        self._use.setHidden(prompt.is_snippet)
        self._text.setAccessibleName(self.tr("Text of the snippet") if prompt.is_snippet else self.tr("Instructions"))
        self._is_filling = False
        self._tell_text()

    def show_cost(self, cost: TokenCount | None) -> None:
        """Say what the text costs; None while nobody knows."""
        self._cost.setText(cost_text(cost) if cost is not None else "")

    def show_versions(self, versions: Sequence[PromptVersion]) -> None:
        """Show what the entry was."""
        shown = [ShownVersion(it.number, it.saved_at, prompt_lines(it.prompt), it) for it in versions]
        self._versions.show_versions(shown)
        order_tabs_by_layout(self)

    def set_models(self, models: Mapping[str, ModelWish]) -> None:
        """Offer these as the model of a conversation; keys are names for people."""
        self._models = models
        self._show_choices()

    def set_tools(self, tools: Sequence[ShelvedTool]) -> None:
        """Offer these as tools of a conversation."""
        self.tools.offer(tools)
        order_tabs_by_layout(self)

    def focus_name(self) -> None:
        """Let the name be typed over."""
        self._name.setFocus(Qt.FocusReason.OtherFocusReason)
        self._name.selectAll()

    def flush(self) -> None:
        """Tell at once what was typed and not told yet."""
        if self._delay.isActive():
            self._tell()

    @override
    def hideEvent(self, event: QHideEvent, /) -> None:
        super().hideEvent(event)
        self.flush()

    def _lay_out(self) -> None:
        for name, words in (
            (DATE, self.tr("Insert the date")),
            (NAME, self.tr("Insert your name")),
            (LANGUAGE, self.tr("Insert your language")),
        ):
            button = self._insert.add_button(f"insert_{name}", words, kind="quiet")
            button.setToolTip(f"{{{name}}}")
            button.clicked.connect(partial(self._on_insert_clicked, name))
        title = QHBoxLayout()
        title.setSpacing(_GAP_PX)
        title.addWidget(self._icon)
        title.addWidget(self._name, 1)
        defaults = QVBoxLayout(self._defaults)
        defaults.setContentsMargins(0, 0, 0, 0)
        defaults.setSpacing(_GAP_PX)
        creativity = make_wrapped_label("", self.tr("Creativity (temperature)"), step="small")
        creativity.setBuddy(self._temperature)
        for line in (self._model, creativity, self._temperature, self._fault, self.tools):
            defaults.addWidget(line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self._buttons)
        layout.addSpacing(_GAP_PX)
        layout.addLayout(title)
        own = self.tr("Words in braces, such as {topic}, are asked for when the text is used.")
        explanation = make_wrapped_label("", own, tone="muted", step="small")
        for part in (self._text, self._insert, self._cost, self._variables, explanation):
            layout.addWidget(part)
        sections: tuple[tuple[QWidget, QWidget], ...] = (
            (self._starters_title, self._starters),
            (self._defaults_title, self._defaults),
        )
        for heading, section in sections:
            layout.addSpacing(_SECTION_GAP_PX - _GAP_PX)
            layout.addWidget(heading)
            layout.addWidget(section)
        self._starters_title.setBuddy(self._starters)
        self._starters.setAccessibleName(self._starters_title.text())
        layout.addSpacing(_SECTION_GAP_PX - _GAP_PX)
        layout.addWidget(self._versions)
        order_tabs_by_layout(self)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._delay.timeout.connect(self._tell)
        self._name.textEdited.connect(self._on_typed)
        self._text.textChanged.connect(self._on_text_changed)
        self._starters.textChanged.connect(self._on_typed)
        self._temperature.textEdited.connect(self._on_temperature_edited)
        self._icon.chosen.connect(self._on_icon_chosen)
        self._model.chosen.connect(self._on_model_chosen)
        self.tools.chosen.connect(self._on_tools_chosen)
        self._use.clicked.connect(self._on_use_clicked)
        self._duplicate.clicked.connect(self._on_duplicate_clicked)
        self._export.clicked.connect(self._on_export_clicked)
        self._delete.clicked.connect(self._on_delete_clicked)
        self._versions.restore_requested.connect(self.restore_requested)

    def _read(self) -> Prompt:
        """Return what stands here; a name that was emptied is the former one."""
        starters = [line.strip() for line in self._starters.toPlainText().splitlines() if line.strip()]
        return replace(
            self._prompt,
            name=self._name.text().strip() or self._prompt.name,
            text=self._text.toPlainText(),
            starters=tuple(starters[:MOST_STARTERS]),
        )

    def _tell(self) -> None:
        self._delay.stop()
        self._change(self._read())

    def _change(self, prompt: Prompt) -> None:
        if prompt != self._prompt:
            self._prompt = prompt
            self._show_choices()
            self.changed.emit(prompt)

    def _tell_text(self) -> None:
        text = self._text.toPlainText()
        self._variables.setText(variables_text(text))
        self._variables.setHidden(not self._variables.text())
        self.text_typed.emit(text)

    def _show_choices(self) -> None:
        defaults = self._prompt.defaults
        choices = [Choice(_ANY_MODEL, self.tr("Any model"))]
        self._model.set_choices(choices + [Choice(name, name) for name, wish in self._models.items() if wish.model])
        name = next((name for name, wish in self._models.items() if wish.model == defaults.model), defaults.model)
        self._model.show_choice(name or _ANY_MODEL, model_label(defaults.model) if defaults.model else "")
        self.tools.show_wanted(frozenset(defaults.tools))
        self._icon.show_icon(known_icon(self._prompt.icon))

    def _show_fault(self, sentence: str) -> None:
        self._fault.setText(sentence)
        self._fault.setHidden(not sentence)
        self._temperature.setAccessibleDescription(sentence)

    def _on_theme_changed(self) -> None:
        for field in (self._text, self._starters):
            field.setFont(self._theme.small_font())
            field.fit_height()
        self._show_choices()

    def _on_typed(self) -> None:
        if not self._is_filling:
            self._delay.start()

    def _on_text_changed(self) -> None:
        if not self._is_filling and self._text.toPlainText() != self._prompt.text:
            self._delay.start()
            self._tell_text()

    def _on_temperature_edited(self, text: str) -> None:
        limits = LIMITS[Parameter.TEMPERATURE]
        number, is_number = QLocale().toDouble(text.strip())
        if not text.strip() or (is_number and limits.allow(number)):
            self._show_fault("")
            defaults = replace(self._prompt.defaults, temperature=number if text.strip() else None)
            self._change(replace(self._read(), defaults=defaults))
        else:
            words = self.tr("A number from {lowest} to {highest}.")
            lowest, highest = (QLocale().toString(float(it), "g", 4) for it in (limits.lowest, limits.highest))
            self._show_fault(words.format(lowest=lowest, highest=highest))

    def _on_icon_chosen(self, name: str) -> None:
        self._change(replace(self._read(), icon=name))

    def _on_model_chosen(self, name: str) -> None:
        wish = self._models.get(name, ModelWish())
        defaults = replace(self._prompt.defaults, engine=wish.engine, model=wish.model)
        self._change(replace(self._read(), defaults=defaults))

    def _on_tools_chosen(self, wanted: frozenset[str]) -> None:
        defaults = replace(self._prompt.defaults, tools=tuple(sorted(wanted)))
        self._change(replace(self._read(), defaults=defaults))

    def _on_insert_clicked(self, name: str) -> None:
        self._text.insertPlainText(f"{{{name}}}")
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_use_clicked(self) -> None:
        self.flush()
        self.use_requested.emit(self._prompt.id)

    def _on_duplicate_clicked(self) -> None:
        self.flush()
        self.duplicate_requested.emit(self._prompt)

    def _on_export_clicked(self) -> None:
        self.flush()
        self.export_requested.emit(self._prompt)

    def _on_delete_clicked(self) -> None:
        self.flush()
        self.delete_requested.emit(self._prompt)
