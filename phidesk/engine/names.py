"""What engines and their models are called, apart from `protocol`: names are painted before an engine is looked for."""

from __future__ import annotations

OLLAMA = "ollama"
BUILTIN = "builtin"
"""Names of the engines. A server at an address is named by its address."""
FROM_OLLAMA = "@ollama"
"""Ends the name of a model of the built-in engine whose file lies in Ollama's folder: never taken for one of ours."""
