"""The short list of models that we recommend, from `resources/models.json`; phi4-mini first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from phidesk.core.memory_fit import MemoryNeed, forecast
from phidesk.core.model_info import ModelInfo, ModelShape
from phidesk.core.paths import package_resources
from phidesk.engine.protocol import FROM_OLLAMA


class Purpose(StrEnum):
    """What a model is recommended for; its words stand in `ui/models`."""

    EVERYDAY = "everyday"
    PRECISE = "precise"
    FULL_PRECISION = "full_precision"
    REASONING = "reasoning"
    SMALL = "small"
    SMALLEST = "smallest"


@dataclass(frozen=True)
class RecommendedModel:
    """A model of the registry. None means: not known before it is here.

    `size_bytes` is what is fetched. Sizes in whole 100 MB come from the registry's own page, which rounds.
    """

    name: str
    purpose: Purpose
    parameters: str
    quantisation: str
    licence: str
    size_bytes: int | None = None
    trained_window_tokens: int | None = None
    shape: ModelShape | None = None

    def need(self, window_tokens: int) -> MemoryNeed | None:
        """Say what it will take in memory; None where that is not known. Its window is at most the trained one."""
        if self.size_bytes is None or self.shape is None:
            return None
        return forecast(self.size_bytes, self.shape, min(window_tokens, self.trained_window_tokens or window_tokens))

    def is_the_same_as(self, model: ModelInfo) -> bool:
        """Whether an engine has it already: by its name, as a file named after it, or as any file of phi4-mini."""
        is_phi4_mini = model.is_phi4_mini and self.purpose is Purpose.EVERYDAY
        return is_phi4_mini or normal_name(model.name) == normal_name(self.name)


def load_catalogue(path: Path | None = None) -> list[RecommendedModel]:
    """Read the list; without a path the one that came with the program."""
    document = json.loads((path or package_resources() / "models.json").read_text(encoding="utf-8"))
    return [_read(entry) for entry in document["models"]]


def _read(entry: dict[str, Any]) -> RecommendedModel:
    return RecommendedModel(**{**entry, "purpose": Purpose(entry["purpose"]), "shape": ModelShape(**entry["shape"])})


def normal_name(name: str) -> str:
    """Make the forms of a name alike: "library/phi4-mini:latest", "phi4-mini", and the file "phi4-mini-3.8b-q8_0"."""
    return name.rsplit("/", 1)[-1].removesuffix(FROM_OLLAMA).removesuffix(":latest").replace(":", "-").lower()
