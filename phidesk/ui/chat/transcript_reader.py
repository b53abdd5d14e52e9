"""Reads the long messages of a transcript elsewhere, so that none of them holds the window up when it comes into sight.

Until then such a message is an empty room, as high as its text is estimated to be.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.message_sections import LONG_CHARACTERS
from phidesk.ui.chat.transcript_content import TranscriptContent
from phidesk.ui.chat.transcript_layout import Anchor, MessageLayout
from phidesk.ui.chat.transcript_message import TranscriptMessage
from phidesk.ui.chat.transcript_scroller import TranscriptScroller

PATIENCE_MS = 300
"""What no worker has begun by then the window reads itself: rather it stops for a moment than shows nothing."""
Result = TypeVar("Result")


class TranscriptReader(QObject):
    """Has what is seen of a content read; what can be seen already keeps its place.

    Signals:
        message_read: the index of a message that was not known before.
    """

    message_read = Signal(int)

    def __init__(
        self, content: TranscriptContent, scroller: TranscriptScroller, runner: TaskRunner | None, parent: QObject
    ) -> None:
        """Without `runner` all is read at once."""
        super().__init__(parent)
        self._content = content
        self._scroller = scroller
        self._runner = runner
        self._asked: dict[str, tuple[TranscriptMessage, Future[MessageLayout]]] = {}
        """What is being read, by key."""
        self._acts: dict[str, list[Callable[[], object]]] = {}
        """What waits for messages to be read, by their keys."""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._on_patience_timeout)
        content.reads_long_elsewhere = runner is not None
        scroller.moved.connect(self._read_waiting)

    def read(self, index: int) -> None:
        """Have a message read that was not looked at yet, if it is long."""
        self._content.seen_layout(index)  # It waits from now on.
        self._read_waiting()

    def work(self, text: str, job: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Have something done with a text and hand over what came out: at once, unless the text is long."""
        if self._runner is None or len(text) <= LONG_CHARACTERS:
            done(job())
        else:
            self._runner.run(job, done=done)

    def when_read(self, index: int, act: Callable[[], object]) -> None:
        """Do something as soon as the blocks of a message are known: at once, unless it is long and nobody saw it."""
        if self._content.is_read(index):
            act()
            return
        self._acts.setdefault(self._content.messages[index].key, []).append(act)
        self.read(index)

    def _read_waiting(self) -> None:
        if self._runner is None:
            return
        for index in self._content.waiting:
            unread = self._content.unread(index)
            message = unread.message
            asked = self._asked.get(message.key)
            if asked is None or asked[0] is not message:
                future = self._runner.run(unread.layout, done=partial(self._on_read, message))
                self._asked[message.key] = message, future
                if not self._patience.isActive():
                    self._patience.start()

    def _on_read(self, message: TranscriptMessage, layout: MessageLayout) -> None:
        asked = self._asked.get(message.key)
        if asked is not None and asked[0] is message:
            del self._asked[message.key]
        anchor = self._scroller.anchor()
        if self._content.put_layout(message, layout):
            self._show(anchor)
            self.message_read.emit(self._content.index_of(message.key))
        self._act()

    def _on_patience_timeout(self) -> None:
        anchor = self._scroller.anchor()
        unbegun = [index for index in self._content.waiting if self._take_back(index)]
        for index in unbegun:
            self._content.layout(index)
        if unbegun:
            self._show(anchor)
        for index in unbegun:
            self.message_read.emit(index)
        self._act()
        if self._content.waiting:
            self._patience.start()

    def _take_back(self, index: int) -> bool:
        """Ask for a message no more; return whether no worker has begun to read it, else it comes in a moment."""
        key = self._content.messages[index].key
        if key in self._asked and not self._asked[key][1].cancel():
            return False
        self._asked.pop(key, None)
        return True

    def _act(self) -> None:
        """Do what waited for messages that are read now; what waited for one that is gone is forgotten."""
        for key in list(self._acts):
            if not self._content.has(key):
                del self._acts[key]
            elif self._content.is_read(self._content.index_of(key)):
                for act in self._acts.pop(key):
                    act()

    def _show(self, anchor: Anchor | None) -> None:
        self._scroller.lay_out(anchor)
        self._scroller.repaint()
