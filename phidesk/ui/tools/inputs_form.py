"""The inputs of a tool as rows of a form; what is inside a list or a group stands in rows of its own below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.core.tool_exchange import free_name
from phidesk.core.tool_schema import FieldKind, NameMistake, SchemaField, fits_example, name_mistakes
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.tool_words import example_text, example_words, input_name_words, kind_text, read_example
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.flow_layout import FlowLayout
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.keyboard_place import move_keyboard_to
from phidesk.ui.widgets.menu_button import MenuButton
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

DEEPEST_SHOWN = 4
"""Rows inside rows; what is deeper would have no width left and is edited as JSON."""
ENTRY = "entry"
"""The name in objectNames of what a list is of, which has none itself."""

_GAP_PX = 8
_MARGIN_PX = 12
_EDGES_PX = 12


class InputList(QWidget):
    """Inputs beside each other, added, removed and moved by buttons and keys."""

    changed = Signal()
    """The person changed something."""

    def __init__(self, theme: Theme, *, depth: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._depth = depth
        self._rows: list[InputRow] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(_GAP_PX)
        self._add = QPushButton(self.tr("Add an input") if depth == 0 else self.tr("Add an input inside"))
        self._add.setObjectName("addInput")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addLayout(self._column)
        layout.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeading)
        self._add.clicked.connect(self._on_add_clicked)

    @property
    def fields(self) -> tuple[SchemaField, ...]:
        """What stands in the form."""
        return tuple(row.field for row in self._rows)

    def show_fields(self, fields: Sequence[SchemaField]) -> None:
        """Show these. Rows stay the same widgets, so that the focus stays. Emits nothing."""
        while len(self._rows) > len(fields):
            self._drop(self._rows[-1])
        while len(self._rows) < len(fields):
            self._append()
        for row, field in zip(self._rows, fields, strict=True):
            row.show_field(field)
        self._show_mistakes()

    def focus_mistake(self) -> bool:
        """Put the keyboard at the first input whose name cannot be written; return whether there is one."""
        return any(row.focus_mistake() for row in self._rows)

    def _append(self) -> InputRow:
        row = InputRow(self._theme, depth=self._depth)
        row.changed.connect(self._on_row_changed)
        row.move_requested.connect(partial(self._move, row))
        row.remove_requested.connect(partial(self._remove, row))
        self._rows.append(row)
        self._column.addWidget(row)
        row.show()  # Now, so that it can have the keyboard; the layout would show it later.
        return row

    def _drop(self, row: InputRow) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _move(self, row: InputRow, step: int) -> None:
        place = self._rows.index(row)
        target = place + step
        if not 0 <= target < len(self._rows):
            return
        self._rows.insert(target, self._rows.pop(place))
        self._column.removeWidget(row)
        self._column.insertWidget(target, row)
        self._tell()

    def _remove(self, row: InputRow) -> None:
        place = self._rows.index(row)
        neighbours = [*self._rows[place + 1 : place + 2], *self._rows[max(0, place - 1) : place]]
        move_keyboard_to(*(neighbour.name_field for neighbour in neighbours), self._add)
        self._drop(row)
        self._tell()

    def _show_mistakes(self) -> None:
        mistakes = name_mistakes(self.fields)
        for number, row in enumerate(self._rows):
            row.show_mistake(mistakes.get(number), is_first=number == 0, is_last=number == len(self._rows) - 1)

    def _tell(self) -> None:
        self._show_mistakes()
        order_tabs_by_layout(self)
        self.changed.emit()

    def _on_row_changed(self) -> None:
        self._tell()

    def _on_add_clicked(self) -> None:
        name = free_name("input", [row.field.name for row in self._rows])
        row = self._append()
        row.show_field(SchemaField(name))
        self._tell()
        move_keyboard_to(row.name_field)
        row.name_field.selectAll()


class InputRow(QFrame):
    """One input. As the entry of a list it has neither a name nor a place among others."""

    changed = Signal()
    """The person changed it, or something inside it."""
    move_requested = Signal(int)
    """Carries the step: -1 is up."""
    remove_requested = Signal()

    def __init__(self, theme: Theme, *, depth: int, is_entry: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._depth = depth
        self._is_entry = is_entry
        self._field = SchemaField()
        self._inside: InputList | None = None
        self._entry: InputRow | None = None
        self._name_mistake: NameMistake | None = None
        self._is_filling = False
        self.setObjectName("inputRow")
        self.setProperty("panel", "card")
        self.name_field = self._make_line("inputName", self.tr("Name"))
        self._kind = MenuButton(theme)
        self._kind.setObjectName("inputKind")
        self._required = CheckLine(theme, self.tr("Required"))
        self._required.setObjectName("inputRequired")
        self._up = self._make_icon("arrow-up", "moveInputUp")
        self._down = self._make_icon("arrow-down", "moveInputDown")
        self._remove = self._make_icon("trash-2", "removeInput")
        self._description = self._make_text("inputDescription", self.tr("What it is, said to the model"), most_lines=6)
        self._example = self._make_line("inputExample", self.tr("Example"))
        self._choices = self._make_text("inputChoices", self.tr("Choices, one in each line"), most_lines=8)
        self._entry_words = make_wrapped_label("entryWords", self.tr("Each entry of the list:"), tone="muted")
        self._rest = make_wrapped_label("inputRest", tone="muted", step="small")
        self._mistake = make_wrapped_label("inputMistake", tone="danger")
        self._lay_out()
        self._connect()
        self.show_field(self._field)

    @property
    def field(self) -> SchemaField:
        """What stands in the form."""
        return self._field

    def show_field(self, field: SchemaField) -> None:
        """Show this input. Emits nothing."""
        self._field = field
        for line, text in ((self.name_field, field.name), (self._example, example_text(field))):
            if line.text() != text:
                line.setText(text)
                line.setCursorPosition(0)
        self._is_filling = True
        if self._description.toPlainText() != field.description:
            self._description.setPlainText(field.description)
        if tuple(self._choices_typed()) != field.choices:
            self._choices.setPlainText("\n".join(field.choices))
        self._is_filling = False
        self._required.setChecked(field.is_required)
        self._show_kind()

    def show_mistake(self, mistake: NameMistake | None, *, is_first: bool = True, is_last: bool = True) -> None:
        """Mark what is wrong with the name or the example, and where the row can go."""
        self._name_mistake = mistake
        words = [input_name_words(mistake)] if mistake is not None else []
        if not fits_example(self._field):
            words.append(example_words(self._field.kind))
        self._mistake.setText("\n".join(words))
        self._mistake.setVisible(bool(words))
        self.setAccessibleDescription("\n".join(words))
        self._up.setEnabled(not is_first or self._up.hasFocus())
        self._down.setEnabled(not is_last or self._down.hasFocus())

    def focus_mistake(self) -> bool:
        """Put the keyboard at the first name inside that cannot be written; return whether there is one."""
        if self._name_mistake is not None:
            move_keyboard_to(self.name_field)
            return True
        if self._entry is not None and self._field.kind is FieldKind.LIST:
            return self._entry.focus_mistake()
        return self._inside is not None and self._field.kind is FieldKind.OBJECT and self._inside.focus_mistake()

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        is_move = event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps and not self._is_entry
        if is_move:
            keyboard = self.focusWidget()
            self.move_requested.emit(steps[Qt.Key(event.key())])
            if keyboard is not None:
                move_keyboard_to(keyboard)
        else:
            super().keyPressEvent(event)

    def _make_line(self, name: str, words: str) -> QLineEdit:
        line = QLineEdit()
        line.setObjectName(name)
        line.setPlaceholderText(words)
        line.setAccessibleName(words)
        return line

    def _make_text(self, name: str, words: str, *, most_lines: int) -> GrowingTextEdit:
        text = GrowingTextEdit(fewest_lines=1, most_lines=most_lines, edges_px=_EDGES_PX)
        text.setObjectName(name)
        text.setPlaceholderText(words)
        text.setAccessibleName(words)
        self._theme.changed.connect(text.fit_height)
        return text

    def _make_icon(self, icon_name: str, name: str) -> IconButton:
        button = IconButton(self._theme, icon_name, "")
        button.setObjectName(name)
        return button

    def _lay_out(self) -> None:
        for kind in FieldKind:
            self._kind.menu().addAction(kind_text(kind)).triggered.connect(partial(self._on_kind_chosen, kind))
        head = QWidget()
        flow = FlowLayout(head, gap_px=_GAP_PX)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        head.setSizePolicy(policy)
        for part in (self.name_field, self._kind, self._required):
            flow.addWidget(part)
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(head, 1)
        for button in (self._up, self._down, self._remove):
            top.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        self._lines.setSpacing(_GAP_PX)
        self._lines.addLayout(top)
        for line in (self._mistake, self._description, self._choices, self._example, self._entry_words, self._rest):
            self._lines.addWidget(line)
        self._mistake.hide()
        if self._is_entry:
            for other in (self.name_field, self._required, self._up, self._down, self._remove):
                other.hide()

    def _connect(self) -> None:
        self.name_field.textEdited.connect(self._on_name_edited)
        self._description.textChanged.connect(self._on_description_changed)
        self._example.textEdited.connect(self._on_example_edited)
        self._choices.textChanged.connect(self._on_choices_changed)
        self._required.clicked.connect(self._on_required_clicked)
        self._up.clicked.connect(partial(self._on_move_clicked, -1))
        self._down.clicked.connect(partial(self._on_move_clicked, 1))
        self._remove.clicked.connect(self._on_remove_clicked)

    def _show_kind(self) -> None:
        """Show what goes with the kind, made when it is first needed."""
        field = self._field
        name = field.name or self.tr("this input")
        self._kind.setText(kind_text(field.kind))
        self._kind.setAccessibleName(self.tr("Kind of {name}: {kind}").format(name=name, kind=kind_text(field.kind)))
        self._up.set_label(self.tr("Move {name} up (Alt+Up)").format(name=name))
        self._down.set_label(self.tr("Move {name} down (Alt+Down)").format(name=name))
        self._remove.set_label(self.tr("Remove {name}").format(name=name))
        self.setAccessibleName(name)
        is_shown = self._depth < DEEPEST_SHOWN
        is_list, is_group = field.kind is FieldKind.LIST and is_shown, field.kind is FieldKind.OBJECT and is_shown
        self._choices.setVisible(field.kind is FieldKind.CHOICE)
        self._example.setHidden(field.kind in (FieldKind.LIST, FieldKind.OBJECT, FieldKind.OTHER))
        self._entry_words.setVisible(is_list)
        if is_list:
            self._entry_row().show_field(field.items or SchemaField(kind=FieldKind.OTHER))
        if is_group:
            self._inner_list().show_fields(field.fields)
        if self._entry is not None:
            self._entry.setVisible(is_list)
        if self._inside is not None:
            self._inside.setVisible(is_group)
        self._rest.setText(self._rest_words())
        self._rest.setVisible(bool(self._rest.text()))

    def _rest_words(self) -> str:
        has_inside = self._field.fields or self._field.items is not None
        if self._depth >= DEEPEST_SHOWN and self._field.kind in (FieldKind.LIST, FieldKind.OBJECT) and has_inside:
            return self.tr("What is inside is nested so deep that it is edited as JSON.")
        if not self._field.rest:
            return ""
        return self.tr("Also in the JSON: {names}").format(names=", ".join(self._field.rest))

    def _entry_row(self) -> InputRow:
        if self._entry is None:
            self._entry = InputRow(self._theme, depth=self._depth + 1, is_entry=True)
            self._entry.setObjectName(ENTRY)
            self._entry.changed.connect(self._on_entry_changed)
            self._lines.insertWidget(self._lines.indexOf(self._rest), self._entry)
        return self._entry

    def _inner_list(self) -> InputList:
        if self._inside is None:
            self._inside = InputList(self._theme, depth=self._depth + 1)
            self._inside.changed.connect(self._on_inside_changed)
            self._lines.insertWidget(self._lines.indexOf(self._rest), self._inside)
        return self._inside

    def _choices_typed(self) -> list[str]:
        return [line for line in self._choices.toPlainText().split("\n") if line.strip()]

    def _change(self, field: SchemaField) -> None:
        self._field = field
        if self._is_entry:
            self.show_mistake(None)
        self.changed.emit()

    def _on_name_edited(self, text: str) -> None:
        self._change(replace(self._field, name=text))
        self._show_kind()

    def _on_description_changed(self) -> None:
        if not self._is_filling:
            self._change(replace(self._field, description=self._description.toPlainText()))

    def _on_example_edited(self, text: str) -> None:
        self._change(replace(self._field, example=read_example(self._field.kind, text)))

    def _on_choices_changed(self) -> None:
        if not self._is_filling:
            self._change(replace(self._field, choices=tuple(self._choices_typed())))

    def _on_required_clicked(self, is_required: bool) -> None:
        self._change(replace(self._field, is_required=is_required))

    def _on_kind_chosen(self, kind: FieldKind) -> None:
        changed = self._field.with_kind(kind)
        if kind is FieldKind.LIST and changed.items is None:
            changed = replace(changed, items=SchemaField())
        self.show_field(changed)
        self._change(changed)

    def _on_entry_changed(self) -> None:
        if self._entry is not None:
            self._change(replace(self._field, items=self._entry.field))

    def _on_inside_changed(self) -> None:
        if self._inside is not None:
            self._change(replace(self._field, fields=self._inside.fields))

    def _on_move_clicked(self, step: int) -> None:
        self.move_requested.emit(step)

    def _on_remove_clicked(self) -> None:
        self.remove_requested.emit()
