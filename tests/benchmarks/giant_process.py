"""Messages of giants' size, in a process of its own: streamed, opened, and all that a person can do with them.

Prints one JSON object: by giant, the longest that the main thread was busy in one go, in its processor time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPlainTextEdit, QStackedLayout, QWidget

from phidesk.core.tasks import TaskRunner
from phidesk.ui.application import make_application
from phidesk.ui.chat.find_bar import FindBar
from phidesk.ui.chat.finding import Finding
from phidesk.ui.chat.message_editor import Edit, MessageEditing, MessageEditor
from phidesk.ui.chat.message_reading import MessageReading
from phidesk.ui.chat.themed_transcript import transcript_style
from phidesk.ui.chat.transcript_message import Inset, Speaker, Thinking, TranscriptMessage
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.main_thread import MainThread
from phidesk.ui.theme.theme import Theme
from tests.benchmarks.figures import percentile
from tests.benchmarks.stall_process import BEAT_MS
from tests.benchmarks.transcript_process import (
    CHARACTERS_PER_TOKEN,
    HEIGHT,
    WIDTH,
    Occupation,
    conversation,
    pass_time,
    print_figures,
    scrolling,
    settle_memory,
    stream_text,
)
from tests.benchmarks.transcript_subjects import OwnTranscript

GIANT = 2
"""Index of the giant message among the others."""
SETTLED_MS = 400
TOKENS_PER_S = 8_000


def main() -> None:
    """Measure and print."""
    application = make_application(sys.argv[:1])
    theme = Theme(application, "light", 15)
    main_thread = MainThread()
    runner = TaskRunner(ThreadPoolExecutor(1), main_thread.post)
    figures: dict[str, float] = {}
    for name, text in _giants().items():
        found = _streamed(theme, runner, text) | _opened(theme, runner, text)
        for act, do in ACTS.items():
            found[f"act: {act}"] = _busy_ms(_Desk(theme, runner, text), do)
        figures |= {f"{name}_{aspect}": value for aspect, value in found.items()}
    print_figures(figures)


def _streamed(theme: Theme, runner: TaskRunner, text: str) -> dict[str, float]:
    subject = OwnTranscript(theme, runner)
    subject.area.resize(WIDTH, HEIGHT)
    subject.open(list(conversation(2)))
    subject.area.show()
    subject.begin_answer()
    pass_time(100)
    settle_memory()
    occupation = Occupation(subject.area)
    stream_text(subject, text, tokens_per_s=TOKENS_PER_S)
    occupation.stop()
    subject.area.close()
    return {"p99_ms": percentile(occupation.busy_ms, 0.99), "max_ms": max(occupation.busy_ms)}


def _opened(theme: Theme, runner: TaskRunner, text: str) -> dict[str, float]:
    """Open a stored answer and scroll through it; when all was to be seen is given by the clock."""
    subject = OwnTranscript(theme, runner)
    subject.area.resize(WIDTH, HEIGHT)
    subject.area.show()
    messages = [*conversation(2), TranscriptMessage("giant", Speaker.MODEL, text)]
    pass_time(50)
    settle_memory()
    occupation = Occupation(subject.area)
    began_s = time.perf_counter()
    subject.open(messages)
    while not subject.is_read:
        pass_time(BEAT_MS)
    subject.area.viewport().repaint()
    shown_ms = (time.perf_counter() - began_s) * 1000
    pass_time(50)
    occupation.stop()
    scroll_ms = scrolling(subject.area)["scroll_max_ms"]
    subject.area.close()
    return {"open_ms": max(occupation.busy_ms), "shown_ms": shown_ms, "scroll_ms": scroll_ms}


class _Desk:
    """A conversation with a giant in the middle, which nobody has read yet, and all that can be used on it."""

    def __init__(self, theme: Theme, runner: TaskRunner, text: str) -> None:
        self.theme = theme
        self.text = text
        self.window = QWidget()
        layers = QStackedLayout(self.window)
        self.view = TranscriptView(runner=runner)
        layers.addWidget(self.view)
        self.view.set_style(transcript_style(theme))
        self.reading = MessageReading(self.view, layers=layers, theme=theme, parent=self.window)
        self.bar = FindBar(theme, self.window)
        self.finding = Finding(self.bar, self.view, runner, self.window)
        self.editing = MessageEditing(MessageEditor(theme, self.view.viewport()), self.view)
        giant = TranscriptMessage("giant", Speaker.MODEL, f"# First\n\n{text}\n\n# Last\n\n[needle](https://x.example)")
        thought = Inset(0, Thinking(text, 1_000))
        last = TranscriptMessage("thoughtful", Speaker.MODEL, "Yes.", insets=(thought,))
        self.window.resize(WIDTH, HEIGHT)
        self.window.show()
        others = list(conversation(10))
        self.view.show_messages([*others[:GIANT], giant, *others[GIANT:], last])
        pass_time(50)

    def show_giant(self) -> None:
        """Have it in sight, and read."""
        self.view.focus_message("giant")
        pass_time(SETTLED_MS)


Act = Callable[[_Desk], Callable[[], object]]
"""Makes ready, and returns what is measured."""


def _finding(desk: _Desk) -> Callable[[], object]:
    return partial(desk.bar.open_for, "needle")


def _reading(desk: _Desk) -> Callable[[], object]:
    desk.view.focus_message("giant")
    return desk.reading.open


def _selecting(desk: _Desk) -> Callable[[], object]:
    return desk.view.select_all


def _copying(desk: _Desk) -> Callable[[], object]:
    desk.view.select_message("giant")
    return desk.view.copy_selection


def _tabbing(desk: _Desk) -> Callable[[], object]:
    desk.view.focus_message("giant")
    return partial(QTest.keyClick, desk.view, Qt.Key.Key_Tab)


def _listening(desk: _Desk) -> Callable[[], object]:
    item = QAccessible.queryAccessibleInterface(desk.view).child(GIANT)

    def hear() -> None:
        item.text(QAccessible.Text.Name)
        for number in range(item.childCount()):
            item.child(number).text(QAccessible.Text.Name)
            item.child(number).rect()

    return hear


def _opening_menu(desk: _Desk) -> Callable[[], object]:
    desk.show_giant()
    viewport = desk.view.viewport()
    point = viewport.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, viewport.mapToGlobal(point))
    return partial(QApplication.sendEvent, viewport, event)


def _dragging(desk: _Desk) -> Callable[[], object]:
    desk.show_giant()
    viewport = desk.view.viewport()

    def drag() -> None:
        QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
        for y in range(320, HEIGHT, 40):
            QTest.mouseMove(viewport, QPoint(400, y))
            pass_time(BEAT_MS)
        desk.view.verticalScrollBar().setValue(desk.view.verticalScrollBar().maximum())
        QTest.mouseMove(viewport, QPoint(400, 300))
        pass_time(BEAT_MS)
        QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(400, 300))

    return drag


def _editing(desk: _Desk) -> Callable[[], object]:
    desk.show_giant()
    return partial(desk.editing.open, Edit("giant", desk.view.message_text("giant"), is_question=False))


def _typing(desk: _Desk) -> Callable[[], object]:
    _editing(desk)()
    field = desk.window.findChild(QPlainTextEdit, "editorInput")
    assert field is not None
    cursor = field.textCursor()
    cursor.setPosition(field.document().characterCount() // 2)
    field.setTextCursor(cursor)
    pass_time(SETTLED_MS)

    def type_words() -> None:
        for letter in "typed words":
            QTest.keyClicks(field, letter)
            pass_time(BEAT_MS)

    return type_words


def _replacing(desk: _Desk) -> Callable[[], object]:
    desk.show_giant()
    return partial(desk.view.replace_text, "giant", f"{desk.text} And more.")


def _going_on(desk: _Desk) -> Callable[[], object]:
    desk.show_giant()

    def go_on() -> None:
        desk.view.append_text("giant", " And more.")
        pass_time(SETTLED_MS)
        desk.view.append_text("giant", " And more.")
        desk.view.finish_message("giant", "Stopped")

    return go_on


def _thinking(desk: _Desk) -> Callable[[], object]:
    return partial(desk.view.toggle, len(desk.view.content.messages) - 1, 0)


def _resizing(desk: _Desk) -> Callable[[], object]:
    desk.show_giant()

    def resize() -> None:
        for width in range(WIDTH - 11, WIDTH - 66, -11):
            desk.window.resize(width, HEIGHT)
            pass_time(BEAT_MS)

    return resize


def _restyling(desk: _Desk) -> Callable[[], object]:
    desk.show_giant()
    style = transcript_style(desk.theme)
    style.font.setPixelSize(20)
    return partial(desk.view.set_style, style)


ACTS: dict[str, Act] = {
    "finding words": _finding,
    "reading view": _reading,
    "selecting all": _selecting,
    "copying": _copying,
    "Tab": _tabbing,
    "screen reader": _listening,
    "menu": _opening_menu,
    "mouse": _dragging,
    "editing": _editing,
    "typing": _typing,
    "another text": _replacing,
    "going on": _going_on,
    "opening as a thought": _thinking,
    "resizing": _resizing,
    "another text size": _restyling,
}


def _busy_ms(desk: _Desk, act: Act) -> float:
    """Return the longest that the main thread is busy in one go while something is done, and after it."""
    do = act(desk)
    pass_time(BEAT_MS)
    settle_memory()
    occupation = Occupation(desk.view)
    pass_time(BEAT_MS)
    occupation.busy_ms.clear()
    do()
    pass_time(SETTLED_MS)
    occupation.stop()
    for popup in desk.view.findChildren(QMenu):
        popup.close()
    desk.window.close()
    desk.window.deleteLater()
    pass_time(BEAT_MS)
    return max(occupation.busy_ms)


def _giants() -> dict[str, str]:
    sentence = "The model reads a prompt of **many** words and writes one `token` after another until it ends. "
    line = "value_{0} = compute(value_{0}, 'text', {0} * 2)  # a comment\n"
    row = "| {0} | some words here | **{0}** | `x{0}` |\n"
    return {
        "paragraph": sentence * (50_000 * CHARACTERS_PER_TOKEN // len(sentence)),
        "code": "```python\n" + "".join(line.format(number) for number in range(2_000)) + "```\n",
        "table": "| a | b | c | d |\n|---|---|---|---|\n" + "".join(row.format(number) for number in range(500)),
    }


if __name__ == "__main__":
    main()
