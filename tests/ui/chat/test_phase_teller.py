"""What a screen reader hears while an answer is awaited."""

from __future__ import annotations

from phidesk.chat.summarising import PartBegun
from phidesk.engine.protocol import AnswerEvent, Loading, Reading, TextDelta, Waiting, WaitReason
from phidesk.ui.chat.phase_teller import PhaseTeller

WHOLE = PartBegun()
EVENTS: list[AnswerEvent] = [
    Waiting(),
    Waiting(WaitReason.QUEUED),
    Loading(),
    Reading(0, 100),
    Reading(50, 100),
    Reading(100, 100),
    TextDelta("Hello"),
    TextDelta(" there"),
]


def test_each_phase_is_told_once() -> None:
    teller = PhaseTeller()

    told = [event for event in EVENTS if teller.is_new(event, WHOLE)]

    assert told == [Waiting(), Waiting(WaitReason.QUEUED), Loading(), Reading(0, 100), TextDelta("Hello")]


def test_the_next_answer_is_told_anew() -> None:
    teller = PhaseTeller()
    teller.is_new(Loading(), WHOLE)

    teller.begin()

    assert teller.is_new(Loading(), WHOLE)


def test_the_same_phase_of_the_next_part_is_told() -> None:
    teller = PhaseTeller()

    told = [number for number in (1, 1, 2, 2, 3) if teller.is_new(Reading(), PartBegun(number, 3))]

    assert told == [1, 2, 3]
