r"""Words within formulas (`\text{…}`): fonts, colours, scripts and formulas again between them.

What LaTeX refuses between words is shown as it is meant: a command of formulas as that formula, `m^2` with an exponent.
"""

from __future__ import annotations

import re

from phidesk.richtext.formula.alphabets import Alphabet, styled
from phidesk.richtext.formula.characters.text import CIRCLED, TEXT_MARKS, TEXT_SIGNS
from phidesk.richtext.formula.commands import IGNORED, TEXTS
from phidesk.richtext.formula.nodes import Accent, Framed, Node, Row, Scripts, Shifted, Space, Styled, Word
from phidesk.richtext.formula.printed_text import put_marks_on_letters, set_ligatures
from phidesk.richtext.formula.reader import DEEPEST, FormulaReader, FormulaTooDeep, ReadCommand
from phidesk.richtext.formula.symbols import COMMANDS, LINE_BELOW, TEXT_COMMANDS
from phidesk.richtext.formula.values import words

_FORMULA_ENDS = {"$": "$", "\\(": "\\)", "\\[": "\\]"}
_SCRIPTS = {"textsuperscript": "^", "textsubscript": "_"}
_ADDRESSES = {"url", "nolinkurl", "path"}
_AS_AROUND = {"text", "mbox", "hbox", "sout"}
"""They keep the font of the words around them."""
_SWITCHES = {
    name: alphabet
    for names, alphabet in (
        ("rm rmfamily upshape normalfont mdseries", Alphabet.UPRIGHT),
        ("bf bfseries", Alphabet.BOLD),
        ("it itshape em sl slshape", Alphabet.ITALIC),
        ("sf sffamily", Alphabet.SANS_SERIF),
        ("tt ttfamily", Alphabet.MONOSPACE),
    )
    for name in names.split()
}
"""They hold to the end of their group."""
_SMALL_LETTERS = re.compile(r"([a-zß-öø-ÿ]+)")


def text_readers() -> dict[str, ReadCommand]:
    """Return who reads a command of text that stands in a formula, by its name without the backslash."""
    return {
        **dict.fromkeys((name for names in TEXT_SIGNS.values() for name in names.split()), _sign),
        **dict.fromkeys((mark for mark in TEXT_MARKS if not mark.isalpha()), _marked_letter),
        **dict.fromkeys(("textcircled", "circled"), _circled),
        **dict.fromkeys(("TeX", "LaTeX", "KaTeX"), _logo),
        **dict.fromkeys((*_SCRIPTS, *_ADDRESSES, "textsc", "verb"), _as_text),
    }


def text_node(reader: FormulaReader, source: str, alphabet: Alphabet = Alphabet.UPRIGHT) -> Node:
    """Return words, their source as it stands between the braces of a command."""
    text = reader.nested(source)
    text.is_text = reader.is_text
    nodes: list[Node] = []
    while not text.is_at_end:
        nodes += _read_group(text, alphabet, 0)
    return _one(nodes)


def _sign(_reader: FormulaReader, name: str) -> Node:
    return Word(TEXT_COMMANDS[name])


def _marked_letter(reader: FormulaReader, name: str) -> Node:
    r"""Read a letter with a mark; `x\^2` is an exponent whose sign was protected from markdown."""
    if name == "^":
        reader.put_back(name)
        return reader.read_with_scripts()
    if not reader.peek_argument().strip("{}").isalpha():
        return Word(name)
    return Word(put_marks_on_letters(f"\\{name}{{{reader.read_raw_argument()}}}"))


def _circled(reader: FormulaReader, _name: str) -> Node:
    content = reader.read_raw_argument().strip()
    return Word(CIRCLED.get(content, f"({words(content)})"))


def _logo(_reader: FormulaReader, name: str) -> Node:
    """Return the name of a typesetter in its own typesetting (The TeXbook, chapter 1; LaTeX's raised small A)."""
    tex = (Word("T"), Space(-0.17), Shifted(Word("E"), raised_em=-0.22), Space(-0.12), Word("X"))
    if name == "TeX":
        return Row(tex)
    small = Shifted(Styled(Word("A"), script_level=1), raised_em=0.2)
    return Row((Word(name[0]), Space(-0.36 if name[0] == "L" else -0.17), small, Space(-0.15), *tex))


def _as_text(reader: FormulaReader, name: str) -> Node:
    return _one([_read_command(reader, name, Alphabet.UPRIGHT, 0)])


def _read_group(reader: FormulaReader, alphabet: Alphabet, depth: int) -> list[Node]:
    """Read up to the end of a group, which is taken."""
    if depth > DEEPEST:
        raise FormulaTooDeep(depth)
    nodes: list[Node] = []
    pending: list[str] = []

    def finish() -> None:
        """Make a word of what was read since the last node."""
        text = words("".join(pending))
        pending.clear()
        if text:
            printed = text if alphabet is Alphabet.MONOSPACE else set_ligatures(text)
            nodes.append(Word("".join(styled(character, alphabet) for character in printed)))

    while (token := reader.next()) and token != "}":
        name = token[1:].removesuffix("*")
        if token in _FORMULA_ENDS and (formula := reader.read_raw_up_to(_FORMULA_ENDS[token])) is not None:
            finish()
            nodes.append(reader.inner(formula))
        elif token == "{":
            finish()
            nodes += _read_group(reader, alphabet, depth + 1)
        elif name in _SWITCHES and token.startswith("\\"):
            finish()
            alphabet = _within(alphabet, _SWITCHES[name])
            reader.skip_space()
        elif name == "color" and token.startswith("\\"):
            finish()
            chosen = reader.read_color()
            nodes.append(Styled(_one(_read_group(reader, alphabet, depth + 1)), color=chosen))
            break
        elif _is_sign(token):
            pending.append(token)
            if name.isalpha():  # A space ends the command, and is none.
                pending.append(" ")
                reader.skip_space()
        elif token.startswith("\\") and name in TEXT_MARKS:
            pending.append(f"{token}{{{reader.read_raw_argument()}}}")
        elif token.startswith("\\") or _is_script(token, reader.peek()):
            finish()
            nodes.append(_read_command(reader, name or token, alphabet, depth))
        else:
            pending.append(token)
    finish()
    return nodes


def _is_sign(token: str) -> bool:
    """Whether a token is a command that stands for a character, or for nothing that is known."""
    name = token[1:]
    return token.startswith("\\") and (name in TEXT_COMMANDS or name in COMMANDS or name in "{}" or not name)


def _is_script(token: str, following: str) -> bool:
    """Whether an index or exponent was meant: underscores stand in names, too."""
    return token in "^_" and (following.isdecimal() or following == "{" or (token == "^" and following in "+-−\\circ"))


def _read_command(reader: FormulaReader, name: str, alphabet: Alphabet, depth: int) -> Node:
    if name in TEXTS:
        within = alphabet if name in _AS_AROUND else _within(alphabet, TEXTS[name])
        content = _read_words(reader, within, depth)
        return Framed(content, "level") if name == "sout" else content
    if name in ("underline", "uline"):
        return Accent(_read_words(reader, alphabet, depth), LINE_BELOW, is_below=True, stretches=True)
    if name == "textcolor":
        chosen = reader.read_color()
        return Styled(_read_words(reader, alphabet, depth), color=chosen)
    if name in _SCRIPTS or name in ("^", "_"):
        before, reader.alphabet = reader.alphabet, Alphabet.UPRIGHT
        script = _read_words(reader, alphabet, depth) if name in _SCRIPTS else reader.read_argument()
        reader.alphabet = before
        is_above = _SCRIPTS.get(name, name) == "^"
        return Scripts(Row(), above=script) if is_above else Scripts(Row(), below=script)
    if name == "textsc":
        return _small_capitals(words(reader.read_raw_argument()))
    if name in _ADDRESSES or name == "verb":
        source = reader.read_raw_up_to(reader.next()) if name == "verb" else reader.read_raw_argument()
        return Word("".join(styled(character, Alphabet.MONOSPACE) for character in source or ""))
    if not reader.knows(name):
        return Row() if name in IGNORED else Word(name)
    reader.put_back(f"\\{name}")
    return reader.read_argument()


def _read_words(reader: FormulaReader, alphabet: Alphabet, depth: int) -> Node:
    """Read the argument of a command as words."""
    if reader.take("{"):
        return _one(_read_group(reader, alphabet, depth + 1))
    return Word("".join(styled(character, alphabet) for character in words(reader.next())))


def _small_capitals(text: str) -> Node:
    parts = _SMALL_LETTERS.split(text)
    pairs = [(part, number % 2) for number, part in enumerate(parts) if part]
    return _one([Styled(Word(part.upper()), script_level=1) if is_small else Word(part) for part, is_small in pairs])


def _within(outer: Alphabet, inner: Alphabet) -> Alphabet:
    """Return the alphabet of words in two fonts; only bold and italics add up."""
    return Alphabet.BOLD_ITALIC if {outer, inner} == {Alphabet.BOLD, Alphabet.ITALIC} else inner


def _one(nodes: list[Node]) -> Node:
    """Return one node, words beside each other as one."""
    joined: list[Node] = []
    for node in nodes:
        before = joined[-1] if joined else None
        if isinstance(node, Word) and isinstance(before, Word) and not (node.is_function or before.is_function):
            joined[-1] = Word(before.text + node.text)
        else:
            joined.append(node)
    return joined[0] if len(joined) == 1 else Row(tuple(joined))
