"""What is loaded before the window is painted, and what only when it is complete."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.journeys.program import NO_OLLAMA

PATIENCE_S = 120
PROGRAM = "tests.benchmarks.window_start_process"
FORMULAS = """
import sys
from PySide6.QtCore import QEventLoop, QTimer
from tests.journeys.own_window import own_window
NAMES = {"phidesk.richtext.formula.parser", "phidesk.ui.formula.layout"}
with own_window() as window:
    waiting = QEventLoop()
    looking = QTimer()
    looking.timeout.connect(lambda: NAMES <= set(sys.modules) and waiting.quit())
    looking.start(10)
    waiting.exec()
    window.close()
"""
NOT_NEEDED_YET = {
    "hashlib",
    "httpx",
    "keyring",
    "logging.handlers",
    "ollama",
    "regex",
    "phidesk.assembly",
    "phidesk.chat",
    "phidesk.core.answers",
    "phidesk.core.breakdown",
    "phidesk.core.conversation",
    "phidesk.core.parts",
    "phidesk.core.tools",
    "phidesk.documents",
    "phidesk.engine.builtin",
    "phidesk.engine.ollama",
    "phidesk.engine.protocol",
    "phidesk.processes",
    "phidesk.profile",
    "phidesk.storage.conversations",
    "phidesk.tools",
    "phidesk.ui.chat.attachment_chip",
    "phidesk.ui.chat.conversation_page",
    "phidesk.ui.chat.details_panel",
    "phidesk.ui.chat.transcript_style",
    "phidesk.ui.chat.transcript_view",
    "phidesk.ui.health",
    "phidesk.ui.help",
    "phidesk.ui.messages",
    "phidesk.ui.models",
    "phidesk.ui.prompts",
    "phidesk.ui.tools",
    "phidesk.ui.window_wiring",
}
"""Each takes milliseconds: libraries, engines, answers, and what is joined or opened after the paint."""


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


def test_what_shows_formulas_is_loaded_when_the_window_is_complete(tmp_path: Path) -> None:
    environment = {**os.environ, "PHIDESK_HOME": str(tmp_path), "OLLAMA_HOST": NO_OLLAMA, "PHIDESK_OLLAMA": "none"}

    subprocess.run([sys.executable, "-c", FORMULAS], env=environment, timeout=PATIENCE_S, check=True)
