"""A theme for widgets under test, and one language for their figures and dates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from phidesk.ui.theme.theme import Theme


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
