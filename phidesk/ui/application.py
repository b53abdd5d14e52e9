"""Qt itself: started so that every platform looks and behaves alike."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from PySide6.QtCore import QSocketNotifier, Qt, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from phidesk import __version__
from phidesk.core.paths import package_resources

SWITCH_INTERVAL_S = 0.0005
"""Of Python's lock: beside a busy worker the window stalls for 3.5 instead of 32 ms (p99)."""
DESKTOP_FILE = "phidesk"
PLURAL_FORMS = "phidesk_en.qm"
"""Made by Qt's `lupdate -pluralonly` and `lrelease`; tests/ui/test_plural_forms.py says how, and when it must be."""


def make_application(arguments: Sequence[str]) -> QApplication:
    """Make the one application object. Called once, on the main thread."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    QGuiApplication.setDesktopFileName(DESKTOP_FILE)
    application = QApplication(list(arguments))
    application.setApplicationName("PhiDesk")
    application.setApplicationDisplayName("PhiDesk")
    application.setApplicationVersion(__version__)
    take_plural_forms(application)
    return application


def take_plural_forms(application: QApplication) -> None:
    """Let sentences with a number, of which the sources hold one form, have both forms of English."""
    translator = QTranslator(application)
    translator.setObjectName("pluralForms")
    if translator.load(str(package_resources() / "translations" / PLURAL_FORMS)):
        application.installTranslator(translator)


def quit_on_signals(application: QApplication, window: QWidget) -> None:
    """Close the window when the system ends the session or a terminal says Ctrl+C, so that nothing is lost.

    Python runs handlers only between instructions of its own, and none are executed while Qt waits: the number of the
    signal is written to a socket that Qt watches.
    """
    import socket  # noqa: PLC0415 - 4 ms that the first paint need not wait for

    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read, application)
    notifier.activated.connect(window.close)
    # Kept alive by the application, like the notifier.
    application.setProperty("signalSockets", (reader, writer))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(writer.fileno())
