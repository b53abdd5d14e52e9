"""`phidesk ask`: the answer on the standard output while it comes, figures and sentences on the error output.

Exit code 0 means that the answer ended by itself or at a limit. `--json` adds one object as the last line.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import threading
from dataclasses import asdict, dataclass, replace

from phidesk.chat.tool_loop import PermissionAsked, PersonAsked, give
from phidesk.chat.turn import AnswerTurn, Ended
from phidesk.chat.usual_way import usual_way
from phidesk.cli.interruption import StopWish
from phidesk.cli.output import AnswerPrinter, say, write_lines
from phidesk.cli.unsaved_turn import UnsavedTurn
from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import MINIMUM_WINDOW_TOKENS, ConversationSettings
from phidesk.core.errors import AddressUnusable, WrongArgument
from phidesk.core.permissions import Allowance
from phidesk.core.servers import normalised_address
from phidesk.engine.protocol import BUILTIN, OLLAMA, TextDelta
from phidesk.profile import Profile
from phidesk.services import Services, start_loop
from phidesk.storage.conversations import Asked
from phidesk.ui.command_line import refused_tool_line, usual_way_line
from phidesk.ui.messages import gauge_text, model_label, note_for_outcome, notice_for_outcome

NEW_CONVERSATION = "new"
"""Instead of a conversation's id: begin one."""
STANDARD_INPUT = "-"
LOOK_S = 0.005
"""How often one looks whether more of the answer came, or a signal."""
COMPLETE = {FinishReason.STOP, FinishReason.LENGTH, FinishReason.WINDOW_FULL}
HIGHEST_TEMPERATURE = 5.0
MOST_TOKENS = 2**31 - 1
"""Engines count in 32 bits."""
SEED_LIMIT = 2**32


@dataclass(frozen=True)
class Answered:
    """What is told at the end."""

    outcome: AnswerOutcome
    text: str = ""
    engine: str | None = None
    model: str | None = None
    conversation_id: str | None = None


def ask(options: argparse.Namespace, services: Services) -> int:
    """Ask one question and return the exit code.

    Raises:
        WrongArgument: an option has a value that cannot be.
        StorageError: the conversation's profile cannot be had.
        ConversationMissing: there is no such conversation.
    """
    question = _read_question(options.question)
    wish = StopWish()
    _allow_server(options, services)
    if options.conversation is None:
        answered = _ask_unsaved(question, _wanted_settings(options, ConversationSettings()), services, wish)
    else:
        answered = _ask_saved(question, options, services.open_profile(), wish)
    return report_answer(answered, wants_json=options.json)


def report_answer(answered: Answered, *, wants_json: bool) -> int:
    """Print figures or the sentence that says why there is none, the JSON object if wanted; return the exit code.

    Raises:
        OutputUnwritable: nobody takes the JSON object.
    """
    outcome = answered.outcome
    if wants_json:
        write_lines([_as_json(answered)])
    elif figures := gauge_text(outcome.gauge):
        say(f"[{model_label(answered.model or '')} · {figures}]")
    notice = notice_for_outcome(outcome)
    if sentence := notice.sentence if notice else note_for_outcome(outcome):
        say(sentence)
    return 0 if outcome.finish in COMPLETE else 1


def _ask_unsaved(question: str, settings: ConversationSettings, services: Services, wish: StopWish) -> Answered:
    turn = UnsavedTurn(question, settings, services.directory)
    thread = start_loop("turn", turn.run)
    services.on_close(thread.join)
    services.on_close(turn.stop)
    outcome, text = _follow(turn, wish)
    return Answered(outcome, text, turn.engine, turn.model)


def _ask_saved(question: str, options: argparse.Namespace, profile: Profile, wish: StopWish) -> Answered:
    wanted = None if options.conversation == NEW_CONVERSATION else options.conversation
    settings = _wanted_settings(options, ConversationSettings())
    if wanted is not None:
        known = profile.conversations.get(wanted).result().settings
        settings = _wanted_settings(options, known)
        if settings != known:
            profile.conversations.change_settings(wanted, settings).result()
    turn = profile.chat.ask(question, conversation_id=wanted, settings=settings)
    outcome, text = _follow(turn, wish)
    while (following := _next_turn(profile, turn, outcome)) is not None:
        turn = following
        outcome, text = _follow(turn, wish)
    if turn.conversation_id is None:
        return Answered(outcome)
    answer = profile.conversations.get(turn.conversation_id).result().messages[-1]
    return Answered(outcome, text, answer.engine, answer.model, turn.conversation_id)


def _next_turn(profile: Profile, turn: AnswerTurn, outcome: AnswerOutcome) -> AnswerTurn | None:
    """Go on where the conversation became too long for its question, as it is set in the window."""
    if turn.asked is None:
        return None
    conversation = turn.asked.conversation
    if turn.asked.answer.is_summary and outcome.finish.is_usable:
        return profile.chat.answer_after_summary(profile.conversations.get(conversation.id).result())
    way = usual_way(outcome, conversation.settings)
    if way is not None:
        say(usual_way_line(way))
    return profile.chat.take_usual_way(turn.asked, outcome)


def _follow(turn: AnswerTurn | UnsavedTurn, wish: StopWish) -> tuple[AnswerOutcome, str]:
    """Print the answer while it comes; return how it ended, and its text. A summary is not printed."""
    printer = AnswerPrinter()
    is_answer = True
    pause = threading.Event()
    while True:
        if wish.is_there:
            turn.stop()
        for event in turn.take_events():
            if isinstance(event, Asked):
                is_answer = not event.answer.is_summary
            elif isinstance(event, TextDelta) and is_answer:
                printer.add(event.text)
            elif isinstance(event, PermissionAsked):
                say(refused_tool_line(event.call.name))
                give(event.reply, Allowance.NOT_NOW)
            elif isinstance(event, PersonAsked):
                say(refused_tool_line(event.question.tool))
                give(event.reply, None)
            elif isinstance(event, Ended):
                printer.end_line()
                return event.outcome, printer.text
        pause.wait(LOOK_S)


def _read_question(argument: str) -> str:
    text = argument
    if argument == STANDARD_INPUT:
        if sys.stdin is None:
            raise WrongArgument(detail="the standard input is closed")
        text = sys.stdin.buffer.read().decode("utf-8-sig", "replace")
    if not text.strip():
        raise WrongArgument(detail="the question is empty")
    return text


def _allow_server(options: argparse.Namespace, services: Services) -> None:
    """Whoever writes an address has allowed it, for this run; its key is that of the keyring."""
    _check(options)
    if options.engine not in (None, OLLAMA, BUILTIN):
        options.engine = normalised_address(options.engine)
        services.directory.add_server(options.engine)


def _wanted_settings(options: argparse.Namespace, known: ConversationSettings) -> ConversationSettings:
    """Return the conversation's settings with what the command line says otherwise."""
    wanted = {
        "instructions": options.system,
        "engine": options.engine,
        "model": options.model,
        "window_tokens": options.window,
        "answer_limit_tokens": options.max_tokens,
        "temperature": options.temperature,
        "seed": options.seed,
    }
    return replace(known, **{name: value for name, value in wanted.items() if value is not None})


def _check(options: argparse.Namespace) -> None:
    if options.engine not in (None, OLLAMA, BUILTIN) and not _is_address(options.engine):
        shown = "" if "@" in options.engine else f": {options.engine}"  # It may hold a password.
        raise WrongArgument(detail=f"--engine: neither {OLLAMA}, {BUILTIN} nor an address{shown}")
    _check_whole_number("--window", options.window, least=MINIMUM_WINDOW_TOKENS, most=MOST_TOKENS)
    _check_whole_number("--max-tokens", options.max_tokens, least=1, most=MOST_TOKENS)
    _check_whole_number("--seed", options.seed, least=0, most=SEED_LIMIT - 1)
    temperature = options.temperature
    if temperature is not None and not (math.isfinite(temperature) and 0 <= temperature <= HIGHEST_TEMPERATURE):
        raise WrongArgument(detail=f"--temperature: 0 to {HIGHEST_TEMPERATURE}, not {temperature}")


def _check_whole_number(name: str, value: int | None, *, least: int, most: int) -> None:
    if value is not None and not least <= value <= most:
        raise WrongArgument(detail=f"{name}: {least} to {most}, not {value}")


def _is_address(text: str) -> bool:
    """Whether it is the whole address of a server; a name alone is more probably an engine's that is mistyped."""
    try:
        normalised_address(text)
    except AddressUnusable:
        return False
    return "://" in text


def _as_json(answered: Answered) -> str:
    outcome = answered.outcome
    document = {
        "text": answered.text,
        "finish": outcome.finish.value,
        "prompt_tokens": outcome.usage.prompt_tokens,
        "answer_tokens": outcome.usage.answer_tokens,
        "window_tokens": outcome.window_tokens,
        "gpu_bytes": outcome.gpu_bytes,
        "total_bytes": outcome.total_bytes,
        "engine": answered.engine,
        "model": answered.model,
        "conversation": answered.conversation_id,
        "timings": asdict(outcome.timings),
        "error": outcome.error,
        "facts": dict(outcome.facts),
    }
    return json.dumps(document)  # pure ASCII: no character in a text can break the line
