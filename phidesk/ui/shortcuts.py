"""What keys do: the one place for those who act on keys, for tips that name them, and for the page that lists them.

Keys for the message that has the focus stand with what they do (`chat/message_actions.py`). Moving and selecting in
texts, menus and lists is Qt's, as everywhere on the computer.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, unique

from PySide6.QtCore import QCoreApplication, QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

translate = QCoreApplication.translate

_Standard = QKeySequence.StandardKey
_KEYPAD = Qt.KeyboardModifier.KeypadModifier


@unique
class Shortcut(Enum):
    """Each with its keys: as QKeySequence reads them, or as the system has them. The first ones are named in tips."""

    NEW_CONVERSATION = ("Ctrl+N",)
    SIDEBAR = ("Ctrl+\\",)
    PANEL = ("Ctrl+I",)
    LARGER_TEXT = ("Ctrl++", "Ctrl+=")
    SMALLER_TEXT = ("Ctrl+-",)
    USUAL_TEXT = ("Ctrl+0",)
    HELP = ("F1",)
    QUIT = ("Ctrl+Q",)
    SEND = ("Enter", "Return")
    NEW_LINE = ("Shift+Enter", "Shift+Return")
    EDIT_LAST_QUESTION = ("Up",)
    SNIPPETS = ("/",)
    STOP = ("Esc",)
    ANSWER_AGAIN = ("Ctrl+R",)
    PREVIOUS_MESSAGE = ("Alt+Up",)
    NEXT_MESSAGE = ("Alt+Down",)
    PREVIOUS_HEADING = ("Shift+H",)
    NEXT_HEADING = ("H",)
    READ_MESSAGE = ("F4",)
    FIND = (_Standard.Find,)
    FIND_NEXT = (_Standard.FindNext,)
    FIND_PREVIOUS = (_Standard.FindPrevious,)
    UNDO = (_Standard.Undo,)
    SAVE_EDIT = ("Ctrl+Enter", "Ctrl+Return")

    @property
    def sequences(self) -> list[QKeySequence]:
        """All keys that do it, the first ones are named."""
        found: list[QKeySequence] = []
        for keys in self.value:
            found += [QKeySequence(keys)] if isinstance(keys, str) else QKeySequence.keyBindings(keys)
        return found

    @property
    def keys(self) -> str:
        """The keys that are named, as this system writes them: "Ctrl+N", or "⌘N" on macOS."""
        return self.sequences[0].toString(QKeySequence.SequenceFormat.NativeText)

    def is_pressed(self, event: QKeyEvent) -> bool:
        """Whether this key event means it; keys of the number pad count as the others."""
        pressed = QKeySequence(QKeyCombination(event.modifiers() & ~_KEYPAD, Qt.Key(event.key())))
        return pressed in self.sequences


def shortcut_words() -> Mapping[Shortcut, str]:
    """Say what each does, in the order of the page that lists them."""
    return {
        Shortcut.SEND: translate("Shortcuts", "Send; while an answer is written, let it wait"),
        Shortcut.NEW_LINE: translate("Shortcuts", "Begin a new line"),
        Shortcut.EDIT_LAST_QUESTION: translate("Shortcuts", "Edit the last question, while nothing is typed"),
        Shortcut.SNIPPETS: translate("Shortcuts", "Offer snippets, at the beginning of a line"),
        Shortcut.STOP: translate("Shortcuts", "Stop the answer; close what is open"),
        Shortcut.ANSWER_AGAIN: translate("Shortcuts", "Answer the last question again"),
        Shortcut.PREVIOUS_MESSAGE: translate("Shortcuts", "Go to the message above"),
        Shortcut.NEXT_MESSAGE: translate("Shortcuts", "Go to the message below"),
        Shortcut.PREVIOUS_HEADING: translate("Shortcuts", "Go to the heading above, from a message"),
        Shortcut.NEXT_HEADING: translate("Shortcuts", "Go to the heading below, from a message"),
        Shortcut.READ_MESSAGE: translate("Shortcuts", "Read a message in a text view"),
        Shortcut.FIND: translate("Shortcuts", "Find in the conversation"),
        Shortcut.FIND_NEXT: translate("Shortcuts", "Next place found"),
        Shortcut.FIND_PREVIOUS: translate("Shortcuts", "Previous place found"),
        Shortcut.UNDO: translate("Shortcuts", "Undo"),
        Shortcut.SAVE_EDIT: translate("Shortcuts", "Save what was changed in a message"),
        Shortcut.NEW_CONVERSATION: translate("Shortcuts", "New conversation"),
        Shortcut.SIDEBAR: translate("Shortcuts", "Sidebar"),
        Shortcut.PANEL: translate("Shortcuts", "This conversation"),
        Shortcut.LARGER_TEXT: translate("Shortcuts", "Larger text"),
        Shortcut.SMALLER_TEXT: translate("Shortcuts", "Smaller text"),
        Shortcut.USUAL_TEXT: translate("Shortcuts", "Usual text size"),
        Shortcut.HELP: translate("Shortcuts", "Help, and these keys"),
        Shortcut.QUIT: translate("Shortcuts", "Quit PhiDesk"),
    }


EVERYWHERE = (
    Shortcut.NEW_CONVERSATION,
    Shortcut.SIDEBAR,
    Shortcut.PANEL,
    Shortcut.LARGER_TEXT,
    Shortcut.SMALLER_TEXT,
    Shortcut.USUAL_TEXT,
    Shortcut.HELP,
    Shortcut.QUIT,
)
"""These hold in the whole window, the others in a conversation."""
