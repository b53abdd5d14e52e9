"""A look at whatever answers at an address: is it an Ollama, which one, is it ready?"""

from __future__ import annotations

import re

from phidesk.core.errors import EngineForbidden, KeyRequired, NotAnEngine, PhiDeskError
from phidesk.core.tasks import Cancellation
from phidesk.engine.network import READ_TIMEOUT_S, Gate
from phidesk.engine.ollama.connection import Connection, is_silence
from phidesk.engine.protocol import EngineState, EngineStatus

PROBE_PATIENCE_S = 2.0
"""For a look at the state. A daemon that starts accepts connections and is silent until it knows the graphics cards."""
OLDEST_VERSION = (0, 12, 4)
"""The first that obeys `truncate` and `shift`; an older one would cut conversations in silence."""
FIRST_EXACT_VERSION = (0, 30, 1)
"""The first whose `prompt_eval_count` is the whole prompt, the cached part included."""
SELF_BUILT = (0, 0, 0)


def probe(address: str, gate: Gate, cancel: Cancellation | None = None) -> EngineState:
    """Ask for the version, with little patience. Raises only `Cancelled`."""
    connection = Connection(lambda: address, gate, READ_TIMEOUT_S)
    try:
        version = connection.ask_version(patience_s=PROBE_PATIENCE_S, cancel=cancel)
    except (EngineForbidden, KeyRequired) as error:
        return EngineState(EngineStatus.FORBIDDEN, address=connection.url, detail=error.detail)
    except NotAnEngine as error:
        return EngineState(EngineStatus.NOT_AN_ENGINE, address=connection.url, detail=error.detail)
    except PhiDeskError as error:
        status = EngineStatus.STARTING if is_silence(error) else EngineStatus.UNREACHABLE
        return EngineState(status, address=connection.url, detail=str(error))
    return EngineState(
        EngineStatus.READY, version=version, address=connection.url, has_exact_figures=has_exact_figures(version)
    )


def is_too_old(version: str) -> bool:
    """Whether it lacks what we need. Nobody can call one old that names no version or was built from source."""
    numbers = _numbers(version)
    return numbers is not None and SELF_BUILT < numbers < OLDEST_VERSION


def has_exact_figures(version: str) -> bool:
    """Whether its token counts are exact; before they are estimates. Unknown versions are taken as new."""
    numbers = _numbers(version)
    return numbers is None or numbers == SELF_BUILT or numbers >= FIRST_EXACT_VERSION


def _numbers(version: str) -> tuple[int, ...] | None:
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", version)
    return tuple(int(number) for number in match.groups()) if match else None
