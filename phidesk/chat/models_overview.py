"""What a look at all models finds: those that are here, those that can be had, and whether they suit this computer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from phidesk.chat.engine_choice import EngineDirectory
from phidesk.chat.request import usual_window_tokens
from phidesk.core.conversation import DEFAULT_WINDOW_TOKENS
from phidesk.core.errors import PhiDeskError
from phidesk.core.memory_fit import FitVerdict, Room, Rooms, judge
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.engine.catalogue import RecommendedModel
from phidesk.engine.connection_log import is_loopback
from phidesk.engine.hardware import GraphicsCard, computer_memory, disk_room, graphics_cards, graphics_room
from phidesk.engine.protocol import BUILTIN, FROM_OLLAMA, OLLAMA, Engine, EngineState, EngineStatus

if TYPE_CHECKING:
    from phidesk.engine.model_files import ModelFiles

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class InstalledModel:
    """A model that an engine has.

    `can_delete` is false for what came with the program or lies elsewhere, `can_export` for what no file of ours holds.
    """

    info: ModelInfo
    loaded: LoadedModel | None = None
    can_delete: bool = False
    can_export: bool = False
    freed_bytes: int | None = None
    """What deleting it would free; None means unknown."""
    folder: Path | None = None
    """Where it lies; None where that cannot be seen from here."""


@dataclass(frozen=True)
class Offer:
    """A recommended model that the destination does not have, and whether it would suit this computer there."""

    model: RecommendedModel
    verdict: FitVerdict


@dataclass(frozen=True)
class ModelsOverview:
    """Everything that the page Models shows, as it was at one moment."""

    installed: tuple[InstalledModel, ...]
    offers: tuple[Offer, ...]
    destination: str
    """The engine that new models go to: Ollama if it is ready, else the built-in one."""
    folder: Path
    """Of the built-in engine's models."""
    disk: Room | None
    """Of that folder; None where it cannot be reached."""
    is_ollama_missing: bool = False
    """Whether this computer has no Ollama, so that the built-in engine serves alone."""


def look_at_models(
    directory: EngineDirectory,
    catalogue: Sequence[RecommendedModel],
    files: ModelFiles,
    *,
    folder: Path,
    ollama_folder: Path | None,
    cancel: Cancellation | None = None,
) -> ModelsOverview:
    """Ask every engine; blocks for as long as that takes. New models go to `folder`, or to that of Ollama.

    Raises:
        Cancelled: `cancel` was used.
    """
    states = {engine.name: engine.state() for engine in directory.local_engines}
    ready = [engine for engine in directory.known_engines if engine.name not in states or states[engine.name].is_ready]
    installed = [model for engine in ready for model in _installed(engine, files, cancel)]
    destination = OLLAMA if OLLAMA in states and states[OLLAMA].is_ready else BUILTIN
    if destination == OLLAMA:  # It lists its models itself.
        installed = [model for model in installed if not model.info.name.endswith(FROM_OLLAMA)]
    place = ollama_folder if destination == OLLAMA else folder
    rooms = _rooms(destination, states.get(destination), place, [model.loaded for model in installed])
    offers = tuple(_offer(model, rooms) for model in catalogue if not _is_there(model, installed, destination))
    is_missing = OLLAMA in states and states[OLLAMA].status is EngineStatus.ABSENT
    return ModelsOverview(tuple(installed), offers, destination, folder, _disk_room(folder), is_missing)


def _installed(engine: Engine, files: ModelFiles, cancel: Cancellation | None) -> list[InstalledModel]:
    try:
        models = [model for model in engine.models(cancel) if not model.is_remote]
    except PhiDeskError as problem:
        logger.info("not listed: %s", problem)
        return []
    is_ours = engine.name in {OLLAMA, BUILTIN}  # Whoever runs a server decides what is in its memory.
    loaded = _loaded(engine, cancel) if is_ours else {}
    return [_with_files(engine, files, model, loaded.get(model.name)) for model in models]


def _loaded(engine: Engine, cancel: Cancellation | None) -> dict[str, LoadedModel]:
    try:
        return {model.name: model for model in engine.loaded(cancel)}
    except PhiDeskError as problem:
        logger.info("what is in memory is not known: %s", problem)
        return {}


def _with_files(engine: Engine, files: ModelFiles, model: ModelInfo, loaded: LoadedModel | None) -> InstalledModel:
    freed = files.freed_by_deleting(engine, model)
    return InstalledModel(
        model,
        loaded,
        can_delete=engine.name == OLLAMA or freed is not None,
        can_export=engine.name in {OLLAMA, BUILTIN},
        freed_bytes=freed,
        folder=files.folder_of(engine, model),
    )


def _offer(model: RecommendedModel, rooms: Rooms) -> Offer:
    window_tokens = usual_window_tokens(rooms.memory.total_bytes) if rooms.memory else DEFAULT_WINDOW_TOKENS
    return Offer(model, judge(model.need(window_tokens), rooms, download_bytes=model.size_bytes))


def _is_there(model: RecommendedModel, installed: Sequence[InstalledModel], destination: str) -> bool:
    return any(model.is_the_same_as(there.info) for there in installed if there.info.engine == destination)


def _rooms(
    destination: str, state: EngineState | None, place: Path | None, loaded: Sequence[LoadedModel | None]
) -> Rooms:
    """Look what the destination has to use. Nothing is known of a daemon on another computer."""
    if state is not None and state.address and not is_loopback(urlsplit(state.address).hostname or ""):
        return Rooms()
    cards = graphics_cards()
    is_shared = any(card.is_memory_shared for card in cards)
    graphics = _graphics(cards, loaded) if destination == OLLAMA or is_shared else None
    return Rooms(computer_memory(), _disk_room(place), graphics, is_memory_shared=is_shared)


def _graphics(cards: Sequence[GraphicsCard], loaded: Sequence[LoadedModel | None]) -> Room | None:
    """Count what loaded models take as free: an engine makes room for the next one."""
    room = graphics_room(cards)
    if room is None:
        return None
    taken = sum(model.gpu_bytes or 0 for model in loaded if model is not None)
    return Room(room.total_bytes, min(room.total_bytes, room.free_bytes + taken))


def _disk_room(folder: Path | None) -> Room | None:
    try:
        return disk_room(folder) if folder is not None else None
    except OSError as problem:
        logger.info("the room of a disk is not known: %s", problem)
        return None
