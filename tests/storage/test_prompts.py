"""The library of prompts on disk, and conversations that take their instructions from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from phidesk.core.conversation import ConversationSettings
from phidesk.core.errors import PromptMissing
from phidesk.core.parts import TextPart
from phidesk.core.prompts import Prompt, PromptDefaults, PromptLink
from phidesk.storage.conversations import Conversations
from phidesk.storage.database import Database
from phidesk.storage.prompts import ERASED_AFTER, Prompts
from tests.storage.conftest import Reader
from tests.storage.saved_database import BEGINNING, GREETING, TUTOR, Clock, count_ids


@pytest.fixture
def prompts(database: Database) -> Prompts:
    return Prompts(database, Clock(), count_ids())


@pytest.fixture
def tutor(prompts: Prompts) -> Prompt:
    (tutor,) = prompts.add([TUTOR]).result()
    return tutor


def later(database: Database, *, by: timedelta) -> Prompts:
    """The library as it is opened at a later time."""
    return Prompts(database, lambda: BEGINNING + by, count_ids())


def begin(conversations: Conversations, settings: ConversationSettings) -> str:
    return conversations.ask((TextPart("Hello"),), conversation_id=None, settings=settings).result().conversation.id


def settings_of(conversations: Conversations, conversation_id: str) -> ConversationSettings:
    return conversations.get(conversation_id).result().settings


def test_entries_are_listed_by_name_as_they_are_now(prompts: Prompts, tutor: Prompt) -> None:
    (greeting,) = prompts.add([GREETING]).result()
    changed = replace(tutor, name="a tutor", icon="cat", starters=(), defaults=PromptDefaults())

    prompts.save(changed).result()

    assert prompts.list().result() == (changed, greeting)


def test_every_change_is_a_version(prompts: Prompts, tutor: Prompt) -> None:
    changed = replace(tutor, text="Teach \ud83d")

    prompts.save(changed).result()

    versions = prompts.versions(tutor.id).result()
    assert [(it.number, it.prompt.text) for it in versions] == [(2, "Teach \ufffd"), (1, tutor.text)]
    assert versions[0].saved_at > versions[1].saved_at


def test_the_changes_of_one_sitting_are_one_version(prompts: Prompts, tutor: Prompt) -> None:
    sitting_began = prompts.versions(tutor.id).result()[0].saved_at + timedelta(milliseconds=1)
    prompts.save(replace(tutor, text="T"), since=sitting_began).result()

    prompts.save(replace(tutor, text="Th"), since=sitting_began).result()

    assert [it.prompt.text for it in prompts.versions(tutor.id).result()] == ["Th", tutor.text]


def test_what_was_begun_in_this_sitting_is_not_a_version_yet(prompts: Prompts, tutor: Prompt) -> None:
    prompts.save(replace(tutor, text="first words"), since=BEGINNING).result()

    assert [it.prompt.text for it in prompts.versions(tutor.id).result()] == ["first words"]


def test_what_is_not_there_cannot_be_saved(prompts: Prompts) -> None:
    with pytest.raises(PromptMissing):
        prompts.save(replace(TUTOR, id="gone")).result()

    assert prompts.versions("gone").result() == ()


def test_a_deleted_entry_comes_back_whole(prompts: Prompts, tutor: Prompt) -> None:
    prompts.delete(tutor.id).result()
    assert prompts.list().result() == ()

    prompts.restore(tutor.id).result()

    assert prompts.list().result() == (tutor,)


def test_shipped_prompts_come_once(prompts: Prompts) -> None:
    prompts.add_shipped({"tutor": TUTOR}).result()
    prompts.delete(prompts.list().result()[0].id).result()

    prompts.add_shipped({"tutor": TUTOR, "greeting": GREETING}).result()
    prompts.add_shipped({"tutor": TUTOR, "greeting": GREETING}).result()

    assert [prompt.name for prompt in prompts.list().result()] == ["Greeting"]


def test_a_conversation_follows_its_entry(prompts: Prompts, conversations: Conversations, tutor: Prompt) -> None:
    conversation_id = begin(conversations, ConversationSettings(tutor.text, prompt=PromptLink(tutor.id)))

    prompts.save(replace(tutor, text="Teach well.")).result()

    assert settings_of(conversations, conversation_id).instructions == "Teach well."


def test_a_detached_conversation_keeps_its_own_text(
    prompts: Prompts, conversations: Conversations, tutor: Prompt
) -> None:
    settings = ConversationSettings("My own.", prompt=PromptLink(tutor.id, is_detached=True))
    conversation_id = begin(conversations, settings)

    prompts.save(replace(tutor, text="Teach well.")).result()

    assert settings_of(conversations, conversation_id) == settings


def test_values_of_variables_are_kept_in_their_order(conversations: Conversations) -> None:
    settings = ConversationSettings("{b} {a}", variables=(("b", "Ö\ud83d"), ("a", "")))

    kept = settings_of(conversations, begin(conversations, settings))

    assert kept.variables == (("b", "Ö\ufffd"), ("a", ""))


def test_a_conversation_keeps_the_text_of_a_deleted_entry(
    prompts: Prompts, conversations: Conversations, database: Database, tutor: Prompt, read: Reader
) -> None:
    conversation_id = begin(conversations, ConversationSettings("old", prompt=PromptLink(tutor.id)))
    prompts.delete(tutor.id).result()
    assert settings_of(conversations, conversation_id).instructions == tutor.text

    later(database, by=ERASED_AFTER + timedelta(days=1)).erase_deleted().result()

    assert settings_of(conversations, conversation_id) == ConversationSettings(tutor.text)
    assert read("SELECT count(*) FROM prompt_versions") == 0


def test_what_was_deleted_lately_is_not_erased(prompts: Prompts, database: Database, tutor: Prompt) -> None:
    prompts.delete(tutor.id).result()

    later(database, by=ERASED_AFTER - timedelta(days=1)).erase_deleted().result()

    prompts.restore(tutor.id).result()
    assert prompts.list().result() == (tutor,)


def test_settings_with_an_entry_that_was_erased_are_saved_without_it(conversations: Conversations) -> None:
    settings = ConversationSettings("Mine.", prompt=PromptLink("erased"))

    conversation_id = begin(conversations, settings)

    assert settings_of(conversations, conversation_id) == ConversationSettings("Mine.")
