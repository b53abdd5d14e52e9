"""LaTeX → nodes. Lenient: a model's formula is drawn as far as it can be understood.

An open brace closes itself at the end; a brace too many and an environment's missing end are overlooked; an unknown
command is drawn as its name in upright letters. Only what is no formula at all (nested too deeply) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from phidesk.richtext.formula.alphabets import Alphabet, styled
from phidesk.richtext.formula.nodes import (
    Accent,
    Atom,
    Fenced,
    Fraction,
    Framed,
    Node,
    Root,
    Row,
    Scripts,
    Space,
    Stacked,
    Styled,
    Symbol,
    Table,
    Word,
)
from phidesk.richtext.formula.symbols import (
    ACCENTS,
    COMMANDS,
    DELIMITERS,
    FUNCTIONS,
    FUNCTIONS_WITH_LIMITS,
    NEGATED,
    SPACES,
    SPOKEN_FUNCTIONS,
    STRETCHED_ARROWS,
    WIDE_ACCENTS,
    WIDE_ACCENTS_BELOW,
    atom_of_character,
)

DEEPEST = 60
"""Levels of nesting; nobody reads a formula that is deeper."""
LONGEST = 20_000
"""Characters; a formula that is longer is no formula."""

_TOKEN = re.compile(r"\\(?:[a-zA-Z]+\*?|[\s\S])|%[^\n]*\n?|\s+|[\s\S]")
_ALPHABETS = {
    "mathrm": Alphabet.UPRIGHT, "rm": Alphabet.UPRIGHT, "mathup": Alphabet.UPRIGHT, "mathbf": Alphabet.BOLD,
    "bf": Alphabet.BOLD, "mathit": Alphabet.ITALIC, "it": Alphabet.ITALIC, "boldsymbol": Alphabet.BOLD_ITALIC,
    "bm": Alphabet.BOLD_ITALIC, "pmb": Alphabet.BOLD_ITALIC, "mathcal": Alphabet.SCRIPT, "mathscr": Alphabet.SCRIPT,
    "cal": Alphabet.SCRIPT, "mathfrak": Alphabet.FRAKTUR, "frak": Alphabet.FRAKTUR, "mathbb": Alphabet.DOUBLE_STRUCK,
    "Bbb": Alphabet.DOUBLE_STRUCK, "mathsf": Alphabet.SANS_SERIF, "mathtt": Alphabet.MONOSPACE,
    "mathbfit": Alphabet.BOLD_ITALIC,
}  # fmt: skip
_OLD_SWITCHES = {"rm", "bf", "it", "cal", "frak"}
"""They hold to the end of their group."""
_TEXTS = {
    "text": Alphabet.UPRIGHT, "mbox": Alphabet.UPRIGHT, "textrm": Alphabet.UPRIGHT, "textnormal": Alphabet.UPRIGHT,
    "hbox": Alphabet.UPRIGHT, "textbf": Alphabet.BOLD, "textit": Alphabet.ITALIC, "emph": Alphabet.ITALIC,
    "textsf": Alphabet.SANS_SERIF, "texttt": Alphabet.MONOSPACE, "textup": Alphabet.UPRIGHT,
}  # fmt: skip
_FRACTIONS = {"frac": None, "dfrac": True, "tfrac": False, "cfrac": True}
_BINOMIALS = {"binom": None, "dbinom": True, "tbinom": False}
_INFIX_FRACTIONS = {"over": (True, "", ""), "atop": (False, "", ""), "choose": (False, "(", ")")}
_STYLES = {
    "displaystyle": (True, 0), "textstyle": (False, 0), "scriptstyle": (False, 1), "scriptscriptstyle": (False, 2),
}  # fmt: skip
_SIZES = {"big": 1.2, "Big": 1.8, "bigg": 2.4, "Bigg": 3.0}
_FRAMES = {"boxed": "box", "fbox": "box", "cancel": "rising", "bcancel": "falling", "xcancel": "cross"}
_MATRICES = {
    "matrix": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "Bmatrix": ("{", "}"), "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"), "smallmatrix": ("", ""), "array": ("", ""), "tabular": ("", ""), "cases": ("{", ""),
    "dcases": ("{", ""), "rcases": ("", "}"), "subarray": ("", ""),
}  # fmt: skip
_ALIGNED = {"aligned", "align", "alignedat", "alignat", "split", "eqnarray", "flalign"}
_LINES = {"gathered", "gather", "equation", "multline", "displaymath", "math"}
_PHANTOMS = {"phantom", "hphantom", "vphantom"}
_IGNORED = {
    "limits", "nolimits", "displaylimits", "nonumber", "notag", "allowbreak", "nobreak", "relax", "strut",
    "mathstrut", "noindent", "centering", "normalsize", "small", "large", "Large", "hfill", "protect", "ensuremath",
    "boldmath", "unboldmath", "mathord", "smash", "mathsurround", "displaybreak", "break",
}  # fmt: skip
_WITH_UNSHOWN_ARGUMENT = {"label", "vspace", "ref", "eqref", "cite", "vspace*"}
_ATOM_COMMANDS = {
    "mathbin": Atom.BINARY, "mathrel": Atom.RELATION, "mathop": Atom.OPERATOR, "mathopen": Atom.OPEN,
    "mathclose": Atom.CLOSE, "mathpunct": Atom.PUNCTUATION, "mathinner": Atom.ORDINARY,
}  # fmt: skip
_COLOR = re.compile(r"#(?:[\da-fA-F]{3}|[\da-fA-F]{6})|[a-z]{3,20}", re.IGNORECASE)
_LENGTH = re.compile(r"\s*(-?\d*\.?\d+)\s*(em|ex|pt|mu|px|cm|mm)")
_EM_PER_UNIT = {"em": 1.0, "ex": 0.45, "pt": 0.1, "mu": 1 / 18, "px": 1 / 16, "cm": 2.85, "mm": 0.285}


class FormulaTooDeep(ValueError):
    """The source is nested more deeply than any formula, or longer."""


def parse_formula(source: str) -> Node:
    """Return the tree of a formula, `source` without its delimiters.

    Raises:
        FormulaTooDeep: it is no formula that somebody could read.
    """
    if len(source) > LONGEST:
        raise FormulaTooDeep(len(source))
    return _Parser(source).parse()


class _Parser:
    """Reads tokens from left to right. Methods called `_read_…` take what they read off the stream."""

    def __init__(self, source: str) -> None:
        self._tokens = [token for token in _TOKEN.findall(source) if not token.startswith("%")]
        self._position = 0
        self._depth = 0
        self._alphabet: Alphabet | None = None
        """None: letters in italics, digits upright, as usual."""
        self._commands = self._make_commands()

    def parse(self) -> Node:
        """Read everything; what closes without having been opened is overlooked."""
        rows = self._read_table_rows(set())
        while self._position < len(self._tokens):
            self._position += 1
            first, *others = self._read_table_rows(set())
            rows = [*rows[:-1], (*rows[-1][:-1], _beside(rows[-1][-1], first[0]), *first[1:]), *others]
        if len(rows) == 1:
            return Row(tuple(child for cell in rows[0] for child in _children(cell)))
        return Table(tuple(rows), is_aligned=any(len(row) > 1 for row in rows), is_display=True)

    # The stream

    def _peek(self) -> str:
        return self._tokens[self._position] if self._position < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._position += 1
        return token

    def _skip_space(self) -> None:
        while self._peek().isspace():
            self._position += 1

    def _take(self, token: str) -> bool:
        """Take this token if it comes next."""
        self._skip_space()
        if self._peek() == token:
            self._position += 1
            return True
        return False

    # Rows

    def _read_row(self, ends: set[str]) -> Row:
        """Read up to one of these tokens, which is left."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaTooDeep(self._depth)
        before = self._alphabet
        children: list[Node] = []
        while True:
            self._skip_space()
            token = self._peek()
            if not token or token in ends or token == "}":
                break
            if token[1:] in _INFIX_FRACTIONS and token.startswith("\\"):
                self._position += 1
                children = [self._read_infix_fraction(token[1:], Row(tuple(children)), ends)]
                break
            if token[1:] in _STYLES and token.startswith("\\"):
                self._position += 1
                is_display, level = _STYLES[token[1:]]
                rest = self._read_row(ends)
                children.append(Styled(rest, is_display=is_display, script_level=level))
                break
            node = self._read_scripted()
            if node is not None:
                children.append(node)
        self._alphabet = before
        self._depth -= 1
        return Row(tuple(children))

    def _read_infix_fraction(self, name: str, above: Row, ends: set[str]) -> Node:
        has_line, opening, closing = _INFIX_FRACTIONS[name]
        fraction = Fraction(above, self._read_row(ends), has_line=has_line)
        return Fenced(opening, fraction, closing) if opening else fraction

    def _read_scripted(self) -> Node | None:
        """Read something with its scripts; None for what draws nothing."""
        base = self._read_atom()
        below: Node | None = None
        above: Node | None = None
        has_limits: bool | None = None
        while True:
            self._skip_space()
            token = self._peek()
            if token in ("\\limits", "\\nolimits", "\\displaylimits"):
                has_limits = {"\\limits": True, "\\nolimits": False}.get(token)
                self._position += 1
            elif token == "_":
                self._position += 1
                below = _beside(below, self._read_argument())
            elif token == "^":
                self._position += 1
                above = _beside(above, self._read_argument())
            elif token in ("'", "’", "′"):
                self._position += 1
                above = _beside(above, Symbol("′"))
            else:
                break
        if below is None and above is None:
            return base
        if isinstance(base, Accent) and base.mark in "⏞⏟⏜⏝":
            return Stacked(base, above=above, below=below)
        return Scripts(Row() if base is None else base, below, above, has_limits)

    def _read_argument(self) -> Node:
        """Read what belongs to a command: a group, or the one thing that comes next."""
        self._skip_space()
        token = self._peek()
        if token == "{":
            return self._read_group()
        if not token or token in ("}", "&", "\\\\"):
            return Row()
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaTooDeep(self._depth)
        node = self._read_atom()
        self._depth -= 1
        return Row() if node is None else node

    def _read_group(self) -> Node:
        self._position += 1
        row = self._read_row(set())
        self._position += 1
        return row.children[0] if len(row.children) == 1 else row

    def _read_raw_argument(self) -> str:
        """Read the source of a group, without what it means."""
        self._skip_space()
        if self._peek() != "{":
            return self._next()
        depth = 0
        pieces: list[str] = []
        while self._position < len(self._tokens):
            token = self._next()
            depth += {"{": 1, "}": -1}.get(token, 0)
            if not depth:
                break
            pieces.append(token)
        return "".join(pieces[1:])

    def _read_option(self) -> str | None:
        """Read the source between square brackets, if they come next."""
        self._skip_space()
        if self._peek() != "[":
            return None
        depth = 0
        pieces: list[str] = []
        start = self._position
        while self._position < len(self._tokens):
            token = self._next()
            depth += {"[": 1, "]": -1}.get(token, 0)
            if not depth:
                return "".join(pieces[1:])
            pieces.append(token)
        self._position = start
        return None

    # Single things

    def _read_atom(self) -> Node | None:
        token = self._next()
        if token == "{":
            self._position -= 1
            return self._read_group()
        if token in ("^", "_"):  # A script of nothing.
            self._position -= 1
            return Row()
        if token in ("&", "$", ""):
            return None
        if token == "~":
            return Space(SPACES["~"])
        if token.startswith("\\") and len(token) > 1:
            return self._read_command(token[1:])
        if token == "'":
            self._position -= 1
            return Row()
        if token == "," and self._is_between_digits():
            return Symbol(token)
        return self._letter(token)

    def _is_between_digits(self) -> bool:
        """Whether the token just read parts the digits of one number: "1,000"."""
        before = self._tokens[self._position - 2] if self._position > 1 else ""
        return before.isdecimal() and self._peek().isdecimal()

    def _letter(self, character: str) -> Symbol:
        character = {"-": "−", "*": "∗"}.get(character, character)
        alphabet = self._alphabet
        if alphabet is None:
            alphabet = Alphabet.ITALIC
        return Symbol(styled(character, alphabet), atom_of_character(character))

    def _read_command(self, name: str) -> Node | None:
        if name in self._commands:
            return self._commands[name](name)
        bare = name.removesuffix("*")
        if bare in self._commands:
            return self._commands[bare](bare)
        if name in COMMANDS:
            return self._symbol(*COMMANDS[name])
        if name in SPACES:
            return Space(SPACES[name])
        if bare in FUNCTIONS or bare in FUNCTIONS_WITH_LIMITS:
            return Word(SPOKEN_FUNCTIONS.get(bare, bare), is_function=True, has_limits=bare in FUNCTIONS_WITH_LIMITS)
        if name in _IGNORED or name == "\n":
            return None
        if name in _WITH_UNSHOWN_ARGUMENT:
            self._read_raw_argument()
            return None
        return Word(name)

    def _symbol(self, character: str, atom: Atom) -> Node:
        if len(character) > 1:
            return Row((Space(4 / 18), Word(character), Space(4 / 18)))
        is_letter = character.isalpha() and not character.isupper()
        if self._alphabet is not None and character.isalpha():
            return Symbol(styled(character, self._alphabet), atom)
        return Symbol(styled(character, Alphabet.ITALIC) if is_letter and atom is Atom.ORDINARY else character, atom)

    # Commands

    def _make_commands(self) -> dict[str, Callable[[str], Node | None]]:
        table: dict[str, Callable[[str], Node | None]] = {
            "sqrt": self._root,
            "left": self._fenced,
            "right": self._stray_delimiter,
            "middle": self._stray_delimiter,
            "begin": self._environment,
            "end": self._stray_end,
            "operatorname": self._operator_name,
            "not": self._negated,
            "overset": self._overset,
            "stackrel": self._overset,
            "underset": self._underset,
            "substack": self._substack,
            "color": self._color_switch,
            "textcolor": self._colored,
            "tag": self._tag,
            "mod": self._modulo,
            "pmod": self._modulo,
            "pod": self._modulo,
            "genfrac": self._general_fraction,
            "cancelto": self._cancel_to,
            "underline": self._wide_accent_below,
            "rule": self._skip_two,
            "href": self._skip_one,
            "hspace": self._explicit_space,
            "mspace": self._explicit_space,
            "kern": self._explicit_space,
            "mkern": self._explicit_space,
            "hskip": self._explicit_space,
            "mskip": self._explicit_space,
            "\\": self._stray_line_end,
        }
        for names, read in (
            (_FRACTIONS, self._fraction),
            (_BINOMIALS, self._binomial),
            (_ALPHABETS, self._in_alphabet),
            (_TEXTS, self._text),
            (ACCENTS, self._accent),
            (WIDE_ACCENTS, self._wide_accent),
            (WIDE_ACCENTS_BELOW, self._wide_accent_below),
            (STRETCHED_ARROWS, self._stretched_arrow),
            (_FRAMES, self._framed),
            (_PHANTOMS, self._phantom),
            (_ATOM_COMMANDS, self._of_class),
        ):
            table |= dict.fromkeys(names, read)
        for size in _SIZES:
            table |= {size + side: self._sized for side in ("", "l", "r", "m")}
        return table

    def _fraction(self, name: str) -> Node:
        above = self._read_argument()
        return Fraction(above, self._read_argument(), is_display=_FRACTIONS[name])

    def _binomial(self, name: str) -> Node:
        above = self._read_argument()
        fraction = Fraction(above, self._read_argument(), has_line=False, is_display=_BINOMIALS[name])
        return Fenced("(", fraction, ")")

    def _general_fraction(self, _name: str) -> Node:
        opening, closing, thickness, style = (self._read_raw_argument() for _ in range(4))
        above = self._read_argument()
        is_display = {"0": True, "1": False}.get(style.strip())
        fraction = Fraction(above, self._read_argument(), has_line=not thickness.startswith("0"), is_display=is_display)
        return Fenced(opening.strip(), fraction, closing.strip())

    def _root(self, _name: str) -> Node:
        degree = self._read_option()
        return Root(self._read_argument(), parse_formula(degree) if degree else None)

    def _in_alphabet(self, name: str) -> Node:
        before, self._alphabet = self._alphabet, _ALPHABETS[name]
        if name in _OLD_SWITCHES:
            return Row()  # the end of the group restores the alphabet
        node = self._read_argument()
        self._alphabet = before
        return node

    def _text(self, name: str) -> Node:
        """Words, in which dollar signs begin formulas again."""
        parts = re.split(r"\$([^$]*)\$", self._read_raw_argument())
        children: list[Node] = []
        for number, part in enumerate(parts):
            if number % 2:
                children.append(parse_formula(part))
            elif part:
                words = re.sub(r"\\([ $%#&_{}])", r"\1", part).replace("~", " ").replace("{", "").replace("}", "")
                children.append(Word("".join(styled(character, _TEXTS[name]) for character in words)))
        return children[0] if len(children) == 1 else Row(tuple(children))

    def _operator_name(self, name: str) -> Node:
        has_limits = name.endswith("*") or self._take("*")
        words = re.sub(r"\\[,;:! ]|\\(?:mathrm|rm|text)\b|[{}]", "", self._read_raw_argument())
        return Word(words.replace("~", " "), is_function=True, has_limits=has_limits)

    def _accent(self, name: str) -> Node:
        return Accent(self._read_argument(), ACCENTS[name])

    def _wide_accent(self, name: str) -> Node:
        return Accent(self._read_argument(), WIDE_ACCENTS[name], stretches=True)

    def _wide_accent_below(self, name: str) -> Node:
        return Accent(self._read_argument(), WIDE_ACCENTS_BELOW[name], is_below=True, stretches=True)

    def _stretched_arrow(self, name: str) -> Node:
        below = self._read_option()
        above = self._read_argument()
        arrow = Symbol(STRETCHED_ARROWS[name], Atom.RELATION)
        return Stacked(arrow, above, parse_formula(below) if below else None, stretches_base=True)

    def _overset(self, _name: str) -> Node:
        above = self._read_argument()
        return Stacked(self._read_argument(), above=above)

    def _underset(self, _name: str) -> Node:
        below = self._read_argument()
        return Stacked(self._read_argument(), below=below)

    def _framed(self, name: str) -> Node:
        return Framed(self._read_argument(), _FRAMES[name])

    def _cancel_to(self, _name: str) -> Node:
        value = self._read_argument()
        return Scripts(Framed(self._read_argument(), "rising"), above=value)

    def _phantom(self, _name: str) -> Node:
        return Styled(self._read_argument(), is_hidden=True)

    def _of_class(self, name: str) -> Node:
        node = self._read_argument()
        return Symbol(node.character, _ATOM_COMMANDS[name]) if isinstance(node, Symbol) else node

    def _negated(self, _name: str) -> Node:
        node = self._read_argument()
        if isinstance(node, Symbol):
            return Symbol(NEGATED.get(node.character, node.character + "\u0338"), node.atom)
        return Framed(node, "rising")

    def _colored(self, _name: str) -> Node:
        color = self._read_color()
        return Styled(self._read_argument(), color=color)

    def _color_switch(self, _name: str) -> Node:
        color = self._read_color()
        return Styled(self._read_row({"&", "\\\\", "\\end", "\\right"}), color=color)

    def _read_color(self) -> str | None:
        self._read_option()  # the colour model
        color = self._read_raw_argument().strip()
        return color if _COLOR.fullmatch(color) else None

    def _tag(self, _name: str) -> Node:
        return Row((Space(2.0), Word(f"({self._read_raw_argument()})")))

    def _modulo(self, name: str) -> Node:
        content = self._read_argument()
        if name == "pod":
            return Row((Space(1.0), Word("("), content, Word(")")))
        inside = (Word("mod"), Space(1 / 3), content)
        return Row((Space(1.0), *inside) if name == "mod" else (Space(1.0), Word("("), *inside, Word(")")))

    def _explicit_space(self, _name: str) -> Node:
        self._skip_space()
        if self._peek() == "{":
            source = self._read_raw_argument()
        else:
            source = "".join(self._tokens[self._position : self._position + 8])
        found = _LENGTH.match(source)
        if found is None:
            return Space(0.0)
        if self._tokens[self._position - 1] != "}":
            taken = 0
            while taken < found.end():
                taken += len(self._next())
        return Space(max(-2.0, min(20.0, float(found[1]) * _EM_PER_UNIT[found[2]])))

    def _skip_one(self, _name: str) -> Node:
        self._read_raw_argument()
        return self._read_argument()

    def _skip_two(self, _name: str) -> None:
        self._read_option()
        self._read_raw_argument()
        self._read_raw_argument()

    # Delimiters

    def _read_delimiter(self) -> str:
        self._skip_space()
        token = self._next()
        if token == ".":
            return ""
        if token.startswith("\\"):
            return DELIMITERS.get(token[1:], "")
        return {"<": "⟨", ">": "⟩"}.get(token, token)

    def _fenced(self, _name: str) -> Node:
        opening = self._read_delimiter()
        parts = [self._read_row({"\\right", "\\middle"})]
        inner: list[Node] = list(parts[0].children)
        while self._take("\\middle"):
            delimiter = self._read_delimiter()
            rest = self._read_row({"\\right", "\\middle"})
            inner = [Fenced("", Row(tuple(inner)), delimiter), *rest.children]
        closing = self._read_delimiter() if self._take("\\right") else ""
        return Fenced(opening, Row(tuple(inner)), closing)

    def _stray_delimiter(self, _name: str) -> Node | None:
        delimiter = self._read_delimiter()
        return Symbol(delimiter) if delimiter else None

    def _sized(self, name: str) -> Node:
        side = name[-1] if name[-1] in "lrm" else ""
        size = _SIZES[name[: len(name) - len(side)]]
        delimiter = self._read_delimiter()
        if side == "r":
            return Fenced("", Row(), delimiter, size)
        return Fenced(delimiter, Row(), "", size)

    # Tables

    def _environment(self, _name: str) -> Node:
        name = self._read_raw_argument().strip()
        bare = name.removesuffix("*")
        if bare in _LINES | _ALIGNED:
            if bare.endswith("at"):
                self._read_raw_argument()
            rows = self._read_table_rows({"\\end"})
            self._take_end()
            if bare in _LINES and len(rows) == 1:
                return Styled(Row(rows[0]), is_display=True)
            return Table(tuple(rows), is_aligned=bare in _ALIGNED, is_display=True)
        return self._matrix(name, bare)

    def _matrix(self, name: str, bare: str) -> Node:
        opening, closing = _MATRICES.get(bare, ("", ""))
        columns = ""
        if name.endswith("*"):
            columns = (self._read_option() or "") * 20
        elif bare in ("array", "tabular", "subarray"):
            self._read_option()
            columns = re.sub(r"[@!>]\s*\{[^}]*\}", "", self._read_raw_argument())
        elif bare.endswith("cases"):
            columns = "ll"
        lines = _lines_in(columns)
        rows, rules = self._read_ruled_rows({"\\end"})
        self._take_end()
        return Table(
            tuple(rows),
            alignment="".join(letter for letter in columns if letter in "lcr"),
            opening=opening,
            closing=closing,
            is_display=bare == "dcases",
            is_small=bare in ("smallmatrix", "subarray"),
            lines_before=lines,
            rules_before=rules,
        )

    def _substack(self, _name: str) -> Node:
        self._skip_space()
        if self._peek() != "{":
            return self._read_argument()
        self._position += 1
        rows = self._read_table_rows({"}"})
        self._take("}")
        return Table(tuple(rows), is_small=True)

    def _take_end(self) -> None:
        if self._take("\\end"):
            self._read_raw_argument()

    def _stray_end(self, _name: str) -> None:
        self._read_raw_argument()

    def _stray_line_end(self, _name: str) -> Node:
        return Space(1.0)

    def _read_table_rows(self, ends: set[str]) -> list[tuple[Node, ...]]:
        return self._read_ruled_rows(ends)[0]

    def _read_ruled_rows(self, ends: set[str]) -> tuple[list[tuple[Node, ...]], frozenset[int]]:
        """Read rows of cells up to one of these tokens, which is left; and before which rows a line stands."""
        rows: list[tuple[Node, ...]] = []
        rules: set[int] = set()
        cells: list[Node] = []
        while True:
            while self._take("\\hline"):
                rules.add(len(rows))
            cells.append(self._read_row({"&", "\\\\", "\\cr", "\\hline", *ends}))
            self._skip_space()
            token = self._peek()
            if token == "&":
                self._position += 1
                continue
            rows.append(tuple(cells))
            cells = []
            if token in ("\\\\", "\\cr"):
                self._position += 1
                self._take("*")
                self._read_option()
            elif token != "\\hline":
                break
        if len(rows) > 1 and rows[-1] == (Row(),):
            rows.pop()
        return rows, frozenset(min(rule, len(rows)) for rule in rules)


def _children(node: Node) -> tuple[Node, ...]:
    return node.children if isinstance(node, Row) else (node,)


def _beside(first: Node | None, second: Node) -> Node:
    return second if first is None else Row((*_children(first), *_children(second)))


def _lines_in(columns: str) -> frozenset[int]:
    lines: set[int] = set()
    count = 0
    for letter in columns:
        if letter == "|":
            lines.add(count)
        elif letter in "lcr":
            count += 1
    return frozenset(lines)
