"""Tests of the small controls."""
