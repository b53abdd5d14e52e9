"""Opens the window as the program does, says when it came so far (monotonic seconds), and ends at once.

`python -m` this module [painted|completed]: the first paint, or everything behind it too, so that a question can be sent.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import Any


def main(signal: str = "painted") -> None:
    """Run the program's own start, with an ear at the window."""
    gc.disable()  # As `phidesk.__main__` does first; the ear needs the window's class before that.
    from phidesk.__main__ import main as run_program  # noqa: PLC0415 - see above
    from phidesk.ui.main_window import MainWindow  # noqa: PLC0415 - see above

    make = MainWindow.__init__

    def make_and_listen(window: MainWindow, *arguments: Any, **parts: Any) -> None:
        make(window, *arguments, **parts)
        getattr(window, signal).connect(_report)  # before anybody else

    setattr(MainWindow, "__init__", make_and_listen)  # noqa: B010 - mypy forbids it in the other way
    sys.argv = ["phidesk"]
    run_program()


def _report() -> None:
    sys.stdout.write(f"{time.monotonic()}\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
