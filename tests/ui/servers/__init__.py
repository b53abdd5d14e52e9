"""Tests of the section about servers at an address."""
