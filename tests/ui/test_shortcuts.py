"""Keys are defined in one place, from which everybody takes them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

import phidesk.ui
from phidesk.ui.shortcuts import Shortcut, shortcut_words

UI = Path(phidesk.ui.__file__).parent
PLACES = {"shortcuts.py", "message_actions.py"}
"""Where keys may be named: the shortcuts of the window, and those of messages."""
KEYS = re.compile(r"(Ctrl|Alt|Meta)\+.|F[1-9]$")
KEY_MEMBERS = re.compile(r"Key_F\d")
"""Of `Qt.Key`."""


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: str(path.relative_to(UI)))
def test_keys_are_named_nowhere_else(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    named = [text for text in texts if KEYS.match(text)]
    named += [node.attr for node in nodes if isinstance(node, ast.Attribute) and KEY_MEMBERS.match(node.attr)]

    assert path.name in PLACES or not named


def test_each_has_words() -> None:
    assert set(shortcut_words()) == set(Shortcut)


@pytest.mark.parametrize(
    ("shortcut", "key", "modifiers"),
    [
        (Shortcut.ANSWER_AGAIN, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier),
        (Shortcut.FIND, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier),
        (Shortcut.EDIT_LAST_QUESTION, Qt.Key.Key_Up, Qt.KeyboardModifier.KeypadModifier),
        (Shortcut.NEW_LINE, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_its_keys_mean_it_and_others_do_not(shortcut: Shortcut, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    assert shortcut.is_pressed(QKeyEvent(QEvent.Type.KeyPress, key, modifiers))
    assert not shortcut.is_pressed(QKeyEvent(QEvent.Type.KeyPress, key, modifiers | Qt.KeyboardModifier.AltModifier))
