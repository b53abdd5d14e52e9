"""How the window was left: read before anything is painted, so that it opens where and as it was."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QByteArray

from phidesk.core.conversation_summary import ConversationSummary
from phidesk.core.errors import PhiDeskError
from phidesk.storage.conversation_summaries import list_summaries
from phidesk.storage.records import Records
from phidesk.ui.chat.conversation_header import ConversationHeader
from phidesk.ui.main_window import MainWindow
from phidesk.ui.sidebar.sidebar import Sidebar

LAST_CONVERSATION = "last_conversation"
GEOMETRY = "window_geometry"
SIDEBAR, PANEL = "window_sidebar", "window_panel"
TEXT_SIZE = "text_size_px"
"""Keys of the program's state."""
SHOWN, HIDDEN = "shown", "hidden"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LastState:
    """Everything that the first paint shows of earlier runs. `geometry` is Qt's, in hexadecimal digits."""

    geometry: str | None = None
    wants_sidebar: bool = True
    wants_panel: bool = False
    text_size_px: int | None = None
    summaries: Sequence[ConversationSummary] = ()
    conversation: ConversationSummary | None = None
    """What was in view; None where that was a new conversation, or one that is gone."""


def read_last_state(records: Records) -> LastState:
    """Read it; waits for the disk. What cannot be read is as at the first start."""
    keys = (GEOMETRY, SIDEBAR, PANEL, TEXT_SIZE, LAST_CONVERSATION)
    asked = [records.state.get(key) for key in keys]  # All at once: the thread of the database wakes us only one time.
    listed = records.database.run(list_summaries)
    try:
        summaries = listed.result()
        geometry, sidebar, panel, text_size, conversation_id = (value.result() for value in asked)
    except PhiDeskError as error:
        logger.warning("the last state cannot be read: %s", error)
        return LastState()
    return LastState(
        geometry=geometry,
        wants_sidebar=sidebar != HIDDEN,
        wants_panel=panel == SHOWN,
        text_size_px=int(text_size) if text_size and text_size.isdecimal() else None,
        summaries=summaries,
        conversation=next((summary for summary in summaries if summary.id == conversation_id), None),
    )


def show_last_state(state: LastState, window: MainWindow, *, sidebar: Sidebar, header: ConversationHeader) -> None:
    """Let the window look as it was left, as far as it is there. The size of text is the theme's."""
    if state.geometry:
        window.restoreGeometry(QByteArray.fromHex(state.geometry.encode("ascii", "replace")))
    window.set_parts(wants_sidebar=state.wants_sidebar, wants_panel=state.wants_panel)
    sidebar.set_conversations(state.summaries, datetime.now().astimezone().date())
    if state.conversation is not None:
        sidebar.set_current(state.conversation.id)
        header.set_title(state.conversation.title)
