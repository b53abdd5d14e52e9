"""The transcript of a stored conversation, with the way back to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget
from typing_extensions import override

from phidesk.chat.prompt_plan import last_unseen
from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.conversation import LinkedConversation, Message, Role
from phidesk.core.parts import FilePart, Part, PassagesPart, TextPart, ThinkingPart, files_of, without_notes
from phidesk.core.tasks import TaskRunner
from phidesk.core.tools import ToolCall
from phidesk.ui.chat.link_question import LinkAsker, OpenAddress, open_outside
from phidesk.ui.chat.themed_transcript import transcript_style
from phidesk.ui.chat.tool_cards import tool_cards
from phidesk.ui.chat.transcript_message import Card, Inset, Thinking
from phidesk.ui.chat.transcript_view import Speaker, TranscriptMessage, TranscriptView
from phidesk.ui.figures import file_label, file_length_text, length_text, passages_text
from phidesk.ui.messages import note_for_message
from phidesk.ui.theme.theme import Theme

translate = QCoreApplication.translate

_BUTTON_GAP_PX = 12
_HEADING = "heading"
"""The key of the card above a summary."""
_LINK = "conversation "
"""Begins the key of a card that leads to a linked conversation; its id follows."""
_FILE_CARD = "file "
"""Begins the key of a card that stands for a file; its number follows."""

_PASSAGES_CARD = "passages "
"""Begins the key of a card that shows passages of a document; its number follows."""


@dataclass(frozen=True)
class Writing:
    """The answer that is being written, and its text so far: newer than what the stored message says."""

    message_id: str
    text: str
    insets: tuple[Inset, ...] = ()
    """What stands between its words."""


class TranscriptFrame(QWidget):
    """Shows a path of messages and the answer that is being written; offers the end when it is out of sight."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        runner: TaskRunner | None = None,
        open_address: OpenAddress = open_outside,
    ) -> None:
        """`runner` reads long messages and prepares what is too much to be copied at once."""
        super().__init__(parent)
        self._theme = theme
        self._keys: list[str] = []
        self._last_unseen: str | None = None
        self._has_new_text = False
        self._bar: QWidget | None = None
        self._view = TranscriptView(self, runner=runner)
        self._view.setObjectName("transcript")
        self._links = LinkAsker(self, open_address)
        self._to_end = QPushButton(self)
        self._to_end.setObjectName("toEndButton")
        self.setFocusProxy(self._view)
        self._on_theme_changed()
        self._show_button()
        self._connect()

    @property
    def view(self) -> TranscriptView:
        """The transcript itself."""
        return self._view

    @property
    def content_height(self) -> int:
        """Height that all messages need, without the margin below them."""
        return self._view.content.height

    def show_path(self, path: Sequence[Message], *, writing: Writing | None = None) -> None:
        """Show these messages instead of all others, and go to the end."""
        messages = self._shown_messages(path, writing)
        self._keys = [message.key for message in messages]
        self._view.show_messages(messages)

    def change_path(self, path: Sequence[Message], *, writing: Writing | None = None) -> None:
        """Show another branch of the same conversation: what is the same stays where it stands."""
        messages = self._shown_messages(path, writing)
        shown = self._view.content.messages
        pairs = enumerate(zip(shown, messages, strict=False))
        first = next((place for place, (old, new) in pairs if old != new), min(len(shown), len(messages)))
        self._keys = [message.key for message in messages]
        self._view.replace_from(first, messages[first:])

    def extend_path(self, path: Sequence[Message], writing: Writing) -> None:
        """Show the same conversation with what was added to it; its last message is being written from now on."""
        known = len(self._keys)
        if self._keys != [message.id for message in path[:known]]:
            self.change_path(path, writing=writing)
            return
        for message in path[known:]:
            self._keys.append(message.id)
            self._view.append_message(_shown_message(message, writing))
        self._view.set_note(writing.message_id, "")
        if self._view.message_text(writing.message_id) != writing.text:
            self._view.replace_text(writing.message_id, writing.text)

    def show_memory_line(self, path: Sequence[Message]) -> None:
        """Say up to which of the shown messages the model sees nothing more; it may have moved with the last answer."""
        before, self._last_unseen = self._last_unseen, last_unseen(path)
        if before == self._last_unseen:
            return
        for message in path:
            if message.id in (before, self._last_unseen):
                note = note_for_message(message, is_last_unseen=message.id == self._last_unseen)
                self._view.set_note(message.id, note)
        self._view.set_memory_line(self._last_unseen)

    def clear(self) -> None:
        """Show nothing."""
        self._keys = []
        self._view.show_messages([])

    def append_text(self, message_id: str, text: str) -> None:
        """Add text to the answer that is being written."""
        self._view.append_text(message_id, text)
        if not self._view.is_following:
            self._has_new_text = True
            self._show_button()

    def append_thinking(self, message_id: str, text: str, duration_ms: float) -> None:
        """Add to what the model thinks; `duration_ms` is how long that has taken so far."""
        self._view.append_thinking(message_id, text, duration_ms)

    def show_calls(self, message_id: str, parts: Sequence[Part]) -> None:
        """Show the tools that the answer being written uses, as far as they are, and results that were too long."""
        for card in (*tool_cards(parts, is_running=True).values(), *_file_cards(parts)):
            self._view.set_card(message_id, card)

    def free_height(self, left: int, width: int) -> int:
        """Return how high a stretch of the viewport is above what stands on it: the button to the end, a bar."""
        area = self._view.viewport().geometry()
        stretch = QRect(area.left() + left, area.top(), width, area.height())
        standing = [widget.geometry() for widget in (self._bar, self._to_end) if widget and not widget.isHidden()]
        tops = [rect.top() for rect in standing if rect.intersects(stretch)]
        return min(tops, default=area.bottom() + 1) - area.top()

    def place_bar(self, bar: QWidget) -> None:
        """Let a bar stand at the lower edge from now on, while it is shown; the button moves above it."""
        self._bar = bar
        self._place_button()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._view.setGeometry(self.rect())
        self._place_button()

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._view.following_changed.connect(self._on_following_changed)
        self._view.link_activated.connect(self._links.ask)
        self._view.menu.add_source(self._links.menu_entries)
        self._to_end.clicked.connect(self._on_to_end_clicked)

    def _shown_messages(self, path: Sequence[Message], writing: Writing | None) -> list[TranscriptMessage]:
        self._last_unseen = last_unseen(path)
        self._view.set_memory_line(self._last_unseen)
        return [_shown_message(message, writing, is_last_unseen=message.id == self._last_unseen) for message in path]

    def _show_button(self) -> None:
        """Say "New text" only where that is so."""
        self._to_end.setText(self.tr("New text") if self._has_new_text else self.tr("To the end"))
        self._to_end.setVisible(not self._view.is_following)
        self._place_button()

    def _place_button(self) -> None:
        self._to_end.adjustSize()
        area = self._view.viewport().geometry()
        bottom = area.bottom() - _BUTTON_GAP_PX
        for widget in (self._bar, self._to_end):
            if widget is not None and not widget.isHidden():
                left = area.left() + (area.width() - widget.width()) // 2
                widget.move(left, bottom - widget.height())
                bottom -= widget.height() + _BUTTON_GAP_PX

    def _on_following_changed(self, is_following: bool) -> None:
        if is_following:
            self._has_new_text = False
        self._show_button()

    def _on_to_end_clicked(self) -> None:
        self._view.setFocus()
        self._view.scroll_to_end()

    def _on_theme_changed(self) -> None:
        self._view.set_style(transcript_style(self._theme))
        self._to_end.setIcon(self._theme.icon("arrow-down"))
        self._to_end.setIconSize(QSize(self._theme.small_icon_px, self._theme.small_icon_px))
        self._place_button()


def stored_outcome(message: Message) -> AnswerOutcome | None:
    """Return how a message ended that nobody writes any more; None for the person's."""
    if message.role is Role.PERSON:
        return None
    return message.outcome or AnswerOutcome(FinishReason.ENDED_EARLY)


def _shown_message(message: Message, writing: Writing | None, *, is_last_unseen: bool = False) -> TranscriptMessage:
    speaker = Speaker.PERSON if message.role is Role.PERSON else Speaker.MODEL
    if writing is not None and message.id == writing.message_id:
        return TranscriptMessage(message.id, speaker, writing.text, insets=(*heading_of(message), *writing.insets))
    outcome = stored_outcome(message)
    thinking_ms = outcome.thinking_ms if outcome else ()
    insets = (*heading_of(message), *insets_of(message.parts, thinking_ms))
    note = note_for_message(message, is_last_unseen=is_last_unseen)
    return TranscriptMessage(message.id, speaker, message.text, note, insets)


def heading_of(message: Message) -> tuple[Inset, ...]:
    """Return what stands above a summary: what it is, and the ways to linked conversations; nothing for others."""
    if not message.is_summary:
        return ()
    title = translate("TranscriptFrame", "Summary of the messages above")
    if message.parent_id is None:
        title = translate("TranscriptFrame", "Summary of an earlier conversation")
    links = (_link_card(linked) for linked in message.linked)
    return tuple(Inset(0, card) for card in (Card(_HEADING, title, icon="scroll-text"), *links))


def _link_card(linked: LinkedConversation) -> Card:
    words = translate("TranscriptFrame", "Continues: {title}")
    if not linked.is_earlier:
        words = translate("TranscriptFrame", "Continued in: {title}")
    return Card(f"{_LINK}{linked.id}", words.format(title=linked.title), icon="external-link", has_page=True)


def conversation_of_card(card_key: str) -> str | None:
    """Return the id of the conversation that a card leads to; None where the card is something else."""
    return card_key.removeprefix(_LINK) if card_key.startswith(_LINK) else None


def insets_of(
    parts: tuple[Part, ...], thinking_ms: Sequence[float] = (), *, is_running: bool = False
) -> tuple[Inset, ...]:
    """Return what stands between the words of a message, and below them what went along with a question.

    A result that was too long for the window stands behind its call.

    `thinking_ms` is how long the thinking parts took: the first ones may be missing. `is_running` as for `tool_cards`.
    """
    insets: list[Inset] = []
    at = 0
    parts = without_notes(parts)
    cards = tool_cards(parts, is_running=is_running)
    files = _file_cards(parts)
    unmeasured = sum(isinstance(part, ThinkingPart) for part in parts) - len(thinking_ms)
    number = -unmeasured
    for place, part in enumerate(parts):
        if isinstance(part, TextPart):
            at += len(part.text)
        elif isinstance(part, ThinkingPart):
            insets.append(Inset(at, Thinking(part.text, thinking_ms[number] if number >= 0 else None)))
            number += 1
        elif isinstance(part, ToolCall):
            insets.append(Inset(at, cards[place]))
        elif isinstance(part, FilePart) and cards:
            insets.append(Inset(at, files.pop(0)))
    insets += [Inset(at, card) for card in files]
    passages = (part for part in parts if isinstance(part, PassagesPart))
    return (*insets, *(Inset(at, _passages_card(part, number)) for number, part in enumerate(passages)))


def _file_cards(parts: Sequence[Part]) -> list[Card]:
    return [_card_of(file, number) for number, file in enumerate(files_of(tuple(parts)))]


def _card_of(file: FilePart, number: int) -> Card:
    return Card(f"{_FILE_CARD}{number}", file_label(file), file_length_text(file), icon="file-text", has_page=True)


def _passages_card(passages: PassagesPart, number: int) -> Card:
    """Say how much of a document the model was given; opened, the card shows exactly that, or why it is nothing."""
    if not passages.shown:
        return Card(
            f"{_PASSAGES_CARD}{number}",
            passages_text(passages),
            "",
            details=translate(
                "TranscriptFrame",
                "Passages are found by the words that they share with a question. This one has no word that stands in "
                "some of them only, or the model has those passages from an earlier question already.",
            ),
            icon="scroll-text",
        )
    return Card(
        f"{_PASSAGES_CARD}{number}",
        passages_text(passages),
        length_text(passages.text),
        details=passages.text,
        icon="scroll-text",
    )


def file_of_card(parts: tuple[Part, ...], card_key: str) -> FilePart | None:
    """Return the file that a card of a question stands for; None where the card is something else."""
    number = card_key.removeprefix(_FILE_CARD)
    return files_of(parts)[int(number)] if number != card_key else None
