"""What facts make answers slow: a table, and rules that hold for all facts."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.slowness import Finding, Fix, Slowness, SlownessFacts, find_slowness

GB = 1_000_000_000

shares = st.none() | st.floats(0, 1)
counts = st.none() | st.integers(0, 200_000)
times = st.none() | st.floats(0, 100_000)
all_facts = st.builds(
    SlownessFacts,
    gpu_share=shares,
    window_tokens=counts,
    fitting_window_tokens=counts,
    other_models=st.none() | st.sampled_from([(), ("llama3",)]),
    other_programs_bytes=st.none() | st.integers(0, 20 * GB),
    running_answers=st.none() | st.integers(0, 9),
    prompt_tokens=counts,
    cached_tokens=counts,
    reading_ms=times,
    load_ms=times,
    swap_bytes=st.none() | st.integers(0, 20 * GB),
    free_share=shares,
    is_on_battery=st.none() | st.booleans(),
    has_other_models=st.none() | st.booleans(),
    can_summarise=st.none() | st.booleans(),
    can_keep_ready=st.none() | st.booleans(),
    has_other_answers=st.none() | st.booleans(),
)


@pytest.mark.parametrize(
    ("facts", "findings"),
    [
        (SlownessFacts(gpu_share=1.0, other_models=("llama3",)), []),
        (SlownessFacts(gpu_share=0.5), [Finding(Slowness.SPILLED)]),
        (SlownessFacts(gpu_share=0.5, fitting_window_tokens=4096), [Finding(Slowness.SPILLED, Fix.SMALLER_WINDOW)]),
        (SlownessFacts(gpu_share=0.0), [Finding(Slowness.PROCESSOR)]),
        (
            SlownessFacts(gpu_share=0.5, other_models=("llama3",)),
            [Finding(Slowness.OTHER_MODELS, Fix.FREE_MODELS), Finding(Slowness.SPILLED)],
        ),
        (
            SlownessFacts(gpu_share=0.5, other_programs_bytes=3 * GB),
            [Finding(Slowness.OTHER_PROGRAMS), Finding(Slowness.SPILLED)],
        ),
        (SlownessFacts(gpu_share=0.5, other_programs_bytes=GB), [Finding(Slowness.SPILLED)]),
        (SlownessFacts(gpu_share=1.0, other_programs_bytes=9 * GB), []),
        (SlownessFacts(running_answers=1), []),
        (SlownessFacts(running_answers=2), [Finding(Slowness.QUEUE)]),
        (SlownessFacts(swap_bytes=4 * GB, free_share=0.5), []),
        (SlownessFacts(swap_bytes=4 * GB, free_share=0.05), [Finding(Slowness.SWAPPING)]),
        (SlownessFacts(reading_ms=4_999), []),
        (SlownessFacts(reading_ms=5_000, load_ms=3_000), [Finding(Slowness.LONG_READING), Finding(Slowness.LONG_LOAD)]),
        (
            SlownessFacts(swap_bytes=4 * GB, free_share=0.05, has_other_models=True),
            [Finding(Slowness.SWAPPING, Fix.FREE_MODELS)],
        ),
        (
            SlownessFacts(gpu_share=0.5, other_programs_bytes=3 * GB, fitting_window_tokens=4096),
            [Finding(Slowness.OTHER_PROGRAMS, Fix.SMALLER_WINDOW), Finding(Slowness.SPILLED, Fix.SMALLER_WINDOW)],
        ),
        (
            SlownessFacts(reading_ms=5_000, load_ms=3_000, can_summarise=True, can_keep_ready=True),
            [Finding(Slowness.LONG_READING, Fix.SUMMARISE), Finding(Slowness.LONG_LOAD, Fix.KEEP_READY)],
        ),
        (SlownessFacts(running_answers=2, has_other_answers=True), [Finding(Slowness.QUEUE, Fix.STOP_OTHERS)]),
        (SlownessFacts(is_on_battery=True), [Finding(Slowness.BATTERY)]),
        (SlownessFacts(is_on_battery=False), []),
    ],
)
def test_facts_name_their_causes(facts: SlownessFacts, findings: list[Finding]) -> None:
    assert list(find_slowness(facts)) == findings


def test_nothing_known_is_nothing_found() -> None:
    assert find_slowness(SlownessFacts()) == ()


@given(all_facts, st.sampled_from([field.name for field in fields(SlownessFacts)]))
def test_knowing_less_never_finds_more(facts: SlownessFacts, name: str) -> None:
    less = replace(facts, **{name: None})

    causes = {finding.cause for finding in find_slowness(facts)}
    assert {finding.cause for finding in find_slowness(less)} <= causes


@given(all_facts)
def test_the_weightiest_is_told_first_and_each_once(facts: SlownessFacts) -> None:
    order = list(Slowness)

    places = [order.index(finding.cause) for finding in find_slowness(facts)]
    assert places == sorted(set(places))
