"""The shape of a model, from what a GGUF header and Ollama's `model_info` say under the same keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phidesk.core.model_info import ModelShape


def read_shape(values: Mapping[str, Any]) -> ModelShape | None:
    """Return the shape; None where something is missing, or differs from layer to layer."""
    family = values.get("general.architecture")
    layers = values.get(f"{family}.block_count")
    heads = values.get(f"{family}.attention.head_count")
    kv_heads = values.get(f"{family}.attention.head_count_kv", heads)
    width = values.get(f"{family}.embedding_length")
    head_size = values.get(f"{family}.attention.key_length")
    if not head_size and isinstance(width, int) and isinstance(heads, int) and heads:
        head_size = width // heads
    if not (isinstance(layers, int) and isinstance(kv_heads, int) and isinstance(head_size, int)):
        return None
    return ModelShape(layers, kv_heads, head_size)
