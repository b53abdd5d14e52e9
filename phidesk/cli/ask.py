"""`phidesk ask`: the answer on the standard output while it comes, figures and sentences on the error output.

Exit code 0 means that the answer ended by itself or at a limit. `--json` adds one object as the last line.
"""

from __future__ import annotations

import argparse
import json
import math
import signal
import sys
import threading
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from types import FrameType
from typing import IO
from urllib.parse import urlsplit

from phidesk.chat.answering import failure, follow_answer
from phidesk.chat.request import build_request
from phidesk.chat.turn import Ended
from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import MINIMUM_WINDOW_TOKENS, Conversation, ConversationSettings, Message, Role
from phidesk.core.errors import PhiDeskError, WrongArgument
from phidesk.core.parts import TextPart
from phidesk.core.tasks import Cancellation
from phidesk.engine.hardware import computer_memory_bytes
from phidesk.engine.protocol import BUILTIN, OLLAMA, TextDelta
from phidesk.services import Profile, Services
from phidesk.ui.messages import gauge_text, model_label, note_for_outcome, notice_for_outcome

NEW_CONVERSATION = "new"
"""Instead of a conversation's id: begin one."""
STANDARD_INPUT = "-"
LOOK_S = 0.02
"""How often the text of a saved answer is fetched while it comes."""
COMPLETE = {FinishReason.STOP, FinishReason.LENGTH, FinishReason.WINDOW_FULL}
HIGHEST_TEMPERATURE = 5.0
SEED_LIMIT = 2**32
_CONTROL_CHARACTERS = dict.fromkeys(set(range(0x20)) | set(range(0x7F, 0xA0))) | {0x09: "\t", 0x0A: "\n"}
"""Left out on a terminal: a model's words must not move the cursor or change settings."""


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
    cancel = Cancellation()
    _stop_on_signals(cancel)
    output = _Output(sys.stdout)
    if options.conversation is None:
        settings = _wanted_settings(options, ConversationSettings())
        answered = _ask_unsaved(question, settings, services, cancel, output)
    else:
        answered = _ask_saved(question, options, services.open_profile(), cancel, output)
    output.end_line()
    return report_answer(answered, wants_json=options.json)


def report_answer(answered: Answered, *, wants_json: bool) -> int:
    """Print figures or the sentence that says why there is none, the JSON object if wanted; return the exit code."""
    outcome = answered.outcome
    if wants_json:
        print(_as_json(answered), flush=True)  # noqa: T201 - what it is for
    if not wants_json and (figures := gauge_text(outcome.gauge)):
        who = model_label(answered.model or "")
        print(f"[{who} · {figures}]", file=sys.stderr)  # noqa: T201 - what it is for
    sentence = notice.sentence if (notice := notice_for_outcome(outcome)) else note_for_outcome(outcome)
    if sentence:
        print(sentence, file=sys.stderr)  # noqa: T201 - what it is for
    return 0 if outcome.finish in COMPLETE else 1


def _ask_unsaved(
    question: str, settings: ConversationSettings, services: Services, cancel: Cancellation, output: _Output
) -> Answered:
    try:
        choice = services.directory.choose(settings.engine, settings.model)
    except PhiDeskError as error:
        return Answered(failure(error), engine=settings.engine, model=settings.model)
    time = datetime.now(UTC)
    message = Message("", "", None, Role.PERSON, (TextPart(question),), time)
    conversation = Conversation("", "", time, time, settings, (message,))
    request = build_request(conversation, choice.model, computer_memory_bytes=computer_memory_bytes())
    outcome = follow_answer(choice, request, cancel, output.receive)
    return Answered(outcome, output.text, choice.engine.name, choice.model.name)


def _ask_saved(
    question: str, options: argparse.Namespace, profile: Profile, cancel: Cancellation, output: _Output
) -> Answered:
    wanted = None if options.conversation == NEW_CONVERSATION else options.conversation
    settings = _wanted_settings(options, ConversationSettings())
    if wanted is not None:
        known = profile.conversations.get(wanted).result().settings
        settings = _wanted_settings(options, known)
        if settings != known:
            profile.conversations.change_settings(wanted, settings).result()
    turn = profile.chat.ask(question, conversation_id=wanted, settings=settings)
    cancel.on_cancel(turn.stop)
    outcome: AnswerOutcome | None = None
    pause = threading.Event()
    while outcome is None:
        pause.wait(LOOK_S)
        for event in turn.take_events():
            output.receive(event)
            outcome = event.outcome if isinstance(event, Ended) else outcome
    if turn.conversation_id is None:
        return Answered(outcome)
    answer = profile.conversations.get(turn.conversation_id).result().messages[-1]
    return Answered(outcome, output.text, answer.engine, answer.model, turn.conversation_id)


class _Output:
    """Writes the pieces of an answer as they come, and keeps them."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._pieces: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def receive(self, event: object) -> None:
        if isinstance(event, TextDelta):
            self._pieces.append(event.text)
            self._stream.write(event.text.translate(_CONTROL_CHARACTERS) if self._is_terminal else event.text)
            self._stream.flush()

    def end_line(self) -> None:
        if self._pieces and not self._pieces[-1].endswith("\n"):
            self._stream.write("\n")
            self._stream.flush()


def _read_question(argument: str) -> str:
    text = argument
    if argument == STANDARD_INPUT:
        text = sys.stdin.buffer.read().decode("utf-8-sig", "replace")
    if not text.strip():
        raise WrongArgument(detail="the question is empty")
    return text


def _wanted_settings(options: argparse.Namespace, known: ConversationSettings) -> ConversationSettings:
    """Return the conversation's settings with what the command line says otherwise."""
    _check(options)
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
    if options.engine is not None and options.engine not in (OLLAMA, BUILTIN) and not _is_address(options.engine):
        raise WrongArgument(detail=f"--engine: neither {OLLAMA}, {BUILTIN} nor an address: {options.engine}")
    if options.window is not None and options.window < MINIMUM_WINDOW_TOKENS:
        raise WrongArgument(detail=f"--window: at least {MINIMUM_WINDOW_TOKENS}, not {options.window}")
    if options.max_tokens is not None and options.max_tokens < 1:
        raise WrongArgument(detail=f"--max-tokens: at least 1, not {options.max_tokens}")
    temperature = options.temperature
    if temperature is not None and not (math.isfinite(temperature) and 0 <= temperature <= HIGHEST_TEMPERATURE):
        raise WrongArgument(detail=f"--temperature: 0 to {HIGHEST_TEMPERATURE}, not {temperature}")
    if options.seed is not None and not 0 <= options.seed < SEED_LIMIT:
        raise WrongArgument(detail=f"--seed: 0 to {SEED_LIMIT - 1}, not {options.seed}")


def _is_address(text: str) -> bool:
    try:
        address = urlsplit(text)
        return address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        return False


def _stop_on_signals(cancel: Cancellation) -> None:
    """Let Ctrl+C and a polite kill stop the answer; a second Ctrl+C does not wait for anything."""

    def stop(number: int, frame: FrameType | None) -> None:
        if cancel.is_cancelled:
            signal.default_int_handler(number, frame)
        cancel.cancel()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


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
