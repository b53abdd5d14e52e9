"""Ollama's folder of models, read only: which model is made of which files.

    manifests/<host>/<namespace>/<model>/<tag>     JSON: the layers of one model
    blobs/sha256-<64 hexadecimal digits>           the layers, named by their checksum, shared by models

A running daemon is not asked and not disturbed. What cannot be read is left out, as the daemon itself leaves it out.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER_VARIABLE = "OLLAMA_MODELS"
SERVICE_FOLDER = Path("/usr/share/ollama/.ollama/models")
"""Of the service that Ollama's installer makes on Linux."""
DEFAULT_HOST, DEFAULT_NAMESPACE, DEFAULT_TAG = "registry.ollama.ai", "library", "latest"
WEIGHTS, ADAPTER, PICTURES = "model", "adapter", "projector"
TEMPLATE, SYSTEM, PARAMETERS, LICENCE, MESSAGES = "template", "system", "params", "license", "messages"
"""Kinds of layers: the last word of their media type (`application/vnd.ollama.image.…`)."""
LARGEST_TEXT_BYTES = 2**20
"""Manifests have 1 kB, templates and licences some more: what is larger is no text."""

_MEDIA_TYPE = re.compile(r"application/vnd\.ollama\.image\.([a-z]+)")
_DIGEST = re.compile(r"sha256[:-]([0-9a-f]{64})")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Layer:
    """One file of a model. `kind` is empty for what we have no word for."""

    kind: str
    sha256: str
    size_bytes: int

    @property
    def digest(self) -> str:
        """As the protocol writes it."""
        return f"sha256:{self.sha256}"

    @property
    def file_name(self) -> str:
        """As the folder of blobs has it."""
        return f"sha256-{self.sha256}"


@dataclass(frozen=True)
class Manifest:
    """What a model is made of. `content` is the JSON as it was written; its checksum is the digest of the model."""

    content: bytes
    config: Layer
    layers: tuple[Layer, ...]

    @property
    def sha256(self) -> str:
        """The digest under which `/api/tags` lists the model."""
        import hashlib  # noqa: PLC0415 - 2 ms that the first paint need not wait for

        return hashlib.sha256(self.content).hexdigest()

    @property
    def blobs(self) -> dict[str, Layer]:
        """Every file once, by its checksum."""
        return {layer.sha256: layer for layer in (self.config, *self.layers)}

    @property
    def weights(self) -> Layer | None:
        """The GGUF file; None for a model that is stored in another way, or in several files."""
        found = self.layers_of(WEIGHTS)
        return found[0] if len(found) == 1 else None

    def layers_of(self, kind: str) -> list[Layer]:
        """Return the layers of a kind, in their order."""
        return [layer for layer in self.layers if layer.kind == kind]


@dataclass(frozen=True)
class StoredModel:
    """One model in the folder. `name` is the full one, with its tag, as the daemon lists it."""

    name: str
    folder: Path
    manifest_path: Path
    manifest: Manifest

    def path_of(self, layer: Layer) -> Path:
        """Return where a layer lies."""
        return self.folder / "blobs" / layer.file_name

    def text_of(self, kind: str) -> str:
        """Return the text of all layers of a kind (template, system text, licences); empty if there is none.

        Raises:
            OSError: a layer cannot be read.
        """
        return "\n".join(_read_text(self.path_of(layer)) for layer in self.manifest.layers_of(kind))


class OllamaStore:
    """All models in some folders, the first of a name wins. Looks anew each time; safe from every thread."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    @property
    def folder(self) -> Path | None:
        """The likeliest folder that exists; None where Ollama keeps nothing on this computer."""
        return next((folder for folder in self._folders if _is_folder(folder)), None)

    @property
    def future_folder(self) -> Path | None:
        """The folder where the next model will lie: that which exists, else the likeliest."""
        return self.folder or next(iter(self._folders), None)

    def models(self) -> list[StoredModel]:
        """List the models whose manifest can be read."""
        found: dict[str, StoredModel] = {}
        for folder in self._folders:
            for model in _models_in(folder):
                found.setdefault(model.name, model)
        return list(found.values())

    def find(self, name: str, digest: str = "") -> StoredModel | None:
        """Return the model of this name; with a digest only if it is that very model, not one of another daemon."""
        matches = (model for folder in self._folders for model in _models_in(folder) if model.name == full_name(name))
        return next((model for model in matches if digest in ("", model.manifest.sha256)), None)

    def sharers(self, model: StoredModel) -> list[StoredModel]:
        """Return the other models in the same folder that are made of some of the same files."""
        own = model.manifest.blobs.keys()
        others = (other for other in _models_in(model.folder) if other.name != model.name)
        return [other for other in others if own & other.manifest.blobs.keys()]


def store_folders(environment: Mapping[str, str]) -> list[Path]:
    """Return where Ollama may keep models, the likeliest first; not all of them exist."""
    wanted = environment.get(FOLDER_VARIABLE, "").strip().strip("\"'")
    home = environment.get("USERPROFILE" if sys.platform == "win32" else "HOME")
    folders = [Path(wanted)] if wanted else []
    folders.append((Path(home) if home else Path.home()) / ".ollama" / "models")
    if sys.platform == "linux":
        folders.append(SERVICE_FOLDER)
    return list(dict.fromkeys(folders))


def _is_folder(path: Path) -> bool:
    """Another user's folder may not even be looked for."""
    try:
        return path.is_dir()
    except OSError:
        return False


def read_manifest(content: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        ValueError: it is none.
    """
    try:
        document = json.loads(content)
        config, layers = document["config"], document["layers"]
        return Manifest(content, _layer(config), tuple(_layer(layer) for layer in layers))
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"no manifest: {error!r}") from error


def full_name(name: str) -> str:
    """Add the tag that is meant when none is given."""
    return name if ":" in name.rpartition("/")[2] else f"{name}:{DEFAULT_TAG}"


def short_name(name: str) -> str:
    """Leave out the tag that is meant anyway."""
    return name.removesuffix(f":{DEFAULT_TAG}")


def _models_in(folder: Path) -> Iterator[StoredModel]:
    root = folder / "manifests"
    for path in sorted(root.glob("*/*/*/*")):
        host, namespace, model, tag = path.relative_to(root).parts
        if path.name.startswith(".") or not path.is_file():
            continue
        try:
            manifest = read_manifest(_read_bytes(path))
        except (OSError, ValueError) as error:
            logger.info("not a model: %s: %s", path.name, error)
            continue
        yield StoredModel(_name(host, namespace, model, tag), folder, path, manifest)


def _name(host: str, namespace: str, model: str, tag: str) -> str:
    places = [] if host == DEFAULT_HOST else [host]
    places += [] if (host, namespace) == (DEFAULT_HOST, DEFAULT_NAMESPACE) else [namespace]
    return "/".join([*places, f"{model}:{tag}"])


def _layer(document: dict[str, Any]) -> Layer:
    digest, size, media_type = document["digest"], document["size"], document["mediaType"]
    match = _DIGEST.fullmatch(digest)
    if match is None or not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise ValueError(f"no layer: {digest!r}, {size!r}")
    kind = _MEDIA_TYPE.fullmatch(media_type)
    return Layer(kind[1] if kind else "", match[1], size)


def _read_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(LARGEST_TEXT_BYTES + 1)
    if len(content) > LARGEST_TEXT_BYTES:
        raise ValueError("too large for a text")
    return content


def _read_text(path: Path) -> str:
    return _read_bytes(path).decode("utf-8", "replace")
