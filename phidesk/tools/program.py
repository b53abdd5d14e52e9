"""A tool that is a program or script of the person's: the arguments as JSON go in, JSON or text comes out.

It runs in the sandbox of `processes`. Nothing passes a shell: the command is a list, and what the model wrote is on
its standard input only.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from phidesk.core.tasks import Cancellation, StartLoop
from phidesk.core.tool_spec import ProgramAction
from phidesk.core.tools import Intent, Risk, ToolDefinition
from phidesk.processes.sandbox.limits import Enforced, Limit, Limits, Outcome, Program
from phidesk.processes.sandbox.program_run import SEARCH_PATH, run_program
from phidesk.tools.tool import Arguments, CallFault

MOST_LAST_LINES = 10
LONGEST_LAST_WORDS = 1_000
"""Characters: the reason stands at the end of what a program says when it fails."""
_TELL_THE_PERSON = "Do not repeat the call. Tell the user that the tool does not work."
_REACHED = {
    Limit.WALL: "it took longer than {limits.wall_s:.0f} seconds",
    Limit.PROCESSOR: "it computed for more than {limits.processor_s} seconds",
    Limit.MEMORY: "it took more memory than allowed",
    Limit.OUTPUT: "its output was longer than {limits.output_bytes} bytes",
    Limit.FILE: "it wrote a file of more than {limits.file_bytes} bytes",
    Limit.PROCESSES: "it started more than {limits.process_count} processes",
}


class ProgramTool:
    """A program that a model may call. What it may do depends on `enforced`: what this system keeps it from."""

    def __init__(
        self,
        definition: ToolDefinition,
        action: ProgramAction,
        *,
        enforced: Enforced,
        start_loop: StartLoop,
        limits: Limits | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._definition = definition
        self._action = action
        self._enforced = enforced
        self._start_loop = start_loop
        self._limits = replace(limits or Limits(), wall_s=action.time_limit_s)
        self._environment = dict(environment or {})

    @property
    def definition(self) -> ToolDefinition:
        """What the model is told."""
        return self._definition

    def intent(self, arguments: Arguments) -> Intent:
        """Say which program runs where. Only what cannot change anything, and is kept from it, counts as reading."""
        found = _find(self._action)
        open_walls = [name for name, holds in vars(self._enforced).items() if not holds]
        facts = [("program", shlex.join(found.command)), ("arguments", _as_json(arguments))]
        if found.folder is not None:
            facts.insert(1, ("folder", str(found.folder)))
        if open_walls:
            facts.append(("not_enforced", ", ".join(open_walls)))
        only_reads = not open_walls and not self._action.may_write
        return Intent(Risk.READING if only_reads else Risk.CHANGING, place=found.place, facts=tuple(facts))

    def run(self, arguments: Arguments, cancel: Cancellation) -> str:
        """Run it and return what it wrote; that it failed comes with its last words."""
        found = _find(self._action)
        program = Program(
            command=found.command,
            folder=found.folder,
            input=_as_json(arguments).encode(),
            readable=tuple(_readable(found)),
            writable=(found.folder,) if self._action.may_write and found.folder is not None else (),
            environment=self._environment,
        )
        try:
            outcome = run_program(program, self._limits, start_loop=self._start_loop, cancellation=cancel)
        except OSError as error:  # No process, pipe or temporary folder is to be had.
            raise CallFault(f"The program could not be started: {error.strerror}. {_TELL_THE_PERSON}") from error
        return self._result(outcome)

    def _result(self, outcome: Outcome) -> str:
        if outcome.reached is not None:
            why = _REACHED[outcome.reached].format(limits=self._limits)
            raise CallFault(f"The program was ended because {why}. {_TELL_THE_PERSON}")
        if outcome.exit_code != 0:
            words = _last_words(outcome.error_lines)
            told = f" It said:\n{words}" if words else f" It said nothing. {_TELL_THE_PERSON}"
            raise CallFault(f"The program failed with exit code {outcome.exit_code}.{told}")
        return outcome.output.decode("utf-8", "replace").strip() or "The program ended well and wrote nothing."


def runs_by_itself(program: str) -> bool:
    """Whether a file may be started as a program. What is not there, or only a name, is not doubted."""
    path = Path(program)
    return not path.is_absolute() or not path.is_file() or os.access(path, os.X_OK)


@dataclass(frozen=True)
class _Found:
    """The program as it lies on the disk: `path` is free of links, the command as the person wrote it."""

    command: tuple[str, ...]
    path: Path
    folder: Path | None

    @property
    def place(self) -> str:
        """What a permission is remembered for: an interpreter alone could be any program."""
        return shlex.join((str(self.path), *self.command[1:]))


def _find(action: ProgramAction) -> _Found:
    """Find the program and its folder.

    Raises:
        CallFault: one of them is not there, or is something else.
    """
    program, *rest = action.command or ("",)
    is_bare_name = Path(program).name == program
    place = (shutil.which(program, path=SEARCH_PATH) or program) if is_bare_name else program
    path = _resolve(place)
    if not path.is_file():
        raise CallFault(f"{place!r} is no program. {_TELL_THE_PERSON}")
    folder = _resolve(action.folder) if action.folder else None
    if folder is not None and not folder.is_dir():
        raise CallFault(f"{action.folder!r} is no folder. {_TELL_THE_PERSON}")
    return _Found((place, *rest), path, folder)


def _resolve(place: str) -> Path:
    try:
        if not Path(place).is_absolute():
            raise FileNotFoundError
        return Path(place).resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: links in a circle, before Python 3.13
        raise CallFault(f"{place!r} is not on this computer. {_TELL_THE_PERSON}") from None


def _readable(found: _Found) -> Iterator[Path]:
    """Yield the files that the command names, and what an interpreter in an environment of Python's needs."""
    yield found.path
    for word in found.command[1:]:
        if Path(word).is_absolute() and Path(word).is_file():
            yield Path(word).resolve()
    environment = Path(found.command[0]).parent.parent
    settings = environment / "pyvenv.cfg"
    if settings.is_file():
        yield environment
        for line in settings.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "home":
                home = Path(value.strip())
                yield from (home, home.parent / "lib")


def _as_json(arguments: Arguments) -> str:
    return json.dumps(arguments, ensure_ascii=False)


def _last_words(lines: tuple[str, ...]) -> str:
    return "\n".join(lines[-MOST_LAST_LINES:])[-LONGEST_LAST_WORDS:].strip()
