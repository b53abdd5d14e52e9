"""What is loaded before the window is painted: only what the first frame shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PATIENCE_S = 120
PROGRAM = "tests.benchmarks.window_start_process"
NOT_NEEDED_YET = {
    "hashlib",
    "httpx",
    "keyring",
    "ollama",
    "regex",
    "phidesk.assembly",
    "phidesk.chat.doctor",
    "phidesk.engine.builtin.engine",
    "phidesk.engine.counting",
    "phidesk.engine.ollama.client",
    "phidesk.processes",
    "phidesk.ui.chat.details_sheet",
    "phidesk.ui.chat.file_view",
    "phidesk.ui.chat.message_view",
    "phidesk.ui.health.health_page",
    "phidesk.ui.help.help_page",
    "phidesk.ui.models.models_page",
    "phidesk.ui.prompts.prompts_page",
    "phidesk.ui.tools.tools_page",
}
"""Each takes milliseconds: libraries, engines, and what is opened later."""


def test_the_first_paint_waits_for_nothing_that_it_does_not_show(tmp_path: Path) -> None:
    environment = {**os.environ, "PHIDESK_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}

    report = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", PROGRAM],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        timeout=PATIENCE_S,
        check=True,
    ).stderr

    loaded = {line.rsplit("|", 1)[1].strip() for line in report.splitlines() if line.startswith("import time:")}
    assert {"phidesk.app", "phidesk.ui.main_window"} <= loaded
    assert loaded & NOT_NEEDED_YET == set()
