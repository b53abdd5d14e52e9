"""One tool in the list: what it is, what it takes, whether it is on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from phidesk.core.tool_draft import ToolDraft
from phidesk.engine.protocol import TokenCount
from phidesk.ui.models.card_frame import BUTTON_GAP_PX, CardFrame
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tool_titles import TOOL_ICON
from phidesk.ui.tools.tool_words import CountedToolWords, action_text, cost_text
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.icon_choice import known_icon
from phidesk.ui.widgets.keyboard_place import move_keyboard_to
from phidesk.ui.widgets.plain_tip import set_plain_tip
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_ICON_GAP_PX = 4


class ToolCard(CardFrame):
    """Knows one tool of the person, made already or half typed."""

    open_requested = Signal(str)
    enabled_changed = Signal(str, bool)
    """The person switched it."""
    export_requested = Signal(str)
    delete_requested = Signal(str)
    """All carry the id of the tool."""

    def __init__(self, theme: Theme, tool_id: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.tool_id = tool_id
        self._icon_name = TOOL_ICON
        self._facts_words = ""
        self._cost: TokenCount | None = None
        self.setObjectName("toolCard")
        self._about = make_wrapped_label("toolAbout")
        self._facts = make_wrapped_label("toolFacts", tone="muted", step="small")
        self._unsaved = make_wrapped_label("toolUnsaved", tone="warning", step="small")
        self._icon = QLabel()
        self._icon.setObjectName("toolIcon")
        self.title_row.insertWidget(0, self._icon)
        self.title_row.insertSpacing(1, _ICON_GAP_PX)
        self._enabled = CheckLine(theme, self.tr("On"))
        self._enabled.setObjectName("toolEnabled")
        self.title_row.addWidget(self._enabled)
        self._buttons = ButtonRow()
        self._open = self._buttons.add_button("openTool", self.tr("Change"))
        self._export = self._buttons.add_button("exportTool", self.tr("Export…"), kind="quiet")
        self._delete = self._buttons.add_button("deleteTool", self.tr("Delete"), kind="quiet")
        for line in (self._about, self._facts, self._unsaved):
            self.lines.addWidget(line)
        self.lines.addSpacing(BUTTON_GAP_PX)
        self.lines.addWidget(self._buttons)
        self._connect()

    def show_tool(self, draft: ToolDraft, *, is_saved: bool, is_changed: bool) -> None:
        """Show a tool as it was typed last; `is_saved` is false before its first saving. Emits nothing."""
        spec = draft.spec
        name = spec.name or self.tr("A new tool")
        self.set_title(name.replace("_", "_\u200b"))  # Long names may go on in the next line.
        self.setAccessibleName(name)
        self._icon_name = known_icon(spec.icon, TOOL_ICON)
        self._show_icon()
        self._about.setText(spec.description)
        self._about.setVisible(bool(spec.description))
        inputs = CountedToolWords().inputs(len(draft.inputs.fields))
        self._facts_words = " · ".join((action_text(type(spec.does)), inputs))
        self._show_facts()
        if not is_saved:
            self._unsaved.setText(self.tr("Not saved yet: conversations cannot use it."))
        else:
            self._unsaved.setText(self.tr("Changes are not saved yet.") if is_changed else "")
        self._unsaved.setVisible(bool(self._unsaved.text()))
        self._enabled.setVisible(is_saved)
        self._enabled.setChecked(spec.is_enabled)
        self._enabled.setAccessibleName(self.tr("Conversations may use {name}").format(name=name))
        set_plain_tip(self._enabled, self._enabled.accessibleName())
        self._export.setVisible(is_saved)
        self._open.setAccessibleName(self.tr("Change {name}").format(name=name))
        self._delete.setAccessibleName(self.tr("Delete {name}").format(name=name))
        self._export.setAccessibleName(self.tr("Export {name}").format(name=name))

    def show_cost(self, count: TokenCount) -> None:
        """Say what it takes of the window."""
        self._cost = count
        self._show_facts()

    def focus(self) -> None:
        """Put the keyboard here."""
        move_keyboard_to(self._open)

    def _show_icon(self) -> None:
        self._icon.setPixmap(self._theme.icon(self._icon_name, "muted").pixmap(self._theme.icon_px))

    def _connect(self) -> None:
        self._theme.changed.connect(self._show_icon)
        self._open.clicked.connect(self._on_open_clicked)
        self._enabled.clicked.connect(self._on_enabled_clicked)
        self._export.clicked.connect(self._on_export_clicked)
        self._delete.clicked.connect(self._on_delete_clicked)

    def _show_facts(self) -> None:
        cost = (cost_text(self._cost),) if self._cost is not None else ()
        self._facts.setText(" · ".join((self._facts_words, *cost)))

    def _on_open_clicked(self) -> None:
        self.open_requested.emit(self.tool_id)

    def _on_enabled_clicked(self, is_enabled: bool) -> None:
        self.enabled_changed.emit(self.tool_id, is_enabled)

    def _on_export_clicked(self) -> None:
        self.export_requested.emit(self.tool_id)

    def _on_delete_clicked(self) -> None:
        self.delete_requested.emit(self.tool_id)
