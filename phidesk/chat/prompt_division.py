"""What a prompt is made of, piece by piece: counted with less and less in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from phidesk.chat.request import instructions_of, spoken_backwards
from phidesk.core.answers import COUNTED_TOKENS, PIECES, ROUGH_PIECES, AnswerOutcome, FinishReason
from phidesk.core.breakdown import Breakdown, divide_prompt
from phidesk.core.conversation import Conversation, Role
from phidesk.core.errors import PhiDeskError
from phidesk.core.parts import sent_files
from phidesk.core.tasks import Cancellation
from phidesk.engine.protocol import AnswerRequest, Engine, PromptMessage


def divide_request(
    conversation: Conversation,
    request: AnswerRequest,
    engine: Engine,
    cancel: Cancellation | None = None,
    *,
    prompt_tokens: int,
) -> Breakdown:
    """Divide what is sent for the last question of a conversation; it takes so many tokens.

    Only the question is counted again and again, not what came before. Blocking; the counts are remembered by engines.

    Raises:
        PhiDeskError: the engine has no such model any more.
        Cancelled: `cancel` was used.
    """

    def count(part: AnswerRequest) -> int:
        return engine.count(part, cancel).tokens

    return divide_prompt(list(_growing_counts(conversation, request, count)), prompt_tokens)


def with_pieces(
    outcome: AnswerOutcome, conversation: Conversation, request: AnswerRequest, engine: Engine
) -> AnswerOutcome:
    """Note of an answer what its prompt was made of, by the engine's own count of the whole where it gave an exact one.

    Where that cannot be counted, nothing is noted; nor of a prompt that the engine did not take.
    """
    was_refused = outcome.finish is FinishReason.ERROR and outcome.usage.prompt_tokens is None
    if was_refused or not request.messages:
        return outcome
    try:
        count = engine.count(request)
        told = None if outcome.usage.is_estimated else outcome.usage.prompt_tokens
        prompt_tokens = told or int(dict(outcome.facts).get(COUNTED_TOKENS) or count.tokens)
        pieces = divide_request(conversation, request, engine, prompt_tokens=prompt_tokens)
    except PhiDeskError:
        return outcome
    rough = () if count.is_exact else (ROUGH_PIECES,)
    return replace(outcome, facts=(*outcome.facts, (PIECES, pieces.written()), *rough))


def _growing_counts(
    conversation: Conversation, request: AnswerRequest, count: Callable[[AnswerRequest], int]
) -> Iterator[tuple[str, int]]:
    """Count the question alone, then with one piece more each time, under the name of that piece."""
    places = range(len(request.messages))
    place = next((place for place in reversed(places) if request.messages[place].role is Role.PERSON), places[-1])
    question = request.messages[place]
    asked = next((it for it in spoken_backwards(conversation) if it.role is Role.PERSON), None)
    own = instructions_of(replace(conversation, messages=()))
    part = replace(request, instructions="", tools=(), messages=(question,))
    beginning = _own_beginning(part, count)
    if asked is not None and sent_files(asked.parts):
        yield "message", count(replace(part, messages=(PromptMessage(question.role, asked.text),))) - beginning
        yield "documents", count(part) - beginning
    else:
        yield "message", count(part) - beginning
    if own or not request.instructions:
        part = replace(part, instructions=own)
        yield "instructions", count(part)
    if request.tools:
        part = replace(part, tools=request.tools)
        yield "tools", count(part)
    if request.instructions != own:
        part = replace(part, instructions=request.instructions)
        yield "summary", count(part)
    if place:
        yield "earlier", count(replace(part, messages=request.messages[: place + 1]))
    if place < places[-1]:
        yield "answer", count(request)


def _own_beginning(request: AnswerRequest, count: Callable[[AnswerRequest], int]) -> int:
    """Count the words with which a template begins where it is given no instructions; they stand in for these.

    Two prompts of one empty exchange each have one beginning more than a prompt of two; and one end of an answer less,
    which so counts with the question, as all that a template writes for an exchange.
    """
    if request.model.is_phi4_mini:
        return 0  # We render its prompt, and add nothing.
    question, answer = PromptMessage(Role.PERSON, ""), PromptMessage(Role.MODEL, "")
    once = count(replace(request, messages=(question,)))
    return max(0, 2 * once - count(replace(request, messages=(question, answer, question))))
