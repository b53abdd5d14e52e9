"""A theme for widgets under test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from phidesk.ui.theme.theme import Theme


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """A light theme; the application is undressed afterwards."""
    theme = Theme(qapp, "light")
    yield theme
    qapp.setStyleSheet("")
    theme.deleteLater()
