r"""Brackets with a name (`\abs{x}`, `\qty(x)`, `\ket{\psi}`) of the packages physics, braket and mathtools.

They grow with what they enclose, whatever their star: it means "do not grow" in physics and "grow" in mathtools. Models
mix the packages, so an argument may stand in braces or in parentheses, and a size before or in an option.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from phidesk.richtext.formula.commands import SIZES
from phidesk.richtext.formula.nodes import Accent, Atom, Fenced, Node, Row, Scripts, Space, Symbol
from phidesk.richtext.formula.reader import FormulaReader, FormulaTooDeep, ReadCommand, beside
from phidesk.richtext.formula.symbols import ACCENTS

_AROUND_ONE = {
    "abs": ("|", "|"), "absolutevalue": ("|", "|"), "norm": ("‖", "‖"), "pqty": ("(", ")"), "bqty": ("[", "]"),
    "Bqty": ("{", "}"), "vqty": ("|", "|"), "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉"), "ket": ("|", "⟩"),
    "Ket": ("|", "⟩"), "avg": ("⟨", "⟩"),
}  # fmt: skip
_AROUND_TWO = {
    "comm": ("[", "]"), "commutator": ("[", "]"), "acomm": ("{", "}"), "acommutator": ("{", "}"),
    "anticomm": ("{", "}"), "anticommutator": ("{", "}"), "pb": ("{", "}"), "poissonbracket": ("{", "}"),
    "inner": ("⟨", "⟩"),
}  # fmt: skip
"""With a comma between the two."""
_PAIRS = (("(", ")"), ("[", "]"), ("|", "|"), (r"\{", r"\}"))
_BARS = {"|": "|", r"\vert": "|", r"\mid": "|", r"\|": "‖", r"\Vert": "‖"}
_SIZE_COMMANDS = {f"\\{name}{side}": size for name, size in SIZES.items() for side in ("", "l", "m")}
_BAR_EM = SIZES["Big"]
"""Of the bar behind something that is not said to belong to it."""
_MOST_NODES_REPEATED = 200
"""Nobody writes more twice, and repetitions within repetitions grow fast."""


def bracket_readers() -> dict[str, ReadCommand]:
    """Return who reads a named bracket, by its name without the backslash; what ends with a star is the same."""
    return {
        **dict.fromkeys(_AROUND_ONE, _around_one),
        **dict.fromkeys(_AROUND_TWO, _around_two),
        **dict.fromkeys(("set", "Set"), _set),
        **dict.fromkeys(("eval", "evaluated"), _evaluated),
        **dict.fromkeys(("order", "bigO"), _order),
        **dict.fromkeys(("bra", "Bra"), _bra),
        **dict.fromkeys(("braket", "Braket", "ip", "innerproduct"), _bra_and_ket),
        **dict.fromkeys(("dyad", "ketbra", "Ketbra", "op", "outerproduct"), _ket_and_bra),
        **dict.fromkeys(("ev", "expval", "expectationvalue"), _expectation),
        "vev": _vacuum_expectation,
        **dict.fromkeys(("mel", "matrixel", "matrixelement"), _matrix_element),
        "quantity": read_quantity_brackets,
    }


def read_quantity_brackets(reader: FormulaReader, _name: str) -> Node | None:
    """Read what stands between any brackets, which grow with it; None where no pair of brackets comes next."""
    size = _read_size(reader)
    for opening, closing in _PAIRS:
        if reader.make_group(opening, closing):
            return _enclosed(opening[-1], reader.read_argument(), closing[-1], size)
    return _enclosed("{", reader.read_argument(), "}", size) if reader.is_before_group() else None


def let_brackets_grow(reader: FormulaReader) -> None:
    """Have parentheses or square brackets that come next read as ones that grow."""
    reader.skip_space()
    if reader.peek() in ("(", "["):
        reader.put_back(r"\quantity")


def _enclosed(opening: str, content: Node, closing: str, size: float | None = None, *middles: Node) -> Fenced:
    bars = tuple(("|", middle) for middle in middles)
    return Fenced(opening, content, closing, size, bars, is_tight=True)


def _read_size(reader: FormulaReader) -> float | None:
    found = next((token for token in _SIZE_COMMANDS if reader.take(token)), None)
    return None if found is None else _SIZE_COMMANDS[found]


def _around_one(reader: FormulaReader, name: str) -> Node:
    opening, closing = _AROUND_ONE[name]
    option = (reader.read_option_before("{") or "").strip()
    size = _SIZE_COMMANDS.get(option) or _read_size(reader)
    if opening == closing or name == "pqty":
        reader.make_group("(", ")")
    fenced = _enclosed(opening, reader.read_argument(), closing, size)
    if not option or option in _SIZE_COMMANDS:
        return fenced
    return Scripts(fenced, below=reader.inner(option))  # Which norm it is.


def _around_two(reader: FormulaReader, name: str) -> Node:
    opening, closing = _AROUND_TWO[name]
    size = _read_size(reader)
    reader.make_group("(", ")")
    content = reader.read_argument()
    if reader.is_before_group():
        content = beside(beside(content, Symbol(",", Atom.PUNCTUATION)), reader.read_argument())
    return _enclosed(opening, content, closing, size)


def _set(reader: FormulaReader, _name: str) -> Node:
    """Read a set, its condition behind a bar with a distance around it; further bars come in pairs."""
    (_, content), *conditions = _read_between_bars(reader)
    if len(conditions) % 2:
        gap = Space(5 / 18)
        (bar, condition), *others = conditions
        content, conditions = beside(content, gap), [(bar, beside(gap, condition)), *others]
    return Fenced("{", content, "}", middles=tuple(conditions), is_tight=True)


def _evaluated(reader: FormulaReader, _name: str) -> Node:
    r"""Read what a bar at the right belongs to; without braces (`\eval_0^1`) it is what was written before."""
    size = _read_size(reader)
    for opening in ("[", "("):
        if reader.make_group(opening, "|"):
            return _enclosed(opening, reader.read_argument(), "|", size)
    if not reader.is_before_group() and not reader.make_group("(", ")"):
        return _enclosed("", Row(), "|", _BAR_EM)
    content = reader.read_argument()
    reader.take("|")
    return _enclosed("", content, "|", size)


def _order(reader: FormulaReader, _name: str) -> Node:
    size = _read_size(reader)
    reader.make_group("(", ")")
    return Row((Symbol("𝒪"), _enclosed("(", reader.read_argument(), ")", size)))


# Bras and kets


def _bra(reader: FormulaReader, _name: str) -> Node:
    """Read a bra; a ket that follows at once shares its bar."""
    size = _read_size(reader)
    bra = reader.read_argument()
    if any(reader.take(ket) for ket in (r"\ket", r"\ket*", r"\Ket")):
        return _enclosed("⟨", bra, "⟩", size, reader.read_argument())
    return _enclosed("⟨", bra, "|", size)


def _bra_and_ket(reader: FormulaReader, name: str) -> Node:
    r"""Read `\braket{a|b}` or `\braket{a}{b}`; a group alone is all that stands between the brackets."""
    size = _read_size(reader)
    (_, first), *others = _read_between_bars(reader)
    if not others and reader.is_before_group():
        others = [("|", reader.read_argument())]
    elif not others and name in ("ip", "innerproduct"):
        others = [("|", _again(first))]
    return Fenced("⟨", first, "⟩", size, tuple(others), is_tight=True)


def _ket_and_bra(reader: FormulaReader, name: str) -> Node:
    size = _read_size(reader)
    (_, ket), *others = _read_between_bars(reader)
    if reader.is_before_group():
        bra = reader.read_argument()
    elif others:  # "\ketbra{a|b}"
        bra = others[0][1]
    elif name == "op":  # Physics' product is never written so; it is the name of an operator.
        return Accent(ket, ACCENTS["hat"])
    else:
        bra = _again(ket)
    return Row((_enclosed("|", ket, "⟩", size), _enclosed("⟨", bra, "|", size)))


def _expectation(reader: FormulaReader, _name: str) -> Node:
    reader.take("*")
    size = _read_size(reader)
    operator = reader.read_argument()
    if not reader.is_before_group():
        return _enclosed("⟨", operator, "⟩", size)
    state = reader.read_argument()
    return _enclosed("⟨", state, "⟩", size, operator, _again(state))


def _vacuum_expectation(reader: FormulaReader, _name: str) -> Node:
    size = _read_size(reader)
    vacuum = Symbol("0")
    return _enclosed("⟨", vacuum, "⟩", size, reader.read_argument(), vacuum)


def _matrix_element(reader: FormulaReader, _name: str) -> Node:
    reader.take("*")
    size = _read_size(reader)
    bra, operator, ket = (reader.read_argument() for _ in range(3))
    return _enclosed("⟨", bra, "⟩", size, operator, ket)


def _read_between_bars(reader: FormulaReader) -> list[tuple[str, Node]]:
    """Read an argument in its parts, each with the bar before it; the first one has none."""
    if not reader.is_before_group():
        return [("", reader.read_argument())]
    reader.step()
    ends = {*_BARS, r"\middle"}
    parts: list[tuple[str, Node]] = [("", reader.read_row(ends))]
    while reader.peek() in ends:
        token = reader.next()
        bar = reader.read_delimiter() if token == r"\middle" else _BARS[token]
        parts.append((bar, reader.read_row(ends)))
    reader.take("}")
    return parts


def _again(node: Node) -> Node:
    """Return a node that is drawn a second time.

    Raises:
        FormulaTooDeep: it is larger than what anybody would repeat.
    """
    remaining: list[object] = [node]
    count = 0
    while remaining:
        part = remaining.pop()
        count += 1
        if count > _MOST_NODES_REPEATED:
            raise FormulaTooDeep(count)
        if isinstance(part, tuple):
            remaining += part
        elif is_dataclass(part):
            remaining += [getattr(part, field.name) for field in fields(part)]
    return node
