"""The JSON beside the form: typed, read while it is typed, its first mistake marked and told in words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QTextEdit, QVBoxLayout, QWidget

from phidesk.core.json_text import TextFault
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.tool_words import fault_words
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.paragraph_joints import with_joints
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_FEWEST_LINES, _MOST_LINES = 12, 30
_EDGES_PX = 12
_GAP_PX = 8


class JsonPane(QWidget):
    """Knows text. JSON reads from left to right in every language."""

    text_edited = Signal(str)
    """The person changed the text."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fault: TextFault | None = None
        self._is_filling = False
        title = self.tr("The inputs as JSON")
        self._title = make_section_title(title, tip=self.tr("JSON Schema; form and JSON follow each other"))
        self._edit = GrowingTextEdit(fewest_lines=_FEWEST_LINES, most_lines=_MOST_LINES, edges_px=_EDGES_PX)
        self._edit.setObjectName("toolJson")
        self._edit.setAccessibleName(title)
        self._edit.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._words = make_wrapped_label("toolJsonFault", tone="danger")
        self._go = QPushButton(self.tr("Go there"))
        self._go.setObjectName("goToFault")
        self._go.setProperty("kind", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        for part in (self._title, self._edit, self._words):
            layout.addWidget(part)
        layout.addWidget(self._go, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addStretch(1)
        self._words.hide()
        self._go.hide()
        self._on_theme_changed()
        self._connect()

    @property
    def text(self) -> str:
        """What stands there."""
        return self._edit.toPlainText()

    def show_text(self, text: str, *, is_other: bool = False) -> None:
        """Show this text; what was typed before can be brought back by undo, unless it is that of another tool."""
        if text == self.text and not is_other:
            return
        self._is_filling = True
        if is_other:
            self._edit.setPlainText(text)
        else:
            cursor = QTextCursor(self._edit.document())
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(with_joints(text))
        self._is_filling = False

    def show_fault(self, fault: TextFault | None) -> None:
        """Mark this mistake, or none."""
        self._fault = fault
        words = fault_words(fault) if fault is not None else ""
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._go.setVisible(bool(words))
        self._edit.setAccessibleDescription(words)
        self._edit.setExtraSelections([] if fault is None else [self._mark(fault)])

    def focus_fault(self) -> None:
        """Put the cursor where the mistake is."""
        if self._fault is not None:
            self._edit.setTextCursor(self._cursor_at(self._fault))
            self._edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._edit.textChanged.connect(self._on_text_changed)
        self._go.clicked.connect(self.focus_fault)

    def _cursor_at(self, fault: TextFault) -> QTextCursor:
        return self._edit.cursor_before(fault.place.line - 1, fault.place.column - 1)

    def _mark(self, fault: TextFault) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        mark.cursor = self._cursor_at(fault)
        mark.format.setBackground(self._theme.color("sunken"))
        mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        return mark

    def _on_text_changed(self) -> None:
        if not self._is_filling:
            self.text_edited.emit(self.text)

    def _on_theme_changed(self) -> None:
        self._edit.setFont(self._theme.code_font())
        self._edit.fit_height()
        self.show_fault(self._fault)
