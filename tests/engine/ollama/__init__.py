"""Tests of phidesk.engine.ollama."""
