"""What the model is asked so that it says in short what was said.

What is to be summarised is one text that the model reads, not a conversation that it would go on with. A text that is
longer than the window is summarised in parts, one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from phidesk.chat.question_text import text_with_files
from phidesk.chat.request import SUMMARY_HEADING, spoken_messages
from phidesk.core.context import prompt_room_tokens
from phidesk.core.conversation import Conversation, Role, newest_summary
from phidesk.core.tasks import Cancellation
from phidesk.engine.protocol import AnswerRequest, Engine, PromptMessage

INSTRUCTIONS = "You summarise conversations. You write nothing but the summary, in the language of the conversation."
TASK = (
    "Summarise the conversation above briefly, so that it can be continued from the summary alone. "
    "Keep names, numbers, decisions, and what is still open."
)
_SPEAKERS = {Role.PERSON: "User", Role.MODEL: "Assistant"}
BETWEEN_PARTS = "\n\n"
ESTIMATE_RESERVE = 1.25
"""Nothing is known yet of how far an estimate of such a prompt is off."""


def summary_requests(
    conversation: Conversation, request: AnswerRequest, engine: Engine, cancel: Cancellation | None = None
) -> Iterator[AnswerRequest]:
    """Yield what is to be asked for the summary that stands last in the path, each part when its turn comes.

    `request` says with which model and window. Blocking: a first count may take a second.

    Raises:
        Cancelled: stopped while counting.
    """
    room_tokens = prompt_room_tokens(request.window_tokens, request.answer_limit_tokens)

    def ask(text: str) -> AnswerRequest:
        message = PromptMessage(Role.PERSON, f"{text}\n\n{TASK}")
        return replace(request, instructions=INSTRUCTIONS, messages=(message,))

    def fits(text: str) -> bool:
        count = engine.count(ask(text), cancel)
        return count.tokens * (1 if count.is_exact else ESTIMATE_RESERVE) <= room_tokens

    return map(ask, split_to_fit(told(conversation), fits))


def told(conversation: Conversation) -> str:
    """Return as a text what the summary covers that stands last in the path; an earlier one stands for its part."""
    covered = replace(conversation, messages=conversation.messages[:-1])
    summary = newest_summary(covered.messages)
    earlier = [] if summary is None else [f"{SUMMARY_HEADING} {covered.messages[summary].text}"]
    spoken = (
        f"{_SPEAKERS[message.role]}: {text_with_files(message.text, message.files)}"
        for message in spoken_messages(covered)
    )
    return "\n\n".join([*earlier, *spoken])


def split_to_fit(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """Cut a text into pieces that fit, near their middles between paragraphs, lines or words where there are any.

    Joined they are the text. A single character is a piece even if it does not fit.
    """
    if len(text) <= 1 or fits(text):
        yield text
        return
    place = _place_to_cut(text)
    yield from split_to_fit(text[:place], fits)
    yield from split_to_fit(text[place:], fits)


def _place_to_cut(text: str) -> int:
    middle, quarter = len(text) // 2, len(text) // 4
    for separator in ("\n\n", "\n", " "):
        before = text.rfind(separator, quarter, middle)
        if before >= 0:
            return before + len(separator)
    return middle
