"""What tools may do and did is kept, replaced, forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phidesk.core.conversation import ConversationSettings
from phidesk.core.parts import TextPart
from phidesk.core.permissions import Allowance
from phidesk.storage import tool_records
from phidesk.storage.conversations import Conversations
from phidesk.storage.database import Database
from phidesk.storage.tool_records import ToolRecords
from tests.storage.saved_database import LOGGED, PLACE, Clock, count_ids


@pytest.fixture
def records(database: Database) -> ToolRecords:
    return ToolRecords(database, Clock(), count_ids())


@pytest.fixture
def conversation_id(conversations: Conversations) -> str:
    asked = conversations.ask((TextPart("Hello"),), conversation_id=None, settings=ConversationSettings()).result()
    return asked.conversation.id


def test_a_later_answer_takes_the_place_of_an_earlier_one(records: ToolRecords, conversation_id: str) -> None:
    records.remember(*PLACE, Allowance.ALWAYS).result()
    records.remember(*PLACE, Allowance.CONVERSATION, conversation_id=conversation_id).result()
    records.remember(*PLACE, Allowance.NEVER).result()

    kept = {(it.allowance, it.conversation_id) for it in records.permissions().result()}

    assert kept == {(Allowance.NEVER, None), (Allowance.CONVERSATION, conversation_id)}


def test_a_revoked_permission_is_gone_and_stays_gone(records: ToolRecords) -> None:
    records.remember(*PLACE, Allowance.ALWAYS).result()
    (permission,) = records.permissions().result()

    records.revoke(permission.id).result()
    records.revoke(permission.id).result()

    assert records.permissions().result() == []


def test_the_log_shows_the_newest_first_and_forgets_the_oldest(
    records: ToolRecords, conversation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool_records, "KEPT_CALLS", 3)
    calls = [replace(LOGGED, conversation_id=conversation_id, result=str(number)) for number in range(5)]

    for call in calls:
        records.log(call).result()

    assert records.logged().result() == calls[:1:-1]
    assert records.logged(1).result() == calls[4:]
    records.clear_log().result()
    assert records.logged().result() == []


def test_what_belongs_to_a_conversation_goes_with_it(
    records: ToolRecords, conversation_id: str, database: Database
) -> None:
    records.remember(*PLACE, Allowance.CONVERSATION, conversation_id=conversation_id).result()
    records.log(replace(LOGGED, conversation_id=conversation_id)).result()

    database.run(lambda connection: connection.execute("DELETE FROM conversations")).result()

    assert (records.permissions().result(), records.logged().result()) == ([], [])
