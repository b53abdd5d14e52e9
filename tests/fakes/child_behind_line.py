"""The real child of the built-in engine, which announces another address than its own: that of a faulty line.

`python -m tests.fakes.child_behind_line LINE FILE`: LINE is the address to announce, FILE takes the real one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

from phidesk.engine.builtin import server_child


def main() -> None:
    line, told = sys.argv[1], Path(sys.argv[2])
    announce = server_child._announce

    def announce_line(announcements: IO[str], announcement: dict[str, str]) -> None:
        if "address" in announcement:
            told.write_text(announcement["address"], encoding="utf-8")
            announcement = {**announcement, "address": line}
        announce(announcements, announcement)

    server_child._announce = announce_line
    server_child.main()


if __name__ == "__main__":
    main()
