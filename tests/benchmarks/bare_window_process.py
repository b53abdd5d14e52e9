"""A window of plain Qt with the kinds of widgets that the program's has, and nothing behind them.

A list with a delegate, a scrolled area that paints text itself, an input, buttons with menus, keys; in Qt's own style,
without icons, storage or engines.

Says when it was painted (monotonic seconds), and ends at once.
"""

from __future__ import annotations

import os
import sys
import time

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPaintEvent, QTextDocument
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override


class BareWindow(QWidget):
    """Sidebar, header, transcript, composer and gauge line, as plain widgets."""

    def __init__(self) -> None:
        super().__init__()
        self._is_painted = False
        row = QHBoxLayout(self)
        for part in (_sidebar(), QFrame(), _middle(), QFrame(), _panel()):
            row.addWidget(part)
        action = QAction("New conversation", self)
        action.setShortcut(QKeySequence("Ctrl+N"))
        self.addAction(action)
        self.resize(1280, 800)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, _report)


class Delegate(QStyledItemDelegate):
    """Paints rows of the list."""

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.drawText(option.rect, Qt.AlignmentFlag.AlignLeft, str(index.data()))


class Transcript(QAbstractScrollArea):
    """Paints a text."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        document = QTextDocument("Hello", self)
        painter = QPainter(self.viewport())
        document.drawContents(painter)
        painter.end()


def _sidebar() -> QWidget:
    conversations = QListView()
    conversations.setItemDelegate(Delegate(conversations))
    conversations.setModel(QStringListModel([]))
    return _column(QPushButton("New conversation"), QLineEdit(), conversations, QLabel("Ready"))


def _middle() -> QWidget:
    pages = QStackedWidget()
    title = QLabel("What would you like to talk about?")
    title.setAlignment(Qt.AlignmentFlag.AlignCenter)
    pages.addWidget(_column(title))
    pages.addWidget(Transcript())
    header = QWidget()
    line = QHBoxLayout(header)
    models = QToolButton()
    models.setMenu(QMenu(models))
    for widget in (QToolButton(), QLabel("PhiDesk"), models, QToolButton()):
        line.addWidget(widget)
    return _column(header, pages, QPlainTextEdit(), QToolButton(), QLabel("0 of 8,192"))


def _panel() -> QWidget:
    panel = _column(QLabel("Model"), QLabel("Memory"), QLabel("Instructions"), QPlainTextEdit(), QToolButton())
    panel.hide()
    return panel


def _column(*widgets: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    for widget in widgets:
        layout.addWidget(widget)
    return column


def _report() -> None:
    sys.stdout.write(f"{time.monotonic()}\n")
    sys.stdout.flush()
    os._exit(0)


def main() -> None:
    """Show it."""
    application = QApplication(sys.argv)
    application.setStyle("Fusion")
    window = BareWindow()
    window.show()
    application.exec()


if __name__ == "__main__":
    main()
