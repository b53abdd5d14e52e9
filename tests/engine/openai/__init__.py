"""Tests of phidesk.engine.openai."""
