"""The page Tools: the list of tools, or one of them in its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.core.tool_draft import ToolDraft
from phidesk.core.tools import ToolDefinition
from phidesk.engine.protocol import TokenCount
from phidesk.ui.library_page import GAP_PX, LibraryPage
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.builtin_section import BuiltinSection
from phidesk.ui.tools.records_section import RecordsSection
from phidesk.ui.tools.servers_section import ServersSection
from phidesk.ui.tools.tool_card import ToolCard
from phidesk.ui.tools.tool_editor import ToolEditor
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.file_dialogs import choose_file, choose_place
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

translate = QCoreApplication.translate

EXPORT_FILE = "PhiDesk-tools.json"
FILE_FILTER = "*.json"
WIDEST_FORM_PX = 1200
"""Form and JSON beside each other."""

_SECTION_GAP_PX = 28


class ToolsPage(LibraryPage):
    """Knows values and tells wishes; what they do is the wiring's affair."""

    new_requested = Signal()
    open_requested = Signal(str)
    enabled_changed = Signal(str, bool)
    delete_requested = Signal(str)
    """Those of `ToolCard`."""
    export_chosen = Signal(Path, str)
    """The tool with this id, or all of them where it is empty, shall be written into this file."""

    def __init__(self, theme: Theme, builtin: Sequence[ToolDefinition] = (), parent: QWidget | None = None) -> None:
        title, back = translate("ToolsPage", "Tools"), translate("ToolsPage", "All tools")
        super().__init__(theme, "tools", title, back=back, parent=parent)
        self._cards: dict[str, ToolCard] = {}
        self._exported = ""
        self._promise = make_wrapped_label(
            "toolsPromise",
            self.tr(
                "Tools are what Phi may use while it answers. You make them in a form, and are asked before they act."
            ),
            tone="muted",
            step="body",
        )
        self._buttons = ButtonRow()
        self._new = self._buttons.add_button("newTool", self.tr("New tool"), kind="primary")
        self._import = self._buttons.add_button("importTools", self.tr("Import…"))
        self._import.setToolTip(self.tr("A file of OpenAI, Ollama or MCP that lists tools"))
        self._export = self._buttons.add_button("exportTools", self.tr("Export all…"))
        self._nothing = make_wrapped_label("noTools", self.tr("You have made no tool yet."), tone="muted")
        self._builtin = BuiltinSection(builtin)
        self.servers = ServersSection(theme)
        self.records = RecordsSection()
        self._rows = QVBoxLayout()
        self.editor = ToolEditor(theme, builtin)
        self._lay_out()
        self._connect()

    def show_tools(self, saved: Sequence[ToolDraft], drafts: Mapping[str, ToolDraft]) -> None:
        """Show these tools, and what is half typed, by id. Cards stay the same widgets, so the focus stays."""
        drafts_of_new = [it for tool_id, it in drafts.items() if tool_id not in {tool.spec.id for tool in saved}]
        shown = [*saved, *drafts_of_new]
        wanted = [it.spec.id for it in shown]
        for tool_id in [tool_id for tool_id in self._cards if tool_id not in wanted]:
            self._drop_card(tool_id)
        for place, tool in enumerate(shown):
            card = self._cards.get(tool.spec.id) or self._make_card(tool.spec.id)
            draft = drafts.get(tool.spec.id)
            card.show_tool(draft or tool, is_saved=tool in saved, is_changed=draft is not None)
            if self._rows.indexOf(card) != place:
                self._rows.insertWidget(place, card)
        self._nothing.setVisible(not shown)
        self._export.setEnabled(bool(saved))
        order_tabs_by_layout(self._column)

    def show_cost(self, tool_id: str, count: TokenCount) -> None:
        """Say what a tool takes of the window."""
        if tool_id in self._cards:
            self._cards[tool_id].show_cost(count)

    def show_editor(self, draft: ToolDraft, *, is_changed: bool) -> None:
        """Show one tool in its form."""
        self.show_form()
        self.editor.show_draft(draft, is_changed=is_changed)
        self.editor.focus_name()

    @override
    def focus_entry(self) -> None:
        card = self._cards.get(self.editor.draft.spec.id)
        if card is not None:
            card.focus()
        else:
            move_keyboard_to(self._new)

    def _lay_out(self) -> None:
        self._rows.setSpacing(GAP_PX)
        for part in (self._promise, self._buttons, self._nothing):
            self.listed.addWidget(part)
        self.listed.addLayout(self._rows)
        for section in (self._builtin, self.servers, self.records):
            self.listed.addSpacing(_SECTION_GAP_PX - GAP_PX)
            self.listed.addWidget(section)
        self.lay_out(self.editor, widest_form_px=WIDEST_FORM_PX)

    def _connect(self) -> None:
        self._new.clicked.connect(self._on_new_clicked)
        self._import.clicked.connect(self._on_import_clicked)
        self._export.clicked.connect(self._on_export_clicked)
        self.editor.trial.result_shown.connect(self._on_result_shown)

    def _make_card(self, tool_id: str) -> ToolCard:
        card = ToolCard(self._theme, tool_id)
        card.open_requested.connect(self.open_requested)
        card.enabled_changed.connect(self.enabled_changed)
        card.delete_requested.connect(self.delete_requested)
        card.export_requested.connect(self._choose_export)
        self._cards[tool_id] = card
        return card

    def _drop_card(self, tool_id: str) -> None:
        card = self._cards.pop(tool_id)
        if is_keyboard_at(card):
            move_keyboard_to(self._new)
        self._rows.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _on_new_clicked(self) -> None:
        self.new_requested.emit()

    def _on_import_clicked(self) -> None:
        title, kind = self.tr("Import tools"), self.tr("Tools ({pattern})").format(pattern=FILE_FILTER)
        choose_file(self, "importToolsDialog", title, self._on_import_selected, name_filter=kind)

    def _on_import_selected(self, path: str) -> None:
        self.import_chosen.emit(Path(path))

    def _on_export_clicked(self) -> None:
        self._choose_export("")

    def _on_result_shown(self, part: QWidget) -> None:
        QTimer.singleShot(0, partial(self.ensureWidgetVisible, part))  # It has its place a moment later.

    def _choose_export(self, tool_id: str) -> None:
        self._exported = tool_id
        file_name = f"{self._cards[tool_id].accessibleName()}.json" if tool_id else EXPORT_FILE
        title = self.tr("Where the file should be")
        choose_place(self, "exportToolsDialog", title, self._on_export_selected, file_name=file_name)

    def _on_export_selected(self, path: str) -> None:
        self.export_chosen.emit(Path(path), self._exported)
