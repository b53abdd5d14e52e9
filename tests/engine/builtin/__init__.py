"""Tests of phidesk.engine.builtin."""
