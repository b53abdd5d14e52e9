"""Everything expected that can go wrong, as facts.

    PhiDeskError
    ├── EngineError                 the thing that runs the model
    │   ├── EngineMissing           not part of this installation
    │   ├── EngineUnreachable       nobody answers at the address
    │   ├── EngineStarting          somebody is there but not ready yet
    │   ├── EngineForbidden         it refuses us (403)
    │   ├── KeyRequired             it wants a key, or another one (401)
    │   ├── NotAnEngine             something else answers at the address
    │   ├── EngineTooOld            it lacks what we need
    │   ├── EngineBusy              its queue is full
    │   ├── EngineRefused           it refused this request for another reason
    │   └── EngineDied              it went away while it answered
    ├── ModelError
    │   ├── NoModel                 the engine has no model to chat with
    │   ├── ModelMissing            the wanted model is not there
    │   ├── ModelCannotChat         the model is there, but for something else
    │   ├── ModelFileDamaged        the file cannot be read as a model
    │   └── ModelLoadFailed         the engine could not load it
    ├── PromptTooLong               more tokens than the window holds; nothing was answered
    ├── StorageError
    │   ├── DatabaseTooNew          written by a later version; left untouched
    │   ├── DatabaseDamaged
    │   ├── StorageFull
    │   ├── StorageUnwritable
    │   ├── ProfileInUse            another process of ours owns it
    │   └── ConversationMissing
    ├── SecretsUnavailable          no keyring on this computer
    ├── BlockedByOfflineRule        a connection that nobody asked for
    ├── WrongArgument               the command line asks for something that cannot be
    └── OutputUnwritable            nobody takes what the command line prints

Errors carry facts and no sentences: words for people stand in `ui/messages.py`, one per class.
A bug is never a PhiDeskError.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

Fact = str | int | None


@dataclass(eq=False)
class PhiDeskError(Exception):
    """The root. Subclasses are dataclasses: their fields are the facts."""

    def facts(self) -> dict[str, Fact]:
        """Return the facts by name, in plain values that JSON can hold."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}

    def __str__(self) -> str:  # type: ignore[explicit-override] # Python 3.11 has no `override`
        """Name the class and its facts, for logs and "Details"; never shown as a sentence."""
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts().items())
        return f"{type(self).__name__}({facts})"


@dataclass(eq=False)
class EngineError(PhiDeskError):
    """Something about the engine. `engine` is its name: "ollama", "builtin" or an address."""

    engine: str
    detail: str = ""


@dataclass(eq=False)
class EngineMissing(EngineError):
    """The engine is not part of this installation."""


@dataclass(eq=False)
class EngineUnreachable(EngineError):
    """Nobody answers: refused, no such host, or no reply in time."""

    address: str = ""


@dataclass(eq=False)
class EngineStarting(EngineError):
    """The engine exists but does not answer questions yet."""


@dataclass(eq=False)
class EngineForbidden(EngineError):
    """The engine refuses this program (HTTP 403: foreign host name or origin)."""

    address: str = ""


@dataclass(eq=False)
class KeyRequired(EngineError):
    """The server wants a key, or refuses the one it got (HTTP 401)."""

    address: str = ""


@dataclass(eq=False)
class NotAnEngine(EngineError):
    """Something answers at the address, but it does not speak the protocol."""

    address: str = ""


@dataclass(eq=False)
class EngineTooOld(EngineError):
    """The engine's version lacks what we need."""

    version: str = ""
    needed: str = ""


@dataclass(eq=False)
class EngineBusy(EngineError):
    """The engine's queue is full (HTTP 503)."""


@dataclass(eq=False)
class EngineRefused(EngineError):
    """The engine refused the request; `detail` holds its own words."""

    status: int = 0


@dataclass(eq=False)
class EngineDied(EngineError):
    """The engine or its runner went away before the answer was complete."""


@dataclass(eq=False)
class ModelError(PhiDeskError):
    """Something about a model on an engine."""

    engine: str
    model: str = ""
    detail: str = ""


@dataclass(eq=False)
class NoModel(ModelError):
    """The engine is ready, but has no model that can chat."""


@dataclass(eq=False)
class ModelMissing(ModelError):
    """The engine does not have the wanted model."""


@dataclass(eq=False)
class ModelCannotChat(ModelError):
    """The model is there, but cannot chat (an embedding model, say)."""


@dataclass(eq=False)
class ModelFileDamaged(ModelError):
    """The file is missing, cut short, or not a model at all."""

    path: Path | None = None


@dataclass(eq=False)
class ModelLoadFailed(ModelError):
    """The engine could not load the model. `out_of_memory` is 1 where the engine said so."""

    out_of_memory: int = 0


@dataclass(eq=False)
class PromptTooLong(PhiDeskError):
    """The prompt has more tokens than the window holds; None where the engine did not say how many."""

    engine: str
    prompt_tokens: int | None = None
    window_tokens: int | None = None


@dataclass(eq=False)
class StorageError(PhiDeskError):
    """Something about the person's data on disk."""

    path: Path
    detail: str = ""


@dataclass(eq=False)
class DatabaseTooNew(StorageError):
    """A later version of PhiDesk wrote the file. It was not touched."""

    found: int = 0
    supported: int = 0


@dataclass(eq=False)
class DatabaseDamaged(StorageError):
    """The file is not a database of ours, or its pages are inconsistent."""


@dataclass(eq=False)
class StorageFull(StorageError):
    """The disk has no room left."""


@dataclass(eq=False)
class StorageUnwritable(StorageError):
    """The folder or file cannot be written."""


@dataclass(eq=False)
class ProfileInUse(StorageError):
    """Another process of ours owns the profile."""


@dataclass(eq=False)
class ConversationMissing(PhiDeskError):
    """No conversation has this id."""

    conversation_id: str


@dataclass(eq=False)
class SecretsUnavailable(PhiDeskError):
    """This computer offers no keyring."""

    detail: str = ""


@dataclass(eq=False)
class BlockedByOfflineRule(PhiDeskError):
    """A connection to a host that nobody allowed was refused before it was made."""

    host: str
    purpose: str = ""


@dataclass(eq=False)
class WrongArgument(PhiDeskError):
    """The command line is not one of ours; `detail` says which part, technically."""

    detail: str


@dataclass(eq=False)
class OutputUnwritable(PhiDeskError):
    """The standard output takes nothing more: its reader left, its disk is full, or it is closed."""

    detail: str
