"""Reads the long messages of a transcript elsewhere, so that none of them holds the window up when it comes into sight.

Until then such a message is an empty room, as high as its text is estimated to be.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer

from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_layout import Anchor, MessageLayout
from phidesk.ui.chat.transcript_message import TranscriptMessage
from phidesk.ui.chat.transcript_scroller import TranscriptScroller

PATIENCE_MS = 300
"""Where all workers are busy for longer, the window reads itself: rather it stops for a moment than shows nothing."""


class TranscriptReader(QObject):
    """Has what is seen of a content read; what can be seen already keeps its place."""

    def __init__(
        self, content: TranscriptContent, scroller: TranscriptScroller, runner: TaskRunner, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._content = content
        self._scroller = scroller
        self._runner = runner
        self._asked: dict[str, TranscriptMessage] = {}
        """What is being read, by key."""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._on_patience_timeout)
        content.reads_long_elsewhere = True
        scroller.moved.connect(self._on_scroller_moved)

    def _on_scroller_moved(self) -> None:
        for index in self._content.waiting:
            unread = self._content.unread(index)
            message = unread.message
            if self._asked.get(message.key) is not message:
                self._asked[message.key] = message
                self._runner.run(unread.layout, done=partial(self._on_read, message))
                if not self._patience.isActive():
                    self._patience.start()

    def _on_read(self, message: TranscriptMessage, layout: MessageLayout) -> None:
        if self._asked.get(message.key) is message:
            del self._asked[message.key]
        anchor = self._scroller.anchor()
        if self._content.put_layout(message, layout):
            self._show(anchor)

    def _on_patience_timeout(self) -> None:
        anchor = self._scroller.anchor()
        waiting = self._content.waiting
        for index in waiting:
            self._content.layout(index)
        if waiting:
            self._show(anchor)

    def _show(self, anchor: Anchor | None) -> None:
        self._scroller.lay_out(anchor)
        self._scroller.repaint()
