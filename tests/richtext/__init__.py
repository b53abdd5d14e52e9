"""Tests of phidesk.richtext."""
