"""What is known about a model, and what is known about a loaded one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from phidesk.core.errors import ModelElsewhere
from phidesk.core.tools import ToolFormat

CHAT_CAPABILITY = "completion"
TOOLS_CAPABILITY = "tools"


class CachePrecision(Enum):
    """How exactly the KV cache is kept; the value is bytes per 32 elements."""

    F16 = 64
    Q8_0 = 34
    Q4_0 = 18


@dataclass(frozen=True)
class ModelShape:
    """What decides how much memory a token of the conversation takes."""

    layers: int
    kv_heads: int
    """Heads that have keys and values of their own (grouped-query attention)."""
    head_size: int
    """Elements of one key, and of one value."""


@dataclass(frozen=True)
class ModelInfo:
    """One model that an engine has. Zero, empty and None mean: the engine did not say.

    `is_phi4_mini` is true where the prompt must be rendered by us (design.md §8): architecture phi3 with a
    vocabulary of 200,064 tokens, and no other template of its own.
    """

    name: str
    engine: str
    digest: str = ""
    size_bytes: int | None = None
    trained_window_tokens: int | None = None
    capabilities: frozenset[str] = frozenset()
    architecture: str = ""
    parameters: str = ""
    quantisation: str = ""
    licence: str = ""
    shape: ModelShape | None = None
    is_phi4_mini: bool = False
    is_remote: bool = False
    """Runs on somebody else's computer: never offered, never chosen."""

    @property
    def can_chat(self) -> bool:
        """Whether a conversation with it is possible; unknown capabilities count as yes."""
        return not self.is_remote and (not self.capabilities or CHAT_CAPABILITY in self.capabilities)

    @property
    def tool_format(self) -> ToolFormat:
        """The way in which it calls tools. Of unknown capabilities the protocol's own way is tried."""
        if not self.can_chat:
            return ToolFormat.NONE
        if self.is_phi4_mini:
            return ToolFormat.PHI4_MINI
        knows_tools = not self.capabilities or TOOLS_CAPABILITY in self.capabilities
        return ToolFormat.NATIVE if knows_tools else ToolFormat.GRAMMAR


@dataclass(frozen=True)
class LoadedModel:
    """A model in memory: what the engine allocated. None where the engine cannot tell."""

    name: str
    window_tokens: int | None = None
    size_bytes: int | None = None
    gpu_bytes: int | None = None
    cache_precision: CachePrecision | None = None


def is_remote_name(name: str) -> bool:
    """Whether a name means a model on somebody else's computer, which an Ollama would pass the conversation on to."""
    return name.endswith((":cloud", "-cloud"))


def refuse_remote(model: ModelInfo) -> None:
    """Let no conversation go to a cloud, by way of whatever engine.

    Raises:
        ModelElsewhere: the model is there.
    """
    if model.is_remote or is_remote_name(model.name):
        raise ModelElsewhere(engine=model.engine, model=model.name)


def choose_chat_model(models: list[ModelInfo]) -> ModelInfo | None:
    """Pick the model to talk with when nobody chose one: phi4-mini first, else the first that can chat."""
    chat_models = [model for model in models if model.can_chat]
    return next((model for model in chat_models if model.is_phi4_mini), chat_models[0] if chat_models else None)
