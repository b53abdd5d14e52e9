"""A model from a stick, given to Ollama through its daemon: files uploaded, then a model made of them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from phidesk.core.errors import ModelNameTaken
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.engine.connection_log import is_loopback
from phidesk.engine.disk import LookAtDisk, require_room
from phidesk.engine.file_copy import Progress, Steps, no_progress, sha256_of
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.ollama.store import (
    ADAPTER,
    LICENCE,
    MESSAGES,
    PARAMETERS,
    PICTURES,
    SYSTEM,
    TEMPLATE,
    Manifest,
    OllamaStore,
    StoredModel,
    full_name,
    read_manifest,
)
from phidesk.engine.ollama.uploads import ModelRecipe, create_model, has_file, send_file
from phidesk.engine.protocol import OLLAMA
from phidesk.engine.stick_folder import ImportedModel, StickFile, StickModel, reading_from_stick, safe_name

CONFIG_FIELDS = ("renderer", "parser", "requires")
"""What a model's configuration may say beside its layers, and a creation takes (newer models of Ollama)."""


class OllamaImport:
    """One import into Ollama."""

    def __init__(
        self,
        stick: StickModel,
        engine: OllamaEngine,
        store: OllamaStore,
        look: LookAtDisk,
        cancel: Cancellation,
        progress: Progress,
    ) -> None:
        self._stick = stick
        self._engine = engine
        self._store = store
        self._look = look
        self._cancel = cancel
        self._progress = progress
        self._name = full_name(_ollama_name(stick.name))

    def run(self) -> ImportedModel:
        """Upload what is missing, and have the model made of it."""
        stick, connection, cancel = self._stick, self._engine.connection, self._cancel
        recipe, manifest = self._recipe()
        total = stick.size_bytes
        if self._is_there(manifest):
            self._progress(total, total)
            return ImportedModel(self._name, OLLAMA, 0)
        wanted = dict.fromkeys([*recipe.files.values(), *recipe.adapters.values()])
        files = [self._file_of(digest) for digest in wanted]
        missing = [file for file in files if not has_file(connection, file.sha256, cancel)]
        self._require_room(missing)
        steps = Steps(sum(file.size_bytes for file in missing), self._progress, cancel)
        for file in missing:
            with reading_from_stick(stick, file):
                send_file(connection, stick.path_of(file), file.sha256, steps)
        cancel.check()
        create_model(connection, self._name, recipe)
        if cancel.is_cancelled:
            self._engine.delete(ModelInfo(self._name, OLLAMA))
            cancel.check()
        return ImportedModel(self._name, OLLAMA, steps.done_bytes)

    def _is_there(self, manifest: Manifest | None) -> bool:
        """Whether Ollama has this very model.

        Raises:
            ModelNameTaken: it has another one of this name.
        """
        there = next((model for model in self._engine.models(self._cancel) if model.name == self._name), None)
        if there is None:
            return False
        if manifest is not None and there.digest == manifest.sha256:
            return True
        stored = self._store.find(self._name, there.digest)
        if self._has_same_layers(stored, manifest) if stored else self._is_shown_alike(manifest):
            return True
        raise ModelNameTaken(engine=OLLAMA, model=self._name)

    def _has_same_layers(self, stored: StoredModel, manifest: Manifest | None) -> bool:
        """Compare without the configuration, which every daemon writes in its own way."""
        there = {layer.sha256 for layer in stored.manifest.layers}
        if manifest is None:
            return self._stick.weights_file.sha256 in there
        return there == {layer.sha256 for layer in manifest.layers}

    def _is_shown_alike(self, manifest: Manifest | None) -> bool:
        """Compare what a daemon says whose folder cannot be read from here: file, template, system text."""
        connection = self._engine.connection
        shown = connection.ask("/api/show", {"model": self._name}, purpose="models", cancel=self._cancel)
        texts = {kind: "\n".join(self._texts(manifest, kind)) if manifest else "" for kind in (TEMPLATE, SYSTEM)}
        has_same_texts = all(text in ("", shown.get(kind)) for kind, text in texts.items())
        return f"sha256-{self._stick.weights_file.sha256}" in str(shown.get("modelfile")) and has_same_texts

    def _require_room(self, missing: list[StickFile]) -> None:
        """See that the uploads fit, and once more the largest: Ollama may write a file anew.

        The disk of another computer cannot be looked at.
        """
        folder = self._store.folder
        is_here = is_loopback(urlsplit(self._engine.connection.url).hostname or "")
        if folder is not None and missing and is_here:
            sizes = [file.size_bytes for file in missing]
            require_room(folder, [*sizes, max(sizes)], self._look(folder))

    def _recipe(self) -> tuple[ModelRecipe, Manifest | None]:
        stick = self._stick
        if not stick.manifest:
            return ModelRecipe({"model.gguf": f"sha256:{stick.weights_file.sha256}"}), None
        manifest_file = stick.file(stick.manifest)
        try:
            manifest = read_manifest(self._read(manifest_file))
        except ValueError as error:
            raise stick.damage(manifest_file, str(error)) from error
        files = {f"{layer.kind}.gguf": layer.digest for layer in manifest.layers_of(PICTURES)}
        weights = {"model.gguf": f"sha256:{stick.weights_file.sha256}"}
        adapters = {f"adapter-{number}.gguf": it.digest for number, it in enumerate(manifest.layers_of(ADAPTER))}
        return ModelRecipe({**weights, **files}, adapters, self._fields(manifest)), manifest

    def _fields(self, manifest: Manifest) -> dict[str, Any]:
        texts = {
            "template": self._texts(manifest, TEMPLATE),
            "system": self._texts(manifest, SYSTEM),
        }
        fields: dict[str, Any] = {name: "\n".join(found) for name, found in texts.items() if found}
        if licences := self._texts(manifest, LICENCE):
            fields["license"] = licences
        for kind, name in ((PARAMETERS, "parameters"), (MESSAGES, "messages")):
            for text in self._texts(manifest, kind):
                fields[name] = self._json(manifest, kind, text)
        config = self._json(manifest, "", self._read(self._file_of(manifest.config.digest)).decode("utf-8", "replace"))
        return fields | {name: config[name] for name in CONFIG_FIELDS if config.get(name)}

    def _json(self, manifest: Manifest, kind: str, text: str) -> Any:
        layer = next(iter(manifest.layers_of(kind)), manifest.config)
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self._stick.damage(self._file_of(layer.digest), str(error)) from error
        return document if kind or isinstance(document, dict) else {}

    def _texts(self, manifest: Manifest, kind: str) -> list[str]:
        layers = manifest.layers_of(kind)
        return [self._read(self._file_of(layer.digest)).decode("utf-8", "replace") for layer in layers]

    def _file_of(self, digest: str) -> StickFile:
        stick = self._stick
        file = next((file for file in stick.files if f"sha256:{file.sha256}" == digest), None)
        if file is None:
            raise stick.damage(stick.file(stick.manifest), f"{digest} is not on the stick")
        return file

    def _read(self, file: StickFile) -> bytes:
        """Read a small file and check it."""
        with reading_from_stick(self._stick, file):
            path = self._stick.path_of(file)
            if sha256_of(path, Steps(0, no_progress, self._cancel), engine=OLLAMA) != file.sha256:
                raise self._stick.damage(file, "another checksum than the one that was written")
            return path.read_bytes()


def _ollama_name(name: str) -> str:
    return name if ":" in name or "/" in name else safe_name(name)
