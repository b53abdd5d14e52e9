"""A library over a real database, for the page Instructions and for what a conversation takes from it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from phidesk.chat.prompt_library import PromptLibrary
from phidesk.core.hub import Hub
from phidesk.core.prompts import Prompt, PromptDefaults
from phidesk.core.tasks import TaskRunner
from phidesk.storage.database import Database
from phidesk.storage.prompts import Prompts
from phidesk.ui.main_thread import MainThread
from tests.ui.chat.conftest import database, profile, tools

__all__ = ["database", "profile", "tools"]

TUTOR = Prompt(
    "",
    "A tutor",
    "Teach {name} {subject} in {language}.",
    "calculator",
    ("Begin, {name}.", "Test me."),
    PromptDefaults(),
)
POET = Prompt("", "B poet", "Answer in verse.", defaults=PromptDefaults("builtin", "practice", 1.2, ("dates",)))
GREETING = Prompt("", "C greeting", "Dear {name},", is_snippet=True)


@dataclass(frozen=True)
class Shelf:
    """A library with three entries of its own, and the way of its changes to the window."""

    library: PromptLibrary
    hub: Hub
    tasks: TaskRunner
    tutor: Prompt
    poet: Prompt
    greeting: Prompt

    def prompt(self, prompt_id: str) -> Prompt:
        """Read an entry as it is on disk."""
        return next(prompt for prompt in self.library.list() if prompt.id == prompt_id)


@pytest.fixture
def shelf(database: Database, qapp: QApplication) -> Iterator[Shelf]:
    main_thread = MainThread()
    numbers = itertools.count(1)
    hub = Hub(main_thread.post)
    library = PromptLibrary(Prompts(database, lambda: datetime.now(UTC), lambda: f"prompt{next(numbers)}"), hub)
    library.list()
    tutor, poet, greeting = library.add([TUTOR, POET, GREETING]).result()
    with ThreadPoolExecutor(2, thread_name_prefix="work") as pool:
        yield Shelf(library, hub, TaskRunner(pool, main_thread.post), tutor, poet, greeting)
        main_thread.close()


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Callable[[], bool]], None]:
    """Wait until something is so."""
    return lambda is_so: qtbot.waitUntil(is_so, timeout=10_000)
