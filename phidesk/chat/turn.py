"""One answer in the making: on disk from the first moment, streamed, stopped, ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from phidesk.chat.allocated_window import replaced_window_tokens
from phidesk.chat.answering import failure, follow_answer
from phidesk.chat.document_search import find_passages
from phidesk.chat.engine_choice import EngineChoice, EngineDirectory
from phidesk.chat.fact_risk import states_facts
from phidesk.chat.memory_outlook import with_kind
from phidesk.chat.prompt_division import with_pieces
from phidesk.chat.prompt_plan import PromptPlanner
from phidesk.chat.request import build_request
from phidesk.chat.summarising import BETWEEN_NOTES, PartBegun, SummaryWriter, Written
from phidesk.chat.thinking_clock import ThinkingClock
from phidesk.chat.tool_desk import ToolDesk, fits_window
from phidesk.chat.tool_loop import (
    TOOL_END,
    NextRound,
    OfferedTools,
    PermissionAsked,
    PersonAsked,
    ToolLoop,
    absent_facts,
    as_part,
    wait_for,
)
from phidesk.chat.waiting import Expected, PhaseWatch, Wait, foresee, tells_its_phases
from phidesk.core.answers import (
    FACTS_FROM_MEMORY,
    READ_PERCENT,
    REPLACED_WINDOW,
    STOPPED_LOAD,
    THINKING_MS,
    AnswerOutcome,
    FinishReason,
)
from phidesk.core.conversation import AnswerWish, Conversation, Message
from phidesk.core.errors import PhiDeskError
from phidesk.core.expectations import Measurement, measure
from phidesk.core.parts import (
    FilePart,
    NotesPart,
    Part,
    PassagesPart,
    TextPart,
    ThinkingPart,
    joined,
    open_calls,
    plain_text,
    tool_rounds,
    without_notes,
)
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.core.tools import AnyCall, ToolCall, ToolResult
from phidesk.engine.protocol import (
    AnswerEvent,
    AnswerRequest,
    Calling,
    Finished,
    Loading,
    TextDelta,
    ThinkingDelta,
    Waiting,
    WaitReason,
)
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.conversations import Asked
from phidesk.storage.database import Database
from phidesk.storage.measurements import Measurements

if TYPE_CHECKING:
    from phidesk.tools.ask_person import PersonQuestion
    from phidesk.tools.tool import Tool

UNEXPECTED = "UnexpectedError"
"""Stands in the outcome where our own code failed; the exception itself goes to the crash handler."""


@dataclass(frozen=True)
class Ended:
    """The last event of a turn: everything is on disk."""

    outcome: AnswerOutcome


@dataclass(frozen=True)
class PassagesFound:
    """The question is sent with passages of documents; here it has them, and on disk."""

    question: Message


Progress = AnswerEvent | ToolResult | FilePart | PermissionAsked | PersonAsked
"""Of calls only `ToolCall` comes: what was meant as one and could not be read is one without a name."""
TurnEvent = Asked | PassagesFound | Expected | PartBegun | Progress | Ended
Receive = Callable[[Wait, AnswerEvent], None]
Follow = Callable[[AnswerRequest, Receive], AnswerOutcome]
"""Has one request answered, and hands on what comes of it."""


class AnswerTurn:
    """Saves a question, has it answered, and saves the answer while it comes.

    `run` blocks on a thread of its own. Everything else is for the thread that shows it: events wait in a
    deque until `take_events` fetches them, so a fast model never floods the window.
    """

    def __init__(
        self,
        *,
        record: Callable[[], Future[Asked]],
        wish_for: Callable[[Message], AnswerWish],
        directory: EngineDirectory,
        database: Database,
        computer_memory_bytes: Callable[[], int],
        conversation_id: str | None,
        measurements: Measurements,
        desk: ToolDesk,
        keep_passages: Callable[[Message, tuple[PassagesPart, ...]], Future[None]],
        start_loop: StartLoop,
        name: str,
        is_behind_another: Callable[[AnswerTurn], bool],
    ) -> None:
        """`name` is that of its thread; `is_behind_another` says whether one that began before it is still written."""
        self.conversation_id = conversation_id
        self.is_over = False
        self.answered_by: tuple[str, str] | None = None
        """Names of engine and model, once they are known."""
        self.asked: Asked | None = None
        """What is on disk of it since it began; None before."""
        self._record = record
        self._wish_for = wish_for
        self._directory = directory
        self._database = database
        self._computer_memory_bytes = computer_memory_bytes
        self._measurements = measurements
        self._desk = desk
        self._keep_passages = keep_passages
        self._start_loop = start_loop
        self._name = name
        self._is_behind_another = is_behind_another
        self._cancel = Cancellation()
        self._stopped_as = FinishReason.STOPPED
        self._events: deque[TurnEvent] = deque()
        self._parts: list[Part] = []
        self._round: list[AnyCall] = []
        """The calls that the model made at once."""
        self._thinking = ThinkingClock()
        self._write_end: Callable[[], Future[None]] | None = None
        """Writes the text that is left and the end; None before the end, and once both are on disk."""
        self._phase: TurnEvent | None = None
        """What is being waited for; None once text comes."""

    @property
    def text(self) -> str:
        """The whole answer so far, as it will be stored."""
        return plain_text(tuple(self._parts))

    @property
    def thinking_ms(self) -> tuple[int, ...]:
        """How long each thinking part took so far."""
        return self._thinking.durations_ms

    def stop(self) -> None:
        """Stop the answer in whatever phase it is; the engine stops too. Returns at once."""
        self._cancel.cancel()

    def break_off(self) -> None:
        """Do as `stop` does, because the program closes: the answer counts as ended early, not as unwanted."""
        self._stopped_as = FinishReason.ENDED_EARLY
        self._cancel.cancel()

    def take_events(self) -> list[TurnEvent]:
        """Take what happened since the last call; neighbouring pieces of text are joined."""
        taken: list[TurnEvent] = []
        pieces: list[str] = []
        kind: type[TextDelta | ThinkingDelta] = TextDelta
        while self._events:
            event = self._events.popleft()
            if pieces and not isinstance(event, kind):
                taken.append(kind("".join(pieces)))
                pieces = []
            if isinstance(event, TextDelta | ThinkingDelta):
                kind = type(event)
                pieces.append(event.text)
            else:
                taken.append(event)
        if pieces:
            taken.append(kind("".join(pieces)))
        return taken

    @property
    def has_unsaved_end(self) -> bool:
        """Whether text and end wait in memory, because the disk did not take them."""
        return self.is_over and self._write_end is not None

    def save_end(self) -> None:
        """Write what waits in memory, if anything. Blocks.

        Raises:
            StorageError: the disk still does not take it.
        """
        if self._write_end is not None:
            self._write_end().result()
            self._write_end = None

    def run(self) -> None:
        """Do everything, from saving the question to saving the end. Called once."""
        outcome = AnswerOutcome(FinishReason.ERROR, error=UNEXPECTED)
        try:
            outcome = self._run()
        except PhiDeskError as error:
            outcome = failure(error)
        finally:
            self.is_over = True
            self._events.append(Ended(outcome))

    def _run(self) -> AnswerOutcome:
        asked = self._record().result()
        self.asked = asked
        self.conversation_id = asked.conversation.id
        self._parts += asked.answer.parts
        last = next(reversed(without_notes(asked.answer.parts)), None)
        self._thinking = ThinkingClock(asked.thought_ms, goes_on=isinstance(last, ThinkingPart))
        self._events.append(asked)
        if asked.answer.outcome is not None:
            return asked.answer.outcome  # Its end only had to be written.
        writer = AnswerWriter(self._database, asked.answer)
        outcome = AnswerOutcome(FinishReason.ERROR, error=UNEXPECTED)
        try:
            outcome = self._timed(self._named(self._marked(self._answer(asked, writer))))
        finally:
            self._write_end = partial(writer.finish, outcome)
            self.save_end()
        return outcome

    def _answer(self, asked: Asked, writer: AnswerWriter) -> AnswerOutcome:
        settings = self._wish_for(asked.answer).applied_to(asked.conversation.settings)
        conversation = replace(asked.conversation, settings=settings)
        self._events.append(Waiting())
        try:
            choice = self._directory.choose(
                settings.engine, settings.model, self._cancel, note_starting=self._note_starting
            )
            self._cancel.check()
        except Cancelled:
            return AnswerOutcome(FinishReason.STOPPED)
        except PhiDeskError as error:
            return failure(error)
        self.answered_by = choice.engine.name, choice.model.name
        writer.set_model(*self.answered_by)
        try:
            return self._send(conversation, choice, writer)
        except Cancelled:
            return AnswerOutcome(FinishReason.STOPPED)
        except PhiDeskError as error:
            return failure(error)

    def _send(self, conversation: Conversation, choice: EngineChoice, writer: AnswerWriter) -> AnswerOutcome:
        """Have what was planned answered, in as many requests as that takes."""
        is_summary = conversation.messages[-1].is_summary
        offered = OfferedTools()
        if not is_summary:
            offered = self._desk.tools_for(conversation, choice.model, self._ask_person, self._cancel)
        request = build_request(
            conversation,
            choice.model,
            computer_memory_bytes=self._computer_memory_bytes(),
            tools=tuple(tool.definition for tool in offered.tools.values()),
        )
        if not is_summary:
            conversation = self._with_passages(conversation, request, choice)
        past = self._past(choice.engine.name, choice.model.name)
        replaced = replaced_window_tokens(conversation.messages, request, choice, self._cancel)

        def follow(planned: AnswerRequest, receive: Receive) -> AnswerOutcome:
            return self._follow(conversation, planned, choice, past, receive)

        if is_summary:
            outcome = self._sum_up(conversation, request, choice, follow, writer)
        else:
            outcome = self._converse(conversation, request, choice, follow, writer, offered.tools)
        facts = [*outcome.facts, *absent_facts(offered.absent)]
        if replaced is not None:
            facts.append((REPLACED_WINDOW, replaced))
        return replace(outcome, facts=tuple(facts))

    def _with_passages(self, conversation: Conversation, request: AnswerRequest, choice: EngineChoice) -> Conversation:
        """Return the conversation with what its last question is sent of documents, which is kept with it."""
        *before, question, answer = conversation.messages
        passages = find_passages(conversation, request, choice.engine, self._cancel)
        if not passages:
            return conversation
        self._keep_passages(question, passages).result()
        asked = replace(question, parts=(*question.parts, *passages))
        if self.asked is not None:
            self.asked = self.asked.with_question(asked)
        self._events.append(PassagesFound(asked))
        return replace(conversation, messages=(*before, asked, answer))

    def _sum_up(
        self,
        conversation: Conversation,
        request: AnswerRequest,
        choice: EngineChoice,
        follow: Follow,
        writer: AnswerWriter,
    ) -> AnswerOutcome:
        """Have the summary written that stands last; notes on the way to it are kept as what the model thought."""

        def take_notes(planned: AnswerRequest) -> Written:
            said: list[str] = []

            def receive(wait: Wait, event: AnswerEvent) -> None:
                if isinstance(event, TextDelta):
                    goes_on = said or not any(isinstance(part, ThinkingPart) for part in self._parts)
                    event = ThinkingDelta(event.text if goes_on else BETWEEN_NOTES + event.text)
                    said.append(event.text)
                self._receive(writer, wait, event)

            outcome = follow(planned, receive)
            return Written("".join(said), outcome)

        def keep_notes(notes: NotesPart) -> None:
            self._parts.append(notes)
            writer.append_part(notes)

        summary = SummaryWriter(
            request,
            choice.engine,
            follow=lambda planned: follow(planned, partial(self._receive, writer)),
            take_notes=take_notes,
            note_part=self._events.append,
            keep_notes=keep_notes,
            cancel=self._cancel,
        )
        return summary.write(conversation)

    def _converse(
        self,
        conversation: Conversation,
        request: AnswerRequest,
        choice: EngineChoice,
        follow: Follow,
        writer: AnswerWriter,
        tools: Mapping[str, Tool],
    ) -> AnswerOutcome:
        """Have the answer written that stands last, with the tools that it uses, and note what it was made of."""
        sent = request

        def follow_sent(planned: AnswerRequest) -> AnswerOutcome:
            nonlocal sent
            sent = planned
            return follow(planned, partial(self._receive, writer))

        def ask(must_call: bool) -> AnswerOutcome:
            # A call is to be right, not original: the practice model wrote nonsense at its usual temperature.
            asked = replace(request, must_call=True, temperature=0.0) if must_call else request
            return PromptPlanner(self._with_parts(conversation), asked, choice.engine, self._cancel).send(follow_sent)

        loop = self._desk.open_loop(
            tools,
            conversation.id,
            ask=self._events.append,
            record=lambda part: self._add_part(part, writer),
            fits=lambda result: fits_window(result, request, choice.engine, self._cancel),
            cancel=self._cancel,
        )
        calls_by_itself = choice.model.tool_format.calls_by_itself
        must_call = bool(tools) and not calls_by_itself and not tool_rounds(tuple(self._parts))[0]
        outcome = self._answer_in_rounds(loop, ask, must_call)
        outcome = with_pieces(outcome, conversation, sent, choice.engine)
        if outcome.finish is FinishReason.STOP and states_facts(self._with_parts(conversation)):
            return replace(outcome, facts=(*outcome.facts, FACTS_FROM_MEMORY))
        return outcome

    def _answer_in_rounds(self, loop: ToolLoop, ask: Callable[[bool], AnswerOutcome], must_call: bool) -> AnswerOutcome:
        """Have the model asked, its calls run, and the model asked again, until it only speaks.

        `must_call` says that it has to begin with a call; `ask` is told that each time. Who was made to call and could
        not is not made to a second time: it answers without.
        """
        had_to_call = must_call
        self._round = list(open_calls(tuple(self._parts)))
        outcome = AnswerOutcome(FinishReason.TOOL_CALLS)
        while True:
            if self._round:
                next_round = loop.run_round(self._round)
                if next_round is NextRound.NONE:
                    return replace(outcome, facts=(*outcome.facts, (TOOL_END, str(loop.end))))
                must_call = next_round is NextRound.REPAIR and not had_to_call
            self._round = []
            outcome = ask(must_call)
            if not self._round or outcome.finish is not FinishReason.TOOL_CALLS:
                return outcome  # Calls of an answer that broke off stay open.

    def _with_parts(self, conversation: Conversation) -> Conversation:
        """Return the conversation with what its last answer says by now."""
        answer = replace(conversation.messages[-1], parts=joined(self._parts))
        return replace(conversation, messages=(*conversation.messages[:-1], answer))

    def _ask_person(self, question: PersonQuestion, cancel: Cancellation) -> str | None:
        asked = PersonAsked(question)
        self._events.append(asked)
        return wait_for(asked.reply, cancel)

    def _add_part(self, part: ToolCall | ToolResult | FilePart, writer: AnswerWriter) -> None:
        self._parts.append(part)
        writer.append_part(part)
        self._events.append(part)

    def _follow(
        self,
        conversation: Conversation,
        request: AnswerRequest,
        choice: EngineChoice,
        past: Sequence[Measurement],
        receive: Receive,
    ) -> AnswerOutcome:
        """Have one request answered, and remember what that took."""
        wait = foresee(conversation, choice, request, past)
        watch = PhaseWatch(
            choice,
            request.window_tokens,
            is_behind_another=lambda: self._is_behind_another(self),
            tell=lambda phase: self._note_phase(phase, wait),
        )
        self._events.extend((wait.warm, Waiting()))
        is_silent = not tells_its_phases(choice)
        if is_silent:
            watch.begin(self._start_loop, f"{self._name}-phases")

        def watched(event: AnswerEvent) -> None:
            if isinstance(event, TextDelta | ThinkingDelta | Calling | AnyCall | Finished):
                watch.end()
                self._phase = None
            if not (is_silent and isinstance(event, Waiting)):  # The watch may already know better.
                receive(wait, event)

        try:
            outcome = follow_answer(choice, request, self._cancel, watched)
        finally:
            watch.end()
            watch.join()
        self._measure(outcome, choice, wait)
        return outcome

    def _past(self, engine: str, model: str) -> list[Measurement]:
        """Read what this computer knows of the model; where that cannot be read, nothing."""
        try:
            return self._measurements.recent(engine, model).result()
        except PhiDeskError:
            return []

    def _measure(self, outcome: AnswerOutcome, choice: EngineChoice, wait: Wait) -> None:
        """Remember what it took. Where that cannot be written, nothing is lost but a number."""
        engine, model = choice.engine.name, choice.model.name
        measurement = measure(outcome, engine=engine, model=model, prompt_characters=wait.prompt_characters)
        if measurement is not None:
            self._measurements.add(with_kind(measurement, choice))

    def _note_starting(self, engine: str) -> None:
        self._events.append(Waiting(WaitReason.STARTING, engine))

    def _note_phase(self, phase: AnswerEvent, wait: Wait) -> None:
        self._phase = phase
        if isinstance(phase, Loading):
            self._events.append(wait.cold())
        self._events.append(phase)

    def _receive(self, writer: AnswerWriter, wait: Wait, event: AnswerEvent) -> None:
        if isinstance(event, TextDelta):
            self._thinking.speak()
            self._parts.append(TextPart(event.text))
            writer.append(event.text)
            self._events.append(event)
        elif isinstance(event, ThinkingDelta):
            self._thinking.think()
            self._parts.append(ThinkingPart(event.text))
            writer.append_thinking(event.text)
            self._events.append(event)
        elif isinstance(event, AnyCall):
            self._round.append(event)
            self._add_part(as_part(event), writer)
        elif not isinstance(event, Finished):
            self._note_phase(event, wait)

    def _timed(self, outcome: AnswerOutcome) -> AnswerOutcome:
        """Note how long the model thought, if it did."""
        if not self.thinking_ms:
            return outcome
        durations = " ".join(str(duration) for duration in self.thinking_ms)
        return replace(outcome, facts=(*outcome.facts, (THINKING_MS, durations)))

    def _marked(self, outcome: AnswerOutcome) -> AnswerOutcome:
        """Note how far a summary came that was broken off while its text was read in parts."""
        notes = next((part for part in reversed(self._parts) if isinstance(part, NotesPart)), None)
        if notes is None or outcome.finish.is_usable:
            return outcome
        percent = 100 * notes.characters_read // notes.characters
        return replace(outcome, facts=(*outcome.facts, (READ_PERCENT, percent)))

    def _named(self, outcome: AnswerOutcome) -> AnswerOutcome:
        """A stop that the engine answered with a clean end is still a stop."""
        if self._cancel.is_cancelled and outcome.finish in (FinishReason.ENDED_EARLY, FinishReason.STOPPED):
            facts = (STOPPED_LOAD,) if isinstance(self._phase, Loading) else ()
            return replace(outcome, finish=self._stopped_as, facts=(*outcome.facts, *facts))
        return outcome
