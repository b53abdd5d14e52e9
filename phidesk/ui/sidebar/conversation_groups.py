"""Conversations parted by the day they were last used: the nearer, the finer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from itertools import groupby

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from phidesk.core.conversation_summary import ConversationSummary

translate = QCoreApplication.translate


class Period(Enum):
    """What a group spans."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    """Two to seven days ago."""
    THIRTY_DAYS = "thirty_days"
    """Eight to thirty days ago."""
    MONTH = "month"
    """Earlier in this year."""
    YEAR = "year"
    """An earlier year."""


@dataclass(frozen=True)
class DateGroup:
    """One group. `first` is the first day of a month or a year, None for the nearer periods."""

    period: Period
    first: date | None = None

    @property
    def label(self) -> str:
        """The heading, in the person's language."""
        if self.first is not None:
            return _label_of_date(self.period, self.first)
        labels = {
            Period.TODAY: translate("ConversationGroups", "Today"),
            Period.YESTERDAY: translate("ConversationGroups", "Yesterday"),
            Period.WEEK: translate("ConversationGroups", "Previous 7 days"),
            Period.THIRTY_DAYS: translate("ConversationGroups", "Previous 30 days"),
        }
        return labels[self.period]


def group_by_date(
    conversations: Iterable[ConversationSummary], today: date
) -> list[tuple[DateGroup, list[ConversationSummary]]]:
    """Sort conversations, the last used first, and part them. Days are those of this computer's time zone."""
    newest_first = sorted(conversations, key=lambda conversation: conversation.updated_at, reverse=True)
    grouped = groupby(newest_first, key=lambda conversation: group_of(_local_day(conversation), today))
    return [(group, list(members)) for group, members in grouped]


@lru_cache(maxsize=4096)  # thousands of conversations share few days
def group_of(day: date, today: date) -> DateGroup:
    """Return the group of a day; one that is still to come (a clock was wrong) counts as today."""
    days_ago = (today - day).days
    if days_ago <= 0:
        return DateGroup(Period.TODAY)
    if days_ago == 1:
        return DateGroup(Period.YESTERDAY)
    if days_ago <= 7:
        return DateGroup(Period.WEEK)
    if days_ago <= 30:
        return DateGroup(Period.THIRTY_DAYS)
    if day.year == today.year:
        return DateGroup(Period.MONTH, day.replace(day=1))
    return DateGroup(Period.YEAR, date(day.year, 1, 1))


def _local_day(conversation: ConversationSummary) -> date:
    return conversation.updated_at.astimezone().date()


def _label_of_date(period: Period, first: date) -> str:
    if period is Period.MONTH:
        return QLocale().standaloneMonthName(first.month)
    return QLocale().toString(QDate(first.year, first.month, first.day), "yyyy")
