"""Which files the built-in engine offers, its own and those of Ollama, and under which names."""

from __future__ import annotations

from pathlib import Path

import pytest

from phidesk.core.errors import ModelMissing
from phidesk.engine.builtin.model_folder import ModelFolders
from phidesk.engine.ollama.store import OllamaStore
from tests.engine.ollama.stored_models import StoreWriter
from tests.engine.test_gguf import header_of, phi4_mini


@pytest.fixture
def writer(tmp_path: Path) -> StoreWriter:
    return StoreWriter(tmp_path / "ollama")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


@pytest.fixture
def folders(writer: StoreWriter, own: Path) -> ModelFolders:
    return ModelFolders([own], OllamaStore([writer.folder]))


def test_a_file_of_ollama_is_offered_where_it_lies(writer: StoreWriter, folders: ModelFolders) -> None:
    weights = header_of(phi4_mini())
    writer.add("phi4-mini", weights, template="{{ .Prompt }}")

    (file,) = folders.list()

    assert (file.name, file.path) == ("phi4-mini@ollama", writer.blob_path(weights))
    assert file.info.is_phi4_mini
    assert folders.find("phi4-mini@ollama") == file


def test_a_file_of_ours_with_the_same_name_is_another_one(
    writer: StoreWriter, own: Path, folders: ModelFolders
) -> None:
    (own / "phi4-mini.gguf").write_bytes(header_of(phi4_mini(**{"general.file_type": 7})))
    writer.add("phi4-mini", header_of(phi4_mini()))

    quantisations = {file.name: file.info.quantisation for file in folders.list()}

    assert quantisations == {"phi4-mini": "Q8_0", "phi4-mini@ollama": "Q4_K_M"}
    assert folders.find("phi4-mini").path == own / "phi4-mini.gguf"


def test_one_file_under_many_names_is_offered_once_by_its_plainest(writer: StoreWriter, folders: ModelFolders) -> None:
    weights = header_of(phi4_mini())
    for name in ("copy-of-it:v1", "pirate", "phi4-mini"):
        writer.add(name, weights, system="Be a pirate." if name == "pirate" else "")

    assert [file.name for file in folders.list()] == ["phi4-mini@ollama"]


@pytest.mark.parametrize(
    "weights",
    [
        header_of(phi4_mini(**{"general.architecture": "gptoss"})),
        header_of({"general.architecture": "bert", "tokenizer.ggml.tokens": ["a"]}),
        b"not a GGUF file",
        b"",
    ],
    ids=["a family of Ollama's own", "embeddings", "another format", "empty"],
)
def test_what_llama_cpp_cannot_use_is_not_offered(writer: StoreWriter, folders: ModelFolders, weights: bytes) -> None:
    writer.add("some", weights)

    assert folders.list() == []
    with pytest.raises(ModelMissing):
        folders.find("some@ollama")


def test_a_model_that_needs_more_than_its_file_is_not_offered(writer: StoreWriter, folders: ModelFolders) -> None:
    writer.add("tuned", header_of(phi4_mini()), adapter="GGUF of an adapter")

    assert folders.list() == []


def test_a_file_that_ollama_deleted_is_no_longer_offered(writer: StoreWriter, folders: ModelFolders) -> None:
    weights = header_of(phi4_mini())
    writer.add("phi4-mini", weights)
    assert folders.list()

    writer.blob_path(weights).unlink()

    assert folders.list() == []
