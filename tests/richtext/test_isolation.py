"""What has to be kept together within text that is written from the right."""

from __future__ import annotations

import pytest

from phidesk.richtext.isolation import spans_to_isolate
from phidesk.richtext.markdown import parse


@pytest.mark.parametrize(
    ("source", "isolated"),
    [
        ("نص `x;` و $y$", ["x;", "$y$"]),
        ("- נוסח `x;`", ["x;"]),
        ("# نص `x;`", ["x;"]),
        ("| نص `x;` | ب |\n|---|---|\n| `y` | 1 |", ["x;", "y"]),
        ("Text `x;` نص `y`", []),
        ("`x;` نص", []),
        ("12 `34` نص `y`", ["y"]),
        ("```\nنص x;\n```", []),
    ],
)
def test_code_and_formulas_behind_letters_from_the_right_are_isolated(source: str, isolated: list[str]) -> None:
    (block,) = parse(source)

    flags = zip(block.spans, spans_to_isolate(block), strict=True)

    assert [span.text for span, is_isolated in flags if is_isolated] == isolated
