"""Finds out why it is slow when the person asks, and mends what can be mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from phidesk.chat.engine_choice import EngineReport
from phidesk.chat.slowness import LONGER_READY_S
from phidesk.core.slowness import Fix, SlownessFacts
from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.slowness_section import SlownessSection
from phidesk.ui.figures import number_text
from phidesk.ui.messages import sentence_for_error


class SlownessAnswers(QObject):
    """Lives as long as the window, on the main thread."""

    def __init__(
        self,
        section: SlownessSection,
        page: ConversationPage,
        *,
        look: Callable[[EngineReport], SlownessFacts | None],
        free: Callable[[str], None],
        keep_ready: Callable[[], None],
        tasks: TaskRunner,
    ) -> None:
        """All of these block and run in the pool.

        `free` gets the name of an engine, `keep_ready` has models kept in memory for `LONGER_READY_S`.
        """
        super().__init__(section)
        self._section = section
        self._page = page
        self._look = look
        self._free = free
        self._keep_ready = keep_ready
        self._tasks = tasks
        self._report = EngineReport()
        self._facts: SlownessFacts | None = None
        page.current_changed.connect(self._on_current_changed)
        section.asked.connect(self._on_asked)
        section.fix_requested.connect(self._on_fix_requested)

    def show_report(self, report: EngineReport) -> None:
        """Look at the model that would answer now, when somebody asks."""
        self._report = report

    def _on_current_changed(self, _conversation_id: str | None) -> None:
        self._section.clear()

    def _on_asked(self) -> None:
        done = partial(self._on_looked, self._page.current_id)
        self._tasks.run(partial(self._look, self._report), done=done, failed=self._on_failed)

    def _on_looked(self, conversation_id: str | None, facts: SlownessFacts | None) -> None:
        if conversation_id != self._page.current_id:
            return  # What mends that one must not change this one.
        self._facts = self._with_ways(facts) if facts is not None else None
        if self._facts is None:
            self._section.show_sentence(self.tr("No model answers at the moment."))
        else:
            self._section.show_facts(self._facts)

    def _with_ways(self, facts: SlownessFacts) -> SlownessFacts:
        """Add what can be done from here."""
        return replace(
            facts,
            can_summarise=self._page.can_summarise,
            has_other_answers=bool(self._page.writing_ids - {self._page.current_id}),
        )

    def _on_fix_requested(self, fix: Fix) -> None:
        if fix is Fix.FREE_MODELS:
            work = partial(self._free, self._report.engine_name)
            self._tasks.run(work, done=self._on_freed, failed=self._on_failed)
        elif fix is Fix.KEEP_READY:
            self._tasks.run(self._keep_ready, done=self._on_kept_ready, failed=self._on_failed)
        elif fix is Fix.SUMMARISE:
            self._page.summarise()
            self._section.show_sentence(self.tr("The older part is being summarised. After that, less is read."))
        elif fix is Fix.STOP_OTHERS:
            self._page.stop_others()
            self._section.show_sentence(self.tr("Done. What was written in the other conversations is kept."))
        elif self._facts is not None and self._facts.fitting_window_tokens is not None:
            window_tokens = self._facts.fitting_window_tokens
            self._page.change_settings(replace(self._page.settings, window_tokens=window_tokens))
            self._section.show_sentence(self.tr("Done. The next question loads the model with the smaller window."))

    def _on_freed(self, _nothing: None) -> None:
        self._section.show_sentence(self.tr("Done. The next question loads the model anew, with more room."))

    def _on_kept_ready(self, _nothing: None) -> None:
        words = self.tr("Done. From the next answer on, Ollama keeps the model in memory for {hours} hours.")
        self._section.show_sentence(words.format(hours=number_text(LONGER_READY_S // 3600)))

    def _on_failed(self, error: Exception) -> None:
        self._section.show_sentence(sentence_for_error(error))
