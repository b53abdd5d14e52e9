"""Formulas as boxes."""

from __future__ import annotations

from phidesk.richtext.formula.parser import parse_formula
from phidesk.ui.formula.boxes import Box
from phidesk.ui.formula.layout import FormulaLayout

SIZE = 20.0
"""Of their letters, in pixels."""


def box_of(
    layout: FormulaLayout,
    source: str,
    *,
    is_display: bool = True,
    column_px: float | None = None,
    room_px: float | None = None,
) -> Box:
    return layout.lay_out(parse_formula(source), SIZE, is_display=is_display, column_px=column_px, room_px=room_px)
