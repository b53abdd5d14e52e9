"""Tests of one answer, and of who gives it."""
