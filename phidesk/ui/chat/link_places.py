"""Where the links of a block stand, for those who do not use a mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QPointF, QRect, QRectF

from phidesk.richtext.blocks import Block
from phidesk.ui.chat.block_documents import BlockDocuments
from phidesk.ui.chat.block_geometry import PlacedBlock
from phidesk.ui.utf16 import utf16_length

_AROUND_PX = 2


@dataclass(frozen=True, slots=True)
class BlockLink:
    """A stretch of a block that leads somewhere."""

    words: str
    address: str
    start: int
    """In UTF-16 units, like all places in a block."""


def links_of(block: Block) -> list[BlockLink]:
    """Return the links of a block in their order; one of several appearances is one link."""
    links: list[BlockLink] = []
    offset, before = 0, ""
    for span in block.spans:
        if span.link and span.link == before:
            last = links.pop()
            links.append(BlockLink(last.words + span.text, span.link, last.start))
        elif span.link:
            links.append(BlockLink(span.text, span.link, offset))
        before = span.link
        offset += utf16_length(span.text)
    return links


def link_rect(placed: PlacedBlock, link: BlockLink, documents: BlockDocuments) -> QRect:
    """Return where a link stands, as far as it stands in the line in which it begins."""
    document = placed.document
    if document is None:
        return QRect()
    block = placed.box.block
    start = documents.document_offset(block, link.start)
    end = documents.document_offset(block, link.start + utf16_length(link.words))
    inside = document.findBlock(start)
    line = inside.layout().lineForTextPosition(start - inside.position())
    if not line.isValid():
        return QRect()
    last = min(end - inside.position(), line.textStart() + line.textLength())
    # The stub knows nothing of the tuple.
    sides = [cast("tuple[float, int]", line.cursorToX(place))[0] for place in (start - inside.position(), last)]
    corner = QPointF(placed.text_origin) + document.documentLayout().blockBoundingRect(inside).topLeft()
    rect = QRectF(min(sides), line.y(), abs(sides[1] - sides[0]), line.height()).translated(corner)
    return rect.toAlignedRect().adjusted(-_AROUND_PX, 0, _AROUND_PX, 0)
