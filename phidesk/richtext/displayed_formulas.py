r"""Displayed formulas within a paragraph: each becomes a piece of it, so that it stands on a line of its own.

That is so for `\[…\]` and environments, and for `$$…$$` that begin or end a line: within one, some models write them
around what they mean to stand there.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace

from phidesk.richtext.blocks import Block, BlockKind, Span
from phidesk.richtext.formula.delimiters import read_delimited

_PUNCTUATION = re.compile(r"[.,;:!?…。，；：！？]+(?=\s|$)")  # noqa: RUF001 - of other scripts, too
"""Behind a formula; it stands beside it."""
_LINE_BEGIN = re.compile(r"(?:^|\n)[\s>]*(?:(?:[-+*•]|\d{1,9}[.)])\s+)?\Z")
_LINE_END = re.compile(r"[\s.,;:!?]*?(?:\n|\Z)")


def set_apart(block: Block) -> list[Block]:
    """Return the pieces of a paragraph: displayed formulas, and what stands before and after them; or all of it."""
    if block.kind is not BlockKind.PARAGRAPH or len(block.spans) < 2 or not any(span.formula for span in block.spans):
        return [block]
    groups = _groups(block)
    if len(groups) < 2:
        return [block]
    pieces: list[Block] = []
    joint = ""
    for group in groups:
        body, before, after = _stripped(group)
        if not body:
            joint += before
            continue
        text = "".join(span.text for span in body)
        piece = replace(block, spans=tuple(body), source=text)
        pieces.append(replace(piece, marker="", joint=joint + before) if pieces else piece)
        joint = after
    return pieces


def is_displayed(block: Block) -> bool:
    """Whether a block is one displayed formula, with nothing but a sign behind it."""
    if block.kind is not BlockKind.PARAGRAPH or not block.spans or not block.spans[0].formula:
        return False
    first, *others = block.spans
    delimited = read_delimited(first.formula_source)
    is_alone = not others or (len(others) == 1 and _PUNCTUATION.fullmatch(others[0].text) is not None)
    return is_alone and delimited is not None and delimited.is_display


def _groups(block: Block) -> list[list[Span]]:
    """Return the spans in groups of which each is a piece."""
    groups: list[list[Span]] = [[]]
    position = 0
    spans = deque(block.spans)
    while spans:
        span = spans.popleft()
        position = max(position, block.source.find(span.text, position)) if span.formula else position
        if not span.formula or not _stands_apart(span, block.source, position):
            groups[-1].append(span)
            continue
        position += len(span.text)
        piece = [span]
        following = _PUNCTUATION.match(spans[0].text) if spans and not spans[0].formula else None
        if following is not None:
            piece.append(spans[0].with_text(following[0]))
            spans[0] = spans[0].with_text(spans[0].text[following.end() :])
        groups += [piece, []]
    return [group for group in groups if any(span.text for span in group)]


def _stands_apart(span: Span, source: str, position: int) -> bool:
    delimited = read_delimited(span.text)
    if delimited is None or not delimited.is_display:
        return False
    if not span.text.startswith("$$"):
        return True
    begins_line = _LINE_BEGIN.search(source, 0, position) is not None
    return begins_line or _LINE_END.match(source, position + len(span.text)) is not None


def _stripped(group: list[Span]) -> tuple[list[Span], str, str]:
    """Return spans without the space around them, and that space."""
    body = [span for span in group if span.text]
    before = after = ""
    while body and not body[0].text.strip():
        before += body.pop(0).text
    while body and not body[-1].text.strip():
        after = body.pop().text + after
    if body and not body[0].formula:
        text = body[0].text.lstrip()
        before += body[0].text[: len(body[0].text) - len(text)]
        body[0] = body[0].with_text(text)
    if body and not body[-1].formula:
        text = body[-1].text.rstrip()
        after = body[-1].text[len(text) :] + after
        body[-1] = body[-1].with_text(text)
    return body, before, after
