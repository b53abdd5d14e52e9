"""What can be told about a server at an address before anybody talks with it."""

from __future__ import annotations

from dataclasses import dataclass

from phidesk.core.errors import KeyRequired
from phidesk.core.tasks import Cancellation
from phidesk.engine.network import Gate
from phidesk.engine.openai.client import ServerEngine


@dataclass(frozen=True)
class ServerFacts:
    """A server that answers: the names of the models that one can talk with, and whether it wants a key.

    `window_tokens` is None where it does not tell, or where its models differ.
    """

    models: tuple[str, ...]
    window_tokens: int | None
    needs_key: bool


def probe_server(address: str, key: str, gate: Gate, cancel: Cancellation | None = None) -> ServerFacts:
    """Ask a server what it is. `key` is empty where there is none; the gate must allow the address.

    Raises:
        KeyRequired: it wants a key, or another one.
        EngineError: it cannot be reached, is not ready, or is none.
        Cancelled: `cancel` was used.
    """
    engine = ServerEngine(address, lambda: key, gate)
    models = tuple(model.name for model in engine.models(cancel) if model.can_chat)
    needs_key = engine.needs_key(cancel=cancel)
    if needs_key and engine.needs_key(key, cancel=cancel):
        raise KeyRequired(engine=address, address=address, detail="the key is refused" if key else "")
    windows = {loaded.window_tokens for loaded in engine.loaded(cancel)}
    return ServerFacts(models, windows.pop() if len(windows) == 1 else None, needs_key)
