"""Who is asked before a tool runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from phidesk.core.permissions import Allowance, Permission, allowances_for, find_outdated, find_verdict
from phidesk.core.tools import Intent, Risk

READING = Intent(Risk.READING, "/home/ada/letters")
CHANGING = Intent(Risk.CHANGING, "/home/ada/letters")


def kept(allowance: Allowance, place: str = "/home/ada/letters", conversation_id: str | None = None) -> Permission:
    return Permission("p", "read_file", place, allowance, datetime(2026, 11, 25, tzinfo=UTC), conversation_id)


def verdict(intent: Intent, *permissions: Permission, tool: str = "read_file") -> bool | None:
    return find_verdict(tool, intent, permissions, "c")


def test_what_is_harmless_runs_and_the_rest_is_asked_about() -> None:
    assert verdict(Intent()) is True
    assert verdict(READING) is None
    assert verdict(CHANGING) is None


@pytest.mark.parametrize("place", ["/home/ada/letters", "/home/ada", ""])
def test_reading_is_asked_about_once_per_place(place: str) -> None:
    assert verdict(READING, kept(Allowance.ALWAYS, place)) is True


@pytest.mark.parametrize("place", ["/home/ada/letters/secret", "/home/ada/lett", "/home/ada/letters/../x", "letters"])
def test_a_permission_reaches_no_further_than_its_place(place: str) -> None:
    assert verdict(READING, kept(Allowance.ALWAYS, place)) is None


def test_changing_is_asked_about_every_time() -> None:
    assert verdict(CHANGING, kept(Allowance.ALWAYS)) is None
    assert not {Allowance.ALWAYS, Allowance.CONVERSATION} & set(allowances_for(Risk.CHANGING))


def test_never_is_stronger_than_all_else() -> None:
    assert verdict(READING, kept(Allowance.ALWAYS), kept(Allowance.NEVER, "/home/ada")) is False
    assert verdict(CHANGING, kept(Allowance.NEVER)) is False
    assert verdict(Intent(), kept(Allowance.NEVER, "")) is False


def test_a_permission_is_for_its_tool_and_its_conversation() -> None:
    assert verdict(READING, kept(Allowance.ALWAYS), tool="write_file") is None
    assert verdict(READING, kept(Allowance.CONVERSATION, conversation_id="c")) is True
    assert verdict(READING, kept(Allowance.CONVERSATION, conversation_id="another")) is None


def test_what_was_allowed_of_a_tool_that_is_another_now_is_asked_about_again() -> None:
    allowed, forbidden = (replace(kept(it), fingerprint="before") for it in (Allowance.ALWAYS, Allowance.NEVER))
    now = replace(READING, fingerprint="now")

    assert verdict(replace(READING, fingerprint="before"), allowed) is True
    assert verdict(now, allowed) is None
    assert find_outdated("read_file", now, [allowed, forbidden], "c") == [allowed]
    assert find_outdated("write_file", now, [allowed], "c") == []
    assert verdict(now, forbidden) is False


def test_what_is_said_once_is_not_remembered() -> None:
    assert [it for it in Allowance if it.is_remembered] == [
        Allowance.CONVERSATION,
        Allowance.ALWAYS,
        Allowance.NEVER,
    ]
