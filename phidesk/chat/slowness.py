"""Gathers what may make answers slow, and frees the memory that is in the way."""

from __future__ import annotations

from collections.abc import Sequence

from phidesk.chat.memory_outlook import MemoryOutlook
from phidesk.core.expectations import Measurement
from phidesk.core.memory_fit import Fit, Place
from phidesk.core.slowness import SlownessFacts
from phidesk.engine.hardware import is_on_battery, swap_used_bytes
from phidesk.engine.protocol import Engine


def gather_slowness(
    outlook: MemoryOutlook, engine: Engine, past: Sequence[Measurement], *, running_answers: int | None = None
) -> SlownessFacts:
    """Ask the engine and this computer; `past` is of this model, the newest first. Blocks.

    Of an engine on another computer only the last answer tells, and how many answers this program awaits of it.
    """
    last = past[0] if past else Measurement(engine.name, outlook.model.name)
    loaded, memory = outlook.loaded, outlook.memory
    is_here = memory is not None
    return SlownessFacts(
        gpu_share=_gpu_share(outlook),
        window_tokens=loaded.window_tokens if loaded is not None else last.window_tokens,
        fitting_window_tokens=_fitting_window(outlook),
        other_models=_others_on_card(engine, outlook.model.name) if loaded is not None else None,
        other_programs_bytes=_taken_by_others(outlook, engine) if loaded is not None else None,
        running_answers=running_answers,
        prompt_tokens=last.prompt_tokens,
        cached_tokens=last.cached_tokens,
        reading_ms=last.reading_ms,
        load_ms=last.load_ms,
        swap_bytes=swap_used_bytes() if is_here else None,
        free_share=memory.free_bytes / memory.total_bytes if memory is not None and memory.total_bytes else None,
        is_on_battery=is_on_battery() if is_here else None,
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


def _taken_by_others(outlook: MemoryOutlook, engine: Engine) -> int | None:
    if outlook.graphics is None:
        return None
    taken_bytes = outlook.graphics.total_bytes - outlook.graphics.free_bytes
    return max(0, taken_bytes - sum(loaded.gpu_bytes or 0 for loaded in engine.loaded()))


def _others_on_card(engine: Engine, name: str) -> tuple[str, ...]:
    return tuple(loaded.name for loaded in engine.loaded() if loaded.name != name and loaded.gpu_bytes)
