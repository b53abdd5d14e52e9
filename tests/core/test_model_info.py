"""What follows from the facts of a model."""

from __future__ import annotations

import pytest

from phidesk.core.model_info import ModelInfo
from phidesk.core.tools import ToolFormat


@pytest.mark.parametrize(
    ("model", "tool_format"),
    [
        (
            ModelInfo("phi4-mini", "ollama", capabilities=frozenset({"completion"}), is_phi4_mini=True),
            ToolFormat.PHI4_MINI,
        ),
        (ModelInfo("qwen3", "ollama", capabilities=frozenset({"completion", "tools"})), ToolFormat.NATIVE),
        (ModelInfo("of a server that tells names only", "http://server"), ToolFormat.NATIVE),
        (ModelInfo("smollm2", "builtin", capabilities=frozenset({"completion"})), ToolFormat.GRAMMAR),
        (ModelInfo("bge", "ollama", capabilities=frozenset({"embedding"})), ToolFormat.NONE),
        (ModelInfo("gpt:cloud", "ollama", capabilities=frozenset({"tools"}), is_remote=True), ToolFormat.NONE),
    ],
    ids=lambda value: value.name,
)
def test_the_way_of_calling_tools_follows_from_what_the_model_can(model: ModelInfo, tool_format: ToolFormat) -> None:
    assert model.tool_format is tool_format
