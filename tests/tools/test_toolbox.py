"""What a definition describes becomes a tool."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest

from phidesk.core.tasks import Cancellation
from phidesk.core.tool_spec import (
    AddressAction,
    AskAction,
    BuiltinAction,
    ProgramAction,
    TemplateAction,
    ToolAction,
    ToolSpec,
)
from phidesk.engine.address_fetch import AddressAnswer, AddressRequest
from phidesk.processes.sandbox.limits import Enforced
from phidesk.tools.ask_person import PersonQuestion
from phidesk.tools.tool import CallFault
from phidesk.tools.toolbox import Means, make_tool
from tests.processes.sandbox import start_loop

SCHEMA = json.dumps({"type": "object", "properties": {"name": {"type": "string"}}})
SPEC = ToolSpec("id", "mine", "Does.", TemplateAction("T {name}"), SCHEMA)


def answer(question: PersonQuestion, _cancel: Cancellation) -> str | None:
    return None if question.question == "silent" else f"P {question.question} {dict(question.arguments)}"


def fetch(request: AddressRequest, _cancel: Cancellation) -> AddressAnswer:
    return AddressAnswer(200, "text/plain", f"A {request.url}")


MEANS = Means(fetch, answer, start_loop, Enforced())
WITH_BUILTIN = replace(MEANS, builtin={"calculator": make_tool(replace(SPEC, does=TemplateAction("B {name}")), MEANS)})
PYTHON = (sys.executable, "-c", "import sys; print('R', sys.stdin.read())")


@pytest.mark.parametrize(
    ("does", "result"),
    [
        (TemplateAction("T {name}"), "T Ada"),
        (AskAction("Who is {name}?"), "P Who is Ada? {'name': 'Ada'}"),
        (AddressAction("http://x/{name}"), "A http://x/Ada"),
        (ProgramAction(PYTHON), 'R {"name": "Ada"}'),
        (BuiltinAction("calculator"), "B Ada"),
    ],
)
def test_each_action_becomes_a_tool_that_runs(does: ToolAction, result: str) -> None:
    tool = make_tool(replace(SPEC, does=does), WITH_BUILTIN)

    assert tool.definition == SPEC.definition
    assert tool.run({"name": "Ada"}, Cancellation()) == result


def test_a_person_who_does_not_answer_is_a_fault() -> None:
    with pytest.raises(CallFault, match="did not answer"):
        make_tool(replace(SPEC, does=AskAction("silent")), MEANS).run({}, Cancellation())


def test_a_function_of_another_version_is_a_fault() -> None:
    tool = make_tool(replace(SPEC, does=BuiltinAction("telepathy")), WITH_BUILTIN)

    with pytest.raises(CallFault, match="not part of this program"):
        tool.intent({})


def test_a_function_gets_only_what_it_takes() -> None:
    other = replace(SPEC, does=BuiltinAction("calculator"), parameters='{"properties": {"sum": {"type": "string"}}}')
    strict = json.dumps({**json.loads(SCHEMA), "required": ["name"]})
    means = replace(MEANS, builtin={"calculator": make_tool(replace(SPEC, parameters=strict), MEANS)})

    with pytest.raises(CallFault, match="name"):
        make_tool(other, means).run({"sum": "1+1"}, Cancellation())
