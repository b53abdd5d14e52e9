"""All words for errors and states, for the window and the command line alike.

No other module has sentences for errors (figures and names of models: `figures.py`). Nothing here knows a widget.
`name` and `facts` are those of a class of `core/errors.py`, which is also how stored answers remember their error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath

from PySide6.QtCore import QCoreApplication

from phidesk.chat.waiting import Expected
from phidesk.core.answers import STOPPED_LOAD, AnswerOutcome, FinishReason
from phidesk.core.conversation import Message, Role
from phidesk.core.errors import (
    EngineMissing,
    EngineNotStarted,
    EngineTooOld,
    Fact,
    ModelMissing,
    NoModel,
    PhiDeskError,
    WindowExceeded,
)
from phidesk.engine.protocol import (
    BUILTIN,
    OLLAMA,
    UNKNOWN_HOLDER,
    AnswerEvent,
    EngineState,
    Loading,
    Reading,
    TextDelta,
    ThinkingDelta,
    Waiting,
    WaitReason,
)
from phidesk.ui.figures import (
    CountedWords,
    engine_label,
    engine_subject,
    folder_text,
    gauge_text,
    gauge_tip,
    model_label,
    model_subject,
    number_text,
    seconds_text,
    size_text,
)

__all__ = [
    "Notice",
    "NoticeAction",
    "engine_advice",
    "engine_label",
    "engine_remarks",
    "engine_state_text",
    "gauge_text",
    "gauge_tip",
    "model_label",
    "note_for_message",
    "note_for_outcome",
    "notice_for_error",
    "notice_for_found_model",
    "notice_for_outcome",
    "notice_for_silence",
    "size_text",
    "status_text",
]

translate = QCoreApplication.translate

SHORTEST_TOLD_WAIT_S = 1.0
FEWEST_TOLD_WORDS, FEWEST_TOLD_PACE = 100, 2
"""Below these, a number would come and go before it is read."""


class NoticeAction(Enum):
    """What the one button of a notice does."""

    TRY_AGAIN = "try_again"
    """Do the same once more."""
    CONTINUE = "continue"
    """Let the model go on where the text ends."""
    NEW_CONVERSATION = "new_conversation"
    """Open a new conversation with the same settings and the text that was not answered."""
    MORE_MEMORY = "more_memory"
    """Give the conversation the larger window that the error names, and do the same once more."""
    LET_OLDEST_GO = "let_oldest_go"
    """Do the same once more without the oldest messages, which the model then no longer sees."""
    CHOOSE_ENGINE = "choose_engine"
    """Forget the chosen engine and model, let PhiDesk choose, and do the same once more."""
    ENTER_KEY = "enter_key"
    """Open the place where the key of this server is entered."""
    OPEN_MODELS = "open_models"
    """Show the page on which models are downloaded and brought from files."""
    STOP = "stop"
    """Stop the answer that is being written."""
    KEEP_WAITING = "keep_waiting"
    """Take the notice away and wait on."""
    QUIT = "quit"
    """Close the program: nothing can be mended from inside."""


@dataclass(frozen=True)
class Notice:
    """One sentence in everyday words, and the button that mends it. `details` is technical and not translated.

    `other_action` is for a question with two answers, neither of which mends anything by itself, for what is mended in
    another place (there it does the same once more), and for what may fail again and again: there it is the way out.
    """

    sentence: str
    action: NoticeAction | None
    action_label: str = ""
    hint: str = ""
    details: str = ""
    other_action: NoticeAction | None = None
    other_label: str = ""
    third_action: NoticeAction | None = None
    third_label: str = ""

    @property
    def choices(self) -> tuple[tuple[NoticeAction | None, str], ...]:
        """What can be done and how that is called, the first one most likely; None where there is less to choose."""
        return (
            (self.action, self.action_label),
            (self.other_action, self.other_label),
            (self.third_action, self.third_label),
        )


@dataclass(frozen=True)
class _Words:
    """Sentence and hint may name the `values` of `notice_for_error`; an empty label is the action's own."""

    sentence: str
    action: NoticeAction
    hint: str = ""
    label: str = ""
    other: NoticeAction | None = None


def notice_for_error(name: str, facts: Mapping[str, Fact]) -> Notice:
    """Say what happened and what mends it; an unknown name (of a later version, say) gets a general sentence."""
    if name == WindowExceeded.__name__:
        return _notice_for_excess(facts)
    words = _find_words(name, facts)
    other = NoticeAction.TRY_AGAIN if words.action is NoticeAction.ENTER_KEY else words.other
    engine = str(facts.get("engine") or "")
    values = {
        "engine": engine_subject(engine),
        "model": model_subject(str(facts.get("model") or "")),
        "place": str(facts.get("address") or facts.get("host") or engine_label(engine)),
        "path": folder_text(str(facts.get("path") or "")),
        "file": PurePath(str(facts.get("path") or "")).name,
        "limit": size_text(int(facts.get("limit_bytes") or 0)),
        "detail": str(facts.get("detail") or ""),
        "needed": size_text(int(facts.get("needed_bytes") or facts.get("size_bytes") or 0)),
        "free": size_text(int(facts.get("free_bytes") or 0)),
    }
    return Notice(
        sentence=words.sentence.format_map(values),
        action=words.action,
        action_label=words.label or _label(words.action),
        hint=_excess_hint(facts) if name == "PromptTooLong" else words.hint.format_map(values),
        details=_details(name, facts),
        other_action=other,
        other_label=_label(other) if other is not None else "",
    )


def _notice_for_excess(facts: Mapping[str, Fact]) -> Notice:
    """Offer what can be done about a conversation that became too long; nothing was sent."""
    choices: list[tuple[NoticeAction | None, str]] = []
    if larger := int(facts.get("larger_window_tokens") or 0):
        choices.append((NoticeAction.MORE_MEMORY, _more_memory_label(larger, int(facts.get("larger_bytes") or 0))))
    if facts.get("is_message_alone"):
        sentence = translate("Errors", "This message alone is longer than the model's memory.")
    else:
        sentence = translate("Errors", "This conversation no longer fits into the model's memory.")
        choices.append((NoticeAction.LET_OLDEST_GO, _label(NoticeAction.LET_OLDEST_GO)))
    choices.append((NoticeAction.NEW_CONVERSATION, _label(NoticeAction.NEW_CONVERSATION)))
    (action, label), (other, other_label), (third, third_label) = [*choices, (None, ""), (None, "")][:3]
    return Notice(
        sentence,
        action,
        label,
        CountedWords().tokens_too_many(int(facts.get("excess_tokens") or 0)),
        _details(WindowExceeded.__name__, facts),
        other,
        other_label,
        third,
        third_label,
    )


def _more_memory_label(window_tokens: int, more_bytes: int) -> str:
    if more_bytes:
        return translate("NoticeAction", "More memory: +{size}").format(size=size_text(more_bytes))
    return translate("NoticeAction", "More memory: {tokens} tokens").format(tokens=number_text(window_tokens))


def _details(name: str, facts: Mapping[str, Fact]) -> str:
    return "\n".join([name, *(f"{fact}: {value}" for fact, value in facts.items() if value not in (None, ""))])


def notice_for_outcome(outcome: AnswerOutcome) -> Notice | None:
    """Say why an answer is not complete; None where nothing needs mending."""
    if outcome.finish is FinishReason.ERROR:
        return notice_for_error(outcome.error or "", dict(outcome.facts))
    kept = translate("Outcome", "The text so far is kept.")
    if outcome.finish is FinishReason.LENGTH:
        sentence = translate("Outcome", "The answer reached its length limit.")
        return Notice(sentence, NoticeAction.CONTINUE, _label(NoticeAction.CONTINUE), kept)
    if outcome.finish is FinishReason.WINDOW_FULL:
        sentence = translate("Outcome", "The memory of this conversation is full.")
        return Notice(sentence, NoticeAction.NEW_CONVERSATION, _label(NoticeAction.NEW_CONVERSATION), kept)
    if outcome.finish is FinishReason.ENDED_EARLY:
        sentence = translate("Outcome", "The answer ended early.")
        return Notice(sentence, NoticeAction.CONTINUE, _label(NoticeAction.CONTINUE), kept)
    return None


def notice_for_found_model(model_name: str) -> Notice:
    """Say that the model that was missing is here now; the button asks it."""
    sentence = translate("Outcome", "{model} is here now.").format(model=model_label(model_name))
    return Notice(sentence, NoticeAction.TRY_AGAIN, translate("NoticeAction", "Ask now"))


def notice_for_silence(seconds: int, *, engine_name: str = "") -> Notice:
    """Ask what to do about an answer in which nothing came for so long."""
    sentence = translate("Outcome", "{engine} has said nothing more for {seconds}\u00a0s.")
    return Notice(
        sentence.format(engine=engine_subject(engine_name), seconds=number_text(seconds)),
        NoticeAction.KEEP_WAITING,
        _label(NoticeAction.KEEP_WAITING),
        translate("Outcome", "It may go on by itself. The text so far is kept in any case."),
        other_action=NoticeAction.STOP,
        other_label=_label(NoticeAction.STOP),
    )


def note_for_outcome(outcome: AnswerOutcome) -> str:
    """Return the muted words under an answer that is not complete, also after a restart; empty for the others."""
    if outcome.finish is FinishReason.STOPPED and STOPPED_LOAD in outcome.facts:
        return translate("Outcome", "Stopped; the model was not loaded to its end")
    notes = {
        FinishReason.STOPPED: translate("Outcome", "Stopped"),
        FinishReason.LENGTH: translate("Outcome", "Reached its length limit"),
        FinishReason.WINDOW_FULL: translate("Outcome", "Ended because the memory of the conversation was full"),
        FinishReason.ENDED_EARLY: translate("Outcome", "Ended early"),
        FinishReason.ERROR: translate("Outcome", "Not complete"),
    }
    return notes.get(outcome.finish, "")


def note_for_message(message: Message, *, is_last_unseen: bool = False) -> str:
    """Return the muted words under a message: that it is not complete, whose words it has, which version it is.

    `is_last_unseen` adds that the model sees nothing more up to here.
    """
    is_open = message.role is Role.MODEL and message.outcome is None
    outcome = AnswerOutcome(FinishReason.ENDED_EARLY) if is_open else message.outcome
    notes = [note_for_outcome(outcome)] if outcome is not None else []
    if message.is_edited:
        notes.append(translate("Message", "Edited by you"))
    if message.version_count > 1:
        version = translate("Message", "Version {number} of {count}")
        notes.append(version.format(number=number_text(message.version), count=number_text(message.version_count)))
    if is_last_unseen:
        notes.append(translate("Message", "The model no longer sees this message and those above"))
    return " · ".join(filter(None, notes))


def status_text(
    event: AnswerEvent,
    *,
    engine_name: str = "",
    expected: Expected | None = None,
    reading_left_s: float | None = None,
    words_per_s: float | None = None,
) -> str:
    """Say what is being waited for and for how long, or how fast text comes; empty where that is not known."""
    expected = expected or Expected()
    match event:
        case Waiting(reason=reason, engine=starting):
            return _waiting_text(reason, starting or engine_name)
        case Loading() if expected.load_s is not None:
            usual = translate("Status", "Loading the model, usually {seconds} s")
            return usual.format(seconds=seconds_text(expected.load_s))
        case Loading():
            return translate("Status", "Loading the model…")
        case Reading(done_tokens=done, total_tokens=total) if 0 < done < total and (
            reading_left_s is not None and reading_left_s >= SHORTEST_TOLD_WAIT_S
        ):
            return CountedWords().reading_part_for(done, total, seconds_text(reading_left_s))
        case Reading(done_tokens=done, total_tokens=total) if 0 < done <= total:
            return CountedWords().reading_part(done, total)
        case Reading(total_tokens=total) if total:
            return CountedWords().reading(total)
        case Reading():
            return _reading_text(expected)
        case ThinkingDelta():
            return translate("Status", "Thinking…")
        case TextDelta() if words_per_s is not None and round(words_per_s) >= FEWEST_TOLD_PACE:
            return CountedWords().writing(round(words_per_s))
        case _:
            return ""


def engine_state_text(
    *, model_name: str = "", engine_name: str = "", error: str | None = None, is_looking: bool = False
) -> str:
    """Say in a few words who would answer, for the sidebar. `error` is the name of one of our error classes."""
    if is_looking:
        return translate("EngineState", "Looking for an engine…")
    if error == "EngineStarting":
        return translate("EngineState", "{engine} is starting…").format(engine=engine_subject(engine_name))
    if error in {"NoModel", "ModelMissing", "ModelCannotChat", "ModelElsewhere", "ModelFileDamaged"}:
        return translate("EngineState", "No model")
    if error == "SwitchedOffline":
        return translate("EngineState", "Offline, as you chose")
    if error == "KeyRequired":
        return translate("EngineState", "A key is missing")
    if error is not None or not model_name:
        return translate("EngineState", "No engine")
    return translate("EngineState", "{model} is ready").format(model=model_label(model_name))


def _waiting_text(reason: WaitReason, engine_name: str) -> str:
    if reason is WaitReason.QUEUED:
        return translate("Status", "Queued behind another answer…")
    if reason is WaitReason.STARTING:
        return translate("EngineState", "{engine} is starting…").format(engine=engine_subject(engine_name))
    if engine_name == OLLAMA:
        return translate("Status", "Waiting for Ollama…")
    return translate("Status", "Waiting for the engine…")


def _reading_text(expected: Expected) -> str:
    """Say how much is read and about how long that takes; of a few words neither is worth saying."""
    is_long = expected.reading_s is not None and expected.reading_s >= SHORTEST_TOLD_WAIT_S
    if not is_long and expected.words < FEWEST_TOLD_WORDS:
        return translate("Status", "Reading…")
    if expected.reading_s is None or not is_long:
        return CountedWords().reading_words(expected.words)
    return CountedWords().reading_words_for(expected.words, seconds_text(expected.reading_s))


def engine_advice(passed_over: Sequence[PhiDeskError]) -> str:
    """Say in one line why the preferred engine does not answer, or what it would bring; empty where it answers."""
    problem = next((it for it in passed_over if it.facts().get("engine") == OLLAMA), None)
    match problem:
        case None:
            return ""
        case EngineMissing():
            return translate(
                "EngineAdvice", "Ollama is not installed. It can use a graphics card, and brings many more models."
            )
        case EngineNotStarted():
            return translate("EngineAdvice", "Ollama could not be started, so another engine answers.")
        case EngineTooOld(version=version, needed=needed):
            text = translate(
                "EngineAdvice", "Ollama {version} is too old, so another engine answers. It needs {needed} or later."
            )
            return text.format(version=version, needed=needed)
        case NoModel() | ModelMissing():
            return translate("EngineAdvice", "Ollama has no model for this yet, so another engine answers.")
        case _:
            return translate("EngineAdvice", "Ollama does not answer, so another engine does.")


def engine_remarks(state: EngineState) -> str:
    """Say what is unusual about an engine that is ready: who holds its usual port, that it counts only roughly."""
    remarks = [_port_remark(state)] if state.port_holder else []
    if not state.has_exact_figures:
        text = translate("EngineAdvice", "{engine} {version} counts tokens only roughly; an update makes them exact.")
        remarks.append(text.format(engine=engine_subject(OLLAMA), version=state.version))
    return " ".join(remarks)


def _port_remark(state: EngineState) -> str:
    if state.port_holder == UNKNOWN_HOLDER:
        text = translate("EngineAdvice", "Another program uses Ollama's usual place, so it answers at {place}.")
        return text.format(place=engine_label(state.address))
    text = translate("EngineAdvice", "{program} uses Ollama's usual place, so it answers at {place}.")
    return text.format(program=state.port_holder, place=engine_label(state.address))


def _label(action: NoticeAction) -> str:
    labels = {
        NoticeAction.TRY_AGAIN: translate("NoticeAction", "Try again"),
        NoticeAction.CONTINUE: translate("NoticeAction", "Continue"),
        NoticeAction.NEW_CONVERSATION: translate("NoticeAction", "Go on in a new conversation"),
        NoticeAction.LET_OLDEST_GO: translate("NoticeAction", "Let the oldest go"),
        NoticeAction.CHOOSE_ENGINE: translate("NoticeAction", "Use another engine"),
        NoticeAction.ENTER_KEY: translate("NoticeAction", "Enter the key"),
        NoticeAction.OPEN_MODELS: translate("NoticeAction", "Get a model"),
        NoticeAction.STOP: translate("NoticeAction", "Stop"),
        NoticeAction.KEEP_WAITING: translate("NoticeAction", "Keep waiting"),
        NoticeAction.QUIT: translate("NoticeAction", "Quit PhiDesk"),
    }
    return labels[action]


def _excess_hint(facts: Mapping[str, Fact]) -> str:
    prompt, window = facts.get("prompt_tokens"), facts.get("window_tokens")
    if isinstance(prompt, int) and isinstance(window, int) and prompt > window:
        return CountedWords().tokens_too_many(prompt - window)
    return translate("Errors", "Nothing was answered yet.")


def _find_words(name: str, facts: Mapping[str, Fact]) -> _Words:
    table = _engine_words() | _model_words(facts) | _download_words() | _storage_words() | _file_words()
    told = facts.get("reason") or facts.get("kind") or facts.get("engine") or ""
    reason = "out_of_memory" if facts.get("out_of_memory") else told
    general = _Words(translate("Errors", "Something did not work."), NoticeAction.TRY_AGAIN)
    return table.get(f"{name} {reason}") or table.get(name) or general


def _engine_words() -> dict[str, _Words]:
    """Words by error class; "Class engine" or "Class reason" where that needs its own."""
    again, other = NoticeAction.TRY_AGAIN, NoticeAction.CHOOSE_ENGINE
    return {
        f"EngineMissing {OLLAMA}": _Words(
            translate("Errors", "Ollama is not installed."),
            other,
            translate("Errors", "You can also install it first."),
            other=again,
        ),
        "EngineNotStarted": _Words(
            translate("Errors", "{engine} could not be started."),
            again,
            translate("Errors", "Its last words stand in the details."),
            other=other,
        ),
        "EngineMissing": _Words(translate("Errors", "{engine} is not part of this installation."), other),
        f"EngineUnreachable {OLLAMA}": _Words(
            translate("Errors", "Ollama is not running."),
            other,
            translate("Errors", "You can also start it now."),
            other=again,
        ),
        f"EngineUnreachable {BUILTIN}": _Words(translate("Errors", "{engine} does not answer."), other),
        "EngineUnreachable": _Words(
            translate("Errors", "{engine} does not answer."),
            other,
            translate("Errors", "Please check its address, and whether it is running."),
            other=again,
        ),
        "CertificateUntrusted": _Words(
            translate("Errors", "This computer does not trust what answers at {place}."),
            other,
            translate(
                "Errors",
                "Nothing was sent. Whoever runs it can add its certificate to this computer; in your own network, an "
                "address with http needs none.",
            ),
        ),
        "EngineStarting": _Words(translate("Errors", "{engine} is still starting."), again),
        "EngineForbidden": _Words(
            translate("Errors", "{engine} does not let PhiDesk in."),
            other,
            translate("Errors", "Its settings name who may connect (OLLAMA_ORIGINS)."),
        ),
        f"KeyRequired {OLLAMA}": _Words(
            translate("Errors", "Something in front of Ollama wants a key."),
            other,
            translate("Errors", "PhiDesk talks with Ollama on this computer, which wants none."),
        ),
        "KeyRequired": _Words(translate("Errors", "{engine} wants a valid key."), NoticeAction.ENTER_KEY),
        "ServerNotAdded": _Words(
            translate("Errors", "{engine} is not among your servers."),
            other,
            translate("Errors", "You can add it on the page Models."),
        ),
        "AddressUnusable": _Words(
            translate("Errors", "This is not the address of a server."),
            again,
            translate("Errors", "For example: 192.168.1.5:8000"),
        ),
        "KeyUnusable": _Words(
            translate("Errors", "This cannot be a key."),
            NoticeAction.ENTER_KEY,
            translate("Errors", "It may have Latin letters, digits and signs, on one line."),
        ),
        "NotAnEngine": _Words(
            translate("Errors", "What answers at {place} is not an engine."),
            other,
            translate("Errors", "Please check the address."),
        ),
        "EngineTooOld": _Words(
            translate("Errors", "{engine} is too old for PhiDesk."),
            other,
            translate("Errors", "You can also update it and try again."),
            other=again,
        ),
        "EngineBusy": _Words(translate("Errors", "{engine} is busy with other questions."), again),
        "EngineRefused": _Words(
            translate("Errors", "{engine} did not accept the question."),
            again,
            translate("Errors", "Its own words stand in the details."),
        ),
        "EngineDied": _Words(
            translate("Errors", "{engine} stopped in the middle of the answer."),
            NoticeAction.CONTINUE,
            translate("Errors", "The text so far is kept."),
        ),
        "EngineDied out_of_memory": _Words(
            translate("Errors", "{engine} ran out of memory in the middle of the answer."),
            NoticeAction.CONTINUE,
            translate("Errors", "The text so far is kept. Close other programs first."),
        ),
        "EngineDamaged": _Words(
            translate("Errors", "{engine} is not completely installed."),
            other,
            translate("Errors", "Please install it again. Its own words stand in the details."),
        ),
        "ModelFolderUnusable": _Words(
            translate("Errors", "{engine} may not read its own folder of models."),
            other,
            translate("Errors", "The folder may belong to somebody else, or its disk is not there."),
        ),
        "AnswerGarbled": _Words(
            translate("Errors", "{engine} sent something unreadable in the middle of the answer."),
            NoticeAction.CONTINUE,
            translate("Errors", "The text so far is kept."),
        ),
        "ProcessorTooOld": _Words(
            translate("Errors", "{engine} needs a newer processor than this computer has."),
            other,
            translate("Errors", "Another engine may be able to use it."),
        ),
        "PromptTooLong": _Words(
            translate("Errors", "This conversation no longer fits into the model's memory."),
            NoticeAction.NEW_CONVERSATION,
        ),
        "WrongArgument": _Words(translate("Errors", "This cannot be done: {detail}."), again),
        "OutputUnwritable": _Words(translate("Errors", "The answer could not be printed to its end."), again),
        "SecretsUnavailable": _Words(
            translate("Errors", "The safe place for keys (keyring) cannot be used."),
            NoticeAction.ENTER_KEY,
            translate("Errors", "A key that you enter again is known until PhiDesk is closed."),
        ),
        "BlockedByOfflineRule": _Words(
            translate("Errors", "PhiDesk did not connect to {place}, because nobody allowed it."), other
        ),
        "SwitchedOffline": _Words(
            translate("Errors", "PhiDesk did not connect to {place}, because you let nothing leave this computer."),
            other,
            translate("Errors", "You can change that on the page Health."),
        ),
    }


def _model_words(facts: Mapping[str, Fact]) -> dict[str, _Words]:
    other, another_model = NoticeAction.CHOOSE_ENGINE, translate("Errors", "Use another model")
    again, another_file = NoticeAction.TRY_AGAIN, translate("Errors", "Choose another file")
    return {
        f"NoModel {BUILTIN}": _Words(
            translate("Errors", "There is no model to talk with yet."),
            NoticeAction.OPEN_MODELS,
            translate("Errors", "The file of a model (GGUF) can also be put into the folder {path}")
            if facts.get("path")
            else "",
        ),
        "NoModel": _Words(translate("Errors", "{engine} has no model to talk with yet."), NoticeAction.OPEN_MODELS),
        "ModelMissing": _Words(translate("Errors", "{engine} does not have {model}."), other, label=another_model),
        "ModelCannotChat": _Words(translate("Errors", "One cannot talk with {model}."), other, label=another_model),
        "ModelElsewhere": _Words(
            translate("Errors", "The answers of {model} would come from somebody else's computer."),
            other,
            translate("Errors", "Nothing was sent: PhiDesk does not talk with models in a cloud."),
            label=another_model,
        ),
        "ModelTooNew": _Words(
            translate("Errors", "{engine} and {model} do not fit together."),
            other,
            translate("Errors", "Updating both usually helps."),
            label=another_model,
        ),
        "ModelLoadStalled": _Words(
            translate("Errors", "{engine} gave up loading {model}, because it took too long."), NoticeAction.TRY_AGAIN
        ),
        "ModelFileDamaged": _Words(
            translate("Errors", "The file of {model} is damaged or not complete."), other, label=another_model
        ),
        "ModelFileForeign": _Words(
            translate("Errors", "PhiDesk cannot use this file as a model."),
            again,
            translate("Errors", "It wants a language model in one GGUF file."),
            another_file,
        ),
        "ModelFileForeign architecture": _Words(
            translate("Errors", "The built-in engine does not know this kind of model."), again, label=another_file
        ),
        "ModelFileForeign part": _Words(
            translate("Errors", "This file is only a part of a model."),
            again,
            translate("Errors", "A model in several files cannot be used, nor the part that reads pictures."),
            another_file,
        ),
        "ModelFileForeign embedding": _Words(
            translate("Errors", "One cannot talk with this model."),
            again,
            translate("Errors", "It turns texts into numbers, for searching."),
            another_file,
        ),
        "ModelFileUnreachable": _Words(
            translate("Errors", "PhiDesk cannot read the file of {model}."),
            again,
            translate("Errors", "It is on another computer, or belongs to another user of this one."),
        ),
        "ModelNotOurs": _Words(
            translate("Errors", "{model} does not belong to PhiDesk and was not deleted."),
            other,
            translate("Errors", "Its file is {path}"),
            another_model,
        ),
        "ModelNameTaken": _Words(
            translate("Errors", "{engine} already has another model with the name of {model}."),
            other,
            translate("Errors", "It was left as it is."),
            translate("Errors", "Use the one that is there"),
        ),
        "ModelLoadFailed out_of_memory": _Words(
            translate("Errors", "There is not enough memory to load {model}."),
            NoticeAction.TRY_AGAIN,
            translate("Errors", "Close other programs first, or give the conversation a smaller memory."),
        ),
        "ModelLoadFailed": _Words(translate("Errors", "{engine} could not load {model}."), NoticeAction.TRY_AGAIN),
    }


def _download_words() -> dict[str, _Words]:
    again = NoticeAction.TRY_AGAIN
    kept = translate("Errors", "What has come so far is kept.")
    return {
        "RegistryUnreachable": _Words(
            translate("Errors", "The library of models does not answer."),
            again,
            translate("Errors", "Downloading needs the internet. A model can also come from a file or a USB stick."),
        ),
        "RegistryForeign": _Words(
            translate("Errors", "Something else answers in place of the library of models."),
            again,
            translate(
                "Errors", "The login page of a network can do that, or a virus scanner that opens secure connections."
            ),
        ),
        "ModelNotOffered": _Words(
            translate("Errors", "{engine} cannot get {model} from the library of models."),
            again,
            translate("Errors", "It may have been withdrawn, or be called differently by now."),
        ),
        "RegistryBusy": _Words(
            translate("Errors", "The library of models cannot give out {model} just now."),
            again,
            translate("Errors", "It may be overloaded. Please try again a little later."),
        ),
        "DownloadRefused": _Words(
            translate("Errors", "The library of models does not give out {model}."),
            again,
            translate("Errors", "Its own words stand in the details."),
        ),
        "DownloadBroken": _Words(
            translate("Errors", "The download of {model} broke off again and again."),
            again,
            kept,
            translate("Errors", "Go on"),
        ),
        "DownloadDamaged": _Words(
            translate("Errors", "What was downloaded is damaged, so nothing of it is kept."),
            again,
            label=translate("Errors", "Download again"),
        ),
        "DownloadUnwritable": _Words(
            translate("Errors", "{engine} cannot write into its folder of models."),
            again,
            translate("Errors", "The details tell which folder that is."),
        ),
    }


def _storage_words() -> dict[str, _Words]:
    again = NoticeAction.TRY_AGAIN
    return {
        "DatabaseTooNew": _Words(
            translate("Errors", "A later version of PhiDesk wrote these conversations."),
            NoticeAction.QUIT,
            translate("Errors", "They were left as they are. Please open them with the later version."),
        ),
        "DatabaseDamaged": _Words(
            translate("Errors", "The file with the conversations is damaged."),
            NoticeAction.QUIT,
            translate("Errors", "It was left as it is: {path}"),
        ),
        "StorageFull": _Words(
            translate("Errors", "The disk is full."), again, translate("Errors", "Make some room first: {path}")
        ),
        "StorageUnwritable": _Words(
            translate("Errors", "PhiDesk may not write into its folder."), again, translate("Errors", "It is {path}")
        ),
        "NotEnoughRoom": _Words(
            translate("Errors", "There is not enough room: {needed} are needed, {free} are free."),
            again,
            translate("Errors", "Make some room first, or choose another disk: {path}"),
        ),
        "FileTooLargeForDisk": _Words(
            translate("Errors", "This stick or disk cannot hold a file of {needed}."),
            again,
            translate("Errors", "Its format (FAT32) ends at 4.3 GB. Format it as exFAT first, or take another one."),
        ),
        "StickDamaged": _Words(
            translate("Errors", "The model in this folder is damaged or not complete."),
            again,
            translate("Errors", "Nothing was kept of it. Copy it to the stick once more."),
        ),
        "NotAModelStick": _Words(
            translate("Errors", "There is no model from PhiDesk in this folder."),
            again,
            translate("Errors", "It was {path}"),
            translate("Errors", "Choose another folder"),
        ),
        "ProfileInUse": _Words(
            translate("Errors", "PhiDesk is already open."), again, translate("Errors", "Close the other window first.")
        ),
        "ConversationMissing": _Words(
            translate("Errors", "This conversation no longer exists."),
            NoticeAction.NEW_CONVERSATION,
            label=translate("Errors", "New conversation"),
        ),
    }


def _file_words() -> dict[str, _Words]:
    """Words for files that were to go along with a question."""
    again, another_file = NoticeAction.TRY_AGAIN, translate("Errors", "Choose another file")
    read = translate(
        "Errors", "PhiDesk reads files of text: notes, Markdown, tables as CSV, JSON, web pages, programs."
    )
    return {
        "FileUnreadable": _Words(
            translate("Errors", "The file “{file}” cannot be read."),
            again,
            translate("Errors", "It may be gone, or PhiDesk may not open it."),
            another_file,
        ),
        "FileIsFolder": _Words(
            translate("Errors", "The folder “{file}” cannot go along as a whole."),
            again,
            translate("Errors", "Choose the files in it that matter for the question."),
            another_file,
        ),
        "FileTooLarge": _Words(
            translate("Errors", "The file “{file}” is larger than {limit}, more than a model can read at once."),
            again,
            translate("Errors", "Copy the part that matters and paste it here."),
            another_file,
        ),
        "FileNotText pdf": _Words(
            translate("Errors", "The file “{file}” is a PDF, which PhiDesk cannot read yet."),
            again,
            translate("Errors", "Copy the part that matters and paste it here."),
            another_file,
        ),
        "FileNotText office": _Words(
            translate("Errors", "The file “{file}” is a document that PhiDesk cannot read yet."),
            again,
            translate("Errors", "Save it as text, or copy the part that matters and paste it here."),
            another_file,
        ),
        "FileNotText picture": _Words(
            translate("Errors", "The file “{file}” is a picture, and Phi-4-mini cannot see pictures."),
            again,
            read,
            another_file,
        ),
        "FileNotText sound": _Words(
            translate("Errors", "The file “{file}” is a recording, and Phi-4-mini can neither hear nor see."),
            again,
            read,
            another_file,
        ),
        "FileNotText archive": _Words(
            translate("Errors", "The file “{file}” is an archive."),
            again,
            translate("Errors", "Unpack it first, and choose the files in it that matter."),
            another_file,
        ),
        "FileNotText": _Words(translate("Errors", "The file “{file}” is not a text."), again, read, another_file),
    }
