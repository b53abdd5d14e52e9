"""Gathers what may make answers slow, and frees the memory that is in the way."""

from __future__ import annotations

from collections.abc import Sequence

from phidesk.chat.memory_outlook import MemoryOutlook
from phidesk.core.expectations import Measurement
from phidesk.core.memory_fit import Fit, Place
from phidesk.core.model_info import LoadedModel
from phidesk.core.slowness import SlownessFacts
from phidesk.engine.hardware import is_on_battery, swap_used_bytes
from phidesk.engine.protocol import OLLAMA, Engine

LONGER_READY_S = 7200
"""So long a model can be kept in memory where that helps; Ollama itself keeps it for five minutes."""


def gather_slowness(
    outlook: MemoryOutlook,
    engine: Engine,
    past: Sequence[Measurement],
    *,
    running_answers: int | None = None,
    keep_ready_s: int | None = None,
) -> SlownessFacts:
    """Ask the engine and this computer; `past` is of this model, the newest first. Blocks.

    Of an engine on another computer only the last answer tells, and how many answers this program awaits of it.
    `keep_ready_s` says how long a model is kept in memory: None as the engine decides, less than 0 for ever.
    """
    last = past[0] if past else Measurement(engine.name, outlook.model.name)
    loaded, memory = outlook.loaded, outlook.memory
    in_memory = engine.loaded() if loaded is not None else None
    is_here = memory is not None
    is_kept_long = keep_ready_s is not None and not 0 <= keep_ready_s < LONGER_READY_S
    return SlownessFacts(
        gpu_share=_gpu_share(outlook),
        window_tokens=loaded.window_tokens if loaded is not None else last.window_tokens,
        fitting_window_tokens=_fitting_window(outlook),
        other_models=_others_on_card(in_memory, outlook.model.name) if in_memory is not None else None,
        has_other_models=any(it.name != outlook.model.name for it in in_memory) if in_memory is not None else None,
        other_programs_bytes=_taken_by_others(outlook, in_memory) if in_memory is not None else None,
        running_answers=running_answers,
        prompt_tokens=last.prompt_tokens,
        cached_tokens=last.cached_tokens,
        reading_ms=last.reading_ms,
        load_ms=last.load_ms,
        swap_bytes=swap_used_bytes() if is_here else None,
        free_share=memory.free_bytes / memory.total_bytes if memory is not None and memory.total_bytes else None,
        is_on_battery=is_on_battery() if is_here else None,
        can_keep_ready=engine.name == OLLAMA and not is_kept_long,
    )


def free_models(engine: Engine) -> None:
    """Take every model out of memory: one that spilled stays where it is until it is loaded anew."""
    names = {loaded.name for loaded in engine.loaded()}
    for model in engine.models():
        if model.name in names:
            engine.unload(model)


def _gpu_share(outlook: MemoryOutlook) -> float | None:
    loaded = outlook.loaded
    if loaded is None or loaded.gpu_bytes is None or not loaded.size_bytes:
        return None
    return min(1.0, loaded.gpu_bytes / loaded.size_bytes)


def _fitting_window(outlook: MemoryOutlook) -> int | None:
    current = outlook.loaded.window_tokens if outlook.loaded is not None else None
    if current is None:
        return None
    fitting = (
        window.window_tokens
        for window in outlook.windows
        if window.window_tokens < current and window.verdict.fit is Fit.FITS and window.verdict.place is Place.GRAPHICS
    )
    return max(fitting, default=None)


def _taken_by_others(outlook: MemoryOutlook, in_memory: Sequence[LoadedModel]) -> int | None:
    if outlook.graphics is None:
        return None
    taken_bytes = outlook.graphics.total_bytes - outlook.graphics.free_bytes
    return max(0, taken_bytes - sum(loaded.gpu_bytes or 0 for loaded in in_memory))


def _others_on_card(in_memory: Sequence[LoadedModel], name: str) -> tuple[str, ...]:
    return tuple(loaded.name for loaded in in_memory if loaded.name != name and loaded.gpu_bytes)
