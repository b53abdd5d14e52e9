"""Where an installed Ollama lies (ollama.md §7), and whether an address is one where we may start it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit

from phidesk.engine.ollama.address import LOOPBACK

CHOSEN_VARIABLE = "PHIDESK_OLLAMA"
"""Names the executable for whoever keeps it somewhere else; NONE means that PhiDesk starts no Ollama."""
NONE = "none"
_POSIX_PLACES = ("/usr/local/bin/ollama", "/usr/bin/ollama", "/opt/homebrew/bin/ollama", "/snap/bin/ollama")
_MAC_APPLICATION = "Applications/Ollama.app/Contents/Resources/ollama"


def find_ollama(
    environment: Mapping[str, str],
    *,
    system: str = sys.platform,
    is_executable: Callable[[str], bool] = lambda path: Path(path).is_file() and os.access(path, os.X_OK),
) -> str | None:
    """Return the path of the executable: the person's own word, then PATH, then where installers put it."""
    chosen = environment.get(CHOSEN_VARIABLE, "")
    if chosen:
        return chosen if is_executable(chosen) else None
    on_path = shutil.which("ollama", path=environment.get("PATH", ""))
    return on_path or next(filter(is_executable, fixed_places(environment, system)), None)


def fixed_places(environment: Mapping[str, str], system: str) -> list[str]:
    """Return where installers put the executable, the likeliest first. `system` as `sys.platform` says it."""
    if system == "win32":
        roots = {"LOCALAPPDATA": "Programs/Ollama/ollama.exe", "ProgramFiles": "Ollama/ollama.exe"}
        return [str(PureWindowsPath(environment[root], place)) for root, place in roots.items() if root in environment]
    home = environment.get("HOME", "")
    places = [str(PurePosixPath(home, ".local/bin/ollama"))] if home else []
    if system == "darwin":
        places += [str(PurePosixPath(root, _MAC_APPLICATION)) for root in ("/", home) if root]
    return [*_POSIX_PLACES, *places]


def may_be_started(address: str, environment: Mapping[str, str]) -> bool:
    """Whether we may start a daemon for this URL: plain HTTP on this computer, nothing in front, and not forbidden."""
    parts = urlsplit(address)
    is_allowed = environment.get(CHOSEN_VARIABLE) != NONE
    return is_allowed and parts.scheme == "http" and parts.hostname == LOOPBACK and not parts.path
