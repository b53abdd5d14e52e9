"""Dates and times: today, here and elsewhere, so many days later, how long between two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from phidesk.core.tools import ToolDefinition
from phidesk.tools.builtin.date_text import (
    WEEKDAYS,
    business_days_between,
    read_date,
    read_span,
    read_zone,
    whole_months_between,
)
from phidesk.tools.builtin.harmless import HarmlessTool
from phidesk.tools.tool import Arguments, Tool

DEFINITION = ToolDefinition(
    "dates",
    "Tells today's date, time and weekday; adds time to a date; counts the days between two dates.",
    '{"type":"object","properties":{"date":{"type":"string","description":"such as today, 2026-03-31, next friday"},'
    '"add":{"type":"string","description":"such as 3 weeks, -1 month, 10 business days"},'
    '"until":{"type":"string","description":"second date"},'
    '"time_zone":{"type":"string","description":"such as Asia/Tokyo"}}}',
)


def dates(now: Callable[[], datetime]) -> Tool:
    """Return the tool. `now` gives the moment in the person's own time zone, one with rules (`SystemZone`)."""
    return HarmlessTool(DEFINITION, lambda arguments: _answer(arguments, now()))


def _answer(arguments: Arguments, now: datetime) -> Mapping[str, object]:
    if zone := arguments.get("time_zone"):
        now = now.astimezone(read_zone(zone))
    moment = read_date(arguments.get("date", "now"), now)
    if add := arguments.get("add"):
        moment = read_span(add).after(moment)
    if until := arguments.get("until"):
        return _difference(moment, read_date(until, now))
    return _described(moment)


def _described(moment: datetime) -> dict[str, object]:
    year, week, _ = moment.isocalendar()
    told: dict[str, object] = {"date": moment.date().isoformat(), "weekday": WEEKDAYS[moment.weekday()]}
    if moment.hour or moment.minute or moment.second:
        told |= {"time": f"{moment:%H:%M}", "zone": str(moment.tzname())}
    return told | {"week": f"{year}-W{week:02}", "day_of_year": moment.timetuple().tm_yday}


def _difference(first: datetime, last: datetime) -> dict[str, object]:
    """Count from the earlier to the later date; `days` is negative if the second is the earlier one."""
    days = (last.date() - first.date()).days
    early, late = sorted((first.date(), last.date()))
    months, rest = whole_months_between(early, late)
    weeks, single = divmod(abs(days), 7)
    told = {
        "from": first.date().isoformat(),
        "until": last.date().isoformat(),
        "days": days,
        "weeks": f"{weeks} weeks {single} days",
        "months": f"{months // 12} years {months % 12} months {rest} days",
        "monday_to_friday": abs(business_days_between(early, late)),
    }
    if first.time() != last.time():
        minutes = int((last.astimezone(UTC) - first.astimezone(UTC)).total_seconds() / 60)
        told["hours"] = f"{'-' if minutes < 0 else ''}{abs(minutes) // 60} h {abs(minutes) % 60} min"
    return told
