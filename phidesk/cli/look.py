"""Commands that only look: `phidesk conversations` and `phidesk doctor`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from phidesk.chat.diagnosis_document import diagnosis_document
from phidesk.cli.output import say, write_lines
from phidesk.services import Services
from phidesk.ui.command_line import CommandWords, bundle_note, diagnosis_lines
from phidesk.ui.health.fonts import find_fonts_without_window


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
    """Print what works and what does not, and write the support bundle; exit code 0 if a question could be answered.

    Raises:
        StorageError: the bundle cannot be written.
    """
    doctor = services.make_doctor(find_fonts_without_window())
    diagnosis = doctor.diagnose()
    lines = diagnosis_lines(diagnosis)
    if options.bundle is not None:
        doctor.write_bundle(Path(options.bundle), diagnosis, summary=lines, note=bundle_note())
        say(CommandWords().bundle_written(options.bundle))
    write_lines([json.dumps(diagnosis_document(diagnosis))] if options.json else lines)
    return 0 if diagnosis.choice.error is None else 1
