"""The line of a fact."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.fact_row import FactRow


@pytest.fixture
def row(theme: Theme, qtbot: QtBot) -> Iterator[FactRow]:
    """A long fact on a page, with room enough."""
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(600, 200)
    row = FactRow("Grafikkartenspeicher", page)
    row.set_value("51 % on the graphics card")
    row.resize(500, 80)
    page.show()
    yield row
    page.close()


def value_label(row: FactRow) -> QLabel:
    """The label of the value."""
    found = row.findChild(QLabel, "factValue")
    assert found is not None
    return found


def test_name_and_value_stand_at_the_two_ends(row: FactRow) -> None:
    value = value_label(row)

    assert value.geometry().right() + 1 == row.width()
    assert value.width() < row.width() / 2
    assert value.accessibleName() == "Grafikkartenspeicher: 51 % on the graphics card"


def test_right_to_left_changes_the_ends(row: FactRow, qtbot: QtBot) -> None:
    row.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    qtbot.waitUntil(lambda: value_label(row).x() == 0)


def test_a_long_fact_takes_two_lines_and_needs_no_wider_place(row: FactRow, qtbot: QtBot) -> None:
    row.resize(200, 80)

    qtbot.waitUntil(lambda: value_label(row).x() == 0)
    assert value_label(row).y() > 0
    assert row.heightForWidth(200) >= 2 * row.fontMetrics().height()
    assert row.minimumSizeHint().width() == 0


def test_with_room_again_it_is_one_line(row: FactRow, qtbot: QtBot) -> None:
    row.resize(200, 80)
    qtbot.waitUntil(lambda: value_label(row).x() == 0)

    row.resize(500, 80)

    qtbot.waitUntil(lambda: value_label(row).x() > 0)
    assert value_label(row).geometry().right() + 1 == row.width()


def test_from_right_to_left_wrapped_latin_text_stands_at_the_right(row: FactRow, qtbot: QtBot) -> None:
    row.resize(200, 120)
    row.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    qtbot.waitUntil(lambda: value_label(row).y() > 0)

    picture = value_label(row).grab().toImage()
    ground = picture.pixelColor(0, 0)
    columns = range(picture.width())
    inked = [x for x in columns if any(picture.pixelColor(x, y) != ground for y in range(picture.height()))]
    assert inked[-1] >= picture.width() - 4
