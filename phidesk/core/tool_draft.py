"""A tool as it stands in its form: perhaps half typed, and kept so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from phidesk.core.json_text import TextFault
from phidesk.core.tool_exchange import action_value, read_action
from phidesk.core.tool_schema import NO_INPUTS, FieldKind, SchemaField, has_name_mistakes, read_schema, write_schema
from phidesk.core.tool_spec import ActionMistake, TemplateAction, ToolNameMistake, ToolSpec, action_mistake
from phidesk.core.tool_spec import tool_name_mistake as name_mistake


@dataclass(frozen=True)
class DraftMistakes:
    """What keeps a draft from being a tool."""

    name: ToolNameMistake | None = None
    text: TextFault | None = None
    has_input_mistakes: bool = False
    """Names of inputs are missing, or there twice; then the text is that of the inputs before."""
    action: ActionMistake | None = None

    def __bool__(self) -> bool:
        """Whether there is any."""
        return any((self.name, self.text, self.has_input_mistakes, self.action))


@dataclass(frozen=True)
class ToolDraft:
    """What was typed. `spec.parameters` is the text of JSON beside the form, whatever it is; `inputs` is the form."""

    spec: ToolSpec
    inputs: SchemaField = NO_INPUTS

    @property
    def mistakes(self) -> DraftMistakes:
        """Return what has to be mended before it can be saved."""
        return DraftMistakes(
            name_mistake(self.spec.name),
            _fault_of(self.spec.parameters),
            has_name_mistakes(self.inputs),
            action_mistake(self.spec.does),
        )

    def with_inputs(self, inputs: SchemaField) -> ToolDraft:
        """Return it with the form as it is now; the text follows where the form can be written."""
        if has_name_mistakes(inputs):
            return replace(self, inputs=inputs)
        return replace(self, inputs=inputs, spec=replace(self.spec, parameters=write_schema(inputs)))

    def with_text(self, text: str) -> ToolDraft:
        """Return it with the text as it is now; the form follows where the text can be read."""
        spec = replace(self.spec, parameters=text)
        try:
            return replace(self, spec=spec, inputs=read_schema(text))
        except TextFault:
            return replace(self, spec=spec)


def new_draft(tool_id: str) -> ToolDraft:
    """Return an empty one."""
    return ToolDraft(ToolSpec(tool_id, "", "", TemplateAction("")))


def draft_of(spec: ToolSpec) -> ToolDraft:
    """Return a tool as its form shows it."""
    return ToolDraft(spec).with_text(spec.parameters)


def write_draft(draft: ToolDraft) -> str:
    """Return text that `read_draft` understands."""
    spec = draft.spec
    return json.dumps({**asdict(spec), "does": action_value(spec.does), "inputs": asdict(draft.inputs)})


def read_draft(text: str) -> ToolDraft | None:
    """Return what was kept; None where a later version kept it in a way that is not known here."""
    try:
        value = json.loads(text)
        inputs, does = _read_field(value.pop("inputs")), read_action(value.pop("does"))
        return None if does is None else ToolDraft(ToolSpec(does=does, **value), inputs)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _fault_of(text: str) -> TextFault | None:
    try:
        read_schema(text)
    except TextFault as fault:
        return fault
    return None


def _read_field(value: Mapping[str, Any]) -> SchemaField:
    return SchemaField(
        **{
            **value,
            "kind": FieldKind(value["kind"]),
            "choices": tuple(value["choices"]),
            "fields": tuple(map(_read_field, value["fields"])),
            "items": None if value["items"] is None else _read_field(value["items"]),
        }
    )
