"""Commands of LaTeX that move what they hold or let it take other room than it needs; and bars, which hold nothing."""

from __future__ import annotations

import re

from phidesk.richtext.formula.nodes import Bar, Node, Shifted, Styled
from phidesk.richtext.formula.reader import FormulaReader, ReadCommand
from phidesk.richtext.formula.text_reader import text_node
from phidesk.richtext.formula.values import LENGTH, length_em

_LAPS = {"mathllap": "l", "mathrlap": "r", "mathclap": "c", "llap": "l", "rlap": "r", "clap": "c"}
_LAPS |= {f"{before}{name}": _LAPS[name] for before in ("text", "cramped") for name in ("llap", "rlap", "clap")}
_FARTHEST_EM = 5.0
"""That something is moved up or down, or that a bar is high."""
_COLUMN_EM = 18.0
"""What a bar as wide as the column has: how wide that is, nobody knows here."""
_SHARE_OF_COLUMN = re.compile(r"\s*(\d*\.?\d*)\s*\\(?:text|line|column|h)(?:width|size)\b")


def shift_readers() -> dict[str, ReadCommand]:
    """Return who reads such a command, by its name without the backslash."""
    return {
        **dict.fromkeys(_LAPS, _lapped),
        "smash": _smashed,
        "vcenter": _centred,
        "raisebox": _raised_text,
        "raise": _raised,
        "lower": _raised,
        "moveleft": _moved_sideways,
        "moveright": _moved_sideways,
        "rule": _bar,
    }


def _lapped(reader: FormulaReader, name: str) -> Node:
    r"""Read what has no width; in `\rlap` and its like there are words, if dollar signs say so."""
    has_words = not name.startswith("math") and "$" in reader.peek_argument()
    if has_words or name.startswith("text"):
        return Shifted(text_node(reader, reader.read_raw_argument()), lap=_LAPS[name])
    return Shifted(reader.read_argument(), lap=_LAPS[name])


def _smashed(reader: FormulaReader, _name: str) -> Node:
    side = (reader.read_option() or "tb").strip()
    return Shifted(reader.read_argument(), has_height="t" not in side, has_depth="b" not in side)


def _centred(reader: FormulaReader, _name: str) -> Node:
    return Shifted(reader.read_argument(), is_centred=True)


def _raised_text(reader: FormulaReader, _name: str) -> Node:
    r"""Read `\raisebox{distance}[height][depth]{words}`."""
    raised_em = _bounded(reader.read_raw_argument())
    while reader.read_option() is not None:
        pass
    return Shifted(text_node(reader, reader.read_raw_argument()), raised_em=raised_em)


def _raised(reader: FormulaReader, name: str) -> Node:
    distance = max(-_FARTHEST_EM, min(_FARTHEST_EM, reader.read_length()))
    return Shifted(reader.read_argument(), raised_em=-distance if name == "lower" else distance)


def _moved_sideways(reader: FormulaReader, _name: str) -> Node:
    """Read what stands where it would without the command: it was made for lines of text."""
    reader.read_length()
    return reader.read_argument()


def _bar(reader: FormulaReader, _name: str) -> Node:
    raised_em = _bounded(reader.read_option() or "")
    width = reader.read_raw_argument()
    height_em = max(0.0, _bounded(reader.read_raw_argument()))
    share = _SHARE_OF_COLUMN.match(width)
    if share is not None:
        return Bar(_COLUMN_EM * min(1.0, float(share[1]) if share[1].strip(".") else 1.0), height_em, raised_em)
    found = LENGTH.match(width)
    bar = Bar(max(0.0, length_em(found)) if found is not None else 0.0, height_em, raised_em)
    return bar if bar.width_em and bar.height_em else Styled(bar, is_hidden=True)  # A strut: it only takes room.


def _bounded(source: str) -> float:
    found = LENGTH.match(source)
    return max(-_FARTHEST_EM, min(_FARTHEST_EM, length_em(found))) if found is not None else 0.0
