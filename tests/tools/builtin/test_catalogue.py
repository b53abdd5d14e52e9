"""The tools that come with the program: known by their names, cheap to offer, valid."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from phidesk.core.model_info import ModelInfo
from phidesk.core.tools import ToolDefinition
from phidesk.engine.phi4_mini import render_prompt
from phidesk.engine.protocol import AnswerRequest
from phidesk.engine.tokens import TokenCounter
from phidesk.engine.vocabulary import read_gguf_vocabulary
from phidesk.tools.builtin.catalogue import builtin_tools
from phidesk.tools.schema_check import read_schema
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


@pytest.fixture
def definitions(tmp_path: Path) -> list[ToolDefinition]:
    tools = builtin_tools(now=lambda: datetime.now(UTC), read_text=Path.read_text, home=tmp_path, notes=tmp_path)
    return [tool.definition for tool in tools]


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
