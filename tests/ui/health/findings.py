"""A diagnosis in which all is well; tests change what they are about."""

from __future__ import annotations

from pathlib import Path

from phidesk.chat.diagnosis import Diagnosis, EngineFinding, FolderFinding, FolderUse, FontFinding, NetworkFinding
from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.placement import Cause, Placement
from phidesk.core.memory_fit import Place, Room
from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.engine.hardware import GraphicsCard
from phidesk.engine.protocol import BUILTIN, OLLAMA, EngineState, EngineStatus
from phidesk.storage.inspection import DatabaseLook, MiscountLook

GB = 1_000_000_000
HOME = Path("/home/erika/.local/share/PhiDesk")
MODEL = ModelInfo("phi4-mini:latest", OLLAMA, is_phi4_mini=True)
LOADED = LoadedModel("phi4-mini:latest", 8192, 4 * GB, 4 * GB)
GOOD = Diagnosis(
    system="Linux",
    engines=(
        EngineFinding(OLLAMA, EngineState(EngineStatus.READY, "0.30.1", "http://127.0.0.1:11434"), (MODEL,), (LOADED,)),
        EngineFinding(BUILTIN, EngineState(EngineStatus.READY, "2026.10"), (ModelInfo("small", BUILTIN),)),
    ),
    choice=EngineReport(OLLAMA, MODEL, LOADED),
    placement=Placement(Place.GRAPHICS, Cause.FITS),
    graphics=(GraphicsCard("NVIDIA RTX 3060", Room(12 * GB, 8 * GB)),),
    memory=Room(16 * GB, 9 * GB),
    disk=Room(500 * GB, 100 * GB),
    database=DatabaseLook(HOME / "phidesk.sqlite", 12_000_000),
    folders=tuple(FolderFinding(use, HOME / use.value) for use in FolderUse),
    keyring="SecretService Keyring",
    fonts=FontFinding("Noto Sans"),
    network=NetworkFinding(is_offline=False, outside_connections=0),
    miscount=MiscountLook(),
)
