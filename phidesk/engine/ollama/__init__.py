"""Ollama: the daemon's own protocol, its address, its words for what went wrong."""
