"""What is shown instead of the window where the person's data cannot be opened: one card."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QVBoxLayout

from phidesk.core.errors import PhiDeskError
from phidesk.ui.messages import NoticeAction, notice_for_error
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.notice_card import NoticeCard

WIDTH_PX, MARGIN_PX = 560, 24


def show_start_failure(theme: Theme, error: PhiDeskError) -> bool:
    """Say why PhiDesk cannot open, until the person has read it. Nothing was changed on disk.

    Returns whether the person wants to try once more.
    """
    wishes: list[NoticeAction] = []
    window = QDialog()
    window.setObjectName("startFailure")
    window.setWindowTitle("PhiDesk")
    card = NoticeCard(theme)
    card.action_requested.connect(wishes.append)
    card.action_requested.connect(window.close)
    layout = QVBoxLayout(window)
    layout.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
    layout.addWidget(card)
    layout.addStretch()
    card.show_notice(notice_for_error(type(error).__name__, error.facts()))
    window.resize(WIDTH_PX, layout.totalHeightForWidth(WIDTH_PX) if layout.hasHeightForWidth() else 0)
    window.exec()
    window.deleteLater()
    return NoticeAction.TRY_AGAIN in wishes
