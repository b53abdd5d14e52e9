"""Why answers come slowly, as far as facts tell. Pure; what is unknown never becomes a finding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

LONG_READING_MS = 5_000.0
LONG_LOAD_MS = 3_000.0
"""Below these a person hardly notices the wait."""
MUCH_SWAP_BYTES = 1_000_000_000
MUCH_GRAPHICS_BYTES = 1_500_000_000
"""Drivers and the screen take up to one gigabyte on their own."""
SCARCE_SHARE = 0.1
"""Systems keep long unused pages on the disk; that slows down only while so little memory is free."""


class Slowness(Enum):
    """What makes answers slow: the weightiest first, as they are told."""

    SWAPPING = "swapping"
    """Memory is short, and much lies on the disk."""
    OTHER_MODELS = "other_models"
    """Other models hold graphics memory that this one would need."""
    OTHER_PROGRAMS = "other_programs"
    """Other programs hold graphics memory that this model would need."""
    SPILLED = "spilled"
    """The graphics card holds only a part of the model."""
    PROCESSOR = "processor"
    """No part of the model is on a graphics card."""
    LONG_READING = "long_reading"
    """Much was read before the last answer."""
    LONG_LOAD = "long_load"
    """The model was loaded for the last answer."""
    QUEUE = "queue"
    """Several answers are being written at once, and wait for each other."""
    BATTERY = "battery"


class Fix(Enum):
    """What can be done at once."""

    FREE_MODELS = "free_models"
    SMALLER_WINDOW = "smaller_window"
    SUMMARISE = "summarise"
    """Less is read when the older part of the conversation is in short."""
    KEEP_READY = "keep_ready"
    """The model stays in memory longer after its answers."""
    STOP_OTHERS = "stop_others"
    """The answers in other conversations end; their text stays."""


@dataclass(frozen=True)
class SlownessFacts:
    """What is known; None where nobody tells. The figures of the answer are those of the model's last one."""

    gpu_share: float | None = None
    """Part of the loaded model that the graphics card holds, 0 to 1."""
    window_tokens: int | None = None
    fitting_window_tokens: int | None = None
    """The largest smaller window with which the graphics card would hold all."""
    other_models: tuple[str, ...] | None = None
    """Names of those that hold graphics memory too."""
    has_other_models: bool | None = None
    """Whether the engine has others in memory, wherever."""
    other_programs_bytes: int | None = None
    """What is taken of the graphics cards and not by this engine's models, the driver's own part with it."""
    running_answers: int | None = None
    """How many this engine is writing, or has waiting, for this program."""
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    reading_ms: float | None = None
    load_ms: float | None = None
    swap_bytes: int | None = None
    free_share: float | None = None
    """Part of the computer's memory that programs can still get, 0 to 1."""
    is_on_battery: bool | None = None
    can_summarise: bool | None = None
    """Whether the conversation in view has an older part, and nothing is being written in it."""
    can_keep_ready: bool | None = None
    """Whether the engine can be told to keep the model longer than it does."""
    has_other_answers: bool | None = None
    """Whether answers are being written in other conversations."""


@dataclass(frozen=True)
class Finding:
    """One cause, and what mends it at once; None where nothing does."""

    cause: Slowness
    fix: Fix | None = None


def find_slowness(facts: SlownessFacts) -> tuple[Finding, ...]:
    """Name the causes, the weightiest first; empty where nothing is unusual."""
    is_spilled = facts.gpu_share is not None and facts.gpu_share < 1
    smaller = Fix.SMALLER_WINDOW if facts.fitting_window_tokens is not None else None
    found = {
        Slowness.SWAPPING: _is_swapping(facts),
        Slowness.OTHER_MODELS: is_spilled and bool(facts.other_models),
        Slowness.OTHER_PROGRAMS: is_spilled and (facts.other_programs_bytes or 0) >= MUCH_GRAPHICS_BYTES,
        Slowness.SPILLED: is_spilled and facts.gpu_share != 0,
        Slowness.PROCESSOR: facts.gpu_share == 0,
        Slowness.LONG_READING: (facts.reading_ms or 0) >= LONG_READING_MS,
        Slowness.LONG_LOAD: (facts.load_ms or 0) >= LONG_LOAD_MS,
        Slowness.QUEUE: (facts.running_answers or 0) > 1,
        Slowness.BATTERY: facts.is_on_battery is True,
    }
    fixes = {
        Slowness.SWAPPING: Fix.FREE_MODELS if facts.has_other_models else None,
        Slowness.OTHER_MODELS: Fix.FREE_MODELS,
        Slowness.OTHER_PROGRAMS: smaller,
        Slowness.SPILLED: smaller,
        Slowness.PROCESSOR: smaller,
        Slowness.LONG_READING: Fix.SUMMARISE if facts.can_summarise else None,
        Slowness.LONG_LOAD: Fix.KEEP_READY if facts.can_keep_ready else None,
        Slowness.QUEUE: Fix.STOP_OTHERS if facts.has_other_answers else None,
    }
    return tuple(Finding(cause, fixes.get(cause)) for cause in Slowness if found[cause])


def _is_swapping(facts: SlownessFacts) -> bool:
    if facts.swap_bytes is None or facts.free_share is None:
        return False
    return facts.swap_bytes >= MUCH_SWAP_BYTES and facts.free_share < SCARCE_SHARE
