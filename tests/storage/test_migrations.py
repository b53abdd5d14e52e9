"""Every released schema opens, migrates and is sound; nothing is lost when a step fails."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from phidesk.core.conversation import ConversationSettings
from phidesk.core.errors import DatabaseDamaged, StorageFull
from phidesk.core.permissions import Allowance
from phidesk.core.prompts import PromptLink
from phidesk.storage.conversations import Conversations
from phidesk.storage.database import Database, open_database
from phidesk.storage.mcp_servers import McpServers
from phidesk.storage.measurements import Measurements
from phidesk.storage.message_queue import MessageQueue
from phidesk.storage.migrations import MIGRATIONS
from phidesk.storage.program_state import ProgramState
from phidesk.storage.prompts import Prompts
from phidesk.storage.servers import Servers
from phidesk.storage.tool_records import ToolRecords
from phidesk.storage.tools import Tools
from tests.storage.saved_database import (
    DRAFT,
    DRAFT_WITH_DOCUMENT,
    DRAFT_WITH_FILES,
    EDITS,
    FINGERPRINT,
    FIRST_TOOL,
    FORGETFUL_SETTINGS,
    GREETING,
    LOGGED,
    MCP_SERVER,
    MEASUREMENT,
    NEW_DRAFT,
    PLACE,
    QUESTION_WITH_FILE,
    QUEUE,
    SAVED,
    SERVER,
    SETTINGS,
    STATE,
    TAUGHT,
    TOOL,
    TOOL_DRAFTS,
    TOOL_OFF,
    TUNED_SETTINGS,
    TUTOR,
    USED_TOOLS,
    Clock,
    count_ids,
    fill,
    filled_conversation,
    grown_messages,
)

VERSIONS = range(1, len(MIGRATIONS) + 1)
SINCE_SERVERS = 2
SINCE_MEASUREMENTS = 3
SINCE_BRANCHES = 4
SINCE_FILES = 5
SINCE_OVERFLOW = 6
SINCE_SUMMARIES = 7
SINCE_LINKS = 8
SINCE_EDITS = 10
SINCE_PARAMETERS = 11
SINCE_PROMPTS = 13
SINCE_TOOL_RECORDS = 14
SINCE_TOOLS = 15
SINCE_MCP_SERVERS = 16
SINCE_FINGERPRINTS = 17
SINCE_UNSENT_DOCUMENTS = 18


def add_column(connection: apsw.Connection) -> None:
    connection.execute("ALTER TABLE program_state ADD COLUMN more TEXT")


def fail_half_way(connection: apsw.Connection) -> None:
    add_column(connection)
    raise apsw.FullError("no room")


def version_of(database: Database) -> object:
    return database.run(lambda connection: connection.pragma("user_version")).result()


def schema_of(database: Database) -> Sequence[object]:
    return database.run(
        lambda connection: connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
    ).result()


@pytest.fixture
def filled(path: Path, executor: ThreadPoolExecutor) -> Path:
    """The file of a person who has used the program."""
    database = open_database(path, executor)
    fill(database)
    database.close()
    return path


@pytest.mark.parametrize("version", VERSIONS)
def test_a_saved_database_opens_and_is_sound(path: Path, executor: ThreadPoolExecutor, version: int) -> None:
    path.parent.mkdir()
    shutil.copy(SAVED / f"v{version}.sqlite", path)

    database = open_database(path, executor)

    checks = ("PRAGMA integrity_check", "SELECT count(*) FROM pragma_foreign_key_check")
    found = database.run(lambda connection: [connection.execute(check).get for check in checks]).result()
    assert found == ["ok", 0]
    assert version_of(database) == len(MIGRATIONS)
    database.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_saved_database_says_what_it_said(path: Path, executor: ThreadPoolExecutor, version: int) -> None:
    path.parent.mkdir()
    shutil.copy(SAVED / f"v{version}.sqlite", path)

    database = open_database(path, executor)

    conversations = Conversations(database, Clock(), count_ids())
    expected_tools = USED_TOOLS if version >= SINCE_TOOLS else frozenset()
    assert conversations.get("id-1").result() == filled_conversation(expected_tools)
    assert conversations.draft("id-1").result().text == DRAFT
    assert conversations.draft(None).result().text == NEW_DRAFT
    assert conversations.unsaved_edits.list("id-1").result() == (EDITS if version >= SINCE_EDITS else {})
    assert ProgramState(database).get(STATE[0]).result() == STATE[1]
    servers = Servers(database, Clock(), count_ids()).list().result()
    assert servers == ([SERVER] if version >= SINCE_SERVERS else [])
    measured = Measurements(database).recent(MEASUREMENT.engine, MEASUREMENT.model).result()
    assert measured == ([MEASUREMENT] if version >= SINCE_MEASUREMENTS else [])
    grown = [found.id for found in conversations.list().result() if found.title == "A tree"]
    paths = [conversations.get(conversation_id).result().messages for conversation_id in grown]
    assert paths == ([grown_messages()] if version >= SINCE_BRANCHES else [])
    database.close()


@pytest.mark.parametrize("version", VERSIONS[SINCE_FILES - 1 :])
def test_a_saved_database_keeps_files_and_queues(path: Path, executor: ThreadPoolExecutor, version: int) -> None:
    path.parent.mkdir()
    shutil.copy(SAVED / f"v{version}.sqlite", path)

    database = open_database(path, executor)

    conversations = Conversations(database, Clock(), count_ids())
    (unread,) = (it for it in conversations.list().result() if it.is_unread)
    assert conversations.get(unread.id).result().messages[0].parts == QUESTION_WITH_FILE.parts
    assert MessageQueue(database).list(unread.id).result() == QUEUE
    expected_draft = DRAFT_WITH_DOCUMENT if version >= SINCE_UNSENT_DOCUMENTS else DRAFT_WITH_FILES
    assert conversations.draft(unread.id).result() == expected_draft
    expected = FORGETFUL_SETTINGS if version >= SINCE_OVERFLOW else SETTINGS
    expected = TUNED_SETTINGS if version >= SINCE_PARAMETERS else expected
    assert conversations.get(unread.id).result().settings == expected
    database.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_migrated_database_is_like_a_new_one(
    path: Path, database: Database, executor: ThreadPoolExecutor, version: int
) -> None:
    saved = path.with_name("saved.sqlite")
    shutil.copy(SAVED / f"v{version}.sqlite", saved)

    migrated = open_database(saved, executor)

    assert schema_of(migrated) == schema_of(database)
    migrated.close()


def test_a_new_database_is_not_backed_up(path: Path, database: Database) -> None:
    assert [entry.name for entry in path.parent.glob("*before*")] == []


def test_before_the_first_step_a_checked_copy_is_made(filled: Path, executor: ThreadPoolExecutor) -> None:
    database = open_database(filled, executor, migrations=(*MIGRATIONS, add_column))

    newer = len(MIGRATIONS) + 1
    backup = filled.with_name(f"phidesk.before-v{newer}.sqlite")
    assert version_of(database) == newer
    assert Conversations(database, Clock(), count_ids()).get("id-1").result() == filled_conversation()
    database.close()
    kept = open_database(backup, executor)
    assert version_of(kept) == len(MIGRATIONS)
    assert Conversations(kept, Clock(), count_ids()).get("id-1").result() == filled_conversation()
    kept.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps profiles apart by itself")
def test_the_copy_is_as_private_as_the_file(filled: Path, executor: ThreadPoolExecutor) -> None:
    open_database(filled, executor, migrations=(*MIGRATIONS, add_column)).close()

    modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in filled.parent.iterdir()}

    assert modes == {"phidesk.sqlite": 0o600, f"phidesk.before-v{len(MIGRATIONS) + 1}.sqlite": 0o600}


def test_a_damaged_file_is_not_migrated(filled: Path, executor: ThreadPoolExecutor) -> None:
    content = filled.read_bytes()
    damaged = content[:4096] + b"\xff" * (len(content) - 4096)
    filled.write_bytes(damaged)

    with pytest.raises(DatabaseDamaged):
        open_database(filled, executor, migrations=(*MIGRATIONS, add_column))

    assert filled.read_bytes() == damaged
    assert [entry.name for entry in filled.parent.glob("*before*")] == []


def test_a_step_that_fails_leaves_the_file_as_it_was(filled: Path, executor: ThreadPoolExecutor) -> None:
    with pytest.raises(StorageFull):
        open_database(filled, executor, migrations=(*MIGRATIONS, fail_half_way))

    database = open_database(filled, executor)
    assert version_of(database) == len(MIGRATIONS)
    assert Conversations(database, Clock(), count_ids()).get("id-1").result() == filled_conversation()
    database.close()


def test_a_step_that_failed_can_be_taken_later(filled: Path, executor: ThreadPoolExecutor) -> None:
    with pytest.raises(StorageFull):
        open_database(filled, executor, migrations=(*MIGRATIONS, fail_half_way))

    database = open_database(filled, executor, migrations=(*MIGRATIONS, add_column))

    assert version_of(database) == len(MIGRATIONS) + 1
    database.close()


@pytest.mark.parametrize("version", VERSIONS[SINCE_SUMMARIES - 1 :])
def test_a_saved_database_keeps_summaries(path: Path, executor: ThreadPoolExecutor, version: int) -> None:
    path.parent.mkdir()
    shutil.copy(SAVED / f"v{version}.sqlite", path)

    database = open_database(path, executor)

    conversations = Conversations(database, Clock(), count_ids())
    (covered,) = (it for it in conversations.list().result() if it.title == "Long")
    path_shown = conversations.get(covered.id).result().messages
    assert [message.text for message in path_shown] == ["Long", "", "In short.", "And?", ""]
    assert [message.is_standing_summary for message in path_shown] == [False, False, True, False, False]
    linked = [linked.title for linked in path_shown[2].linked]
    assert linked == (["Longer"] if version >= SINCE_LINKS else [])
    database.close()


@pytest.mark.parametrize("version", VERSIONS[SINCE_PROMPTS - 1 :])
def test_a_saved_database_keeps_the_library(path: Path, executor: ThreadPoolExecutor, version: int) -> None:
    path.parent.mkdir()
    shutil.copy(SAVED / f"v{version}.sqlite", path)

    database = open_database(path, executor)

    greeting, tutor = Prompts(database, Clock(), count_ids()).list().result()
    assert greeting == replace(GREETING, id=greeting.id)
    assert tutor == replace(TUTOR, id=tutor.id, text="Teach {name} well.")
    older = Prompts(database, Clock(), count_ids()).versions(tutor.id).result()[-1]
    assert older.prompt == replace(TUTOR, id=tutor.id)
    conversations = Conversations(database, Clock(), count_ids())
    (taught,) = (it for it in conversations.list().result() if it.title == TAUGHT)
    settings = conversations.get(taught.id).result().settings
    assert settings == ConversationSettings(tutor.text, prompt=PromptLink(tutor.id), variables=(("name", "Ada"),))
    database.close()


@pytest.mark.parametrize("version", VERSIONS[SINCE_TOOL_RECORDS - 1 :])
def test_a_saved_database_keeps_what_tools_may_do_and_did(
    path: Path, executor: ThreadPoolExecutor, version: int
) -> None:
    path.parent.mkdir()
    shutil.copy(SAVED / f"v{version}.sqlite", path)

    database = open_database(path, executor)

    records = ToolRecords(database, Clock(), count_ids())
    kept = [(it.tool, it.place, it.allowance, it.conversation_id) for it in records.permissions().result()]
    assert kept[-2:] == [(*PLACE, Allowance.NEVER, "id-1"), (*PLACE, Allowance.ALWAYS, None)]
    if version >= SINCE_FINGERPRINTS:
        assert [it.fingerprint for it in records.permissions().result()] == [FINGERPRINT, "", ""]
    assert records.logged().result() == [LOGGED]
    database.close()


@pytest.mark.parametrize("version", VERSIONS[SINCE_TOOLS - 1 :])
def test_a_saved_database_keeps_tools(path: Path, executor: ThreadPoolExecutor, version: int) -> None:
    path.parent.mkdir()
    shutil.copy(SAVED / f"v{version}.sqlite", path)

    database = open_database(path, executor)

    tools = Tools(database, Clock(), count_ids())
    assert tools.list().result() == [TOOL, TOOL_OFF]
    assert [it.spec for it in tools.versions(TOOL.id).result()] == [TOOL, FIRST_TOOL]
    assert tools.drafts().result() == TOOL_DRAFTS
    database.close()


@pytest.mark.parametrize("version", VERSIONS[SINCE_MCP_SERVERS - 1 :])
def test_a_saved_database_keeps_servers_of_tools(path: Path, executor: ThreadPoolExecutor, version: int) -> None:
    path.parent.mkdir()
    shutil.copy(SAVED / f"v{version}.sqlite", path)

    database = open_database(path, executor)

    assert McpServers(database, Clock(), count_ids()).list().result() == [MCP_SERVER]
    database.close()
