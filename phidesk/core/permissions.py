"""What tools may do without asking the person again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePath

from phidesk.core.tools import Intent, Risk, ToolOutcome


class Allowance(StrEnum):
    """What a person says when asked. The values are stored."""

    ONCE = "once"
    CONVERSATION = "conversation"
    ALWAYS = "always"
    NOT_NOW = "not_now"
    NEVER = "never"

    @property
    def allows(self) -> bool:
        """Whether the call that was asked about may run."""
        return self in {Allowance.ONCE, Allowance.CONVERSATION, Allowance.ALWAYS}

    @property
    def is_remembered(self) -> bool:
        """Whether it holds for calls to come."""
        return self in {Allowance.CONVERSATION, Allowance.ALWAYS, Allowance.NEVER}


@dataclass(frozen=True)
class Permission:
    """A remembered allowance for one tool at one place. An empty place is the tool itself, wherever it reaches."""

    id: str
    tool: str
    place: str
    allowance: Allowance
    given_at: datetime
    conversation_id: str | None = None
    """Set where it holds in one conversation only."""
    fingerprint: str = ""
    """That of the intent it was given for."""

    def is_about(self, tool: str, intent: Intent, conversation_id: str | None) -> bool:
        """Whether it says something of such a call: at its place, or inside a folder that was allowed."""
        if self.tool != tool or self.conversation_id not in (None, conversation_id):
            return False
        return self.place in ("", intent.place) or _is_inside(intent.place, self.place)

    def is_outdated(self, intent: Intent) -> bool:
        """Whether the tool is not as it was when this was allowed. What is forbidden stays so, whatever it becomes."""
        return self.allowance.allows and self.fingerprint != intent.fingerprint


def allowances_for(risk: Risk) -> tuple[Allowance, ...]:
    """Return what a person may answer. What changes something is asked about every time."""
    if risk is Risk.CHANGING:
        return Allowance.ONCE, Allowance.NOT_NOW, Allowance.NEVER
    return Allowance.ONCE, Allowance.CONVERSATION, Allowance.ALWAYS, Allowance.NOT_NOW, Allowance.NEVER


def find_verdict(
    tool: str, intent: Intent, permissions: Iterable[Permission], conversation_id: str | None
) -> bool | None:
    """Say whether a call may run; None means that the person must be asked. "Never" is stronger than "always"."""
    about = [it for it in permissions if it.is_about(tool, intent, conversation_id)]
    holding = {it.allowance for it in about if not it.is_outdated(intent)}
    if Allowance.NEVER in holding:
        return False
    if intent.risk is Risk.HARMLESS:
        return True
    return True if holding and intent.risk is Risk.READING else None


def find_outdated(
    tool: str, intent: Intent, permissions: Iterable[Permission], conversation_id: str | None
) -> list[Permission]:
    """Return what allowed such a call of the tool as it was before: what is said of it has changed since."""
    return [it for it in permissions if it.is_about(tool, intent, conversation_id) and it.is_outdated(intent)]


def _is_inside(place: str, folder: str) -> bool:
    """Places that are no folders (addresses, names) hold nothing but themselves."""
    return PurePath(folder).is_absolute() and PurePath(place).is_relative_to(folder)


@dataclass(frozen=True)
class LoggedCall:
    """One call as the log of tools keeps it: what was asked, what came of it, and when."""

    called_at: datetime
    conversation_id: str
    tool: str
    arguments: str
    place: str
    result: str
    outcome: ToolOutcome
    duration_ms: float
