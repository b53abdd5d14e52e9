"""Where the person writes: a field that grows, the files that go along, and one button that sends and later stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.core.drafts import NOTHING, Draft
from phidesk.ui.chat.attachment_row import AttachmentRow
from phidesk.ui.chat.composer_input import ComposerInput
from phidesk.ui.figures import size_text
from phidesk.ui.theme.style_sheet import SOFT_RADIUS
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.leading_label import LeadingLabel
from phidesk.ui.widgets.tab_order import order_tabs_by_layout

if TYPE_CHECKING:
    from phidesk.core.parts import FilePart
    from phidesk.core.prompts import Prompt
    from phidesk.ui.chat.composer_note import ComposerNote
    from phidesk.ui.chat.snippet_menu import SnippetMenu

_SIDE_MARGIN_PX = 12
_GAP_PX = 8


class Composer(QFrame):
    """Turns keys into wishes. It keeps text and files until it is told otherwise: nothing typed is lost."""

    send_requested = Signal(object)
    """The person sent what is here, a `Draft`; whoever accepts it calls `clear`."""
    stop_requested = Signal()
    """The person wants the answer to stop."""
    draft_changed = Signal()
    """The person changed text or files. Not emitted by `set_draft` and `clear`."""
    content_changed = Signal()
    """Something else stands here now, whoever changed it."""
    files_given = Signal(object)
    """The person wants these files to go along. Carries their paths, a tuple."""
    view_requested = Signal(object)
    """The person wants to read what goes along. Carries the `FilePart`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_writing = False
        self._is_reading = False
        self._is_filling = False
        self.setObjectName("composer")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._attachments = AttachmentRow(theme)
        self._input = ComposerInput(self)
        self._has_snippets = False
        self._hint = LeadingLabel()
        self._hint.setObjectName("composerHint")
        self._hint.setProperty("tone", "muted")
        self._hint.setIndent(0)
        self._hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._add = IconButton(theme, "plus", self.tr("Add files"), self)
        self._add.setObjectName("addFilesButton")
        self._send = IconButton(theme, "arrow-up", self.tr("Send"), self, is_primary=True)
        self._send.setObjectName("sendButton")
        self.setFocusProxy(self._input)
        self._lay_out()
        self._on_theme_changed()
        self.set_writing(False)
        self._connect()

    @cached_property
    def note(self) -> ComposerNote:
        """Says what cannot go along."""
        from phidesk.ui.chat.composer_note import ComposerNote  # noqa: PLC0415 - the first paint need not wait

        note = ComposerNote(self._theme)
        self._layout.insertWidget(0, note)
        return note

    @property
    def draft(self) -> Draft:
        """What is here: the text as it was typed, and the files."""
        return Draft(self._input.toPlainText(), self._attachments.files)

    def set_draft(self, draft: Draft) -> None:
        """Let this stand here, the cursor at its end; undo starts afresh."""
        self._is_filling = True
        self._input.setPlainText(draft.text)
        self._attachments.set_files(draft.files)
        self._is_filling = False
        self._input.moveCursor(self._input.textCursor().MoveOperation.End)
        self.note.clear()
        self.content_changed.emit()

    def clear(self) -> None:
        """Empty the field, and let no file go along."""
        self.set_draft(NOTHING)

    def put_in_front(self, draft: Draft) -> None:
        """Let this stand before what is here. Undo takes the text away again, and what was typed before it too."""
        self._is_filling = True
        if draft.text.strip():
            self._input.put_in_front(draft.text)
        self._attachments.set_files((*draft.files, *self._attachments.files))
        self._is_filling = False
        self.content_changed.emit()

    def insert_text(self, text: str) -> None:
        """Put text where the cursor is, as if the person had typed it."""
        self._input.insert_text(text)
        self.focus_input()

    def set_snippets(self, snippets: Sequence[Prompt], values: Mapping[str, str]) -> None:
        """Offer these behind "/"; `values` stand for their variables."""
        self._has_snippets = bool(snippets)
        self._snippets.set_snippets(snippets, values)
        self._show_hint()

    def add_files(self, files: Sequence[FilePart]) -> None:
        """Let these go along too, as the person wished."""
        if files:
            self._attachments.add_files(files)
            self.draft_changed.emit()

    def remove_file(self, file: FilePart) -> None:
        """Let a file that is here not go along, as the person wished."""
        self._attachments.remove_file(file)

    def insert_file(self, file: FilePart) -> None:
        """Let the text of a file that is here stand in the question instead, as the person wished."""
        self._attachments.insert_file(file)

    def set_writing(self, is_writing: bool) -> None:
        """Say whether an answer is being written: then the button stops it, and Enter lets the text wait its turn."""
        self._is_writing = is_writing
        self._send.set_icon_name("stop" if is_writing else "arrow-up")
        self._send.set_label(self.tr("Stop") if is_writing else self.tr("Send"))
        self._show_hint()

    def set_reading(self, is_reading: bool) -> None:
        """Say whether files are on their way here: until they came, nothing is sent without them."""
        self._is_reading = is_reading
        self._show_hint()

    def focus_input(self) -> None:
        """Put the cursor into the field."""
        self._input.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 2.0 if self._input.hasFocus() else 1.0
        painter.setPen(QPen(self._theme.color("accent" if self._input.hasFocus() else "edge"), width))
        painter.setBrush(self._theme.color("raised"))
        inset = width / 2
        outline = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(outline, SOFT_RADIUS - inset, SOFT_RADIUS - inset)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._show_hint()

    @override
    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        self.focus_input()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(_GAP_PX)
        row.addWidget(self._add)
        row.addWidget(self._hint, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._send)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(_SIDE_MARGIN_PX, 16, _SIDE_MARGIN_PX, 8)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self._attachments)
        layout.addWidget(self._input)
        layout.addLayout(row)

    @cached_property
    def _snippets(self) -> SnippetMenu:
        from phidesk.ui.chat.snippet_menu import SnippetMenu  # noqa: PLC0415 - see `note`

        menu = SnippetMenu(self._theme, self._input)
        self._layout.insertWidget(self._layout.indexOf(self._input), menu)
        return menu

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._add.clicked.connect(self._on_add_clicked)
        self._send.clicked.connect(self._on_send_clicked)
        self._attachments.chips_added.connect(self._on_chips_added)
        self._attachments.changed.connect(self.draft_changed)
        self.draft_changed.connect(self.content_changed)
        self._attachments.view_requested.connect(self.view_requested)
        self._attachments.insertion_requested.connect(self._on_insertion_requested)
        self._input.enter_pressed.connect(self._send_draft)
        self._input.escape_pressed.connect(self._on_input_escape_pressed)
        self._input.focus_changed.connect(self.update)
        self._input.textChanged.connect(self._on_input_text_changed)
        self._input.files_pasted.connect(self.files_given)
        self._input.long_text_pasted.connect(self._on_long_text_pasted)
        self._input.picture_pasted.connect(self._on_picture_pasted)

    def _show_hint(self) -> None:
        """Show what the keys do: the longest hint that is not cut, or nothing."""
        buttons = self._send.width() + self._add.width()
        room = self.width() - buttons - 2 * _SIDE_MARGIN_PX - 4 * _GAP_PX
        measure = self._hint.fontMetrics().horizontalAdvance
        self._hint.setText(next((hint for hint in self._hints() if measure(hint) <= room), ""))

    def _hints(self) -> list[str]:
        if self._is_reading:
            return [self.tr("Reading files…")]
        if not self._is_writing:
            usual = self.tr("Enter sends · Shift+Enter: new line")
            with_snippets = self.tr("Enter sends · Shift+Enter: new line · / offers snippets")
            return [with_snippets, usual] if self._has_snippets else [usual]
        stop = self.tr("Esc stops the answer")
        if self.draft.is_blank:
            return [stop]
        waits = self.tr("Enter sends it when the answer is complete · Esc stops the answer")
        return [waits, self.tr("Enter sends it after the answer"), stop]

    def _on_theme_changed(self) -> None:
        self._input.setFont(self._theme.text_font())
        self._input.fit_height()
        self._show_hint()
        self.update()

    def _on_add_clicked(self) -> None:
        dialog = QFileDialog(self, self.tr("Add files"))
        dialog.setObjectName("addFilesDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._on_files_selected)
        dialog.open()

    def _on_files_selected(self, names: Sequence[str]) -> None:
        self.files_given.emit(tuple(Path(name) for name in names))
        self.focus_input()

    def _on_send_clicked(self) -> None:
        if self._is_writing:
            self.stop_requested.emit()
        else:
            self._send_draft()
        self.focus_input()

    def _on_input_escape_pressed(self) -> None:
        if self._is_writing:
            self.stop_requested.emit()

    def _on_input_text_changed(self) -> None:
        if self._is_writing:
            self._show_hint()
        if not self._is_filling:
            self.draft_changed.emit()

    def _on_chips_added(self) -> None:
        order_tabs_by_layout(self)

    def _on_insertion_requested(self, file: FilePart) -> None:
        self.insert_text(file.text)

    def _on_long_text_pasted(self, text: str) -> None:
        from phidesk.core.parts import FilePart  # noqa: PLC0415 - the first paint need not wait
        from phidesk.documents.file_reading import MOST_BYTES, PLAIN_TEXT  # noqa: PLC0415 - as above

        if len(text.encode(errors="replace")) <= MOST_BYTES:
            self.add_files([FilePart("", PLAIN_TEXT, text)])
            return
        words = self.tr("This text is larger than {limit}, more than a model can read at once. It was not pasted.")
        self.note.say(words.format(limit=size_text(MOST_BYTES)))

    def _on_picture_pasted(self) -> None:
        self.note.say(self.tr("This is a picture, and Phi-4-mini cannot see pictures. It reads text."))

    def _send_draft(self) -> None:
        draft = self.draft
        if not (draft.is_blank or self._is_reading):
            self.send_requested.emit(draft)
