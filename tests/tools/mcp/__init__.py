"""Tests of phidesk.tools.mcp, with servers written with the package `mcp` and with hostile ones written by hand."""
