"""Counters that are made once for each model, and what is counted without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from phidesk.core.conversation import Role
from phidesk.core.errors import EngineUnreachable
from phidesk.core.model_info import ModelInfo
from phidesk.engine.counting import CounterShelf, count_request, estimate_tokens
from phidesk.engine.protocol import AnswerRequest, PromptMessage
from phidesk.engine.vocabulary import Vocabulary, read_vocabulary

LETTERS = [*"abcdefghijklmnopqrstuvwxyz", "Ġ", "ab", "abc"]


def some_vocabulary() -> Vocabulary | None:
    return read_vocabulary(
        {
            "tokenizer.ggml.model": "gpt2",
            "tokenizer.ggml.pre": "gpt-2",
            "tokenizer.ggml.tokens": LETTERS,
            "tokenizer.ggml.token_type": [1] * len(LETTERS),
            "tokenizer.ggml.merges": ["a b", "ab c"],
        }
    )


def never() -> Vocabulary | None:
    raise AssertionError("read again")


def unreachable() -> Vocabulary | None:
    raise EngineUnreachable(engine="ollama", address="http://127.0.0.1:1")


def test_a_vocabulary_is_read_once(tmp_path: Path) -> None:
    shelf = CounterShelf(tmp_path)

    counter = shelf.find("sha256:1", some_vocabulary)

    assert counter is not None
    assert counter.count("abc abd") == 4
    assert shelf.find("sha256:1", never) is counter


def test_it_is_kept_for_later_runs(tmp_path: Path) -> None:
    CounterShelf(tmp_path / "new").find("sha256:1", some_vocabulary)

    kept = CounterShelf(tmp_path / "new").find("sha256:1", never)

    assert kept is not None
    assert kept.count("abc abd") == 4


def test_another_model_has_its_own(tmp_path: Path) -> None:
    shelf = CounterShelf(tmp_path)
    shelf.find("sha256:1", some_vocabulary)

    assert shelf.find("sha256:2", lambda: None) is None


@pytest.mark.parametrize("damage", [lambda data: data[:-3], lambda _: b"", lambda data: b"x" + data])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    CounterShelf(tmp_path).find("sha256:1", some_vocabulary)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))

    counter = CounterShelf(tmp_path).find("sha256:1", some_vocabulary)

    assert counter is not None
    assert path.read_bytes() == whole


def test_what_could_not_be_read_is_asked_for_again(tmp_path: Path) -> None:
    shelf = CounterShelf(tmp_path)

    assert shelf.find("sha256:1", unreachable) is None
    assert shelf.find("sha256:1", some_vocabulary) is not None


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert CounterShelf(tmp_path / "file" / "folder").find("sha256:1", some_vocabulary) is not None


def test_without_a_vocabulary_it_is_an_estimate() -> None:
    text = "The quick brown fox jumps over the lazy dog. " * 100
    request = AnswerRequest(ModelInfo("some", "somewhere"), (PromptMessage(Role.PERSON, text),), "Be brief.")

    count = count_request(request, None)

    assert not count.is_exact
    assert 900 < count.tokens < 1400  # about ten tokens a sentence in the vocabularies of today


def test_other_scripts_take_more_tokens_a_character() -> None:
    assert estimate_tokens("人工智能" * 10) > estimate_tokens("abcd" * 10)
