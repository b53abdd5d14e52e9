r"""Letters of physics with something at them: indices of tensors (`\tensor{T}{^a_b}`), isotopes, Feynman's slash."""

from __future__ import annotations

from phidesk.richtext.formula.nodes import Framed, Node, Prescripts, Row, Scripts, Styled, Symbol
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand, children

_LETTERS = {"dbar": "đ", "dj": "đ", "lambdabar": "ƛ", "lambdaslash": "ƛ"}


def indexed_letter_readers() -> dict[str, ReadCommand]:
    """Return who reads such a letter, by its command without the backslash."""
    return {
        **dict.fromkeys(_LETTERS, _letter),
        "slashed": _slashed,
        "tensor": _tensor,
        "indices": _indices,
        **dict.fromkeys(("isotope", "nuclide"), _isotope),
    }


def _letter(_reader: FormulaReader, name: str) -> Node:
    return Symbol(_LETTERS[name])


def _slashed(reader: FormulaReader, _name: str) -> Node:
    return Framed(reader.read_argument(), "rising")


def _tensor(reader: FormulaReader, _name: str) -> Node:
    r"""Read `\tensor[^a]{T}{_b^c}`: each index stands behind the one before it, above or below."""
    before = reader.read_option()
    base = reader.read_argument()
    pillar = Styled(base, is_hidden=True, has_width=False)
    parts = list(children(reader.inner(before))) if before else []
    return Row((*parts, base, *_read_indices(reader, pillar)))


def _indices(reader: FormulaReader, _name: str) -> Node:
    return Row(_read_indices(reader, Row()))


def _read_indices(reader: FormulaReader, pillar: Node) -> tuple[Node, ...]:
    """Read a group of scripts, each at a base that is not seen."""
    if not reader.is_before_group():
        return ()
    reader.step()
    parts: list[Node] = []
    while not reader.is_at_end and not reader.take("}"):
        is_above = reader.take("^")
        if not is_above and not reader.take("_"):
            if reader.peek() in ("&", "\\\\"):
                reader.step()
            parts.append(reader.read_with_scripts())
            continue
        index = reader.read_argument()
        parts.append(Scripts(pillar, above=index) if is_above else Scripts(pillar, below=index))
    return tuple(parts)


def _isotope(reader: FormulaReader, _name: str) -> Node:
    r"""Read `\isotope[14][6]{C}`: what its nucleus holds stands before the upright letters."""
    mass, number = (reader.read_option() for _ in range(2))
    letters = reader.inner(rf"\mathrm{{{reader.read_raw_argument()}}}")
    below, above = (reader.inner(script) if script else None for script in (number, mass))
    return letters if below is None is above else Prescripts(letters, below, above)
