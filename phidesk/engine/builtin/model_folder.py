"""The models of the built-in engine: the GGUF files in its folders."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phidesk.core.errors import ModelFileDamaged, ModelMissing
from phidesk.core.model_info import CHAT_CAPABILITY, ModelInfo
from phidesk.engine.gguf import GgufHeader, read_gguf_header
from phidesk.engine.protocol import BUILTIN

EMBEDDING_CAPABILITY = "embedding"
EMBEDDING_ARCHITECTURES = ("bert", "nomic-bert", "jina-bert", "modern-bert", "t5encoder", "gemma-embedding")
"""Beginnings of the names of families that give numbers for texts, and no texts."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelFile:
    """One file, what it holds, and when it was changed (nanoseconds, as the file system says)."""

    path: Path
    header: GgufHeader
    changed_at_ns: int

    @property
    def info(self) -> ModelInfo:
        """What other rooms may know of it."""
        header = self.header
        is_embedder = header.architecture.startswith(EMBEDDING_ARCHITECTURES)
        return ModelInfo(
            name=self.path.stem,
            engine=BUILTIN,
            size_bytes=header.size_bytes,
            trained_window_tokens=header.trained_window_tokens,
            capabilities=frozenset({EMBEDDING_CAPABILITY if is_embedder else CHAT_CAPABILITY}),
            architecture=header.architecture,
            parameters=header.parameters,
            quantisation=header.quantisation,
            licence=header.licence,
            is_phi4_mini=header.is_phi4_mini,
        )


class ModelFolders:
    """Finds model files; a header is read again only if its file changed. Safe from every thread."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._known: dict[Path, ModelFile] = {}

    def list(self) -> list[ModelFile]:
        """Return the readable language models, the most recently changed first; the first of a name wins."""
        found: dict[str, ModelFile] = {}
        for folder in self._folders:
            for path in sorted(folder.glob("*.gguf")):
                try:
                    file = self._read(path)
                except ModelFileDamaged as problem:
                    logger.info("not offered: %s", problem)
                    continue
                if file.header.is_language_model:
                    found.setdefault(path.stem, file)
        return sorted(found.values(), key=lambda file: file.changed_at_ns, reverse=True)

    def find(self, name: str) -> ModelFile:
        """Return the file of this name.

        Raises:
            ModelMissing: no folder has it.
            ModelFileDamaged: it is there and cannot be read.
        """
        for folder in self._folders:
            path = folder / f"{name}.gguf"
            if path.parent == folder and path.is_file():
                return self._read(path)
        raise ModelMissing(engine=BUILTIN, model=name)

    def _read(self, path: Path) -> ModelFile:
        try:
            status = path.stat()
        except OSError as error:
            raise ModelFileDamaged(engine=BUILTIN, model=path.stem, detail=str(error), path=path) from error
        known = self._known.get(path)
        if known and (known.changed_at_ns, known.header.size_bytes) == (status.st_mtime_ns, status.st_size):
            return known
        file = ModelFile(path, read_gguf_header(path, BUILTIN), status.st_mtime_ns)
        self._known[path] = file
        return file
