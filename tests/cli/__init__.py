"""Tests of phidesk.cli."""
