"""Dates, spans of time and time zones as people and models write them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from typing_extensions import override

from phidesk.tools.tool import CallFault

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_LONGEST = 100
"""Characters of a date, a span or a zone."""
_DAYS_OF_NAMES = {"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1}
_ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:[t ]+(?P<time>.+))?")
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?:,?\s+(?P<time>.+))?")
_SLASHED = re.compile(r"(?P<first>\d{1,2})[/-](?P<second>\d{1,2})[/-](?P<year>\d{4})(?:,?\s+(?P<time>.+))?")
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<name>[a-z]{3,9})\.?,?(?:\s+(?P<year>\d{4}))?"
)
_MONTH_FIRST = re.compile(r"(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?(?:\s+(?P<year>\d{4}))?")
_WEEKDAY = re.compile(r"(?:(?P<which>next|last|this|on)\s+)?(?P<name>[a-z]{3,9})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(am|pm|z)?", re.IGNORECASE)
_SPAN_PART = re.compile(r"([+-]?)\s*(\d{1,6}|an?|one)\s*([a-z]+(?:\s+days?)?)", re.IGNORECASE)
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_NO_PLACES = {"Factory", "localtime", "posixrules"}
_EXAMPLES = "Write it such as 2026-03-31, 31 March 2026, today or next friday."


@dataclass(frozen=True)
class Span:
    """A way on the calendar. Months come first, then days, then business days, then seconds."""

    months: int = 0
    days: int = 0
    business_days: int = 0
    seconds: int = 0

    def after(self, start: datetime) -> datetime:
        """Return where the way leads; the 31st of a shorter month is its last day.

        Raises:
            CallFault: out of the years 1 to 9999.
        """
        try:
            month = start.year * 12 + start.month - 1 + self.months
            day = min(start.day, monthrange(month // 12, month % 12 + 1)[1])
            moved = start.replace(year=month // 12, month=month % 12 + 1, day=day) + timedelta(days=self.days)
            moved += timedelta(days=_days_of_business_days(moved.date(), self.business_days))
            if self.seconds:  # an hour is an hour, also in the night when clocks change
                moved = (moved.astimezone(UTC) + timedelta(seconds=self.seconds)).astimezone(start.tzinfo)
        except (ValueError, OverflowError, IndexError) as error:
            raise CallFault("The date is outside of the years 1 to 9999.") from error
        return moved


class SystemZone(tzinfo):
    """The time zone of this computer with its summer and winter: `astimezone()` gives the one offset of a moment."""

    @override
    def utcoffset(self, moment: datetime | None, /) -> timedelta | None:
        return None if moment is None else _of_this_computer(moment.replace(tzinfo=None)).utcoffset()

    @override
    def tzname(self, moment: datetime | None, /) -> str | None:
        return None if moment is None else _of_this_computer(moment.replace(tzinfo=None)).tzname()

    @override
    def dst(self, moment: datetime | None, /) -> None:
        """Nobody needs it."""

    @override
    def fromutc(self, moment: datetime, /) -> datetime:
        return _of_this_computer(moment.replace(tzinfo=UTC)).replace(tzinfo=self)


def _of_this_computer(moment: datetime) -> datetime:
    """Return the moment with the offset that is in force then; UTC where the system does not know that year."""
    try:
        return moment.astimezone()
    except (OSError, OverflowError, ValueError):
        return moment.replace(tzinfo=UTC)


_UNITS = {
    "year": Span(months=12), "yr": Span(months=12), "quarter": Span(months=3), "month": Span(months=1),
    "week": Span(days=7), "wk": Span(days=7), "fortnight": Span(days=14), "day": Span(days=1), "d": Span(days=1),
    "business day": Span(business_days=1), "working day": Span(business_days=1), "work day": Span(business_days=1),
    "workday": Span(business_days=1), "weekday": Span(business_days=1), "hour": Span(seconds=3600),
    "hr": Span(seconds=3600), "h": Span(seconds=3600), "minute": Span(seconds=60), "min": Span(seconds=60),
}  # fmt: skip


def read_date(text: str, now: datetime) -> datetime:
    """Return the start of a day, or the moment, if the text has a time; in the zone of `now`.

    Raises:
        CallFault: it is none, or may be two.
    """
    plain = " ".join(text.split()).casefold()[:_LONGEST]
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if plain in ("", "now"):
        return now.replace(microsecond=0)
    if plain in _DAYS_OF_NAMES:
        return midnight + timedelta(days=_DAYS_OF_NAMES[plain])
    if _TIME.fullmatch(plain):
        return _at_time(midnight, plain)
    for pattern in (_ISO, _DOTTED, _SLASHED, _DAY_FIRST, _MONTH_FIRST):
        if found := pattern.fullmatch(plain):
            return _moment(found.groupdict(), midnight, text)
    if found := _WEEKDAY.fullmatch(plain):
        return midnight + timedelta(days=_days_to_weekday(found["name"], found["which"] or "", now.date(), text))
    if plain.startswith("in "):
        return read_span(plain[3:]).after(now if "h" in plain or "min" in plain else midnight)
    if plain.endswith(" ago"):
        return read_span("-" + plain[:-4]).after(midnight)
    raise CallFault(f'"{text[:_LONGEST]}" is no known date. {_EXAMPLES}')


def read_span(text: str) -> Span:
    """Return a span such as "3 days", "-1 month", "1 year and 2 months", "10 business days".

    Raises:
        CallFault: it is none.
    """
    plain = " ".join(re.sub(r",|\band\b", " ", text.casefold()).split())[:_LONGEST]
    months = days = business_days = seconds = 0
    position, sign = 0, 1
    while position < len(plain):
        found = _SPAN_PART.match(plain, position)
        unit = None if found is None else _UNITS.get(found[3]) or _UNITS.get(found[3].removesuffix("s"))
        if found is None or unit is None:
            break
        sign = {"-": -1, "+": 1, "": sign}[found[1]]  # "-1 year 2 months" goes back by both
        count = sign * (int(found[2]) if found[2].isdecimal() else 1)
        months += count * unit.months
        days += count * unit.days
        business_days += count * unit.business_days
        seconds += count * unit.seconds
        position = found.end() + len(plain[found.end() :]) - len(plain[found.end() :].lstrip())
    if not plain or position < len(plain):
        raise CallFault(f'"{text[:_LONGEST]}" is no span of time. Write it such as 3 days, -2 weeks, 10 business days.')
    return Span(months, days, business_days, seconds)


def read_zone(name: str) -> tzinfo:
    """Return a time zone: by its name, a city, or a distance to UTC.

    Raises:
        CallFault: there is none.
    """
    plain = "_".join(name.split()).casefold()[:_LONGEST]
    if plain in ("utc", "gmt", "z"):
        return UTC
    if found := _OFFSET.fullmatch(plain):
        distance = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        if distance < timedelta(hours=24):
            return timezone(-distance if found[1] == "-" else distance)
    zones = _zones()
    city = plain.rpartition("/")[2] if plain not in zones else plain
    if city not in zones:
        raise CallFault(f'"{name[:_LONGEST]}" is no known time zone. Write it such as Europe/Paris or UTC+2.')
    return ZoneInfo(zones[city])


def business_days_between(first: date, last: date) -> int:
    """Count Monday to Friday, the first day counted, the last not; negative if the last comes first."""
    if last < first:
        return -business_days_between(last, first)
    weeks, rest = divmod((last - first).days, 7)
    return weeks * 5 + sum((first.weekday() + step) % 7 < 5 for step in range(rest))


def whole_months_between(first: date, last: date) -> tuple[int, int]:
    """Return months and days from the first to the last, which comes later, counted on the calendar."""
    months = (last.year - first.year) * 12 + last.month - first.month
    start = datetime.combine(first, time())
    while Span(months=months).after(start).date() > last:
        months -= 1
    return months, (last - Span(months=months).after(start).date()).days


def _moment(parts: dict[str, str | None], midnight: datetime, text: str) -> datetime:
    year = int(parts.get("year") or midnight.year)
    month, day = _month_and_day(parts, text)
    try:
        start = midnight.replace(year=year, month=month, day=day)
    except ValueError as error:
        raise CallFault(f'"{text[:_LONGEST]}" does not exist on the calendar.') from error
    return start if parts.get("time") is None else _at_time(start, str(parts["time"]))


def _month_and_day(parts: dict[str, str | None], text: str) -> tuple[int, int]:
    if parts.get("name"):
        name = str(parts["name"])
        months = [number for number, month in enumerate(MONTHS, 1) if month.startswith(name)]
        if len(months) != 1:
            raise CallFault(f'"{text[:_LONGEST]}" is no known date. {_EXAMPLES}')
        return months[0], int(parts["day"] or 0)
    if parts.get("first"):
        first, second = int(parts["first"] or 0), int(parts["second"] or 0)
        if first <= 12 and second <= 12 and first != second:
            raise CallFault(f'"{text[:_LONGEST]}" may be two dates. Write it as year-month-day.')
        return (first, second) if first <= 12 else (second, first)
    return int(parts["month"] or 0), int(parts["day"] or 0)


def _at_time(start: datetime, text: str) -> datetime:
    found = _TIME.fullmatch(text.strip())
    hour, minute, second = (int(part or 0) for part in found.groups()[:3]) if found else (24, 0, 0)
    half = (found[4] or "").casefold() if found else ""
    if half in ("am", "pm") and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        moment = start.replace(hour=hour, minute=minute, second=second)
    except ValueError as error:
        raise CallFault(f'"{text[:_LONGEST]}" is no time of day. Write it such as 14:30.') from error
    return moment.replace(tzinfo=UTC).astimezone(start.tzinfo) if half == "z" else moment


def _days_to_weekday(name: str, which: str, today: date, text: str) -> int:
    """Return how far a weekday is: the next one from today on, the one after today, or the last one before it."""
    days = [number for number, day in enumerate(WEEKDAYS) if day.casefold().startswith(name)]
    if len(days) != 1:
        raise CallFault(f'"{text[:_LONGEST]}" is no known date. {_EXAMPLES}')
    ahead = (days[0] - today.weekday()) % 7
    if which == "next":
        return ahead or 7
    return ahead - 7 if which == "last" else ahead


def _days_of_business_days(start: date, count: int) -> int:
    """Return the days that so many days from Monday to Friday take; from a weekend they begin on the Friday before."""
    if count == 0:
        return 0
    step = 1 if count > 0 else -1
    weekday = start.weekday() if step > 0 else (4 - start.weekday()) % 7  # going back is the same week, mirrored
    weeks, rest = divmod(abs(count), 5)
    days = 0
    if weekday > 4:  # a weekend: the first step leads to the next business day
        days, weekday = 4 - weekday, 4
    days += weeks * 7
    days += rest + (2 if weekday + rest > 4 else 0)
    return step * days


@cache
def _zones() -> dict[str, str]:
    """Return the names of the zones by themselves and by their cities, in small letters."""
    names = sorted(available_timezones() - _NO_PLACES)
    cities = {name.rpartition("/")[2].casefold(): name for name in reversed(names) if "/" in name}
    return cities | {name.casefold(): name for name in names}
