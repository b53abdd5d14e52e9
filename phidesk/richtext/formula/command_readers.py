"""What each command of LaTeX reads and which node that makes; tables and environments: `environments.py`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from phidesk.richtext.formula.alphabets import Alphabet, within
from phidesk.richtext.formula.chemistry.latex_parts import split_cells
from phidesk.richtext.formula.chemistry.printed_quantities import printed_quantity_as_latex
from phidesk.richtext.formula.chemistry.reader import read_chemistry
from phidesk.richtext.formula.commands import (
    ALPHABETS,
    ATOM_COMMANDS,
    BINOMIALS,
    FRACTIONS,
    OLD_SWITCHES,
    PHANTOMS,
    SIZES,
    TEXTS,
    WITH_UNSHOWN_FIRST_ARGUMENT,
)
from phidesk.richtext.formula.nodes import (
    Accent,
    Atom,
    Classed,
    Fenced,
    Fraction,
    Framed,
    Node,
    Prescripts,
    Root,
    Row,
    Scripts,
    Space,
    Stacked,
    Styled,
    Symbol,
    Tag,
    Word,
)
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand, children
from phidesk.richtext.formula.symbols import (
    ACCENTS,
    LINE_ABOVE,
    STRETCHED_ARROWS,
    STROKE,
    WIDE_ACCENTS,
    WIDE_ACCENTS_BELOW,
)
from phidesk.richtext.formula.text_reader import text_node
from phidesk.richtext.formula.values import operator_name

_SIDES = {"l": Atom.OPEN, "m": Atom.RELATION, "r": Atom.CLOSE}
_KIND_OF_LABEL = re.compile(r"^(?:\s*[A-Za-z]+:)+")
"""What many labels begin with, as in "eq:energy"."""


def command_readers() -> dict[str, ReadCommand]:
    """Return who reads a command, by its name without the backslash."""
    table: dict[str, ReadCommand] = {
        "sqrt": _root,
        "left": _fenced,
        "right": _stray_delimiter,
        "middle": _stray_delimiter,
        "operatorname": _operator_name,
        "operatorname*": _operator_name,
        "operatornamewithlimits": _operator_name,
        "not": _negated,
        "centernot": _negated,
        "tag": _tag,
        "mod": _modulo,
        "bmod": _binary_modulo,
        "idotsint": _dotted_integral,
        "smallint": _small_integral,
        "pmod": _modulo,
        "pod": _modulo,
        "genfrac": _general_fraction,
        "ref": _reference,
        "eqref": _reference,
        "autoref": _reference,
        "cref": _reference,
        "Cref": _reference,
        "refeq": _reference,
        "angl": _actuarial,
        "angln": _actuarial,
        "toggle": _first_of_some,
        "mathtip": _first_of_two,
        "texttip": _first_of_two,
        "tag*": _tag,
        **dict.fromkeys(("ce", "cee", "cf", "ch"), _chemistry),
        "pu": _printed_quantity,
        "prescript": _prescript,
        "sideset": _sideset,
        "nicefrac": _slanted_fraction,
        "sfrac": _slanted_fraction,
        "mathchoice": _choice,
        "hspace": _explicit_space,
        "mspace": _explicit_space,
        "kern": _explicit_space,
        "mkern": _explicit_space,
        "hskip": _explicit_space,
        "mskip": _explicit_space,
    }
    for names, read in (
        (FRACTIONS, _fraction),
        (BINOMIALS, _binomial),
        (ALPHABETS, _in_alphabet),
        (TEXTS, _text),
        (ACCENTS, _accent),
        (WIDE_ACCENTS, _wide_accent),
        (WIDE_ACCENTS_BELOW, _wide_accent_below),
        (STRETCHED_ARROWS, _stretched_arrow),
        (PHANTOMS, _phantom),
        (ATOM_COMMANDS, _of_class),
    ):
        table |= dict.fromkeys(names, read)
    table |= dict.fromkeys(WITH_UNSHOWN_FIRST_ARGUMENT, _skip_one)
    for size in SIZES:
        table |= {size + side: _sized for side in ("", "l", "r", "m")}
    return table


def _fraction(reader: FormulaReader, name: str) -> Node:
    side = (reader.read_option() if name == "cfrac" else None) or "c"
    above = reader.read_argument()
    return Fraction(above, reader.read_argument(), is_display=FRACTIONS[name], alignment=side.strip())


def _binomial(reader: FormulaReader, name: str) -> Node:
    above = reader.read_argument()
    fraction = Fraction(above, reader.read_argument(), has_line=False, is_display=BINOMIALS[name])
    return Fenced("(", fraction, ")")


def _general_fraction(reader: FormulaReader, _name: str) -> Node:
    opening, closing, thickness, style = (reader.read_raw_argument() for _ in range(4))
    above = reader.read_argument()
    is_display = {"0": True, "1": False}.get(style.strip())
    fraction = Fraction(above, reader.read_argument(), has_line=not thickness.startswith("0"), is_display=is_display)
    return Fenced(opening.strip(), fraction, closing.strip())


def _root(reader: FormulaReader, _name: str) -> Node:
    degree = reader.read_option()
    return Root(reader.read_argument(), reader.inner(degree) if degree else None)


def _in_alphabet(reader: FormulaReader, name: str) -> Node:
    before = reader.alphabet
    reader.alphabet = within(before, ALPHABETS[name])
    if name in OLD_SWITCHES:
        return Row()  # the end of the group restores the alphabet
    node = reader.read_argument()
    reader.alphabet = before
    return node


def _text(reader: FormulaReader, name: str) -> Node:
    node = text_node(reader, reader.read_raw_argument(), TEXTS[name])
    return Framed(node, "level") if name == "sout" else node


def _operator_name(reader: FormulaReader, name: str) -> Node:
    has_limits = name != "operatorname" or reader.take("*")
    source = reader.read_raw_argument()
    text = operator_name(source)
    if "\\" not in text and "$" not in text:
        return Word(text, is_function=True, has_limits=has_limits)
    nested = reader.nested(source.replace("$", ""))
    nested.alphabet = Alphabet.UPRIGHT
    content = nested.parse()
    spelled = _text_of(content)
    if spelled:
        return Word(spelled, is_function=True, has_limits=has_limits)
    return Classed(content, Atom.OPERATOR, has_limits=has_limits)


def _accent(reader: FormulaReader, name: str) -> Node:
    return Accent(reader.read_argument(), ACCENTS[name])


def _wide_accent(reader: FormulaReader, name: str) -> Node:
    _skip_sizes_of_bracket(reader, name)
    return Accent(reader.read_argument(), WIDE_ACCENTS[name], stretches=True)


def _wide_accent_below(reader: FormulaReader, name: str) -> Node:
    _skip_sizes_of_bracket(reader, name)
    return Accent(reader.read_argument(), WIDE_ACCENTS_BELOW[name], is_below=True, stretches=True)


def _skip_sizes_of_bracket(reader: FormulaReader, name: str) -> None:
    """Read how thick and how high a bracket is to be: those of the font are of one size."""
    while name.endswith("bracket") and reader.read_option() is not None:
        pass


def _stretched_arrow(reader: FormulaReader, name: str) -> Node:
    below = reader.read_option()
    above = reader.read_argument()
    arrow = Symbol(STRETCHED_ARROWS[name], Atom.RELATION)
    return Stacked(arrow, above, reader.inner(below) if below else None, stretches_base=True)


def _phantom(reader: FormulaReader, name: str) -> Node:
    has_width, has_height = PHANTOMS[name]
    return Styled(reader.read_argument(), is_hidden=True, has_width=has_width, has_height=has_height)


def _of_class(reader: FormulaReader, name: str) -> Node:
    node = reader.read_argument()
    if isinstance(node, Symbol):
        return replace(node, atom=ATOM_COMMANDS[name])
    text = _text_of(node) if name == "mathop" else None
    return Word(text, is_function=True, has_limits=True) if text else Classed(node, ATOM_COMMANDS[name])


def _text_of(node: Node) -> str | None:
    """Return the characters of what is only letters, words and distances."""
    if isinstance(node, Word):
        return node.text
    if isinstance(node, Space):
        return "\u2009" if node.em > 0 else ""
    if isinstance(node, Symbol):
        return node.character if node.character.isalpha() else None
    texts = [_text_of(child) for child in node.children] if isinstance(node, Row) else [None]
    return None if None in texts else "".join(text or "" for text in texts)


def _negated(reader: FormulaReader, _name: str) -> Node | None:
    node = reader.read_argument()
    if node == Row():
        return None
    if isinstance(node, Symbol):
        return Symbol(unicodedata.normalize("NFC", node.character + STROKE), node.atom)
    return Framed(node, "rising")


def _chemistry(reader: FormulaReader, _name: str) -> Node:
    formula, further_cells = split_cells(reader.read_raw_argument())
    reader.put_back(further_cells)
    return read_chemistry(formula, reader.inner)


def _printed_quantity(reader: FormulaReader, _name: str) -> Node:
    return reader.inner(printed_quantity_as_latex(reader.read_raw_argument()))


def _prescript(reader: FormulaReader, _name: str) -> Node:
    above, below = reader.read_argument(), reader.read_argument()
    return Prescripts(reader.read_argument(), below, above)


def _sideset(reader: FormulaReader, _name: str) -> Node:
    """Read scripts at the four corners of an operator, whose limits may follow."""
    left, right = (reader.inner(reader.read_raw_argument()) for _ in range(2))
    operator = reader.read_with_scripts()
    pillar = Styled(_base_of(operator), is_hidden=True, has_width=False)
    corners = [_scripts_of(side, pillar) for side in (left, right)]
    return Row((corners[0], operator, corners[1]))


def _base_of(node: Node) -> Node:
    return node.base if isinstance(node, Scripts) else node


def _scripts_of(side: Node, base: Node) -> Node:
    """Return a base with the scripts that a source without one, as "_a^b", stands for."""
    scripts = next((child for child in children(side) if isinstance(child, Scripts)), Scripts(Row()))
    return Scripts(base, scripts.below, scripts.above, has_limits=False)


def _slanted_fraction(reader: FormulaReader, _name: str) -> Node:
    above, below = reader.read_argument(), reader.read_argument()
    return Row((Scripts(Row(), above=above), Symbol("/"), Scripts(Row(), below=below)))


def _choice(reader: FormulaReader, _name: str) -> Node:
    first = reader.read_argument()
    for _ in range(3):
        reader.read_argument()
    return first


def _first_of_two(reader: FormulaReader, _name: str) -> Node:
    """Read what is shown, and overlook what a page shows beside it when it is pointed at."""
    shown = reader.read_argument()
    reader.read_raw_argument()
    return shown


def _first_of_some(reader: FormulaReader, _name: str) -> Node:
    r"""Read `\toggle{a}{b}\endtoggle`, whose parts a page shows in turn."""
    shown = reader.read_argument()
    while reader.is_before_group():
        reader.read_raw_argument()
    reader.take("\\endtoggle")
    return shown


def _actuarial(reader: FormulaReader, name: str) -> Node:
    """Read what stands within an angle of actuaries: a number of years."""
    years = reader.read_argument() if name == "angl" else Symbol("𝑛")
    return Fenced("", Accent(years, LINE_ABOVE, stretches=True), "|")


def _reference(reader: FormulaReader, name: str) -> Node:
    r"""Read a reference: what is known of its label was put in the label's place before, else its end can be read."""
    shown = text_node(reader, _KIND_OF_LABEL.sub("", reader.read_raw_argument()))
    return shown if name == "ref" else Row((Word("("), *children(shown), Word(")")))


def _tag(reader: FormulaReader, name: str) -> Node:
    label = text_node(reader, reader.read_raw_argument())
    return Tag(label if name.endswith("*") else Row((Word("("), label, Word(")"))))


def _modulo(reader: FormulaReader, name: str) -> Node:
    content = reader.read_argument()
    if name == "pod":
        return Row((Space(1.0), Word("("), content, Word(")")))
    inside = (Word("mod"), Space(1 / 3), content)
    return Row((Space(1.0), *inside) if name == "mod" else (Space(1.0), Word("("), *inside, Word(")")))


def _binary_modulo(_reader: FormulaReader, _name: str) -> Node:
    return Row((Space(4 / 18), Word("mod"), Space(4 / 18)))


def _dotted_integral(_reader: FormulaReader, _name: str) -> Node:
    integral = Symbol("∫", Atom.OPERATOR)
    return Row((integral, Space(-4 / 18), Symbol("⋯"), Space(-4 / 18), integral))


def _small_integral(_reader: FormulaReader, _name: str) -> Node:
    return Classed(Symbol("∫"), Atom.OPERATOR)


def _explicit_space(reader: FormulaReader, _name: str) -> Node:
    return Space(reader.read_length())


def _skip_one(reader: FormulaReader, _name: str) -> Node:
    reader.read_raw_argument()
    return reader.read_argument()


def _fenced(reader: FormulaReader, _name: str) -> Node:
    opening = reader.read_delimiter()
    content = reader.read_row({"\\right", "\\middle"})
    middles: list[tuple[str, Node]] = []
    while reader.take("\\middle"):
        delimiter = reader.read_delimiter()
        middles.append((delimiter, reader.read_row({"\\right", "\\middle"})))
    closing = reader.read_delimiter() if reader.take("\\right") else ""
    return Fenced(opening, content, closing, middles=tuple(middles))


def _stray_delimiter(reader: FormulaReader, _name: str) -> Node | None:
    delimiter = reader.read_delimiter()
    return Symbol(delimiter) if delimiter else None


def _sized(reader: FormulaReader, name: str) -> Node:
    side = name[-1] if name[-1] in "lrm" else ""
    size = SIZES[name[: len(name) - len(side)]]
    delimiter = reader.read_delimiter()
    fence = Fenced("", Row(), delimiter, size) if side == "r" else Fenced(delimiter, Row(), "", size)
    return Classed(fence, _SIDES[side]) if side else fence
