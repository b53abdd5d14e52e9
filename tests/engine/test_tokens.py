"""Token counts against llama.cpp's own, with phi4-mini's vocabulary, the practice model's, and every way of cutting."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import regex

from phidesk.core.paths import PRACTICE_MODEL_FILE
from phidesk.core.tasks import Cancellation, StartLoop
from phidesk.engine.builtin.engine import CHILD_COMMAND
from phidesk.engine.builtin.model_folder import ModelFolders
from phidesk.engine.builtin.model_server import ModelServer
from phidesk.engine.byte_pairs import _count_long, _count_short
from phidesk.engine.network import Gate
from phidesk.engine.tokens import MOST_REMEMBERED_CHARACTERS, TokenCounter
from phidesk.engine.vocabulary import (
    _CUTTINGS,
    Vocabulary,
    dump_vocabulary,
    load_vocabulary,
    read_gguf_vocabulary,
    read_vocabulary,
)
from tests.fakes.generated_texts import some_text
from tests.fakes.vocabulary_gguf import write_vocabulary_gguf

Tokenise = Callable[[str], int]


@pytest.fixture(scope="module")
def phi4_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vocabulary") / "phi4.gguf"
    write_vocabulary_gguf(path)
    return path


@pytest.fixture(scope="module")
def phi4_vocabulary(phi4_file: Path) -> Vocabulary:
    return vocabulary_of(phi4_file)


@pytest.fixture(scope="module")
def phi4(phi4_vocabulary: Vocabulary) -> TokenCounter:
    return TokenCounter(phi4_vocabulary)


def vocabulary_of(path: Path) -> Vocabulary:
    vocabulary = read_gguf_vocabulary(path, "builtin")
    assert vocabulary is not None
    return vocabulary


@pytest.fixture
def tokenise(gate: Gate, start_loop: StartLoop) -> Iterator[Callable[[Path], Tokenise]]:
    """Return what counts with llama.cpp, given a model file."""
    servers: list[ModelServer] = []

    def start(path: Path) -> Tokenise:
        file = ModelFolders([path.parent]).find(path.stem)
        server = ModelServer(file, 512, executable=CHILD_COMMAND, gate=gate, start_loop=start_loop)
        servers.append(server)
        server.wait_until_loaded(Cancellation())

        return lambda text: len(server.tokenise(text))

    yield start
    for server in servers:
        server.close()


def test_phi4_minis_vocabulary_counts_as_llama_cpp_does(
    phi4_file: Path, phi4: TokenCounter, tokenise: Callable[[Path], Tokenise]
) -> None:
    count = tokenise(phi4_file)
    chance = random.Random(4)
    texts = [some_text(chance, 60, control=True) for _ in range(700)]

    wrong = [text for text in texts if phi4.count(text) != count(text)]

    assert not wrong


def test_the_practice_model_counts_as_llama_cpp_does(
    practice_folder: Path, tokenise: Callable[[Path], Tokenise]
) -> None:
    path = practice_folder / PRACTICE_MODEL_FILE
    counter, count = TokenCounter(vocabulary_of(path)), tokenise(path)
    chance = random.Random(5)
    texts = [f"<|im_start|>user\n{some_text(chance, 60)}<|im_end|>\n" for _ in range(500)]

    wrong = [text for text in texts if counter.count_prompt(text) != count(text)]

    assert not wrong


@pytest.mark.parametrize("cutting", sorted({_CUTTINGS[name]: name for name in _CUTTINGS}.values()))
def test_every_way_of_cutting_is_llama_cpps(cutting: str, tmp_path: Path, tokenise: Callable[[Path], Tokenise]) -> None:
    path = tmp_path / "model.gguf"
    write_vocabulary_gguf(path, cutting=cutting)
    counter, count = TokenCounter(vocabulary_of(path)), tokenise(path)
    chance = random.Random(cutting)
    texts = [some_text(chance, 40) for _ in range(150)]

    wrong = [text for text in texts if counter.count(text) != count(text)]

    assert not wrong


@pytest.mark.parametrize("cutting", sorted(set(_CUTTINGS.values())))
def test_no_way_of_cutting_leaves_anything_out(cutting: str) -> None:
    chance = random.Random(cutting)
    text = some_text(chance, 4_000) + "\tx \r5\u2028\x1c\x85\ud83dz"

    pieces = regex.findall(cutting, text)

    assert "".join(pieces) == text


@pytest.mark.parametrize("cutting", sorted({_CUTTINGS[name]: name for name in _CUTTINGS}.values()))
def test_counting_in_lines_and_parts_changes_no_count(cutting: str, phi4_vocabulary: Vocabulary) -> None:
    counter = TokenCounter(replace(phi4_vocabulary, cutting=_CUTTINGS[cutting]))
    chance = random.Random(cutting)

    texts = [some_text(chance, 2_000) for _ in range(10)]

    assert [counter.count(text) for text in texts] == [counter._counts._pairs.count(text) for text in texts]


def test_counts_of_turns_add_up(phi4: TokenCounter) -> None:
    turns = ["<|system|>Be brief.<|end|>", "<|user|>Wie heißt du?\n<|end|>", "<|assistant|>Phi.\n\n<|end|>"]

    assert phi4.count("".join(turns)) == sum(map(phi4.count, turns))


def test_a_vocabulary_that_was_kept_is_the_same(phi4_vocabulary: Vocabulary) -> None:
    assert load_vocabulary(dump_vocabulary(phi4_vocabulary)) == phi4_vocabulary


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"rubbish", b'{"special_tokens": 1}', b"\xff"])
def test_something_else_is_no_vocabulary(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a vocabulary"):
        load_vocabulary(data)


def test_a_vocabulary_that_cut_in_steps_is_read_anew(phi4_vocabulary: Vocabulary) -> None:
    kept = json.loads(dump_vocabulary(phi4_vocabulary))
    kept["cutting"] = [kept["cutting"]]

    with pytest.raises(ValueError, match="not a vocabulary"):
        load_vocabulary(json.dumps(kept).encode())


def test_what_is_remembered_stays_within_bounds_and_right(phi4_vocabulary: Vocabulary) -> None:
    counter = TokenCounter(phi4_vocabulary)
    texts = [f"{number} " + "word " * 50_000 for number in range(2 * MOST_REMEMBERED_CHARACTERS // 250_000)]
    first = counter.count(texts[0])

    counts = {counter.count(text) for text in texts}

    remembered = [*counter._counts, *counter._counts._older]
    assert len(texts) > sum(text in remembered for text in texts) > 0
    assert sum(map(len, remembered)) <= MOST_REMEMBERED_CHARACTERS
    assert counts == {first}


def test_a_long_piece_is_merged_in_the_order_of_urgency(
    phi4: TokenCounter, tokenise: Callable[[Path], Tokenise], phi4_file: Path
) -> None:
    texts = ["abc" * 2_000, "語" * 3_000, "-" * 4_001, " " * 5_000 + "x", "\u200b" * 999]
    count = tokenise(phi4_file)

    assert [phi4.count(text) for text in texts] == [count(text) for text in texts]


def test_short_and_long_pieces_are_merged_alike(phi4: TokenCounter) -> None:
    chance = random.Random(6)
    pieces = ["".join(chance.choices("aeinrstĠÃ¤", k=chance.randint(1, 64))) for _ in range(2_000)]
    ranks = phi4._counts._pairs._counts._ranks

    assert [_count_short(piece, ranks) for piece in pieces] == [_count_long(piece, ranks) for piece in pieces]


def test_half_a_character_is_counted_as_it_is_sent(phi4: TokenCounter) -> None:
    assert phi4.count("a\ud83d b") == phi4.count("a? b")


def test_a_token_in_front_of_every_prompt_is_counted(phi4_vocabulary: Vocabulary) -> None:
    counter = TokenCounter(replace(phi4_vocabulary, starts_prompts=True))

    assert counter.count_prompt("<|user|>") == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"tokenizer.ggml.model": "llama"},
        {"tokenizer.ggml.pre": "made-up"},
        {"tokenizer.ggml.tokens": None},
        {"general.name": "Phi 3.5 mini (phi3)"},
    ],
)
def test_other_kinds_of_vocabularies_are_not_counted_exactly(changed: dict[str, object]) -> None:
    values = {
        "general.name": "Some model",
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.tokens": ["a", "b", "ab"],
        "tokenizer.ggml.token_type": [1, 1, 1],
        "tokenizer.ggml.merges": ["a b"],
    }

    assert read_vocabulary(values) is not None
    assert read_vocabulary({**values, **changed}) is None
