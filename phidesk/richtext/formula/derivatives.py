r"""Derivatives and differentials (`\dv{f}{x}`, `\pdv[2]{f}{x}`, `\dd{x}`) of the packages physics and derivative."""

from __future__ import annotations

from phidesk.richtext.formula.brackets import let_brackets_grow
from phidesk.richtext.formula.nodes import Atom, Fenced, Fraction, Node, Row, Scripts, Symbol
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand, beside, children
from phidesk.richtext.formula.symbols import COMMANDS, SPACES

_DERIVATIVES = {
    "dv": "d", "derivative": "d", "odv": "d", "pdv": "𝜕", "pderivative": "𝜕", "partialderivative": "𝜕", "fdv": "𝛿",
    "fderivative": "𝛿", "functionalderivative": "𝛿", "mdv": "D", "od": "d", "pd": "𝜕", "diffp": "𝜕",
}  # fmt: skip
_DIFFERENTIALS = {"dd": "d", "differential": "d", "odif": "d", "dif": "d", "variation": "𝛿", "pdif": "𝜕"}


def derivative_readers() -> dict[str, ReadCommand]:
    """Return who reads a derivative, by its name without the backslash."""
    return {
        **{name + star: _derivative for name in _DERIVATIVES for star in ("", "*")},
        **dict.fromkeys(_DIFFERENTIALS, _differential),
        "diff": _derivative_or_differential,
        "flatfrac": _flat_fraction,
    }


def _derivative(reader: FormulaReader, name: str) -> Node:
    r"""Read `\pdv[n]{f}{x}{y}`, without a function `\pdv[n]{x}`; several variables may stand in one group: `{x,y}`."""
    sign = Symbol(_DERIVATIVES[name.removesuffix("*")])
    option = reader.read_option()
    orders = [] if option is None else [part.strip(" {}") for part in option.removeprefix("order=").split(",")]
    has_group = reader.is_before_group()
    variables = _read_list(reader)
    function: Node = Row()
    if reader.is_before_group():
        function = variables[0] if len(variables) == 1 else _with_commas(variables)
        variables = _read_list(reader)
        if sign.character == "𝜕" and reader.is_before_group():
            variables += _read_list(reader)
    elif has_group:
        let_brackets_grow(reader)
    powers: list[Node | None] = [None] * len(variables)
    if len(orders) == len(variables):
        powers = [reader.inner(order) if order not in ("", "1") else None for order in orders]
    above = beside(_raised(sign, _total(reader, orders, len(variables))), function)
    below = Row()
    for variable, power in zip(variables, powers, strict=True):
        below = Row((*below.children, sign, *children(_raised(variable, power))))
    if name.endswith("*"):
        return _flat(above, below)
    return Fraction(above, below)


def _derivative_or_differential(reader: FormulaReader, _name: str) -> Node:
    r"""Read `\diff{f}{x}` of diffcoeff; with one argument it is a differential."""
    option = "" if (orders := reader.read_option()) is None else f"[{orders}]"
    first = reader.peek_argument()
    if not reader.is_before_group():
        return _differential(reader, "dd")
    reader.read_raw_argument()
    is_derivative = reader.is_before_group()
    reader.put_back(option + first)
    return _derivative(reader, "dv") if is_derivative else _differential(reader, "dd")


def _flat_fraction(reader: FormulaReader, _name: str) -> Node:
    above = reader.read_argument()
    return _flat(above, reader.read_argument())


def _flat(above: Node, below: Node) -> Node:
    return Fenced("", above, "", middles=(("/", below),), is_tight=True)


def _total(reader: FormulaReader, orders: list[str], variables: int) -> Node | None:
    """Return how often is derived in all; None for once."""
    if len(orders) == 1:
        return reader.inner(orders[0]) if orders[0] not in ("", "1") else None
    if not orders:
        return Symbol(str(variables)) if variables > 1 else None
    if all(order.isdecimal() for order in orders):
        return reader.inner(str(sum(map(int, orders))))
    return reader.inner("+".join(orders))


def _raised(node: Node, power: Node | None) -> Node:
    """Return a node with a power, which stands above an index that it has."""
    if power is None:
        return node
    if isinstance(node, Scripts) and node.above is None:
        return Scripts(node.base, node.below, power)
    return Scripts(node, above=power)


def _read_list(reader: FormulaReader) -> list[Node]:
    """Read an argument in the parts that commas outside of brackets make of it."""
    if not reader.is_before_group():
        return [reader.read_argument()]
    reader.step()
    parts: list[Node] = []
    part = reader.read_row({","})
    while reader.take(","):
        if _opened(part) > 0:
            comma = Symbol(",", Atom.PUNCTUATION)
            part = Row((*part.children, comma, *reader.read_row({","}).children))
        else:
            parts.append(_single(part))
            part = reader.read_row({","})
    reader.take("}")
    return [*parts, _single(part)]


def _opened(row: Row) -> int:
    """Return how many more brackets are opened than closed."""
    parts = [child.base if isinstance(child, Scripts) else child for child in row.children]
    atoms = [part.atom for part in parts if isinstance(part, Symbol)]
    return atoms.count(Atom.OPEN) - atoms.count(Atom.CLOSE)


def _single(row: Row) -> Node:
    return row.children[0] if len(row.children) == 1 else row


def _with_commas(parts: list[Node]) -> Node:
    joined = parts[0]
    for part in parts[1:]:
        joined = beside(beside(joined, Symbol(",", Atom.PUNCTUATION)), part)
    return joined


def _differential(reader: FormulaReader, name: str) -> Node:
    r"""Read `\dd{x}`, `\dd[3]{x}`, `\dd x`; alone (`\frac{\dd}{\dd x}`) it is only its sign."""
    order = reader.read_option_before("{") or ""
    sign = _raised(Symbol(_DIFFERENTIALS[name]), reader.inner(order) if order else None)
    if not order and reader.take("^"):
        sign = _raised(sign, reader.read_argument())
    if reader.is_before_group():
        return _differential_of(sign, reader.read_argument())
    if reader.peek() == "(":
        let_brackets_grow(reader)
        return sign
    if _is_variable(reader.peek()):
        return _differential_of(sign, reader.read_with_scripts())
    return sign


def _differential_of(sign: Node, variable: Node) -> Node:
    """Return both with a distance to their neighbours, as TeX sets what stands between growing delimiters."""
    return Fenced("", beside(sign, variable), "")


def _is_variable(token: str) -> bool:
    name = token.removeprefix("\\").removesuffix("*")
    if not name.isalpha() or name in SPACES or name in ("end", "right", "middle", "over"):
        return False
    return token == name or name not in COMMANDS or COMMANDS[name][1] is Atom.ORDINARY
