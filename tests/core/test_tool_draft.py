"""Form and text of a tool follow each other, and what is half typed survives."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given

from phidesk.core.json_text import JsonMistake
from phidesk.core.tool_draft import ToolDraft, draft_of, new_draft, read_draft, write_draft
from phidesk.core.tool_schema import FieldKind, SchemaField
from phidesk.core.tool_spec import AddressAction, ToolNameMistake, ToolSpec
from tests.core.test_tool_schema import forms

SPEC = ToolSpec("id", "weather", "Tells.", AddressAction("https://box.local"), '{"properties": {"a": {}}}', "sun")


@given(forms)
def test_a_draft_comes_back_as_it_was_typed(form: SchemaField) -> None:
    draft = ToolDraft(replace(SPEC, parameters='{"broken', is_enabled=False), form)

    assert read_draft(write_draft(draft)) == draft


def test_what_a_later_version_kept_is_nothing_here() -> None:
    assert read_draft("{}") is None
    assert read_draft("[]") is None
    assert read_draft("draft") is None


def test_the_text_follows_the_form() -> None:
    draft = draft_of(SPEC)

    changed = draft.with_inputs(replace(draft.inputs, fields=(SchemaField("b", FieldKind.NUMBER),)))

    assert json.loads(changed.spec.parameters) == {"properties": {"b": {"type": "number"}}}
    assert not changed.mistakes


def test_the_text_waits_while_the_form_cannot_be_written() -> None:
    draft = draft_of(SPEC)

    changed = draft.with_inputs(replace(draft.inputs, fields=(SchemaField(""),)))

    assert changed.spec.parameters == SPEC.parameters
    assert changed.mistakes.has_input_mistakes


def test_the_form_follows_the_text() -> None:
    draft = draft_of(SPEC).with_text('{"properties": {"c": {"type": "boolean"}}}')

    assert draft.inputs.fields == (SchemaField("c", FieldKind.YES_NO),)


def test_the_form_waits_while_the_text_cannot_be_read() -> None:
    draft = draft_of(SPEC).with_text('{"properties": ')

    assert [field.name for field in draft.inputs.fields] == ["a"]
    assert draft.mistakes.text is not None
    assert draft.mistakes.text.mistake is JsonMistake.BRACKET_OPEN


def test_a_new_tool_lacks_a_name() -> None:
    assert new_draft("id").mistakes.name is ToolNameMistake.EMPTY
