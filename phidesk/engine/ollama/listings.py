"""What the daemon has and what it has in memory, read from `/api/tags`, `/api/show` and `/api/ps`.

Read by ourselves: the `ollama` package drops the capabilities, the remote host and the window. Daemons before 0.30 tell
the capabilities in `/api/show` only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from phidesk.core.model_info import TOOLS_CAPABILITY, LoadedModel, ModelInfo, is_remote_name
from phidesk.engine import phi4_mini
from phidesk.engine.protocol import OLLAMA
from phidesk.engine.shape import read_shape

EMBEDDING_TENSOR = "token_embd.weight"
"""Its shape ends with the size of the vocabulary; the vocabulary itself would be 6 MB of JSON."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Listing:
    """One row of `/api/tags`. `parent` is the model that it was made from, if from one."""

    info: ModelInfo
    changed_at: datetime | None
    parent: str = ""

    @property
    def is_to_be_shown(self) -> bool:
        """Whether `/api/show` must tell more: what it can do, or whether it is phi4-mini."""
        return not self.info.is_remote and (
            not self.info.capabilities or self.info.architecture == phi4_mini.ARCHITECTURE
        )


def read_tags(document: dict[str, Any]) -> list[Listing]:
    """Read `/api/tags`, the most recently changed first.

    Raises:
        KeyError, TypeError, AttributeError: it is something else.
    """
    listings = [_listing(row) for row in document["models"] or []]
    return sorted(listings, key=lambda listing: listing.changed_at or _LONG_AGO, reverse=True)


def with_shown(info: ModelInfo, shown: dict[str, Any]) -> ModelInfo:
    """Add what `/api/show` says."""
    values = shown.get("model_info") or {}
    architecture = values.get("general.architecture") or info.architecture
    capabilities = frozenset(shown.get("capabilities") or ()) or info.capabilities
    return replace(
        info,
        architecture=architecture,
        capabilities=capabilities,
        trained_window_tokens=values.get(f"{architecture}.context_length") or info.trained_window_tokens,
        licence=values.get("general.license") or "",
        shape=read_shape(values),
        is_phi4_mini=architecture == phi4_mini.ARCHITECTURE
        and _vocabulary_size(shown, architecture) == phi4_mini.VOCABULARY_SIZE
        and (not capabilities or TOOLS_CAPABILITY in capabilities)
        and not shown.get("system")
        and not phi4_mini.has_own_system_text(shown.get("template") or ""),
        is_remote=info.is_remote or bool(shown.get("remote_host") or shown.get("remote_model")),
    )


def read_loaded(document: dict[str, Any], listings: Iterable[Listing]) -> list[LoadedModel]:
    """Read `/api/ps`: one for every name under which a model in memory can be asked.

    A runner is listed under the name of the model that loaded it, but serves every model with the same weights: copies,
    and models made from it with other words.

    Raises:
        KeyError, TypeError, AttributeError: it is something else.
    """
    rows: list[dict[str, Any]] = document["models"] or []
    loaded = {row["name"]: _loaded(row) for row in rows}
    known = {listing.info.name: listing for listing in listings}
    for row in rows:
        for name in _names_of_same_weights(row["name"], row.get("digest") or "", known):
            loaded.setdefault(name, replace(loaded[row["name"]], name=name))
    return list(loaded.values())


def read_time(text: object) -> datetime | None:
    """Read RFC 3339 with up to nanoseconds; None for what cannot be a time."""
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return time if time.tzinfo is not None else None


def _listing(row: dict[str, Any]) -> Listing:
    details = row.get("details") or {}
    name = str(row["name"])
    info = ModelInfo(
        name=name,
        engine=OLLAMA,
        digest=row.get("digest") or "",
        size_bytes=row.get("size") or None,
        trained_window_tokens=details.get("context_length") or None,
        capabilities=frozenset(row.get("capabilities") or ()),
        architecture=details.get("family") or "",
        parameters=details.get("parameter_size") or "",
        quantisation=_known(details.get("quantization_level")),
        is_remote=bool(row.get("remote_host") or row.get("remote_model")) or is_remote_name(name),
    )
    return Listing(info, read_time(row.get("modified_at")), details.get("parent_model") or "")


def _known(word: str | None) -> str:
    """Return what the daemon says, and nothing where it says that it does not know."""
    return "" if word is None or word == "unknown" else word


def _loaded(row: dict[str, Any]) -> LoadedModel:
    return LoadedModel(
        name=str(row["name"]),
        window_tokens=row.get("context_length") or None,
        size_bytes=row.get("size"),
        gpu_bytes=row.get("size_vram"),
    )


def _names_of_same_weights(name: str, digest: str, known: dict[str, Listing]) -> list[str]:
    origin = _origin(name, known) if name in known else digest
    weights = _kind_of_weights(known[name]) if name in known else None
    return [
        other
        for other, listing in known.items()
        if _origin(other, known) == origin and weights in (None, _kind_of_weights(listing))
    ]


def _origin(name: str, known: dict[str, Listing]) -> str:
    """Follow parents to the model that the weights came with: its digest, or its name where it is gone.

    A model may have been made from itself.
    """
    seen = set()
    while name not in seen and name in known and known[name].parent:
        seen.add(name)
        name = known[name].parent
    return known[name].info.digest or name if name in known else name


def _kind_of_weights(listing: Listing) -> tuple[str, str, str]:
    """What a quantised child does not share with its parent."""
    return listing.info.architecture, listing.info.parameters, listing.info.quantisation


def _vocabulary_size(shown: dict[str, Any], architecture: str) -> int | None:
    values = shown.get("model_info") or {}
    tokens = values.get("tokenizer.ggml.tokens")
    if tokens:
        return len(tokens)
    shapes = (tensor.get("shape") for tensor in shown.get("tensors") or () if tensor.get("name") == EMBEDDING_TENSOR)
    shape = next(shapes, None)
    size: int | None = shape[-1] if shape else values.get(f"{architecture}.vocab_size")
    return size
