"""A field for plain text that stays quick where a paragraph is giant."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QTextBlock,
    QTextCursor,
    QTextDocumentFragment,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from typing_extensions import override

from phidesk.ui.utf16 import utf16_length
from phidesk.ui.widgets.paragraph_joints import (
    CLOSING,
    OPENING,
    changed,
    goes_on,
    is_continued,
    mends,
    with_joints,
    without_joints,
)

_LETTER_KEYS = (
    QKeySequence.StandardKey.MoveToNextChar,
    QKeySequence.StandardKey.MoveToPreviousChar,
    QKeySequence.StandardKey.SelectNextChar,
    QKeySequence.StandardKey.SelectPreviousChar,
)
_WORD_KEYS = (
    QKeySequence.StandardKey.MoveToNextWord,
    QKeySequence.StandardKey.MoveToPreviousWord,
    QKeySequence.StandardKey.SelectNextWord,
    QKeySequence.StandardKey.SelectPreviousWord,
)


class JointedTextEdit(QPlainTextEdit):
    """Qt lays a paragraph out whole at each key; here, giant ones stand in the document in pieces.

    Nobody gets to know of the joints: the text is given, copied and dragged without them, no cursor rests inside of
    one, and keys go over it. Where a piece ends a line ends early, at a place where it could.

    U+00A0 and all else is given as it is, while Qt's own `toPlainText` makes a space of it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_composing = False
        """Whether an input method holds letters that are not decided yet: Enter and Esc are its keys then."""
        self._touched: tuple[int, int] | None = None
        """Where the document was changed and not looked at yet."""
        self._steps, self._is_new = 0, False
        """How many steps can be undone, and whether one was added since that was asked."""
        self._key: QKeyEvent | None = None
        """What is pressed."""
        self._settled = 0
        self._revision = 0
        """Where the cursor was last, and of which text."""
        self._is_settling = False
        self.document().contentsChange.connect(self._on_contents_change)
        self.document().undoCommandAdded.connect(self._on_undo_command_added)
        self.document().contentsChanged.connect(self._mend)
        self.cursorPositionChanged.connect(self._settle)

    @override
    def toPlainText(self) -> str:
        return _plain(self.document().toRawText())

    @override
    def setPlainText(self, text: str, /) -> None:
        super().setPlainText(with_joints(text))

    @override
    def insertPlainText(self, text: str, /) -> None:
        self._settle()  # What is dropped may be dropped onto a joint.
        super().insertPlainText(with_joints(text))

    @override
    def undo(self) -> None:
        self._travel(super().undo, self.document().isUndoAvailable)

    @override
    def redo(self) -> None:
        self._travel(super().redo, self.document().isRedoAvailable)

    def cursor_before(self, line: int, column: int) -> QTextCursor:
        """Return a cursor before a character, or where its line or the text ends. Counted from 0, in characters."""
        block = self.document().firstBlock()
        while line > 0 and block.next().isValid():
            block = block.next()
            line -= not is_continued(block.text())
        while column >= len(_said(block)) and is_continued(block.next().text()):
            column -= len(_said(block))
            block = block.next()
        cursor = QTextCursor(block)
        cursor.setPosition(_begin(block) + utf16_length(_said(block)[:column]))
        return cursor

    @override
    def createMimeDataFromSelection(self) -> QMimeData:
        data = QMimeData()
        data.setText(_plain(self.textCursor().selectedText()))
        return data

    @override
    def canInsertFromMimeData(self, source: QMimeData, /) -> bool:
        return source.hasText() or source.hasHtml()

    @override
    def insertFromMimeData(self, source: QMimeData, /) -> None:
        text = text_of(source)
        if text and not self.isReadOnly():
            self.insertPlainText(text)
            self.ensureCursorVisible()

    @override
    def inputMethodEvent(self, event: QInputMethodEvent, /) -> None:
        self.is_composing = bool(event.preeditString())
        self._settle()
        super().inputMethodEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        self.is_composing = False
        super().focusOutEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        self._settle()  # What is deleted may bring a joint to the cursor, which has not moved.
        cursor = self.textCursor()
        deletes_back = event.key() == Qt.Key.Key_Backspace or event.matches(QKeySequence.StandardKey.DeleteStartOfWord)
        if deletes_back and not cursor.hasSelection() and _is_after_joint(cursor):
            self._put_cursor(_joint_begin(cursor.block().previous()), None)
        if event.matches(QKeySequence.StandardKey.Undo) and not self.isReadOnly():
            self.undo()
        elif event.matches(QKeySequence.StandardKey.Redo) and not self.isReadOnly():
            self.redo()
        else:
            self._key, self._revision = event, self.document().revision()
            super().keyPressEvent(event)
            self._key = None

    @override
    def contextMenuEvent(self, event: QContextMenuEvent, /) -> None:
        menu = self.createStandardContextMenu(event.pos())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, travel in (("edit-undo", self.undo), ("edit-redo", self.redo)):
            action = menu.findChild(QAction, name)
            if action is not None:
                action.triggered.disconnect()
                action.triggered.connect(travel)
        menu.popup(event.globalPos())

    def _on_contents_change(self, position: int, _removed: int, added: int) -> None:
        begin, end = self._touched or (position, position)
        self._touched = (min(begin, position), max(end, position + added))

    def _travel(self, step: Callable[[], None], is_possible: Callable[[], bool]) -> None:
        """Go until another text stands there: Qt keeps what is typed and its mending as two steps."""
        text = self.toPlainText()
        step()
        while is_possible() and self.toPlainText() == text:
            step()

    def _on_undo_command_added(self) -> None:
        self._is_new = True

    def _has_travelled(self) -> bool:
        """Return whether the last change was undo or redo: other steps, and none of them is new."""
        steps, is_new = self.document().availableUndoSteps(), self._is_new
        has_travelled = steps != self._steps and not is_new
        self._steps, self._is_new = steps, False
        return has_travelled

    def _mend(self) -> None:
        """Keep joints whole and pieces short where the text was changed.

        What undo and redo bring back had its joints; a change would take away what can be redone.
        """
        if self._touched is None or self.is_composing:
            return
        (touched, end), self._touched = self._touched, None
        if self._has_travelled():
            return
        first, last = self._block_at(touched), self._block_at(end)
        first, last = _valid(first.previous(), first), _valid(last.next(), last)
        begin = _begin(first)
        text = _text_between(first, last)[begin - first.position() :]
        text = text[:-OPENING] if _goes_on(last) else text
        changes = mends(text)
        if not changes:
            return
        editor = QTextCursor(self.document())
        editor.joinPreviousEditBlock()
        while changes:
            for change in reversed(changes):
                editor.setPosition(begin + utf16_length(text[: change.begin]))
                length = utf16_length(text[change.begin : change.end])
                editor.setPosition(editor.position() + length, QTextCursor.MoveMode.KeepAnchor)
                editor.insertText(change.text)
            text = changed(text, changes)
            changes = mends(text)
        editor.endEditBlock()

    def _settle(self) -> None:
        """Take the cursor out of a joint: over it, back over it, or to the end of the line that is meant."""
        if self._is_settling:
            return
        cursor = self.textCursor()
        block, position = cursor.block(), cursor.position()
        is_in_end = position < _begin(block)
        before = block.previous() if is_in_end else block
        if is_in_end or (_goes_on(block) and position >= _joint_begin(block)):
            begin, end = _joint_begin(before), _begin(before.next())
            step = self._step()
            is_move = self._revision == self.document().revision()
            if step is not None and self._settled == end:
                self._put_cursor(begin, step)
            elif step is None and is_move and not is_in_end:
                self._put_cursor(begin, QTextCursor.MoveOperation.PreviousCharacter)
            else:
                self._put_cursor(end, None)
        self._settled, self._revision = self.textCursor().position(), self.document().revision()

    def _step(self) -> QTextCursor.MoveOperation | None:
        """Return how the key that is pressed goes on before a joint; None where it does not go by letters or words."""
        if self._key is None:
            return None
        if any(self._key.matches(key) for key in _LETTER_KEYS):
            return QTextCursor.MoveOperation.PreviousCharacter
        if any(self._key.matches(key) for key in _WORD_KEYS):
            return QTextCursor.MoveOperation.PreviousWord
        return None

    def _put_cursor(self, position: int, step: QTextCursor.MoveOperation | None) -> None:
        cursor = self.textCursor()
        mode = QTextCursor.MoveMode.KeepAnchor if cursor.hasSelection() else QTextCursor.MoveMode.MoveAnchor
        cursor.setPosition(position, mode)
        if step is not None:
            cursor.movePosition(step, mode)
        self._is_settling = True
        self.setTextCursor(cursor)
        self._is_settling = False

    def _block_at(self, position: int) -> QTextBlock:
        return self.document().findBlock(min(position, self.document().characterCount() - 1))


def text_of(source: QMimeData) -> str:
    """Return the words that are held; some programs give them as HTML only."""
    is_rich_only = source.hasHtml() and not source.hasFormat("text/plain")
    return QTextDocumentFragment.fromHtml(source.html()).toPlainText() if is_rich_only else source.text()


def _plain(raw: str) -> str:
    """Return what Qt gives with its own line ends, and with joints."""
    return without_joints(raw.replace("\u2029", "\n").replace("\u2028", "\n"))


def _valid(block: QTextBlock, otherwise: QTextBlock) -> QTextBlock:
    return block if block.isValid() else otherwise


def _text_between(first: QTextBlock, last: QTextBlock) -> str:
    """Return the text of some blocks as it stands in the document."""
    texts = [first.text()]
    while first != last:
        first = first.next()
        texts.append(first.text())
    return "\n".join(texts)


def _said(block: QTextBlock) -> str:
    """Return the text of a block without joints."""
    text = block.text()
    return text[CLOSING if is_continued(text) else 0 : -OPENING if goes_on(text) else None]


def _goes_on(block: QTextBlock) -> bool:
    return goes_on(block.text())


def _begin(block: QTextBlock) -> int:
    """Return where the text of a block begins, after the joint before it."""
    return block.position() + (CLOSING if is_continued(block.text()) else 0)


def _is_after_joint(cursor: QTextCursor) -> bool:
    return is_continued(cursor.block().text()) and cursor.position() == _begin(cursor.block())


def _joint_begin(block: QTextBlock) -> int:
    """Return where the joint begins in which a block ends."""
    return block.position() + block.length() - 1 - OPENING
