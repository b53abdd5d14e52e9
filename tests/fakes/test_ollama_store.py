"""Blobs, create, copy and delete of the recorded daemon: replayed, and what recordings cannot show."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import ollama
import pytest

from phidesk.core.paths import PRACTICE_MODEL_FILE
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import RECORDINGS, StoredModel, scripted, smollm2
from tests.fakes.ollama_recordings import Recording, recording, send
from tests.fakes.ollama_store import SHOWN_FOLDER, Conversion
from tests.fakes.test_ollama_recordings import assert_headers_are_alike

PRACTICE = "sha256:b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
CHATML = "{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"
STOPS = '{"stop":["\\u003c|im_start|\\u003e","\\u003c|im_end|\\u003e"]}\n'

Before = Callable[[OllamaDaemon], None]


def nothing(daemon: OllamaDaemon) -> None:
    daemon.models.clear()


def with_practice_blob(daemon: OllamaDaemon) -> None:
    daemon.store.keep_as(PRACTICE, b"GGUF")


def rewritten(name: str, *, template: str = "", is_known: bool = False) -> Before:
    """The real daemon wrote the file anew; only the digest of what it wrote is known, not the content."""

    def prepare(daemon: OllamaDaemon) -> None:
        recorded = recording(name)
        (digest,) = recorded.request["files"].values()
        daemon.store.keep_as(digest, b"GGUF")
        made = next(line["status"] for line in recorded.lines if "layer" in line["status"]).rpartition(" ")[2]
        if made != digest:
            conversion = Conversion(b"GGUF", template, CHATML if template else "", STOPS if template else "")
            daemon.store.conversions[digest] = replace(conversion, weights_digest=made)
        if is_known:
            daemon.store.keep_as(made, b"GGUF")
            daemon.store.keep(STOPS.encode())
        if "template" in recorded.request:
            daemon.store.keep(recorded.request["template"].encode())

    return prepare


def with_stops(daemon: OllamaDaemon) -> None:
    daemon.store.keep(STOPS.encode())
    daemon.store.keep(CHATML.encode())


def with_copy(daemon: OllamaDaemon) -> None:
    daemon.store.copy("smollm2", "smol-copy:v1")


def with_text_blob(daemon: OllamaDaemon) -> None:
    for name in ("err_create_not_gguf", "err_create_not_gguf_nonstream"):
        daemon.store.keep_as(recording(name).request["files"]["a.gguf"], b"text")


@dataclass(frozen=True)
class Case:
    """One recording, and what is so before it."""

    name: str
    before: Before = nothing


CASES = [
    Case("blob_head_missing"),
    Case("blob_head_present", with_practice_blob),
    Case("blob_bad_digest_form"),
    Case("blob_post_bad_digest_form"),
    Case("blob_post_again", with_practice_blob),
    Case("blob_post_mismatch"),
    Case("create_from_gguf", rewritten("create_from_gguf", template="chatml")),
    Case("create_from_gguf_again", rewritten("create_from_gguf_again", template="chatml", is_known=True)),
    Case("create_from_gguf_gemma", rewritten("create_from_gguf_gemma")),
    Case("create_from_gguf_jinja", rewritten("create_from_gguf_jinja")),
    Case("create_scripted_fixed", rewritten("create_scripted_fixed")),
    Case("create_from_model", with_stops),
    Case("create_nonstream", with_stops),
    Case("copy", with_stops),
    Case("delete", with_copy),
    Case("err_copy_bad", with_stops),
    Case("err_copy_missing"),
    Case("err_create_bad_name"),
    Case("err_create_bad_param", with_stops),
    Case("err_create_file_missing_blob"),
    Case("err_create_file_missing_blob_nonstream"),
    Case("err_create_not_gguf", with_text_blob),
    Case("err_create_not_gguf_nonstream", with_text_blob),
    Case("err_create_nothing"),
    Case("err_delete_bad"),
    Case("err_delete_missing"),
]
WITH_FILE = ("blob_post_created", "blob_post_disk_full")
"""Replayed with the practice model, which is the very file of the recording."""
LEFT_OUT = {
    "create_scripted_registry": "says nothing that another one does not say",
    "create_disk_full": "llama-quantize hides that the disk is full",
}


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon([smollm2()], version="0.0.0") as daemon:
        yield daemon


@pytest.fixture
def client(daemon: OllamaDaemon) -> Iterator[ollama.Client]:
    with ollama.Client(daemon.url) as client:
        yield client


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_daemon_replies_as_recorded(case: Case, daemon: OllamaDaemon) -> None:
    case.before(daemon)

    check_reply(daemon, recording(case.name))


@pytest.mark.parametrize("name", WITH_FILE)
def test_daemon_takes_the_recorded_file_as_recorded(name: str, daemon: OllamaDaemon, practice_folder: Path) -> None:
    if name == "blob_post_disk_full":
        daemon.store.free_bytes = 60_000_000

    check_reply(daemon, replace(recording(name), body=(practice_folder / PRACTICE_MODEL_FILE).read_bytes()))


def check_reply(daemon: OllamaDaemon, recorded: Recording) -> None:
    with ExitStack() as exits:
        exchange = exits.enter_context(send(daemon.url, recorded))
        reply = exchange.reply(has_body=recorded.method != "HEAD")

    headers = dict(recorded.reply.headers)
    if SHOWN_FOLDER.encode() in recorded.reply.body and "content-length" in headers:
        headers["content-length"] = str(len(reply.body))  # The recorder replaced the real folder, not its length.
    recorded = replace(recorded, reply=replace(recorded.reply, headers=headers))
    assert reply.chunks == recorded.reply.chunks
    assert (reply.status, reply.end) == (recorded.reply.status, recorded.reply.end)
    assert_headers_are_alike(reply, recorded)


def test_every_recording_of_the_store_is_replayed_or_left_out() -> None:
    paths = ("/api/create", "/api/copy", "/api/delete", "/api/blobs/")
    names = {path.stem for path in RECORDINGS.glob("*.json") if recording(path.stem).path.startswith(paths)}

    assert names == {case.name for case in CASES} | set(WITH_FILE) | LEFT_OUT.keys()


def test_a_created_model_is_listed_shown_and_deleted_with_its_files(
    daemon: OllamaDaemon, client: ollama.Client
) -> None:
    digest = daemon.store.keep(b"GGUF and more")

    client.create("made", files={"m.gguf": digest}, template="{{ .Prompt }}", system="Be kind.", license="MIT")

    (made,) = (model for model in client.list().models if model.model == "made:latest")
    shown = client.show("made")
    assert (shown.template, shown.license) == ("{{ .Prompt }}", "MIT")
    assert made.digest == manifest_digest(daemon, "made")
    assert str(daemon.store.blob_path(digest).name) in str(shown.modelfile)

    client.delete("made")

    assert [model.model for model in client.list().models] == ["smollm2:latest"]
    assert not daemon.store.blob_path(digest).exists()


def test_a_file_of_two_models_stays_with_the_second(daemon: OllamaDaemon, client: ollama.Client) -> None:
    digest = daemon.store.keep(b"GGUF and more")
    client.create("one", files={"m.gguf": digest}, system="of one")
    client.copy("one", "two")

    client.delete("one")

    assert daemon.store.blob_path(digest).exists()


def test_the_package_uploads_a_file(daemon: OllamaDaemon, client: ollama.Client, tmp_path: Path) -> None:
    path = tmp_path / "some.gguf"
    path.write_bytes(b"GGUF" + bytes(3_000_000))

    digest = client.create_blob(path)

    assert daemon.store.blob_path(digest).read_bytes() == path.read_bytes()


def test_a_folder_can_be_given(tmp_path: Path) -> None:
    models: list[StoredModel] = [scripted()]
    with OllamaDaemon(models, models_folder=tmp_path) as daemon, ollama.Client(daemon.url) as client:
        client.copy("scripted", "someone/other:v2")

    assert (tmp_path / "manifests" / "registry.ollama.ai" / "someone" / "other" / "v2").is_file()


def manifest_digest(daemon: OllamaDaemon, name: str) -> str:
    path = daemon.store.folder / "manifests" / "registry.ollama.ai" / "library" / name / "latest"
    assert json.loads(path.read_bytes())["layers"]
    return hashlib.sha256(path.read_bytes()).hexdigest()
