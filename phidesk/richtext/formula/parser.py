"""LaTeX → nodes. Lenient: a model's formula is drawn as far as it can be understood.

An open brace closes itself at the end; a brace too many and an environment's missing end are overlooked; an unknown
command is drawn as its name in upright letters. Only what is no formula at all (nested too deeply) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from phidesk.richtext.formula.alphabets import Alphabet, styled
from phidesk.richtext.formula.chemistry import chemistry_as_latex
from phidesk.richtext.formula.commands import (
    ALIGNED,
    ALPHABETS,
    ATOM_COMMANDS,
    BINOMIALS,
    DOTS,
    DOTS_IN_THE_MIDDLE_BEFORE,
    ENCLOSURES,
    FRACTIONS,
    FRAMES,
    IGNORED,
    INFIX_FRACTIONS,
    LINES,
    MATRICES,
    OLD_SWITCHES,
    PHANTOMS,
    PLAIN_TEX_MATRICES,
    RULES,
    SIZES,
    STYLES,
    TEXTS,
    WITH_UNSHOWN_ARGUMENT,
    WITH_UNSHOWN_FIRST_ARGUMENT,
)
from phidesk.richtext.formula.macros import write_out
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
from phidesk.richtext.formula.values import LENGTH, color, length_em, operator_name, words

DEEPEST = 60
"""Levels of nesting; nobody reads a formula that is deeper."""
LONGEST = 20_000
"""Characters; a formula that is longer is no formula."""

_TOKEN = re.compile(r"\\(?:[a-zA-Z]+\*?|[\s\S])|%[^\n]*\n?|\s+|[\s\S]")


class FormulaTooDeep(ValueError):
    """The source is nested more deeply than any formula, or longer."""


def parse_formula(source: str) -> Node:
    """Return the tree of a formula, `source` without its delimiters.

    Raises:
        FormulaTooDeep: it is no formula that somebody could read.
    """
    if len(source) > LONGEST:
        raise FormulaTooDeep(len(source))
    return _Parser(write_out(source)).parse()


class _Parser:
    """Reads tokens from left to right. Methods called `_read_…` take what they read off the stream."""

    def __init__(self, source: str, depth: int = 0) -> None:
        self._tokens = [token for token in _TOKEN.findall(source) if not token.startswith("%")]
        self._position = 0
        self._depth = depth
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

    def _inner(self, source: str) -> Node:
        """Parse the source of a formula within this one."""
        if self._depth >= DEEPEST:
            raise FormulaTooDeep(self._depth)
        return _Parser(source, self._depth + 1).parse()

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
            if token[1:] in INFIX_FRACTIONS and token.startswith("\\"):
                self._position += 1
                children = [self._read_infix_fraction(token[1:], Row(tuple(children)), ends)]
                break
            if token[1:] in STYLES and token.startswith("\\"):
                self._position += 1
                is_display, level = STYLES[token[1:]]
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
        has_line, opening, closing = INFIX_FRACTIONS[name]
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
                if above is not None and _is_prime(above):
                    base, above = Scripts(Row() if base is None else base, above=above), None
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
            return _without_class(self._read_group())
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
        if name in DOTS:
            return self._dots(name)
        if name in COMMANDS:
            return self._symbol(*COMMANDS[name])
        if name in SPACES:
            return Space(SPACES[name])
        if bare in FUNCTIONS or bare in FUNCTIONS_WITH_LIMITS:
            return Word(SPOKEN_FUNCTIONS.get(bare, bare), is_function=True, has_limits=bare in FUNCTIONS_WITH_LIMITS)
        if name in IGNORED or name == "\n":
            return None
        if name in WITH_UNSHOWN_ARGUMENT:
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

    def _dots(self, name: str) -> Node:
        """Dots stand in the middle of the line where an operation follows, if nobody says otherwise."""
        self._skip_space()
        is_followed = name == "dots" and DOTS_IN_THE_MIDDLE_BEFORE.fullmatch(self._peek())
        return Symbol("⋯" if is_followed else DOTS[name], Atom.INNER)

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
            "operatorname*": self._operator_name,
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
            "rule": self._skip_two,
            "ref": self._reference,
            "eqref": self._reference,
            "tag*": self._tag,
            "fbox": self._framed_text,
            "colorbox": self._color_box,
            "fcolorbox": self._color_box,
            "enclose": self._enclosed,
            "raisebox": self._raised_text,
            "ce": self._chemistry,
            "prescript": self._prescript,
            "nicefrac": self._slanted_fraction,
            "sfrac": self._slanted_fraction,
            "multicolumn": self._multicolumn,
            "mathchoice": self._choice,
            "hdotsfor": self._row_of_dots,
            "hspace": self._explicit_space,
            "mspace": self._explicit_space,
            "kern": self._explicit_space,
            "mkern": self._explicit_space,
            "hskip": self._explicit_space,
            "mskip": self._explicit_space,
            "\\": self._stray_line_end,
        }
        for names, read in (
            (FRACTIONS, self._fraction),
            (BINOMIALS, self._binomial),
            (ALPHABETS, self._in_alphabet),
            (TEXTS, self._text),
            (ACCENTS, self._accent),
            (WIDE_ACCENTS, self._wide_accent),
            (WIDE_ACCENTS_BELOW, self._wide_accent_below),
            (STRETCHED_ARROWS, self._stretched_arrow),
            (FRAMES, self._framed),
            (PHANTOMS, self._phantom),
            (ATOM_COMMANDS, self._of_class),
        ):
            table |= dict.fromkeys(names, read)
        table |= dict.fromkeys(WITH_UNSHOWN_FIRST_ARGUMENT, self._skip_one)
        table |= dict.fromkeys(PLAIN_TEX_MATRICES, self._plain_tex_matrix)
        for size in SIZES:
            table |= {size + side: self._sized for side in ("", "l", "r", "m")}
        return table

    def _fraction(self, name: str) -> Node:
        above = self._read_argument()
        return Fraction(above, self._read_argument(), is_display=FRACTIONS[name])

    def _binomial(self, name: str) -> Node:
        above = self._read_argument()
        fraction = Fraction(above, self._read_argument(), has_line=False, is_display=BINOMIALS[name])
        return Fenced("(", fraction, ")")

    def _general_fraction(self, _name: str) -> Node:
        opening, closing, thickness, style = (self._read_raw_argument() for _ in range(4))
        above = self._read_argument()
        is_display = {"0": True, "1": False}.get(style.strip())
        fraction = Fraction(above, self._read_argument(), has_line=not thickness.startswith("0"), is_display=is_display)
        return Fenced(opening.strip(), fraction, closing.strip())

    def _root(self, _name: str) -> Node:
        degree = self._read_option()
        return Root(self._read_argument(), self._inner(degree) if degree else None)

    def _in_alphabet(self, name: str) -> Node:
        before, self._alphabet = self._alphabet, ALPHABETS[name]
        if name in OLD_SWITCHES:
            return Row()  # the end of the group restores the alphabet
        node = self._read_argument()
        self._alphabet = before
        return node

    def _text(self, name: str) -> Node:
        node = self._words(self._read_raw_argument(), TEXTS[name])
        return Framed(node, "level") if name == "sout" else node

    def _words(self, source: str, alphabet: Alphabet = Alphabet.UPRIGHT) -> Node:
        """Return words, in which dollar signs begin formulas again."""
        children: list[Node] = []
        for number, part in enumerate(re.split(r"(?<!\\)\$((?:\\.|[^$])*)\$", source)):
            if number % 2:
                children.append(self._inner(part))
            elif part:
                children.append(Word("".join(styled(character, alphabet) for character in words(part))))
        return children[0] if len(children) == 1 else Row(tuple(children))

    def _operator_name(self, name: str) -> Node:
        has_limits = name.endswith("*") or self._take("*")
        return Word(operator_name(self._read_raw_argument()), is_function=True, has_limits=has_limits)

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
        return Stacked(arrow, above, self._inner(below) if below else None, stretches_base=True)

    def _overset(self, _name: str) -> Node:
        above = self._read_argument()
        return Stacked(self._read_argument(), above=above)

    def _underset(self, _name: str) -> Node:
        below = self._read_argument()
        return Stacked(self._read_argument(), below=below)

    def _framed(self, name: str) -> Node:
        return Framed(self._read_argument(), FRAMES[name])

    def _cancel_to(self, _name: str) -> Node:
        value = self._read_argument()
        return Scripts(Framed(self._read_argument(), "rising"), above=value)

    def _phantom(self, name: str) -> Node:
        has_width, has_height = PHANTOMS[name]
        return Styled(self._read_argument(), is_hidden=True, has_width=has_width, has_height=has_height)

    def _of_class(self, name: str) -> Node:
        node = self._read_argument()
        if name == "mathop" and isinstance(node, Word):
            return Word(node.text, is_function=True, has_limits=True)
        return Symbol(node.character, ATOM_COMMANDS[name]) if isinstance(node, Symbol) else node

    def _negated(self, _name: str) -> Node | None:
        node = self._read_argument()
        if node == Row():
            return None
        if isinstance(node, Symbol):
            return Symbol(NEGATED.get(node.character, node.character + "\u0338"), node.atom)
        return Framed(node, "rising")

    def _colored(self, _name: str) -> Node:
        chosen = self._read_color()
        return Styled(self._read_argument(), color=chosen)

    def _color_switch(self, _name: str) -> Node:
        """Colour what follows. Where a group follows only that, as MathJax does and models mean it."""
        chosen = self._read_color()
        self._skip_space()
        if self._peek() == "{":
            return Styled(self._read_argument(), color=chosen)
        return Styled(self._read_row({"&", "\\\\", "\\end", "\\right"}), color=chosen)

    def _read_color(self) -> str | None:
        model = self._read_option() or ""
        return color(self._read_raw_argument().strip(), model)

    def _framed_text(self, _name: str) -> Node:
        return Framed(self._words(self._read_raw_argument()), "box")

    def _color_box(self, name: str) -> Node:
        """Draw the frame only: what lies behind letters is the theme's."""
        for _ in range(1 if name == "colorbox" else 2):
            self._read_color()
        return self._framed_text(name)

    def _enclosed(self, _name: str) -> Node:
        self._read_option()
        kind = ENCLOSURES.get(self._read_raw_argument().strip(), "box")
        return Framed(self._read_argument(), kind)

    def _raised_text(self, _name: str) -> Node:
        self._read_raw_argument()
        return self._words(self._read_raw_argument())

    def _chemistry(self, _name: str) -> Node:
        return self._inner(chemistry_as_latex(self._read_raw_argument()))

    def _prescript(self, _name: str) -> Node:
        above, below = self._read_argument(), self._read_argument()
        return Row((Scripts(Row(), below, above), *_children(self._read_argument())))

    def _slanted_fraction(self, _name: str) -> Node:
        above, below = self._read_argument(), self._read_argument()
        return Row((Scripts(Row(), above=above), Symbol("/"), Scripts(Row(), below=below)))

    def _multicolumn(self, _name: str) -> Node:
        self._read_raw_argument()
        self._read_raw_argument()
        return self._read_argument()

    def _choice(self, _name: str) -> Node:
        first = self._read_argument()
        for _ in range(3):
            self._read_argument()
        return first

    def _row_of_dots(self, _name: str) -> Node:
        self._read_raw_argument()
        return Symbol("…", Atom.INNER)

    def _reference(self, _name: str) -> Node:
        return Word(f"({self._read_raw_argument()})")

    def _tag(self, name: str) -> Node:
        label = _children(self._words(self._read_raw_argument()))
        return Row((Space(2.0), *label) if name.endswith("*") else (Space(2.0), Word("("), *label, Word(")")))

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
        found = LENGTH.match(source)
        if found is None:
            return Space(0.0)
        if self._tokens[self._position - 1] != "}":
            taken = 0
            while taken < found.end():
                taken += len(self._next())
        return Space(length_em(found))

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
        content = self._read_row({"\\right", "\\middle"})
        middles: list[tuple[str, Node]] = []
        while self._take("\\middle"):
            delimiter = self._read_delimiter()
            middles.append((delimiter, self._read_row({"\\right", "\\middle"})))
        closing = self._read_delimiter() if self._take("\\right") else ""
        return Fenced(opening, content, closing, middles=tuple(middles))

    def _stray_delimiter(self, _name: str) -> Node | None:
        delimiter = self._read_delimiter()
        return Symbol(delimiter) if delimiter else None

    def _sized(self, name: str) -> Node:
        side = name[-1] if name[-1] in "lrm" else ""
        size = SIZES[name[: len(name) - len(side)]]
        delimiter = self._read_delimiter()
        if side == "r":
            return Fenced("", Row(), delimiter, size)
        return Fenced(delimiter, Row(), "", size)

    # Tables

    def _environment(self, _name: str) -> Node:
        name = self._read_raw_argument().strip()
        bare = name.removesuffix("*")
        if bare == "eqnarray":
            rows = self._read_table_rows({"\\end"})
            self._take_end()
            return Table(tuple(rows), alignment="rcl", gap_em=0.35, is_display=True)
        if bare in LINES | ALIGNED:
            return self._lines(bare)
        return self._matrix(name, bare)

    def _lines(self, name: str) -> Node:
        if self._peek() == "[":
            self._read_option()
        has_gaps = not name.endswith("at")
        if not has_gaps:
            self._read_raw_argument()
        rows = self._read_table_rows({"\\end"})
        self._take_end()
        if name in LINES and len(rows) == 1:
            return Styled(Row(rows[0]), is_display=True)
        return Table(tuple(rows), is_aligned=name in ALIGNED, is_display=True, gap_em=float(has_gaps))

    def _plain_tex_matrix(self, name: str) -> Node:
        self._skip_space()
        if self._peek() != "{":
            return Word(name)
        self._position += 1
        rows = self._read_table_rows({"}"})
        self._take("}")
        opening, closing = MATRICES[name]
        return Table(tuple(rows), "ll" if name == "cases" else "", opening, closing)

    def _matrix(self, name: str, bare: str) -> Node:
        opening, closing = MATRICES.get(bare, ("", ""))
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
            is_display=bare in ("dcases", "drcases"),
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
            while self._take_rule():
                rules.add(len(rows))
            cells.append(self._read_row({"&", "\\\\", "\\cr", *RULES, *ends}))
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
            elif token not in RULES:
                break
        if len(rows) > 1 and rows[-1] == (Row(),):
            rows.pop()
        return rows, frozenset(min(rule, len(rows)) for rule in rules)

    def _take_rule(self) -> bool:
        r"""Take a line across the table; that of `\cline` goes all the way, too."""
        if self._take("\\cline"):
            self._read_raw_argument()
            return True
        return self._take("\\hline") or self._take("\\toprule") or self._take("\\midrule") or self._take("\\bottomrule")


def _is_prime(node: Node) -> bool:
    return all(isinstance(child, Symbol) and child.character == "′" for child in _children(node))


def _without_class(node: Node) -> Node:
    """Return what a group is among its neighbours: an ordinary thing; "1{,}000" has no distance behind the comma."""
    if isinstance(node, Symbol) and node.atom is not Atom.OPERATOR:
        return Symbol(node.character)
    return node


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
