"""LaTeX within chemical formulas: groups, commands with what belongs to them, formulas in dollar signs."""

from __future__ import annotations

import re

from phidesk.richtext.formula.symbols import ACCENTS, COMMANDS, SPACES, STRETCHED_ARROWS

_OF_TWO = {"frac", "dfrac", "tfrac", "overset", "underset", "stackrel", "color", "textcolor", "binom"}
_OF_SUBSTANCES = {
    "frac", "dfrac", "tfrac", "overset", "underset", "stackrel", "color", "textcolor", "underbrace", "overbrace",
    "overline", "underline", "boxed", "cancel", "bcancel", "xcancel", "phantom", *STRETCHED_ARROWS,
}  # fmt: skip
"""Their arguments are chemical formulas again; those of other commands are LaTeX."""
_PILED = {"underbrace", "overbrace"}
"""What is written as their script is a chemical formula too."""
_CELL_PART = re.compile(r"\\[\s\S]|[{}&]|[^\\{}&]+|\\\Z")
_OVERLOOKED = {"left", "right", "big", "bigl", "bigr", "Big", "Bigl", "Bigr", "limits", "displaystyle", "\n"}
_PART = re.compile(
    r"\$(?P<formula>[^$]*)\$?"
    r"|\\(?P<name>[a-zA-Z]+|[\s\S])(?P<space>\s+(?=[A-Za-z(\[]|[-+]\s*(?:[-+=<]|$)))?(?P<letter>\s*(?:\\[a-zA-Z]+|\w))?"
)


def take_latex(source: str, position: int) -> tuple[str, int]:
    r"""Return the LaTeX that begins at a dollar sign or backslash, and where it ends; none for what draws nothing."""
    found = _PART.match(source, position)
    if found is None:
        return "", position + 1
    name, end = found["name"], found.end()
    if name is None:
        return found["formula"], end
    if name not in ACCENTS or found["letter"] is None:
        end = found.end("space") if found["space"] else found.end("name")
    if name in _OVERLOOKED:
        return "", end
    if name in COMMANDS:
        command = f"\\{name} "
        return (rf"\mathrm{{{command}}}" if COMMANDS[name][0].isalpha() else command), end
    if name in SPACES:
        return f"\\{name} ", end
    return _with_arguments(source, name, source[position:end], end)


def _with_arguments(source: str, name: str, command: str, position: int) -> tuple[str, int]:
    parts = [command]
    if name in STRETCHED_ARROWS and source[position : position + 1] == "[":
        label, position = take_group(source, position)
        parts.append(rf"[{{\ce{{{label}}}}}]")
    for number in range(2 if name in _OF_TWO else 1):
        if source[position : position + 1] != "{":
            break
        argument, position = take_group(source, position)
        is_chemistry = name in _OF_SUBSTANCES and (number or name not in ("color", "textcolor"))
        parts.append(rf"{{\ce{{{argument}}}}}" if is_chemistry else f"{{{argument}}}")
    if name in _PILED and source[position : position + 2] in ("_{", "^{"):
        label, end = take_group(source, position + 1)
        parts.append(rf"{source[position]}{{\ce{{{label}}}}}")
        position = end
    return "".join(parts), position


def split_cells(source: str) -> tuple[str, str]:
    r"""Return a formula up to the end of its first cell, and LaTeX for what comes then: `&\ce{…}\\\ce{…}`."""
    cells, marks = [""], [""]
    depth = 0
    for part in _CELL_PART.findall(source):
        if not depth and part in ("&", r"\\"):
            marks.append(part)
            cells.append("")
        else:
            depth += {"{": 1, "}": -1}.get(part, 0)
            cells[-1] += part
    return cells[0], "".join(rf"{mark}\ce{{{cell}}}" for mark, cell in zip(marks[1:], cells[1:], strict=True))


def take_group(source: str, opening: int) -> tuple[str, int]:
    """Return what stands between a bracket and its partner, and where that ends; without one, all that follows."""
    closing = "}" if source[opening] == "{" else "]"
    braces = brackets = 0
    for position in range(opening + 1, len(source)):
        character = source[position]
        if source[position - 1] == "\\":
            continue
        if character == closing and not braces and (closing == "}" or not brackets):
            return source[opening + 1 : position], position + 1
        braces += {"{": 1, "}": -1}.get(character, 0)
        brackets += {"[": 1, "]": -1}.get(character, 0)
    return source[opening + 1 :], len(source)
