"""Copying from a transcript: as plain text, as markdown, and with markup for word processors and spreadsheets.

Words out of one message are copied as they are. From several messages on, the name of the speaker stands above each:
whoever pastes a talk wants to know who said what. A large selection is read and written elsewhere, so that the window
goes on; it lies on the clipboard a moment later.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QClipboard, QGuiApplication, QKeySequence

from phidesk.core.tasks import TaskRunner
from phidesk.richtext.blocks import CELL_LINE_BREAK, Block, BlockKind, join_pieces, plain_text
from phidesk.ui.chat.message_sections import read_message
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace
from phidesk.ui.chat.transcript_message import Speaker, TranscriptMessage
from phidesk.ui.chat.transcript_selection import Selection
from phidesk.ui.chat.transcript_selector import TranscriptSelector

if TYPE_CHECKING:
    from phidesk.ui.chat.transcript_view import TranscriptView

MOST_CHARACTERS_AT_ONCE = 20_000
"""A selection from messages longer than this together is prepared elsewhere; reading and writing it takes 10 ms."""
MARKDOWN_TYPE = "text/markdown"


@dataclass(frozen=True, slots=True)
class Copied:
    """One selection in all forms."""

    text: str
    markdown: str
    html: str
    """Empty if there is no markup in it."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What was selected, as it was then: it is read and written in any thread."""

    selection: Selection
    messages: Sequence[TranscriptMessage]
    """Those that the selection touches."""
    ends: Mapping[int, Sequence[Block]]
    """By their indexes, the blocks of messages of which not all is selected."""
    opened: Mapping[str, Collection[int]]
    """The open insets by the key of their message."""
    speakers: Mapping[Speaker, str]
    """Who says it, in words."""

    def written(self) -> Copied:
        """Return it in all forms; from several messages on with the speaker above each."""
        pairs = [
            (message, self._written(index, message))
            for index, message in zip(self.selection.messages, self.messages, strict=True)
        ]
        found = [(message.speaker, copied) for message, copied in pairs if copied.markdown]
        if not found:
            return Copied("", "", "")
        if len(found) == 1:
            ((speaker, copied),) = found  # Markup means nothing in what a person typed.
            return replace(copied, html="" if speaker is Speaker.PERSON else page_of([copied.html]))
        names = self.speakers
        return Copied(
            "\n\n".join(f"{names[speaker]}:\n{copied.text}" for speaker, copied in found),
            "\n\n".join(f"**{names[speaker]}:**\n\n{copied.markdown}" for speaker, copied in found),
            page_of(f"<p><strong>{names[speaker]}:</strong></p>{copied.html}" for speaker, copied in found),
        )

    def _written(self, index: int, message: TranscriptMessage) -> Copied:
        from phidesk.richtext.html import as_html  # noqa: PLC0415 - not needed before something is copied
        from phidesk.richtext.markdown_writer import as_markdown  # noqa: PLC0415 - as above

        blocks = self.ends.get(index)
        if blocks is None:
            read, _ = read_message(message, self.opened.get(message.key, ()))
            return Copied(plain_text(read), message.text, as_html(read))
        selected = self.selection.blocks(index, blocks)
        return Copied(self.selection.text(index, blocks), as_markdown(selected), as_html(selected))


_Put = Callable[[Copied], None]


class TranscriptCopying(QObject):
    """Puts what is selected, or what the menu opened for, on the clipboard."""

    def __init__(
        self,
        view: TranscriptView,
        content: TranscriptContent,
        selector: TranscriptSelector,
        runner: TaskRunner | None,
    ) -> None:
        """`runner` prepares large selections; without one they are prepared at once."""
        super().__init__(view)
        self._runner = runner
        self._view = view
        self._content = content
        self._selector = selector
        self._newest = 0

    # What can be copied

    def entries(self, place: MenuPlace) -> list[MenuEntry]:
        """Offer what can be copied from a place."""
        tr, has_text = self.tr, self._selector.has_text
        entries = [
            MenuEntry("copy_selection", tr("Copy"), self.copy, QKeySequence.StandardKey.Copy, is_enabled=has_text),
            MenuEntry("copy_markdown", tr("Copy as Markdown"), self.copy_markdown, is_enabled=has_text),
        ]
        if place.blocks and place.blocks[0].kind is BlockKind.TABLE:
            entries.append(MenuEntry("copy_table", tr("Copy table"), partial(self._copy_table, place.blocks)))
        if place.span is not None and place.span.formula:
            entries.append(
                MenuEntry("copy_formula", tr("Copy formula (LaTeX)"), partial(_copy_formula, place.span.text))
            )
        if place.span is not None and place.span.link:
            entries.append(MenuEntry("copy_address", tr("Copy link address"), partial(_put_text, place.span.link)))
        return entries

    def copy(self) -> None:
        """Copy what is selected, in all forms."""
        self._copy_selection(put_copied)

    def copy_markdown(self) -> None:
        """Copy what is selected as text that is markdown."""
        self._copy_selection(_put_markdown)

    def offer_selection(self) -> None:
        """Let what is selected be pasted by the middle mouse button, where the system knows that."""
        clipboard = QGuiApplication.clipboard()
        if clipboard.supportsSelection() and self._selector.has_text and not self._is_large():
            clipboard.setText(self._selector.text(), QClipboard.Mode.Selection)

    # How it is prepared

    def _copy_selection(self, put: _Put) -> None:
        selection = self._selector.selection
        if selection is not None and not selection.is_empty:
            self._prepare(self._excerpt(selection).written, put, is_large=self._is_large())

    def _copy_table(self, pieces: Sequence[Block]) -> None:
        self._prepare(partial(_written_table, pieces), put_copied, is_large=len(pieces) > 1)

    def _prepare(self, write: Callable[[], Copied], put: _Put, *, is_large: bool) -> None:
        self._newest += 1
        if self._runner is None or not is_large:
            put(write())
            return
        self._runner.run(write, done=partial(self._on_prepared, self._newest, put))

    def _on_prepared(self, number: int, put: _Put, copied: Copied) -> None:
        if number == self._newest:  # Nothing was copied since.
            put(copied)
            self._view.announce(self.tr("Copied"))

    def _is_large(self) -> bool:
        selection = self._selector.selection
        if selection is None:
            return False
        return sum(len(message.text) for message in self._messages(selection.messages)) > MOST_CHARACTERS_AT_ONCE

    def _messages(self, indexes: range) -> list[TranscriptMessage]:
        """Return messages with all that they say so far: of the one that is being written, the message says less."""
        messages = self._content.messages[indexes.start : indexes.stop]
        messages[-1] = replace(messages[-1], text=self._view.message_text(messages[-1].key))
        return messages

    def _excerpt(self, selection: Selection) -> Excerpt:
        content, indexes = self._content, selection.messages
        messages = self._messages(indexes)
        ends = {
            index: [box.block for box in content.layout(index).boxes]
            for index in (indexes[0], indexes[-1])
            if not self._selector.is_whole(index)
        }
        speakers = {Speaker.PERSON: self.tr("You"), Speaker.MODEL: self.tr("Answer")}
        return Excerpt(selection, messages, ends, content.insets.opened, speakers)


def page_of(pieces: Iterable[str]) -> str:
    """Return pieces of HTML as a page that says how its characters are written: some programs guess else."""
    return f'<html><head><meta charset="utf-8"></head><body>{"".join(pieces)}</body></html>'


def put_copied(copied: Copied) -> None:
    """Put it on the clipboard in all forms, if it is anything."""
    if not copied.text:
        return
    data = QMimeData()
    data.setText(copied.text.replace(CELL_LINE_BREAK, " "))
    data.setData(MARKDOWN_TYPE, copied.markdown.encode(errors="replace"))
    if copied.html:
        data.setHtml(copied.html)
    QGuiApplication.clipboard().setMimeData(data)


def _put_markdown(copied: Copied) -> None:
    put_copied(Copied(copied.markdown, copied.markdown, ""))


def _put_text(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _copy_formula(source: str) -> None:
    from phidesk.richtext.formula.delimiters import read_delimited  # noqa: PLC0415 - not needed before

    delimited = read_delimited(source)
    _put_text(source if delimited is None else delimited.source.strip())


def _written_table(pieces: Sequence[Block]) -> Copied:
    """Return a table with tabs between its cells, and as a table for word processors and spreadsheets."""
    from phidesk.richtext.html import as_html  # noqa: PLC0415 - not needed before something is copied
    from phidesk.richtext.markdown_writer import as_markdown  # noqa: PLC0415 - as above

    (table,) = join_pieces(pieces)
    return Copied(table.text, as_markdown([table]), page_of([as_html([table])]))
