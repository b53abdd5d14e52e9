"""The list of conversations at the side of the window, and what else stands there."""
