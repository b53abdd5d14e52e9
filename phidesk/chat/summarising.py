"""What the model is asked so that it says in short what was said.

What is to be summarised is one text that the model reads, not a conversation that it would go on with. A text that is
longer than the window is read part after part: the model takes notes of each, with the notes on those before in view,
and writes the summary from the notes. Notes that take too much of the window are summarised themselves. All notes are
kept with the summary, as what the model thought before it; after each part it is also kept how far it came, so that
whoever breaks off goes on from there, in another run of the program too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from phidesk.chat.allocated_window import allocated_window_tokens
from phidesk.chat.question_text import in_short, text_with_files
from phidesk.chat.request import SUMMARY_HEADING, spoken_messages
from phidesk.chat.text_parts import split_to_fit
from phidesk.core.answers import AnswerOutcome
from phidesk.core.context import USUAL_ANSWER_TOKENS, prompt_room_tokens
from phidesk.core.conversation import Conversation, Role, newest_summary
from phidesk.core.errors import PromptTooLong, WindowExceeded
from phidesk.core.parts import NotesPart, sent_files
from phidesk.core.tasks import Cancellation
from phidesk.engine.protocol import AnswerRequest, Engine, PromptMessage

INSTRUCTIONS = "You summarise conversations. You write nothing but the summary, in the language of the conversation."
TASK = (
    "Summarise the conversation above briefly, so that it can be continued from the summary alone. "
    "Keep names, numbers, decisions, and what is still open."
)
NOTES_HEADING = "Notes so far:"
PART_HEADING = "Next part:"
PART_TASK = (
    "Summarise this part briefly, as notes that go on from those before. "
    "Keep names, numbers, decisions, and what is still open."
)
QUESTION_TASK = "Keep above all what helps to answer this question:"
_SPEAKERS = {Role.PERSON: "User", Role.MODEL: "Assistant"}
BETWEEN_NOTES = "\n\n"
ESTIMATE_RESERVE = 1.25
"""Nothing is known yet of how far an estimate of such a prompt is off."""
NOTES_SHARE = 4
"""The notes may take this part of the window; what is written at once, no more."""
REFUSED_SHARE = 0.75
"""So much of a window is believed in after the engine refused a prompt that should have fitted it."""


@dataclass(frozen=True)
class PartBegun:
    """The next part of a text that is longer than the window is being read. All 0: the summary is being written."""

    number: int = 0
    count: int = 0


@dataclass(frozen=True)
class Written:
    """What the model wrote, and how it ended."""

    text: str
    outcome: AnswerOutcome


class SummaryWriter:
    """Has the summary written that stands last in the path of one conversation. Blocking."""

    def __init__(
        self,
        request: AnswerRequest,
        engine: Engine,
        *,
        follow: Callable[[AnswerRequest], AnswerOutcome],
        take_notes: Callable[[AnswerRequest], Written],
        note_part: Callable[[PartBegun], None],
        keep_notes: Callable[[NotesPart], None],
        cancel: Cancellation | None = None,
    ) -> None:
        """`request` says with which model and window.

        `follow` has the summary written, `take_notes` what it is made of where the text is read in parts; `note_part`
        is called before each part, `keep_notes` after it.
        """
        self._request = request
        self._engine = engine
        self._follow = follow
        self._take_notes = take_notes
        self._note_part = note_part
        self._keep_notes = keep_notes
        self._cancel = cancel
        self._window_tokens = request.window_tokens
        self._question = ""
        self._said = ""
        self._notes = NotesPart("", 0, 0, 0)

    def write(self, conversation: Conversation) -> AnswerOutcome:
        """Read what the summary covers, in parts where it is too long, until one does not end as it should.

        It goes on where the summary was broken off: after its last notes, or where its text ends.
        What the engine refuses as too long, because its count was an estimate or it has less room than asked for, is
        read once more in shorter parts.

        Raises:
            WindowExceeded: the window holds no part at all.
            Cancelled: stopped while counting.
        """
        self._window_tokens = allocated_window_tokens(conversation.messages, self._request)
        covered = conversation.messages[:-1]
        if covered and covered[-1].role is Role.PERSON:
            self._question = in_short(covered[-1].text, covered[-1].files)
        text = told(conversation)
        self._said = conversation.messages[-1].text
        kept = (it for it in reversed(conversation.messages[-1].parts) if isinstance(it, NotesPart))
        self._notes = next((it for it in kept if it.characters == len(text)), NotesPart("", 0, 0, len(text)))
        while (outcome := self._read(text)).error == PromptTooLong.__name__:
            told_tokens = int(dict(outcome.facts).get("window_tokens") or self._window_tokens)
            self._window_tokens = min(told_tokens, int(self._window_tokens * REFUSED_SHARE))
        return outcome

    def _read(self, text: str) -> AnswerOutcome:
        if not self._notes.parts_read and self._tokens(self._summary(text)) <= self._room_tokens:
            return self._follow(self._summary(text))
        before = self._notes.parts_read
        rest = text[self._notes.characters_read :]
        parts = list(split_to_fit(rest, self._rooms)) if rest else []
        for number, part in enumerate(parts, before + 1):
            self._note_part(PartBegun(number, before + len(parts)))
            outcome = self._note_down(part)
            if not outcome.finish.is_usable:
                return outcome
        self._note_part(PartBegun())
        return self._follow(self._summary(self._notes.text))

    def _note_down(self, part: str) -> AnswerOutcome:
        """Take notes of the next part; those so far are said in short first if they became too long."""
        notes = self._notes
        if notes.parts_read and self._tokens(self._whole(notes.text)) > self._most_notes_tokens:
            written = self._take_notes(self._whole(notes.text))
            if not written.outcome.finish.is_usable:
                return written.outcome
            notes = replace(notes, text=written.text.strip())
        written = self._take_notes(self._part(part, notes.text))
        if written.outcome.finish.is_usable:
            self._notes = NotesPart(
                BETWEEN_NOTES.join(filter(None, (notes.text, written.text.strip()))),
                notes.parts_read + 1,
                notes.characters_read + len(part),
                notes.characters,
            )
            self._keep_notes(self._notes)
        return written.outcome

    @property
    def _room_tokens(self) -> int:
        """One less than there is: with all of it, some engines call the window full."""
        return prompt_room_tokens(self._window_tokens, self._request.answer_limit_tokens) - 1

    @property
    def _most_notes_tokens(self) -> int:
        """How long a prompt may be that has nothing but notes: what else is read must find room beside them."""
        return self._tokens(self._whole("")) + self._window_tokens // NOTES_SHARE

    def _rooms(self, part: str) -> float:
        """Say how many times as long a part is as may be read at once beside the notes on those before."""
        frame_tokens = self._tokens(self._part("", BETWEEN_NOTES))
        room_tokens = self._room_tokens - self._window_tokens // NOTES_SHARE - frame_tokens
        part_tokens = self._tokens(self._part(part, BETWEEN_NOTES)) - frame_tokens
        if room_tokens < 1 or (len(part) <= 1 and part_tokens > room_tokens):
            raise WindowExceeded(
                engine=self._engine.name,
                prompt_tokens=frame_tokens + part_tokens,
                window_tokens=self._window_tokens,
                excess_tokens=max(1, part_tokens - room_tokens),
            )
        return part_tokens / room_tokens

    def _summary(self, text: str) -> AnswerRequest:
        """Ask for the summary itself, or for the rest of it."""
        asked = self._whole(text)
        said = (PromptMessage(Role.MODEL, self._said),) if self._said else ()
        return replace(asked, messages=(*asked.messages, *said))

    def _whole(self, text: str) -> AnswerRequest:
        return self._asking(text, TASK)

    def _part(self, part: str, notes: str) -> AnswerRequest:
        before = (NOTES_HEADING, notes, PART_HEADING) if notes else ()
        return self._asking("\n".join((*before, part)), PART_TASK)

    def _asking(self, text: str, task: str) -> AnswerRequest:
        if self._question:
            task = f"{task}\n{QUESTION_TASK}\n{self._question}"
        most_tokens = self._window_tokens // NOTES_SHARE
        return replace(
            self._request,
            instructions=INSTRUCTIONS,
            messages=(PromptMessage(Role.PERSON, f"{text}\n\n{task}"),),
            answer_limit_tokens=min(most_tokens, USUAL_ANSWER_TOKENS, self._request.answer_limit_tokens or most_tokens),
            answer_schema="",
            stop_strings=(),
            tools=(),
        )

    def _tokens(self, asked: AnswerRequest) -> int:
        count = self._engine.count(asked, self._cancel)
        return count.tokens if count.is_exact else round(count.tokens * ESTIMATE_RESERVE)


def told(conversation: Conversation) -> str:
    """Return as a text what the summary covers that stands last in the path; an earlier one stands for its part."""
    covered = replace(conversation, messages=conversation.messages[:-1])
    summary = newest_summary(covered.messages)
    earlier = [] if summary is None else [f"{SUMMARY_HEADING} {covered.messages[summary].text}"]
    spoken = (
        f"{_SPEAKERS[message.role]}: {text_with_files(message.text, sent_files(message.parts))}"
        for message in spoken_messages(covered)
    )
    return "\n\n".join([*earlier, *spoken])
