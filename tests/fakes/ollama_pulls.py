"""Downloads of the recorded daemon: what its registry has, how fast it comes, and how it fails.

Lines come every 60 ms and only while a layer is on its way, as recorded: no `completed` while it is zero, often no last
line, nothing at all for a layer that was quicker. What came before a client left is there when it pulls again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.ollama_models import StoredModel
from tests.fakes.ollama_requests import full_name, is_valid_name
from tests.fakes.ollama_runner import ApiError, HasLeft, Watch

BEAT_S = 0.06
OFFLINE = (
    'pull model manifest: Get "https://registry.ollama.ai/v2/library/{name}/manifests/{tag}": dial tcp: '
    "lookup registry.ollama.ai on 10.255.255.53:53: no such host"
)
DAMAGED = "digest mismatch, file must be downloaded again: want sha256:{wanted}, got sha256:{found}"
UNKNOWN = "pull model manifest: file does not exist"


@dataclass(frozen=True)
class Layer:
    """One layer of a model."""

    digest: str
    size_bytes: int


def layer(size_bytes: int, name: str = "layer") -> Layer:
    """Make a layer with a digest of its own."""
    return Layer(hashlib.sha256(f"{name} {size_bytes}".encode()).hexdigest(), size_bytes)


@dataclass
class OfferedModel:
    """What the registry has under one name.

    Attributes:
        layers: The large one first.
        model: What the daemon then has.
        bytes_per_s: Pace; None is at once.
        manifest_error: With this sentence the pull fails after its first line.
        layer_error, fails_at_bytes: With this sentence it fails when so much of the first layer has come.
        damages: How many times what came has a wrong checksum.
        stalls_at_bytes: From there on nothing comes; with `falls_back` the daemon asks for the part again, in vain.
        hangs: Nothing comes after the first line.
    """

    layers: tuple[Layer, ...] = ()
    model: StoredModel | None = None
    bytes_per_s: float | None = None
    manifest_error: str | None = None
    layer_error: str | None = None
    fails_at_bytes: int = 0
    damages: int = 0
    stalls_at_bytes: int | None = None
    falls_back: bool = False
    hangs: bool = False


@dataclass
class Library:
    """The daemon's way to its registry. Without any model it is offline.

    Attributes:
        offers: Models by their full names.
        pulls: How many pulls run.
    """

    watch: Watch
    offers: dict[str, OfferedModel] = field(default_factory=dict)
    present: dict[str, int] = field(default_factory=dict)
    pulls: int = 0

    def pull(self, name: str, has_left: HasLeft, *, keep: Callable[[StoredModel], None]) -> Iterator[dict[str, Any]]:
        """Write the lines of one pull.

        Raises:
            ApiError: It fails; ClientLeft, DaemonEnded: nobody waits any more.
        """
        if not is_valid_name(name):
            raise ApiError(400, "invalid model name")
        yield {"status": "pulling manifest"}
        with self.watch.changed:
            self.pulls += 1
        try:
            yield from self._pull(self._offer(full_name(name)), has_left, keep)
        finally:
            with self.watch.changed:
                self.pulls -= 1
                self.watch.changed.notify_all()

    def _offer(self, name: str) -> OfferedModel:
        if not self.offers:
            repository, _, tag = name.rpartition(":")
            raise ApiError(500, OFFLINE.format(name=repository, tag=tag))
        if name not in self.offers:
            raise ApiError(500, UNKNOWN)
        return self.offers[name]

    def _pull(
        self, offer: OfferedModel, has_left: HasLeft, keep: Callable[[StoredModel], None]
    ) -> Iterator[dict[str, Any]]:
        if offer.hangs:
            self.watch.wait_until(lambda: not offer.hangs, has_left)
        if offer.manifest_error is not None:
            raise ApiError(500, offer.manifest_error)
        for one in offer.layers:
            yield from self._fetch(offer, one, has_left)
        yield {"status": "verifying sha256 digest"}
        if offer.damages:
            offer.damages -= 1
            self.present.clear()
            raise ApiError(500, DAMAGED.format(wanted=offer.layers[0].digest, found="0" * 64))
        yield {"status": "writing manifest"}
        if offer.model is not None:
            keep(offer.model)
        yield {"status": "success"}

    def _fetch(self, offer: OfferedModel, one: Layer, has_left: HasLeft) -> Iterator[dict[str, Any]]:
        if self.present.get(one.digest) == one.size_bytes:
            yield _progress(one, one.size_bytes)
            return
        base_bytes, began_s, beat = self.present.get(one.digest, 0), time.monotonic(), 0
        while True:
            beat += 1
            if offer.bytes_per_s is not None:
                due_s = began_s + beat * BEAT_S
                self.watch.pause_until(lambda due_s=due_s: due_s, has_left, is_over=lambda: False)  # type: ignore[misc]
            arrived = _arrived(offer, one, base_bytes, time.monotonic() - began_s)
            if arrived == offer.stalls_at_bytes and offer.falls_back:
                base_bytes, began_s, beat = 0, time.monotonic(), 0
            self.present[one.digest] = arrived
            if offer.layer_error is not None and arrived >= offer.fails_at_bytes:
                raise ApiError(500, offer.layer_error)
            if arrived == one.size_bytes:
                return
            yield _progress(one, arrived)


def _arrived(offer: OfferedModel, one: Layer, base_bytes: int, seconds: float) -> int:
    pace = offer.bytes_per_s
    arrived = one.size_bytes if pace is None else min(one.size_bytes, base_bytes + int(seconds * pace))
    return arrived if offer.stalls_at_bytes is None else min(arrived, offer.stalls_at_bytes)


def _progress(one: Layer, completed: int) -> dict[str, Any]:
    head = {"status": f"pulling {one.digest[:12]}", "digest": f"sha256:{one.digest}", "total": one.size_bytes}
    return {**head, "completed": completed} if completed else head
