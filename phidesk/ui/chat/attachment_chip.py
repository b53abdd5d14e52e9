"""A file that goes along with a question, or a long paste, as a chip: its name, its length, a way to be rid of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QStyle, QWidget
from typing_extensions import override

from phidesk.ui.figures import file_label, file_length_text
from phidesk.ui.theme.style_sheet import CONTROL_HEIGHT, CONTROL_RADIUS
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.focus_ring import paint_focus_ring
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.plain_tip import plain_tip
from phidesk.ui.widgets.text_line import line_width, paint_line

if TYPE_CHECKING:
    from phidesk.core.parts import FilePart

_PADDING_PX = 8
_GAP_PX = 6
_WIDEST_EMS = 24
_NARROWEST_EMS = 8


class AttachmentChip(QWidget):
    """Shows one file of the composer. A click, Enter or Space open it, Delete removes it; the menu has everything."""

    view_requested = Signal()
    """The person wants to read it."""
    insertion_requested = Signal()
    """The person wants its text in the question instead."""
    removal_requested = Signal()
    """The person does not want it to go along."""

    def __init__(self, theme: Theme, file: FilePart, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file = file
        self._theme = theme
        self._face = _Face(theme, file_label(file), file_length_text(file), self)
        if file.is_document:
            self._face.setToolTip(self.tr("Kept whole: of it each question is sent the passages that fit it."))
            self._face.setAccessibleDescription(self._face.toolTip())
        self._remove = IconButton(theme, "x", self.tr("Remove {name}").format(name=file_label(file)), self)
        self._remove.setObjectName("removeAttachment")
        self.setObjectName("attachmentChip")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self._face)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._face, 1)
        row.addWidget(self._remove)
        self._connect()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(self._theme.color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CONTROL_RADIUS, CONTROL_RADIUS)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent, /) -> None:
        menu = QMenu(self)
        menu.setObjectName("attachmentMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("View"), self.view_requested.emit).setObjectName("viewAttachment")
        menu.addAction(self.tr("Put into the text"), self.insertion_requested.emit).setObjectName("insertAttachment")
        menu.addAction(self.tr("Remove"), self.removal_requested.emit).setObjectName("removeAttachment")
        menu.popup(event.globalPos())

    def _connect(self) -> None:
        self._theme.changed.connect(self.update)
        self._face.clicked.connect(self.view_requested)
        self._face.delete_pressed.connect(self.removal_requested)
        self._remove.clicked.connect(self.removal_requested)


class _Face(QAbstractButton):
    """The part that opens: an icon, the name, and the length in muted letters. The name is cut where it is long."""

    delete_pressed = Signal()

    def __init__(self, theme: Theme, name: str, length: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._length = length
        self.setObjectName("attachmentFace")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{name}, {length}")
        self.setAccessibleDescription(self.tr("Goes along with the question. Enter shows it, Delete removes it."))
        self.setToolTip(plain_tip(f"{name}, {length}"))
        self._on_theme_changed()
        self._theme.changed.connect(self._on_theme_changed)

    @override
    def sizeHint(self) -> QSize:
        words = line_width(self.fontMetrics(), self._name) + _GAP_PX + line_width(self.fontMetrics(), self._length)
        width = min(words, _WIDEST_EMS * self._theme.font_sizes.small)
        return QSize(width + 2 * _PADDING_PX + self._theme.small_icon_px + _GAP_PX, self._height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), _NARROWEST_EMS * self._theme.font_sizes.small), self._height())

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("sunken" if self.isDown() else "bubble"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), CONTROL_RADIUS, CONTROL_RADIUS)
        if self.hasFocus():
            paint_focus_ring(painter, self.rect(), self._theme)
        direction = self.layoutDirection()
        inner = self.rect().adjusted(_PADDING_PX, 0, -_PADDING_PX, 0)
        icon_px = self._theme.small_icon_px
        icon = QRect(inner.left(), inner.center().y() + 1 - icon_px // 2, icon_px, icon_px)
        self._theme.icon("file-text", "muted").paint(painter, QStyle.visualRect(direction, inner, icon))
        words = inner.adjusted(icon_px + _GAP_PX, 0, 0, 0)
        length_px = line_width(painter.fontMetrics(), self._length)
        name_px = max(0, min(line_width(painter.fontMetrics(), self._name), words.width() - _GAP_PX - length_px))
        name = QRect(words.left(), words.top(), name_px, words.height())
        length = QRect(name.left() + name_px + _GAP_PX, words.top(), length_px, words.height())
        painter.setPen(self._theme.color("text"))
        paint_line(painter, QStyle.visualRect(direction, inner, name), self._name, direction)
        painter.setPen(self._theme.color("muted"))
        paint_line(painter, QStyle.visualRect(direction, inner, length), self._length, direction)

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        self.update()

    def _height(self) -> int:
        return max(CONTROL_HEIGHT, self.fontMetrics().height() + _PADDING_PX)

    def _on_theme_changed(self) -> None:
        self.setFont(self._theme.small_font())
        self.updateGeometry()
        self.update()
