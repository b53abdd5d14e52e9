"""What is known of an answer besides its text: how it ended, what it consumed, how long it took."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from phidesk.core.breakdown import Breakdown, read_breakdown


class FinishReason(StrEnum):
    """Why an answer ended. The values are stored and printed by `ask --json`."""

    STOP = "stop"
    """The model said all it wanted."""
    LENGTH = "length"
    """The limit on the answer's length was reached."""
    WINDOW_FULL = "window_full"
    """Prompt and answer together filled the window."""
    STOPPED = "stopped"
    """The person stopped it."""
    TOOL_CALLS = "tool_calls"
    """The model asks for tools. An answer that ended so would not stop asking."""
    ENDED_EARLY = "ended_early"
    """The stream ended cleanly, but without the engine's last word, or we were closed meanwhile."""
    NOT_FOUND = "not_found"
    """Nothing was found in the person's documents."""
    ERROR = "error"
    """An error of ours tells why."""
    EDITED = "edited"
    """The person wrote this version of it."""

    @property
    def is_complete(self) -> bool:
        """Whether the answer is whole, so that what waits for it may be sent."""
        return self in {FinishReason.STOP, FinishReason.NOT_FOUND}

    @property
    def is_usable(self) -> bool:
        """Whether what was said can stand by itself, although it may be cut at the limit of its length."""
        return self in {FinishReason.STOP, FinishReason.LENGTH, FinishReason.EDITED}

    @property
    def can_continue(self) -> bool:
        """Whether the model could go on where the text ends."""
        return self in {
            FinishReason.LENGTH,
            FinishReason.STOPPED,
            FinishReason.TOOL_CALLS,
            FinishReason.ENDED_EARLY,
            FinishReason.ERROR,
            FinishReason.EDITED,
        }


@dataclass(frozen=True)
class Usage:
    """Tokens as the engine counted them; None where it did not say.

    `prompt_tokens` counts the whole prompt, the part taken from the engine's cache included.
    """

    prompt_tokens: int | None = None
    answer_tokens: int | None = None
    cached_tokens: int | None = None
    is_estimated: bool = False
    """Whether the engine counts only roughly, as older ones do. Stored as the fact `ROUGH_COUNT`."""

    @property
    def consumed_tokens(self) -> int | None:
        """Tokens of the window that the conversation fills after this answer."""
        if self.prompt_tokens is None and self.answer_tokens is None:
            return None
        return (self.prompt_tokens or 0) + (self.answer_tokens or 0)


@dataclass(frozen=True)
class Timings:
    """Durations in milliseconds; None where unknown.

    Load, reading and writing are the engine's own figures. First token and total are ours, from the
    moment of sending.
    """

    load_ms: float | None = None
    reading_ms: float | None = None
    writing_ms: float | None = None
    first_token_ms: float | None = None
    total_ms: float | None = None


@dataclass(frozen=True)
class Gauge:
    """What one answer left the conversation consuming: the engine's own figures, None where unknown."""

    consumed_tokens: int | None = None
    window_tokens: int | None = None
    gpu_bytes: int | None = None
    total_bytes: int | None = None
    is_estimated: bool = False
    """Whether the engine counted the tokens only roughly."""
    asked_window_tokens: int | None = None
    """What was asked for, where the engine allocated another window."""
    changed_window_tokens: int | None = None
    """The window that the model was loaded with since, by another program or for another conversation."""
    pieces: Breakdown | None = None
    """What is consumed, with the answer; None where that was not kept."""
    replaced_window_tokens: int | None = None
    """The window that another program or conversation had loaded the model with, so that it was loaded anew."""

    @property
    def fill(self) -> float | None:
        """Share of the window that is consumed, 0 to 1 (more only if the engine shifted)."""
        if self.consumed_tokens is None or not self.window_tokens:
            return None
        return self.consumed_tokens / self.window_tokens


COUNTED_TOKENS = "counted_tokens"
"""Name of the fact that says how long we counted the prompt to be, before it was sent."""
PIECES = "pieces"
"""Name of the fact that says what the prompt was made of, as `Breakdown.written` writes it."""
ROUGH_PIECES = ("piece_counts", "estimated")
"""The fact of an outcome whose pieces were divided by estimates, whoever counted the whole."""
ROUGH_COUNT = ("token_count", "estimated")
"""The fact of an outcome whose token counts are estimates."""
ASKED_WINDOW = "asked_window_tokens"
"""Name of the fact that says which window was asked for, where the engine allocated another one."""
CHANGED_WINDOW = "changed_window_tokens"
"""Name of the fact that says with which window the model was loaded anew while its answer ended."""
REPLACED_WINDOW = "replaced_window_tokens"
"""Name of the fact that says with which window others had the model loaded since, so that it was loaded anew."""
THINKING_MS = "thinking_ms"
"""Name of the fact that says how long the model thought: whole milliseconds of each thinking part, parted by blanks."""
READ_PERCENT = "read_percent"
"""Name of the fact that says how much of a text its notes cover, of a summary that was broken off while it was read."""
STOPPED_LOAD = ("stopped_while", "loading")
"""The fact of an outcome that was stopped while the model was loaded: engines give the load up then."""


FACTS_FROM_MEMORY = ("facts", "from_memory")
"""The fact of an outcome whose text is full of facts that nothing but the model stands for."""


@dataclass(frozen=True)
class AnswerOutcome:
    """The end of one answer, as it is stored and shown. `error` is the name of one of our error classes."""

    finish: FinishReason
    usage: Usage = Usage()
    timings: Timings = Timings()
    window_tokens: int | None = None
    gpu_bytes: int | None = None
    total_bytes: int | None = None
    error: str | None = None
    facts: tuple[tuple[str, str | int | None], ...] = ()

    @property
    def thinking_ms(self) -> tuple[int, ...]:
        """How long each thinking part took, in order; of an old or killed one the first may be missing."""
        told = str(dict(self.facts).get(THINKING_MS) or "")
        return tuple(int(duration) for duration in told.split())

    @property
    def pieces(self) -> Breakdown | None:
        """What the prompt was made of; None where that was not kept."""
        return read_breakdown(str(dict(self.facts).get(PIECES) or ""))

    @property
    def gauge(self) -> Gauge:
        """The figures of the gauge line."""
        pieces = self.pieces
        facts = dict(self.facts)
        asked, changed, replaced = (facts.get(name) for name in (ASKED_WINDOW, CHANGED_WINDOW, REPLACED_WINDOW))
        return Gauge(
            self.usage.consumed_tokens,
            self.window_tokens,
            self.gpu_bytes,
            self.total_bytes,
            is_estimated=ROUGH_COUNT in self.facts,
            asked_window_tokens=int(asked) if asked else None,
            changed_window_tokens=int(changed) if changed else None,
            pieces=None if pieces is None else replace(pieces, answer=pieces.answer + (self.usage.answer_tokens or 0)),
            replaced_window_tokens=int(replaced) if replaced else None,
        )
