"""The card for an error, in the place where it happened: a sentence, a button that mends it, the details."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.ui.messages import Notice
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.announcing import announce
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.wrapped_label import make_wrapped_label

DETAILS_HEIGHT_PX = 120
"""Longer details scroll."""

_MARGIN_PX = 16


class NoticeCard(QFrame):
    """Shows one notice at a time; hidden while there is none."""

    action_requested = Signal(object)
    """A button was pressed. Carries its `NoticeAction`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._notice: Notice | None = None
        self.setObjectName("noticeCard")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._sentence = make_wrapped_label("noticeSentence")
        self._hint = make_wrapped_label("noticeHint", tone="muted")
        names = ("noticeAction", "noticeOtherAction", "noticeThirdAction", "noticeFourthAction")
        self._buttons = ButtonRow()
        self._choices = tuple(
            self._buttons.add_button(name, "", kind="quiet" if number else "primary")
            for number, name in enumerate(names)
        )
        self._always = CheckLine(theme, self.tr("Always do this in this conversation"))
        self._always.setObjectName("noticeAlways")
        self._toggle = self._buttons.add_button("noticeDetailsToggle", self.tr("Details"), kind="quiet")
        self._toggle.setCheckable(True)
        self._copy = self._buttons.add_button("noticeCopy", self.tr("Copy"), kind="quiet")
        self._details = QPlainTextEdit()
        self._details.setObjectName("noticeDetails")
        self._details.setReadOnly(True)
        self._details.setAccessibleName(self.tr("Details"))
        self._details.setMaximumHeight(DETAILS_HEIGHT_PX)
        self._details.setTabChangesFocus(True)
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
        for number, button in enumerate(self._choices):
            button.setText(notice.choices[number][1] if number < len(notice.choices) else "")
            button.setVisible(number < len(notice.choices))
        self._always.setChecked(False)
        self._always.setVisible(notice.can_be_usual)
        self._details.setPlainText(notice.details)
        self._toggle.setVisible(bool(notice.details))
        self._toggle.setChecked(False)
        self.setAccessibleName(notice.sentence)
        self.setAccessibleDescription(notice.hint)
        self.show()
        announce(self, notice.sentence)

    def add_hint(self, words: str) -> None:
        """Say more below what is shown."""
        self._hint.setText("\n".join(filter(None, (self._hint.text(), words))))
        self._hint.show()
        self.setAccessibleDescription(self._hint.text())

    @property
    def is_always(self) -> bool:
        """Whether the choice shall be taken without asking from now on."""
        return self._always.isChecked() and not self._always.isHidden()

    @property
    def first_button(self) -> QPushButton:
        """What mends it, or else what tells more."""
        return next(iter(self._shown_buttons()), self._choices[0])

    def clear(self) -> None:
        """Hide the card and forget its notice."""
        self._notice = None
        self.hide()

    @override
    def minimumSizeHint(self) -> QSize:
        widest = max(button.sizeHint().width() for button in self._shown_buttons())
        return QSize(widest + self._side_space(), super().minimumSizeHint().height())

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        layout.setSpacing(4)
        layout.addWidget(self._sentence)
        layout.addWidget(self._hint)
        layout.addSpacing(8)
        layout.addWidget(self._always)
        layout.addWidget(self._buttons)
        layout.addWidget(self._details)
        self._details.hide()
        self._copy.hide()

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        for number, button in enumerate(self._choices):
            button.clicked.connect(partial(self._on_choice_clicked, number))
        self._toggle.toggled.connect(self._on_toggle_toggled)
        self._copy.clicked.connect(self._on_copy_clicked)

    def _shown_buttons(self) -> list[QPushButton]:
        return [button for button in (*self._choices, self._toggle, self._copy) if not button.isHidden()]

    def _side_space(self) -> int:
        return 2 * (_MARGIN_PX + self.frameWidth())

    def _on_theme_changed(self) -> None:
        bold = self._theme.text_font()
        bold.setWeight(bold.Weight.DemiBold)
        self._sentence.setFont(bold)
        self._hint.setFont(self._theme.text_font())
        self._details.setFont(self._theme.code_font())

    def _on_choice_clicked(self, number: int) -> None:
        if self._notice is not None:
            self.action_requested.emit(self._notice.choices[number][0])

    def _on_toggle_toggled(self, is_open: bool) -> None:
        self._details.setVisible(is_open)
        self._copy.setVisible(is_open)

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())
