"""Which files the built-in engine takes, on real ones and on those that people choose by mistake."""

from __future__ import annotations

import mmap
from pathlib import Path

import pytest

from phidesk.core.errors import ModelFileDamaged, ModelFileForeign
from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.engine.builtin.suitability import CHAT_ARCHITECTURES, EMBEDDING_ARCHITECTURES, check_model_file
from tests.engine.test_gguf import header_of, phi4_mini

LLAMA: dict[str, str | int | list[str]] = {
    "general.architecture": "llama",
    "llama.context_length": 8192,
    "llama.block_count": 1,
    "tokenizer.ggml.tokens": ["a", "b"],
}


def write(folder: Path, content: bytes) -> Path:
    path = folder / "chosen.gguf"
    path.write_bytes(content)
    return path


def test_the_practice_model_is_suitable(practice_folder: Path) -> None:
    header = check_model_file(practice_folder / PRACTICE_MODEL_FILE)

    assert (header.architecture, header.quantisation, header.trained_window_tokens) == ("llama", "Q4_1", 8192)
    assert header.vocabulary_size == 49152


def test_phi4_mini_is_suitable(tmp_path: Path) -> None:
    assert check_model_file(write(tmp_path, header_of(phi4_mini()))).is_phi4_mini


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 an archive of PyTorch", "not_gguf"),
        (b"<!DOCTYPE html><title>Sign in", "not_gguf"),
        (b"version https://git-lfs.github.com/spec/v1", "not_gguf"),
        (b"GGUF\x01\x00\x00\x00" + bytes(100), "version"),
        (b"GGUF\x00\x00\x00\x03" + bytes(100), "version"),
        (header_of({**LLAMA, "general.architecture": "brand-new"}), "architecture"),
        (header_of({"general.architecture": "clip"}), "part"),
        (header_of({**LLAMA, "general.type": "mmproj"}), "part"),
        (header_of({**LLAMA, "general.type": "adapter"}), "part"),
        (header_of({**LLAMA, "split.no": 0, "split.count": 2}), "part"),
        (header_of({**LLAMA, "split.no": 1, "split.count": 2}), "part"),
        (header_of({**LLAMA, "general.architecture": "nomic-bert"}), "embedding"),
    ],
)
def test_a_foreign_file_is_refused_with_its_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    path = write(tmp_path, content)

    with pytest.raises(ModelFileForeign) as caught:
        check_model_file(path)

    assert (caught.value.reason, caught.value.path, caught.value.model) == (reason, path, "chosen")


@pytest.mark.parametrize("lacking", ["llama.context_length", "llama.block_count", "tokenizer.ggml.tokens"])
def test_a_header_without_what_every_model_has_is_damaged(tmp_path: Path, lacking: str) -> None:
    path = write(tmp_path, header_of({key: value for key, value in LLAMA.items() if key != lacking}))

    with pytest.raises(ModelFileDamaged, match="the header lacks"):
        check_model_file(path)


@pytest.mark.parametrize("length", [0, 3, 7, 8, 100, -1])
def test_a_file_that_was_cut_is_damaged(tmp_path: Path, scripted_folder: Path, length: int) -> None:
    whole = (scripted_folder / "scripted.gguf").read_bytes()

    with pytest.raises(ModelFileDamaged):
        check_model_file(write(tmp_path, whole[:length]))


def test_a_folder_or_nothing_is_damaged(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.gguf"):
        with pytest.raises(ModelFileDamaged):
            check_model_file(path)


def test_the_installed_llama_cpp_knows_every_family() -> None:
    import xllamacpp  # noqa: PLC0415 - only here

    (library,) = Path(str(xllamacpp.__file__)).parent.glob("xllamacpp*.so")
    with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as code:
        names = code.find(b"\0nomic-bert-moe\0")
        unknown = {
            name
            for name in CHAT_ARCHITECTURES
            if code.find(name.encode() + b"\0", max(0, names - 10_000), names + 10_000) < 0
            and code.find(name.encode() + b"\0") < 0
        }

    assert names > 0
    assert unknown == set()
    assert not {name for name in CHAT_ARCHITECTURES if name.startswith(EMBEDDING_ARCHITECTURES)}
