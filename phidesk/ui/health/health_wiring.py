"""Joins the page Health with the services: wishes become work, facts become what is seen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from phidesk.chat.diagnosis import Diagnosis
from phidesk.chat.doctor import Doctor
from phidesk.chat.engine_choice import EngineDirectory
from phidesk.core.errors import PhiDeskError
from phidesk.core.hub import Hub
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import TaskRunner
from phidesk.engine.connection_log import ConnectionRecord
from phidesk.engine.network import Gate
from phidesk.storage.program_state import OFF, OFFLINE, ON, ProgramState
from phidesk.ui.health.finding_words import Remedy, RemedyButton, bundle_note, diagnosis_lines
from phidesk.ui.health.health_page import HealthPage
from phidesk.ui.messages import notice_for_error
from phidesk.ui.sidebar.pages import MODELS_PAGE

REFRESH_MS = 300
"""Connections come in bursts; the list follows this much later."""

logger = logging.getLogger(__name__)


class HealthWiring(QObject):
    """Lives as long as its page, on the main thread."""

    page_requested = Signal(str)
    """The person wants the page of this name."""

    def __init__(
        self,
        page: HealthPage,
        *,
        doctor: Doctor,
        directory: EngineDirectory,
        gate: Gate,
        state: ProgramState,
        wanted_engine: Callable[[], tuple[str | None, str | None]],
        tasks: TaskRunner,
        hub: Hub,
    ) -> None:
        super().__init__(page)
        self._page = page
        self._doctor = doctor
        self._directory = directory
        self._gate = gate
        self._state = state
        self._wanted_engine = wanted_engine
        self._tasks = tasks
        self._is_looking = False
        self._is_closed = False
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(REFRESH_MS)
        self._forget_connections = hub.subscribe(ConnectionRecord, self._on_connection_changed)
        self._connect()

    def look(self) -> None:
        """Look at everything now, unless somebody is looking."""
        if self._is_looking or self._is_closed:
            return
        self._is_looking = True
        self._page.set_looking(is_looking=True)
        wanted = self._wanted_engine()
        self._tasks.run(partial(self._doctor.diagnose, wanted), done=self._on_diagnosed, failed=self._on_look_failed)
        self._tasks.run(self._doctor.log_lines, done=self._page.show_log)
        self._show_connections()

    def close(self) -> None:
        """Listen to nothing more; the window closes."""
        self._is_closed = True
        self._refresh.stop()
        self._forget_connections()

    def _connect(self) -> None:
        self._refresh.timeout.connect(self._show_connections)
        self._page.shown_changed.connect(self._on_shown_changed)
        self._page.look_requested.connect(self.look)
        self._page.remedy_requested.connect(self._on_remedy_requested)
        self._page.offline_changed.connect(self._on_offline_changed)
        self._page.bundle_chosen.connect(self._on_bundle_chosen)

    # Wishes

    def _on_shown_changed(self, is_shown: bool) -> None:
        if is_shown:
            self.look()

    def _on_remedy_requested(self, button: RemedyButton) -> None:
        if button.remedy is Remedy.LOOK_AGAIN:
            self.look()
        elif button.remedy is Remedy.SHOW_MODELS:
            self.page_requested.emit(MODELS_PAGE)
        elif button.remedy is Remedy.OPEN_FOLDER and button.folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(_nearest_folder(button.folder))))
        elif button.remedy is Remedy.UNLOAD:
            work = partial(self._unload, button.engine, button.model)
            self._tasks.run(work, done=self._on_unloaded, failed=self._on_failed)

    def _on_offline_changed(self, is_offline: bool) -> None:
        """Turn the switch at once; it is remembered a moment later."""
        self._gate.set_offline(is_offline)
        self._tasks.watch(self._state.set(OFFLINE, ON if is_offline else OFF), failed=self._on_failed)

    def _on_bundle_chosen(self, path: Path) -> None:
        diagnosis = self._page.diagnosis
        if diagnosis is None:
            return
        write = partial(
            self._doctor.write_bundle, path, diagnosis, summary=diagnosis_lines(diagnosis), note=bundle_note()
        )
        self._tasks.run(write, done=partial(self._on_bundle_written, path), failed=self._on_failed)

    # Facts

    def _on_diagnosed(self, diagnosis: Diagnosis) -> None:
        self._is_looking = False
        if not self._is_closed:
            self._page.show_diagnosis(diagnosis)
            self._page.set_looking(is_looking=False)

    def _on_look_failed(self, error: Exception) -> None:
        self._is_looking = False
        self._page.set_looking(is_looking=False)
        self._on_failed(error)

    def _on_connection_changed(self, _record: ConnectionRecord) -> None:
        if self._page.isVisible() and not self._refresh.isActive():
            self._refresh.start()

    def _show_connections(self) -> None:
        """Show the list; while something is going on, look at its figures again."""
        records = self._gate.connections
        self._page.show_connections(records)
        if self._page.isVisible() and any(record.is_open for record in records):
            self._refresh.start()

    def _on_unloaded(self, _nothing: None) -> None:
        self.look()

    def _on_bundle_written(self, path: Path, _nothing: None) -> None:
        self._page.tell(self.tr("The file was written: {path}").format(path=path))

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, PhiDeskError):
            logger.error("a bug behind the page Health", exc_info=error)
            return
        logger.info("not done: %s", error)
        self._page.show_notice(notice_for_error(type(error).__name__, error.facts()))

    def _unload(self, engine_name: str, model_name: str) -> None:
        self._directory.engine(engine_name).unload(ModelInfo(model_name, engine_name))


def _nearest_folder(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    return next((path for path in (folder, *folder.parents) if path.is_dir()), Path.home())
