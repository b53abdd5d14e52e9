"""Ollama's folder, read without Ollama."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.engine.ollama.store import (
    LICENCE,
    PARAMETERS,
    SYSTEM,
    TEMPLATE,
    Manifest,
    OllamaStore,
    read_manifest,
    store_folders,
)
from tests.engine.ollama.stored_models import StoreWriter

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
HEX = st.text("0123456789abcdef", min_size=63, max_size=65)
LAYER = st.fixed_dictionaries(
    {},
    optional={
        "digest": HEX.map("sha256:{}".format) | st.text(max_size=80) | ANY_JSON,
        "size": st.integers() | ANY_JSON,
        "mediaType": st.just("application/vnd.ollama.image.model") | ANY_JSON,
    },
)
NEARLY_A_MANIFEST = st.fixed_dictionaries({"config": LAYER, "layers": st.lists(LAYER, max_size=3) | ANY_JSON})


@pytest.fixture
def writer(tmp_path: Path) -> StoreWriter:
    return StoreWriter(tmp_path / "ollama")


@pytest.fixture
def store(writer: StoreWriter) -> OllamaStore:
    return OllamaStore([writer.folder])


def test_a_model_is_found_with_its_files(writer: StoreWriter, store: OllamaStore) -> None:
    writer.add("phi4-mini:latest", b"weights", template="{{ .Prompt }}", licence="MIT", parameters='{"stop":["x"]}')

    model = store.find("phi4-mini")

    assert model is not None
    assert model.name == "phi4-mini:latest"
    assert model.manifest.weights is not None
    assert model.path_of(model.manifest.weights).read_bytes() == b"weights"
    assert (model.text_of(TEMPLATE), model.text_of(LICENCE)) == ("{{ .Prompt }}", "MIT")
    assert (model.text_of(PARAMETERS), model.text_of(SYSTEM)) == ('{"stop":["x"]}', "")


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("registry.ollama.ai/library/phi4-mini/latest", "phi4-mini:latest"),
        ("registry.ollama.ai/somebody/phi4-mini/q8", "somebody/phi4-mini:q8"),
        ("hf.co/maker/Phi-4-mini-GGUF/Q4_K_M", "hf.co/maker/Phi-4-mini-GGUF:Q4_K_M"),
    ],
)
def test_names_are_those_that_the_daemon_lists(writer: StoreWriter, store: OllamaStore, place: str, name: str) -> None:
    writer.add_at(place, b"weights")

    assert [model.name for model in store.models()] == [name]


def test_the_digest_is_that_of_the_daemon(writer: StoreWriter, store: OllamaStore) -> None:
    digest = writer.add("one", b"weights")

    assert store.find("one", digest) is not None
    assert store.find("one", "0" * 64) is None


def test_the_first_folder_wins(tmp_path: Path) -> None:
    first, second = StoreWriter(tmp_path / "first"), StoreWriter(tmp_path / "second")
    second.add("same", b"of the second")
    second.add("other", b"of the second")
    digest = first.add("same", b"of the first")

    models = OllamaStore([first.folder, tmp_path / "nowhere", second.folder]).models()

    assert [model.name for model in models] == ["same:latest", "other:latest"]
    assert models[0].manifest.sha256 == digest


def test_models_that_share_files_are_known(writer: StoreWriter, store: OllamaStore) -> None:
    writer.add("one", b"weights", template="a")
    writer.add("two", b"weights", template="b")
    writer.add("three", b"other weights", template="c")
    model = store.find("one")

    assert model is not None
    assert [other.name for other in store.sharers(model)] == ["two:latest"]


@pytest.mark.parametrize("content", [b"", b"not JSON", b"[]", b"{}", b"[" * 100_000, b"\xff\xfe", bytes(2**20 + 1)])
def test_a_damaged_manifest_is_left_out(writer: StoreWriter, store: OllamaStore, content: bytes) -> None:
    writer.add("good", b"weights")
    writer.manifest_path("bad").parent.mkdir(parents=True)
    writer.manifest_path("bad").write_bytes(content)

    assert [model.name for model in store.models()] == ["good:latest"]


def test_a_layer_cannot_point_out_of_the_folder() -> None:
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:../../../etc/passwd", "size": 1}

    with pytest.raises(ValueError, match="no layer"):
        read_manifest(json.dumps({"config": layer, "layers": [layer]}).encode())


@given(content=st.binary() | ANY_JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_stands_in_a_file_it_is_a_manifest_or_none(content: bytes) -> None:
    check_manifest_or_refusal(content)


@given(document=NEARLY_A_MANIFEST)
def test_what_is_nearly_a_manifest_is_read_whole_or_refused(document: dict[str, Any]) -> None:
    check_manifest_or_refusal(json.dumps(document).encode())


def check_manifest_or_refusal(content: bytes) -> None:
    try:
        manifest: Manifest | None = read_manifest(content)
    except ValueError:
        manifest = None

    for layer in manifest.blobs.values() if manifest else ():
        assert len(layer.sha256) == 64
        assert layer.size_bytes >= 0
        assert Path(layer.file_name).name == layer.file_name


def test_folders_are_those_of_the_person_and_of_the_service(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}

    folders = store_folders({**home, "OLLAMA_MODELS": f' "{tmp_path / "big disk"}" '})

    assert folders[:2] == [tmp_path / "big disk", tmp_path / ".ollama" / "models"]
    assert (Path("/usr/share/ollama/.ollama/models") in folders) == (sys.platform == "linux")
    assert store_folders({**home, "OLLAMA_MODELS": str(tmp_path / ".ollama" / "models")}) == store_folders(home)


def test_before_the_first_model_its_folder_is_the_likeliest(tmp_path: Path) -> None:
    store = OllamaStore([tmp_path / "likeliest", tmp_path / "other"])

    assert (store.folder, store.future_folder) == (None, tmp_path / "likeliest")


def test_a_folder_that_exists_is_where_the_next_model_will_lie(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    store = OllamaStore([tmp_path / "likeliest", tmp_path / "other"])

    assert store.folder == store.future_folder == tmp_path / "other"
