"""The library over a real database: what is shipped, what is told, files."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from phidesk.chat.prompt_library import MOST_BYTES, PromptLibrary, export_file, load_shipped_prompts, read_prompt_file
from phidesk.core.changes import PromptsChanged
from phidesk.core.errors import FileTooLarge, FileUnreadable, NotAPromptFile, StorageUnwritable
from phidesk.core.hub import Hub
from phidesk.core.model_info import ModelInfo
from phidesk.core.paths import package_resources
from phidesk.core.prompts import KNOWN_VARIABLES, MOST_STARTERS, Prompt, variables_of
from phidesk.engine.phi4_mini import render_prompt
from phidesk.engine.protocol import AnswerRequest
from phidesk.engine.tokens import TokenCounter
from phidesk.engine.vocabulary import read_gguf_vocabulary
from phidesk.storage.database import open_database
from phidesk.storage.prompts import Prompts
from tests.fakes.vocabulary_gguf import write_vocabulary_gguf

MOST_TOKENS = 150
"""Shipped instructions take at most this of the window with every question: less than 2 % of the usual one."""
OWN_VARIABLES = {
    "translator": {"target language"},
    "language-partner": {"language to learn"},
    "interview-trainer": {"position"},
    "snippet-reply": {"answer"},
}
PHI4_MINI = ModelInfo("phi4-mini", "ollama", is_phi4_mini=True)
SHIPPED = load_shipped_prompts()
INSTRUCTIONS = {key: prompt for key, prompt in SHIPPED.items() if not prompt.is_snippet}


@pytest.fixture
def told() -> list[object]:
    return []


@pytest.fixture
def library(tmp_path: Path, told: list[object]) -> Iterator[PromptLibrary]:
    hub = Hub(lambda deliver: deliver())
    hub.subscribe(PromptsChanged, told.append)
    ids = count(1)
    with ThreadPoolExecutor(1) as worker:
        database = open_database(tmp_path / "phidesk.sqlite", worker)
        yield PromptLibrary(Prompts(database, lambda: datetime.now(UTC), lambda: f"id-{next(ids)}"), hub)
        database.close()


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> TokenCounter:
    """Counts with phi4-mini's vocabulary."""
    path = tmp_path_factory.mktemp("vocabulary") / "phi4.gguf"
    write_vocabulary_gguf(path)
    vocabulary = read_gguf_vocabulary(path, "builtin")
    assert vocabulary is not None
    return TokenCounter(vocabulary)


def test_at_first_the_library_holds_what_was_shipped(library: PromptLibrary) -> None:
    prompts = library.list()

    assert {prompt.name for prompt in prompts} == {prompt.name for prompt in SHIPPED.values()}
    assert [prompt.name for prompt in library.list()] == [prompt.name for prompt in prompts]


def test_there_are_twenty_instructions_with_names_of_their_own() -> None:
    assert len(INSTRUCTIONS) == 20
    assert len({prompt.name for prompt in SHIPPED.values()}) == len(SHIPPED)


@pytest.mark.parametrize("key", SHIPPED)
def test_a_shipped_prompt_is_complete(key: str) -> None:
    prompt = SHIPPED[key]

    assert (package_resources() / "icons" / f"{prompt.icon}.svg").is_file()
    assert prompt.text.strip()
    assert set(variables_of(prompt.text)) - set(KNOWN_VARIABLES) == OWN_VARIABLES.get(key, set())
    assert len(prompt.starters) in ((0,) if prompt.is_snippet else range(2, MOST_STARTERS))
    assert not any(variables_of(starter) for starter in prompt.starters)


@pytest.mark.parametrize("key", INSTRUCTIONS)
def test_shipped_instructions_are_short_in_the_format_of_phi4_mini(key: str, counter: TokenCounter) -> None:
    request = AnswerRequest(PHI4_MINI, messages=(), instructions=INSTRUCTIONS[key].text)

    rendered = render_prompt(request)

    cost = counter.count_prompt(rendered) - counter.count_prompt(render_prompt(replace(request, instructions="")))
    assert rendered.startswith(f"<|system|>{INSTRUCTIONS[key].text}<|end|>")
    assert 40 < cost <= MOST_TOKENS


def test_changes_are_told(library: PromptLibrary, told: list[object]) -> None:
    (prompt,) = library.add([Prompt("", "Mine", "Be kind.")]).result()
    library.save(replace(prompt, text="Be kinder.")).result()
    library.delete(prompt.id).result()
    library.restore(prompt.id).result()

    assert [version.number for version in library.versions(prompt.id).result()] == [2, 1]
    assert told == [PromptsChanged()] * 4


def test_a_file_brings_entries_into_another_library(library: PromptLibrary, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    prompt = Prompt("id-of-another-library", "Mine ✎", "Be {mood}.", starters=("Hello",))

    export_file(path, [prompt])
    library.take_in(read_prompt_file(path)).result()

    (imported,) = (it for it in library.list() if it.name == "Mine ✎")
    assert imported == replace(prompt, id=imported.id)
    assert imported.id != prompt.id


def test_what_is_replaced_from_a_file_stays_as_a_version(library: PromptLibrary) -> None:
    (mine,) = library.add([Prompt("", "Mine", "Be kind.")]).result()

    library.take_in([replace(mine, text="Be kinder."), Prompt("", "Other", "Be brief.")]).result()

    versions = library.versions(mine.id).result()
    assert [version.prompt.text for version in versions] == ["Be kinder.", "Be kind."]
    assert any(it.name == "Other" for it in library.list())


def test_what_is_no_file_of_prompts_is_refused(tmp_path: Path) -> None:
    contents = {"words.json": b"Be kind.", "bytes.json": b"\xff\xfe\x00", "large.json": b" " * (MOST_BYTES + 1)}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)

    for name, error in (("words.json", NotAPromptFile), ("bytes.json", NotAPromptFile), ("large.json", FileTooLarge)):
        with pytest.raises(error):
            read_prompt_file(tmp_path / name)
    with pytest.raises(FileUnreadable):
        read_prompt_file(tmp_path / "missing.json")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageUnwritable):
        export_file(tmp_path / "no folder" / "mine.json", [Prompt("", "Mine")])
