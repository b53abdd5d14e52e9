"""Formulas: LaTeX as models write it → a tree of values. How the tree is drawn is up to the window."""
