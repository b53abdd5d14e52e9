"""Commands of LaTeX that colour what they hold, or frame it."""

from __future__ import annotations

import re

from phidesk.richtext.formula.colors import color
from phidesk.richtext.formula.commands import ENCLOSURES, FRAMED_TEXTS, FRAMES
from phidesk.richtext.formula.nodes import (
    FRAME_LINE_EM,
    FRAME_PADDING_EM,
    Framed,
    Node,
    Root,
    Row,
    Scripts,
    Space,
    Styled,
)
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand
from phidesk.richtext.formula.text_reader import text_node
from phidesk.richtext.formula.values import LENGTH, length_em

_THICKEST_EM, _MOST_PADDING_EM = 0.3, 2.0
_COLOR_ATTRIBUTE = re.compile(r"""math(color|background)\s*=\s*["']?([#\w]+)""")
_SHADES = {
    "blue": "ABCDE", "teal": "ABCDE", "green": "ABCDE", "gold": "ABCDE", "red": "ABCDE", "maroon": "ABCDE",
    "purple": "ABCDE", "mint": "ABC", "gray": "ABCDEFGHI", "pink": "", "orange": "",
}  # fmt: skip
r"""Colours that are commands on pages for learners (`\blueD{x}`), with shades, of which only the colour is kept."""
_WEB_NAMES = {"mint": "mediumseagreen"}


def box_readers() -> dict[str, ReadCommand]:
    """Return who reads a command that colours or frames, by its name without the backslash."""
    return {
        "color": _color_switch,
        "textcolor": _colored,
        "mathcolor": _colored,
        **{name + shade: _in_shade for name, shades in _SHADES.items() for shade in ("", *shades)},
        "definecolor": _color_definition,
        "colorlet": _color_definition,
        "colorbox": _filled_text,
        "fcolorbox": _filled_text,
        "bbox": _filled,
        "enclose": _enclosed,
        "Aboxed": _framed_over_columns,
        "cancelto": _cancel_to,
        "longdiv": _long_division,
        "phase": _phase,
        **dict.fromkeys(FRAMES, _framed),
        **dict.fromkeys(FRAMED_TEXTS, _framed_text),
    }


def _colored(reader: FormulaReader, _name: str) -> Node:
    chosen = reader.read_color()
    return Styled(reader.read_argument(), color=chosen)


def _in_shade(reader: FormulaReader, name: str) -> Node:
    name = name.rstrip("ABCDEFGHI")
    return Styled(reader.read_argument(), color=color(_WEB_NAMES.get(name, name)))


def _color_switch(reader: FormulaReader, _name: str) -> Node:
    """Colour what follows. Where a group follows only that, as MathJax does and models mean it."""
    chosen = reader.read_color()
    reader.skip_space()
    if reader.peek() == "{":
        return Styled(reader.read_argument(), color=chosen)
    return Styled(reader.read_row({"&", "\\\\", "\\end", "\\right"}), color=chosen)


def _color_definition(reader: FormulaReader, name: str) -> None:
    new = reader.read_raw_argument().strip()
    model = reader.read_raw_argument().strip() if name == "definecolor" else ""
    defined = color(reader.read_raw_argument(), model, reader.colors)
    if defined is not None:
        reader.colors[new] = defined


def _framed(reader: FormulaReader, name: str) -> Node:
    return Framed(reader.read_argument(), FRAMES[name])


def _framed_text(reader: FormulaReader, name: str) -> Node:
    r"""Read words with a frame; `\framebox` may say before how wide it is and where in it they stand."""
    while reader.read_option() is not None:
        pass
    return Framed(text_node(reader, reader.read_raw_argument()), FRAMED_TEXTS[name])


def _filled_text(reader: FormulaReader, name: str) -> Node:
    frame = reader.read_color() if name == "fcolorbox" else None
    fill = reader.read_color()
    return Framed(
        text_node(reader, reader.read_raw_argument()), "box" if name == "fcolorbox" else "", fill=fill, color=frame
    )


def _filled(reader: FormulaReader, _name: str) -> Node:
    r"""Read `\bbox[yellow, 5px, border: 2px solid red]{…}`: any of the three, in any order."""
    fill: str | None = None
    frame: str | None = None
    padding, line = FRAME_PADDING_EM, 0.0
    for part in (reader.read_option() or "").split(","):
        words = part.removeprefix(" ").split()
        if (length := LENGTH.fullmatch(part.strip())) is not None:
            padding = min(_MOST_PADDING_EM, max(0.0, length_em(length)))
        elif part.strip().startswith("border"):
            found = LENGTH.search(part)
            line = min(_THICKEST_EM, length_em(found)) if found is not None else FRAME_LINE_EM
            frame = color(words[-1], defined=reader.colors)
        elif words:
            fill = color(part, defined=reader.colors)
    kind = "box" if line > 0 else ""
    return Framed(reader.read_argument(), kind, fill, frame, padding, line or FRAME_LINE_EM)


def _enclosed(reader: FormulaReader, _name: str) -> Node:
    attributes = reader.read_option() or ""
    notations = reader.read_raw_argument().replace(",", " ").split()
    asked = dict(_COLOR_ATTRIBUTE.findall(attributes + (reader.read_option() or "")))
    content = reader.read_argument()
    if "radical" in notations:
        content = Root(content)
        notations.remove("radical")
        if not notations:
            return content
    kind = " ".join(ENCLOSURES.get(notation, "box") for notation in notations) or "box"
    frame, fill = (color(asked.get(name, ""), defined=reader.colors) for name in ("color", "background"))
    return Framed(content, kind, fill=fill, color=frame)


def _framed_over_columns(reader: FormulaReader, name: str) -> Node | None:
    r"""Let `\Aboxed{a &= b}` become two cells, each with the outer half of the frame and as high as the other."""
    left, *others = _cells(reader.read_raw_argument())
    right = " ".join(others)
    if not others or name in left + right:
        return Framed(reader.inner(f"{left} {right}"), "box")
    reader.put_back(
        rf"\enclose{{left top bottom}}{{{left}\vphantom{{{right}}}}}"
        rf"&\enclose{{right top bottom}}{{\vphantom{{{left}}}{{}}{right}}}"
    )
    return None


def _cells(source: str) -> list[str]:
    """Part a source at its signs for columns, not at those of tables in it."""
    cells, depth = [""], 0
    for piece in re.split(r"(\\begin|\\end|\\?[&{}])", source):
        depth += {"{": 1, "\\begin": 1, "}": -1, "\\end": -1}.get(piece, 0)
        if piece == "&" and not depth:
            cells.append("")
        else:
            cells[-1] += piece
    return cells


def _cancel_to(reader: FormulaReader, _name: str) -> Node:
    value = reader.read_argument()
    target = Row((Space(0.35), value))  # The tip of the arrow stands apart from it.
    return Scripts(Framed(reader.read_argument(), "arrow"), above=target)


def _long_division(reader: FormulaReader, _name: str) -> Node:
    return Framed(reader.read_argument(), "division")


def _phase(reader: FormulaReader, _name: str) -> Node:
    return Framed(reader.read_argument(), "phase")
