"""What one server wants otherwise than the others, learned from its refusals.

Servers of this protocol differ in the fields that they know, and none tells beforehand: strict ones refuse a request
for a field that others need. So everything is sent first, and what a server refuses is left out from then on, where an
answer without it is still what was asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from phidesk.core.errors import EngineRefused

LIMIT, NEWER_LIMIT = "max_tokens", "max_completion_tokens"
"""The same under two names; OpenAI's newer models refuse the older one, most servers know only that."""
DISPENSABLE = ("stream_options", "return_progress", "continue_final_message", "add_generation_prompt", "tool_choice")
"""Without them figures are missing, or the server or model decides by itself: whether it goes on, whether it calls."""

_UNKNOWN = re.compile(
    r"unsupported|unexpected|unknown|unrecogni[sz]ed|not (?:supported|permitted|allowed)|extra_forbidden|extra inputs",
    re.IGNORECASE,
)

_ABOUT_SCHEMA = re.compile(r"response_format|schema|grammar|structured|guided", re.IGNORECASE)
_ABOUT_TOOLS = re.compile(r"\btools?\b|\btool_choice\b", re.IGNORECASE)
_CANNOT = re.compile(r"\brequires?\b|support", re.IGNORECASE)
_TOO_LARGE = re.compile(r"greater than|too large", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """What to leave out. `is_newer_limit` says under which name the limit of an answer is sent."""

    left_out: frozenset[str] = frozenset()
    is_newer_limit: bool = False

    def spoken(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the body as this server wants it."""
        names = {name: NEWER_LIMIT if name == LIMIT and self.is_newer_limit else name for name in body}
        return {names[name]: value for name, value in body.items() if name not in self.left_out}

    def after(self, refusal: EngineRefused, sent: dict[str, Any]) -> Dialect | None:
        """Learn from a refusal of `sent`; None where there is nothing to learn and it must be told.

        400 and 422 are what servers answer to a request that they do not understand.
        """
        if refusal.status not in (400, 422) or not _UNKNOWN.search(refusal.detail):
            return None
        named = {name for name in sent if re.search(rf"\b{name}\b", refusal.detail)}
        if LIMIT in named:
            return replace(self, is_newer_limit=True)
        unknown = named.intersection(DISPENSABLE)
        return replace(self, left_out=self.left_out | unknown) if unknown else None


def refuses_tools(refusal: EngineRefused) -> bool:
    """Whether a server refused tools as such, and not one of them for what is in it.

    So do servers that know no such field, vLLM without `--enable-auto-tool-choice`, and models without tools.
    """
    is_about_them = _ABOUT_TOOLS.search(refusal.detail) is not None
    return is_about_them and bool(_UNKNOWN.search(refusal.detail) or _CANNOT.search(refusal.detail))


def is_about_schema(refusal: EngineRefused) -> bool:
    """Whether a server refused the form of an answer that was asked for, as far as its words tell."""
    return 400 <= refusal.status <= 501 and bool(_ABOUT_SCHEMA.search(refusal.detail))


def is_limit_needless(refusal: EngineRefused) -> bool:
    """Whether a server refused the limit of an answer because it is more than the server ever writes."""
    names_limit = LIMIT in refusal.detail or NEWER_LIMIT in refusal.detail
    return refusal.status in (400, 422) and names_limit and bool(_TOO_LARGE.search(refusal.detail))
