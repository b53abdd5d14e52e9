"""Models on a stick: `phidesk model-to-stick` and `phidesk model-from-stick`."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from phidesk.chat.engine_choice import EngineChoice
from phidesk.cli.interruption import StopWish
from phidesk.cli.output import say, write_lines
from phidesk.core.errors import EngineError, ModelMissing, WrongArgument
from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.engine.file_copy import Progress
from phidesk.engine.protocol import BUILTIN, FROM_OLLAMA, OLLAMA, Engine
from phidesk.engine.stick_folder import ImportedModel, StickModel, models_on_stick
from phidesk.services import Services
from phidesk.ui.command_line import copied_line, stick_taken_line, stick_written_line
from phidesk.ui.models.stick_note import stick_note

LOOK_S = 0.02
"""How often one looks whether the work is done, or a signal came."""
PROGRESS_STEP = 0.05
"""Told on a terminal whenever so much more of the work is done."""

Result = TypeVar("Result")


def model_to_stick(options: argparse.Namespace, services: Services) -> int:
    """Write a model to a folder, check it there, and print where it is.

    Raises:
        PhiDeskError: it could not be done; nothing is left in the folder.
        KeyboardInterrupt: it was stopped; nothing is left in the folder.
    """
    _check_engine(options)
    choice = _find_model(options, services)
    export = partial(services.model_sticks.export_model, choice.engine, choice.model, Path(options.folder).absolute())
    written = _follow(lambda cancel, tell: export(note=stick_note, cancel=cancel, progress=tell), services)
    if options.json:
        write_lines([_as_json([_written_document(written)])])
    else:
        write_lines([stick_written_line(written)])
    return 0


def model_from_stick(options: argparse.Namespace, services: Services) -> int:
    """Take in every model of a folder, and print their names.

    Raises:
        PhiDeskError: one could not be taken in; those before it are there.
        KeyboardInterrupt: it was stopped; the one under way is not there.
    """
    _check_engine(options)
    sticks = models_on_stick(Path(options.folder).absolute())
    engine = _taking_engine(options, services)
    taken = []
    for stick in sticks:
        taken.append(_take(stick, engine, services))
        if not options.json:
            write_lines([stick_taken_line(taken[-1])])
    if options.json:
        write_lines([_as_json([_taken_document(one) for one in taken])])
    return 0


def _check_engine(options: argparse.Namespace) -> None:
    if options.engine not in (None, OLLAMA, BUILTIN):
        raise WrongArgument(detail=f"--engine: neither {OLLAMA} nor {BUILTIN}: {options.engine}")


def _find_model(options: argparse.Namespace, services: Services) -> EngineChoice:
    """Find the model; Ollama's own are found in its folder also while it does not run."""
    try:
        return services.directory.choose(options.engine, options.name)
    except (ModelMissing, EngineError) as problem:
        if options.engine == BUILTIN:
            raise
        try:
            return services.directory.choose(BUILTIN, options.name.removesuffix(":latest") + FROM_OLLAMA)
        except ModelMissing:
            raise problem from None


def _taking_engine(options: argparse.Namespace, services: Services) -> Engine:
    """Return the wanted engine, else Ollama where it is ready, else the built-in one."""
    if options.engine is not None:
        return services.directory.engine(options.engine)
    ollama = services.directory.engine(OLLAMA)
    return ollama if ollama.state().is_ready else services.directory.engine(BUILTIN)


def _take(stick: StickModel, engine: Engine, services: Services) -> ImportedModel:
    take = partial(services.model_sticks.import_model, stick, engine)
    return _follow(lambda cancel, tell: take(cancel=cancel, progress=tell), services)


def _follow(work: Callable[[Cancellation, Progress], Result], services: Services) -> Result:
    """Run the work, stop it when a signal comes, and tell a terminal how far it is."""
    wish, cancel, pause = StopWish(), Cancellation(), threading.Event()
    future = services.tasks.run(partial(work, cancel, _Teller().tell), failed=lambda _error: None)
    while not future.done():
        if wish.is_there:
            cancel.cancel()
        pause.wait(LOOK_S)
    try:
        return future.result()
    except Cancelled:
        raise KeyboardInterrupt from None


class _Teller:
    """Tells progress in the thread that works; nothing where nobody looks on."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._next = PROGRESS_STEP

    def tell(self, done: int, total: int) -> None:
        if self._is_terminal and total and done / total >= self._next:
            self._next = done / total + PROGRESS_STEP
            say(copied_line(done / total))


def _as_json(models: list[dict[str, object]]) -> str:
    return json.dumps({"models": models, "error": None, "facts": {}})


def _written_document(model: StickModel) -> dict[str, object]:
    return {"name": model.name, "engine": model.engine, "folder": str(model.folder), "size_bytes": model.size_bytes}


def _taken_document(model: ImportedModel) -> dict[str, object]:
    return {"name": model.name, "engine": model.engine, "copied_bytes": model.copied_bytes}
