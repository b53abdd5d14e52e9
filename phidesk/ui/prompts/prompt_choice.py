"""What the conversation in view takes from the library: an entry, followed or changed, with values of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QLocale, QObject, Signal

from phidesk.chat.prompt_library import PromptLibrary
from phidesk.core.changes import PromptsChanged
from phidesk.core.conversation import ConversationSettings
from phidesk.core.hub import Hub
from phidesk.core.prompts import DATE, LANGUAGE, NAME, Prompt, PromptLink, resolve, variables_of
from phidesk.core.tasks import TaskRunner
from phidesk.storage.program_state import PERSON_NAME, ProgramState
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.instructions_section import NOTHING, InstructionsSection
from phidesk.ui.prompts.library_reading import LibraryReading

logger = logging.getLogger(__name__)


class PromptChoice(QObject):
    """Lives as long as the window, on the main thread."""

    open_requested = Signal(str)
    """The entry of this id is to be seen in the library."""
    form_wanted = Signal()
    """Instructions were chosen that leave something open: the form should be seen."""

    def __init__(
        self,
        section: InstructionsSection,
        page: ConversationPage,
        library: PromptLibrary,
        *,
        give: Callable[[ConversationSettings], None],
        begin_conversation: Callable[[], None],
        state: ProgramState,
        tasks: TaskRunner,
        hub: Hub,
        parent: QObject | None = None,
    ) -> None:
        """`give` lets the conversation in view have settings; `begin_conversation` shows a new one."""
        super().__init__(parent)
        self._section = section
        self._page = page
        self._give = give
        self._begin_conversation = begin_conversation
        self._state = state
        self._tasks = tasks
        self._prompts: dict[str, Prompt] = {}
        self._name = ""
        self._former: ConversationSettings | None = None
        self._wanted = ""
        """The entry that was chosen before it was read."""
        self._is_closed = False
        self._reading = LibraryReading(library, tasks, done=self._on_prompts_read, failed=self._on_not_read)
        self._forget = hub.subscribe(PromptsChanged, self._on_prompts_changed)
        self._connect()

    def read(self) -> None:
        """Read the library and the person's name, unless the window was closed already; what is in view follows."""
        if self._is_closed:
            return
        self._tasks.watch(self._state.get(PERSON_NAME), done=self._on_name_read)
        self._reading.read()

    def begin(self, prompt_id: str) -> None:
        """Show a new conversation with an entry."""
        self._begin_conversation()
        self._choose(prompt_id)

    def close(self) -> None:
        """Listen to nothing more; the window closes."""
        self._is_closed = True
        self._forget()

    def _connect(self) -> None:
        section = self._section
        self._page.settings_changed.connect(self._show)
        self._page.current_changed.connect(self._on_current_changed)
        section.chosen.connect(self._choose)
        section.editor.instructions_changed.connect(self._on_text_changed)
        section.form.value_entered.connect(self._on_value_entered)
        section.follow_requested.connect(self._on_follow_requested)
        section.open_requested.connect(self._on_open_requested)
        section.undo_requested.connect(self._on_undo_requested)

    # Wishes

    def _choose(self, prompt_id: str) -> None:
        """Give the conversation an entry with its defaults; an id of none gives it no instructions."""
        self._section.flush()
        if prompt_id != NOTHING and prompt_id not in self._prompts:
            self._wanted = prompt_id
            self._reading.read()
            return
        self._wanted = ""
        settings, prompt = self._without_defaults(self._page.settings), self._prompts.get(prompt_id)
        if prompt is None:
            self._replace(replace(settings, instructions="", prompt=None))
            return
        defaults = prompt.defaults
        if defaults.model is not None:
            settings = replace(settings, engine=defaults.engine, model=defaults.model)
        if defaults.temperature is not None:
            settings = replace(settings, temperature=defaults.temperature)
        if defaults.tools:
            settings = replace(settings, tools=frozenset(defaults.tools))
        self._replace(replace(settings, instructions=prompt.text, prompt=PromptLink(prompt.id)))
        values = dict(self._page.settings.variables)
        if not all(values.get(name) for name in _asked(prompt.text)):
            self.form_wanted.emit()
            self._section.form.focus_missing()

    def _without_defaults(self, settings: ConversationSettings) -> ConversationSettings:
        """Take back what the entry brought along that was chosen before; what the person changed since stays."""
        prompt = self._prompt(settings)
        if prompt is None:
            return settings
        defaults = prompt.defaults
        if defaults.model is not None and (settings.engine, settings.model) == (defaults.engine, defaults.model):
            settings = replace(settings, engine=None, model=None)
        if defaults.temperature is not None and settings.temperature == defaults.temperature:
            settings = replace(settings, temperature=None)
        if defaults.tools and settings.tools == frozenset(defaults.tools):
            settings = replace(settings, tools=frozenset())
        return settings

    def _replace(self, settings: ConversationSettings) -> None:
        """Give other instructions; those of the person can be had back."""
        former = self._page.settings
        is_persons = former.instructions.strip() and (former.prompt is None or former.prompt.is_detached)
        self._give(settings)
        self._former = former if is_persons else None
        self._section.set_undo(is_possible=self._former is not None)

    def _on_text_changed(self, text: str) -> None:
        """What is typed belongs to this conversation; the entry stays as it is."""
        settings = self._page.settings
        link = replace(settings.prompt, is_detached=True) if settings.prompt is not None else None
        self._forget_former()
        self._give(replace(settings, instructions=text, prompt=link if text else None))

    def _on_value_entered(self, name: str, value: str) -> None:
        if name == NAME:
            self._name = value
            self._tasks.watch(self._state.set(PERSON_NAME, value), failed=self._on_not_kept)
            self._offer_snippets()
        settings = self._page.settings
        values = {**dict(settings.variables), name: value}
        self._give(replace(settings, variables=tuple((name, value) for name, value in values.items() if value)))

    def _on_follow_requested(self) -> None:
        self._section.flush()
        prompt = self._prompt(self._page.settings)
        if prompt is not None:
            self._replace(replace(self._page.settings, instructions=prompt.text, prompt=PromptLink(prompt.id)))

    def _on_open_requested(self) -> None:
        prompt = self._prompt(self._page.settings)
        if prompt is not None:
            self._section.flush()
            self.open_requested.emit(prompt.id)

    def _on_undo_requested(self) -> None:
        if self._former is not None:
            self._give(self._former)
            self._forget_former()

    # Facts

    def _on_current_changed(self, _conversation_id: str | None) -> None:
        self._wanted = ""
        self._forget_former()

    def _on_prompts_changed(self, _change: PromptsChanged) -> None:
        self._reading.read()

    def _on_prompts_read(self, prompts: tuple[Prompt, ...]) -> None:
        self._prompts = {prompt.id: prompt for prompt in prompts}
        self._section.set_prompts([prompt for prompt in prompts if not prompt.is_snippet])
        self._offer_snippets()
        self._show(self._page.settings)
        if self._wanted in self._prompts:  # Else a newer list may have it.
            self._choose(self._wanted)

    def _on_name_read(self, name: str | None) -> None:
        self._name = name or ""
        self._offer_snippets()
        self._show(self._page.settings)

    def _show(self, settings: ConversationSettings) -> None:
        """Show where instructions are from. The conversation gets what is new in its entry, and known values."""
        prompt, link = self._prompt(settings), settings.prompt
        followed = prompt.text if prompt is not None and link is not None and not link.is_detached else None
        current = replace(settings, instructions=settings.instructions if followed is None else followed)
        current = replace(current, variables=self._filled(current))
        if current != settings:
            self._give(current)  # It comes back here.
            return
        is_detached = link is not None and link.is_detached
        self._section.show_source(prompt, is_detached=is_detached, has_text=bool(settings.instructions))
        values = dict(settings.variables)
        self._section.show_variables(_asked(settings.instructions), values)
        starters = prompt.starters if prompt is not None else ()
        self._page.show_starters(
            prompt.name if prompt is not None else "", tuple(resolve(starter, values) for starter in starters)
        )

    def _filled(self, settings: ConversationSettings) -> tuple[tuple[str, str], ...]:
        """Return the conversation's values, with those that are known without asking where they are used."""
        values = dict(settings.variables)
        used = variables_of(settings.instructions)
        new = {name: value for name, value in self._known_values().items() if name in used and name not in values}
        return tuple((values | new).items()) if new else settings.variables

    def _known_values(self) -> dict[str, str]:
        """Return what stands for variables without asking; the language in English, which models read best."""
        language = {LANGUAGE: QLocale.languageToString(QLocale().language())}
        return {**language, NAME: self._name} if self._name else language

    def _offer_snippets(self) -> None:
        snippets = [prompt for prompt in self._prompts.values() if prompt.is_snippet]
        self._page.set_snippets(snippets, self._known_values())

    def _prompt(self, settings: ConversationSettings) -> Prompt | None:
        return self._prompts.get(settings.prompt.prompt_id) if settings.prompt is not None else None

    def _forget_former(self) -> None:
        self._former = None
        self._section.set_undo(is_possible=False)

    def _on_not_kept(self, error: Exception) -> None:
        logger.info("not remembered: %s", type(error).__name__)

    def _on_not_read(self, error: Exception) -> None:
        logger.info("the library cannot be read: %s", type(error).__name__)


def _asked(text: str) -> list[str]:
    """Return the variables of a text that only the person can fill in."""
    return [name for name in variables_of(text) if name not in (DATE, LANGUAGE)]
