"""What a question is sent of the documents of its conversation: the passages that fit it, and the window.

They are chosen once, when the question is asked, and stay with it: so the prompt begins the same from turn to turn.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

from phidesk.chat.allocated_window import allocated_window_tokens
from phidesk.chat.passages import Passages, cut_into_passages, put_together, rank
from phidesk.chat.prompt_plan import PromptPlanner
from phidesk.chat.question_text import text_with_files
from phidesk.chat.request import spoken_messages
from phidesk.core.context import prompt_room_tokens
from phidesk.core.conversation import Conversation, Message, Role
from phidesk.core.errors import WindowExceeded
from phidesk.core.parts import FilePart, PassagesPart
from phidesk.core.tasks import Cancellation
from phidesk.engine.protocol import AnswerRequest, Engine, PromptMessage

LEFT_SHARE = 2
"""Passages take this part of what is left of the window: the next question needs some too."""
LEAST_SHARE = 8
"""They take at least this part of the whole window; where that is not left, older messages make room."""


def find_passages(
    conversation: Conversation, request: AnswerRequest, engine: Engine, cancel: Cancellation | None = None
) -> tuple[PassagesPart, ...]:
    """Choose what the last question is sent; nothing where that was chosen already, or there is no document.

    What stands in messages that are sent anyway is not chosen again. While none of it does, words that stand
    everywhere find something too. Where nothing is found, a document that comes with the question is sent from its
    beginning, and of others that is what is returned: no passages. Blocks: it counts; `request` is as for a plan.

    Raises:
        Cancelled: `cancel` was used.
        PhiDeskError: the engine has no such model any more.
    """
    question = next(it for it in reversed(conversation.messages) if it.role is Role.PERSON)
    documents = _documents(conversation.messages)
    if not documents or any(isinstance(part, PassagesPart) for part in question.parts):
        return ()
    left_tokens, sent = _room(conversation, request, engine, cancel)
    known = "\n".join(part.text for message in sent for part in message.parts if isinstance(part, PassagesPart))
    cut = [cut_into_passages(document.text) for document in documents]
    brought = [number for number, document in enumerate(documents) if document in question.files]
    found = [
        (number, place)
        for number, place in rank(cut, question.text, by_any_word=not (known or brought))
        if cut[number].texts[place].strip() not in known
    ]
    if not found:
        found = [(number, place) for number in brought for place in range(len(cut[number].texts))]

    def parts_of(count: int) -> tuple[PassagesPart, ...]:
        return _passage_parts(documents, cut, found[:count])

    def tokens(count: int) -> int:
        text = text_with_files(question.text, parts_of(count))
        alone = replace(request, messages=(PromptMessage(Role.PERSON, text),), instructions="", tools=())
        return engine.count(alone, cancel).tokens

    if not found:
        return tuple(PassagesPart(it.name, "", 0, len(cut[number].texts)) for number, it in enumerate(documents))
    return parts_of(_most(len(found), left_tokens + tokens(0), tokens))


def _documents(path: Sequence[Message]) -> list[FilePart]:
    parts = (part for message in path for part in message.parts)
    return [part for part in parts if isinstance(part, FilePart) and part.is_document]


def _room(
    conversation: Conversation, request: AnswerRequest, engine: Engine, cancel: Cancellation | None
) -> tuple[int, list[Message]]:
    """Return how many tokens passages may take, and the messages that are sent beside them."""
    window_tokens = allocated_window_tokens(conversation.messages, request)
    least_tokens = window_tokens // LEAST_SHARE
    try:
        plan = PromptPlanner(conversation, request, engine, cancel).plan()
    except WindowExceeded:
        return least_tokens, []
    left_tokens = prompt_room_tokens(window_tokens, request.answer_limit_tokens) - plan.count.tokens
    spoken = spoken_messages(conversation)
    first = next((place for place, message in enumerate(spoken) if message.id == plan.first_sent), 0)
    return max(left_tokens // LEFT_SHARE, least_tokens), spoken[first:]


def _passage_parts(
    documents: Sequence[FilePart], cut: Sequence[Passages], chosen: Sequence[tuple[int, int]]
) -> tuple[PassagesPart, ...]:
    places = {number: [place for other, place in chosen if other == number] for number in range(len(documents))}
    return tuple(
        PassagesPart(documents[number].name, put_together(cut[number].texts, found), len(found), len(cut[number].texts))
        for number, found in places.items()
        if found
    )


def _most(most: int, room_tokens: int, tokens: Callable[[int], int]) -> int:
    """Return how many passages fit, at least one. Counts no text that is much longer than the room."""
    fits = 1
    while fits < most and tokens(min(most, 2 * fits)) <= room_tokens:
        fits = min(most, 2 * fits)
    return fits + bisect_right(range(fits + 1, min(most, 2 * fits - 1) + 1), room_tokens, key=tokens)
