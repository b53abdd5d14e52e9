"""The support bundle: a zip for those who help, with what is needed for that and nothing of the person.

Left out are messages, keys, names of the person and the computer, and folders under the home folder; the rules are
`core/scrubbing.py`.
"""

from __future__ import annotations

import getpass
import json
import platform
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from phidesk import __version__
from phidesk.chat.diagnosis import Diagnosis
from phidesk.chat.diagnosis_document import diagnosis_document
from phidesk.chat.logs import LogLine
from phidesk.core.scrubbing import Scrubber, lines_with_words_of
from phidesk.engine.connection_log import ConnectionRecord
from phidesk.storage.faults import storage_faults_as_ours

LEFT_OUT = "(left out: it has words of a conversation)"
PACKAGES = ("apsw-sqlite3mc", "httpx", "keyring", "ollama", "psutil", "pyromark", "PySide6-Essentials", "xllamacpp")


@dataclass(frozen=True)
class BundleContent:
    """What goes in, not yet cleaned. `note` and `summary` are words for people; settings have no messages in them."""

    note: str
    summary: Sequence[str]
    diagnosis: Diagnosis
    log: Sequence[LogLine]
    connections: Sequence[ConnectionRecord]
    settings: Mapping[str, str]


def write_support_bundle(path: Path, content: BundleContent, scrubber: Scrubber, texts: Iterable[str]) -> None:
    """Write the zip; what is there under that name is replaced once it is complete.

    `texts` are everything that the person or a model wrote: no line with something of them goes in.

    Raises:
        StorageError: it cannot be written.
    """
    files = {
        "README.txt": content.note.splitlines(),
        "summary.txt": list(content.summary),
        "diagnosis.json": diagnosis_document(content.diagnosis),
        "log.txt": [f"{line.source}: {line.text}" for line in content.log],
        "connections.json": [_connection_document(record) for record in content.connections],
        "settings.json": dict(content.settings),
    }
    clean = _clean(files, scrubber, texts) | {"versions.json": _versions()}
    unfinished = path.with_name(path.name + ".part")
    with storage_faults_as_ours(path):
        try:
            with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as bundle:
                for name, document in clean.items():
                    is_text = name.endswith(".txt")
                    text = "\n".join(document) if is_text else json.dumps(document, indent=2, ensure_ascii=False)
                    bundle.writestr(name, text + "\n")
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def personal_names() -> set[str]:
    """Find how the person and the computer are called: login name, full name and its parts, name in the network."""
    names = {platform.node(), platform.node().partition(".")[0]}
    with suppress(OSError, KeyError, ImportError):  # nobody is logged in under this number
        names.add(getpass.getuser())
    with suppress(ImportError, KeyError):
        import os  # noqa: PLC0415 - together with pwd, which Windows lacks
        import pwd  # noqa: PLC0415

        full_name = pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0]
        names |= {full_name, *(part for part in full_name.split() if len(part) > 2)}
    return names - {"", "localhost"}


def _clean(files: dict[str, Any], scrubber: Scrubber, texts: Iterable[str]) -> dict[str, Any]:
    """Clean every text of the files, wherever it stands."""
    found = list(_texts_of(files))
    left_out = {found[number] for number in lines_with_words_of(texts, found)}
    cleaned: dict[str, Any] = _mapped(files, lambda text: LEFT_OUT if text in left_out else scrubber.clean(text))
    return cleaned


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in _texts_of(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in _texts_of(each))


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _mapped(each, change) for name, each in value.items()}
    if isinstance(value, list):
        return [_mapped(each, change) for each in value]
    return value


def _connection_document(record: ConnectionRecord) -> dict[str, Any]:
    return {
        "time": record.time.isoformat(timespec="seconds"),
        "address": f"http://{record.host}:{record.port}",
        "purpose": record.purpose,
        "has_proxy": bool(record.proxy),
        "sent_bytes": record.sent_bytes,
        "received_bytes": record.received_bytes,
    }


def _versions() -> dict[str, str]:
    versions = {"PhiDesk": __version__, "Python": platform.python_version(), "system": platform.platform()}
    for package in PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    return versions
