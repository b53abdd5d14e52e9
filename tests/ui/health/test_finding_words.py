"""Findings in words: a whole sentence each, and a button where one mends it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phidesk.chat.diagnosis import Diagnosis, EngineFinding, FolderFinding, FolderUse, FontFinding, NetworkFinding
from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.placement import Cause, Placement
from phidesk.core.errors import DatabaseDamaged, EngineTooOld, EngineUnreachable, NoModel, StorageUnwritable
from phidesk.core.memory_fit import Place, Room
from phidesk.engine.protocol import BUILTIN, OLLAMA, EngineState, EngineStatus
from phidesk.storage.inspection import DatabaseLook, MiscountLook
from phidesk.ui.health.finding_words import FindingWords, Mark, Remedy, words_for
from tests.ui.health.findings import GB, GOOD, HOME

pytestmark = pytest.mark.usefixtures("qapp", "english")


def words(diagnosis: Diagnosis, name: str) -> FindingWords:
    return next(words for words in words_for(diagnosis) if words.name == name)


def with_ollama(status: EngineStatus, **others: object) -> Diagnosis:
    ollama = EngineFinding(OLLAMA, EngineState(status))
    return replace(GOOD, engines=(ollama, GOOD.engines[1]), **others)  # type: ignore[arg-type] # any field


def test_where_all_is_well_nothing_is_marked_as_a_problem() -> None:
    assert {words.mark for words in words_for(GOOD)} == {Mark.GOOD}


def test_names_are_unique_and_sentences_whole() -> None:
    everything = words_for(GOOD)

    assert len({words.name for words in everything}) == len(everything)
    for finding in everything:
        assert finding.title
        assert finding.sentence.endswith(".")
        assert "{" not in finding.sentence


@pytest.mark.parametrize("status", [status for status in EngineStatus if status is not EngineStatus.READY])
def test_an_engine_that_is_not_ready_is_a_problem_only_where_it_is_needed(status: EngineStatus) -> None:
    needed = with_ollama(status, choice=EngineReport(error=EngineUnreachable(OLLAMA)))
    spare = with_ollama(status, choice=replace(GOOD.choice, engine_name=BUILTIN))

    assert words(needed, "engine ollama").mark is Mark.PROBLEM
    assert words(spare, "engine ollama").mark is Mark.NEUTRAL
    button = words(needed, "engine ollama").button
    assert button is not None
    assert button.remedy is Remedy.LOOK_AGAIN


def test_what_is_unusual_about_a_ready_engine_is_said() -> None:
    ready = GOOD.engines[0]
    moved = replace(ready, state=replace(ready.state, address="http://127.0.0.1:4444", port_holder="nginx"))

    finding = words(replace(GOOD, engines=(moved, GOOD.engines[1])), "engine ollama")

    assert finding.mark is Mark.GOOD
    assert finding.sentence.endswith("nginx uses Ollama's usual place, so it answers at 127.0.0.1:4444.")


def test_who_holds_the_place_of_an_engine_is_named() -> None:
    taken = EngineFinding(OLLAMA, EngineState(EngineStatus.NOT_AN_ENGINE, port_holder="nginx"))

    finding = words(replace(GOOD, engines=(taken, GOOD.engines[1])), "engine ollama")

    assert finding.sentence == "nginx is at the address of Ollama."


def test_who_cannot_answer_is_said_in_the_words_of_the_error() -> None:
    finding = words(replace(GOOD, choice=EngineReport(OLLAMA, error=NoModel(OLLAMA))), "answering")

    assert finding.mark is Mark.PROBLEM
    assert finding.sentence == "Ollama has no model to talk with yet."


def test_an_engine_whose_models_cannot_be_listed_says_why() -> None:
    error = EngineTooOld(OLLAMA, version="0.11.0", needed="0.12.4")
    old = EngineFinding(OLLAMA, EngineState(EngineStatus.READY, "0.11.0"), error=error)

    finding = words(replace(GOOD, engines=(old, GOOD.engines[1])), "engine ollama")

    assert finding.sentence == "Ollama is too old for PhiDesk."
    assert "EngineTooOld" in finding.details


@pytest.mark.parametrize("cause", list(Cause))
@pytest.mark.parametrize("place", [None, *Place])
def test_every_place_and_cause_has_its_sentence(place: Place | None, cause: Cause) -> None:
    finding = words(replace(GOOD, placement=Placement(place, cause, GB, "llama3:8b")), "placement")

    assert "Phi-4-mini" in finding.sentence
    assert finding.sentence.endswith(".")
    assert "{" not in finding.sentence


def test_a_part_that_does_not_fit_is_told_with_its_size_and_leads_to_the_models() -> None:
    finding = words(replace(GOOD, placement=Placement(Place.PARTLY, Cause.TOO_LARGE, GB)), "placement")

    assert "1.0 GB" in finding.sentence
    assert finding.button is not None
    assert finding.button.remedy is Remedy.SHOW_MODELS


def test_another_model_can_be_unloaded() -> None:
    placement = Placement(Place.PARTLY, Cause.OTHER_MODEL, GB, "llama3:8b")

    button = words(replace(GOOD, placement=placement), "placement").button

    assert button is not None
    assert (button.remedy, button.engine, button.model) == (Remedy.UNLOAD, OLLAMA, "llama3:8b")


def test_little_room_is_a_problem() -> None:
    scarce = replace(GOOD, memory=Room(16 * GB, GB // 2), disk=Room(500 * GB, GB))

    assert words(scarce, "memory").mark is Mark.PROBLEM
    assert words(scarce, "disk").mark is Mark.PROBLEM


def test_what_is_wrong_with_the_file_and_a_folder_is_said_and_the_folder_can_be_opened() -> None:
    folder = HOME / "models"
    broken = replace(
        GOOD,
        database=DatabaseLook(HOME / "phidesk.sqlite", error=DatabaseDamaged(HOME / "phidesk.sqlite")),
        folders=(*GOOD.folders[:1], FolderFinding(FolderUse.MODELS, folder, StorageUnwritable(folder))),
    )

    database, models = words(broken, "database"), words(broken, "folder models")

    assert (database.mark, models.mark) == (Mark.PROBLEM, Mark.PROBLEM)
    assert database.button is not None
    assert models.button is not None
    assert (database.button.folder, models.button.folder) == (HOME, folder)


def test_what_is_missing_but_not_needed_is_no_problem() -> None:
    bare = replace(
        GOOD,
        graphics=(),
        keyring="",
        fonts=FontFinding("Sans", ("Thai", "Korean")),
        database=DatabaseLook(HOME / "phidesk.sqlite"),
    )

    found = {words.name: words for words in words_for(bare)}

    assert {found[name].mark for name in ("graphics", "keyring", "fonts", "database")} == {Mark.NEUTRAL}
    assert "Thai, Korean" in found["fonts"].sentence


def test_connections_that_left_are_counted() -> None:
    finding = words(replace(GOOD, network=NetworkFinding(is_offline=False, outside_connections=1200)), "network")

    assert (finding.mark, "1,200" in finding.sentence) == (Mark.NEUTRAL, True)


def test_a_count_that_was_wrong_is_told_only_where_it_matters() -> None:
    close = replace(GOOD, miscount=MiscountLook(1000, 1009))
    far = replace(GOOD, miscount=MiscountLook(1000, 1100))

    assert "miscount" not in {finding.name for finding in words_for(close)}
    assert words(far, "miscount").sentence == "A prompt was counted as 1,000 tokens, and the engine read 1,100."
