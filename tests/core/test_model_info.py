"""What follows from the facts of a model."""

from __future__ import annotations

import pytest

from phidesk.core.errors import ModelElsewhere
from phidesk.core.model_info import ModelInfo, choose_chat_model, refuse_remote
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


@pytest.mark.parametrize(
    "model",
    [
        ModelInfo("gpt:cloud", "ollama"),
        ModelInfo("gpt-oss:20b-cloud", "ollama"),
        ModelInfo("an honest name", "ollama", is_remote=True),
    ],
    ids=lambda model: model.name,
)
def test_nothing_goes_to_a_model_elsewhere(model: ModelInfo) -> None:
    with pytest.raises(ModelElsewhere):
        refuse_remote(model)


def test_a_model_of_this_computer_is_not_refused() -> None:
    refuse_remote(ModelInfo("cloud-writer", "ollama"))


def test_phi4_mini_is_talked_with_first_then_whatever_can_talk() -> None:
    embedding = ModelInfo("bge", "ollama", capabilities=frozenset({"embedding"}))
    other = ModelInfo("qwen3", "ollama", capabilities=frozenset({"completion"}))
    another = ModelInfo("smollm2", "builtin")
    phi4_mini = ModelInfo("phi4-mini", "ollama", is_phi4_mini=True)

    assert choose_chat_model([embedding, other, phi4_mini]) is phi4_mini
    assert choose_chat_model([embedding, other, another]) is other
    assert choose_chat_model([embedding]) is None
