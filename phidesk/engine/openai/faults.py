"""What servers of the OpenAI protocol answer when they refuse, as our errors."""

from __future__ import annotations

import json
import re
from typing import Any

from phidesk.core.errors import (
    EngineBusy,
    EngineDied,
    EngineForbidden,
    EngineRefused,
    EngineStarting,
    EngineUnreachable,
    KeyRequired,
    ModelMissing,
    NotAnEngine,
    PhiDeskError,
    PromptTooLong,
)

LONGEST_DETAIL = 500

_TOO_LONG = re.compile(
    r"maximum context length is (\d+) tokens|greater than the context length|context_length_exceeded"
)
_PROMPT_LENGTHS = (
    r"(\d+) in the messages",
    r"(?<!bound for )(?<!at least )\b(\d+) input tokens",
    r"requested (\d+) tokens",
    r"has (\d+) tokens",
)
"""vLLM, LM Studio and OpenAI tell the numbers only in a sentence; the most exact wording is looked for first."""
_ABOUT_A_KEY = re.compile(r"api.?key|token|credential|unauthori[sz]ed", re.IGNORECASE)
_GATEWAY_STATUSES = (502, 504)
"""A proxy's own words: the server behind it does not answer."""


def fault_of_reply(status: int, content: bytes, *, engine: str, address: str, model: str = "") -> PhiDeskError:
    """Return our error for a reply that is not a success; `engine` is the name that the error carries."""
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        text = content[:LONGEST_DETAIL].decode("utf-8", "replace")
        return _fault(status, {"message": text}, engine=engine, address=address, model=model, speaks_json=False)
    error = document.get("error") or document.get("detail") or document.get("message") or ""
    if not isinstance(error, dict):
        error = {**document, "message": str(error)}
    return _fault(status, error, engine=engine, address=address, model=model, speaks_json=True)


def fault_in_stream(error: dict[str, Any], *, engine: str, address: str, model: str = "") -> PhiDeskError:
    """Return our error for an error object that came instead of a chunk: the question had been accepted."""
    code = error.get("code")
    status = code if isinstance(code, int) else 500
    fault = _fault(status, error, engine=engine, address=address, model=model, speaks_json=True)
    return EngineDied(engine=engine, detail=fault.detail) if isinstance(fault, EngineRefused) else fault


def _fault(
    status: int, error: dict[str, Any], *, engine: str, address: str, model: str, speaks_json: bool
) -> PhiDeskError:
    detail = str(error.get("message") or "")[:LONGEST_DETAIL]
    if error.get("type") == "exceed_context_size_error":
        return PromptTooLong(engine, error.get("n_prompt_tokens"), error.get("n_ctx"))
    if status == 400 and (too_long := _TOO_LONG.search(f"{detail} {error.get('code')}")):
        found = next((match for form in _PROMPT_LENGTHS if (match := re.search(form, detail))), None)
        window = too_long.group(1)
        return PromptTooLong(engine, int(found.group(1)) if found else None, int(window) if window else None)
    if status == 401 or (status == 403 and speaks_json and _ABOUT_A_KEY.search(detail)):
        return KeyRequired(engine=engine, address=address, detail=detail)
    if status == 403:
        return EngineForbidden(engine=engine, address=address, detail=detail)
    if status == 429:
        return EngineBusy(engine=engine, detail=detail)
    if status in _GATEWAY_STATUSES and not speaks_json:
        return EngineUnreachable(engine=engine, address=address, detail=f"HTTP {status}: {detail}")
    if status == 404 and speaks_json and model and "model" in detail.lower():
        return ModelMissing(engine=engine, model=model, detail=detail)
    if status == 404 or (status < 500 and status != 413 and not speaks_json):
        return NotAnEngine(engine=engine, address=address, detail=f"HTTP {status}: {detail}")
    if status == 503:
        is_loading = error.get("type") == "unavailable_error" or "loading" in detail.lower()
        return EngineStarting(engine=engine, detail=detail) if is_loading else EngineBusy(engine=engine, detail=detail)
    return EngineRefused(engine=engine, status=status, detail=detail)
