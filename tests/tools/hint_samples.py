"""Questions that need arithmetic and answers full of facts, beside others that only look so (tests/data/hints.json).

The last sixty questions and the last twelve answers of each kind were written after the rules; for half of the questions
the rules were corrected since.
"""

from __future__ import annotations

import json
from pathlib import Path

_SAMPLES = json.loads((Path(__file__).parent.parent / "data" / "hints.json").read_text(encoding="utf-8"))
SUMS: list[str] = _SAMPLES["sums"]
NO_SUMS: list[str] = _SAMPLES["no_sums"]
FACTS: list[str] = _SAMPLES["facts"]
NO_FACTS: list[str] = _SAMPLES["no_facts"]
ORDINARY = "The museum opens at nine, and a coffee there is 3 euros on most days of the week. "
"""As often as wanted: a text that takes the usual time to judge."""
