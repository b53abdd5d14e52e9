"""The tokens that are sent in place of a prompt's text: llama.cpp's own, whatever was remembered of the prompt before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import Cancellation, StartLoop
from phidesk.engine.builtin.engine import CHILD_COMMAND
from phidesk.engine.builtin.model_folder import ModelFolders
from phidesk.engine.builtin.model_server import ModelServer
from phidesk.engine.builtin.prompt_tokens import PromptTokens
from phidesk.engine.network import Gate
from phidesk.engine.phi4_mini import render_prompt
from phidesk.engine.protocol import BUILTIN
from phidesk.engine.tokens import TokenCounter
from phidesk.engine.vocabulary import read_gguf_vocabulary
from tests.chat.whole_requests import whole_request
from tests.fakes.generated_conversations import TOOLS, some_conversations
from tests.fakes.vocabulary_gguf import write_vocabulary_gguf

WINDOW = 8192
CONVERSATIONS = 60


@pytest.fixture(scope="module")
def phi4_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vocabulary") / "phi4-mini.gguf"
    write_vocabulary_gguf(path, architecture="phi3")
    return path


@pytest.fixture(scope="module")
def counter(phi4_file: Path) -> TokenCounter:
    vocabulary = read_gguf_vocabulary(phi4_file, BUILTIN)
    assert vocabulary is not None
    return TokenCounter(vocabulary)


@pytest.fixture
def server(phi4_file: Path, gate: Gate, start_loop: StartLoop) -> Iterator[ModelServer]:
    file = ModelFolders([phi4_file.parent]).find(phi4_file.stem)
    server = ModelServer(file, 512, executable=CHILD_COMMAND, gate=gate, start_loop=start_loop)
    server.wait_until_loaded(Cancellation())
    yield server
    server.close()


def growing_prompts(phi4_file: Path) -> Iterator[str]:
    """Give the prompts of conversations as they grow, now and then of one that was left before."""
    model = ModelInfo(phi4_file.stem, BUILTIN, is_phi4_mini=True)
    chance = Random("growing")
    for conversation in islice(some_conversations("growing", window_tokens=WINDOW), CONVERSATIONS):
        request = replace(whole_request(conversation, model), tools=TOOLS[: chance.choice((0, 1, 2))])
        prompts = [
            render_prompt(replace(request, messages=request.messages[:length]))
            for length in range(1, len(request.messages) + 1)
        ]
        yield from prompts
        yield chance.choice(prompts)


def test_they_are_those_of_the_whole_prompt(server: ModelServer, phi4_file: Path, counter: TokenCounter) -> None:
    remembered = PromptTokens(server.tokenise)

    differing = [
        prompt for prompt in growing_prompts(phi4_file) if remembered.find(prompt, counter) != server.tokenise(prompt)
    ]

    assert differing == []


def test_only_what_is_new_is_looked_for(server: ModelServer, counter: TokenCounter) -> None:
    asked: list[str] = []

    def tokenise(text: str) -> list[int]:
        asked.append(text)
        return server.tokenise(text)

    remembered = PromptTokens(tokenise)
    first = "<|system|>Be brief.<|end|><|user|>Hello!<|end|><|assistant|>"
    second = f"{first}Good day!<|end|><|user|>And now?<|end|><|assistant|>"

    remembered.find(first, counter)
    remembered.find(second, counter)
    remembered.find(second, counter)

    assert asked == [first, second.removeprefix(first.removesuffix("<|assistant|>"))]


def test_where_llama_cpp_counts_otherwise_its_tokens_are_sent_and_nothing_is_remembered(
    server: ModelServer, counter: TokenCounter, caplog: pytest.LogCaptureFixture
) -> None:
    remembered = PromptTokens(lambda text: [*server.tokenise(text), 0])
    prompt = "<|user|>Hello!<|end|><|assistant|>"

    found = [remembered.find(prompt, counter) for _ in range(2)]

    assert found == [[*server.tokenise(prompt), 0]] * 2
    assert [record.levelname for record in caplog.records if "prompt_tokens" in record.name] == ["WARNING"] * 2
    caplog.clear()
