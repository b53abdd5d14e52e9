"""Facts that happened and that more than one place may care about. Delivered by `hub.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ConversationChanged:
    """A conversation was created, renamed, answered or given other settings; it is on disk now."""

    conversation_id: str


@dataclass(frozen=True)
class ServersChanged:
    """A server at an address was added, renamed, removed, or found to answer."""


@dataclass(frozen=True)
class PromptsChanged:
    """An entry of the library of instructions was added, changed, deleted or taken back."""


@dataclass(frozen=True)
class ToolServerAnswered:
    """A server of tools offers more or less than before, or failed."""


@dataclass(frozen=True)
class ToolsChanged:
    """A tool was made, changed, switched, deleted or brought back; it is on disk now."""
