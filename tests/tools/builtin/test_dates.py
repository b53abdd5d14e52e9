"""Dates: as people write them, on the calendar, across zones; compared with the standard library."""

from __future__ import annotations

import json
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.tasks import Cancellation
from phidesk.tools.builtin.date_text import (
    SystemZone,
    business_days_between,
    read_date,
    read_span,
    whole_months_between,
)
from phidesk.tools.builtin.dates import dates
from phidesk.tools.tool import CallFault

NOW = datetime(2026, 11, 25, 14, 40, 7, 5, tzinfo=ZoneInfo("Europe/Berlin"))  # a Wednesday


def ask(**arguments: str) -> dict[str, object]:
    result = json.loads(dates(lambda: NOW).run(arguments, Cancellation()))
    assert isinstance(result, dict)
    return result


def test_without_arguments_it_tells_the_moment() -> None:
    assert ask() == {
        "date": "2026-11-25", "weekday": "Wednesday", "time": "14:40", "zone": "CET", "week": "2026-W48", "day_of_year": 329,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("today", "2026-11-25"),
        ("Tomorrow", "2026-11-26"),
        ("yesterday", "2026-11-24"),
        ("2026-02-03", "2026-02-03"),
        ("2026/2/3", "2026-02-03"),
        ("3.2.2026", "2026-02-03"),
        ("03.02.2026", "2026-02-03"),
        ("25/12/2026", "2026-12-25"),
        ("12/25/2026", "2026-12-25"),
        ("5/5/2026", "2026-05-05"),
        ("24 December 2026", "2026-12-24"),
        ("24th of December, 2026", "2026-12-24"),
        ("December 24, 2026", "2026-12-24"),
        ("Dec. 24 2026", "2026-12-24"),
        ("24 dec", "2026-12-24"),
        ("29 February 2028", "2028-02-29"),
        ("wednesday", "2026-11-25"),
        ("next wednesday", "2026-12-02"),
        ("last wednesday", "2026-11-18"),
        ("next Friday", "2026-11-27"),
        ("fri", "2026-11-27"),
        ("last monday", "2026-11-23"),
        ("in 3 days", "2026-11-28"),
        ("2 weeks ago", "2026-11-11"),
        ("2026-11-25T08:00", "2026-11-25"),
    ],
)
def test_dates_are_read_as_people_write_them(written: str, wanted: str) -> None:
    assert ask(date=written)["date"] == wanted


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("3/4/2026", "may be two dates"),
        ("2026-02-29", "does not exist"),
        ("31 June 2026", "does not exist"),
        ("0000-01-01", "does not exist"),
        ("soon", "no known date"),
        ("m 5", "no known date"),
        ("2026-11-25 25:00", "no time of day"),
        ("9" * 500, "no known date"),
    ],
)
def test_what_is_no_date_is_told(written: str, told: str) -> None:
    with pytest.raises(CallFault, match=told):
        ask(date=written)


@pytest.mark.parametrize(
    ("start", "added", "wanted"),
    [
        ("2026-01-31", "1 month", "2026-02-28"),
        ("2028-01-31", "1 month", "2028-02-29"),
        ("2028-02-29", "1 year", "2029-02-28"),
        ("2026-03-31", "-1 month", "2026-02-28"),
        ("2026-11-25", "90 days", "2027-02-23"),
        ("2026-11-25", "3 weeks", "2026-12-16"),
        ("2026-11-25", "-2 weeks", "2026-11-11"),
        ("2026-11-25", "1 year, 2 months and 3 days", "2028-01-28"),
        ("2026-11-25", "a fortnight", "2026-12-09"),
        ("2026-11-25", "2 quarters", "2027-05-25"),
        ("2026-11-25", "1 business day", "2026-11-26"),
        ("2026-11-27", "1 business day", "2026-11-30"),
        ("2026-11-28", "1 working day", "2026-11-30"),
        ("2026-11-25", "10 business days", "2026-12-09"),
        ("2026-11-30", "-1 business day", "2026-11-27"),
        ("2026-11-29", "-1 business day", "2026-11-27"),
        ("2026-11-28", "-1 business day", "2026-11-27"),
    ],
)
def test_time_is_added_on_the_calendar(start: str, added: str, wanted: str) -> None:
    assert ask(date=start, add=added)["date"] == wanted


@pytest.mark.parametrize("added", ["3", "three days", "days", "3 parsecs", "1000000 years", "999999 years"])
def test_what_is_no_span_is_told(added: str) -> None:
    with pytest.raises(CallFault):
        ask(date="2026-01-01", add=added)


def test_hours_are_real_hours_when_clocks_change() -> None:
    assert ask(date="2026-10-25 01:30", add="3 hours")["time"] == "03:30"


def test_the_days_between_two_dates() -> None:
    assert ask(date="2026-11-25", until="24 December 2026") == {
        "from": "2026-11-25", "until": "2026-12-24", "days": 29, "weeks": "4 weeks 1 days", "months": "0 years 0 months 29 days",
        "monday_to_friday": 21,
    }  # fmt: skip


def test_days_to_an_earlier_date_are_negative() -> None:
    assert ask(date="today", until="2026-11-20")["days"] == -5


def test_hours_between_two_times_are_told() -> None:
    assert ask(date="9:00", until="17:30")["hours"] == "8 h 30 min"
    assert ask(date="2026-11-25 14:00", until="2026-11-24 13:45")["hours"] == "-24 h 15 min"
    assert ask(date="2026-10-25 00:00", until="2026-10-25 12:00")["hours"] == "13 h 0 min"  # clocks went back


def test_an_age_is_counted_on_the_calendar() -> None:
    assert ask(date="1990-12-01", until="today")["months"] == "35 years 11 months 24 days"


@pytest.mark.parametrize(
    ("zone", "clock", "day"),
    [
        ("Asia/Tokyo", "22:40", "2026-11-25"),
        ("tokyo", "22:40", "2026-11-25"),
        ("New York", "08:40", "2026-11-25"),
        ("america/new_york", "08:40", "2026-11-25"),
        ("UTC", "13:40", "2026-11-25"),
        ("UTC+5:30", "19:10", "2026-11-25"),
        ("GMT-5", "08:40", "2026-11-25"),
        ("Pacific/Kiritimati", "03:40", "2026-11-26"),
    ],
)
def test_it_tells_the_time_elsewhere(zone: str, clock: str, day: str) -> None:
    told = ask(time_zone=zone)

    assert (told["time"], told["date"]) == (clock, day)


@pytest.mark.parametrize("zone", ["Atlantis", "../../etc/passwd", "UTC+99", "/etc/localtime"])
def test_what_is_no_zone_is_told(zone: str) -> None:
    with pytest.raises(CallFault, match="no known time zone"):
        ask(time_zone=zone)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="a zone for this process alone, as on Unix")
def test_the_computers_own_zone_has_summer_and_winter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        tool = dates(lambda: NOW.astimezone(SystemZone()))

        def run(**arguments: str) -> dict[str, object]:
            result = json.loads(tool.run(arguments, Cancellation()))
            assert isinstance(result, dict)
            return result

        assert (run()["time"], run()["zone"]) == ("14:40", "CET")
        assert run(date="2026-07-01 12:00")["zone"] == "CEST"
        assert run(date="2026-10-25 00:00", until="2026-10-25 12:00")["hours"] == "13 h 0 min"
        assert run(date="2026-10-24 12:00", add="24 hours")["time"] == "11:00"
        assert run(date="0001-01-01", add="1 day")["date"] == "0001-01-02"
    finally:
        monkeypatch.undo()
        time.tzset()


DATES = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1))


@given(DATES, st.integers(-9999, 9999))
def test_days_agree_with_the_standard_library(day: date, count: int) -> None:
    told = ask(date=day.isoformat(), add=f"{count} days")

    assert told["date"] == (day + timedelta(days=count)).isoformat()
    assert told["weekday"] == (day + timedelta(days=count)).strftime("%A")
    assert told["week"] == (day + timedelta(days=count)).strftime("%G-W%V")


@given(DATES, st.integers(-400, 400))
def test_business_days_agree_with_counting(day: date, count: int) -> None:
    expected = day
    for _ in range(abs(count)):
        expected += timedelta(days=1 if count > 0 else -1)
        while expected.weekday() > 4:
            expected += timedelta(days=1 if count > 0 else -1)

    assert ask(date=day.isoformat(), add=f"{count} business days")["date"] == expected.isoformat()


@given(DATES, st.integers(0, 500))
def test_business_days_between_agree_with_counting(day: date, days: int) -> None:
    counted = sum((day + timedelta(days=step)).weekday() < 5 for step in range(days))

    assert business_days_between(day, day + timedelta(days=days)) == counted


@given(DATES, DATES)
def test_months_and_days_lead_from_the_first_to_the_last(first: date, last: date) -> None:
    first, last = sorted((first, last))

    months, days = whole_months_between(first, last)

    there = read_span(f"{months} months {days} days").after(datetime.combine(first, NOW.timetz()))
    assert there.date() == last
    assert 0 <= days < 31


@given(st.text(max_size=30))
def test_nonsense_is_told(text: str) -> None:
    try:
        assert read_date(text, NOW).tzinfo is not None
    except CallFault as told:
        assert str(told)  # noqa: PT017 - either is right
