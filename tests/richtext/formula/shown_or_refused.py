"""What holds for any source of a formula."""

from __future__ import annotations

from xml.etree import ElementTree

from phidesk.richtext.formula.mathml import as_mathml
from phidesk.richtext.formula.parser import FormulaTooDeep, parse_formula


def assert_shown_or_refused(source: str) -> None:
    """Whatever it is, it becomes well-formed MathML, or is refused as too deep."""
    try:
        tree = parse_formula(source)
    except FormulaTooDeep:
        return
    assert ElementTree.fromstring(as_mathml(tree, source, is_display=True)).tag.endswith("math")
