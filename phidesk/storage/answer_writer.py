"""One answer on its way to disk, never far behind what was received."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import apsw

from phidesk.core.answers import AnswerOutcome
from phidesk.core.conversation import Message
from phidesk.core.parts import FilePart, NotesPart, Part, TextPart, ThinkingPart
from phidesk.core.tools import ToolCall, ToolResult
from phidesk.storage.conversation_rows import show_path_through
from phidesk.storage.database import Database
from phidesk.storage.message_rows import write_outcome
from phidesk.storage.part_rows import append_pieces, merge_pieces
from phidesk.storage.summary_rows import settle_summary


class AnswerWriter:
    """Writes one answer. Its methods are called from one thread, that of the turn, and return at once.

    The first piece of text asks for a write that happens at most `GATHER_S` later and takes all that has
    gathered; the next piece asks again. So the last piece before a pause is on disk as soon as any other, and a
    fast model costs no more writes than a slow one. A piece is let go only when it is on disk: after a failed
    write the next one takes it.
    """

    def __init__(self, database: Database, answer: Message) -> None:
        """Append to what `answer` already says."""
        self._database = database
        self._message_id = answer.id
        self._conversation_id = answer.conversation_id
        self._engine, self._model = answer.engine, answer.model
        self._lock = threading.Lock()
        self._pieces: list[Part] = []
        self._is_write_due = False
        self._writing_count = 0

    def set_model(self, engine: str, model: str) -> None:
        """Note who answers. Where this cannot be written, `finish` does."""
        self._engine, self._model = engine, model
        self._database.run(lambda connection: _write_model(connection, self._message_id, engine, model))

    def append(self, text: str) -> None:
        """Add to the answer."""
        if text:
            self._gather(TextPart(text))

    def append_thinking(self, text: str) -> None:
        """Add to what the model thinks."""
        if text:
            self._gather(ThinkingPart(text))

    def append_part(self, part: ToolCall | ToolResult | FilePart | NotesPart) -> None:
        """Add what a tool was asked, or gave, or the notes so far, and write it now.

        What a tool did is done: a computer that dies before it is noted would offer to do it again.
        """
        with self._lock:
            self._pieces.append(part)
        self._database.run(self._write).add_done_callback(self._on_written)

    def finish(self, outcome: AnswerOutcome) -> Future[None]:
        """Write what is left and how the answer ended, in one transaction. Nothing is appended after it.

        May be called again where it failed.

        Raises:
            StorageError: in the future; nothing of this is on disk then, and everything still here.
        """
        return self._database.run(lambda connection: self._write_end(connection, outcome))

    def _gather(self, piece: Part) -> None:
        with self._lock:
            self._pieces.append(piece)
            if self._is_write_due:
                return
            self._is_write_due = True
        self._database.run_gathered(self._write).add_done_callback(self._on_written)

    def _write(self, connection: apsw.Connection) -> None:
        with self._lock:
            self._is_write_due = False
            pieces = tuple(self._pieces)
        append_pieces(connection, self._message_id, pieces)
        self._writing_count = len(pieces)

    def _write_end(self, connection: apsw.Connection, outcome: AnswerOutcome) -> None:
        self._write(connection)
        merge_pieces(connection, self._message_id)
        write_outcome(connection, self._message_id, outcome, engine=self._engine, model=self._model)
        if settle_summary(connection, self._message_id):
            show_path_through(connection, self._conversation_id, self._message_id)

    def _on_written(self, future: Future[None]) -> None:
        """Runs before the worker takes its next work, so no later write sees pieces that are on disk."""
        if future.cancelled() or future.exception() is not None:
            return
        with self._lock:
            del self._pieces[: self._writing_count]


def _write_model(connection: apsw.Connection, message_id: str, engine: str, model: str) -> None:
    connection.execute("UPDATE messages SET engine = ?, model = ? WHERE id = ?", (engine, model, message_id))
