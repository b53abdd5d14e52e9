"""The answer to "Why is it slow?": one sentence, what mends it, and the figures behind it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from phidesk.core.slowness import Finding, Fix, Slowness, SlownessFacts, find_slowness
from phidesk.ui.figures import CountedWords, decimal_text, model_label, number_text, size_text
from phidesk.ui.widgets.announcing import announce
from phidesk.ui.widgets.plain_button import make_button
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_GAP_PX = 8

translate = QCoreApplication.translate


class SlownessSection(QWidget):
    """A button, and below it what was found. Knows values only."""

    asked = Signal()
    """The person wants to know."""
    fix_requested = Signal(object)
    """The person wants this `Fix`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fix: Fix | None = None
        self._ask = make_button("askSlowness", self.tr("Why is it slow?"))
        self._sentence = make_wrapped_label("slownessSentence")
        self._mend = make_button("mendSlowness", "")
        self._toggle = make_button("slownessDetailsToggle", self.tr("Details"))
        self._toggle.setCheckable(True)
        self._details = make_wrapped_label("slownessDetails", tone="muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self._ask, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self._sentence)
        layout.addWidget(self._mend, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self._toggle, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self._details)
        self._ask.clicked.connect(self._on_ask_clicked)
        self._mend.clicked.connect(self._on_mend_clicked)
        self._toggle.toggled.connect(self._details.setVisible)
        self.clear()

    def show_facts(self, facts: SlownessFacts) -> None:
        """Say the weightiest of what these facts tell; the rest stands with the figures."""
        findings = find_slowness(facts)
        self._fix = findings[0].fix if findings else None
        self._mend.setText(_fix_label(self._fix, facts))
        more = [_sentence(finding, facts) for finding in findings[1:]]
        self._details.setText("\n\n".join(filter(None, (*more, "\n".join(_evidence(facts))))))
        self._say(_sentence(findings[0], facts) if findings else self.tr("Nothing unusual was found."))
        self._toggle.show()

    def show_sentence(self, sentence: str) -> None:
        """Say this instead, without figures: what was done, or why nothing can be said."""
        self.clear()
        self._say(sentence)

    def clear(self) -> None:
        """Forget what was found."""
        if self._mend.hasFocus() or self._toggle.hasFocus():
            self._ask.setFocus()  # A button that hides would hand the focus to who knows whom.
        self._fix = None
        self._toggle.setChecked(False)
        for part in (self._sentence, self._mend, self._toggle, self._details):
            part.hide()

    def _say(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self._sentence.show()
        self._mend.setVisible(self._fix is not None)
        announce(self, sentence)

    def _on_ask_clicked(self) -> None:
        self.asked.emit()

    def _on_mend_clicked(self) -> None:
        if self._fix is not None:
            self.fix_requested.emit(self._fix)


def _sentence(finding: Finding, facts: SlownessFacts) -> str:
    sentences = {
        Slowness.SWAPPING: translate(
            "SlownessSection", "The computer's memory is nearly full, so it uses the much slower disk: close programs."
        ),
        Slowness.OTHER_MODELS: translate(
            "SlownessSection", "Other models take room on the graphics card that this one needs: {models}."
        ),
        Slowness.OTHER_PROGRAMS: translate(
            "SlownessSection",
            "Other programs take {others} of the graphics memory that this model needs: close those that draw much.",
        ),
        Slowness.SPILLED: translate(
            "SlownessSection", "Only {percent} % of the model fit on the graphics card; the processor does the rest."
        ),
        Slowness.PROCESSOR: translate(
            "SlownessSection", "The model runs on the processor, which is slower than a graphics card."
        ),
        Slowness.LONG_READING: translate(
            "SlownessSection", "Reading the conversation took {reading} seconds before the last answer began."
        ),
        Slowness.LONG_LOAD: translate(
            "SlownessSection", "The model had to be loaded into memory for the last answer: {load} seconds."
        ),
        Slowness.QUEUE: CountedWords().answers_at_once(facts.running_answers or 0),
        Slowness.BATTERY: translate(
            "SlownessSection", "The computer runs on its battery and may save power: plug it in."
        ),
    }
    return sentences[finding.cause].format(
        models=", ".join(map(model_label, facts.other_models or ())),
        others=size_text(facts.other_programs_bytes or 0),
        percent=number_text(int(100 * (facts.gpu_share or 0))),
        reading=_seconds(facts.reading_ms),
        load=_seconds(facts.load_ms),
    )


def _fix_label(fix: Fix | None, facts: SlownessFacts) -> str:
    if fix is Fix.FREE_MODELS:
        return translate("SlownessSection", "Free the memory")
    if fix is Fix.SMALLER_WINDOW and facts.fitting_window_tokens is not None:
        tokens = CountedWords().tokens(facts.fitting_window_tokens)
        return translate("SlownessSection", "Smaller window: {tokens}").format(tokens=tokens)
    return (
        {
            Fix.SUMMARISE: translate("SlownessSection", "Summarise the older part"),
            Fix.KEEP_READY: translate("SlownessSection", "Keep the model ready longer"),
            Fix.STOP_OTHERS: translate("SlownessSection", "Stop the other answers"),
        }.get(fix, "")
        if fix is not None
        else ""
    )


def _evidence(facts: SlownessFacts) -> list[str]:
    """Write one line for each fact that is known."""
    known: list[tuple[str, str | None]] = [
        (
            translate("SlownessSection", "On the graphics card: {value} %"),
            None if facts.gpu_share is None else number_text(int(100 * facts.gpu_share)),
        ),
        (
            translate("SlownessSection", "Other models on the graphics card: {value}"),
            None if not facts.other_models else ", ".join(map(model_label, facts.other_models)),
        ),
        (
            translate("SlownessSection", "Graphics memory of other programs and the driver: {value}"),
            None if facts.other_programs_bytes is None else size_text(facts.other_programs_bytes),
        ),
        (
            translate("SlownessSection", "Answers being written: {value}"),
            None if facts.running_answers is None else number_text(facts.running_answers),
        ),
        (translate("SlownessSection", "Window: {value}"), _tokens(facts.window_tokens)),
        (translate("SlownessSection", "Sent for the last answer: {value}"), _tokens(facts.prompt_tokens)),
        (translate("SlownessSection", "Of these known from before: {value}"), _tokens(facts.cached_tokens)),
        (translate("SlownessSection", "Reading: {value} seconds"), _seconds(facts.reading_ms)),
        (translate("SlownessSection", "Loading: {value} seconds"), _seconds(facts.load_ms)),
        (
            translate("SlownessSection", "Memory on the disk: {value}"),
            None if facts.swap_bytes is None else size_text(facts.swap_bytes),
        ),
        (
            translate("SlownessSection", "Computer memory that is free: {value} %"),
            None if facts.free_share is None else number_text(int(100 * facts.free_share)),
        ),
        (translate("SlownessSection", "Power: {value}"), _power(facts.is_on_battery)),
    ]
    return [words.format(value=value) for words, value in known if value is not None]


def _power(is_on_battery: bool | None) -> str | None:
    if is_on_battery is None:
        return None
    return translate("SlownessSection", "battery") if is_on_battery else translate("SlownessSection", "mains")


def _tokens(count: int | None) -> str | None:
    return None if count is None else CountedWords().tokens(count)


def _seconds(milliseconds: float | None) -> str | None:
    return None if milliseconds is None else decimal_text(milliseconds / 1000)
