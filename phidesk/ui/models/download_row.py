"""One model on its way: how far it is, and the buttons that hold it, let it go on, or give it up."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from phidesk.core.downloads import Download, DownloadPhase
from phidesk.ui.messages import NoticeAction, notice_for_error
from phidesk.ui.models.model_words import download_text
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.notice_card import NoticeCard
from phidesk.ui.widgets.progress_line import ProgressLine
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_RESTS = (DownloadPhase.PAUSED, DownloadPhase.FAILED)


class DownloadRow(QWidget):
    """Knows a `Download` and says what the person wishes. The signals carry that download."""

    pause_requested = Signal(object)
    resume_requested = Signal(object)
    cancel_requested = Signal(object)
    """Forget it, with everything that has come."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._download: Download | None = None
        self._bar = ProgressLine(theme, self.tr("Download"))
        self._bar.setObjectName("downloadBar")
        self._text = make_wrapped_label("downloadText", tone="muted")
        self._buttons = ButtonRow()
        self._pause = self._buttons.add_button("pauseDownload", self.tr("Pause"))
        self._resume = self._buttons.add_button("resumeDownload", self.tr("Go on"), kind="primary")
        self._cancel = self._buttons.add_button("cancelDownload", self.tr("Cancel"), kind="quiet")
        self._cancel.setToolTip(self.tr("Give up the download and delete what has come so far"))
        self._card = NoticeCard(theme)
        self._main: QPushButton | NoticeCard = self._pause
        self._lay_out()
        self._connect()

    @property
    def download(self) -> Download | None:
        """What is shown."""
        return self._download

    @property
    def main_button(self) -> QPushButton:
        """What holds the download, or lets it go on."""
        return self._main.first_button if isinstance(self._main, NoticeCard) else self._main

    def show_download(self, download: Download) -> None:
        """Show how far it is; a failure becomes a card whose button lets it go on. Emits nothing."""
        before = self._download
        self._download = download
        share = download.completed_bytes / download.total_bytes if download.total_bytes else None
        self._bar.set_share(share)
        self._text.setText(download_text(download))
        if download.error is not None and download != before:
            self._card.show_notice(notice_for_error(type(download.error).__name__, download.error.facts()))
        for part in (self._bar, self._text):
            part.setHidden(download.error is not None)
        self._show_main(self._main_for(download))
        if download.error is None:
            self._card.clear()

    def _main_for(self, download: Download) -> QPushButton | NoticeCard:
        if download.error is not None:
            return self._card
        return self._resume if download.phase in _RESTS else self._pause

    def _show_main(self, main: QPushButton | NoticeCard) -> None:
        """Show one of three. The keyboard goes with it, never to the button that gives the download up."""
        self._main = main
        main.show()
        others = [part for part in (self._pause, self._resume, self._card) if part is not main]
        if any(is_keyboard_at(part) for part in others):
            move_keyboard_to(self.main_button)
        for part in others:
            part.hide()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._bar)
        layout.addWidget(self._text)
        layout.addWidget(self._card)
        layout.addWidget(self._buttons)

    def _connect(self) -> None:
        self._pause.clicked.connect(self._on_pause_clicked)
        self._resume.clicked.connect(self._on_resume_clicked)
        self._cancel.clicked.connect(self._on_cancel_clicked)
        self._card.action_requested.connect(self._on_card_action_requested)

    def _on_pause_clicked(self) -> None:
        self.pause_requested.emit(self._download)

    def _on_resume_clicked(self) -> None:
        self.resume_requested.emit(self._download)

    def _on_cancel_clicked(self) -> None:
        self.cancel_requested.emit(self._download)

    def _on_card_action_requested(self, _action: NoticeAction) -> None:
        """Whatever was mended, the download goes on where it was."""
        self.resume_requested.emit(self._download)
