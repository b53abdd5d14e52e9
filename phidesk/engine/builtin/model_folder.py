"""The models of the built-in engine: the GGUF files in its folders, and those that Ollama's folder already has."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from phidesk.core.errors import ModelError, ModelFileDamaged, ModelMissing
from phidesk.core.model_info import CHAT_CAPABILITY, TOOLS_CAPABILITY, ModelInfo
from phidesk.engine.builtin.suitability import EMBEDDING_ARCHITECTURES, refuse_unsuitable
from phidesk.engine.gguf import GgufHeader, read_gguf_header
from phidesk.engine.ollama.store import ADAPTER, SYSTEM, OllamaStore, StoredModel, short_name
from phidesk.engine.protocol import BUILTIN, FROM_OLLAMA
from phidesk.engine.shape import read_shape

EMBEDDING_CAPABILITY = "embedding"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelFile:
    """One file, what it holds, and when it was changed (nanoseconds, as the file system says)."""

    name: str
    path: Path
    header: GgufHeader
    changed_at_ns: int

    @property
    def identity(self) -> str:
        """What tells this file from others, and from what stood in its place before."""
        return f"{self.path}:{self.header.size_bytes}:{self.changed_at_ns}"

    @property
    def info(self) -> ModelInfo:
        """What other rooms may know of it."""
        header = self.header
        return ModelInfo(
            name=self.name,
            engine=BUILTIN,
            size_bytes=header.size_bytes,
            trained_window_tokens=header.trained_window_tokens,
            capabilities=_capabilities(header),
            architecture=header.architecture,
            parameters=header.parameters,
            quantisation=header.quantisation,
            licence=header.licence,
            shape=read_shape(header.values),
            is_phi4_mini=header.is_phi4_mini,
        )


class ModelFolders:
    """Finds model files; a header is read again only if its file changed. Safe from every thread."""

    def __init__(self, folders: Sequence[Path], ollama: OllamaStore | None = None) -> None:
        """`ollama` adds the files that Ollama has, read only."""
        self._folders = tuple(folders)
        self._ollama = ollama
        self._known: dict[Path, ModelFile] = {}

    @property
    def first(self) -> Path:
        """Where new files are put."""
        return self._folders[0]

    def list(self) -> list[ModelFile]:
        """Return the readable language models, the most recently changed first; the first of a name wins."""
        found: dict[str, ModelFile] = {}
        for folder in self._folders:
            for path in sorted(folder.glob("*.gguf")):
                try:
                    file = self._read(path.stem, path)
                except ModelFileDamaged as problem:
                    logger.info("not offered: %s", problem)
                    continue
                if file.header.is_language_model:
                    found.setdefault(path.stem, file)
        for file in self.of_ollama():
            found.setdefault(file.name, file)
        return sorted(found.values(), key=lambda file: file.changed_at_ns, reverse=True)

    def of_ollama(self) -> Sequence[ModelFile]:
        """Return the files in Ollama's folder that the built-in engine can talk with, each once."""
        found = []
        for model in _one_for_each_file(self._ollama.models() if self._ollama else ()):
            weights = model.manifest.weights
            if weights is None:
                continue
            path = model.path_of(weights)
            try:
                file = self._read(short_name(model.name) + FROM_OLLAMA, path)
                refuse_unsuitable(file.header, path)
            except ModelError as problem:
                logger.info("not offered: %s", problem)
                continue
            found.append(file)
        return found

    def find(self, name: str) -> ModelFile:
        """Return the file of this name.

        Raises:
            ModelMissing: no folder has it.
            ModelFileDamaged: it is there and cannot be read.
        """
        for folder in self._folders:
            path = folder / f"{name}.gguf"
            if path.parent == folder and path.is_file():
                return self._read(name, path)
        if name.endswith(FROM_OLLAMA):
            file = next((file for file in self.of_ollama() if file.name == name), None)
            if file is not None:
                return file
        raise ModelMissing(engine=BUILTIN, model=name)

    def _read(self, name: str, path: Path) -> ModelFile:
        try:
            status = path.stat()
        except OSError as error:
            raise ModelFileDamaged(engine=BUILTIN, model=name, detail=str(error), path=path) from error
        known = self._known.get(path)
        read = (name, status.st_mtime_ns, status.st_size)
        if known and (known.name, known.changed_at_ns, known.header.size_bytes) == read:
            return known
        file = ModelFile(name, path, read_gguf_header(path, BUILTIN), status.st_mtime_ns)
        self._known[path] = file
        return file


def _capabilities(header: GgufHeader) -> frozenset[str]:
    """Name them as Ollama does."""
    if header.architecture.startswith(EMBEDDING_ARCHITECTURES):
        return frozenset({EMBEDDING_CAPABILITY})
    knows_tools = header.is_phi4_mini or header.knows_tools
    return frozenset({CHAT_CAPABILITY, TOOLS_CAPABILITY} if knows_tools else {CHAT_CAPABILITY})


def _one_for_each_file(models: Iterable[StoredModel]) -> Iterable[StoredModel]:
    """Leave out models that need more than their file, and those that only give it another name or other words.

    Of several with the same file the plainest stands for all: without an own system text, with the shortest name.
    """
    plainest: dict[str, StoredModel] = {}
    for model in sorted(models, key=_effort_to_tell):
        weights = model.manifest.weights
        if weights is not None and not model.manifest.layers_of(ADAPTER):
            plainest.setdefault(weights.sha256, model)
    return plainest.values()


def _effort_to_tell(model: StoredModel) -> tuple[int, int, str]:
    name = short_name(model.name)
    return len(model.manifest.layers_of(SYSTEM)), len(name), name
