"""How one block is looked at that may be wider than the column: a listing, or a table. No Qt, whole pixels only.

All pieces of a long block share one view: they scroll sideways together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from phidesk.richtext.blocks import Block, BlockKind

WIDE_KINDS = frozenset({BlockKind.CODE, BlockKind.TABLE})


@dataclass(slots=True, eq=False, weakref_slot=True)
class SideView:
    """How far a block is scrolled sideways, and whether its lines are wrapped instead."""

    head: Block
    """The first piece of the block."""
    is_wrapped: bool = False
    room: int = 0
    """Width that the block is seen in."""
    natural_width: int = 0
    """Of the widest line among the pieces that were measured."""
    _offset: int = 0
    _generation: int = -1
    """Of the layout, when the widths were measured."""

    @property
    def offset(self) -> int:
        """Distance from the edge where lines begin to what is seen, never beyond the end."""
        return min(self._offset, self.longest_offset)

    @property
    def longest_offset(self) -> int:
        """How far it can be scrolled; 0 if all of it is seen."""
        return max(0, self.natural_width - self.room)

    def scroll_by(self, distance: int) -> bool:
        """Scroll towards the ends of the lines, or back; return whether anything moves."""
        before = self.offset
        self._offset = max(0, min(self.longest_offset, before + distance))
        return self._offset != before

    def measure(self, width: int, room: int, generation: int) -> bool:
        """Take the width of one piece in; return whether the block is seen otherwise by that.

        A new generation of the layout begins anew with the widths.
        """
        before = self.longest_offset
        if generation != self._generation:
            self._generation = generation
            self.natural_width = 0
        self.room = room
        self.natural_width = max(self.natural_width, width)
        return self.longest_offset != before

    def wrap(self, *, is_wrapped: bool) -> None:
        """Wrap lines, or let them be as long as they are; the pieces have to be measured again."""
        self.is_wrapped = is_wrapped
        self.natural_width = 0
        self._offset = 0


def side_view_of(block: Block, previous: SideView | None = None, before: SideView | None = None) -> SideView | None:
    """Return the view of a block that is put into a layout: None if it is never wider than the column.

    A further piece shares that of the block above, `previous`. What was done with the block that stood in its place
    until now, `before`, goes on: it is the same block with more text.
    """
    if block.kind not in WIDE_KINDS:
        return None
    if block.joint is not None and previous is not None and previous.head.kind is block.kind:
        return previous
    if before is not None and before.head.kind is block.kind:
        return replace(before, head=block)
    return SideView(block)
