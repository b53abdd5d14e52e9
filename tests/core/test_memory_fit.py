"""The forecast of memory: against what was measured, and rules that hold for every model and computer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.memory_fit import (
    Fit,
    MemoryNeed,
    Place,
    RealLoad,
    Room,
    Rooms,
    Scarcity,
    cache_bytes,
    calibrated,
    compute_bytes,
    forecast,
    judge,
)
from phidesk.core.model_info import CachePrecision, ModelShape

KIB, MIB, GIB = 1024, 1024**2, 1024**3
GB = 1_000_000_000
PHI4_MINI = ModelShape(layers=32, kv_heads=8, head_size=128)
PHI4_MINI_BYTES = 2_491_876_774

shapes = st.builds(ModelShape, st.integers(1, 128), st.integers(1, 64), st.integers(16, 256))
windows = st.integers(256, 1_048_576)
sizes = st.integers(0, 200 * GIB)
needs = st.builds(MemoryNeed, sizes, sizes, sizes)
rooms_of_one_kind = st.none() | st.tuples(sizes, sizes).map(lambda pair: Room(max(pair), min(pair)))
computers = st.builds(Rooms, rooms_of_one_kind, rooms_of_one_kind, rooms_of_one_kind, st.booleans())


@pytest.mark.parametrize(
    ("precision", "kib"), [(CachePrecision.F16, 128), (CachePrecision.Q8_0, 68), (CachePrecision.Q4_0, 36)]
)
def test_a_token_of_phi4_mini_takes_what_was_measured(precision: CachePrecision, kib: int) -> None:
    assert cache_bytes(PHI4_MINI, 1, precision) == kib * KIB


@pytest.mark.parametrize(
    ("window_tokens", "gib"), [(4096, 3.3), (8192, 3.9), (16384, 4.9), (32768, 7.0), (131072, 19.5)]
)
def test_the_forecast_for_phi4_mini_agrees_with_the_daemon(window_tokens: int, gib: float) -> None:
    need = forecast(PHI4_MINI_BYTES, PHI4_MINI, window_tokens)

    assert need.graphics_bytes / GIB == pytest.approx(gib, abs=0.1)


@pytest.mark.parametrize(("window_tokens", "mib"), [(512, 82), (4096, 82), (8192, 172), (32768, 220), (65536, 568)])
def test_buffers_are_those_that_were_measured(window_tokens: int, mib: int) -> None:
    assert compute_bytes(window_tokens) == mib * MIB


@given(shapes, windows, windows, sizes)
def test_a_longer_window_never_takes_less(shape: ModelShape, window: int, other: int, weights: int) -> None:
    shorter, longer = (forecast(weights, shape, tokens) for tokens in sorted((window, other)))

    assert shorter.graphics_bytes <= longer.graphics_bytes
    assert shorter.computer_bytes < shorter.graphics_bytes


@given(shapes, windows)
def test_a_coarser_cache_never_takes_more(shape: ModelShape, window: int) -> None:
    finest, finer, coarse = (cache_bytes(shape, window, precision) for precision in CachePrecision)

    assert finest > finer > coarse > 0


@given(needs, computers, sizes, sizes)
def test_more_room_never_makes_a_verdict_worse(need: MemoryNeed, rooms: Rooms, download: int, more: int) -> None:
    if rooms.memory is None or rooms.disk is None:
        return
    larger = Rooms(
        Room(rooms.memory.total_bytes + more, rooms.memory.free_bytes + more),
        Room(rooms.disk.total_bytes + more, rooms.disk.free_bytes + more),
        rooms.graphics,
        rooms.is_memory_shared,
    )
    order = [Fit.FITS, Fit.TIGHT, Fit.TOO_LARGE]

    before, after = judge(need, rooms, download_bytes=download), judge(need, larger, download_bytes=download)

    assert order.index(after.fit) <= order.index(before.fit)


@given(st.none() | needs, computers, st.none() | sizes)
def test_every_verdict_but_fits_says_why(need: MemoryNeed | None, rooms: Rooms, download: int | None) -> None:
    verdict = judge(need, rooms, download_bytes=download)

    if verdict.fit is Fit.FITS:
        assert verdict.scarce is None
        assert verdict.place is not None
    elif verdict.fit is not Fit.UNKNOWN:
        assert verdict.scarce is not None


NEED = forecast(PHI4_MINI_BYTES, PHI4_MINI, 8192)
LARGE_DISK = Room(1000 * GB, 500 * GB)


@pytest.mark.parametrize(
    ("rooms", "fit", "place"),
    [
        (Rooms(Room(16 * GIB, 10 * GIB), LARGE_DISK, Room(8 * GIB, 7 * GIB)), Fit.FITS, Place.GRAPHICS),
        (Rooms(Room(16 * GIB, 10 * GIB), LARGE_DISK, Room(8 * GIB, 2 * GIB)), Fit.TIGHT, Place.GRAPHICS),
        (Rooms(Room(16 * GIB, 10 * GIB), LARGE_DISK, Room(2 * GIB, 2 * GIB)), Fit.FITS, Place.PARTLY),
        (Rooms(Room(16 * GIB, 10 * GIB), LARGE_DISK), Fit.FITS, Place.COMPUTER),
        (Rooms(Room(8 * GIB, 2 * GIB), LARGE_DISK), Fit.TIGHT, Place.COMPUTER),
        (Rooms(Room(2 * GIB, 1 * GIB), LARGE_DISK), Fit.TOO_LARGE, Place.COMPUTER),
        (Rooms(Room(2 * GIB, 1 * GIB), LARGE_DISK, Room(1 * GIB, 1 * GIB)), Fit.TOO_LARGE, Place.PARTLY),
        (Rooms(None, LARGE_DISK), Fit.UNKNOWN, None),
    ],
)
def test_a_model_is_judged_by_the_best_place_for_it(rooms: Rooms, fit: Fit, place: Place | None) -> None:
    verdict = judge(NEED, rooms, download_bytes=PHI4_MINI_BYTES)

    assert (verdict.fit, verdict.place) == (fit, place)


def test_shared_memory_is_not_counted_twice() -> None:
    rooms = Rooms(Room(4 * GIB, 3 * GIB), LARGE_DISK, Room(2 * GIB, 2 * GIB), is_memory_shared=True)

    verdict = judge(NEED, rooms)

    assert (verdict.fit, verdict.place, verdict.scarce) == (Fit.TIGHT, Place.COMPUTER, Scarcity.MEMORY)


@pytest.mark.parametrize(
    ("free_bytes", "fit"), [(2 * GB, Fit.TOO_LARGE), (4 * GB, Fit.TIGHT), (5 * GB, Fit.FITS)], ids=str
)
def test_the_disk_counts_too(free_bytes: int, fit: Fit) -> None:
    rooms = Rooms(Room(16 * GIB, 10 * GIB), Room(100 * GB, free_bytes))

    verdict = judge(NEED, rooms, download_bytes=PHI4_MINI_BYTES)

    assert verdict.fit is fit
    assert verdict.scarce is (None if fit is Fit.FITS else Scarcity.DISK)


@pytest.mark.parametrize(("memory", "fit"), [(10 * GIB, Fit.FITS), (1 * GIB, Fit.TIGHT)])
def test_a_disk_that_cannot_be_seen_leaves_the_verdict_of_the_memory(memory: int, fit: Fit) -> None:
    verdict = judge(NEED, Rooms(Room(16 * GIB, memory)), download_bytes=PHI4_MINI_BYTES)

    assert verdict.fit is fit
    assert verdict.place is Place.COMPUTER
    assert not verdict.is_disk_known


def test_a_model_that_is_here_needs_no_disk() -> None:
    rooms = Rooms(Room(16 * GIB, 10 * GIB), Room(100 * GB, 0))

    assert judge(NEED, rooms, download_bytes=0).fit is Fit.FITS


TEN = MemoryNeed(6, 3, 1, driver_bytes=2)
"""Ten bytes in the computer's memory, twelve on a graphics card."""


@pytest.mark.parametrize(
    ("rooms", "fit", "place", "needed_bytes"),
    [
        (Rooms(graphics=Room(20, 12)), Fit.FITS, Place.GRAPHICS, 12),
        (Rooms(graphics=Room(12, 11)), Fit.TIGHT, Place.GRAPHICS, 12),
        (Rooms(graphics=Room(11, 11)), Fit.UNKNOWN, None, 10),
        (Rooms(Room(20, 10)), Fit.FITS, Place.COMPUTER, 10),
        (Rooms(Room(10, 9)), Fit.TIGHT, Place.COMPUTER, 10),
        (Rooms(Room(9, 9)), Fit.TOO_LARGE, Place.COMPUTER, 10),
        (Rooms(Room(20, 6), graphics=Room(6, 6)), Fit.FITS, Place.PARTLY, 12),
        (Rooms(Room(6, 5), graphics=Room(6, 6)), Fit.TIGHT, Place.PARTLY, 12),
        (Rooms(Room(5, 5), graphics=Room(6, 6)), Fit.TOO_LARGE, Place.PARTLY, 12),
        (Rooms(Room(20, 10), graphics=Room(6, 6), is_memory_shared=True), Fit.FITS, Place.COMPUTER, 10),
    ],
)
def test_what_fits_to_the_last_byte_fits(rooms: Rooms, fit: Fit, place: Place | None, needed_bytes: int) -> None:
    verdict = judge(TEN, rooms)

    assert (verdict.fit, verdict.place, verdict.needed_bytes) == (fit, place, needed_bytes)
    assert verdict.is_disk_known


@pytest.mark.parametrize(
    ("left_bytes", "fit"), [(2 * GB, Fit.FITS), (2 * GB - 1, Fit.TIGHT), (0, Fit.TIGHT), (-1, Fit.TOO_LARGE)]
)
def test_a_download_leaves_the_disk_two_gigabytes(left_bytes: int, fit: Fit) -> None:
    rooms = Rooms(Room(20, 10), Room(100 * GB, 3 * GB + left_bytes))

    assert judge(TEN, rooms, download_bytes=3 * GB).fit is fit


def test_the_worse_of_two_verdicts_counts() -> None:
    tight_disk, no_disk = Room(100 * GB, 4 * GB), Room(100 * GB, 1 * GB)

    assert judge(TEN, Rooms(Room(9, 9), tight_disk), download_bytes=3 * GB).scarce is Scarcity.MEMORY
    assert judge(TEN, Rooms(Room(10, 9), no_disk), download_bytes=3 * GB).fit is Fit.TOO_LARGE
    assert judge(None, Rooms(disk=no_disk), download_bytes=3 * GB).fit is Fit.TOO_LARGE
    assert judge(None, Rooms(disk=tight_disk), download_bytes=3 * GB).fit is Fit.UNKNOWN


def test_after_a_real_load_the_buffers_are_those_of_that_engine() -> None:
    known = forecast(PHI4_MINI_BYTES, PHI4_MINI, 4096)
    load = RealLoad(4096, known.weights_bytes + known.cache_bytes + known.compute_bytes // 2)

    same, longer = (calibrated(PHI4_MINI_BYTES, PHI4_MINI, tokens, load=load) for tokens in (4096, 32768))

    assert same.computer_bytes == load.total_bytes
    assert longer.compute_bytes == compute_bytes(32768) // 2
    assert longer.cache_bytes == cache_bytes(PHI4_MINI, 32768)
    assert longer.weights_bytes == PHI4_MINI_BYTES


@pytest.mark.parametrize(("mapped_bytes", "weights_bytes"), [(1_000, PHI4_MINI_BYTES - 1_000), (3 * GB, 0)])
def test_an_engine_that_leaves_out_what_is_mapped_is_believed(mapped_bytes: int, weights_bytes: int) -> None:
    cache = cache_bytes(PHI4_MINI, 4096, CachePrecision.Q8_0)
    load = RealLoad(4096, PHI4_MINI_BYTES + cache - mapped_bytes, CachePrecision.Q8_0)

    need = calibrated(PHI4_MINI_BYTES, PHI4_MINI, 8192, CachePrecision.Q8_0, load=load)

    assert (need.weights_bytes, need.compute_bytes) == (weights_bytes, 0)
    assert need.cache_bytes == 2 * cache


def test_an_engine_without_buffers_is_believed() -> None:
    load = RealLoad(4096, PHI4_MINI_BYTES + cache_bytes(PHI4_MINI, 4096))

    need = calibrated(PHI4_MINI_BYTES, PHI4_MINI, 8192, load=load)

    assert (need.weights_bytes, need.compute_bytes) == (PHI4_MINI_BYTES, 0)
