"""What of a conversation is sent for its next answer: all of it, or what still fits if the person lets the rest go.

Nothing is ever cut in silence: what does not fit is counted before it is sent. Counts that are only estimates are put
right by what the engine counted the last time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from phidesk.chat.allocated_window import allocated_window_tokens
from phidesk.chat.attached_documents import can_have_documents
from phidesk.chat.spoken_tail import SpokenTail
from phidesk.core.answers import COUNTED_TOKENS, AnswerOutcome, FinishReason
from phidesk.core.context import find_cut, larger_window, prompt_room_tokens
from phidesk.core.conversation import Conversation, Message, Overflow, Role, newest_summary
from phidesk.core.errors import PromptTooLong, WindowExceeded
from phidesk.core.memory_fit import cache_bytes
from phidesk.core.parts import tool_rounds
from phidesk.core.tasks import Cancellation
from phidesk.engine.protocol import BUILTIN, OLLAMA, AnswerRequest, Engine, TokenCount

FIRST_SENT = "first_sent"
"""The fact of an outcome whose prompt did not begin with the conversation: the id of the first message in it."""
FEWEST_READ = 16
"""Messages that are read back at once."""
LEAST_CORRECTION, MOST_CORRECTION = 0.5, 3.0
"""An estimate is never further off; a larger difference has another cause."""
ESTIMATE_RESERVE = 1.03
"""Estimates that were put right are still a few per cent off; too long a prompt would be refused."""


@dataclass(frozen=True)
class PromptPlan:
    """What is sent. `first_sent` is the id of the first message in it, None where nothing was let go.

    `request` asks for the window that is wanted; `window_tokens` is the one that it must fit.
    """

    request: AnswerRequest
    count: TokenCount
    window_tokens: int
    first_sent: str | None = None

    @property
    def facts(self) -> tuple[tuple[str, str | int], ...]:
        """What is remembered of it with the answer."""
        first = ((FIRST_SENT, self.first_sent),) if self.first_sent is not None else ()
        return (*first, (COUNTED_TOKENS, self.count.tokens))


class PromptPlanner:
    """Plans the prompt for the last answer of one conversation. Blocking: a first count may take a second."""

    def __init__(
        self, conversation: Conversation, request: AnswerRequest, engine: Engine, cancel: Cancellation | None = None
    ) -> None:
        """`request` is as `build_request` makes it; what was said comes from the conversation.

        More of the oldest messages fall out than did for the answer before only if the conversation lets them go.
        """
        self.refused = request
        """What was planned last and found no room, as it would have been sent."""
        self._request = request
        self._engine = engine
        self._lets_go = conversation.settings.overflow is Overflow.LET_OLDEST_GO
        self._cancel = cancel
        self._window_tokens = allocated_window_tokens(conversation.messages, request)
        self._path = conversation.messages
        self._tail = SpokenTail(conversation)
        self._counts: dict[int, TokenCount] = {}
        """What the engine counted, by how many of the newest messages were in it."""
        self._can_grow = engine.name in (OLLAMA, BUILTIN)
        """The window of a server is its own affair."""
        self._correction: float | None = None
        """By what estimates are put right; None until one is made."""
        self._is_exact = True
        self._was_refused = False
        """Whether the engine found a prompt too long that fits by our count: then no count of ours is exact."""

    def plan(self) -> PromptPlan:
        """Choose what is sent.

        Raises:
            WindowExceeded: it does not fit, and nothing more may be let go, or that does not help.
            Cancelled: stopped while counting.
        """
        return self._plan(self._window_tokens)

    def send(self, follow: Callable[[AnswerRequest], AnswerOutcome]) -> AnswerOutcome:
        """Have what fits answered, and note what it was. What the engine refuses as too long is planned again, shorter.

        Raises:
            WindowExceeded: as `plan`; an engine's own "too long" never comes back.
            Cancelled: as `plan`.
        """
        plan = self.plan()
        while True:
            outcome = follow(plan.request)
            if outcome.finish is FinishReason.WINDOW_FULL:
                outcome = replace(outcome, facts=(*outcome.facts, *self._ways_on(plan)))
            if outcome.error != PromptTooLong.__name__:
                return replace(outcome, facts=(*outcome.facts, *plan.facts))
            plan = self._shorter(plan, outcome)

    def _shorter(self, refused: PromptPlan, outcome: AnswerOutcome) -> PromptPlan:
        """Believe what the engine said about its window and this prompt; what it kept to itself is at least so much."""
        said = dict(outcome.facts)
        known_tokens = refused.window_tokens if self._can_grow else refused.count.tokens
        window_tokens = min(int(said.get("window_tokens") or known_tokens), refused.window_tokens)
        prompt_tokens = int(said.get("prompt_tokens") or max(window_tokens, refused.count.tokens))
        self._correction = (self._correction or 1.0) * prompt_tokens / max(1, refused.count.tokens)
        self._was_refused = True
        plan = self._plan(window_tokens)
        if len(plan.request.messages) < len(refused.request.messages):
            return plan
        excess_tokens = max(1, prompt_tokens - prompt_room_tokens(window_tokens, self._request.answer_limit_tokens))
        questions = sum(message.role is Role.PERSON for message in refused.request.messages)
        raise self._excess(prompt_tokens, window_tokens, excess_tokens, is_message_alone=questions <= 1)

    def _plan(self, window_tokens: int) -> PromptPlan:
        room_tokens = prompt_room_tokens(window_tokens, self._request.answer_limit_tokens)
        self._read_back(room_tokens)
        starts = [place for place, message in enumerate(self._messages) if message.role is Role.PERSON] or [0]
        previous = self._previous_first(window_tokens)
        cut = find_cut(
            [0, *(start for start in starts if start)],
            self._count,
            room_tokens=room_tokens,
            window_tokens=window_tokens,
            previous_first=previous or 0,
        )
        if cut is None or (cut.first > (previous or 0) and not self._lets_go):
            if cut is not None and previous is None:
                self._tail.grow()
            first = starts[-1] if cut is None else previous or 0
            tokens = self._count(first)
            self.refused = self._part(first)
            raise self._excess(tokens, window_tokens, tokens - room_tokens, is_message_alone=cut is None)
        return PromptPlan(
            self._part(cut.first),
            TokenCount(cut.prompt_tokens, self._is_exact),
            window_tokens,
            None if cut.first == 0 and self._tail.is_whole else self._messages[cut.first].id,
        )

    def _excess(
        self, prompt_tokens: int, window_tokens: int, excess_tokens: int, *, is_message_alone: bool
    ) -> WindowExceeded:
        has_answer = self._messages[-1].role is Role.MODEL
        larger_tokens, larger_bytes = self._larger_window(window_tokens, prompt_tokens)
        return WindowExceeded(
            engine=self._engine.name,
            prompt_tokens=prompt_tokens,
            window_tokens=window_tokens,
            excess_tokens=excess_tokens,
            is_message_alone=int(is_message_alone),
            is_estimated=int(not self._is_exact),
            larger_window_tokens=larger_tokens,
            larger_bytes=larger_bytes,
            has_summary=int(self._summary_place is not None),
            has_answer=int(has_answer),
            can_have_documents=int(is_message_alone and not has_answer and self._can_have_documents),
            can_be_read_in_parts=int(is_message_alone and not has_answer and not self._is_summed_up),
        )

    def _ways_on(self, plan: PromptPlan) -> tuple[tuple[str, int], ...]:
        """Return what an answer that filled the window can go on with, named as in `WindowExceeded`."""
        larger_tokens, larger_bytes = self._larger_window(plan.window_tokens, plan.window_tokens)
        questions = sum(message.role is Role.PERSON for message in plan.request.messages)
        return (
            ("larger_window_tokens", larger_tokens),
            ("larger_bytes", larger_bytes),
            ("is_message_alone", int(questions <= 1)),
        )

    def _larger_window(self, window_tokens: int, prompt_tokens: int) -> tuple[int, int]:
        """Return the smallest larger window for such a prompt, and the bytes that it takes more; 0 where unknown."""
        model = self._request.model
        at_least = max(window_tokens, self._request.window_tokens)  # More than was asked for, where less was given.
        larger = larger_window(at_least, prompt_tokens, model.trained_window_tokens) if self._can_grow else None
        return larger or 0, cache_bytes(model.shape, larger - window_tokens) if larger and model.shape else 0

    def _count(self, first: int) -> int:
        count = self._own_count(first)
        self._is_exact = count.is_exact and not self._was_refused
        if self._is_exact:
            return count.tokens
        if self._correction is None:
            self._correction = self._learned_correction()
        return round(count.tokens * self._correction * ESTIMATE_RESERVE)

    def _own_count(self, first: int) -> TokenCount:
        """Count as the engine's vocabulary does, or estimates; once for each first message."""
        newest = len(self._messages) - first
        if newest not in self._counts:
            self._counts[newest] = self._engine.count(self._part(first), self._cancel)
        return self._counts[newest]

    def _part(self, first: int, end: int | None = None) -> AnswerRequest:
        """Return the request with these messages only."""
        return replace(self._request, messages=self._tail.prompt(first, end))

    @property
    def _messages(self) -> list[Message]:
        """The newest messages, as far as they were read back."""
        return self._tail.messages

    def _read_back(self, room_tokens: int) -> None:
        """Read back to where the prompt of the answer before began, then on until nothing more can fit.

        What lies before that is not even looked at: it may be a hundred times as much.
        """
        if not self._messages:
            self._tail.grow(FEWEST_READ)
        before = _newest_sent(self._messages[:-1])
        while before is None and not self._tail.is_whole and self._has_short_estimate(room_tokens):
            self._tail.grow(len(self._messages))
            before = _newest_sent(self._messages[:-1])
        if before is not None and self._place_of(_first_sent(before)) is None:
            self._tail.grow_to(_first_sent(before), most=self._window_tokens)  # None is shorter than a token.
        while not self._tail.is_whole and (tokens := self._count(0)) <= room_tokens:
            as_long = (room_tokens - tokens) * len(self._messages) // max(1, tokens)
            self._tail.grow(max(FEWEST_READ, as_long + as_long // 8))

    def _has_short_estimate(self, room_tokens: int) -> bool:
        """Whether an answer that estimates learn by may lie before what was read."""
        count = self._own_count(0)
        return not count.is_exact and count.tokens <= room_tokens / LEAST_CORRECTION

    def _previous_first(self, window_tokens: int) -> int | None:
        """Return where the prompt of the answer before began; None if that was the beginning, or had another window."""
        outcome = _newest_sent(self._messages[:-1])
        if outcome is None or outcome.window_tokens not in (None, window_tokens):
            return None
        return self._place_of(_first_sent(outcome))

    def _learned_correction(self) -> float:
        """Compare what the engine counted for the newest answer of this model with what we would have said."""
        for place in range(len(self._messages) - 2, 0, -1):
            message = self._messages[place]
            if message.outcome is None or (message.engine, message.model) != (
                self._engine.name,
                self._request.model.name,
            ):
                continue
            counted = message.outcome.usage.prompt_tokens
            if counted is None or self._is_from_before_summary(message) or tool_rounds(message.parts)[0]:
                continue  # What was counted last in an answer with tools held their results too.
            first = self._place_of(_first_sent(message.outcome)) or 0
            ours = self._engine.count(self._part(first, place), self._cancel)
            if ours.is_exact or not ours.tokens:
                return 1.0
            return min(MOST_CORRECTION, max(LEAST_CORRECTION, counted / ours.tokens))
        return 1.0

    @cached_property
    def _summary_place(self) -> int | None:
        return newest_summary(self._path)

    @property
    def _can_have_documents(self) -> bool:
        question = next((it for it in reversed(self._messages) if it.role is Role.PERSON), None)
        return question is not None and not self._is_summed_up and can_have_documents(question.parts)

    @property
    def _is_summed_up(self) -> bool:
        """Whether the question is what the summary ends with: it is in short already."""
        return self._summary_place == len(self._path) - 2

    def _is_from_before_summary(self, message: Message) -> bool:
        """Whether the prompt of an answer still held, word by word, what is summarised now."""
        place = self._summary_place
        return place is not None and message.created_at < self._path[place].created_at

    def _place_of(self, message_id: str | None) -> int | None:
        """Return where this message stands; None where it was not read, or is not in this branch."""
        return next((place for place, message in enumerate(self._messages) if message.id == message_id), None)


def last_unseen(path: Sequence[Message]) -> str | None:
    """Return the id of the last message that the newest prompt did not contain; None where it had all of them.

    What a summary covers is not in the next prompt, whatever the answers before it were made of.
    """
    summary = newest_summary(path) or 0
    outcome = _newest_sent(path[summary + 1 :] if summary else path)
    first = _first_sent(outcome) if outcome is not None else None
    place = next((place for place, message in enumerate(path) if message.id == first), 0)
    place = max(place, summary)
    return path[place - 1].id if place else None


def _newest_sent(path: Sequence[Message]) -> AnswerOutcome | None:
    """Return how the newest answer ended whose prompt reached the model: it was counted, or something was let go."""
    outcomes = (it.outcome for it in reversed(path) if it.outcome is not None and not it.is_summary)
    return next((it for it in outcomes if it.usage.prompt_tokens is not None or _first_sent(it) is not None), None)


def _first_sent(outcome: AnswerOutcome) -> str | None:
    return next((str(value) for name, value in outcome.facts if name == FIRST_SENT), None)
