"""A diagnosis as a document of JSON: for `phidesk doctor --json` and the support bundle."""

from __future__ import annotations

from typing import Any

from phidesk import __version__
from phidesk.chat.diagnosis import Diagnosis, EngineFinding
from phidesk.core.errors import PhiDeskError
from phidesk.core.memory_fit import Room


def diagnosis_document(diagnosis: Diagnosis) -> dict[str, Any]:
    """Write down every finding; `error` is the class that says why nobody would answer."""
    choice, placement, database = diagnosis.choice, diagnosis.placement, diagnosis.database
    return {
        "version": __version__,
        "system": diagnosis.system,
        "engine": choice.engine_name or None,
        "model": choice.model.name if choice.model else None,
        "engines": [_engine_document(finding) for finding in diagnosis.engines],
        "placement": {
            "place": placement.place.value if placement.place else None,
            "cause": placement.cause.value,
            "outside_bytes": placement.outside_bytes,
            "other_model": placement.other_model or None,
        },
        "graphics": [{"name": card.name, **_room_document(card.room)} for card in diagnosis.graphics],
        "memory": _room_document(diagnosis.memory),
        "disk": _room_document(diagnosis.disk),
        "miscount": {
            "counted_tokens": diagnosis.miscount.counted_tokens,
            "prompt_tokens": diagnosis.miscount.prompt_tokens,
        },
        "database": {"size_bytes": database.size_bytes, **_error_document(database.error)},
        "folders": [
            {"use": folder.use.value, "path": str(folder.path), **_error_document(folder.error)}
            for folder in diagnosis.folders
        ],
        "keyring": diagnosis.keyring or None,
        "fonts": {"family": diagnosis.fonts.family, "missing_scripts": list(diagnosis.fonts.missing_scripts)},
        "network": {
            "is_offline": diagnosis.network.is_offline,
            "outside_connections": diagnosis.network.outside_connections,
        },
        **_error_document(choice.error),
    }


def _engine_document(finding: EngineFinding) -> dict[str, Any]:
    state = finding.state
    models = [
        {
            "name": model.name,
            "size_bytes": model.size_bytes,
            "trained_window_tokens": model.trained_window_tokens,
            "quantisation": model.quantisation,
            "capabilities": sorted(model.capabilities),
        }
        for model in finding.models
    ]
    loaded = [
        {
            "name": model.name,
            "window_tokens": model.window_tokens,
            "total_bytes": model.size_bytes,
            "gpu_bytes": model.gpu_bytes,
        }
        for model in finding.loaded
    ]
    return {
        "name": finding.name,
        "status": state.status.value,
        "version": state.version,
        "address": state.address,
        "models": models,
        "loaded": loaded,
        **_error_document(finding.error),
    }


def _error_document(error: PhiDeskError | None) -> dict[str, Any]:
    return {"error": type(error).__name__ if error else None, "facts": error.facts() if error else {}}


def _room_document(room: Room) -> dict[str, int]:
    return {"total_bytes": room.total_bytes, "free_bytes": room.free_bytes}
