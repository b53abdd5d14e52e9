"""Grouping by date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import QLocale

from phidesk.core.conversation_summary import ConversationSummary
from phidesk.ui.sidebar.conversation_groups import DateGroup, Period, group_by_date, group_of

TODAY = date(2025, 9, 17)


def noon(days_ago: int) -> datetime:
    """Noon here, so that the day is the same whatever the time zone of the test."""
    day = TODAY - timedelta(days=days_ago)
    return datetime(day.year, day.month, day.day, 12).astimezone()


@pytest.mark.parametrize(
    ("days_ago", "period"),
    [
        (-1, Period.TODAY),
        (0, Period.TODAY),
        (1, Period.YESTERDAY),
        (2, Period.WEEK),
        (7, Period.WEEK),
        (8, Period.THIRTY_DAYS),
        (30, Period.THIRTY_DAYS),
        (31, Period.MONTH),
        (259, Period.MONTH),
        (260, Period.YEAR),
    ],
)
def test_the_nearer_the_day_the_finer_the_group(days_ago: int, period: Period) -> None:
    assert group_of(TODAY - timedelta(days=days_ago), TODAY).period is period


def test_months_and_years_are_groups_of_their_own() -> None:
    july = group_of(date(2025, 7, 31), TODAY)

    assert july == group_of(date(2025, 7, 1), TODAY)
    assert july != group_of(date(2025, 6, 30), TODAY)
    assert group_of(date(2024, 12, 31), TODAY) == group_of(date(2024, 1, 1), TODAY)


def test_groups_come_newest_first_whatever_the_order_given() -> None:
    conversations = [ConversationSummary(str(days_ago), "", noon(days_ago)) for days_ago in (400, 0, 3, 1, 2)]

    groups = group_by_date(conversations, TODAY)

    assert [group.period for group, _ in groups] == [Period.TODAY, Period.YESTERDAY, Period.WEEK, Period.YEAR]
    assert [[member.id for member in members] for _, members in groups] == [["0"], ["1"], ["2", "3"], ["400"]]


def test_days_are_those_of_this_computer() -> None:
    midnight = datetime(2025, 9, 17).astimezone()
    instants = [midnight, midnight - timedelta(seconds=1)]

    groups = group_by_date([ConversationSummary(str(at), "", at.astimezone(UTC)) for at in instants], TODAY)

    assert [group.period for group, _ in groups] == [Period.TODAY, Period.YESTERDAY]


@pytest.mark.parametrize(("language", "month"), [(QLocale.Language.English, "July"), (QLocale.Language.German, "Juli")])
def test_headings_are_in_the_persons_language(language: QLocale.Language, month: str) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(language))
    try:
        labels = [
            group.label for group in (DateGroup(Period.MONTH, date(2025, 7, 1)), group_of(date(2024, 5, 5), TODAY))
        ]
    finally:
        QLocale.setDefault(before)

    assert labels == [month, "2024"]
