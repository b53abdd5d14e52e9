"""The tools of one answer: each call permitted, run, recorded, round after round, until the model only speaks.

What a model is told about its calls is written here in English, as JSON with one `error`: small models act on that.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, TypeVar

from phidesk.core.conversation import Conversation
from phidesk.core.errors import PhiDeskError
from phidesk.core.parts import FilePart
from phidesk.core.permissions import Allowance
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.core.tool_servers import AbsentServer
from phidesk.core.tools import AnyCall, BrokenCall, Intent, ToolCall, ToolOutcome, ToolResult
from phidesk.tools.tool import CallFault, Tool, run_as_asked

if TYPE_CHECKING:
    from phidesk.tools.ask_person import AskPerson, PersonQuestion

MOST_ROUNDS = 8
TOOL_END = "tool_end"
"""Name of the fact that says why an answer ended although the model went on calling tools: a `LoopEnd`."""
SERVERS_STARTING, SERVERS_FAILED = "tool_servers_starting", "tool_servers_failed"
"""Names of the facts that say whose tools were chosen but not offered: names of servers, as people read them."""

Reply = TypeVar("Reply")


class LoopEnd(StrEnum):
    """Why the model gets no further round. The values are stored."""

    ROUNDS = "rounds"
    REPEATED = "repeated"
    INVENTED = "invented"
    UNREADABLE = "unreadable"


class NextRound(Enum):
    """How the model is asked after a round of calls."""

    AS_BEFORE = "as_before"
    REPAIR = "repair"
    """It must write one call that can be read."""
    NONE = "none"
    """It was told to answer and called again."""


@dataclass(frozen=True)
class PermissionAsked:
    """A call waits until the person says whether it may run."""

    call: ToolCall
    intent: Intent
    was_allowed: bool = False
    """Whether such a call was allowed before the tool became what it is now."""
    reply: Future[Allowance] = field(default_factory=Future, compare=False)


@dataclass(frozen=True)
class PersonAsked:
    """A call waits until the person types its result; None: they do not want to."""

    question: PersonQuestion
    reply: Future[str | None] = field(default_factory=Future, compare=False)


@dataclass(frozen=True)
class OfferedTools:
    """What an answer may use, by name, and the servers whose tools were chosen for it but are not there."""

    tools: Mapping[str, Tool] = field(default_factory=dict)
    absent: tuple[AbsentServer, ...] = ()


ToolsOf = Callable[[Conversation, "AskPerson", Cancellation], OfferedTools]
"""Makes the tools that a conversation may use."""


@dataclass(frozen=True)
class CallRun:
    """One call with everything that is remembered of it."""

    call: ToolCall
    intent: Intent
    result: ToolResult
    duration_ms: float


class ToolLoop:
    """Runs what one answer calls. Blocking, on the thread of the answer."""

    def __init__(
        self,
        tools: Mapping[str, Tool],
        *,
        permit: Callable[[ToolCall, Intent], bool],
        record: Callable[[ToolCall | ToolResult | FilePart], None],
        remember: Callable[[CallRun], None],
        fits: Callable[[str], bool],
        cancel: Cancellation,
    ) -> None:
        """`permit` asks the person where it must; `fits` says whether a result is short enough to be sent.

        `record` takes what becomes part of the answer at once, `remember` what goes to the log.
        """
        self._tools = tools
        self._permit = permit
        self._record = record
        self._remember = remember
        self._fits = fits
        self._cancel = cancel
        self._rounds = 0
        self._made: set[tuple[str, str]] = set()
        """Names and arguments of the calls so far, these always written alike."""
        self._last_word: LoopEnd | None = None
        """Why the model was told to answer now."""
        self._was_told_names = False
        self._was_repaired = False

    @property
    def end(self) -> LoopEnd | None:
        """Why the model gets no further round, once it was told."""
        return self._last_word

    def run_round(self, calls: Sequence[AnyCall]) -> NextRound:
        """Run the calls that the model made at once, which are part of the answer already, one after the other.

        Raises:
            Cancelled: stopped; what had no result yet is recorded as stopped.
        """
        self._rounds += 1
        was_told = self._last_word is not None
        if self._rounds >= MOST_ROUNDS:
            self._last_word = self._last_word or LoopEnd.ROUNDS
        results = 0
        try:
            for call in calls:
                self._run(call, must_answer=was_told)
                results += 1
        except Cancelled:
            for _ in calls[results:]:
                self._record(ToolResult(_error("Stopped by the user."), ToolOutcome.STOPPED))
            raise
        if was_told:
            return NextRound.NONE
        return self._repair() if all(isinstance(call, BrokenCall) for call in calls) else NextRound.AS_BEFORE

    def _repair(self) -> NextRound:
        if self._was_repaired:
            self._last_word = LoopEnd.UNREADABLE
            return NextRound.NONE
        self._was_repaired = True
        return NextRound.REPAIR

    def _run(self, call: AnyCall, *, must_answer: bool) -> None:
        if isinstance(call, BrokenCall):
            self._record(ToolResult("", ToolOutcome.FAILED))
            return
        if call.name not in self._tools:
            self._record(self._names_told(call.name))
            return
        begun_s, intent = time.monotonic(), Intent()
        made = call.name, json.dumps(json.loads(call.arguments), sort_keys=True)
        if must_answer:
            result = ToolResult(_error("No more calls in this answer. Answer with what you know."), ToolOutcome.SKIPPED)
        elif made in self._made:
            self._last_word = self._last_word or LoopEnd.REPEATED
            result = ToolResult(_error("You made this call before. Use its result and answer."), ToolOutcome.SKIPPED)
        else:
            intent, result = self._result_of(call, self._tools[call.name])
        self._made.add(made)
        self._remember(CallRun(call, intent, result, 1_000 * (time.monotonic() - begun_s)))
        self._record_short(call, result)

    def _names_told(self, name: str) -> ToolResult:
        if self._was_told_names:
            self._last_word = self._last_word or LoopEnd.INVENTED
        self._was_told_names = True
        names = ", ".join(self._tools)
        return ToolResult(_error(f"There is no tool {name!r}. The tools are: {names}."), ToolOutcome.INVENTED)

    def _result_of(self, call: ToolCall, tool: Tool) -> tuple[Intent, ToolResult]:
        from phidesk.tools.arguments import read_arguments  # noqa: PLC0415 - the start need not wait for it

        intent = Intent()
        try:
            arguments = read_arguments(call, tool.definition)
            intent = tool.intent(arguments)
            if not self._permit(call, intent):
                text = _error("The user did not allow this call. Answer without it.")
                return intent, ToolResult(text, ToolOutcome.REFUSED)
            self._cancel.check()
            return intent, ToolResult(run_as_asked(tool, arguments, intent, self._cancel))
        except CallFault as fault:
            return intent, ToolResult(_error(str(fault)), ToolOutcome.FAILED)
        except PhiDeskError as error:
            return intent, ToolResult(_error(type(error).__name__, **error.facts()), ToolOutcome.FAILED)

    def _record_short(self, call: ToolCall, result: ToolResult) -> None:
        """Record what the model is shown; of a result that is too long the middle is left out, and the whole kept."""
        text = cut_middle(result.text, self._fits)
        self._record(ToolResult(text, result.outcome))
        if text != result.text:
            self._record(FilePart(f"{call.name}.txt", "text/plain", result.text))


def absent_facts(absent: Iterable[AbsentServer]) -> list[tuple[str, str]]:
    """Return the facts of an answer that tell which servers' tools it did without."""
    kinds: dict[str, list[str]] = {}
    for server in absent:
        kinds.setdefault(SERVERS_STARTING if server.is_starting else SERVERS_FAILED, []).append(server.name)
    return [(kind, ", ".join(names)) for kind, names in kinds.items()]


def as_part(call: AnyCall) -> ToolCall:
    """Return a call as a part of its answer; one that nobody could read has no name, and is not shown to a model."""
    return ToolCall("", call.text) if isinstance(call, BrokenCall) else call


def cut_middle(text: str, fits: Callable[[str], bool]) -> str:
    """Leave out as much of the middle as it takes to fit, and say so in its place."""
    if fits(text):
        return text
    low, high = 0, len(text)
    while high - low > 1:
        kept = (low + high) // 2
        low, high = (kept, high) if fits(_without_middle(text, kept)) else (low, kept)
    return _without_middle(text, low)


def wait_for(reply: Future[Reply], cancel: Cancellation) -> Reply:
    """Wait until the person replied.

    Raises:
        Cancelled: stopped before.
    """
    withdraw = cancel.on_cancel(lambda: _give_up(reply))
    try:
        return reply.result()
    except CancelledError:
        raise Cancelled from None
    finally:
        withdraw()


def give(reply: Future[Reply], said: Reply) -> None:
    """Say what the person replied to who waits; who has stopped waiting at this moment gets nothing."""
    with suppress(InvalidStateError):
        reply.set_result(said)


def _give_up(reply: Future[Reply]) -> None:
    reply.cancel()


def _without_middle(text: str, kept: int) -> str:
    head = (kept + 1) // 2
    tail = kept - head
    return f"{text[:head]}\n[{len(text) - kept} characters left out]\n{text[len(text) - tail :]}"


def _error(words: str, **facts: object) -> str:
    return json.dumps({"error": words, **facts}, ensure_ascii=False)
