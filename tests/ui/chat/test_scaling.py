"""On screens whose scale is no whole number, too, what is scrolled looks as if it were painted anew."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "1.75", "2", "3"])
def test_a_scrolled_transcript_has_the_pixels_of_one_painted_anew(scale: str) -> None:
    environment = {**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.ui.chat.scaled_process"]

    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)

    ratio, differences = ended.stdout.split()
    assert float(ratio) == float(scale)
    assert int(differences) == 0
