"""Which fonts texts are shown in, and for which scripts this computer has none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QFontDatabase, QFontInfo, QGuiApplication

from phidesk.chat.diagnosis import FontFinding

_Script = QFontDatabase.WritingSystem
COMMON_SCRIPTS = (
    _Script.Latin,
    _Script.Greek,
    _Script.Cyrillic,
    _Script.Hebrew,
    _Script.Arabic,
    _Script.Devanagari,
    _Script.Thai,
    _Script.SimplifiedChinese,
    _Script.Japanese,
    _Script.Korean,
)
"""In which most people write."""


def find_fonts() -> FontFinding:
    """Ask Qt, which must be running; for the main thread."""
    present = set(QFontDatabase.writingSystems())
    missing = [QFontDatabase.writingSystemName(script) for script in COMMON_SCRIPTS if script not in present]
    family = QFontInfo(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)).family()
    return FontFinding(family, tuple(missing))


def find_fonts_without_window() -> FontFinding:
    """Ask Qt, which is started for this if it is not running."""
    with _running_qt():
        return find_fonts()


@contextmanager
def _running_qt() -> Iterator[None]:
    if QGuiApplication.instance() is not None:  # a command that runs beside a window, in tests
        yield
        return
    arguments = ["phidesk"]
    if sys.platform.startswith("linux"):
        arguments += ["-platform", "offscreen"]  # there may be no screen; the fonts are the same
    application = QGuiApplication(arguments)
    try:
        yield
    finally:
        application.shutdown()
