"""Writes an Ollama folder as the daemon does: layers named by their checksum, and a manifest for each model."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

IMAGE = "application/vnd.ollama.image"


@dataclass(frozen=True)
class StoreWriter:
    """Writes into one folder."""

    folder: Path

    def add(
        self,
        name: str,
        weights: bytes | Path,
        *,
        template: str = "",
        system: str = "",
        parameters: str = "",
        licence: str = "",
        adapter: str = "",
    ) -> str:
        """Add a model; return the digest of its manifest."""
        model, _, tag = name.partition(":")
        texts = {"template": template, "system": system, "params": parameters, "license": licence, "adapter": adapter}
        place = f"registry.ollama.ai/library/{model}/{tag or 'latest'}"
        return self.add_at(place, weights, {kind: text for kind, text in texts.items() if text})

    def add_at(self, place: str, weights: bytes | Path, texts: dict[str, str] | None = None) -> str:
        """Add a model by the path of its manifest."""
        content = weights.read_bytes() if isinstance(weights, Path) else weights
        layers = [self._layer("model", content)]
        layers += [self._layer(kind, text.encode()) for kind, text in (texts or {}).items()]
        config = json.dumps({"model_format": "gguf", "rootfs": [layer["digest"] for layer in layers]}).encode()
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {**self._layer("", config), "mediaType": "application/vnd.docker.container.image.v1+json"},
            "layers": layers,
        }
        path = self.folder / "manifests" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(json.dumps(manifest).encode())
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def manifest_path(self, name: str) -> Path:
        """Where the manifest of a library model lies."""
        model, _, tag = name.partition(":")
        return self.folder / "manifests" / "registry.ollama.ai" / "library" / model / (tag or "latest")

    def blob_path(self, content: bytes) -> Path:
        """Where a layer lies."""
        return self.folder / "blobs" / f"sha256-{hashlib.sha256(content).hexdigest()}"

    def _layer(self, kind: str, content: bytes) -> dict[str, object]:
        path = self.blob_path(content)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        return {"mediaType": f"{IMAGE}.{kind}", "digest": digest, "size": len(content)}
