"""Asking questions: the one door between the window (or the command line) and the answers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile

from phidesk.chat.allocated_window import other_window_tokens
from phidesk.chat.attached_documents import with_documents
from phidesk.chat.engine_choice import EngineDirectory, EngineReport
from phidesk.chat.forecast import PromptForecast, forecast_prompt
from phidesk.chat.memory_outlook import MemoryOutlook, look_at_memory
from phidesk.chat.request import build_request
from phidesk.chat.slowness import gather_slowness
from phidesk.chat.tool_desk import ToolDesk
from phidesk.chat.turn import AnswerTurn
from phidesk.chat.usual_way import found_no_room, usual_way
from phidesk.core.answers import AnswerOutcome
from phidesk.core.changes import ConversationChanged
from phidesk.core.conversation import AnswerWish, Conversation, ConversationSettings, Message, Overflow
from phidesk.core.drafts import Draft
from phidesk.core.errors import PhiDeskError
from phidesk.core.hub import Hub
from phidesk.core.model_info import CachePrecision, ModelInfo
from phidesk.core.parts import FilePart, result_places
from phidesk.core.slowness import SlownessFacts
from phidesk.core.tasks import StartLoop
from phidesk.storage.conversations import Asked, Conversations
from phidesk.storage.database import Database
from phidesk.storage.measurements import Measurements

logger = logging.getLogger(__name__)

DEFAULT_WISH = AnswerWish()
"""Answer as the conversation is answered."""


def _as_settings_say(_answer: Message) -> AnswerWish:
    return DEFAULT_WISH


def _by_its_author(answer: Message) -> AnswerWish:
    """Wish for who wrote what the answer already says; an answer without a word has no author."""
    return AnswerWish(answer.engine, answer.model) if answer.has_content else DEFAULT_WISH


class ChatService:
    """Starts turns and knows which are running. Used from one thread; the turns run on their own."""

    def __init__(
        self,
        *,
        directory: EngineDirectory,
        conversations: Conversations,
        database: Database,
        hub: Hub,
        start_loop: StartLoop,
        computer_memory_bytes: Callable[[], int],
        desk: ToolDesk,
    ) -> None:
        self._directory = directory
        self._conversations = conversations
        self._database = database
        self._hub = hub
        self._measurements = Measurements(database)
        self._desk = desk
        self._start_loop = start_loop
        self._computer_memory_bytes = computer_memory_bytes
        self._turns: list[tuple[AnswerTurn, threading.Thread]] = []
        self._started = 0
        self._answered_by: set[tuple[str, str]] = set()
        """Engines and models of the answers that ended in this run."""

    def ask(
        self,
        text: str,
        *,
        files: tuple[FilePart, ...] = (),
        conversation_id: str | None,
        settings: ConversationSettings,
        queued_id: int | None = None,
    ) -> AnswerTurn:
        """Save the question and have it answered; None begins a conversation with these settings.

        `queued_id` is that of the queued message that it was until now.

        Raises:
            ValueError: an answer is being written in this conversation.
        """
        parts = Draft(text, files).parts
        return self._start(
            conversation_id,
            lambda: self._conversations.ask(
                parts, conversation_id=conversation_id, settings=settings, queued_id=queued_id
            ),
        )

    def ask_edited(self, question: Message, text: str) -> AnswerTurn:
        """Ask something else in place of a question and have it answered; the old question stays beside it.

        Raises:
            ValueError: an answer is being written in this conversation.
        """
        edit = partial(self._conversations.branches.edit_question, question, text)
        return self._start(question.conversation_id, edit)

    def ask_with_documents(self, question: Message, window_tokens: int) -> AnswerTurn:
        """Ask a question that is longer than this window once more, with what is long in it as documents.

        Of these it is sent the passages that fit it, and so are the questions after it. The old one stays beside it.

        Raises:
            ValueError: an answer is being written in this conversation.
        """
        parts = with_documents(question.parts, window_tokens)
        ask = partial(self._conversations.branches.ask_instead, question, parts)
        return self._start(question.conversation_id, ask)

    def ask_again(self, question: Message, wish: AnswerWish = DEFAULT_WISH) -> AnswerTurn:
        """Have a question answered once more, or for the first time; the old answer stays beside the new one.

        Raises:
            ValueError: an answer is being written in this conversation.
        """
        again = partial(self._conversations.branches.answer_again, question)
        return self._start(question.conversation_id, again, lambda _answer: wish)

    def use_tool_again(self, answer: Message, place: int) -> AnswerTurn:
        """Make the call at this place of an answer once more and have it answered with its new result.

        The answer stays beside the new one, which goes on where the call was made: nothing that a model has read
        changes. The person is asked as for every call. Those made at once with it and after it are made again too.

        Raises:
            ValueError: an answer is being written in this conversation.
        """
        so_far = answer.parts[: result_places(answer.parts)[place]]
        begin = partial(self._conversations.branches.answer_from, answer, so_far)
        return self._start(answer.conversation_id, begin, lambda _begun: _by_its_author(answer))

    def summarise(self, last: Message) -> AnswerTurn:
        """Have everything down to this message of a path said in short; the turn's answer is the summary.

        Once it is written it takes the place of those messages in prompts, and what followed them follows it.

        Raises:
            ValueError: an answer is being written in this conversation.
        """
        return self._start(last.conversation_id, partial(self._conversations.branches.summarise, last))

    def resume(
        self,
        conversation_id: str,
        *,
        by_another: bool = False,
        lets_oldest_go: bool = False,
        is_free_of_schema: bool = False,
    ) -> AnswerTurn:
        """Go on with the last answer: where its text ends, or from the start where it has none.

        A text is gone on with by who wrote it, unless it may be `by_another`. Where the disk did not take its end,
        that is written now, and nothing is asked: how it ended is the outcome of this turn too. For this answer
        only, `lets_oldest_go` sends nothing that does not fit the window, and `is_free_of_schema` no form to keep to.

        Raises:
            ValueError: an answer is being written in this conversation.
        """
        if any(turn.has_unsaved_end for turn, _ in self._turns if turn.conversation_id == conversation_id):
            return self._start(conversation_id, partial(self._conversations.last_asked, conversation_id))
        reopen = partial(self._conversations.reopen_answer, conversation_id)
        wish_for = _as_settings_say if by_another else _by_its_author
        return self._start(
            conversation_id,
            reopen,
            lambda answer: replace(
                wish_for(answer), lets_oldest_go=lets_oldest_go, is_free_of_schema=is_free_of_schema
            ),
        )

    def take_usual_way(self, asked: Asked, outcome: AnswerOutcome) -> AnswerTurn | None:
        """Begin what the person wants done about an answer that found no room; None where they must be asked.

        The turn answers the question in a larger window, or sums up what stands above it (then `answer_after_summary`).

        Raises:
            ValueError: an answer is being written in this conversation.
        """
        way = usual_way(outcome, asked.conversation.settings)
        path = asked.conversation.messages
        if way is Overflow.SUMMARISE and len(path) > 2:
            return self.summarise(path[-3])
        if way is not Overflow.MORE_MEMORY:
            return None
        conversation_id = asked.conversation.id
        window_tokens = int(dict(outcome.facts)["larger_window_tokens"] or 0)

        def enlarge_and_reopen() -> Future[Asked]:
            settings = self._conversations.get(conversation_id).result().settings
            larger = replace(settings, window_tokens=window_tokens)
            self._conversations.change_settings(conversation_id, larger).result()
            return self._conversations.reopen_answer(conversation_id)

        return self._start(conversation_id, enlarge_and_reopen)

    def answer_after_summary(self, conversation: Conversation) -> AnswerTurn | None:
        """Answer the question that found no room before its conversation was summed up; None where there is none.

        Raises:
            ValueError: an answer is being written in this conversation.
        """
        if not conversation.messages or not found_no_room(conversation.messages[-1].outcome):
            return None
        return self.resume(conversation.id)

    def forecast(
        self, path: tuple[Message, ...], settings: ConversationSettings, draft: Draft, model: ModelInfo
    ) -> PromptForecast:
        """Count what this draft would take of the window after this path of messages. Blocks; safe from every thread.

        Raises:
            PhiDeskError: the engine has no such model any more.
        """
        begun = path[0].created_at if path else datetime.now(UTC)  # Instructions may name the day.
        conversation = Conversation("", "", begun, begun, settings, path)
        return forecast_prompt(
            conversation,
            draft,
            tools=tuple(tool.definition for tool in self._desk.tools_for(conversation, model).tools.values()),
            engine=self._directory.engine(model.engine),
            model=model,
            computer_memory_bytes=self._computer_memory_bytes(),
        )

    def changed_window_tokens(
        self, path: tuple[Message, ...], settings: ConversationSettings, report: EngineReport
    ) -> int | None:
        """Return the window that the model is loaded with now, where others than this conversation asked for it.

        What the report says is believed; nothing is asked of an engine.
        """
        if report.model is None or report.loaded is None or not path:
            return None
        conversation = Conversation("", "", path[0].created_at, path[0].created_at, settings, path)
        request = build_request(conversation, report.model, computer_memory_bytes=self._computer_memory_bytes())
        return other_window_tokens(path, request, report.loaded)

    def look_at_memory(self, report: EngineReport, cache_precision: CachePrecision) -> MemoryOutlook | None:
        """Say what the model of the report takes with each window. Blocks; safe from every thread."""
        if report.model is None:
            return None
        engine = self._directory.engine(report.model.engine)
        past = self._measurements.recent(report.model.engine, report.model.name).result()
        return look_at_memory(report, engine, past, cache_precision=cache_precision)

    def look_at_slowness(
        self, report: EngineReport, cache_precision: CachePrecision, *, keep_ready_s: int | None = None
    ) -> SlownessFacts | None:
        """Gather what may make the model of the report slow. Blocks; safe from every thread.

        `keep_ready_s` is as for `gather_slowness`.
        """
        outlook = self.look_at_memory(report, cache_precision)
        if outlook is None:
            return None
        engine = self._directory.engine(outlook.model.engine)
        past = self._measurements.recent(outlook.model.engine, outlook.model.name).result()
        running = self._running_answers(engine.name)
        return gather_slowness(outlook, engine, past, running_answers=running, keep_ready_s=keep_ready_s)

    def free_answering_models(self, engine_name: str, timeout_s: float = 2.0) -> None:
        """Take the models of an engine that answered in this run out of its memory, others not; waits no longer.

        One that answers at the moment goes when its answer has ended.
        """
        running = {turn.answered_by for turn, _ in self._turns if turn.answered_by is not None}
        names = {name for engine, name in self._answered_by | running if engine == engine_name}

        def free() -> None:
            try:
                engine = self._directory.engine(engine_name)
                for name in names:
                    engine.unload(ModelInfo(name, engine_name))
            except PhiDeskError as error:
                logger.info("memory not freed: %s", error)

        if names:
            self._start_loop("free-memory", free).join(timeout_s)

    def running(self, conversation_id: str) -> AnswerTurn | None:
        """Return the turn that writes in this conversation now."""
        self._forget_finished()
        writing = (turn for turn, _ in self._turns if not turn.is_over)
        return next((turn for turn in writing if turn.conversation_id == conversation_id), None)

    def stop_all(self, timeout_s: float = 5.0) -> None:
        """Break every answer off, because the program closes, and wait until its text and end are on disk."""
        for turn, _ in self._turns:
            turn.break_off()
        for _, thread in self._turns:
            thread.join(timeout_s)
        try:
            self._save_ends(tuple(turn for turn, _ in self._turns))
        except PhiDeskError as error:
            logger.warning("text of answers found no place: %s", error)
        self._forget_finished()

    def _start(
        self,
        conversation_id: str | None,
        record: Callable[[], Future[Asked]],
        wish_for: Callable[[Message], AnswerWish] = _as_settings_say,
    ) -> AnswerTurn:
        if conversation_id is not None and self.running(conversation_id) is not None:
            raise ValueError(f"conversation {conversation_id} is being answered")
        earlier = tuple(turn for turn, _ in self._turns if turn.conversation_id == conversation_id)

        def record_after_earlier() -> Future[Asked]:
            self._save_ends(earlier)
            return record()

        self._started += 1
        name = f"turn-{self._started}"
        turn = AnswerTurn(
            record=record_after_earlier,
            wish_for=wish_for,
            directory=self._directory,
            database=self._database,
            computer_memory_bytes=self._computer_memory_bytes,
            conversation_id=conversation_id,
            measurements=self._measurements,
            desk=self._desk,
            keep_passages=self._conversations.branches.keep_passages,
            start_loop=self._start_loop,
            name=name,
            is_behind_another=self._is_behind_another,
        )
        thread = self._start_loop(name, lambda: self._run(turn))
        self._turns.append((turn, thread))
        return turn

    def _run(self, turn: AnswerTurn) -> None:
        turn.run()
        if turn.answered_by is not None:
            self._answered_by.add(turn.answered_by)
        if turn.conversation_id is not None:
            self._hub.publish(ConversationChanged(turn.conversation_id))

    def _running_answers(self, engine_name: str) -> int:
        """Count the answers that this engine writes, or has waiting. Safe from every thread."""
        running = [turn.answered_by for turn, _ in tuple(self._turns) if not turn.is_over]
        return sum(answered_by is not None and answered_by[0] == engine_name for answered_by in running)

    def _is_behind_another(self, turn: AnswerTurn) -> bool:
        """Whether one that began before it asks the same model and is not over. Safe from every thread."""
        earlier = takewhile(lambda other: other is not turn, (other for other, _ in tuple(self._turns)))
        return any(other.answered_by == turn.answered_by and not other.is_over for other in earlier)

    @staticmethod
    def _save_ends(turns: Iterable[AnswerTurn]) -> None:
        """Write what the disk did not take when these turns ended."""
        for turn in turns:
            if turn.has_unsaved_end:
                turn.save_end()

    def _forget_finished(self) -> None:
        self._turns = [(turn, thread) for turn, thread in self._turns if thread.is_alive() or turn.has_unsaved_end]
