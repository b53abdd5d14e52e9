"""Commands that only look: `phidesk conversations` and `phidesk doctor`."""

from __future__ import annotations

import argparse
import json
from typing import Any

from phidesk import __version__
from phidesk.chat.diagnosis import Diagnosis, EngineFinding, diagnose
from phidesk.cli.output import write_lines
from phidesk.core.errors import PhiDeskError
from phidesk.core.memory_fit import Room
from phidesk.services import Services
from phidesk.ui.command_line import diagnosis_lines


def list_conversations(options: argparse.Namespace, services: Services) -> int:
    """Print id, time and title of every conversation, the newest first."""
    summaries = services.open_profile().conversations.list().result()
    if options.json:
        rows = [{"id": row.id, "title": row.title, "updated_at": row.updated_at.isoformat()} for row in summaries]
        write_lines([json.dumps({"conversations": rows, "error": None, "facts": {}})])
        return 0
    write_lines(f"{row.id}  {row.updated_at.astimezone():%Y-%m-%d %H:%M}  {row.title}" for row in summaries)
    return 0


def show_diagnosis(options: argparse.Namespace, services: Services) -> int:
    """Print what works and what does not; the exit code is 0 if a question could be answered."""
    diagnosis = diagnose(services.directory, services.paths)
    write_lines([json.dumps(_as_document(diagnosis))] if options.json else diagnosis_lines(diagnosis))
    return 0 if diagnosis.choice.error is None else 1


def _as_document(diagnosis: Diagnosis) -> dict[str, Any]:
    choice = diagnosis.choice
    return {
        "version": __version__,
        "engine": choice.engine_name or None,
        "model": choice.model.name if choice.model else None,
        "engines": [_engine_document(finding) for finding in diagnosis.engines],
        "memory": _room_document(diagnosis.memory),
        "disk": _room_document(diagnosis.disk),
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
