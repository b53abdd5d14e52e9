"""The card for an error, in the place where it happened: a sentence, a button that mends it, the details."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QPlainTextEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.ui.messages import Notice
from phidesk.ui.theme.theme import Theme

DETAILS_HEIGHT_PX = 120
"""Longer details scroll."""


class NoticeCard(QFrame):
    """Shows one notice at a time; hidden while there is none."""

    action_requested = Signal(object)
    """The button was pressed. Carries its `NoticeAction`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._notice: Notice | None = None
        self.setObjectName("noticeCard")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._sentence = _make_label("noticeSentence")
        self._hint = _make_label("noticeHint")
        self._hint.setProperty("tone", "muted")
        self._action = QPushButton(objectName="noticeAction")
        self._action.setProperty("kind", "primary")
        self._toggle = QPushButton(self.tr("Details"), objectName="noticeDetailsToggle", checkable=True)
        self._toggle.setProperty("kind", "quiet")
        self._copy = QPushButton(self.tr("Copy"), objectName="noticeCopy")
        self._copy.setProperty("kind", "quiet")
        self._details = QPlainTextEdit(objectName="noticeDetails", readOnly=True)
        self._details.setAccessibleName(self.tr("Details"))
        self._details.setMaximumHeight(DETAILS_HEIGHT_PX)
        self._details.setTabChangesFocus(True)
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()
        self._on_theme_changed()
        self._connect()
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """What is shown."""
        return self._notice

    def show_notice(self, notice: Notice) -> None:
        """Show this notice instead of any other, and let screen readers say it."""
        self._notice = notice
        self._sentence.setText(notice.sentence)
        self._hint.setText(notice.hint)
        self._hint.setVisible(bool(notice.hint))
        self._action.setText(notice.action_label)
        self._action.setVisible(notice.action is not None)
        self._details.setPlainText(notice.details)
        self._toggle.setVisible(bool(notice.details))
        self._toggle.setChecked(False)
        self.setAccessibleName(notice.sentence)
        self.setAccessibleDescription(notice.hint)
        self.show()
        self._arrange_buttons()
        self._announce(notice.sentence)

    def clear(self) -> None:
        """Hide the card and forget its notice."""
        self._notice = None
        self.hide()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._arrange_buttons()

    @override
    def minimumSizeHint(self) -> QSize:
        narrowest = max(self._action.sizeHint().width(), self._toggle.sizeHint().width())
        margins = self.contentsMargins()
        return QSize(narrowest + 34 + margins.left() + margins.right(), super().minimumSizeHint().height())

    def _lay_out(self) -> None:
        self._buttons.setSpacing(8)
        for button in (self._action, self._toggle, self._copy):
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(4)
        layout.addWidget(self._sentence)
        layout.addWidget(self._hint)
        layout.addSpacing(4)
        layout.addLayout(self._buttons)
        layout.addWidget(self._details)
        self._details.hide()
        self._copy.hide()

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._action.clicked.connect(self._on_action_clicked)
        self._toggle.toggled.connect(self._on_toggle_toggled)
        self._copy.clicked.connect(self._on_copy_clicked)

    def _arrange_buttons(self) -> None:
        """Put the buttons below each other where the card is too narrow for them side by side."""
        shown = [button for button in (self._action, self._toggle, self._copy) if not button.isHidden()]
        needed = sum(button.sizeHint().width() for button in shown) + 8 * len(shown) + 34
        is_narrow = self.width() < needed
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if self._buttons.direction() != direction:
            self._buttons.setDirection(direction)

    def _on_theme_changed(self) -> None:
        bold = self._theme.text_font()
        bold.setWeight(bold.Weight.DemiBold)
        self._sentence.setFont(bold)
        self._hint.setFont(self._theme.text_font())
        self._details.setFont(self._theme.code_font())

    def _on_action_clicked(self) -> None:
        if self._notice is not None and self._notice.action is not None:
            self.action_requested.emit(self._notice.action)

    def _on_toggle_toggled(self, is_open: bool) -> None:
        self._details.setVisible(is_open)
        self._copy.setVisible(is_open)
        self._arrange_buttons()

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())

    def _announce(self, sentence: str) -> None:
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))


def _make_label(name: str) -> QLabel:
    label = QLabel(objectName=name, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
