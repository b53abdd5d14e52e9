"""What a look at everything finds: for `phidesk doctor`, and later for the page Health."""

from __future__ import annotations

from dataclasses import dataclass

from phidesk.chat.engine_choice import EngineDirectory, EngineReport
from phidesk.core.errors import PhiDeskError
from phidesk.core.memory_fit import Room
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.core.paths import Paths
from phidesk.engine.hardware import computer_memory, disk_room
from phidesk.engine.protocol import Engine, EngineState


@dataclass(frozen=True)
class EngineFinding:
    """One engine: what it says of itself. `error` tells why models could not be listed."""

    name: str
    state: EngineState
    models: tuple[ModelInfo, ...] = ()
    loaded: tuple[LoadedModel, ...] = ()
    error: PhiDeskError | None = None


@dataclass(frozen=True)
class Diagnosis:
    """Engines, who would answer, and the room that this computer has."""

    engines: tuple[EngineFinding, ...]
    choice: EngineReport
    memory: Room
    disk: Room


def diagnose(directory: EngineDirectory, paths: Paths) -> Diagnosis:
    """Look at everything; blocks for as long as the engines take to say something."""
    return Diagnosis(
        engines=tuple(_look_at(engine) for engine in directory.local_engines),
        choice=directory.report(None, None),
        memory=computer_memory(),
        disk=disk_room(paths.data),
    )


def _look_at(engine: Engine) -> EngineFinding:
    state = engine.state()
    try:
        models = tuple(engine.models()) if state.is_ready else ()
        loaded = tuple(engine.loaded()) if state.is_ready else ()
    except PhiDeskError as error:
        return EngineFinding(engine.name, state, error=error)
    return EngineFinding(engine.name, state, models, loaded)
