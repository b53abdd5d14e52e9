"""The person's tools on disk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phidesk.core.errors import ToolNameTaken
from phidesk.core.parts import TextPart
from phidesk.core.tool_spec import (
    AddressAction,
    AskAction,
    BuiltinAction,
    ProgramAction,
    TemplateAction,
    ToolAction,
    ToolSpec,
)
from phidesk.storage.conversations import Conversations
from phidesk.storage.database import Database
from phidesk.storage.tools import ERASED_AFTER, Tools
from tests.storage.conftest import Reader
from tests.storage.saved_database import SETTINGS, Clock, count_ids

GREET = ToolSpec("greet-id", "greet", "Greets.", TemplateAction("Hello {name}"))
OTHER = ToolSpec("other-id", "other", "", AskAction("What?"))


@pytest.fixture
def tools(database: Database) -> Tools:
    return Tools(database, Clock(), count_ids())


def test_tools_stand_in_the_order_of_making(tools: Tools) -> None:
    tools.save(OTHER).result()
    tools.save(GREET).result()
    tools.save(replace(OTHER, description="Asks.")).result()

    assert tools.list().result() == [replace(OTHER, description="Asks."), GREET]


@pytest.mark.parametrize(
    "does",
    [
        BuiltinAction("calculator"),
        TemplateAction("{a} \ud800 ü"),
        ProgramAction(("python3", "it's.py"), "/home/me", 2.5),
        AddressAction("https://box.local/x?a={b}", "POST", (("Accept", "text/plain"),)),
        AskAction(""),
    ],
)
def test_what_a_tool_does_comes_back(tools: Tools, does: ToolAction) -> None:
    tools.save(replace(GREET, does=does)).result()

    expected = TemplateAction("{a} \ufffd ü") if isinstance(does, TemplateAction) else does
    assert tools.list().result()[0].does == expected


def test_each_change_is_a_version_and_no_change_is_none(tools: Tools) -> None:
    changed = replace(GREET, description="Greets kindly.")

    for spec in (GREET, GREET, changed, replace(changed, is_enabled=False), GREET):
        tools.save(spec).result()

    versions = tools.versions(GREET.id).result()
    assert [(it.number, it.spec.description) for it in versions] == [
        (3, "Greets."),
        (2, "Greets kindly."),
        (1, "Greets."),
    ]
    assert versions[0].saved_at > versions[1].saved_at


def test_a_name_is_there_once(tools: Tools) -> None:
    tools.save(GREET).result()

    with pytest.raises(ToolNameTaken) as caught:
        tools.save(replace(OTHER, name="greet")).result()

    assert caught.value.facts() == {"tool": "greet"}
    assert tools.list().result() == [GREET]


def test_new_tools_of_a_file_never_take_the_place_of_others(tools: Tools) -> None:
    tools.save(GREET).result()
    new = [replace(GREET, id="", description="New"), replace(GREET, id=""), replace(OTHER, id="")]

    added = tools.take_in(new).result()

    assert [(it.id, it.name) for it in added] == [("id-1", "greet_2"), ("id-2", "greet_3"), ("id-3", "other")]
    assert tools.list().result() == [GREET, *added]


def test_what_a_tool_of_a_file_replaces_stays_as_a_version_with_what_is_half_typed(tools: Tools) -> None:
    tools.save(GREET).result()
    tools.keep_draft(GREET.id, "half").result()
    better = replace(GREET, description="Greets warmly.")

    tools.take_in([better, replace(OTHER, id="")]).result()

    assert tools.list().result() == [better, replace(OTHER, id="id-1")]
    assert [it.spec for it in tools.versions(GREET.id).result()] == [better, GREET]
    assert tools.drafts().result() == {GREET.id: "half"}


def test_a_deleted_tool_comes_back_as_it_was(tools: Tools) -> None:
    tools.save(GREET).result()
    tools.keep_draft(GREET.id, "half").result()

    tools.delete(GREET.id).result()

    assert (tools.list().result(), tools.drafts().result()) == ([], {})
    tools.bring_back(GREET.id).result()
    assert (tools.list().result(), tools.drafts().result()) == ([GREET], {GREET.id: "half"})


def test_a_deleted_tool_does_not_come_back_beside_another_of_its_name(tools: Tools) -> None:
    tools.save(GREET).result()
    tools.delete(GREET.id).result()
    tools.save(replace(OTHER, name="greet")).result()

    with pytest.raises(ToolNameTaken):
        tools.bring_back(GREET.id).result()

    assert [tool.id for tool in tools.list().result()] == [OTHER.id]


def test_what_was_deleted_long_ago_is_erased_with_all_its_traces(
    database: Database, conversations: Conversations, read: Reader
) -> None:
    settings = replace(SETTINGS, tools=frozenset({GREET.id, OTHER.id}))
    asked = conversations.ask((TextPart("?"),), conversation_id=None, settings=settings).result()
    clock = Clock()
    tools = Tools(database, clock, count_ids())
    for spec in (GREET, OTHER):
        tools.save(spec).result()
        tools.keep_draft(spec.id, "half").result()
    tools.delete(GREET.id).result()
    later = Tools(database, lambda: clock() + ERASED_AFTER, count_ids())

    later.erase_deleted().result()

    left = [read(f"SELECT group_concat(tool_id) FROM {table}") for table in ("tool_versions", "tool_drafts")]
    assert (left, read("SELECT group_concat(id) FROM tools")) == (["other-id", "other-id"], "other-id")
    assert conversations.get(asked.conversation.id).result().settings.tools == {OTHER.id}


def test_saving_ends_the_draft(tools: Tools) -> None:
    tools.keep_draft(GREET.id, "first \ud83d").result()
    tools.keep_draft(GREET.id, "second \ud83d").result()
    assert tools.drafts().result() == {GREET.id: "second \ufffd"}

    tools.save(GREET).result()

    assert tools.drafts().result() == {}


def test_a_draft_can_be_dropped(tools: Tools) -> None:
    tools.keep_draft(GREET.id, "half").result()

    tools.forget_draft(GREET.id).result()

    assert tools.drafts().result() == {}


def test_switching_off_is_no_version(tools: Tools) -> None:
    tools.save(GREET).result()

    tools.set_enabled(GREET.id, is_enabled=False).result()

    assert tools.list().result() == [replace(GREET, is_enabled=False)]
    assert len(tools.versions(GREET.id).result()) == 1
