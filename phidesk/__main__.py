"""`python -m phidesk`: the window, one command without it, or (`-m NAME …`) one of our small programs.

Those are started as `sys.executable -m NAME`. In a packaged build that is this program, and not Python.
"""

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
    if arguments[0] == "-m":
        return _run_child(*arguments[1:])
    if os.name == "posix":  # Ctrl+C waits until `run_command` can tell of it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    from phidesk.cli.main import run_command  # noqa: PLC0415 - see above

    return run_command(arguments, os.environ, self_test=_self_test)


def _run_child(name: str = "", *arguments: str) -> int:
    """Be the child of this name, as `python -m` would be. It is imported by name, so that packaging finds it."""
    sys.argv = [name, *arguments]
    if name == "phidesk.engine.builtin.server_child":
        from phidesk.engine.builtin import server_child  # noqa: PLC0415 - see above

        server_child.main()
    elif name == "phidesk.processes.leash":
        from phidesk.processes import leash  # noqa: PLC0415 - see above

        leash.main()
    elif name == "phidesk.processes.sandbox.launcher":
        from phidesk.processes.sandbox import launcher  # noqa: PLC0415 - see above

        launcher.main()
    else:
        sys.stderr.write(f"{name}: not a part of PhiDesk that runs by itself\n")
        return 2
    return 0


def _self_test() -> int:
    from phidesk.self_test import run_self_test  # noqa: PLC0415 - it opens the window

    return run_self_test()


if __name__ == "__main__":
    sys.exit(main())
