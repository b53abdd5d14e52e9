"""The context menu: groups of entries from several sources, for the place that was clicked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from phidesk.richtext.blocks import BlockKind
from phidesk.ui.chat.message_geometry import place_block
from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace
from phidesk.ui.chat.transcript_view import TranscriptView
from tests.ui.chat.transcript_samples import make_view, model, person, text_point

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # The offscreen platform, about every popup.


class Source:
    """Answers with the same entries everywhere and remembers where it was asked."""

    def __init__(self, *entries: MenuEntry) -> None:
        self.places: list[MenuPlace] = []
        self._entries = entries

    def __call__(self, place: MenuPlace) -> Sequence[MenuEntry]:
        self.places.append(place)
        return self._entries


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[TranscriptView]:
    shown = make_view(qtbot)
    shown.show_messages(
        [
            person("p", "A question"),
            model(
                "m",
                "See [there](https://a.example) and $x^2$.\n\n| a | b |\n|:-:|---|\n| one | $y$ |\n\n```\ncode\n```",
            ),
        ]
    )
    yield shown
    for menu in shown.findChildren(QMenu, "transcript_menu"):
        menu.close()


def open_menu(
    view: TranscriptView, point: QPoint, reason: QContextMenuEvent.Reason = QContextMenuEvent.Reason.Mouse
) -> None:
    QApplication.sendEvent(view.viewport(), QContextMenuEvent(reason, point, view.viewport().mapToGlobal(point)))


def shown_menu(view: TranscriptView) -> QMenu:
    menus = [menu for menu in view.findChildren(QMenu, "transcript_menu") if menu.isVisible()]
    assert len(menus) == 1
    return menus[0]


def span_point(view: TranscriptView, block: int, offset: int) -> QPoint:
    return text_point(view, 1, block, offset) + QPoint(4, 0)


def test_each_source_makes_a_group(view: TranscriptView) -> None:
    view.menu.add_source(Source(MenuEntry("again", "Again"), MenuEntry("edit", "Edit", is_enabled=False)))

    open_menu(view, text_point(view, 1, 0, 0))

    actions = shown_menu(view).actions()
    separator = max(index for index, action in enumerate(actions) if action.isSeparator())
    assert [action.objectName() for action in actions[separator + 1 :]] == ["again", "edit"]
    assert [action.isEnabled() for action in actions[separator + 1 :]] == [True, False]


def test_chosen_entry_does_its_work(view: TranscriptView) -> None:
    done: list[str] = []
    view.menu.add_source(
        Source(
            MenuEntry("again", "Again", lambda: done.append("again")),
            MenuEntry(
                "with",
                "With another model",
                entries=[MenuEntry("phi", "Phi", lambda: done.append("phi"), is_checked=True)],
            ),
        )
    )

    open_menu(view, text_point(view, 1, 0, 0))
    menu = shown_menu(view)
    again, phi = menu.findChild(QAction, "again"), menu.findChild(QAction, "phi")
    assert again is not None
    assert phi is not None
    was_checked = phi.isChecked()
    again.trigger()
    phi.trigger()

    assert was_checked
    assert done == ["again", "phi"]


def test_place_tells_message_block_and_link(view: TranscriptView) -> None:
    source = Source()
    view.menu.add_source(source)

    open_menu(view, span_point(view, 0, 5))
    open_menu(view, text_point(view, 0, 0, 3))

    link, question = source.places
    assert (link.message, link.key, link.block) == (1, "m", 0)
    assert link.span is not None
    assert link.span.link == "https://a.example"
    assert (question.message, question.key) == (0, "p")
    assert question.blocks[0].text == "A question"


def test_place_tells_the_formula_whichever_half_is_clicked(view: TranscriptView) -> None:
    source = Source()
    view.menu.add_source(source)
    placed = place_block(view.content, 1, 0, view.column_left)
    assert placed.document is not None
    start = len("See there and ")
    left, right = (text_point(view, 1, 0, offset).x() for offset in (start, start + 1))

    for x in (left + 2, right - 2):
        open_menu(view, QPoint(x, text_point(view, 1, 0, 0).y()))

    assert [place.span.text for place in source.places if place.span is not None] == ["$x^2$", "$x^2$"]


def test_place_tells_the_cell_of_a_table(view: TranscriptView) -> None:
    source = Source()
    view.menu.add_source(source)
    placed = place_block(view.content, 1, 1, view.column_left)
    assert placed.document is not None
    rect = placed.document.documentLayout().blockBoundingRect(placed.document.find("one").block())
    line = placed.document.find("one").block().layout().lineAt(0)
    point = placed.text_origin - QPoint(0, view.scroll_y)
    point += QPoint(round(rect.x() + line.naturalTextRect().center().x()), round(rect.center().y()))

    open_menu(view, point)

    (place,) = source.places
    assert place.blocks[0].kind is BlockKind.TABLE
    assert place.span is not None
    assert place.span.text == "one"


def test_place_beside_all_text_is_that_of_the_message(view: TranscriptView) -> None:
    source = Source()
    view.menu.add_source(source)

    open_menu(view, QPoint(view.column_left + 2, text_point(view, 0, 0, 0).y()))

    assert [(place.message, place.block, place.span) for place in source.places] == [(0, None, None)]


def test_pieces_of_a_long_listing_come_together(view: TranscriptView) -> None:
    source = Source()
    view.menu.add_source(source)
    view.show_messages([model("m", "```\n" + "line\n" * 350 + "```")])

    open_menu(view, text_point(view, 0, 3, 1))

    assert source.places[0].block == 3
    assert sum(block.text.count("line") for block in source.places[0].blocks) == 350


def test_keyboard_asks_for_the_menu_of_the_message_it_means(view: TranscriptView) -> None:
    source = Source()
    view.menu.add_source(source)
    view.select_message("p")

    open_menu(view, QPoint(1, 1), QContextMenuEvent.Reason.Keyboard)

    assert [(place.point, place.key) for place in source.places] == [(None, "p")]


def test_keyboard_asks_for_the_menu_of_the_formula_that_is_selected(view: TranscriptView) -> None:
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=text_point(view, 1, 0, 14))
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)

    open_menu(view, QPoint(1, 1), QContextMenuEvent.Reason.Keyboard)

    assert "copy_formula" in [action.objectName() for action in shown_menu(view).actions()]


def test_keyboard_asks_for_the_menu_of_the_table_with_the_caret(view: TranscriptView) -> None:
    table = place_block(view.content, 1, 1, view.column_left).rect.translated(0, -view.scroll_y)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=table.center())

    open_menu(view, QPoint(1, 1), QContextMenuEvent.Reason.Keyboard)

    assert "copy_table" in [action.objectName() for action in shown_menu(view).actions()]


def test_a_menu_by_keyboard_is_about_the_message_with_the_cursor(view: TranscriptView) -> None:
    source = Source()
    view.menu.add_source(source)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=text_point(view, 0, 0, 3))
    QTest.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)

    open_menu(view, QPoint(1, 1), QContextMenuEvent.Reason.Keyboard)

    assert [(place.key, place.block) for place in source.places] == [("m", 0)]
