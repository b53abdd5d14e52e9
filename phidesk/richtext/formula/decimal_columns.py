"""Columns of numbers whose decimal signs stand below each other, as those of siunitx and dcolumn."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from phidesk.richtext.formula.nodes import Node, Row, Spanning, Styled, Symbol, Word, spanning_in

_NUMBER = re.compile(r"[-−+±]?\d*(?P<fraction>[.,]\d*)?")


def align_at_points(rows: Sequence[tuple[Node, ...]], columns: Collection[int]) -> tuple[tuple[Node, ...], ...]:
    """Return rows in which numbers of these columns end with digits that are not shown, so that all are as long.

    They are to be aligned at the right. What is no number, as the head, is centred above them.
    """
    longest = {
        column: max((len(_fraction(row[column]) or "") for row in rows if column < len(row)), default=0)
        for column in columns
    }
    return tuple(
        tuple(_padded(cell, longest[column]) if column in longest else cell for column, cell in enumerate(row))
        for row in rows
    )


def _padded(cell: Node, length: int) -> Node:
    fraction = _fraction(cell)
    if fraction is None:
        return cell if cell == Row() or spanning_in(cell) is not None else Spanning(cell, 1, "c")
    missing = ("" if fraction else ".") + "0" * (length - max(1, len(fraction)))
    return Row((cell, Styled(Word(missing), is_hidden=True))) if length > len(fraction) else cell


def _fraction(cell: Node) -> str | None:
    """Return the decimal sign and the digits behind it; None for what is no number."""
    nodes = cell.children if isinstance(cell, Row) else (cell,)
    written = [node.character if isinstance(node, Symbol) else getattr(node, "text", "?") for node in nodes]
    found = _NUMBER.fullmatch("".join(written).strip())
    return None if found is None or not found[0] else found["fraction"] or ""
