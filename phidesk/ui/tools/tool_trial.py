"""Runs a tool that is tried in its form: off the main thread, one at a time, until it ends or is stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from phidesk.chat.tool_loop import PersonAsked, give, wait_for
from phidesk.core.hub import Hub
from phidesk.core.tasks import Cancellation, TaskRunner
from phidesk.tools.ask_person import PersonQuestion
from phidesk.tools.tool import CallFault
from phidesk.ui.tools.tool_editor import ToolEditor
from phidesk.ui.tools.tool_work import ToolWork


class ToolTrial(QObject):
    """Lives as long as the form, on the main thread."""

    def __init__(
        self,
        editor: ToolEditor,
        work: ToolWork,
        *,
        tasks: TaskRunner,
        hub: Hub,
        show_failure: Callable[[Exception], None],
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._work = work
        self._tasks = tasks
        self._hub = hub
        self._show_failure = show_failure
        self._running = Cancellation()
        self._asked: PersonAsked | None = None
        self._forget_asks = hub.subscribe(PersonAsked, self._on_person_asked)
        editor.trial.run_requested.connect(self._on_run_requested)
        editor.trial.stop_requested.connect(self._on_stop_requested)
        editor.trial.answered.connect(self._on_answered)

    def stop(self) -> None:
        """Stop what runs; what comes of it is shown no more."""
        self._asked = None
        self._running.cancel()

    def close(self) -> None:
        """Stop, and listen to nothing more."""
        self.stop()
        self._forget_asks()

    def _on_run_requested(self, arguments: str) -> None:
        draft = self._editor.draft
        if draft.mistakes.text is not None or draft.mistakes.action is not None:
            self._editor.show_mistakes()
            return
        self._running = Cancellation()
        self._editor.trial.show_running()
        spec = draft.spec if draft.mistakes.name is None else replace(draft.spec, name="tool")
        self._tasks.run(
            partial(self._work.try_tool, spec, arguments, self._ask, self._running),
            done=partial(self._on_tried, self._running),
            failed=partial(self._on_trial_failed, self._running),
        )

    def _on_tried(self, trial: Cancellation, result: str) -> None:
        if trial is self._running and not trial.is_cancelled:
            self._editor.trial.show_result(result)

    def _on_trial_failed(self, trial: Cancellation, error: Exception) -> None:
        if trial is not self._running or trial.is_cancelled:
            return
        if isinstance(error, CallFault):
            self._editor.trial.show_fault(str(error))
            return
        self._editor.trial.show_stopped()
        self._show_failure(error)

    def _on_stop_requested(self) -> None:
        self.stop()
        self._editor.trial.show_stopped()

    def _ask(self, question: PersonQuestion, cancel: Cancellation) -> str | None:
        """Wait for what the person types; on the thread of the trial. The hub brings the question to the window."""
        asked = PersonAsked(question)
        self._hub.publish(asked)
        return wait_for(asked.reply, cancel)

    def _on_person_asked(self, asked: PersonAsked) -> None:
        if not self._running.is_cancelled:
            self._asked = asked
            self._editor.trial.ask(asked.question.question)

    def _on_answered(self, text: str) -> None:
        asked, self._asked = self._asked, None
        if asked is not None:
            give(asked.reply, text)
