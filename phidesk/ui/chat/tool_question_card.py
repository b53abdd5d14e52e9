"""The card in which a tool asks: may it run, or what is its result? It shows exactly what would happen."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from phidesk.chat.tool_loop import PermissionAsked, PersonAsked
from phidesk.core.permissions import Allowance, allowances_for
from phidesk.core.tools import Intent, Risk
from phidesk.ui.chat.tool_cards import value_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tool_titles import tool_title
from phidesk.ui.visible_text import visible_line, visible_text
from phidesk.ui.widgets.announcing import announce
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

FACTS_HEIGHT_PX = 160
"""Longer facts scroll."""
FEWEST_FACT_LINES = 2
ANSWER_LINES = 3
_MARGIN_PX = 16
_INDENT = "    "
_OF_SEVERAL_LINES = frozenset({"text", "arguments"})
"""Facts whose values are texts; in others a line break is a trick."""


class ToolQuestionCard(QFrame):
    """Shows one question at a time; hidden while there is none. It never takes the focus by itself.

    What is being typed elsewhere must not fall onto its buttons.
    """

    allowed = Signal(object)
    """The person decided. Carries the `Allowance`."""
    answered = Signal(object)
    """The person typed a result. Carries it, or None where they do not want to."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("toolQuestion")
        self.setProperty("panel", "card")
        # As high as its words are in its width: a maximum would be the height that they have unwrapped.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._sentence = make_wrapped_label("toolQuestionSentence")
        self._hint = make_wrapped_label("toolQuestionHint", tone="muted")
        self._facts = _text_field("toolQuestionFacts", self.tr("What would happen"))
        self._facts.setReadOnly(True)
        self._answer = _text_field("toolQuestionAnswer", self.tr("Result"))
        self._answer.setPlaceholderText(self.tr("Type here what the model shall get."))
        self._allowances = ButtonRow()
        self._allowance_buttons = {
            allowance: self._allowances.add_button(
                f"allow_{allowance.value}", words, kind="primary" if allowance is Allowance.ONCE else "quiet"
            )
            for allowance, words in self._allowance_words().items()
        }
        self._answering = ButtonRow()
        self._send = self._answering.add_button("toolAnswerSend", self.tr("Give this result"), kind="primary")
        self._decline = self._answering.add_button("toolAnswerDecline", self.tr("No answer"), kind="quiet")
        self._lay_out()
        self._on_theme_changed()
        self._connect()
        self.hide()

    def ask_permission(self, asked: PermissionAsked) -> None:
        """Ask whether a call may run."""
        self._facts.clear()
        for name, value in asked.intent.facts:
            self._add_fact(name, value)
        choices = allowances_for(asked.intent.risk)
        for allowance, button in self._allowance_buttons.items():
            button.setVisible(allowance in choices)
        hints = [self._hint_for(asked.intent)]
        if asked.was_allowed:
            hints.insert(0, self.tr("What its server says of this tool has changed since you allowed it."))
        self._show(self._sentence_for(asked), "\n".join(hints), has_answer=False)

    def ask_result(self, asked: PersonAsked) -> None:
        """Ask what a tool shall give."""
        question = asked.question
        self._facts.clear()
        for name, value in question.arguments.items():
            self._write_fact(visible_line(name), f" {visible_line(value_text(value))}")
        self._answer.clear()
        words = self.tr("The model asks “{tool}”: what shall the result be?").format(tool=tool_title(question.tool))
        self._show(words, visible_text(question.question), has_answer=True)

    def clear(self) -> None:
        """Hide the card."""
        self.hide()

    def _sentence_for(self, asked: PermissionAsked) -> str:
        by_itself, of_server = {
            Risk.HARMLESS: (
                self.tr("The model wants to use “{tool}”."),
                self.tr("The model wants to use “{tool}” of the server “{server}”."),
            ),
            Risk.READING: (
                self.tr("The model wants to look something up with “{tool}”."),
                self.tr("The model wants to look something up with “{tool}” of the server “{server}”."),
            ),
            Risk.CHANGING: (
                self.tr("The model wants to do something with “{tool}”."),
                self.tr("The model wants to do something with “{tool}” of the server “{server}”."),
            ),
        }[asked.intent.risk]
        server = dict(asked.intent.facts).get("server", "")
        return (of_server if server else by_itself).format(
            tool=tool_title(asked.call.name), server=visible_line(server)
        )

    def _hint_for(self, intent: Intent) -> str:
        """Say how far an answer reaches that is remembered."""
        if intent.risk is Risk.CHANGING:
            return self.tr("It is asked about every time. “Never” holds for the whole tool.")
        if not intent.place:
            return self.tr("What you allow for longer holds for the whole tool.")
        return self.tr("What you allow for longer holds for: {place}").format(place=visible_line(intent.place))

    def _show(self, sentence: str, hint: str, *, has_answer: bool) -> None:
        self._sentence.setText(sentence)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._facts.setVisible(bool(self._facts.toPlainText()))
        self._fit_facts()
        self._answer.setVisible(has_answer)
        self._answering.setVisible(has_answer)
        self._allowances.setVisible(not has_answer)
        self.setAccessibleName(sentence)
        self.setAccessibleDescription("\n".join(filter(None, (hint, self._facts.toPlainText()))))
        self.show()
        announce(self, sentence)

    def _fit_facts(self) -> None:
        """Let them be as high as they are long; where there is little room they scroll, and nothing lies over them."""
        line_px = self._facts.fontMetrics().lineSpacing()
        margins = 2 * (round(self._facts.document().documentMargin()) + self._facts.frameWidth())
        most = min(FACTS_HEIGHT_PX, (self._facts.document().blockCount() + 1) * line_px + margins)
        self._facts.setMinimumHeight(min(most, FEWEST_FACT_LINES * line_px + margins))
        self._facts.setMaximumHeight(most)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        layout.setSpacing(8)
        for widget in (self._sentence, self._hint, self._facts, self._answer, self._allowances, self._answering):
            layout.addWidget(widget)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        for allowance, button in self._allowance_buttons.items():
            button.clicked.connect(partial(self.allowed.emit, allowance))
        self._send.clicked.connect(self._on_send_clicked)
        self._decline.clicked.connect(partial(self.answered.emit, None))

    def _on_theme_changed(self) -> None:
        bold = self._theme.text_font()
        bold.setWeight(bold.Weight.DemiBold)
        self._sentence.setFont(bold)
        self._hint.setFont(self._theme.text_font())
        self._facts.setFont(self._theme.code_font())
        self._answer.setFont(self._theme.text_font())
        self._answer.setFixedHeight((ANSWER_LINES + 1) * self._answer.fontMetrics().lineSpacing())

    def _on_send_clicked(self) -> None:
        self.answered.emit(self._answer.toPlainText())

    def _allowance_words(self) -> dict[Allowance, str]:
        return {
            Allowance.ONCE: self.tr("Only now"),
            Allowance.CONVERSATION: self.tr("In this conversation"),
            Allowance.ALWAYS: self.tr("Always"),
            Allowance.NOT_NOW: self.tr("Not now"),
            Allowance.NEVER: self.tr("Never"),
        }

    def _add_fact(self, name: str, value: str) -> None:
        if name == "not_enforced":
            value = ", ".join(self._wall_words(wall) for wall in value.split(", "))
        self._write_fact(self._fact_name(name), _shown_value(name, value))

    def _write_fact(self, name: str, value: str) -> None:
        """Write a fact so that no value can look like another fact: names are bold, and only names begin a line."""
        cursor = QTextCursor(self._facts.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        bold = QTextCharFormat()
        bold.setFontWeight(QFont.Weight.Bold)
        begin = "" if self._facts.document().isEmpty() else "\n"
        cursor.insertText(f"{begin}{name}:", bold)
        cursor.insertText(value, QTextCharFormat())

    def _wall_words(self, wall: str) -> str:
        words = {
            "network": self.tr("using the network"),
            "folders": self.tr("reading and changing other folders"),
            "processes": self.tr("reaching other programs"),
        }
        return words.get(wall, wall)

    def _fact_name(self, name: str) -> str:
        names = {
            "path": self.tr("File"),
            "folder": self.tr("Folder"),
            "text": self.tr("Text"),
            "words": self.tr("Words that are looked for"),
            "address": self.tr("Address"),
            "method": self.tr("Method"),
            "program": self.tr("Program"),
            "server": self.tr("Server"),
            "tool": self.tr("Tool"),
            "arguments": self.tr("Given"),
            "not_enforced": self.tr("This computer cannot keep it from"),
        }
        return names.get(name, name)


def _shown_value(name: str, value: str) -> str:
    """Return a value as it stands behind its name; a text of several lines stands below it."""
    if name not in _OF_SEVERAL_LINES or "\n" not in value:
        return f" {visible_line(value)}"
    return "".join(f"\n{_INDENT}{line}" for line in visible_text(value).split("\n"))


def _text_field(name: str, words: str) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setObjectName(name)
    field.setAccessibleName(words)
    field.setTabChangesFocus(True)
    field.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    return field
