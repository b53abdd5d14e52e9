"""Downloads one model in a process of its own, to be killed: `python -m tests.engine.download_process URL FOLDER`.

Goes on with what an earlier process left, and ends by itself when it is done, with exit code 0.
"""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from phidesk.core.downloads import DownloadChanged, DownloadPhase
from phidesk.engine.downloads import ModelDownloads
from phidesk.engine.network import Gate
from phidesk.engine.protocol import BUILTIN
from phidesk.engine.registry import RegistryFetcher
from phidesk.services import start_loop

NAME = "large"
PART_BYTES = 1_000_000


def main() -> int:
    """Download; return 0 when it is done."""
    registry, folder = sys.argv[1], Path(sys.argv[2])
    ended = threading.Event()
    last: list[DownloadPhase] = []

    def note(change: DownloadChanged) -> None:
        last[:] = [change.download.phase]
        if change.download.phase in {DownloadPhase.DONE, DownloadPhase.FAILED}:
            ended.set()

    fetcher = RegistryFetcher(folder, Gate(lambda: datetime.now(UTC)), registry=registry, part_bytes=PART_BYTES)
    downloads = ModelDownloads({BUILTIN: fetcher}, folder, note, start_loop)
    downloads.start(NAME, BUILTIN)
    ended.wait()
    downloads.close()
    return 0 if last == [DownloadPhase.DONE] else 1


if __name__ == "__main__":
    sys.exit(main())
