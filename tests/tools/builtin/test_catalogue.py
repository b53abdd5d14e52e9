"""The tools that come with the program: known by their names, cheap to offer, valid."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.core.tools import Risk, ToolCall, ToolDefinition
from phidesk.documents.file_reading import read_file
from phidesk.engine.phi4_mini import render_prompt
from phidesk.engine.protocol import AnswerRequest
from phidesk.engine.tokens import TokenCounter
from phidesk.engine.vocabulary import read_gguf_vocabulary
from phidesk.tools.arguments import read_arguments
from phidesk.tools.builtin.catalogue import builtin_tools
from phidesk.tools.schema_check import read_schema
from phidesk.tools.tool import CallFault, Tool, run_as_asked
from tests.fakes.vocabulary_gguf import write_vocabulary_gguf

MODEL = ModelInfo("phi4-mini:latest", "ollama", is_phi4_mini=True)
MOST_TOKENS = {
    "calculator": 90,
    "dates": 130,
    "convert_units": 90,
    "text_statistics": 80,
    "random_choice": 120,
    "read_file": 70,
    "list_folder": 60,
    "write_note": 80,
}
"""That a definition takes in the prompt of phi4-mini."""


NOW = datetime(2026, 11, 25, 14, 40, tzinfo=UTC)


@pytest.fixture
def tools(tmp_path: Path) -> dict[str, Tool]:
    (tmp_path / "a.txt").write_text("hello", encoding="utf-8")
    made = builtin_tools(
        now=lambda: NOW,
        read_text=lambda path: read_file(path, follows_links=False).text,
        home=tmp_path,
        notes=tmp_path / "notes",
    )
    return {tool.definition.name: tool for tool in made}


@pytest.fixture
def definitions(tools: dict[str, Tool]) -> list[ToolDefinition]:
    return [tool.definition for tool in tools.values()]


def test_names_are_known_and_schemas_valid(definitions: list[ToolDefinition]) -> None:
    assert [definition.name for definition in definitions] == list(MOST_TOKENS)
    for definition in definitions:
        assert read_schema(definition.parameters)["type"] == "object"


def test_each_takes_few_tokens(definitions: list[ToolDefinition], tmp_path: Path) -> None:
    write_vocabulary_gguf(tmp_path / "phi4.gguf")
    vocabulary = read_gguf_vocabulary(tmp_path / "phi4.gguf", "builtin")
    assert vocabulary is not None
    counter = TokenCounter(vocabulary)

    def tokens(*tools: ToolDefinition) -> int:
        return counter.count(render_prompt(AnswerRequest(MODEL, (), tools=tools)))

    costs = {definition.name: tokens(definition) - tokens() for definition in definitions}

    assert {name: cost for name, cost in costs.items() if cost > MOST_TOKENS[name]} == {}, costs
    assert tokens(*definitions) - tokens() <= sum(MOST_TOKENS.values())


@pytest.mark.parametrize(
    ("name", "arguments", "risk", "result"),
    [
        ("calculator", '{"expression": "15% of 240"}', Risk.HARMLESS, '{"result": "36", "exact": true}'),
        ("calculator", "{'Expression': 5, 'digits': 2}", Risk.HARMLESS, '{"result": "5", "exact": true}'),
        ("calculator", '"2+2"', Risk.HARMLESS, '{"result": "4", "exact": true}'),
        ("dates", "", Risk.HARMLESS, '{"date": "2026-11-25", "weekday": "Wednesday", "time": "14:40"'),
        ("dates", '{"date": "today", "until": "24 December", "time_zone": null}', Risk.HARMLESS, '"days": 29'),
        ("convert_units", '{"value": "5", "from": "KM", "to": "miles"}', Risk.HARMLESS, '"about 3.10685596119 mi"'),
        ("text_statistics", '{"text": "strawberry", "find": "r"}', Risk.HARMLESS, '{"find": "r", "count": 3}'),
        ("random_choice", '{"options": "[\\"a\\"]", "count": "1"}', Risk.HARMLESS, '{"result": "a"}'),
        ("read_file", '{"path": "a.txt"}', Risk.READING, '"text": "hello"'),
        ("list_folder", '{"path": "."}', Risk.READING, '"files": ["a.txt"]'),
        ("write_note", '{"name": "b", "text": "hello"}', Risk.CHANGING, '"bytes": 5'),
    ],
)
def test_calls_as_small_models_write_them_are_served(
    tools: dict[str, Tool], name: str, arguments: str, risk: Risk, result: str
) -> None:
    tool = tools[name]

    read = read_arguments(ToolCall(name, arguments), tool.definition)

    assert tool.intent(read).risk is risk
    assert result in run_as_asked(tool, read, tool.intent(read), Cancellation())


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("calculator", "{}", '"expression" is missing. Arguments: expression (a text, required).'),
        ("convert_units", '{"value": "five", "from": "km"}', '"to" is missing.'),
        ("random_choice", '{"options": "red, green"}', '"options" must be a list, not "red, green".'),
        ("read_file", '{"path": "a.txt", "from_line": "first"}', '"from_line" must be a whole number, not "first".'),
    ],
)
def test_other_calls_are_told_what_to_write(tools: dict[str, Tool], name: str, arguments: str, told: str) -> None:
    with pytest.raises(CallFault) as caught:
        read_arguments(ToolCall(name, arguments), tools[name].definition)

    assert told in str(caught.value)
