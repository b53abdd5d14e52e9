"""The real window in a process of its own that uses tools: `python -m` this module, with their ids behind it.

It types the line that it reads, says "asked" once a tool asks, and allows that once where another line comes.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton

from phidesk.core.permissions import Allowance
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.tool_question_card import ToolQuestionCard
from tests.journeys.acting_process import wait
from tests.journeys.own_window import own_window


def main() -> None:
    """Open the window, ask, and stay until somebody kills us."""
    with own_window() as window:
        page, card = window.findChild(ConversationPage), window.findChild(ToolQuestionCard)
        composer = window.findChild(QPlainTextEdit, "composerInput")
        once = window.findChild(QPushButton, f"allow_{Allowance.ONCE.value}")
        assert page is not None
        assert card is not None
        assert composer is not None
        assert once is not None
        page.change_settings(replace(page.settings, tools=frozenset(sys.argv[1:]), window_tokens=4096))
        QTest.keyClicks(composer, sys.stdin.readline().strip())
        QTest.keyClick(composer, Qt.Key.Key_Return)
        wait(card.isVisible)
        print("asked", flush=True)  # noqa: T201 - whoever wrote the question waits for it
        if sys.stdin.readline():
            QTest.mouseClick(once, Qt.MouseButton.LeftButton)
            QApplication.exec()


if __name__ == "__main__":
    main()
