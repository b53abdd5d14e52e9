"""The grammar of formulas: tokens → nodes, without the single commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from phidesk.richtext.formula.alphabets import Alphabet, styled
from phidesk.richtext.formula.colors import color
from phidesk.richtext.formula.commands import (
    DOTS,
    DOTS_IN_THE_MIDDLE_BEFORE,
    IGNORED,
    INFIX_FRACTIONS,
    STYLES,
    WITH_UNSHOWN_ARGUMENT,
)
from phidesk.richtext.formula.isotopes import join_isotopes
from phidesk.richtext.formula.named_letters import named_letter
from phidesk.richtext.formula.nodes import (
    Accent,
    Atom,
    Fenced,
    Fraction,
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
    BRACES,
    COMMANDS,
    DELIMITERS,
    FUNCTIONS,
    FUNCTIONS_WITH_LIMITS,
    SPACES,
    SPOKEN_FUNCTIONS,
    atom_of_character,
)
from phidesk.richtext.formula.table_rows import read_rows
from phidesk.richtext.formula.text_mode import read_words
from phidesk.richtext.formula.token_stream import TokenStream
from phidesk.richtext.formula.typed_characters import (
    PRIMES,
    UNSEEN,
    raised_or_lowered,
    read_root,
    typed,
    typed_fraction,
)

DEEPEST = 60
"""Levels of nesting; nobody reads a formula that is deeper."""


class FormulaTooDeep(ValueError):
    """The source is nested more deeply than any formula, or longer."""


class FormulaReader(TokenStream):
    """Reads nodes: rows, scripts, groups, tables. What a command reads is asked of `commands`, by its name."""

    def __init__(
        self,
        source: str,
        commands: Mapping[str, ReadCommand],
        *,
        depth: int = 0,
        colors: dict[str, str] | None = None,
    ) -> None:
        super().__init__(source)
        self._commands = commands
        self._depth = depth
        self.alphabet: Alphabet | None = None
        """None: letters in italics, digits upright, as usual."""
        self.is_text = False
        """Whether rows are words, in which formulas stand between dollar signs."""
        self.row_stretch = 1.0
        """How much higher than usual rows of tables are at least, up to the end of the group."""
        self.colors: dict[str, str] = {} if colors is None else colors
        """Those that the formula has defined so far, by their names."""

    def parse(self) -> Node:
        """Read everything; what closes without having been opened is overlooked."""
        rows = self.read_table_rows(set())
        while not self.is_at_end:
            self.step()
            first, *others = self.read_table_rows(set())
            rows = [*rows[:-1], (*rows[-1][:-1], beside(rows[-1][-1], first[0]), *first[1:]), *others]
        if len(rows) == 1:
            return Row(tuple(child for cell in rows[0] for child in children(cell)))
        return Table(tuple(rows), is_aligned=any(len(row) > 1 for row in rows), is_display=True)

    def inner(self, source: str) -> Node:
        """Parse the source of a formula within this one."""
        return self.nested(source).parse()

    def nested(self, source: str) -> FormulaReader:
        """Return who reads some source within this formula."""
        if self._depth >= DEEPEST:
            raise FormulaTooDeep(self._depth)
        return FormulaReader(source, self._commands, depth=self._depth + 1, colors=self.colors)

    def knows(self, name: str) -> bool:
        """Whether a command, by its name without the backslash, reads something of its own."""
        return name in self._commands

    def read_color(self) -> str | None:
        """Read a colour and the model before it, if one is named; None for what is none."""
        model = self.read_option() or ""
        return color(self.read_raw_argument(), model, self.colors)

    def read_row(self, ends: set[str]) -> Row:
        """Read up to one of these tokens, which is left."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaTooDeep(self._depth)
        before = self.alphabet, self.row_stretch
        parts: list[Node] = read_words(self, ends) if self.is_text else []
        while not self.is_text:
            self.skip_space()
            token = self.peek()
            if not token or token in ends or token == "}":
                break
            if token[1:] in INFIX_FRACTIONS and token.startswith("\\"):
                self.step()
                parts = [self._read_infix_fraction(token[1:], Row(tuple(parts)), ends)]
                break
            if token[1:] in STYLES and token.startswith("\\"):
                self.step()
                is_display, level = STYLES[token[1:]]
                rest = self.read_row(ends)
                parts.append(Styled(rest, is_display=is_display, script_level=level))
                break
            node = self._read_scripted()
            if node is not None:
                parts.append(node)
        self.alphabet, self.row_stretch = before
        self._depth -= 1
        return Row(tuple(join_isotopes(parts)))

    def _read_infix_fraction(self, name: str, above: Row, ends: set[str]) -> Node:
        has_line, opening, closing = INFIX_FRACTIONS[name]
        if name.endswith("withdelims"):
            opening, closing = self.read_delimiter(), self.read_delimiter()
        if name.startswith("above"):
            has_line = self.read_length() > 0
        fraction = Fraction(above, self.read_row(ends), has_line=has_line)
        return Fenced(opening, fraction, closing) if opening or closing else fraction

    def _read_scripted(self) -> Node | None:
        """Read something with its scripts; None for what draws nothing."""
        base = self._read_atom()
        below: Node | None = None
        above: Node | None = None
        has_limits: bool | None = None
        while True:
            self.skip_space()
            token = self.peek()
            if token in ("\\limits", "\\nolimits", "\\displaylimits"):
                has_limits = {"\\limits": True, "\\nolimits": False}.get(token)
                self.step()
            elif token == "_":
                self.step()
                below = beside(below, self.read_argument())
            elif token == "^":
                self.step()
                if above is not None and _is_prime(above):
                    base, above = Scripts(Row() if base is None else base, above=above), None
                above = beside(above, self.read_argument())
            elif token in PRIMES:
                self.step()
                above = beside(above, Row((Symbol("′"),) * PRIMES[token]))
            elif (small := raised_or_lowered(token)) is not None:
                self.step()
                character, is_raised = small
                above = beside(above, self._letter(character)) if is_raised else above
                below = below if is_raised else beside(below, self._letter(character))
            else:
                break
        if below is None and above is None:
            return base
        if isinstance(base, Accent) and base.mark in BRACES:
            return Stacked(base, above=above, below=below)
        return Scripts(Row() if base is None else base, below, above, has_limits)

    def read_with_scripts(self) -> Node:
        """Read the one thing that comes next with its scripts."""
        if self._depth >= DEEPEST:
            raise FormulaTooDeep(self._depth)
        self._depth += 1
        self.skip_space()
        ends = self.peek() in ("}", "&", "\\\\", "")
        node = None if ends else self._read_scripted()
        self._depth -= 1
        return Row() if node is None else node

    def read_argument(self) -> Node:
        """Read what belongs to a command: a group, or the one thing that comes next."""
        self.skip_space()
        token = self.peek()
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
        self.step()
        row = self.read_row(set())
        self.step()
        return row.children[0] if len(row.children) == 1 else row

    def _read_atom(self) -> Node | None:
        token = self.next()
        if token == "{":
            self.step_back()
            return _without_class(self._read_group())
        if token in ("^", "_"):  # A script of nothing.
            self.step_back()
            return Row()
        if token in ("&", "$", ""):
            return None
        if token == "~":
            return Space(SPACES["~"])
        if token.startswith("\\") and len(token) > 1:
            return self._read_command(token[1:])
        if token in PRIMES or raised_or_lowered(token) is not None:
            self.step_back()
            return Row()
        if token == "," and self.is_within_number():
            return Symbol(token)
        return None if token in UNSEEN else self._typed(token)

    def _typed(self, character: str) -> Node:
        root = read_root(character, self)
        if root is not None:
            return Root(self.inner(root[0]), self.inner(root[1]) if root[1] else None)
        return typed_fraction(character) or self._letter(character)

    def _letter(self, character: str) -> Symbol:
        character = typed(character)
        alphabet = self.alphabet
        if alphabet is None:
            alphabet = Alphabet.ITALIC
        return self._in_alphabet(character, alphabet, atom_of_character(character))

    def _read_command(self, name: str) -> Node | None:
        if name in self._commands:
            return self._commands[name](self, name)
        bare = name.removesuffix("*")
        if bare in self._commands:
            return self._commands[bare](self, bare)
        if bare in FUNCTIONS or bare in FUNCTIONS_WITH_LIMITS:
            return Word(SPOKEN_FUNCTIONS.get(bare, bare), is_function=True, has_limits=bare in FUNCTIONS_WITH_LIMITS)
        if name in WITH_UNSHOWN_ARGUMENT:
            self.read_raw_argument()
            return None
        if name != bare and bare:  # An operation, not the other form of a command: "\pi*r".
            self.put_back("*")
            name = bare
        if name in DOTS:
            return self._dots(name)
        if name in COMMANDS:
            return self._symbol(*COMMANDS[name])
        if name in SPACES:
            return Space(SPACES[name])
        if name in IGNORED or name == "\n":
            return None
        letter = named_letter(name)
        return Word(name) if letter is None else Symbol(letter)

    def _symbol(self, character: str, atom: Atom) -> Node:
        if len(character) > 1 or (self.alphabet is Alphabet.BOLD_ITALIC and not character.isalpha()):
            return self._in_alphabet(character, self.alphabet or Alphabet.UPRIGHT, atom)
        is_letter = (character.isalpha() and not character.isupper()) or character == "∂"
        if self.alphabet is not None and (character.isalpha() or character in "∂∇"):
            return self._in_alphabet(character, self.alphabet, atom)
        return Symbol(styled(character, Alphabet.ITALIC) if is_letter and atom is Atom.ORDINARY else character, atom)

    @staticmethod
    def _in_alphabet(character: str, alphabet: Alphabet, atom: Atom) -> Symbol:
        shown = styled(character, alphabet)
        return Symbol(shown, atom, is_bold=alphabet is Alphabet.BOLD_ITALIC and shown == character)

    def _dots(self, name: str) -> Node:
        """Dots stand in the middle of the line where an operation follows, if nobody says otherwise."""
        self.skip_space()
        is_followed = name == "dots" and DOTS_IN_THE_MIDDLE_BEFORE.fullmatch(self.peek())
        return Symbol("⋯" if is_followed else DOTS[name], Atom.INNER)

    def read_delimiter(self) -> str:
        """Read one delimiter; nothing for the point that stands for none."""
        self.skip_space()
        token = self.next()
        if token == ".":
            return ""
        if token.startswith("\\"):
            return DELIMITERS.get(token[1:], "")
        return {"<": "⟨", ">": "⟩"}.get(token, token)

    def read_table_rows(self, ends: set[str]) -> list[tuple[Node, ...]]:
        """Read rows of cells up to one of these tokens, which is left."""
        return read_rows(self, ends).rows


ReadCommand = Callable[[FormulaReader, str], Node | None]
"""Reads what belongs to a command, whose name it is given; None for what draws nothing."""


def _is_prime(node: Node) -> bool:
    return all(isinstance(child, Symbol) and child.character == "′" for child in children(node))


def _without_class(node: Node) -> Node:
    """Return what a group is among its neighbours: an ordinary thing; "1{,}000" has no distance behind the comma."""
    if isinstance(node, Symbol) and node.atom is not Atom.OPERATOR:
        return replace(node, atom=Atom.ORDINARY)
    return node


def children(node: Node) -> tuple[Node, ...]:
    """Return what stands beside one another in a node."""
    return node.children if isinstance(node, Row) else (node,)


def beside(first: Node | None, second: Node) -> Node:
    """Return a row of both."""
    return second if first is None else Row((*children(first), *children(second)))
