"""Joins the page Models with the services: wishes become work, facts become what is seen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.models_overview import ModelsOverview
from phidesk.core.downloads import Download, DownloadChanged, DownloadPhase
from phidesk.core.errors import ModelFileDamaged, ModelFileForeign, NotAModelStick, PhiDeskError
from phidesk.core.hub import Hub
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import Cancellation, TaskRunner
from phidesk.ui.messages import model_label, notice_for_error, size_text
from phidesk.ui.models.model_copying import ModelCopying
from phidesk.ui.models.model_work import Downloads, ModelWork
from phidesk.ui.models.models_page import ModelsPage

LOOK_INTERVAL_MS = 5000
"""While the page is seen: models come into memory and go by themselves."""
Result = TypeVar("Result")
Steer = Callable[[Downloads, Download], None]
"""A wish about a download."""

logger = logging.getLogger(__name__)


class ModelsWiring(QObject):
    """Lives as long as its page, on the main thread."""

    talk_requested = Signal(object)
    """The person wants to talk with this model. Carries its `ModelInfo`."""

    def __init__(self, page: ModelsPage, work: ModelWork, *, tasks: TaskRunner, hub: Hub) -> None:
        super().__init__(page)
        self._page = page
        self._work = work
        self._tasks = tasks
        self._hub = hub
        self._closing = Cancellation()
        self._copying = ModelCopying(page, tasks=tasks, hub=hub)
        self._again: Callable[[], None] = self.look
        self._is_looking = False
        self._is_stale = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_INTERVAL_MS)
        self._connect()

    def look(self) -> None:
        """Look at everything now; a wish that comes meanwhile is obeyed afterwards."""
        if self._is_looking:
            self._is_stale = True
            return
        self._is_looking, self._is_stale = True, False
        self._tasks.run(partial(self._work.look, self._closing), done=self._on_looked, failed=self._on_look_failed)

    def list_downloads(self) -> None:
        """Show downloads that an earlier run left."""
        self._tasks.run(self._list_downloads, done=self._on_downloads_listed)

    def close(self) -> None:
        """Stop what runs; the page is not shown any more."""
        self._timer.stop()
        self._closing.cancel()
        self._copying.stop()

    def _connect(self) -> None:
        self._timer.timeout.connect(self.look)
        self._page.shown_changed.connect(self._on_shown_changed)
        self._page.talk_requested.connect(self.talk_requested)
        self._page.unload_requested.connect(self._on_unload_requested)
        self._page.delete_requested.connect(self._on_delete_requested)
        self._page.download_requested.connect(self._on_download_requested)
        self._page.pause_requested.connect(self._on_pause_requested)
        self._page.resume_requested.connect(self._on_resume_requested)
        self._page.cancel_requested.connect(self._on_cancel_requested)
        self._page.file_chosen.connect(self._on_file_chosen)
        self._page.import_chosen.connect(self._on_import_chosen)
        self._page.export_chosen.connect(self._on_export_chosen)
        self._page.keep_ready_chosen.connect(self._on_keep_ready_chosen)
        self._page.free_on_close_switched.connect(self._on_free_on_close_switched)
        self._page.folder_chosen.connect(self._on_folder_chosen)
        self._page.again_requested.connect(self._on_again_requested)
        forgets = [
            self._hub.subscribe(DownloadChanged, self._on_download_changed),
            self._hub.subscribe(EngineReport, self._on_engine_report),
        ]
        for forget in (*forgets, self._copying.forget):
            self._closing.on_cancel(forget)
        self.list_downloads()
        self._tasks.run(self._work.keep_ready_s, done=self._page.show_keep_ready)
        self._tasks.run(self._work.frees_on_close, done=self._page.show_free_on_close)

    # Facts

    def _on_shown_changed(self, is_shown: bool) -> None:
        if is_shown:
            self.look()
            self._timer.start()
        else:
            self._timer.stop()

    def _on_looked(self, overview: ModelsOverview) -> None:
        self._is_looking = False
        if self._closing.is_cancelled:
            return
        self._page.show_overview(overview)
        if self._is_stale:
            self.look()

    def _on_look_failed(self, error: Exception) -> None:
        self._is_looking = False
        self._show_failure(error, again=self.look)

    def _on_downloads_listed(self, downloads: list[Download]) -> None:
        for download in downloads:
            self._page.show_download(download)

    def _on_download_changed(self, change: DownloadChanged) -> None:
        self._page.show_download(change.download)
        if change.download.phase is DownloadPhase.DONE:
            self._page.tell(self.tr("{model} is here now.").format(model=model_label(change.download.name)))
            self.look()

    def _on_engine_report(self, _report: EngineReport) -> None:
        if self._page.isVisible():
            self.look()

    # Wishes

    def _on_unload_requested(self, model: ModelInfo) -> None:
        again = partial(self._on_unload_requested, model)
        self._do(partial(self._work.unload, model), self._on_unloaded, again)

    def _on_unloaded(self, _nothing: None) -> None:
        self.look()

    def _on_delete_requested(self, model: ModelInfo) -> None:
        again = partial(self._on_delete_requested, model)
        self._do(partial(self._work.delete, model), partial(self._on_deleted, model), again)

    def _on_deleted(self, model: ModelInfo, freed_bytes: int | None) -> None:
        text = self.tr("{model} is deleted. {size} are free again.") if freed_bytes else self.tr("{model} is deleted.")
        self._page.tell(text.format(model=model_label(model.name), size=size_text(freed_bytes or 0)))
        self.look()

    def _on_download_requested(self, name: str) -> None:
        if self._page.overview is not None:
            self._steer(_start, Download(name, self._page.overview.destination))

    def _on_pause_requested(self, download: Download) -> None:
        self._steer(_pause, download)

    def _on_resume_requested(self, download: Download) -> None:
        self._steer(_resume, download)

    def _on_cancel_requested(self, download: Download) -> None:
        self._steer(_cancel, download)

    def _on_file_chosen(self, path: Path) -> None:
        title = self.tr("Taking in {file}").format(file=path.name)
        failed = partial(self._on_file_refused, again=partial(self._on_file_chosen, path))
        self._copying.copy(title, partial(self._work.add_file, path), done=self._on_taken_in, failed=failed)

    def _on_file_refused(self, error: Exception, *, again: Callable[[], None]) -> None:
        """Let the person choose another file where this one is the problem."""
        is_file_wrong = isinstance(error, (ModelFileForeign, ModelFileDamaged))
        label = self.tr("Choose another file") if is_file_wrong else ""
        sentence = ""
        if isinstance(error, ModelFileDamaged) and error.path is not None:
            sentence = self.tr("The file {file} is damaged or not complete.").format(file=error.path.name)
        again = self._page.choose_file if is_file_wrong else again
        self._show_failure(error, again=again, label=label, sentence=sentence)

    def _on_taken_in(self, name: str) -> None:
        self._page.tell(self.tr("{model} is here now.").format(model=model_label(name)))
        self.look()

    def _on_import_chosen(self, folder: Path) -> None:
        if self._page.overview is not None:
            title = self.tr("Taking in what is in {folder}").format(folder=folder.name or str(folder))
            work = partial(self._work.import_models, folder, self._page.overview.destination)
            failed = partial(self._on_stick_refused, again=partial(self._on_import_chosen, folder))
            self._copying.copy(title, work, done=self._on_imported, failed=failed)

    def _on_stick_refused(self, error: Exception, *, again: Callable[[], None]) -> None:
        is_folder_wrong = isinstance(error, NotAModelStick)
        self._show_failure(error, again=self._page.choose_stick if is_folder_wrong else again)

    def _on_imported(self, names: list[str]) -> None:
        if len(names) == 1:
            self._on_taken_in(names[0])
            return
        self._page.tell(
            self.tr("These models are here now: {models}").format(models=", ".join(map(model_label, names)))
        )
        self.look()

    def _on_export_chosen(self, model: ModelInfo, folder: Path) -> None:
        title = self.tr("Copying {model}").format(model=model_label(model.name))
        again = partial(self._on_export_chosen, model, folder)
        work = partial(self._work.export_model, model, folder)
        failed = partial(self._show_failure, again=again)
        self._copying.copy(title, work, done=partial(self._on_exported, model), failed=failed)

    def _on_exported(self, model: ModelInfo, _what: object) -> None:
        self._page.tell(self.tr("{model} is on the stick, and was checked.").format(model=model_label(model.name)))

    def _on_folder_chosen(self, folder: Path) -> None:
        again = partial(self._on_folder_chosen, folder)
        self._do(partial(self._work.choose_folder, folder), partial(self._on_folder_kept, folder), again)

    def _on_folder_kept(self, folder: Path, _nothing: None) -> None:
        text = self.tr("From the next start of PhiDesk on, new models are put into {folder}. The others stay usable.")
        self._page.tell(text.format(folder=folder))

    def _on_keep_ready_chosen(self, seconds: int | None) -> None:
        again = partial(self._on_keep_ready_chosen, seconds)
        self._do(partial(self._work.set_keep_ready_s, seconds), None, again)

    def _on_free_on_close_switched(self, is_on: bool) -> None:
        again = partial(self._on_free_on_close_switched, is_on)
        self._do(partial(self._work.set_frees_on_close, is_on), None, again)

    def _on_again_requested(self) -> None:
        self._again()

    def _list_downloads(self) -> list[Download]:
        return self._work.downloads().list()

    def _steer(self, wish: Steer, download: Download) -> None:
        again = partial(self._steer, wish, download)
        self._do(partial(_steer, self._work.downloads, wish, download), None, again)

    def _do(self, work: Callable[[], Result], done: Callable[[Result], None] | None, again: Callable[[], None]) -> None:
        """Run work in the pool; what goes wrong is shown on the page, and its button does the same again."""
        self._tasks.run(work, done=done, failed=partial(self._show_failure, again=again))

    def _show_failure(
        self, error: Exception, *, again: Callable[[], None], label: str = "", sentence: str = ""
    ) -> None:
        """Show what went wrong; the button does `again`. `label` and `sentence` stand for the usual words."""
        if self._closing.is_cancelled:
            return
        if not isinstance(error, PhiDeskError):
            logger.error("a bug on the page of models", exc_info=error)
            return
        self._again = again
        notice = notice_for_error(type(error).__name__, error.facts())
        if notice.action is not None and label:
            notice = notice.with_first(notice.action, label)
        self._page.show_notice(replace(notice, sentence=sentence or notice.sentence))


def _steer(downloads: Callable[[], Downloads], wish: Steer, download: Download) -> None:
    wish(downloads(), download)


def _start(downloads: Downloads, download: Download) -> None:
    downloads.start(download.name, download.engine)


def _pause(downloads: Downloads, download: Download) -> None:
    downloads.pause(download.name, download.engine)


def _resume(downloads: Downloads, download: Download) -> None:
    downloads.resume(download.name, download.engine)


def _cancel(downloads: Downloads, download: Download) -> None:
    downloads.cancel(download.name, download.engine)
