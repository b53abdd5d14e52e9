"""How much memory a model will take, and whether a computer has it: before the first byte is fetched.

A forecast, checked against what Ollama really allocated for phi4-mini and a sister of it with two layers: weights + KV
cache + buffers for computing + what the driver of a graphics card keeps for itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from phidesk.core.model_info import CachePrecision, ModelShape

DRIVER_BYTES = 457 * 1024**2
"""The least that Ollama leaves to the driver of a graphics card (its `ml/device.go`)."""
DISK_RESERVE_BYTES = 2_000_000_000
"""A disk with less than this left after a download is nearly full."""

_CACHE_BLOCK = 32
_COMPUTE_POINTS = ((4096, 82), (8192, 172), (32768, 220), (65536, 568))
"""Tokens of the window, MiB of buffers: measured for phi4-mini's widths with flash attention."""
_MASK_BYTES_PER_TOKEN = 2 * 2048
"""Beyond the last point only the attention mask grows: two bytes for each of the 2048 tokens that are read at once."""
_MIB = 1024**2


class Fit(Enum):
    """How well a model suits a computer."""

    FITS = "fits"
    TIGHT = "tight"
    """It fits once other programs give memory back, or it leaves the disk nearly full."""
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"


class Place(Enum):
    """Where a model would run."""

    GRAPHICS = "graphics"
    PARTLY = "partly"
    """What the graphics card does not hold lies in the computer's memory."""
    COMPUTER = "computer"


class Scarcity(Enum):
    """What there is too little of."""

    MEMORY = "memory"
    DISK = "disk"


@dataclass(frozen=True)
class MemoryNeed:
    """What a model takes once it is loaded with one window."""

    weights_bytes: int
    cache_bytes: int
    compute_bytes: int
    driver_bytes: int = DRIVER_BYTES

    @property
    def computer_bytes(self) -> int:
        """All of it in the computer's memory."""
        return self.weights_bytes + self.cache_bytes + self.compute_bytes

    @property
    def graphics_bytes(self) -> int:
        """All of it on a graphics card."""
        return self.computer_bytes + self.driver_bytes


@dataclass(frozen=True)
class RealLoad:
    """What a model really took, all places together, with one window and one kind of cache."""

    window_tokens: int
    total_bytes: int
    precision: CachePrecision = CachePrecision.F16


@dataclass(frozen=True)
class Room:
    """How much there is of something, and how much of it can still be had."""

    total_bytes: int
    free_bytes: int


@dataclass(frozen=True)
class Rooms:
    """What a computer has. None means unknown; no graphics room means also: no graphics card that the engine uses."""

    memory: Room | None = None
    disk: Room | None = None
    graphics: Room | None = None
    is_memory_shared: bool = False
    """Graphics card and processor use the same memory (Apple): the two rooms must not be added."""


@dataclass(frozen=True)
class FitVerdict:
    """Whether a model suits a computer. `needed_bytes` is what it takes at its place; None means unknown."""

    fit: Fit
    place: Place | None = None
    needed_bytes: int | None = None
    scarce: Scarcity | None = None
    """What is missing or nearly used up; None where nothing is."""
    is_disk_known: bool = True
    """Whether the disk was looked at; where not, the verdict is that of the memory alone."""


def cache_bytes(shape: ModelShape, window_tokens: int, precision: CachePrecision = CachePrecision.F16) -> int:
    """Return the size of the KV cache: keys and values of every layer for every token of the window."""
    elements = 2 * shape.layers * shape.kv_heads * shape.head_size * window_tokens
    return -(-elements * precision.value // _CACHE_BLOCK)


def compute_bytes(window_tokens: int) -> int:
    """Return the size of the buffers for computing, read between what was measured."""
    first_window, first_mib = _COMPUTE_POINTS[0]
    if window_tokens <= first_window:
        return first_mib * _MIB
    for (lower, lower_mib), (upper, upper_mib) in pairwise(_COMPUTE_POINTS):
        if window_tokens <= upper:
            part = (window_tokens - lower) * (upper_mib - lower_mib) * _MIB // (upper - lower)
            return lower_mib * _MIB + part
    last_window, last_mib = _COMPUTE_POINTS[-1]
    return last_mib * _MIB + (window_tokens - last_window) * _MASK_BYTES_PER_TOKEN


def forecast(
    weights_bytes: int, shape: ModelShape, window_tokens: int, precision: CachePrecision = CachePrecision.F16
) -> MemoryNeed:
    """Say what a model will take. `weights_bytes` is the size of its file."""
    return MemoryNeed(weights_bytes, cache_bytes(shape, window_tokens, precision), compute_bytes(window_tokens))


def calibrated(
    weights_bytes: int,
    shape: ModelShape,
    window_tokens: int,
    precision: CachePrecision = CachePrecision.F16,
    *,
    load: RealLoad,
) -> MemoryNeed:
    """Say what a model will take, corrected by a real load of it on the same engine.

    The cache is exact. What else was found beside weights and cache are the buffers of that engine; they grow with the
    window as those that were measured, from what they really were. An engine that reports less than the file (it
    leaves out what is only mapped) is believed: the weights are what remains. What the driver keeps is not in a report.
    """
    known = forecast(weights_bytes, shape, load.window_tokens, load.precision)
    new = forecast(weights_bytes, shape, window_tokens, precision)
    buffers = load.total_bytes - known.weights_bytes - known.cache_bytes
    if buffers < 0:
        return replace(new, weights_bytes=max(0, weights_bytes + buffers), compute_bytes=0)
    return replace(new, compute_bytes=new.compute_bytes * buffers // known.compute_bytes)


def judge(need: MemoryNeed | None, rooms: Rooms, *, download_bytes: int | None = 0) -> FitVerdict:
    """Say whether a model suits a computer. `download_bytes` is what is still to be fetched; None means unknown.

    The worse of two verdicts counts: that of the memory and that of the disk. What is not known of the disk leaves the
    other standing.
    """
    in_memory = _judge_memory(need, rooms)
    on_disk = _judge_disk(download_bytes, rooms.disk)
    if on_disk is Fit.UNKNOWN:
        return replace(in_memory, is_disk_known=False)
    if _SEVERITY[on_disk] > _SEVERITY[in_memory.fit]:
        return FitVerdict(on_disk, in_memory.place, in_memory.needed_bytes, Scarcity.DISK)
    return in_memory


_SEVERITY = {Fit.FITS: 0, Fit.TIGHT: 1, Fit.UNKNOWN: 2, Fit.TOO_LARGE: 3}


def _judge_memory(need: MemoryNeed | None, rooms: Rooms) -> FitVerdict:
    if need is None:
        return FitVerdict(Fit.UNKNOWN)
    graphics, memory = rooms.graphics, rooms.memory
    if graphics is not None and need.graphics_bytes <= graphics.free_bytes:
        return FitVerdict(Fit.FITS, Place.GRAPHICS, need.graphics_bytes)
    if graphics is not None and need.graphics_bytes <= graphics.total_bytes:
        return FitVerdict(Fit.TIGHT, Place.GRAPHICS, need.graphics_bytes, Scarcity.MEMORY)
    if memory is None:
        return FitVerdict(Fit.UNKNOWN, None, need.computer_bytes)
    has_card = graphics is not None and not rooms.is_memory_shared
    both = [memory, graphics] if graphics is not None and has_card else [memory]
    place = Place.PARTLY if has_card else Place.COMPUTER
    needed = need.graphics_bytes if has_card else need.computer_bytes
    if needed <= sum(room.free_bytes for room in both):
        return FitVerdict(Fit.FITS, place, needed)
    fit = Fit.TIGHT if needed <= sum(room.total_bytes for room in both) else Fit.TOO_LARGE
    return FitVerdict(fit, place, needed, Scarcity.MEMORY)


def _judge_disk(download_bytes: int | None, disk: Room | None) -> Fit:
    if download_bytes == 0:
        return Fit.FITS
    if disk is None or download_bytes is None:
        return Fit.UNKNOWN
    if download_bytes > disk.free_bytes:
        return Fit.TOO_LARGE
    return Fit.TIGHT if download_bytes + DISK_RESERVE_BYTES > disk.free_bytes else Fit.FITS
