"""Facts about this computer. psutil and pynvml are imported on first use: the first paint need not wait for them.

What nobody tells is None, never a guess.
"""

from __future__ import annotations

import logging
import platform
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phidesk.core.memory_fit import Room

DRM_FOLDER = Path("/sys/class/drm")
"""Where Linux lists graphics cards."""
APPLE_SHARE = 0.7
"""Of an Apple computer's memory, what Metal gives to models: 65 to 75 %, as the computer decides."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class GraphicsCard:
    """A graphics card whose memory is known. `is_memory_shared`: it uses the computer's own (Apple)."""

    name: str
    room: Room
    is_memory_shared: bool = False


def computer_memory_bytes() -> int:
    """Return the memory that the computer has in all."""
    return computer_memory().total_bytes


def computer_memory() -> Room:
    """Return the computer's memory; free is what programs can get without others being pushed to the disk."""
    import psutil  # noqa: PLC0415 - see the module

    memory = psutil.virtual_memory()
    return Room(int(memory.total), int(memory.available))


def swap_used_bytes() -> int | None:
    """Return how much of the memory lies on the disk."""
    import psutil  # noqa: PLC0415 - see the module

    try:
        return int(psutil.swap_memory().used)
    except (OSError, RuntimeError, psutil.Error) as error:
        logger.info("the use of the swap space is not known: %s", error)
        return None


def is_on_battery() -> bool | None:
    """Whether no mains feed the computer; None also where there is no battery."""
    import psutil  # noqa: PLC0415 - see the module

    read = getattr(psutil, "sensors_battery", None)  # Missing on some systems.
    battery = read() if read is not None else None
    return None if battery is None or battery.power_plugged is None else not battery.power_plugged


def disk_room(folder: Path) -> Room:
    """Return the room on the disk that holds the folder, or will hold it."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    usage = shutil.disk_usage(there)
    return Room(usage.total, usage.free)


def graphics_cards(drm_folder: Path = DRM_FOLDER) -> list[GraphicsCard]:
    """List the cards whose memory can be known: NVIDIA by its driver, AMD on Linux, Apple. Blocks for a moment."""
    return [*_nvidia_cards(), *_amd_cards(drm_folder), *_apple_cards()]


def graphics_room(cards: Sequence[GraphicsCard]) -> Room | None:
    """Add the memory of all cards, as Ollama spreads a model over them; None where none is known."""
    if not cards:
        return None
    return Room(sum(card.room.total_bytes for card in cards), sum(card.room.free_bytes for card in cards))


def _nvidia_cards() -> list[GraphicsCard]:
    try:
        import pynvml  # noqa: PLC0415 - see the module
    except ImportError:
        return []
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:  # No card, or no driver: the usual case.
        logger.debug("no NVIDIA card: %s", error)
        return []
    try:
        cards = []
        for number in range(pynvml.nvmlDeviceGetCount()):
            handle = pynvml.nvmlDeviceGetHandleByIndex(number)
            memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
            cards.append(GraphicsCard(_as_text(pynvml.nvmlDeviceGetName(handle)), Room(memory.total, memory.free)))
    except pynvml.NVMLError as error:
        logger.info("an NVIDIA card does not tell its memory: %s", error)
        return []
    else:
        return cards
    finally:
        pynvml.nvmlShutdown()


def _amd_cards(drm_folder: Path) -> list[GraphicsCard]:
    """Read what the amdgpu driver writes into /sys; other drivers have no such files."""
    cards = []
    for device in sorted(drm_folder.glob("card[0-9]*/device")):
        total = _read_number(device / "mem_info_vram_total")
        used = _read_number(device / "mem_info_vram_used")
        if total is not None and used is not None:
            cards.append(GraphicsCard(_read_text(device / "product_name") or "AMD", Room(total, max(0, total - used))))
    return cards


def _apple_cards() -> list[GraphicsCard]:
    """Apple's processors share the memory: psutil asks the system for it (sysctl `hw.memsize`)."""
    if sys.platform != "darwin" or platform.machine() != "arm64":
        return []
    memory = computer_memory()
    most = int(memory.total_bytes * APPLE_SHARE)
    return [GraphicsCard("Apple", Room(most, min(most, memory.free_bytes)), is_memory_shared=True)]


def _as_text(name: str | bytes) -> str:
    """Older drivers' libraries give bytes."""
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name


def _read_text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def _read_number(path: Path) -> int | None:
    text = _read_text(path)
    return int(text) if text and text.isdecimal() else None
