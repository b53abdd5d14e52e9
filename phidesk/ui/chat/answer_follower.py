"""What arrives of answers that are being written, in one place for all conversations, shown or not."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from phidesk.chat.summarising import PartBegun
from phidesk.chat.tool_loop import PermissionAsked, PersonAsked
from phidesk.chat.turn import AnswerTurn, Ended, PassagesFound, Progress, TurnEvent
from phidesk.chat.waiting import Expected
from phidesk.core.drafts import NOTHING, Draft
from phidesk.core.pace import ReadingPace, WritingPace
from phidesk.core.parts import FilePart, Part, TextPart, ThinkingPart, joined, plain_text
from phidesk.core.tools import ToolCall, ToolResult
from phidesk.engine.protocol import Reading, TextDelta, ThinkingDelta
from phidesk.storage.conversations import Asked

FRAME_MS = 16
"""Events are taken once a frame: more often nobody could see."""
SILENCE_S = 20.0
"""So long nothing may come in the middle of an answer before it is said. Slow computers need seconds for a word."""
PACE_S = 1.0
"""How often the pace is told: figures that change faster cannot be read."""


class FollowedAnswer:
    """What the events of one turn add up to, as far as they were taken. Belongs to the main thread.

    `AnswerTurn.text` is ahead of it by the events that still wait; whoever shows this text and then every later
    event shows each word once.
    """

    def __init__(
        self,
        turn: AnswerTurn,
        *,
        conversation_id: str | None,
        question: Draft,
        is_queued: bool,
        leads_elsewhere: bool,
    ) -> None:
        self.turn = turn
        self.question = question
        """What was asked and returns if it cannot be saved; blank where an earlier answer goes on."""
        self.is_queued = is_queued
        """Whether what was asked waits in a queue until it is saved."""
        self.leads_elsewhere = leads_elsewhere
        """Whether it is a summary with which another conversation shall begin."""
        self.conversation_id = conversation_id
        """None while a new conversation is not known to be on disk."""
        self.begins_conversation = conversation_id is None
        self.asked: Asked | None = None
        """None while the question is not on disk yet."""
        self.phase: Progress | None = None
        """The newest event: what is being waited for, or what came."""
        self.is_stopping = False
        """Whether the person stopped it and its end has not come yet."""
        self.expected = Expected()
        """What the wait will probably be."""
        self.part = PartBegun()
        """Which part of a long text is being read for it, if it is read in parts."""
        self.reading_left_s: float | None = None
        """How long the rest of the prompt will take to read, from how fast it went so far."""
        self.words_per_s: float | None = None
        """How fast it is written, told anew every second."""
        self.is_silent = False
        """Whether nothing came for too long, and nobody said yet that they will wait on."""
        self._pieces: list[Part] = []
        self._question: PermissionAsked | PersonAsked | None = None
        self._reading = ReadingPace()
        self._pace = WritingPace()
        self._last_event_s: float | None = None
        self._paced_s = 0.0

    @property
    def text(self) -> str:
        """The answer so far, with what it said before it was resumed."""
        return plain_text(self.parts)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What was said and thought so far, in its order."""
        return joined(self._pieces)

    @property
    def open_question(self) -> PermissionAsked | PersonAsked | None:
        """What a tool waits for the person to say."""
        return self._question if self._question is not None and not self._question.reply.done() else None

    @property
    def engine_name(self) -> str:
        """Name who answers, or shall; empty where that is not known."""
        if self.turn.answered_by is not None:
            return self.turn.answered_by[0]
        wanted = self.asked.conversation.settings.engine if self.asked is not None else None
        return wanted or ""

    def stop(self) -> None:
        """Stop it in whatever phase it is."""
        self.is_stopping = True
        self.turn.stop()

    def wait_on(self) -> None:
        """Put up with the silence for as long again."""
        self.is_silent = False
        if self._last_event_s is not None:
            self._last_event_s = time.monotonic()

    def take(self, event: Asked | PassagesFound | Expected | PartBegun | Progress) -> None:
        """Add one event."""
        if isinstance(event, Asked):
            self.asked = event
            self.conversation_id = event.conversation.id
            self._pieces = list(event.answer.parts)
            return
        if isinstance(event, PassagesFound):
            self.asked = self.asked.with_question(event.question) if self.asked is not None else None
            return
        if isinstance(event, Expected):
            self.expected = event
            return
        if isinstance(event, PartBegun):
            self.part = event
            return
        self.phase = event
        if isinstance(event, Reading):
            self.reading_left_s = self._reading.left_s(event.done_tokens, event.total_tokens, time.monotonic())
        if isinstance(event, TextDelta | ThinkingDelta):
            self.is_silent = False
            self._last_event_s = time.monotonic()
        if isinstance(event, ThinkingDelta):
            self._pieces.append(ThinkingPart(event.text))
        elif isinstance(event, TextDelta):
            self._pieces.append(TextPart(event.text))
            self._measure_pace(event.text)
        elif isinstance(event, ToolCall | ToolResult | FilePart):
            self._pieces.append(event)
        elif isinstance(event, PermissionAsked | PersonAsked):
            self._question = event

    @property
    def _is_at_tool(self) -> bool:
        """Whether a tool runs, or the person is asked about one: the engine is not expected to say anything."""
        return isinstance(self.phase, ToolCall | ToolResult | PermissionAsked | PersonAsked)

    def falls_silent(self, patience_s: float) -> bool:
        """Whether nothing came for this long since the last text, which was not noticed before."""
        if self.is_silent or self.is_stopping or self._last_event_s is None or self._is_at_tool:
            return False
        self.is_silent = time.monotonic() - self._last_event_s >= patience_s
        return self.is_silent

    def _measure_pace(self, text: str) -> None:
        now_s = time.monotonic()
        self._pace.add(text, now_s)
        if now_s - self._paced_s >= PACE_S:
            self._paced_s = now_s
            self.words_per_s = self._pace.words_per_s()


class AnswerFollower(QObject):
    """Takes the events of every running turn, sixteen milliseconds apart; rests while there is none."""

    answer_began = Signal(object)
    """The question is on disk. Carries the `FollowedAnswer`."""
    question_changed = Signal(object)
    """The question has passages of documents now, on disk too. Carries the `FollowedAnswer`."""
    answer_went_on = Signal(object, object)
    """Carries the `FollowedAnswer` and an `AnswerEvent`."""
    answer_fell_silent = Signal(object)
    """In the middle of it nothing came for too long. Carries the `FollowedAnswer`."""
    answer_ended = Signal(object, object)
    """Everything is on disk. Carries the `FollowedAnswer` and its `AnswerOutcome`."""
    writing_changed = Signal(object)
    """Carries the ids of all conversations that are being answered, a frozenset."""

    def __init__(self, parent: QObject | None = None, *, silence_s: float = SILENCE_S) -> None:
        super().__init__(parent)
        self.silence_s = silence_s
        """So long nothing may come in the middle of an answer."""
        self._answers: list[FollowedAnswer] = []
        self._told_ids: frozenset[str] = frozenset()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._connect()

    @property
    def writing_ids(self) -> frozenset[str]:
        """The conversations that are being answered and have an id."""
        return frozenset(answer.conversation_id for answer in self._answers if answer.conversation_id is not None)

    def follow(
        self,
        turn: AnswerTurn,
        *,
        conversation_id: str | None,
        question: Draft = NOTHING,
        is_queued: bool = False,
        leads_elsewhere: bool = False,
    ) -> FollowedAnswer:
        """Take the events of this turn from now on, to its end. `conversation_id` is None where it begins one."""
        answer = FollowedAnswer(
            turn,
            conversation_id=conversation_id,
            question=question,
            is_queued=is_queued,
            leads_elsewhere=leads_elsewhere,
        )
        self._answers.append(answer)
        self._timer.start()
        self._tell_ids()
        return answer

    def rest(self) -> None:
        """Take nothing more until another turn is followed; the turns themselves go on."""
        self._timer.stop()

    def stop_others(self, conversation_id: str | None) -> None:
        """Stop all answers but that of this conversation."""
        for answer in self._answers:
            if answer.conversation_id != conversation_id:
                answer.stop()

    def running(self, conversation_id: str) -> FollowedAnswer | None:
        """Return the answer that is being written in this conversation."""
        return next((answer for answer in self._answers if answer.conversation_id == conversation_id), None)

    def _connect(self) -> None:
        self._timer.timeout.connect(self._on_timer_timeout)

    def _on_timer_timeout(self) -> None:
        for answer in tuple(self._answers):
            for event in answer.turn.take_events():
                self._take(answer, event)
            if answer in self._answers and answer.falls_silent(self.silence_s):
                self.answer_fell_silent.emit(answer)
        if not self._answers:
            self._timer.stop()

    def _take(self, answer: FollowedAnswer, event: TurnEvent) -> None:
        if isinstance(event, Ended):
            self._answers.remove(answer)
            self.answer_ended.emit(answer, event.outcome)
        elif isinstance(event, Asked):
            answer.take(event)
            self.answer_began.emit(answer)
        elif isinstance(event, PassagesFound):
            answer.take(event)
            self.question_changed.emit(answer)
        elif isinstance(event, Expected | PartBegun):
            answer.take(event)
        else:
            answer.take(event)
            self.answer_went_on.emit(answer, event)
        self._tell_ids()

    def _tell_ids(self) -> None:
        if self.writing_ids != self._told_ids:
            self._told_ids = self.writing_ids
            self.writing_changed.emit(self._told_ids)
