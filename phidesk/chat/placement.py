"""Where the loaded model runs, and why not wholly on a graphics card."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from phidesk.chat.engine_choice import EngineReport
from phidesk.core.memory_fit import Place
from phidesk.core.model_info import LoadedModel
from phidesk.engine.hardware import GraphicsCard, graphics_room
from phidesk.engine.protocol import BUILTIN


class Cause(Enum):
    """Why a model is where it is."""

    FITS = "fits"
    """It has the graphics card to itself."""
    NOT_LOADED = "not_loaded"
    """It is not in memory: the next question loads it."""
    NOT_TOLD = "not_told"
    """The engine does not say."""
    BUILTIN_ENGINE = "builtin_engine"
    """The built-in engine uses the processor on this system."""
    NO_CARD = "no_card"
    """No driver tells of a graphics card."""
    OTHER_MODEL = "other_model"
    """Another model holds graphics memory."""
    TOO_LARGE = "too_large"
    """The graphics card does not hold all of it."""
    NOT_USED = "not_used"
    """There would be room on the card; the engine does not use it."""


@dataclass(frozen=True)
class Placement:
    """Where, and why. `outside_bytes` do not lie on the graphics card; `other_model` names who holds it."""

    place: Place | None
    cause: Cause
    outside_bytes: int = 0
    other_model: str = ""


def place_model(report: EngineReport, loaded: Sequence[LoadedModel], cards: Sequence[GraphicsCard]) -> Placement:
    """Say where the model of the report runs; `loaded` are all models that its engine has in memory."""
    model = report.loaded
    if model is None:
        return Placement(None, Cause.NOT_LOADED)
    if model.size_bytes is None or model.gpu_bytes is None:
        return Placement(None, Cause.NOT_TOLD)
    outside = max(0, model.size_bytes - model.gpu_bytes)
    if not outside:
        return Placement(Place.GRAPHICS, Cause.FITS)
    place = Place.PARTLY if model.gpu_bytes else Place.COMPUTER
    other = next((each.name for each in loaded if each.name != model.name and each.gpu_bytes), "")
    if other:
        return Placement(place, Cause.OTHER_MODEL, outside, other)
    return Placement(place, _cause(report, model, cards), outside)


def _cause(report: EngineReport, model: LoadedModel, cards: Sequence[GraphicsCard]) -> Cause:
    if model.gpu_bytes:
        return Cause.TOO_LARGE
    if report.engine_name == BUILTIN and sys.platform != "darwin":
        return Cause.BUILTIN_ENGINE
    room = graphics_room(cards)
    if room is None:
        return Cause.NO_CARD
    return Cause.TOO_LARGE if (model.size_bytes or 0) > room.total_bytes else Cause.NOT_USED
