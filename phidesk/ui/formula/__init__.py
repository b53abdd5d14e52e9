"""Formulas on the screen: nodes → boxes → glyphs."""
