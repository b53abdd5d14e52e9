"""Everything between a question and its stored answer, without a window: one engine, one database, one conversation service."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from phidesk.chat.engine_choice import EngineDirectory
from phidesk.chat.service import ChatService
from phidesk.chat.tool_desk import ToolDesk
from phidesk.chat.tool_loop import OfferedTools
from phidesk.chat.turn import AnswerTurn, Ended, TurnEvent
from phidesk.core.answers import AnswerOutcome
from phidesk.core.conversation import ConversationSettings
from phidesk.core.errors import EngineMissing
from phidesk.core.hub import Hub
from phidesk.core.tasks import Cancellation, StartLoop
from phidesk.core.tool_servers import AbsentServer
from phidesk.engine.protocol import Engine, TextDelta
from phidesk.storage.conversations import Asked, Conversations
from phidesk.storage.database import Database, open_database
from phidesk.storage.tool_records import ToolRecords
from phidesk.tools.tool import Tool
from phidesk.ui.messages import Notice, notice_for_outcome

MEMORY_BYTES = 16 * 1024**3
PATIENCE_S = 10.0
"""Whoever waits longer than this for an end that must come, hangs."""
LOOK_S = 0.005


@dataclass
class Followed:
    """One question and what was seen of its answer, as the window would have seen it."""

    turn: AnswerTurn
    outcome: AnswerOutcome | None = None
    events: list[TurnEvent] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """The text that was received."""
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    @property
    def notice(self) -> Notice | None:
        """What the card says; None where nothing needs mending."""
        assert self.outcome is not None
        return notice_for_outcome(self.outcome)

    def follow(self, until: Callable[[], bool], *, patience_s: float = PATIENCE_S) -> None:
        """Take events until something is so, or the end.

        Raises:
            TimeoutError: Neither came: it hangs.
        """
        looks = Cancellation()
        for _ in range(int(patience_s / LOOK_S)):
            for event in self.turn.take_events():
                if isinstance(event, Ended):
                    self.outcome = event.outcome
                elif not isinstance(event, Asked):
                    self.events.append(event)
            if self.outcome is not None or until():
                return
            looks.wait(LOOK_S)
        raise TimeoutError(f"no end within {patience_s} s; so far: {self.events[-3:]}")

    def follow_to_end(self, *, patience_s: float = PATIENCE_S) -> AnswerOutcome:
        """Take every event."""
        self.follow(lambda: False, patience_s=patience_s)
        assert self.outcome is not None
        return self.outcome


class Desk:
    """Asks questions of one engine and reads back what is on disk."""

    def __init__(
        self, service: ChatService, conversations: Conversations, database: Database, tool_records: ToolRecords
    ) -> None:
        self.service = service
        self.conversations = conversations
        self.database = database
        self.tool_records = tool_records

    def begin(self, question: str, settings: ConversationSettings, *, conversation_id: str | None = None) -> Followed:
        """Ask in a new conversation, or in this one."""
        return Followed(self.service.ask(question, conversation_id=conversation_id, settings=settings))

    def ask(self, question: str, settings: ConversationSettings, *, conversation_id: str | None = None) -> Followed:
        """Ask in a new conversation, or in this one, and wait for the end."""
        followed = self.begin(question, settings, conversation_id=conversation_id)
        followed.follow_to_end()
        return followed

    def stored_text(self, followed: Followed) -> str:
        """Return the answer as it is on disk."""
        assert followed.turn.conversation_id is not None
        return self.conversations.get(followed.turn.conversation_id).result().messages[-1].text


@contextmanager
def open_desk(
    folder: Path,
    engine: Engine,
    start_loop: StartLoop,
    *others: Engine,
    tools: Sequence[Tool] = (),
    absent: Sequence[AbsentServer] = (),
) -> Iterator[Desk]:
    """Open a new profile in this folder; `others` answer where the engine does not. Every conversation has the tools.

    `absent` are servers whose tools it should have too.
    """
    numbers = itertools.count(1)
    with ThreadPoolExecutor(1, thread_name_prefix="database") as worker:
        database = open_database(folder / "phidesk.sqlite", worker)
        conversations = Conversations(database, _now, lambda: f"id{next(numbers)}")
        tool_records = ToolRecords(database, _now, lambda: f"record{next(numbers)}")
        offered = OfferedTools({tool.definition.name: tool for tool in tools}, tuple(absent))
        service = ChatService(
            directory=EngineDirectory(lambda: [engine, *others], _no_server),
            conversations=conversations,
            database=database,
            hub=Hub(lambda closure: closure()),
            start_loop=start_loop,
            computer_memory_bytes=lambda: MEMORY_BYTES,
            desk=ToolDesk(lambda _conversation, _ask_person, _cancel: offered, tool_records, _now),
        )
        try:
            yield Desk(service, conversations, database, tool_records)
        finally:
            service.stop_all()
            database.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _no_server(address: str) -> Engine:
    raise EngineMissing(engine=address)
