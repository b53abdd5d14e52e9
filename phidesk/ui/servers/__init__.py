"""Servers at an address: added, tested, renamed, given a key, removed."""
