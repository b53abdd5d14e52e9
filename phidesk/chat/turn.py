"""One answer in the making: on disk from the first moment, streamed, stopped, ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace

from phidesk.chat.answering import failure, follow_answer
from phidesk.chat.engine_choice import EngineDirectory
from phidesk.chat.request import build_request
from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.errors import PhiDeskError
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.protocol import AnswerEvent, Finished, TextDelta, ThinkingDelta, Waiting
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.conversations import Asked
from phidesk.storage.database import Database

UNEXPECTED = "UnexpectedError"
"""Stands in the outcome where our own code failed; the exception itself goes to the crash handler."""


@dataclass(frozen=True)
class Ended:
    """The last event of a turn: everything is on disk."""

    outcome: AnswerOutcome


TurnEvent = Asked | AnswerEvent | Ended


class AnswerTurn:
    """Saves a question, has it answered, and saves the answer while it comes.

    `run` blocks on a thread of its own. Everything else is for the thread that shows it: events wait in a
    deque until `take_events` fetches them, so a fast model never floods the window.
    """

    def __init__(
        self,
        *,
        record: Callable[[], Future[Asked]],
        directory: EngineDirectory,
        database: Database,
        computer_memory_bytes: Callable[[], int],
        conversation_id: str | None,
    ) -> None:
        self.conversation_id = conversation_id
        self.is_over = False
        self._record = record
        self._directory = directory
        self._database = database
        self._computer_memory_bytes = computer_memory_bytes
        self._cancel = Cancellation()
        self._stopped_as = FinishReason.STOPPED
        self._events: deque[TurnEvent] = deque()
        self._text: list[str] = []

    @property
    def text(self) -> str:
        """The whole answer so far, as it will be stored."""
        return "".join(self._text)

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
        while self._events:
            event = self._events.popleft()
            if isinstance(event, TextDelta):
                pieces.append(event.text)
                continue
            if pieces:
                taken.append(TextDelta("".join(pieces)))
                pieces = []
            taken.append(event)
        if pieces:
            taken.append(TextDelta("".join(pieces)))
        return taken

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
        self.conversation_id = asked.conversation.id
        self._text.append(asked.answer.text)
        self._events.append(asked)
        writer = AnswerWriter(self._database, asked.answer)
        outcome = AnswerOutcome(FinishReason.ERROR, error=UNEXPECTED)
        try:
            outcome = self._named(self._answer(asked, writer))
        finally:
            writer.finish(outcome).result()
        return outcome

    def _answer(self, asked: Asked, writer: AnswerWriter) -> AnswerOutcome:
        settings = asked.conversation.settings
        self._events.append(Waiting())
        try:
            choice = self._directory.choose(settings.engine, settings.model, self._cancel)
            self._cancel.check()
        except Cancelled:
            return AnswerOutcome(FinishReason.STOPPED)
        except PhiDeskError as error:
            return failure(error)
        writer.set_model(choice.engine.name, choice.model.name)
        request = build_request(asked.conversation, choice.model, computer_memory_bytes=self._computer_memory_bytes())
        return follow_answer(choice, request, self._cancel, lambda event: self._receive(event, writer))

    def _receive(self, event: AnswerEvent, writer: AnswerWriter) -> None:
        if isinstance(event, TextDelta):
            self._text.append(event.text)
            writer.append(event.text)
        elif isinstance(event, ThinkingDelta):
            writer.append_thinking(event.text)
        if not isinstance(event, Finished):
            self._events.append(event)

    def _named(self, outcome: AnswerOutcome) -> AnswerOutcome:
        """A stop that the engine answered with a clean end is still a stop."""
        if self._cancel.is_cancelled and outcome.finish in (FinishReason.ENDED_EARLY, FinishReason.STOPPED):
            return replace(outcome, finish=self._stopped_as)
        return outcome
