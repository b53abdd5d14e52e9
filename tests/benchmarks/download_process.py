"""The real window in a process of its own with a heartbeat on its main thread: idle first, then beside a download.

`python -m tests.benchmarks.download_process REGISTRY_URL`; the page of models shows how far it is. Prints two lines of
JSON: by how many milliseconds each beat came late, idle and while it downloaded; then how many seconds that took.
"""

from __future__ import annotations

import json
import os
import sys
import time

from PySide6.QtCore import QObject, QTimer

from phidesk.app import open_window
from phidesk.core.downloads import DownloadChanged, DownloadPhase
from phidesk.core.paths import find_paths
from phidesk.engine.downloads import ModelDownloads
from phidesk.engine.protocol import BUILTIN
from phidesk.engine.registry import RegistryFetcher
from phidesk.services import Services, start_loop
from phidesk.ui.application import make_application
from phidesk.ui.main_thread import MainThread
from phidesk.ui.main_window import MainWindow
from phidesk.ui.theme.theme import Theme
from tests.benchmarks.stall_process import IDLE_MS, SETTLE_MS, Heartbeat

NAME = "large"


class Course(QObject):
    """What happens one after the other."""

    def __init__(self, window: MainWindow, services: Services, downloads: ModelDownloads) -> None:
        super().__init__(window)
        self._window = window
        self._downloads = downloads
        self._heartbeat = Heartbeat(self)
        self._began_s = 0.0
        services.hub.subscribe(DownloadChanged, self._on_download_changed)
        window.completed.connect(self._on_completed)

    def _on_completed(self) -> None:
        self._window.show_page("models")
        QTimer.singleShot(SETTLE_MS, self._begin_idle)

    def _begin_idle(self) -> None:
        self._heartbeat.take()
        QTimer.singleShot(IDLE_MS, self._begin_download)

    def _begin_download(self) -> None:
        _print(self._heartbeat.take())
        self._began_s = time.monotonic()
        self._downloads.start(NAME, BUILTIN)

    def _on_download_changed(self, change: DownloadChanged) -> None:
        if change.download.phase is DownloadPhase.DONE:
            _print(self._heartbeat.take())
            _print(time.monotonic() - self._began_s)
            self._window.close()
        elif change.download.phase is DownloadPhase.FAILED:
            sys.exit(str(change.download.error))


def _print(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Open the window and let the course run."""
    application = make_application(sys.argv)
    theme = Theme(application)
    main_thread = MainThread()
    with Services(find_paths(os.environ), os.environ, main_thread.post) as services:
        services.on_close(main_thread.close)
        window = open_window(theme, services)
        folder = services.models_folder
        fetcher = RegistryFetcher(folder, services.gate, registry=sys.argv[1])
        downloads = ModelDownloads({BUILTIN: fetcher}, folder, services.hub.publish, start_loop)
        services.on_close(downloads.close)
        Course(window, services, downloads)
        application.exec()


if __name__ == "__main__":
    main()
