"""The rows of the sidebar: headings of dates with the conversations below them, filtered by what is searched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from phidesk.core.conversation_summary import ConversationSummary
from phidesk.ui.figures import number_text
from phidesk.ui.sidebar.conversation_groups import DateGroup, group_by_date
from phidesk.ui.widgets.plain_tip import plain_tip

_ROOT = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex


class ConversationListModel(QAbstractListModel):
    """Headings are enabled, so that screen readers do not call them unavailable, but cannot be selected."""

    ID_ROLE = Qt.ItemDataRole.UserRole + 1
    """The id of a conversation; None for a heading."""
    IS_WRITING_ROLE = Qt.ItemDataRole.UserRole + 2
    """Whether the conversation is being answered."""
    IS_UNREAD_ROLE = Qt.ItemDataRole.UserRole + 3
    """Whether an answer was completed that nobody has seen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: list[tuple[DateGroup, list[ConversationSummary]]] = []
        self._filter = ""
        self._writing: frozenset[str] = frozenset()
        self._rows: list[_Row] = []
        self._row_by_id: dict[str, int] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no conversation is shown."""
        return not self._rows

    @property
    def has_conversations(self) -> bool:
        """Whether there are any, shown or not."""
        return bool(self._groups)

    def set_conversations(self, conversations: Sequence[ConversationSummary], today: date) -> None:
        """Take these instead; rows that stay the same at the top and at the end are not touched."""
        self._groups = group_by_date(conversations, today)
        self._replace_rows()

    def set_filter(self, text: str) -> None:
        """Show only titles that contain all of these words, in whatever case; nothing means all."""
        self._filter = text.casefold()
        self._replace_rows()

    def set_writing(self, ids: frozenset[str]) -> None:
        """Mark the conversations that are being answered."""
        changed = self._writing ^ ids
        self._writing = ids
        for conversation_id in changed:
            index = self.index_of(conversation_id)
            if index.isValid():
                self.dataChanged.emit(index, index)

    def index_of(self, conversation_id: str | None) -> QModelIndex:
        """Find the row of a conversation; invalid where it is not shown."""
        row = self._row_by_id.get(conversation_id) if conversation_id is not None else None
        return self.index(row) if row is not None else QModelIndex()

    def is_heading(self, index: _Index) -> bool:
        """Whether this row is a heading."""
        return index.isValid() and self._rows[index.row()].conversation is None

    @override
    def rowCount(self, parent: _Index = _ROOT, /) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def flags(self, index: _Index, /) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return flags if self.is_heading(index) else flags | Qt.ItemFlag.ItemIsSelectable

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if row.conversation is None:
            return self._heading_data(row, role)
        return self._conversation_data(row.conversation, row.group, role)

    def _heading_data(self, row: _Row, role: int) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return row.group.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text = self.tr("{group}, {count} conversations", "", row.members)
            return text.format(group=row.group.label, count=number_text(row.members))
        return None

    def _conversation_data(self, conversation: ConversationSummary, group: DateGroup, role: int) -> object:
        title = conversation.title or self.tr("Untitled")
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._spoken_title(conversation, title))
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken_title(conversation, title)
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return group.label
            case self.ID_ROLE:
                return conversation.id
            case self.IS_WRITING_ROLE:
                return conversation.id in self._writing
            case self.IS_UNREAD_ROLE:
                return conversation.is_unread
            case _:
                return None

    def _spoken_title(self, conversation: ConversationSummary, title: str) -> str:
        if conversation.id in self._writing:
            return self.tr("{title}, is being answered").format(title=title)
        if conversation.is_unread:
            return self.tr("{title}, with an answer that you have not seen").format(title=title)
        return title

    def _replace_rows(self) -> None:
        """Exchange only what lies between the rows that are the same, so that views keep what they hold."""
        before, after = self._rows, self._make_rows()
        start = _count_same(before, after)
        end = min(_count_same(before[::-1], after[::-1]), min(len(before), len(after)) - start)
        if len(before) > start + end:
            self.beginRemoveRows(_ROOT, start, len(before) - end - 1)
            self._take_rows(before[:start] + before[len(before) - end :])
            self.endRemoveRows()
        if len(after) > start + end:
            self.beginInsertRows(_ROOT, start, len(after) - end - 1)
            self._take_rows(after)
            self.endInsertRows()

    def _take_rows(self, rows: list[_Row]) -> None:
        self._rows = rows
        self._row_by_id = {row.conversation.id: number for number, row in enumerate(rows) if row.conversation}

    def _make_rows(self) -> list[_Row]:
        rows: list[_Row] = []
        for group, members in self._groups:
            shown = [member for member in members if self._is_found(member)] if self._filter else members
            if shown:
                rows.append(_Row(group, None, len(shown)))
                rows += [_Row(group, member) for member in shown]
        return rows

    def _is_found(self, conversation: ConversationSummary) -> bool:
        title = conversation.title.casefold()
        return all(word in title for word in self._filter.split())


class _Row(NamedTuple):
    """A heading (then without conversation, with the number of those below it), or a conversation of that group."""

    group: DateGroup
    conversation: ConversationSummary | None
    members: int = 0


def _count_same(first: list[_Row], second: list[_Row]) -> int:
    """Count the rows at the start of both lists that are the same."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(first), len(second)))
