"""Every failure that the reference of Ollama lists (section 8), and those of llama.cpp: provoked, named, worded, mended.

Each row really happens: a question is asked of the recorded daemon (or of llama.cpp's child), and what is checked is the
card that the person reads.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from phidesk.core.answers import COUNTED_TOKENS, FinishReason
from phidesk.core.conversation import ConversationSettings
from phidesk.core.errors import Fact
from phidesk.core.tasks import StartLoop
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.openai.client import ServerEngine
from phidesk.engine.protocol import BUILTIN, OLLAMA
from phidesk.ui.messages import NoticeAction, model_label
from tests.fakes.faulty_line import Fault, FaultyLine
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import Failure, cloud_model, embedding_model, phi4_mini, scripted
from tests.fakes.openai_dialects import TRANSFORMERS, dialect_server
from tests.fakes.openai_server import Reply, ScriptedServer, scripted_server
from tests.journeys.desk import Desk, Followed, open_desk
from tests.real_engines import SCRIPTED_GREETING

FAILURE_COUNT = 40
SILENCE_S = 0.5
SO_FAR = "so far"
CHAT = "/v1/chat/completions"
SAID = {"choices": [{"delta": {"content": SO_FAR}}]}
NOBODY = "http://127.0.0.1:1"
PROMPT_TOO_LONG = (
    "the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the "
    "context length in settings, or use a model with a longer context length"
)
AGAIN, CONTINUE, OTHER = NoticeAction.TRY_AGAIN, NoticeAction.CONTINUE, NoticeAction.CHOOSE_ENGINE
DIED = "Ollama stopped in the middle of the answer."
NEWER_PROCESSOR = "The built-in engine needs a newer processor than this computer has."
WANTS_KEY = "Something in front of Ollama wants a key."
NOT_OLLAMA = "What answers at {address} is not an engine."

HERE, DOWNLOADS, DAEMON = "journeys/test_failures.py", "engine/test_downloads.py", "engine/ollama/test_daemon.py"
NEVER_SENT = f"{HERE}::test_what_would_be_refused_or_cut_is_never_sent"
WHY_NOT_DOWNLOADED = "journeys/test_downloads.py::test_the_person_is_told_why_a_download_failed"
ELSEWHERE = {
    2: (
        f"{DAEMON}::test_questions_hear_that_it_starts_until_it_answers",
        f"{DAEMON}::test_a_foreign_one_that_starts_is_waited_for",
        f"{HERE}::test_a_daemon_that_stays_silent_cannot_be_reached_and_can_be_asked_again",
    ),
    8: (NEVER_SENT,),
    9: (NEVER_SENT,),
    22: (NEVER_SENT,),
    24: (NEVER_SENT,),
    27: (f"{HERE}::test_questions_of_one_conversation_load_the_model_once",),
    28: (WHY_NOT_DOWNLOADED,),
    29: (WHY_NOT_DOWNLOADED,),
    31: (WHY_NOT_DOWNLOADED,),
    32: (
        f"{DOWNLOADS}::test_what_stands_still_is_told_and_goes_on_by_itself",
        f"{DOWNLOADS}::test_a_silent_registry_stands_still_too",
    ),
    38: (f"{HERE}::test_a_model_that_stays_for_ever_is_no_problem",),
    39: (
        f"{DAEMON}::test_closing_ends_it_and_its_runner",
        f"{DAEMON}::test_a_killed_program_leaves_neither_daemon_nor_runner",
        f"{DAEMON}::test_one_that_dies_is_started_again_and_its_runner_is_not_left",
    ),
    40: (
        "chat/test_placement.py::test_a_card_that_is_too_small_or_not_used_is_told_apart",
        "ui/health/test_finding_words.py::test_every_place_and_cause_has_its_sentence",
    ),
}
"""Failures that a single question does not meet, and the tests of them (8, 9, 22, 24: of why nobody can meet them)."""


@dataclass
class Scene:
    """What a row may break."""

    daemon: OllamaDaemon
    line: FaultyLine


@dataclass(frozen=True)
class Told:
    """What the person is told. `error` is a class of ours or a finish reason."""

    error: str
    sentence: str
    action: NoticeAction
    facts: dict[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One failure: how it is provoked, and what the person is told. `error` is a class of ours or a finish reason."""

    number: int
    name: str
    provoke: Callable[[Scene], object]
    error: str
    sentence: str
    action: NoticeAction
    facts: dict[str, Fact] = field(default_factory=dict)
    text: str = ""
    model: str = "scripted:latest"
    question: str = "Hi"
    window_tokens: int = 2048


def nothing(_scene: Scene) -> None:
    pass


def load_fails(words: str) -> Callable[[Scene], object]:
    return lambda scene: setattr(scene.daemon, "load_error", words)


def refuses(status: int, words: str) -> Callable[[Scene], object]:
    return lambda scene: scene.daemon.stand_in("/api/chat", status, words)


def in_front(status: int, page: str) -> Callable[[Scene], object]:
    return lambda scene: scene.daemon.stand_in("", status, page, kind="text/html")


def breaks_off(then: Failure | str, *, after: str = SO_FAR) -> Callable[[Scene], object]:
    return lambda scene: scene.daemon.say([after] if after else [], then=then)


def deleted_while_loaded(scene: Scene) -> None:
    scene.daemon.models = [model for model in scene.daemon.models if model.name != "scripted:latest"]


ROWS = [
    Row(1, "not running", lambda scene: scene.daemon.kill(), "EngineUnreachable", "Ollama is not running.", OTHER),
    Row(3, "another program on its port", in_front(200, "<html>"), "NotAnEngine", NOT_OLLAMA, OTHER),
    Row(4, "forbidden", in_front(403, ""), "EngineForbidden", "Ollama does not let PhiDesk in.", OTHER),
    Row(5, "a key wanted in front", in_front(401, "<html>"), "KeyRequired", WANTS_KEY, OTHER),
    Row(5, "a proxy wants a key", in_front(407, "<html>"), "KeyRequired", WANTS_KEY, OTHER),
    Row(5, "a lonely proxy", in_front(502, "<html>"), "EngineUnreachable", "Ollama is not running.", OTHER),
    Row(5, "a patient proxy", in_front(504, "<html>"), "EngineUnreachable", "Ollama is not running.", OTHER),
    Row(
        6,
        "model missing",
        nothing,
        "ModelMissing",
        "Ollama does not have Phi-4 14B.",
        OTHER,
        {"model": "phi4:14b"},
        model="phi4:14b",
    ),
    Row(
        6,
        "model gone since it was listed",
        refuses(404, "model 'scripted:latest' not found"),
        "ModelMissing",
        "Ollama does not have Scripted.",
        OTHER,
        {"model": "scripted:latest"},
    ),
    Row(7, "bad name", nothing, "ModelMissing", "Ollama does not have X.", OTHER, {"model": "../x"}, model="../x"),
    Row(
        10,
        "an embedding model",
        nothing,
        "ModelCannotChat",
        "One cannot talk with Scripted embed.",
        OTHER,
        {"model": "scripted-embed:latest"},
        model="scripted-embed:latest",
    ),
    Row(
        11,
        "no memory to load",
        load_fails("llama-server reported out-of-memory during startup: cudaMalloc failed: out of memory"),
        "ModelLoadFailed",
        "There is not enough memory to load Scripted.",
        AGAIN,
        {"model": "scripted:latest", "out_of_memory": 1},
    ),
    Row(
        12,
        "installation broken",
        load_fails("error starting llama-server: llama-server binary not found (checked: /usr/lib/ollama)"),
        "EngineDamaged",
        "Ollama is not completely installed.",
        OTHER,
    ),
    Row(
        12,
        "model does not fit",
        load_fails(
            "llama-server process has terminated: failed to load model x: this model may be incompatible with your "
            "version of Ollama. If you previously pulled this model, try updating it by running `ollama pull x`"
        ),
        "ModelTooNew",
        "Ollama and Scripted do not fit together.",
        OTHER,
        {"model": "scripted:latest"},
    ),
    Row(
        12,
        "runner crashes while it loads",
        load_fails("llama-server process has terminated: exit status 0xc0000005"),
        "ModelLoadFailed",
        "Ollama could not load Scripted.",
        AGAIN,
        {"out_of_memory": 0},
    ),
    Row(
        12,
        "processor too old",
        load_fails("llama-server process has terminated: signal: illegal instruction"),
        "ProcessorTooOld",
        "Ollama needs a newer processor than this computer has.",
        OTHER,
    ),
    Row(
        13,
        "load does not get on",
        load_fails("timed out waiting for llama-server to start - progress 0.30"),
        "ModelLoadStalled",
        "Ollama gave up loading Scripted, because it took too long.",
        AGAIN,
        {"model": "scripted:latest"},
    ),
    Row(
        14,
        "the same token for ever",
        lambda scene: scene.daemon.say([*("so", " far"), *["la "] * 60]),
        "ended_early",
        "The answer ended early.",
        CONTINUE,
        text="so far" + "la " * 31,
    ),
    Row(
        14,
        "the same token for ever, newer",
        breaks_off("prediction aborted, token repeat limit reached"),
        "ended_early",
        "The answer ended early.",
        CONTINUE,
        text=SO_FAR,
    ),
    Row(15, "runner crashes first", breaks_off(Failure.RUNNER_KILLED, after=""), "EngineDied", DIED, CONTINUE),
    Row(
        15,
        "runner stops",
        refuses(500, "model runner has unexpectedly stopped, this may be due to resource limitations"),
        "EngineDied",
        DIED,
        CONTINUE,
    ),
    Row(16, "runner crashes later", breaks_off(Failure.RUNNER_KILLED), "EngineDied", DIED, CONTINUE, text=SO_FAR),
    Row(
        16,
        "memory runs out later",
        breaks_off("an error was encountered while running the model: CUDA error: out of memory"),
        "EngineDied",
        "Ollama ran out of memory in the middle of the answer.",
        CONTINUE,
        {"out_of_memory": 1},
        text=SO_FAR,
    ),
    Row(17, "daemon killed", breaks_off(Failure.DAEMON_KILLED), "EngineDied", DIED, CONTINUE, text=SO_FAR),
    Row(17, "connection lost", breaks_off(Failure.CONNECTION_CUT), "EngineDied", DIED, CONTINUE, text=SO_FAR),
    Row(
        18,
        "a page in the middle",
        breaks_off(Failure.PAGE_OF_A_PROXY),
        "AnswerGarbled",
        "Ollama sent something unreadable in the middle of the answer.",
        CONTINUE,
        text=SO_FAR,
    ),
    Row(18, "a page instead", breaks_off(Failure.PAGE_OF_A_PROXY, after=""), "NotAnEngine", NOT_OLLAMA, OTHER),
    Row(
        18,
        "half a line",
        lambda scene: scene.line.fail(Fault.CUT, after_bytes=250),
        "EngineDied",
        DIED,
        CONTINUE,
    ),
    Row(
        19,
        "event too long",
        breaks_off("llama-server response stream event exceeded 8 MB limit"),
        "EngineDied",
        DIED,
        CONTINUE,
        text=SO_FAR,
    ),
    Row(
        20,
        "prompt too long, untold by how much",
        refuses(400, PROMPT_TOO_LONG),
        "WindowExceeded",
        "This message alone is longer than the model's memory.",
        NoticeAction.MORE_MEMORY,
        {"is_message_alone": 1},
    ),
    Row(
        21,
        "prompt too long",
        nothing,
        "WindowExceeded",
        "This message alone is longer than the model's memory.",
        NoticeAction.MORE_MEMORY,
        {"window_tokens": 512, "is_message_alone": 1, "larger_window_tokens": 4096},
        question="x" * 600,
        window_tokens=512,
    ),
    Row(
        23,
        "window full",
        lambda scene: scene.daemon.say(["tick ", "tock "], is_endless=True),
        "window_full",
        "The memory of this conversation is full.",
        NoticeAction.MORE_MEMORY,
        text="tick tock ",
        window_tokens=512,
    ),
    Row(
        25,
        "a call that cannot be read",
        breaks_off('llama-server returned invalid tool call arguments for "x": unexpected EOF'),
        "EngineDied",
        DIED,
        CONTINUE,
        text=SO_FAR,
    ),
    Row(
        26,
        "queue full",
        refuses(503, "server busy, please try again.  maximum pending requests exceeded"),
        "EngineBusy",
        "Ollama is busy with other questions.",
        AGAIN,
    ),
    Row(
        30,
        "its folder out of reach",
        lambda scene: scene.daemon.stand_in("/api/tags", 500, "mkdir /models: ensure path elements are traversable"),
        "ModelFolderUnusable",
        "Ollama may not read its own folder of models.",
        OTHER,
    ),
    Row(
        33,
        "a stored option of a wrong type",
        refuses(500, 'option "num_ctx" must be of type integer'),
        "EngineRefused",
        "Ollama did not accept the question.",
        AGAIN,
        {"status": 500},
    ),
    Row(
        34,
        "too old",
        lambda scene: setattr(scene.daemon, "version", "0.12.3"),
        "EngineTooOld",
        "Ollama is too old for PhiDesk.",
        OTHER,
        {"version": "0.12.3", "needed": "0.12.4"},
    ),
    Row(
        35,
        "a model in the cloud",
        nothing,
        "ModelElsewhere",
        "The answers of {model} would come from somebody else's computer.",
        OTHER,
        model=cloud_model().name,
    ),
    Row(
        36,
        "a file gone from its store",
        refuses(500, "open /var/lib/ollama/models/blobs/sha256-1: no such file or directory"),
        "ModelFileDamaged",
        "The file of Scripted is damaged or not complete.",
        OTHER,
        {"model": "scripted:latest"},
    ),
    Row(
        36,
        "a damaged file",
        refuses(500, "invalid file magic"),
        "ModelFileDamaged",
        "The file of Scripted is damaged or not complete.",
        OTHER,
        {"model": "scripted:latest"},
    ),
    Row(
        37,
        "deleted while loaded",
        deleted_while_loaded,
        "ModelMissing",
        "Ollama does not have Scripted.",
        OTHER,
        {"model": "scripted:latest"},
    ),
]


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon([scripted(), phi4_mini(), embedding_model(), cloud_model()]) as daemon:
        yield daemon


@pytest.fixture
def line(daemon: OllamaDaemon) -> Iterator[FaultyLine]:
    with FaultyLine(lambda: daemon.url) as line:
        yield line


@pytest.fixture
def ollama(line: FaultyLine, gate: Gate) -> Iterator[OllamaEngine]:
    engine = OllamaEngine(line.url, gate, reply_timeout_s=SILENCE_S)
    yield engine
    engine.close()


@pytest.fixture
def desk(ollama: OllamaEngine, tmp_path: Path, start_loop: StartLoop) -> Iterator[Desk]:
    with open_desk(tmp_path, ollama, start_loop) as desk:
        yield desk


def settings(model: str = "scripted:latest", window_tokens: int = 2048) -> ConversationSettings:
    return ConversationSettings(engine=OLLAMA, model=model, window_tokens=window_tokens, temperature=0.0)


def assert_told(followed: Followed, told: Told) -> None:
    outcome, notice = followed.outcome, followed.notice
    assert outcome is not None
    assert notice is not None
    assert (outcome.error or outcome.finish.value) == told.error
    assert notice.sentence == told.sentence
    assert notice.action is told.action
    assert notice.action_label
    assert dict(outcome.facts).items() >= told.facts.items()


def test_every_failure_of_the_reference_is_in_the_table_or_dealt_with_elsewhere() -> None:
    provoked = {row.number for row in ROWS}

    assert provoked | set(ELSEWHERE) == set(range(1, FAILURE_COUNT + 1))
    assert not provoked & set(ELSEWHERE)


@pytest.mark.parametrize("place", sorted({place for places in ELSEWHERE.values() for place in places}))
def test_what_is_dealt_with_elsewhere_has_its_test_there(place: str) -> None:
    file, _, name = place.partition("::")

    assert f"\ndef {name}(" in (Path(__file__).parent.parent / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number}-{row.name}".replace(" ", "-"))
def test_a_failure_of_ollama_is_told_and_can_be_mended(
    row: Row, daemon: OllamaDaemon, line: FaultyLine, desk: Desk
) -> None:
    row.provoke(Scene(daemon, line))

    followed = desk.ask(row.question, settings(row.model, row.window_tokens))

    sentence = row.sentence.format(address=line.url, model=model_label(row.model))
    is_class = row.error[0].isupper()
    assert_told(followed, Told(row.error, sentence, row.action, {"engine": OLLAMA, **row.facts} if is_class else {}))
    assert followed.shown.startswith(row.text)
    assert desk.stored_text(followed) == followed.shown


def test_a_daemon_that_stays_silent_cannot_be_reached_and_can_be_asked_again(daemon: OllamaDaemon, desk: Desk) -> None:
    """Number 2. While it may still start it is waited for: tests/engine/ollama/test_daemon.py."""
    daemon.is_frozen = True

    followed = desk.ask("Hi", settings())

    assert followed.notice is not None
    assert followed.notice.sentence == "Ollama is not running."


def test_text_with_a_line_break_that_only_python_knows_arrives_whole(daemon: OllamaDaemon, desk: Desk) -> None:
    daemon.say(["one\x85two\u2028three"])

    followed = desk.ask("Hi", settings())

    assert followed.shown == "one\x85two\u2028three"
    assert followed.notice is None


def test_the_count_before_sending_is_remembered_with_the_answer(
    daemon: OllamaDaemon, tmp_path: Path, gate: Gate, start_loop: StartLoop
) -> None:
    engine = OllamaEngine(daemon.url, gate)  # A busy computer needs more than a moment for the vocabulary.
    with open_desk(tmp_path, engine, start_loop) as desk:
        followed = desk.ask("How warm is it in Ulm?", settings("phi4-mini:latest"))
    engine.close()

    assert followed.outcome is not None
    assert dict(followed.outcome.facts)[COUNTED_TOKENS] == followed.outcome.usage.prompt_tokens


def test_what_would_be_refused_or_cut_is_never_sent(daemon: OllamaDaemon, desk: Desk) -> None:
    for model in ("scripted:latest", "phi4-mini:latest"):
        desk.ask("Hi", settings(model))

    questions = [request.body for request in daemon.requests if request.path in ("/api/chat", "/api/generate")]
    assert len(questions) == 2
    for body in questions:
        assert (body["truncate"], body["shift"]) == (False, False)
        assert not {"think", "format", "keep_alive", "tools"} & set(body)
        assert type(body["options"]["num_ctx"]) is int
        assert body["options"]["num_predict"] >= 1


def test_questions_of_one_conversation_load_the_model_once(daemon: OllamaDaemon, desk: Desk) -> None:
    for _ in range(3):
        desk.ask("Hi", settings())

    assert daemon.loads == 1


def test_nothing_is_asked_of_a_model_in_the_cloud(daemon: OllamaDaemon, desk: Desk) -> None:
    desk.ask("Hi", settings(cloud_model().name))

    assert not [request for request in daemon.requests if request.path in ("/api/chat", "/api/generate")]


def test_a_model_that_stays_for_ever_is_no_problem(daemon: OllamaDaemon, desk: Desk, ollama: OllamaEngine) -> None:
    desk.ask("Hi", settings())
    for runner in daemon.runners:
        runner.expires_at_ns = 2**63 - 1

    followed = desk.ask("Hi", settings())

    assert followed.notice is None
    assert [loaded.name for loaded in ollama.loaded()] == ["scripted:latest"]


# llama.cpp in its child


def child(*words: str) -> list[str]:
    """Return the command of a child that takes its order and then does this (Python)."""
    return [sys.executable, "-c", "\n".join(["import os, signal, sys", "sys.stdin.readline()", *words])]


LOADS = [
    pytest.param(
        child("sys.exit('terminate called after throwing an instance')"),
        Told("ModelLoadFailed", "The built-in engine could not load Scripted.", AGAIN, {"out_of_memory": 0}),
        id="crash while loading",
    ),
    pytest.param(
        child("os.kill(os.getpid(), signal.SIGSEGV)"),
        Told("ModelLoadFailed", "The built-in engine could not load Scripted.", AGAIN, {"out_of_memory": 0}),
        id="crash by a signal while loading",
    ),
    pytest.param(
        child("sys.exit('ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 1')"),
        Told("ModelLoadFailed", "There is not enough memory to load Scripted.", AGAIN, {"out_of_memory": 1}),
        id="out of memory",
    ),
    pytest.param(
        child("os.kill(os.getpid(), signal.SIGILL)"),
        Told("ProcessorTooOld", NEWER_PROCESSOR, OTHER, {}),
        id="illegal instruction",
    ),
    pytest.param(
        child("""print('{"failure": "ModuleNotFoundError: No module named xllamacpp"}')"""),
        Told("EngineMissing", "The built-in engine is not part of this installation.", OTHER, {}),
        id="library missing",
    ),
    pytest.param(
        ["/nowhere/python"],
        Told("EngineMissing", "The built-in engine is not part of this installation.", OTHER, {}),
        id="program missing",
    ),
    pytest.param(
        child("""print('{"address": "http://127.0.0.1:1"}', flush=True)""", "signal.pause()"),
        Told("EngineUnreachable", "The built-in engine does not answer.", OTHER, {}),
        id="it does not listen",
    ),
]


@pytest.mark.skipif(sys.platform == "win32", reason="ends children by signals")
@pytest.mark.parametrize(("command", "told"), LOADS)
def test_a_load_that_fails_in_the_child_is_told_and_can_be_mended(
    command: list[str],
    told: Told,
    scripted_folder: Path,
    tmp_path: Path,
    gate: Gate,
    start_loop: StartLoop,
) -> None:
    engine = BuiltinEngine([scripted_folder], gate, start_loop, command)

    with open_desk(tmp_path, engine, start_loop) as desk:
        followed = desk.ask("Hi", builtin_settings())
    engine.close()

    assert_told(followed, told)
    assert followed.notice is not None
    assert f"engine: {BUILTIN}" in followed.notice.details


def builtin_settings(model: str = "scripted") -> ConversationSettings:
    return ConversationSettings(engine=BUILTIN, model=model, window_tokens=2048, temperature=0.0)


def test_a_file_that_is_cut_short_is_damaged(
    scripted_folder: Path, tmp_path: Path, gate: Gate, start_loop: StartLoop
) -> None:
    whole = (scripted_folder / "scripted.gguf").read_bytes()
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "scripted.gguf").write_bytes(whole[:1000])
    engine = BuiltinEngine([folder], gate, start_loop)

    with open_desk(tmp_path, engine, start_loop) as desk:
        followed = desk.ask("Hi", builtin_settings())
    engine.close()

    sentence = "The file of Scripted is damaged or not complete."
    assert_told(followed, Told("ModelFileDamaged", sentence, OTHER, {"engine": BUILTIN, "model": "scripted"}))


@pytest.mark.skipif(sys.platform == "win32", reason="ends children by signals")
@pytest.mark.parametrize(
    ("number", "told"),
    [
        pytest.param(
            signal.SIGKILL,
            Told("EngineDied", "The built-in engine stopped in the middle of the answer.", CONTINUE),
            id="killed",
        ),
        pytest.param(signal.SIGILL, Told("ProcessorTooOld", NEWER_PROCESSOR, OTHER), id="illegal instruction"),
    ],
)
def test_a_child_that_ends_in_the_middle_is_told_and_starts_again(
    number: signal.Signals,
    told: Told,
    builtin_engine: BuiltinEngine,
    tmp_path: Path,
    start_loop: StartLoop,
) -> None:
    with open_desk(tmp_path, builtin_engine, start_loop) as desk:
        followed = desk.begin("FOREVER", ConversationSettings(engine=BUILTIN, model="scripted", window_tokens=8192))
        followed.follow(lambda: bool(followed.shown))
        assert builtin_engine.process_id is not None
        os.kill(builtin_engine.process_id, number)
        followed.follow_to_end()
        again = desk.ask("Hi", builtin_settings())

        assert_told(followed, told)
        assert followed.shown.startswith("tick")
        assert desk.stored_text(followed) == followed.shown
        assert again.outcome is not None
        assert (again.outcome.finish, again.shown) == (FinishReason.STOP, SCRIPTED_GREETING)


# Servers at an address


SERVER_ROWS = [
    pytest.param(
        lambda server: server.says(CHAT, {"error": {"message": "Invalid API Key"}}, status=401),
        Told("KeyRequired", "{engine} wants a valid key.", NoticeAction.ENTER_KEY),
        id="key",
    ),
    pytest.param(
        lambda server: server.says(CHAT, {"detail": "Forbidden"}, status=403),
        Told("EngineForbidden", "{engine} does not let PhiDesk in.", OTHER),
        id="forbidden",
    ),
    pytest.param(
        lambda server: server.replies.update({CHAT: Reply([b"<html>"], status=502, kind="text/html")}),
        Told("EngineUnreachable", "{engine} does not answer.", OTHER),
        id="a lonely proxy",
    ),
    pytest.param(
        lambda server: server.replies.update({CHAT: Reply([b"<html>"], kind="text/html")}),
        Told("NotAnEngine", "What answers at {address} is not an engine.", OTHER),
        id="a page instead",
    ),
    pytest.param(
        lambda server: server.says(
            CHAT, {"error": {"message": "Loading model", "type": "unavailable_error"}}, status=503
        ),
        Told("EngineStarting", "{engine} is still starting.", AGAIN),
        id="still loading",
    ),
    pytest.param(
        lambda server: server.says(CHAT, {"error": "too many requests"}, status=429),
        Told("EngineBusy", "{engine} is busy with other questions.", AGAIN),
        id="busy",
    ),
    pytest.param(
        lambda server: server.says(CHAT, {"error": {"message": "bad temperature"}}, status=400),
        Told("EngineRefused", "{engine} did not accept the question.", AGAIN),
        id="refused",
    ),
    pytest.param(
        lambda server: server.says(
            CHAT,
            {"error": {"type": "exceed_context_size_error", "n_prompt_tokens": 9000, "n_ctx": 4096, "message": "long"}},
            status=400,
        ),
        Told(
            "WindowExceeded",
            "This message alone is longer than the model's memory.",
            NoticeAction.READ_IN_PARTS,
            {"window_tokens": 4096, "is_message_alone": 1},
        ),
        id="too long",
    ),
    pytest.param(
        lambda server: server.streams(CHAT, SAID, {"error": {"message": "CUDA error", "code": 500}}),
        Told("EngineDied", "{engine} stopped in the middle of the answer.", CONTINUE),
        id="an error in the middle",
    ),
    pytest.param(
        lambda server: server.streams(CHAT, SAID, ends_properly=False),
        Told("EngineDied", "{engine} stopped in the middle of the answer.", CONTINUE),
        id="the connection is lost",
    ),
    pytest.param(
        lambda server: server.streams(CHAT, SAID, b"<html>\n"),
        Told("AnswerGarbled", "{engine} sent something unreadable in the middle of the answer.", CONTINUE),
        id="a page in the middle",
    ),
    pytest.param(
        lambda server: server.streams(CHAT, SAID),
        Told("ended_early", "The answer ended early.", CONTINUE),
        id="an end without its last word",
    ),
]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        server.says("/v1/models", {"data": [{"id": "m", "max_model_len": 4096}]})
        yield server


@pytest.mark.parametrize(("provoke", "told"), SERVER_ROWS)
def test_a_failure_of_a_server_is_told_and_can_be_mended(
    provoke: Callable[[ScriptedServer], None],
    told: Told,
    server: ScriptedServer,
    tmp_path: Path,
    gate: Gate,
    start_loop: StartLoop,
) -> None:
    engine = ServerEngine(server.address, lambda: None, gate)
    provoke(server)

    with open_desk(tmp_path, engine, start_loop) as desk:
        followed = desk.ask("Hi", ConversationSettings(engine=server.address))
        stored = desk.stored_text(followed)
    engine.close()

    subject = f"The engine at {server.address.removeprefix('http://')}"
    sentence = told.sentence.format(engine=subject, address=server.address)
    assert_told(followed, replace(told, sentence=sentence))
    is_begun = "middle" in sentence or told.error == "ended_early"
    assert stored == followed.shown == (SO_FAR if is_begun else "")


@pytest.mark.parametrize(
    "words",
    [
        "Unexpected fields in the request: {name}",
        "'{name}.type' must be 'text'",
        "Invalid schema for {name} 'answer'",
        "failed to parse grammar",
    ],
)
def test_a_form_that_a_server_refuses_can_be_left_out_of_one_answer(
    words: str, tmp_path: Path, gate: Gate, start_loop: StartLoop
) -> None:
    wished = ConversationSettings(answer_schema='{"type": "object"}')
    strict = replace(TRANSFORMERS, refusal={"error": {"message": words}}, refusal_status=400)
    with dialect_server(strict) as server:
        engine = ServerEngine(server.address, lambda: None, gate)
        with open_desk(tmp_path, engine, start_loop) as desk:
            refused = desk.ask("Hi", wished)
            assert refused.turn.conversation_id is not None
            answered = Followed(desk.service.resume(refused.turn.conversation_id, is_free_of_schema=True))
            outcome = answered.follow_to_end()
            settings = desk.conversations.get(refused.turn.conversation_id).result().settings
        engine.close()

    assert refused.notice is not None
    assert refused.notice.action is NoticeAction.ANSWER_FREELY
    assert outcome.finish is FinishReason.STOP
    assert settings == wished


def test_a_server_that_is_gone_is_told(tmp_path: Path, gate: Gate, start_loop: StartLoop) -> None:
    engine = ServerEngine(NOBODY, lambda: None, gate)

    with open_desk(tmp_path, engine, start_loop) as desk:
        followed = desk.ask("Hi", ConversationSettings(engine=NOBODY))
    engine.close()

    assert_told(followed, Told("EngineUnreachable", "The engine at 127.0.0.1:1 does not answer.", OTHER))
