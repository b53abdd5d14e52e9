"""Instructions of a conversation that has not begun, kept like an unsent question."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

from phidesk.core.conversation import ConversationSettings
from phidesk.core.prompts import PromptLink
from phidesk.core.tasks import TaskRunner
from phidesk.storage.program_state import ProgramState

NEW_INSTRUCTIONS = "new_conversation_instructions"
NEW_PROMPT = "new_conversation_prompt"
"""Keys of the program's state: the text, and in JSON the entry of the library with what it brought along."""

logger = logging.getLogger(__name__)


class NewInstructions:
    """Used on the main thread."""

    def __init__(self, state: ProgramState, tasks: TaskRunner) -> None:
        self._state = state
        self._tasks = tasks
        self._kept = ConversationSettings()

    def read(self) -> None:
        """Read what an earlier run left. Waits for the disk.

        Raises:
            StorageError: it cannot be read.
        """
        text, prompt = (self._state.get(key).result() for key in (NEW_INSTRUCTIONS, NEW_PROMPT))
        self._kept = _with_prompt(ConversationSettings(text or ""), json.loads(prompt or "{}"))

    def keep(self, settings: ConversationSettings) -> None:
        """Remember the instructions of these settings; without an entry of the library only their text and values."""
        kept = ConversationSettings(settings.instructions, prompt=settings.prompt, variables=settings.variables)
        if settings.prompt is not None:
            kept = _with_defaults_of(kept, settings)
        if kept != self._kept:
            self._kept = kept
            self._write(NEW_INSTRUCTIONS, kept.instructions)
            self._write(NEW_PROMPT, json.dumps(_as_document(kept)))

    def forget(self) -> None:
        """Remember nothing: the conversation has begun."""
        self.keep(ConversationSettings())

    def given_to(self, settings: ConversationSettings) -> ConversationSettings:
        """Return these settings with the instructions that are remembered."""
        kept = self._kept
        if kept.prompt is not None:
            settings = _with_defaults_of(settings, kept)
        return replace(settings, instructions=kept.instructions, prompt=kept.prompt, variables=kept.variables)

    def _write(self, key: str, value: str) -> None:
        self._tasks.watch(self._state.set(key, value), failed=self._on_not_kept)

    def _on_not_kept(self, error: Exception) -> None:
        logger.info("not remembered: %s", error)


def _with_defaults_of(settings: ConversationSettings, other: ConversationSettings) -> ConversationSettings:
    """Return settings with what an entry may have brought along to the others."""
    return replace(settings, engine=other.engine, model=other.model, temperature=other.temperature, tools=other.tools)


def _as_document(settings: ConversationSettings) -> dict[str, Any]:
    link = settings.prompt
    return {
        "id": link.prompt_id if link is not None else None,
        "is_detached": link is not None and link.is_detached,
        "variables": dict(settings.variables),
        "engine": settings.engine,
        "model": settings.model,
        "temperature": settings.temperature,
        "tools": sorted(settings.tools),
    }


def _with_prompt(settings: ConversationSettings, document: dict[str, Any]) -> ConversationSettings:
    if not document:
        return settings
    link = PromptLink(document["id"], document["is_detached"]) if document["id"] is not None else None
    return replace(
        settings,
        prompt=link,
        variables=tuple(document["variables"].items()),
        engine=document["engine"],
        model=document["model"],
        temperature=document["temperature"],
        tools=frozenset(document.get("tools", [])),
    )
