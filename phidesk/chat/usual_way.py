"""What a person wants done, without being asked, about a conversation that became too long."""

from __future__ import annotations

from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import ConversationSettings, Overflow
from phidesk.core.errors import PromptTooLong, WindowExceeded

_NO_ROOM = (WindowExceeded.__name__, PromptTooLong.__name__)


def found_no_room(outcome: AnswerOutcome | None) -> bool:
    """Whether a question was not answered, or not to the end, because that did not fit."""
    return outcome is not None and (outcome.error in _NO_ROOM or outcome.finish is FinishReason.WINDOW_FULL)


def usual_way(outcome: AnswerOutcome, settings: ConversationSettings) -> Overflow | None:
    """Return what gives the question of such an answer room; None where the person must be asked, or nothing helps.

    Letting the oldest go is done before anything is sent, so it is never the answer.
    """
    facts = dict(outcome.facts)
    if outcome.error != WindowExceeded.__name__ or facts.get("is_message_alone"):
        return None
    if settings.overflow is Overflow.SUMMARISE:
        return Overflow.SUMMARISE
    can_grow = settings.overflow is Overflow.MORE_MEMORY and bool(facts.get("larger_window_tokens"))
    return Overflow.MORE_MEMORY if can_grow else None
