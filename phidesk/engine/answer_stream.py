"""An answer that streams back over HTTP: what every engine's protocol has in common.

The package of an engine writes bodies and reads lines; here the request is sent, chunks become events, and the figures
are kept for the last one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from phidesk.core.answers import FinishReason, Timings, Usage
from phidesk.core.errors import AnswerGarbled, NotAnEngine, PhiDeskError
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.core.tools import BrokenCall
from phidesk.engine.call_reader import CallEvent, CallReader
from phidesk.engine.native_tools import CallPiece, NativeCalls
from phidesk.engine.network import Gate, iter_lines
from phidesk.engine.protocol import AnswerEvent, Calling, Finished, Reading, TextDelta, ThinkingDelta
from phidesk.engine.thought_reader import ThoughtReader
from phidesk.engine.transport_faults import transport_faults_as_ours

FEWEST_CALL_TOKENS = 5
"""Fewer are no call in any vocabulary; an empty answer takes one or two."""
FEWEST_HIDDEN_TOKENS = 12
"""Beside text that is shown: marks of its thinking and of its parts, which no engine shows, take a model up to ten."""
HIDDEN_SHARE = 20
"""One of so many tokens of a text may be counted too few: models do not always write the tokens that we read."""


@dataclass(frozen=True)
class Chunk:
    """One message of a stream: what came with it. `error` is the document that came instead of one.

    `call_pieces` are of calls that the engine read from the answer; others are found in its text. `thinking` is what
    the engine told apart; the text may hold more of it.
    """

    text: str = ""
    thinking: str = ""
    call_pieces: tuple[CallPiece, ...] = ()
    reading: Reading | None = None
    finish: FinishReason | None = None
    usage: Usage | None = None
    load_ms: float | None = None
    reading_ms: float | None = None
    writing_ms: float | None = None
    error: dict[str, Any] | None = None


class NotTheProtocol(ValueError):
    """The stream holds something that is not a message of it. Never leaves `AnswerCall`."""


class AnswerInTheMaking:
    """Turns chunks into events and keeps the figures for the last one.

    `clock` gives seconds; `started` is its value at the moment of sending; `offered` are the names of the tools that
    the model was told of: calls of them are taken out of the text. `count` counts the tokens of a text, where the
    vocabulary is known and the engine swallows calls that it cannot read.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        started: float,
        offered: Collection[str] = (),
        count: Callable[[str], int] | None = None,
    ) -> None:
        self._clock = clock
        self._started = started
        self._offered = offered
        self._count = count
        self._shown: list[str] = []
        """The text of the answer, thinking included; kept only where it is counted."""
        self._thoughts = ThoughtReader()
        self._reader = CallReader(offered)
        self._calls = NativeCalls(offered)
        self._has_called = False
        self._is_calling = False
        self._first_token_ms: float | None = None
        self._load_ms: float | None = None
        self._reading_ms: float | None = None
        self._writing_ms: float | None = None
        self._finish: FinishReason | None = None
        self._usage = Usage()

    @property
    def has_begun(self) -> bool:
        """Whether a word of the answer, or of what the model thinks, has come."""
        return self._first_token_ms is not None

    def follow(self, chunks: Iterable[Chunk]) -> Iterator[AnswerEvent]:
        """Give the events of the chunks, without the last one."""
        for chunk in chunks:
            if chunk.reading is not None:
                yield chunk.reading
            for piece in chunk.call_pieces:
                self._calls.add(piece)
            if chunk.text or chunk.thinking or chunk.call_pieces:
                if self._first_token_ms is None:
                    self._first_token_ms = self._passed_ms()
                if self._count is not None:
                    self._shown += (chunk.thinking, chunk.text)
                thought, said = self._thoughts.feed(chunk.text)
                yield from _thought(chunk.thinking, thought)
                yield from self._told(self._reader.feed(said))
                was_calling, self._is_calling = self._is_calling, bool(chunk.call_pieces) or self._reader.is_in_call
                if self._is_calling and not was_calling:
                    yield Calling()
            self._keep_figures(chunk)
        thought, said = self._thoughts.finish()
        yield from _thought(thought)
        yield from self._told(self._reader.feed(said))
        is_cut = self._finish in {None, FinishReason.LENGTH, FinishReason.ENDED_EARLY}
        yield from self._told([*self._reader.finish(is_cut=is_cut), *self._calls.finish()])
        if self._was_call_swallowed():
            yield from self._told([BrokenCall("")])

    def held_text(self) -> Iterator[AnswerEvent]:
        """Give what was held back as the possible beginning of a call when the answer broke off, but no half a call."""
        thought, said = self._thoughts.finish()
        yield from _thought(thought)
        held = [*self._reader.feed(said), *self._reader.finish(is_cut=True)]
        yield from self._told(event for event in held if isinstance(event, str))

    def finished(self, *, window_tokens: int | None, load_ms: float | None = None) -> Finished:
        """Return the last event: `ENDED_EARLY` if the engine's last word did not come.

        `load_ms` is for an engine whose load is not part of the stream.
        """
        reason = self._finish or FinishReason.ENDED_EARLY
        if self._has_called and reason is not FinishReason.ENDED_EARLY:
            reason = FinishReason.TOOL_CALLS
        consumed = self._usage.consumed_tokens
        if reason is FinishReason.LENGTH and window_tokens and consumed is not None and consumed >= window_tokens - 1:
            reason = FinishReason.WINDOW_FULL
        timings = Timings(
            load_ms=load_ms if load_ms is not None else self._load_ms,
            reading_ms=self._reading_ms,
            writing_ms=self._writing_ms,
            first_token_ms=self._first_token_ms,
            total_ms=self._passed_ms(),
        )
        return Finished(reason, self._usage, timings, window_tokens)

    def _told(self, found: Iterable[CallEvent]) -> Iterator[AnswerEvent]:
        for event in found:
            if isinstance(event, str):
                yield TextDelta(event)
            else:
                self._has_called = True
                yield event

    def _was_call_swallowed(self) -> bool:
        """Whether the model wrote much more than the engine showed: so Ollama does with calls that it cannot read."""
        if not self._offered or self._has_called or self._finish is None:
            return False
        if self._finish is FinishReason.TOOL_CALLS:
            return True
        written_tokens = self._usage.answer_tokens or 0
        if not self.has_begun:
            return written_tokens >= FEWEST_CALL_TOKENS
        if self._count is None:
            return False
        shown_tokens = self._count("".join(self._shown))
        return written_tokens - shown_tokens >= FEWEST_HIDDEN_TOKENS + shown_tokens // HIDDEN_SHARE

    def _keep_figures(self, chunk: Chunk) -> None:
        self._finish = chunk.finish or self._finish
        self._usage = chunk.usage or self._usage
        if chunk.load_ms is not None:
            self._load_ms = chunk.load_ms
        if chunk.reading_ms is not None:
            self._reading_ms = chunk.reading_ms
        if chunk.writing_ms is not None:
            self._writing_ms = chunk.writing_ms

    def _passed_ms(self) -> float:
        return (self._clock() - self._started) * 1000


def _thought(*texts: str) -> Iterator[ThinkingDelta]:
    return (ThinkingDelta(text) for text in texts if text)


@dataclass(frozen=True)
class AnswerCall(ABC):
    """One request whose answer streams back. `engine` is the name that errors carry."""

    engine: str
    url: str
    path: str
    body: dict[str, Any]
    headers: dict[str, str]

    @abstractmethod
    def read_stream(self, lines: Iterable[bytes]) -> Iterator[Chunk]:
        """Give the chunks of the lines.

        Raises:
            NotTheProtocol: a line that no such engine sends.
        """

    @abstractmethod
    def fault_of_reply(self, status: int, content: bytes) -> PhiDeskError:
        """Return our error for a reply that is not a success."""

    @abstractmethod
    def fault_in_stream(self, error: dict[str, Any]) -> PhiDeskError:
        """Return our error for a document that came instead of a chunk."""

    @property
    def model(self) -> str:
        """The name of the model that is asked, where the body tells it."""
        return str(self.body.get("model", ""))

    def follow(self, gate: Gate, making: AnswerInTheMaking, cancel: Cancellation) -> Iterator[AnswerEvent]:
        """Send it and give the events, without the last one. Where it breaks off, no text that came is lost."""
        try:
            with (
                transport_faults_as_ours(self.engine, self.url, answering=True),
                gate.stream(
                    self.url, self.path, json=self.body, headers=self.headers, purpose="answer", cancel=cancel
                ) as response,
            ):
                if not response.is_success:
                    raise self.fault_of_reply(response.status_code, response.read())
                yield from making.follow(self._chunks(iter_lines(response), cancel))
        except (PhiDeskError, Cancelled):
            yield from making.held_text()
            raise

    def _chunks(self, lines: Iterable[bytes], cancel: Cancellation) -> Iterator[Chunk]:
        has_begun = False
        try:
            for chunk in self.read_stream(lines):
                cancel.check()
                if chunk.error is not None:
                    raise self.fault_in_stream(chunk.error)
                yield chunk
                has_begun = True
        except NotTheProtocol as error:
            if has_begun:
                raise AnswerGarbled(engine=self.engine, detail=str(error)) from error
            raise NotAnEngine(engine=self.engine, address=self.url, detail=str(error)) from error
