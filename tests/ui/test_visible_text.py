"""What stands in a card before something is allowed shows every sign that it holds."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from phidesk.core.parts import FilePart, PassagesPart
from phidesk.ui.figures import file_label, passages_text
from phidesk.ui.visible_text import visible_line, visible_text

SIGNS = [chr(code) for code in range(sys.maxunicode + 1)]


def test_signs_that_turn_text_round_or_are_not_seen_are_written_as_numbers() -> None:
    assert visible_line("a\u202eb\u2066c\u200bd\u00ade\ufefff\U000e0041g") == (
        "a⟨U+202E⟩b⟨U+2066⟩c⟨U+200B⟩d⟨U+00AD⟩e⟨U+FEFF⟩f⟨U+E0041⟩g"
    )


@pytest.mark.parametrize("kind", ["Bidi_Control", "line break"])
def test_none_of_them_gets_through(kind: str) -> None:
    turning = {sign for sign in SIGNS if unicodedata.bidirectional(sign) in {"LRE", "RLE", "LRO", "RLO", "PDF"}}
    turning |= {"\u061c", "\u200e", "\u200f", "\u2066", "\u2067", "\u2068", "\u2069"}
    breaking = {sign for sign in SIGNS if len(f"a{sign}b".splitlines()) > 1}
    signs = turning if kind == "Bidi_Control" else breaking

    assert len(signs) > 9
    assert not set(visible_line("".join(signs))) & signs
    assert set(visible_text("".join(signs))) & signs <= {"\n"}


def test_the_name_of_a_file_hides_nothing() -> None:
    name = "report\u202etxt.exe\nsafe.txt"

    assert file_label(FilePart(name, "text/plain", "x")) == "report⟨U+202E⟩txt.exe safe.txt"
    assert "“report⟨U+202E⟩txt.exe safe.txt”" in passages_text(PassagesPart(name, "x", 1, 2))


def test_ordinary_text_stays_as_it_is() -> None:
    text = "Grüße, نامه‌ها, हिन्दी, 👩\u200d🌾 1 < 2 & C:\\x\t|\n\n  two"  # noqa: RUF001 - Persian

    assert visible_text(text) == text
    assert visible_line(text.replace("\n", " ").replace("\t", " ")) == text.replace("\n", " ").replace("\t", " ")
