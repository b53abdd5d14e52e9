r"""References to numbered formulas of one message: `\eqref{eq:x}` shows the tag of the formula that has `\label{eq:x}`.

Only what the person sees changes; the text stays as it was written. Nobody counts equations here: models number them
themselves, with `\tag`. A reference to a label without a tag stays what it is (within a formula, the end of the label
is shown), and so does one whose formula comes later, until the whole text is read once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from phidesk.richtext.blocks import Block, Span

_LABEL = re.compile(r"\\label\s*\{([^{}]+)\}")
_TAG = re.compile(r"\\tag\*?\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_REFERENCE = re.compile(r"\\(eqref|ref|autoref|[cC]ref)\*?\s*\{([^{}]+)\}")
_LINE_END = re.compile(r"\\\\")


def with_references(blocks: Sequence[Block], before: Iterable[Block] = ()) -> Sequence[Block]:
    """Return blocks whose references to formulas in them, or in those before them, show their tags."""
    if not any("ref{" in span.text for block in blocks for span in block.spans):
        return blocks
    tags = _tags((*before, *blocks))
    return [_resolved(block, tags) for block in blocks] if tags else blocks


def _tags(blocks: Iterable[Block]) -> dict[str, str]:
    """Return the tag of each label that has one; where a label comes again, the first one counts."""
    tags: dict[str, str] = {}
    for span in (span for block in blocks for span in block.spans):
        if not span.formula or "\\label" not in span.text or "\\tag" not in span.text:
            continue
        all_tags = _TAG.findall(span.text)
        for line in _LINE_END.split(span.text):
            tag = _TAG.search(line)
            for label in _LABEL.findall(line):
                if tag is not None or len(all_tags) == 1:
                    tags.setdefault(label.strip(), tag[1] if tag is not None else all_tags[0])
    return tags


def _resolved(block: Block, tags: Mapping[str, str]) -> Block:
    if not any("ref{" in span.text for span in block.spans):
        return block
    return replace(block, spans=tuple(part for span in block.spans for part in _parts(span, tags)))


def _parts(span: Span, tags: Mapping[str, str]) -> Iterator[Span]:
    """Yield a span with its references, each that is known a formula of its own if it stands in words."""
    if span.code or "ref{" not in span.text:
        yield span
        return
    if span.formula:
        shown = _REFERENCE.sub(lambda found: _shown(found, tags) or found[0], span.text)
        yield span if shown == span.text else span._replace(drawn=shown)
        return
    end = 0
    for found in _REFERENCE.finditer(span.text):
        shown = _shown(found, tags)
        if shown:
            if found.start() > end:
                yield span.with_text(span.text[end : found.start()])
            yield span._replace(text=found[0], formula=True, drawn=f"\\({shown}\\)")
            end = found.end()
    if end < len(span.text):
        yield span.with_text(span.text[end:])


def _shown(found: re.Match[str], tags: Mapping[str, str]) -> str:
    """Return a reference with tags in the place of labels; nothing if one of them is unknown."""
    labels = [label.strip() for label in found[2].split(",")]
    if not all(label in tags for label in labels):
        return ""
    return f"\\{found[1]}{{{', '.join(tags[label] for label in labels)}}}"
