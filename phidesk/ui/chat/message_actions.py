"""What can be done to a message, in words, icons and keys. What it means is in `acting`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication

from phidesk.core.conversation import Message, Role

translate = QCoreApplication.translate

LOWER_CREATIVITY, HIGHER_CREATIVITY = 0.2, 1.2
"""Temperatures that can be heard: at 0.2 nearly the likeliest word each time, at 1.2 surprises but still sentences."""
LOWEST_CREATIVITY, HIGHEST_CREATIVITY = 0.0, 1.6
"""For conversations that are answered below the lower or above the higher one already."""


class ActionKind(Enum):
    """What is done; the values are the object names of buttons and entries."""

    COPY = "copyMessage"
    EDIT = "editMessage"
    AGAIN = "answerAgain"
    AGAIN_WITH = "answerAgainWith"
    GO_ON = "goOnWithAnswer"
    PREVIOUS = "previousVersion"
    NEXT = "nextVersion"
    SUMMARISE = "summariseAbove"
    DETAILS = "messageDetails"
    FORK = "forkConversation"
    DELETE = "deleteMessage"


@dataclass(frozen=True)
class MessageAction:
    """One action for one message, possible or not at the moment."""

    kind: ActionKind
    words: str
    is_possible: bool


KEYS = {
    ActionKind.COPY: "C",
    ActionKind.EDIT: "E",
    ActionKind.AGAIN: "R",
    ActionKind.AGAIN_WITH: "Shift+R",
    ActionKind.GO_ON: "G",
    ActionKind.PREVIOUS: "Alt+Left",
    ActionKind.NEXT: "Alt+Right",
    ActionKind.SUMMARISE: "S",
    ActionKind.DETAILS: "I",
    ActionKind.FORK: "N",
    ActionKind.DELETE: "Del",
}
"""As QKeySequence reads them; they hold while the message has the keyboard's focus."""
_MIRRORED = {ActionKind.PREVIOUS: ActionKind.NEXT, ActionKind.NEXT: ActionKind.PREVIOUS}
"""The arrows point along the writing: from right to left the other one leads to the previous version."""

ICONS = {
    ActionKind.COPY: "copy",
    ActionKind.EDIT: "pencil",
    ActionKind.AGAIN: "refresh-cw",
    ActionKind.AGAIN_WITH: "sliders-horizontal",
    ActionKind.GO_ON: "play",
    ActionKind.PREVIOUS: "chevron-left",
    ActionKind.NEXT: "chevron-right",
    ActionKind.SUMMARISE: "scroll-text",
    ActionKind.DETAILS: "info",
    ActionKind.FORK: "message-square-plus",
    ActionKind.DELETE: "trash-2",
}


def actions_for(message: Message, *, is_last: bool, is_free: bool) -> tuple[MessageAction, ...]:
    """Return what makes sense for a message, in the order in which it is offered.

    `is_last` says that nothing stands below it, `is_free` that nothing is being written or saved in its conversation.
    """
    kinds = {
        ActionKind.COPY: bool(message.text),
        ActionKind.EDIT: is_free,
        **_ways_to_an_answer(message, is_last=is_last, is_free=is_free),
    }
    if message.version_count > 1:
        kinds[ActionKind.PREVIOUS] = is_free and message.version > 1
        kinds[ActionKind.NEXT] = is_free and message.version < message.version_count
    if message.role is Role.PERSON and message.parent_id is not None:
        kinds[ActionKind.SUMMARISE] = is_free
    kinds[ActionKind.DETAILS] = message.role is Role.PERSON or message.outcome is not None or is_free
    kinds |= {ActionKind.FORK: is_free, ActionKind.DELETE: is_free}
    words = _words(is_question=message.role is Role.PERSON, is_summary=message.is_summary)
    return tuple(MessageAction(kind, words[kind], is_possible) for kind, is_possible in kinds.items())


def keys_of(kind: ActionKind, *, is_mirrored: bool) -> str:
    """Return the keys of an action as they are pressed; `is_mirrored` where one reads to the left."""
    return KEYS[_MIRRORED.get(kind, kind) if is_mirrored else kind]


def key_words(*, is_mirrored: bool) -> list[tuple[str, str]]:
    """Say what keys do to the message that has the focus, and the keys; `is_mirrored` where one reads to the left."""
    words = _words(is_question=False, is_summary=False)
    return [(words[kind], keys_of(kind, is_mirrored=is_mirrored)) for kind in KEYS]


def creativity_choices(temperature: float | None) -> tuple[float, float]:
    """Return a lower and a higher temperature than that of a conversation; None is the model's own, unknown one."""
    lower = LOWER_CREATIVITY if temperature is None or temperature > LOWER_CREATIVITY else LOWEST_CREATIVITY
    higher = HIGHER_CREATIVITY if temperature is None or temperature < HIGHER_CREATIVITY else HIGHEST_CREATIVITY
    return lower, higher


def _ways_to_an_answer(message: Message, *, is_last: bool, is_free: bool) -> dict[ActionKind, bool]:
    if message.role is Role.PERSON:
        return {ActionKind.AGAIN: is_free, ActionKind.AGAIN_WITH: is_free} if is_last else {}
    if message.is_summary:
        ways = {ActionKind.AGAIN: is_free} if message.parent_id is not None else {}
    else:
        ways = {ActionKind.AGAIN: is_free, ActionKind.AGAIN_WITH: is_free}
    if is_last and message.outcome is not None and message.outcome.finish.can_continue:
        ways[ActionKind.GO_ON] = is_free
    return ways


def _words(*, is_question: bool, is_summary: bool) -> dict[ActionKind, str]:
    again, again_with = translate("MessageAction", "Again"), translate("MessageAction", "Again with…")
    if is_question:
        again, again_with = translate("MessageAction", "Answer"), translate("MessageAction", "Answer with…")
    delete = translate("MessageAction", "Delete from here on")
    fork = translate("MessageAction", "New conversation from here")
    if is_summary:
        fork = translate("MessageAction", "New conversation with this summary")
        again = translate("MessageAction", "Summarise again")
        delete = translate("MessageAction", "Remove the summary")
    return {
        ActionKind.COPY: translate("MessageAction", "Copy message"),
        ActionKind.EDIT: translate("MessageAction", "Edit"),
        ActionKind.AGAIN: again,
        ActionKind.AGAIN_WITH: again_with,
        ActionKind.GO_ON: translate("MessageAction", "Go on writing"),
        ActionKind.PREVIOUS: translate("MessageAction", "Previous version"),
        ActionKind.NEXT: translate("MessageAction", "Next version"),
        ActionKind.DETAILS: translate("MessageAction", "Details"),
        ActionKind.FORK: fork,
        ActionKind.SUMMARISE: translate("MessageAction", "Summarise the messages above"),
        ActionKind.DELETE: delete,
    }
