"""Speed, remaining time and standstill of a download."""

from __future__ import annotations

import pytest

from phidesk.engine.download_meter import WINDOW_S, DownloadMeter


def metered(*samples: tuple[float, int]) -> DownloadMeter:
    meter = DownloadMeter(0.0)
    for now_s, completed in samples:
        meter.note(completed, now_s)
    return meter


def test_it_is_too_early_to_tell_a_speed() -> None:
    meter = metered((0.0, 0), (0.25, 500))

    assert meter.bytes_per_s is None
    assert meter.remaining_s(1000) is None


def test_speed_and_remaining_time_follow_from_what_came() -> None:
    meter = metered((0.0, 0), (1.0, 100), (2.0, 200))

    assert meter.bytes_per_s == pytest.approx(100)
    assert meter.remaining_s(1000) == pytest.approx(8)
    assert meter.remaining_s(None) is None


def test_what_was_here_before_is_no_speed() -> None:
    meter = metered((0.0, 5_000), (1.0, 5_100))

    assert meter.bytes_per_s == pytest.approx(100)


def test_only_the_last_seconds_count() -> None:
    fast = [(float(second), second * 1000) for second in range(20)]
    slow = [(20.0 + second, 20_000 + second * 10) for second in range(int(WINDOW_S) + 2)]

    assert metered(*fast, *slow).bytes_per_s == pytest.approx(10)


def test_a_fall_back_begins_the_measurement_anew() -> None:
    meter = metered((0.0, 0), (5.0, 5000), (6.0, 1000), (8.0, 1200))

    assert meter.bytes_per_s == pytest.approx(100)


def test_nothing_comes_any_more() -> None:
    meter = metered((0.0, 0), (1.0, 100), *((1.0 + second, 100) for second in range(1, 70)))

    assert meter.bytes_per_s == 0
    assert meter.remaining_s(1000) is None
    assert meter.silent_s(70.0) == pytest.approx(69)


def test_a_part_that_comes_again_and_again_stands_still() -> None:
    rounds = [(float(second), (second % 30) * 1000) for second in range(90)]

    assert metered(*rounds).silent_s(90.0) == pytest.approx(61)


def test_beginning_anew_is_getting_on() -> None:
    meter = metered((0.0, 0), (50.0, 5000))
    meter.begin_anew(100.0)
    meter.note(10, 101.0)

    assert meter.silent_s(102.0) == pytest.approx(1)
