"""The saved databases of tests/data/databases: `python -m tests.storage.saved_database` adds that of the newest schema.

Run it once when a schema is released. A saved file is never made again: it is what people have.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from phidesk.core.answers import AnswerOutcome, FinishReason, Timings, Usage
from phidesk.core.conversation import Conversation, ConversationSettings, Message, Overflow, Role
from phidesk.core.drafts import Draft, QueuedMessage
from phidesk.core.expectations import Measurement
from phidesk.core.parts import FilePart, TextPart, ThinkingPart
from phidesk.core.permissions import Allowance, LoggedCall
from phidesk.core.prompts import Prompt, PromptDefaults, PromptLink
from phidesk.core.servers import Server
from phidesk.core.tool_servers import ToolServer
from phidesk.core.tool_spec import ProgramAction, TemplateAction, ToolSpec
from phidesk.core.tools import ToolOutcome
from phidesk.storage.answer_writer import AnswerWriter
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

SAVED = Path(__file__).parent.parent / "data" / "databases"
BEGINNING = datetime(2026, 11, 2, 9, 30, 0, 123456, UTC)
SETTINGS = ConversationSettings("Answer briefly.", "builtin", "phi4-mini", 4096, 512, 0.5, 7)
FORGETFUL_SETTINGS = replace(SETTINGS, overflow=Overflow.LET_OLDEST_GO)
TUNED_SETTINGS = replace(
    FORGETFUL_SETTINGS,
    top_p=0.9,
    top_k=40,
    min_p=0.05,
    repeat_penalty=1.1,
    stop_strings=("END", "\n\n"),
    answer_schema='{"type": "object"}',
)
OUTCOME = AnswerOutcome(
    FinishReason.ERROR,
    usage=Usage(21, 9, 16),
    timings=Timings(120.5, 30.25, 88.0, 41.0, 250.0),
    window_tokens=4096,
    gpu_bytes=3_000_000_000,
    total_bytes=5_000_000_000,
    error="EngineDied",
    facts=(("engine", "builtin"), ("detail", ""), ("status", 0), ("address", None)),
)
STATE = ("theme", "dark")
TUTOR = Prompt(
    *("", "Tutor", "Teach {name} {subject}.", "graduation-cap", ("Where do we begin?",)),
    PromptDefaults("builtin", "phi4-mini", 0.3, ("calculator",)),
)
GREETING = Prompt("", "Greeting", "Dear {name},", is_snippet=True)
TAUGHT = "In the library"
"""Title of the conversation that follows the tutor."""
SERVER = Server("id-6", "http://192.168.1.5:8000", "Box")
MEASUREMENT = Measurement(
    *("builtin", "phi4-mini", 4096),
    *(120.5, 30.25, 88.0),
    *(21, 16, 9),
    prompt_characters=80,
    gpu_bytes=3_000_000_000,
    total_bytes=5_000_000_000,
)
DRAFT = "And in winter?"
EDITS = {"id-2": "How warm is it in Ulm?", "id-3": "It is hot."}
NEW_DRAFT = "Grüße 😀"
FILE = FilePart("städte.csv", "text/csv", "Ulm;130000\n")
QUESTION_WITH_FILE = Draft("Which files?", (FILE, FilePart("", "text/plain", "Once upon a time")))
QUEUE = (QueuedMessage(1, Draft("first", (FILE,))), QueuedMessage(2, Draft("second")))
DRAFT_WITH_DOCUMENT = Draft("third", (FILE, replace(FILE, is_document=True)))
DRAFT_WITH_FILES = Draft("third", (FILE, FILE))
"""The same, as it was stored before unsent documents were."""
PLACE = ("read_file", "/home/ada/letters")
SERVED, FINGERPRINT = ("add", "practice"), "5fd0"
LOGGED = LoggedCall(
    BEGINNING, "id-1", *("read_file", '{"path":"a.txt"}', "/home/ada/letters", "Dear Ada"), ToolOutcome.DONE, 12.5
)
FIRST_TOOL = ToolSpec("tool-1", "greet", "Greets.", TemplateAction("Hello"))
TOOL = replace(FIRST_TOOL, does=TemplateAction("Grüße, {name}"), icon="hand")
TOOL_OFF = ToolSpec("tool-2", "count", "Counts.", ProgramAction(("wc", "-l"), "/tmp", 5.0), is_enabled=False)
TOOL_DRAFTS = {"tool-1": "half", "tool-3": "not made yet"}
MCP_SERVER = ToolServer("files", ("npx", "-y", "Grüße"), (("KEY", "secret"),), is_enabled=True, id="mcp-1")
USED_TOOLS = frozenset({"tool-1", "builtin:calculator"})


class Clock:
    """Tells a time that is one second later whenever it is asked."""

    def __init__(self) -> None:
        self._seconds = count()

    def __call__(self) -> datetime:
        return BEGINNING + timedelta(seconds=next(self._seconds))


def count_ids() -> Callable[[], str]:
    """Return a maker of ids: id-1, id-2, …"""
    numbers = count(1)
    return lambda: f"id-{next(numbers)}"


def fill(database: Database) -> None:
    """Store one of everything.

    An ended answer that thought, one that was being written, drafts, edits, state, a server, a measurement, branches,
    files, what a tool may do and did, tools, a server of tools.
    """
    clock, ids = Clock(), count_ids()
    conversations = Conversations(database, clock, ids)
    asked = conversations.ask((TextPart("How warm is it?"),), conversation_id=None, settings=SETTINGS).result()
    writer = AnswerWriter(database, asked.answer)
    writer.set_model("builtin", "phi4-mini")
    writer.append_thinking("Where?")
    writer.append("It is ")
    writer.append("warm.")
    writer.finish(OUTCOME).result()
    conversation_id = asked.conversation.id
    again = conversations.ask((TextPart("Sure?"),), conversation_id=conversation_id, settings=SETTINGS).result()
    AnswerWriter(database, again.answer).append("Ye")
    conversations.save_draft(conversation_id, DRAFT).result()
    for message_id, text in EDITS.items():
        conversations.unsaved_edits.keep(message_id, text).result()
    ProgramState(database).set(*STATE).result()
    Measurements(database).add(MEASUREMENT).result()
    Servers(database, clock, ids).add(SERVER.address, name=SERVER.name).result()
    grow(conversations)
    attach(conversations, MessageQueue(database))
    summarise(database, conversations)
    teach(conversations, Prompts(database, clock, ids))
    conversations.save_draft(None, NEW_DRAFT).result()
    records = ToolRecords(database, clock, ids)
    records.remember(*PLACE, Allowance.ALWAYS).result()
    records.remember(*PLACE, Allowance.NEVER, conversation_id="id-1").result()
    records.remember(*SERVED, Allowance.ALWAYS, fingerprint=FINGERPRINT).result()
    records.log(LOGGED).result()
    equip(Tools(database, clock, ids), conversations, conversation_id)
    McpServers(database, clock, ids).save(MCP_SERVER).result()


def grow(conversations: Conversations) -> None:
    """Store a conversation with versions, the person's own words in an answer, and a deleted question."""
    asked = conversations.ask((TextPart("A tree"),), conversation_id=None, settings=SETTINGS).result()
    conversations.branches.edit_answer(asked.answer, "Leaves.").result()
    below = conversations.ask((TextPart("Gone"),), conversation_id=asked.conversation.id, settings=SETTINGS).result()
    conversations.branches.delete(below.question).result()


def attach(conversations: Conversations, queue: MessageQueue) -> None:
    """Store a question with a file whose answer nobody has seen, a queue, and a draft, both with files; all settings."""
    asked = conversations.ask(QUESTION_WITH_FILE.parts, conversation_id=None, settings=TUNED_SETTINGS).result()
    for queued in QUEUE:
        queue.add(asked.conversation.id, queued.draft).result()
    conversations.save_draft(asked.conversation.id, DRAFT_WITH_DOCUMENT.text, DRAFT_WITH_DOCUMENT.files).result()
    conversations.set_unread(asked.conversation.id, is_unread=True).result()


def summarise(database: Database, conversations: Conversations) -> None:
    """Store a conversation whose first answer is covered by a summary, with a question below it, and one that begins with it."""
    asked = conversations.ask((TextPart("Long"),), conversation_id=None, settings=SETTINGS).result()
    AnswerWriter(database, asked.answer).finish(AnswerOutcome(FinishReason.STOP)).result()
    conversations.ask((TextPart("And?"),), conversation_id=asked.conversation.id, settings=SETTINGS).result()
    summary = conversations.branches.summarise(asked.answer).result()
    writer = AnswerWriter(database, summary.answer)
    writer.append("In short.")
    writer.finish(AnswerOutcome(FinishReason.STOP)).result()
    conversations.branches.continue_from(summary.answer, "Longer").result()


def teach(conversations: Conversations, prompts: Prompts) -> None:
    """Store a library with a version, a snippet, and a conversation that follows an entry."""
    tutor, _ = prompts.add((TUTOR, GREETING)).result()
    prompts.save(replace(tutor, text="Teach {name} well.")).result()
    settings = ConversationSettings("old", prompt=PromptLink(tutor.id), variables=(("name", "Ada"),))
    conversations.ask((TextPart(TAUGHT),), conversation_id=None, settings=settings).result()


def equip(tools: Tools, conversations: Conversations, conversation_id: str) -> None:
    """Store a tool with two versions, one that is switched off, drafts of two, and what a conversation uses."""
    for spec in (FIRST_TOOL, TOOL_OFF, TOOL):
        tools.save(spec).result()
    for tool_id, draft in TOOL_DRAFTS.items():
        tools.keep_draft(tool_id, draft).result()
    conversations.change_settings(conversation_id, replace(SETTINGS, tools=USED_TOOLS)).result()


def filled_conversation(tools: frozenset[str] = USED_TOOLS) -> Conversation:
    """Return the conversation that `fill` stores, as every later version must read it."""
    later = BEGINNING + timedelta(seconds=1)
    thought = (ThinkingPart("Where?"), TextPart("It is warm."))
    messages = (
        Message("id-2", "id-1", None, Role.PERSON, (TextPart("How warm is it?"),), BEGINNING),
        Message("id-3", "id-1", "id-2", Role.MODEL, thought, BEGINNING, "builtin", "phi4-mini", OUTCOME),
        Message("id-4", "id-1", "id-3", Role.PERSON, (TextPart("Sure?"),), later),
        Message("id-5", "id-1", "id-4", Role.MODEL, (TextPart("Ye"),), later),
    )
    return Conversation("id-1", "How warm is it?", BEGINNING, later, replace(SETTINGS, tools=tools), messages)


def grown_messages() -> tuple[Message, ...]:
    """Return the path that `grow` leaves, as every later version must read it."""
    asked_at, edited_at = (BEGINNING + timedelta(seconds=seconds) for seconds in (3, 4))
    edited = AnswerOutcome(FinishReason.EDITED)
    return (
        Message("id-8", "id-7", None, Role.PERSON, (TextPart("A tree"),), asked_at),
        Message(
            *("id-10", "id-7", "id-8", Role.MODEL, (TextPart("Leaves."),), edited_at),
            outcome=edited,
            is_edited=True,
            version=2,
            version_count=2,
        ),
    )


def main() -> None:
    path = SAVED / f"v{len(MIGRATIONS)}.sqlite"
    if path.exists():
        raise SystemExit(f"{path.name} is released and stays as it is")
    with ThreadPoolExecutor(1) as executor:
        database = open_database(path, executor)
        fill(database)
        database.close()


if __name__ == "__main__":
    main()
