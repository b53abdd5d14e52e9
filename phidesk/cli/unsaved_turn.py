"""An answer that is kept nowhere."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

from phidesk.chat.answering import failure, follow_answer
from phidesk.chat.engine_choice import EngineDirectory
from phidesk.chat.prompt_plan import PromptPlanner
from phidesk.chat.request import build_request
from phidesk.chat.turn import UNEXPECTED, Ended
from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Role
from phidesk.core.errors import PhiDeskError
from phidesk.core.parts import TextPart
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.hardware import computer_memory_bytes
from phidesk.engine.protocol import AnswerEvent


class UnsavedTurn:
    """Has one question answered. Like `AnswerTurn`: `run` blocks on a thread of its own, the rest is for the other."""

    def __init__(self, question: str, settings: ConversationSettings, directory: EngineDirectory) -> None:
        self.engine, self.model = settings.engine, settings.model
        self._question = question
        self._settings = settings
        self._directory = directory
        self._cancel = Cancellation()
        self._events: deque[AnswerEvent | Ended] = deque()

    def stop(self) -> None:
        """Stop the answer in whatever phase it is. Returns at once."""
        self._cancel.cancel()

    def take_events(self) -> list[AnswerEvent | Ended]:
        """Take what happened since the last call."""
        return [self._events.popleft() for _ in range(len(self._events))]

    def run(self) -> None:
        """Find who answers, and follow the answer to its end. Called once."""
        outcome = AnswerOutcome(FinishReason.ERROR, error=UNEXPECTED)
        try:
            outcome = self._answer()
        except Cancelled:
            outcome = AnswerOutcome(FinishReason.STOPPED)
        except PhiDeskError as error:
            outcome = failure(error)
        finally:
            self._events.append(Ended(outcome))

    def _answer(self) -> AnswerOutcome:
        choice = self._directory.choose(self.engine, self.model, self._cancel)
        self._cancel.check()
        self.engine, self.model = choice.engine.name, choice.model.name
        time = datetime.now(UTC)
        message = Message("", "", None, Role.PERSON, (TextPart(self._question),), time)
        conversation = Conversation("", "", time, time, self._settings, (message,))
        request = build_request(conversation, choice.model, computer_memory_bytes=computer_memory_bytes())
        planner = PromptPlanner(conversation, request, choice.engine, self._cancel)
        return planner.send(lambda planned: follow_answer(choice, planned, self._cancel, self._events.append))
