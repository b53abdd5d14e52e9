"""`python -m phidesk`: the window, or one command without it."""

from __future__ import annotations

import gc
import os
import signal
import sys


def main() -> int:
    """Open the window, or run the command that was given; return the exit code."""
    arguments = sys.argv[1:]
    if not arguments:
        gc.disable()  # Until the window is painted: nothing that a start makes is garbage, and looking costs 10 ms.
        from phidesk.app import run_window  # noqa: PLC0415 - each way loads only what it needs

        return run_window(os.environ)
    if os.name == "posix":  # Ctrl+C waits until `run_command` can tell of it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    from phidesk.cli.main import run_command  # noqa: PLC0415 - see above

    return run_command(arguments, os.environ, self_test=_self_test)


def _self_test() -> int:
    from phidesk.self_test import run_self_test  # noqa: PLC0415 - it opens the window

    return run_self_test()


if __name__ == "__main__":
    sys.exit(main())
