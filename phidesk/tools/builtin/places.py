"""Paths that a model names, as the places that they really are."""

from __future__ import annotations

import sys
from pathlib import Path

from phidesk.tools.tool import CallFault

_LONGEST = 1_000
"""Characters of a path."""
_SYSTEM_PLACES = ("/dev", "/proc", "/sys", "/run") if sys.platform.startswith("linux") else ("/dev",)
"""Where files are devices, or the memory of programs."""


def real_place(text: str, start: Path) -> Path:
    """Return where a path leads, all links followed and all ".." gone; relative ones begin at `start`.

    Whether something is there is not told: nobody has allowed to look.

    Raises:
        CallFault: it can be no path, or leads to devices.
    """
    named = text.strip().removeprefix("file://")
    if not named or len(named) > _LONGEST or "\0" in named:
        raise CallFault("Write the path of a file or folder.")
    if named.startswith(("\\\\", "//")):  # a share of the network
        raise CallFault("Only files of this computer can be read.")
    try:
        place = (start / Path(named).expanduser()).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: no such person's home
        raise CallFault(f'"{named}" is no path that can be followed.') from error
    if any(place.is_relative_to(system) for system in _SYSTEM_PLACES):
        raise CallFault("Devices and files of the system cannot be read.")
    return place
