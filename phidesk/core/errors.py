"""Everything expected that can go wrong, as facts.

    PhiDeskError
    ├── EngineError                 the thing that runs the model
    │   ├── EngineMissing           not part of this installation
    │   ├── EngineNotStarted        it is installed, and did not come up
    │   ├── EngineUnreachable       nobody answers at the address
    │   ├── EngineStarting          somebody is there but not ready yet
    │   ├── EngineForbidden         it refuses us (403)
    │   ├── KeyRequired             it wants a key, or another one (401)
    │   ├── CertificateUntrusted    nobody whom this computer trusts says that it is who it claims to be (https)
    │   ├── NotAnEngine             something else answers at the address
    │   ├── EngineTooOld            it lacks what we need
    │   ├── EngineBusy              its queue is full
    │   ├── EngineRefused           it refused this request for another reason
    │   ├── SchemaRefused           because of the form that was wished for the answer
    │   ├── EngineDied              it went away while it answered
    │   ├── EngineDamaged           parts of its installation are missing
    │   ├── ModelFolderUnusable     it cannot read its own folder of models
    │   ├── AnswerGarbled           what came in the middle of an answer is not of its protocol
    │   └── ProcessorTooOld         it uses instructions that this processor lacks
    ├── ModelError
    │   ├── NoModel                 the engine has no model to chat with
    │   ├── ModelMissing            the wanted model is not there
    │   ├── ModelCannotChat         the model is there, but for something else
    │   ├── ModelElsewhere          it runs on somebody else's computer; never asked
    │   ├── ModelTooNew             the engine is too old to run it
    │   ├── ModelFileDamaged        the file cannot be read as a model
    │   ├── ModelFileForeign        the file is whole, but nothing that the engine can talk with
    │   ├── ModelFileUnreachable    the engine has the model, but its file cannot be read from here
    │   ├── ModelNotOurs            the file belongs to somebody else and is not deleted
    │   ├── ModelNameTaken          another model has the name already
    │   ├── ModelLoadStalled        loading it did not get on
    │   └── ModelLoadFailed         the engine could not load it
    ├── DownloadError               a model on its way here
    │   ├── RegistryUnreachable     no way to the registry
    │   ├── RegistryForeign         something else answers in its place
    │   ├── ModelNotOffered         it has no such model, or none that the engine can use
    │   ├── DownloadRefused         it refuses for another reason
    │   ├── RegistryBusy            it answers that it cannot just now
    │   ├── DownloadBroken          the connection broke again and again
    │   ├── DownloadDamaged         what came is not what was announced
    │   └── DownloadUnwritable      the engine cannot write into its own folder
    ├── PromptTooLong               more tokens than the window holds; nothing was answered
    ├── WindowExceeded              we counted so before anything was sent
    ├── StorageError
    │   ├── DatabaseTooNew          written by a later version; left untouched
    │   ├── DatabaseDamaged
    │   ├── StorageFull
    │   ├── StorageUnwritable
    │   ├── NotEnoughRoom           known before anything was written
    │   ├── FileTooLargeForDisk     the disk's format cannot hold a file of this size (FAT32)
    │   ├── StickDamaged            an exported model that is not what it was when it was written
    │   ├── NotAModelStick          no exported model in this folder
    │   ├── ProfileInUse            another process of ours owns it
    │   └── ConversationMissing
    ├── PromptMissing               the library has no such entry (any more)
    ├── FileError                   a file that the person gave
    │   ├── FileUnreadable          it is gone, or may not be read
    │   ├── FileIsFolder
    │   ├── FileTooLarge
    │   ├── FileNotText             it is a picture, a PDF, or another thing that is not read as text
    │   └── NotAPromptFile          it is text, but holds no instructions that were exported
    ├── SecretsUnavailable          no keyring on this computer
    ├── AddressUnusable             what was entered is no address of a server
    ├── KeyUnusable                 what was entered cannot be a key
    ├── ServerNotAdded              a server that the person removed, or never added
    ├── ToolServerError             a program of the person's that offers tools
    │   ├── ToolServerMissing       it is not on this computer
    │   ├── ToolServerKeysUnknown   what shall stand in its environment is not known
    │   ├── ToolServerEnded         it went away
    │   ├── ToolServerSilent        it did not answer in time
    │   ├── ToolServerForeign       what it writes is not of the protocol
    │   └── ToolServerRefused       it answered that it cannot
    ├── ToolNameTaken               another tool has the name already
    ├── BlockedByOfflineRule        a connection that nobody asked for
    ├── SwitchedOffline             a connection that the offline switch forbids
    ├── WrongArgument               the command line asks for something that cannot be
    └── OutputUnwritable            nobody takes what the command line prints

Errors carry facts and no sentences: words for people stand in `ui/error_words.py`, one per class.
A bug is never a PhiDeskError.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

Fact = str | int | None


@dataclass(eq=False, repr=False)
class PhiDeskError(Exception):
    """The root. A subclass with facts of its own is a dataclass: its fields are the facts.

    Only what is needed is made for each: all of them are loaded at every start.
    """

    def facts(self) -> dict[str, Fact]:
        """Return the facts by name, in plain values that JSON can hold."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}

    def __str__(self) -> str:  # type: ignore[explicit-override] # Python 3.11 has no `override`
        """Name the class and its facts, for logs and "Details"; never shown as a sentence."""
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts().items())
        return f"{type(self).__name__}({facts})"

    __repr__ = __str__


@dataclass(eq=False, repr=False)
class EngineError(PhiDeskError):
    """Something about the engine. `engine` is its name: "ollama", "builtin" or an address."""

    engine: str
    detail: str = ""


class EngineMissing(EngineError):
    """The engine is not part of this installation."""


@dataclass(eq=False, repr=False)
class EngineNotStarted(EngineError):
    """It is installed, and did not come up or goes away again and again; `detail` holds its last lines.

    `port_holder` is the program that holds its usual port, so that it had to take another one.
    """

    port_holder: str = ""


@dataclass(eq=False, repr=False)
class EngineUnreachable(EngineError):
    """Nobody answers: refused, no such host, or no reply in time."""

    address: str = ""


class EngineStarting(EngineError):
    """The engine exists but does not answer questions yet."""


@dataclass(eq=False, repr=False)
class EngineForbidden(EngineError):
    """The engine refuses this program (HTTP 403: foreign host name or origin)."""

    address: str = ""


@dataclass(eq=False, repr=False)
class KeyRequired(EngineError):
    """The server wants a key, or refuses the one it got (HTTP 401)."""

    address: str = ""


@dataclass(eq=False, repr=False)
class CertificateUntrusted(EngineError):
    """Somebody answers with a certificate that this computer does not trust. Nothing was sent."""

    address: str = ""


@dataclass(eq=False, repr=False)
class NotAnEngine(EngineError):
    """Something answers at the address, but it does not speak the protocol."""

    address: str = ""


@dataclass(eq=False, repr=False)
class EngineTooOld(EngineError):
    """The engine's version lacks what we need."""

    version: str = ""
    needed: str = ""


class EngineBusy(EngineError):
    """The engine's queue is full (HTTP 503)."""


@dataclass(eq=False, repr=False)
class EngineRefused(EngineError):
    """The engine refused the request; `detail` holds its own words."""

    status: int = 0


@dataclass(eq=False, repr=False)
class SchemaRefused(EngineError):
    """The engine does not take the JSON schema that answers shall keep to, or none at all; `detail` holds its words."""

    status: int = 0


@dataclass(eq=False, repr=False)
class EngineDied(EngineError):
    """The engine or its runner went away before the answer was complete; `out_of_memory` is 1 where that was why."""

    out_of_memory: int = 0


class EngineDamaged(EngineError):
    """The engine is installed, but parts of it are missing."""


class ModelFolderUnusable(EngineError):
    """The engine runs, but may not read its own folder of models: nothing works until it may."""


class AnswerGarbled(EngineError):
    """An answer had begun; what came then is not of the engine's protocol (a proxy's page, a broken line)."""


class ProcessorTooOld(EngineError):
    """The engine was ended because it uses instructions that this processor does not have."""


@dataclass(eq=False, repr=False)
class ModelError(PhiDeskError):
    """Something about a model on an engine."""

    engine: str
    model: str = ""
    detail: str = ""


@dataclass(eq=False, repr=False)
class NoModel(ModelError):
    """The engine is ready, but has no model that can chat. `path` is the folder for new ones, where it is ours."""

    path: Path | None = None


class ModelMissing(ModelError):
    """The engine does not have the wanted model."""


class ModelCannotChat(ModelError):
    """The model is there, but cannot chat (an embedding model, say)."""


class ModelElsewhere(ModelError):
    """The model runs on somebody else's computer. Nothing was sent."""


class ModelTooNew(ModelError):
    """The engine is too old for this model, or the model's file is too old for the engine."""


@dataclass(eq=False, repr=False)
class ModelFileDamaged(ModelError):
    """The file is missing, cut short, or not a model at all."""

    path: Path | None = None


class ModelLoadStalled(ModelError):
    """The engine gave up a load that did not get on."""


@dataclass(eq=False, repr=False)
class ModelFileForeign(ModelError):
    """The file is whole, but one cannot talk with it. `reason` is a word of `engine/builtin/suitability.py`."""

    path: Path | None = None
    reason: str = ""


@dataclass(eq=False, repr=False)
class ModelFileUnreachable(ModelError):
    """The engine has the model, but its file is on another computer, or this program may not read it."""

    path: Path | None = None


@dataclass(eq=False, repr=False)
class ModelNotOurs(ModelError):
    """The file belongs to Ollama, or came with the program: it is not deleted."""

    path: Path | None = None


class ModelNameTaken(ModelError):
    """Another model has this name already. It was not touched."""


@dataclass(eq=False, repr=False)
class ModelLoadFailed(ModelError):
    """The engine could not load the model. `out_of_memory` is 1 where the engine said so."""

    out_of_memory: int = 0


@dataclass(eq=False, repr=False)
class DownloadError(PhiDeskError):
    """Something about a model on its way here. What has come is kept, unless a subclass says otherwise."""

    engine: str
    model: str = ""
    detail: str = ""


@dataclass(eq=False, repr=False)
class RegistryUnreachable(DownloadError):
    """Nobody answers: no internet, no such host, refused, or no reply in time."""

    address: str = ""


@dataclass(eq=False, repr=False)
class RegistryForeign(DownloadError):
    """What answers is not the registry: the login page of a network, or something that opens secure connections."""

    address: str = ""


class ModelNotOffered(DownloadError):
    """The registry has no such model or variant, or not in a form that the engine can use."""


@dataclass(eq=False, repr=False)
class DownloadRefused(DownloadError):
    """The registry refuses; `status` is 0 where only the engine's words tell."""

    status: int = 0


class RegistryBusy(DownloadError):
    """The registry, or its storage host, is overloaded or has a fault of its own; asked again and again."""


class DownloadBroken(DownloadError):
    """The connection broke more often than it pays to go on."""


class DownloadDamaged(DownloadError):
    """The checksum of what came is wrong, twice. Nothing of it is kept."""


class DownloadUnwritable(DownloadError):
    """The engine cannot write into its own folder of models (ours: StorageUnwritable)."""


@dataclass(eq=False, repr=False)
class PromptTooLong(PhiDeskError):
    """The prompt has more tokens than the window holds; None where the engine did not say how many."""

    engine: str
    prompt_tokens: int | None = None
    window_tokens: int | None = None


@dataclass(eq=False, repr=False)
class WindowExceeded(PhiDeskError):
    """A prompt would leave no room for an answer; it was not sent.

    `prompt_tokens` is all that would be sent with nothing more let go, or the last turn alone if even that is too much
    (`is_message_alone`); `excess_tokens` of them are too many. `is_estimated`: about right only.
    `larger_window_tokens` is the smallest window in which all of it would fit, and `larger_bytes` what that takes more
    of the memory; 0 where there is none, or that is not known. `has_summary`: a summary was to go along; `has_answer`:
    so was an answer that shall go on. `can_be_read_in_parts`: a question that no summary covers is too long alone;
    `can_have_documents`: and part of it can be kept as a document.
    """

    engine: str
    prompt_tokens: int
    window_tokens: int
    excess_tokens: int
    is_message_alone: int = 0
    is_estimated: int = 0
    larger_window_tokens: int = 0
    larger_bytes: int = 0
    has_summary: int = 0
    has_answer: int = 0
    can_be_read_in_parts: int = 0
    can_have_documents: int = 0


@dataclass(eq=False, repr=False)
class StorageError(PhiDeskError):
    """Something about the person's data on disk."""

    path: Path
    detail: str = ""


@dataclass(eq=False, repr=False)
class DatabaseTooNew(StorageError):
    """A later version of PhiDesk wrote the file. It was not touched."""

    found: int = 0
    supported: int = 0


class DatabaseDamaged(StorageError):
    """The file is not a database of ours, or its pages are inconsistent."""


class StorageFull(StorageError):
    """The disk has no room left."""


class StorageUnwritable(StorageError):
    """The folder or file cannot be written."""


@dataclass(eq=False, repr=False)
class NotEnoughRoom(StorageError):
    """The disk lacks the room for what is wanted. Nothing was written."""

    needed_bytes: int = 0
    free_bytes: int = 0


@dataclass(eq=False, repr=False)
class FileTooLargeForDisk(StorageError):
    """The disk's format holds no file of this size, however much room there is (FAT32: 4 GiB)."""

    size_bytes: int = 0
    limit_bytes: int = 0


@dataclass(eq=False, repr=False)
class StickDamaged(StorageError):
    """A file of an exported model is missing or not what was written. `file` is its name within the folder."""

    file: str = ""


class NotAModelStick(StorageError):
    """The folder holds no exported model."""


class ProfileInUse(StorageError):
    """Another process of ours owns the profile."""


@dataclass(eq=False, repr=False)
class ConversationMissing(PhiDeskError):
    """No conversation has this id."""

    conversation_id: str


@dataclass(eq=False, repr=False)
class PromptMissing(PhiDeskError):
    """The library has no such entry, or not any more."""

    prompt_id: str


@dataclass(eq=False, repr=False)
class FileError(PhiDeskError):
    """A file of the person that was to be read. Nothing about it changed."""

    path: Path
    detail: str = ""


class FileUnreadable(FileError):
    """It is gone, this program may not read it, or it is a device."""


class FileIsFolder(FileError):
    """It is a folder."""


@dataclass(eq=False, repr=False)
class FileTooLarge(FileError):
    """It has more than `limit_bytes`."""

    limit_bytes: int = 0


@dataclass(eq=False, repr=False)
class FileNotText(FileError):
    """It is not text; `kind` says what else: "pdf", "office", "picture", "sound", "archive" or "other"."""

    kind: str = ""


class NotAPromptFile(FileError):
    """It was not written by exporting instructions, or by a later version."""


@dataclass(eq=False, repr=False)
class SecretsUnavailable(PhiDeskError):
    """This computer offers no keyring."""

    detail: str = ""


@dataclass(eq=False, repr=False)
class AddressUnusable(PhiDeskError):
    """What was entered is no address of a server. `detail` never holds a password."""

    detail: str = ""


class KeyUnusable(PhiDeskError):
    """What was entered cannot be sent as a key (line ends, letters beyond ASCII). What it was is not told here."""


@dataclass(eq=False, repr=False)
class ServerNotAdded(PhiDeskError):
    """A conversation wants a server that is not among those that the person added. Nothing was sent to it."""

    engine: str


@dataclass(eq=False, repr=False)
class ToolNameTaken(PhiDeskError):
    """Another tool has this name already; a model would not know which is meant. Neither was touched."""

    tool: str


class ToolServerReason(StrEnum):
    """What one class of `ToolServerError` may be due to."""

    AT_START = "at_start"
    """It happened before the two had agreed to speak."""
    LOCKED = "locked"
    """The keyring does not open."""
    VERSION = "version"
    """It speaks another version of the protocol."""


@dataclass(eq=False, repr=False)
class ToolServerError(PhiDeskError):
    """A server of tools has no answer. `server` is the name that the person gave it; `detail` is technical.

    `reason` is empty or a `ToolServerReason`.
    """

    server: str
    detail: str = ""
    reason: str = ""


class ToolServerMissing(ToolServerError):
    """Its program is not on this computer; or (at start) it is, but cannot be started. `detail` names it."""


class ToolServerKeysUnknown(ToolServerError):
    """A value of its environment was kept for an earlier run only, or (locked) the keyring does not open.

    `detail` holds the names of what is missing, or what the keyring said.
    """


@dataclass(eq=False, repr=False)
class ToolServerEnded(ToolServerError):
    """It went away; `detail` holds its last words. The next question starts it again."""

    exit_code: int | None = None


@dataclass(eq=False, repr=False)
class ToolServerSilent(ToolServerError):
    """It did not answer in time."""

    limit_s: int = 0


class ToolServerForeign(ToolServerError):
    """What it writes is not of the protocol, or of a version that we do not know; it was ended."""


@dataclass(eq=False, repr=False)
class ToolServerRefused(ToolServerError):
    """It answered with an error; `code` is that of JSON-RPC."""

    code: int = 0


@dataclass(eq=False, repr=False)
class BlockedByOfflineRule(PhiDeskError):
    """A connection to a host that nobody allowed was refused before it was made."""

    host: str
    purpose: str = ""


@dataclass(eq=False, repr=False)
class SwitchedOffline(PhiDeskError):
    """A connection that is else allowed was refused or cut, because the person lets none leave this computer."""

    host: str
    purpose: str = ""


@dataclass(eq=False, repr=False)
class WrongArgument(PhiDeskError):
    """The command line is not one of ours; `detail` says which part, technically."""

    detail: str


@dataclass(eq=False, repr=False)
class OutputUnwritable(PhiDeskError):
    """The standard output takes nothing more: its reader left, its disk is full, or it is closed."""

    detail: str
