"""Tests of phidesk.processes."""
