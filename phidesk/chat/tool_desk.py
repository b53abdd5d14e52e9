"""Whom tools must ask, and what is kept of what they did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from phidesk.chat.tool_loop import CallRun, OfferedTools, PermissionAsked, ToolLoop, ToolsOf, wait_for
from phidesk.core.conversation import Conversation, Role
from phidesk.core.model_info import ModelInfo
from phidesk.core.parts import FilePart
from phidesk.core.permissions import Allowance, LoggedCall, find_outdated, find_verdict
from phidesk.core.tasks import Cancellation
from phidesk.core.tools import Intent, Risk, ToolCall, ToolFormat, ToolResult
from phidesk.engine.protocol import AnswerRequest, Engine, PromptMessage
from phidesk.storage.tool_records import ToolRecords
from phidesk.tools.tool import Tool

if TYPE_CHECKING:
    from phidesk.tools.ask_person import AskPerson, PersonQuestion

CALCULATOR = "calculator"
"""The name of the tool that a model without tools must call for a question with sums."""
RESULT_SHARE = 4
"""A result may take this part of the window; of a longer one the middle is left out."""


class ToolDesk:
    """Gives conversations their tools. Safe from every thread."""

    def __init__(self, tools_of: ToolsOf, records: ToolRecords, clock: Callable[[], datetime]) -> None:
        self._tools_of = tools_of
        self._records = records
        self._clock = clock

    def tools_for(
        self,
        conversation: Conversation,
        model: ModelInfo,
        ask_person: AskPerson | None = None,
        cancel: Cancellation | None = None,
    ) -> OfferedTools:
        """Return what a model is offered for the last question of a conversation.

        One that cannot call by itself gets the calculator for a question with sums, and then must call it.

        Raises:
            Cancelled: `cancel` was used.
            StorageError: the person's tools cannot be read.
        """
        if model.tool_format is ToolFormat.NONE:
            return OfferedTools()
        offered = self._tools_of(conversation, ask_person or _nobody, cancel or Cancellation())
        if model.tool_format.calls_by_itself:
            return offered
        needed = CALCULATOR in offered.tools and has_sums(conversation)
        return OfferedTools({CALCULATOR: offered.tools[CALCULATOR]} if needed else {})

    def open_loop(
        self,
        tools: Mapping[str, Tool],
        conversation_id: str,
        *,
        ask: Callable[[PermissionAsked], None],
        record: Callable[[ToolCall | ToolResult | FilePart], None],
        fits: Callable[[str], bool],
        cancel: Cancellation,
    ) -> ToolLoop:
        """Return what runs the calls of one answer. `ask` shows the person a question that waits for its reply."""
        return ToolLoop(
            tools,
            permit=lambda call, intent: self._permit(call, intent, conversation_id, ask, cancel),
            record=record,
            remember=lambda run: self._remember(run, conversation_id),
            fits=fits,
            cancel=cancel,
        )

    def _permit(
        self,
        call: ToolCall,
        intent: Intent,
        conversation_id: str,
        ask: Callable[[PermissionAsked], None],
        cancel: Cancellation,
    ) -> bool:
        """Say whether a call may run. Blocks while the person is asked, and keeps the answer where it is for longer."""
        permissions = self._records.permissions().result()
        verdict = find_verdict(call.name, intent, permissions, conversation_id)
        if verdict is not None:
            return verdict
        outdated = find_outdated(call.name, intent, permissions, conversation_id)
        for permission in outdated:
            self._records.revoke(permission.id)
        asked = PermissionAsked(call, intent, was_allowed=bool(outdated))
        ask(asked)
        allowance = wait_for(asked.reply, cancel)
        if allowance.is_remembered:
            # "Never" about a change means the tool: the next call would change something else.
            place = "" if intent.risk is Risk.CHANGING else intent.place
            only_here = conversation_id if allowance is Allowance.CONVERSATION else None
            self._records.remember(
                call.name, place, allowance, conversation_id=only_here, fingerprint=intent.fingerprint
            ).result()
        return allowance.allows

    def _remember(self, run: CallRun, conversation_id: str) -> None:
        """Write a call into the log. Where that cannot be written, nothing is lost but its line."""
        self._records.log(
            LoggedCall(
                called_at=self._clock(),
                conversation_id=conversation_id,
                tool=run.call.name,
                arguments=run.call.arguments,
                place=run.intent.place,
                result=run.result.text,
                outcome=run.result.outcome,
                duration_ms=run.duration_ms,
            )
        )


def has_sums(conversation: Conversation) -> bool:
    """Whether the last question asks for arithmetic, as far as can be seen."""
    from phidesk.tools.arithmetic_hint import asks_for_sums  # noqa: PLC0415 - its patterns take 20 ms to be made

    question = next((it for it in reversed(conversation.messages) if it.role is Role.PERSON), None)
    return question is not None and asks_for_sums(question.text)


def _nobody(_question: PersonQuestion, _cancel: Cancellation) -> None:
    """Stand in for the person where nothing is run."""


def fits_window(result: str, request: AnswerRequest, engine: Engine, cancel: Cancellation) -> bool:
    """Whether a result is short enough to be sent, counted by itself.

    Raises:
        Cancelled: stopped while counting.
    """
    alone = replace(request, messages=(PromptMessage(Role.PERSON, result),), instructions="", tools=())
    return engine.count(alone, cancel).tokens <= request.window_tokens // RESULT_SHARE
