"""A theme for widgets under test, one language for their figures and dates, and patience."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from typing_extensions import override

from phidesk.ui.theme.theme import Theme

PATIENCE_MS = 30_000


class PatientBot(QtBot):
    """Waits as long as a computer needs that has much else to do."""

    @override
    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """As pytest-qt's, with our patience."""
    return PatientBot(request)


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """A light theme; the application is undressed afterwards."""
    theme = Theme(qapp, "light")
    yield theme
    qapp.setStyleSheet("")
    theme.deleteLater()


@pytest.fixture
def english() -> Iterator[None]:
    """Figures and dates as in the United States."""
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    yield
    QLocale.setDefault(before)


@pytest.fixture(scope="session", autouse=True)
def _clipboard_is_emptied(qapp: QApplication) -> Iterator[None]:
    """Take what was copied out again: the offscreen platform would let go of it after Python, and crash."""
    yield
    QGuiApplication.clipboard().clear()
