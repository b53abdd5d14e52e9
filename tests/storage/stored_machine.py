"""What every state machine over a real database needs: a folder, a worker, a file that is opened again and again."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis.stateful import RuleBasedStateMachine, invariant
from typing_extensions import override

from phidesk.storage.conversation_rows import read_conversation
from phidesk.storage.conversations import Conversations
from phidesk.storage.database import open_database
from tests.storage.saved_database import Clock, count_ids


class StoredMachine(RuleBasedStateMachine):
    """Opens the file, and leaves nothing behind."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.executor = ThreadPoolExecutor(1)
        self.clock, self.new_id = Clock(), count_ids()
        self.open()

    def open(self) -> None:
        """Open the file as a start of the program does."""
        self.database = open_database(Path(self.folder.name) / "phidesk.sqlite", self.executor, gather_s=0)
        self.conversations = Conversations(self.database, self.clock, self.new_id)
        self.onlooker = Conversations(self.database, self.clock, self.new_id)

    @invariant()
    def who_remembers_a_conversation_sees_it_as_it_is(self) -> None:
        """The onlooker reads no other one, so it remembers all that did not change since the step before."""
        ids = sorted(summary.id for summary in self.conversations.list().result())
        if ids:
            seen = self.onlooker.get(ids[0]).result()
            assert seen == self.database.run(lambda connection: read_conversation(connection, ids[0])).result()

    @override
    def teardown(self) -> None:
        self.database.close()
        self.executor.shutdown()
        self.folder.cleanup()
