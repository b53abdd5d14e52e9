"""Copying from a transcript: as plain text, as markdown, and with markup for word processors and spreadsheets.

Words out of one message are copied as they are. From several messages on, the name of the speaker stands above each:
whoever pastes a talk wants to know who said what. A large selection is read and written elsewhere, so that the window
goes on; it lies on the clipboard a moment later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QClipboard, QGuiApplication, QKeySequence

from phidesk.core.tasks import TaskRunner
from phidesk.richtext.blocks import Block, BlockKind, join_pieces, plain_text
from phidesk.ui.chat.message_sections import read_message
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace
from phidesk.ui.chat.transcript_message import Speaker, TranscriptMessage
from phidesk.ui.chat.transcript_selector import TranscriptSelector

if TYPE_CHECKING:
    from phidesk.ui.chat.transcript_view import TranscriptView

MOST_CHARACTERS_AT_ONCE = 50_000
"""A selection from messages longer than this together is prepared elsewhere; reading this much takes 10 ms."""
MARKDOWN_TYPE = "text/markdown"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is selected of one message."""

    message: TranscriptMessage
    source: str
    """The whole text of the message as it is now."""
    speaker: str
    """Who says it, in words."""
    blocks: tuple[Block, ...] | None
    """What is selected of its blocks; None if the message was not read yet."""
    text: str | None
    """The selected characters; None if all are."""

    @property
    def is_plain(self) -> bool:
        """Whether markup means nothing in it."""
        return self.message.speaker is Speaker.PERSON

    def read(self) -> Sequence[Block]:
        """Return its blocks."""
        return read_message(self.message, ())[0] if self.blocks is None else self.blocks


@dataclass(frozen=True, slots=True)
class Copied:
    """One selection in all forms."""

    text: str
    markdown: str
    html: str
    """Empty if there is no markup in it."""


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
            entries.append(MenuEntry("copy_table", tr("Copy table"), partial(_copy_table, place.blocks)))
        if place.span is not None and place.span.formula:
            entries.append(
                MenuEntry("copy_formula", tr("Copy formula (LaTeX)"), partial(_copy_formula, place.span.text))
            )
        if place.span is not None and place.span.link:
            entries.append(MenuEntry("copy_address", tr("Copy link address"), partial(_put_text, place.span.link)))
        return entries

    def copy(self) -> None:
        """Copy what is selected, in all forms."""
        self._prepare(put_copied)

    def copy_markdown(self) -> None:
        """Copy what is selected as text that is markdown."""
        self._prepare(_put_markdown)

    def offer_selection(self) -> None:
        """Let what is selected be pasted by the middle mouse button, where the system knows that."""
        clipboard = QGuiApplication.clipboard()
        if clipboard.supportsSelection() and self._selector.has_text and not self._is_large():
            clipboard.setText(self._selector.text(), QClipboard.Mode.Selection)

    # How it is prepared

    def _prepare(self, put: _Put) -> None:
        excerpts = self._excerpts()
        if not excerpts:
            return
        self._newest += 1
        work = partial(copied_from, excerpts)
        if self._runner is None or not self._is_large():
            put(work())
            return
        self._runner.run(work, done=partial(self._on_prepared, self._newest, put))

    def _on_prepared(self, number: int, put: _Put, copied: Copied) -> None:
        if number == self._newest:  # Nothing was copied since.
            put(copied)
            self._view.announce(self.tr("Copied"))

    def _is_large(self) -> bool:
        selection = self._selector.selection
        if selection is None:
            return False
        messages = self._content.messages[selection.start.message : selection.end.message + 1]
        return sum(len(message.text) for message in messages) > MOST_CHARACTERS_AT_ONCE

    def _excerpts(self) -> list[Excerpt]:
        selection = self._selector.selection
        if selection is None or selection.is_empty:
            return []
        first, last = selection.messages[0], selection.messages[-1]
        names = {Speaker.PERSON: self.tr("You"), Speaker.MODEL: self.tr("Answer")}
        found: list[Excerpt] = []
        for index in selection.messages:
            message = self._content.messages[index]
            name, source = names[message.speaker], self._view.message_text(message.key)
            if first < index < last or self._selector.is_whole(index):
                found.append(Excerpt(message, source, name, self._content.read_blocks(index), None))
            else:
                blocks = selection.blocks(index, [box.block for box in self._content.layout(index).boxes])
                found.append(Excerpt(message, source, name, blocks, self._selector.text_in(index)))
        return [excerpt for excerpt in found if (excerpt.source if excerpt.text is None else excerpt.text)]


def copied_from(excerpts: Sequence[Excerpt]) -> Copied:
    """Write excerpts in all forms. Touches no widget: for any thread."""
    from phidesk.richtext.html import as_html  # noqa: PLC0415 - not needed before something is copied
    from phidesk.richtext.markdown_writer import as_markdown  # noqa: PLC0415 - as above

    is_talk = len(excerpts) > 1
    texts: list[str] = []
    markdown: list[str] = []
    html: list[str] = []
    for excerpt in excerpts:
        blocks = excerpt.read()
        text = plain_text(blocks) if excerpt.text is None else excerpt.text
        written = excerpt.source if excerpt.text is None else as_markdown(blocks)
        texts.append(f"{excerpt.speaker}:\n{text}" if is_talk else text)
        markdown.append(f"**{excerpt.speaker}:**\n\n{written}" if is_talk else written)
        if is_talk:
            html.append(f"<p><strong>{excerpt.speaker}:</strong></p>")
        html.append(as_html(blocks))
    has_markup = is_talk or not excerpts[0].is_plain
    return Copied("\n\n".join(texts), "\n\n".join(markdown), page_of(html) if has_markup else "")


def page_of(pieces: Iterable[str]) -> str:
    """Return pieces of HTML as a page that says how its characters are written: some programs guess else."""
    return f'<html><head><meta charset="utf-8"></head><body>{"".join(pieces)}</body></html>'


def put_copied(copied: Copied) -> None:
    """Put it on the clipboard in all forms."""
    data = QMimeData()
    data.setText(copied.text)
    data.setData(MARKDOWN_TYPE, copied.markdown.encode(errors="replace"))
    if copied.html:
        data.setHtml(copied.html)
    QGuiApplication.clipboard().setMimeData(data)


def _put_markdown(copied: Copied) -> None:
    data = QMimeData()
    data.setText(copied.markdown)
    data.setData(MARKDOWN_TYPE, copied.markdown.encode(errors="replace"))
    QGuiApplication.clipboard().setMimeData(data)


def _put_text(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _copy_formula(source: str) -> None:
    from phidesk.richtext.formula.delimiters import read_delimited  # noqa: PLC0415 - not needed before

    delimited = read_delimited(source)
    _put_text(source if delimited is None else delimited.source.strip())


def _copy_table(pieces: Sequence[Block]) -> None:
    """Copy a table with tabs between its cells, and as a table for word processors and spreadsheets."""
    from phidesk.richtext.html import as_html  # noqa: PLC0415 - not needed before something is copied

    (table,) = join_pieces(pieces)
    data = QMimeData()
    data.setText(table.text)
    data.setHtml(page_of([as_html([table])]))
    QGuiApplication.clipboard().setMimeData(data)
