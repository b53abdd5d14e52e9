"""The header reader, on real files and on broken ones."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from phidesk.core.errors import ModelFileDamaged
from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.engine.gguf import GgufHeader, read_gguf_header
from phidesk.engine.phi4_mini import VOCABULARY_SIZE

STRING, ARRAY, UNSIGNED = 8, 9, 4


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def header_of(values: dict[str, str | int | list[str]]) -> bytes:
    """Write a GGUF header without weights."""
    data = b"GGUF" + struct.pack("<IQQ", 3, 0, len(values))
    for key, value in values.items():
        data += text(key)
        if isinstance(value, str):
            data += struct.pack("<I", STRING) + text(value)
        elif isinstance(value, int):
            data += struct.pack("<II", UNSIGNED, value)
        else:
            data += struct.pack("<IIQ", ARRAY, STRING, len(value)) + b"".join(map(text, value))
    return data + bytes(32)


def write(folder: Path, data: bytes) -> Path:
    path = folder / "some.gguf"
    path.write_bytes(data)
    return path


def phi4_mini(**changed: str | int | list[str]) -> dict[str, str | int | list[str]]:
    words = [f"w{number}" for number in range(VOCABULARY_SIZE - 1)]
    return {
        "general.architecture": "phi3",
        "phi3.context_length": 131072,
        "phi3.block_count": 32,
        "tokenizer.ggml.tokens": [*words, "<|tool_call|>"],
        "general.file_type": 15,
        **changed,
    }


def test_the_practice_model_is_described(practice_folder: Path) -> None:
    header = read_gguf_header(practice_folder / PRACTICE_MODEL_FILE, "builtin")

    assert (header.architecture, header.trained_window_tokens, header.block_count) == ("llama", 8192, 30)
    assert (header.vocabulary_size, header.quantisation, header.parameters) == (49152, "Q4_1", "135M")
    assert header.licence == "apache-2.0"
    assert "<|im_start|>" in header.chat_template
    assert header.is_language_model
    assert not header.is_phi4_mini
    assert not header.adds_start_token


def test_phi4_mini_is_known_by_architecture_vocabulary_and_its_control_token(tmp_path: Path) -> None:
    header = read_gguf_header(write(tmp_path, header_of(phi4_mini())), "builtin")

    assert header.is_phi4_mini
    assert (header.trained_window_tokens, header.quantisation) == (131072, "Q4_K_M")


@pytest.mark.parametrize(
    "changed",
    [
        {"general.architecture": "llama"},
        {"tokenizer.ggml.tokens": [f"w{number}" for number in range(VOCABULARY_SIZE)]},
        {"tokenizer.ggml.tokens": ["<|tool_call|>"]},
        {
            "tokenizer.chat_template": "{{ '<|system|>Your name is Phi, an AI math expert.' }}{% for message in messages %}"
        },
    ],
    ids=["other family", "no tool calls", "other vocabulary", "own system text"],
)
def test_a_similar_model_is_not_phi4_mini(tmp_path: Path, changed: dict[str, str | int | list[str]]) -> None:
    header = read_gguf_header(write(tmp_path, header_of(phi4_mini(**changed))), "builtin")

    assert not header.is_phi4_mini


@pytest.mark.parametrize(
    "values",
    [
        {"general.architecture": "clip", "general.type": "mmproj"},
        {"general.architecture": "llama", "tokenizer.ggml.tokens": ["a"], "split.no": 1},
        {"general.architecture": "llama", "general.type": "adapter", "tokenizer.ggml.tokens": ["a"]},
    ],
    ids=["pictures", "second part", "adapter"],
)
def test_files_that_are_only_a_part_are_no_language_models(
    tmp_path: Path, values: dict[str, str | int | list[str]]
) -> None:
    assert not read_gguf_header(write(tmp_path, header_of(values)), "builtin").is_language_model


def test_what_a_file_does_not_say_stays_unknown(tmp_path: Path) -> None:
    header = read_gguf_header(write(tmp_path, header_of({"general.architecture": "new"})), "builtin")

    assert header.trained_window_tokens is None
    assert header.block_count is None
    assert (header.quantisation, header.parameters, header.licence, header.chat_template) == ("", "", "", "")


def test_a_file_cut_anywhere_is_damaged(tmp_path: Path, scripted_folder: Path) -> None:
    whole = (scripted_folder / "scripted.gguf").read_bytes()
    lengths = [*range(0, 200, 7), *range(200, len(whole), 9973), len(whole) - 1]

    for length in lengths:
        with pytest.raises(ModelFileDamaged):
            read_gguf_header(write(tmp_path, whole[:length]), "builtin")


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html>" + bytes(100),
        b"GGUF" + struct.pack("<IQQ", 1, 0, 0),
        b"GGUF" + struct.pack(">IQQ", 3, 0, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 2**63) + b"key",
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("key") + struct.pack("<I", 99),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("key") + struct.pack("<IIQ", ARRAY, STRING, 5) + bytes(8),
        b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + text("t") + struct.pack("<I", 2**31),
    ],
    ids=["web page", "version 1", "big-endian", "endless", "long key", "odd type", "short array", "odd tensor"],
)
def test_a_foreign_or_lying_file_is_damaged(tmp_path: Path, data: bytes) -> None:
    path = write(tmp_path, data)

    with pytest.raises(ModelFileDamaged) as raised:
        read_gguf_header(path, "builtin")

    assert raised.value.path == path
    assert raised.value.detail


def test_a_missing_or_empty_file_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(ModelFileDamaged):
        read_gguf_header(tmp_path / "none.gguf", "builtin")
    with pytest.raises(ModelFileDamaged):
        read_gguf_header(write(tmp_path, b""), "builtin")


@pytest.mark.parametrize(
    ("template", "knows"),
    [
        ("{% if tools %}<tools>{{ tools | tojson }}{% endif %}", True),
        ("{%- if not tools is defined %}{% set tools = none %}{% endif %}", True),
        ("{% if message['role'] == 'system' and message['tools'] %}{{ message.tools }}{% endif %}", False),
        ("{{ 'you have no tools' if enable_tools }}", False),
        ("", False),
    ],
)
def test_a_template_with_a_place_for_tools_is_told_from_others(template: str, *, knows: bool) -> None:
    assert (
        GgufHeader({"tokenizer.chat_template": template}, 1, has_tool_call_token=False, size_bytes=0).knows_tools
        is knows
    )
