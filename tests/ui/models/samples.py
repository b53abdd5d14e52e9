"""Models, offers and a computer for the tests of the page, and downloads that obey at once."""

from __future__ import annotations

import builtins
from pathlib import Path

from phidesk.chat.models_overview import InstalledModel, ModelsOverview, Offer
from phidesk.core.downloads import Download, DownloadChanged, DownloadPhase
from phidesk.core.hub import Hub
from phidesk.core.memory_fit import Room, Rooms, judge
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.engine.catalogue import load_catalogue
from phidesk.engine.protocol import BUILTIN, OLLAMA

GB = 1_000_000_000
FOLDER = Path("folder of models")
DISK = Room(500 * GB, 120 * GB)
ROOMS = Rooms(Room(16 * GB, 9 * GB), DISK, Room(8 * GB, 7 * GB))
PHI = ModelInfo(
    "phi4-mini:latest",
    OLLAMA,
    size_bytes=2_491_876_774,
    trained_window_tokens=131_072,
    capabilities=frozenset({"completion", "tools"}),
    parameters="3.8B",
    quantisation="Q4_K_M",
    licence="MIT",
)
PRACTICE = ModelInfo("SmolLM2-135M-Instruct.Q4_1", BUILTIN, size_bytes=98_000_000, quantisation="Q4_1")


def overview(
    *installed: InstalledModel, rooms: Rooms = ROOMS, destination: str = OLLAMA, window_tokens: int = 8192
) -> ModelsOverview:
    """What a look found: these models, and offers for this computer."""
    offers = tuple(
        Offer(model, judge(model.need(window_tokens), rooms, download_bytes=model.size_bytes))
        for model in load_catalogue()
        if not any(model.is_the_same_as(there.info) for there in installed)
    )
    return ModelsOverview(tuple(installed), offers, destination, FOLDER, DISK)


def installed(model: ModelInfo = PHI, *, loaded_bytes: int | None = None, can_delete: bool = True) -> InstalledModel:
    loaded = LoadedModel(model.name, 8192, loaded_bytes, loaded_bytes) if loaded_bytes else None
    freed = model.size_bytes if can_delete else None
    return InstalledModel(model, loaded, can_delete=can_delete, can_export=True, freed_bytes=freed)


class ScriptedDownloads:
    """Keeps downloads in memory and publishes each step, as `ModelDownloads` does. Nothing is fetched."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.downloads: dict[tuple[str, str], Download] = {}

    def start(self, name: str, engine: str) -> None:
        self.tell(Download(name, engine, DownloadPhase.RUNNING, 1 * GB, 2 * GB, 14e6, 110))

    def pause(self, name: str, engine: str) -> None:
        self.tell(Download(name, engine, DownloadPhase.PAUSED, 1 * GB, 2 * GB))

    def resume(self, name: str, engine: str) -> None:
        self.start(name, engine)

    def cancel(self, name: str, engine: str) -> None:
        self.tell(Download(name, engine, DownloadPhase.CANCELLED))

    def list(self) -> builtins.list[Download]:
        return builtins.list(self.downloads.values())

    def tell(self, download: Download) -> None:
        self.downloads[download.engine, download.name] = download
        self._hub.publish(DownloadChanged(download))
