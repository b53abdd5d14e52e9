"""Code and formulas within text that is written from the right: they stay as they are, whatever signs they end with.

By the rules of Unicode "x = 1;" would be drawn there as ";x = 1". Two characters that nobody sees keep it together.
"""

from __future__ import annotations

from phidesk.richtext.blocks import Block, BlockKind
from phidesk.richtext.direction import is_right_to_left

ISOLATE, END_ISOLATE = "\u2066", "\u2069"
"""Around what is written from the left."""


def spans_to_isolate(block: Block) -> list[bool]:
    """Return for each span whether it is code or a formula behind the beginning of text from the right.

    That depends on nothing that follows: what is decided stays so while text arrives.
    """
    if block.kind not in (BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.TABLE):
        return [False] * len(block.spans)
    is_right = block.is_mirrored if block.kind is BlockKind.TABLE else None
    flags: list[bool] = []
    for span in block.spans:
        flags.append(is_right is True and (span.code or span.formula))
        if is_right is None:
            is_right = is_right_to_left(span.text)
    return flags
