"""The support bundle: everything private is planted everywhere, and none of it is in the zip."""

from __future__ import annotations

import getpass
import json
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phidesk.chat.diagnosis import FontFinding
from phidesk.chat.doctor import Doctor
from phidesk.chat.engine_choice import EngineDirectory
from phidesk.chat.support_bundle import LEFT_OUT, personal_names
from phidesk.core.conversation import ConversationSettings
from phidesk.core.errors import ModelLoadFailed, StorageUnwritable
from phidesk.core.parts import TextPart
from phidesk.core.paths import PRACTICE_MODEL_FILE, Paths
from phidesk.core.tasks import StartLoop
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.network import Gate
from phidesk.engine.openai.client import ServerEngine
from phidesk.engine.protocol import BUILTIN, Engine
from phidesk.storage.answer_writer import AnswerWriter
from phidesk.storage.conversations import Conversations
from phidesk.storage.database import open_database
from phidesk.storage.inspection import texts_of_person
from phidesk.storage.program_state import OFFLINE, ON, ProgramState
from phidesk.storage.secrets import Secrets

QUESTION = "How do I tell my sister about the inheritance?"
ANSWER = "Tell her gently that the orchard goes to the cousins."
DRAFT = "unsent words about the divorce lawyer"
INSTRUCTIONS = "Answer as my late grandmother would."
KEY = "Zebra+Quartz=99"
HOME, USER = "/home/erika", "erika"
HARMLESS = "ggml backend CPU loaded in 31 ms"
PLANTED = (
    f"prompt: {QUESTION}",
    f"generated: ...{ANSWER}",
    json.dumps({"draft": DRAFT}),
    f"system: {INSTRUCTIONS}",
    f"key {KEY} was used, Authorization: Bearer abcdef123456",
    f"file {HOME}/documents/letter.txt of {USER}",
    HARMLESS,
)
SECRETS = ("inheritance", "orchard", "divorce", "grandmother", KEY, "abcdef123456", HOME, USER)
SAYS_PLANTED = f"import sys; [print(line, file=sys.stderr) for line in {PLANTED!r}]; sys.stderr.flush()"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(data=tmp_path / "data", models=tmp_path / "models", logs=tmp_path / "logs", notes=tmp_path / "notes")


@pytest.fixture(autouse=True)
def be_erika(monkeypatch: pytest.MonkeyPatch) -> None:
    """The computer belongs to somebody of whom nothing may be in the zip."""
    monkeypatch.setenv("LOGNAME", USER)
    monkeypatch.setenv("HOME", HOME)
    monkeypatch.setenv("USERPROFILE", HOME)


@pytest.fixture
def talkative_engine(gate: Gate, start_loop: StartLoop, practice_folder: Path) -> Iterator[BuiltinEngine]:
    """An engine whose child said private things before it failed."""
    engine = BuiltinEngine([practice_folder], gate, start_loop, (sys.executable, "-c", SAYS_PLANTED))
    model = next(model for model in engine.models() if model.name == PRACTICE_MODEL_FILE.removesuffix(".gguf"))
    with pytest.raises(ModelLoadFailed):
        engine.load(model, 2048)
    yield engine
    engine.close()


@pytest.fixture
def doctor(paths: Paths, talkative_engine: BuiltinEngine) -> Iterator[Doctor]:
    """A doctor of a profile, a log, a key, an engine and connections that are full of private things."""
    with ThreadPoolExecutor(1) as worker:
        database = open_database(paths.database, worker)
        conversations = Conversations(database, lambda: datetime.now(UTC), iter(map(str, range(99))).__next__)
        settings = ConversationSettings(instructions=INSTRUCTIONS)
        asked = conversations.ask((TextPart(QUESTION),), conversation_id=None, settings=settings).result()
        conversations.save_draft(asked.conversation.id, DRAFT).result()
        AnswerWriter(database, asked.answer).append(ANSWER)
        state = ProgramState(database)
        state.set(OFFLINE, ON).result()
        state.set("last_conversation", asked.conversation.id).result()
        database.close()
    paths.logs.mkdir()
    (paths.logs / "phidesk.log").write_text("\n".join(PLANTED), encoding="utf-8")
    gate = Gate(lambda: datetime.now(UTC))
    server = ServerEngine("http://erika-server.example:8000", lambda: KEY, gate)
    engines: list[Engine] = [talkative_engine, server]
    secrets = Secrets()
    secrets._of_this_run["http://erika-server.example:8000"] = KEY
    yield Doctor(
        directory=EngineDirectory(lambda: engines, lambda _: server),
        paths=paths,
        models_folder=lambda: Path(HOME) / "documents/letter-models",
        gate=gate,
        secrets=secrets,
        fonts=FontFinding("Sans"),
    )
    gate.close()


def write(doctor: Doctor, path: Path) -> dict[str, str]:
    """Write the bundle and read everything in it."""
    diagnosis = doctor.diagnose()
    doctor.write_bundle(path, diagnosis, summary=[f"✓ {QUESTION}", "✓ Disk"], note="A note.")
    with zipfile.ZipFile(path) as bundle:
        assert bundle.testzip() is None
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


def test_what_is_planted_is_where_the_bundle_looks(doctor: Doctor, paths: Paths) -> None:
    for source in ("phidesk", BUILTIN):
        assert [line.text for line in doctor.log_lines() if line.source == source] == list(PLANTED)
    assert {QUESTION, ANSWER, DRAFT, INSTRUCTIONS} <= set(texts_of_person(paths.database))
    assert getpass.getuser() in personal_names()


def test_nothing_private_is_in_the_zip(doctor: Doctor, tmp_path: Path) -> None:
    files = write(doctor, tmp_path / "help.zip")

    everything = "\n".join([*files, *files.values()]).casefold()
    assert [secret for secret in SECRETS if secret.casefold() in everything] == []
    assert str(Path.home()) not in everything


def test_what_helps_is_in_the_zip(doctor: Doctor, tmp_path: Path) -> None:
    files = write(doctor, tmp_path / "help.zip")

    diagnosis = json.loads(files["diagnosis.json"])
    assert files["log.txt"].count(HARMLESS) == 2
    assert files["log.txt"].count(LEFT_OUT) == 8
    assert "✓ Disk" in files["summary.txt"]
    assert [engine["name"] for engine in diagnosis["engines"]] == ["builtin", "http://elsewhere:8000"]
    assert json.loads(files["settings.json"]) == {"offline": "on"}
    assert json.loads(files["versions.json"])["httpx"]
    assert files["README.txt"] == "A note.\n"


def test_a_place_that_cannot_be_written_is_told_and_nothing_half_stays(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StorageUnwritable):
        write(doctor, tmp_path / "file" / "help.zip")

    assert not list(tmp_path.glob("**/*.part"))


def test_an_engine_that_is_not_ours_keeps_no_log(doctor: Doctor) -> None:
    assert {line.source for line in doctor.log_lines()} == {"phidesk", BUILTIN}
