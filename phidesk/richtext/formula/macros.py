r"""Abbreviations that a formula defines for itself, written out.

They are made by `\newcommand`, `\def`, `\DeclareMathOperator` and `\DeclarePairedDelimiter`.
"""

from __future__ import annotations

import re

MOST_EXPANSIONS = 200
"""A definition that calls itself would never end."""
LONGEST_EXPANDED = 20_000
"""Characters; two definitions that double each other grow fast."""
SETTINGS = {"\\arraystretch"}
"""What is redefined to set something; whoever reads the formula is left the value as an argument."""

_DEFINITION = re.compile(
    r"\\(?P<kind>(?:re)?newcommand|providecommand|[egx]?def|Declare(?:MathOperator|PairedDelimiter))(?P<star>\*?)\s*"
    r"\{?\s*(?P<name>\\(?:[a-zA-Z]+|.))\s*\}?\s*(?:\[(?P<count>\d)\]\s*(?:\[(?P<default>[^\]]*)\])?)?[^{\\]*\{"
)

_OPTION = re.compile(r"\s*\[([^\]]*)\]")
"""A first argument that may be left out."""
_SIZE = re.compile(r"\s*(?:\*|\[[^\]]*\])")
"""How large a pair of delimiters is to be; they grow with what they enclose."""


def write_out(source: str) -> str:
    """Return a formula without definitions, what they define put in its place."""
    definitions: dict[str, tuple[int, str]] = {}
    defaults: dict[str, str] = {}
    paired: set[str] = set()
    while (found := _DEFINITION.search(source)) is not None:
        body, end = _group(source, found.end() - 1)
        if found["name"] in SETTINGS:
            source = f"{source[: found.start()]}{found['name']}{{{body}}}{source[end:]}"
            continue
        count = int(found["count"]) if found["count"] else found[0].count("#") if found["kind"].endswith("def") else 0
        if found["kind"] == "DeclareMathOperator":
            body = rf"\operatorname{found['star']}{{{body}}}"
        elif found["kind"] == "DeclarePairedDelimiter":
            closing, end = _argument(source, end)
            count, body = 1, rf"\left{body}#1\right{closing}"
            paired.add(found["name"])
        if found["default"] is not None and count:
            defaults[found["name"]] = found["default"]
        definitions[found["name"]] = count, body
        source = source[: found.start()] + source[end:]
    if not definitions:
        return source
    names = "|".join(re.escape(name) for name in sorted(definitions, key=len, reverse=True))
    use = re.compile(rf"(?:{names})(?![a-zA-Z])")
    for _ in range(MOST_EXPANSIONS):
        called = use.search(source)
        if called is None or len(source) > LONGEST_EXPANDED:
            break
        count, body = definitions[called[0]]
        end = called.end()
        if called[0] in paired and (size := _SIZE.match(source, end)) is not None:
            end = size.end()
        first = 1
        if called[0] in defaults:
            option = _OPTION.match(source, end)
            body = _filled(body, 1, defaults[called[0]] if option is None else option[1])
            first, end = 2, end if option is None else option.end()
        for number in range(first, count + 1):
            argument, end = _argument(source, end)
            body = _filled(body, number, argument)
        source = f"{source[: called.start()]}{{{body}}}{source[end:]}"
    return source


def _filled(body: str, number: int, argument: str) -> str:
    """Return a definition with an argument in its places, apart from the name of a command before it."""
    place = re.compile(rf"(\\[a-zA-Z]+)?#{number}")
    return place.sub(lambda found: f"{found[1]} {argument}" if found[1] else argument, body)


def _argument(source: str, position: int) -> tuple[str, int]:
    """Return the group or the one character or command at a place, and where it ends."""
    while source[position : position + 1].isspace():
        position += 1
    if source[position : position + 1] == "{":
        return _group(source, position)
    command = re.compile(r"\\[a-zA-Z]+|\\?.", re.DOTALL).match(source, position)
    return (command[0], command.end()) if command is not None else ("", position)


def _group(source: str, opening: int) -> tuple[str, int]:
    """Return what stands between a brace and its partner, and where that ends; without a partner, all that follows."""
    depth = 0
    for position in range(opening, len(source)):
        if source[position - 1 : position] == "\\":
            continue
        depth += {"{": 1, "}": -1}.get(source[position], 0)
        if not depth:
            return source[opening + 1 : position], position + 1
    return source[opening + 1 :], len(source)
