"""What the model may use in this conversation: a box to tick for each tool. Those not ticked are folded away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from phidesk.chat.tool_shelf import ShelvedTool
from phidesk.core.model_info import ModelInfo
from phidesk.core.tool_servers import AbsentServer
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tool_titles import offered_title, tool_about
from phidesk.ui.visible_text import visible_line, visible_text
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.keyboard_place import is_keyboard_at, move_keyboard_to
from phidesk.ui.widgets.plain_button import make_button
from phidesk.ui.widgets.plain_tip import plain_tip
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.tab_order import order_tabs_by_layout
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_GAP_PX = 8
_LINES_GAP_PX = 2


class ToolsSection(QWidget):
    """Knows values only."""

    chosen = Signal(object)
    """Carries the ids of all tools that the person wants, a frozenset."""
    standby_switched = Signal(bool)
    """Whether the calculator shall be offered where a question has sums."""
    edit_requested = Signal()
    """The person wants to see what tools do, and to make their own."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wanted: frozenset[str] = frozenset()
        self._absent: Sequence[AbsentServer] = ()
        self._offered: dict[str, ShelvedTool] = {}
        self._lines: dict[str, CheckLine] = {}
        words = self.tr("The model that answers uses no tools by itself; for sums it is made to use the calculator.")
        self._hint = make_wrapped_label("toolsHint", words, tone="muted")
        self._missing = make_wrapped_label("toolsAbsent", tone="muted")
        self._choose = make_button("chooseTools")
        self._choose.setCheckable(True)
        self._standby = CheckLine(theme, self.tr("Offer the calculator for sums"))
        self._standby.setObjectName("offerCalculator")
        self._standby.setChecked(True)
        self._edit = make_button("editTools", self.tr("All tools…"))
        self._boxes = QVBoxLayout()
        self._boxes.setSpacing(_LINES_GAP_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(make_section_title(self.tr("Tools"), tip=self.tr("Function calling")))
        layout.addWidget(self._hint)
        layout.addLayout(self._boxes)
        layout.addWidget(self._missing)
        layout.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self._standby)
        layout.addWidget(self._edit, 0, Qt.AlignmentFlag.AlignLeading)
        self.show_model(None)
        self._fold()
        self._choose.toggled.connect(self._fold)
        self._standby.toggled.connect(self.standby_switched)
        self._edit.clicked.connect(self.edit_requested)

    def offer(self, tools: Sequence[ShelvedTool], absent: Sequence[AbsentServer] = ()) -> None:
        """Show these tools instead of any others; `absent` are servers whose tools cannot be chosen now.

        Boxes of tools that were there stay the same, and so does the keyboard: servers come and go while one ticks.
        """
        self._absent = absent
        offered = {tool.id: tool for tool in tools}
        if offered != self._offered or list(offered) != list(self._offered):
            for tool_id in [tool_id for tool_id, tool in self._offered.items() if offered.get(tool_id) != tool]:
                self._drop_line(self._lines.pop(tool_id))
            self._lines = {
                tool_id: self._lines.get(tool_id) or self._make_line(tool) for tool_id, tool in offered.items()
            }
            for place, line in enumerate(self._lines.values()):
                if self._boxes.indexOf(line) != place:
                    self._boxes.insertWidget(place, line)
            self._offered = offered
            order_tabs_by_layout(self)
        self.show_wanted(self._wanted)

    def show_wanted(self, wanted: frozenset[str]) -> None:
        """Show what the conversation uses. Emits nothing."""
        self._wanted = wanted
        for tool_id, line in self._lines.items():
            line.setChecked(tool_id in wanted)
        self._fold()

    def show_standby(self, *, is_on: bool) -> None:
        """Show whether the calculator is offered where a question has sums. Emits nothing."""
        with QSignalBlocker(self._standby):
            self._standby.setChecked(is_on)

    def show_model(self, model: ModelInfo | None) -> None:
        """Say whether who answers can use tools by itself."""
        self._hint.setVisible(model is not None and not model.tool_format.calls_by_itself)

    def _fold(self) -> None:
        """Show all boxes while the person chooses; else those that are ticked, and the one with the keyboard."""
        is_open = self._choose.isChecked()
        self._choose.setText(self.tr("Done") if is_open else self.tr("Choose tools"))
        for line in self._lines.values():
            line.setVisible(is_open or line.isChecked() or line.hasFocus())
        for button in (self._standby, self._edit):
            button.setVisible(is_open)
        missed = [it for it in self._absent if is_open or any(id_.startswith(f"mcp:{it.id}:") for id_ in self._wanted)]
        self._missing.setText("\n".join(self._absence_words(server) for server in missed))
        self._missing.setVisible(bool(missed))

    def _absence_words(self, server: AbsentServer) -> str:
        words = (
            self.tr("“{server}” is still starting. Its tools come when it is ready.")
            if server.is_starting
            else self.tr("“{server}” does not work. “All tools…” says why.")
        )
        return words.format(server=visible_line(server.name))

    def _make_line(self, tool: ShelvedTool) -> CheckLine:
        line = CheckLine(self._theme, offered_title(tool.definition.name, tool.server), self)
        line.setObjectName(f"tool_{tool.definition.name}")
        about = tool_about(tool.definition.name, tool.definition.description)
        line.setToolTip(plain_tip(visible_text(about)))
        line.setAccessibleDescription(about)
        line.clicked.connect(self._on_line_clicked)
        return line

    def _drop_line(self, line: CheckLine) -> None:
        if is_keyboard_at(line):
            move_keyboard_to(self._choose)
        self._boxes.removeWidget(line)
        line.setObjectName("")  # Another one may come by its name before it is gone.
        line.hide()
        line.deleteLater()

    def _on_line_clicked(self) -> None:
        shown = frozenset(self._lines)
        ticked = frozenset(tool_id for tool_id, line in self._lines.items() if line.isChecked())
        self._wanted = (self._wanted - shown) | ticked
        self.chosen.emit(self._wanted)
