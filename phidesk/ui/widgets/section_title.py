"""What heads a few lines of a panel."""

from __future__ import annotations

from phidesk.ui.widgets.wrapped_label import WrappedLabel


def make_section_title(words: str, *, tip: str = "") -> WrappedLabel:
    """Make a muted, strong line; the tip has the technical word."""
    title = WrappedLabel(words)
    title.setProperty("step", "section")
    title.setProperty("tone", "muted")
    title.setToolTip(tip)
    return title
