"""The list of connections as Qt wants it: the newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from typing_extensions import override

from phidesk.engine.connection_log import ConnectionRecord
from phidesk.engine.protocol import OLLAMA
from phidesk.ui.health.finding_words import bytes_text
from phidesk.ui.widgets.plain_tip import plain_tip

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
"""Around each text, so that it keeps its own direction whatever that of the window is."""

translate = QCoreApplication.translate


class Column(IntEnum):
    """What is told of each connection."""

    TIME = 0
    HOST = 1
    PURPOSE = 2
    SENT = 3
    RECEIVED = 4


class ConnectionTableModel(QAbstractTableModel):
    """Rows keep their place while their figures change, so that whoever reads is not disturbed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._records: list[ConnectionRecord] = []

    def set_records(self, records: Sequence[ConnectionRecord]) -> None:
        """Show these, given the oldest first."""
        wanted = list(reversed(records))
        newest = self._records[0].number if self._records else -1
        added = next((place for place, record in enumerate(wanted) if record.number <= newest), len(wanted))
        kept = [record.number for record in wanted[added:]]
        if [record.number for record in self._records[: len(kept)]] != kept:
            self.beginResetModel()
            self._records = wanted
            self.endResetModel()
            return
        if len(self._records) > len(kept):
            self.beginRemoveRows(QModelIndex(), len(kept), len(self._records) - 1)
            del self._records[len(kept) :]
            self.endRemoveRows()
        if added:
            self.beginInsertRows(QModelIndex(), 0, added - 1)
            self._records[:0] = wanted[:added]
            self.endInsertRows()
        self._records = wanted
        if kept:
            self.dataChanged.emit(self.index(added, Column.SENT), self.index(len(wanted) - 1, Column.RECEIVED))

    @override
    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._records)

    @override
    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(Column)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | Qt.AlignmentFlag | None:
        record, column = self._records[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{_ISOLATE}{_TEXTS[column](record)}{_END_ISOLATE}"
        if role == Qt.ItemDataRole.ToolTipRole and column is Column.HOST and record.proxy:
            return plain_tip(translate("Connections", "Through {host}").format(host=record.proxy))
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (Column.SENT, Column.RECEIVED):
            return Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            is_figure = section in (Column.SENT, Column.RECEIVED)
            side = Qt.AlignmentFlag.AlignTrailing if is_figure else Qt.AlignmentFlag.AlignLeading
            return side | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        titles = {
            Column.TIME: translate("Connections", "Time"),
            Column.HOST: translate("Connections", "Where to"),
            Column.PURPOSE: translate("Connections", "What for"),
            Column.SENT: translate("Connections", "Sent"),
            Column.RECEIVED: translate("Connections", "Received"),
        }
        return titles[Column(section)]


def purpose_text(purpose: str) -> str:
    """Say what a connection is for; the technical word where there are none for people."""
    texts = {
        "answer": translate("Connections", "an answer"),
        "models": translate("Connections", "list of models"),
        "state": translate("Connections", "is the engine there?"),
        "memory": translate("Connections", "memory of the model"),
        "load": translate("Connections", "loading a model"),
        "unload": translate("Connections", "freeing a model"),
        "builtin": translate("Connections", "built-in engine"),
        "download": translate("Connections", "download"),
        "pull": translate("Connections", "download"),
        "tool": translate("Connections", "a tool"),
    }
    return texts.get(purpose, purpose)


def _time_text(record: ConnectionRecord) -> str:
    moment = QDateTime.fromMSecsSinceEpoch(round(record.time.timestamp() * 1000))
    return QLocale().toString(moment.time(), "HH:mm:ss")


def _host_text(record: ConnectionRecord) -> str:
    if record.stays_here:
        return translate("Connections", "this computer")
    if record.proxy == OLLAMA:
        return translate("Connections", "{host}, by Ollama").format(host=record.host)
    return f"{record.host}:{record.port}"


def _amount_text(size_bytes: int | None) -> str:
    return bytes_text(size_bytes) if size_bytes is not None else translate("Connections", "unknown")


_TEXTS: dict[Column, Callable[[ConnectionRecord], str]] = {
    Column.TIME: _time_text,
    Column.HOST: _host_text,
    Column.PURPOSE: lambda record: purpose_text(record.purpose),
    Column.SENT: lambda record: _amount_text(record.sent_bytes),
    Column.RECEIVED: lambda record: _amount_text(record.received_bytes),
}
