"""From a stored conversation to what is sent to the engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from phidesk.chat.question_text import in_short, text_with_files
from phidesk.core.conversation import (
    DEFAULT_WINDOW_TOKENS,
    MINIMUM_WINDOW_TOKENS,
    Conversation,
    Message,
    Role,
    newest_summary,
)
from phidesk.core.generation import sendable_schema
from phidesk.core.model_info import ModelInfo
from phidesk.core.parts import TextPart, sent_files, tool_rounds
from phidesk.core.prompts import DATE, date_words, resolve
from phidesk.core.tools import ToolDefinition
from phidesk.engine.protocol import AnswerRequest, PromptMessage

TIGHT_MEMORY_BYTES = 8 * 1024**3
TIGHT_WINDOW_TOKENS = 4096
"""A computer with less memory than this gets the smaller window: phi4-mini's cache takes 128 KiB per token."""

SUMMARY_HEADING = "Summary of the conversation so far:"
"""The model's, not the person's: it stands in the prompt."""


def usual_window_tokens(computer_memory_bytes: int) -> int:
    """Choose the window for a computer.

    It depends on what the computer has, not on what is free at the moment: another window means loading anew.
    """
    return TIGHT_WINDOW_TOKENS if computer_memory_bytes < TIGHT_MEMORY_BYTES else DEFAULT_WINDOW_TOKENS


def default_window_tokens(model: ModelInfo, computer_memory_bytes: int) -> int:
    """Choose the window of a conversation whose owner chose none; never more than the model was trained for."""
    usual = usual_window_tokens(computer_memory_bytes)
    return min(usual, model.trained_window_tokens or usual)


def spoken_backwards(conversation: Conversation) -> Iterator[Message]:
    """Yield the messages that are sent where there is room, the newest first. Answers without a word (failed) are not.

    What a summary covers is not sent either; the summary itself stands in the instructions. Where it ends with a
    question, that is sent in short: its answer comes after the summary. One that was broken off is as if it were not
    there.
    """
    newest_first = reversed(conversation.messages)
    for message in newest_first:
        if message.is_standing_summary:
            question = next(newest_first, None)
            if question is not None and question.role is Role.PERSON:
                yield replace(question, parts=(TextPart(in_short(question.text, question.files)),))
            return
        if message.role is Role.PERSON or (message.has_content and not message.is_summary):
            yield message


def spoken_messages(conversation: Conversation) -> list[Message]:
    """Return all that are sent where there is room, the oldest first."""
    return list(spoken_backwards(conversation))[::-1]


def instructions_of(conversation: Conversation) -> str:
    """Return what stands before all messages: the instructions, and the summary of what is not sent word by word.

    It is the same from turn to turn, so that the engine finds the beginning of the prompt in its cache: the variable
    `{date}` stands for the day on which the conversation began.
    """
    settings = conversation.settings
    begun = date_words(conversation.created_at.astimezone().date())
    instructions = resolve(settings.instructions, {DATE: begun, **dict(settings.variables)}).strip()
    summary = newest_summary(conversation.messages)
    if summary is None:
        return instructions
    text = f"{SUMMARY_HEADING}\n{conversation.messages[summary].text.strip()}"
    return f"{instructions}\n\n{text}" if instructions else text


def prompt_messages(message: Message) -> tuple[PromptMessage, ...]:
    """Return what is sent of one message: more than one where the model used tools before it said the rest.

    Nothing of an answer whose only call nobody could read: a model that is to go on with an empty text of its own
    begins with words of the template.

    Files of an answer are results that were too long for the window; the model has seen what is sent of them.
    """
    if message.role is Role.PERSON:
        return (PromptMessage(Role.PERSON, text_with_files(message.text, sent_files(message.parts))),)
    rounds, rest = tool_rounds(message.parts)
    said = (PromptMessage(Role.MODEL, rest),) if rest else ()
    return (*(PromptMessage(Role.MODEL, it.text, it.uses) for it in rounds), *said)


def build_request(
    conversation: Conversation,
    model: ModelInfo,
    *,
    computer_memory_bytes: int,
    tools: tuple[ToolDefinition, ...] = (),
) -> AnswerRequest:
    """Build the request for the answer that stands last in the conversation's path, without its messages.

    How many of these are sent is planned (`prompt_plan`): of a long conversation most need not even be looked at.
    """
    settings = conversation.settings
    asked = settings.window_tokens or default_window_tokens(model, computer_memory_bytes)
    window_tokens = max(MINIMUM_WINDOW_TOKENS, min(asked, model.trained_window_tokens or asked))
    return AnswerRequest(
        model=model,
        messages=(),
        instructions=instructions_of(conversation),
        window_tokens=window_tokens,
        answer_limit_tokens=settings.answer_limit_tokens,
        temperature=settings.temperature,
        seed=settings.seed,
        top_p=settings.top_p,
        top_k=settings.top_k,
        min_p=settings.min_p,
        repeat_penalty=settings.repeat_penalty,
        stop_strings=settings.stop_strings,
        answer_schema=sendable_schema(settings.answer_schema),
        tools=tools,
    )
