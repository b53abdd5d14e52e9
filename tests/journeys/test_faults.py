"""Whatever happens to an engine in the middle of an answer: it ends, in our words, and no received word is lost.

For each engine the answer is cut, reset, stalled, garbled, or its engine killed, at points drawn from a seeded
generator: before the headers, before the first token, inside a character, before the end, anywhere.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from phidesk.core import errors
from phidesk.core.answers import FinishReason
from phidesk.core.conversation import ConversationSettings
from phidesk.core.tasks import StartLoop
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.openai.client import ServerEngine
from phidesk.engine.protocol import Engine
from tests.fakes.faulty_line import Fault, FaultyLine
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import scripted
from tests.fakes.openai_server import scripted_server
from tests.fakes.scripted_gguf import Script, write_scripted_gguf
from tests.journeys.desk import PATIENCE_S, Desk, Followed, open_desk

BEHIND_LINE = (sys.executable, "-m", "tests.fakes.child_behind_line")
SEED = 11
ENDURE = (pytest.mark.endure, pytest.mark.timeout(1800))
RUNS = [
    pytest.param("ollama", 20, id="ollama"),
    pytest.param("builtin", 10, id="builtin"),  # A broken connection takes 2 s: perhaps the child is about to end.
    pytest.param("server", 20, id="server"),
    *(pytest.param(engine, 200, id=f"{engine}-200", marks=ENDURE) for engine in ("ollama", "builtin", "server")),
]
WHOLE = "".join(f"{number} Grüße 😀 " for number in range(40))
EMOJI = "😀".encode()
WINDOW = 4096
ENDS_IN_OUR_WORDS = {
    errors.AnswerGarbled,
    errors.EngineDied,
    errors.EngineRefused,
    errors.EngineUnreachable,
    errors.NotAnEngine,
}
NONSENSE = (
    b"\x00\xff\xfe" * 50,
    b"<html><body>502 Bad Gateway</body></html>\n",
    b'data: {"choices": "none"}\n\n',
    b'{"message": 7}\n',
    b'{"response": ["' + b"x" * 100_000,
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"[" * 5000 + b"\n",
    "halb 😀".encode()[:-2] + b"\n",
)


@dataclass(frozen=True)
class Rig:
    """An engine behind a line. `kill` ends what answers, `revive` brings it back where it does not come by itself."""

    engine: Engine
    line: FaultyLine
    settings: ConversationSettings
    kill: Callable[[], None]
    revive: Callable[[], None] = lambda: None


@contextmanager
def ollama_rig(gate: Gate) -> Iterator[Rig]:
    with OllamaDaemon([scripted()]) as daemon, FaultyLine(lambda: daemon.url) as line:
        daemon.say(WHOLE)
        engine = OllamaEngine(line.url, gate)
        ways = itertools.cycle([daemon.kill, daemon.kill_runners])
        used: list[Callable[[], None]] = []

        def kill() -> None:
            used.append(next(ways))
            used[-1]()

        def revive() -> None:
            if used and used.pop() == daemon.kill:
                daemon.start()

        yield Rig(engine, line, ConversationSettings(engine="ollama", window_tokens=WINDOW), kill, revive)
        engine.close()


@contextmanager
def builtin_rig(gate: Gate, start_loop: StartLoop, folder: Path) -> Iterator[Rig]:
    write_scripted_gguf(str(folder / "faulty.gguf"), [Script(WHOLE)])
    told = folder / "address"
    with FaultyLine(lambda: told.read_text(encoding="utf-8")) as line:
        engine = BuiltinEngine([folder], gate, start_loop, (*BEHIND_LINE, line.url, str(told)))

        def kill() -> None:
            assert engine.process_id is not None
            os.kill(engine.process_id, signal.SIGKILL)

        yield Rig(engine, line, ConversationSettings(engine="builtin", model="faulty", window_tokens=WINDOW), kill)
        engine.close()


@contextmanager
def server_rig(gate: Gate) -> Iterator[Rig]:
    with scripted_server() as server:
        is_there = True

        def find() -> str:
            if not is_there:
                raise ConnectionRefusedError
            return server.address

        def be_there(wanted: bool) -> Callable[[], None]:
            def change() -> None:
                nonlocal is_there
                is_there = wanted

            return change

        server.says("/v1/models", {"data": [{"id": "m", "max_model_len": WINDOW}]})
        pieces = [{"choices": [{"delta": {"content": WHOLE[at : at + 4]}}]} for at in range(0, len(WHOLE), 4)]
        end = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
        server.streams("/v1/chat/completions", *pieces, end, b"data: [DONE]\n\n")
        with FaultyLine(find) as line:
            engine = ServerEngine(line.url, lambda: None, gate)
            yield Rig(engine, line, ConversationSettings(engine=line.url), be_there(False), be_there(True))
            engine.close()


@pytest.fixture
def rig(name: str, gate: Gate, start_loop: StartLoop, tmp_path: Path) -> Iterator[Rig]:
    rigs = {
        "ollama": lambda: ollama_rig(gate),
        "builtin": lambda: builtin_rig(gate, start_loop, tmp_path),
        "server": lambda: server_rig(gate),
    }
    with rigs[name]() as rig:
        yield rig


@pytest.fixture
def desk(rig: Rig, tmp_path: Path, start_loop: StartLoop) -> Iterator[Desk]:
    folder = tmp_path / "profile"
    folder.mkdir()
    with open_desk(folder, rig.engine, start_loop) as desk:
        yield desk


class Chance:
    """Draws faults for an engine whose whole reply is known."""

    def __init__(self, reply: bytes) -> None:
        self._random = random.Random(SEED)
        self._length = len(reply)
        self._begin = reply.index(b"\r\n\r\n") + 4

    def draw(self, line: FaultyLine, kill: Callable[[], None]) -> str:
        """Let the next answer fail; return how, for the message of a test that fails."""
        choose = self._random
        fault = choose.choice(list(Fault))
        moment = choose.choice(["headers", "first token", "character", "end", "anywhere"])
        after_bytes, after = {
            "headers": (0, b""),
            "first token": (self._begin, b""),
            "character": (choose.randint(self._begin, self._length * 3 // 4), EMOJI[: choose.randint(1, 3)]),
            "end": (self._length - choose.randint(1, 60), b""),
            "anywhere": (choose.randint(1, self._length), b""),
        }[moment]
        nonsense = choose.choice(NONSENSE)
        if fault is Fault.NONSENSE and moment in {"character", "anywhere"}:
            after = b"\n\r\n"  # Between two chunks of HTTP: then the nonsense is the engine's own word.
            nonsense = b"%x\r\n%s\r\n0\r\n\r\n" % (len(nonsense), nonsense)
        line.fail(fault, after_bytes=after_bytes, after=after, nonsense=nonsense, kill=kill)
        return f"{fault.name} {moment}: {after_bytes} bytes, then {after!r}"


def text_in(reply: bytes) -> str:
    """Read the text out of the whole lines of a reply that came in chunks, whatever the protocol."""
    _, _, rest = reply.partition(b"\r\n\r\n")
    body = b""
    with suppress(ValueError):
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            body += rest[: int(size, 16)]
            rest = rest[int(size, 16) + 2 :]
    lines = [line.removeprefix(b"data: ") for line in body.split(b"\n")[:-1]]
    messages = [json.loads(line) for line in lines if line.startswith(b"{")]
    return "".join(text_of(message) for message in messages)


def text_of(message: dict[str, object]) -> str:
    match message:
        case {"message": {"content": str(text)}} | {"content": str(text)}:
            return text
        case {"choices": [{"delta": {"content": str(text)}}, *_]}:
            return text
    return ""


def ask_through_fault(desk: Desk, rig: Rig, fault: str) -> Followed:
    """Ask, and stop what hangs when everything that came is there: that is the person's way out."""
    followed = desk.begin("Hi", rig.settings)
    followed.follow(rig.line.has_failed.is_set)
    if fault.startswith("STALLED") and followed.outcome is None:
        came = text_in(rig.line.passed)
        followed.follow(lambda: followed.shown.startswith(came))
        followed.turn.stop()
    followed.follow_to_end(patience_s=PATIENCE_S)
    return followed


@pytest.mark.parametrize(("name", "runs"), RUNS)
def test_no_fault_of_an_engine_hangs_crashes_or_loses_text(rig: Rig, desk: Desk, runs: int) -> None:
    healthy = desk.ask("Hi", rig.settings)
    assert healthy.shown == WHOLE
    chance = Chance(rig.line.passed)

    for run in range(runs):
        how = chance.draw(rig.line, rig.kill)
        followed = ask_through_fault(desk, rig, how)
        rig.revive()

        fault = f"run {run}: {how}"
        outcome = followed.outcome
        assert outcome is not None
        assert desk.stored_text(followed) == followed.shown, fault
        assert WHOLE.startswith(followed.shown), fault
        if not how.startswith("RESET"):  # The system forgets what it has received but nobody has read.
            assert followed.shown.startswith(text_in(rig.line.passed)), fault
        if outcome.finish is FinishReason.ERROR:
            assert getattr(errors, str(outcome.error), None) in ENDS_IN_OUR_WORDS, f"{fault}: {outcome}"
            assert followed.notice is not None
            assert followed.notice.action is not None
        else:
            assert outcome.finish in {FinishReason.STOP, FinishReason.STOPPED, FinishReason.ENDED_EARLY}, fault

    rig.line.fail(Fault.KILLED, after_bytes=1_000_000)
    assert desk.ask("Hi", rig.settings).shown == WHOLE
