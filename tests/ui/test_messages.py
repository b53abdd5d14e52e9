"""Words: every error has a sentence and a button, figures are honest, names are friendly."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from phidesk.chat.answering import failure
from phidesk.chat.summarising import PartBegun
from phidesk.chat.tool_loop import TOOL_END, LoopEnd
from phidesk.chat.waiting import Expected
from phidesk.core.answers import READ_PERCENT, STOPPED_LOAD, AnswerOutcome, FinishReason, Gauge
from phidesk.core.errors import (
    EngineMissing,
    EngineNotStarted,
    EngineTooOld,
    EngineUnreachable,
    Fact,
    ModelFileDamaged,
    NoModel,
    PhiDeskError,
    ToolServerEnded,
    ToolServerForeign,
    ToolServerKeysUnknown,
    ToolServerMissing,
    ToolServerReason,
    ToolServerRefused,
    ToolServerSilent,
    WindowExceeded,
    WrongArgument,
)
from phidesk.engine.protocol import (
    BUILTIN,
    OLLAMA,
    AnswerEvent,
    EngineState,
    EngineStatus,
    Loading,
    Reading,
    TextDelta,
    ThinkingDelta,
    Waiting,
    WaitReason,
)
from phidesk.ui.messages import (
    Notice,
    NoticeAction,
    engine_advice,
    engine_label,
    engine_remarks,
    engine_state_text,
    gauge_text,
    gauge_tip,
    model_label,
    note_for_outcome,
    notice_for_error,
    notice_for_outcome,
    notice_for_silence,
    size_text,
    status_text,
)

SENTENCE_LIMIT = 120
JARGON = re.compile(
    r"context|num_ctx|vram|system prompt|regenerat|temperature|gguf|http|api|timeout|exception|localhost|null",
    re.IGNORECASE,
)
HTTP_STATUS = re.compile(r"\b[45]\d\d\b")
SERVER = "http://10.0.0.7:8000"


def leaves(kind: type[PhiDeskError]) -> Iterator[type[PhiDeskError]]:
    """Walk the classes that are raised."""
    below = kind.__subclasses__()
    if not below:
        yield kind
    for child in below:
        yield from leaves(child)


def facts_of(kind: type[PhiDeskError], engine: str, number: int) -> dict[str, Fact]:
    """Invent facts: every number is `number`, every text is plausible."""
    texts: dict[str, Fact] = {
        "engine": engine,
        "model": "phi4-mini:latest",
        "path": "/data/phidesk.sqlite",
        "address": "10.0.0.7:8000",
        "host": "a.example",
        "server": "files",
        "excess_tokens": 1_200,  # It stands in the hint, where 500 would look like a status of HTTP.
    }
    names = [field.name for field in fields(kind)]
    if kind is WrongArgument:  # Its detail is our own words, and part of the sentence.
        texts["detail"] = "unknown option: --colour"
    numbers = {"status", "out_of_memory", "found", "supported", "prompt_tokens", "window_tokens"}
    numbers |= {name for name in names if name.endswith(("_bytes", "_tokens", "_s")) or name.startswith("is_")}
    numbers -= texts.keys()
    return {name: number if name in numbers else texts.get(name, "something technical 503") for name in names}


RAISED = sorted(leaves(PhiDeskError), key=lambda kind: kind.__name__)


def notices_of(kind: type[PhiDeskError]) -> list[Notice]:
    """Every notice that this class can lead to."""
    variants = [(engine, number) for engine in (OLLAMA, BUILTIN, SERVER, "") for number in (0, 500)]
    return [notice_for_error(kind.__name__, facts_of(kind, engine, number)) for engine, number in variants]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize("kind", RAISED)
def test_every_error_has_words_of_its_own(kind: type[PhiDeskError]) -> None:
    general = notice_for_error("NobodyKnowsThis", {})

    notice = notice_for_error(kind.__name__, facts_of(kind, OLLAMA, 0))

    assert notice.sentence != general.sentence


def test_whatever_can_be_wrong_with_a_tool_server_has_its_own_words() -> None:
    faults = [
        ToolServerMissing("files", "npx"),
        ToolServerMissing("files", "no permission", ToolServerReason.AT_START),
        ToolServerKeysUnknown("files", "KEY"),
        ToolServerKeysUnknown("files", "dismissed", ToolServerReason.LOCKED),
        ToolServerEnded("files", "farewell"),
        ToolServerEnded("files", "farewell", ToolServerReason.AT_START),
        ToolServerSilent("files", limit_s=120),
        ToolServerSilent("files", reason=ToolServerReason.AT_START, limit_s=60),
        ToolServerForeign("files", "hello"),
        ToolServerForeign("files", "1999", ToolServerReason.VERSION),
        ToolServerRefused("files", "no"),
        ToolServerRefused("files", "no", ToolServerReason.AT_START),
    ]

    notices = [notice_for_error(type(fault).__name__, fault.facts()) for fault in faults]

    assert len({notice.sentence for notice in notices}) == len(faults)
    assert all("“files”" in notice.sentence for notice in notices)
    assert "after 60 seconds" in notices[7].sentence


def test_no_error_is_left_out_of_the_walk() -> None:
    names = {kind.__name__ for kind in RAISED}

    assert {"EngineDied", "PromptTooLong", "StorageFull", "BlockedByOfflineRule"} <= names
    assert "EngineError" not in names


@pytest.mark.parametrize("kind", RAISED)
def test_a_sentence_is_short_plain_and_whole(kind: type[PhiDeskError]) -> None:
    for notice in notices_of(kind):
        shown = notice.sentence + notice.hint

        assert len(notice.sentence) <= SENTENCE_LIMIT
        assert notice.sentence.endswith(".")
        assert notice.sentence[0].isupper()
        assert "!" not in shown
        assert not HTTP_STATUS.search(shown)
        assert not JARGON.search(notice.sentence)
        assert not re.search(r"[{}]|  | \.|None", shown)
        assert "phi4-mini:latest" not in shown


@pytest.mark.parametrize("kind", RAISED)
def test_every_error_has_one_button_that_mends_it(kind: type[PhiDeskError]) -> None:
    for notice in notices_of(kind):
        assert notice.action is not None
        assert notice.action_label


def test_details_hold_the_technical_facts() -> None:
    notice = notice_for_error("EngineRefused", {"engine": "ollama", "detail": "oops", "status": 500})

    assert notice.details.splitlines() == ["EngineRefused", "engine: ollama", "detail: oops", "status: 500"]


def test_braces_in_facts_stay_as_they_are() -> None:
    notice = notice_for_error("ModelMissing", {"engine": OLLAMA, "model": "{odd}", "detail": "{engine}"})

    assert "{odd}" in notice.sentence
    assert "{engine}" in notice.details


def test_too_long_a_prompt_says_by_how_much() -> None:
    notice = notice_for_error("PromptTooLong", {"engine": OLLAMA, "prompt_tokens": 8604, "window_tokens": 8192})

    assert notice.action is NoticeAction.NEW_CONVERSATION
    assert notice.hint == "412 tokens too many. Nothing was sent."


def test_too_little_memory_has_its_own_sentence() -> None:
    facts: dict[str, Fact] = {"engine": OLLAMA, "model": "phi4-mini:latest"}

    enough = notice_for_error("ModelLoadFailed", facts | {"out_of_memory": 0})
    too_little = notice_for_error("ModelLoadFailed", facts | {"out_of_memory": 1})

    assert enough.sentence == "Ollama could not load Phi-4-mini."
    assert too_little.sentence == "There is not enough memory to load Phi-4-mini."


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("pdf", "The file “trip.x” is a PDF, which PhiDesk cannot read yet."),
        ("office", "The file “trip.x” is a document that PhiDesk cannot read yet."),
        ("picture", "The file “trip.x” is a picture, and Phi-4-mini cannot see pictures."),
        ("sound", "The file “trip.x” is a recording, and Phi-4-mini can neither hear nor see."),
        ("archive", "The file “trip.x” is an archive."),
        ("other", "The file “trip.x” is not a text."),
    ],
)
def test_a_refused_file_is_called_what_it_is(kind: str, sentence: str) -> None:
    notice = notice_for_error("FileNotText", {"path": "/home/me/trip.x", "kind": kind})

    assert notice.sentence == sentence
    assert notice.hint


def test_a_file_that_is_too_large_is_told_with_the_limit() -> None:
    notice = notice_for_error("FileTooLarge", {"path": "/home/me/all.txt", "limit_bytes": 2_000_000})

    assert notice.sentence == "The file “all.txt” is larger than 2 MB, more than a model can read at once."


@pytest.mark.parametrize(
    ("finish", "action"),
    [
        (FinishReason.LENGTH, NoticeAction.CONTINUE),
        (FinishReason.ENDED_EARLY, NoticeAction.CONTINUE),
        (FinishReason.WINDOW_FULL, NoticeAction.CONTINUE),
        (FinishReason.STOP, None),
        (FinishReason.STOPPED, None),
    ],
)
def test_an_outcome_offers_what_mends_it(finish: FinishReason, action: NoticeAction | None) -> None:
    notice = notice_for_outcome(AnswerOutcome(finish))

    assert (notice.action if notice else None) is action


def test_reading_in_parts_that_was_stopped_can_go_on() -> None:
    notice = notice_for_outcome(AnswerOutcome(FinishReason.STOPPED, facts=((READ_PERCENT, 43),)))

    assert notice is not None
    assert "43" in notice.sentence
    assert notice.action is NoticeAction.CONTINUE


def test_an_engine_that_died_offers_to_continue() -> None:
    outcome = AnswerOutcome(FinishReason.ERROR, error="EngineDied", facts=(("engine", BUILTIN),))

    notice = notice_for_outcome(outcome)

    assert notice is not None
    assert notice.action is NoticeAction.CONTINUE
    assert notice.sentence == "The built-in engine stopped in the middle of the answer."


@pytest.mark.parametrize("end", list(LoopEnd))
def test_an_answer_that_only_called_tools_says_why_it_ended_and_goes_on(end: LoopEnd) -> None:
    others = {notice_for_outcome(_ended_by(it)) for it in LoopEnd if it is not end}

    notice = notice_for_outcome(_ended_by(end))

    assert notice is not None
    assert notice not in others
    assert [action for action, _ in notice.choices] == [NoticeAction.CONTINUE]


def _ended_by(end: LoopEnd) -> AnswerOutcome:
    return AnswerOutcome(FinishReason.TOOL_CALLS, facts=((TOOL_END, end.value),))


@pytest.mark.parametrize("finish", list(FinishReason))
def test_only_answers_cut_short_get_a_note(finish: FinishReason) -> None:
    note = note_for_outcome(AnswerOutcome(finish))

    complete = {FinishReason.STOP, FinishReason.NOT_FOUND, FinishReason.EDITED}
    assert bool(note) is (finish not in complete)


@pytest.mark.parametrize(
    ("event", "engine", "text"),
    [
        (Waiting(), OLLAMA, "Waiting for Ollama…"),
        (Waiting(), BUILTIN, "Waiting for the engine…"),
        (Waiting(WaitReason.QUEUED), OLLAMA, "Queued behind another answer…"),
        (Waiting(WaitReason.STARTING), OLLAMA, "Ollama is starting…"),
        (Waiting(WaitReason.STARTING), "", "The engine is starting…"),
        (Waiting(WaitReason.STARTING, OLLAMA), "", "Ollama is starting…"),
        (Loading(), OLLAMA, "Loading the model…"),
        (Reading(), OLLAMA, "Reading…"),
        (Reading(0, 3200), OLLAMA, "Reading 3,200 tokens…"),
        (Reading(1024, 3200), OLLAMA, "Reading, 1,024 of 3,200 tokens…"),
        (ThinkingDelta("hm"), OLLAMA, "Thinking…"),
        (TextDelta("yes"), OLLAMA, ""),
    ],
)
def test_waiting_is_explained(event: AnswerEvent, engine: str, text: str) -> None:
    assert status_text(event, engine_name=engine) == text


@pytest.mark.parametrize(
    ("event", "expected", "text"),
    [
        (Loading(), Expected(load_s=6.2), "Loading the model, usually 6 s"),
        (Loading(), Expected(load_s=0.36), "Loading the model, usually 1 s"),
        (Loading(), Expected(load_s=74.0), "Loading the model, usually 70 s"),
        (Reading(), Expected(words=3200, reading_s=12.1), "Reading 3,200 words, about 12 s"),
        (Reading(), Expected(words=3200), "Reading 3,200 words…"),
        (Reading(), Expected(words=3200, reading_s=0.4), "Reading 3,200 words…"),
        (Reading(), Expected(words=20), "Reading…"),
        (Reading(), Expected(words=20, reading_s=2.0), "Reading 20 words, about 2 s"),
        (Reading(1024, 3200), Expected(words=2000, reading_s=9.0), "Reading, 1,024 of 3,200 tokens…"),
    ],
)
def test_a_wait_is_told_with_this_computers_past_and_without_a_past_without_numbers(
    event: AnswerEvent, expected: Expected, text: str
) -> None:
    assert status_text(event, engine_name=OLLAMA, expected=expected) == text


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Reading(), "Part 2 of 5: Reading…"),
        (Loading(), "Part 2 of 5: Loading the model…"),
        (ThinkingDelta("Ulm"), "Part 2 of 5: taking notes…"),
    ],
)
def test_what_is_read_in_parts_says_which(event: AnswerEvent, text: str) -> None:
    assert status_text(event, engine_name=OLLAMA, part=PartBegun(2, 5)) == text
    assert status_text(event, engine_name=OLLAMA, part=PartBegun()) == status_text(event, engine_name=OLLAMA)


@pytest.mark.parametrize(
    ("words_per_s", "text"),
    [(None, ""), (0.3, ""), (1.2, ""), (14.4, "Writing · 14 words a second")],
)
def test_the_pace_of_writing_is_told_once_it_is_known(words_per_s: float | None, text: str) -> None:
    assert status_text(TextDelta("yes"), words_per_s=words_per_s) == text


@pytest.mark.parametrize(
    ("event", "left_s", "text"),
    [
        (Reading(1024, 3200), 12.1, "Reading, 1,024 of 3,200 tokens, about 12 s left"),
        (Reading(1024, 3200), 0.4, "Reading, 1,024 of 3,200 tokens…"),
        (Reading(1024, 3200), None, "Reading, 1,024 of 3,200 tokens…"),
        (Reading(3200, 3200), 2.0, "Reading, 3,200 of 3,200 tokens…"),
    ],
)
def test_while_a_prompt_is_read_the_time_left_is_told(event: Reading, left_s: float | None, text: str) -> None:
    assert status_text(event, reading_left_s=left_s) == text


def test_silence_is_said_with_both_answers() -> None:
    notice = notice_for_silence(20, engine_name=OLLAMA)

    assert notice.sentence == "Ollama has said nothing more for 20\u00a0s."
    assert notice.choices == ((NoticeAction.KEEP_WAITING, "Keep waiting"), (NoticeAction.STOP, "Stop"))


@pytest.mark.parametrize(
    ("has_answer", "note"), [(0, "Not sent: it found no room"), (1, "Not complete")], ids=["before", "between tools"]
)
def test_what_found_no_room_before_anything_was_said_was_not_sent(has_answer: int, note: str) -> None:
    assert note_for_outcome(failure(WindowExceeded(OLLAMA, 5000, 4096, 904, has_answer=has_answer))) == note


def test_a_stopped_load_is_named_also_after_a_restart() -> None:
    assert note_for_outcome(AnswerOutcome(FinishReason.STOPPED)) == "Stopped"
    stopped_load = AnswerOutcome(FinishReason.STOPPED, facts=(STOPPED_LOAD,))
    assert note_for_outcome(stopped_load) == "Stopped; the model was not loaded to its end"


@pytest.mark.parametrize(
    ("gauge", "text"),
    [
        (Gauge(3412, 8192, 3_900_000_000, 3_900_000_000), "3,412 of 8,192 · 3.9 GB graphics memory"),
        (
            Gauge(3412, 8192, 3_000_000_000, 3_900_000_000),
            "3,412 of 8,192 · 3.0 GB graphics memory · 0.9 GB computer memory",
        ),
        (Gauge(100, 2048, 0, 210_000_000), "100 of 2,048 · 0.2 GB computer memory"),
        (Gauge(100, 2048, None, 210_000_000), "100 of 2,048 · 0.2 GB memory"),
        (Gauge(100, 2048), "100 of 2,048"),
        (Gauge(1500), "1,500 tokens"),
        (Gauge(8000, 8192), "8,000 of 8,192 · nearly full"),
        (Gauge(8192, 8192), "8,192 of 8,192 · full"),
        (Gauge(None, None, 0, 0), ""),
        (Gauge(), ""),
    ],
)
def test_the_gauge_says_what_is_known_and_nothing_else(gauge: Gauge, text: str) -> None:
    assert gauge_text(gauge, last_known=False) == text


def test_figures_of_an_earlier_run_are_marked() -> None:
    assert gauge_text(Gauge(100, 2048), last_known=True) == "last known: 100 of 2,048"
    assert gauge_text(Gauge(), last_known=True) == ""


class OneAndMany(QTranslator):
    """Has two plural forms of "tokens", as a translation would."""

    @override
    def translate(self, context: str, sourceText: str, /, disambiguation: str | None = None, n: int = -1) -> str | None:
        if sourceText != "{count} tokens":
            return None
        return "{count} Zeichen eins" if n == 1 else "{count} Zeichen viele"


def test_plural_forms_follow_the_number(qapp: QApplication) -> None:
    translator = OneAndMany()
    qapp.installTranslator(translator)

    one, many = gauge_text(Gauge(1)), gauge_text(Gauge(1500))

    qapp.removeTranslator(translator)
    assert (one, many) == ("1 Zeichen eins", "1,500 Zeichen viele")


def test_figures_follow_the_locale() -> None:
    QLocale.setDefault(QLocale(QLocale.Language.German))

    assert gauge_text(Gauge(3412, 8192, 3_900_000_000)) == "3.412 of 8.192 · 3,9 GB graphics memory"


def test_the_tip_of_the_gauge_has_the_technical_words() -> None:
    lines = gauge_tip(Gauge(3412, 8192, 3_000_000_000, 3_900_000_000)).splitlines()

    assert lines == [
        "Memory of the conversation (context): 3,412 of 8,192 tokens, 4,780 left",
        "Graphics memory (VRAM): 3.0 GB",
        "Computer memory (RAM): 0.9 GB",
    ]


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 MB"),
        (1, "1 kB"),
        (235_136, "236 kB"),
        (1_000_000, "1 MB"),
        (42_400_000, "42 MB"),
        (180_000_000, "0.2 GB"),
        (2_491_876_774, "2.5 GB"),
        (16_000_000_000, "16.0 GB"),
    ],
)
def test_sizes_are_decimal(size_bytes: int, text: str) -> None:
    assert size_text(size_bytes) == text


@pytest.mark.parametrize(
    ("name", "label"),
    [
        (OLLAMA, "Ollama"),
        (BUILTIN, "Built-in engine"),
        ("http://10.0.0.7:8000/v1", "10.0.0.7:8000"),
        ("box.lan:8000", "box.lan:8000"),
        ("https://me:secret@box.lan", "box.lan"),
    ],
)
def test_engines_have_names(name: str, label: str) -> None:
    assert engine_label(name) == label


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("phi4-mini:latest", "Phi-4-mini"),
        ("phi4-mini", "Phi-4-mini"),
        ("phi4-mini:3.8b-q4_K_M", "Phi-4-mini 3.8B"),
        ("phi4-mini-reasoning:latest", "Phi-4-mini reasoning"),
        ("Phi-4-mini-instruct-Q4_K_M", "Phi-4-mini"),
        ("hf.co/unsloth/Phi-4-mini-instruct-GGUF:Q4_K_M", "Phi-4-mini"),
        ("phi4:14b", "Phi-4 14B"),
        ("SmolLM2-135M-Instruct.Q4_1", "SmolLM2 135M (practice model)"),
        ("SmolLM2-135M-Instruct.Q4_1.gguf", "SmolLM2 135M (practice model)"),
        ("smollm2:360m", "SmolLM2 360M"),
        ("llama3.2:3b", "Llama3.2 3B"),
        ("qwen3:0.6b", "Qwen3 0.6B"),
        ("my-own_model", "My own model"),
        ("phi4-mini@ollama", "Phi-4-mini (from Ollama)"),
        ("", ""),
    ],
)
def test_models_have_friendly_names(name: str, label: str) -> None:
    assert model_label(name) == label


@pytest.mark.parametrize(
    ("problem", "advice"),
    [
        (None, ""),
        (ModelFileDamaged(BUILTIN), ""),
        (
            EngineMissing(OLLAMA),
            "Ollama is not installed. It can use a graphics card, and brings many more models.",
        ),
        (EngineNotStarted(OLLAMA), "Ollama could not be started, so another engine answers."),
        (
            EngineTooOld(OLLAMA, version="0.9.0", needed="0.12.4"),
            "Ollama 0.9.0 is too old, so another engine answers. It needs 0.12.4 or later.",
        ),
        (NoModel(OLLAMA), "Ollama has no model for this yet, so another engine answers."),
        (EngineUnreachable(OLLAMA), "Ollama does not answer, so another engine does."),
    ],
)
def test_one_line_says_why_the_preferred_engine_does_not_answer(problem: PhiDeskError | None, advice: str) -> None:
    assert engine_advice([problem] if problem else []) == advice


def test_a_port_that_is_held_is_said_by_name() -> None:
    state = EngineState(EngineStatus.READY, address="http://127.0.0.1:4444")

    assert engine_remarks(state) == ""
    for holder, said in (("nginx", "nginx uses"), ("?", "Another program uses")):
        words = engine_remarks(replace(state, port_holder=holder))
        assert words == f"{said} Ollama's usual place, so it answers at 127.0.0.1:4444."


def test_a_version_that_counts_roughly_says_so() -> None:
    state = EngineState(EngineStatus.READY, version="0.20.0", has_exact_figures=False)

    assert engine_remarks(state) == "Ollama 0.20.0 counts tokens only roughly; an update makes them exact."


@pytest.mark.parametrize("name", ["EngineMissing", "EngineUnreachable", "EngineTooOld"])
def test_what_people_can_mend_outside_can_be_tried_again(name: str) -> None:
    notice = notice_for_error(name, {"engine": OLLAMA})

    assert [action for action, _ in notice.choices] == [NoticeAction.CHOOSE_ENGINE, NoticeAction.TRY_AGAIN]


def test_a_failed_start_shows_the_last_lines_of_the_log() -> None:
    notice = notice_for_error("EngineNotStarted", {"engine": OLLAMA, "detail": "Error: no room\nexit code 1"})

    assert (notice.sentence, notice.action_label) == ("Ollama could not be started.", "Try again")
    assert notice.choices[1:] == ((NoticeAction.CHOOSE_ENGINE, "Use another engine"),)
    assert "Error: no room\nexit code 1" in notice.details


@pytest.mark.skipif(sys.platform == "win32", reason="people do not know the sign for their folder there")
def test_without_a_model_the_folder_for_one_is_named_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    error = NoModel(BUILTIN, path=Path("/home/somebody/.local/share/phidesk/models"))

    notice = notice_for_error("NoModel", error.facts())

    assert notice.sentence == "There is no model to talk with yet."
    assert notice.hint == "The file of a model (GGUF) can also be put into the folder ~/.local/share/phidesk/models"
    assert notice_for_error("NoModel", NoModel(OLLAMA).facts()).hint == ""


def test_estimates_are_called_estimates() -> None:
    gauge = Gauge(1234, 8192, is_estimated=True)

    assert gauge_text(gauge) == "about 1,234 of 8,192"
    assert "Estimated" in gauge_tip(gauge)
    assert "Estimated" not in gauge_tip(Gauge(1234, 8192))


def test_the_state_of_the_engine_fits_the_sidebar() -> None:
    assert engine_state_text(model_name="phi4-mini:latest", engine_name=OLLAMA) == "Phi-4-mini is ready"
    assert engine_state_text(error="EngineUnreachable", engine_name=OLLAMA) == "No engine"
    assert engine_state_text(error="NoModel", engine_name=OLLAMA) == "No model"
    assert engine_state_text(error="EngineStarting", engine_name=OLLAMA) == "Ollama is starting…"
    assert engine_state_text(error="SwitchedOffline") == "Offline, as you chose"
    assert engine_state_text(error="KeyRequired") == "A key is missing"
