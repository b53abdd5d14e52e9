"""The window's composition root: Qt → services → what is seen first → the rest; closed in reverse order.

The window is painted before anything is loaded that it does not show (`tests/test_start.py`): that takes longer than
all that is seen. The rest stands in `assembly`.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, TypeVar

from typing_extensions import override

from phidesk.core.errors import PhiDeskError
from phidesk.core.paths import find_paths
from phidesk.services import Services
from phidesk.ui.application import make_application, quit_on_signals
from phidesk.ui.first_window import FirstWindow, make_first_window
from phidesk.ui.held_input import HeldInput
from phidesk.ui.main_thread import MainThread
from phidesk.ui.main_window import MainWindow
from phidesk.ui.theme.theme import Theme

if TYPE_CHECKING:
    from logging.handlers import RotatingFileHandler

    from phidesk.profile import Profile

_FORMULA_MODULES = ("phidesk.richtext.html", "phidesk.ui.formula.layout")
LOG_BYTES = 1_000_000
KEPT_LOGS = 3

Opened = TypeVar("Opened")
Join = Callable[[FirstWindow, Theme, Services, "Profile"], Iterator[None]]
logger = logging.getLogger(__name__)


def run_window(environment: Mapping[str, str]) -> int:
    """Open the window and stay until it is closed; return the exit code."""
    application = make_application(sys.argv)
    theme = Theme(application)
    paths = find_paths(environment)
    keep_log(paths.logs)
    main_thread = MainThread()
    with Services(paths, environment, main_thread.post) as services:
        services.on_close(main_thread.close)
        if _open(services.open_records, theme) is None:
            return 1
        window = open_window(theme, services)
        window.fit_screen()
        window.painted.connect(partial(quit_on_signals, application, window))
        return application.exec()


def open_window(theme: Theme, services: Services) -> MainWindow:
    """Show the window as it was left. When it is painted the rest of it is made, and then it is `completed`.

    What the person does with it meanwhile waits for that.
    """
    first = make_first_window(theme, services.open_records())
    first.window.painted.connect(partial(_load_rest, first, theme, services))
    first.window.completed.connect(partial(services.tasks.run, _import_formulas))
    first.window.show()
    first.front.composer.focus_input()
    return first.window


def _load_rest(first: FirstWindow, theme: Theme, services: Services) -> None:
    """Load what is behind the first paint elsewhere: that takes most of the time until the window is complete."""
    held = HeldInput(first.window)
    complete = partial(_complete, first, held, theme, services)
    services.tasks.run(_import_assembly, done=complete, failed=partial(_give_up, held))


def _import_assembly() -> Join:
    from phidesk.assembly import complete_window  # noqa: PLC0415 - the first paint need not wait

    return complete_window


def _import_formulas() -> None:
    """Import what shows and copies formulas while nobody waits for it: the first formula would hold the window up."""
    for name in _FORMULA_MODULES:
        import_module(name)


def _complete(first: FirstWindow, held: HeldInput, theme: Theme, services: Services, join: Join) -> None:
    profile = _open(services.open_profile, theme)
    if profile is None:
        held.release()
        first.window.close()
    else:
        held.release_after(join(first, theme, services, profile))


def _give_up(held: HeldInput, error: Exception) -> NoReturn:
    """Let the window be closed that cannot be completed: a bug."""
    held.release()
    raise error


def _open(open_data: Callable[[], Opened], theme: Theme) -> Opened | None:
    """Open the person's data; None where that cannot be and the person gave up."""
    while True:
        try:
            return open_data()
        except PhiDeskError as error:
            from phidesk.ui.start_failure import show_start_failure  # noqa: PLC0415 - most starts do not fail

            logger.info("not started: %s", error)
            if not show_start_failure(theme, error):
                return None


class LogFile(logging.Handler):
    """Writes files of limited size, from the first record on: most starts have nothing to tell."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self._files.handle(record)

    @override
    def close(self) -> None:
        if "_files" in vars(self):
            self._files.close()
        super().close()

    @cached_property
    def _files(self) -> RotatingFileHandler:
        from logging.handlers import RotatingFileHandler  # noqa: PLC0415 - the first paint need not wait

        files = RotatingFileHandler(self._path, maxBytes=LOG_BYTES, backupCount=KEPT_LOGS, encoding="utf-8", delay=True)
        files.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        return files


def keep_log(folder: Path) -> None:
    """Write our log into files of limited size. Where that is not possible the program works without."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    logging.getLogger("phidesk").addHandler(LogFile(folder / "phidesk.log"))
    logging.getLogger("phidesk").setLevel(logging.INFO)
    sys.excepthook = _log_bug


def _log_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Keep what a bug of ours raised; the window stays open."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logger.critical("a bug", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)
