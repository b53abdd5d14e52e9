"""When a screen reader speaks while an answer is awaited: once per phase, not with every figure."""

from __future__ import annotations

from phidesk.chat.summarising import PartBegun
from phidesk.chat.turn import Progress
from phidesk.engine.protocol import Waiting


class PhaseTeller:
    """Knows which phase of an answer was told last."""

    def __init__(self) -> None:
        self._told: object = None

    def begin(self) -> None:
        """Begin anew: nothing was told yet."""
        self._told = None

    def is_new(self, event: Progress, part: PartBegun) -> bool:
        """Whether this event begins another phase, or is of another part of what is read."""
        phase = (type(event), event.reason if isinstance(event, Waiting) else None, part)
        if phase == self._told:
            return False
        self._told = phase
        return True
