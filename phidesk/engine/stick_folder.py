"""How a model lies on a stick: a folder of its own with every file, their checksums, and a list that we can read.

    phi4-mini/
        phidesk-model.json      what it is, and every file with its size and checksum
        SHA256SUMS              the same checksums for everybody else: `sha256sum -c SHA256SUMS`
        README.txt              a note for people, in their language
        phi4-mini.gguf                                  a model of the built-in engine, or
        manifests/…  blobs/sha256-…                     one of Ollama, laid out as its own folder is

Names are such as every disk takes (FAT32, exFAT, NTFS).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from phidesk.core.errors import (
    EngineRefused,
    ModelFileDamaged,
    ModelFileUnreachable,
    NotAModelStick,
    StickDamaged,
    StorageUnwritable,
)
from phidesk.engine.disk import disk_faults_as_ours
from phidesk.engine.file_copy import PARTIAL_SUFFIX, Steps, sha256_of
from phidesk.engine.protocol import BUILTIN, OLLAMA

LIST_FILE, SUMS_FILE, NOTE_FILE = "phidesk-model.json", "SHA256SUMS", "README.txt"
FORMAT, FORMAT_VERSION = "phidesk-model", 1
LARGEST_LIST_BYTES = 2**20

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class StickFile:
    """One file of a model. `path` is relative to the model's folder, with slashes."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class StickModel:
    """A model in a folder of its own."""

    folder: Path
    name: str
    """As its engine called it ("phi4-mini:latest")."""
    engine: str
    """OLLAMA or BUILTIN: whose model it was."""
    files: tuple[StickFile, ...]
    weights: str
    """The path of the GGUF file, which is one of `files`."""
    manifest: str = ""
    """The path of Ollama's manifest, another one of them; empty for a model of the built-in engine."""

    @property
    def size_bytes(self) -> int:
        """All files together."""
        return sum(file.size_bytes for file in self.files)

    @property
    def weights_file(self) -> StickFile:
        """The GGUF file."""
        return self.file(self.weights)

    def file(self, path: str) -> StickFile:
        """Return the file of this path, which is one of the list."""
        return next(file for file in self.files if file.path == path)

    def path_of(self, file: StickFile) -> Path:
        """Return where a file lies."""
        return self.folder / file.path

    def damage(self, file: StickFile, detail: str) -> StickDamaged:
        """Return the error that says what is wrong with a file."""
        return StickDamaged(self.folder, detail=detail, file=file.path)

    def check_sizes(self) -> None:
        """See that every file is there and has its size, which costs nothing.

        Raises:
            StickDamaged: one is missing or has another size.
        """
        for file in self.files:
            try:
                size = self.path_of(file).stat().st_size
            except OSError as error:
                raise self.damage(file, str(error)) from error
            if size != file.size_bytes:
                raise self.damage(file, f"{size} bytes instead of {file.size_bytes}")


@dataclass(frozen=True)
class ImportedModel:
    """What came of an import. `copied_bytes` is 0 where all of it was there already."""

    name: str
    engine: str
    copied_bytes: int


def safe_name(name: str) -> str:
    """Return the name of a model as every disk takes it: "phi4-mini", "hf.co-someone-model-Q4_K_M"."""
    plain = _UNSAFE.sub("-", name.removesuffix(":latest")).strip("-.") or "model"
    return f"model-{plain}" if _RESERVED.fullmatch(plain) else plain


def models_on_stick(folder: Path) -> list[StickModel]:
    """Return the models in this folder: its own, or those in the folders inside it. Damaged ones stand back.

    Raises:
        NotAModelStick: there is none.
        StickDamaged: there is one, and its list cannot be read.
    """
    try:
        folders = [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]
    except OSError as error:
        raise NotAModelStick(folder, detail=str(error)) from error
    found, damaged = [], []
    for path in folders:
        if path.suffix != PARTIAL_SUFFIX and (path / LIST_FILE).is_file():
            try:
                found.append(read_list(path))
            except StickDamaged as problem:
                damaged.append(problem)
    if not found:
        raise damaged[0] if damaged else NotAModelStick(folder)
    return found


def read_list(folder: Path) -> StickModel:
    """Read the list of a model's files; the files themselves are not looked at.

    Raises:
        StickDamaged: it is missing, damaged, or of a later version.
    """
    try:
        content = _read_bytes(folder / LIST_FILE)
        expected = _sums(_read_bytes(folder / SUMS_FILE)).get(LIST_FILE)
        if hashlib.sha256(content).hexdigest() != expected:
            raise ValueError("another checksum than the one that was written")
        return _read_document(folder, json.loads(content))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        detail = f"{type(error).__name__}: {error}"[:200]
        raise StickDamaged(folder, detail=detail, file=LIST_FILE) from error


def write_list(model: StickModel, note: str) -> None:
    """Write the list, the note for people, and the checksums of everything.

    Raises:
        StorageError: the disk refuses.
    """
    rows = [{"path": file.path, "size_bytes": file.size_bytes, "sha256": file.sha256} for file in model.files]
    document = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "name": model.name,
        "engine": model.engine,
        "weights": model.weights,
        "manifest": model.manifest,
        "files": rows,
    }
    texts = {LIST_FILE: json.dumps(document, indent=2) + "\n", NOTE_FILE: note}
    sums = {file.path: file.sha256 for file in model.files}
    with disk_faults_as_ours(model.folder):
        for name, text in texts.items():
            content = text.encode()
            (model.folder / name).write_bytes(content)
            sums[name] = hashlib.sha256(content).hexdigest()
        lines = "".join(f"{checksum}  {path}\n" for path, checksum in sorted(sums.items()))
        (model.folder / SUMS_FILE).write_bytes(lines.encode())


@contextmanager
def reading_from_stick(stick: StickModel, file: StickFile) -> Iterator[None]:
    """Turn what goes wrong with a file of the stick, while it is copied or uploaded, into the stick's own error."""
    try:
        yield
    except (ModelFileDamaged, ModelFileUnreachable) as error:
        if error.path is not None and error.path != stick.path_of(file):
            raise
        raise stick.damage(file, error.detail) from error
    except EngineRefused as error:
        if "digest mismatch" not in error.detail:
            raise
        raise stick.damage(file, error.detail) from error


def check_written(path: Path, file: StickFile, steps: Steps) -> None:
    """Read a file back from the disk.

    Raises:
        StorageUnwritable: the disk does not keep what is written: a dying or forged stick.
    """
    try:
        checksum = sha256_of(path, steps, engine=BUILTIN, is_from_disk=True)
    except ModelFileDamaged as error:
        raise StorageUnwritable(path, detail=error.detail) from error
    if checksum != file.sha256:
        raise StorageUnwritable(path, detail="what was read back is not what was written")


def _read_document(folder: Path, document: dict[str, Any]) -> StickModel:
    if document["format"] != FORMAT or document["version"] != FORMAT_VERSION:
        raise ValueError(f"format {document['format']!r}, version {document['version']!r}")
    files = tuple(_read_row(row) for row in document["files"])
    model = StickModel(
        folder=folder,
        name=_text(document["name"]),
        engine=_text(document["engine"]),
        files=files,
        weights=_text(document["weights"]),
        manifest=_text(document["manifest"]) if document["manifest"] else "",
    )
    listed = {file.path for file in files}
    if len(listed) != len(files) or not {model.weights, model.manifest or model.weights} <= listed:
        raise ValueError("files are missing in the list, or stand there twice")
    if model.engine not in (OLLAMA, BUILTIN) or (model.engine == OLLAMA) != bool(model.manifest):
        raise ValueError(f"engine {model.engine!r}")
    return model


def _read_row(row: dict[str, Any]) -> StickFile:
    path, size, checksum = _text(row["path"]), row["size_bytes"], _text(row["sha256"])
    parts = PurePosixPath(path).parts
    if path != "/".join(parts) or path.startswith("/") or ".." in parts or "\\" in path or ":" in path:
        raise ValueError(f"path {path!r}")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0 or not _SHA256.fullmatch(checksum):
        raise ValueError(f"size {size!r}, checksum {checksum!r}")
    return StickFile(path, size, checksum)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{value!r} is no text")
    return value


def _sums(content: bytes) -> dict[str, str]:
    rows = (line.split("  ", 1) for line in content.decode().splitlines() if "  " in line)
    return {path: checksum for checksum, path in rows}


def _read_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(LARGEST_LIST_BYTES + 1)
    if len(content) > LARGEST_LIST_BYTES:
        raise ValueError("too large")
    return content
