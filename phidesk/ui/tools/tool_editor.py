"""One tool in its form: what the model is told of it, what it does, its JSON beside it, a place to try it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.core.json_text import write_json
from phidesk.core.tool_draft import ToolDraft, new_draft
from phidesk.core.tool_schema import SchemaField
from phidesk.core.tool_spec import BuiltinAction, ToolNameMistake, possible_tool_name
from phidesk.core.tools import ToolDefinition
from phidesk.engine.protocol import TokenCount
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tool_titles import TOOL_ICON
from phidesk.ui.tools.action_form import ActionForm
from phidesk.ui.tools.inputs_form import InputList
from phidesk.ui.tools.json_pane import JsonPane
from phidesk.ui.tools.tool_words import cost_text, tool_name_words
from phidesk.ui.tools.trial_section import TrialSection
from phidesk.ui.widgets.announcing import announce
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.icon_choice import IconChoice, known_icon
from phidesk.ui.widgets.keyboard_place import move_keyboard_to
from phidesk.ui.widgets.plain_button import make_button
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.version_comparison import VersionComparison
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

BESIDE_EMS = 56
"""From this width on, in sizes of the text, form and JSON stand side by side."""

_GAP_PX, _SECTION_GAP_PX, _COLUMN_GAP_PX = 8, 24, 32
_EDGES_PX = 12


class ToolEditor(QWidget):
    """Form and JSON follow each other while either is typed."""

    draft_changed = Signal(object)
    """The person changed something. Carries the `ToolDraft`."""
    save_requested = Signal(object)
    """It can be saved, and shall be. Carries the `ToolDraft`."""
    inputs_replaced = Signal(object)
    """A function of the program brought its inputs, and those of the person are gone. Carries the draft before."""
    use_requested = Signal(str)
    """A conversation with the tool is wanted. Carries its id."""
    discard_requested = Signal()
    """What was typed since the last saving shall go."""

    def __init__(self, theme: Theme, builtin: Sequence[ToolDefinition] = (), parent: QWidget | None = None) -> None:
        """`builtin` is what comes with the program."""
        super().__init__(parent)
        self._theme = theme
        self._builtin = {tool.name: tool for tool in builtin}
        self._draft = new_draft("")
        self._is_filling = False
        self.setObjectName("toolEditor")
        self._icon = IconChoice(theme, "toolIcon")
        self._name = QLineEdit()
        self._name.setObjectName("toolName")
        self._name.setPlaceholderText("get_weather")
        self._name.setAccessibleName(self.tr("Name of the tool"))
        self._name_mistake = make_wrapped_label("toolNameMistake", tone="danger")
        self._mend_name = make_button("mendToolName", kind="quiet")
        self._mend_name.hide()
        self._description = GrowingTextEdit(fewest_lines=2, most_lines=8, edges_px=_EDGES_PX)
        self._description.setObjectName("toolDescription")
        self._description.setPlaceholderText(self.tr("Say in plain words what it does and when it helps."))
        self._description.setAccessibleName(self.tr("What it does, said to the model"))
        self.inputs = InputList(theme)
        self.action = ActionForm(theme, list(self._builtin))
        self.json = JsonPane(theme)
        self.trial = TrialSection(theme)
        self.versions = VersionComparison(theme)
        self._cost = make_wrapped_label("toolCost", tone="muted", step="small")
        self._mend = make_wrapped_label("toolMend", self.tr("Please mend first what is marked in red."), tone="danger")
        self._saved = make_wrapped_label("toolSaved", tone="success")
        self._saved.hide()
        self._buttons = ButtonRow()
        self._save = self._buttons.add_button("saveTool", self.tr("Save"), kind="primary")
        self._use = self._buttons.add_button("useTool", self.tr("New conversation with it"))
        self._discard = self._buttons.add_button("discardDraft", self.tr("Discard changes"), kind="quiet")
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()
        self._connect()

    @property
    def draft(self) -> ToolDraft:
        """What stands in the form."""
        return self._draft

    def show_draft(self, draft: ToolDraft, *, is_changed: bool) -> None:
        """Show a tool; `is_changed` says whether it differs from what is saved. Emits nothing."""
        is_other = draft.spec.id != self._draft.spec.id
        self._is_filling = True
        self._draft = draft
        self._icon.show_icon(known_icon(draft.spec.icon, TOOL_ICON))
        self._name.setText(draft.spec.name)
        self._description.setPlainText(draft.spec.description)
        self.inputs.show_fields(draft.inputs.fields)
        self.action.show_action(draft.spec.does)
        self.json.show_text(draft.spec.parameters, is_other=is_other)
        self._is_filling = False
        if is_other:
            self.trial.reset()
            self._cost.setText("")
        self._show_name_mistake(None)
        self._mend.hide()
        self._follow(is_first_look=True)
        self.show_changed(is_changed=is_changed)
        order_tabs_by_layout(self)

    def show_changed(self, *, is_changed: bool) -> None:
        """Say whether there is anything to save or to discard; only what is saved and on can be used."""
        self._saved.hide()
        self._discard.setVisible(is_changed)
        self._use.setVisible(self._draft.spec.is_enabled and not is_changed and not self._draft.mistakes)

    def tell_saved(self) -> None:
        """Say that the tool is saved, where the button was pressed; to screen readers too."""
        self.show_changed(is_changed=False)
        self._saved.setText(self.tr("{name} is saved.").format(name=self._draft.spec.name))
        self._saved.show()
        announce(self, self._saved.text())

    def show_cost(self, count: TokenCount) -> None:
        """Say what the tool takes of the window of each conversation that uses it."""
        text = self.tr("Takes {tokens} of the memory of each conversation that uses it.")
        self._cost.setText(text.format(tokens=cost_text(count)))

    def show_mistakes(self) -> None:
        """Mark everything that has to be mended, and put the keyboard at the first of it."""
        mistakes = self._draft.mistakes
        self._mend.show()
        announce(self, self._mend.text())
        self._show_name_mistake(mistakes.name)
        self.action.show_mistake(mistakes.action)
        if mistakes.name is not None:
            move_keyboard_to(self._name)
        elif mistakes.has_input_mistakes:
            self.inputs.focus_mistake()
        elif mistakes.text is not None:
            self.json.focus_fault()
        else:
            self.action.focus_mistake()

    def focus_name(self) -> None:
        """Put the keyboard at the beginning."""
        move_keyboard_to(self._name)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _lay_out(self) -> None:
        form = QVBoxLayout()
        form.setSpacing(_GAP_PX)
        form.addWidget(make_section_title(self.tr("Name"), tip=self.tr("How the model calls it")))
        title = QHBoxLayout()
        title.setSpacing(_GAP_PX)
        title.addWidget(self._icon)
        title.addWidget(self._name, 1)
        form.addLayout(title)
        form.addWidget(self._name_mistake)
        form.addWidget(self._mend_name, 0, Qt.AlignmentFlag.AlignLeading)
        form.addSpacing(_GAP_PX)
        form.addWidget(make_section_title(self.tr("What it does, said to the model")))
        form.addWidget(self._description)
        form.addSpacing(_GAP_PX)
        form.addWidget(make_section_title(self.tr("Inputs"), tip=self.tr("Parameters: what the model gives it")))
        form.addWidget(self.inputs)
        form.addStretch(1)
        self._beside.setSpacing(_COLUMN_GAP_PX)
        self._beside.addLayout(form, 3)
        self._beside.addWidget(self.json, 2)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(_GAP_PX)
        lines.addLayout(self._beside)
        lines.addSpacing(_SECTION_GAP_PX - _GAP_PX)
        lines.addWidget(make_section_title(self.tr("What happens when the model calls it")))
        lines.addWidget(self.action)
        lines.addSpacing(_SECTION_GAP_PX - _GAP_PX)
        for part in (self._cost, self._mend, self._buttons, self._saved):
            lines.addWidget(part)
        lines.addSpacing(_SECTION_GAP_PX - _GAP_PX)
        lines.addWidget(self.trial)
        lines.addSpacing(_GAP_PX)
        lines.addWidget(self.versions)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._icon.chosen.connect(self._on_icon_chosen)
        self._name.textEdited.connect(self._on_name_edited)
        self._mend_name.clicked.connect(self._on_mend_name_clicked)
        self._description.textChanged.connect(self._on_description_changed)
        self.inputs.changed.connect(self._on_inputs_changed)
        self.action.changed.connect(self._on_action_changed)
        self.json.text_edited.connect(self._on_text_edited)
        self._save.clicked.connect(self._on_save_clicked)
        self._use.clicked.connect(self._on_use_clicked)
        self._discard.clicked.connect(self.discard_requested)

    def _arrange(self) -> None:
        is_wide = self.width() >= BESIDE_EMS * self._theme.font_sizes.small
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if self._beside.direction() != direction:
            self._beside.setDirection(direction)

    def _follow(self, *, is_first_look: bool = False) -> None:
        """Show what follows from the draft. An empty new form is not full of reproaches."""
        mistakes = self._draft.mistakes
        self.json.show_fault(mistakes.text)
        self.action.show_inputs([shown.name for shown in self._draft.inputs.fields])
        self.trial.show_inputs(self._draft.inputs.fields)
        if not is_first_look:
            self._show_name_mistake(mistakes.name)
            self._mend.setVisible(bool(mistakes) and not self._mend.isHidden())

    def _show_name_mistake(self, mistake: ToolNameMistake | None) -> None:
        words = "" if mistake is None else tool_name_words(mistake)
        self._name_mistake.setText(words)
        self._name_mistake.setVisible(bool(words))
        self._name.setAccessibleDescription(words)
        possible = possible_tool_name(self._draft.spec.name) if words else ""
        self._mend_name.setText(self.tr("Use “{name}”").format(name=possible))
        self._mend_name.setVisible(bool(possible))

    def _change(self, draft: ToolDraft) -> None:
        self._draft = draft
        self._follow()
        self.show_changed(is_changed=True)
        self.draft_changed.emit(draft)

    def _on_icon_chosen(self, icon: str) -> None:
        self._icon.show_icon(icon)
        self._change(replace(self._draft, spec=replace(self._draft.spec, icon=icon)))

    def _on_name_edited(self, name: str) -> None:
        self._change(replace(self._draft, spec=replace(self._draft.spec, name=name)))

    def _on_mend_name_clicked(self) -> None:
        name = possible_tool_name(self._draft.spec.name)
        self._name.setText(name)
        move_keyboard_to(self._name)
        self._on_name_edited(name)

    def _on_description_changed(self) -> None:
        if not self._is_filling:
            spec = replace(self._draft.spec, description=self._description.toPlainText())
            self._change(replace(self._draft, spec=spec))

    def _on_inputs_changed(self) -> None:
        inputs: SchemaField = replace(self._draft.inputs, fields=self.inputs.fields)
        draft = self._draft.with_inputs(inputs)
        self.json.show_text(draft.spec.parameters)
        self._change(draft)

    def _on_text_edited(self, text: str) -> None:
        draft = self._draft.with_text(text)
        if draft.inputs != self._draft.inputs:
            self.inputs.show_fields(draft.inputs.fields)
            order_tabs_by_layout(self)
        self._change(draft)

    def _on_action_changed(self) -> None:
        before, does = self._draft, self.action.does
        if type(does) is not type(before.spec.does):
            self.trial.reset()
        self._change(replace(self._draft, spec=replace(self._draft.spec, does=does)))
        if isinstance(does, BuiltinAction) and does != before.spec.does and does.name in self._builtin:
            text = write_json(json.loads(self._builtin[does.name].parameters))
            self.json.show_text(text)
            self._on_text_edited(text)
            if before.inputs.fields and not isinstance(before.spec.does, BuiltinAction):
                self.inputs_replaced.emit(before)

    def _on_save_clicked(self) -> None:
        if self._draft.mistakes:
            self.show_mistakes()
            return
        self._mend.hide()
        self.save_requested.emit(self._draft)

    def _on_use_clicked(self) -> None:
        self.use_requested.emit(self._draft.spec.id)

    def _on_theme_changed(self) -> None:
        self._description.fit_height()
        self._arrange()
