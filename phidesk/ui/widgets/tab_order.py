"""The order in which Tab goes through controls that came and went while the program ran."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def order_tabs_by_layout(widget: QWidget) -> None:
    """Let Tab follow the eye: the order of the layouts inside the widget, not that in which controls were made."""
    for earlier, later in pairwise(_controls(widget)):
        QWidget.setTabOrder(earlier, later)


def _controls(widget: QWidget) -> Iterator[QWidget]:
    layout = widget.layout()
    scrolled = widget.widget() if isinstance(widget, QScrollArea) else None
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield widget
    elif scrolled is not None:
        yield from _controls(scrolled)
    elif layout is not None:
        yield from _controls_of_layout(layout)


def _controls_of_layout(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield from _controls(widget)
        elif inner is not None:
            yield from _controls_of_layout(inner)
