"""Exact arithmetic, as people and models write it down: numbers, units, expressions."""
