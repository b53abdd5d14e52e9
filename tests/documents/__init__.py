"""Tests of what is read of the person's files."""
