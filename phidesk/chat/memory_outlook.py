"""What a conversation's model takes of this computer's memory, and what it would take with other windows."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from phidesk.chat.engine_choice import EngineChoice, EngineReport, find_loaded
from phidesk.chat.placement import Placement, place_model
from phidesk.chat.request import default_window_tokens
from phidesk.core.context import OFFERED_WINDOWS
from phidesk.core.errors import PhiDeskError
from phidesk.core.expectations import Measurement, known_load, times_slower_when_spilled
from phidesk.core.memory_fit import (
    Fit,
    FitVerdict,
    MemoryNeed,
    RealLoad,
    Room,
    Rooms,
    calibrated,
    forecast,
    judge,
)
from phidesk.core.model_info import CachePrecision, LoadedModel, ModelInfo
from phidesk.core.tasks import Cancelled
from phidesk.engine.connection_log import is_loopback
from phidesk.engine.hardware import GraphicsCard, computer_memory, graphics_cards, graphics_room
from phidesk.engine.protocol import BUILTIN, OLLAMA, Engine, EngineState

logger = logging.getLogger(__name__)

_UNKNOWN = FitVerdict(Fit.UNKNOWN)


@dataclass(frozen=True)
class WindowOutlook:
    """One window: whether it suits this computer, and what loading it costs. None means unknown."""

    window_tokens: int
    verdict: FitVerdict = _UNKNOWN
    need_bytes: int | None = None
    """All places together, without what a driver keeps."""


@dataclass(frozen=True)
class MemoryOutlook:
    """What a look found. None means that nobody tells, or that the engine is on another computer."""

    model: ModelInfo
    usual_window_tokens: int
    """What a conversation gets whose owner chose no window."""
    windows: tuple[WindowOutlook, ...] = ()
    """The offered ones, the smallest first; fewer than two means that there is nothing to choose."""
    loaded: LoadedModel | None = None
    placement: Placement | None = None
    memory: Room | None = None
    graphics: Room | None = None
    is_calibrated: bool = False
    """Whether a real load of this model stands behind the forecasts."""
    times_slower: float | None = None
    """How much slower answers came that the graphics card did not hold wholly; None until this computer has seen it."""
    cache_precision: CachePrecision | None = None
    """How the engine keeps its cache; None where that cannot be chosen."""
    can_free: bool = False
    """Whether the model is in memory and the engine lets us take it out."""

    def at(self, window_tokens: int | None) -> WindowOutlook:
        """Return the offered window that is nearest to this one; None means the usual window."""
        wanted = window_tokens or self.usual_window_tokens
        return min(self.windows, key=lambda window: abs(window.window_tokens - wanted))


def look_at_memory(
    report: EngineReport, engine: Engine, past: Sequence[Measurement], *, cache_precision: CachePrecision
) -> MemoryOutlook | None:
    """Look at the model of the report; None where nobody would answer. Blocks while engine and cards are asked.

    `past` is of this model on this engine; `cache_precision` is what was chosen for the built-in engine.
    """
    model = report.model
    if model is None:
        return None
    state = engine.state()
    is_here = engine.name in {OLLAMA, BUILTIN} and _is_here(state)
    memory = computer_memory()
    outlook = MemoryOutlook(model, default_window_tokens(model, memory.total_bytes))
    if not is_here:
        return replace(outlook, windows=_offered(model))
    everything = _all_loaded(engine)
    loaded = next((each for each in everything if each.name == model.name), None)
    cards = graphics_cards()
    precision = cache_precision if engine.name == BUILTIN else CachePrecision.F16
    load = _real_load(past, model, state, loaded, precision if engine.name == BUILTIN else None)
    rooms = _rooms(engine.name, memory, cards, everything)
    return replace(
        outlook,
        windows=tuple(_outlook(window, model, load, precision, rooms) for window in _offered(model)),
        loaded=loaded,
        placement=place_model(replace(report, loaded=loaded), everything, cards),
        memory=memory,
        graphics=graphics_room(cards),
        is_calibrated=load is not None,
        times_slower=times_slower_when_spilled(past),
        cache_precision=precision if engine.name == BUILTIN else None,
        can_free=loaded is not None,
    )


def with_kind(measurement: Measurement, choice: EngineChoice) -> Measurement:
    """Add which file, which version and which kind of cache took the memory, as far as the engine tells now."""
    if measurement.total_bytes is None:
        return measurement
    try:
        version, loaded = choice.engine.state().version, find_loaded(choice)
    except (PhiDeskError, Cancelled):
        return measurement
    precision = loaded.cache_precision.name if loaded is not None and loaded.cache_precision is not None else ""
    return replace(measurement, model_digest=choice.model.digest, engine_version=version, cache_precision=precision)


def _offered(model: ModelInfo) -> tuple[WindowOutlook, ...]:
    """Offer up to what the model was trained for; that itself too, where nothing offered is as small."""
    trained = model.trained_window_tokens
    if trained is None:
        return ()
    windows = [window for window in OFFERED_WINDOWS if window <= trained] or [trained]
    return tuple(map(WindowOutlook, windows))


def _outlook(
    window: WindowOutlook, model: ModelInfo, load: RealLoad | None, precision: CachePrecision, rooms: Rooms
) -> WindowOutlook:
    need = _need(window.window_tokens, model, load, precision)
    if need is None:
        return window
    return replace(window, verdict=judge(need, rooms), need_bytes=need.computer_bytes)


def _need(window_tokens: int, model: ModelInfo, load: RealLoad | None, precision: CachePrecision) -> MemoryNeed | None:
    if model.size_bytes is None or model.shape is None:
        return None
    if load is None:
        return forecast(model.size_bytes, model.shape, window_tokens, precision)
    return calibrated(model.size_bytes, model.shape, window_tokens, precision, load=load)


def _real_load(
    past: Sequence[Measurement],
    model: ModelInfo,
    state: EngineState,
    loaded: LoadedModel | None,
    precision: CachePrecision | None,
) -> RealLoad | None:
    """Take what is in memory now, else what was."""
    if loaded is not None and loaded.window_tokens and loaded.size_bytes:
        return RealLoad(loaded.window_tokens, loaded.size_bytes, loaded.cache_precision or CachePrecision.F16)
    like = Measurement(
        model.engine,
        model.name,
        model_digest=model.digest,
        engine_version=state.version,
        cache_precision=precision.name if precision is not None else "",
    )
    return known_load(past, like)


def _is_here(state: EngineState) -> bool:
    return not state.address or is_loopback(urlsplit(state.address).hostname or "")


def _all_loaded(engine: Engine) -> list[LoadedModel]:
    try:
        return engine.loaded()
    except PhiDeskError as problem:
        logger.info("what is in memory is not known: %s", problem)
        return []


def _rooms(engine_name: str, memory: Room, cards: Sequence[GraphicsCard], loaded: Sequence[LoadedModel]) -> Rooms:
    """Count what loaded models take as free: the engine gives it back when it loads anew."""
    is_shared = any(card.is_memory_shared for card in cards)
    graphics = graphics_room(cards) if engine_name == OLLAMA or is_shared else None
    on_cards = sum(model.gpu_bytes or 0 for model in loaded)
    beside = sum(max(0, (model.size_bytes or 0) - (model.gpu_bytes or 0)) for model in loaded)
    return Rooms(
        _with_free(memory, beside + on_cards if is_shared else beside),
        graphics=None if graphics is None else _with_free(graphics, on_cards),
        is_memory_shared=is_shared,
    )


def _with_free(room: Room, more_bytes: int) -> Room:
    return Room(room.total_bytes, min(room.total_bytes, room.free_bytes + more_bytes))
