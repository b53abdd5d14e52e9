"""The font of formulas, and what lays them out in it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from phidesk.core.paths import package_resources
from phidesk.ui.formula.layout import FormulaLayout
from phidesk.ui.formula.math_font import MathFont


@pytest.fixture(scope="session")
def font(qapp: QApplication) -> MathFont:
    return MathFont(package_resources() / "fonts" / "STIXTwoMath.ttf")


@pytest.fixture(scope="session")
def layout(font: MathFont) -> FormulaLayout:
    return FormulaLayout(font)
