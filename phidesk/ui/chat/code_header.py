"""The line above a listing: its language, and what can be done with it. Mirrored where the window is."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRect
from PySide6.QtGui import QFontMetrics, QPainter

from phidesk.ui.chat.block_documents import BlockDocuments
from phidesk.ui.chat.block_geometry import PlacedBlock
from phidesk.ui.chat.thinking_line import direction_of
from phidesk.ui.chat.transcript_style import CODE_PADDING_X
from phidesk.ui.widgets.text_line import paint_line

_BUTTON_PADDING_X = 8
_BUTTON_MARGIN_Y = 4
_LONGEST_NAME = 40
_NAMES = {
    "bash": "Bash", "c": "C", "c++": "C++", "c#": "C#", "console": "Console", "cpp": "C++", "cs": "C#",
    "csharp": "C#", "css": "CSS", "csv": "CSV", "dart": "Dart", "diff": "Diff", "go": "Go", "golang": "Go",
    "html": "HTML", "ini": "INI", "java": "Java", "javascript": "JavaScript", "js": "JavaScript", "json": "JSON",
    "jsx": "JSX", "kotlin": "Kotlin", "latex": "LaTeX", "lua": "Lua", "makefile": "Makefile", "markdown": "Markdown",
    "md": "Markdown", "mysql": "MySQL", "perl": "Perl", "php": "PHP", "postgresql": "PostgreSQL",
    "powershell": "PowerShell", "py": "Python", "python": "Python", "python3": "Python", "r": "R", "rb": "Ruby",
    "rs": "Rust", "ruby": "Ruby", "rust": "Rust", "scss": "SCSS", "sh": "Shell", "shell": "Shell", "sql": "SQL",
    "sqlite": "SQLite", "svg": "SVG", "swift": "Swift", "tex": "TeX", "toml": "TOML", "ts": "TypeScript",
    "tsx": "TSX", "typescript": "TypeScript", "xml": "XML", "yaml": "YAML", "yml": "YAML", "zsh": "Zsh",
}  # fmt: skip
"""How languages are written whose short names models use."""


@dataclass(frozen=True, slots=True)
class CodeHeader:
    """Where the parts of the line stand, in the coordinates of its block."""

    rect: QRect
    name: QRect
    copy: QRect
    wrap: QRect | None
    """None where no line is longer than the column."""


def language_name(info: str) -> str:
    """Return the name of a language as people write it; of a listing without one, what it is."""
    if info.lower() in ("", "text", "txt", "plain", "plaintext"):
        return QCoreApplication.translate("CodeHeader", "Text")
    return _NAMES.get(info.lower(), info[:_LONGEST_NAME])


def copy_label(*, is_copied: bool) -> str:
    """Return what the button says that copies."""
    if is_copied:
        return QCoreApplication.translate("CodeHeader", "Copied")
    return QCoreApplication.translate("CodeHeader", "Copy")


def wrap_label(*, is_wrapped: bool) -> str:
    """Return what the button says that wraps lines, or lets them be as long as they are."""
    if is_wrapped:
        return QCoreApplication.translate("CodeHeader", "Do not wrap")
    return QCoreApplication.translate("CodeHeader", "Wrap lines")


def lay_out_code_header(placed: PlacedBlock, documents: BlockDocuments, *, is_mirrored: bool) -> CodeHeader | None:
    """Return the line of a block; None if it is no listing, or a further piece of one."""
    side = placed.box.side
    if not placed.has_header or side is None:
        return None
    rect = QRect(placed.rect.left(), placed.rect.top(), placed.rect.width(), documents.header_height)
    metrics = QFontMetrics(documents.note_font)
    margin = CODE_PADDING_X - _BUTTON_PADDING_X
    right = rect.right() + 1 - margin

    def take_button(labels: list[str]) -> QRect:
        nonlocal right
        width = max(metrics.horizontalAdvance(label) for label in labels) + 2 * _BUTTON_PADDING_X
        right -= width
        return QRect(right, rect.top() + _BUTTON_MARGIN_Y, width, rect.height() - 2 * _BUTTON_MARGIN_Y)

    copy = take_button([copy_label(is_copied=is_copied) for is_copied in (False, True)])
    wrap = None
    if side.is_wrapped or side.longest_offset:
        wrap = take_button([wrap_label(is_wrapped=side.is_wrapped)])
    left = rect.left() + CODE_PADDING_X
    name = QRect(left, rect.top(), max(0, right - left), rect.height())
    if is_mirrored:
        name, copy = _mirrored(name, rect), _mirrored(copy, rect)
        wrap = _mirrored(wrap, rect) if wrap is not None else None
    return CodeHeader(rect, name, copy, wrap)


def paint_language(painter: QPainter, header: CodeHeader, info: str, *, is_mirrored: bool) -> None:
    """Write the language, cut where there is no room, with the pen and font that are set."""
    paint_line(painter, header.name, language_name(info), direction_of(is_mirrored=is_mirrored))


def _mirrored(rect: QRect, within: QRect) -> QRect:
    return QRect(within.left() + within.right() - rect.right(), rect.top(), rect.width(), rect.height())
