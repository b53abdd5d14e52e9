"""The recorded daemon's folder of models: blobs, manifests, and what create, copy and delete do with them.

The folder is a real one, laid out as the daemon lays it out, so that programs which read it find what they expect. No
model is understood here: one made of a file is taken for SmolLM2, whatever the file holds.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.fakes import go_json
from tests.fakes.ollama_models import StoredModel, smollm2
from tests.fakes.ollama_requests import CreateRequest, full_name, is_valid_name
from tests.fakes.ollama_runner import ApiError

SHOWN_FOLDER = "/var/lib/ollama/models"
"""What the daemon says where its folder is."""
IMAGE = "application/vnd.ollama.image"
CONFIG_TYPE = "application/vnd.docker.container.image.v1+json"
MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
KINDS = ("model", "projector", "adapter", "template", "system", "license", "params")
TEMPORARY_NAME = "sha256-4160441290"

_DIGEST = re.compile(r"sha256[:-][0-9a-f]{64}")


@dataclass(frozen=True)
class Conversion:
    """What the daemon makes of an uploaded file that it writes anew (`llama-quantize`).

    Attributes:
        weights: The new file.
        weights_digest: Its digest, where that was recorded without the file.
        template_name, template, parameters: What it finds out by itself for this file.
    """

    weights: bytes
    template_name: str = ""
    template: str = ""
    parameters: str = ""
    weights_digest: str = ""


@dataclass(frozen=True)
class Layer:
    """One entry of a manifest."""

    kind: str
    digest: str
    size_bytes: int
    is_new: bool = False

    @property
    def entry(self) -> dict[str, Any]:
        """As the manifest has it."""
        return {"mediaType": f"{IMAGE}.{self.kind}", "digest": self.digest, "size": self.size_bytes}

    @property
    def line(self) -> dict[str, str]:
        """As the daemon tells of it."""
        return {"status": f"{'creating new' if self.is_new else 'using existing'} layer {self.digest}"}


class ModelStore:
    """The folder, and the list of models that other requests read.

    Attributes:
        conversions: What happens to a file when a model is made of it, by its digest; others stay as they are.
        free_bytes: An upload that is larger finds the disk full; None is room without end.
    """

    def __init__(self, models: list[StoredModel], folder: Path | None = None) -> None:
        self._models = models
        self._folder = folder
        self._temporary: TemporaryDirectory[str] | None = None
        self.conversions: dict[str, Conversion] = {}
        self.free_bytes: int | None = None

    @property
    def folder(self) -> Path:
        """Where everything lies; made when it is first needed."""
        if self._folder is None:
            self._temporary = TemporaryDirectory(prefix="ollama")
            self._folder = Path(self._temporary.name)
        return self._folder

    def close(self) -> None:
        """Remove a folder that was made here."""
        if self._temporary is not None:
            self._temporary.cleanup()

    def blob_path(self, digest: str) -> Path:
        """Where a blob lies, or would."""
        return self.folder / "blobs" / digest.replace(":", "-")

    def keep(self, content: bytes) -> str:
        """Keep a blob; return its digest."""
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.keep_as(digest, content)
        return digest

    def keep_as(self, digest: str, content: bytes) -> None:
        """Keep a blob under a digest that may not be its own: the real content was not recorded."""
        path = self.blob_path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def has(self, digest: str) -> bool:
        """Tell whether a blob is here.

        Raises:
            ApiError: That is no digest.
        """
        if not _DIGEST.fullmatch(digest):
            raise ApiError(400, "invalid digest format")
        return self.blob_path(digest).is_file()

    def is_full(self, size_bytes: int) -> bool:
        """Tell whether so much does not fit."""
        return self.free_bytes is not None and size_bytes > self.free_bytes

    def receive(self, digest: str, content: bytes) -> bool:
        """Take an uploaded blob; return whether it is new.

        Raises:
            ApiError: It is another one, or the disk is full.
        """
        if self.has(digest):
            return False
        if self.is_full(len(content)):
            raise ApiError(500, f"write {SHOWN_FOLDER}/blobs/{TEMPORARY_NAME}: no space left on device")
        found = f"sha256:{hashlib.sha256(content).hexdigest()}"
        if found != digest:
            raise ApiError(400, f'digest mismatch, expected "{digest}", got "{found}"')
        self.keep_as(digest, content)
        return True

    def create(self, request: CreateRequest) -> Iterator[dict[str, str]]:
        """Make a model; give the lines of progress.

        Raises:
            ApiError: It cannot be made.
        """
        if request.base:
            base = self._find(request.base)
            layers = [replace(layer, is_new=False) for layer in self._layers_of(base)]
            told = [layer for layer in layers if layer.kind == "model"]
        else:
            base = smollm2()
            yield {"status": "parsing GGUF"}
            conversion, layers = self._convert(request.files)
            told = list(layers)
            yield {"status": "verifying conversion"}
            layers += self._found_out(conversion)
        asked_for = self._asked_for(request)
        replaced = {layer.kind for layer in asked_for}
        layers = [layer for layer in layers if layer.kind not in replaced] + asked_for
        layers = sorted(layers, key=lambda layer: KINDS.index(layer.kind))
        yield from (layer.line for layer in told)
        if not request.base and conversion.template_name:
            yield {"status": f"using autodetected template {conversion.template_name}"}
        is_told = [layer for layer in layers if layer.kind not in ("model", "projector")]
        if not request.base and conversion.template_name:
            is_told = [layer for layer in is_told if layer.kind != "template"]
        yield from (layer.line for layer in is_told)
        yield {"status": "writing manifest"}
        self._write(full_name(request.name), base, layers)
        yield {"status": "success"}

    def copy(self, source: str, destination: str) -> None:
        """Give a model a second name.

        Raises:
            ApiError: There is none, or the name cannot be.
        """
        if not is_valid_name(destination):
            raise ApiError(400, f'destination "{destination}" is invalid')
        model = self._find_exactly(source)
        if model is None:
            raise ApiError(404, f'model "{source}" not found')
        self._write(full_name(destination), model, self._layers_of(model))

    def delete(self, name: str) -> None:
        """Delete a model and the blobs that no other one is made of.

        Raises:
            ApiError: There is none, or the name cannot be.
        """
        if not is_valid_name(name):
            raise ApiError(400, f'name "{name}" is invalid')
        model = self._find_exactly(name)
        if model is None:
            raise ApiError(404, f"model '{name}' not found")
        self._models.remove(model)
        path = self._manifest_path(model.name)
        if path.is_file():
            gone = _digests(path)
            path.unlink()
            kept = {digest for other in self.folder.glob("manifests/*/*/*/*") for digest in _digests(other)}
            for digest in gone - kept:
                self.blob_path(digest).unlink(missing_ok=True)

    def _find(self, name: str) -> StoredModel:
        model = self._find_exactly(name)
        if model is None:
            raise ApiError(500, "pull model manifest: file does not exist")
        return model

    def _find_exactly(self, name: str) -> StoredModel | None:
        return next((model for model in self._models if model.name == full_name(name)), None)

    def _convert(self, files: Mapping[str, str]) -> tuple[Conversion, list[Layer]]:
        (first, *others) = files.values()
        path = self.blob_path(first)
        if not path.is_file():
            shown = f"{SHOWN_FOLDER}/blobs/{first.replace(':', '-')}"
            raise ApiError(500, f"open {shown}: no such file or directory", is_from_runner=True)
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise ApiError(400, "supplied file was not in GGUF format", is_from_runner=True)
        conversion = self.conversions.get(first)
        layers = [self._converted(conversion)] if conversion else [self._existing("model", first)]
        layers += [self._existing("projector", digest) for digest in others]
        return conversion or Conversion(b""), layers

    def _converted(self, conversion: Conversion) -> Layer:
        digest = conversion.weights_digest
        if not digest:
            return self._layer("model", conversion.weights)
        is_new = not self.blob_path(digest).is_file()
        self.keep_as(digest, conversion.weights)
        return Layer("model", digest, len(conversion.weights), is_new)

    def _found_out(self, conversion: Conversion) -> list[Layer]:
        texts = {"template": conversion.template, "params": conversion.parameters}
        return [self._layer(kind, text.encode()) for kind, text in texts.items() if text]

    def _asked_for(self, request: CreateRequest) -> list[Layer]:
        texts = {"template": request.template, "system": request.system}
        layers = [self._layer(kind, text.encode()) for kind, text in texts.items() if text]
        layers += [self._layer("license", text.encode()) for text in request.licences]
        layers += [self._existing("adapter", digest) for digest in request.adapters.values()]
        if request.parameters:
            stored = self._find(request.base).parameters if request.base else {}
            layers.append(self._layer("params", _parameters({**stored, **request.parameters})))
        return layers

    def _layers_of(self, model: StoredModel) -> list[Layer]:
        path = self._manifest_path(model.name)
        if path.is_file():
            entries = json.loads(path.read_bytes())["layers"]
            return [Layer(entry["mediaType"].rpartition(".")[2], entry["digest"], entry["size"]) for entry in entries]
        weights = model.blob.rpartition("sha256-")[2]
        shown = model.show_body
        layers = [Layer("model", f"sha256:{weights}", int(model.tags_entry["size"]))]
        texts = {"template": shown.get("template", ""), "system": shown.get("system", "")}
        layers += [self._layer(kind, text.encode()) for kind, text in texts.items() if text]
        if model.parameters:
            layers.append(self._layer("params", _parameters(model.parameters)))
        return layers

    def _layer(self, kind: str, content: bytes) -> Layer:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        is_new = not self.blob_path(digest).is_file()
        self.keep_as(digest, content)
        return Layer(kind, digest, len(content), is_new)

    def _existing(self, kind: str, digest: str) -> Layer:
        path = self.blob_path(digest)
        return Layer(kind, digest, path.stat().st_size if path.is_file() else 0)

    def _write(self, name: str, base: StoredModel, layers: list[Layer]) -> None:
        config = self._layer("config", go_json.encode({"model_format": "gguf", "rootfs": [it.digest for it in layers]}))
        entry = {**config.entry, "mediaType": CONFIG_TYPE}
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": entry}
        content = go_json.encode({**manifest, "layers": [layer.entry for layer in layers]})
        path = self._manifest_path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self._models[:] = [self._listed(name, base, content, [config, *layers]), *self._others(name)]

    def _others(self, name: str) -> list[StoredModel]:
        return [model for model in self._models if model.name != name]

    def _listed(self, name: str, base: StoredModel, manifest: bytes, layers: list[Layer]) -> StoredModel:
        changed = {"name": name, "model": name, "modified_at": go_json.timestamp()}
        figures = {"size": sum(layer.size_bytes for layer in layers), "digest": hashlib.sha256(manifest).hexdigest()}
        texts = {layer.kind: self._text(layer) for layer in layers if layer.kind in ("template", "system", "license")}
        weights = next(layer for layer in layers if layer.kind == "model")
        file = f"{SHOWN_FOLDER}/blobs/{weights.digest.replace(':', '-')}"
        shown = {**base.show_body, **texts, "modelfile": f"# Modelfile\n# FROM {name}\n\nFROM {file}\n"}
        return replace(base, tags_entry={**base.tags_entry, **changed, **figures}, show_body=shown)

    def _text(self, layer: Layer) -> str:
        return self.blob_path(layer.digest).read_text(encoding="utf-8")

    def _manifest_path(self, name: str) -> Path:
        path, _, tag = name.rpartition(":")
        parts = path.split("/")
        places = ["registry.ollama.ai", "library"][: max(0, 3 - len(parts))]
        return self.folder.joinpath("manifests", *places, *parts, tag)


def _parameters(parameters: Mapping[str, Any]) -> bytes:
    """Go writes maps by their keys, and ends what an encoder writes with a newline."""
    return go_json.encode(dict(sorted(parameters.items()))) + b"\n"


def _digests(manifest: Path) -> set[str]:
    document = json.loads(manifest.read_bytes())
    return {entry["digest"] for entry in (document["config"], *document["layers"])}
