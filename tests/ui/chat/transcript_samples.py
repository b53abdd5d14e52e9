"""A style and texts for tests of the transcript."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QFont, QImage, QPalette
from pytestqt.qtbot import QtBot

from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.block_controls import Control
from phidesk.ui.chat.message_geometry import place_block
from phidesk.ui.chat.transcript_view import Speaker, TranscriptMessage, TranscriptStyle, TranscriptView
from tests.fakes.workers import Workers

ANSWER = """# Title

A paragraph with **bold**, *italic*, `code` and [a link](https://example.org/a), long enough to need several lines in
a narrow column, so that there is something to wrap.

1. one
2. two
   - nested

> a quote
>
> goes on

```py
def f(x):
    return x
```

| a | b |
|---|---|
| 1 | 2 |

---

The end.
"""


def make_style(*, size: int = 15, text: str = "#1a1f21") -> TranscriptStyle:
    """Return a style whose colours are all different."""
    font = QFont("DejaVu Sans")
    font.setPixelSize(size)
    code_font = QFont("DejaVu Sans Mono")
    code_font.setPixelSize(size - 2)
    return TranscriptStyle(
        text=QColor(text), muted=QColor("#566064"), accent=QColor("#0f6f68"), bubble=QColor("#e0f3f3"),
        border=QColor("#d9dfe0"), sunken=QColor("#d9dfe1"), edge=QColor("#7f8b8e"), surface=QColor("#f5f7f0"), selection=QColor("#bfe3df"), font=font, code_font=code_font,
    )  # fmt: skip


def make_view(qtbot: QtBot, *, width: int = 640, height: int = 480) -> TranscriptView:
    """Return a shown view on white."""
    view = TranscriptView()
    view.setObjectName("transcript")
    palette = view.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor("#ffffff"))
    view.setPalette(palette)
    view.set_style(make_style())
    view.resize(width, height)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    return view


def person(key: str, text: str, note: str = "") -> TranscriptMessage:
    return TranscriptMessage(key, Speaker.PERSON, text, note)


def model(key: str, text: str, note: str = "") -> TranscriptMessage:
    return TranscriptMessage(key, Speaker.MODEL, text, note)


def conversation(count: int) -> list[TranscriptMessage]:
    """Return questions and answers of very different lengths, so that estimates are wrong."""
    messages: list[TranscriptMessage] = []
    for number in range(count):
        messages.append(person(f"p{number}", f"Question {number}?" + "\nand more" * (number % 4)))
        text = ANSWER if number % 3 == 0 else f"Answer {number}. " + "WIDE words " * (number * 7 % 90)
        messages.append(model(f"m{number}", text))
    return messages


def picture(view: TranscriptView) -> QImage:
    """Return the viewport as it would be painted now, in device pixels."""
    return view.viewport().grab().toImage()


def text_point(view: TranscriptView, message: int, block: int, offset: int) -> QPoint:
    """Return the point of the viewport where a character begins."""
    placed = place_block(view.content, message, block, view.column_left)
    assert placed.document is not None
    paragraph = placed.document.findBlock(offset)
    line = paragraph.layout().lineForTextPosition(offset - paragraph.position())
    x = cast("tuple[float, int]", line.cursorToX(offset - paragraph.position()))[0]  # The stub knows no tuple.
    top = placed.document.documentLayout().blockBoundingRect(paragraph).top()
    point = placed.text_origin + QPoint(round(x), round(top + line.y() + line.ascent() - 3))
    return point - QPoint(0, view.scroll_y)


def message_controls(view: TranscriptView, message: int) -> list[Control]:
    """Return what can be used in a message, from top to bottom."""
    rows = range(len(view.content.layout(message).boxes))
    return [control for row in rows for control in view.controls.known_in(message, row)]


def control_names(view: TranscriptView, message: int) -> list[str]:
    """Return what the controls of a message say of themselves."""
    return [view.controls.name_of(control) for control in message_controls(view, message)]


def shown_view(qtbot: QtBot, workers: Workers) -> TranscriptView:
    """Show an empty transcript whose work in the pool is done when the test says so."""
    view = TranscriptView(runner=TaskRunner(workers, lambda closure: closure()))
    view.set_style(make_style())
    view.resize(640, 480)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    return view
