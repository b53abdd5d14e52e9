"""A form for the values of one call, made from the inputs that a tool says it has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from phidesk.core.tool_schema import FieldKind, SchemaField
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.tool_words import example_text, kind_text
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.menu_button import MenuButton
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_GAP_PX = 4
_EDGES_PX = 12


class ValueForm(QWidget):
    """One control for each input. What was typed stays while inputs of the same name and kind stay."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fields: tuple[SchemaField, ...] = ()
        self._controls: dict[tuple[str, FieldKind], _ValueControl] = {}
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(2 * _GAP_PX)

    def show_inputs(self, fields: Sequence[SchemaField]) -> None:
        """Offer controls for these."""
        if tuple(fields) == self._fields:
            return
        wanted = {(field.name, field.kind): field for field in fields}
        for key in [key for key in self._controls if key not in wanted]:
            control = self._controls.pop(key)
            self._lines.removeWidget(control)
            control.hide()
            control.deleteLater()
        for place, (key, field) in enumerate(wanted.items()):
            if key not in self._controls:
                self._controls[key] = _ValueControl(self._theme, field)
            self._controls[key].show_field(field)
            if self._lines.indexOf(self._controls[key]) != place:
                self._lines.insertWidget(place, self._controls[key])
        self._fields = tuple(fields)

    @property
    def arguments(self) -> str:
        """The values as the text of a JSON object, as a model would write them; what is left empty is not in it."""
        values = {field.name: self._controls[field.name, field.kind].value for field in self._fields}
        return json.dumps({name: value for name, value in values.items() if value is not None}, ensure_ascii=False)


class _ValueControl(QWidget):
    """Name, what it is, and where the value is entered."""

    def __init__(self, theme: Theme, field: SchemaField) -> None:
        super().__init__()
        self._field = field
        self._chosen: Any = None
        self._name = make_wrapped_label("valueName")
        self._about = make_wrapped_label("valueAbout", tone="muted", step="small")
        self._line: QLineEdit | None = None
        self._text: GrowingTextEdit | None = None
        self._menu: MenuButton | None = None
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(_GAP_PX)
        lines.addWidget(self._name)
        lines.addWidget(self._about)
        if field.kind in (FieldKind.YES_NO, FieldKind.CHOICE):
            self._menu = MenuButton(theme)
            lines.addWidget(self._menu, 0, Qt.AlignmentFlag.AlignLeading)
        elif field.kind in (FieldKind.LIST, FieldKind.OBJECT, FieldKind.OTHER):
            self._text = GrowingTextEdit(fewest_lines=1, most_lines=8, edges_px=_EDGES_PX)
            theme.changed.connect(self._text.fit_height)
            lines.addWidget(self._text)
        else:
            self._line = QLineEdit(example_text(field))
            lines.addWidget(self._line)
        self._choose(None)

    def show_field(self, field: SchemaField) -> None:
        """Say what is wanted."""
        self._field = field
        needed = self.tr("{name} (required)") if field.is_required else "{name}"
        self._name.setText(needed.format(name=field.name))
        self._about.setText(field.description)
        self._about.setVisible(bool(field.description))
        control = self._line or self._text or self._menu
        if control is not None:
            control.setObjectName(f"value:{field.name}")
            control.setAccessibleName(f"{self._name.text()}, {kind_text(field.kind)}")
            control.setAccessibleDescription(field.description)
        if self._text is not None:
            places = {FieldKind.LIST: self.tr("A list, one entry in each line, or JSON"), FieldKind.OBJECT: "{ … }"}
            self._text.setPlaceholderText(places.get(field.kind, self.tr("A value of JSON")))
        if self._menu is not None:
            self._menu.menu().clear()
            for value in (None, *self._offered()):
                self._menu.menu().addAction(self._words(value)).triggered.connect(partial(self._choose, value))
            self._choose(self._chosen if self._chosen in self._offered() else None)

    @property
    def value(self) -> Any:
        """What is entered, as a model would write it; None where nothing is."""
        if self._menu is not None:
            return self._chosen
        text = (
            self._line.text() if self._line is not None else self._text.toPlainText() if self._text is not None else ""
        )
        if not text.strip():
            return None
        if self._field.kind is FieldKind.TEXT:
            return text
        try:
            return json.loads(text)
        except ValueError:
            is_lines = self._field.kind is FieldKind.LIST
            return [line for line in text.split("\n") if line.strip()] if is_lines else text

    def _offered(self) -> tuple[Any, ...]:
        return (True, False) if self._field.kind is FieldKind.YES_NO else self._field.choices

    def _words(self, value: Any) -> str:
        if value is None:
            return self.tr("(nothing)")
        if isinstance(value, bool):
            return self.tr("Yes") if value else self.tr("No")
        return str(value)

    def _choose(self, value: Any, _is_checked: bool = False) -> None:  # noqa: FBT002 - Qt's own argument
        self._chosen = value
        if self._menu is not None:
            self._menu.setText(self._words(value))
