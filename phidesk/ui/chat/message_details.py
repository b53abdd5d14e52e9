"""Everything that is known of one message, in words and figures. What nobody told is called unknown, never guessed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from phidesk.core.answers import ROUGH_COUNT, ROUGH_PIECES, AnswerOutcome, FinishReason
from phidesk.core.breakdown import Breakdown, divide_window
from phidesk.core.conversation import Message
from phidesk.core.expectations import measure
from phidesk.core.parts import PassagesPart, sent_files
from phidesk.ui.figures import CountedWords, duration_text, file_label, length_text, moment_text, passages_text
from phidesk.ui.messages import engine_label, model_label, note_for_outcome, notice_for_error

translate = QCoreApplication.translate


@dataclass(frozen=True)
class FactGroup:
    """Names and values under a title."""

    title: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Pieces:
    """How the window was divided, and which of it is only estimated."""

    breakdown: Breakdown
    is_exact: bool
    is_answer_exact: bool


@dataclass(frozen=True)
class MessageDetails:
    """What a sheet shows of a message."""

    name: str
    groups: tuple[FactGroup, ...]
    pieces: Pieces | None = None
    remark: str = ""
    """A sentence under the pieces, or in place of them."""


@dataclass(frozen=True)
class QuestionTokens:
    """What a question takes of the window, with what a template adds around it."""

    message: int
    documents: int
    is_exact: bool


def answer_details(message: Message) -> MessageDetails:
    """Tell of an answer, or of a summary."""
    outcome = message.outcome or AnswerOutcome(FinishReason.ENDED_EARLY)
    name = translate("MessageDetails", "Details of the answer")
    if message.is_summary:
        name = translate("MessageDetails", "Details of the summary")
    pieces = _pieces(outcome)
    return MessageDetails(
        name,
        (_origin(message, outcome), _tokens(outcome), _speeds(message, outcome), _times(outcome)),
        pieces,
        _remark(outcome),
    )


def question_details(message: Message, tokens: QuestionTokens | None, *, is_being_counted: bool) -> MessageDetails:
    """Tell of a question; `tokens` is None where nobody counted them."""
    message_words = documents_words = translate("MessageDetails", "being counted…") if is_being_counted else _unknown()
    if tokens is not None:
        message_words = _count(tokens.message, is_about=not tokens.is_exact)
        documents_words = _count(tokens.documents, is_about=not tokens.is_exact)
    figures = [(translate("MessageDetails", "This message"), message_words)]
    if sent_files(message.parts):
        figures.append((translate("MessageDetails", "Documents"), documents_words))
    texts = [_moment(message), (translate("MessageDetails", "Text"), length_text(message.text))]
    texts += [(file_label(file), length_text(file.text)) for file in message.files]
    passages = (part for part in message.parts if isinstance(part, PassagesPart))
    texts += [(passages_text(part), length_text(part.text)) for part in passages]
    return MessageDetails(
        translate("MessageDetails", "Details of your message"),
        (
            FactGroup(translate("MessageDetails", "Tokens"), tuple(figures)),
            FactGroup(translate("MessageDetails", "Message"), tuple(texts)),
        ),
    )


def as_text(details: MessageDetails, pieces: str) -> str:
    """Write everything as plain text; `pieces` is how they are told."""
    window = "\n".join(filter(None, (pieces, details.remark)))
    groups = (
        "\n".join([group.title, *(f"{name}: {value}" for name, value in group.facts)]) for group in details.groups
    )
    return "\n\n".join(filter(None, (details.name, window, *groups)))


def _pieces(outcome: AnswerOutcome) -> Pieces | None:
    """Divide the window that the engine allocated; what is not known to be free is not called so."""
    if outcome.pieces is None:
        return None
    answer_tokens = outcome.usage.answer_tokens
    taken = outcome.pieces.total_tokens + (answer_tokens or 0)
    whole = max(taken, outcome.window_tokens or 0) if answer_tokens is not None else taken
    breakdown = divide_window(outcome.pieces, window_tokens=whole, answer_tokens=answer_tokens or 0)
    if breakdown is None:
        return None
    is_exact = ROUGH_PIECES not in outcome.facts
    is_sum = outcome.pieces.answer > 0 and not is_exact
    return Pieces(breakdown, is_exact, is_answer_exact=not is_sum and ROUGH_COUNT not in outcome.facts)


def _remark(outcome: AnswerOutcome) -> str:
    if outcome.pieces is None:
        return translate("MessageDetails", "What the model read for it is unknown.")
    if outcome.pieces.answer:
        return translate("MessageDetails", "It was written in several goes. The figures are those of the last one.")
    return ""


def _origin(message: Message, outcome: AnswerOutcome) -> FactGroup:
    model = engine = _unknown()
    if message.model:
        label = model_label(message.model)
        model = label if label == message.model else f"{label} ({message.model})"
    if message.engine:
        engine = engine_label(message.engine)
    facts = (
        _moment(message),
        (translate("MessageDetails", "Model"), model),
        (translate("MessageDetails", "Engine"), engine),
        (translate("MessageDetails", "Memory of the conversation"), _tokens_or_unknown(outcome.window_tokens)),
        (translate("MessageDetails", "How it ended"), _end(outcome)),
    )
    return FactGroup(translate("MessageDetails", "Who answered"), facts)


def _moment(message: Message) -> tuple[str, str]:
    return translate("MessageDetails", "When"), moment_text(message.created_at)


def _end(outcome: AnswerOutcome) -> str:
    if outcome.finish is FinishReason.ERROR:
        return notice_for_error(outcome.error or "", dict(outcome.facts)).sentence
    words = {
        FinishReason.STOP: translate("MessageDetails", "The model said all it wanted"),
        FinishReason.TOOL_CALLS: translate("MessageDetails", "The model asked for a tool"),
        FinishReason.NOT_FOUND: translate("MessageDetails", "Nothing was found in the documents"),
        FinishReason.EDITED: translate("MessageDetails", "Written by you"),
    }
    return words.get(outcome.finish) or note_for_outcome(outcome)


def _tokens(outcome: AnswerOutcome) -> FactGroup:
    usage, is_about = outcome.usage, ROUGH_COUNT in outcome.facts
    facts = (
        (translate("MessageDetails", "Read"), _tokens_or_unknown(usage.prompt_tokens, is_about=is_about)),
        (translate("MessageDetails", "Of these known from before"), _tokens_or_unknown(usage.cached_tokens)),
        (translate("MessageDetails", "Written"), _tokens_or_unknown(usage.answer_tokens, is_about=is_about)),
    )
    return FactGroup(translate("MessageDetails", "Tokens, as the engine counted"), facts)


def _speeds(message: Message, outcome: AnswerOutcome) -> FactGroup:
    measured = measure(outcome, engine=message.engine or "", model=message.model or "")
    reading = measured.reading_tokens_per_s if measured is not None else None
    writing = measured.writing_tokens_per_s if measured is not None else None
    facts = (
        (translate("MessageDetails", "Reading"), _speed_or_unknown(reading)),
        (translate("MessageDetails", "Writing"), _speed_or_unknown(writing)),
    )
    return FactGroup(translate("MessageDetails", "Speed"), facts)


def _times(outcome: AnswerOutcome) -> FactGroup:
    timings = outcome.timings
    facts = (
        (translate("MessageDetails", "Loading the model"), timings.load_ms),
        (translate("MessageDetails", "Reading"), timings.reading_ms),
        (translate("MessageDetails", "Writing"), timings.writing_ms),
        (translate("MessageDetails", "Until the first word"), timings.first_token_ms),
        (translate("MessageDetails", "Together"), timings.total_ms),
    )
    told = tuple((name, _unknown() if took_ms is None else duration_text(took_ms)) for name, took_ms in facts)
    return FactGroup(translate("MessageDetails", "Time"), told)


def _unknown() -> str:
    return translate("MessageDetails", "unknown")


def _count(tokens: int, *, is_about: bool = False) -> str:
    words = CountedWords().tokens(tokens)
    return translate("MessageDetails", "about {tokens}").format(tokens=words) if is_about else words


def _tokens_or_unknown(tokens: int | None, *, is_about: bool = False) -> str:
    return _unknown() if tokens is None else _count(tokens, is_about=is_about)


def _speed_or_unknown(tokens_per_s: float | None) -> str:
    return _unknown() if tokens_per_s is None else CountedWords().tokens_per_s(tokens_per_s)
