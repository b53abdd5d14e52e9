"""The schema, step by step. Steps are only ever added at the end; a new database takes all of them.

A released step is never changed: databases that took it exist. Each schema has a saved database in
tests/data/databases, made by `python -m tests.storage.saved_database`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import apsw

from phidesk.core.errors import DatabaseDamaged
from phidesk.storage.private_files import make_private_file
from phidesk.storage.transaction import transaction

Migration = Callable[[apsw.Connection], None]

APPLICATION_ID = 0x50684465
"""Marks an SQLite file as ours ("PhDe"), for us and for `file`."""


def m001_conversations(connection: apsw.Connection) -> None:
    """Conversations as trees of messages made of parts, and the program's own state.

    Times are microseconds since 1970, UTC. A message without `finish` is the person's, or an answer being
    written. A part is the concatenation of its pieces: a streamed answer appends pieces and never rewrites
    what is there.
    """
    connection.pragma("application_id", APPLICATION_ID)
    connection.execute("""
        CREATE TABLE conversations (
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            created_at_us INTEGER NOT NULL,
            updated_at_us INTEGER NOT NULL,
            active_leaf TEXT REFERENCES messages (id) ON DELETE SET NULL,
            draft TEXT NOT NULL DEFAULT '',
            instructions TEXT NOT NULL,
            engine TEXT,
            model TEXT,
            window_tokens INTEGER,
            answer_limit_tokens INTEGER,
            temperature REAL,
            seed INTEGER
        ) STRICT;
        CREATE INDEX conversations_by_update ON conversations (updated_at_us);
        CREATE INDEX conversations_by_leaf ON conversations (active_leaf);

        CREATE TABLE messages (
            id TEXT PRIMARY KEY,
            conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            parent_id TEXT,
            role TEXT NOT NULL,
            created_at_us INTEGER NOT NULL,
            engine TEXT,
            model TEXT,
            finish TEXT,
            prompt_tokens INTEGER,
            answer_tokens INTEGER,
            cached_tokens INTEGER,
            load_ms REAL,
            reading_ms REAL,
            writing_ms REAL,
            first_token_ms REAL,
            total_ms REAL,
            window_tokens INTEGER,
            gpu_bytes INTEGER,
            total_bytes INTEGER,
            error TEXT,
            facts TEXT,
            UNIQUE (conversation_id, id),
            FOREIGN KEY (conversation_id, parent_id) REFERENCES messages (conversation_id, id) ON DELETE CASCADE
        ) STRICT;
        CREATE INDEX messages_by_parent ON messages (conversation_id, parent_id);

        CREATE TABLE parts (
            id INTEGER PRIMARY KEY,
            message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            piece INTEGER NOT NULL,
            kind TEXT NOT NULL,
            content TEXT NOT NULL,
            UNIQUE (message_id, position, piece)
        ) STRICT;

        CREATE TABLE program_state (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
    """)


def m002_servers(connection: apsw.Connection) -> None:
    """Servers at an address that the person added. Their keys are in the keyring, never here."""
    connection.execute("""
        CREATE TABLE servers (
            id TEXT PRIMARY KEY,
            address TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            added_at_us INTEGER NOT NULL
        ) STRICT;
    """)


def m003_measurements(connection: apsw.Connection) -> None:
    """What answers took on this computer, for "usually 6 s". Kept when conversations are deleted: there is no text."""
    connection.execute("""
        CREATE TABLE measurements (
            id INTEGER PRIMARY KEY,
            engine TEXT NOT NULL,
            model TEXT NOT NULL,
            window_tokens INTEGER,
            load_ms REAL,
            reading_ms REAL,
            writing_ms REAL,
            prompt_tokens INTEGER,
            cached_tokens INTEGER,
            answer_tokens INTEGER,
            prompt_characters INTEGER NOT NULL,
            gpu_bytes INTEGER,
            total_bytes INTEGER
        ) STRICT;
        CREATE INDEX measurements_by_model ON measurements (engine, model);
    """)


def m004_branches(connection: apsw.Connection) -> None:
    """What acting on messages needs: which branch was shown, whose words they are, what is deleted.

    Of the messages below one, the one with the greatest `chosen` was shown last. A deleted message hides
    everything below it.
    """
    connection.execute("""
        ALTER TABLE messages ADD COLUMN chosen INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE messages ADD COLUMN is_edited INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE messages ADD COLUMN deleted_at_us INTEGER;
        DROP INDEX messages_by_parent;
        CREATE INDEX messages_by_parent ON messages (conversation_id, parent_id, deleted_at_us, chosen);
        CREATE INDEX messages_by_deletion ON messages (deleted_at_us) WHERE deleted_at_us IS NOT NULL;
    """)


def m005_files_and_queue(connection: apsw.Connection) -> None:
    """Files that go along with questions, messages that wait to be sent, answers that nobody has seen.

    Parts that are files have a name and a media type. An unsent file belongs to a queued message, else to the draft
    of its conversation; without either, to the draft of a conversation not begun yet.
    """
    connection.execute("""
        ALTER TABLE parts ADD COLUMN name TEXT;
        ALTER TABLE parts ADD COLUMN media_type TEXT;
        ALTER TABLE conversations ADD COLUMN is_unread INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE queued_messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            text TEXT NOT NULL
        ) STRICT;
        CREATE INDEX queued_messages_by_conversation ON queued_messages (conversation_id);

        CREATE TABLE unsent_files (
            id INTEGER PRIMARY KEY,
            conversation_id TEXT REFERENCES conversations (id) ON DELETE CASCADE,
            queued_id INTEGER REFERENCES queued_messages (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            content TEXT NOT NULL
        ) STRICT;
        CREATE INDEX unsent_files_by_owner ON unsent_files (conversation_id, queued_id);
        CREATE INDEX unsent_files_by_queued_message ON unsent_files (queued_id);
    """)


def m006_overflow(connection: apsw.Connection) -> None:
    """Whether the oldest messages of a conversation may fall out of the window without being asked about."""
    connection.execute("ALTER TABLE conversations ADD COLUMN lets_oldest_go INTEGER NOT NULL DEFAULT 0")


def m007_summaries(connection: apsw.Connection) -> None:
    """Messages that say in short what stands above them.

    What followed the last message that one covers stands below it, once it is written.
    """
    connection.execute("ALTER TABLE messages ADD COLUMN is_summary INTEGER NOT NULL DEFAULT 0")


def m008_linked_conversations(connection: apsw.Connection) -> None:
    """Conversations that begin with a summary of another one: their first message knows whose copy it is."""
    connection.execute("""
        ALTER TABLE messages ADD COLUMN copy_of TEXT REFERENCES messages (id) ON DELETE SET NULL;
        CREATE INDEX messages_by_original ON messages (copy_of) WHERE copy_of IS NOT NULL;
    """)


def m009_real_loads(connection: apsw.Connection) -> None:
    """Which file, which version of the engine and which kind of cache took the memory that was measured."""
    connection.execute("""
        ALTER TABLE measurements ADD COLUMN model_digest TEXT NOT NULL DEFAULT '';
        ALTER TABLE measurements ADD COLUMN engine_version TEXT NOT NULL DEFAULT '';
        ALTER TABLE measurements ADD COLUMN cache_precision TEXT NOT NULL DEFAULT '';
    """)


def m010_unsaved_edits(connection: apsw.Connection) -> None:
    """What was typed over a message and not saved."""
    connection.execute("""
        CREATE TABLE unsaved_edits (
            message_id TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
            text TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
    """)


def m011_generation_parameters(connection: apsw.Connection) -> None:
    """How the words of a conversation's answers are chosen, where they end, and the form that they keep to.

    `stop_strings` is a JSON array.
    """
    connection.execute("""
        ALTER TABLE conversations ADD COLUMN top_p REAL;
        ALTER TABLE conversations ADD COLUMN top_k INTEGER;
        ALTER TABLE conversations ADD COLUMN min_p REAL;
        ALTER TABLE conversations ADD COLUMN repeat_penalty REAL;
        ALTER TABLE conversations ADD COLUMN stop_strings TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE conversations ADD COLUMN answer_schema TEXT NOT NULL DEFAULT '';
    """)


def m012_overflow_choice(connection: apsw.Connection) -> None:
    """What is done when a conversation no longer fits: more than letting the oldest messages go, or not."""
    connection.execute("""
        ALTER TABLE conversations ADD COLUMN overflow TEXT NOT NULL DEFAULT 'ask';
        UPDATE conversations SET overflow = 'let_oldest_go' WHERE lets_oldest_go;
        ALTER TABLE conversations DROP COLUMN lets_oldest_go;
    """)


def m013_prompts(connection: apsw.Connection) -> None:
    """A library of instructions and snippets with all their versions, and what conversations took from it.

    The version with the greatest number is what an entry is. A conversation that is not detached has the text of its
    entry. `starters` and `tools` are JSON arrays, `variables` is a JSON object.
    """
    connection.execute("""
        CREATE TABLE prompts (
            id TEXT PRIMARY KEY,
            is_snippet INTEGER NOT NULL,
            deleted_at_us INTEGER
        ) STRICT;

        CREATE TABLE prompt_versions (
            prompt_id TEXT NOT NULL REFERENCES prompts (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            saved_at_us INTEGER NOT NULL,
            name TEXT NOT NULL,
            icon TEXT NOT NULL,
            text TEXT NOT NULL,
            starters TEXT NOT NULL,
            engine TEXT,
            model TEXT,
            temperature REAL,
            tools TEXT NOT NULL,
            PRIMARY KEY (prompt_id, number)
        ) STRICT;

        ALTER TABLE conversations ADD COLUMN prompt_id TEXT REFERENCES prompts (id) ON DELETE SET NULL;
        ALTER TABLE conversations ADD COLUMN is_detached INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE conversations ADD COLUMN variables TEXT NOT NULL DEFAULT '{}';
        CREATE INDEX conversations_by_prompt ON conversations (prompt_id) WHERE prompt_id IS NOT NULL;
    """)


def m014_tool_records(connection: apsw.Connection) -> None:
    """What tools may do without asking, and what they did. Both go with the conversation that they belong to."""
    connection.execute("""
        CREATE TABLE tool_permissions (
            id TEXT PRIMARY KEY,
            tool TEXT NOT NULL,
            place TEXT NOT NULL,
            allowance TEXT NOT NULL,
            given_at_us INTEGER NOT NULL,
            conversation_id TEXT REFERENCES conversations (id) ON DELETE CASCADE
        ) STRICT;
        CREATE TABLE tool_log (
            id INTEGER PRIMARY KEY,
            called_at_us INTEGER NOT NULL,
            conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            tool TEXT NOT NULL,
            arguments TEXT NOT NULL,
            place TEXT NOT NULL,
            result TEXT NOT NULL,
            outcome TEXT NOT NULL,
            duration_ms REAL NOT NULL
        ) STRICT;
        CREATE INDEX tool_permissions_by_conversation ON tool_permissions (conversation_id);
        CREATE INDEX tool_log_by_conversation ON tool_log (conversation_id);
    """)


def m015_tools(connection: apsw.Connection) -> None:
    """Tools of the person, with every version of them; what is half typed about one; which a conversation uses.

    The newest version is the tool. `action` is JSON (`core/tool_exchange.py`). A draft may be of a tool not made yet,
    and a conversation may use tools that came with the program: those ids are nowhere else.
    """
    connection.execute("""
        CREATE TABLE tools (
            id TEXT PRIMARY KEY,
            is_enabled INTEGER NOT NULL,
            made_at_us INTEGER NOT NULL,
            deleted_at_us INTEGER
        ) STRICT;

        CREATE TABLE tool_versions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tool_id TEXT NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            action TEXT NOT NULL,
            parameters TEXT NOT NULL,
            icon TEXT NOT NULL,
            saved_at_us INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX tool_versions_by_tool ON tool_versions (tool_id);

        CREATE TABLE tool_drafts (
            tool_id TEXT PRIMARY KEY,
            draft TEXT NOT NULL
        ) STRICT;

        CREATE TABLE conversation_tools (
            conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            tool_id TEXT NOT NULL,
            PRIMARY KEY (conversation_id, tool_id)
        ) STRICT, WITHOUT ROWID;
    """)


def m016_mcp_servers(connection: apsw.Connection) -> None:
    """Servers of tools (MCP). `arguments` is a JSON list, `environment` a JSON object with values that may be keys."""
    connection.execute("""
        CREATE TABLE mcp_servers (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            program TEXT NOT NULL,
            arguments TEXT NOT NULL,
            environment TEXT NOT NULL,
            is_enabled INTEGER NOT NULL DEFAULT 0,
            added_at_us INTEGER NOT NULL
        ) STRICT;
    """)


def m017_tool_fingerprints(connection: apsw.Connection) -> None:
    """What a server said of a tool when it was allowed, as a digest; empty for tools that are of no server."""
    connection.execute("ALTER TABLE tool_permissions ADD COLUMN fingerprint TEXT NOT NULL DEFAULT ''")


def m018_unsent_documents(connection: apsw.Connection) -> None:
    """An unsent file may be one of which each question is only sent passages."""
    connection.execute("ALTER TABLE unsent_files ADD COLUMN is_document INTEGER NOT NULL DEFAULT 0")


MIGRATIONS: tuple[Migration, ...] = (
    m001_conversations,
    m002_servers,
    m003_measurements,
    m004_branches,
    m005_files_and_queue,
    m006_overflow,
    m007_summaries,
    m008_linked_conversations,
    m009_real_loads,
    m010_unsaved_edits,
    m011_generation_parameters,
    m012_overflow_choice,
    m013_prompts,
    m014_tool_records,
    m015_tools,
    m016_mcp_servers,
    m017_tool_fingerprints,
    m018_unsent_documents,
)


def migrate(connection: apsw.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Take every step that the file has not taken, each in one transaction. A file with content is copied first.

    Foreign keys must be off: steps may rebuild tables.

    Raises:
        DatabaseDamaged: the copy does not pass SQLite's own check.
        apsw.Error: as SQLite said it.
    """
    version: int = connection.pragma("user_version")
    if 0 < version < len(migrations):
        _back_up(connection, path.with_name(f"{path.stem}.before-v{version + 1}{path.suffix}"), version)
    for number, migration in enumerate(migrations[version:], start=version + 1):
        with transaction(connection):
            migration(connection)
            connection.pragma("user_version", number)


def _back_up(connection: apsw.Connection, backup: Path, version: int) -> None:
    """Write a whole copy, its WAL included, and give it its name only when it has been read and found sound."""
    unchecked = backup.with_name(backup.name + ".part")
    unchecked.unlink(missing_ok=True)
    make_private_file(unchecked)
    try:
        connection.execute("VACUUM INTO ?", (str(unchecked),))
        _check(unchecked, version)
    except BaseException:
        unchecked.unlink()
        raise
    unchecked.replace(backup)


def _check(copy: Path, version: int) -> None:
    connection = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        found = connection.execute("PRAGMA integrity_check").get, connection.pragma("user_version")
    finally:
        connection.close()
    if found != ("ok", version):
        raise DatabaseDamaged(copy, detail=f"backup: {found}")
