"""The frame: sidebar, middle and panel side by side, and the keys that work everywhere. Knows no service."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.ui.shortcuts import Shortcut, shortcut_words
from phidesk.ui.sidebar.pages import HELP_PAGE
from phidesk.ui.theme.theme import USUAL_TEXT_PX, Theme
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.key_tip import key_tip
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to

SMALLEST_WIDTH_PX, SMALLEST_HEIGHT_PX = 420, 420
USUAL_WIDTH_PX, USUAL_HEIGHT_PX = 1280, 800
_TITLE_BAR_PX = 40
"""What systems put around a window, at most; they say it only when it is shown."""
_LEAST_MIDDLE_PX, _LEAST_MIDDLE_EMS = 440, 20
"""Where the conversation would be narrower than this, fewer parts are shown beside it, or one at a time."""
TEXT_STEP_PX = 1


class MainWindow(QWidget):
    """Arranges the parts. What the person hid stays hidden; what had no room comes back when there is some.

    Signals:
        new_conversation_requested: by keyboard.
        text_size_changed: the size of body text in pixels that the person chose.
        sidebar_shown, panel_shown: whether that part is to be seen from now on.
        page_shown: the name of the page that replaces the conversation; empty for the conversation.
        painted: for the first time, and the event loop is free again: what is slow to load may begin.
        completed: what is behind the parts of the first paint is there too (`complete`).
        closing: the window is about to close; what is not saved yet must be handed over.
    """

    new_conversation_requested = Signal()
    text_size_changed = Signal(int)
    sidebar_shown = Signal(bool)
    panel_shown = Signal(bool)
    page_shown = Signal(str)
    painted = Signal()
    completed = Signal()
    closing = Signal()

    def __init__(
        self,
        theme: Theme,
        *,
        sidebar: QWidget,
        header: QWidget,
        page: QWidget,
        panel: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sidebar = sidebar
        self._panel = panel
        self._middle = QStackedWidget()
        self._make_page: dict[str, Callable[[], QWidget]] = {}
        self._pages: dict[str, QWidget] = {}
        self._ways_back: list[QWidget] = []
        self._page_name = ""
        self._sidebar_line, self._panel_line = _line(), _line()
        self._wants_sidebar = True
        self._wants_panel = False
        self._front: QWidget = self._middle
        self._is_painted = False
        self.setObjectName("mainWindow")
        self.setWindowTitle("PhiDesk")
        self.setMinimumSize(SMALLEST_WIDTH_PX, SMALLEST_HEIGHT_PX)
        self.resize(USUAL_WIDTH_PX, USUAL_HEIGHT_PX)
        self._lay_out(header, page)
        self._add_actions()
        self._arrange()
        theme.changed.connect(self._on_theme_changed)

    def fit_screen(self) -> None:
        """Be no larger than the screen has room for: magnified to 300 %, few are as large as the usual window."""
        room = self.screen().availableSize() - QSize(0, _TITLE_BAR_PX)
        self.setMinimumSize(self.minimumSize().boundedTo(room))
        self.resize(self.size().boundedTo(room))

    @property
    def wants_sidebar(self) -> bool:
        """Whether the sidebar is shown where there is room."""
        return self._wants_sidebar

    @property
    def wants_panel(self) -> bool:
        """Whether the panel is shown where there is room."""
        return self._wants_panel

    def set_parts(self, *, wants_sidebar: bool, wants_panel: bool) -> None:
        """Show the parts as they were left last time."""
        self._wants_sidebar = wants_sidebar
        self._wants_panel = wants_panel
        self._arrange()

    def take_page(self, page: QWidget) -> None:
        """Let the page stand where its part of the first paint stood, which it holds since it was made."""
        self._column.addWidget(page, 1)
        page.show()  # at once, not when the event loop comes to it: nothing blinks

    def take_panel(self, panel: QWidget) -> None:
        """Let the panel stand where that of the first paint stands, and tell whether it is shown."""
        self._panel.setParent(None)
        if panel is not self._panel:
            self._panel.deleteLater()
            self._panel = panel
        self._row.addWidget(panel)  # what comes into a window comes last by Tab
        self._arrange()
        self.panel_shown.emit(not panel.isHidden())

    @property
    def page_name(self) -> str:
        """The page that is shown instead of the conversation; empty for the conversation."""
        return self._page_name

    def add_page(self, name: str, make: Callable[[], QWidget]) -> None:
        """Offer a page that replaces the conversation; it is made when it is first shown."""
        self._make_page[name] = make

    def show_page(self, name: str) -> None:
        """Show a page instead of the conversation; the sidebar stays, the panel is hidden meanwhile."""
        if name not in self._pages:
            self._pages[name] = self._with_way_back(self._make_page[name]())
            self._middle.addWidget(self._pages[name])
        self._show_in_middle(name, self._pages[name])

    def show_conversation(self) -> None:
        """Bring the conversation to the front, instead of a page, or where only one part has room."""
        self._show_in_middle("", self._conversation)

    def toggle_sidebar(self) -> None:
        """Show the sidebar, or hide it."""
        self._toggle(self._sidebar)

    def show_panel(self) -> None:
        """Show the panel, if it is hidden."""
        if self._panel.isHidden():
            self.toggle_panel()

    def toggle_panel(self) -> None:
        """Show the panel, or hide it."""
        self._toggle(self._panel)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.painted.emit)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    def _lay_out(self, header: QWidget, page: QWidget) -> None:
        self._conversation = QWidget()
        self._column = QVBoxLayout(self._conversation)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(header)
        self._column.addWidget(page, 1)
        self._middle.addWidget(self._conversation)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        for widget in (self._sidebar, self._sidebar_line, self._middle, self._panel_line, self._panel):
            self._row.addWidget(widget, 1 if widget is self._middle else 0)

    def _with_way_back(self, page: QWidget) -> QWidget:
        """Put a line above the page that shows the sidebar; it is there only while the sidebar is not."""
        way_back = QWidget()
        button = IconButton(self._theme, "panel-left", self.tr("Show the sidebar"))
        button.setObjectName("showSidebarFromPage")
        button.setToolTip(key_tip(self.tr("Show the sidebar"), Shortcut.SIDEBAR))
        button.clicked.connect(self.toggle_sidebar)
        row = QHBoxLayout(way_back)
        row.setContentsMargins(*_WAY_BACK_MARGINS_PX)
        row.addWidget(button)
        row.addStretch(1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(way_back)
        column.addWidget(page, 1)
        self._ways_back.append(way_back)
        return whole

    def _add_actions(self) -> None:
        self._add_action("newConversation", Shortcut.NEW_CONVERSATION, self.new_conversation_requested.emit)
        self._add_action("toggleSidebar", Shortcut.SIDEBAR, self.toggle_sidebar)
        self._add_action("togglePanel", Shortcut.PANEL, self.toggle_panel)
        self._add_action("largerText", Shortcut.LARGER_TEXT, self._on_larger_text)
        self._add_action("smallerText", Shortcut.SMALLER_TEXT, self._on_smaller_text)
        self._add_action("usualText", Shortcut.USUAL_TEXT, self._on_usual_text)
        self._add_action("help", Shortcut.HELP, self._on_help)
        self._add_action("quit", Shortcut.QUIT, self.close)

    def _add_action(self, name: str, shortcut: Shortcut, receive: Callable[[], object]) -> None:
        action = QAction(shortcut_words()[shortcut], self)
        action.setObjectName(name)
        action.setShortcuts(shortcut.sequences)
        action.triggered.connect(receive)
        self.addAction(action)

    def _show_in_middle(self, name: str, page: QWidget) -> None:
        self._front = self._middle
        self._middle.setCurrentWidget(page)
        has_changed = name != self._page_name
        self._page_name = name
        self._arrange()
        if has_changed:
            self.page_shown.emit(name)

    def _toggle(self, part: QWidget) -> None:
        if part is self._panel and self._page_name:
            self._wants_panel = True
            self.show_conversation()
            return
        shows = part.isHidden()
        if not self._has_room_beside(part):
            self._front = part if shows else self._middle
        if part is self._sidebar:
            self._wants_sidebar = shows
            has_room_for_both = self._has_room_beside(self._sidebar, self._panel)
            self._wants_panel = self._wants_panel and (has_room_for_both or not shows)
        else:
            self._wants_panel = shows
        self._arrange()

    def _arrange(self) -> None:
        has_panel = self._wants_panel and not self._page_name
        if not self._has_room_beside(self._panel if has_panel else self._sidebar):
            shown: set[QWidget] = {self._front}
        else:
            self._front = self._middle
            has_room_for_both = not has_panel or self._has_room_beside(self._sidebar, self._panel)
            shown = {self._middle}
            shown |= {self._panel} if has_panel else set()
            shown |= {self._sidebar} if self._wants_sidebar and has_room_for_both else set()
        for way_back in self._ways_back:
            way_back.setVisible(self._sidebar not in shown)
        self._middle.setHidden(self._middle not in shown)
        if self._page_name and self._sidebar not in shown and is_keyboard_at(self._sidebar):
            move_keyboard_to(*self._pages[self._page_name].findChildren(IconButton, "showSidebarFromPage"))
        self._show_part(self._sidebar, self._sidebar_line, shown)
        self._show_part(self._panel, self._panel_line, shown)

    def _has_room_beside(self, *parts: QWidget) -> bool:
        """Whether the conversation stays wide enough with these parts at its sides."""
        least_px = max(_LEAST_MIDDLE_PX, _LEAST_MIDDLE_EMS * self._theme.text_size_px)
        return self.width() >= least_px + sum(part.sizeHint().width() for part in parts)

    def _show_part(self, part: QWidget, line: QWidget, shown: set[QWidget]) -> None:
        is_alone = shown == {part}
        if part in shown:
            part.setMaximumWidth(_NO_LIMIT_PX if is_alone else part.sizeHint().width())
        line.setHidden(part not in shown or is_alone)
        if part.isHidden() != (part not in shown):
            part.setHidden(part not in shown)
            signal = self.sidebar_shown if part is self._sidebar else self.panel_shown
            signal.emit(part in shown)

    def _on_theme_changed(self) -> None:
        QTimer.singleShot(0, self, self._arrange)  # when the parts know how wide they are now

    def _on_help(self) -> None:
        """Show the keys, or what was there before."""
        if self._page_name == HELP_PAGE:
            self.show_conversation()
        elif HELP_PAGE in self._make_page:
            self.show_page(HELP_PAGE)

    def _on_larger_text(self) -> None:
        self._set_text_size(self._theme.text_size_px + TEXT_STEP_PX)

    def _on_smaller_text(self) -> None:
        self._set_text_size(self._theme.text_size_px - TEXT_STEP_PX)

    def _on_usual_text(self) -> None:
        self._set_text_size(USUAL_TEXT_PX)

    def _set_text_size(self, pixels: int) -> None:
        self._theme.set_text_size_px(pixels)
        self.text_size_changed.emit(self._theme.text_size_px)


_WAY_BACK_MARGINS_PX = (24, 8, 24, 0)
"""As the line above a conversation has them, but that the page brings its own room below."""
_NO_LIMIT_PX = 16_777_215
"""QWIDGETSIZE_MAX, which PySide6 does not export."""


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("panel", "line")
    line.setFixedWidth(1)
    return line
