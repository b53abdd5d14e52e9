"""What is told about errors, answers and states, for the window and the command line alike.

The sentences of errors stand in `error_words.py`, figures and names of models in `figures.py`; what a notice is, in
`notices.py`. Nothing here knows a widget.
`name` and `facts` are those of a class of `core/errors.py`, which is also how stored answers remember their error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from PySide6.QtCore import QCoreApplication

from phidesk.chat.summarising import PartBegun
from phidesk.chat.tool_loop import SERVERS_FAILED, SERVERS_STARTING, TOOL_END, LoopEnd, PermissionAsked, PersonAsked
from phidesk.chat.turn import Progress
from phidesk.chat.waiting import Expected
from phidesk.core.answers import FACTS_FROM_MEMORY, READ_PERCENT, STOPPED_LOAD, AnswerOutcome, FinishReason
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
from phidesk.core.tools import ToolCall
from phidesk.engine.protocol import (
    OLLAMA,
    UNKNOWN_HOLDER,
    Calling,
    EngineState,
    Loading,
    Reading,
    TextDelta,
    ThinkingDelta,
    Waiting,
    WaitReason,
)
from phidesk.ui.error_words import words_for_error
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
from phidesk.ui.notices import Choice, Notice, NoticeAction, action_label, choice_of
from phidesk.ui.tool_titles import tool_title
from phidesk.ui.visible_text import visible_line

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
    "sentence_for_error",
    "size_text",
    "status_text",
]

translate = QCoreApplication.translate

SHORTEST_TOLD_WAIT_S = 1.0
FEWEST_TOLD_WORDS, FEWEST_TOLD_PACE = 100, 2
"""Below these, a number would come and go before it is read."""


def notice_for_error(name: str, facts: Mapping[str, Fact]) -> Notice:
    """Say what happened and what mends it; an unknown name (of a later version, say) gets a general sentence."""
    if name == WindowExceeded.__name__:
        return _notice_for_excess(facts)
    words = words_for_error(name, facts)
    other = NoticeAction.TRY_AGAIN if words.action is NoticeAction.ENTER_KEY else words.other
    engine = str(facts.get("engine") or "")
    values = {
        "engine": engine_subject(engine),
        "model": model_subject(str(facts.get("model") or "")),
        "server": visible_line(str(facts.get("server") or "")),
        "place": str(facts.get("address") or facts.get("host") or engine_label(engine)),
        "path": folder_text(str(facts.get("path") or "")),
        "file": PurePath(str(facts.get("path") or "")).name,
        "limit": size_text(int(facts.get("limit_bytes") or 0)),
        "detail": str(facts.get("detail") or ""),
        "needed": size_text(int(facts.get("needed_bytes") or facts.get("size_bytes") or 0)),
        "seconds": number_text(int(facts.get("limit_s") or 0)),
        "free": size_text(int(facts.get("free_bytes") or 0)),
    }
    first = ((words.action, words.label or action_label(words.action)),)
    return Notice(
        sentence=words.sentence.format_map(values),
        choices=(*first, *choice_of(other)),
        hint=_excess_hint(facts) if name == "PromptTooLong" else words.hint.format_map(values),
        details=_details(name, facts),
    )


def sentence_for_error(error: Exception) -> str:
    """Say what happened; what is no expected error is a bug and goes to the crash dialog."""
    if not isinstance(error, PhiDeskError):
        raise error
    return notice_for_error(type(error).__name__, error.facts()).sentence


def _notice_for_excess(facts: Mapping[str, Fact]) -> Notice:
    """Offer what can be done about a conversation that became too long; nothing was sent."""
    is_alone = bool(facts.get("is_message_alone"))
    choices = _ways_to_room(facts)
    if facts.get("can_be_read_in_parts"):
        choices = (*choices, *choice_of(NoticeAction.READ_IN_PARTS))
    if facts.get("can_have_documents"):
        choices = (*choices, *choice_of(NoticeAction.KEEP_AS_DOCUMENT))
    if not is_alone:
        choices = (*choices, *choice_of(NoticeAction.LINKED_CONVERSATION))
    elif not choices or facts.get("has_summary") or facts.get("has_answer"):
        choices = (*choices, *choice_of(NoticeAction.NEW_CONVERSATION))  # Else it has no more room for the message.
    return Notice(
        _excess_sentence(facts),
        choices,
        "\n".join((CountedWords().tokens_too_many(int(facts.get("excess_tokens") or 0)), *_ways_hints(facts))),
        _details(WindowExceeded.__name__, facts),
        can_be_usual=not is_alone,
    )


def _ways_to_room(facts: Mapping[str, Fact]) -> tuple[Choice, ...]:
    """Offer what gives a conversation room: a summary and letting go only where there is an older part."""
    is_alone = bool(facts.get("is_message_alone"))
    choices: tuple[Choice, ...] = () if is_alone else choice_of(NoticeAction.SUMMARISE)
    if larger := int(facts.get("larger_window_tokens") or 0):
        label = _more_memory_label(larger, int(facts.get("larger_bytes") or 0))
        choices = (*choices, (NoticeAction.MORE_MEMORY, label))
    return choices if is_alone else (*choices, *choice_of(NoticeAction.LET_OLDEST_GO))


def _ways_hints(facts: Mapping[str, Fact]) -> Iterator[str]:
    """Say what the ways to answer a message that is too long alone are good for."""
    if facts.get("can_be_read_in_parts"):
        yield translate(
            "Errors", "Read in parts, it is answered from the notes that the model takes: details may get lost."
        )
    if facts.get("can_have_documents"):
        yield translate(
            "Errors",
            "As a document, the model sees only the passages that have the words of your question: good for looking "
            "something up.",
        )


def _excess_sentence(facts: Mapping[str, Fact]) -> str:
    if not facts.get("is_message_alone"):
        return translate("Errors", "This conversation no longer fits into the model's memory.")
    if facts.get("has_answer"):
        return translate("Errors", "The question and its answer so far fill the model's memory.")
    if facts.get("has_summary"):
        return translate("Errors", "This message and the summary together are longer than the model's memory.")
    return translate("Errors", "This message alone is longer than the model's memory.")


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
    read_percent = dict(outcome.facts).get(READ_PERCENT)
    if isinstance(read_percent, int) and outcome.finish in (FinishReason.STOPPED, FinishReason.ENDED_EARLY):
        sentence = translate("Outcome", "The reading stopped at {percent}\u00a0% of the text.")
        hint = translate("Outcome", "The notes so far are kept, and it goes on from there.")
        label = translate("NoticeAction", "Read on")
        return Notice(sentence.format(percent=number_text(read_percent)), ((NoticeAction.CONTINUE, label),), hint)
    if outcome.finish is FinishReason.LENGTH:
        sentence = translate("Outcome", "The answer reached its length limit.")
        return Notice(sentence, choice_of(NoticeAction.CONTINUE), kept)
    if outcome.finish is FinishReason.WINDOW_FULL:
        sentence = translate("Outcome", "The memory of this conversation is full.")
        facts = dict(outcome.facts)
        ways = _ways_to_room(facts) if "is_message_alone" in facts else ()
        choices = ways or choice_of(NoticeAction.CONTINUE)
        hint = translate("Outcome", "The text so far is kept, and the answer goes on once there is room.")
        return Notice(sentence, (*choices, *choice_of(NoticeAction.NEW_CONVERSATION)), hint)
    if outcome.finish is FinishReason.ENDED_EARLY:
        sentence = translate("Outcome", "The answer ended early.")
        return Notice(sentence, choice_of(NoticeAction.CONTINUE), kept)
    if outcome.finish is FinishReason.TOOL_CALLS:
        return Notice(_tool_end_sentence(outcome), choice_of(NoticeAction.CONTINUE), kept)
    return None


def _tool_end_sentence(outcome: AnswerOutcome) -> str:
    sentences = {
        LoopEnd.ROUNDS: translate("Outcome", "The model went on using tools instead of answering."),
        LoopEnd.REPEATED: translate("Outcome", "The model made the same call of a tool again instead of answering."),
        LoopEnd.INVENTED: translate("Outcome", "The model asked for tools that do not exist instead of answering."),
        LoopEnd.UNREADABLE: translate("Outcome", "The model wanted to use a tool, but wrote nothing that can be read."),
    }
    return sentences[LoopEnd(str(dict(outcome.facts).get(TOOL_END) or LoopEnd.ROUNDS))]


def notice_for_found_model(model_name: str) -> Notice:
    """Say that the model that was missing is here now; the button asks it."""
    sentence = translate("Outcome", "{model} is here now.").format(model=model_label(model_name))
    return Notice(sentence, ((NoticeAction.TRY_AGAIN, translate("NoticeAction", "Ask now")),))


def notice_for_silence(seconds: int, *, engine_name: str = "") -> Notice:
    """Ask what to do about an answer in which nothing came for so long."""
    sentence = translate("Outcome", "{engine} has said nothing more for {seconds}\u00a0s.")
    return Notice(
        sentence.format(engine=engine_subject(engine_name), seconds=number_text(seconds)),
        (*choice_of(NoticeAction.KEEP_WAITING), *choice_of(NoticeAction.STOP)),
        translate("Outcome", "It may go on by itself. The text so far is kept in any case."),
    )


def note_for_outcome(outcome: AnswerOutcome) -> str:
    """Return the muted words under an answer that is not complete, also after a restart; empty for the others."""
    if outcome.finish is FinishReason.STOPPED and STOPPED_LOAD in outcome.facts:
        return translate("Outcome", "Stopped; the model was not loaded to its end")
    if outcome.error == WindowExceeded.__name__ and not dict(outcome.facts).get("has_answer"):
        return translate("Outcome", "Not sent: it found no room")
    notes = {
        FinishReason.STOPPED: translate("Outcome", "Stopped"),
        FinishReason.LENGTH: translate("Outcome", "Reached its length limit"),
        FinishReason.WINDOW_FULL: translate("Outcome", "Ended because the memory of the conversation was full"),
        FinishReason.ENDED_EARLY: translate("Outcome", "Ended early"),
        FinishReason.TOOL_CALLS: translate("Outcome", "Ended while the model used tools"),
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
    elif outcome is not None and FACTS_FROM_MEMORY in outcome.facts:
        notes.append(translate("Message", "From the model's memory: check facts that matter"))
    notes += _absence_notes(outcome)
    if message.version_count > 1:
        version = translate("Message", "Version {number} of {count}")
        notes.append(version.format(number=number_text(message.version), count=number_text(message.version_count)))
    if is_last_unseen:
        notes.append(translate("Message", "The model no longer sees this message and those above"))
    return " · ".join(filter(None, notes))


def _absence_notes(outcome: AnswerOutcome | None) -> list[str]:
    """Say which servers' tools an answer did without, although they were chosen."""
    facts = dict(outcome.facts) if outcome is not None else {}
    words = {
        SERVERS_STARTING: translate("Message", "Without the tools of {names}: still starting"),
        SERVERS_FAILED: translate("Message", "Without the tools of {names}: not working, see the page Tools"),
    }
    return [text.format(names=visible_line(str(facts[fact]))) for fact, text in words.items() if facts.get(fact)]


def status_text(
    event: Progress,
    *,
    part: PartBegun | None = None,
    engine_name: str = "",
    expected: Expected | None = None,
    reading_left_s: float | None = None,
    words_per_s: float | None = None,
) -> str:
    """Say what is being waited for and for how long, or how fast text comes; empty where that is not known.

    `part` is that of the text which is read for it, if it is read in parts.
    """
    if part is not None and part.count:
        phase = _notes_text(event) or status_text(
            event, engine_name=engine_name, expected=expected, reading_left_s=reading_left_s
        )
        text = translate("Status", "Part {number} of {count}: {phase}")
        return text.format(number=number_text(part.number), count=number_text(part.count), phase=phase)
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
            return _tool_text(event)


def _tool_text(event: Progress) -> str:
    match event:
        case Calling():
            return translate("Status", "Preparing to use a tool…")
        case ToolCall(name=name) if name:
            return translate("Status", "Using {tool}…").format(tool=tool_title(name))
        case PermissionAsked():
            return translate("Status", "Waiting for your permission")
        case PersonAsked():
            return translate("Status", "Waiting for what you say")
        case _:
            return ""


def _notes_text(event: Progress) -> str:
    return translate("Status", "taking notes…") if isinstance(event, ThinkingDelta) else ""


def engine_state_text(*, model_name: str = "", engine_name: str = "", error: str | None = None) -> str:
    """Say in a few words who would answer, for the sidebar. `error` is the name of one of our error classes."""
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


def _excess_hint(facts: Mapping[str, Fact]) -> str:
    prompt, window = facts.get("prompt_tokens"), facts.get("window_tokens")
    if isinstance(prompt, int) and isinstance(window, int) and prompt > window:
        return CountedWords().tokens_too_many(prompt - window)
    return translate("Errors", "Nothing was answered yet.")
