"""Advanced: how the model chooses its words in this conversation. Folded until somebody wants it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QLocale, Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from phidesk.core.conversation import ConversationSettings
from phidesk.core.generation import (
    EVERY_PARAMETER,
    LIMITS,
    MOST_STOP_STRINGS,
    RESET,
    GenerationChange,
    Parameter,
    ParameterValue,
    Preset,
    SchemaFault,
    find_schema_fault,
    preset_change,
)
from phidesk.ui.widgets.flow_layout import FlowLayout
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.line_field import LineField
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_GAP_PX = 8
_SEPARATOR = " | "
"""Between stop strings."""
_END_OF_LINE = "\\n"
"""Written so in a stop string, as a field of one line has no other way."""

_FEWEST_LINES, _MOST_LINES = 3, 12
_EDGES_PX = 12
"""Border and padding, above and below together."""

translate = QCoreApplication.translate


class GenerationSection(QWidget):
    """Knows values only. What cannot be sent is refused beside its field while typing.

    It is not told either, but for a schema: that takes long to write, so it is kept while it is not whole.
    """

    changed = Signal(object)
    """The person changed something. Carries a `GenerationChange`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fold = QPushButton(self.tr("Advanced"))
        self._fold.setObjectName("advancedFold")
        self._fold.setCheckable(True)
        self._body = QWidget()
        self._rows = {parameter: _Row(parameter) for parameter in Parameter}
        presets = QWidget()
        flow = FlowLayout(presets, gap_px=_GAP_PX)
        for preset, words in _preset_words().items():
            button = QPushButton(words)
            button.setObjectName(f"preset_{preset.value}")
            button.clicked.connect(partial(self._on_preset_clicked, preset))
            flow.addWidget(button)
        self._reset = QPushButton(self.tr("Reset all"))
        self._reset.setObjectName("resetParameters")
        self._reset.setToolTip(self.tr("Forget everything that is set here"))
        self._reset.setProperty("kind", "quiet")
        flow.addWidget(self._reset)
        rows = QVBoxLayout(self._body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(_GAP_PX)
        rows.addWidget(presets)
        for row in self._rows.values():
            rows.addWidget(row)
            row.value_changed.connect(self.changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self._body)
        self._body.hide()
        self._fold.toggled.connect(self._body.setVisible)
        self._reset.clicked.connect(self._on_reset_clicked)

    def show_settings(self, settings: ConversationSettings) -> None:
        """Show these values. Emits nothing."""
        for parameter, row in self._rows.items():
            row.show_value(getattr(settings, parameter.value))

    def offer(self, parameters: frozenset[Parameter] = EVERY_PARAMETER) -> None:
        """Show only what the engine that answers obeys."""
        for parameter, row in self._rows.items():
            row.setVisible(parameter in parameters)

    def _on_reset_clicked(self) -> None:
        self.changed.emit(RESET)

    def _on_preset_clicked(self, preset: Preset) -> None:
        self.changed.emit(preset_change(preset))


class _ValueField(LineField):
    """For what fits on a line."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.textEdited.connect(self.edited)

    @property
    def written(self) -> str:
        """What stands in it, without blanks around."""
        return self.text().strip()

    def write(self, text: str) -> None:
        """Let this stand in it."""
        self.setText(text)


class _SchemaField(GrowingTextEdit):
    """For a schema, which has many lines."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__(fewest_lines=_FEWEST_LINES, most_lines=_MOST_LINES, edges_px=_EDGES_PX)
        self.textChanged.connect(self.edited)

    @property
    def written(self) -> str:
        """What stands in it, nothing where that is blank."""
        text = self.toPlainText()
        return text if text.strip() else ""

    def write(self, text: str) -> None:
        """Let this stand in it."""
        self.setPlainText(text)


class _Row(QWidget):
    """A name, a field, and why what stands in it is refused."""

    value_changed = Signal(object)
    """What was typed can be sent, or is a schema. Carries a `GenerationChange`."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self._parameter = parameter
        self._is_schema = parameter is Parameter.ANSWER_SCHEMA
        self._known: ParameterValue = None
        self._field: _ValueField | _SchemaField = _SchemaField() if self._is_schema else _ValueField()
        self._field.setObjectName(f"parameter_{parameter.value}")
        self._field.setPlaceholderText(self.tr("Free text") if self._is_schema else self.tr("The model's own"))
        title = make_wrapped_label("", _title(parameter), step="small")
        title.setBuddy(self._field)
        self._field.setAccessibleName(title.text())
        self._fault = make_wrapped_label(f"fault_{parameter.value}", tone="danger", step="small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for part in (title, self._field, self._fault):
            layout.addWidget(part)
        self._fault.hide()
        self._field.edited.connect(self._on_field_edited)

    def show_value(self, value: ParameterValue) -> None:
        """Show a stored value. What comes back after it was told leaves the typing alone."""
        value = value or None if isinstance(value, (str, tuple)) else value
        is_kept_as_typed = self._is_schema or self._fault.isHidden() or self._field.hasFocus()
        if value == self._known and is_kept_as_typed:
            return
        self._known = value
        self._field.write(_text_of(value))
        self._show_fault(_read(self._parameter, self._field.written)[1])

    def _on_field_edited(self) -> None:
        value, fault = _read(self._parameter, self._field.written)
        self._show_fault(fault)
        if (self._is_schema or not fault) and value != self._known:
            self._known = value
            empty: ParameterValue = () if self._parameter is Parameter.STOP_STRINGS else None
            told = ("" if self._is_schema else empty) if value is None else value
            self.value_changed.emit(GenerationChange(((self._parameter, told),)))

    def _show_fault(self, sentence: str) -> None:
        self._fault.setText(sentence)
        self._fault.setHidden(not sentence)
        self._field.setAccessibleDescription(sentence)


def _read(parameter: Parameter, text: str) -> tuple[ParameterValue, str]:
    """Return the value and the sentence that refuses it; the value is None where nothing is set."""
    if not text:
        return None, ""
    if parameter is Parameter.STOP_STRINGS:
        texts = tuple(part.strip().replace(_END_OF_LINE, "\n") for part in text.split("|") if part.strip())
        many = translate("GenerationSection", "At most {count} texts, with | between them.")
        return texts or None, many.format(count=MOST_STOP_STRINGS) if len(texts) > MOST_STOP_STRINGS else ""
    if parameter is Parameter.ANSWER_SCHEMA:
        fault = find_schema_fault(text)
        kept = translate("GenerationSection", "Until it is whole it is kept, and answers are free.")
        return text, f"{_schema_words(fault)} {kept}" if fault else ""
    limits = LIMITS[parameter]
    number, is_number = QLocale().toDouble(text)
    if not is_number:
        number, is_number = QLocale.c().toDouble(text)
    if is_number and limits.allow(number):
        return int(number) if limits.is_whole else number, ""
    whole = translate("GenerationSection", "A whole number from {lowest} to {highest}.")
    words = whole if limits.is_whole else translate("GenerationSection", "A number from {lowest} to {highest}.")
    return None, words.format(lowest=_text_of(limits.lowest), highest=_text_of(limits.highest))


def _text_of(value: ParameterValue) -> str:
    if isinstance(value, tuple):
        return _SEPARATOR.join(value).replace("\n", _END_OF_LINE)
    if isinstance(value, (int, float)):
        return QLocale().toString(float(value), "g", 10)
    return value or ""


def _title(parameter: Parameter) -> str:
    return {
        Parameter.TEMPERATURE: translate("GenerationSection", "Creativity (temperature)"),
        Parameter.TOP_P: translate("GenerationSection", "Share of likely words (top-p)"),
        Parameter.TOP_K: translate("GenerationSection", "Number of likely words (top-k)"),
        Parameter.MIN_P: translate("GenerationSection", "Least likelihood (min-p)"),
        Parameter.REPEAT_PENALTY: translate("GenerationSection", "Avoid repetition (repeat penalty)"),
        Parameter.SEED: translate("GenerationSection", "Same answer again (seed)"),
        Parameter.ANSWER_LIMIT: translate("GenerationSection", "Longest answer, in tokens"),
        Parameter.STOP_STRINGS: translate(
            "GenerationSection", "End at these texts (| between them, \\n for a new line)"
        ),
        Parameter.ANSWER_SCHEMA: translate("GenerationSection", "Form of the answer (JSON schema)"),
    }[parameter]


def _schema_words(fault: SchemaFault) -> str:
    return {
        SchemaFault.NOT_JSON: translate("GenerationSection", "This is not valid JSON yet."),
        SchemaFault.NOT_AN_OBJECT: translate("GenerationSection", "A schema begins with { and ends with }."),
        SchemaFault.WRONG_TYPE: translate("GenerationSection", "It names a type that JSON schemas do not have."),
        SchemaFault.WRONG_SHAPE: translate("GenerationSection", "A part of this schema cannot be obeyed."),
    }[fault]


def _preset_words() -> dict[Preset, str]:
    return {
        Preset.OWN: translate("GenerationSection", "The model's own"),
        Preset.PRECISE: translate("GenerationSection", "Precise"),
        Preset.BALANCED: translate("GenerationSection", "Balanced"),
        Preset.CREATIVE: translate("GenerationSection", "Creative"),
    }
