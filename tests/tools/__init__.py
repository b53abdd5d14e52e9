"""Tests of phidesk.tools."""
