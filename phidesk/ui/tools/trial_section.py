"""Trying a tool: its values, what it will do, what comes of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from phidesk.core.tool_schema import SchemaField
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.value_form import ValueForm
from phidesk.ui.widgets.announcing import announce
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.state_line import StateLine, StateTone
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_GAP_PX = 8
_MARGIN_PX = 16
_EDGES_PX = 12


class TrialSection(QFrame):
    """One call at a time. The result is what the model would get."""

    run_requested = Signal(str)
    """Carries the arguments, the text of a JSON object."""
    stop_requested = Signal()
    answered = Signal(str)
    """What the person typed for a tool that asks."""
    result_shown = Signal(QWidget)
    """Something came of the call, and stands in this part."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("trialSection")
        self.setProperty("panel", "card")
        self._values = ValueForm(theme)
        self._buttons = ButtonRow()
        self._run = self._buttons.add_button("runTrial", self.tr("Test"))
        self._stop = self._buttons.add_button("stopTrial", self.tr("Stop"))
        self._state = StateLine(theme)
        self._state.setObjectName("trialState")
        self._question = make_wrapped_label("trialQuestion")
        self._answer = QLineEdit()
        self._answer.setObjectName("trialAnswer")
        self._answer.setPlaceholderText(self.tr("Your answer, then Enter"))
        self._answer.setAccessibleName(self.tr("Your answer"))
        self._result = GrowingTextEdit(fewest_lines=2, most_lines=16, edges_px=_EDGES_PX)
        self._result.setObjectName("trialResult")
        self._result.setReadOnly(True)
        self._result.setAccessibleName(self.tr("Result, as the model gets it"))
        self._result.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._lay_out()
        self._on_theme_changed()
        self._connect()

    def show_inputs(self, fields: Sequence[SchemaField]) -> None:
        """Offer controls for these."""
        self._values.show_inputs(fields)
        order_tabs_by_layout(self)

    def show_running(self) -> None:
        """Say that the tool runs."""
        self._result.hide()
        self._state.show_state(self.tr("The tool runs…"), StateTone.WAITING)
        self._state.show()
        self._stop.show()
        if is_keyboard_at(self._run):
            move_keyboard_to(self._stop)
        self._run.hide()

    def ask(self, question: str) -> None:
        """Let the person type what the tool gives back."""
        self._question.setText(question or self.tr("What should the model get?"))
        self._question.show()
        self._answer.clear()
        self._answer.show()
        move_keyboard_to(self._answer)

    def show_result(self, text: str) -> None:
        """Show what the tool gave back."""
        self._end(self.tr("The tool gave this back:"), StateTone.READY, text)

    def show_fault(self, text: str) -> None:
        """Show why there is no result; the text is what the model would be told."""
        self._end(self.tr("There is no result. The model would be told:"), StateTone.PROBLEM, text)

    def show_stopped(self) -> None:
        """Say that the person stopped it."""
        self._end(self.tr("Stopped."), StateTone.NEUTRAL, "")

    def reset(self) -> None:
        """Forget what came of the last call: another tool is shown."""
        self._end("", StateTone.NEUTRAL, "")
        self._state.hide()

    def _end(self, words: str, tone: StateTone, text: str) -> None:
        self._run.show()
        if is_keyboard_at(self._stop) or is_keyboard_at(self._answer):
            move_keyboard_to(self._run)
        for part in (self._stop, self._question, self._answer):
            part.hide()
        self._state.show_state(words, tone)
        self._state.show()
        self._result.setPlainText(text)
        self._result.setVisible(bool(text))
        self._result.fit_height()
        announce(self, f"{words} {text}".strip())
        if text:
            self.result_shown.emit(self._result)

    def _lay_out(self) -> None:
        lines = QVBoxLayout(self)
        lines.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        lines.setSpacing(_GAP_PX)
        lines.addWidget(make_section_title(self.tr("Try it")))
        for part in (self._values, self._buttons, self._state, self._question, self._answer, self._result):
            lines.addWidget(part)
        for hidden in (self._stop, self._state, self._question, self._answer, self._result):
            hidden.hide()

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._run.clicked.connect(self._on_run_clicked)
        self._stop.clicked.connect(self.stop_requested)
        self._answer.returnPressed.connect(self._on_answer_entered)

    def _on_theme_changed(self) -> None:
        self._result.setFont(self._theme.code_font())
        self._result.fit_height()

    def _on_run_clicked(self) -> None:
        self.run_requested.emit(self._values.arguments)

    def _on_answer_entered(self) -> None:
        text = self._answer.text()
        self._answer.hide()
        self._question.hide()
        move_keyboard_to(self._stop)
        self.answered.emit(text)
