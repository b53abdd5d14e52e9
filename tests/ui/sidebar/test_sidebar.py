"""The sidebar: what stands in it, how it is used without a mouse, that filling it disturbs nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeVar

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy, QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QListView, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.conversation_summary import ConversationSummary
from phidesk.ui.sidebar.conversation_list_model import ConversationListModel
from phidesk.ui.sidebar.sidebar import WIDTH_PX, Sidebar
from phidesk.ui.theme.theme import LARGEST_TEXT_PX, Theme
from phidesk.ui.theme.tokens import LIGHT
from phidesk.ui.widgets.state_line import StateLine, StateTone

Part = TypeVar("Part", bound=QWidget)
TODAY = date(2025, 9, 17)
LONG_TITLE = "Donaudampfschifffahrtsgesellschaftskapitänsmütze und noch mehr"


def summary(name: str, *, days_ago: int = 0, minutes_ago: int = 0) -> ConversationSummary:
    """A conversation whose title is its id with a capital letter."""
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12).astimezone()
    return ConversationSummary(name, name.capitalize(), noon - timedelta(days=days_ago, minutes=minutes_ago))


USUAL = (
    summary("taxes"),
    summary("landlord", minutes_ago=5),
    summary("recipe", days_ago=1),
    summary("contract", days_ago=1, minutes_ago=5),
    summary("menu", days_ago=100),
)
MANY = [summary(f"number {count}", days_ago=count // 20, minutes_ago=count % 20) for count in range(400)]


@pytest.fixture
def sidebar(theme: Theme, english: None, qtbot: QtBot) -> Iterator[Sidebar]:
    """A sidebar with the usual conversations at the side of a page."""
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(800, 720)
    sidebar = Sidebar(theme, page)
    sidebar.resize(sidebar.sizeHint().width(), 720)
    sidebar.set_conversations(USUAL, TODAY)
    page.show()
    page.activateWindow()
    yield sidebar
    page.close()


def part(sidebar: Sidebar, kind: type[Part], name: str) -> Part:
    """Find a part of the sidebar."""
    found = sidebar.findChild(kind, name)
    assert found is not None
    return found


def listed(sidebar: Sidebar) -> QListView:
    """The list of conversations."""
    return part(sidebar, QListView, "conversationList")


def texts(sidebar: Sidebar) -> list[str]:
    """What the rows say, headings included."""
    model = listed(sidebar).model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def row_of(sidebar: Sidebar, text: str) -> QModelIndex:
    """Find the row that says this."""
    return listed(sidebar).model().index(texts(sidebar).index(text), 0)


def selected(sidebar: Sidebar) -> list[str]:
    """Titles of the selected rows."""
    return [str(index.data()) for index in listed(sidebar).selectionModel().selectedIndexes()]


def press(sidebar: Sidebar, *keys: Qt.Key) -> str:
    """Press keys in the list, and return the title under the cursor."""
    view = listed(sidebar)
    view.setFocus(Qt.FocusReason.TabFocusReason)
    for key in keys:
        QTest.keyClick(view, key)
    return str(view.currentIndex().data())


def row_rect(sidebar: Sidebar, text: str) -> QRect:
    """Where a row is, in the sidebar."""
    view = listed(sidebar)
    rect = view.visualRect(row_of(sidebar, text))
    return rect.translated(view.viewport().mapTo(sidebar, QPoint(0, 0)))


def colors_in(image: QImage, rect: QRect) -> set[str]:
    """All colours of a part of a picture."""
    density = image.devicePixelRatio()
    columns = range(int(rect.left() * density), int(rect.right() * density))
    lines = range(int(rect.top() * density), int(rect.bottom() * density))
    return {image.pixelColor(x, y).name().upper() for x in columns for y in lines}


def test_conversations_stand_below_their_dates(sidebar: Sidebar) -> None:
    assert texts(sidebar) == ["Today", "Taxes", "Landlord", "Yesterday", "Recipe", "Contract", "June", "Menu"]


def test_headings_cannot_be_selected_but_are_not_called_unavailable(sidebar: Sidebar) -> None:
    heading = row_of(sidebar, "Yesterday")

    flags = heading.flags()
    assert not flags & Qt.ItemFlag.ItemIsSelectable
    assert flags & Qt.ItemFlag.ItemIsEnabled


def test_screen_readers_hear_dates_titles_and_answers_being_written(sidebar: Sidebar) -> None:
    sidebar.set_writing(frozenset({"recipe"}))

    interface = QAccessible.queryAccessibleInterface(listed(sidebar))
    names = [interface.child(row).text(QAccessible.Text.Name) for row in range(len(texts(sidebar)))]
    group = interface.child(4).text(QAccessible.Text.Description)

    assert interface.role() is QAccessible.Role.List
    assert interface.text(QAccessible.Text.Name) == "Conversations"
    assert names[0] == "Today, 2 conversations"
    assert names[1] == "Taxes"
    assert names[4] == "Recipe, is being answered"
    assert group == "Yesterday"


def test_an_unseen_answer_is_marked_and_said(sidebar: Sidebar) -> None:
    unread = [replace(it, is_unread=it.id == "recipe") for it in USUAL]
    sidebar.set_conversations(unread, TODAY)

    picture = sidebar.grab().toImage()
    interface = QAccessible.queryAccessibleInterface(listed(sidebar))
    assert LIGHT.accent in colors_in(picture, row_rect(sidebar, "Recipe"))
    assert LIGHT.accent not in colors_in(picture, row_rect(sidebar, "Taxes"))
    assert interface.child(4).text(QAccessible.Text.Name) == "Recipe, with an answer that you have not seen"

    sidebar.set_writing(frozenset({"recipe"}))
    assert interface.child(4).text(QAccessible.Text.Name) == "Recipe, is being answered"


def test_the_open_conversation_is_marked_and_said(sidebar: Sidebar) -> None:
    sidebar.set_current("landlord")

    picture = sidebar.grab().toImage()
    colors = colors_in(picture, row_rect(sidebar, "Landlord"))
    assert {LIGHT.accent, LIGHT.accent_soft} <= colors
    assert LIGHT.accent_soft not in colors_in(picture, row_rect(sidebar, "Recipe"))
    item = QAccessible.queryAccessibleInterface(listed(sidebar)).child(2)
    assert item.state().selected


def test_none_is_marked_before_the_first_message(sidebar: Sidebar) -> None:
    sidebar.set_current("landlord")
    sidebar.set_current(None)

    assert selected(sidebar) == []


def test_a_click_asks_for_the_conversation_and_marks_nothing_by_itself(sidebar: Sidebar, qtbot: QtBot) -> None:
    view = listed(sidebar)
    place = view.visualRect(row_of(sidebar, "Recipe")).center()

    with qtbot.waitSignal(sidebar.conversation_requested) as asked:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert asked.args == ["recipe"]
    assert selected(sidebar) == []


def test_a_click_on_a_heading_asks_for_nothing(sidebar: Sidebar) -> None:
    asked = QSignalSpy(sidebar.conversation_requested)
    view = listed(sidebar)
    place = view.visualRect(row_of(sidebar, "Yesterday")).center()

    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert asked.count() == 0


def test_keys_step_over_headings(sidebar: Sidebar) -> None:
    down, up, home, end = Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home, Qt.Key.Key_End

    assert press(sidebar, home) == "Taxes"
    assert press(sidebar, down, down) == "Recipe"
    assert press(sidebar, up) == "Landlord"
    assert press(sidebar, up, up, up) == "Taxes"
    assert press(sidebar, end) == "Menu"
    assert press(sidebar, down) == "Menu"
    assert press(sidebar, Qt.Key.Key_PageUp) == "Taxes"
    assert press(sidebar, Qt.Key.Key_PageDown) == "Menu"


def test_letters_do_not_lead_to_headings(sidebar: Sidebar) -> None:
    press(sidebar, Qt.Key.Key_Home)

    assert press(sidebar, Qt.Key.Key_Y) == "Taxes"


def test_keys_move_the_cursor_only_and_enter_opens(sidebar: Sidebar, qtbot: QtBot) -> None:
    asked = QSignalSpy(sidebar.conversation_requested)
    sidebar.set_current("taxes")

    press(sidebar, Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert asked.count() == 0
    assert selected(sidebar) == ["Taxes"]
    press(sidebar, Qt.Key.Key_Return)

    assert asked.count() == 1
    assert asked.at(0) == ["recipe"]


def test_the_focus_is_visible(sidebar: Sidebar, qtbot: QtBot) -> None:
    press(sidebar, Qt.Key.Key_Home, Qt.Key.Key_Down)
    qtbot.waitUntil(listed(sidebar).hasFocus)

    picture = sidebar.grab().toImage()

    assert LIGHT.accent in colors_in(picture, row_rect(sidebar, "Landlord"))
    assert LIGHT.accent not in colors_in(picture, row_rect(sidebar, "Taxes"))


def test_filling_and_marking_emits_nothing(sidebar: Sidebar) -> None:
    spies = [QSignalSpy(sidebar.conversation_requested), QSignalSpy(sidebar.new_conversation_requested)]

    sidebar.set_conversations(USUAL[1:], TODAY)
    sidebar.set_current("recipe")
    sidebar.set_writing(frozenset({"recipe"}))
    sidebar.set_conversations(USUAL, TODAY)

    assert [spy.count() for spy in spies] == [0, 0]


def test_new_rows_leave_mark_and_cursor_where_they_are(sidebar: Sidebar) -> None:
    sidebar.set_current("recipe")
    press(sidebar, Qt.Key.Key_End)

    sidebar.set_conversations([summary("new", minutes_ago=-5), *USUAL], TODAY)
    assert selected(sidebar) == ["Recipe"]
    assert press(sidebar) == "Menu"
    sidebar.set_conversations([summary("menu", minutes_ago=-9), *USUAL[:4]], TODAY)

    assert selected(sidebar) == ["Recipe"]
    assert press(sidebar) == "Menu"
    assert texts(sidebar)[1] == "Menu"


def test_new_rows_above_do_not_move_what_is_seen(sidebar: Sidebar) -> None:
    sidebar.set_conversations(MANY, TODAY)
    view = listed(sidebar)
    view.verticalScrollBar().setValue(2000)
    place = QPoint(40, view.viewport().height() // 2)
    seen, top = view.indexAt(place).data(), view.visualRect(view.indexAt(place)).top()

    sidebar.set_conversations([summary("new", minutes_ago=-5), *MANY], TODAY)

    assert view.indexAt(place).data() == seen
    assert view.visualRect(view.indexAt(place)).top() == top


def test_at_the_top_new_conversations_are_seen(sidebar: Sidebar) -> None:
    sidebar.set_conversations(MANY, TODAY)
    sidebar.set_current("number 300")
    listed(sidebar).verticalScrollBar().setValue(0)

    sidebar.set_conversations([summary("new", minutes_ago=-5), *MANY], TODAY)

    assert listed(sidebar).verticalScrollBar().value() == 0
    assert listed(sidebar).indexAt(QPoint(40, 50)).data() == "New"


def test_another_open_conversation_is_brought_into_sight(sidebar: Sidebar) -> None:
    sidebar.set_conversations(MANY, TODAY)
    view = listed(sidebar)

    sidebar.set_current("number 300")

    assert view.viewport().rect().contains(view.visualRect(row_of(sidebar, "Number 300")))


def test_typing_filters_titles_by_all_words_in_any_case(sidebar: Sidebar) -> None:
    field = part(sidebar, QLineEdit, "sidebarSearch")

    QTest.keyClicks(field, "AC tr")
    assert texts(sidebar) == ["Yesterday", "Contract"]
    QTest.keyClick(field, Qt.Key.Key_Escape)

    assert field.text() == ""
    assert len(texts(sidebar)) == 8


def test_the_mark_comes_back_with_its_conversation(sidebar: Sidebar) -> None:
    field = part(sidebar, QLineEdit, "sidebarSearch")
    sidebar.set_current("taxes")

    field.setText("menu")
    assert selected(sidebar) == []
    field.clear()

    assert selected(sidebar) == ["Taxes"]


def test_the_search_leads_on_to_what_was_found(sidebar: Sidebar, qtbot: QtBot) -> None:
    field = part(sidebar, QLineEdit, "sidebarSearch")
    field.setFocus()
    field.setText("c")

    with qtbot.waitSignal(sidebar.conversation_requested) as asked:
        QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, Qt.Key.Key_Down)

    assert asked.args == ["recipe"]
    qtbot.waitUntil(listed(sidebar).hasFocus)
    assert listed(sidebar).currentIndex().data() == "Recipe"


def test_nothing_found_and_nothing_there_are_said(sidebar: Sidebar) -> None:
    words = part(sidebar, QLabel, "nothingShown")
    assert words.isHidden()

    part(sidebar, QLineEdit, "sidebarSearch").setText("zebra")
    assert "“zebra”" in words.text()
    assert not words.isHidden()
    sidebar.set_conversations([], TODAY)

    assert words.text() == "Your conversations will appear here."
    assert listed(sidebar).isHidden()


def test_buttons_ask_and_name_their_keys(sidebar: Sidebar, qtbot: QtBot) -> None:
    new, hide = (part(sidebar, QAbstractButton, name) for name in ("newConversation", "hideSidebar"))

    with qtbot.waitSignal(sidebar.new_conversation_requested):
        QTest.keyClick(new, Qt.Key.Key_Space)
    with qtbot.waitSignal(sidebar.hide_requested):
        QTest.mouseClick(hide, Qt.MouseButton.LeftButton)

    assert new.toolTip() == "New conversation (Ctrl+N)"
    assert hide.toolTip() == "Hide the sidebar (Ctrl+\\)"
    assert hide.accessibleName() == "Hide the sidebar"


def test_tab_follows_the_eye(sidebar: Sidebar, qtbot: QtBot) -> None:
    order = ["newConversation", "hideSidebar", "sidebarSearch", "conversationList"]
    part(sidebar, QAbstractButton, order[0]).setFocus()

    for name in order[1:]:
        QTest.keyClick(sidebar, Qt.Key.Key_Tab)
        qtbot.waitUntil(part(sidebar, QWidget, name).hasFocus)

    assert listed(sidebar).currentIndex().data() == "Taxes"


def test_the_engines_state_is_said_in_words(sidebar: Sidebar) -> None:
    sidebar.set_engine_state("Phi-4-mini is ready", StateTone.READY, detail="3.9 GB")
    words = part(sidebar, QLabel, "stateWords")
    assert words.text() == "Phi-4-mini is ready"
    assert part(sidebar, QLabel, "stateDetail").text() == "3.9 GB"
    sidebar.set_engine_state("No engine", StateTone.PROBLEM)

    assert part(sidebar, QLabel, "stateDetail").isHidden()


def test_each_state_has_a_shape_of_its_own(theme: Theme, qtbot: QtBot) -> None:
    line = StateLine(theme)
    qtbot.addWidget(line)
    line.resize(200, 24)

    def painted(tone: StateTone) -> frozenset[tuple[int, int]]:
        line.show_state("", tone)
        image = line.grab(QRect(0, 0, 14, 24)).toImage()
        ground = image.pixelColor(0, 0)
        points = ((x, y) for x in range(image.width()) for y in range(image.height()))
        return frozenset(point for point in points if image.pixelColor(*point) != ground)

    shapes = [painted(tone) for tone in StateTone]

    assert all(shapes)
    assert len(set(shapes)) == len(StateTone)


def test_long_titles_are_cut_and_stand_whole_in_the_tip(sidebar: Sidebar) -> None:
    sidebar.set_conversations([ConversationSummary("long", LONG_TITLE, USUAL[0].updated_at)], TODAY)

    assert row_of(sidebar, LONG_TITLE).data(Qt.ItemDataRole.ToolTipRole) == LONG_TITLE
    assert sidebar.width() == WIDTH_PX


def test_large_text_widens_it_and_cuts_no_control(sidebar: Sidebar, theme: Theme) -> None:
    theme.set_text_size_px(LARGEST_TEXT_PX)
    sidebar.resize(sidebar.sizeHint().width(), 720)

    new = part(sidebar, QAbstractButton, "newConversation")
    assert sidebar.sizeHint().width() > WIDTH_PX
    assert new.width() >= new.sizeHint().width()
    view = listed(sidebar)
    assert view.visualRect(row_of(sidebar, "Taxes")).height() >= view.fontMetrics().height()


def test_right_to_left_mirrors_rows(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    sidebar.set_current("taxes")
    qtbot.waitUntil(lambda: listed(sidebar).x() == 0)

    picture = sidebar.grab().toImage()
    rect = row_rect(sidebar, "Taxes")

    assert rect.right() + 1 == sidebar.width() - 12
    assert LIGHT.accent in colors_in(picture, QRect(rect.right() - 3, rect.top(), 4, rect.height()))


def test_the_model_keeps_its_promises_to_views(qtbot: QtBot) -> None:
    model = ConversationListModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)

    stages: list[Sequence[ConversationSummary]] = [USUAL, USUAL[1:], USUAL, MANY, USUAL[2:3], [], USUAL[:2]]
    for conversations in stages:
        model.set_conversations(conversations, TODAY)
        shown = [model.index(row).data(ConversationListModel.ID_ROLE) for row in range(model.rowCount())]
        assert {conversation.id for conversation in conversations} == set(shown) - {None}
    model.set_filter("tax")

    assert model.index_of("taxes").row() == 1
    assert not model.index_of("landlord").isValid()


def test_rows_that_stay_are_not_touched(qtbot: QtBot) -> None:
    model = ConversationListModel()
    model.set_conversations(MANY, TODAY)
    removed, inserted = QSignalSpy(model.rowsRemoved), QSignalSpy(model.rowsInserted)
    selection = QItemSelectionModel(model)
    selection.select(model.index_of("number 7"), QItemSelectionModel.SelectionFlag.Select)

    model.set_conversations([summary("new", minutes_ago=-5), *MANY], TODAY)

    assert [spy.count() for spy in (removed, inserted)] == [1, 1]
    assert inserted.at(0)[1:] == [0, 1]
    assert [index.data() for index in selection.selectedIndexes()] == ["Number 7"]
