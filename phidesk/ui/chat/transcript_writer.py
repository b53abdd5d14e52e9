"""Shows what arrives while an answer is written: a portion in each frame, never more than the frame has time for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from itertools import takewhile

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from phidesk.richtext.blocks import Block
from phidesk.richtext.streaming import StreamingParser
from phidesk.ui.chat.answer_announcer import AnswerAnnouncer
from phidesk.ui.chat.message_sections import as_thought
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_message import Thinking
from phidesk.ui.chat.transcript_reader import TranscriptReader
from phidesk.ui.chat.transcript_scroller import TranscriptScroller
from phidesk.ui.chat.transcript_selector import TranscriptSelector
from phidesk.ui.chat.transcript_stream import TranscriptStream, parser_behind

FRAME_MS = 40
"""Twenty-five portions a second look like flowing text, as they do in films; sixty cost twice the processor.

Nobody reads the three words that a fast computer writes in that time one by one; on a slow one a word comes later than
this after the one before, and is shown at once.
"""
BACKLOG_FRAME_MS = 16
"""While more waits than one portion."""
COST_FACTOR = 4
"""The pause after a portion is at least this many times what it cost, so that three quarters of the time stay free."""


class TranscriptWriter(QObject):
    """Writes one message of a content, at most, while what is looked at keeps its place.

    Signals:
        text_changed: something else can be read now than before.
        finished: the index of a message of which all is shown.
    """

    text_changed = Signal()
    finished = Signal(int)

    def __init__(
        self,
        content: TranscriptContent,
        scroller: TranscriptScroller,
        reader: TranscriptReader,
        selector: TranscriptSelector,
        announcer: AnswerAnnouncer,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._content = content
        self._scroller = scroller
        self._reader = reader
        self._selector = selector
        self._announcer = announcer
        self._stream: TranscriptStream | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def index(self) -> int | None:
        """The message that is being written."""
        return None if self._stream is None else self._stream.index

    @property
    def is_idle(self) -> bool:
        """Whether all that arrived is shown."""
        return self._stream is None or not (self._stream.has_backlog or self._stream.is_finishing)

    def text_of(self, index: int) -> str:
        """Return the text of a message with all that was appended, shown or not."""
        stream = self._stream
        if stream is None or stream.index != index or stream.inset is not None:
            return self._content.messages[index].text
        return stream.before + stream.text

    def shown_text_of(self, index: int) -> str:
        """Return the text of a message as far as it is shown."""
        stream = self._stream
        if stream is None or stream.index != index or stream.inset is not None:
            return self._content.messages[index].text
        return stream.before + stream.shown_text

    def thought_blocks(self, index: int, inset: int) -> Sequence[Block] | None:
        """Return what is shown of a thought that is being written; None for any other one."""
        stream = self._stream
        if stream is None or not stream.is_begun or (stream.index, stream.inset) != (index, inset):
            return None
        return as_thought(stream.parser.blocks)

    def append_text(self, index: int, text: str) -> None:
        """Add text to a message. A little is shown at once, the rest within the next frames."""
        self._stream_of(index).add(text)
        if not self._timer.isActive():
            self._take_portion()

    def append_thinking(self, index: int, text: str, duration_ms: float) -> None:
        """Add to what the model thinks before it goes on; `duration_ms` is how long that has taken so far."""
        stream = self._stream
        if stream is None or stream.index != index or stream.inset is None:
            self.finish()
            stream = self._begin_thinking(index, duration_ms)
        stream.duration_ms = duration_ms
        stream.add(text)
        if not self._timer.isActive():
            self._take_portion()

    def complete(self, index: int, note: str) -> None:
        """Take no more for a message; what still waits is shown first, within the next frames."""
        stream = self._stream
        if stream is None or stream.index != index:
            self.finish()
            self._set_note(index, note)
            self.finished.emit(index)
            return
        stream.is_finishing = True
        stream.note = note
        if stream.heal():
            self.finish()
        elif not self._timer.isActive():
            self._timer.start(FRAME_MS)

    def drop(self) -> None:
        """Forget what waits: the message is no more, or says something else."""
        self._timer.stop()
        self._stream = None

    def finish(self) -> None:
        """Show everything that waits and read the message once more as a whole."""
        stream, self._stream = self._stream, None
        if stream is None:
            return
        self._timer.stop()
        if not stream.is_begun:
            self._take_up(stream, parser_behind(stream.said))
        self._show_blocks(stream, stream.finish())
        if stream.inset is None:
            self._content.store_text(stream.index, stream.before + stream.text)
        else:
            self._content.insets.set(stream.index, stream.inset, Thinking(stream.text, stream.duration_ms))
            self._scroller.repaint()
        self._set_note(stream.index, stream.note)
        self._announcer.follow(stream, is_complete=True)
        self.finished.emit(stream.index)

    def _set_note(self, index: int, note: str) -> None:
        if not note:
            return
        with self._scroller.keep_place():
            self._content.set_note(index, note)

    def _stream_of(self, index: int) -> TranscriptStream:
        """Return the text that is being written in a message; one begins with what its last section says already."""
        if self._stream is None or self._stream.index != index or self._stream.inset is not None:
            self.finish()
            message = self._content.messages[index]
            last = message.sections[-1] if message.sections else ""
            said = last if isinstance(last, str) else ""
            stream = TranscriptStream(index, said, before=message.text.removesuffix(said))
            self._begin(stream)
            return stream
        return self._stream

    def _begin_thinking(self, index: int, duration_ms: float) -> TranscriptStream:
        """Let a message end with what the model thinks, if it does not yet."""
        anchor = self._scroller.anchor()
        message = self._content.messages[index]
        last = message.sections[-1] if message.sections else None
        said = last.text if isinstance(last, Thinking) else ""
        thinking = Thinking(said, duration_ms, is_running=True)
        if isinstance(last, Thinking):
            number = len(message.insets) - 1
            self._content.insets.set(index, number, thinking)
        else:
            number = self._content.insets.add(index, thinking)
        self._scroller.lay_out(anchor)
        self._scroller.repaint()
        stream = TranscriptStream(index, said, inset=number)
        stream.duration_ms = duration_ms
        self._begin(stream)
        return stream

    def _begin(self, stream: TranscriptStream) -> None:
        """Write from now on; what is said already, if it is much, is read elsewhere before anything follows it."""
        self._stream = stream
        parse = partial(parser_behind, stream.said)
        work = partial(self._reader.work, stream.said, parse, partial(self._on_begun, stream))
        self._reader.when_read(stream.index, work)

    def _on_begun(self, stream: TranscriptStream, parser: StreamingParser) -> None:
        if stream is self._stream and not stream.is_begun:
            self._take_up(stream, parser)
            self._take_portion()

    def _take_up(self, stream: TranscriptStream, parser: StreamingParser) -> None:
        """Go on behind what a parser has read; where that reads otherwise than all in one go, show it so."""
        stream.begin(parser)
        same = 0
        if stream.inset is None:
            self._content.begin_text(stream.index)
            layout = self._content.layout(stream.index)
            shown = [box.block for box in layout.boxes[layout.sections[-1].start :]]
            if shown == parser.blocks:
                return
            same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(shown, parser.blocks, strict=False)))
        self._show_blocks(stream, same)

    def _on_timer_timeout(self) -> None:
        stream = self._stream
        if stream is None:
            return
        if stream.has_backlog:
            self._take_portion()
        elif stream.is_healed:  # In a turn of its own: the last portion of healing takes as long as the others.
            self.finish()
        elif stream.is_finishing:
            stream.heal()
        if not self._timer.isActive() and self._stream is stream and stream.is_finishing:
            self._timer.start(FRAME_MS)

    def _take_portion(self) -> None:
        stream = self._stream
        if stream is None or not stream.is_begun or not stream.has_backlog:
            return
        started = time.perf_counter()
        self._show_blocks(stream, stream.take())
        self._announcer.follow(stream)
        cost_ms = (time.perf_counter() - started) * 1_000
        pause_ms = FRAME_MS if self.is_idle else BACKLOG_FRAME_MS
        self._timer.start(max(pause_ms, round(COST_FACTOR * cost_ms)))

    def _show_blocks(self, stream: TranscriptStream, unchanged: int) -> None:
        blocks: Sequence[Block] = stream.parser.blocks[unchanged:]
        first = self._content.layout(stream.index).sections[-1].start
        if stream.inset is not None:
            thinking = Thinking(stream.parser.text, stream.duration_ms, is_running=True)
            self._content.insets.set(stream.index, stream.inset, thinking)
            if not self._content.insets.is_open(stream.index, stream.inset):
                return
            first += 1
            blocks = as_thought(blocks)
        anchor = self._scroller.anchor()
        row, layout = first + unchanged, self._content.layout(stream.index)
        height, count, side_offset = (
            self._content.height,
            len(layout.boxes),
            self._content.side_offset(stream.index, row),
        )
        changed_from = self._content.set_blocks(stream.index, row, blocks)
        self._selector.clamp(stream.index)
        has_grown_within = len(blocks) == 1 and row + 1 == count
        bottom = None
        if has_grown_within and self._scroller.stands_still(stream.index, height):
            bottom = self._content.height
        else:
            self._scroller.lay_out(anchor)
        if self._content.side_offset(stream.index, row) != side_offset:  # Its bar and where it fades are others.
            changed_from = min(changed_from, layout.block_top(row))
        self.text_changed.emit()
        self._scroller.repaint(self._content.top(stream.index) + changed_from, bottom)
