"""An executable named `ollama`, of which only `serve` is known: a real process around `OllamaDaemon`.

As recorded (daemon_start.json, R14): the log goes to the error stream, a line about a key to the other one; the socket
listens before HTTP is answered; a port that is taken ends it with exit code 1 and one line; SIGTERM ends it with its
runner and exit code 0; SIGKILL leaves the runner behind, which holds the outputs.

    ollama = install_ollama(tmp_path, silent_s=0.5)
    ...  # start `ollama.path` with `serve`
    ollama.starts[0].process_id
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

import psutil

SETTINGS, STARTS = "ollama.settings.json", "ollama.starts.jsonl"
NOTED = ("OLLAMA_HOST", "OLLAMA_NO_CLOUD", "OLLAMA_NOPRUNE")
RUNNER = "import signal; signal.pause()"
SCRIPT = """#!{python}
import sys
sys.path.insert(0, {root!r})
from tests.fakes.ollama_executable import main
main({folder!r})
"""


@dataclass(frozen=True)
class Settings:
    """How it behaves; read at each start.

    Attributes:
        silent_s: How long connections are taken and nothing is answered; `None` is for ever.
        refusal: The last words of a start that fails, with exit code 1.
        lives_s: How long it lives after it listens.
        ignores_term: Whether it goes on when it is asked to end.
    """

    version: str = "0.33.0-rc2"
    silent_s: float | None = 0.0
    refusal: str = ""
    lives_s: float | None = None
    ignores_term: bool = False


@dataclass(frozen=True)
class Start:
    """What one process noted when it had begun to listen."""

    process_id: int
    runner_id: int
    environment: dict[str, str]


@dataclass(frozen=True)
class InstalledOllama:
    """The executable, as its test sees it."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "ollama"

    @property
    def starts(self) -> list[Start]:
        """Every start that came to listen, the first one first."""
        noted = self.folder / STARTS
        return [Start(**json.loads(line)) for line in noted.read_text().splitlines()] if noted.exists() else []

    def end_all(self) -> None:
        """Kill what is left, so that a test that fails leaves nothing either."""
        for process_id in (number for start in self.starts for number in (start.process_id, start.runner_id)):
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(process_id)
                if str(self.path) in process.cmdline() or RUNNER in process.cmdline():
                    process.kill()

    def behave(self, settings: Settings) -> None:
        """Let later starts behave so."""
        fresh = self.folder / f"{SETTINGS}.new"
        fresh.write_text(json.dumps(asdict(settings)))
        fresh.replace(self.folder / SETTINGS)


def install_ollama(folder: Path, settings: Settings | None = None) -> InstalledOllama:
    """Put the executable into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    installed = InstalledOllama(folder)
    root = str(Path(__file__).parents[2])
    installed.path.write_text(SCRIPT.format(python=sys.executable, root=root, folder=str(folder)))
    installed.path.chmod(0o755)
    installed.behave(settings or Settings())
    return installed


def main(folder: str) -> NoReturn:
    """Serve until asked to end."""
    settings = Settings(**json.loads(Path(folder, SETTINGS).read_text()))
    if sys.argv[1:] != ["serve"]:
        _fail(f'unknown command "{" ".join(sys.argv[1:])}" for "ollama"')
    sys.stdout.write("Couldn't find '/home/somebody/.ollama/id_ed25519'. Generating new private key.\n")
    sys.stdout.flush()
    if settings.refusal:
        _fail(settings.refusal)
    _serve(Path(folder), settings)


def _serve(folder: Path, settings: Settings) -> NoReturn:
    from tests.fakes.ollama_daemon import OllamaDaemon  # noqa: PLC0415 - a start that fails need not wait for it

    host, _, port = os.environ["OLLAMA_HOST"].rpartition(":")
    daemon = OllamaDaemon(version=settings.version, port=int(port))
    daemon.is_frozen = settings.silent_s != 0.0
    try:
        daemon.start()
    except OSError:
        _fail(f"listen tcp {host}:{port}: bind: address already in use")
    runner = subprocess.Popen([sys.executable, "-c", RUNNER])

    asked = _wake_on(signal.SIGTERM)
    _log(f'msg="Listening on {host}:{port} (version {settings.version})"')
    _note(folder, Start(os.getpid(), runner.pid, {name: os.environ.get(name, "") for name in NOTED}))
    heeded = [] if settings.ignores_term else [asked]
    if settings.silent_s and not select.select(heeded, [], [], settings.silent_s)[0]:
        daemon.is_frozen = False
    was_asked = select.select(heeded, [], [], settings.lives_s)[0]
    runner.kill()
    runner.wait()
    os._exit(0 if was_asked else 2)


def _wake_on(number: signal.Signals) -> int:
    """Return a pipe that can be read once this signal came; a handler of Python may run too late to wake who waits."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    signal.signal(number, lambda *_: None)
    return reader


def _note(folder: Path, start: Start) -> None:
    with (folder / STARTS).open("a") as starts:
        starts.write(json.dumps(asdict(start)) + "\n")


def _log(line: str) -> None:
    sys.stderr.write(f"time=2026-11-23T22:00:45.865Z level=INFO source=routes.go:2008 {line}\n")
    sys.stderr.flush()


def _fail(reason: str) -> NoReturn:
    sys.stderr.write(f"Error: {reason}\n")
    sys.exit(1)
