"""Runs the downloads that the person asks for, one per engine at a time, and tells how far they are.

What is not done is remembered in a small file in the folder of models and comes back paused after a restart, also
after a crash. What is really there only the fetchers know: the built-in engine's from its files, Ollama's from the
daemon.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from phidesk.core.downloads import Download, DownloadChanged, DownloadPhase
from phidesk.core.errors import PhiDeskError
from phidesk.core.tasks import Cancellation, Cancelled, StartLoop
from phidesk.engine.download_meter import DownloadMeter
from phidesk.engine.fetching import FetchProgress, ModelFetcher
from phidesk.engine.partial_file import write_whole

MEMORY_FILE = "downloads.json"
BEAT_S = 0.25
"""Between two tellings of how far a download is."""
MEMORY_INTERVAL_S = 5.0
"""So old may be what the file remembers of Ollama's progress after a crash."""
STALL_S = 60.0
"""Without getting further for so long, it is told to stand still."""
CLOSE_S = 5.0

WATCH = "watch"
"""Among the loops, beside the names of engines."""
REMEMBERED = ("name", "engine", "completed_bytes", "total_bytes")
ENDED = {DownloadPhase.PAUSED, DownloadPhase.DONE, DownloadPhase.FAILED}

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class _Entry:
    """One download. Guarded by the lock of its owner, but for `progress`, which the thread that fetches replaces."""

    download: Download
    cancel: Cancellation = field(default_factory=Cancellation)
    progress: FetchProgress | None = None
    """The newest of this run."""
    meter: DownloadMeter | None = None
    """While it is being fetched."""
    is_given_up: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.download.engine, self.download.name

    @property
    def is_on_its_way(self) -> bool:
        return not self.is_given_up and self.download.phase not in ENDED

    def fold(self) -> Download:
        """Return the download with the newest progress in it."""
        if self.progress is not None:
            completed_bytes, total_bytes = self.progress.completed_bytes, self.progress.total_bytes
            total_bytes = total_bytes or self.download.total_bytes
            if self.progress.is_checking and total_bytes is not None:
                completed_bytes = total_bytes  # Ollama does not count what came too quickly.
            self.download = replace(self.download, completed_bytes=completed_bytes, total_bytes=total_bytes)
        return self.download


class ModelDownloads:
    """All downloads of the program. Safe from every thread; nothing here waits for the network.

    `publish` is called with `DownloadChanged`, four times a second for each at most and when the phase changes.
    """

    def __init__(
        self,
        fetchers: Mapping[str, ModelFetcher],
        folder: Path,
        publish: Callable[[DownloadChanged], None],
        start_loop: StartLoop,
        *,
        stall_s: float = STALL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`fetchers` by the names of engines. Reads what an earlier run remembered, which comes back paused."""
        self._fetchers = dict(fetchers)
        self._memory = folder / MEMORY_FILE
        self._publish = publish
        self._start_loop = start_loop
        self._stall_s = stall_s
        self._clock = clock
        self._changed = threading.Condition()
        self._loops: dict[str, threading.Thread] = {}
        self._is_closed = False
        self._memory_lock = threading.Lock()
        self._entries = [_Entry(self._as_kept(download)) for download in _read_memory(self._memory, self._fetchers)]

    def list(self) -> list[Download]:
        """Return all downloads, the oldest first; those that are done until the program ends."""
        with self._changed:
            return [entry.fold() for entry in self._entries if not entry.is_given_up]

    def start(self, name: str, engine: str) -> None:
        """Fetch a model, or go on; it waits while another one is fetched for the same engine."""
        if engine not in self._fetchers:
            raise ValueError(f"nobody fetches models for {engine}")
        with self._changed:
            entry = self._find(name, engine)
            if self._is_closed or (entry is not None and entry.is_on_its_way):
                return
            if entry is None:
                entry = _Entry(Download(name, engine))
                self._entries.append(entry)
            entry.cancel = Cancellation()
            self._move(entry, DownloadPhase.WAITING)
            self._require_loop(engine)

    def resume(self, name: str, engine: str) -> None:
        """Go on with what was paused or failed; the same as `start`."""
        self.start(name, engine)

    def pause(self, name: str, engine: str) -> None:
        """Stop fetching; what is here is kept. Nothing happens to one that is not on its way."""
        with self._changed:
            entry = self._find(name, engine)
            if entry is None or not entry.is_on_its_way:
                return
            entry.meter = None  # Its run may take a moment to end, and count for nothing if it is resumed meanwhile.
            self._move(entry, DownloadPhase.PAUSED)
            cancel = entry.cancel
        cancel.cancel()

    def cancel(self, name: str, engine: str) -> None:
        """Give it up: what is not complete is deleted, by the thread that fetched it."""
        with self._changed:
            entry = self._find(name, engine)
            if entry is None or self._is_closed:
                return
            entry.is_given_up = True
            self._move(entry, DownloadPhase.CANCELLED)
            self._require_loop(engine)
            cancel = entry.cancel
        cancel.cancel()

    def close(self) -> None:
        """Stop all within a few seconds; what was on its way comes back paused. Nothing can be started any more."""
        with self._changed:
            self._is_closed = True
            running = [entry for entry in self._entries if entry.is_on_its_way]
            for entry in running:
                entry.download = replace(entry.fold(), phase=DownloadPhase.PAUSED)
            loops = list(self._loops.values())
        for entry in running:
            entry.cancel.cancel()
        due_s = time.monotonic() + CLOSE_S
        for loop in loops:
            loop.join(max(0.0, due_s - time.monotonic()))
        self._remember()

    def _find(self, name: str, engine: str) -> _Entry | None:
        key = engine, name
        return next((entry for entry in self._entries if entry.key == key and not entry.is_given_up), None)

    def _move(self, entry: _Entry, phase: DownloadPhase, error: PhiDeskError | None = None) -> None:
        """Change the phase and tell it; under the lock, so that everything is told in its order."""
        entry.download = replace(entry.fold(), phase=phase, bytes_per_s=None, remaining_s=None, error=error)
        self._publish(DownloadChanged(entry.download))

    def _require_loop(self, engine: str) -> None:
        """Have a thread look after this engine, under the lock; it ends when there is nothing more to do."""
        if engine not in self._loops:
            self._loops[engine] = self._start_loop(f"download-{engine}", lambda: self._work(engine))

    def _work(self, engine: str) -> None:
        while (entry := self._take(engine)) is not None:
            if entry.is_given_up:
                self._forget(entry)
            else:
                self._run(entry, entry.cancel)

    def _take(self, engine: str) -> _Entry | None:
        """Return what is to be done next; None ends the thread."""
        with self._changed:
            mine = [entry for entry in self._entries if entry.download.engine == engine]
            for entry in mine:
                if entry.is_given_up:
                    self._entries.remove(entry)
                    return entry
            for entry in mine:
                if entry.download.phase is DownloadPhase.WAITING and not self._is_closed:
                    entry.meter = DownloadMeter(self._clock())
                    if WATCH not in self._loops:
                        self._loops[WATCH] = self._start_loop("download-watch", self._watch)
                    return entry
            del self._loops[engine]
            return None

    def _run(self, entry: _Entry, cancel: Cancellation) -> None:
        self._remember()
        try:
            self._fetchers[entry.download.engine].fetch(
                entry.download.name, cancel, lambda progress: self._note(entry, progress)
            )
        except Cancelled:
            self._end(entry, cancel)
        except PhiDeskError as error:
            self._end(entry, cancel, DownloadPhase.FAILED, error)
        except BaseException:
            self._end(entry, cancel, DownloadPhase.FAILED)
            raise
        else:
            self._end(entry, cancel, DownloadPhase.DONE)
        self._remember()

    def _note(self, entry: _Entry, progress: FetchProgress) -> None:
        """Take a progress: thousands of times a second, so the watch does the rest."""
        entry.progress = progress
        if progress.begins_anew:
            with self._changed:
                if entry.meter is not None:
                    entry.meter.begin_anew(self._clock())

    def _end(
        self,
        entry: _Entry,
        cancel: Cancellation,
        phase: DownloadPhase | None = None,
        error: PhiDeskError | None = None,
    ) -> None:
        """Say how a run ended. What the person wanted meanwhile counts, unless the model is complete by now."""
        with self._changed:
            before = entry.download
            entry.meter = None
            is_wanted = entry.is_on_its_way and entry.cancel is cancel
            if phase is not None and not entry.is_given_up and (is_wanted or phase is DownloadPhase.DONE):
                self._move(entry, phase, error)
            elif not entry.is_given_up and entry.fold() != before:
                self._publish(DownloadChanged(entry.download))
            entry.progress = None
            self._changed.notify_all()

    def _forget(self, entry: _Entry) -> None:
        try:
            self._fetchers[entry.download.engine].forget(entry.download.name)
        except PhiDeskError as problem:
            logger.info("not all of a download was deleted: %s", problem)
        self._remember()

    def _watch(self) -> None:
        """Measure and tell while anything is fetched."""
        remembered_s = self._clock()
        while self._beat():
            if self._clock() - remembered_s >= MEMORY_INTERVAL_S:
                remembered_s = self._clock()
                self._remember()

    def _beat(self) -> bool:
        with self._changed:
            if self._changed.wait_for(lambda: all(entry.meter is None for entry in self._entries), BEAT_S):
                del self._loops[WATCH]
                return False
            for entry in self._entries:
                if entry.meter is not None and entry.is_on_its_way:
                    self._measure(entry, entry.meter, self._clock())
        return True

    def _measure(self, entry: _Entry, meter: DownloadMeter, now_s: float) -> None:
        before, progress = entry.download, entry.progress
        download = entry.fold()
        meter.note(download.completed_bytes, now_s)
        if progress is not None and progress.is_checking:
            entry.download = replace(download, phase=DownloadPhase.CHECKING, bytes_per_s=None, remaining_s=None)
        elif meter.silent_s(now_s) >= self._stall_s:
            entry.download = replace(download, phase=DownloadPhase.STALLED, bytes_per_s=0.0, remaining_s=None)
        elif progress is not None:
            entry.download = replace(
                download,
                phase=DownloadPhase.RUNNING,
                bytes_per_s=meter.bytes_per_s,
                remaining_s=meter.remaining_s(download.total_bytes),
            )
        if entry.download != before:
            self._publish(DownloadChanged(entry.download))

    def _as_kept(self, download: Download) -> Download:
        """Ask the fetcher how much is really here."""
        try:
            kept = self._fetchers[download.engine].kept(download.name)
        except PhiDeskError as problem:
            logger.info("a remembered download cannot be looked up: %s", problem)
            return download
        if kept is None:
            return download
        return replace(download, completed_bytes=kept.completed_bytes, total_bytes=kept.total_bytes)

    def _remember(self) -> None:
        """Write down what is not done. A disk that refuses costs the memory, not the download."""
        with self._memory_lock:
            downloads = [download for download in self.list() if download.phase is not DownloadPhase.DONE]
            try:
                _write_memory(self._memory, downloads)
            except OSError as problem:
                logger.info("downloads are not remembered: %s", problem)


def _write_memory(path: Path, downloads: list[Download]) -> None:
    if not downloads:
        path.unlink(missing_ok=True)
        return
    documents = [{name: getattr(download, name) for name in REMEMBERED} for download in downloads]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(documents, indent=1).encode())


def _read_memory(path: Path, engines: Container[str]) -> list[Download]:
    """Read what was not done; what cannot be understood is left out."""
    try:
        downloads = [_remembered(document) for document in json.loads(path.read_bytes())]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as problem:
        logger.info("remembered downloads cannot be read: %s", problem)
        return []
    return [download for download in downloads if download.engine in engines]


def _remembered(document: dict[str, Any]) -> Download:
    total_bytes = document["total_bytes"]
    return Download(
        name=str(document["name"]),
        engine=str(document["engine"]),
        phase=DownloadPhase.PAUSED,
        completed_bytes=int(document["completed_bytes"]),
        total_bytes=None if total_bytes is None else int(total_bytes),
    )
