"""What the model is asked so that it says in short what was said.

What is to be summarised is one text that the model reads, not a conversation that it would go on with. A text that is
longer than the window is summarised in parts, one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from phidesk.chat.question_text import text_with_files
from phidesk.chat.request import SUMMARY_HEADING, spoken_messages
from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.context import prompt_room_tokens
from phidesk.core.conversation import Conversation, Role, newest_summary
from phidesk.core.errors import PromptTooLong, WindowExceeded
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


def write_summary(
    conversation: Conversation,
    request: AnswerRequest,
    engine: Engine,
    follow: Callable[[AnswerRequest, str], AnswerOutcome],
    cancel: Cancellation | None = None,
) -> AnswerOutcome:
    """Have the summary written that stands last in the path, part after part, until one does not end as it should.

    `request` says with which model and window. `follow` has a part answered; what is written is to begin with the text
    that it is given. A part that the engine refuses as too long, because its count was an estimate, is cut again.
    Blocking: a first count may take a second.

    Raises:
        WindowExceeded: the window holds no part at all.
        Cancelled: stopped while counting.
    """
    room_tokens = prompt_room_tokens(request.window_tokens, request.answer_limit_tokens)
    outcome = AnswerOutcome(FinishReason.STOP)
    separator = ""

    def is_answered(text: str) -> bool:
        nonlocal outcome, separator
        message = PromptMessage(Role.PERSON, f"{text}\n\n{TASK}")
        asked = replace(request, instructions=INSTRUCTIONS, messages=(message,))
        count = engine.count(asked, cancel)
        tokens = count.tokens if count.is_exact else round(count.tokens * ESTIMATE_RESERVE)
        if tokens <= room_tokens:
            outcome, separator = follow(asked, separator), ""
            if outcome.error != PromptTooLong.__name__:
                separator = BETWEEN_PARTS
                return True
        if len(text) <= 1:
            raise WindowExceeded(
                engine=engine.name,
                prompt_tokens=tokens,
                window_tokens=request.window_tokens,
                excess_tokens=max(1, tokens - room_tokens),
                is_estimated=int(not count.is_exact),
            )
        return False

    for _ in split_to_fit(told(conversation), is_answered):
        if not outcome.finish.is_usable:
            break
    return outcome


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

    Joined they are the text. Each is looked at when its turn comes; a single character fits.
    """
    if fits(text) or len(text) <= 1:
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
