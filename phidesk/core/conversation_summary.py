"""What is known of a conversation that is not read: the list of them is painted before anything else is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ConversationSummary:
    """A row of the sidebar."""

    id: str
    title: str
    updated_at: datetime
    is_unread: bool = False
    """Whether an answer was completed while something else was in view."""
