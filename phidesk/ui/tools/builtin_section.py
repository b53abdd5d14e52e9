"""The tools that come with PhiDesk: to be read, not changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from phidesk.core.tools import ToolDefinition
from phidesk.ui.tool_titles import tool_about, tool_title
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_GAP_PX, _MARGIN_PX = 12, 16


class BuiltinSection(QWidget):
    """Hidden while there are none."""

    def __init__(self, tools: Sequence[ToolDefinition], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("builtinTools")
        card = QFrame()
        card.setProperty("panel", "card")
        lines = QVBoxLayout(card)
        lines.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        lines.setSpacing(2)
        for number, tool in enumerate(tools):
            lines.addSpacing(_GAP_PX if number else 0)
            lines.addWidget(make_wrapped_label("builtinName", tool_title(tool.name), step="section"))
            lines.addWidget(
                make_wrapped_label("builtinAbout", tool_about(tool.name, tool.description), tone="muted", step="small")
            )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(make_section_title(self.tr("They come with PhiDesk")))
        layout.addWidget(card)
        if not tools:
            self.hide()
