"""The details of a message, in place of the conversation."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from phidesk.ui.chat.message_details import FactGroup, MessageDetails, as_text
from phidesk.ui.chat.pieces_view import ROW_GAP_PX, PiecesView
from phidesk.ui.chat.sheet import Sheet
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.announcing import announce
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.fact_row import FactRow
from phidesk.ui.widgets.section_title import make_section_title
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

_GROUP_GAP_PX = 24
_RING_GAP_PX = 8
"""Between the ring of the focus and what scrolls in it."""
_WIDTH_EMS = 44
"""Names and values that stand farther apart no longer look like pairs."""


class DetailsSheet(Sheet):
    """Bar and figures, to be read and copied. It scrolls where it is too low."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._scroller = QScrollArea()
        super().__init__(theme, self._scroller, parent)
        self._theme = theme
        self.setObjectName("detailsSheet")
        self.name.setObjectName("detailsName")
        self.close_button.setObjectName("closeDetails")
        title = self.tr("What it took of the conversation's memory")
        self._title = make_section_title(title, tip=self.tr("Context window"))
        self._pieces = PiecesView(theme, name=title, answer_name=self.tr("Answer"))
        self._remark = make_wrapped_label("detailsRemark", tone="muted")
        self._content = QWidget()
        self._groups = QWidget()
        self._text = ""
        buttons = ButtonRow()
        self._copy = buttons.add_button("copyDetails", self.tr("Copy"))
        self.add_below(buttons)
        self._fill_scroller()
        self._on_theme_changed()
        theme.changed.connect(self._on_theme_changed)
        self._copy.clicked.connect(self._on_copy_clicked)

    @property
    def text(self) -> str:
        """Everything that is shown, as it is copied."""
        return self._text

    def show_details(self, details: MessageDetails) -> None:
        """Show these, from the beginning."""
        self.name.setText(details.name)
        if details.pieces is not None:
            shown = details.pieces
            self._pieces.show_pieces(shown.breakdown, is_exact=shown.is_exact, is_answer_exact=shown.is_answer_exact)
        self._pieces.setVisible(details.pieces is not None)
        self._title.setVisible(details.pieces is not None or bool(details.remark))
        self._remark.setText(details.remark)
        self._remark.setVisible(bool(details.remark))
        self._show_groups(details.groups)
        self._text = as_text(details, f"{self._title.text()}\n{self._pieces.told}" if details.pieces else "")
        self._scroller.setAccessibleName(details.name)
        self._scroller.setAccessibleDescription(self._text)

    def _show_groups(self, groups: tuple[FactGroup, ...]) -> None:
        """Put new rows in the place of those before; there are few, and not the same ones."""
        rows = QWidget()
        layout = QVBoxLayout(rows)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(ROW_GAP_PX)
        for number, group in enumerate(groups):
            if number:
                layout.addSpacing(_GROUP_GAP_PX - ROW_GAP_PX)
            layout.addWidget(make_section_title(group.title))
            for name, value in group.facts:
                row = FactRow(name)
                row.set_value(value)
                layout.addWidget(row)
        self._sections.replaceWidget(self._groups, rows)
        self._groups.hide()
        self._groups.deleteLater()
        self._groups = rows

    def _fill_scroller(self) -> None:
        self._scroller.setObjectName("detailsSheetScroller")
        self._scroller.setFrameShape(QFrame.Shape.NoFrame)
        self._scroller.setWidgetResizable(True)
        self._scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroller.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._sections = QVBoxLayout(self._content)
        self._sections.setContentsMargins(_RING_GAP_PX, _RING_GAP_PX, _RING_GAP_PX, _RING_GAP_PX)
        self._sections.setSpacing(ROW_GAP_PX)
        self._sections.addWidget(self._title)
        self._sections.addWidget(self._pieces)
        self._sections.addWidget(self._remark)
        self._sections.addSpacing(_GROUP_GAP_PX - ROW_GAP_PX)
        self._sections.addWidget(self._groups)
        self._sections.addStretch(1)
        self._scroller.setWidget(self._content)

    def _on_theme_changed(self) -> None:
        self._content.setMaximumWidth(_WIDTH_EMS * self._theme.font_sizes.small)

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        announce(self, self.tr("Copied"))
