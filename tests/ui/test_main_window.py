"""The frame: which parts are to be seen at which width, and the keys that work everywhere."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from typing_extensions import override

from phidesk.ui.main_window import MainWindow
from phidesk.ui.sidebar.pages import HELP_PAGE
from phidesk.ui.theme.theme import LARGEST_TEXT_PX, USUAL_TEXT_PX, Theme
from phidesk.ui.widgets.icon_button import IconButton

WIDE, MEDIUM, NARROW = 1140, 860, 660
"""With the usual size of text: room for three parts, for two, for one."""


class Part(QWidget):
    def __init__(self, name: str, width: int) -> None:
        super().__init__()
        self._width = width
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._width, 100)


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> MainWindow:
    window = MainWindow(
        theme, sidebar=Part("sidebar", 272), header=Part("header", 0), page=Part("page", 0), panel=Part("panel", 320)
    )
    qtbot.addWidget(window)
    window.resize(WIDE, 600)
    with qtbot.waitExposed(window):
        window.show()
    return window


def part(window: MainWindow, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    assert found is not None
    return found


def shown(window: MainWindow) -> set[str]:
    return {name for name in ("sidebar", "page", "panel") if part(window, name).isVisible()}


def test_at_first_sidebar_and_conversation_are_shown(window: MainWindow) -> None:
    assert shown(window) == {"sidebar", "page"}


@pytest.mark.parametrize(("width", "expected"), [(WIDE, {"sidebar", "page", "panel"}), (MEDIUM, {"page", "panel"})])
def test_the_panel_takes_the_room_of_the_sidebar_where_both_do_not_fit(
    window: MainWindow, width: int, expected: set[str]
) -> None:
    window.resize(width, 600)

    window.toggle_panel()

    assert shown(window) == expected


def test_showing_the_sidebar_where_both_do_not_fit_hides_the_panel(window: MainWindow) -> None:
    window.resize(MEDIUM, 600)
    window.toggle_panel()

    window.toggle_sidebar()

    assert shown(window) == {"sidebar", "page"}


def test_a_narrow_window_shows_one_part_at_a_time(window: MainWindow) -> None:
    window.resize(NARROW, 600)
    steps = [shown(window)]

    for step in (window.toggle_sidebar, window.show_conversation, window.toggle_panel, window.toggle_panel):
        step()
        steps.append(shown(window))

    assert steps == [{"page"}, {"sidebar"}, {"page"}, {"panel"}, {"page"}]


def test_what_had_no_room_comes_back(window: MainWindow) -> None:
    window.resize(NARROW, 600)

    window.resize(WIDE, 600)

    assert shown(window) == {"sidebar", "page"}


def test_a_hidden_sidebar_stays_hidden(window: MainWindow) -> None:
    window.toggle_sidebar()

    window.resize(NARROW, 600)
    window.resize(WIDE, 600)

    assert shown(window) == {"page"}
    assert not window.wants_sidebar


def test_keys_work_wherever_the_focus_is(qtbot: QtBot, window: MainWindow, theme: Theme) -> None:
    page = part(window, "page")
    window.activateWindow()
    page.setFocus()
    qtbot.waitUntil(page.hasFocus)

    with qtbot.waitSignal(window.new_conversation_requested):
        QTest.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(window.panel_shown, check_params_cb=bool):
        QTest.keyClick(page, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(window.sidebar_shown, check_params_cb=lambda is_shown: not is_shown):
        QTest.keyClick(page, Qt.Key.Key_Backslash, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(window.text_size_changed) as larger:
        QTest.keyClick(page, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)

    assert larger.args == [USUAL_TEXT_PX + 1]
    assert theme.text_size_px == USUAL_TEXT_PX + 1


def test_text_size_keeps_within_its_limits(qtbot: QtBot, window: MainWindow, theme: Theme) -> None:
    theme.set_text_size_px(LARGEST_TEXT_PX)

    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)

    assert theme.text_size_px == LARGEST_TEXT_PX


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_it_is_no_larger_than_the_screen(window: MainWindow) -> None:
    room = window.screen().availableGeometry()
    window.setMinimumSize(room.width() + 100, room.height() + 100)
    window.resize(room.size() * 2)

    window.fit_screen()

    assert window.width() == room.width()
    assert room.height() - 50 < window.height() < room.height()


def test_what_fits_the_screen_keeps_its_size(window: MainWindow) -> None:
    window.resize(500, 600)

    window.fit_screen()

    assert window.size() == QSize(500, 600)


def test_closing_is_told_first(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.closing):
        window.close()

    assert not window.isVisible()


def test_a_page_replaces_the_conversation_and_is_made_once(qtbot: QtBot, window: MainWindow) -> None:
    made: list[Part] = []

    def make() -> Part:
        made.append(Part("models", 0))
        return made[-1]

    window.add_page("models", make)
    window.toggle_panel()
    with qtbot.waitSignal(window.page_shown) as told:
        window.show_page("models")
    window.show_page("models")

    assert told.args == ["models"]
    assert len(made) == 1
    assert made[0].isVisible()
    assert shown(window) == {"sidebar"}


def test_the_conversation_comes_back_with_its_panel(window: MainWindow) -> None:
    window.add_page("models", lambda: Part("models", 0))
    window.toggle_panel()
    window.show_page("models")

    window.show_conversation()

    assert shown(window) == {"sidebar", "page", "panel"}
    assert window.page_name == ""


def test_large_text_wants_more_room_for_the_conversation(window: MainWindow, theme: Theme, qtbot: QtBot) -> None:
    window.resize(MEDIUM - 60, 600)
    assert shown(window) == {"sidebar", "page"}

    theme.set_text_size_px(LARGEST_TEXT_PX)

    qtbot.waitUntil(lambda: shown(window) == {"page"})
    theme.set_text_size_px(USUAL_TEXT_PX)
    qtbot.waitUntil(lambda: shown(window) == {"sidebar", "page"})


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_a_page_without_sidebar_has_a_way_back_to_it(window: MainWindow, width: int) -> None:
    window.add_page("models", lambda: Part("models", 0))
    window.resize(width, 600)
    part(window, "sidebar").setFocus()

    window.show_page("models")
    if width == WIDE:
        window.toggle_sidebar()

    button = part(window, "showSidebarFromPage")
    assert isinstance(button, IconButton)
    assert button.isVisible()
    assert button.hasFocus()
    button.click()
    assert "sidebar" in shown(window)
    assert not button.isVisible()


def test_a_page_beside_the_sidebar_needs_no_way_back(window: MainWindow) -> None:
    window.add_page("models", lambda: Part("models", 0))

    window.show_page("models")

    assert not part(window, "showSidebarFromPage").isVisible()


def test_asking_for_the_panel_on_a_page_goes_to_the_conversation(window: MainWindow) -> None:
    window.add_page("models", lambda: Part("models", 0))
    window.show_page("models")

    window.toggle_panel()

    assert shown(window) == {"sidebar", "page", "panel"}


def test_help_comes_and_goes_by_its_key(window: MainWindow) -> None:
    window.add_page(HELP_PAGE, lambda: Part("help", 0))

    QTest.keyClick(part(window, "page"), Qt.Key.Key_F1)
    name = window.page_name
    QTest.keyClick(part(window, "help"), Qt.Key.Key_F1)

    assert (name, window.page_name) == (HELP_PAGE, "")
