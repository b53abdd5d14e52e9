"""Tips: what models, files and people write in them is shown as it is, and is no HTML."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible, QTextDocumentFragment
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import phidesk.ui
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.elided_label import ElidedLabel
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.plain_tip import plain_tip, set_plain_tip

UI = Path(phidesk.ui.__file__).parent
HOSTILE = "<img src='x'><b>Report</b> & co.pdf"
OUR_WORDS = {"tr", "translate", "key_tip", "plain_tip"}
OUR_FIGURES = {
    "chat/gauge_line.py",
    "chat/memory_facts.py",
    "chat/pieces_view.py",
    "prompts/prompt_editor.py",
    "widgets/gauge_bar.py",
    "widgets/history_chart.py",
    "widgets/plain_tip.py",
    "widgets/section_title.py",
}
"""What these show as a tip is made of figures and of words of the program."""


def tips_of(tree: ast.AST) -> Iterator[ast.expr]:
    """Find what is shown as a tip of a widget, of an item, or where a mouse is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == "setToolTip":
                yield node.args[0]
            elif node.func.attr == "showText" and getattr(node.func.value, "id", "") == "QToolTip":
                yield node.args[1]
            elif node.func.attr == "setData" and "ToolTipRole" in ast.unparse(node):
                yield node.args[0]


def is_ours(tip: ast.expr) -> bool:
    """Tell words of the program, and what has been made plain."""
    called = tip.func if isinstance(tip, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in OUR_WORDS


def test_tips_with_words_of_others_are_made_plain() -> None:
    foreign = {
        f"{path.relative_to(UI).as_posix()}: {ast.unparse(tip)}"
        for path in UI.rglob("*.py")
        for tip in tips_of(ast.parse(path.read_text(encoding="utf-8")))
        if not is_ours(tip) and path.relative_to(UI).as_posix() not in OUR_FIGURES
    }

    assert foreign == set()


def test_what_looks_like_html_is_written_out() -> None:
    tip = plain_tip(HOSTILE)

    assert QTextDocumentFragment.fromHtml(tip).toPlainText() == HOSTILE


@pytest.mark.parametrize("text", ["phi4-mini:latest", "Show the sidebar (Ctrl+\\)", "a < b", ""])
def test_a_short_text_stays_as_it_is(text: str) -> None:
    assert plain_tip(text) == text


def test_what_is_long_is_wrapped() -> None:
    assert plain_tip("word " * 40).startswith("<qt>")


def test_screen_readers_hear_the_words_alone(qtbot: QtBot) -> None:
    label = QLabel("Report")
    qtbot.addWidget(label)

    set_plain_tip(label, HOSTILE)

    assert QAccessible.queryAccessibleInterface(label).text(QAccessible.Text.Description) == HOSTILE


def test_a_title_that_is_cut_is_no_html_in_its_tip(qtbot: QtBot) -> None:
    title = ElidedLabel()
    qtbot.addWidget(title)
    title.resize(30, 20)

    title.setText(HOSTILE)

    assert title.toolTip() == plain_tip(HOSTILE)


def test_a_button_that_names_a_file_is_no_html_in_its_tip(theme: Theme, qtbot: QtBot) -> None:
    button = IconButton(theme, "x", f"Remove {HOSTILE}")
    qtbot.addWidget(button)

    assert button.accessibleName() == f"Remove {HOSTILE}"
    assert "<img" not in button.toolTip()
