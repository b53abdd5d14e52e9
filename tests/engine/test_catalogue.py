"""The list of recommended models that comes with the program."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phidesk.core.model_info import ModelInfo
from phidesk.engine.catalogue import Purpose, RecommendedModel, load_catalogue
from phidesk.engine.protocol import BUILTIN, OLLAMA

GIB = 1024**3


@pytest.fixture
def catalogue() -> list[RecommendedModel]:
    return load_catalogue()


def test_phi4_mini_comes_first(catalogue: list[RecommendedModel]) -> None:
    first = catalogue[0]

    assert (first.name, first.size_bytes, first.quantisation) == ("phi4-mini", 2_491_876_774, "Q4_K_M")
    assert (first.trained_window_tokens, first.licence) == (131072, "MIT")


def test_no_two_are_alike_and_each_says_what_it_is_for(catalogue: list[RecommendedModel]) -> None:
    assert len({model.name for model in catalogue}) == len(catalogue)
    assert {model.purpose for model in catalogue} == set(Purpose)


def test_each_has_a_licence_that_lets_everyone_use_it(catalogue: list[RecommendedModel]) -> None:
    assert {model.licence for model in catalogue} <= {"MIT", "Apache-2.0"}


def test_the_need_ends_at_the_trained_window(catalogue: list[RecommendedModel]) -> None:
    short = replace(catalogue[0], trained_window_tokens=4096)

    assert short.need(8192) == short.need(4096)


@pytest.mark.parametrize("purpose", [Purpose.EVERYDAY, Purpose.PRECISE, Purpose.FULL_PRECISION, Purpose.REASONING])
def test_no_phi_is_taken_for_one_of_a_short_window(catalogue: list[RecommendedModel], purpose: Purpose) -> None:
    phi = next(model for model in catalogue if model.purpose is purpose)
    usual, short = phi.need(8192), phi.need(4096)

    assert usual is not None
    assert short is not None
    assert usual.computer_bytes > short.computer_bytes


def test_what_is_not_known_is_not_forecast() -> None:
    model = RecommendedModel("new", Purpose.SMALL, "", "", "MIT")

    assert model.need(8192) is None


@pytest.mark.parametrize(
    ("installed", "recommended", "is_the_same"),
    [
        (ModelInfo("phi4-mini:latest", OLLAMA), "phi4-mini", True),
        (ModelInfo("phi4-mini:3.8b-q8_0", OLLAMA), "phi4-mini:3.8b-q8_0", True),
        (ModelInfo("phi4-mini-3.8b-q8_0", BUILTIN), "phi4-mini:3.8b-q8_0", True),
        (ModelInfo("Phi-4-mini-instruct-Q4_K_M", BUILTIN, is_phi4_mini=True), "phi4-mini", True),
        (ModelInfo("phi4-mini:3.8b-q8_0", OLLAMA), "phi4-mini", False),
        (ModelInfo("phi4-mini-reasoning:latest", OLLAMA), "phi4-mini", False),
    ],
)
def test_an_installed_model_is_recognised(
    catalogue: list[RecommendedModel], installed: ModelInfo, recommended: str, *, is_the_same: bool
) -> None:
    model = next(model for model in catalogue if model.name == recommended)

    assert model.is_the_same_as(installed) is is_the_same
